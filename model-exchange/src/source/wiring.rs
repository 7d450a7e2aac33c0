//! How the calls of a run are joined: with one another, and with what is around them.

use super::unit::{Body, Unit};

/// Where a tensor of a run comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// From around the run: the input of this number.
    Around(usize),
    /// An output of a call of the run.
    Call(usize, usize),
}

/// The wiring of a run.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// What comes from around it, in the order in which it is used.
    pub inputs: Vec<usize>,
    /// What is used behind it.
    pub outputs: Vec<usize>,
    /// The tensors of each call.
    calls: Vec<Vec<From>>,
    /// Where what is used behind it comes from.
    given: Vec<From>,
    /// Which outputs of each call are used at all.
    used: Vec<Vec<bool>>,
}

impl Wiring {
    /// Whether two runs are joined in the same way.
    pub fn is_like(&self, other: &Self) -> bool {
        (&self.calls, &self.given, &self.used) == (&other.calls, &other.given, &other.used)
    }
}

/// The wiring of the run of a length that begins at a call.
pub fn wiring(body: &Body, start: usize, length: usize) -> Option<Wiring> {
    let end = start.checked_add(length)?;
    let (run, behind) = (body.units.get(start..end)?, body.units.get(end..)?);
    let made = |tensor: usize| {
        let in_unit = |(i, unit): (usize, &Unit)| Some(From::Call(i, unit.outputs.iter().position(|&output| output == tensor)?));
        run.iter().enumerate().find_map(in_unit)
    };
    let is_used_behind =
        |tensor: &usize| body.results.contains(tensor) || behind.iter().any(|unit| unit.inputs().contains(tensor));
    let (mut inputs, mut calls) = (Vec::new(), Vec::new());
    for unit in run {
        let mut from = Vec::new();
        for tensor in unit.inputs() {
            from.push(made(tensor).unwrap_or_else(|| {
                let known = inputs.iter().position(|&input| input == tensor);
                From::Around(known.unwrap_or_else(|| {
                    inputs.push(tensor);
                    inputs.len().saturating_sub(1)
                }))
            }));
        }
        calls.push(from);
    }
    let outputs: Vec<usize> = run.iter().flat_map(|unit| &unit.outputs).copied().filter(is_used_behind).collect();
    let given = outputs.iter().filter_map(|&output| made(output)).collect();
    let is_used = |output: &usize| is_used_behind(output) || run.iter().any(|unit| unit.inputs().contains(output));
    let used = run.iter().map(|unit| unit.outputs.iter().map(is_used).collect()).collect();
    Some(Wiring { inputs, outputs, calls, given, used })
}
