//! Softmax along any axis: along `n` of `[outer, n, inner]`.

use crate::activation::{self, Kind};
use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::lanes;
use crate::sizes::{check, elements};
use crate::vectorize::vectorize;

/// Positions of the inner axes that are worked on at a time.
const BLOCK: usize = 64;

/// `y = e^x / sum(e^x)` along the axis of size `n`, with `inner` elements behind it.
pub fn forward<T: Float>(x: &[T], y: &mut [T], n: usize, inner: usize) {
    if inner == 1 {
        return activation::forward(Kind::Softmax, x, y, n);
    }
    each_stretch(x, y, n, inner, |x, y, columns| {
        let mut largest = [T::NEG_INFINITY; BLOCK];
        for x in x.chunks_exact(inner) {
            largest.iter_mut().zip(&x[columns.clone()]).for_each(|(m, &x)| *m = lanes::max(*m, x));
        }
        let mut sums = [T::ZERO; BLOCK];
        for (x, y) in x.chunks_exact(inner).zip(y.chunks_exact_mut(inner)) {
            let (x, y) = (&x[columns.clone()], &mut y[columns.clone()]);
            for (((x, y), &largest), sum) in x.iter().zip(y).zip(&largest).zip(&mut sums) {
                *y = (*x - largest).exp();
                *sum += *y;
            }
        }
        for y in y.chunks_exact_mut(inner) {
            y[columns.clone()].iter_mut().zip(&sums).for_each(|(y, &sum)| *y /= sum);
        }
    });
}

/// Turns the gradient of the output `y` into that of the input, in place.
pub fn backward<T: Float>(y: &[T], d_y: &mut [T], n: usize, inner: usize) {
    if inner == 1 {
        return activation::backward(Kind::Softmax, &[], y, d_y, n);
    }
    each_stretch(y, d_y, n, inner, |y, d_y, columns| {
        let mut sums = [T::ZERO; BLOCK];
        for (y, d) in y.chunks_exact(inner).zip(d_y.chunks_exact(inner)) {
            for ((sum, &y), &d) in sums.iter_mut().zip(&y[columns.clone()]).zip(&d[columns.clone()]) {
                *sum += y * d;
            }
        }
        for (y, d) in y.chunks_exact(inner).zip(d_y.chunks_exact_mut(inner)) {
            for ((&sum, &y), d) in sums.iter().zip(&y[columns.clone()]).zip(&mut d[columns.clone()]) {
                *d = y * (*d - sum);
            }
        }
    });
}

/// Runs `work` on each `[n, inner]` of both, block by block of the inner axes.
fn each_stretch<T: Float>(
    x: &[T],
    y: &mut [T],
    n: usize,
    inner: usize,
    work: impl Fn(&[T], &mut [T], std::ops::Range<usize>) + Sync,
) {
    let outer = y.len() / elements(&[n, inner]).max(1);
    check("a softmax", [("input", x.len(), &[outer, n, inner]), ("output", y.len(), &[outer, n, inner])]);
    let size = n * inner;
    let count = rows_per_task(size);
    each([(y, count * size)], |i, [y]| {
        let x = x[i * count * size..].chunks_exact(size);
        for (y, x) in y.chunks_exact_mut(size).zip(x) {
            for start in (0..inner).step_by(BLOCK) {
                vectorize(
                    #[inline(always)]
                    || work(x, y, start..(start + BLOCK).min(inner)),
                );
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_softmax_of_the_rows_transposed() {
        let (outer, n) = (3, 5);
        for inner in [1, 4, 100] {
            let at = |o: usize, k: usize, i: usize| (o * n + k) * inner + i;
            let x: Vec<f64> = (0..outer * n * inner).map(|i| ((i * 37) % 23) as f64 / 5.0).collect();
            let mut d: Vec<f64> = (0..x.len()).map(|i| ((i * 11) % 13) as f64).collect();
            let (mut y, d_y) = (vec![0.0; x.len()], d.clone());
            forward(&x, &mut y, n, inner);
            backward(&y, &mut d, n, inner);
            for (o, i) in (0..outer).flat_map(|o| (0..inner).map(move |i| (o, i))) {
                let mut row: Vec<f64> = (0..n).map(|k| x[at(o, k, i)]).collect();
                let mut gradient: Vec<f64> = (0..n).map(|k| d_y[at(o, k, i)]).collect();
                activation::forward_in_place(Kind::Softmax, &mut row, n);
                activation::backward(Kind::Softmax, &[], &row, &mut gradient, n);
                for k in 0..n {
                    assert!((y[at(o, k, i)] - row[k]).abs() < 1e-12);
                    assert!((d[at(o, k, i)] - gradient[k]).abs() < 1e-12);
                }
            }
        }
    }
}
