//! The weights of a graph by their paths, in the one order that files, optimisers and networks share.

use crate::graph::{Graph, Kind};
use crate::layer::WeightSpec;
use crate::layers::preprocessing::discretization::ADAPTED_BINS;

impl Graph {
    /// Every weight of a flat graph with its path, `conv2d/kernel` or `encoder/conv2d/kernel`, layer by layer.
    #[must_use]
    pub fn weights(&self) -> Vec<(String, &WeightSpec)> {
        let mut weights = Vec::new();
        self.collect_weights("", &mut weights);
        weights
    }

    /// Whether a layer of it cannot run before it has been adapted to data.
    #[must_use]
    pub fn waits_for_data(&self) -> bool {
        self.weights().iter().any(|(path, _)| path.rsplit('/').next() == Some(ADAPTED_BINS))
    }

    fn collect_weights<'g>(&'g self, prefix: &str, weights: &mut Vec<(String, &'g WeightSpec)>) {
        for layer in &self.layers {
            let path = format!("{prefix}{}/", layer.name());
            match &layer.kind {
                Kind::Layer(_) => weights.extend(layer.weights.iter().map(|spec| (format!("{path}{}", spec.name), spec))),
                Kind::Model(inner) | Kind::Block(inner) => inner.collect_weights(&path, weights),
            }
        }
    }
}
