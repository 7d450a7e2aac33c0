//! Models that plain code runs: what they hold, and what they take and give. Which calls they make only the code knows.

use crate::graph::{Graph, Kind, LayerId, LayerNode, Port, Source, Tensor, TensorId};
use crate::layer::WeightSpec;
use crate::shape::TensorType;

impl Graph {
    /// A graph of a model that plain code runs, which holds nothing yet.
    #[must_use]
    pub fn of_code(name: impl Into<String>) -> Self {
        Self { is_code: true, ..Self::new(name) }
    }

    /// Adds a layer or a model that the code holds, with its weights; those of a model are in its graph.
    pub fn hold(&mut self, path: impl Into<String>, kind: impl Into<Kind>, weights: Vec<WeightSpec>) {
        self.layers.push(LayerNode {
            name: Some(path.into()),
            kind: kind.into(),
            time_distributed: None,
            inside: Vec::new(),
            trainable: true,
            built: Some(Vec::new()),
            weights,
            given: Vec::new(),
        });
    }

    /// Says what a layer that the code holds gave in a call: the table of layers shows it.
    pub fn held_gave(&mut self, layer: LayerId, given: Vec<TensorType>) {
        if let Some(layer) = self.layers.get_mut(layer.0) {
            layer.given = given;
        }
    }

    /// What a layer that the code holds gives, as far as that is known.
    pub(crate) fn gives(&self, layer: LayerId) -> Vec<&TensorType> {
        let Some(LayerNode { kind, given, .. }) = self.layers.get(layer.0) else { return Vec::new() };
        match kind {
            Kind::Model(model) => model.own_outputs().iter().map(|port| model.ty(port.tensor)).collect(),
            Kind::Layer(_) | Kind::Block(_) => given.iter().collect(),
        }
    }

    /// Adds an output that the code computes.
    pub fn code_output(&mut self, name: impl Into<String>, ty: TensorType) {
        let (name, tensor) = (name.into(), TensorId(self.tensors.len()));
        self.tensors.push(Tensor { ty, source: Source::Code, label: name.clone(), mask: None });
        self.outputs.push(Port { name, tensor });
    }
}
