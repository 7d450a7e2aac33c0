//! What commands print: text for people, or JSON for programs. This is the one place that decides.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::answer::{Failure, Result};

/// Where and how a command prints.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    is_json: bool,
}

impl Output {
    /// One that prints JSON, or text.
    pub const fn new(is_json: bool) -> Self {
        Self { is_json }
    }

    /// Prints what has been found, in one of two ways.
    pub fn show(self, text: impl FnOnce() -> String, json: impl FnOnce() -> Value) -> Result<()> {
        let mut whole = if self.is_json { format!("{:#}", json()) } else { text() };
        if !whole.is_empty() && !whole.ends_with('\n') {
            whole.push('\n');
        }
        let mut out = io::stdout().lock();
        out.write_all(whole.as_bytes()).and_then(|()| out.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::HungUp,
            _ => Failure::Told(format!("cannot print: {error}")),
        })
    }

    /// Says beside the output what people should know; in JSON it is part of what is shown.
    pub fn note(self, text: &str) {
        if !self.is_json {
            // Where nobody listens, nobody misses it.
            let _ = writeln!(io::stderr(), "note: {text}");
        }
    }

    /// Says what went wrong.
    pub fn error(self, message: &str) {
        if self.is_json {
            let (error, help) = message.split_once("\nhelp: ").map_or((message, None), |(error, help)| (error, Some(help)));
            let _ = writeln!(io::stdout(), "{:#}", json!({ "error": error, "help": help }));
        }
        let _ = writeln!(io::stderr(), "error: {message}");
    }
}
