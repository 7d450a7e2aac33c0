//! Joining tensors along an axis. Seen from memory: `outer` times, a stretch of each input follows the last.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, elements};

/// `out = [outer, sum(sizes)]` from inputs of `[outer, sizes[k]]`: a size is the axis's times those behind it.
pub fn forward<T: Float>(inputs: &[&[T]], sizes: &[usize], out: &mut [T]) {
    assert_eq!(inputs.len(), sizes.len(), "inputs and their sizes");
    let row = sum(sizes);
    let outer = out.len() / row.max(1);
    check("a concatenation", [("output", out.len(), &[outer, row])]);
    inputs.iter().zip(sizes).for_each(|(input, &size)| check("a concatenation", [("input", input.len(), &[outer, size])]));
    let rows = rows_per_task(row);
    each([(out, rows * row)], |i, [out]| {
        for (r, out) in out.chunks_exact_mut(row).enumerate() {
            let mut rest = out;
            for (input, &size) in inputs.iter().zip(sizes) {
                let (stretch, behind) = rest.split_at_mut(size);
                stretch.copy_from_slice(&input[(i * rows + r) * size..][..size]);
                rest = behind;
            }
        }
    });
}

/// The part of the gradient that belongs to input `index` goes to `d_input`, or is added to it.
pub fn backward<T: Float>(d_output: &[T], sizes: &[usize], index: usize, d_input: &mut [T], accumulate: bool) {
    let (row, before, size) = (sum(sizes), sum(&sizes[..index]), sizes[index]);
    let outer = d_output.len() / row.max(1);
    check(
        "a concatenation",
        [("output's gradient", d_output.len(), &[outer, row][..]), ("input's", d_input.len(), &[outer, size])],
    );
    let rows = rows_per_task(size);
    each([(d_input, rows * size)], |i, [d_input]| {
        for (r, d_input) in d_input.chunks_exact_mut(size.max(1)).enumerate() {
            let stretch = &d_output[(i * rows + r) * row + before..][..size];
            if accumulate {
                d_input.iter_mut().zip(stretch).for_each(|(d, &s)| *d += s);
            } else {
                d_input.copy_from_slice(stretch);
            }
        }
    });
}

/// How many elements stretches have that follow each other.
fn sum(sizes: &[usize]) -> usize {
    sizes.iter().fold(0, |sum, &size| elements(&[sum + elements(&[size])]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_comes_apart_again() {
        let (outer, sizes) = (3000, [5, 1, 7]);
        let inputs: Vec<Vec<f32>> =
            sizes.iter().enumerate().map(|(k, &size)| (0..outer * size).map(|i| (i * 3 + k) as f32).collect()).collect();
        let mut out = vec![0.0; outer * 13];
        forward(&[&inputs[0], &inputs[1], &inputs[2]], &sizes, &mut out);
        assert_eq!(out[13 + 5], inputs[1][1]);
        assert_eq!(out[2 * 13 + 6..3 * 13], inputs[2][14..21]);
        for (k, input) in inputs.iter().enumerate() {
            let mut d = input.clone();
            backward(&out, &sizes, k, &mut d, true);
            assert!(d.iter().zip(input).all(|(d, x)| *d == 2.0 * x));
            backward(&out, &sizes, k, &mut d, false);
            assert_eq!(&d, input);
        }
    }
}
