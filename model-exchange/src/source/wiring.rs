//! How the calls of a run are joined: with one another, and with what is around them.

use std::collections::HashMap;

use super::unit::Body;

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

/// Where the tensors of a body come from, and where they go.
pub struct Joins<'b> {
    body: &'b Body,
    /// The call that makes each tensor, and its number among those that the call gives.
    made: HashMap<usize, (usize, usize)>,
    /// The calls that use each tensor, in order.
    used: HashMap<usize, Vec<usize>>,
}

impl<'b> Joins<'b> {
    pub fn new(body: &'b Body) -> Self {
        let (mut made, mut used): (_, HashMap<usize, Vec<usize>>) = (HashMap::new(), HashMap::new());
        for (i, unit) in body.units.iter().enumerate() {
            made.extend((0..).zip(&unit.outputs).map(|(number, output)| (*output, (i, number))));
            unit.inputs().into_iter().for_each(|input| used.entry(input).or_default().push(i));
        }
        body.results.iter().for_each(|result| used.entry(*result).or_default().push(usize::MAX));
        Self { body, made, used }
    }

    /// Whether a tensor is used from this call on.
    pub fn is_used_from(&self, tensor: usize, call: usize) -> bool {
        self.used.get(&tensor).and_then(|used| used.last()).is_some_and(|last| *last >= call)
    }

    /// The wiring of the run of a length that begins at a call.
    pub fn wiring(&self, start: usize, length: usize) -> Option<Wiring> {
        let end = start.checked_add(length)?;
        let run = self.body.units.get(start..end)?;
        let made = |tensor: usize| {
            let (unit, output) = self.made.get(&tensor).filter(|(unit, _)| (start..end).contains(unit))?;
            Some(From::Call(unit.saturating_sub(start), *output))
        };
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
        let made_here = || run.iter().flat_map(|unit| &unit.outputs).copied();
        let outputs: Vec<usize> = made_here().filter(|&output| self.is_used_from(output, end)).collect();
        let given = outputs.iter().filter_map(|&output| made(output)).collect();
        let used = run.iter().map(|unit| unit.outputs.iter().map(|output| self.used.contains_key(output)).collect()).collect();
        Some(Wiring { inputs, outputs, calls, given, used })
    }
}
