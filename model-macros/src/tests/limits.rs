//! What an invocation may ask for: whatever multiplies is told in words, before it takes long.

use std::str::FromStr;
use std::time::Duration;

use proc_macro2::TokenStream;

use super::memory::Taken;
use super::messages::reports;
use super::mutations::{Mutant, as_the_compiler};

/// What one may take that has the most layers that there may be: several times what a slow machine needs, and far less than what grows without end.
const MOST_OF_THE_LARGEST: Taken = Taken { time: Duration::from_secs(60), bytes: 128 << 20 };

/// A chain of declarations, each made of the next.
fn chain(length: usize, link: impl Fn(usize) -> String) -> String {
    (0..length).map(link).collect()
}

/// A model of one input whose body is this, and what stands beside it.
fn model(body: &str, beside: &str) -> String {
    format!("model M(x: [8]) {{ {body} }} {beside}")
}

#[test]
fn what_multiplies_is_told_in_words() {
    as_the_compiler(expand_what_multiplies);
}

fn expand_what_multiplies() {
    let twice = |name: &'static str| move |i: usize| format!("fn {name}{i}(x) {{ {name}{0}({name}{0}(x)) }} ", i + 1);
    let last = |name: &str, body: &str| format!("fn {name}40(x) {{ {body} }}");
    let models = |body: &'static str| {
        let link = move |i: usize| format!("model M{i}(x: [8]) {{ {} }} ", body.replace("NEXT", &format!("M{}", i + 1)));
        chain(40, link) + "model M40(x: [8]) { Dense(8)(x) }"
    };
    let loops = |body: &str| model(&format!("let mut x = x; {body} Dense(2)(x)"), "");
    let calls = "more than 10000 layer calls";
    let steps = "more than 400000 steps";
    let rounds = "more than 10000 rounds";
    let deep = "within one another";
    let too_large = "too large to count";
    for (source, said) in [
        (model("b0(x)", &(chain(40, twice("b")) + &last("b", "Dense(8)(x)"))), calls),
        (model("b0(x)", &(chain(40, twice("b")) + &last("b", "x"))), calls),
        (models("NEXT()(NEXT()(x))"), calls),
        (models("let next = NEXT(); next(next(x))"), calls),
        (
            model(
                "f0(x, Dense(8))",
                &(chain(40, |i| format!("fn f{i}(x, d) {{ f{0}(f{0}(x, d), d) }} ", i + 1)) + "fn f40(x, d) { d(x) }"),
            ),
            calls,
        ),
        (model("Dense(f0())(x)", &(chain(40, |i| format!("fn f{i}() {{ f{0}() + f{0}() }} ", i + 1)) + "fn f40() { 1 }")), steps),
        (loops("for i in 0..9223372036854775807 { x = Dense(8)(x); }"), rounds),
        (loops("for i in 0..=9223372036854775807 { x = Dense(8)(x); }"), rounds),
        (loops("for i in 0..9999 { for j in 0..9999 { let k = i + j; } }"), rounds),
        (loops("for i in 0..999 { for j in [1, 2, 3, 4, 5, 6, 7, 8] { x = Dense(8)(Dense(8)(x)); } }"), calls),
        (loops("let mut l = [1]; for _ in 0..60 { l = l + l; }"), steps),
        (loops("let mut l = [x]; for _ in 0..60 { l = l + l; }"), steps),
        (loops("let mut l = [1]; for _ in 0..60 { l = [l, l]; }"), steps),
        (loops("let mut l = [1]; for _ in 0..6000 { l = [l]; }"), "nested more than 32 deep"),
        (loops(&format!("let mut l = [\"{}\"]; for _ in 0..60 {{ l = l + l; }}", "a".repeat(9999))), steps),
        (loops("let mut h = A; for _ in 0..6000 { h = (h + A) * (h + B); }"), "is no whole number that fits"),
        (loops("let mut h = A; for _ in 0..6000 { h = (h + 1) / 2; }"), "is no whole number that fits"),
        ("model M(x: [n, 8]) { let mut x = x; for _ in 0..6000 { x = MaxPooling1D(2)(x); } x }".to_owned(), too_large),
        ("model M(x: [a + b, c + d, e + f, g + h, i + j, k + l, m + n]) { Flatten()(x) }".to_owned(), "too large"),
        ("model M(x: [4294967294, 1], y: [4294967291, 1]) { x + y }".to_owned(), "needs inputs of one shape"),
        (model("b0(x)", &(chain(900, |i| format!("fn b{i}(x) {{ Dense(8)(b{}(x)) }} ", i + 1)) + "fn b900(x) { x }")), deep),
        (chain(900, |i| format!("model M{i}(x: [8]) {{ M{}()(x) }} ", i + 1)) + "model M900(x: [8]) { Dense(8)(x) }", deep),
        (
            model("Dense(A0)(x)", &(chain(900, |i| format!("const A{i}: usize = A{} + 1; ", i + 1)) + "const A900: usize = 1;")),
            deep,
        ),
        (loops(&format!("{}x = Dense(8)(x);{}", "for _ in 0..2 { ".repeat(100), " }".repeat(100))), rounds),
        (loops(&format!("{}x = Dense(8)(x);{}", "if true { ".repeat(60), " }".repeat(60))), ""),
        (model(&format!("let d = Dense(8, name = \"{}\"); d(x)", "n".repeat(70_000)), ""), ""),
        ("model M(x: [WORDS]) { let x = Dense(HIDDEN - 65536)(x); x * Dense(2 * WORDS / 4)(x) }".to_owned(), ""),
    ] {
        let tokens = TokenStream::from_str(&source).unwrap();
        let start: String = source.chars().take(300).collect();
        let (fault, taken) = Mutant::Invocation(tokens.clone()).fault(MOST_OF_THE_LARGEST);
        println!("{taken:?} {start:.80}");
        assert_eq!(fault, None, "{start}");
        let reports = reports(tokens);
        let messages: Vec<&str> = reports.iter().map(|(_, message)| message.as_str()).collect();
        match said {
            "" => assert!(messages.is_empty(), "{start}\n{messages:?}"),
            said => assert!(messages.iter().any(|message| message.contains(said)), "{start}\n{messages:?}"),
        }
    }
}
