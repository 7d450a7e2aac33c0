//! How a work is measured: by its time, by the parts of its steps, or by the memory that it takes.

mod machine;
mod memory;
mod operations;
#[path = "../../model-kernels/benches/peak/mod.rs"]
mod peak;
mod profile;

use std::time::Instant;

use functional_model::prelude::*;
use functional_model::threads; // for the peak

/// How long a figure is measured at least.
const SECONDS: f64 = 6.0;

/// What is asked of a work.
#[derive(Clone, Copy, PartialEq)]
pub enum How {
    /// One line of JSON with the median of the times of a step.
    Time,
    /// A table of the parts of a step.
    Profile,
    /// One line of JSON with the memory of the process, which runs no other work.
    Memory,
}

impl How {
    /// What is asked by the words of a command.
    pub fn of(words: &[String]) -> Self {
        let says = |flag: &str| words.iter().any(|word| word == flag);
        if says("--profile") {
            Self::Profile
        } else if says("--memory") {
            Self::Memory
        } else {
            Self::Time
        }
    }
}

/// A work by its name.
#[derive(Clone, Copy)]
pub struct Work<'w> {
    pub name: &'w str,
    pub how: How,
}

impl Work<'_> {
    /// Measures a step and tells what came out.
    pub fn measure(self, mut step: impl FnMut() -> Result<()>) -> Result<()> {
        if self.how == How::Memory {
            return memory::report(self.name, step);
        }
        for _ in 0..3 {
            step()?;
        }
        if self.how == How::Profile {
            return profile::print(self.name, step);
        }
        let times = timed(&mut step)?;
        let n = times.len();
        self.report(median(times), n);
        Ok(())
    }

    /// Tells a time in milliseconds, the median of so many.
    pub fn report(self, ms: f64, n: usize) {
        println!(r#"{{"peer": "functional-model", "work": "{}", "ms": {ms:.4}, "n": {n}}}"#, self.name);
    }
}

/// The times of a step in milliseconds.
fn timed(step: &mut impl FnMut() -> Result<()>) -> Result<Vec<f64>> {
    let (start, mut times) = (Instant::now(), Vec::new());
    while start.elapsed().as_secs_f64() < SECONDS || times.len() < 5 {
        let before = Instant::now();
        step()?;
        times.push(before.elapsed().as_secs_f64() * 1e3);
    }
    Ok(times)
}

/// The one in the middle.
fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}
