//! The words for what is wrong with a call. Every message about layers, arguments and shapes is made here: the macro adds the span,
//! the run time the path.

mod argument;
mod call;
mod differ;
mod help;
mod history;
mod instead;
mod mask;
mod rule;
mod words;

use std::fmt::{self, Display};

use crate::layers::AnyLayer;
use crate::problem::{Blame, Problem};
use crate::shape::{Shape, TensorType};

pub use argument::ArgumentError;
pub use instead::{instead, reason};
pub use words::{brief, choices, is_slip, list, nearest, short, tensors, there_are};

/// What messages say about an input of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// The user's word for it.
    pub label: String,
    /// Its type.
    pub ty: TensorType,
    /// The call that gave it its shape.
    pub origin: Option<Origin>,
    /// What it could be, where a call has taken axes away.
    pub kept: Option<Kept>,
    /// Whether it is an input of the model or block.
    pub is_input: bool,
}

/// What a tensor would be if a layer that takes axes away were written to keep them.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// The argument that keeps them, `return_sequences` or `keepdims`.
    pub argument: &'static str,
    /// The layer with that argument, as one would write it.
    pub layer: String,
    /// The tensor's type then.
    pub ty: TensorType,
    /// Whether the tensor is what the layer gives, and not what others have made of that.
    pub is_direct: bool,
}

/// A call that changed a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The layer as one would write it.
    pub layer: String,
    /// The shape before.
    pub from: Shape,
    /// The shape after.
    pub to: Shape,
    /// The shape that `padding = "same"` there would give, where that keeps the size.
    pub padded: Option<Shape>,
}

/// A call that does not fit its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct CallError {
    /// The layer as one would write it.
    pub layer: String,
    /// The layer's class, or the name of the model or block.
    pub class: String,
    /// Its inputs.
    pub operands: Vec<Operand>,
    /// What is wrong.
    pub problem: Problem,
}

impl CallError {
    /// A layer that does not fit tensors of which nothing but their types is known.
    #[must_use]
    pub fn of_types(layer: &AnyLayer, types: &[TensorType], problem: Problem) -> Self {
        let operand = |(i, ty): (usize, &TensorType)| Operand {
            label: if types.len() == 1 { "the input".to_owned() } else { format!("input {}", i.saturating_add(1)) },
            ty: ty.clone(),
            origin: None,
            kept: None,
            is_input: true,
        };
        let operands = types.iter().enumerate().map(operand).collect();
        Self { layer: layer.source(), class: layer.class().to_owned(), operands, problem }
    }

    /// The part of the call that is to blame.
    #[must_use]
    pub fn blame(&self) -> Blame {
        self.problem.blame()
    }
}

impl Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        self.history().iter().try_for_each(|line| write!(f, "\n{line}"))?;
        write!(f, "\nhelp: {}", self.help())
    }
}

impl std::error::Error for CallError {}
