//! A graph as one writes and draws it: without what is computed for masks that nobody has written, and which follow again from the calls.

use std::borrow::Cow;
use std::sync::Arc;

use crate::graph::{Graph, Kind, Node, TensorId};
use crate::layer::Manner;

impl Graph {
    /// This flat graph without the masks of its outputs, and without those that models in it give: a configuration has no words for either.
    #[must_use]
    pub fn shown(&self) -> Cow<'_, Self> {
        if !self.has_unwritten_masks() {
            return Cow::Borrowed(self);
        }
        let mut graph = self.clone();
        graph.outputs.truncate(self.own_outputs().len());
        graph.masked.clear();
        let mut is_unwritten = vec![false; self.tensors.len()];
        for (node, shown) in self.nodes.iter().zip(&mut graph.nodes) {
            let is_without = |tensor: &TensorId| is_unwritten.get(tensor.0).copied().unwrap_or_default();
            let from = match self.layers.get(node.layer.0).map(|layer| &layer.kind) {
                Some(Kind::Model(model)) => model.own_outputs().len(),
                // What is computed from such a mask is one, too.
                Some(Kind::Layer(_)) if node.manner.positional(&node.inputs).iter().any(is_without) => 0,
                Some(Kind::Layer(layer)) => {
                    (shown.inputs, shown.manner) = without(node, layer.slots().len(), is_without);
                    node.outputs.len()
                }
                Some(Kind::Block(_)) | None => node.outputs.len(),
            };
            shown.outputs.truncate(from);
            let unwritten: Vec<TensorId> = node.outputs.iter().skip(from).copied().collect();
            for tensor in unwritten {
                if let Some(is_unwritten) = is_unwritten.get_mut(tensor.0) {
                    *is_unwritten = true;
                }
            }
        }
        for layer in &mut graph.layers {
            if let Kind::Model(model) = &layer.kind
                && let Cow::Owned(shown) = model.shown()
            {
                layer.kind = Kind::Model(Arc::new(shown));
            }
        }
        Cow::Owned(graph.pruned())
    }

    fn has_unwritten_masks(&self) -> bool {
        let has = |kind: &Kind| matches!(kind, Kind::Model(model) if model.has_unwritten_masks());
        !self.masked.is_empty() || self.layers.iter().any(|layer| has(&layer.kind))
    }
}

/// What a call is given, but for the tensors of its slots that are left out.
fn without(node: &Node, slots: usize, is_without: impl Fn(&TensorId) -> bool) -> (Vec<TensorId>, Manner) {
    let kept = |slot: usize| node.manner.slot(slot, &node.inputs).iter().copied().filter(|tensor| !is_without(tensor));
    let given = (0..slots).map(|slot| (slot, kept(slot).collect())).collect();
    let (inputs, manner) = Manner::arranged(node.manner.positional(&node.inputs).to_vec(), given);
    let manner = manner.with_flags(node.manner.flags());
    (inputs, if node.manner.infers() { manner.inferring() } else { manner })
}
