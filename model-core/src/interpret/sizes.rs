//! What sizes a model's tensors, slots and rooms have, once its named dimensions have theirs.

use model_graph::Graph;
use model_graph::dim::Dim;
use model_graph::graph::{Node, TensorId};
use model_graph::layer::{Memory, Space};
use model_graph::named;
use model_graph::plan::Plan;

use crate::layer::Context;

/// All sizes of a model.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// Those of the named dimensions, which the others follow from.
    pub named: Vec<usize>,
    /// The shape of every tensor.
    pub shapes: Vec<Vec<usize>>,
    /// What the calls work with.
    pub nodes: Vec<NodeSizes>,
    /// The slots of training.
    pub training: Vec<Memory>,
    /// The slots of running forward only.
    pub inference: Vec<Memory>,
}

/// What a call works with.
#[derive(Debug, Default)]
pub(super) struct NodeSizes {
    pub saved: Memory,
    pub forward_scratch: Memory,
    pub backward_scratch: Memory,
    /// The named dimensions of the model that is called.
    pub named: Vec<usize>,
}

impl Sizes {
    /// The sizes that follow from those of the names, in their order.
    pub fn new(graph: &Graph, plan: &Plan, names: &[String], sizes: &[usize]) -> Self {
        let bound = |name: &str| named::size(names, sizes, name);
        let size = |dim: &Dim| named::elements(dim, names, sizes);
        let memory = |space: &Space| space.memory(&bound);
        let nodes = graph.nodes.iter().zip(&plan.nodes).map(|(node, plan)| NodeSizes {
            saved: memory(&plan.needs.saved),
            forward_scratch: memory(&plan.needs.forward_scratch),
            backward_scratch: memory(&plan.needs.backward_scratch),
            named: node.named.iter().map(|(_, dim)| size(dim)).collect(),
        });
        Self {
            named: sizes.to_vec(),
            shapes: graph.tensors.iter().map(|tensor| tensor.ty.shape.0.iter().map(size).collect()).collect(),
            nodes: nodes.collect(),
            training: plan.slots.iter().map(|slot| slot.capacity.memory(&bound)).collect(),
            inference: plan.inference.slots.iter().map(|slot| slot.memory(&bound)).collect(),
        }
    }

    /// A pass as a call takes part in it, and how many axes of the call's tensors are counted into its batch: that of the steps, where it is
    /// for each.
    pub fn part<'n>(&self, node: &Node, context: Context<'n>) -> (Context<'n>, usize) {
        match node.inputs.first() {
            Some(input) if node.manner.is_for_each_step() => (context.of_steps(self.shapes[input.0][0]), 1),
            _ => (context, 0),
        }
    }

    /// The number of elements of a tensor in a batch.
    pub fn elements(&self, tensor: TensorId, batch: usize) -> usize {
        batch * self.shapes[tensor.0].iter().product::<usize>()
    }
}
