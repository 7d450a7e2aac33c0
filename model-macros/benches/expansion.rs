//! How long expanding takes outside of the compiler, and how much code it gives, as rows of a table: the least of some runs.
//!
//! A procedural macro's crate shows nothing but the macro, so its modules are included here.

#![allow(dead_code, missing_docs)]

#[path = "../src/diagnostics/mod.rs"]
mod diagnostics;
#[path = "../src/expand/mod.rs"]
mod expand;
#[path = "../src/files.rs"]
mod files;
#[path = "../src/krate.rs"]
mod krate;
#[path = "../src/layer/mod.rs"]
mod layer;
#[path = "../src/lower/mod.rs"]
mod lower;
#[path = "../src/module.rs"]
mod module;
#[path = "../src/parse/mod.rs"]
mod parse;
#[path = "../src/program.rs"]
mod program;
#[path = "../src/syntax.rs"]
mod syntax;
#[path = "../src/words/mod.rs"]
mod words;

use std::time::{Duration, Instant};

use proc_macro2::{TokenStream, TokenTree};

/// How often each program is expanded.
const ROUNDS: usize = 10;

const TOY_RESNET: &str = include_str!("../src/tests/toy_resnet.txt");

fn stack(layers: usize) -> String {
    let lines: String = (0..layers).map(|i| format!("let x = Dense({}, activation = \"relu\")(x);\n", 32 + i % 7)).collect();
    format!("pub model Stack(x: [8]) {{ {lines} x }}")
}

fn resnet(blocks: usize) -> String {
    let lines = "let x = residual(x, 16);\n".repeat(blocks);
    format!(
        "pub model Resnet(x: [8, 8, 16]) {{ {lines} Dense(10)(Flatten()(x)) }}
        fn residual(input, filters) {{
            let x = Conv2D(filters, 3, padding = \"same\", activation = \"relu\")(input);
            let x = Conv2D(filters, 3, padding = \"same\")(x);
            x + input
        }}"
    )
}

/// ResNet-152 as one writes it.
const RESNET_152: &str = r#"
    pub model ResNet152(img: [224, 224, 3]) -> [1000] {
        let x = normalized(img, 64, 7, 2);
        let mut x = MaxPooling2D(3, strides = 2, padding = "same")(ReLU()(x));
        for (filters, blocks, strides) in [(64, 3, 1), (128, 8, 2), (256, 36, 2), (512, 3, 2)] {
            x = bottleneck(x, filters, strides, projects = true);
            for _ in 1..blocks {
                x = bottleneck(x, filters);
            }
        }
        Dense(1000, activation = "softmax")(GlobalAveragePooling2D()(x))
    }

    fn bottleneck(input, filters, strides = 1, projects = false) {
        let x = ReLU()(normalized(input, filters, 1, strides));
        let x = ReLU()(normalized(x, filters, 3, 1));
        let x = normalized(x, 4 * filters, 1, 1);
        let shortcut = if projects { normalized(input, 4 * filters, 1, strides) } else { input };
        ReLU()(x + shortcut)
    }

    fn normalized(x, filters, kernel, strides) {
        BatchNormalization()(Conv2D(filters, kernel, strides = strides, padding = "same")(x))
    }
"#;

/// Calls of one block in a loop.
fn repeated(calls: usize) -> String {
    format!(
        "pub model Repeated(x: [8, 8, 64]) {{ let mut x = x; for _ in 0..{calls} {{ x = residual(x, 64); }} x }}
        fn residual(input, filters) {{
            let x = Conv2D(filters, 3, padding = \"same\", activation = \"relu\")(input);
            let x = Conv2D(filters, 3, padding = \"same\")(x);
            x + input
        }}"
    )
}

fn count(tokens: TokenStream) -> usize {
    tokens.into_iter().map(|token| if let TokenTree::Group(group) = token { 1 + count(group.stream()) } else { 1 }).sum()
}

/// The least time of a program's expansion, and the tokens that it becomes.
fn measure(source: &str) -> (Duration, usize) {
    let tokens: TokenStream = source.parse().expect("the programs of this bench are tokens");
    let run = || {
        let (tokens, start) = (tokens.clone(), Instant::now());
        let expanded = program::expand(tokens);
        (start.elapsed(), expanded)
    };
    let least = (0..ROUNDS).map(|_| run().0).min().unwrap_or(Duration::ZERO);
    (least, count(run().1))
}

fn main() {
    // By name, with the number of layers.
    let programs = [
        ("toy ResNet", 14, TOY_RESNET.to_owned()),
        ("ResNet-152", 514, RESNET_152.to_owned()),
        ("500 dense layers", 500, stack(500)),
        ("1000 dense layers", 1000, stack(1000)),
        ("2000 dense layers", 2000, stack(2000)),
        ("150 residual blocks, a line each", 452, resnet(150)),
        ("300 residual blocks, a line each", 902, resnet(300)),
        ("`for _ in 0..50 { x = residual(x, 64); }`", 150, repeated(50)),
        ("`for _ in 0..100 { x = residual(x, 64); }`", 300, repeated(100)),
        ("`for _ in 0..200 { x = residual(x, 64); }`", 600, repeated(200)),
    ];
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    println!("| program | layers | expanding | a layer | tokens | a layer |\n|---|---|---|---|---|---|");
    for (name, layers, source) in programs {
        if wanted.is_empty() || wanted.iter().any(|wanted| name == wanted) {
            let (least, tokens) = measure(&source);
            let (milliseconds, each) = (least.as_secs_f64() * 1e3, least.as_secs_f64() * 1e6 / layers as f64);
            println!("| {name} | {layers} | {milliseconds:.1} ms | {each:.0} µs | {tokens} | {} |", tokens / layers);
        }
    }
}
