//! What an expression stands for while a graph is built.

use model_graph::graph::{LayerId, TensorId};

use super::frame::Frame;

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A tensor of the graph.
    Tensor(TensorId),
    /// A layer that was made, to be called.
    Layer(LayerId),
    /// A number, string, boolean or `None`, or a list of them.
    Data(serde_json::Value),
    /// A list that holds tensors.
    List(Vec<Value>),
    /// Several values in parentheses, or the results of a block.
    Tuple(Vec<Value>),
    /// What a reported fault leaves: nothing more is said about it.
    Broken,
}

impl Value {
    /// Whether a fault is in it.
    pub fn is_broken(&self) -> bool {
        match self {
            Self::Broken => true,
            Self::List(values) | Self::Tuple(values) => values.iter().any(Self::is_broken),
            Self::Tensor(_) | Self::Layer(_) | Self::Data(_) => false,
        }
    }

    /// What messages call it.
    pub fn describe(&self, frame: &Frame) -> String {
        match self {
            Self::Tensor(tensor) => {
                let operand = frame.graph.operand(*tensor);
                format!("the tensor `{}` {}", operand.label, operand.ty)
            }
            Self::Layer(layer) => format!("the layer `{}`", frame.graph.layers[layer.0].kind.source()),
            Self::Data(data) => format!("`{}`", model_graph::argument::source(data)),
            Self::List(_) => "a list of tensors".to_owned(),
            Self::Tuple(values) => format!("{} values", values.len()),
            Self::Broken => "something".to_owned(),
        }
    }
}
