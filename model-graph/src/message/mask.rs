//! The words for masks that end at layers which know nothing of them.

use crate::graph::{Graph, Kind};
use crate::mask::Ended;

impl Graph {
    /// What is worth knowing of the graph, though nothing is wrong with it: where masks end at layers that know nothing of masks, those of the
    /// models in it included.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let own = self.ended.iter().map(|ended| self.warning(ended));
        let inner = self.layers.iter().filter(|layer| layer.built.is_some()).flat_map(|layer| match &layer.kind {
            Kind::Model(model) | Kind::Block(model) => model.warnings(),
            Kind::Layer(_) => Vec::new(),
        });
        own.chain(inner).collect()
    }

    /// What is said of a mask that ends.
    #[must_use]
    pub fn warning(&self, ended: &Ended) -> String {
        let layer = self.nodes.get(ended.at.0).and_then(|node| self.layers.get(node.layer.0));
        let source = layer.map(|layer| layer.kind.source()).unwrap_or_default();
        let tensor = self.tensors.get(ended.of.0).map_or("", |tensor| &tensor.label);
        if ended.is_beside {
            return format!(
                "`{source}` does not look at the mask of `{tensor}` where it is given other tensors by name, as in Keras\nhelp: give it the \
                 mask by its name, as in `mask = words != 0`"
            );
        }
        let place = if matches!(layer.map(|layer| &layer.kind), Some(Kind::Model(_))) { "inside of" } else { "at" };
        format!(
            "the mask of `{tensor}` ends {place} `{source}`, which looks at what is padded as at all else\nhelp: use the mask before, in a \
             recurrent layer, attention or `GlobalAveragePooling1D`, or make none"
        )
    }
}
