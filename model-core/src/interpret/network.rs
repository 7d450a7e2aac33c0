//! What training, saving and inference ask of a model.

use std::sync::Arc;

use model_graph::Graph;
use model_graph::layer::Memory;
use model_graph::named;

use super::backward::Pass;
use super::forward::Purpose;
use super::slots::{Slots, Tape, Workspace};
use super::{Model, Part};
use crate::distribution::{Piece, RunPiece, in_threads};
use crate::error::Result;
use crate::float::Float;
use crate::layer::{Context, Gradient, Weight};
use crate::network::{Network, Trainable};
use crate::states::Kept;

/// The gradients of a model's weights.
#[derive(Clone, Debug)]
pub struct Gradients<T: Float = f32> {
    pub(super) graph: Arc<Graph>,
    pub(super) parts: Vec<PartGradients<T>>,
}

/// The gradients of what a call runs.
#[derive(Clone, Debug)]
pub(super) enum PartGradients<T: Float> {
    Layer(Vec<Weight<T>>),
    Model(Gradients<T>),
}

impl<T: Float> Network<T> for Model<T> {
    type Tape = Tape<T>;
    type Workspace = Workspace<T>;
    type Gradients = Gradients<T>;
    type Owned = Self;

    fn graph(&self) -> &Graph {
        &self.graph
    }

    fn tape(&self) -> Tape<T> {
        Tape(self.training_slots())
    }

    fn workspace(&self) -> Workspace<T> {
        Workspace(self.inference_slots())
    }

    fn memory(&self, training: bool, sizes: &[usize]) -> Memory {
        let footprint = if training { self.plan.training_memory() } else { self.plan.inference_memory() };
        footprint.memory(&|name| named::size(&self.names, sizes, name))
    }

    fn gradients(&self) -> Gradients<T> {
        let parts = self.parts.iter().map(|part| match part {
            Part::Layer(layer) => PartGradients::Layer(layer.weights().iter().map(Weight::zeros_like).collect()),
            Part::Model(model) => PartGradients::Model(model.gradients()),
        });
        Gradients { graph: self.graph.clone(), parts: parts.collect() }
    }

    fn infer(&self, workspace: &mut Workspace<T>, context: Context<'_>, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<()> {
        self.run(Purpose::Inference, &mut workspace.0, context, inputs, outputs)
    }

    fn forward(&self, tape: &mut Tape<T>, context: Context<'_>, inputs: &[&[T]], outputs: &mut [&mut [T]]) -> Result<()> {
        self.run(Purpose::Training, &mut tape.0, context, inputs, outputs)
    }

    fn backward(
        &self,
        tape: &mut Tape<T>,
        context: Context<'_>,
        inputs: &[&[T]],
        outputs: &[&[T]],
        d_outputs: &mut [&mut [T]],
        d_inputs: &mut [Option<Gradient<'_, T>>],
        gradients: &mut Gradients<T>,
    ) -> Result<()> {
        let wants_inputs = d_inputs.iter().any(Option::is_some);
        self.run_back(&mut tape.0, &mut Pass { context, inputs, outputs, d_outputs, d_inputs, wants_inputs }, gradients)
    }

    fn visit(&self, visitor: &mut dyn FnMut(&Weight<T>, bool)) {
        for part in &self.parts {
            match part {
                Part::Layer(layer) => layer.visit(visitor),
                Part::Model(model) => model.visit(visitor),
            }
        }
    }

    fn waits_for_data(&self) -> bool {
        self.waits_for_data
    }

    fn visit_states(&self, visitor: &mut dyn FnMut(&Kept<T>)) {
        if !self.keeps_states {
            return;
        }
        for part in &self.parts {
            match part {
                Part::Layer(layer) => layer.kept_states().into_iter().for_each(&mut *visitor),
                Part::Model(model) => model.visit_states(visitor),
            }
        }
    }
}

impl<T: Float> Trainable<T> for Model<T> {
    fn update(&mut self, tape: &Tape<T>) {
        self.update_parts(&tape.0);
    }

    fn run_pieces(&self, pieces: &mut [Piece<'_, Self, T>], run: RunPiece<'_, Self, T>) -> Result<()> {
        in_threads(self, pieces, run)
    }

    fn set_trainable(&mut self, trainable: bool) {
        for part in &mut self.parts {
            match part {
                Part::Layer(layer) => layer.set_trainable(trainable),
                Part::Model(model) => model.set_trainable(trainable),
            }
        }
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<T>)) {
        for part in &mut self.parts {
            match part {
                Part::Layer(layer) => layer.weights_mut().iter_mut().for_each(&mut *visitor),
                Part::Model(model) => model.visit_mut(visitor),
            }
        }
    }

    fn visit_with(&mut self, gradients: &mut Gradients<T>, visitor: &mut dyn FnMut(&mut Weight<T>, &mut Weight<T>, bool)) {
        for (part, gradients) in self.parts.iter_mut().zip(&mut gradients.parts) {
            match (part, gradients) {
                (Part::Layer(layer), PartGradients::Layer(gradients)) => {
                    let is_trainable = layer.is_trainable();
                    for (weight, gradient) in layer.weights_mut().iter_mut().zip(gradients) {
                        let is_trainable = is_trainable && weight.trainable;
                        visitor(weight, gradient, is_trainable);
                    }
                }
                (Part::Model(model), PartGradients::Model(gradients)) => model.visit_with(gradients, visitor),
                _ => unreachable!("gradients have the form of their model"),
            }
        }
    }
}

impl<T: Float> Model<T> {
    /// Updates the layers in the order of their calls: one that is called twice is updated twice.
    fn update_parts(&mut self, slots: &Slots<T>) {
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(_, node)| !node.manner.infers()) {
            let plan = &self.plan.nodes[id];
            match (&mut self.parts[node.layer.0], plan.saved) {
                (Part::Layer(layer), Some(saved)) => {
                    layer.update(&slots.buffers[saved][..slots.sizes.nodes[id].saved.elements(slots.batch)]);
                }
                (Part::Layer(_), None) => {}
                (Part::Model(model), _) => model.update_parts(&slots.children[id]),
            }
        }
    }
}
