//! How long expanding takes, in milliseconds: the least of five runs, outside of the compiler.
//!
//! A procedural macro's crate shows nothing but the macro, so its modules are included here.

#![allow(dead_code, missing_docs)]

#[path = "../src/diagnostics/mod.rs"]
mod diagnostics;
#[path = "../src/expand/mod.rs"]
mod expand;
#[path = "../src/layer/mod.rs"]
mod layer;
#[path = "../src/lower/mod.rs"]
mod lower;
#[path = "../src/parse/mod.rs"]
mod parse;
#[path = "../src/program.rs"]
mod program;
#[path = "../src/syntax.rs"]
mod syntax;

use std::time::{Duration, Instant};

use proc_macro2::TokenStream;

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

fn main() {
    let programs = [
        ("toy ResNet", TOY_RESNET.to_owned()),
        ("ResNet-152", RESNET_152.to_owned()),
        ("ResNet, 150 blocks", resnet(150)),
        ("ResNet, 300 blocks", resnet(300)),
        ("stack of 500 layers", stack(500)),
        ("stack of 1000 layers", stack(1000)),
    ];
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    for (name, source) in programs.into_iter().filter(|(name, _)| wanted.is_empty() || wanted.iter().any(|wanted| name == wanted))
    {
        let tokens: TokenStream = source.parse().expect("the programs of this bench are tokens");
        let run = || {
            let (tokens, start) = (tokens.clone(), Instant::now());
            let expanded = program::expand(tokens);
            (start.elapsed(), expanded)
        };
        let least = (0..5).map(|_| run().0).min().unwrap_or(Duration::ZERO);
        println!("{name:22} {:9.2} ms, {:8} characters", least.as_secs_f64() * 1e3, run().1.to_string().len());
    }
}
