//! A graph as one writes and draws it: without what is computed for masks that nobody has written, and which follow again from the calls.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::graph::{Graph, Kind, Node, TensorId};
use crate::layer::Manner;

impl Graph {
    /// This flat graph without the masks of its inputs and outputs, and without what follows from those that models in it give: a configuration
    /// has no words for either. Where a model in it is called with such a mask, or with one that is true everywhere, since the tensor has none,
    /// the tensor stands in the place of its mask.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, Self> {
        if !self.has_unwritten_masks() {
            return Cow::Borrowed(self);
        }
        let mut graph = self.clone();
        let mut unwritten: HashSet<TensorId> = self.inputs.iter().skip(self.own_inputs().len()).map(|port| port.tensor).collect();
        graph.inputs.truncate(self.own_inputs().len());
        graph.outputs.truncate(self.own_outputs().len());
        graph.masked_inputs.clear();
        graph.masked.clear();
        for (node, shown) in self.nodes.iter().zip(&mut graph.nodes) {
            let written = match self.layers.get(node.layer.0).map(|layer| &layer.kind) {
                Some(Kind::Model(model)) => {
                    let masks = shown.inputs.iter_mut().skip(model.own_inputs().len()).zip(&model.masked_inputs);
                    for (mask, of) in masks.filter_map(|(mask, of)| Some((mask, *node.inputs.get(*of)?))) {
                        if unwritten.contains(mask) || self.is_everywhere(*mask, of) {
                            *mask = of;
                        }
                    }
                    model.own_outputs().len()
                }
                // What is computed from such a mask is one, too.
                Some(Kind::Layer(_)) if node.manner.positional(&node.inputs).iter().any(|tensor| unwritten.contains(tensor)) => 0,
                Some(Kind::Layer(layer)) => {
                    (shown.inputs, shown.manner) = without(node, layer.slots().len(), |_, tensor| unwritten.contains(&tensor));
                    node.outputs.len()
                }
                Some(Kind::Block(_)) | None => node.outputs.len(),
            };
            shown.outputs.truncate(written);
            unwritten.extend(node.outputs.iter().skip(written));
        }
        Cow::Owned(graph.pruned())
    }

    fn has_unwritten_masks(&self) -> bool {
        let has = |graph: &Self| !graph.masked.is_empty() || !graph.masked_inputs.is_empty();
        has(self) || self.layers.iter().any(|layer| matches!(&layer.kind, Kind::Model(model) if has(model)))
    }
}

/// What a call is given, but for the tensors of slots, by the slots' numbers, that are left out.
pub(crate) fn without(node: &Node, slots: usize, is_without: impl Fn(usize, TensorId) -> bool) -> (Vec<TensorId>, Manner) {
    let kept =
        |slot: usize| node.manner.slot(slot, &node.inputs).iter().copied().filter(|&tensor| !is_without(slot, tensor)).collect();
    let given = (0..slots).map(|slot| (slot, kept(slot))).collect();
    let (inputs, slots) = Manner::arranged(node.manner.positional(&node.inputs).to_vec(), given);
    (inputs, node.manner.with_slots_of(slots))
}
