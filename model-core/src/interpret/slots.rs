//! The memory of running a model: its plan's slots, and those of the models that it calls.

use std::sync::Arc;

use model_graph::layer::Memory;

use super::sizes::Sizes;
use super::{Model, Part};
use crate::buffer::Buffer;
use crate::float::Float;

/// What forward leaves for backward, and the room that both work in.
#[derive(Clone, Debug, Default)]
pub struct Tape<T: Float = f32>(pub(super) Slots<T>);

/// The room that inference works in.
#[derive(Clone, Debug, Default)]
pub struct Workspace<T: Float = f32>(pub(super) Slots<T>);

/// The buffers of a model's slots.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots<T: Float> {
    pub buffers: Vec<Buffer<T>>,
    /// Those of models that are called: by call when training, by layer when inferring.
    pub children: Vec<Slots<T>>,
    /// The number of samples that the buffers were last sized for.
    pub batch: usize,
    /// The sizes that they were last sized for.
    pub sizes: Arc<Sizes>,
}

impl<T: Float> Slots<T> {
    fn new(slots: usize, children: Vec<Self>) -> Self {
        Self { buffers: (0..slots).map(|_| Buffer::new()).collect(), children, batch: 0, sizes: Arc::default() }
    }

    /// Gives every buffer the size that it has for a batch.
    pub fn resize(&mut self, memory: &[Memory], batch: usize) {
        self.batch = batch;
        self.buffers.iter_mut().zip(memory).for_each(|(buffer, memory)| buffer.resize(memory.elements(batch)));
    }

    /// The number of elements of all buffers.
    fn elements(&self) -> usize {
        let own: usize = self.buffers.iter().map(|buffer| buffer.len()).sum();
        own + self.children.iter().map(Self::elements).sum::<usize>()
    }
}

impl<T: Float> Tape<T> {
    /// The number of elements that the tape has room for.
    #[must_use]
    pub fn elements(&self) -> usize {
        self.0.elements()
    }
}

impl<T: Float> Workspace<T> {
    /// The number of elements that the workspace has room for.
    #[must_use]
    pub fn elements(&self) -> usize {
        self.0.elements()
    }
}

impl<T: Float> Model<T> {
    pub(super) fn training_slots(&self) -> Slots<T> {
        let children = self.graph.nodes.iter().map(|node| match &self.parts[node.layer.0] {
            Part::Layer(_) => Slots::default(),
            Part::Model(model) => model.training_slots(),
        });
        Slots::new(self.plan.slots.len(), children.collect())
    }

    pub(super) fn inference_slots(&self) -> Slots<T> {
        let children = self.parts.iter().map(|part| match part {
            Part::Layer(_) => Slots::default(),
            Part::Model(model) => model.inference_slots(),
        });
        Slots::new(self.plan.inference.slots.len(), children.collect())
    }
}
