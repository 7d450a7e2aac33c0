//! The crossentropy of independent yes-or-no answers.

use crate::float::Float;
use crate::kernels::lanes;
use crate::kernels::loss::{clip, mean_of_rows};

/// The mean of `-(y_true * ln(y_pred) + (1 - y_true) * ln(1 - y_pred))`, over rows of `row`, then over the rows.
///
/// `y_pred` are logits, or probabilities. `label_smoothing` moves `y_true` that share of the way to one half.
pub fn binary_crossentropy<T: Float>(
    y_true: &[T],
    y_pred: &[T],
    row: usize,
    from_logits: bool,
    label_smoothing: f64,
    weights: Option<&[T]>,
    d_output: &mut [T],
) -> f64 {
    let (keep, spread) = (T::from_f64(1.0 - label_smoothing), T::from_f64(0.5 * label_smoothing));
    let share = T::ONE / T::from_f64(row as f64);
    mean_of_rows(
        y_pred.len() / row.max(1),
        row,
        weights,
        d_output,
        #[inline(always)]
        |i, d, factor| {
            let (y_true, x) = (&y_true[i * row..][..row], &y_pred[i * row..][..row]);
            let term = |k: usize| {
                let t = y_true[k] * keep + spread;
                if from_logits { of_logit(t, x[k]) } else { of_probability(t, x[k]) }
            };
            if d.len() == row {
                for (k, d) in d.iter_mut().enumerate() {
                    *d = factor * share * term(k).1;
                }
            }
            lanes::sum(
                row,
                #[inline(always)]
                |k| term(k).0,
            ) * share
        },
    )
}

/// The loss `max(x, 0) - x t + ln(1 + e^-|x|)` and its slope `sigmoid(x) - t`.
#[inline(always)]
fn of_logit<T: Float>(t: T, x: T) -> (T, T) {
    let e = (-x.abs()).exp();
    let loss = lanes::max(x, T::ZERO) - x * t + e.ln_1p();
    let sigmoid = if x < T::ZERO { e } else { T::ONE } / (T::ONE + e);
    (loss, sigmoid - t)
}

#[inline(always)]
fn of_probability<T: Float>(t: T, x: T) -> (T, T) {
    let (p, passes) = clip(x);
    let rest = T::ONE - p;
    let loss = -(t * p.ln() + (T::ONE - t) * rest.ln());
    (loss, ((T::ONE - t) / rest - t / p) * passes)
}
