//! The transforms between patches of images and planes, of which there is one for each pair of points.
#![allow(unsafe_code)] // transforms work on pointers, and in the instruction set that their caller has found

use std::ops::Range;

use super::super::correlate::Strides;
use super::super::tile::{load, store};
use super::maps::{Four, Input, Map, Points, Sums, TAPS, Three, Two, Values};
use crate::float::Float;
use crate::simd::Simd;
use crate::simd::portable::{FUSES, Portable};

/// A square patch of an image.
#[derive(Clone)]
pub(crate) struct Pixels<T> {
    /// The first pixel, which may lie outside of the image.
    pub first: *mut T,
    pub row: isize,
    pub pixel: isize,
    /// The rows and columns of the patch that lie inside of the image: outside of it are zeros, and nothing is written.
    pub inside: [Range<usize>; 2],
}

impl<T> Pixels<T> {
    /// The patch of so many pixels to a side at a place, which may begin before the image, of a sample of a tensor.
    pub fn new(tensor: *mut T, strides: &Strides, sample: usize, at: [isize; 2], side: usize, image: [usize; 2]) -> Self {
        let inside = |axis: usize| {
            let start = at[axis].min(0).unsigned_abs().min(side);
            start..(image[axis] as isize - at[axis]).clamp(start as isize, side as isize) as usize
        };
        let (row, pixel) = (strides.row as isize, strides.pixel as isize);
        let first = tensor.wrapping_add(sample * strides.sample).wrapping_offset(at[0] * row + at[1] * pixel);
        Self { first, row, pixel, inside: [inside(0), inside(1)] }
    }
}

/// The planes that belong to a patch: where the channels of the first lie, and the step from one to the next. Planes are a line of the cache
/// longer than they need be, so that they do not fall on the same lines.
#[derive(Clone, Copy)]
pub(crate) struct Planes<T> {
    pub first: *mut T,
    pub step: usize,
}

impl<T> Planes<T> {
    /// The same so many elements further on.
    pub fn after(self, elements: usize) -> Self {
        Self { first: self.first.wrapping_add(elements), ..self }
    }
}

/// What is done with what comes back from planes.
#[derive(Clone, Copy)]
pub(crate) struct Finish<T> {
    /// What is added to each pixel, or null.
    pub bias: *const T,
    /// Whether it is added to what is there.
    pub accumulate: bool,
    pub relu: bool,
}

/// Fills planes from so many channels of a patch.
///
/// # Safety
/// The machine has the function's instruction set, the patch's inner pixels and its planes are inside of living memory, and nobody else uses
/// what is written meanwhile.
pub(crate) type Spread<T> = unsafe fn(&Pixels<T>, Planes<T>, channels: usize);

/// Fills so many channels of a patch from planes.
///
/// # Safety
/// As [`Spread`].
pub(crate) type Gather<T> = unsafe fn(&Pixels<T>, Planes<T>, channels: usize, &Finish<T>);

/// The transforms of an algorithm.
#[derive(Clone, Copy)]
pub(crate) struct Transforms<T> {
    /// From the input to planes.
    pub input: Spread<T>,
    /// From the kernel to planes.
    pub kernel: Spread<T>,
    /// From planes to the output.
    pub output: Gather<T>,
    /// From the output's gradient to planes.
    pub output_gradient: Spread<T>,
    /// From planes to the kernel's gradient.
    pub kernel_gradient: Gather<T>,
}

/// Fills the planes from a patch of `IN` x `IN` pixels.
///
/// # Safety
/// As [`Spread`].
#[inline(always)]
unsafe fn spread<S: Simd, M: Map<IN, OUT>, const IN: usize, const OUT: usize>(
    pixels: &Pixels<S::Element>,
    planes: Planes<S::Element>,
    channels: usize,
) {
    let Pixels { first, row, pixel, inside: [rows, columns] } = pixels;
    let mut channel = 0;
    while channel < channels {
        // SAFETY: the caller's promise.
        unsafe {
            let mask = mask::<S>(channels - channel);
            let zero = S::splat(S::Element::ZERO);
            let mut across = [[zero; IN]; OUT];
            for x in 0..IN {
                let mut column = [zero; IN];
                if columns.contains(&x) {
                    let from = first.wrapping_add(channel).wrapping_offset(x as isize * pixel);
                    for (y, at) in column.iter_mut().enumerate() {
                        if rows.contains(&y) {
                            [*at] = load::<S, 1>(from.wrapping_offset(y as isize * row), mask);
                        }
                    }
                }
                for (row, value) in across.iter_mut().zip(M::apply::<S>(&column)) {
                    row[x] = value;
                }
            }
            let mut to = planes.first.wrapping_add(channel);
            for row in &across {
                for value in M::apply::<S>(row) {
                    store::<S, 1>(to, mask, &[value]);
                    to = to.wrapping_add(planes.step);
                }
            }
        }
        channel += S::LANES;
    }
}

/// Fills a patch of `OUT` x `OUT` pixels from the planes.
///
/// # Safety
/// As [`Spread`].
#[inline(always)]
unsafe fn gather<S: Simd, M: Map<IN, OUT>, const IN: usize, const OUT: usize>(
    pixels: &Pixels<S::Element>,
    planes: Planes<S::Element>,
    channels: usize,
    finish: &Finish<S::Element>,
) {
    let Pixels { first, row, pixel, inside: [rows, columns] } = pixels;
    let mut channel = 0;
    while channel < channels {
        // SAFETY: the caller's promise.
        unsafe {
            let mask = mask::<S>(channels - channel);
            let zero = S::splat(S::Element::ZERO);
            let [bias] = if finish.bias.is_null() { [zero] } else { load::<S, 1>(finish.bias.add(channel), mask) };
            let mut across = [[zero; IN]; OUT];
            for x in 0..IN {
                let from = planes.first.wrapping_add(channel + x * planes.step);
                let mut column = [zero; IN];
                for (y, at) in column.iter_mut().enumerate() {
                    [*at] = load::<S, 1>(from.wrapping_add(y * IN * planes.step), mask);
                }
                for (row, value) in across.iter_mut().zip(M::apply::<S>(&column)) {
                    row[x] = value;
                }
            }
            for (y, values) in across.iter().enumerate() {
                if !rows.contains(&y) {
                    continue;
                }
                let values = M::apply::<S>(values);
                for (x, &value) in values.iter().enumerate() {
                    if !columns.contains(&x) {
                        continue;
                    }
                    let to = first.wrapping_add(channel).wrapping_offset(y as isize * row + x as isize * pixel);
                    let mut value = S::add(value, bias);
                    if finish.accumulate {
                        let [old] = load::<S, 1>(to, mask);
                        value = S::add(value, old);
                    }
                    store::<S, 1>(to, mask, &[if finish.relu { S::relu(value) } else { value }]);
                }
            }
        }
        channel += S::LANES;
    }
}

/// The mask of a vector of which so many lanes are left, or none where all are.
///
/// # Safety
/// The machine has `S`.
#[inline(always)]
unsafe fn mask<S: Simd>(left: usize) -> Option<S::Mask> {
    // SAFETY: the caller's promise; at least one lane is left.
    if left < S::LANES { Some(unsafe { S::mask(left) }) } else { None }
}

/// The transforms of an instruction set, in a module of its name.
macro_rules! transforms {
    ($set:ident, $simd:ty $(, #[$feature:meta])*) => {
        pub(crate) mod $set {
            use super::*;

            /// # Safety
            /// As [`Spread`].
            $(#[$feature])*
            unsafe fn spread<T: Float, M: Map<IN, OUT>, const IN: usize, const OUT: usize>(
                pixels: &Pixels<T>,
                planes: Planes<T>,
                channels: usize,
            )
            where
                $simd: Simd<Element = T>,
            {
                // SAFETY: the caller's promise.
                unsafe { super::spread::<$simd, M, IN, OUT>(pixels, planes, channels) }
            }

            /// # Safety
            /// As [`Spread`].
            $(#[$feature])*
            unsafe fn gather<T: Float, M: Map<IN, OUT>, const IN: usize, const OUT: usize>(
                pixels: &Pixels<T>,
                planes: Planes<T>,
                channels: usize,
                finish: &Finish<T>,
            )
            where
                $simd: Simd<Element = T>,
            {
                // SAFETY: the caller's promise.
                unsafe { super::gather::<$simd, M, IN, OUT>(pixels, planes, channels, finish) }
            }

            const fn of<T: Float, P: Points, const OUTPUTS: usize, const SIDE: usize>() -> Transforms<T>
            where
                $simd: Simd<Element = T>,
                Input<P>: Map<SIDE, SIDE>,
            {
                Transforms {
                    input: spread::<T, Input<P>, SIDE, SIDE>,
                    kernel: spread::<T, Values<P, true>, TAPS, SIDE>,
                    output: gather::<T, Sums<P, false>, SIDE, OUTPUTS>,
                    output_gradient: spread::<T, Values<P, false>, OUTPUTS, SIDE>,
                    kernel_gradient: gather::<T, Sums<P, true>, SIDE, TAPS>,
                }
            }

            /// The transforms for two, three and four outputs.
            pub(crate) const fn all<T: Float>() -> [Transforms<T>; 3]
            where
                $simd: Simd<Element = T>,
            {
                [of::<T, Two, 2, 4>(), of::<T, Three, 3, 5>(), of::<T, Four, 4, 6>()]
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
transforms!(avx512, crate::simd::x86::Avx512<T>, #[target_feature(enable = "avx512f")]);
#[cfg(target_arch = "x86_64")]
transforms!(avx2, crate::simd::x86::Avx2<T>, #[target_feature(enable = "avx2,fma")]);
#[cfg(target_arch = "aarch64")]
transforms!(neon, crate::simd::neon::Neon<T>, #[target_feature(enable = "neon")]);
transforms!(portable, Portable<T, FUSES>);
#[cfg(test)]
transforms!(fused, Portable<T, true>);
