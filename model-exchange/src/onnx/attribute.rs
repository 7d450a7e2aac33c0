//! What nodes say besides their inputs.

use super::proto::attribute_proto::AttributeType;
use super::proto::{AttributeProto, GraphProto};

/// The value of an attribute.
#[derive(Clone, Debug)]
pub enum Attribute {
    /// A whole number.
    Int(i64),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// A number.
    Float(f32),
    /// A word.
    Text(&'static str),
    /// Words.
    Texts(Vec<&'static str>),
    /// The body of a loop.
    Body(Box<GraphProto>),
}

impl Attribute {
    /// The attribute of a name.
    pub fn named(self, name: &str) -> AttributeProto {
        let empty = AttributeProto { name: Some(name.to_owned()), ..AttributeProto::default() };
        let bytes = |text: &str| text.as_bytes().to_vec();
        let (kind, filled) = match self {
            Self::Int(number) => (AttributeType::Int, AttributeProto { i: Some(number), ..empty }),
            Self::Ints(ints) => (AttributeType::Ints, AttributeProto { ints, ..empty }),
            Self::Float(number) => (AttributeType::Float, AttributeProto { f: Some(number), ..empty }),
            Self::Text(text) => (AttributeType::String, AttributeProto { s: Some(bytes(text)), ..empty }),
            Self::Texts(texts) => {
                let strings = texts.into_iter().map(bytes).collect();
                (AttributeType::Strings, AttributeProto { strings, ..empty })
            }
            Self::Body(graph) => (AttributeType::Graph, AttributeProto { g: Some(*graph), ..empty }),
        };
        AttributeProto { r#type: Some(kind.into()), ..filled }
    }
}
