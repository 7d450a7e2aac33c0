//! Walking the graph backward.

use model_graph::graph::{Node, TensorId};
use model_graph::plan::{Flow, Place};

use super::forward::Sources;
use super::lend::{Lent, LentGradient, return_slot, take_slot};
use super::network::{Gradients, PartGradients};
use super::sizes::Sizes;
use super::slots::Slots;
use super::{Model, Part};
use crate::any::AnyLayer;
use crate::buffer::Buffer;
use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::{Context, Gradient, View, Weight};

/// What a backward pass works with.
pub(super) struct Pass<'a, 'o, 'i, T: Float> {
    pub context: Context<'a>,
    pub inputs: &'a [&'a [T]],
    pub outputs: &'a [&'a [T]],
    pub d_outputs: &'a mut [&'o mut [T]],
    pub d_inputs: &'a mut [Option<Gradient<'i, T>>],
    /// Whether any gradient of an input is wanted.
    pub wants_inputs: bool,
}

/// The gradients that one call reads and writes, away from their places.
struct Taken<'o, 'i, T: Float> {
    d_outputs: Few<Option<Lent<'o, T>>>,
    d_inputs: Few<Option<LentGradient<'o, 'i, T>>>,
}

impl<T: Float> Model<T> {
    /// Computes the gradients.
    pub(super) fn run_back(
        &self,
        slots: &mut Slots<T>,
        pass: &mut Pass<'_, '_, '_, T>,
        gradients: &mut Gradients<T>,
    ) -> Result<()> {
        for &input in &self.plan.unread_inputs {
            if let Some(Gradient { data, accumulate: false }) = &mut pass.d_inputs[input] {
                data.fill(T::ZERO);
            }
        }
        for copy in &self.plan.copies {
            let d_output = std::mem::take(&mut pass.d_outputs[copy.output]);
            contribute(d_output, copy.flow.place, copy.flow.first, &mut slots.buffers, pass);
            pass.d_outputs[copy.output] = d_output;
        }
        for (id, node) in self.graph.nodes.iter().enumerate().rev() {
            let plan = &self.plan.nodes[id];
            if plan.is_view || !(plan.has_weights_before || pass.wants_inputs) {
                continue;
            }
            for &zero in &plan.zeros {
                let zeros = Lent::take(zero, &mut slots.buffers, pass.d_outputs).clear();
                zeros.give_back(&mut slots.buffers, pass.d_outputs);
            }
            match (&self.parts[node.layer.0], &mut gradients.parts[node.layer.0]) {
                (Part::Layer(layer), PartGradients::Layer(weights)) => {
                    self.run_layer_back((id, node, layer), slots, pass, weights)?;
                }
                (Part::Model(model), PartGradients::Model(inner)) => {
                    self.run_model_back((id, node, model), slots, pass, inner)?;
                }
                _ => unreachable!("gradients have the form of their model"),
            }
        }
        Ok(())
    }

    fn run_layer_back(
        &self,
        (id, node, layer): (usize, &Node, &AnyLayer<T>),
        slots: &mut Slots<T>,
        pass: &mut Pass<'_, '_, '_, T>,
        weights: &mut [Weight<T>],
    ) -> Result<()> {
        let (plan, batch, sizes) = (&self.plan.nodes[id], pass.context.batch, slots.sizes.clone());
        let own = &sizes.nodes[id];
        let mut taken = self.take(id, node, &mut slots.buffers, pass);
        let mut saved = take_slot(plan.saved, &mut slots.buffers);
        let mut scratch = take_slot(plan.backward_scratch, &mut slots.buffers);
        let done = {
            let sources = Sources { places: &self.plan.places, slots: &slots.buffers, inputs: pass.inputs };
            let (outputs, (context, folded)) = (pass.outputs, sizes.part(node, pass.context));
            let view = |tensor: TensorId, is_read: bool| View {
                shape: &sizes.shapes[tensor.0][folded..],
                data: if is_read { &sources.read(tensor, |i| outputs[i])[..sizes.elements(tensor, batch)] } else { &[] },
            };
            let inputs: Few<View<'_, T>> = node.inputs.iter().map(|&input| view(input, plan.needs.inputs)).collect();
            let output = view(node.outputs[0], plan.needs.output);
            let mut d_outputs = d_outputs(&sizes, node, &mut taken.d_outputs, batch);
            let mut d_inputs = d_inputs(&sizes, node, &mut taken.d_inputs, batch);
            let saved = &mut saved[..own.saved.elements(batch)];
            let scratch = &mut scratch[..own.backward_scratch.elements(batch)];
            let context = context.adding(plan.adds_to_weights).in_manner(node.manner);
            let Some((d_output, more)) = d_outputs.split_first_mut() else { return Ok(()) };
            layer.backward(context, node.call, &inputs, output, d_output, more, &mut d_inputs, weights, saved, scratch)
        };
        return_slot(plan.saved, saved, &mut slots.buffers);
        return_slot(plan.backward_scratch, scratch, &mut slots.buffers);
        self.give_back((id, node), &sizes, taken, &mut slots.buffers, pass);
        done.map_err(|error| error.of_layer(self.graph.layers[node.layer.0].name()))
    }

    fn run_model_back(
        &self,
        (id, node, model): (usize, &Node, &Self),
        slots: &mut Slots<T>,
        pass: &mut Pass<'_, '_, '_, T>,
        gradients: &mut Gradients<T>,
    ) -> Result<()> {
        let (plan, batch, sizes) = (&self.plan.nodes[id], pass.context.batch, slots.sizes.clone());
        let Slots { buffers, children, .. } = slots;
        let mut taken = self.take(id, node, buffers, pass);
        let done = {
            let sources = Sources { places: &self.plan.places, slots: buffers, inputs: pass.inputs };
            let lent = pass.outputs;
            let read = |(&tensor, &is_read): (&TensorId, &bool)| match is_read {
                true => &sources.read(tensor, |i| lent[i])[..sizes.elements(tensor, batch)],
                false => &[],
            };
            let inputs: Few<&[T]> = node.inputs.iter().zip(&model.plan.needs_inputs).map(read).collect();
            let outputs: Few<&[T]> = node.outputs.iter().zip(&model.plan.needs_outputs).map(read).collect();
            let mut d_outputs = d_outputs(&sizes, node, &mut taken.d_outputs, batch);
            let mut d_inputs = d_inputs(&sizes, node, &mut taken.d_inputs, batch);
            let mut pass = Pass {
                context: sizes
                    .part(node, pass.context)
                    .0
                    .within(node.call)
                    .inferring(node.manner.infers())
                    .with_named(&sizes.nodes[id].named)
                    .adding(plan.adds_to_weights),
                inputs: &inputs,
                outputs: &outputs,
                wants_inputs: d_inputs.iter().any(Option::is_some),
                d_outputs: &mut d_outputs,
                d_inputs: &mut d_inputs,
            };
            model.run_back(&mut children[id], &mut pass, gradients)
        };
        self.give_back((id, node), &sizes, taken, buffers, pass);
        done.map_err(|error| error.of_layer(self.graph.layers[node.layer.0].name()))
    }

    /// Takes the gradients of a call's outputs, and those of its inputs that are wanted.
    fn take<'o, 'i>(&self, id: usize, node: &Node, slots: &mut [Buffer<T>], pass: &mut Pass<'_, 'o, 'i, T>) -> Taken<'o, 'i, T> {
        let flows = &self.plan.nodes[id].flows;
        let wanted: Few<bool> = flows.iter().map(|flow| is_wanted(flow, pass)).collect();
        let d_output = |output: &TensorId| Some(Lent::take(self.plan.gradients[output.0], slots, pass.d_outputs));
        let d_outputs = node.outputs.iter().map(d_output).collect();
        let d_input = |(flow, &is_wanted): (&Flow, &bool)| {
            let take = || LentGradient::take((flow.place, flow.first), slots, pass.d_outputs, pass.d_inputs);
            is_wanted.then(take).flatten()
        };
        let d_inputs = flows.iter().zip(wanted.iter()).map(d_input).collect();
        Taken { d_outputs, d_inputs }
    }

    /// Puts the gradients back into their places, and adds those up that belong to one tensor.
    fn give_back<'o, 'i>(
        &self,
        (id, node): (usize, &Node),
        sizes: &Sizes,
        taken: Taken<'o, 'i, T>,
        slots: &mut [Buffer<T>],
        pass: &mut Pass<'_, 'o, 'i, T>,
    ) {
        let Taken { mut d_outputs, mut d_inputs } = taken;
        for lent in d_outputs.iter_mut().filter_map(Option::take) {
            lent.give_back(slots, pass.d_outputs);
        }
        for lent in d_inputs.iter_mut().filter_map(Option::take) {
            lent.give_back(slots, pass.d_outputs, pass.d_inputs);
        }
        for (flow, &input) in self.plan.nodes[id].flows.iter().zip(&node.inputs) {
            if let (Some(then), Place::Slot(slot), true) = (flow.then, flow.place, is_wanted(flow, pass)) {
                let own = std::mem::take(&mut slots[slot]);
                contribute(&own[..sizes.elements(input, pass.context.batch)], then, false, slots, pass);
                slots[slot] = own;
            }
        }
    }
}

fn d_outputs<'a, T: Float>(sizes: &Sizes, node: &Node, lent: &'a mut [Option<Lent<'_, T>>], batch: usize) -> Few<&'a mut [T]> {
    let lent = lent.iter_mut().flatten().zip(&node.outputs);
    lent.map(|(lent, &tensor)| lent.data(sizes.elements(tensor, batch))).collect()
}

fn d_inputs<'a, T: Float>(
    sizes: &Sizes,
    node: &Node,
    lent: &'a mut [Option<LentGradient<'_, '_, T>>],
    batch: usize,
) -> Few<Option<Gradient<'a, T>>> {
    let gradient = |(lent, &tensor): (&'a mut Option<LentGradient<'_, '_, T>>, &TensorId)| {
        lent.as_mut().map(|lent| lent.gradient(sizes.elements(tensor, batch)))
    };
    lent.iter_mut().zip(&node.inputs).map(gradient).collect()
}

/// Whether anyone reads a gradient.
fn is_wanted<T: Float>(flow: &Flow, pass: &Pass<'_, '_, '_, T>) -> bool {
    match flow.then.unwrap_or(flow.place) {
        Place::Input(input) => pass.d_inputs[input].is_some(),
        Place::Output(_) | Place::Slot(_) => !flow.only_for_inputs || pass.wants_inputs,
    }
}

/// Writes or adds a contribution to a gradient, if that is wanted.
fn contribute<T: Float>(from: &[T], place: Place, first: bool, slots: &mut [Buffer<T>], pass: &mut Pass<'_, '_, '_, T>) {
    let Some(mut lent) = LentGradient::take((place, first), slots, pass.d_outputs, pass.d_inputs) else { return };
    let Gradient { data, accumulate } = lent.whole();
    let data = &mut data[..from.len()];
    match accumulate {
        true => elementwise::accumulate(data, from),
        false => elementwise::copy(data, from),
    }
    lent.give_back(slots, pass.d_outputs, pass.d_inputs);
}
