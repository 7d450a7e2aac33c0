//! How Keras's layers hold what they are made of, which its files follow.

use std::borrow::Cow;

use crate::layers::AnyLayer;

/// A part of a layer in Keras: an object of its own, with variables of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Part<'l> {
    /// What the names of its weights begin with here, in front of a `/`; empty where all are the part's.
    pub name: Cow<'l, str>,
    /// The attribute of Keras's layer that it is in: `cell`, `cells/lstm_cell_1`.
    pub attribute: Cow<'static, str>,
    /// Which layer it is, of one that has parts itself.
    pub layer: Option<&'l AnyLayer>,
}

impl<'l> Part<'l> {
    /// A part of which nothing more is to be known.
    #[must_use]
    pub const fn new(name: &'static str, attribute: &'static str) -> Self {
        Self { name: Cow::Borrowed(name), attribute: Cow::Borrowed(attribute), layer: None }
    }

    /// A layer within the layer.
    #[must_use]
    pub fn layer(name: impl Into<Cow<'l, str>>, attribute: impl Into<Cow<'static, str>>, layer: &'l AnyLayer) -> Self {
        Self { name: name.into(), attribute: attribute.into(), layer: Some(layer) }
    }
}
