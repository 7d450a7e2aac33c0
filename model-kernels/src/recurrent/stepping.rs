//! The product with the state, step after step, and how many samples go through the steps together.

use std::ops::Range;

use super::Sizes;
use super::product::{Product, Shape};
use crate::float::Float;
use crate::matmul::Packed;
use crate::workspace;

/// About so many samples go through all steps on one thread: enough that a product with so many rows is quick.
const TOGETHER: usize = 8;

/// The product with the state: as it is, or with the kernel copied once for all steps.
pub(super) enum Stepping<'a, T> {
    Plain(Product<'a, T>),
    Packed(Packed<'a, T>),
}

/// How many samples go through the steps together. They are all of them where there are few, so that each step is shared among threads, and
/// where products are not plain ones with a matrix. The results are the same bits either way; forward and backward choose alike.
pub(super) fn together<T>(product: &Product<'_, T>, sizes: &Sizes) -> usize {
    let blocks = sizes.batch / TOGETHER;
    let is_plain = matches!(product.shape, Shape::Matrix(_)) && product.dropped.is_none();
    if is_plain && blocks > 1 && sizes.steps > 1 { sizes.batch.div_ceil(blocks) } else { sizes.batch }
}

/// The samples of a block, where so many go through the steps together, and their sizes.
pub(super) fn block(sizes: &Sizes, together: usize, block: usize) -> (Range<usize>, Sizes) {
    let samples = block * together..sizes.batch.min((block + 1) * together);
    (samples.clone(), Sizes { batch: samples.len(), ..*sizes })
}

/// Runs `work` with the product for samples of which so many go through the steps together, forward or back.
pub(super) fn stepping<T: Float>(
    product: Product<'_, T>,
    sizes: &Sizes,
    together: usize,
    is_back: bool,
    work: impl FnOnce(&Stepping<'_, T>),
) {
    if together == sizes.batch {
        return work(&Stepping::Plain(product));
    }
    let (units, columns) = (product.shape.elements(), product.columns);
    let shape = if is_back { [columns, units] } else { [units, columns] };
    workspace::with(product.kernel.len(), |room| {
        work(&Stepping::Packed(Packed::new(product.kernel, shape, is_back, room)));
    });
}

impl<T: Float> Stepping<'_, T> {
    /// `out = x · kernel + bias`.
    pub fn forward(&self, samples: usize, x: &[T], bias: Option<&[T]>, room: &mut [T], out: &mut [T]) {
        match self {
            Self::Plain(product) => product.forward(samples, x, bias, room, out),
            Self::Packed(packed) => packed.product(samples, x, bias, out, false),
        }
    }

    /// Adds the gradient of `x` to `d_x`.
    pub fn add_input_gradient(&self, samples: usize, d: &[T], room: &mut [T], d_x: &mut [T]) {
        match self {
            Self::Plain(product) => product.input_gradient(samples, d, room, d_x, true),
            Self::Packed(packed) => packed.product(samples, d, None, d_x, true),
        }
    }
}
