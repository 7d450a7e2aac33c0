//! What the macro says, and where: every case shows the source with the place marked, and the message under it.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::{lower, parse};

/// The messages about an invocation, each under the line that it points at.
fn check(source: &str) -> String {
    let tokens: TokenStream = source.parse().unwrap();
    let mut diagnostics = Diagnostics::default();
    let program = parse::parse(tokens, &mut diagnostics);
    lower::lower(&program, &mut diagnostics);
    let reports = diagnostics.reports().iter().map(|(range, message)| {
        let (start, end) = (range.start.start(), range.end.end());
        let line = source.lines().nth(start.line - 1).unwrap_or_default();
        let width = if end.line == start.line { end.column - start.column } else { line.len() - start.column };
        let marks = format!("{}{}", " ".repeat(start.column), "^".repeat(width.max(1)));
        format!("{}\n{}\n{message}\n", line.trim_end(), marks.trim_end())
    });
    reports.collect::<Vec<_>>().join("\n")
}

/// The messages about a model of `x` and `img` with this body.
fn body(statements: &str) -> String {
    check(&format!("model M(x: [8], img: [9, 9, 3]) {{ {statements} }}"))
}

#[test]
fn survey() {
    for case in std::fs::read_to_string("/tmp/cases.txt").unwrap().split("\n---\n") {
        let out = if case.contains("model ") { check(case) } else { body(case) };
        println!("{}\n", if out.is_empty() { format!("NOTHING: {case}") } else { out });
    }
}
