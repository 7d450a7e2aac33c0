//! Where the time of a step goes: a table of its parts, each beside what the machine can do at most.

use std::time::Instant;

use functional_model::prelude::*;
use functional_model::profile::{Kind, Part, record};

use super::machine::Machine;
use super::{SECONDS, median, operations};

/// Prints the table of a step.
///
/// More than all of the memory's bandwidth means that a part has read from caches.
pub fn print(work: &str, step: impl FnMut() -> Result<()>) -> Result<()> {
    let machine = Machine::measure();
    let (total, parts) = measured(step)?;
    let (in_parts, flops): (f64, f64) =
        parts.iter().fold((0.0, 0.0), |(ms, flops), (part, time)| (ms + time, flops + operations::of(part).unwrap_or(0.0)));
    println!(
        "{work}: {total:.4} ms a step, {:.1} GFLOP/s of {:.1}; {:.1} GB/s from memory to memory",
        flops / total / 1e6,
        machine.operations / 1e9,
        machine.bytes / 1e9
    );
    println!(
        "{:9} {:24} {:16} {:>10} {:>6} {:>9} {:>6} {:>10} {:>7}",
        "", "layer", "output", "ms", "share", "GFLOP/s", "peak", "MB", "memory"
    );
    for (part, ms) in &parts {
        line(&machine, total, part, *ms);
    }
    println!("{:9} {:41} {:10.4} {:5.1}%\n", "", "the rest", total - in_parts, 100.0 * (1.0 - in_parts / total));
    Ok(())
}

/// The median of the times of a step, and of each of its parts, in milliseconds.
fn measured(mut step: impl FnMut() -> Result<()>) -> Result<(f64, Vec<(Part, f64)>)> {
    let (mut totals, mut times, mut parts) = (Vec::new(), Vec::<Vec<f64>>::new(), Vec::new());
    let start = Instant::now();
    while start.elapsed().as_secs_f64() < SECONDS || totals.len() < 5 {
        let before = Instant::now();
        let (done, recorded) = record(&mut step);
        totals.push(before.elapsed().as_secs_f64() * 1e3);
        done?;
        times.resize(recorded.len(), Vec::new());
        recorded.iter().zip(&mut times).for_each(|(part, times)| times.push(part.time.as_secs_f64() * 1e3));
        parts = recorded;
    }
    Ok((median(totals), parts.into_iter().zip(times.into_iter().map(median)).collect()))
}

fn line(machine: &Machine, total: f64, part: &Part, ms: f64) {
    let kind = match part.kind {
        Kind::Forward => "forward",
        Kind::Backward => "backward",
        Kind::Loss => "loss",
        Kind::Optimizer => "optimizer",
    };
    let output = if part.class.is_empty() { String::new() } else { format!("{:?}", part.output) };
    print!("{kind:9} {:24} {output:16} {ms:10.4} {:5.1}%", part.class, 100.0 * ms / total);
    match operations::of(part) {
        Some(operations) => {
            let speed = operations / ms * 1e3;
            print!(" {:9.1} {:5.1}%", speed / 1e9, 100.0 * speed / machine.operations);
        }
        None => print!(" {:9} {:6}", "", ""),
    }
    if part.bytes > 0 {
        let (bytes, most) = (part.bytes as f64, machine.bytes);
        print!(" {:10.3} {:6.1}%", bytes / 1e6, 100.0 * bytes / ms * 1e3 / most);
    }
    println!();
}
