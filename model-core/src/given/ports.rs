//! The inputs and outputs of a model, as arrays are checked against them.

use model_graph::Graph;
use model_graph::graph::Port as GraphPort;
use model_graph::shape::DType;

use crate::error::{Error, Result, Role};

/// An input or output of a model.
#[derive(Clone, Debug)]
pub(crate) struct Port {
    pub(crate) name: String,
    /// The shape of a sample.
    pub(crate) shape: Vec<usize>,
    /// The number of elements of a sample.
    pub(crate) elements: usize,
    /// Whether it takes integers only.
    pub(crate) is_integer: bool,
    /// What its integers must be below, where something is looked up by them.
    pub(crate) bound: Option<usize>,
}

/// The inputs and the outputs of a model.
pub(crate) fn ports(graph: &Graph) -> Result<(Vec<Port>, Vec<Port>)> {
    let bounded = graph.inputs.iter().zip(graph.input_bounds());
    let inputs = bounded.map(|(port, bound)| read(graph, Role::Input, port, bound)).collect::<Result<_>>()?;
    let outputs = graph.outputs.iter().map(|port| read(graph, Role::Output, port, None)).collect::<Result<_>>()?;
    Ok((inputs, outputs))
}

fn read(graph: &Graph, role: Role, port: &GraphPort, bound: Option<usize>) -> Result<Port> {
    let ty = graph.ty(port.tensor);
    let name = port.name.clone();
    let Some(shape) = ty.shape.sizes() else {
        return Err(Error::UnknownSize { role, name, shape: ty.shape.to_string() });
    };
    Ok(Port { name, elements: shape.iter().product(), shape, is_integer: ty.dtype == DType::I32, bound })
}
