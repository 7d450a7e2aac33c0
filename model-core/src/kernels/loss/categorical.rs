//! The crossentropy of distributions over classes, given as distributions or as class numbers.

use crate::float::Float;
use crate::kernels::lanes;
use crate::kernels::loss::{clip, mean_of_rows};

/// The mean of `-sum(y_true * ln(y_pred))` over rows of `classes`.
///
/// `y_pred` are logits, or probabilities, which are first divided by their sum. `label_smoothing` moves that share of `y_true` to all
/// classes evenly.
pub fn categorical_crossentropy<T: Float>(
    y_true: &[T],
    y_pred: &[T],
    classes: usize,
    from_logits: bool,
    label_smoothing: f64,
    weights: Option<&[T]>,
    d_output: &mut [T],
) -> f64 {
    let keep = T::from_f64(1.0 - label_smoothing);
    let spread = T::from_f64(label_smoothing / classes as f64);
    mean_of_rows(
        y_pred.len() / classes.max(1),
        classes,
        weights,
        d_output,
        #[inline(always)]
        |i, d, factor| {
            let target = &y_true[i * classes..][..classes];
            let target = |k: usize| target[k] * keep + spread;
            row(target, &y_pred[i * classes..][..classes], from_logits, factor, d)
        },
    )
}

/// [`categorical_crossentropy`] with the class of each row in place of a distribution. A class that does not exist has no loss.
pub fn sparse_categorical_crossentropy<T: Float>(
    y_true: &[i32],
    y_pred: &[T],
    classes: usize,
    from_logits: bool,
    weights: Option<&[T]>,
    d_output: &mut [T],
) -> f64 {
    mean_of_rows(
        y_true.len(),
        classes,
        weights,
        d_output,
        #[inline(always)]
        |i, d, factor| {
            let class = usize::try_from(y_true[i]).unwrap_or(usize::MAX);
            let target = |k| if k == class { T::ONE } else { T::ZERO };
            row(target, &y_pred[i * classes..][..classes], from_logits, factor, d)
        },
    )
}

#[inline(always)]
fn row<T: Float>(target: impl Fn(usize) -> T, y_pred: &[T], from_logits: bool, factor: T, d: &mut [T]) -> T {
    if from_logits { of_logits(target, y_pred, factor, d) } else { of_probabilities(target, y_pred, factor, d) }
}

/// `sum(t * (ln(sum(e^x)) - x))`, whose gradient is `softmax(x) * sum(t) - t`.
#[inline(always)]
fn of_logits<T: Float>(target: impl Fn(usize) -> T, x: &[T], factor: T, d: &mut [T]) -> T {
    let n = x.len();
    let largest = lanes::maximum(x);
    let sum = lanes::sum(n, |k| (x[k] - largest).exp());
    let log = sum.ln();
    // A logit of minus infinity is no loss where the target is zero.
    let loss = lanes::sum(n, |k| {
        let t = target(k);
        if t == T::ZERO { T::ZERO } else { t * (log - (x[k] - largest)) }
    });
    if d.len() == n {
        let scale = lanes::sum(n, &target) / sum;
        for k in 0..n {
            d[k] = factor * ((x[k] - largest).exp() * scale - target(k));
        }
    }
    loss
}

/// `-sum(t * ln(clip(x / sum(x))))`.
#[inline(always)]
fn of_probabilities<T: Float>(target: impl Fn(usize) -> T, x: &[T], factor: T, d: &mut [T]) -> T {
    let n = x.len();
    let sum = lanes::sum(n, |k| x[k]);
    let loss = -lanes::sum(n, |k| {
        let t = target(k);
        if t == T::ZERO { T::ZERO } else { t * clip(x[k] / sum).0.ln() }
    });
    if d.len() == n {
        let slope = |k: usize| {
            let (p, passes) = clip(x[k] / sum);
            -target(k) / p * passes
        };
        let common = lanes::sum(n, |k| slope(k) * x[k]) / sum;
        for k in 0..n {
            d[k] = factor * (slope(k) - common) / sum;
        }
    }
    loss
}
