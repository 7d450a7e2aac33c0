//! What weights are made to be after a step: Keras's constraints on their norms and signs.

use crate::chunks::{CHUNK, each};
use crate::float::Float;
use crate::vectorize::vectorize;

/// The most axes of a tensor.
const MOST_AXES: usize = 64;

/// The columns that are summed up side by side.
const COLUMNS: usize = 16;

/// Makes nothing less than 0.
pub fn non_negative<T: Float>(w: &mut [T]) {
    each([(w, CHUNK)], |_, [w]| w.iter_mut().filter(|w| **w < T::ZERO).for_each(|w| *w = T::ZERO));
}

/// Multiplies each vector along some of the axes by a factor that follows from its norm.
///
/// # Panics
/// If there are more than 64 axes.
pub fn rescale<T: Float>(w: &mut [T], shape: &[usize], is_along: impl Fn(usize) -> bool, factor: impl Fn(f64) -> f64) {
    let (along, across) = runs(shape, is_along);
    let ((across, columns), (along, (len, step))) = (across.split(|stride| stride == 1), along.split(|_| true));
    let columns = columns.0;
    for outer in 0..across.elements() {
        let base = across.offset(outer);
        for start in (0..columns).step_by(COLUMNS) {
            let width = COLUMNS.min(columns - start);
            let places = |run: usize| (0..len).map(move |i| base + start + run + i * step);
            vectorize(
                #[inline(always)]
                || {
                    let mut sums = [0.0; COLUMNS];
                    for place in (0..along.elements()).flat_map(|run| places(along.offset(run))) {
                        for (sum, w) in sums.iter_mut().zip(&w[place..place + width]) {
                            *sum += w.to_f64() * w.to_f64();
                        }
                    }
                    let factors = sums.map(|sum| factor(f64::sqrt(sum)));
                    for place in (0..along.elements()).flat_map(|run| places(along.offset(run))) {
                        for (factor, w) in factors.iter().zip(&mut w[place..place + width]) {
                            *w = T::from_f64(w.to_f64() * factor);
                        }
                    }
                },
            );
        }
    }
}

/// Axes of one kind, each with its size and the distance from an element to the next, neighbours made one.
#[derive(Clone, Copy, Debug)]
struct Runs {
    runs: [(usize, usize); MOST_AXES],
    count: usize,
}

impl Runs {
    const NONE: Self = Self { runs: [(1, 1); MOST_AXES], count: 0 };

    /// Adds an axis from the front.
    fn push(&mut self, run: (usize, usize)) {
        self.runs[self.count] = run;
        self.count += 1;
    }

    fn elements(&self) -> usize {
        self.runs[..self.count].iter().map(|(size, _)| size).product()
    }

    /// Where the element of this number lies, the last axis counted through first.
    fn offset(&self, mut number: usize) -> usize {
        let mut offset = 0;
        for (size, stride) in self.runs[..self.count].iter().rev() {
            offset += number % size * stride;
            number /= size;
        }
        offset
    }

    /// Without the last axis, if its stride is of this kind, and that axis, or one of a single element.
    fn split(mut self, is_it: impl Fn(usize) -> bool) -> (Self, (usize, usize)) {
        match self.runs[..self.count].last() {
            Some(&last) if is_it(last.1) => {
                self.count -= 1;
                (self, last)
            }
            _ => (self, (1, 1)),
        }
    }
}

/// The axes that vectors go along, and the others.
fn runs(shape: &[usize], is_along: impl Fn(usize) -> bool) -> (Runs, Runs) {
    assert!(shape.len() <= MOST_AXES, "tensors have at most {MOST_AXES} axes");
    let (mut along, mut across) = (Runs::NONE, Runs::NONE);
    let mut axis = 0;
    while axis < shape.len() {
        let kind = is_along(axis);
        let end = (axis..shape.len()).find(|&other| is_along(other) != kind).unwrap_or(shape.len());
        let run = (shape[axis..end].iter().product(), shape[end..].iter().product());
        if kind {
            along.push(run)
        } else {
            across.push(run)
        }
        axis = end;
    }
    (along, across)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The norms along some axes, by the sums of all elements that have the others' places.
    fn norms(w: &[f64], shape: &[usize], along: &[usize]) -> Vec<f64> {
        let group = |i: usize| {
            let place = |axis: usize| i / shape[axis + 1..].iter().product::<usize>() % shape[axis];
            (0..shape.len()).map(|axis| if along.contains(&axis) { 0 } else { place(axis) }).collect::<Vec<_>>()
        };
        let sum = |i: usize| (0..w.len()).filter(|&k| group(k) == group(i)).map(|k| w[k] * w[k]).sum::<f64>();
        (0..w.len()).map(|i| sum(i).sqrt()).collect()
    }

    #[test]
    fn vectors_along_any_axes_are_rescaled() {
        for shape in [&[6][..], &[5, 37], &[2, 3, 4, 5], &[1, 4, 1, 3], &[3, 2, 17]] {
            for mask in 0..1_usize << shape.len() {
                let along: Vec<usize> = (0..shape.len()).filter(|axis| mask >> axis & 1 == 1).collect();
                let w: Vec<f64> = (0..shape.iter().product()).map(|i| ((i * 7 + 3) % 11) as f64 - 5.0).collect();
                let mut found = w.clone();
                rescale(&mut found, shape, |axis| along.contains(&axis), |norm| 1.0 / (1.0 + norm));
                for ((found, w), norm) in found.iter().zip(&w).zip(norms(&w, shape, &along)) {
                    assert!((found - w / (1.0 + norm)).abs() < 1e-12, "{shape:?} along {along:?}");
                }
            }
        }
    }

    #[test]
    fn nothing_stays_below_zero() {
        let mut w = [-1.0, 0.0, 2.0, -0.0];
        non_negative(&mut w);
        assert_eq!(w, [0.0, 0.0, 2.0, 0.0]);
    }
}
