//! The fields of a model's or block's struct: one a layer, in the order of first calls.

use std::collections::HashSet;

use model_graph::Graph;
use model_graph::graph::{Kind, LayerId};
use model_graph::names::{Counter, snake_case};
use proc_macro2::{Ident, Span};

use super::identifier;

/// The fields of a struct.
#[derive(Debug)]
pub struct Fields(Vec<(LayerId, Ident)>);

impl Fields {
    /// A model's: layers under the names that they have in its configuration, blocks under their own, numbered.
    pub fn of_model(graph: &Graph, flat: &Graph) -> Self {
        let mut names = flat.layers.iter().map(|layer| layer.name().to_owned());
        let mut own = Vec::new();
        for id in graph.call_order() {
            let kind = &graph.layers[id.0].kind;
            own.push(match kind {
                Kind::Block(block) => {
                    names.by_ref().take(flat_layers(block)).for_each(drop);
                    None
                }
                Kind::Layer(_) | Kind::Model(_) => names.next(),
            });
        }
        Self::unique(graph, own)
    }

    /// A block's: layers under the names that they would have if the block were a model.
    pub fn of_block(graph: &Graph) -> Self {
        let mut counter = Counter::default();
        let mut names = vec![None; graph.layers.len()];
        for (i, layer) in graph.layers.iter().enumerate().filter(|(_, layer)| layer.built.is_some()) {
            names[i] = match &layer.kind {
                Kind::Layer(_) => Some(layer.name.clone().unwrap_or_else(|| counter.next(layer.kind.class()))),
                Kind::Model(model) => Some(layer.name.clone().unwrap_or_else(|| counter.next(&model.name))),
                Kind::Block(_) => None,
            };
        }
        let own = graph.call_order().into_iter().map(|id| names[id.0].take()).collect();
        Self::unique(graph, own)
    }

    fn unique(graph: &Graph, own: Vec<Option<String>>) -> Self {
        let mut taken: HashSet<String> = own.iter().flatten().cloned().collect();
        let mut counter = Counter::default();
        let fields = graph.call_order().into_iter().zip(own).map(|(id, name)| {
            let name = name.unwrap_or_else(|| {
                let base = snake_case(graph.layers[id.0].kind.class());
                loop {
                    let name = counter.next(&base);
                    if taken.insert(name.clone()) {
                        break name;
                    }
                }
            });
            (id, identifier(&name, Span::call_site()))
        });
        Self(fields.collect())
    }

    /// The layers with their fields, in order.
    pub fn iter(&self) -> impl Iterator<Item = (LayerId, &Ident)> {
        self.0.iter().map(|(id, name)| (*id, name))
    }

    /// The field of a layer.
    pub fn get(&self, layer: LayerId) -> Ident {
        let found = self.0.iter().find(|(id, _)| *id == layer).map(|(_, name)| name.clone());
        found.unwrap_or_else(|| Ident::new("layer", Span::call_site()))
    }
}

/// The number of layers that a block adds to a flat graph.
fn flat_layers(graph: &Graph) -> usize {
    let count = |id: &LayerId| match &graph.layers[id.0].kind {
        Kind::Block(block) => flat_layers(block),
        Kind::Layer(_) | Kind::Model(_) => 1,
    };
    graph.call_order().iter().map(count).sum()
}
