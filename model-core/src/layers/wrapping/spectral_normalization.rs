//! Running a layer whose kernel is kept at a spectral norm of 1.
//!
//! All sums are made in `f64`, in the order of the elements. Where the samples are the steps of sequences, the kernel is divided once for each step, one
//! after the other.

use model_graph::layer::Layer as _;
use model_graph::layers::{Link, SpectralNormalization};
use model_graph::shape::{DType, Shape, TensorType};

use crate::few::Few;
use crate::float::Float;
use crate::initialize::mix;
use crate::layer::{Backward, Context, Forward, Gradient, Run, View, Weight};
use crate::layers::inner;
use crate::layers::step::Step;

fn link(layer: &SpectralNormalization, shape: &[usize]) -> Link {
    let dtype = if layer.index_bound().is_some() { DType::I32 } else { DType::F32 };
    let input = TensorType { dtype, shape: Shape::from(shape) };
    layer.link(&input).expect("the shape rule has accepted the input")
}

/// The singular vectors of a kernel as far as they are known, and its largest singular value.
struct Singular {
    u: Vec<f64>,
    v: Vec<f64>,
    sigma: f64,
}

fn normalize(vector: &mut [f64]) {
    let norm = vector.iter().map(|x| x * x).sum::<f64>().sqrt();
    if norm > 0.0 {
        vector.iter_mut().for_each(|x| *x /= norm);
    }
}

impl Singular {
    /// After so many iterations from `u`; nothing of a kernel of zeros.
    fn of<T: Float>(kernel: &[T], mut u: Vec<f64>, iterations: usize) -> Option<Self> {
        let columns = u.len();
        let rows = || kernel.chunks_exact(columns);
        let mut v = vec![0.0; kernel.len() / columns];
        for _ in 0..iterations {
            for (v, row) in v.iter_mut().zip(rows()) {
                *v = row.iter().zip(&u).map(|(w, u)| w.to_f64() * u).sum();
            }
            normalize(&mut v);
            u.fill(0.0);
            for (v, row) in v.iter().zip(rows()) {
                u.iter_mut().zip(row).for_each(|(u, w)| *u += v * w.to_f64());
            }
            normalize(&mut u);
        }
        let along = |row: &[T]| row.iter().zip(&u).map(|(w, u)| w.to_f64() * u).sum::<f64>();
        let sigma: f64 = v.iter().zip(rows()).map(|(v, row)| v * along(row)).sum();
        (sigma > 0.0 && sigma.is_finite()).then_some(Self { u, v, sigma })
    }

    /// The kernel with a largest singular value of 1.
    fn divide<T: Float>(&self, kernel: &mut [T]) {
        kernel.iter_mut().for_each(|w| *w = T::from_f64(w.to_f64() / self.sigma));
    }

    /// Of the first steps of a pass, so many, each of which goes on from the one before. What those have divided the kernel by changes
    /// nothing of its vectors, so that each is divided as if it were the only one.
    fn of_steps<T: Float>(kernel: &[T], vector_u: &[T], iterations: usize, steps: usize) -> Vec<Self> {
        let mut u: Vec<f64> = vector_u.iter().map(|x| x.to_f64()).collect();
        let next = |_| {
            let singular = Self::of(kernel, u.clone(), iterations)?;
            u.clone_from(&singular.u);
            Some(singular)
        };
        (0..steps).map_while(next).collect()
    }
}

/// The layer's own weights: `vector_u`, which stands behind the kernel, is the wrapper's.
fn own<T: Float>(weights: &[Weight<T>]) -> Vec<Weight<T>> {
    let others = weights.iter().skip(2);
    weights.iter().take(1).chain(others).cloned().collect()
}

impl<T: Float> Run<T> for SpectralNormalization {
    fn infers_when_frozen(&self) -> bool {
        true
    }

    fn forward(&self, call: Forward<'_, T>) {
        let link = link(self, call.inputs[0].shape);
        let (kernel, u) = (&call.weights[0].data, &call.weights[1].data);
        let steps = if call.context.training { call.context.steps } else { 0 };
        let singulars = Singular::of_steps(kernel, u, self.power_iterations.get(), steps);
        let mut rest = call.saved;
        if let Some(divided) = inner::take_saved(&mut rest, 1).first_mut() {
            *divided = T::from_f64(singulars.len() as f64);
        }
        let call = Forward { saved: rest, ..call };
        match singulars.as_slice() {
            [] => forward(&link, None, call),
            [singular] => forward(&link, Some(singular), call),
            singulars => forward_by_step(&link, singulars, call),
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let link = link(self, call.inputs[0].shape);
        let (kernel, u) = (&call.weights[0].data, &call.weights[1].data);
        let mut rest = call.saved;
        let steps = divided(inner::take(&mut rest, 1));
        let singulars = Singular::of_steps(kernel, u, self.power_iterations.get(), steps);
        let call = Backward { saved: rest, ..call };
        match singulars.as_slice() {
            [] => backward(&link, None, call),
            [singular] => backward(&link, Some(singular), call),
            singulars => backward_by_step(&link, singulars, call),
        }
    }

    fn update(&self, weights: &mut [Weight<T>], saved: &[T]) {
        if !self.layer.trainable {
            return;
        }
        // A kernel that was not divided in the pass is not divided now.
        let (kernel, u) = (&weights[0].data, &weights[1].data);
        let singulars = Singular::of_steps(kernel, u, self.power_iterations.get(), divided(saved));
        if let Some(singular) = singulars.last() {
            singular.divide(&mut weights[0].data);
            weights[1].data.iter_mut().zip(&singular.u).for_each(|(w, u)| *w = T::from_f64(*u));
        }
        if saved.len() > 1 {
            // Statistics of the layer itself, whose kernel has none.
            weights[1..].rotate_left(1);
            let last = weights.len() - 1;
            inner::update(&self.layer.layer, &mut weights[..last], &saved[1..]);
            weights[1..].rotate_right(1);
        }
    }
}

/// For how many steps a pass has divided the kernel: none where it infers, or the kernel is of zeros.
fn divided<T: Float>(saved: &[T]) -> usize {
    saved.first().map_or(0, |steps| steps.to_f64() as usize) // a whole number that has been written there
}

/// The layer's own weights, the kernel divided.
fn normalized<T: Float>(weights: &[Weight<T>], singular: Option<&Singular>) -> Vec<Weight<T>> {
    let mut own = own(weights);
    if let Some(singular) = singular {
        singular.divide(&mut own[0].data);
    }
    own
}

fn forward<T: Float>(link: &Link, singular: Option<&Singular>, call: Forward<'_, T>) {
    let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
    let own = normalized(weights, singular);
    let mut more = inner::lent_all(more);
    let (context, weights, more) = (inner::context::<T>(link, context), &own[..], &mut *more);
    inner::forward(&link.layer, Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
}

fn backward<T: Float>(link: &Link, singular: Option<&Singular>, call: Backward<'_, T>) {
    let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
    let own = normalized(weights, singular);
    // Its gradients stand in one row, as its weights do.
    let mut found: Vec<Weight<T>> = self::own(gradients);
    if singular.is_some() {
        found[0].data.fill(T::ZERO);
    }
    let mut more = inner::lent_all(more);
    let mut d_inputs: Few<Option<Gradient<'_, T>>> = d_inputs.iter_mut().map(inner::lent).collect();
    let call = Backward {
        context: inner::context::<T>(link, context),
        key,
        weights: &own,
        inputs,
        output,
        d_output,
        more: &mut more,
        d_inputs: &mut d_inputs,
        gradients: &mut found,
        saved,
        scratch,
    };
    inner::backward(&link.layer, call);
    let mut found = found.into_iter();
    if let Some(kernel) = found.next() {
        match singular {
            Some(singular) => through(singular, &weights[0].data, &kernel.data, &mut gradients[0].data, context.accumulate),
            None => gradients[0].data.copy_from_slice(&kernel.data),
        }
    }
    gradients.iter_mut().skip(2).zip(found).for_each(|(gradient, found)| gradient.data.copy_from_slice(&found.data));
}

/// A pass whose samples are the steps of sequences, as one of its steps sees it.
fn of_one_step(context: Context<'_>) -> Context<'_> {
    Context { batch: context.batch / context.steps, steps: 1, ..context }
}

/// Steps one after the other, each with the kernel as it leaves it.
fn forward_by_step<T: Float>(link: &Link, singulars: &[Singular], call: Forward<'_, T>) {
    let Forward { context, key, weights, inputs, output_shape, output, saved, mut scratch, .. } = call;
    let (of_step, steps) = (of_one_step(context), singulars.len());
    let [input, size] = [&link.input, &link.outputs[0]].map(inner::size);
    let [x, y] = [input, size].map(|size| inner::take(&mut scratch, of_step.batch * size));
    let room = saved.len() / steps;
    for (step, singular) in singulars.iter().enumerate() {
        let at = |size| Step { step, steps, size };
        at(input).take(inputs[0].data, x);
        let call = Forward {
            context: of_step,
            key: mix(key, step as u64),
            weights,
            inputs: &[View::new(inputs[0].shape, x)],
            output_shape,
            output: &mut *y,
            more: &mut [],
            saved: &mut saved[step * room..][..room],
            scratch: &mut *scratch,
        };
        forward(link, Some(singular), call);
        at(size).put(y, output);
    }
}

fn backward_by_step<T: Float>(link: &Link, singulars: &[Singular], call: Backward<'_, T>) {
    let Backward { context, key, weights, inputs, output, d_output, d_inputs, gradients, saved, mut scratch, .. } = call;
    let (of_step, steps) = (of_one_step(context), singulars.len());
    let [input, size] = [&link.input, &link.outputs[0]].map(inner::size);
    let [x, y, d_x, d_y] = [input, size, input, size].map(|size| inner::take(&mut scratch, of_step.batch * size));
    let (reads_input, reads_output) = (!inputs[0].data.is_empty(), !output.data.is_empty());
    let room = saved.len() / steps;
    for (step, singular) in singulars.iter().enumerate() {
        let at = |size| Step { step, steps, size };
        if reads_input {
            at(input).take(inputs[0].data, x);
        }
        if reads_output {
            at(size).take(output.data, y);
        }
        at(size).take(d_output, d_y);
        let wanted = d_inputs[0].is_some().then_some(Gradient { data: &mut *d_x, accumulate: false });
        let call = Backward {
            context: of_step.adding(step > 0),
            key: mix(key, step as u64),
            weights,
            inputs: &[View::new(inputs[0].shape, if reads_input { &*x } else { &[] })],
            output: View::new(output.shape, if reads_output { &*y } else { &[] }),
            d_output: &mut *d_y,
            more: &mut [],
            d_inputs: &mut [wanted],
            gradients: &mut *gradients,
            saved: &mut saved[step * room..][..room],
            scratch: &mut *scratch,
        };
        backward(link, Some(singular), call);
        match &mut d_inputs[0] {
            Some(Gradient { data, accumulate: true }) => at(input).add(d_x, data),
            Some(Gradient { data, accumulate: false }) => at(input).put(d_x, data),
            None => {}
        }
    }
}

/// The gradient of the kernel from that of the kernel divided by its largest singular value, whose vectors count as constants.
fn through<T: Float>(singular: &Singular, kernel: &[T], divided: &[T], gradient: &mut [T], accumulate: bool) {
    let Singular { u, v, sigma } = singular;
    let product: f64 = kernel.iter().zip(divided).map(|(w, d)| w.to_f64() * d.to_f64()).sum();
    let factor = product / (sigma * sigma);
    let columns = u.len();
    for (i, (gradient, d)) in gradient.iter_mut().zip(divided).enumerate() {
        let own = d.to_f64() / sigma - factor * v[i / columns] * u[i % columns];
        *gradient = if accumulate { *gradient + T::from_f64(own) } else { T::from_f64(own) };
    }
}
