//! What an optimiser remembers of a weight, and how both change in a step: the arguments that all optimisers have, around the rule's own.

use std::borrow::Cow;
use std::ops::Range;

use super::Optimizer;
use super::rule::{Of, Rule, Slot, Start, Step};
use crate::buffer::Buffer;
use crate::elements::{Elements, Rows};
use crate::kernels::chunks::{CHUNK, each};
use crate::kernels::lanes;
use crate::kernels::optimizer::{change, step};
use crate::kernels::penalty::square_sum;
use crate::layer::Weight;

/// What an optimiser remembers of a weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Memory {
    name: Cow<'static, str>,
    pub(crate) path: String,
    shape: Vec<usize>,
    /// Which of several optimisers changes the weight.
    pub(super) group: usize,
    /// Whether it decays where weights do.
    decays: bool,
    /// The rule's slots, behind them those of the common arguments; none for a weight that has not been trained.
    pub(crate) slots: Vec<Buffer<f32>>,
}

/// A step of all weights that one optimiser changes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Turn {
    /// The number of the step; the first is 1.
    pub(super) iteration: u64,
    pub(super) rate: f64,
    /// Whether weights move, or gradients are only accumulated.
    pub(super) is_update: bool,
    /// What gradients are multiplied by so that all together are not too long.
    pub(super) global: f64,
    /// What averages keep.
    pub(super) kept: f64,
    /// Whether averages take their weights' places.
    pub(super) overwrites: bool,
}

/// The gradient of a weight, and the rows outside of which it is zero, where that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slope<'g> {
    pub(super) all: &'g [f32],
    pub(super) rows: Option<&'g Rows>,
}

impl<'g> Slope<'g> {
    pub(super) fn of(gradient: &'g Elements<f32>) -> Self {
        Self { all: gradient, rows: gradient.rows() }
    }
}

/// What steps work in. It is no part of an optimiser's state.
#[derive(Debug, Default)]
pub(super) struct Room {
    /// The step that is taken, for every optimiser that takes part in it.
    pub(super) turns: Vec<Turn>,
    pub(super) work: Work,
}

/// What a step of a weight works in.
#[derive(Debug, Default)]
pub(super) struct Work {
    gradient: Buffer<f32>,
    rule: Buffer<f32>,
    /// Rows of a weight and of what is remembered of it, one behind the other.
    weight: Buffer<f32>,
    slots: Vec<Buffer<f32>>,
}

impl Clone for Room {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Room {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Memory {
    pub(super) fn new(optimizer: &Optimizer, weight: &Weight<f32>, path: String) -> Self {
        let group = optimizer.group(&path);
        let decays = optimizer.rule(group).common().decays(&path);
        Self { name: weight.name.clone(), shape: weight.shape.clone(), path, group, decays, slots: Vec::new() }
    }

    /// Whether it is of such a weight.
    pub(crate) fn is_of(&self, weight: &Weight<f32>) -> bool {
        self.name == weight.name && self.shape == weight.shape
    }

    /// The weight in words: `` `kernel` of shape [3, 4] ``.
    pub(crate) fn describe(&self) -> String {
        format!("`{}` of shape {:?}", self.name, self.shape)
    }

    /// The weight, as an optimiser knows it.
    pub(crate) fn of(&self) -> Of<'_> {
        Of { path: &self.path, shape: &self.shape }
    }

    /// What is remembered, as an optimiser would.
    pub(crate) fn expected(&self, optimizer: &Optimizer) -> Vec<Slot> {
        let (of, rule) = (self.of(), optimizer.rule(self.group));
        let mut slots = rule.slots(of);
        slots.extend(rule.common().slots(of));
        slots
    }

    /// Makes room for what is remembered of a weight, where there is none yet.
    pub(crate) fn reserve(&mut self, optimizer: &Optimizer, weight: &[f32]) {
        if self.slots.is_empty() {
            let made = self.expected(optimizer).into_iter().map(|slot| match slot.start {
                Start::Weight => Buffer::from_slice(weight),
                Start::Constant(start) => {
                    let mut made = Buffer::zeros(slot.elements());
                    made.fill(start as f32);
                    made
                }
            });
            self.slots.extend(made);
        }
    }

    /// Makes room that is written to before it is used.
    pub(crate) fn reserve_empty(&mut self, optimizer: &Optimizer) {
        if self.slots.is_empty() {
            self.slots.extend(self.expected(optimizer).iter().map(|slot| Buffer::zeros(slot.elements())));
        }
    }

    /// The average of the weight, where there is one.
    pub(super) fn average_mut(&mut self, rule: &dyn Rule) -> Option<&mut Buffer<f32>> {
        let place = self.slots.len().checked_sub(rule.common().slot_count())?;
        self.slots.get_mut(place).filter(|_| rule.common().use_ema)
    }

    /// The sum of the squares of the gradient that the weight moves by, before it is clipped.
    pub(super) fn square_sum(&self, rule: &dyn Rule, gradient: &[f32], work: &mut Work) -> f64 {
        let parts = rule.common().parts();
        match self.slots.last().filter(|_| parts > 1) {
            None => square_sum(gradient),
            Some(accumulated) => {
                work.gradient.resize(gradient.len());
                mean(parts, gradient, accumulated, &mut work.gradient);
                square_sum(&work.gradient)
            }
        }
    }

    /// The rows of the weight that a step changes, where others stay as they are.
    pub(super) fn moved<'g>(&self, rule: &dyn Rule, slope: Slope<'g>) -> Option<&'g Rows> {
        let common = rule.common();
        let clips = common.clipnorm.or(common.clipvalue).or(common.global_clipnorm).is_some();
        let decays = self.decays && common.weight_decay.is_some();
        let rests = rule.kept_at_zero().is_some() && common.slot_count() == 0 && !clips && !decays;
        slope.rows.filter(|rows| rests && 2 * rows.elements() < slope.all.len())
    }

    /// Changes the weight by its gradient.
    pub(super) fn step(&mut self, optimizer: &Optimizer, turn: &Turn, slope: Slope<'_>, weight: &mut [f32], work: &mut Work) {
        self.reserve(optimizer, weight);
        let rule = optimizer.rule(self.group);
        if let Some(rows) = self.moved(rule, slope) {
            return self.step_rows(rule, turn, (slope.all, rows), weight, work);
        }
        let (common, gradient) = (rule.common(), slope.all);
        let own = self.slots.len() - common.slot_count();
        let (own, shared) = self.slots.split_at_mut(own);
        let (averages, accumulators) = shared.split_at_mut(usize::from(common.use_ema));
        if turn.is_update {
            let gradient = prepare(rule, turn, gradient, accumulators.first_mut(), &mut work.gradient);
            if let Some(decay) = rule.weight_decay(own).filter(|_| self.decays) {
                let (decay, rate) = (decay as f32, turn.rate as f32);
                change(weight, move |w| w - w * decay * rate);
            }
            rule.step(turn.step(&self.shape), gradient, weight, own, &mut work.rule);
        } else if let Some(accumulator) = accumulators.first_mut() {
            step(gradient, [&mut **accumulator], move |g, [sum]| [sum + g]);
        }
        if let Some(average) = averages.first_mut() {
            let (kept, rest) = (turn.kept as f32, (1.0 - turn.kept) as f32);
            step(weight, [&mut **average], move |w, [a]| [kept * a + rest * w]);
            if turn.overwrites {
                weight.copy_from_slice(average);
            }
        }
    }

    /// Changes some rows of the weight, all others having gradients of zero.
    fn step_rows(
        &mut self,
        rule: &dyn Rule,
        turn: &Turn,
        (gradient, rows): (&[f32], &Rows),
        weight: &mut [f32],
        work: &mut Work,
    ) {
        work.slots.resize_with(work.slots.len().max(self.slots.len()), Buffer::new);
        let slots = &mut work.slots[..self.slots.len()];
        let at_once = (AT_ONCE / rows.size().max(1)).max(1);
        let room = at_once * rows.size();
        let mut rest = rows.ranges().peekable();
        while rest.peek().is_some() {
            let some = rest.clone().take(at_once);
            rest.by_ref().take(at_once).for_each(drop);
            gather(some.clone(), gradient, &mut work.gradient, room);
            gather(some.clone(), weight, &mut work.weight, room);
            self.slots.iter().zip(&mut *slots).for_each(|(from, to)| gather(some.clone(), from, to, room));
            rule.step(turn.step(&self.shape), &work.gradient, &mut work.weight, slots, &mut work.rule);
            scatter(some.clone(), &work.weight, weight);
            self.slots.iter_mut().zip(&*slots).for_each(|(to, from)| scatter(some.clone(), from, to));
        }
        let kept = rule.kept_at_zero().unwrap_or(1.0) as f32;
        if kept != 1.0 {
            self.slots.iter_mut().for_each(|slot| change_outside(slot, rows, kept));
        }
    }
}

impl Turn {
    fn step<'s>(&self, shape: &'s [usize]) -> Step<'s> {
        Step { iteration: self.iteration, rate: self.rate, shape }
    }
}

/// About so many elements of rows are moved at once, so that steps allocate nothing, however many rows they move.
const AT_ONCE: usize = 1 << 16;

/// Copies rows one behind the other, into room for so many elements.
fn gather(rows: impl Iterator<Item = Range<usize>>, from: &[f32], to: &mut Buffer<f32>, room: usize) {
    to.resize(room);
    let mut place = 0;
    for row in rows {
        let end = place + row.len();
        to[place..end].copy_from_slice(&from[row]);
        place = end;
    }
    to.resize(place);
}

/// Copies rows back to where they were.
fn scatter(rows: impl Iterator<Item = Range<usize>>, from: &[f32], to: &mut [f32]) {
    let mut place = 0;
    for row in rows {
        let end = place + row.len();
        to[row].copy_from_slice(&from[place..end]);
        place = end;
    }
}

/// Multiplies all elements that are in no row.
fn change_outside(slot: &mut [f32], rows: &Rows, factor: f32) {
    each([(slot, CHUNK)], |i, [part]| {
        let start = i * CHUNK;
        for gap in rows.outside(start..start + part.len()) {
            change(&mut part[gap.start - start..gap.end - start], move |element| factor * element);
        }
    });
}

/// The mean of gradients in a row.
fn mean(parts: u64, gradient: &[f32], accumulated: &[f32], to: &mut [f32]) {
    to.copy_from_slice(accumulated);
    let parts = parts as f32;
    step(gradient, [to], move |g, [sum]| [(g + sum) / parts]);
}

/// The gradient that a weight moves by: the mean of those in a row, clipped.
fn prepare<'g>(
    rule: &dyn Rule,
    turn: &Turn,
    gradient: &'g [f32],
    accumulated: Option<&mut Buffer<f32>>,
    room: &'g mut Buffer<f32>,
) -> &'g [f32] {
    let common = rule.common();
    if accumulated.is_none() && common.clipnorm.is_none() && common.clipvalue.is_none() && common.global_clipnorm.is_none() {
        return gradient;
    }
    room.resize(gradient.len());
    match accumulated {
        None => room.copy_from_slice(gradient),
        Some(accumulated) => {
            mean(common.parts(), gradient, accumulated, room);
            accumulated.fill(0.0);
        }
    }
    if let Some(limit) = common.clipnorm {
        let factor = (limit / square_sum(room).sqrt().max(limit)) as f32;
        change(room, move |g| g * factor);
    } else if let Some(limit) = common.clipvalue {
        let limit = limit as f32;
        change(room, move |g| lanes::max(lanes::min(g, limit), -limit));
    } else if common.global_clipnorm.is_some() {
        let factor = turn.global as f32;
        change(room, move |g| g * factor);
    }
    room
}
