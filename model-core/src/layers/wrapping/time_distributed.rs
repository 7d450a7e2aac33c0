//! Running a layer at every step of a sequence: the steps are samples of one batch, unless samples of a batch depend on one another.

use std::rc::Rc;

use model_graph::layer::Layer as _;
use model_graph::layers::{Link, TimeDistributed};
use model_graph::shape::{DType, Shape, TensorType};

use crate::few::Few;
use crate::float::Float;
use crate::initialize::mix;
use crate::layer::{Backward, Context, Forward, Gradient, Run, View, Weight};
use crate::layers::inner;
use crate::layers::remembered::Remembered;
use crate::layers::step::Step;

thread_local! {
    static LINKS: Remembered<TimeDistributed, Link> = const { Remembered::new() };
    /// With a mask, the shape of which stands behind that of the input.
    static MASKED: Remembered<TimeDistributed, Link> = const { Remembered::new() };
}

fn link<T>(layer: &TimeDistributed, inputs: &[View<'_, T>]) -> Rc<Link> {
    match inputs {
        [input] => LINKS.with(|links| links.get(layer, input.shape, || make_link(layer, inputs))),
        _ => {
            let shapes: Few<usize> = inputs.iter().flat_map(|input| input.shape).copied().collect();
            MASKED.with(|links| links.get(layer, &shapes, || make_link(layer, inputs)))
        }
    }
}

fn make_link<T>(layer: &TimeDistributed, inputs: &[View<'_, T>]) -> Link {
    let dtype = if layer.index_bound().is_some() { DType::I32 } else { DType::F32 };
    let dtypes = std::iter::once(dtype).chain(std::iter::repeat(DType::Bool));
    let types = inputs.iter().zip(dtypes).map(|(input, dtype)| TensorType { dtype, shape: Shape::from(input.shape) });
    layer.link(&types.collect::<Vec<_>>()).expect("the shape rule has accepted the input")
}

/// A tensor whose samples are the steps of all samples.
fn of_step<T>(sequence: View<'_, T>) -> View<'_, T> {
    View { shape: &sequence.shape[1..], ..sequence }
}

/// The mask, if the layer is told what to look at.
fn mask<'a, T: Float>(layer: &TimeDistributed, inputs: &[View<'a, T>]) -> Option<View<'a, T>> {
    inputs.get(1).filter(|_| layer.takes_mask()).copied()
}

/// How many steps what has been saved is of: two numbers, which are exact in any type of numbers.
const AT_ONCE: usize = 4096;

fn note<T: Float>(steps: usize, saved: &mut [T]) {
    saved[0] = T::from_f64((steps / AT_ONCE) as f64);
    saved[1] = T::from_f64((steps % AT_ONCE) as f64);
}

fn noted<T: Float>(saved: &[T]) -> usize {
    // Whole numbers that have been written there.
    let [times, rest] = [saved[0], saved[1]].map(|number| number.to_f64() as usize);
    times * AT_ONCE + rest
}

/// What each step has saved, behind the number of steps.
fn own<'s, T: Float>(saved: &'s mut [T], link: &Link, batch: usize, step: usize) -> &'s mut [T] {
    let room = link.rooms()[0].elements(batch);
    if room == 0 || saved.is_empty() { &mut [] } else { &mut saved[2 + step * room..][..room] }
}

impl TimeByTime {
    fn of(link: &Link, context: Context<'_>, shape: &[usize]) -> Self {
        let (input, output) = (inner::size(&link.input), inner::size(&link.outputs[0]));
        Self { batch: context.batch, steps: shape[0], input, output }
    }
}

/// The sizes of a sequence that is gone through one step after the other.
struct TimeByTime {
    batch: usize,
    steps: usize,
    input: usize,
    output: usize,
}

/// A mask of which each step is taken out.
struct Counts<'a, T> {
    mask: Option<View<'a, T>>,
    own: &'a mut [T],
    size: usize,
}

impl<'a, T: Float> Counts<'a, T> {
    fn new(mask: Option<View<'a, T>>, batch: usize, room: &mut &'a mut [T]) -> Self {
        let size = mask.map_or(0, |mask| mask.shape[1..].iter().product());
        Self { mask, own: inner::take(room, batch * size), size }
    }

    /// What the mask has of a step; its elements only if it has any.
    fn step(&mut self, step: usize, steps: usize) -> Option<View<'_, T>> {
        let Self { mask, own, size } = self;
        let mask = (*mask)?;
        if mask.data.is_empty() {
            return Some(of_step(mask));
        }
        Step { step, steps, size: *size }.take(mask.data, own);
        Some(View { data: own, ..of_step(mask) })
    }
}

fn forward_by_step<T: Float>(link: &Link, mask: Option<View<'_, T>>, call: Forward<'_, T>) {
    let Forward { context, key, weights, inputs, output_shape, output, saved, mut scratch, .. } = call;
    let TimeByTime { batch, steps, input, output: size } = TimeByTime::of(link, context, inputs[0].shape);
    let [x, y] = [input, size].map(|size| inner::take(&mut scratch, batch * size));
    let mut counts = Counts::new(mask, batch, &mut scratch);
    if !saved.is_empty() {
        note(steps, saved);
    }
    for step in 0..steps {
        let at = |size| Step { step, steps, size };
        at(input).take(inputs[0].data, x);
        let mask = counts.step(step, steps);
        let (given, manner) = inner::arranged(&link.layer, View::new(&inputs[0].shape[1..], x), std::iter::empty(), mask);
        inner::forward_alone(
            &link.layer,
            Forward {
                context: Context { manner, ..inner::context::<T>(link, context) },
                key: mix(key, step as u64),
                weights,
                inputs: &given,
                output_shape: &output_shape[1..],
                output: y,
                more: &mut [],
                saved: own(saved, link, batch, step),
                scratch: &mut *scratch,
            },
        );
        at(size).put(y, output);
    }
}

fn backward_by_step<T: Float>(link: &Link, mask: Option<View<'_, T>>, call: Backward<'_, T>) {
    let Backward { context, key, weights, inputs, output, d_output, d_inputs, gradients, saved, mut scratch, .. } = call;
    let TimeByTime { batch, steps, input, output: size } = TimeByTime::of(link, context, inputs[0].shape);
    let [x, y, d_x, d_y] = [input, size, input, size].map(|size| inner::take(&mut scratch, batch * size));
    let mut counts = Counts::new(mask, batch, &mut scratch);
    for step in 0..steps {
        let at = |size| Step { step, steps, size };
        let (reads_input, reads_output) = (!inputs[0].data.is_empty(), !output.data.is_empty());
        if reads_input {
            at(input).take(inputs[0].data, x);
        }
        if reads_output {
            at(size).take(output.data, y);
        }
        at(size).take(d_output, d_y);
        let is_wanted = d_inputs[0].is_some();
        let wanted = is_wanted.then_some(Gradient { data: &mut *d_x, accumulate: false });
        let (x, mask) = (View::new(&inputs[0].shape[1..], if reads_input { &*x } else { &[] }), counts.step(step, steps));
        let (mut wanted, _) = inner::arranged(&link.layer, wanted, std::iter::empty(), mask.map(|_| None));
        let (given, manner) = inner::arranged(&link.layer, x, std::iter::empty(), mask);
        inner::backward_alone(
            &link.layer,
            Backward {
                context: Context { manner, ..inner::context::<T>(link, context).adding(step > 0) },
                key: mix(key, step as u64),
                weights,
                inputs: &given,
                output: View::new(&output.shape[1..], if reads_output { y } else { &[] }),
                d_output: d_y,
                more: &mut [],
                d_inputs: &mut wanted,
                gradients: &mut *gradients,
                saved: own(saved, link, batch, step),
                scratch: &mut *scratch,
            },
        );
        match &mut d_inputs[0] {
            Some(Gradient { data, accumulate: true }) => at(input).add(d_x, data),
            Some(Gradient { data, accumulate: false }) => at(input).put(d_x, data),
            None => {}
        }
    }
}

/// A pass whose samples are the steps of all samples.
fn folded<'n, T: Float>(link: &Link, context: Context<'n>, steps: usize) -> Context<'n> {
    inner::context::<T>(link, context).of_steps(steps)
}

impl<T: Float> Run<T> for TimeDistributed {
    fn infers_when_frozen(&self) -> bool {
        inner::infers_when_frozen::<T>(&self.layer.layer)
    }

    fn forward(&self, call: Forward<'_, T>) {
        let (link, mask) = (link(self, call.inputs), mask(self, call.inputs));
        if self.mixes_samples() {
            return forward_by_step(&link, mask, call);
        }
        let Forward { context, key, weights, inputs, output_shape, output, saved, scratch, .. } = call;
        let steps = inputs[0].shape[0];
        let (inputs, manner) = inner::arranged(&link.layer, of_step(inputs[0]), std::iter::empty(), mask.map(of_step));
        let (context, inputs) = (Context { manner, ..folded::<T>(&link, context, steps) }, &*inputs);
        let (output_shape, more) = (&output_shape[1..], &mut [][..]);
        inner::forward_alone(&link.layer, Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
    }

    fn backward(&self, call: Backward<'_, T>) {
        inner::no_gradients(&mut call.d_inputs[1..]);
        let (link, mask) = (link(self, call.inputs), mask(self, call.inputs));
        if self.mixes_samples() {
            return backward_by_step(&link, mask, call);
        }
        let Backward { context, key, weights, inputs, output, d_output, d_inputs, gradients, saved, scratch, .. } = call;
        let (steps, d_x) = (inputs[0].shape[0], inner::lent(&mut d_inputs[0]));
        let (mut d_inputs, _) = inner::arranged(&link.layer, d_x, std::iter::empty(), mask.map(|_| None));
        let (inputs, manner) = inner::arranged(&link.layer, of_step(inputs[0]), std::iter::empty(), mask.map(of_step));
        let (context, inputs) = (Context { manner, ..folded::<T>(&link, context, steps) }, &*inputs);
        let (output, more, d_inputs) = (of_step(output), &mut [][..], &mut *d_inputs);
        inner::backward_alone(
            &link.layer,
            Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch },
        );
    }

    fn update(&self, weights: &mut [Weight<T>], saved: &[T]) {
        if !self.layer.trainable || saved.is_empty() {
            return;
        }
        if !self.mixes_samples() {
            return inner::update(&self.layer.layer, weights, saved);
        }
        let (steps, saved) = (noted(saved), &saved[2..]);
        let room = saved.len() / steps;
        saved.chunks_exact(room.max(1)).take(steps).for_each(|saved| inner::update(&self.layer.layer, weights, saved));
    }
}
