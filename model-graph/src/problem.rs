//! What can be wrong with a layer, as data. `message` words it.

use serde_json::Value;

use crate::argument::TargetShape;
use crate::custom::RuleProblem;
use crate::dim::Dim;
use crate::layer::Arity;
use crate::named::{Clash, Unworkable};
use crate::shape::{DType, Shape, TensorType};

/// Why a layer's arguments make no layer.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentProblem {
    /// An argument without a default is not given.
    Missing {
        /// Its name.
        argument: &'static str,
        /// What values it takes.
        expected: &'static str,
    },
    /// There is no argument of this name.
    Unknown {
        /// What was written.
        argument: String,
        /// The names that there are.
        valid: Vec<&'static str>,
    },
    /// An argument is given twice.
    Twice {
        /// Its name.
        argument: String,
    },
    /// More values without a name than there are arguments.
    TooMany {
        /// How many there may be.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// A value is of another type, or outside the range.
    Value {
        /// The argument.
        argument: &'static str,
        /// What values it takes.
        expected: &'static str,
        /// What was given.
        found: Value,
    },
    /// Something inside of a value, an object of a configuration, is not what it must be.
    Inside {
        /// The argument.
        argument: &'static str,
        /// The key it is under.
        key: String,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: Value,
    },
    /// A value is none of the names that there are.
    Choice {
        /// The argument.
        argument: &'static str,
        /// The names that there are.
        choices: Vec<&'static str>,
        /// What was given.
        found: Value,
    },
}

impl ArgumentProblem {
    /// The argument that is to blame, where there is one that was written.
    #[must_use]
    pub fn argument(&self) -> Option<&str> {
        match self {
            Self::Unknown { argument, .. } | Self::Twice { argument } => Some(argument),
            Self::Value { argument, .. } | Self::Choice { argument, .. } | Self::Inside { argument, .. } => Some(argument),
            Self::Missing { .. } | Self::TooMany { .. } => None,
        }
    }
}

/// Why a layer does not fit its inputs.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The number of inputs is wrong.
    Arity {
        /// What the layer takes.
        expected: Arity,
        /// What it was given.
        found: usize,
    },
    /// A call of a model or block has the wrong number of inputs.
    Inputs {
        /// The names of its inputs.
        expected: Vec<String>,
        /// How many were given.
        found: usize,
    },
    /// An input of a model has another type.
    InputType {
        /// Which input.
        operand: usize,
        /// The model's name for it.
        input: String,
        /// The type it must have.
        expected: TensorType,
        /// The type it has.
        found: TensorType,
    },
    /// The inputs of a model give one of its names of dimensions two sizes.
    Named(Box<Clash>),
    /// A layer of a model cannot work on the sizes that the model's names get by the inputs.
    Unworkable(Box<Unworkable>),
    /// An input has the wrong number of axes.
    Rank {
        /// Which input.
        operand: usize,
        /// The axes that there must be, by name, or empty for at least one.
        expected: &'static [&'static str],
        /// The shape that there is.
        found: Shape,
    },
    /// An input has elements of another type.
    DType {
        /// Which input.
        operand: usize,
        /// The type that they must have.
        expected: DType,
        /// The type that they have.
        found: DType,
    },
    /// The inputs are not of one shape.
    Differ {
        /// Their shapes.
        shapes: Vec<Shape>,
        /// The one axis on which they may differ.
        except: Option<usize>,
    },
    /// A window is larger than what it moves over.
    Window {
        /// The argument that gave the window.
        argument: &'static str,
        /// The axis.
        axis: &'static str,
        /// The window's extent, dilation included.
        window: usize,
        /// The distance between its taps.
        dilation: usize,
        /// The input's size along the axis.
        size: Dim,
    },
    /// More is cropped than there is.
    Crop {
        /// The axis.
        axis: &'static str,
        /// How much is cropped at both ends.
        cropping: usize,
        /// The input's size along the axis.
        size: Dim,
    },
    /// The output of a transposed convolution is made longer by a whole step.
    OutputPadding {
        /// The axis.
        axis: &'static str,
        /// How much longer it is made.
        padding: usize,
        /// The step.
        stride: usize,
    },
    /// Two arguments that exclude each other.
    Exclusive {
        /// The first.
        first: &'static str,
        /// The second.
        second: &'static str,
    },
    /// A number of channels is not divisible by the number of groups.
    Groups {
        /// `filters` or `channels`.
        what: &'static str,
        /// How many there are.
        size: Dim,
        /// The groups.
        groups: usize,
    },
    /// An argument has numbers for another number of channels.
    Channels {
        /// The argument.
        argument: &'static str,
        /// How many channels it has numbers for.
        expected: usize,
        /// The shape that there is.
        found: Shape,
    },
    /// A shape has another number of elements.
    Elements {
        /// The shape that there is.
        from: Shape,
        /// The shape that was asked for.
        to: TargetShape,
    },
    /// A permutation is of another number of axes.
    Axes {
        /// How many axes it names.
        expected: usize,
        /// The shape that there is.
        found: Shape,
    },
    /// There is no such axis.
    Axis {
        /// The argument that named it.
        argument: &'static str,
        /// The axis as it was written.
        axis: i64,
        /// The input's shape.
        shape: Shape,
    },
    /// The axis is the batch's.
    BatchAxis {
        /// The argument that named it.
        argument: &'static str,
        /// The axis as it was written.
        axis: i64,
    },
    /// A size must be known while compiling.
    Unknown {
        /// Which input.
        operand: usize,
        /// The axis, as counted from 0 in the sample's shape.
        axis: usize,
        /// The input's shape.
        shape: Shape,
    },
    /// A layer with weights is called again with another type.
    Rebuilt {
        /// The type it was first called with.
        first: TensorType,
        /// The type it is called with now.
        now: TensorType,
    },
    /// The inputs do not fit the shape rule of a user's layer.
    Rule(Box<RuleProblem>),
    /// A size does not fit the arithmetic.
    Overflow,
}

impl From<RuleProblem> for Problem {
    fn from(problem: RuleProblem) -> Self {
        Self::Rule(Box::new(problem))
    }
}

/// The part of a call that is to blame for a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The layer itself.
    Layer,
    /// One of its inputs.
    Operand(usize),
    /// One of its arguments.
    Argument(&'static str),
}

impl Problem {
    /// The part of the call that is to blame.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Arity { .. } | Self::Inputs { .. } | Self::Rebuilt { .. } | Self::Overflow => Blame::Layer,
            Self::Rank { operand, .. } | Self::DType { operand, .. } => Blame::Operand(*operand),
            Self::Named(clash) => Blame::Operand(clash.second.operand),
            Self::Unworkable(_) => Blame::Operand(0),
            Self::InputType { operand, .. } | Self::Unknown { operand, .. } => Blame::Operand(*operand),
            Self::Differ { shapes, except } => Blame::Operand(odd_one_out(shapes, *except)),
            Self::Window { argument, .. } | Self::Channels { argument, .. } => Blame::Argument(argument),
            Self::Crop { .. } => Blame::Argument("cropping"),
            Self::OutputPadding { .. } => Blame::Argument("output_padding"),
            Self::Exclusive { second, .. } => Blame::Argument(second),
            Self::Groups { .. } => Blame::Argument("groups"),
            Self::Elements { .. } => Blame::Argument("target_shape"),
            Self::Axes { .. } => Blame::Argument("dims"),
            Self::Axis { argument, .. } | Self::BatchAxis { argument, .. } => Blame::Argument(argument),
            Self::Rule(problem) => problem.blame(),
        }
    }
}

/// The first shape that differs from the first one.
pub(crate) fn odd_one_out(shapes: &[Shape], except: Option<usize>) -> usize {
    let differs = |shape: &Shape| match except {
        _ if shape.rank() != shapes[0].rank() => true,
        Some(axis) => shape.0.iter().zip(&shapes[0].0).enumerate().any(|(i, (a, b))| i != axis && a != b),
        None => shape != &shapes[0],
    };
    shapes.iter().position(differs).unwrap_or(0)
}
