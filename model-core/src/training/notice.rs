//! A word about builds without optimisation, in which training takes many times as long.

use std::sync::Once;

use super::progress::Verbose;

/// The optimisation that this library was compiled with, as Cargo's profiles have it: `0` in a debug build that says nothing else.
const OPT_LEVEL: &str = env!("MODEL_CORE_OPT_LEVEL");

const NOTICE: &str = "\
note: this library is compiled without optimisation, and trains tens of times slower than it can
help: run with `--release`, or add to Cargo.toml, so that debug builds are fast too:
      [profile.dev.package.\"*\"]
      opt-level = 3";

/// Says it, once in the life of the program.
pub(super) fn say_once(verbose: Verbose) {
    static SAID: Once = Once::new();
    if OPT_LEVEL == "0" && verbose != Verbose::Silent {
        SAID.call_once(|| println!("{NOTICE}"));
    }
}
