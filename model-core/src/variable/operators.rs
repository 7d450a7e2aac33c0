//! `+`, `-`, `*`, `/` and unary `-` of variables, numbers and arrays.

use std::ops::{Add, Div, Mul, Neg, Rem, Sub};
use std::panic::Location;

use ndarray::{ArrayBase, Data, Dimension};

use super::fault::Failure;
use super::operate::{Operand, operator};
use super::var::Var;
use crate::float::Float;
use crate::given::{AsArray, Element};

/// An array beside a variable: a constant of the variable's tape.
fn constant<T: Float>(beside: &Var<T>, array: &impl AsArray) -> Var<T> {
    let constant = beside.tape().and_then(|tape| tape.constant_of(&array.as_array()));
    constant.unwrap_or_else(|error| Var::failed(Failure::of(&error)))
}

macro_rules! operators {
    ($($trait:ident $method:ident $name:literal;)*) => {$(
        impl<T: Float> $trait<&Var<T>> for &Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: &Var<T>) -> Var<T> {
                operator($name, [Operand::Var(self), Operand::Var(other)], Location::caller())
            }
        }

        impl<T: Float> $trait<Var<T>> for &Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: Var<T>) -> Var<T> {
                operator($name, [Operand::Var(self), Operand::Var(&other)], Location::caller())
            }
        }

        impl<T: Float> $trait<&Var<T>> for Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: &Var<T>) -> Var<T> {
                operator($name, [Operand::Var(&self), Operand::Var(other)], Location::caller())
            }
        }

        impl<T: Float> $trait<Var<T>> for Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: Var<T>) -> Var<T> {
                operator($name, [Operand::Var(&self), Operand::Var(&other)], Location::caller())
            }
        }

        impl<T: Float> $trait<f64> for &Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: f64) -> Var<T> {
                operator($name, [Operand::Var(self), Operand::Number(other)], Location::caller())
            }
        }

        impl<T: Float> $trait<f64> for Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: f64) -> Var<T> {
                operator($name, [Operand::Var(&self), Operand::Number(other)], Location::caller())
            }
        }

        impl<T: Float> $trait<&Var<T>> for f64 {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: &Var<T>) -> Var<T> {
                operator($name, [Operand::Number(self), Operand::Var(other)], Location::caller())
            }
        }

        impl<T: Float> $trait<Var<T>> for f64 {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: Var<T>) -> Var<T> {
                operator($name, [Operand::Number(self), Operand::Var(&other)], Location::caller())
            }
        }

        impl<T: Float, S: Data<Elem: Element>, D: Dimension> $trait<&ArrayBase<S, D>> for &Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: &ArrayBase<S, D>) -> Var<T> {
                operator($name, [Operand::Var(self), Operand::Var(&constant(self, other))], Location::caller())
            }
        }

        impl<T: Float, S: Data<Elem: Element>, D: Dimension> $trait<&ArrayBase<S, D>> for Var<T> {
            type Output = Var<T>;
            #[track_caller]
            fn $method(self, other: &ArrayBase<S, D>) -> Var<T> {
                operator($name, [Operand::Var(&self), Operand::Var(&constant(&self, other))], Location::caller())
            }
        }
    )*};
}

operators! {
    Add add "add";
    Sub sub "subtract";
    Mul mul "multiply";
    Div div "divide";
    Rem rem "mod";
}

impl<T: Float> Neg for &Var<T> {
    type Output = Var<T>;
    #[track_caller]
    fn neg(self) -> Var<T> {
        operator("multiply", [Operand::Var(self), Operand::Number(-1.0)], Location::caller())
    }
}

impl<T: Float> Neg for Var<T> {
    type Output = Var<T>;
    #[track_caller]
    fn neg(self) -> Var<T> {
        -&self
    }
}
