//! A product with a matrix that is kept in fewer bits, for inference: one of few samples waits for the matrix to come out of memory.
#![allow(unsafe_code)] // slices, once checked, are passed on as pointers

use std::mem::MaybeUninit;

use super::super::contract::pack::{DEPTH, PANEL, Panel};
use super::super::fused::Fused;
use super::packed::{Operands, Part};
use crate::float::Float;
use crate::pointer::Shared;
use crate::sizes::check;
use crate::threads::parallel;
use crate::vectorize::vectorize;

/// How weights are kept that only inference reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WeightPrecision {
    /// In 16 bits, each rounded to the nearest number of which an `f32` needs the upper half alone: 8 bits of significance, and all of an
    /// `f32`'s range. Rounding changes a weight by at most 0.4 %.
    Bfloat16,
    /// In 8 bits: for each column the 255 multiples, -127 to 127, of a 127th of its largest absolute weight, each weight rounded to the nearest.
    /// Rounding changes a weight by at most 0.4 % of its column's largest.
    Int8,
}

/// A matrix `[depth, columns]` in fewer bits, in panels of 32 columns.
#[derive(Debug)]
pub struct Narrow {
    elements: Elements,
    depth: usize,
    columns: usize,
}

#[derive(Debug)]
enum Elements {
    Bfloat16(Vec<u16>),
    /// Numbers of steps, and the size of a step for each column.
    Int8(Vec<i8>, Vec<f32>),
}

impl Narrow {
    /// How many bytes one of these sizes takes.
    #[must_use]
    pub fn bytes(precision: WeightPrecision, [depth, columns]: [usize; 2]) -> u64 {
        let elements = (depth as u64).saturating_mul(columns as u64);
        match precision {
            WeightPrecision::Bfloat16 => elements.saturating_mul(2),
            WeightPrecision::Int8 => elements.saturating_add((columns as u64).saturating_mul(4)),
        }
    }

    /// A copy of a matrix `[depth, columns]`; none if there is no memory for it.
    ///
    /// # Panics
    /// If the matrix's length is not what the sizes say.
    #[must_use]
    pub fn new<T: Float>(precision: WeightPrecision, matrix: &[T], [depth, columns]: [usize; 2]) -> Option<Self> {
        check("a product", [("kernel", matrix.len(), &[depth, columns])]);
        let elements = match precision {
            WeightPrecision::Bfloat16 => Elements::Bfloat16(panels(matrix, [depth, columns], |_, weight| bfloat16(weight))?),
            WeightPrecision::Int8 => {
                let scales = scales(matrix, columns);
                let number = |column: usize, weight: f32| (weight * scales[column]).round_ties_even().clamp(-127.0, 127.0) as i8;
                let numbers = panels(matrix, [depth, columns], number)?;
                Elements::Int8(numbers, scales.into_iter().map(f32::recip).collect())
            }
        };
        Some(Self { elements, depth, columns })
    }

    /// `output[m, columns] = activation(input[m, depth] · matrix + bias[columns])`, to the bits of [`dense_forward`](super::dense_forward) with the
    /// matrix as it was rounded.
    ///
    /// # Panics
    /// If a slice's length is not what the sizes say.
    pub fn product<T: Float>(&self, m: usize, input: &[T], bias: Option<&[T]>, fused: Fused, output: &mut [T]) {
        let sizes @ [_, depth, columns] = [m, self.depth, self.columns];
        check("a product", [("input", input.len(), &[m, depth]), ("output", output.len(), &[m, columns])]);
        check("a product", [("bias", bias.map_or(columns, <[T]>::len), &[columns])]);
        let (tiles, relu) = (T::tiles(), fused == Fused::Relu);
        let bias = bias.map(|bias| Shared::from_pointer(bias.as_ptr().cast_mut()));
        let (input, output) = (Shared::from_pointer(input.as_ptr().cast_mut()), Shared::new(output));
        parallel(columns.div_ceil(PANEL), |index| {
            let mut room = Panel::new();
            let (column, width) = (index * PANEL, PANEL.min(columns - index * PANEL));
            let bias = bias.map(|bias| bias.get().cast_const());
            let operands = Operands { input: input.get(), bias, output: output.get() };
            // At least one part, since sums of nothing are written, too.
            for start in (0..depth.max(1)).step_by(DEPTH) {
                let count = DEPTH.min(depth - start) * width;
                self.widen(column, column * depth + start * width, width, room.part(count));
                let part = Part { column, width, start, accumulate: false, relu };
                // SAFETY: the slices were found to be as long as the sizes say, `output` is borrowed mutably, and tasks' columns are disjoint.
                unsafe { part.multiply(tiles, sizes, room.pointer(), operands) }
            }
        });
    }

    /// Writes elements of the panel of a column from a place on.
    fn widen<T: Float>(&self, column: usize, first: usize, width: usize, to: &mut [MaybeUninit<T>]) {
        let places = first..first + to.len();
        match &self.elements {
            Elements::Bfloat16(all) => {
                let from = &all[places];
                vectorize(
                    #[inline(always)]
                    || {
                        for (to, &bits) in to.iter_mut().zip(from) {
                            to.write(T::from_f64(f64::from(f32::from_bits(u32::from(bits) << 16))));
                        }
                    },
                );
            }
            Elements::Int8(all, steps) => {
                let (from, steps) = (&all[places], &steps[column..column + width]);
                vectorize(
                    #[inline(always)]
                    || {
                        for (to, from) in to.chunks_exact_mut(width).zip(from.chunks_exact(width)) {
                            for ((to, &number), &step) in to.iter_mut().zip(from).zip(steps) {
                                to.write(T::from_f64(f64::from(f32::from(number) * step)));
                            }
                        }
                    },
                );
            }
        }
    }
}

/// The elements of a matrix in panels, each made anew of its column and itself.
fn panels<T: Float, E>(matrix: &[T], [depth, columns]: [usize; 2], make: impl Fn(usize, f32) -> E) -> Option<Vec<E>> {
    let mut all = Vec::new();
    all.try_reserve_exact(depth * columns).ok()?;
    for first in (0..columns).step_by(PANEL) {
        let last = (first + PANEL).min(columns);
        for row in matrix.chunks_exact(columns) {
            all.extend((first..last).map(|column| make(column, row[column].to_f64() as f32)));
        }
    }
    Some(all)
}

/// The upper half of an element, rounded to the nearest and of two to the even one; NaN stays NaN.
fn bfloat16(element: f32) -> u16 {
    let bits = element.to_bits();
    if element.is_nan() {
        return (bits >> 16) as u16 | 0x40;
    }
    (bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16) as u16
}

/// How many steps a weight of one is, for each column: its largest weight is 127 of them. Keras's `abs_max_quantize`.
fn scales<T: Float>(matrix: &[T], columns: usize) -> Vec<f32> {
    let mut largest = vec![0.0_f32; columns];
    for row in matrix.chunks_exact(columns.max(1)) {
        for (largest, weight) in largest.iter_mut().zip(row) {
            *largest = largest.max(weight.to_f64().abs() as f32);
        }
    }
    largest.into_iter().map(|largest| 127.0 / (largest + 1e-7)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::dense_forward;
    use super::*;
    use crate::testing::{values, with_threads};

    /// A matrix as it was rounded.
    fn widened(narrow: &Narrow) -> Vec<f32> {
        let [depth, columns] = [narrow.depth, narrow.columns];
        let identity: Vec<f32> = (0..depth * depth).map(|i| if i % (depth + 1) == 0 { 1.0 } else { 0.0 }).collect();
        let mut all = vec![f32::NAN; depth * columns];
        narrow.product(depth, &identity, None, Fused::None, &mut all);
        all
    }

    #[test]
    fn a_product_is_that_with_the_rounded_matrix() {
        for [m, k, n] in [[1, 784, 64], [3, 5, 1], [17, 700, 100], [5, 1, 7], [2, 9, 300], [1, 1, 1]] {
            let (input, kernel, bias) = (values::<f32>(m * k, 1), values::<f32>(k * n, 2), values::<f32>(n, 3));
            for precision in [WeightPrecision::Bfloat16, WeightPrecision::Int8] {
                let narrow = Narrow::new(precision, &kernel, [k, n]).unwrap();
                let (rounded, mut expected) = (widened(&narrow), vec![0.0; m * n]);
                dense_forward([m, k, n], &input, &rounded, Some(&bias), Fused::Relu, &mut expected);
                for threads in [1, 3] {
                    let mut found = vec![f32::NAN; m * n];
                    with_threads(threads, || narrow.product(m, &input, Some(&bias), Fused::Relu, &mut found));
                    assert!(found == expected, "{precision:?}, {m} x {k} x {n}");
                }
                let far = rounded.iter().zip(&kernel).map(|(rounded, weight)| (rounded - weight).abs()).fold(0.0, f32::max);
                let largest = kernel.iter().map(|weight| weight.abs()).fold(0.0, f32::max);
                assert!(far <= largest / 254.0 * 1.001 && (n * k < 9 || far > 0.0), "{precision:?}: {far} of {largest}");
            }
        }
    }

    #[test]
    fn bfloat16_is_the_nearest_even_one() {
        let cases = [
            (1.0, 0x3f80),
            (-2.5, 0xc020),
            (f32::from_bits(0x3f80_8000), 0x3f80), // in the middle
            (f32::from_bits(0x3f81_8000), 0x3f82),
            (f32::from_bits(0x3f80_8001), 0x3f81),
            (f32::MAX, 0x7f80),
            (f32::NEG_INFINITY, 0xff80),
            (-0.0, 0x8000),
            (f32::from_bits(1), 0),
        ];
        for (element, bits) in cases {
            assert_eq!(bfloat16(element), bits, "{element}");
        }
        assert!(f32::from_bits(u32::from(bfloat16(f32::from_bits(0x7f80_0001))) << 16).is_nan());
    }

    #[test]
    fn int8_is_what_keras_makes_of_a_column() {
        let narrow = Narrow::new(WeightPrecision::Int8, &[0.5_f32, 0.0, -0.25, 0.0, 0.124, 0.0, 0.001, 0.0], [4, 2]).unwrap();
        let Elements::Int8(numbers, steps) = &narrow.elements else { unreachable!() };
        assert_eq!(numbers, &[127, 0, -63, 0, 31, 0, 0, 0]);
        assert_eq!(steps[0], (127.0_f32 / (0.5 + 1e-7)).recip());
    }
}
