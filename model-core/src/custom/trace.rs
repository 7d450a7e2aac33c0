//! One call of a layer that says what it computes by calls, on a tape of its own: run forward, and gone back through.
//!
//! What forward has traced waits for backward on its thread. A trace is a function of what it was run with, so that backward takes it where it was
//! run with the same, whoever ran it, and runs the call again where there is none.

use std::any::Any;
use std::cell::RefCell;
use std::collections::HashMap;

use model_graph::layer::LayerArguments;
use model_graph::shape::{Shape, TensorType};

use super::call::{AddedLosses, Call, CallLayer, InOrder};
use super::fault::{ShapeFault, Wrong};
use super::moved;
use super::part::Templates;
use super::run::{Pass, Returning, Standing, Written, output_shapes, seen};
use crate::error::Result;
use crate::float::Float;
use crate::layer::{Gradient, Weight};
use crate::variable::{Gradients, Tape, Var};

/// So many traces of a thread wait at most: those that nobody goes back through give way.
const MOST: usize = 256;

thread_local!(static WAITING: RefCell<HashMap<(u64, usize), Box<dyn Any>>> = RefCell::default());

/// A call as it was run.
struct Trace<T: Float> {
    /// What it was run with.
    key: u64,
    training: bool,
    inputs: Vec<Var<T>>,
    /// The weights, with the statistics that it began with, and where those lie that it was run with.
    weights: Vec<Weight<T>>,
    places: Vec<*const T>,
    /// The layer's own weights as variables.
    own: Vec<Var<T>>,
    tape: Tape<T>,
    outputs: Vec<Var<T>>,
    losses: AddedLosses<T>,
}

impl<T: Float> Trace<T> {
    /// Runs the call, with these statistics instead of those among the weights, if there are.
    fn new<L: CallLayer>(layer: &L, pass: Pass<'_, T>, statistics: Option<&[T]>) -> Result<Self> {
        let Pass { context, key, weights, inputs: given, standing } = pass;
        let places = weights.iter().map(|weight| weight.data.as_ptr()).collect();
        let weights = match statistics {
            Some(statistics) => moved::with(weights, statistics),
            None => weights.iter().map(Weight::kept).collect(),
        };
        let training = context.training;
        let tape = Tape::of_thread(training.then_some(key));
        let inputs = given.iter().zip(&L::signature().rule.inputs);
        let inputs = inputs.map(|(input, pattern)| tape.leaf(&seen(pattern, input.shape, context.batch), input.data));
        let inputs: Vec<Var<T>> = inputs.collect::<Result<_>>()?;
        let (own, of_parts) = weights.split_at(L::signature().weights.len());
        let own = own.iter().map(|weight| match weight.trainable {
            true => tape.weight(weight),
            false => tape.leaf(&weight.shape, &weight.data),
        });
        let own: Vec<Var<T>> = own.collect::<Result<_>>()?;
        let types = || given.iter().map(|input| TensorType::f32(Shape::from(input.shape))).collect::<Vec<_>>();
        let (own_templates, trainable) = (Templates::new(), standing.is_none_or(|standing| standing.trainable));
        let templates = standing.map_or(&own_templates, |standing| standing.templates);
        let parts = templates.parts(of_parts, trainable, || super::call(layer).parts(&types()));
        let losses = AddedLosses::default();
        let outputs = layer.call(Call {
            inputs: L::variables(&mut InOrder::new(inputs.clone())),
            weights: L::weight_variables(&mut InOrder::new(own.clone())),
            parts: L::parts(&mut InOrder::new(parts)),
            losses: losses.clone(),
            training,
            seed: key,
            tape: tape.clone(),
        })?;
        let outputs = outputs.into().into_positional();
        Ok(Self { key, training, inputs, weights, places, own, tape, outputs, losses })
    }

    /// Whether it was run with the same.
    fn is_of(&self, pass: Pass<'_, T>) -> bool {
        let mut weights = self.places.iter().zip(pass.weights);
        self.key == pass.key
            && self.training == pass.context.training
            && weights.all(|(kept, now)| *kept == now.data.as_ptr())
            && self.inputs.iter().zip(pass.inputs).all(|(kept, now)| kept.elements().is_ok_and(|kept| kept == now.data))
    }

    /// Writes the outputs, which are held against the shape rule.
    fn give<L: CallLayer>(&self, layer: &L, expected: Vec<Vec<usize>>, written: &mut Written<'_, '_, T>) -> Result<()> {
        let all = std::iter::once(&mut *written.output).chain(written.more.iter_mut().map(|other| &mut **other));
        let count = expected.len();
        for (place, ((output, expected), room)) in self.outputs.iter().zip(expected).zip(all).enumerate() {
            let elements = output.elements()?;
            if output.shape() != expected {
                let (name, layer) = (String::new(), format!("{}({})", L::CLASS, LayerArguments::source(layer)));
                let (rule, found) = (L::signature().rule.to_string(), output.shape().to_vec());
                let what = Wrong::Output(place, count, "call");
                return Err(Box::new(ShapeFault { name, layer, rule, what, expected, found }).into());
            }
            room.copy_from_slice(elements);
        }
        Ok(())
    }

    /// Writes what the weights become that training changes by other means than their gradients, one behind the other, and behind them what they
    /// were before.
    fn leave_statistics(&self, pass: Pass<'_, T>, saved: &mut [T]) {
        let statistics = || self.weights.iter().filter(|weight| !weight.trainable);
        let (ends, starts) = saved.split_at_mut(statistics().map(|weight| weight.data.len()).sum());
        self.write_ends(ends);
        moved::behind(pass, ends);
        statistics().fold(starts, |starts, weight| {
            let (own, rest) = starts.split_at_mut(weight.data.len());
            own.copy_from_slice(&weight.data);
            rest
        });
    }

    fn write_ends(&self, mut saved: &mut [T]) {
        let own = self.own.iter().map(|weight| self.tape.assigned(weight)).chain(std::iter::repeat_with(|| None));
        for (weight, assigned) in self.weights.iter().zip(own).filter(|(weight, _)| !weight.trainable) {
            let (room, rest) = saved.split_at_mut(weight.data.len());
            match (assigned, self.tape.take_statistic(weight)) {
                (Some(assigned), _) => room.copy_from_slice(&assigned),
                (None, Some(moved)) => room.copy_from_slice(&moved),
                (None, None) => room.copy_from_slice(&weight.data),
            }
            saved = rest;
        }
    }

    /// Goes back: the gradients of the inputs that are wanted, and of the weights.
    fn back(&self, accumulate: bool, back: Returning<'_, '_, '_, T>) -> Result<()> {
        let mut gradients = Gradients::default();
        let d_outputs = std::iter::once(&*back.d_output).chain(back.more.iter().map(|other| &**other));
        let losses = self.losses.all();
        let mut starts: Vec<(&Var<T>, &[T])> = self.outputs.iter().zip(d_outputs).collect();
        let one = [T::ONE];
        starts.extend(losses.iter().map(|loss| (loss, &one[..])));
        gradients.add_from(&starts)?;
        for (input, wanted) in self.inputs.iter().zip(back.d_inputs.iter_mut()) {
            Gradient::give_found(wanted.take(), gradients.elements_of(input));
        }
        for (weight, gradient) in self.weights.iter().zip(back.gradients.iter_mut()) {
            gradients.give(weight, gradient, accumulate);
        }
        Ok(())
    }
}

/// Computes the outputs of one call.
pub(super) fn forward<L: CallLayer, T: Float>(layer: &L, pass: Pass<'_, T>, mut written: Written<'_, '_, T>) -> Result<()> {
    let context = pass.context;
    let trace = Trace::new(layer, pass, moved::before(pass).as_deref())?;
    trace.give(layer, output_shapes(layer, pass.inputs, written.shape, context.batch), &mut written)?;
    if let Some(penalties) = context.penalties {
        penalties.add(trace.tape.activity_penalty() + trace.losses.sum()?);
    }
    if context.training && !written.saved.is_empty() {
        trace.leave_statistics(pass, written.saved);
    }
    if let Some(standing) = pass.standing.filter(|_| context.training) {
        WAITING.with_borrow_mut(|waiting| {
            if waiting.len() >= MOST {
                waiting.clear();
            }
            waiting.insert((standing.identity, standing.call), Box::new(trace));
        });
    }
    Ok(())
}

/// Computes the gradients of one call.
pub(super) fn backward<L: CallLayer, T: Float>(layer: &L, pass: Pass<'_, T>, back: Returning<'_, '_, '_, T>) -> Result<()> {
    let take = |standing: Standing<'_, T>| WAITING.with_borrow_mut(|waiting| waiting.remove(&(standing.identity, standing.call)));
    let waiting = pass.standing.and_then(take).and_then(|trace| trace.downcast::<Trace<T>>().ok());
    let trace = match waiting.filter(|trace| trace.is_of(pass)) {
        Some(trace) => *trace,
        None => {
            let len: usize = pass.weights.iter().filter(|weight| !weight.trainable).map(|weight| weight.data.len()).sum();
            let starts = back.saved.get(len..2 * len).filter(|_| pass.context.training && len > 0);
            Trace::new(layer, pass, starts)?
        }
    };
    trace.back(pass.context.accumulate, back)
}

/// Takes over what weights have become that training changes by other means than their gradients.
pub(super) fn update<T: Float>(weights: &mut [Weight<T>], mut saved: &[T]) {
    for weight in weights.iter_mut().filter(|weight| !weight.trainable) {
        let (moved, rest) = saved.split_at(weight.data.len().min(saved.len()));
        if moved.len() == weight.data.len() {
            weight.data.copy_from_slice(moved);
        }
        saved = rest;
    }
}
