//! Running a layer at every step of a sequence: the steps are samples of one batch, unless samples of a batch depend on one another.

use std::rc::Rc;

use model_graph::layer::Layer as _;
use model_graph::layers::{Link, TimeDistributed};
use model_graph::shape::{DType, Shape, TensorType};

use crate::float::Float;
use crate::initialize::mix;
use crate::layer::{Backward, Context, Forward, Gradient, Run, View, Weight};
use crate::layers::inner;
use crate::layers::remembered::Remembered;
use crate::layers::step::Step;

thread_local! {
    static LINKS: Remembered<TimeDistributed, Link> = const { Remembered::new() };
}

fn link(layer: &TimeDistributed, shape: &[usize]) -> Rc<Link> {
    LINKS.with(|links| links.get(layer, shape, || make_link(layer, shape)))
}

fn make_link(layer: &TimeDistributed, shape: &[usize]) -> Link {
    let dtype = if layer.index_bound().is_some() { DType::I32 } else { DType::F32 };
    let input = TensorType { dtype, shape: Shape::from(shape) };
    layer.link(&input).expect("the shape rule has accepted the input")
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

fn forward_by_step<T: Float>(link: &Link, call: Forward<'_, T>) {
    let Forward { context, key, weights, inputs, output_shape, output, saved, mut scratch, .. } = call;
    let TimeByTime { batch, steps, input, output: size } = TimeByTime::of(link, context, inputs[0].shape);
    let [x, y] = [input, size].map(|size| inner::take(&mut scratch, batch * size));
    if !saved.is_empty() {
        note(steps, saved);
    }
    for step in 0..steps {
        let at = |size| Step { step, steps, size };
        at(input).take(inputs[0].data, x);
        inner::forward_alone(
            &link.layer,
            Forward {
                context: inner::context::<T>(link, context),
                key: mix(key, step as u64),
                weights,
                inputs: &[View::new(&inputs[0].shape[1..], x)],
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

fn backward_by_step<T: Float>(link: &Link, call: Backward<'_, T>) {
    let Backward { context, key, weights, inputs, output, d_output, d_inputs, gradients, saved, mut scratch, .. } = call;
    let TimeByTime { batch, steps, input, output: size } = TimeByTime::of(link, context, inputs[0].shape);
    let [x, y, d_x, d_y] = [input, size, input, size].map(|size| inner::take(&mut scratch, batch * size));
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
        inner::backward_alone(
            &link.layer,
            Backward {
                context: inner::context::<T>(link, context).adding(step > 0),
                key: mix(key, step as u64),
                weights,
                inputs: &[View::new(&inputs[0].shape[1..], if reads_input { x } else { &[] })],
                output: View::new(&output.shape[1..], if reads_output { y } else { &[] }),
                d_output: d_y,
                more: &mut [],
                d_inputs: &mut [wanted],
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
        let link = link(self, call.inputs[0].shape);
        if self.mixes_samples() {
            return forward_by_step(&link, call);
        }
        let Forward { context, key, weights, inputs, output_shape, output, saved, scratch, .. } = call;
        let context = folded::<T>(&link, context, inputs[0].shape[0]);
        let inputs = &[View::new(&inputs[0].shape[1..], inputs[0].data)];
        let (output_shape, more) = (&output_shape[1..], &mut [][..]);
        inner::forward_alone(&link.layer, Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
    }

    fn backward(&self, call: Backward<'_, T>) {
        inner::no_gradients(&mut call.d_inputs[1..]);
        let link = link(self, call.inputs[0].shape);
        if self.mixes_samples() {
            return backward_by_step(&link, call);
        }
        let Backward { context, key, weights, inputs, output, d_output, d_inputs, gradients, saved, scratch, .. } = call;
        let context = folded::<T>(&link, context, inputs[0].shape[0]);
        let inputs = &[View::new(&inputs[0].shape[1..], inputs[0].data)];
        let (output, more) = (View::new(&output.shape[1..], output.data), &mut [][..]);
        let d_inputs = &mut [inner::lent(&mut d_inputs[0])];
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
