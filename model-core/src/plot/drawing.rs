//! What is drawn: cards, the frames around those of a model inside the model, and the edges between cards.

use std::collections::HashMap;

use model_graph::Graph;
use model_graph::graph::{Kind, LayerId, Port, TensorId};

use super::card::Card;

/// The largest number of cards with which models inside the model are drawn open.
const MOST: usize = 600;

/// A model inside the model.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    /// Its name.
    pub title: String,
    /// The frame it lies in.
    pub frame: Option<usize>,
}

/// A model as cards, frames and edges.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawing {
    /// The model's name.
    pub title: String,
    /// The cards, each behind those it depends on.
    pub cards: Vec<Card>,
    /// The frames, each behind the one it lies in.
    pub frames: Vec<Frame>,
    /// From card to card, in the order of the calls' inputs.
    pub edges: Vec<(usize, usize)>,
    is_open: bool,
}

impl Drawing {
    /// Draws a flat graph.
    pub fn new(graph: &Graph) -> Self {
        let is_open = cards(graph) <= MOST;
        let mut drawing = Self { title: graph.name.clone(), cards: Vec::new(), frames: Vec::new(), edges: Vec::new(), is_open };
        let inputs: Vec<usize> =
            graph.inputs.iter().map(|port| drawing.card(Card::port(&port.name, "input", graph.ty(port.tensor)))).collect();
        let makers = drawing.calls(graph, &inputs, None, false);
        if shows_outputs(graph) {
            for port in &graph.outputs {
                let card = drawing.card(Card::port(&port.name, "output", graph.ty(port.tensor)));
                drawing.edges.extend(makers.get(&port.tensor).map(|&maker| (maker, card)));
            }
        }
        drawing
    }

    fn card(&mut self, card: Card) -> usize {
        self.cards.push(card);
        self.cards.len() - 1
    }

    /// Draws the calls of a graph whose inputs come from these cards, and says which card each tensor comes from.
    fn calls(&mut self, graph: &Graph, inputs: &[usize], frame: Option<usize>, is_again: bool) -> HashMap<TensorId, usize> {
        let mut makers: HashMap<TensorId, usize> =
            graph.inputs.iter().map(|port| port.tensor).zip(inputs.iter().copied()).collect();
        let counts = calls_by_layer(graph);
        for node in &graph.nodes {
            let layer = &graph.layers[node.layer.0];
            let from: Vec<usize> = node.inputs.iter().filter_map(|input| makers.get(input).copied()).collect();
            let is_again = is_again || node.call > 0;
            let made = match &layer.kind {
                Kind::Model(inner) | Kind::Block(inner) if self.is_open => {
                    let inner = &*inner.shown();
                    let count = counts.get(&node.layer).copied().unwrap_or(1);
                    let mut title = layer.name().to_owned();
                    if node.manner.is_for_each_step() {
                        title = format!("{} · {title} at each step", layer.called(node.manner));
                    }
                    if count > 1 {
                        title.push_str(&format!(" · call {} of {count}", node.call + 1));
                    }
                    self.frames.push(Frame { title, frame });
                    let inside = self.calls(inner, &from, Some(self.frames.len() - 1), is_again);
                    inner.outputs.iter().filter_map(|port| inside.get(&port.tensor).copied()).collect()
                }
                Kind::Model(_) | Kind::Block(_) | Kind::Layer(_) => {
                    let outputs = node.outputs.iter().map(|&output| (graph.ty(output), graph.mask_of(output).is_some()));
                    let outputs: Vec<_> = outputs.collect();
                    let card = self.card(Card { frame, ..Card::call(layer, node.manner, &outputs, is_again) });
                    self.edges.extend(from.into_iter().map(|from| (from, card)));
                    vec![card; node.outputs.len()]
                }
            };
            makers.extend(node.outputs.iter().copied().zip(made));
        }
        makers
    }
}

fn calls_by_layer(graph: &Graph) -> HashMap<LayerId, usize> {
    graph.nodes.iter().fold(HashMap::new(), |mut counts, node| {
        *counts.entry(node.layer).or_insert(0) += 1;
        counts
    })
}

/// The number of cards with all models open.
fn cards(graph: &Graph) -> usize {
    let inside = |layer: LayerId| match &graph.layers[layer.0].kind {
        Kind::Model(inner) | Kind::Block(inner) => cards(inner),
        Kind::Layer(_) => 1,
    };
    let calls = calls_by_layer(graph).into_iter().map(|(layer, calls)| inside(layer).saturating_mul(calls));
    calls.fold(graph.inputs.len(), usize::saturating_add)
}

/// Whether outputs are worth cards of their own: there are several, or one is not named as its layer.
fn shows_outputs(graph: &Graph) -> bool {
    let is_own = |port: &Port| graph.tensors[port.tensor.0].label != port.name;
    graph.outputs.len() > 1 || graph.outputs.iter().any(is_own)
}
