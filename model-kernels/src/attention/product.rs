//! Scores that are products of queries and keys, and the products that attention is made of.
#![allow(unsafe_code)] // blocks are pointers

use super::block::KEYS;
use super::{Place, Score, Sizes};
use crate::contract::axis::Axis;
use crate::contract::correlate::{Correlation, KernelStrides, Operands, Strides};
use crate::float::Float;
use crate::sizes::check;

/// A matrix: its first element, and how far the next row is.
#[derive(Clone, Copy)]
pub(super) struct Matrix<T> {
    pub first: *const T,
    pub pitch: usize,
}

/// `c[rows, columns] (+)= a[rows, depth] · b[depth, columns]`, or `· bᵀ` of `b[columns, depth]`.
///
/// # Safety
/// All of these elements are inside of living memory, and nobody else uses `c` meanwhile.
pub(super) unsafe fn multiply<T: Float>(
    [rows, depth, columns]: [usize; 3],
    a: Matrix<T>,
    (b, is_transposed): (Matrix<T>, bool),
    (c, pitch): (*mut T, usize),
    accumulate: bool,
) {
    let pixels = |outputs| Axis { outputs, taps: 1, inputs: outputs, stride: 1, dilation: 1, start: 0 };
    let strides = |pixel: usize| Strides { sample: 0, row: 0, pixel, group: 0 };
    let [step, column] = if is_transposed { [1, b.pitch] } else { [b.pitch, 1] };
    let product = Correlation {
        batch: 1,
        groups: 1,
        y: pixels(1),
        x: pixels(rows),
        depth,
        columns,
        input: strides(a.pitch),
        output: strides(pitch),
        kernel: KernelStrides { tap_y: 0, tap_x: 0, depth: step, column, group: 0 },
        accumulate,
        relu: false,
    };
    // SAFETY: the caller's promise.
    unsafe { product.run(T::tiles(), Operands { input: a.first, kernel: b.first, bias: std::ptr::null(), output: c }) }
}

/// `to[columns, rows] = from[rows, columns]ᵀ`.
///
/// # Safety
/// Both are valid for all rows and columns.
pub(super) unsafe fn transpose<T: Float>([rows, columns]: [usize; 2], from: Matrix<T>, to: *mut T, pitch: usize) {
    // SAFETY: the caller's promise.
    unsafe { (T::tiles().transpose)(from.first, from.pitch, to, pitch, columns, rows) }
}

/// Scores that are the products of queries `[batch, queries, heads, key_dim]` and keys `[batch, keys, key_heads, key_dim]`.
#[derive(Clone, Copy, Debug)]
pub struct Product<'a, T> {
    /// The queries.
    pub query: &'a [T],
    /// The keys.
    pub key: &'a [T],
    /// The features of each.
    pub dim: usize,
}

impl<T: Float> Product<'_, T> {
    unsafe fn query(&self, sizes: &Sizes, place: &Place) -> Matrix<T> {
        let [first, pitch] = sizes.query_at(place, self.dim);
        // SAFETY: the caller's promise: the place lies within what has been checked.
        Matrix { first: unsafe { self.query.as_ptr().add(first) }, pitch }
    }

    unsafe fn key(&self, sizes: &Sizes, place: &Place) -> Matrix<T> {
        let [first, pitch] = sizes.key_at(place, self.dim);
        // SAFETY: as above.
        Matrix { first: unsafe { self.key.as_ptr().add(first) }, pitch }
    }
}

impl<T: Float> Score<T> for Product<'_, T> {
    fn work(&self) -> usize {
        self.dim
    }

    fn check(&self, sizes: &Sizes) {
        let Sizes { batch, heads, key_heads, queries, keys, key_dim, .. } = *sizes;
        assert!(key_dim == self.dim, "products of {} features are not of {key_dim}", self.dim);
        check(
            "attention",
            [
                ("query", self.query.len(), &[batch, queries, heads, key_dim]),
                ("key", self.key.len(), &[batch, keys, key_heads, key_dim]),
            ],
        );
    }

    fn more(&self) -> usize {
        0
    }

    unsafe fn fill(&self, sizes: &Sizes, place: &Place, block: *mut T, pitch: usize) {
        let shape = [place.rows, self.dim, place.keys];
        // SAFETY: the caller's promise.
        unsafe { multiply(shape, self.query(sizes, place), (self.key(sizes, place), true), (block, pitch), false) }
    }

    unsafe fn back(&self, sizes: &Sizes, place: &Place, block: *const T, pitch: usize, room: *mut T, gradients: [*mut T; 3]) {
        let [d_query, d_key, _] = gradients;
        let &Place { rows, keys, .. } = place;
        let block = Matrix { first: block, pitch };
        let ([query, query_pitch], [key, key_pitch]) = (sizes.query_at(place, self.dim), sizes.key_at(place, self.dim));
        // SAFETY: the caller's promise; `room` holds as many rows of keys as the block has keys.
        unsafe {
            let of_queries = (d_query.add(query), query_pitch);
            multiply([rows, keys, self.dim], block, (self.key(sizes, place), false), of_queries, true);
            transpose([rows, keys], block, room, rows);
            let turned = Matrix { first: room.cast_const(), pitch: rows };
            let of_keys = (d_key.add(key), key_pitch);
            multiply([keys, rows, self.dim], turned, (self.query(sizes, place), false), of_keys, true);
        }
        debug_assert!(keys <= KEYS);
    }
}
