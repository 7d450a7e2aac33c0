//! Operations on variables, as functions and as methods: `ops::mean(&x, 1)` is `x.mean(1)`.

use std::ops::{Bound, RangeBounds};
use std::panic::Location;

use ndarray::ArrayD;
use serde_json::json;

use super::custom;
use super::fault::Fault;
use super::operate::{Along, Operand, along_axis, arithmetic, elementwise, form_along, from_front, one, reduce};
use super::var::{Form, Var};
use crate::error::Result;
use crate::float::Float;

pub use super::operate::along;

macro_rules! pointwise {
    ($($(#[doc = $doc:literal])* $name:ident = $keras:literal;)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Errors
            /// If the elements are not of a type that it takes.
            #[track_caller]
            pub fn $name<T: Float>(x: &Var<T>) -> Result<Var<T>> {
                x.$name()
            }
        )*

        /// Functions of each element.
        impl<T: Float> Var<T> {
            $(
                $(#[doc = $doc])*
                ///
                /// # Errors
                /// If the elements are not of a type that it takes.
                #[track_caller]
                pub fn $name(&self) -> Result<Self> {
                    elementwise($keras, &[], &[self], Location::caller())
                }
            )*
        }
    };
}

pointwise! {
    /// Without the sign.
    abs = "absolute";
    /// The angle whose tangent it is.
    arctan = "arctan";
    /// The next whole number from it on.
    ceil = "ceil";
    /// The cosine.
    cos = "cos";
    /// The hyperbolic cosine.
    cosh = "cosh";
    /// The error function.
    erf = "erf";
    /// `e^x`.
    exp = "exp";
    /// `e^x - 1`.
    expm1 = "expm1";
    /// The last whole number up to it.
    floor = "floor";
    /// `max(0, min(1, x / 6 + 1 / 2))`.
    hard_sigmoid = "hard_sigmoid";
    /// `x * hard_sigmoid(x)`.
    hard_silu = "hard_silu";
    /// `max(-1, min(1, x))`.
    hard_tanh = "hard_tanh";
    /// Whether it is a number that is not infinite.
    is_finite = "isfinite";
    /// Whether it is no number.
    is_nan = "isnan";
    /// The natural logarithm.
    log = "log";
    /// The logarithm of `1 + x`.
    log1p = "log1p";
    /// The logarithm to base 2.
    log2 = "log2";
    /// The logarithm to base 10.
    log10 = "log10";
    /// The logarithm of the sigmoid.
    log_sigmoid = "log_sigmoid";
    /// Whether it is false.
    logical_not = "logical_not";
    /// `1 / x`.
    reciprocal = "reciprocal";
    /// `max(0, x)`.
    relu = "relu";
    /// `min(6, max(0, x))`.
    relu6 = "relu6";
    /// `1 / sqrt(x)`.
    rsqrt = "rsqrt";
    /// The scaled exponential linear unit.
    selu = "selu";
    /// `1 / (1 + e^-x)`.
    sigmoid = "sigmoid";
    /// -1, 0 or 1.
    sign = "sign";
    /// `x * sigmoid(x)`.
    silu = "silu";
    /// The sine.
    sin = "sin";
    /// The hyperbolic sine.
    sinh = "sinh";
    /// `log(1 + e^x)`.
    softplus = "softplus";
    /// `x / (1 + |x|)`.
    softsign = "softsign";
    /// The root.
    sqrt = "sqrt";
    /// `x * x`.
    square = "square";
    /// The tangent.
    tan = "tan";
    /// The hyperbolic tangent.
    tanh = "tanh";
    /// `x - tanh(x)`.
    tanh_shrink = "tanh_shrink";
    /// Without what is behind the point.
    trunc = "trunc";
    /// Ones, in the shape of the tensor.
    ones_like = "ones_like";
    /// Zeros, in the shape of the tensor.
    zeros_like = "zeros_like";
}

macro_rules! reductions {
    ($($(#[doc = $doc:literal])* $name:ident;)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Errors
            /// If there is no such axis.
            #[track_caller]
            pub fn $name<T: Float>(x: &Var<T>, axes: impl Into<Along>) -> Result<Var<T>> {
                x.$name(axes)
            }
        )*

        /// What the elements along axes come to: `x.mean(1)`, `x.sum(..)` of all, `x.max(along([1, 2]).keepdims())`.
        impl<T: Float> Var<T> {
            $(
                $(#[doc = $doc])*
                ///
                /// # Errors
                /// If there is no such axis.
                #[track_caller]
                pub fn $name(&self, axes: impl Into<Along>) -> Result<Self> {
                    reduce(stringify!($name), self, axes.into(), Location::caller())
                }
            )*
        }
    };
}

reductions! {
    /// Whether all are true, or not 0.
    all;
    /// Whether any is true, or not 0.
    any;
    /// The logarithm of the sum of `e^x`.
    logsumexp;
    /// The largest.
    max;
    /// The mean.
    mean;
    /// The smallest.
    min;
    /// The standard deviation.
    std;
    /// The sum.
    sum;
    /// The variance.
    var;
}

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
    /// Whether they are equal.
    equal = "equal";
    /// The quotient without what is behind the point.
    floor_divide = "floor_divide";
    /// Whether the first is above the second.
    greater = "greater";
    /// Whether the first is not below the second.
    greater_equal = "greater_equal";
    /// Whether the first is below the second.
    less = "less";
    /// Whether the first is not above the second.
    less_equal = "less_equal";
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

/// The second where the first is true, the third elsewhere.
///
/// # Errors
/// If the shapes do not fit.
#[track_caller]
pub fn where_<T: Float>(condition: &Var<T>, x1: impl Into<Other<T>>, x2: impl Into<Other<T>>) -> Result<Var<T>> {
    let (mut tensors, mut arguments) = (vec![condition.clone()], Vec::new());
    for (other, argument) in [(x1.into(), "x1"), (x2.into(), "x2")] {
        match other {
            Other::Var(var) => tensors.push(var),
            Other::Number(number) => arguments.push((argument, json!(number))),
        }
    }
    elementwise("where", &arguments, &tensors.iter().collect::<Vec<_>>(), Location::caller())
}

/// Tensors one behind the other along an axis.
///
/// # Errors
/// If their other axes differ, or there is none.
#[track_caller]
pub fn concatenate<T: Float>(tensors: &[&Var<T>], axis: i64) -> Result<Var<T>> {
    along_axis("concatenate", tensors, axis, Location::caller())
}

/// A function with a backward of one's own: what it gives for these tensors, and how their gradients follow from that of what it gives.
///
/// Rounding whose gradient goes straight through:
///
/// ```
/// use model_core::variable::{Tape, ops};
/// use ndarray::array;
///
/// let tape = Tape::new();
/// let x = tape.variable(&array![0.2_f32, 1.7])?;
/// let rounded = ops::custom("round", &[&x], x.array()?.mapv(f32::round), |d_y| vec![Some(d_y.clone())])?;
/// let gradients = (&rounded * &rounded).sum(..)?.backward()?;
/// assert_eq!(gradients.of(&x)?, array![0.0, 4.0].into_dyn());
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Errors
/// If there is no tensor. A gradient of another shape than its tensor's is told by `backward`.
#[track_caller]
pub fn custom<T: Float>(
    name: &'static str,
    tensors: &[&Var<T>],
    output: ArrayD<T>,
    backward: impl FnOnce(&ArrayD<T>) -> Vec<Option<ArrayD<T>>> + 'static,
) -> Result<Var<T>> {
    custom::call(name, tensors, &output, Box::new(backward), Location::caller())
}

/// Softmax along an axis: shares that sum to 1.
///
/// # Errors
/// If there is no such axis.
#[track_caller]
pub fn softmax<T: Float>(x: &Var<T>, axis: i64) -> Result<Var<T>> {
    x.softmax(axis)
}

/// Other shapes, and parts.
impl<T: Float> Var<T> {
    /// Shares along an axis, which sum to 1: `e^x` over the sum of it.
    ///
    /// # Errors
    /// If there is no such axis.
    #[track_caller]
    pub fn softmax(&self, axis: i64) -> Result<Self> {
        along_axis("softmax", &[self], axis, Location::caller())
    }

    /// The elements in another shape; one size may be -1, which follows from the others.
    ///
    /// # Errors
    /// If the shape has another number of elements.
    #[track_caller]
    pub fn reshape<const N: usize>(&self, shape: [i64; N]) -> Result<Self> {
        self.reshape_at(&shape, Location::caller())
    }

    pub(super) fn reshape_at(&self, shape: &[i64], place: &'static Location<'static>) -> Result<Self> {
        if self.as_symbol().is_some() {
            return one("reshape", &[("newshape", json!(shape))], &[self], Form::Samples, place);
        }
        let known = self.known()?;
        let refusal = || Fault::Reshape { from: known.value.shape.to_vec(), to: shape.to_vec() }.at(place);
        let given = shape.iter().filter(|&&size| size != -1);
        let given = given.map(|&size| usize::try_from(size).ok()).try_fold(1_usize, |all, size| all.checked_mul(size?));
        let (elements, given) = (known.value.data.len(), given.filter(|&given| given > 0).ok_or_else(refusal)?);
        let open = shape.iter().filter(|&&size| size == -1).count();
        if open > 1 || elements % given != 0 || open == 0 && elements != given {
            return Err(refusal());
        }
        let size = |&size: &i64| if size == -1 { i64::try_from(elements / given).unwrap_or(i64::MAX) } else { size };
        let shape: Vec<i64> = shape.iter().map(size).collect();
        let batch = known.value.shape.first().and_then(|&batch| i64::try_from(batch).ok());
        let keeps_batch = batch.is_some() && shape.first().copied() == batch;
        let (form, sample) = if keeps_batch { (Form::Samples, &shape[1..]) } else { (Form::One, &shape[..]) };
        let target: Vec<i64> = std::iter::once(-1).chain(sample.iter().copied()).collect();
        one("reshape", &[("newshape", json!(target))], &[self], form, place)
    }

    /// The axes in another order.
    ///
    /// # Errors
    /// If these are not all axes, each once.
    #[track_caller]
    pub fn transpose<const N: usize>(&self, axes: [usize; N]) -> Result<Self> {
        let (form, axes) = match axes.first() {
            _ if self.as_symbol().is_some() => (Form::Samples, axes.to_vec()),
            Some(0) => (Form::Samples, axes.to_vec()),
            _ => (Form::One, std::iter::once(0).chain(axes.iter().map(|axis| axis.saturating_add(1))).collect()),
        };
        one("transpose", &[("axes", json!(axes))], &[self], form, Location::caller())
    }

    /// The tensor with a new axis of size 1 at this place.
    ///
    /// # Errors
    /// If there is no such place.
    #[track_caller]
    pub fn expand_dims(&self, axis: i64) -> Result<Self> {
        let (rank, place) = (self.rank()?, Location::caller());
        let (form, axis) = form_along("expand_dims", axis, self, rank.saturating_add(1), place)?;
        one("expand_dims", &[("axis", json!([axis]))], &[self], form, place)
    }

    /// The tensor without an axis of size 1.
    ///
    /// # Errors
    /// If there is no such axis, or its size is another.
    #[track_caller]
    pub fn squeeze(&self, axis: i64) -> Result<Self> {
        let (rank, place) = (self.rank()?, Location::caller());
        let (form, axis) = form_along("squeeze", axis, self, rank, place)?;
        one("squeeze", &[("axis", json!([axis]))], &[self], form, place)
    }

    /// One place of an axis, which goes: `x.at(1, -1)` is the last step of each sample.
    ///
    /// # Errors
    /// If there is no such axis or place.
    #[track_caller]
    pub fn at(&self, axis: i64, place: i64) -> Result<Self> {
        self.part(axis, json!(place), Location::caller())
    }

    /// A slice of an axis: `x.slice(1, ..5)`, `x.slice(0, -1..)`; negative places count from the end.
    ///
    /// # Errors
    /// If there is no such axis, or nothing in the slice.
    #[track_caller]
    pub fn slice(&self, axis: i64, places: impl RangeBounds<i64>) -> Result<Self> {
        let start = match places.start_bound() {
            Bound::Included(&start) => Some(start),
            Bound::Excluded(&start) => Some(start.saturating_add(1)),
            Bound::Unbounded => None,
        };
        let stop = match places.end_bound() {
            // Behind the last is the end.
            Bound::Included(-1) | Bound::Unbounded => None,
            Bound::Included(&stop) => Some(stop.saturating_add(1)),
            Bound::Excluded(&stop) => Some(stop),
        };
        let slice = json!({ "class_name": "__slice__", "config": { "start": start, "stop": stop, "step": null } });
        self.part(axis, slice, Location::caller())
    }

    fn part(&self, axis: i64, part: serde_json::Value, place: &'static Location<'static>) -> Result<Self> {
        let rank = self.rank()?;
        let whole = json!({ "class_name": "__slice__", "config": { "start": null, "stop": null, "step": null } });
        let axis = usize::try_from(from_front("get_item", axis, rank, place)?).unwrap_or_default();
        let (form, before) = if axis == 0 && self.as_symbol().is_none() { (Form::One, 1) } else { (Form::Samples, axis) };
        let key: Vec<serde_json::Value> = std::iter::repeat_n(whole, before).chain([part]).collect();
        one("get_item", &[("key", json!(key))], &[self], form, place)
    }
}
