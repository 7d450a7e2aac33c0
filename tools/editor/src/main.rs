//! Asks rust-analyzer's engine what an editor shows inside `functional_model!`, and holds it to what is promised. Run it by hand:
//!
//! ```text
//! cargo run --manifest-path tools/editor/Cargo.toml
//! ```

mod engine;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use engine::{CURSOR, Engine};

/// What is asked at a cursor.
#[derive(Clone, Copy)]
enum Ask {
    /// What hovering shows.
    Hover,
    /// Where the definition is.
    Definition,
    /// What completion offers.
    Completion,
}

use Ask::{Completion, Definition, Hover};

/// A question: what is asked, before or within which text of the fixture the cursor stands, and what the answer must contain.
type Question = (Ask, &'static str, &'static [&'static str]);

const WHOLE: &[Question] = &[
    (Hover, "let $0wide =", &["Const<30>, Const<30>, Const<64>"]),
    (Hover, "let $0block_1 =", &["Const<10>, Const<10>, Const<64>"]),
    (Hover, "MaxPooling2D(3)($0wide)", &["Const<30>, Const<30>, Const<64>"]),
    (Hover, "= $0Conv2D(WIDTH", &["convolution"]),
    (Hover, "= $0residual(pooled", &["Two convolutions and a shortcut"]),
    (Hover, "= $0Encoder()", &["Makes a code of what it is given"]),
    (Definition, "= $0Conv2D(WIDTH", &["conv2d.rs"]),
    (Definition, "$0Dense(10)", &["dense.rs"]),
    (Definition, "= $0residual(pooled", &["fixture/src/lib.rs", "residual(input, filters)"]),
    (Definition, "= $0Encoder()", &["fixture/src/lib.rs", "Encoder(features"]),
    (Definition, "MaxPooling2D(3)($0wide)", &["wide = Conv2D"]),
    (Definition, "relu\")($0img)", &["img: [32, 32, 3]"]),
    (Definition, "Conv2D($0WIDTH, 3", &["WIDTH: usize"]),
    (Hover, "let $0code =", &["Const<16>"]),
    (Hover, "Dense($0CODE)", &["Outside of the macro", "16"]),
    (Definition, "Dense($0CODE)", &["CODE: usize = 16"]),
    (Definition, "-> [$0CODE]", &["CODE: usize = 16"]),
    (Completion, "Dense(CO$0DE)", &["CODE", "WIDTH"]),
    (Definition, "Conv2D($0filters, 3", &["filters) {"]),
    (Definition, "inner + $0input", &["input, filters"]),
    (Definition, "inner$0 + input", &["inner = Conv2D"]),
    (Completion, "residual(po$0oled", &["pooled", "wide", "img"]),
    (Completion, "let dropped = Dr$0opout", &["Dropout", "Conv2D", "residual", "Encoder"]),
];

/// What must stay as it is while another line is half-written.
const BESIDE: &[Question] = &[
    (Hover, "let $0wide =", &["Const<30>, Const<30>, Const<64>"]),
    (Hover, "let $0block_1 =", &["Const<10>, Const<10>, Const<64>"]),
    (Hover, "= $0Conv2D(WIDTH", &["convolution"]),
    (Definition, "= $0residual(pooled", &["residual(input, filters)"]),
    (Definition, "MaxPooling2D(3)($0wide)", &["wide = Conv2D"]),
];

/// A line of the fixture, and what stands for it while it is being written.
const HALF_WRITTEN: &[(&str, &str)] = &[
    ("let dropped = Dropout(0.5)(block_1);", "let dropped = Dropout(0.5)("),
    ("let dropped = Dropout(0.5)(block_1);", "let dropped = ;"),
    ("let dropped = Dropout(0.5)(block_1);", "let dropped = Dropout(0.5)(block_1)(;"),
    ("let dropped = Dropout(0.5)(block_1);", "block_1."),
    ("let dropped = Dropout(0.5)(block_1);", "let dropped = Dropout(rate = )(block_1);"),
    ("let dropped = Dropout(0.5)(block_1);", "let dropped = Conv2D(8, 99)(block_1);"),
];

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixture");
    let fixture = std::fs::read_to_string(package.join("src/lib.rs"))?;
    let mut engine = Engine::load(&package)?;
    let mut failures = 0;
    for (ask, place, expected) in WHOLE {
        failures += usize::from(!answer(&mut engine, &fixture, (*ask, place, expected)));
    }
    for (line, half_written) in HALF_WRITTEN {
        let text = fixture.replace(line, half_written);
        println!("with `{half_written}`:");
        for (ask, place, expected) in BESIDE {
            failures += usize::from(!answer(&mut engine, &text, (*ask, place, expected)));
        }
    }
    println!("{failures} of {} fail", WHOLE.len() + HALF_WRITTEN.len() * BESIDE.len());
    Ok(if failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Asks, and tells whether the answer is right.
fn answer(engine: &mut Engine, text: &str, (ask, place, expected): Question) -> bool {
    let plain = place.replace(CURSOR, "");
    assert!(text.contains(&plain), "the fixture has `{plain}`");
    let text = text.replacen(&plain, place, 1);
    let (what, found) = match ask {
        Hover => ("hover", engine.hover(&text)),
        Definition => ("definition", engine.definitions(&text)),
        Completion => ("completion", engine.completions(&text).join("\n")),
    };
    let is_right = expected.iter().all(|part| found.contains(part));
    println!("{} {what} at `{place}`", if is_right { "ok  " } else { "FAIL" });
    if !is_right {
        println!("     expected {expected:?}, found:\n{found}");
    }
    is_right
}
