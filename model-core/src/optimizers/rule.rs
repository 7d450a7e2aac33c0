//! What an optimiser's file says: its arguments, once, what it remembers of a weight, and how a step changes one.

use serde_json::Value;

use super::arguments::Arguments;
use super::common::Common;
use crate::buffer::Buffer;
use crate::error::Result;
use crate::float::Float;
use crate::kernels::lanes;
use crate::schedules::LearningRate;

/// A weight, as an optimiser knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Of<'w> {
    /// Its path: `encoder/dense/kernel`.
    pub(crate) path: &'w str,
    pub(crate) shape: &'w [usize],
}

/// Something that is remembered of a weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Slot {
    /// Keras's name.
    pub(crate) name: &'static str,
    pub(crate) shape: Vec<usize>,
    pub(crate) start: Start,
    /// Whether its elements are squares, or sums or means of such.
    pub(crate) are_squares: bool,
}

/// What a slot is before the first step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Start {
    Constant(f64),
    /// The weight as it is then.
    Weight,
}

impl Slot {
    /// A slot of zeros in a weight's shape.
    pub(crate) fn new(name: &'static str, of: Of<'_>) -> Self {
        Self { name, shape: of.shape.to_vec(), start: Start::Constant(0.0), are_squares: false }
    }

    /// The same, of squares.
    pub(crate) fn squares(name: &'static str, of: Of<'_>) -> Self {
        Self { are_squares: true, ..Self::new(name, of) }
    }

    /// The same with another start.
    pub(crate) fn from(self, start: Start) -> Self {
        Self { start, ..self }
    }

    pub(crate) fn elements(&self) -> usize {
        self.shape.iter().product()
    }
}

/// What Keras's files have of a weight for an optimiser.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kept {
    /// The slot of a name.
    Slot(&'static str),
    /// Zeros of a shape, which Keras never looks at.
    Unused(Vec<usize>),
}

/// A step of a weight.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step<'s> {
    /// Its number; the first is 1.
    pub(crate) iteration: u64,
    /// Its size.
    pub(crate) rate: f64,
    /// The weight's shape.
    pub(crate) shape: &'s [usize],
}

/// What an optimiser does with a weight.
pub(crate) trait Rule: Arguments + Stated {
    /// What is remembered of a weight, in the order of `step`'s slots.
    fn slots(&self, of: Of<'_>) -> Vec<Slot>;

    /// Changes a weight by its gradient. `room` is to work in; whatever it was before is lost.
    fn step(&self, step: Step<'_>, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>], room: &mut Buffer<f32>);

    /// What all that is remembered of an element is multiplied with where its gradient is zero, if each element moves by its own gradient alone, and not at
    /// all where that is zero.
    fn kept_at_zero(&self) -> Option<f64> {
        None
    }

    /// How much a weight of which this is remembered decays.
    fn weight_decay(&self, _slots: &[Buffer<f32>]) -> Option<f64> {
        self.common().weight_decay
    }

    /// What Keras's files have of a weight, in groups: first stands the first group of every weight, then the second of every weight.
    fn kept(&self, of: Of<'_>) -> Vec<Vec<Kept>> {
        vec![self.slots(of).into_iter().map(|slot| Kept::Slot(slot.name)).collect()]
    }

    /// A number that Keras's files have behind all weights, and that follows from the steps that were taken.
    fn kept_number(&self, _steps: u64) -> Option<f64> {
        None
    }

    /// Checks arguments that are patterns.
    fn check_patterns(&self) -> Result<()> {
        Ok(())
    }
}

/// What follows from the statement of an optimiser's arguments.
pub(crate) trait Stated {
    /// Keras's name for the first of its kind.
    fn name(&self) -> &'static str;
    fn learning_rate(&self) -> &LearningRate;
    fn learning_rate_mut(&mut self) -> &mut LearningRate;
    fn common(&self) -> &Common;
    fn common_mut(&mut self) -> &mut Common;
    /// The arguments with Keras's defaults, in the order of Keras's signature.
    fn signature() -> Vec<(String, Value)>
    where
        Self: Sized;
}

/// The largest step that a rule takes, and the largest number that it remembers but for squares.
///
/// From weights of at most 1e30 it leaves finite ones. No step that makes sense is nearly as large.
const LARGEST_STEP: f64 = 1e36;

/// A number, or the largest of its sign that is allowed where it is beyond.
#[inline(always)]
pub(crate) fn bounded<T: Float>(x: T) -> T {
    within(x, LARGEST_STEP)
}

/// The same with another limit.
#[inline(always)]
pub(crate) fn within<T: Float>(x: T, limit: f64) -> T {
    let limit = T::from_f64(limit);
    lanes::max(lanes::min(x, limit), -limit)
}

/// The largest sum of squares.
#[inline(always)]
pub(crate) fn summed<T: Float>(x: T) -> T {
    lanes::min(x, T::from_f64(1e38))
}

/// The first slots; those that are not there are empty.
pub(crate) fn first<const N: usize>(slots: &mut [Buffer<f32>]) -> [&mut [f32]; N] {
    let mut slots = slots.iter_mut();
    std::array::from_fn(|_| slots.next().map_or(&mut [][..], |slot| &mut **slot))
}

/// An optimiser: its documentation, its class and Keras's name for the first of its kind, the default rate (and decay, where it has one,
/// which may be its `first` argument), and its own arguments in Keras's order: those before the common ones, and those behind them.
macro_rules! optimizer {
    (
        $(#[$doc:meta])*
        $name:ident = $keras:literal, learning_rate = $rate:literal $(, weight_decay = $decay:literal $($first:ident)?)?;
        { $($before:tt)* }
        $({ $($behind:tt)* })?
    ) => {
        $crate::optimizers::rule::optimizer! { @struct [$(#[$doc])*] $name { $($before)* $($($behind)*)? } }
        $crate::optimizers::arguments::arguments! { $name; $($before)* $($($behind)*)? }

        impl $name {
            /// Steps of this size, a number or a [schedule](crate::schedules); the rest is Keras's default.
            #[doc = concat!("Keras's default for the size is ", stringify!($rate), ".")]
            #[must_use]
            pub fn new(learning_rate: impl Into<$crate::schedules::LearningRate>) -> Self {
                $crate::optimizers::rule::optimizer! {
                    @new learning_rate.into(),
                    $crate::optimizers::Common { $(weight_decay: Some($decay),)? ..Default::default() },
                    { $($before)* $($($behind)*)? }
                }
            }

            $crate::optimizers::common::common_methods! {}
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new($rate)
            }
        }

        impl $crate::optimizers::rule::Stated for $name {
            fn name(&self) -> &'static str {
                $keras
            }

            fn learning_rate(&self) -> &$crate::schedules::LearningRate {
                &self.learning_rate
            }

            fn learning_rate_mut(&mut self) -> &mut $crate::schedules::LearningRate {
                &mut self.learning_rate
            }

            fn common(&self) -> &$crate::optimizers::Common {
                &self.common
            }

            fn common_mut(&mut self) -> &mut $crate::optimizers::Common {
                &mut self.common
            }

            fn signature() -> Vec<(String, serde_json::Value)> {
                let before = $crate::optimizers::rule::optimizer! { @count { $($before)* } };
                let is_decay_first = false $($(|| stringify!($first) == "first")?)?;
                $crate::optimizers::common::signature(&Self::default(), before, is_decay_first)
            }
        }
    };
    (
        @struct [$($doc:tt)*] $name:ident
        { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr, $range:expr $(, from $given:ty)?;)* }
    ) => {
        $($doc)*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            /// The size of a step, or what tells it.
            pub learning_rate: $crate::schedules::LearningRate,
            $($(#[$field_doc])* pub $field: $type,)*
            /// The arguments that every optimiser has.
            pub common: $crate::optimizers::Common,
        }
    };
    (
        @new $rate:expr, $common:expr,
        { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr, $range:expr $(, from $given:ty)?;)* }
    ) => {
        Self { learning_rate: $rate, $($field: $default,)* common: $common }
    };
    (@count { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr, $range:expr $(, from $given:ty)?;)* }) => {
        <[&str]>::len(&[$(stringify!($field)),*])
    };
}

pub(crate) use optimizer;
