//! Functions of two variables, or of a variable and a number.

use std::panic::Location;

use crate::error::Result;
use crate::float::Float;
use crate::variable::operate::{Operand, arithmetic};
use crate::variable::var::Var;

/// What stands beside a variable: another one, or a number.
#[derive(Clone, Debug)]
pub enum Other<T: Float = f32> {
    /// A variable.
    Var(Var<T>),
    /// A number.
    Number(f64),
}

impl<T: Float> From<&Var<T>> for Other<T> {
    fn from(var: &Var<T>) -> Self {
        Self::Var(var.clone())
    }
}

impl<T: Float> From<Var<T>> for Other<T> {
    fn from(var: Var<T>) -> Self {
        Self::Var(var)
    }
}

impl<T: Float> From<f64> for Other<T> {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl<T: Float> Other<T> {
    fn operand(&self) -> Operand<'_, T> {
        match self {
            Self::Var(var) => Operand::Var(var),
            Self::Number(number) => Operand::Number(*number),
        }
    }
}

macro_rules! of_two {
    ($($(#[doc = $doc:literal])* $name:ident = $keras:literal;)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Errors
            /// If the shapes do not fit: they have as many axes, of the same sizes or of size 1.
            #[track_caller]
            pub fn $name<T: Float>(x1: &Var<T>, x2: impl Into<Other<T>>) -> Result<Var<T>> {
                x1.$name(x2)
            }
        )*

        /// Functions of two elements, of two tensors or of a tensor and a number.
        impl<T: Float> Var<T> {
            $(
                $(#[doc = $doc])*
                ///
                /// # Errors
                /// If the shapes do not fit: they have as many axes, of the same sizes or of size 1.
                #[track_caller]
                pub fn $name(&self, other: impl Into<Other<T>>) -> Result<Self> {
                    arithmetic($keras, [Operand::Var(self), other.into().operand()], Location::caller())
                }
            )*
        }
    };
}

of_two! {
    /// The angle of the point at the second to the right and the first up.
    arctan2 = "arctan2";
    /// The quotient, 0 where the second is 0.
    divide_no_nan = "divide_no_nan";
    /// Whether they are equal.
    equal = "equal";
    /// The quotient without what is behind the point.
    floor_divide = "floor_divide";
    /// The remainder, with the sign of the first.
    fmod = "fmod";
    /// Whether the first is above the second.
    greater = "greater";
    /// Whether the first is not below the second.
    greater_equal = "greater_equal";
    /// The root of the sum of both squares.
    hypot = "hypot";
    /// Whether the first is below the second.
    less = "less";
    /// Whether the first is not above the second.
    less_equal = "less_equal";
    /// The logarithm of the sum of `e^x`.
    logaddexp = "logaddexp";
    /// Whether both are true.
    logical_and = "logical_and";
    /// Whether one of them is true, or both.
    logical_or = "logical_or";
    /// Whether one of them is true, and not both.
    logical_xor = "logical_xor";
    /// The larger.
    maximum = "maximum";
    /// The smaller.
    minimum = "minimum";
    /// Whether they are not equal.
    not_equal = "not_equal";
    /// The first to the power of the second.
    power = "power";
}

macro_rules! operators {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {$(
        $(#[doc = $doc])*
        ///
        /// # Errors
        /// If the shapes do not fit: they have as many axes, of the same sizes or of size 1.
        #[track_caller]
        pub fn $name<T: Float>(x1: impl Into<Other<T>>, x2: impl Into<Other<T>>) -> Result<Var<T>> {
            arithmetic(stringify!($name), [x1.into().operand(), x2.into().operand()], Location::caller())
        }
    )*};
}

// What operators say as well, where an error is wanted at once.
operators! {
    /// The sum.
    add;
    /// The quotient.
    divide;
    /// The product.
    multiply;
    /// The difference.
    subtract;
}
