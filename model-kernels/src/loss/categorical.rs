//! The crossentropy of distributions over classes, given as distributions or as class numbers.

use crate::float::Float;
use crate::lanes;
use crate::loss::{clip, mean_of_rows};

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
    let smooth = |t: T| t * keep + spread;
    mean_of_rows(
        y_pred.len() / classes.max(1),
        classes,
        weights,
        d_output,
        #[inline(always)]
        |i, d, factor| {
            let (t, x) = (&y_true[i * classes..][..classes], &y_pred[i * classes..][..classes]);
            let total = lanes::sum(t, smooth);
            if from_logits {
                let (largest, sum) = exponentials(x);
                for ((d, &x), &t) in d.iter_mut().zip(x).zip(t) {
                    *d = factor * ((x - largest).exp() * (total / sum) - smooth(t));
                }
                let log = sum.ln();
                lanes::sum_of_pairs(
                    t,
                    x,
                    #[inline(always)]
                    |t, x| weigh(smooth(t), log - (x - largest)),
                )
            } else {
                let sum = lanes::sum(x, |x| x);
                if !d.is_empty() {
                    let common = lanes::sum_of_pairs(
                        t,
                        x,
                        #[inline(always)]
                        |t, x| slope(smooth(t), x / sum) * x,
                    ) / sum;
                    for ((d, &x), &t) in d.iter_mut().zip(x).zip(t) {
                        *d = factor * (slope(smooth(t), x / sum) - common) / sum;
                    }
                }
                -lanes::sum_of_pairs(
                    t,
                    x,
                    #[inline(always)]
                    |t, x| weigh(smooth(t), clip(x / sum).0.ln()),
                )
            }
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
            let x = &y_pred[i * classes..][..classes];
            let class = usize::try_from(y_true[i]).unwrap_or(usize::MAX);
            let Some(&x_true) = x.get(class) else {
                d.fill(T::ZERO);
                return T::ZERO;
            };
            if from_logits {
                let (largest, sum) = exponentials(x);
                for (d, &x) in d.iter_mut().zip(x) {
                    *d = factor * ((x - largest).exp() / sum);
                }
                d.iter_mut().skip(class).take(1).for_each(|d| *d -= factor);
                sum.ln() - (x_true - largest)
            } else {
                let sum = lanes::sum(x, |x| x);
                let slope = slope(T::ONE, x_true / sum) / sum;
                d.fill(-factor * slope * x_true / sum);
                d.iter_mut().skip(class).take(1).for_each(|d| *d += factor * slope);
                -clip(x_true / sum).0.ln()
            }
        },
    )
}

/// The largest element of a row, and the sum of `e^(x - largest)`.
#[inline(always)]
fn exponentials<T: Float>(x: &[T]) -> (T, T) {
    let largest = lanes::maximum(x);
    (
        largest,
        lanes::sum(
            x,
            #[inline(always)]
            |x| (x - largest).exp(),
        ),
    )
}

/// `t * loss`, but nothing where `t` is zero, even if the loss there is infinite.
#[inline(always)]
fn weigh<T: Float>(t: T, loss: T) -> T {
    if t == T::ZERO { T::ZERO } else { t * loss }
}

/// The derivative of `-t * ln(clip(p))` by `p`.
#[inline(always)]
fn slope<T: Float>(t: T, p: T) -> T {
    let (p, passes) = clip(p);
    -t / p * passes
}
