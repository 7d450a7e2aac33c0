//! The inputs and outputs of a model, as arrays are checked against them.

use std::borrow::Cow;
use std::sync::Arc;

use model_graph::Graph;
use model_graph::graph::Port as GraphPort;
use model_graph::named;
use model_graph::shape::{DType, Shape};

/// An input or output of a model.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) name: String,
    /// The shape of a sample, of which sizes may be known by name.
    dims: Shape,
    /// The same, where all sizes are known.
    known: Option<Vec<usize>>,
    /// The names of the model's dimensions.
    names: Arc<[String]>,
    /// Whether it takes integers only.
    pub(crate) is_integer: bool,
    /// What its integers must be below, where something is looked up by them.
    pub(crate) bound: Option<usize>,
    /// Of an output: its mask, which passes write behind all outputs.
    pub(crate) mask: Option<Box<Port>>,
}

/// The size that the last axis of an output is thought of to have where that is known by name: losses and metrics for classes accept it.
const NOMINAL: usize = 2;

impl Port {
    /// An output of this name, with samples of this shape.
    pub(crate) fn of(name: &str, shape: &[usize]) -> Self {
        let (dims, known, names) = (Shape::from(shape), Some(shape.to_vec()), Arc::default());
        Self { name: name.to_owned(), dims, known, names, is_integer: false, bound: None, mask: None }
    }

    /// The same, with elements of this type.
    pub(crate) fn of_type(self, dtype: DType) -> Self {
        Self { is_integer: !dtype.has_gradient(), ..self }
    }

    /// The shape of a sample, where the named dimensions have these sizes.
    pub(crate) fn shape(&self, sizes: &[usize]) -> Cow<'_, [usize]> {
        match &self.known {
            Some(known) => Cow::Borrowed(known),
            None => Cow::Owned(self.dims.0.iter().map(|dim| named::elements(dim, &self.names, sizes)).collect()),
        }
    }

    /// The number of elements of a sample.
    pub(crate) fn elements(&self, named: &[usize]) -> usize {
        self.shape(named).iter().product()
    }

    /// The size of the last axis, or what stands for it before its name has a size.
    pub(crate) fn nominal_row(&self) -> usize {
        self.dims.0.last().map_or(1, |last| last.size().unwrap_or(NOMINAL))
    }

    /// The size of the last axis, unless that is known by name only.
    pub(crate) fn known_row(&self) -> Option<usize> {
        self.dims.0.last().map_or(Some(1), |last| last.size())
    }

    /// Whether a size is known by name only.
    pub(crate) const fn has_names(&self) -> bool {
        self.known.is_none()
    }

    /// The number of axes of a sample.
    pub(crate) fn rank(&self) -> usize {
        self.dims.rank()
    }

    /// The shape of a sample as it is declared.
    pub(crate) fn dims(&self) -> &Shape {
        &self.dims
    }

    /// The shape of a batch as it is declared: `[samples, words, 10]`.
    pub(crate) fn batched(&self) -> String {
        let sizes = std::iter::once("samples".to_owned()).chain(self.dims.0.iter().map(ToString::to_string));
        format!("[{}]", sizes.collect::<Vec<_>>().join(", "))
    }
}

/// The inputs and the outputs of a model.
pub(crate) fn ports(graph: &Graph) -> (Vec<Port>, Vec<Port>) {
    let names: Arc<[String]> = graph.names().into();
    let read = |port: &GraphPort, bound: Option<usize>| {
        let ty = graph.ty(port.tensor);
        let bound = if ty.dtype == DType::Bool { Some(2) } else { bound };
        let (name, names) = (port.name.clone(), names.clone());
        let is_integer = !ty.dtype.has_gradient();
        Port { name, dims: ty.shape.clone(), known: ty.shape.sizes(), names, is_integer, bound, mask: None }
    };
    let inputs = graph.inputs.iter().zip(graph.input_bounds()).map(|(port, bound)| read(port, bound)).collect();
    let own = graph.own_outputs();
    let mut outputs: Vec<Port> = own.iter().map(|port| read(port, None)).collect();
    for (&of, port) in graph.masked.iter().zip(&graph.outputs[own.len()..]) {
        outputs[of].mask = Some(Box::new(read(port, None)));
    }
    (inputs, outputs)
}

/// What passes write: the outputs, and behind them the masks of those that have one.
pub(crate) fn written<'p>(outputs: impl Iterator<Item = &'p Port> + Clone) -> impl Iterator<Item = &'p Port> {
    outputs.clone().chain(outputs.filter_map(|port| port.mask.as_deref()))
}
