//! Functions of one tensor, element by element, that go by numbers, with their slopes.

use super::blocks::{self, chain, map};
use crate::activation::pointwise as activation;
use crate::elementwise::by_block;
use crate::float::Float;

/// A function of one number, with those that it goes by.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // what each is, its name says
pub enum Function<T> {
    Celu { alpha: T },
    Clip { least: T, most: T },
    Elu { alpha: T },
    Gelu { is_approximate: bool },
    HardShrink { threshold: T },
    LeakyRelu { slope: T },
    Replace { nan: T, most: T, least: T },
    Round { decimals: i32 },
    SoftShrink { threshold: T },
    Squareplus { b: T },
    Threshold { threshold: T, default: T },
}

/// The nearest number with so many decimals; of two the even one.
fn round(x: f64, decimals: i32) -> f64 {
    let scale = libm::pow(10.0, f64::from(decimals.abs()));
    match decimals {
        0 => libm::rint(x),
        1.. => libm::rint(x * scale) / scale,
        _ => libm::rint(x / scale) * scale,
    }
}

#[inline(always)]
fn clip<T: Float>(x: T, least: T, most: T) -> T {
    let above = if x < least { least } else { x };
    if above > most { most } else { above }
}

/// Halves at the ends, as JAX has it.
#[inline(always)]
fn clip_slope<T: Float>(x: T, least: T, most: T) -> T {
    if x == least || x == most {
        T::from_f64(0.5)
    } else if x > least && x < most {
        T::ONE
    } else {
        T::ZERO
    }
}

#[inline(always)]
fn apply<T: Float>(function: Function<T>, x: &mut [T]) {
    match function {
        Function::Celu { alpha } => map(x, |x| activation::celu(x, alpha)),
        Function::Clip { least, most } => map(x, |x| clip(x, least, most)),
        Function::Elu { alpha } => map(x, |x| activation::elu(x, alpha)),
        Function::Gelu { is_approximate: true } => map(x, activation::gelu_approximate),
        Function::Gelu { is_approximate: false } => map(x, activation::gelu),
        Function::HardShrink { threshold } => map(x, |x| activation::hard_shrink(x, threshold)),
        Function::LeakyRelu { slope } => map(x, |x| activation::leaky_relu(x, slope)),
        Function::Replace { nan, most, least } => map(x, |x| {
            if x.is_nan() {
                nan
            } else if x.is_finite() {
                x
            } else if x > T::ZERO {
                most
            } else {
                least
            }
        }),
        Function::Round { decimals } => map(x, |x| T::from_f64(round(x.to_f64(), decimals))),
        Function::SoftShrink { threshold } => map(x, |x| activation::soft_shrink(x, threshold)),
        Function::Squareplus { b } => map(x, |x| activation::squareplus(x, b)),
        Function::Threshold { threshold, default } => map(x, |x| activation::threshold(x, (threshold, default))),
    }
}

#[inline(always)]
fn derive<T: Float>(function: Function<T>, x: &[T], d: &mut [T]) {
    match function {
        Function::Celu { alpha } => chain(d, x, |x| activation::celu_slope_of_input(x, alpha)),
        Function::Clip { least, most } => chain(d, x, |x| clip_slope(x, least, most)),
        Function::Elu { alpha } => chain(d, x, |x| activation::elu_slope_of_input(x, alpha)),
        Function::Gelu { is_approximate: true } => chain(d, x, activation::gelu_approximate_slope),
        Function::Gelu { is_approximate: false } => chain(d, x, activation::gelu_slope),
        Function::HardShrink { threshold } | Function::SoftShrink { threshold } => {
            chain(d, x, |x| if x.abs() > threshold { T::ONE } else { T::ZERO });
        }
        Function::LeakyRelu { slope } => chain(d, x, |x| activation::leaky_relu_slope(x, slope)),
        Function::Replace { .. } => chain(d, x, |x| if x.is_finite() { T::ONE } else { T::ZERO }),
        Function::Round { .. } => d.fill(T::ZERO),
        Function::Squareplus { b } => chain(d, x, |x| activation::squareplus_slope(activation::squareplus(x, b), b)),
        Function::Threshold { threshold, .. } => chain(d, x, |x| activation::threshold_slope(x, threshold)),
    }
}

/// `y = function(x)`.
pub fn forward<T: Float>(function: Function<T>, x: &[T], y: &mut [T]) {
    blocks::forward(
        x,
        y,
        #[inline(always)]
        |block| apply(function, block),
    );
}

/// The gradient goes to `d_x`, or is added to it; `x` is not read where it is rounded.
pub fn backward<T: Float>(function: Function<T>, x: &[T], d_y: &[T], d_x: &mut [T], accumulate: bool) {
    by_block(
        d_y,
        d_x,
        accumulate,
        #[inline(always)]
        |start, d| {
            let x = if let Function::Round { .. } = function { x } else { &x[start..][..d.len()] };
            derive(function, x, d);
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chunks::CHUNK;

    const ALL: [Function<f64>; 13] = [
        Function::Celu { alpha: 0.7 },
        Function::Clip { least: -0.5, most: 0.75 },
        Function::Elu { alpha: 0.7 },
        Function::Gelu { is_approximate: true },
        Function::Gelu { is_approximate: false },
        Function::HardShrink { threshold: 0.4 },
        Function::LeakyRelu { slope: 0.3 },
        Function::Replace { nan: 1.0, most: 2.0, least: 3.0 },
        Function::Round { decimals: 0 },
        Function::Round { decimals: 1 },
        Function::SoftShrink { threshold: 0.4 },
        Function::Squareplus { b: 3.0 },
        Function::Threshold { threshold: 0.3, default: -1.0 },
    ];

    #[test]
    fn gradients_are_the_numerical_ones() {
        let x: Vec<f64> = (0..CHUNK + 300).map(|i| 0.013 + ((i * 7) % 29) as f64 / 13.3 - 1.1).collect();
        for function in ALL {
            let run = |step: f64| {
                let x: Vec<f64> = x.iter().map(|x| x + step).collect();
                let mut y = vec![0.0; x.len()];
                forward(function, &x, &mut y);
                y
            };
            let (above, below) = (run(1e-6), run(-1e-6));
            let (d_y, mut d_x) = (vec![3.0; x.len()], vec![1.0; x.len()]);
            backward(function, &x, &d_y, &mut d_x, true);
            for i in 0..x.len() {
                let want = 1.0 + 3.0 * (above[i] - below[i]) / 2e-6;
                assert!((d_x[i] - want).abs() < 1e-3, "{function:?} at {}: {} for {want}", x[i], d_x[i]);
            }
        }
    }

    #[test]
    fn numbers_are_rounded_to_the_even_one_and_what_is_none_is_replaced() {
        let mut y = [0.0_f32; 4];
        forward(Function::Round { decimals: 0 }, &[0.5, 1.5, -2.5, 2.4], &mut y);
        assert_eq!(y, [0.0, 2.0, -2.0, 2.0]);
        forward(Function::Round { decimals: -1 }, &[15.0, 24.0, -26.0, 5.0], &mut y);
        assert_eq!(y, [20.0, 20.0, -30.0, 0.0]);
        let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 7.0];
        forward(Function::Replace { nan: 1.0, most: 2.0, least: 3.0 }, &odd, &mut y);
        assert_eq!(y, [1.0, 2.0, 3.0, 7.0]);
    }
}
