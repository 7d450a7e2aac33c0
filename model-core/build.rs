//! Hands the optimisation level on to the code, which tells of it where it is none.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=MODEL_CORE_OPT_LEVEL={}", std::env::var("OPT_LEVEL").unwrap_or_default());
}
