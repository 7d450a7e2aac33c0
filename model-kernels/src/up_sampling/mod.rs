//! Volumes made larger by whole factors, by repeating elements, and the derivative. Images are volumes of one plane, sequences images of one
//! row. [`resize`](crate::resize) mixes neighbours.

mod nearest;

pub use nearest::{backward as nearest_backward, forward as nearest_forward};

use crate::sizes::{check, elements};

/// The sizes, without the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Depth, height, width, channels of the input.
    pub input: [usize; 4],
    /// How many times deeper, higher and wider the output is.
    pub factors: [usize; 3],
}

impl Geometry {
    /// Panics unless slices have the lengths that these sizes say, with as many samples as the smaller ones are.
    fn check(&self, small: usize, large: usize) {
        let ([depth, height, width, channels], [deep, down, across]) = (self.input, self.factors);
        let batch = small / elements(&self.input).max(1);
        check("an enlargement", [("input", small, &[batch, depth, height, width, channels])]);
        check("an enlargement", [("output", large, &[batch, depth, deep, height, down, width, across, channels])]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GEOMETRIES: [Geometry; 4] = [
        Geometry { input: [1, 3, 4, 2], factors: [1, 2, 3] },
        Geometry { input: [1, 1, 2, 5], factors: [1, 4, 1] },
        Geometry { input: [1, 5, 1, 1], factors: [1, 1, 2] },
        Geometry { input: [1, 2, 2, 40], factors: [1, 3, 2] },
    ];

    /// It is linear: the backward pass is the forward one transposed.
    #[test]
    fn the_backward_pass_is_the_forward_one_transposed() {
        let volume = Geometry { input: [2, 3, 2, 3], factors: [3, 2, 4] };
        for g in GEOMETRIES.into_iter().chain([volume]) {
            let len: usize = g.input.iter().product();
            let out = len * g.factors.iter().product::<usize>();
            let data = |n: usize, scale: usize| (0..n).map(|i| ((i * scale) % 101) as f64 / 50.0 - 1.0).collect::<Vec<_>>();
            let (x, d_y) = (data(2 * len, 37), data(2 * out, 53));
            let (mut y, mut d_x) = (vec![0.0; 2 * out], vec![0.0; 2 * len]);
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            nearest_forward(&g, &x, &mut y);
            nearest_backward(&g, &d_y, &mut d_x, false);
            assert!((dot(&y, &d_y) - dot(&x, &d_x)).abs() < 1e-9, "{g:?}");
        }
    }

    #[test]
    fn values_are_those_of_the_formulas() {
        let g = Geometry { input: [1, 1, 2, 1], factors: [1, 1, 4] };
        let mut y = [0.0_f32; 8];
        nearest_forward(&g, &[0.0, 8.0], &mut y);
        assert_eq!(y, [0.0, 0.0, 0.0, 0.0, 8.0, 8.0, 8.0, 8.0]);
        let g = Geometry { input: [2, 1, 2, 1], factors: [2, 1, 1] };
        nearest_forward(&g, &[1.0, 2.0, 3.0, 4.0], &mut y);
        assert_eq!(y, [1.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 4.0]);
    }
}
