//! Standard output, or standard error where the program says so, as the bars of a program share it: whose line is not finished yet. A bar that begins while another stands there, in a
//! callback or on another thread, begins on a line of its own.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

/// The bar that an unfinished line belongs to, by its number, and the thread that has drawn it.
type Owner = (u64, ThreadId);

/// Where bars are printed.
pub(super) struct Screen {
    owner: Option<Owner>,
    text: String,
    /// Whether it is standard error.
    is_error: bool,
    /// What has been printed, where tests are to read it and nobody else.
    kept: Option<String>,
}

/// The program's.
static STANDARD: Mutex<Screen> = Mutex::new(Screen { owner: None, text: String::new(), is_error: false, kept: None });

/// Has bars and lines printed to standard error instead of standard output, for programs whose standard output is data.
///
/// ```
/// model_core::training::print_to_stderr();
/// ```
pub fn print_to_stderr() {
    lock(&STANDARD).is_error = true;
}

/// Standard output, for as long as something is printed to it.
pub(super) fn standard() -> &'static Mutex<Screen> {
    &STANDARD
}

/// Looks at the screen. What a thread that panicked has left is as good as any.
pub(super) fn lock(screen: &Mutex<Screen>) -> MutexGuard<'_, Screen> {
    screen.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Screen {
    /// Whether the unfinished line is this bar's.
    pub fn is_open(&self, bar: u64) -> bool {
        self.owner.is_some_and(|(owner, _)| owner == bar)
    }

    /// Whether the unfinished line is that of a bar of another thread, which goes on drawing it.
    pub fn is_taken(&self) -> bool {
        self.owner.is_some_and(|(_, thread)| thread != thread::current().id())
    }

    /// Prints at once what a bar has to say, below the unfinished line of another; `stays_open` if the bar's line is not finished with it. Where
    /// nobody listens any more, training goes on.
    pub fn print(&mut self, bar: u64, stays_open: bool, write: impl FnOnce(&mut String) -> fmt::Result) {
        self.text.clear();
        if self.owner.is_some() && !self.is_open(bar) {
            self.text.push('\n');
        }
        let _ = write(&mut self.text);
        match &mut self.kept {
            Some(kept) => kept.push_str(&self.text),
            None => {
                let text = self.text.as_bytes();
                let print = |out: &mut dyn io::Write| drop(out.write_all(text).and_then(|()| out.flush()));
                if self.is_error { print(&mut io::stderr().lock()) } else { print(&mut io::stdout().lock()) }
            }
        }
        self.owner = stays_open.then(|| (bar, thread::current().id()));
    }

    /// Finishes the line of a bar, if it is not.
    pub fn close(&mut self, bar: u64) {
        if self.is_open(bar) {
            self.print(bar, false, |text| text.write_char('\n'));
        }
    }

    /// Whether people look at it.
    pub fn is_terminal(&self) -> bool {
        self.kept.is_none() && if self.is_error { io::stderr().is_terminal() } else { io::stdout().is_terminal() }
    }

    /// The width of the terminal, less the last column, in which some terminals break a line already.
    pub fn columns(&self) -> usize {
        let size = if self.kept.is_some() { None } else { terminal_size::terminal_size() };
        size.map_or(80, |(width, _)| usize::from(width.0)).saturating_sub(1)
    }
}

#[cfg(test)]
impl Screen {
    /// One that keeps what is printed.
    pub fn kept() -> &'static Mutex<Self> {
        Box::leak(Box::new(Mutex::new(Self { owner: None, text: String::new(), is_error: false, kept: Some(String::new()) })))
    }

    /// What has been printed since this was last asked for.
    pub fn take(&mut self) -> String {
        self.kept.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
