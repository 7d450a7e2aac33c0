//! What an expression stands for while a graph is built.

use model_graph::graph::{LayerId, TensorId};
use model_graph::layer::Manner;

use super::frame::Frame;

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A tensor of the graph.
    Tensor(TensorId),
    /// A layer that was made, to be called; it may be for each step of a sequence.
    Layer(LayerId, Manner),
    /// Layers to be called one after the other: `Sequential([..])`.
    Sequence(Vec<(LayerId, Manner)>),
    /// A number, string, boolean or `None`, or a list of them.
    Data(serde_json::Value),
    /// A list that holds tensors.
    List(Vec<Value>),
    /// Several values in parentheses, or the results of a block.
    Tuple(Vec<Value>),
    /// What has no value, such as an `if` without `else`.
    Nothing,
    /// What a reported fault leaves: nothing more is said about it.
    Broken,
}

impl Value {
    /// Whether a fault is in it.
    pub fn is_broken(&self) -> bool {
        match self {
            Self::Broken => true,
            Self::List(values) | Self::Tuple(values) => values.iter().any(Self::is_broken),
            Self::Tensor(_) | Self::Layer(..) | Self::Sequence(_) | Self::Data(_) | Self::Nothing => false,
        }
    }

    /// What messages call it.
    pub fn describe(&self, frame: &Frame) -> String {
        match self {
            Self::Tensor(tensor) => {
                let tensor = &frame.graph.tensors[tensor.0];
                format!("the tensor `{}` {}", tensor.label, tensor.ty)
            }
            Self::Layer(layer, manner) => format!("the layer `{}`", frame.graph.layers[layer.0].kind.source_in(*manner)),
            Self::Sequence(layers) => format!("a sequence of {} layers", layers.len()),
            Self::Nothing => "nothing".to_owned(),
            Self::Data(data) => format!("`{}`", model_graph::argument::source(data)),
            Self::List(_) => "a list of tensors".to_owned(),
            Self::Tuple(values) => format!("{} values", values.len()),
            Self::Broken => "something".to_owned(),
        }
    }
}

impl Value {
    /// Whether a tensor is in it.
    pub fn holds_tensors(&self) -> bool {
        match self {
            Self::Tensor(_) => true,
            Self::List(values) | Self::Tuple(values) => values.iter().any(Self::holds_tensors),
            Self::Layer(..) | Self::Sequence(_) | Self::Data(_) | Self::Nothing | Self::Broken => false,
        }
    }

    /// The items, if it is a list, of tensors or of data.
    pub fn items(&self) -> Option<Vec<Self>> {
        match self {
            Self::List(values) => Some(values.clone()),
            Self::Data(serde_json::Value::Array(items)) => Some(items.iter().cloned().map(Self::Data).collect()),
            _ => None,
        }
    }

    /// The layers in it.
    pub fn layers(&self, found: &mut Vec<LayerId>) {
        match self {
            Self::Layer(layer, _) => found.push(*layer),
            Self::Sequence(layers) => found.extend(layers.iter().map(|(layer, _)| layer)),
            Self::List(values) | Self::Tuple(values) => values.iter().for_each(|value| value.layers(found)),
            Self::Tensor(_) | Self::Data(_) | Self::Nothing | Self::Broken => {}
        }
    }

    /// Whether a layer is in it, so that what is called with it calls layers of the caller's.
    pub fn holds_layers(&self) -> bool {
        match self {
            Self::Layer(..) | Self::Sequence(_) => true,
            Self::List(values) | Self::Tuple(values) => values.iter().any(Self::holds_layers),
            Self::Tensor(_) | Self::Data(_) | Self::Nothing | Self::Broken => false,
        }
    }
}
