//! What an optimiser remembers of a weight, and how both change in a step: the arguments that all optimisers have, around the rule's own.

use std::borrow::Cow;

use super::Optimizer;
use super::rule::{Of, Rule, Slot, Start, Step};
use crate::buffer::Buffer;
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

    /// Changes the weight by its gradient.
    pub(super) fn step(&mut self, optimizer: &Optimizer, turn: &Turn, gradient: &[f32], weight: &mut [f32], work: &mut Work) {
        self.reserve(optimizer, weight);
        let rule = optimizer.rule(self.group);
        let common = rule.common();
        let own = self.slots.len() - common.slot_count();
        let (own, shared) = self.slots.split_at_mut(own);
        let (averages, accumulators) = shared.split_at_mut(usize::from(common.use_ema));
        if turn.is_update {
            let gradient = prepare(rule, turn, gradient, accumulators.first_mut(), &mut work.gradient);
            if let Some(decay) = rule.weight_decay(own).filter(|_| self.decays) {
                let (decay, rate) = (decay as f32, turn.rate as f32);
                change(weight, move |w| w - w * decay * rate);
            }
            let step = Step { iteration: turn.iteration, rate: turn.rate, shape: &self.shape };
            rule.step(step, gradient, weight, own, &mut work.rule);
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
