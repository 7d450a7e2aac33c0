//! Runs of calls that come again: as blocks, and where one follows itself, as loops.
//!
//! Runs are looked for that are alike but for the values of arguments: of at most `LONGEST` calls, in rounds of which each makes one block, at most
//! `MOST_BLOCKS` for a model. A round looks at every run once, so that all takes time in proportion to calls times `LONGEST` squared times
//! `MOST_BLOCKS`. What has been found is written out again and compared: where it differs, all stays as it was.

use std::collections::{HashMap, HashSet};

use model_graph::names::snake_case;

use super::loops;
use super::names;
use super::text::Text;
use super::unit::{Argument, Block, Body, Head, Operand, Parameter, Place, Unit, Value, quoted};
use super::wiring::{Joins, Wiring};

/// The longest run of calls that becomes a block.
const LONGEST: usize = 40;

/// The most blocks of one model.
const MOST_BLOCKS: usize = 8;

/// The most parameters of a block that are no tensors.
const MOST_PARAMETERS: usize = 5;

/// The lines that a block must save.
const LEAST: usize = 3;

/// Writes what comes again once; blocks are added to those that there are, under names that begin so. Nothing gets a name that is taken.
pub fn shorten(body: Body, blocks: &mut Vec<Block>, front: &str, taken: &HashSet<String>) -> Body {
    let (before, mut shorter) = (blocks.len(), body.clone());
    for _ in 0..MOST_BLOCKS {
        let Some(runs) = best(&shorter) else { break };
        let Some(made) = block(&shorter, &runs, blocks, (front, taken)) else { break };
        shorter = loops::rolled(replaced(shorter, &runs, made, blocks), loops::Which::Same, taken);
    }
    for block in blocks.iter_mut().skip(before) {
        block.body = loops::rolled(std::mem::take(&mut block.body), loops::Which::All, taken);
    }
    let shorter = loops::rolled(shorter, loops::Which::All, taken);
    if super::unfold::unfolded(&shorter, blocks) == super::unfold::unfolded(&body, blocks) {
        return shorter;
    }
    blocks.truncate(before);
    body
}

/// Runs of calls that are alike: where they begin, and how long they are.
#[derive(Clone, Debug)]
struct Runs {
    starts: Vec<usize>,
    length: usize,
}

impl Runs {
    /// The lines that a block of so many tensors and parameters saves. A tensor more than one costs as well: what it is must be understood.
    fn saves(&self, tensors: usize, parameters: usize) -> usize {
        let (count, length) = (self.starts.len(), self.length);
        let others = tensors.saturating_sub(1).saturating_mul(count).saturating_mul(3) / 2;
        let after = [count, length, 3, parameters, others].into_iter().fold(0, usize::saturating_add);
        count.saturating_mul(length).saturating_sub(after)
    }
}

/// The runs that save the most lines, the longest of those, and the last.
fn best(body: &Body) -> Option<Runs> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let shapes: Vec<usize> = (0..)
        .zip(&body.units)
        .map(|(i, unit)| {
            let shape = if unit.is_fixed || matches!(unit.head, Head::Loop(_)) { format!("at {i}") } else { unit.shape() };
            let next = numbers.len();
            *numbers.entry(shape).or_insert(next)
        })
        .collect();
    let joins = Joins::new(body);
    let mut found: Option<(usize, Runs)> = None;
    for length in 2..=LONGEST.min(shapes.len() / 2) {
        let mut places: HashMap<&[usize], Vec<usize>> = HashMap::new();
        (0..).zip(shapes.windows(length)).for_each(|(start, run)| places.entry(run).or_default().push(start));
        for (_, starts) in places.into_iter().filter(|(run, starts)| starts.len() > 1 && !repeats_itself(run)) {
            let most = Runs { starts: apart(&starts, length), length };
            if most.starts.len() < 2 || found.as_ref().is_some_and(|(saved, _)| most.saves(1, 0) < *saved) {
                continue;
            }
            for (tensors, runs) in alike(&joins, &starts, length) {
                let Some(parameters) = parameters(body, &runs) else { continue };
                let saved = runs.saves(tensors, parameters);
                let key = |saved: usize, runs: &Runs| (saved, runs.length, runs.starts.first().copied());
                if saved >= LEAST && found.as_ref().is_none_or(|(best, other)| key(*best, other) < key(saved, &runs)) {
                    found = Some((saved, runs));
                }
            }
        }
    }
    found.map(|(_, runs)| runs)
}

/// Whether a run is another one and the half of it again, at least: then that one is looked for, and this becomes a loop.
fn repeats_itself(run: &[usize]) -> bool {
    let most = run.len().saturating_mul(2) / 3;
    (1..=most).any(|period| run.iter().zip(run.iter().skip(period)).all(|(one, next)| one == next))
}

/// Of places in order, those that runs of a length can begin at without one in another.
fn apart(starts: &[usize], length: usize) -> Vec<usize> {
    let mut end = 0;
    let mut free = |start: &usize| {
        let is_free = *start >= end;
        end = if is_free { start.saturating_add(length) } else { end };
        is_free
    };
    starts.iter().copied().filter(|start| free(start)).collect()
}

/// Runs of calls that are alike in their wiring, too, each kind of them with the number of tensors that it is called with.
fn alike(joins: &Joins<'_>, starts: &[usize], length: usize) -> Vec<(usize, Runs)> {
    let mut kinds: Vec<(Wiring, Vec<usize>)> = Vec::new();
    for &start in starts {
        let Some(wiring) = joins.wiring(start, length).filter(|wiring| wiring.outputs.len() == 1) else { continue };
        match kinds.iter_mut().find(|(known, _)| known.is_like(&wiring)) {
            Some((_, starts)) => starts.push(start),
            None => kinds.push((wiring, vec![start])),
        }
    }
    let runs = |(wiring, starts): (Wiring, Vec<usize>)| (wiring.inputs.len(), Runs { starts: apart(&starts, length), length });
    kinds.into_iter().map(runs).filter(|(_, runs)| runs.starts.len() > 1).collect()
}

/// Arguments of runs that differ from one to the other: what each has in every run.
pub struct Varied {
    /// The name, default and place of the first argument that has these values.
    pub argument: Argument,
    pub values: Vec<Value>,
}

/// What an argument becomes in a block or loop.
pub enum Become {
    Stays,
    /// The values of this number, times a factor.
    Varies(usize, u64),
    /// The values of this number, strings, with another behind them.
    Grows(usize, String),
}

/// The arguments that differ, and what each argument becomes, run by run, unit by unit.
pub fn varied(runs: &[&[Unit]]) -> (Vec<Varied>, Vec<Vec<Become>>) {
    let (mut varied, mut fates): (Vec<Varied>, Vec<Vec<Become>>) = (Vec::new(), Vec::new());
    let Some(first) = runs.first() else { return (varied, fates) };
    let fronts = fronts(runs);
    for (u, unit) in first.iter().enumerate() {
        let mut of_unit = Vec::new();
        for (a, argument) in unit.arguments.iter().enumerate() {
            let value = |run: &&[Unit]| run.get(u).and_then(|unit| unit.arguments.get(a)).map(|argument| argument.value.clone());
            let values: Vec<Value> = runs.iter().filter_map(value).collect();
            if values.iter().all(|value| *value == argument.value) {
                of_unit.push(Become::Stays);
                continue;
            }
            if let Some((fronts, behind)) = fronts.as_ref().and_then(|fronts| Some((fronts, behind(fronts, &values)?))) {
                let known = varied.iter().position(|other| other.values == *fronts);
                let number = known.unwrap_or_else(|| {
                    varied.push(Varied { argument: argument.clone(), values: fronts.clone() });
                    varied.len().saturating_sub(1)
                });
                of_unit.push(if behind.is_empty() { Become::Varies(number, 1) } else { Become::Grows(number, behind) });
                continue;
            }
            let known = varied.iter().enumerate().find_map(|(i, other)| Some((i, times(&values, &other.values)?)));
            of_unit.push(match known {
                Some((i, factor)) => Become::Varies(i, factor),
                None => {
                    varied.push(Varied { argument: argument.clone(), values });
                    Become::Varies(varied.len().saturating_sub(1), 1)
                }
            });
        }
        fates.push(of_unit);
    }
    (varied, fates)
}

/// What the names of layers in each run begin with, as words: the same is behind it in every run.
fn fronts(runs: &[&[Unit]]) -> Option<Vec<Value>> {
    let names = |run: &&[Unit]| -> Vec<String> {
        let arguments = run.iter().flat_map(|unit| &unit.arguments).filter(|argument| argument.name == "name");
        arguments.filter_map(|argument| argument.value.string().map(ToOwned::to_owned)).collect()
    };
    let names: Vec<Vec<String>> = runs.iter().map(names).collect();
    let changes = |i: &usize| names.iter().any(|run| run.get(*i) != names.first().and_then(|first| first.get(*i)));
    let changing: Vec<usize> = (0..names.first()?.len()).filter(changes).collect();
    let front = |run: &Vec<String>| {
        let names: Vec<&str> = changing.iter().filter_map(|&i| run.get(i)).map(String::as_str).collect();
        let (first, others) = names.split_first()?;
        let common = |one: &str, other: &str| one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
        let length = others.iter().map(|other| common(first, other)).fold(first.len(), usize::min);
        // A word is not cut apart.
        let ends = |name: &&str| name.get(length..).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'));
        let front = first.get(..length)?;
        let front = if names.iter().all(ends) { front } else { front.rsplit_once('_')?.0 };
        (!front.is_empty()).then(|| Value::Text(quoted(front)))
    };
    names.iter().map(front).collect()
}

/// What stands behind these in all values.
fn behind(fronts: &[Value], values: &[Value]) -> Option<String> {
    let mut rests = values.iter().zip(fronts).map(|(value, front)| value.string()?.strip_prefix(front.string()?));
    let first = rests.next()??;
    rests.all(|rest| rest == Some(first)).then(|| first.to_owned())
}

/// The number that values are so many times others, or 1 where they are the same.
fn times(values: &[Value], others: &[Value]) -> Option<u64> {
    if values == others {
        return Some(1);
    }
    let number =
        |value: &Value| if let Value::Text(text) = value { text.parse::<u64>().ok().filter(|number| *number > 0) } else { None };
    let factor = number(values.first()?)?.checked_div(number(others.first()?)?)?;
    let are_all = values.iter().zip(others).all(|(value, other)| {
        number(value).zip(number(other)).is_some_and(|(value, other)| other.checked_mul(factor) == Some(value))
    });
    (are_all && factor > 1).then_some(factor)
}

/// The units of the first run with parameters for what differs.
pub fn templated(units: &[Unit], fates: &[Vec<Become>], names: &[String]) -> Vec<Unit> {
    let mut units = units.to_vec();
    for (unit, fates) in units.iter_mut().zip(fates) {
        for (argument, fate) in unit.arguments.iter_mut().zip(fates) {
            let name = |number: &usize| names.get(*number).cloned().unwrap_or_default();
            match fate {
                Become::Stays => {}
                Become::Varies(number, factor) => argument.value = Value::Parameter(name(number), *factor),
                Become::Grows(number, behind) => argument.value = Value::Longer(name(number), behind.clone()),
            }
        }
    }
    units
}

/// Names for what differs, none of which is taken.
pub fn named(varied: &[Varied], is_taken: impl Fn(&str) -> bool) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for Varied { argument, .. } in varied {
        let hint = if names::is_word(&argument.name) { argument.name.as_str() } else { "value" };
        let name = names::free(hint, |name| found.iter().any(|other| other == name) || is_taken(name));
        found.push(name);
    }
    found
}

fn units(body: &Body, start: usize, length: usize) -> &[Unit] {
    body.units.get(start..start.saturating_add(length)).unwrap_or_default()
}

/// How many parameters a block for these runs has, unless there are too many.
fn parameters(body: &Body, runs: &Runs) -> Option<usize> {
    let slices: Vec<&[Unit]> = runs.starts.iter().map(|&start| units(body, start, runs.length)).collect();
    let (varied, _) = varied(&slices);
    Some(varied.len()).filter(|count| *count <= MOST_PARAMETERS)
}

/// A block, and what its runs are called with.
struct Made {
    number: usize,
    /// The arguments of each run.
    arguments: Vec<Vec<Argument>>,
}

fn block(body: &Body, runs: &Runs, blocks: &mut Vec<Block>, (front, taken): (&str, &HashSet<String>)) -> Option<Made> {
    let slices: Vec<&[Unit]> = runs.starts.iter().map(|&start| units(body, start, runs.length)).collect();
    let (mut varied, fates) = varied(&slices);
    let inputs = Joins::new(body).wiring(*runs.starts.first()?, runs.length)?;
    let names = named(&varied, |name| inputs_named(inputs.inputs.len()).iter().any(|input| input == name));
    let template = templated(slices.first()?, &fates, &names);
    // A parameter has the layer's default, if a run has it.
    let mut parameters = Vec::new();
    for (varied, name) in varied.iter_mut().zip(&names) {
        let default = varied.argument.default.take();
        let is_used = |default: &String| varied.values.iter().any(|value| value.text() == *default);
        parameters.push(Parameter { name: name.clone(), default: default.filter(is_used) });
    }
    let mut order: Vec<usize> = (0..parameters.len()).collect();
    order.sort_by_key(|&i| parameters.get(i).is_some_and(|parameter| parameter.default.is_some()));
    let parameters: Vec<Parameter> = order.iter().filter_map(|&i| parameters.get(i).cloned()).collect();
    let argument = |run: usize, i: usize, parameter: &Parameter| {
        let value = varied.get(i)?.values.get(run)?.clone();
        let place = if parameter.default.is_some() { Place::Named } else { Place::Positional };
        Some(Argument { name: parameter.name.clone(), value, default: parameter.default.clone(), place })
    };
    let arguments = (0..runs.starts.len())
        .map(|run| order.iter().zip(&parameters).filter_map(|(&i, parameter)| argument(run, i, parameter)).collect())
        .collect();
    let name = names::free(&format!("{front}{}", name(&template)), |name| {
        taken.contains(name) || blocks.iter().any(|block| block.name == name)
    });
    blocks.push(Block { name, inputs: inputs.inputs, parameters, body: Body { units: template, results: inputs.outputs } });
    Some(Made { number: blocks.len().saturating_sub(1), arguments })
}

/// What a block is called.
fn name(units: &[Unit]) -> String {
    if units.iter().any(|unit| unit.head == Head::Operator("+")) {
        return "residual_block".to_owned();
    }
    let made = units.iter().find_map(|unit| if let Head::Made(name) = &unit.head { Some(snake_case(name)) } else { None });
    made.map_or_else(|| "block".to_owned(), |name| format!("{name}_block"))
}

/// A body with calls of a block in the place of its runs.
fn replaced(body: Body, runs: &Runs, made: Made, blocks: &[Block]) -> Body {
    let joins = Joins::new(&body);
    let wirings: Vec<Option<Wiring>> = runs.starts.iter().map(|&start| joins.wiring(start, runs.length)).collect();
    let hint = blocks.get(made.number).map_or_else(String::new, |block| block.name.trim_end_matches("_block").to_owned());
    let mut calls = runs.starts.iter().zip(wirings).zip(made.arguments).filter_map(|((&start, wiring), arguments)| {
        let wiring = wiring?;
        let operands = wiring.inputs.into_iter().map(Operand::Tensor).collect();
        let (head, hint) = (Head::Block(made.number), if names::is_word(&hint) { hint.clone() } else { "y".to_owned() });
        Some((start, Unit { head, arguments, operands, outputs: wiring.outputs, hint, binds: None, is_fixed: false }))
    });
    let mut units = Vec::new();
    let (mut next, mut skip) = (calls.next(), 0_usize);
    for (i, unit) in body.units.into_iter().enumerate() {
        if let Some((_, call)) = next.take_if(|(start, _)| *start == i) {
            units.push(call);
            skip = runs.length;
            next = calls.next();
        }
        match skip {
            0 => units.push(unit),
            _ => skip = skip.saturating_sub(1),
        }
    }
    Body { units, results: body.results }
}

fn inputs_named(count: usize) -> Vec<String> {
    let name = |i: usize| ["x", "y", "z"].get(i).map_or_else(|| format!("x_{i}"), |name| (*name).to_owned());
    (0..count).map(name).collect()
}

/// A block as it is written.
pub fn written(block: &Block, blocks: &[Block], reserved: &HashSet<String>) -> Vec<String> {
    let names = inputs_named(block.inputs.len());
    let parameter = |parameter: &Parameter| match &parameter.default {
        Some(default) => format!("{} = {default}", parameter.name),
        None => parameter.name.clone(),
    };
    let parameters: Vec<String> = names.iter().cloned().chain(block.parameters.iter().map(parameter)).collect();
    let own = block.parameters.iter().map(|parameter| parameter.name.clone());
    let text = Text { blocks, reserved: reserved.iter().cloned().chain(own).collect(), given: HashMap::new() };
    let inputs: Vec<(usize, String)> = block.inputs.iter().copied().zip(names).collect();
    let mut lines = vec![format!("    fn {}({}) {{", block.name, parameters.join(", "))];
    lines.extend(text.body(&block.body, &inputs, 2));
    lines.push("    }".to_owned());
    lines
}
