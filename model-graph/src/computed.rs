//! Whether a tensor is a mask that follows, by the calls that compute it: as this library makes them, or as Keras writes them.

use std::collections::HashSet;

use serde_json::Value;

use crate::graph::{Graph, Kind, Source, TensorId};
use crate::layers::AnyLayer;
use crate::mask::{Mask, MaskId, Rule};

/// The most calls that are looked at for one mask. What takes more is a mask that is given, which comes to the same numbers.
const MOST_CALLS: usize = 1000;

impl Graph {
    /// Whether a tensor is computed as a mask is that follows from a tensor.
    pub(crate) fn is_computed_as(&self, tensor: TensorId, mask: MaskId) -> bool {
        let leaves = self.leaves(mask);
        let (mut open, mut seen, mut is_of_one) = (vec![tensor], HashSet::new(), false);
        while let Some(tensor) = open.pop() {
            if !seen.insert(tensor) {
                continue;
            }
            if leaves.iter().any(|&leaf| self.is_leaf(tensor, leaf)) {
                is_of_one = true;
                continue;
            }
            if seen.len() > MOST_CALLS {
                return false;
            }
            match self.operation(tensor) {
                Some(("logical_or" | "any" | "expand_dims" | "concatenate", _, inputs)) => open.extend(inputs),
                // What Keras widens masks by.
                Some(("zeros_like" | "ones_like", ..)) => {}
                _ => return false,
            }
        }
        is_of_one
    }

    /// The masks that one is merged or joined of, with itself.
    fn leaves(&self, mask: MaskId) -> HashSet<MaskId> {
        let (mut open, mut seen) = (vec![mask], HashSet::new());
        while let Some(mask) = open.pop() {
            if !seen.insert(mask) {
                continue;
            }
            match self.masks.get(mask.0).map(Mask::rule) {
                Some(Rule::Or(one, other)) => open.extend([*one, *other]),
                Some(Rule::Joined(parts)) => open.extend(parts),
                Some(Rule::Anywhere { of, .. }) => open.push(*of),
                Some(Rule::Given | Rule::Differs { .. } | Rule::AnyDiffers { .. } | Rule::All { .. }) | None => {}
            }
        }
        seen
    }

    /// Whether a tensor is a mask that is merged of no others.
    fn is_leaf(&self, tensor: TensorId, mask: MaskId) -> bool {
        let Some(mask) = self.masks.get(mask.0) else { return false };
        let is_computed = match *mask.rule() {
            Rule::Differs { of, number } => self.is_difference(tensor, of, number),
            Rule::AnyDiffers { of, number } => match self.operation(tensor) {
                Some(("any", _, [differs])) => self.is_difference(*differs, of, number),
                _ => false,
            },
            Rule::All { of, .. } => self.is_everywhere(tensor, of),
            Rule::Given | Rule::Or(..) | Rule::Joined(_) | Rule::Anywhere { .. } => false,
        };
        is_computed || mask.tensor == Some(tensor)
    }

    /// Whether a tensor tells where another is not a number.
    fn is_difference(&self, tensor: TensorId, of: TensorId, number: f64) -> bool {
        let Some(("not_equal", layer, [input])) = self.operation(tensor) else { return false };
        let numbers: Vec<Value> = layer.operands().into_iter().flatten().collect();
        #[allow(clippy::float_cmp)] // it is the number as it was written
        let is_it = |found: &Value| found.as_f64() == Some(number);
        *input == of && matches!(numbers.as_slice(), [found] if is_it(found))
    }

    /// Whether a mask is the one that is true everywhere, of a tensor.
    pub(crate) fn is_everywhere(&self, mut mask: TensorId, of: TensorId) -> bool {
        loop {
            match self.operation(mask) {
                Some(("any", _, [input])) => mask = *input,
                Some(("ones_like", _, [input])) => return *input == of,
                _ => return false,
            }
        }
    }

    /// The operation that makes a tensor, by its name, with what it is called with.
    fn operation(&self, tensor: TensorId) -> Option<(&'static str, &AnyLayer, &[TensorId])> {
        let Source::Node(node, _) = self.tensors.get(tensor.0)?.source else { return None };
        let node = self.nodes.get(node.0)?;
        let Kind::Layer(layer) = &self.layers.get(node.layer.0)?.kind else { return None };
        Some((layer.operation()?.name, layer, &node.inputs))
    }
}
