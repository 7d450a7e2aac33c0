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
