//! Products of matrices, many at a time, all row-major.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use crate::contract::axis::Axis;
use crate::contract::correlate::{Correlation, KernelStrides, Operands, Strides};
use crate::float::Float;
use crate::matmul::dense_weight_gradient;
use crate::sizes::check;

/// How many products there are, and their rows, sums and columns: `c[g, m, n] = Σ a[g, m, k] · b[g, k, n]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// How many products.
    pub groups: usize,
    /// The rows of `a` and `c`.
    pub rows: usize,
    /// What is summed over.
    pub sums: usize,
    /// The columns of `b` and `c`.
    pub columns: usize,
}

/// `c[g, m, n] = Σ a[g, m, k] · b`, where `b`'s elements lie so far apart by group, sum and column, or `+=` that.
fn run<T: Float>(sizes: Sizes, a: &[T], b: &[T], [group, sum, column]: [usize; 3], c: &mut [T], accumulate: bool) {
    let Sizes { groups, rows: m, sums: k, columns: n } = sizes;
    check("products", [("left", a.len(), &[groups, m, k]), ("right", b.len(), &[groups, k, n])]);
    check("products", [("result", c.len(), &[groups, m, n])]);
    let pixels = |count| Axis { outputs: count, taps: 1, inputs: count, stride: 1, dilation: 1, start: 0 };
    let product = Correlation {
        batch: 1,
        groups,
        y: pixels(1),
        x: pixels(m),
        depth: k,
        columns: n,
        input: Strides { sample: a.len(), row: m * k, pixel: k, group: m * k },
        output: Strides { sample: c.len(), row: m * n, pixel: n, group: m * n },
        kernel: KernelStrides { tap_y: 0, tap_x: 0, depth: sum, column, group },
        accumulate,
        relu: false,
    };
    let operands = Operands { input: a.as_ptr(), kernel: b.as_ptr(), bias: std::ptr::null(), output: c.as_mut_ptr() };
    // SAFETY: the slices were found to be as long as the products' sizes say, without wrapping, and `c` is borrowed mutably.
    unsafe { product.run(T::tiles(), operands) }
}

/// `c = a · b`.
pub fn forward<T: Float>(sizes: Sizes, a: &[T], b: &[T], c: &mut [T]) {
    run(sizes, a, b, [sizes.sums * sizes.columns, sizes.columns, 1], c, false);
}

/// `d_a = d_c · bᵀ`, or `+=` that.
pub fn left_gradient<T: Float>(sizes: Sizes, d_c: &[T], b: &[T], d_a: &mut [T], accumulate: bool) {
    let turned = Sizes { sums: sizes.columns, columns: sizes.sums, ..sizes };
    run(turned, d_c, b, [sizes.sums * sizes.columns, 1, sizes.columns], d_a, accumulate);
}

/// `d_b = aᵀ · d_c`, or `+=` that. `turned` says that `a` is given with its sums before its rows, as it must be where there are several
/// products.
pub fn right_gradient<T: Float>(sizes: Sizes, a: &[T], turned: bool, d_c: &[T], d_b: &mut [T], accumulate: bool) {
    let Sizes { groups, rows, sums, columns } = sizes;
    if turned {
        let turned = Sizes { groups, rows: sums, sums: rows, columns };
        return run(turned, a, d_c, [rows * columns, columns, 1], d_b, accumulate);
    }
    assert_eq!(groups, 1, "several products take what is turned");
    dense_weight_gradient([rows, sums, columns], a, d_c, d_b, None, accumulate);
}
