//! Numbers put into bins, whose boundaries are in ascending order.

use crate::chunks::{CHUNK, each, rows_per_task};
use crate::float::Float;
use crate::sizes::check;

/// The bin of a number: how many boundaries are not above it. What is no number lies beyond all of them.
fn bin_of<T: Float>(x: T, boundaries: &[T]) -> usize {
    boundaries.partition_point(|&boundary| boundary <= x || x.is_nan())
}

/// `y[i]` is the number of the bin that `x[i]` lies in.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn forward<T: Float>(x: &[T], boundaries: &[T], y: &mut [T]) {
    check("bins", [("output", y.len(), &[x.len()])]);
    each([(y, CHUNK)], |task, [y]| {
        for (y, &x) in y.iter_mut().zip(&x[task * CHUNK..]) {
            *y = T::from_f64(bin_of(x, boundaries) as f64);
        }
    });
}

/// Writes the bins out, of samples `[length, behind]` as `[behind, depth]`: 1 in the places of those that occur along `length`, or how often each
/// does. A task has a sample or some.
///
/// # Panics
/// If a slice's length is not what the sizes say, or there are fewer than `depth` bins' boundaries.
pub fn encode<T: Float>(x: &[T], boundaries: &[T], [length, behind, depth]: [usize; 3], counts: bool, y: &mut [T]) {
    let samples = x.len() / (length * behind).max(1);
    check("bins", [("input", x.len(), &[samples, length, behind]), ("output", y.len(), &[samples, behind, depth])]);
    let (row, count) = (behind * depth, rows_per_task(behind * depth));
    each([(y, count * row)], |task, [y]| {
        y.fill(T::ZERO);
        for (y, x) in y.chunks_exact_mut(row).zip(x[task * count * length * behind..].chunks_exact(length * behind)) {
            for (place, &x) in x.iter().enumerate() {
                let bin = &mut y[place % behind * depth..][..depth][bin_of(x, boundaries)];
                *bin = if counts { *bin + T::ONE } else { T::ONE };
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{values, with_threads};

    #[test]
    fn a_boundary_belongs_to_the_bin_that_begins_there() {
        let x = [-1.0, 0.0, 0.5, 1.0, 9.0, f32::NEG_INFINITY, f32::INFINITY, f32::NAN];
        let mut y = [7.0; 8];
        forward(&x, &[0.0, 1.0, 1.0], &mut y);
        assert_eq!(y, [0.0, 1.0, 1.0, 3.0, 3.0, 0.0, 3.0, 3.0]);
        forward(&x, &[], &mut y);
        assert_eq!(y, [0.0; 8]);
    }

    #[test]
    fn bins_are_written_out_along_the_first_axis() {
        let x = [-1.0, 0.5, 2.0, 0.0_f64, 0.5, 0.5]; // [3, 2]
        let mut y = [7.0; 6];
        encode(&x, &[0.0, 1.0], [3, 2, 3], true, &mut y);
        assert_eq!(y, [1.0, 1.0, 1.0, 0.0, 3.0, 0.0]);
        encode(&x, &[0.0, 1.0], [3, 2, 3], false, &mut y);
        assert_eq!(y, [1.0, 1.0, 1.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn bits_do_not_depend_on_threads() {
        let x = values::<f32>(60_000, 1);
        let run = |threads| {
            with_threads(threads, || {
                let (mut y, mut written) = (vec![0.5; x.len()], vec![0.5; x.len() * 3]);
                forward(&x, &[-0.1, 0.2], &mut y);
                encode(&x, &[-0.1, 0.2], [1, 30, 3], true, &mut written);
                (y, written)
            })
        };
        assert!(run(1) == run(2) && run(1) == run(5));
    }
}
