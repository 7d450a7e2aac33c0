//! Running a layer whose kernel is kept at a spectral norm of 1.
//!
//! All sums are made in `f64`, in the order of the elements.

use model_graph::layer::Layer as _;
use model_graph::layers::{Link, SpectralNormalization};
use model_graph::shape::{DType, Shape, TensorType};

use crate::few::Few;
use crate::float::Float;
use crate::layer::{Backward, Forward, Gradient, Run, Weight};
use crate::layers::inner;

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
    /// After so many iterations; nothing of a kernel of zeros.
    fn of<T: Float>(kernel: &[T], vector_u: &[T], iterations: usize) -> Option<Self> {
        let columns = vector_u.len();
        let rows = || kernel.chunks_exact(columns);
        let mut u: Vec<f64> = vector_u.iter().map(|x| x.to_f64()).collect();
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

    /// Leaves all of it for backward.
    fn save<T: Float>(&self, saved: &mut [T]) {
        let all = [self.sigma].into_iter().chain(self.u.iter().copied()).chain(self.v.iter().copied());
        saved.iter_mut().zip(all).for_each(|(saved, x)| *saved = T::from_f64(x));
    }

    /// What has been left; nothing where the kernel was not divided.
    fn saved<T: Float>(saved: &[T], columns: usize) -> Option<Self> {
        let all: Vec<f64> = saved.iter().map(|x| x.to_f64()).collect();
        let (sigma, vectors) = all.split_first()?;
        let (u, v) = vectors.split_at(columns);
        (*sigma > 0.0).then(|| Self { u: u.to_vec(), v: v.to_vec(), sigma: *sigma })
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
        let Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch } = call;
        let link = link(self, inputs[0].shape);
        let mut own = own(weights);
        let (kernel, u) = (&weights[0].data, &weights[1].data);
        let singular = if context.training { Singular::of(kernel, u, self.power_iterations.get()) } else { None };
        if let Some(singular) = &singular {
            singular.divide(&mut own[0].data);
        }
        let mut rest = saved;
        let vectors = inner::take_saved(&mut rest, vectors(weights));
        vectors.fill(T::ZERO);
        if let Some(singular) = singular {
            singular.save(vectors);
        }
        let mut more = inner::lent_all(more);
        let (context, weights, saved, more) = (inner::context::<T>(&link, context), &own[..], rest, &mut *more);
        inner::forward(&link.layer, Forward { context, key, weights, inputs, output_shape, output, more, saved, scratch });
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, key, weights, inputs, output, d_output, more, d_inputs, gradients, saved, scratch } = call;
        let link = link(self, inputs[0].shape);
        let mut own = own(weights);
        let mut rest = saved;
        let left = inner::take(&mut rest, vectors(weights));
        let singular = Singular::saved(left, weights[1].data.len());
        if let Some(singular) = &singular {
            singular.divide(&mut own[0].data);
        }
        // Its gradients stand in one row, as its weights do.
        let mut found: Vec<Weight<T>> = self::own(gradients);
        let accumulate = context.accumulate;
        if singular.is_some() {
            found[0].data.fill(T::ZERO);
        }
        let mut more = inner::lent_all(more);
        let mut d_inputs: Few<Option<Gradient<'_, T>>> = d_inputs.iter_mut().map(inner::lent).collect();
        let call = Backward {
            context: inner::context::<T>(&link, context),
            key,
            weights: &own,
            inputs,
            output,
            d_output,
            more: &mut more,
            d_inputs: &mut d_inputs,
            gradients: &mut found,
            saved: rest,
            scratch,
        };
        inner::backward(&link.layer, call);
        let mut found = found.into_iter();
        if let Some(kernel) = found.next() {
            match singular {
                Some(singular) => through(&singular, &weights[0].data, &kernel.data, &mut gradients[0].data, accumulate),
                None => gradients[0].data.copy_from_slice(&kernel.data),
            }
        }
        gradients.iter_mut().skip(2).zip(found).for_each(|(gradient, found)| gradient.data.copy_from_slice(&found.data));
    }

    fn update(&self, weights: &mut [Weight<T>], saved: &[T]) {
        let vectors = vectors(weights);
        // A kernel that was not divided in the pass is not divided now.
        if self.layer.trainable && saved.first().is_some_and(|sigma| *sigma > T::ZERO) {
            let singular = Singular::of(&weights[0].data, &weights[1].data, self.power_iterations.get());
            if let Some(singular) = singular {
                singular.divide(&mut weights[0].data);
                weights[1].data.iter_mut().zip(&singular.u).for_each(|(w, u)| *w = T::from_f64(*u));
            }
        }
        if self.layer.trainable && saved.len() > vectors {
            // Statistics of the layer itself, whose kernel has none.
            weights[1..].rotate_left(1);
            let last = weights.len() - 1;
            inner::update(&self.layer.layer, &mut weights[..last], &saved[vectors..]);
            weights[1..].rotate_right(1);
        }
    }
}

/// The elements of both vectors, and one for the singular value.
fn vectors<T: Float>(weights: &[Weight<T>]) -> usize {
    let columns = weights[1].data.len();
    1 + columns + weights[0].data.len() / columns
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
