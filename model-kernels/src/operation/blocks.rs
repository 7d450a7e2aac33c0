//! What functions of one tensor share that go element by element.

use crate::chunks::{CHUNK, each};
use crate::elementwise::BLOCK;
use crate::float::Float;
use crate::sizes::check;
use crate::vectorize::vectorize;

/// Makes each element of a block what a function gives for it.
#[inline(always)]
pub(super) fn map<T: Float>(block: &mut [T], f: impl Fn(T) -> T) {
    block.iter_mut().for_each(|x| *x = f(*x));
}

/// Multiplies gradients by the slopes of a function.
#[inline(always)]
pub(super) fn chain<T: Float>(d: &mut [T], z: &[T], slope: impl Fn(T) -> T) {
    d.iter_mut().zip(z).for_each(|(d, &z)| *d *= slope(z));
}

/// `y = function(x)`, block by block: `apply` makes a block of the input one of the output.
#[inline(always)]
pub(super) fn forward<T: Float>(x: &[T], y: &mut [T], apply: impl Fn(&mut [T]) + Sync) {
    check("a function of each element", [("input", x.len(), &[y.len()])]);
    each([(y, CHUNK)], |i, [y]| {
        y.copy_from_slice(&x[i * CHUNK..][..y.len()]);
        vectorize(
            #[inline(always)]
            || y.chunks_mut(BLOCK).for_each(&apply),
        );
    });
}
