//! Models that are called with masks: what their layers do with the masks of what they are given.
//!
//! A model is written down, and made into code, as one sees it who calls it without masks. Where it is called with some, the caller holds
//! the same layers with the masks as further inputs: all of its calls are given them, true everywhere for what has none.

use std::collections::HashMap;
use std::sync::Arc;

use crate::constants::Equation;
use crate::graph::{Graph, Kind, LayerId, LayerNode, Node, NodeId, Source, Tensor, TensorId};
use crate::layer::Manner;
use crate::layers::steps;
use crate::mask::{Ended, Rule};
use crate::message::CallError;
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};
use crate::shown::without;

impl Graph {
    /// What a model is called with, and behind it the masks of those of its inputs whose masks something in it looks at: those that the call is
    /// given, else the tensors' own.
    ///
    /// # Errors
    /// If a mask cannot be computed, here or in the model.
    pub(crate) fn with_masks_of_inputs(
        &mut self,
        layer: LayerId,
        model: &Arc<Self>,
        (inputs, masks): (&[TensorId], &[Option<TensorId>]),
        manner: Manner,
    ) -> Result<Vec<TensorId>, CallError> {
        let of_call = |position: usize| masks.get(position).copied().flatten();
        let is_masked = inputs.iter().any(|&input| self.mask_of(input).is_some()) || masks.iter().any(Option::is_some);
        if inputs.len() != model.own_inputs().len() || !is_masked && model.masked_inputs.is_empty() {
            return Ok(inputs.to_vec());
        }
        let mut given: Vec<Option<TensorId>> = Vec::new();
        let mut ended = None;
        for (position, &input) in inputs.iter().enumerate() {
            let mask = match (of_call(position), self.mask_of(input)) {
                (Some(mask), _) => Some(mask),
                (None, Some(mask)) => self.mask_tensor(mask)?,
                (None, None) => None,
            };
            let mask = mask.filter(|&mask| self.is_mask(mask, input));
            ended = ended.or(self.mask_of(input).filter(|_| mask.is_none()).map(|_| input));
            // What says of whole steps alone whether they count says nothing within one, and belongs to what comes behind.
            given.push(mask.filter(|&mask| self.rank_in(manner, mask) > 0));
        }
        let mut wanted = model.ranks_of_masks();
        for (position, mask) in given.iter().enumerate() {
            if let (Some(mask), false) = (mask, model.masked_inputs.contains(&position)) {
                wanted.push((position, self.rank_in(manner, *mask)));
            }
        }
        wanted.sort_unstable();
        let mut model = model.clone();
        if wanted.len() > model.masked_inputs.len() {
            let masked = model.called_with_masks(&wanted)?;
            if masked.ended.len() > model.ended.len() {
                let masked = inputs.iter().zip(&given).find(|(_, mask)| mask.is_some());
                ended = ended.or(masked.map(|(&input, _)| input));
            }
            if masked.masked_inputs != model.masked_inputs {
                let masked = Arc::new(masked);
                self.open_calls(layer, &model, &masked)?;
                if let Some(layer) = self.layers.get_mut(layer.0) {
                    layer.kind = Kind::Model(masked.clone());
                }
                model = masked;
            }
        }
        let mut all = inputs.to_vec();
        for (position, rank) in model.ranks_of_masks() {
            let mask = given.get(position).copied().flatten();
            let mask = if mask.is_some() { mask } else { self.everywhere(inputs.get(position).copied(), rank, manner)? };
            all.extend(mask);
        }
        self.ended.extend(ended.map(|of| Ended { at: NodeId(self.nodes.len()), of, is_beside: false }));
        Ok(all)
    }

    /// How many axes of a tensor a call sees: those of one step, where it is for each.
    fn rank_in(&self, manner: Manner, tensor: TensorId) -> usize {
        self.ty(tensor).shape.rank().saturating_sub(usize::from(manner.is_for_each_step()))
    }

    /// Whether a tensor says of the first axes of another what counts.
    fn is_mask(&self, mask: TensorId, of: TensorId) -> bool {
        let (mask, of) = (self.ty(mask), self.ty(of));
        mask.dtype == DType::Bool && of.shape.0.starts_with(&mask.shape.0)
    }

    /// Refuses a mask that a call is given and that does not say which steps of its tensor count.
    pub(crate) fn check_masks(
        &self,
        layer: LayerId,
        (inputs, masks): (&[TensorId], &[Option<TensorId>]),
        manner: Manner,
    ) -> Result<(), CallError> {
        let given = inputs.iter().zip(masks).filter_map(|(&of, mask)| Some((of, (*mask)?)));
        for (number, (of, mask)) in given.clone().enumerate() {
            let is_one = self.is_mask(mask, of);
            let (of, found) = (self.ty(of), self.ty(mask));
            if is_one && found.shape.rank() > 0 {
                continue;
            }
            let axes = found.shape.rank().clamp(1, of.shape.rank().max(1));
            let shape = Shape(of.shape.0.iter().take(axes).cloned().collect());
            let expected = TensorType { dtype: DType::Bool, shape };
            let operand = inputs.len().saturating_add(number);
            let problem = Problem::InputType { operand, input: "mask".to_owned(), expected, found: found.clone() };
            let all: Vec<TensorId> = inputs.iter().copied().chain(given.map(|(_, mask)| mask)).collect();
            return Err(self.call_error(layer, &all, manner, problem));
        }
        Ok(())
    }

    /// The inputs that have masks, and how many axes these have.
    fn ranks_of_masks(&self) -> Vec<(usize, usize)> {
        let masks = self.inputs.iter().skip(self.own_inputs().len());
        self.masked_inputs.iter().copied().zip(masks.map(|port| self.ty(port.tensor).shape.rank())).collect()
    }

    /// A mask that is true everywhere, of as many axes as a call sees of it.
    fn everywhere(&mut self, of: Option<TensorId>, rank: usize, manner: Manner) -> Result<Option<TensorId>, CallError> {
        let Some(of) = of else { return Ok(None) };
        let rank = rank.saturating_add(usize::from(manner.is_for_each_step()));
        let all = self.add_mask(Rule::All { of, rank }, None);
        self.mask_tensor(all)
    }

    /// This model with masks for these inputs, of so many axes, as far as something looks at them: the masks are its inputs behind its own.
    ///
    /// # Errors
    /// If a mask cannot be computed.
    pub fn called_with_masks(&self, masked: &[(usize, usize)]) -> Result<Self, CallError> {
        let plain = self.shown();
        let mut graph = Self { samples: self.samples, ..Self::new(self.name.clone()) };
        let unbuilt = |layer: &LayerNode| LayerNode { built: None, weights: Vec::new(), ..layer.clone() };
        graph.layers = plain.layers.iter().map(unbuilt).collect();
        let mut tensors: HashMap<TensorId, TensorId> = HashMap::new();
        for port in &plain.inputs {
            tensors.insert(port.tensor, graph.input(port.name.clone(), plain.ty(port.tensor).clone()));
        }
        for &(position, rank) in masked {
            let Some(port) = plain.inputs.get(position) else { continue };
            let shape = Shape(plain.ty(port.tensor).shape.0.iter().take(rank).cloned().collect());
            let mask = graph.input(format!("mask {position}"), TensorType { dtype: DType::Bool, shape });
            graph.masked_inputs.push(position);
            if let Some(&tensor) = tensors.get(&port.tensor) {
                graph.give_mask(tensor, mask);
            }
        }
        for node in &plain.nodes {
            let (inputs, manner) = plain.without_masks(node);
            let inputs: Vec<TensorId> = inputs.iter().filter_map(|input| tensors.get(input).copied()).collect();
            let given = plain.given_masks(node).into_iter().map(|mask| tensors.get(&mask?).copied());
            let given: Vec<Option<TensorId>> = given.collect();
            let (outputs, _) = graph.call_masked(node.layer, (&inputs, &given), manner, Equation::open)?;
            tensors.extend(node.outputs.iter().copied().zip(outputs));
        }
        for port in &plain.outputs {
            if let Some(&tensor) = tensors.get(&port.tensor) {
                graph.output(port.name.clone(), tensor);
            }
        }
        graph.give_out_masks().map_err(|(_, error)| error)?;
        let mut graph = graph.pruned();
        graph.drop_unread_masks();
        graph.name_all();
        Ok(graph)
    }

    /// What a call is given, without the masks that follow from its tensors: they follow again.
    #[must_use]
    pub fn without_masks(&self, node: &Node) -> (Vec<TensorId>, Manner) {
        match self.layers.get(node.layer.0).map(|layer| &layer.kind) {
            Some(Kind::Layer(layer)) => {
                let slots = layer.slots();
                without(node, slots.len(), |slot, tensor| self.mask_that_follows(node, slots, slot) == Some(tensor))
            }
            Some(Kind::Model(model)) => (node.inputs.iter().take(model.own_inputs().len()).copied().collect(), node.manner),
            Some(Kind::Block(_)) | None => (node.inputs.clone(), node.manner),
        }
    }

    /// The masks that a call of a model is given, by position: those that do not follow from its tensors.
    #[must_use]
    pub fn given_masks(&self, node: &Node) -> Vec<Option<TensorId>> {
        let Some(Kind::Model(model)) = self.layers.get(node.layer.0).map(|layer| &layer.kind) else { return Vec::new() };
        let own = model.own_inputs().len();
        let given = |position: usize| {
            let number = model.masked_inputs.iter().position(|masked| *masked == position)?;
            let (&of, &mask) = (node.inputs.get(position)?, node.inputs.get(own.saturating_add(number))?);
            let follows = self.mask_of(of).and_then(|mask| self.masks.get(mask.0)?.tensor) == Some(mask);
            // What stands for its own mask has none that is written.
            (mask != of && !follows && !self.is_everywhere(mask, of)).then_some(mask)
        };
        (0..own).map(given).collect()
    }

    /// Leaves out the masks of inputs that nothing looks at.
    fn drop_unread_masks(&mut self) {
        let live = self.live();
        let own = self.own_inputs().len();
        let masks = self.inputs.split_off(own);
        let positions = std::mem::take(&mut self.masked_inputs);
        for (port, position) in masks.into_iter().zip(positions) {
            if live.get(port.tensor.0) != Some(&true) {
                continue;
            }
            if let Some(tensor) = self.tensors.get_mut(port.tensor.0) {
                tensor.source = Source::Input(self.inputs.len());
            }
            self.inputs.push(port);
            self.masked_inputs.push(position);
        }
    }

    /// Gives the calls that a model has had before what it takes and gives now: masks that are true everywhere.
    fn open_calls(&mut self, layer: LayerId, before: &Self, now: &Self) -> Result<(), CallError> {
        let mut next = 0;
        while let Some(at) = self.nodes.iter().skip(next).position(|node| node.layer == layer) {
            let at = next.saturating_add(at);
            let Some(node) = self.nodes.get(at).cloned() else { break };
            let (own, behind) = (before.own_inputs().len(), self.nodes.len());
            let mut inputs: Vec<TensorId> = node.inputs.iter().take(own).copied().collect();
            for (position, rank) in now.ranks_of_masks() {
                let known = before.masked_inputs.iter().position(|other| *other == position);
                let known = known.and_then(|known| node.inputs.get(own.saturating_add(known)).copied());
                let of = node.inputs.get(position).copied();
                let mask = if known.is_some() { known } else { self.everywhere(of, rank, node.manner)? };
                inputs.extend(mask);
            }
            let own = before.own_outputs().len();
            let mut outputs: Vec<TensorId> = node.outputs.iter().take(own).copied().collect();
            for (output, port) in now.masked.iter().zip(now.outputs.iter().skip(own)) {
                let known = before.masked.iter().position(|other| other == output);
                let known = known.and_then(|known| node.outputs.get(own.saturating_add(known)).copied());
                let ty = now.ty(port.tensor);
                let ty =
                    if node.named.is_empty() { ty.clone() } else { ty.substitute(&node.named).unwrap_or_else(|| ty.clone()) };
                let ty = self.steps(&node).map_or_else(|| ty.clone(), |steps| steps::joined(steps.clone(), &ty));
                let source = Source::Node(NodeId(at), outputs.len());
                let tensor = known.unwrap_or(TensorId(self.tensors.len()));
                if known.is_none() {
                    self.tensors.push(Tensor { ty, source, label: String::new(), mask: None });
                } else if let Some(tensor) = self.tensors.get_mut(tensor.0) {
                    tensor.source = source;
                }
                outputs.push(tensor);
            }
            if let Some(node) = self.nodes.get_mut(at) {
                (node.inputs, node.outputs) = (inputs, outputs);
            }
            let masks = self.nodes.len().saturating_sub(behind);
            self.move_to_front(at, behind);
            next = at.saturating_add(masks).saturating_add(1);
        }
        Ok(())
    }

    /// Moves the calls from a place on to before another, which none between depends on.
    fn move_to_front(&mut self, at: usize, from: usize) {
        let count = self.nodes.len().saturating_sub(from);
        if let Some(nodes) = self.nodes.get_mut(at..) {
            nodes.rotate_right(count);
        }
        let moved = |node: NodeId| match node.0 {
            place if place < at => node,
            place if place < from => NodeId(place.saturating_add(count)),
            place => NodeId(place.saturating_sub(from).saturating_add(at)),
        };
        for tensor in &mut self.tensors {
            if let Source::Node(node, output) = tensor.source {
                tensor.source = Source::Node(moved(node), output);
            }
        }
        self.ended.iter_mut().for_each(|ended| ended.at = moved(ended.at));
    }
}
