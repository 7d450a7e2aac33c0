//! What the macro says, and where: every case shows the source with the place marked, and the message under it.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::syntax::Range;
use crate::{files, lower, parse};

/// The places and messages about an invocation.
pub fn reports(tokens: TokenStream) -> Vec<(Range, String)> {
    let mut diagnostics = Diagnostics::default();
    let written = files::written_out(tokens, &mut diagnostics);
    let program = parse::parse(written.tokens, &mut diagnostics);
    lower::lower(&program, &mut diagnostics);
    diagnostics.sort();
    diagnostics.reports()
}

/// The messages about an invocation, each under the line that it points at.
fn check(source: &str) -> String {
    let shown = reports(source.parse().unwrap()).into_iter().map(|(range, message)| {
        let (start, end) = (range.start.start(), range.end.end());
        let line = source.lines().nth(start.line - 1).unwrap_or_default();
        let width = if end.line == start.line { end.column - start.column } else { line.len() - start.column };
        format!("{}\n{}{}\n{message}\n", line.trim_end(), " ".repeat(start.column), "^".repeat(width.max(1)))
    });
    shown.collect::<Vec<_>>().join("\n")
}

/// The messages about a model of `x` and `img` whose body is one line.
fn body(statements: &str) -> String {
    check(&format!("model M(x: [8], img: [9, 9, 3]) {{\n{statements}\n}}"))
}

#[test]
fn the_odd_operand_is_shown_with_its_history() {
    insta::assert_snapshot!(
        check(
            "model M(x: [9, 9, 64]) {
    let block_1 = x;
    let x = Conv2D(64, 3)(x);
    x + block_1
}"
        ),
        @r#"
        x + block_1
            ^^^^^^^
    `Add` needs inputs of one shape: `x` is [7, 7, 64], `block_1` is [9, 9, 64]
    `x` shrank in `Conv2D(64, 3)`: [9, 9, 64] -> [7, 7, 64]
    help: write `padding = "same"` there to keep 9 x 9
    "#
    );
}

#[test]
fn arguments_are_shown_by_their_values_and_names_by_themselves() {
    insta::assert_snapshot!(body("Dense(-4, activation = relu, use_bia = false)(Conv2D(4, 3, padding = \"sane\")(img))"),);
}

#[test]
fn nothing_is_said_of_what_follows_from_a_fault() {
    insta::assert_snapshot!(body(
        "let a = Desne(4)(x); let (b, c) = a; let d = Dense(a)(b) + c; for i in 0..3 { let e = d; } Dense(1)(Add()([e, d, x]))"
    ),);
}

#[test]
fn sound_programs_are_not_refused() {
    let comparisons = "model M(x: [8]) { let n = 1; f(x, n == 1, is_deep = n != 2) }
        fn f(x, is_wide, is_deep) { if is_wide && is_deep { Dense(8)(x) } else { x } }";
    let tuple_of_one = "model M(x: [2, 4]) { Reshape((8,))(x) }";
    let numbered_model_of_elsewhere = "model Encoder2(x: [8]) { Encoder1()(Encoder()(x)) }";
    let block_of_elsewhere = "model Encoder(x: [8]) { encode(x) }";
    let keras_s_other_names = "model M(x: [8, 8, 1]) { GlobalAvgPool2D()(MaxPool2D(2)(Convolution2D(4, 3)(x))) }";
    for source in [comparisons, tuple_of_one, numbered_model_of_elsewhere, block_of_elsewhere, keras_s_other_names] {
        assert_eq!(check(source), "");
    }
}
