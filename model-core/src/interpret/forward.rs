//! Walking the graph forward, to train or to infer.

use model_graph::graph::{Node, TensorId};
use model_graph::plan::Place;

use super::lend::{Lent, return_slot, take_slot};
use super::slots::Slots;
use super::{Model, Part};
use crate::any::AnyLayer;
use crate::buffer::Buffer;
use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::{Context, View};

/// What a forward pass is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Backward follows.
    Training,
    /// Nothing follows.
    Inference,
}

/// Where the tensors of a pass are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sources<'a, T: Float> {
    pub places: &'a [Place],
    pub slots: &'a [Buffer<T>],
    pub inputs: &'a [&'a [T]],
}

impl<'a, T: Float> Sources<'a, T> {
    /// The memory of a tensor; `output` gives that of an output.
    pub fn read(&self, tensor: TensorId, output: impl Fn(usize) -> &'a [T]) -> &'a [T] {
        match self.places[tensor.0] {
            Place::Input(input) => self.inputs[input],
            Place::Output(index) => output(index),
            Place::Slot(slot) => &self.slots[slot],
        }
    }
}

impl<T: Float> Model<T> {
    /// Computes the outputs.
    pub(super) fn run(
        &self,
        purpose: Purpose,
        slots: &mut Slots<T>,
        context: Context<'_>,
        inputs: &[&[T]],
        outputs: &mut [&mut [T]],
    ) -> Result<()> {
        let sizes = self.sizes(&slots.sizes, context.named);
        match purpose {
            Purpose::Training => slots.resize(&sizes.training, context.batch),
            Purpose::Inference => slots.resize(&sizes.inference, context.batch),
        }
        slots.sizes = sizes;
        for (id, node) in self.graph.nodes.iter().enumerate().filter(|(id, _)| !self.plan.nodes[*id].is_view) {
            match &self.parts[node.layer.0] {
                Part::Layer(layer) => self.run_layer(purpose, (id, node, layer), slots, context, inputs, outputs)?,
                Part::Model(model) => self.run_model(purpose, (id, node, model), slots, context, inputs, outputs)?,
            }
        }
        for copy in &self.plan.copies {
            let output = std::mem::take(&mut outputs[copy.output]);
            match copy.from {
                Place::Input(input) => elementwise::copy(output, inputs[input]),
                Place::Output(other) => elementwise::copy(output, outputs[other]),
                Place::Slot(slot) => elementwise::copy(output, &slots.buffers[slot]),
            }
            outputs[copy.output] = output;
        }
        Ok(())
    }

    pub(super) fn places(&self, purpose: Purpose) -> &[Place] {
        match purpose {
            Purpose::Training => &self.plan.places,
            Purpose::Inference => &self.plan.inference.places,
        }
    }

    fn run_layer(
        &self,
        purpose: Purpose,
        (id, node, layer): (usize, &Node, &AnyLayer<T>),
        slots: &mut Slots<T>,
        context: Context<'_>,
        inputs: &[&[T]],
        outputs: &mut [&mut [T]],
    ) -> Result<()> {
        let (plan, places, batch, sizes) = (&self.plan.nodes[id], self.places(purpose), context.batch, slots.sizes.clone());
        let own = &sizes.nodes[id];
        let (saved_slot, scratch_slot) = match purpose {
            Purpose::Training => (plan.saved, plan.forward_scratch),
            Purpose::Inference => (None, self.plan.inference.scratch[id]),
        };
        let mut saved = take_slot(saved_slot, &mut slots.buffers);
        let mut scratch = take_slot(scratch_slot, &mut slots.buffers);
        let take = |tensor: &TensorId| Some(Lent::take(places[tensor.0], &mut slots.buffers, outputs));
        let mut lent: Few<Option<Lent<'_, T>>> = node.outputs.iter().map(take).collect();
        let done = {
            let sources = Sources { places, slots: &slots.buffers, inputs };
            let (context, folded) = sizes.part(node, context);
            let view = |&input: &TensorId| View {
                shape: &sizes.shapes[input.0][folded..],
                data: &sources.read(input, |i| &*outputs[i])[..sizes.elements(input, batch)],
            };
            let views: Few<View<'_, T>> = node.inputs.iter().map(view).collect();
            let saved_len = if saved_slot.is_some() { own.saved.elements(batch) } else { 0 };
            let (saved, scratch) = (&mut saved[..saved_len], &mut scratch[..own.forward_scratch.elements(batch)]);
            let written = lent.iter_mut().flatten().zip(&node.outputs);
            let mut written: Few<&mut [T]> = written.map(|(lent, &tensor)| lent.data(sizes.elements(tensor, batch))).collect();
            let Some((output, more)) = written.split_first_mut() else { return Ok(()) };
            let context = context.in_manner(node.manner);
            layer.forward(context, node.call, &views, &sizes.shapes[node.outputs[0].0][folded..], output, more, saved, scratch)
        };
        for lent in lent.iter_mut().filter_map(Option::take) {
            lent.give_back(&mut slots.buffers, outputs);
        }
        return_slot(saved_slot, saved, &mut slots.buffers);
        return_slot(scratch_slot, scratch, &mut slots.buffers);
        done.map_err(|error| error.of_layer(self.graph.layers[node.layer.0].name()))
    }

    fn run_model<'o>(
        &self,
        purpose: Purpose,
        (id, node, model): (usize, &Node, &Self),
        slots: &mut Slots<T>,
        context: Context<'_>,
        inputs: &[&[T]],
        outputs: &mut [&'o mut [T]],
    ) -> Result<()> {
        let (places, batch, sizes) = (self.places(purpose), context.batch, slots.sizes.clone());
        let Slots { buffers, children, .. } = slots;
        let take = |tensor: &TensorId| Some(Lent::take(places[tensor.0], buffers, outputs));
        let mut lent: Few<Option<Lent<'o, T>>> = node.outputs.iter().map(take).collect();
        let done = {
            let sources = Sources { places, slots: buffers, inputs };
            let read = |&input: &TensorId| &sources.read(input, |i| &*outputs[i])[..sizes.elements(input, batch)];
            let inputs: Few<&[T]> = node.inputs.iter().map(read).collect();
            let written = lent.iter_mut().flatten().zip(&node.outputs);
            let mut outputs: Few<&mut [T]> = written.map(|(lent, &tensor)| lent.data(sizes.elements(tensor, batch))).collect();
            let child = match purpose {
                Purpose::Training => &mut children[id],
                Purpose::Inference => &mut children[node.layer.0],
            };
            let context = sizes.part(node, context).0.within(node.call).inferring(node.manner.infers());
            model.run(purpose, child, context.with_named(&sizes.nodes[id].named), &inputs, &mut outputs)
        };
        for lent in lent.iter_mut().filter_map(Option::take) {
            lent.give_back(buffers, outputs);
        }
        done.map_err(|error| error.of_layer(self.graph.layers[node.layer.0].name()))
    }
}
