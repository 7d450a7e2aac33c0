//! The sizes that users' arrays give to a model's named dimensions: each one, and the same wherever the name stands.

use model_graph::Graph;
use model_graph::dim::Dim;
use model_graph::named::{Clash, Misfit, Side, Unworkable};
use model_graph::shape::Shape;

use super::ports::Port;
use crate::error::{Error, Result, Role};

/// The sizes of a graph's named dimensions, in their order, for inputs of these shapes.
pub(crate) fn bind(graph: &Graph, ports: &[Port], shapes: &[Vec<usize>]) -> Result<Vec<usize>> {
    let given: Vec<Shape> = shapes.iter().map(|shape| Shape::from(shape.as_slice())).collect();
    let meanings = graph.bind(&given).map_err(|misfit| misfit_error(ports, shapes, misfit))?;
    let sizes: Option<Vec<usize>> = meanings.iter().map(|(_, size)| size.size().filter(|&size| size > 0)).collect();
    let unworkable = |Unworkable { layer, from, to }| Error::TooSmall {
        sizes: meanings.iter().map(|(name, size)| format!("`{name}` is {size}")).collect::<Vec<_>>().join(", "),
        layer,
        from: from.to_string(),
        to: to.to_string(),
    };
    graph.check_meanings(&meanings).map_err(unworkable)?;
    sizes.ok_or_else(|| shape_error(ports, shapes, 0))
}

fn misfit_error(ports: &[Port], shapes: &[Vec<usize>], misfit: Misfit) -> Error {
    match misfit {
        Misfit::Shape { operand } => shape_error(ports, shapes, operand),
        Misfit::Clash(clash) => {
            let Clash { dim, size, first, second } = *clash;
            let side = |Side { operand, .. }: &Side| (ports[*operand].name.clone(), shapes[*operand].clone());
            let (first, second) = (side(&first), (side(&second), second.found));
            Error::Named {
                dim: dim.to_string(),
                first_role: Role::Input,
                first: first.0,
                expected: size.to_string(),
                role: Role::Input,
                name: second.0.0,
                found: second.1.to_string(),
            }
        }
    }
}

fn shape_error(ports: &[Port], shapes: &[Vec<usize>], operand: usize) -> Error {
    let (port, found) = (&ports[operand], &shapes[operand]);
    let found = std::iter::once("samples".to_owned()).chain(found.iter().map(usize::to_string)).collect::<Vec<_>>().join(", ");
    Error::Shape { role: Role::Input, name: port.name.clone(), expected: port.batched(), found: format!("[{found}]"), help: None }
}

/// A target that has another size along an axis than follows from the names' sizes, which an input has given.
pub(crate) fn clash(inputs: &[Port], target: &Port, named: &[usize], found: &[usize]) -> Option<Error> {
    let expected = target.shape(named);
    let axis = (0..expected.len().min(found.len())).find(|&axis| expected[axis] != found[axis])?;
    let dim: &Dim = &target.dims().0[axis];
    let mut names = Vec::new();
    dim.visit_names(&mut |name| names.push(name));
    let gives = |port: &&Port| {
        let mut gives = false;
        port.dims().0.iter().for_each(|dim| dim.visit_names(&mut |name| gives |= names.contains(&name)));
        gives
    };
    let first = inputs.iter().find(gives)?;
    Some(Error::Named {
        dim: dim.to_string(),
        first_role: Role::Input,
        first: first.name.clone(),
        expected: expected[axis].to_string(),
        role: Role::Target,
        name: target.name.clone(),
        found: found[axis].to_string(),
    })
}
