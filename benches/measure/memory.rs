//! The memory of the process, as Linux counts it.

use functional_model::prelude::*;

/// Steps until all memory is there.
const STEPS: usize = 10;

/// Runs some steps and tells the most memory that the process has ever had, and what it had when the model and the data were there.
pub fn report(work: &str, mut step: impl FnMut() -> Result<()>) -> Result<()> {
    let before = mebibytes("VmRSS:");
    for _ in 0..STEPS {
        step()?;
    }
    if let (Some(before), Some(peak)) = (before, mebibytes("VmHWM:")) {
        println!(r#"{{"peer": "functional-model", "work": "{work}", "before_mib": {before:.1}, "peak_mib": {peak:.1}}}"#);
    }
    Ok(())
}

/// A figure of `/proc/self/status`, which no other system has.
fn mebibytes(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let figure = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = figure.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kibibytes / 1024.0)
}
