//! Shape rules as data: `[.., features] -> [.., units]`.

use std::fmt;

use crate::dim::Dim;
use crate::problem::Blame;
use crate::shape::Shape;

/// How the outputs' shapes follow from the inputs'.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What the inputs must look like.
    pub inputs: Vec<Pattern>,
    /// What the outputs look like, of which there is at least one.
    pub outputs: Vec<Pattern>,
}

impl Rule {
    /// Whether `..` stands in the outputs.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.outputs.iter().any(|output| output.is_open)
    }
}

/// A shape: `[.., heads, features / heads]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Whether `..` stands first: any number of axes that the layer does not look at.
    pub is_open: bool,
    /// The sizes behind it.
    pub sizes: Vec<Size>,
}

/// A size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Size {
    /// So many.
    Number(u64),
    /// A dimension of the inputs, or an argument.
    Name(&'static str),
    /// Two sizes combined.
    Combined(Operation, Box<Size>, Box<Size>),
}

/// How two sizes are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, which must leave no remainder.
    Divide,
}

impl Size {
    /// The names in it.
    pub fn names(&self) -> Vec<&'static str> {
        match self {
            Self::Number(_) => Vec::new(),
            Self::Name(name) => vec![name],
            Self::Combined(_, left, right) => [left.names(), right.names()].concat(),
        }
    }
}

impl Operation {
    const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }

    const fn is_product(self) -> bool {
        matches!(self, Self::Multiply | Self::Divide)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
            Self::Combined(operation, left, right) => {
                let side = |size: &Self, is_right: bool| match size {
                    Self::Combined(inner, ..) if operation.is_product() && !inner.is_product() => format!("({size})"),
                    Self::Combined(inner, ..) if is_right && operation.is_product() == inner.is_product() => format!("({size})"),
                    Self::Combined(..) | Self::Number(_) | Self::Name(_) => size.to_string(),
                };
                write!(f, "{} {} {}", side(left, false), operation.sign(), side(right, true))
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dots = self.is_open.then(|| "..".to_owned());
        let sizes: Vec<String> = dots.into_iter().chain(self.sizes.iter().map(Size::to_string)).collect();
        write!(f, "[{}]", sizes.join(", "))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |patterns: &[Pattern]| patterns.iter().map(Pattern::to_string).collect::<Vec<_>>().join(", ");
        write!(f, "{} -> {}", list(&self.inputs), list(&self.outputs))
    }
}

/// An axis of an input, and its size.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisSize {
    /// Which input.
    pub operand: usize,
    /// The axis, as counted from 0 in the sample's shape.
    pub axis: usize,
    /// Its size.
    pub size: Dim,
}

/// Why inputs do not fit a shape rule.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleProblem {
    /// An input has another number of axes.
    Rank {
        /// Which input.
        operand: usize,
        /// What it must look like.
        pattern: Pattern,
        /// Its shape.
        found: Shape,
    },
    /// The axes that `..` stands for are others than the first input's.
    Open {
        /// Which input.
        operand: usize,
        /// Those of the first input.
        expected: Shape,
        /// Those of this one.
        found: Shape,
    },
    /// A name would be two sizes.
    Name {
        /// The name.
        name: &'static str,
        /// Where it was bound.
        first: AxisSize,
        /// Where it is another size.
        second: AxisSize,
    },
    /// An axis has another size than the rule says.
    Size {
        /// What the rule says.
        rule: Size,
        /// What that comes to.
        expected: Dim,
        /// The axis.
        found: AxisSize,
    },
    /// A division leaves a remainder.
    Remainder {
        /// The division.
        rule: Size,
        /// What is divided.
        dividend: Dim,
        /// What it is divided by.
        divisor: Dim,
        /// The argument in it, where there is one.
        argument: Option<&'static str>,
    },
    /// A size comes to nothing, or less.
    Empty {
        /// What has that size, in words.
        what: String,
        /// What the rule says of it.
        rule: Size,
        /// What that comes to.
        size: i64,
        /// The argument in it, where there is one.
        argument: Option<&'static str>,
    },
    /// A part does not fit what it would be called with.
    Part {
        /// Its name.
        name: &'static str,
        /// Why it does not, in the words of what it is, and what helps.
        message: String,
    },
}

impl RuleProblem {
    /// The part of the call that is to blame.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Rank { operand, .. } | Self::Open { operand, .. } => Blame::Operand(*operand),
            Self::Name { second: axis, .. } | Self::Size { found: axis, .. } => Blame::Operand(axis.operand),
            Self::Part { .. } => Blame::Layer,
            Self::Remainder { argument, .. } | Self::Empty { argument, .. } => argument.map_or(Blame::Layer, Blame::Argument),
        }
    }
}
