//! Runs that follow themselves, each with what the one before has given: loops.

use std::collections::HashSet;

use super::repeats::{named, templated, varied};
use super::unit::{Body, Head, Loop, Operand, Unit};
use super::wiring::{Joins, Wiring};

/// The most calls of a round.
const LONGEST: usize = 6;

/// Which runs become loops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Calls of one block with the same arguments.
    Same,
    /// All that are worth it.
    All,
}

/// A body with loops in the place of runs that follow themselves. No variable has a name that is taken.
pub fn rolled(mut body: Body, which: Which, taken: &HashSet<String>) -> Body {
    let hints = body.units.iter().map(|unit| unit.hint.clone());
    let taken: HashSet<String> = hints.chain(taken.iter().cloned()).collect();
    let mut place = 0;
    while let Some((start, length, rounds)) = next(&body, place, which) {
        roll(&mut body, start, length, &rounds, &taken);
        place = start.saturating_add(1);
    }
    body
}

/// The next loop from a place on: where it begins, how many calls a round has, and how each is joined.
fn next(body: &Body, place: usize, which: Which) -> Option<(usize, usize, Vec<Wiring>)> {
    let joins = Joins::new(body);
    let most = if which == Which::Same { 1 } else { LONGEST };
    (place..body.units.len()).find_map(|start| {
        let found = (1..=most).filter_map(|length| {
            let rounds = rounds(body, &joins, start, length)?;
            let saved = saved(body, start, length, rounds.len(), which)?;
            Some((saved, std::cmp::Reverse(length), rounds))
        });
        let (_, std::cmp::Reverse(length), rounds) = found.max_by_key(|(saved, length, _)| (*saved, *length))?;
        Some((start, length, rounds))
    })
}

/// The lines that a loop saves, if it is worth it: two rounds are, where they are the same, or long and differ in one value.
fn saved(body: &Body, start: usize, length: usize, rounds: usize, which: Which) -> Option<usize> {
    let run = body.units.get(start..start.checked_add(length.checked_mul(rounds)?)?)?;
    let slices: Vec<&[Unit]> = run.chunks(length).collect();
    let variables = varied(&slices).0.len();
    let saved = length.saturating_mul(rounds).saturating_sub(length.saturating_add(2));
    let is_block = || run.iter().all(|unit| matches!(unit.head, Head::Block(_)));
    let is_worth_it = match which {
        Which::Same => variables == 0 && is_block(),
        Which::All => saved > 0 && (variables == 0 || rounds > 2 && variables < 4 || variables == 1 && saved > 2),
    };
    is_worth_it.then_some(saved)
}

/// The wirings of the rounds of a loop from a place, if there are at least two.
fn rounds(body: &Body, joins: &Joins<'_>, start: usize, length: usize) -> Option<Vec<Wiring>> {
    let first = joins.wiring(start, length).filter(|wiring| wiring.outputs.len() == 1)?;
    let units = |start: usize| body.units.get(start..start.checked_add(length)?);
    let is_free = |unit: &Unit| !unit.is_fixed && !matches!(unit.head, Head::Loop(_));
    let shapes: Vec<String> = units(start)?.iter().filter(|unit| is_free(unit)).map(Unit::shape).collect();
    if shapes.len() < length || units(start)?.last()?.outputs != first.outputs {
        return None;
    }
    let mut found = vec![first];
    loop {
        let (before, next) = (found.last()?, start.checked_add(length.checked_mul(found.len())?)?);
        let Some(run) =
            units(next).filter(|run| run.iter().filter(|unit| is_free(unit)).map(Unit::shape).eq(shapes.iter().cloned()))
        else {
            break;
        };
        let Some(wiring) = joins.wiring(next, length).filter(|wiring| wiring.is_like(before)) else { break };
        if !goes_on(&found, &wiring)
            || joins.is_used_from(before.outputs.first().copied()?, next.saturating_add(length))
            || run.is_empty()
        {
            break;
        }
        found.push(wiring);
    }
    (found.len() > 1).then_some(found)
}

/// Whether a round takes the place that is carried from the round before, and all else as that does.
fn goes_on(found: &[Wiring], next: &Wiring) -> bool {
    let Some(before) = found.last() else { return false };
    let carried = |input: &usize| before.outputs.first() == Some(input);
    let Some(place) = next.inputs.iter().position(carried) else { return false };
    let is_first = found.len() == 1;
    let is_same_place =
        is_first || found.iter().rev().nth(1).is_some_and(|earlier| before.inputs.get(place) == earlier.outputs.first());
    let others = |wiring: &Wiring| {
        wiring.inputs.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, input)| *input).collect::<Vec<_>>()
    };
    is_same_place && others(next) == others(before)
}

fn roll(body: &mut Body, start: usize, length: usize, rounds: &[Wiring], taken: &HashSet<String>) {
    let end = start.saturating_add(length.saturating_mul(rounds.len()));
    let (Some(run), Some(first), Some(second), Some(last)) =
        (body.units.get(start..end), rounds.first(), rounds.get(1), rounds.last())
    else {
        return;
    };
    let slices: Vec<&[Unit]> = run.chunks(length).collect();
    let (varied, fates) = varied(&slices);
    let is_parameter = |name: &str| {
        slices
            .iter()
            .flat_map(|units| units.iter())
            .flat_map(|unit| &unit.arguments)
            .any(|argument| argument.value.parameter() == Some(name))
    };
    // Of names of tensors, some have numbers behind them.
    let is_tensor = |name: &str| {
        taken.iter().any(|taken| name.strip_prefix(taken.as_str()).is_some_and(|rest| !rest.starts_with(char::is_alphabetic)))
    };
    let variables = named(&varied, |name| is_parameter(name) || ["x", "y", "z"].contains(&name) || is_tensor(name));
    let units = templated(slices.first().copied().unwrap_or_default(), &fates, &variables);
    let values = |round: usize| varied.iter().filter_map(|varied| varied.values.get(round).cloned()).collect();
    let Some(place) = second.inputs.iter().position(|input| first.outputs.first() == Some(input)) else { return };
    let (Some(&from), Some(&to), Some(hint)) =
        (first.inputs.get(place), first.outputs.first(), run.last().map(|unit| unit.hint.clone()))
    else {
        return;
    };
    let others = first.inputs.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, input)| Operand::Tensor(*input));
    let operands = std::iter::once(Operand::Tensor(from)).chain(others).collect();
    let rounds_of = (0..rounds.len()).map(values).collect();
    let repetition = Loop { variables, rounds: rounds_of, units, carried: (from, to) };
    let unit = Unit {
        head: Head::Loop(Box::new(repetition)),
        arguments: Vec::new(),
        operands,
        outputs: last.outputs.clone(),
        hint,
        binds: None,
        is_fixed: false,
    };
    body.units.splice(start..end, [unit]);
}
