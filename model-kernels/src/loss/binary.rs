//! The crossentropy of independent yes-or-no answers.

use crate::float::Float;
use crate::lanes;
use crate::loss::{clip, mean_of_elements};

/// The mean of `-(y_true * ln(y_pred) + (1 - y_true) * ln(1 - y_pred))`.
///
/// `y_pred` are logits, or probabilities. `label_smoothing` moves `y_true` that share of the way to one half.
pub fn binary_crossentropy<T: Float>(
    y_true: &[T],
    y_pred: &[T],
    from_logits: bool,
    label_smoothing: f64,
    weights: Option<&[T]>,
    d_output: &mut [T],
) -> f64 {
    let (keep, spread) = (T::from_f64(1.0 - label_smoothing), T::from_f64(0.5 * label_smoothing));
    if from_logits {
        mean_of_elements(
            y_true,
            y_pred,
            weights,
            d_output,
            #[inline(always)]
            move |t, x| logit_loss(t * keep + spread, x),
            #[inline(always)]
            move |t, x| logit_slope(t * keep + spread, x),
        )
    } else {
        mean_of_elements(
            y_true,
            y_pred,
            weights,
            d_output,
            #[inline(always)]
            move |t, p| loss(t * keep + spread, p),
            #[inline(always)]
            move |t, p| slope(t * keep + spread, p),
        )
    }
}

#[inline(always)]
fn logit_loss<T: Float>(t: T, x: T) -> T {
    lanes::max(x, T::ZERO) - x * t + (-x.abs()).exp().ln_1p()
}

#[inline(always)]
fn logit_slope<T: Float>(t: T, x: T) -> T {
    T::ONE / (T::ONE + (-x).exp()) - t
}

#[inline(always)]
fn loss<T: Float>(t: T, p: T) -> T {
    let (p, _) = clip(p);
    -(t * p.ln() + (T::ONE - t) * (T::ONE - p).ln())
}

#[inline(always)]
fn slope<T: Float>(t: T, p: T) -> T {
    let (p, passes) = clip(p);
    ((T::ONE - t) / (T::ONE - p) - t / p) * passes
}
