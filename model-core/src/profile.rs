//! What the parts of passes take, for whoever asks: each call of a layer forward and backward, losses and the optimiser's step.
//!
//! The parts are noted where every layer is entered. While nobody asks, that costs a look at a flag of the thread, and nothing is allocated.

use std::cell::{Cell, RefCell};
use std::mem::size_of_val;
use std::time::{Duration, Instant};

use crate::float::Float;
use crate::layer::{Backward, Context, Forward, View, Weight};

/// What a part of a pass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A call of a layer.
    Forward,
    /// The way back through one.
    Backward,
    /// The losses of a batch with their gradients.
    Loss,
    /// What changes the weights.
    Optimizer,
}

/// A part of a pass, as it ran.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// The layer's class, such as `Conv2D`; empty where it is no layer's.
    pub class: &'static str,
    /// The number of samples that the layer ran on.
    pub samples: usize,
    /// The shapes of a sample of the inputs.
    pub inputs: Vec<Vec<usize>>,
    /// The shape of a sample of the first output.
    pub output: Vec<usize>,
    /// The shapes of the layer's weights.
    pub weights: Vec<Vec<usize>>,
    /// Of how many inputs there are gradients: none on the way forward.
    pub input_gradients: usize,
    /// The bytes of all that a layer reads and writes, each counted once: tensors, weights and what is saved for the way back, not the room
    /// it works in. Zero of losses and optimisers.
    pub bytes: usize,
    /// How long it took.
    pub time: Duration,
}

thread_local! {
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
    static PARTS: RefCell<Vec<Part>> = const { RefCell::new(Vec::new()) };
}

/// Runs something and tells which parts of passes ran in it on this thread, in their order.
///
/// Layers of one's own are told of by the calls that they make. What runs in a `record` within is told by that one alone.
///
/// ```
/// use model_core::profile::{Kind, record};
/// # use model_core::interpret::Model;
/// # use model_core::training::Predict;
/// # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
/// #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}},
/// #     {"class_name": "Dense", "config": {"name": "line", "units": 3}}]}}"#).unwrap();
/// # let model = Model::new(graph, 42).unwrap();
/// let (output, parts) = record(|| model.predict(&ndarray::Array2::<f32>::zeros((4, 2))));
/// output?;
/// assert_eq!((parts[0].kind, parts[0].class, parts[0].samples), (Kind::Forward, "Dense", 4));
/// assert_eq!((&*parts[0].output, &*parts[0].weights), (&[3][..], &[vec![2, 3], vec![3]][..]));
/// # Ok::<(), model_core::Error>(())
/// ```
pub fn record<R>(run: impl FnOnce() -> R) -> (R, Vec<Part>) {
    let asked = Asked { before: IS_ASKED.replace(true), outer: PARTS.take() };
    let result = run();
    let parts = PARTS.take();
    drop(asked);
    (result, parts)
}

/// What is put back when a recording ends, also where it ends in a panic.
struct Asked {
    before: bool,
    outer: Vec<Part>,
}

impl Drop for Asked {
    fn drop(&mut self) {
        IS_ASKED.set(self.before);
        PARTS.set(std::mem::take(&mut self.outer));
    }
}

/// Runs a layer, and notes what it took, if anyone asks.
#[inline]
pub(crate) fn forward<T: Float, R>(
    class: impl Fn() -> &'static str,
    call: Forward<'_, T>,
    run: impl Fn(Forward<'_, T>) -> R,
) -> R {
    if !IS_ASKED.get() {
        return run(call);
    }
    let Forward { weights, output, more, saved, .. } = &call;
    let others: usize = more.iter().map(|other| size_of_val(*other)).sum();
    let part = Part {
        output: call.output_shape.to_vec(),
        bytes: bytes_of(call.inputs, weights) + size_of_val(&**output) + others + size_of_val(&**saved),
        ..Part::of_layer(Kind::Forward, class(), call.context, call.inputs, weights)
    };
    noted(part, || run(call))
}

/// Goes back through a layer, likewise.
#[inline]
pub(crate) fn backward<T: Float, R>(
    class: impl Fn() -> &'static str,
    call: Backward<'_, T>,
    run: impl Fn(Backward<'_, T>) -> R,
) -> R {
    if !IS_ASKED.get() {
        return run(call);
    }
    let Backward { weights, d_output, more, d_inputs, saved, .. } = &call;
    let wanted = || d_inputs.iter().flatten();
    let written: usize = wanted().map(|gradient| size_of_val(gradient.data)).sum();
    let others: usize = more.iter().map(|other| size_of_val(*other)).sum();
    let read = bytes_of(call.inputs, weights) + size_of_val(call.output.data) + size_of_val(&**d_output) + others;
    let part = Part {
        output: call.output.shape.to_vec(),
        input_gradients: wanted().count(),
        bytes: read + written + bytes_of(&[], call.gradients) + size_of_val(&**saved),
        ..Part::of_layer(Kind::Backward, class(), call.context, call.inputs, weights)
    };
    noted(part, || run(call))
}

/// Runs what is no layer's, likewise.
#[inline]
pub(crate) fn part<R>(kind: Kind, run: impl FnOnce() -> R) -> R {
    if IS_ASKED.get() { noted(Part::new(kind), run) } else { run() }
}

impl Part {
    fn new(kind: Kind) -> Self {
        let (inputs, output, weights) = (Vec::new(), Vec::new(), Vec::new());
        Self { kind, class: "", samples: 0, inputs, output, weights, input_gradients: 0, bytes: 0, time: Duration::ZERO }
    }

    /// What is known of a layer on either way.
    fn of_layer<T: Float>(
        kind: Kind,
        class: &'static str,
        context: Context<'_>,
        inputs: &[View<'_, T>],
        weights: &[Weight<T>],
    ) -> Self {
        Self {
            class,
            samples: context.batch,
            inputs: inputs.iter().map(|input| input.shape.to_vec()).collect(),
            weights: weights.iter().map(|weight| weight.shape.clone()).collect(),
            ..Self::new(kind)
        }
    }
}

fn noted<R>(part: Part, run: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = run();
    let time = start.elapsed();
    PARTS.with_borrow_mut(|parts| parts.push(Part { time, ..part }));
    result
}

fn bytes_of<T: Float>(inputs: &[View<'_, T>], weights: &[Weight<T>]) -> usize {
    let inputs = inputs.iter().map(|input| size_of_val(input.data));
    inputs.chain(weights.iter().map(|weight| size_of_val(&*weight.data))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_to_the_innermost_who_asks_and_to_nobody_else() {
        part(Kind::Loss, || ());
        let (((), inner), outer) = record(|| {
            part(Kind::Loss, || ());
            let inner = record(|| part(Kind::Optimizer, || ()));
            part(Kind::Loss, || ());
            inner
        });
        let kinds = |parts: &[Part]| parts.iter().map(|part| part.kind).collect::<Vec<_>>();
        assert_eq!((kinds(&inner), kinds(&outer)), (vec![Kind::Optimizer], vec![Kind::Loss, Kind::Loss]));
        assert!(record(|| ()).1.is_empty());
    }

    #[test]
    fn nobody_asks_any_more_behind_a_panic() {
        assert!(std::panic::catch_unwind(|| record(|| panic!("on purpose"))).is_err());
        part(Kind::Loss, || ());
        assert!(PARTS.take().is_empty());
    }
}
