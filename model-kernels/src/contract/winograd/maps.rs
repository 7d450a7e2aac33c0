//! The linear maps of the algorithm along one axis.
//!
//! A product of polynomials follows from its values at as many points as it has coefficients, infinity being one of them: the kernel's taps
//! and what comes back from the outputs are evaluated there, and the input is brought into the form that goes with it. The points but zero
//! and infinity come in pairs `±p`, whose values share the even and the odd part.
//!
//! They are chosen for small rounding errors, since their powers stand in the maps: about one, and apart from each other. (Barabasz,
//! Anderson, Soodhalter, Gregg: "Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural Networks", 2018,
//! arXiv:1803.10986; these were found by trying the quarters and eighths up to two.)
#![allow(unsafe_code)] // operations of an instruction set that the caller has found

use crate::float::Float;
use crate::simd::Simd;

/// The taps of a kernel along an axis.
pub(super) const TAPS: usize = 3;

/// A linear map of `IN` numbers to `OUT`, lane by lane.
pub(super) trait Map<const IN: usize, const OUT: usize> {
    /// # Safety
    /// The machine has `S`.
    unsafe fn apply<S: Simd>(x: &[S::Vector; IN]) -> [S::Vector; OUT];
}

/// The points of an algorithm: zero, if it is one, then pairs, then infinity.
pub(super) trait Points {
    /// What the kernel's value at zero is multiplied by, if zero is a point.
    const ZERO: Option<f64>;
    /// The positive point of each pair, and what the kernel's values there are multiplied by.
    const PAIRS: &'static [(f64, f64)];
}

/// Two outputs: 0, ±1, ∞.
pub(super) struct Two;
/// Three outputs: ±1/2, ±5/4, ∞.
pub(super) struct Three;
/// Four outputs: 0, ±5/8, ±3/2, ∞.
pub(super) struct Four;

impl Points for Two {
    const ZERO: Option<f64> = Some(1.0);
    const PAIRS: &'static [(f64, f64)] = &[(1.0, 0.5)];
}

impl Three {
    const A: f64 = 0.5;
    const B: f64 = 1.25;
}

impl Points for Three {
    const ZERO: Option<f64> = None;
    const PAIRS: &'static [(f64, f64)] = {
        let (a, b) = (Self::A, Self::B);
        &[(a, 0.5 / (a * (a * a - b * b))), (b, 0.5 / (b * (b * b - a * a)))]
    };
}

impl Four {
    const A: f64 = 0.625;
    const B: f64 = 1.5;
}

impl Points for Four {
    const ZERO: Option<f64> = Some(1.0 / (Self::A * Self::A * Self::B * Self::B));
    const PAIRS: &'static [(f64, f64)] = {
        let (a, b) = (Self::A, Self::B);
        &[(a, 0.5 / (a * a * (a * a - b * b))), (b, 0.5 / (b * b * (b * b - a * a)))]
    };
}

/// Brings an input into the form whose products with the kernel's values give the outputs: for each point the coefficients of the
/// polynomial that is zero at all others, and for infinity of the one that is zero at all.
pub(super) struct Input<P>(P);

impl Map<4, 4> for Input<Two> {
    #[inline(always)]
    unsafe fn apply<S: Simd>(d: &[S::Vector; 4]) -> [S::Vector; 4] {
        // SAFETY: the caller's promise.
        unsafe { [plus::<S>(-1.0, d[2], d[0]), S::add(d[2], d[1]), plus::<S>(-1.0, d[1], d[2]), plus::<S>(-1.0, d[1], d[3])] }
    }
}

impl Map<5, 5> for Input<Three> {
    #[inline(always)]
    unsafe fn apply<S: Simd>(d: &[S::Vector; 5]) -> [S::Vector; 5] {
        let (a, b) = (Three::A, Three::B);
        // SAFETY: the caller's promise.
        unsafe {
            let [at_a, at_minus_a] = values::<S>(a, plus::<S>(-b * b, d[1], d[3]), plus::<S>(-b * b, d[0], d[2]));
            let [at_b, at_minus_b] = values::<S>(b, plus::<S>(-a * a, d[1], d[3]), plus::<S>(-a * a, d[0], d[2]));
            let at_infinity = plus::<S>(a * a * b * b, d[0], plus::<S>(-a * a - b * b, d[2], d[4]));
            // The polynomials are odd and even the other way round, which turns the sign at the negative points.
            [at_a, times::<S>(-1.0, at_minus_a), at_b, times::<S>(-1.0, at_minus_b), at_infinity]
        }
    }
}

impl Map<6, 6> for Input<Four> {
    #[inline(always)]
    unsafe fn apply<S: Simd>(d: &[S::Vector; 6]) -> [S::Vector; 6] {
        let (a, b) = (Four::A, Four::B);
        // SAFETY: the caller's promise.
        unsafe {
            let at_zero = plus::<S>(a * a * b * b, d[0], plus::<S>(-a * a - b * b, d[2], d[4]));
            let [at_a, at_minus_a] = values::<S>(a, plus::<S>(-b * b, d[2], d[4]), plus::<S>(-b * b, d[1], d[3]));
            let [at_b, at_minus_b] = values::<S>(b, plus::<S>(-a * a, d[2], d[4]), plus::<S>(-a * a, d[1], d[3]));
            let at_infinity = plus::<S>(a * a * b * b, d[1], plus::<S>(-a * a - b * b, d[3], d[5]));
            [at_zero, at_a, at_minus_a, at_b, at_minus_b, at_infinity]
        }
    }
}

/// The values of a polynomial at the points: of the kernel's taps, which are `WEIGHTED`, or of the outputs' gradient.
pub(super) struct Values<P, const WEIGHTED: bool>(P);

impl<P: Points, const WEIGHTED: bool, const IN: usize, const OUT: usize> Map<IN, OUT> for Values<P, WEIGHTED> {
    #[inline(always)]
    unsafe fn apply<S: Simd>(x: &[S::Vector; IN]) -> [S::Vector; OUT] {
        let weigh = |weight: f64| if WEIGHTED { weight } else { 1.0 };
        let mut values = [x[IN - 1]; OUT];
        let mut at = 0;
        // SAFETY: the caller's promise.
        unsafe {
            if let Some(weight) = P::ZERO {
                values[at] = if WEIGHTED { times::<S>(weight, x[0]) } else { x[0] };
                at += 1;
            }
            for &(p, weight) in P::PAIRS {
                let weight = weigh(weight);
                let mut even = times::<S>(weight, x[0]);
                let mut odd = times::<S>(weight, x[1]);
                if IN > 2 {
                    even = plus::<S>(weight * p * p, x[2], even);
                }
                if IN > 3 {
                    odd = plus::<S>(weight * p * p, x[3], odd);
                }
                [values[at], values[at + 1]] = self::values::<S>(p, even, odd);
                at += 2;
            }
        }
        values
    }
}

/// The transposed map: from products at the points to the outputs, or, `WEIGHTED`, to the gradient of the kernel's taps.
pub(super) struct Sums<P, const WEIGHTED: bool>(P);

impl<P: Points, const WEIGHTED: bool, const IN: usize, const OUT: usize> Map<IN, OUT> for Sums<P, WEIGHTED> {
    #[inline(always)]
    unsafe fn apply<S: Simd>(x: &[S::Vector; IN]) -> [S::Vector; OUT] {
        // SAFETY: the caller's promise.
        unsafe {
            let mut sums = [S::splat(S::Element::ZERO); OUT];
            sums[OUT - 1] = x[IN - 1];
            let mut at = 0;
            if let Some(weight) = P::ZERO {
                sums[0] = if WEIGHTED { times::<S>(weight, x[0]) } else { x[0] };
                at += 1;
            }
            for &(p, weight) in P::PAIRS {
                let (even, odd) = (S::add(x[at], x[at + 1]), plus::<S>(-1.0, x[at + 1], x[at]));
                let mut power = if WEIGHTED { weight } else { 1.0 };
                for (index, sum) in sums.iter_mut().enumerate() {
                    *sum = plus::<S>(power, if index % 2 == 0 { even } else { odd }, *sum);
                    power *= p;
                }
                at += 2;
            }
            sums
        }
    }
}

/// `factor * x`.
///
/// # Safety
/// The machine has `S`, as for those that follow.
#[inline(always)]
unsafe fn times<S: Simd>(factor: f64, x: S::Vector) -> S::Vector {
    // SAFETY: the caller's promise.
    unsafe { S::mul_add(S::splat(S::Element::from_f64(factor)), x, S::splat(S::Element::ZERO)) }
}

/// `factor * x + y`.
#[inline(always)]
unsafe fn plus<S: Simd>(factor: f64, x: S::Vector, y: S::Vector) -> S::Vector {
    // SAFETY: the caller's promise.
    unsafe { S::mul_add(S::splat(S::Element::from_f64(factor)), x, y) }
}

/// The values at `p` and `-p` of what has an even part, and an odd one of `p` times something.
#[inline(always)]
unsafe fn values<S: Simd>(p: f64, even: S::Vector, odd: S::Vector) -> [S::Vector; 2] {
    // SAFETY: the caller's promise.
    unsafe { [plus::<S>(p, odd, even), plus::<S>(-p, odd, even)] }
}
