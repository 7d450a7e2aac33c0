//! What the input and the state are multiplied with: a matrix, or a convolution's kernel, with or without a part of the elements dropped.

use crate::conv3d::{self, Geometry};
use crate::float::Float;
use crate::fused::Fused;
use crate::matmul::{dense_forward, dense_input_gradient, dense_weight_gradient};
use crate::vectorize::vectorize;

/// What elements are multiplied with before the product: 0 where they are dropped.
#[derive(Clone, Copy, Debug)]
pub struct Dropped<'a, T> {
    /// The factors, `[group][sample][element]`, the same for all steps.
    pub factors: &'a [T],
    /// In how many groups the gates are cut that have factors of their own.
    pub groups: usize,
}

impl<'a, T> Dropped<'a, T> {
    /// The factors of a group.
    fn group(&self, group: usize) -> &'a [T] {
        let len = self.factors.len() / self.groups;
        &self.factors[group * len..][..len]
    }

    /// The factors of the groups before one, and those of that one.
    pub(super) fn split(self, group: usize) -> (Self, &'a [T]) {
        let len = self.factors.len() / self.groups;
        (Self { factors: &self.factors[..group * len], groups: group }, self.group(group))
    }
}

/// How a kernel is applied to a sample.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    /// As a matrix of so many rows.
    Matrix(usize),
    /// As a convolution's.
    Convolution(Geometry),
}

impl Shape {
    /// How many elements a sample has.
    pub fn elements(&self) -> usize {
        match self {
            Self::Matrix(rows) => *rows,
            Self::Convolution(geometry) => geometry.input_len(),
        }
    }

    /// The same with so many columns, or filters.
    fn geometry(geometry: &Geometry, columns: usize) -> Geometry {
        let mut geometry = *geometry;
        geometry.plane.output[2] = columns;
        geometry
    }

    fn forward<T: Float>(&self, [samples, columns]: [usize; 2], x: &[T], kernel: &[T], bias: Option<&[T]>, out: &mut [T]) {
        match self {
            Self::Matrix(rows) => dense_forward([samples, *rows, columns], x, kernel, bias, Fused::None, out),
            Self::Convolution(geometry) => {
                conv3d::forward(&Self::geometry(geometry, columns), samples, x, kernel, bias, Fused::None, out);
            }
        }
    }

    fn input_gradient<T: Float>(&self, [samples, columns]: [usize; 2], d: &[T], kernel: &[T], d_x: &mut [T], accumulate: bool) {
        match self {
            Self::Matrix(rows) => dense_input_gradient([samples, *rows, columns], d, kernel, d_x, accumulate),
            Self::Convolution(geometry) => {
                conv3d::input_gradient(&Self::geometry(geometry, columns), samples, d, kernel, d_x, accumulate);
            }
        }
    }

    fn weight_gradient<T: Float>(
        &self,
        [samples, columns]: [usize; 2],
        x: &[T],
        d: &[T],
        d_kernel: &mut [T],
        d_bias: Option<&mut [T]>,
        accumulate: bool,
    ) {
        match self {
            Self::Matrix(rows) => dense_weight_gradient([samples, *rows, columns], x, d, d_kernel, d_bias, accumulate),
            Self::Convolution(geometry) => {
                conv3d::weight_gradient(&Self::geometry(geometry, columns), samples, x, d, d_kernel, d_bias, accumulate);
            }
        }
    }
}

/// A product with a kernel of so many columns.
///
/// Where elements are dropped, `room` has to hold the elements of all samples; where the gates have factors of their own, also what one group of
/// them gives, and its part of the kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product<'a, T> {
    pub shape: Shape,
    pub columns: usize,
    pub kernel: &'a [T],
    pub dropped: Option<Dropped<'a, T>>,
}

impl<T: Float> Product<'_, T> {
    /// The columns of a group, and the lengths of what one works with: the elements of all samples, what they give, and a part of the kernel.
    fn parts(&self, dropped: &Dropped<'_, T>, x: usize, out: usize) -> (usize, [usize; 3]) {
        let groups = dropped.groups;
        let lengths = if groups == 1 { [x, 0, 0] } else { [x, out / groups, self.kernel.len() / groups] };
        (self.columns / groups, lengths)
    }

    /// `out = x · kernel + bias`.
    pub fn forward(&self, samples: usize, x: &[T], bias: Option<&[T]>, room: &mut [T], out: &mut [T]) {
        let Some(dropped) = &self.dropped else {
            return self.shape.forward([samples, self.columns], x, self.kernel, bias, out);
        };
        let (width, lengths) = self.parts(dropped, x.len(), out.len());
        let [left, given, kernel] = super::cut(room, lengths);
        for group in 0..dropped.groups {
            multiply(x, dropped.group(group), self.shape.elements(), false, left);
            if dropped.groups == 1 {
                return self.shape.forward([samples, width], left, self.kernel, bias, out);
            }
            let columns = [self.columns, group * width, width];
            take_columns(self.kernel, columns, kernel);
            let bias = bias.map(|bias| &bias[group * width..][..width]);
            self.shape.forward([samples, width], left, kernel, bias, given);
            put_columns(given, columns, out);
        }
    }

    /// The gradient of `x` goes to `d_x`, or is added to it.
    pub fn input_gradient(&self, samples: usize, d: &[T], room: &mut [T], d_x: &mut [T], accumulate: bool) {
        let Some(dropped) = &self.dropped else {
            return self.shape.input_gradient([samples, self.columns], d, self.kernel, d_x, accumulate);
        };
        let (width, lengths) = self.parts(dropped, d_x.len(), d.len());
        let [left, part, kernel] = super::cut(room, lengths);
        for group in 0..dropped.groups {
            if dropped.groups == 1 {
                self.shape.input_gradient([samples, width], d, self.kernel, left, false);
            } else {
                let columns = [self.columns, group * width, width];
                take_columns(self.kernel, columns, kernel);
                take_columns(d, columns, part);
                self.shape.input_gradient([samples, width], part, kernel, left, false);
            }
            multiply(left, dropped.group(group), self.shape.elements(), accumulate || group > 0, d_x);
        }
    }

    /// The gradients of the kernel and of the bias go to `d_kernel` and `d_bias`, or are added to them.
    pub fn weight_gradient(
        &self,
        samples: usize,
        [x, d]: [&[T]; 2],
        room: &mut [T],
        d_kernel: &mut [T],
        mut d_bias: Option<&mut [T]>,
        accumulate: bool,
    ) {
        let Some(dropped) = &self.dropped else {
            return self.shape.weight_gradient([samples, self.columns], x, d, d_kernel, d_bias, accumulate);
        };
        let (width, lengths) = self.parts(dropped, x.len(), d.len());
        let [left, part, of_kernel] = super::cut(room, lengths);
        for group in 0..dropped.groups {
            multiply(x, dropped.group(group), self.shape.elements(), false, left);
            if dropped.groups == 1 {
                return self.shape.weight_gradient([samples, width], left, d, d_kernel, d_bias, accumulate);
            }
            let columns = [self.columns, group * width, width];
            take_columns(d, columns, part);
            if accumulate {
                take_columns(d_kernel, columns, of_kernel);
            }
            let of_bias = d_bias.as_mut().map(|d_bias| &mut d_bias[group * width..][..width]);
            self.shape.weight_gradient([samples, width], left, part, of_kernel, of_bias, accumulate);
            put_columns(of_kernel, columns, d_kernel);
        }
    }
}

/// `to = from * factors`, or `to +=` that; there are factors for a step of each sample, and as many steps as there are elements for.
fn multiply<T: Float>(from: &[T], factors: &[T], step: usize, accumulate: bool, to: &mut [T]) {
    let sample = step * (from.len() / factors.len().max(1));
    let samples = from.chunks_exact(sample.max(1)).zip(to.chunks_exact_mut(sample.max(1)));
    for ((from, to), factors) in samples.zip(factors.chunks_exact(step.max(1))) {
        for (from, to) in from.chunks_exact(step).zip(to.chunks_exact_mut(step)) {
            vectorize(
                #[inline(always)]
                || {
                    for ((to, &from), &factor) in to.iter_mut().zip(from).zip(factors) {
                        let product = from * factor;
                        *to = if accumulate { *to + product } else { product };
                    }
                },
            );
        }
    }
}

/// Copies some columns: `[of all, the first, how many]`.
fn take_columns<T: Float>(all: &[T], [row, first, width]: [usize; 3], to: &mut [T]) {
    for (to, all) in to.chunks_exact_mut(width).zip(all.chunks_exact(row)) {
        to.copy_from_slice(&all[first..][..width]);
    }
}

/// Copies some columns to their place.
fn put_columns<T: Float>(from: &[T], [row, first, width]: [usize; 3], all: &mut [T]) {
    for (from, all) in from.chunks_exact(width).zip(all.chunks_exact_mut(row)) {
        all[first..][..width].copy_from_slice(from);
    }
}
