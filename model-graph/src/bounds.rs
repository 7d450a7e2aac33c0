//! What a graph asks of its integers: which of them are the numbers of something, and of how many. It is asked of the inputs where the model runs,
//! and of what layers make where they are called.

use std::collections::HashMap;

use crate::graph::{Graph, Kind, LayerId, Source, TensorId};
use crate::problem::Problem;
use crate::shape::{DType, TensorType};

/// A layer that makes numbers which nothing stands for.
struct Maker {
    /// The layer, as one would write it.
    source: String,
    /// How far its numbers go beyond the bound.
    beyond: usize,
}

impl Graph {
    /// For each input, the bound that its elements must be below, where a layer looks something up by them.
    #[must_use]
    pub fn input_bounds(&self) -> Vec<Option<usize>> {
        self.bounds_within(&vec![None; self.outputs.len()])
    }

    /// Checks that what is called looks up no numbers that layers before it make beyond what there is.
    pub(crate) fn check_numbers(&self, layer: LayerId, inputs: &[TensorId]) -> Result<(), Problem> {
        let bounds: Vec<Option<usize>> = match self.layers.get(layer.0).map(|layer| &layer.kind) {
            Some(Kind::Layer(any)) => {
                let types: Vec<TensorType> = inputs.iter().map(|&input| self.ty(input).clone()).collect();
                (0..types.len()).map(|input| any.place_bound(input, &types).or_else(|| any.index_bound())).collect()
            }
            Some(Kind::Model(inner) | Kind::Block(inner)) if inputs.iter().any(|&input| self.ty(input).dtype == DType::I32) => {
                inner.input_bounds()
            }
            Some(Kind::Model(_) | Kind::Block(_)) | None => Vec::new(),
        };
        for (operand, (&input, bound)) in inputs.iter().zip(bounds).enumerate() {
            if let Some((bound, Maker { source, beyond })) =
                bound.and_then(|bound| Some((bound, self.maker_beyond(input, bound)?)))
            {
                let below = bound.saturating_add(beyond);
                return Err(Problem::Numbers { operand, bound, source, below });
            }
        }
        Ok(())
    }

    /// What makes numbers that a tensor has although they are not below a bound.
    fn maker_beyond(&self, tensor: TensorId, bound: usize) -> Option<Maker> {
        let (mut open, mut seen) = (vec![(tensor, bound)], HashMap::new());
        while let Some((tensor, bound)) = open.pop() {
            if self.ty(tensor).dtype != DType::I32 || seen.get(&tensor).is_some_and(|known| *known <= bound) {
                continue;
            }
            seen.insert(tensor, bound);
            let Source::Node(node, output) = self.tensors.get(tensor.0)?.source else { continue };
            let node = self.nodes.get(node.0)?;
            match &self.layers.get(node.layer.0)?.kind {
                Kind::Layer(any) => {
                    let types: Vec<TensorType> = node.inputs.iter().map(|&input| self.ty(input).clone()).collect();
                    match (any.numbers_below(&types, output), any.index_bound_before(bound)) {
                        (Some(below), _) if below > bound => {
                            return Some(Maker { source: any.source(), beyond: below.saturating_sub(bound) });
                        }
                        (Some(_), _) | (None, None) => {}
                        (None, Some(bound)) => open.extend(node.inputs.iter().map(|&input| (input, bound))),
                    }
                }
                Kind::Model(inner) | Kind::Block(inner) => {
                    if let Some(maker) = inner.maker_beyond(inner.outputs.get(output)?.tensor, bound) {
                        return Some(maker);
                    }
                    let asked = (0..inner.outputs.len()).map(|other| (other == output).then_some(bound));
                    let bounds = inner.bounds_within(&asked.collect::<Vec<_>>());
                    open.extend(node.inputs.iter().zip(bounds).filter_map(|(&input, bound)| Some((input, bound?))));
                }
            }
        }
        None
    }

    /// The bounds of the inputs, given those of the outputs: they go back from each call to what it was given.
    fn bounds_within(&self, outputs: &[Option<usize>]) -> Vec<Option<usize>> {
        let mut bounds = vec![None; self.tensors.len()];
        for (port, bound) in self.outputs.iter().zip(outputs) {
            lower(&mut bounds, port.tensor, *bound);
        }
        for node in self.nodes.iter().rev() {
            let asked: Vec<Option<usize>> = node.outputs.iter().map(|output| bounds[output.0]).collect();
            let bound_of_inputs = match &self.layers[node.layer.0].kind {
                Kind::Layer(any) => {
                    let bound = any.index_bound().or_else(|| any.index_bound_before(asked.first().copied().flatten()?));
                    let types: Vec<TensorType> = node.inputs.iter().map(|&input| self.ty(input).clone()).collect();
                    (0..types.len()).map(|input| any.place_bound(input, &types).or(bound)).collect()
                }
                Kind::Model(inner) | Kind::Block(inner) => inner.bounds_within(&asked),
            };
            for (&input, bound) in node.inputs.iter().zip(bound_of_inputs) {
                let is_integer = self.ty(input).dtype == DType::I32;
                lower(&mut bounds, input, bound.filter(|_| is_integer));
            }
        }
        self.inputs.iter().map(|port| bounds[port.tensor.0]).collect()
    }
}

/// Lowers a tensor's bound.
fn lower(bounds: &mut [Option<usize>], tensor: TensorId, bound: Option<usize>) {
    let all = bounds[tensor.0].into_iter().chain(bound);
    bounds[tensor.0] = all.min();
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::layers::Class;

    fn layer(class: &str, arguments: &serde_json::Value) -> Kind {
        Kind::from(Class::find(class).unwrap().read(arguments.as_object().unwrap()).unwrap())
    }

    fn words() -> TensorType {
        TensorType { dtype: DType::I32, ..TensorType::f32([4]) }
    }

    #[test]
    fn the_smallest_table_bounds_an_input_through_views_and_models() {
        let mut inner = Graph::new("inner");
        let x = inner.input("x", words());
        let table = inner.layer(layer("Embedding", &json!({ "input_dim": 7, "output_dim": 2 })), None);
        let output = inner.call(table, &[x]).unwrap()[0];
        inner.output("y", output);

        let mut graph = Graph::new("outer");
        let (a, b, c) = (graph.input("a", words()), graph.input("b", words()), graph.input("c", TensorType::f32([4])));
        let table = graph.layer(layer("Embedding", &json!({ "input_dim": 9, "output_dim": 2 })), None);
        let flat = graph.layer(layer("Reshape", &json!({ "target_shape": [2, 2] })), None);
        let nested = graph.layer(Kind::Model(Arc::new(inner)), None);
        let reshaped = graph.call(flat, &[a]).unwrap()[0];
        for (layer, tensor) in [(table, reshaped), (nested, a)] {
            let output = graph.call(layer, &[tensor]).unwrap()[0];
            graph.output("y", output);
        }
        graph.output("b", b);
        graph.output("c", c);
        assert_eq!(graph.input_bounds(), [Some(7), None, None]);
    }
}
