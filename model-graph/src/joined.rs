//! One graph out of two.

use crate::graph::{Graph, LayerId, NodeId, Source, TensorId};
use crate::mask::{Ended, MaskId};

impl Graph {
    /// Takes over all of another graph, behind what is there but for its outputs; what its tensors are moved by.
    pub fn append(&mut self, other: Self) -> usize {
        let (tensors, layers) = (self.tensors.len(), self.layers.len());
        let (nodes, inputs, masks) = (self.nodes.len(), self.inputs.len(), self.masks.len());
        let tensor = |TensorId(id): TensorId| TensorId(id.saturating_add(tensors));
        let node = |NodeId(id): NodeId| NodeId(id.saturating_add(nodes));
        let mask = |MaskId(id): MaskId| MaskId(id.saturating_add(masks));
        self.inputs.extend(other.inputs.into_iter().map(|mut port| {
            port.tensor = tensor(port.tensor);
            port
        }));
        self.layers.extend(other.layers);
        self.nodes.extend(other.nodes.into_iter().map(|mut call| {
            call.layer = LayerId(call.layer.0.saturating_add(layers));
            call.inputs.iter_mut().chain(&mut call.outputs).for_each(|id| *id = tensor(*id));
            call
        }));
        self.tensors.extend(other.tensors.into_iter().map(|mut own| {
            own.source = match own.source {
                Source::Input(input) => Source::Input(input.saturating_add(inputs)),
                Source::Node(of, output) => Source::Node(node(of), output),
                Source::Code => Source::Code,
            };
            own.mask = own.mask.map(mask);
            own
        }));
        self.masks.extend(other.masks.into_iter().map(|own| own.moved(&tensor, &mask)));
        self.ended.extend(other.ended.into_iter().map(|ended| Ended { at: node(ended.at), of: tensor(ended.of), ..ended }));
        tensors
    }
}

#[cfg(test)]
mod tests {
    use crate::config;
    use crate::graph::{Graph, TensorId};
    use crate::layers::Dense;
    use crate::shape::{Shape, TensorType};

    #[test]
    fn what_is_taken_over_is_called_as_before() {
        let one = |name: &str, units: usize| {
            let mut graph = Graph::new(name);
            let x = graph.input(name, TensorType::f32(Shape::from([4_usize])));
            let dense = graph.layer(Dense::new(units).read().unwrap(), Some(format!("dense_{name}")));
            let y = graph.call(dense, &[x]).unwrap()[0];
            (graph, y)
        };
        let ((mut a, y), (b, z)) = (one("a", 2), one("b", 3));
        let moved = a.append(b);
        a.output("y", y);
        a.output("z", TensorId(z.0 + moved));
        assert_eq!(a.parameters().total.size(), Some(25));
        assert_eq!(config::from_json(&config::to_json(&a)).unwrap().parameters(), a.parameters());
    }
}
