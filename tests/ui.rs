//! What the compiler prints for faulty models: `ui/<rule>/<case>.rs` with its text beside it.
//!
//! To accept changes: `TRYBUILD=overwrite cargo test --test ui`.

use std::process::Command;

/// The compiler that printed the texts: others draw their frames in other ways.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn faulty_models_are_refused_in_words() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version =
        Command::new(rustc).arg("--version").output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    match version {
        Ok(version) if version.starts_with(COMPILER) => trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs"),
        found => println!("passed over: the texts are those of {COMPILER}*, this is {found:?}"),
    }
}

/// Blessing whatever the compiler says must not bless a macro that panics.
#[test]
fn no_model_makes_the_macro_panic() {
    let cases = std::fs::read_dir("tests/ui").unwrap().flat_map(|rule| std::fs::read_dir(rule.unwrap().path()).unwrap());
    for path in cases.map(|case| case.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "stderr")) {
        let text = std::fs::read_to_string(&path).unwrap();
        // A check of the macro's panics while it is evaluated: so it says what is wrong.
        assert!(!text.replace("evaluation panicked", "").contains("panicked"), "{}", path.display());
    }
}
