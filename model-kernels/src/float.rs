//! The element types that networks compute in: `f32`, and `f64` for gradient checks.

use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use crate::contract::table::HasTiles;
use crate::elementary::Elementary;

/// Work that is written out for each element type, so that a generic caller does not compile it again.
#[doc(hidden)]
pub trait ForEach {
    /// What it is given.
    type Given<T: Float>;
    /// What it gives back.
    type Result<T: Float>;

    /// The work in `f32`.
    fn single(given: Self::Given<f32>) -> Self::Result<f32>;

    /// The work in `f64`.
    fn double(given: Self::Given<f64>) -> Self::Result<f64>;
}

/// A floating-point element of a tensor.
#[expect(private_bounds, reason = "the elements that there are kernels for are a closed set")]
pub trait Float:
    Copy
    + Default
    + Debug
    + Display
    + PartialOrd
    + PartialEq
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
    + Elementary
    + HasTiles
    + ndarray::LinalgScalar
    + ndarray::ScalarOperand
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// Negative infinity.
    const NEG_INFINITY: Self;
    /// The largest number that is not infinite.
    const LARGEST: Self;
    /// The nearest element to an `f64`.
    fn from_f64(value: f64) -> Self;
    /// This element as an `f64`, exactly.
    fn to_f64(self) -> f64;
    /// `self * factor + summand`, rounded once.
    fn mul_add(self, factor: Self, summand: Self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// Whether this is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// Whether it is no number.
    fn is_nan(self) -> bool;
    /// Does the work that is written out for this type.
    #[doc(hidden)]
    fn select<W: ForEach>(given: W::Given<Self>) -> W::Result<Self>;
}

macro_rules! float {
    ($type:ident, $work:ident) => {
        impl Float for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEG_INFINITY: Self = $type::NEG_INFINITY;
            const LARGEST: Self = $type::MAX;
            #[inline]
            fn from_f64(value: f64) -> Self {
                value as $type
            }
            #[inline]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline]
            fn mul_add(self, factor: Self, summand: Self) -> Self {
                $type::mul_add(self, factor, summand)
            }
            #[inline]
            fn sqrt(self) -> Self {
                $type::sqrt(self)
            }
            #[inline]
            fn abs(self) -> Self {
                $type::abs(self)
            }
            #[inline]
            fn is_finite(self) -> bool {
                $type::is_finite(self)
            }

            fn is_nan(self) -> bool {
                $type::is_nan(self)
            }
            #[inline]
            fn select<W: ForEach>(given: W::Given<Self>) -> W::Result<Self> {
                W::$work(given)
            }
        }
    };
}

float!(f32, single);
float!(f64, double);
