use super::coverage::invocations;
use super::messages::reports;
use proc_macro2::TokenStream;
use std::fs;
use std::str::FromStr;
#[test]
fn bless_temp() {
    for name in fs::read_to_string("/tmp/ops_cases.txt").unwrap().split_whitespace() {
        let path = format!("tests/ui/{name}.rs");
        let text = fs::read_to_string(format!("../{path}")).unwrap();
        let mut found = Vec::new();
        invocations(TokenStream::from_str(&text).unwrap(), &mut found);
        let mut out = Vec::new();
        for invocation in found {
            for (range, message) in reports(invocation) {
                let (start, end) = (range.start.start(), range.end.end());
                let line = text.lines().nth(start.line - 1).unwrap();
                let width = if end.line == start.line { end.column - start.column } else { line.len() - start.column };
                let message = message.replace("\n", "\n       ");
                out.push(format!(
                    "error: {message}\n --> {path}:{}:{}\n  |\n{} | {line}\n  | {}{}\n",
                    start.line,
                    start.column + 1,
                    start.line,
                    " ".repeat(start.column),
                    "^".repeat(width.max(1))
                ));
            }
        }
        println!("== {name}\n{}", out.join("\n"));
        fs::write(format!("/tmp/ops_bless/{}.stderr", name.replace('/', "__")), out.join("\n")).unwrap();
    }
}
