//! The values that a layer's arguments take: read from the macro and from configurations alike, and written back.
//!
//! Both sides speak JSON: `3`, `"same"` and `null` mean the same in a layer call and in a file.

mod activation;
mod augment;
mod bins;
mod constraint;
mod equation;
mod initializer;
mod listed;
mod near;
mod noise_shape;
mod number;
mod object;
mod option;
mod own;
mod regularizer;
mod stft;
mod wrapped;

pub use activation::{Activation, GateActivation};
pub use augment::{FillMode, FlipMode, Sampling, SignedFactor, TurnFactor, UnitFactor, ValueRange, ZoomFactor};
pub use bins::{BinMode, Boundaries, Tolerance};
pub use constraint::{Constraint, ConstraintAxes};
pub use equation::{Dots, Equation, Letters, PartialShape};
pub use initializer::{Distribution, FanMode, Initializer, Start};
pub use listed::{Indices, NormOrder, PadMode, PadWidth, Repeats, Scalar, Sections, StretchedShape, Terms, Whole, Wholes};
pub use near::near;
pub use noise_shape::NoiseShape;
pub use number::{
    Axes, Axis, AxisOfEach, Border, Ends, Epsilon, Extra, Fraction, Groups, KeptAxes, Kernel, ListedAxes, MOST_AXES, NonNegative,
    Number, OutputAxes, PerChannel, Permutation, Positive, Rate, SharedAxes, Size, TargetShape, size_of_constants, size_value,
};
pub use object::{ObjectClass, object, object_class};
pub use option::{
    Absent, ChannelsLast, ConstantFill, Interpolation, Off, OutputMode, Padding, ScoreMode, SequencePadding, SingleType,
    Unneeded, Zero,
};
pub use own::{OwnFunction, function_value, object_value};
pub use regularizer::{Regularizer, Vectors};
pub use serde_json::Value;
pub use stft::{FrameScaling, FrameWindow, Stft};
pub use wrapped::{BackwardLayer, Cell, Cells, ForwardLayer, MergeMode, SIGNATURE, Wrapped};

/// A type that a layer's argument may have.
pub trait Argument: Sized {
    /// What is expected, as a message and the reference table say it: `a whole number of at least 1`.
    const EXPECTED: &'static str;

    /// The classes whose objects it may be, as a layer call makes them: `L2(1e-4)`.
    const OBJECTS: &'static [ObjectClass] = &[];

    /// Whether it is a layer, or a list of them.
    const TAKES_LAYERS: bool = false;

    /// Reads a value.
    ///
    /// # Errors
    /// If the value is not of this type, or outside its range.
    fn from_value(value: &Value) -> Result<Self, Mismatch>;

    /// Writes the value as Keras's configuration has it.
    fn to_value(&self) -> Value;

    /// Writes the value as a layer call has it.
    fn to_source(&self) -> String {
        source(&self.to_value())
    }
}

/// Why a value does not serve as an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The value is of another type or outside the range.
    Expected(&'static str),
    /// The value is none of the names that there are.
    Choice(Vec<&'static str>),
    /// Something inside of the value, an object, is not what it must be.
    Inside {
        /// The key it is under.
        key: String,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: Value,
    },
}

/// A value in the notation of layer calls.
#[must_use]
pub fn source(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        Value::Array(items) => format!("[{}]", items.iter().map(source).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => match (size_of_constants(value), object.get("class_name"), object.get("config")) {
            (Some(size), ..) => size.to_string(),
            (None, Some(Value::String(class)), _) if crate::layers::Class::find(class).is_some() => {
                Wrapped::from_value(value).map_or_else(|_| format!("{class}(..)"), |layer| layer.to_source())
            }
            (None, Some(Value::String(class)), Some(Value::String(name))) if class == "function" => own::source(name).to_owned(),
            (None, Some(Value::String(class)), Some(Value::Object(config))) => {
                let arguments = config.iter().map(|(name, value)| format!("{name} = {}", source(value)));
                format!("{class}({})", arguments.collect::<Vec<_>>().join(", "))
            }
            _ => value.to_string(),
        },
        Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

impl Argument for bool {
    const EXPECTED: &'static str = "`true` or `false`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        value.as_bool().ok_or(Mismatch::Expected(Self::EXPECTED))
    }

    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl<T: Argument> Argument for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    const OBJECTS: &'static [ObjectClass] = T::OBJECTS;
    const TAKES_LAYERS: bool = T::TAKES_LAYERS;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() { Ok(None) } else { T::from_value(value).map(Some) }
    }

    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }

    fn to_source(&self) -> String {
        self.as_ref().map_or_else(|| source(&Value::Null), T::to_source)
    }
}

/// Reads one of a few names; a right name in a wrong case or with an alias is found by the caller's list of nearest names.
pub(crate) fn choose<T: Copy>(value: &Value, choices: &[(&'static str, T)], expected: &'static str) -> Result<T, Mismatch> {
    let name = value.as_str().ok_or(Mismatch::Expected(expected))?;
    let found = choices.iter().find(|(choice, _)| *choice == name);
    found.map(|(_, value)| *value).ok_or_else(|| Mismatch::Choice(choices.iter().map(|(choice, _)| *choice).collect()))
}
