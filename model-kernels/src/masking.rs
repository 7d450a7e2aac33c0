//! Steps of a sequence that are passed over: those whose features all are one value become 0.

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::check;

/// `y = x` where one of the step's `features` is not `value`, and 0 elsewhere.
pub fn forward<T: Float>(x: &[T], features: usize, value: T, y: &mut [T]) {
    check_all(x, y.len(), features);
    let steps = rows_per_task(features);
    each([(y, steps * features)], |task, [y]| {
        for (step, y) in y.chunks_exact_mut(features).enumerate() {
            let x = &x[(task * steps + step) * features..][..features];
            if counts(x, value) { y.copy_from_slice(x) } else { y.fill(T::ZERO) }
        }
    });
}

/// The gradient goes to the steps that count, and 0 to the others; or it is added.
pub fn backward<T: Float>(x: &[T], features: usize, value: T, d_y: &[T], d_x: &mut [T], accumulate: bool) {
    check_all(x, d_x.len(), features);
    let steps = rows_per_task(features);
    each([(d_x, steps * features)], |task, [d_x]| {
        for (step, d_x) in d_x.chunks_exact_mut(features).enumerate() {
            let at = (task * steps + step) * features;
            match (counts(&x[at..][..features], value), accumulate) {
                (true, false) => d_x.copy_from_slice(&d_y[at..][..features]),
                (true, true) => d_x.iter_mut().zip(&d_y[at..]).for_each(|(d_x, &d)| *d_x += d),
                (false, false) => d_x.fill(T::ZERO),
                (false, true) => {}
            }
        }
    });
}

fn counts<T: Float>(step: &[T], value: T) -> bool {
    step.iter().any(|&x| x != value)
}

fn check_all<T: Float>(x: &[T], others: usize, features: usize) {
    let steps = x.len() / features.max(1);
    check("a masking", [("input", x.len(), &[steps, features][..]), ("output", others, &[steps, features])]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_counts_if_one_of_its_features_does() {
        let x = [0.5_f32, 1.0, 0.5, 0.5, 2.0, 3.0];
        let (mut y, mut d_x) = ([9.0; 6], [1.0; 6]);
        forward(&x, 2, 0.5, &mut y);
        assert_eq!(y, [0.5, 1.0, 0.0, 0.0, 2.0, 3.0]);
        backward(&x, 2, 0.5, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut d_x, true);
        assert_eq!(d_x, [2.0, 3.0, 1.0, 1.0, 6.0, 7.0]);
    }
}
