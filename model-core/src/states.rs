//! The states that recurrent layers keep from one batch to the next, `LSTM(32, stateful = true)`.
//!
//! A layer holds its states behind a lock, so that a model moves them where it is only borrowed: `predict` goes on from what the last pass has
//! left, whichever it was. They are no weights: files have none of them, and training knows no gradient through them.

use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use model_graph::shape::Shape;
use ndarray::{ArrayD, IxDyn};

use crate::buffer::Buffer;
use crate::error::{Error, Result};
use crate::few::Few;
use crate::float::Float;
use crate::memory;
use crate::network::Network;

/// The states that a layer keeps. A copy has states of its own, which begin as these are.
pub struct Kept<T: Float = f32>(Arc<Shared<T>>);

/// What all who hold a layer's states share.
struct Shared<T: Float> {
    states: Mutex<States<T>>,
    /// Whether a pass has them to itself.
    taken: Mutex<bool>,
    freed: Condvar,
}

/// The states as they are.
#[derive(Clone)]
struct States<T: Float> {
    /// The shape of a sample of each.
    shapes: Vec<Vec<usize>>,
    /// Those that the next call begins with.
    now: Batch<T>,
    /// Those from before the pass, should it fail.
    before: Batch<T>,
    /// Where a call writes.
    next: Vec<Buffer<T>>,
}

/// The states of so many samples, or of none: then they begin as zeros, of however many samples.
#[derive(Clone, Default)]
struct Batch<T: Float> {
    samples: usize,
    states: Vec<Buffer<T>>,
}

impl<T: Float> Batch<T> {
    /// Becomes a copy of another one, in its own memory.
    fn copy(&mut self, other: &Self) {
        self.samples = other.samples;
        self.states.resize_with(other.states.len(), Buffer::new);
        for (own, other) in self.states.iter_mut().zip(&other.states) {
            own.resize(other.len());
            own.copy_from_slice(other);
        }
    }
}

impl<T: Float> States<T> {
    fn elements(&self, samples: usize) -> impl Iterator<Item = usize> {
        self.shapes.iter().map(move |shape| shape.iter().product::<usize>().saturating_mul(samples))
    }

    /// Makes sure that there are states of so many samples; those of another number begin anew.
    fn hold(&mut self, samples: usize) {
        if self.now.samples == samples {
            return;
        }
        let sizes: Few<usize> = self.elements(samples).collect();
        for states in [&mut self.now.states, &mut self.next] {
            states.resize_with(sizes.len(), Buffer::new);
            for (state, &size) in states.iter_mut().zip(&*sizes) {
                state.resize(size);
                state.fill(T::ZERO);
            }
        }
        self.now.samples = samples;
    }
}

impl<T: Float> Kept<T> {
    /// States of these shapes for each sample, which begin as zeros.
    pub(crate) fn new(shapes: &[Shape]) -> Self {
        let shapes = shapes.iter().map(|shape| shape.sizes().unwrap_or_default()).collect();
        Self::of(States { shapes, now: Batch::default(), before: Batch::default(), next: Vec::new() })
    }

    fn of(states: States<T>) -> Self {
        Self(Arc::new(Shared { states: Mutex::new(states), taken: Mutex::new(false), freed: Condvar::new() }))
    }

    /// The same states: what moves these moves those.
    pub(crate) fn shared(&self) -> Self {
        Self(self.0.clone())
    }

    fn states(&self) -> MutexGuard<'_, States<T>> {
        // States are whole between two calls, whatever else has gone wrong.
        self.0.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands the states to a call, which writes those behind it.
    pub(crate) fn run(&self, samples: usize, call: impl FnOnce(&[&[T]], &mut [&mut [T]])) {
        let mut states = self.states();
        states.hold(samples);
        let States { now, next, .. } = &mut *states;
        let begin: Few<&[T]> = now.states.iter().map(|state| &**state).collect();
        let mut end: Few<&mut [T]> = next.iter_mut().map(|state| &mut **state).collect();
        call(&begin, &mut end);
        std::mem::swap(&mut now.states, next);
    }

    /// The states, `[samples, ..]` each; none where no pass has left any since they were reset.
    #[must_use]
    pub fn arrays(&self) -> Vec<ArrayD<T>> {
        let states = self.states();
        let samples = states.now.samples;
        let array = |(shape, state): (&Vec<usize>, &Buffer<T>)| {
            let shape: Vec<usize> = std::iter::once(samples).chain(shape.iter().copied()).collect();
            ArrayD::from_shape_vec(IxDyn(&shape), state.to_vec()).expect("a state has its shape's elements")
        };
        if samples == 0 { Vec::new() } else { states.shapes.iter().zip(&states.now.states).map(array).collect() }
    }

    /// Makes the next call begin with zeros, of any number of samples.
    pub fn reset(&self) {
        self.states().now.samples = 0;
    }

    /// Makes the next call, of so many samples, begin with states of this number.
    pub(crate) fn set(&self, samples: usize, number: T) {
        let mut states = self.states();
        states.hold(samples);
        states.now.states.iter_mut().for_each(|state| state.fill(number));
    }

    /// Takes over what a copy has become.
    pub(crate) fn become_as(&self, copy: &Self) {
        if !Arc::ptr_eq(&self.0, &copy.0) {
            let copy = copy.states().clone();
            *self.states() = copy;
        }
    }

    /// Waits until no other pass has the states.
    fn take(&self) {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken {
            taken = self.0.freed.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = true;
    }

    fn free(&self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}

impl<T: Float> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self::of(self.states().clone())
    }
}

/// Layers are compared by what they are made of, not by where they are in a sequence.
impl<T: Float> PartialEq for Kept<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<T: Float> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("samples", &self.states().now.samples).finish_non_exhaustive()
    }
}

/// The states of a model while a pass has them to itself: passes of one model come one after the other where its layers keep states. Of other
/// models it is nothing.
pub(crate) struct Turn<T: Float>(Vec<Kept<T>>);

impl<T: Float> Turn<T> {
    /// Waits for the states of a model.
    pub(crate) fn of(model: &(impl Network<T> + ?Sized)) -> Self {
        let mut all = handles(model);
        // All who wait do so in one order, whichever part of the model they are about to run.
        all.sort_by_key(|kept| Arc::as_ptr(&kept.0).addr());
        all.dedup_by(|one, other| Arc::ptr_eq(&one.0, &other.0));
        all.iter().for_each(Kept::take);
        Self(all)
    }

    /// The same, of a layer by itself.
    pub(crate) fn of_layer(kept: Option<&Kept<T>>) -> Self {
        let all: Vec<Kept<T>> = kept.map(Kept::shared).into_iter().collect();
        all.iter().for_each(Kept::take);
        Self(all)
    }

    /// Checks that the states are of so many samples, or of none, and notes them, should the pass fail.
    ///
    /// # Errors
    /// If they are of another number, or would take more memory than there is.
    pub(crate) fn begin(&self, model: &dyn Fn() -> String, fixed: Option<usize>, samples: usize) -> Result<()> {
        let expected = self.0.iter().map(|kept| kept.states().now.samples).find(|&held| held != 0 && held != samples);
        let fixed = fixed.filter(|fixed| !self.0.is_empty() && *fixed != samples);
        match (fixed, expected) {
            (Some(expected), _) => return Err(Error::FixedBatch { model: model(), expected, found: samples }),
            (None, Some(expected)) => return Err(Error::States { model: model(), expected, found: samples }),
            (None, None) => {}
        }
        for kept in &self.0 {
            let mut states = kept.states();
            if states.now.samples != samples {
                // Those of now, of before, and those that are written.
                let elements = states.elements(samples).fold(0, usize::saturating_add).saturating_mul(3);
                let what = || format!("the states of {} that `{}` keeps", memory::samples(samples), model());
                memory::claim(memory::bytes_of::<T>(elements), what)?;
            }
            let States { now, before, .. } = &mut *states;
            before.copy(now);
        }
        Ok(())
    }

    /// Takes back what the pass has done.
    pub(crate) fn undo(&self) {
        for kept in &self.0 {
            let mut states = kept.states();
            let States { now, before, .. } = &mut *states;
            now.copy(before);
        }
    }

    /// A pass that takes back what it has done to the states where it fails.
    ///
    /// # Errors
    /// Those of [`begin`](Self::begin), and those of the pass.
    pub(crate) fn pass<R, E: From<Error>>(
        &self,
        model: &(impl Network<T> + ?Sized),
        samples: usize,
        pass: impl FnOnce() -> Result<R, E>,
    ) -> Result<R, E> {
        let graph = model.graph();
        self.begin(&|| graph.name.clone(), graph.samples, samples)?;
        pass().inspect_err(|_| self.undo())
    }
}

impl<T: Float> Drop for Turn<T> {
    fn drop(&mut self) {
        self.0.iter().for_each(Kept::free);
    }
}

/// The states of a model's layers, in the order of the layers.
fn handles<T: Float>(model: &(impl Network<T> + ?Sized)) -> Vec<Kept<T>> {
    let mut all = Vec::new();
    model.visit_states(&mut |kept| all.push(kept.shared()));
    all
}

/// Gives a model the states that a copy of it has come to.
pub(crate) fn take_over<T: Float>(model: &impl Network<T>, copy: &impl Network<T>) {
    handles(model).iter().zip(handles(copy)).for_each(|(kept, copy)| kept.become_as(&copy));
}

/// Checks that batches of this size divide samples that are gone through in batches, where layers keep states.
///
/// # Errors
/// If the last batch would have fewer samples than the others.
pub(crate) fn check_batches<T: Float>(
    model: &(impl Network<T> + ?Sized),
    samples: usize,
    batch_size: usize,
    help: &'static str,
) -> Result<()> {
    if samples.is_multiple_of(batch_size) || !model.graph().keeps_states() {
        return Ok(());
    }
    Err(Error::Batches { model: model.graph().name.clone(), batch_size, samples, help })
}
