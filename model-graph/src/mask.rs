//! Masks: which steps of a tensor count. A mask is a tensor of the graph like any other, of what is true or false: true means "look at it".
//!
//! What a mask is follows from the calls, as in Keras: some layers make one, most hand it on or merge several, some use it, and the others
//! know nothing of masks, so that it ends there. The calls that compute it are made once something uses it.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::argument::Axis;
use crate::graph::{Graph, Kind, LayerId, Node, NodeId, Source, TensorId};
use crate::layer::{Manner, Slot};
use crate::layers::{AnyLayer, Declaration};
use crate::message::CallError;
use crate::names::Counter;
use crate::shape::{DType, TensorType};

/// What a layer does with the masks of what it is called with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MaskUse {
    /// It knows nothing of masks: they end there.
    Ends,
    /// It needs no mask behind it, whether it has used one or not: what it gives has no steps.
    Consumes,
    /// It hands on that of its first tensor.
    Passes,
    /// It hands on that of its first tensor; what has steps of its own counts as a whole where any of these does, unless they are given as well.
    Steps,
    /// What it gives counts where one of its tensors does; if one has no mask, everywhere.
    Merges,
    /// It joins its tensors along an axis, as it is written.
    Joins(i64),
    /// It makes one: a step counts if its number is not this.
    Differs(f64),
    /// It makes one: a step counts if one of its features is not this.
    AnyDiffers(f64),
}

/// A mask of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaskId(pub usize);

/// How a mask comes about, and the tensor that it is, once it has been computed.
#[derive(Clone, Debug)]
pub struct Mask {
    rule: Rule,
    /// The tensor, of what is true or false.
    pub tensor: Option<TensorId>,
}

/// Masks that come about in one way are equal, whether they have been computed or not.
impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        self.rule == other.rule
    }
}

impl Mask {
    /// How it comes about.
    pub(crate) fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The same in another graph, by what its tensors and masks are there.
    pub(crate) fn moved(self, tensor: &impl Fn(TensorId) -> TensorId, mask: &impl Fn(MaskId) -> MaskId) -> Self {
        let rule = match self.rule {
            Rule::Given => Rule::Given,
            Rule::Differs { of, number } => Rule::Differs { of: tensor(of), number },
            Rule::AnyDiffers { of, number } => Rule::AnyDiffers { of: tensor(of), number },
            Rule::Or(one, other) => Rule::Or(mask(one), mask(other)),
            Rule::Anywhere { of, rank } => Rule::Anywhere { of: mask(of), rank },
            Rule::Joined(parts) => Rule::Joined(parts.into_iter().map(mask).collect()),
            Rule::All { of, rank } => Rule::All { of: tensor(of), rank },
        };
        Self { rule, tensor: self.tensor.map(tensor) }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Rule {
    /// It is given.
    Given,
    /// Where the elements of a tensor are not a number.
    Differs { of: TensorId, number: f64 },
    /// Where one of the last axis of a tensor is not a number.
    AnyDiffers { of: TensorId, number: f64 },
    /// Where one of two says so.
    Or(MaskId, MaskId),
    /// Where another one says so anywhere, for its first axes, so many.
    Anywhere { of: MaskId, rank: usize },
    /// One behind the other.
    Joined(Vec<MaskId>),
    /// Everywhere, for the first axes of a tensor, so many.
    All { of: TensorId, rank: usize },
}

/// Where a mask ends at a layer that knows nothing of masks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// The call.
    pub at: NodeId,
    /// The tensor whose mask it is.
    pub of: TensorId,
    /// Whether the layer could use it, but is given other tensors by name, beside which it looks for none.
    pub is_beside: bool,
}

/// Whose mask a slot takes where it is given none.
enum Taken {
    /// That of the tensor of this number by position.
    Position(usize),
    /// That of what another slot is given.
    Slot(&'static str),
}

impl Slot {
    /// Whose mask it takes; slots of one name are a list, of the masks of the tensors in their order.
    fn takes_mask_of(&self, alike: usize) -> Option<Taken> {
        match self.name {
            "mask" => Some(Taken::Position(alike)),
            "query_mask" => Some(Taken::Position(0)),
            "value_mask" => Some(Taken::Position(1)),
            "key_mask" => Some(Taken::Slot("key")),
            _ => None,
        }
    }
}

/// How many slots before one have its name.
fn alike(slots: &[Slot], number: usize) -> usize {
    let name = slots.get(number).map(|slot| slot.name);
    slots.iter().take(number).filter(|slot| Some(slot.name) == name).count()
}

impl Graph {
    /// The mask of a tensor, if it has one.
    #[must_use]
    pub fn mask_of(&self, tensor: TensorId) -> Option<MaskId> {
        self.tensors.get(tensor.0)?.mask
    }

    /// Gives a tensor a mask that is a tensor of the graph.
    pub fn give_mask(&mut self, tensor: TensorId, mask: TensorId) {
        let mask = self.add_mask(Rule::Given, Some(mask));
        self.set_mask(tensor, Some(mask));
    }

    /// Gives tensors masks for a call; which they had before.
    pub(crate) fn lend_masks(&mut self, tensors: &[TensorId], masks: &[Option<TensorId>]) -> Vec<(TensorId, Option<MaskId>)> {
        let given: Vec<(TensorId, TensorId)> = tensors.iter().zip(masks).filter_map(|(of, mask)| Some((*of, (*mask)?))).collect();
        let own = given.iter().map(|(of, _)| (*of, self.mask_of(*of))).collect();
        given.into_iter().for_each(|(of, mask)| self.give_mask(of, mask));
        own
    }

    /// Gives tensors the masks back that they had.
    pub(crate) fn take_masks(&mut self, own: Vec<(TensorId, Option<MaskId>)>) {
        own.into_iter().rev().for_each(|(of, mask)| self.set_mask(of, mask));
    }

    /// Takes a tensor for the mask of another, if it is computed as that is; whether it is.
    pub(crate) fn learn_mask(&mut self, of: TensorId, given: TensorId) -> bool {
        let Some(mask) = self.mask_of(of).filter(|&mask| self.is_computed_as(given, mask)) else { return false };
        if let Some(mask) = self.masks.get_mut(mask.0) {
            mask.tensor.get_or_insert(given);
        }
        true
    }

    /// Whether a slot is given a mask of what is in the steps, from which that of the steps follows which it takes: so Keras has it behind a layer
    /// that is called for each step.
    pub(crate) fn is_within_steps(&self, layer: &AnyLayer, inputs: &[TensorId], (number, given): (usize, &[TensorId])) -> bool {
        let slot = layer.slots().get(number);
        let whose = slot.and_then(|slot| slot.takes_mask_of(alike(layer.slots(), number)));
        let (Some(Taken::Position(position)), [given]) = (whose, given) else { return false };
        let mask = inputs.get(position).and_then(|&of| self.mask_of(of));
        mask.is_some_and(|mask| self.ty(*given).shape.rank() > self.rank_of(mask) && self.is_computed_as(*given, mask))
    }

    fn set_mask(&mut self, tensor: TensorId, mask: Option<MaskId>) {
        if let Some(tensor) = self.tensors.get_mut(tensor.0) {
            tensor.mask = mask;
        }
    }

    pub(crate) fn add_mask(&mut self, rule: Rule, tensor: Option<TensorId>) -> MaskId {
        let known = self.masks.iter().position(|mask| mask.rule == rule && mask.rule != Rule::Given);
        MaskId(known.unwrap_or_else(|| {
            self.masks.push(Mask { rule, tensor });
            self.masks.len().saturating_sub(1)
        }))
    }

    /// The tensor that a mask is; the calls that compute it are made, unless they have been.
    ///
    /// # Errors
    /// If it cannot be computed: tensors whose masks are merged have steps of other numbers.
    pub fn mask_tensor(&mut self, mask: MaskId) -> Result<Option<TensorId>, CallError> {
        let Some(Mask { rule, tensor }) = self.masks.get(mask.0).cloned() else { return Ok(None) };
        if tensor.is_some() {
            return Ok(tensor);
        }
        let tensor = match rule {
            Rule::Given => None,
            Rule::Differs { of, number } => self.differs(of, number)?,
            Rule::AnyDiffers { of, number } => match self.differs(of, number)? {
                Some(differs) => self.operate("any", json!({ "axis": -1 }), &[differs])?,
                None => None,
            },
            Rule::Or(one, other) => match (self.mask_tensor(one)?, self.mask_tensor(other)?) {
                (Some(one), Some(other)) => self.operate("logical_or", json!({}), &[one, other])?,
                (one, other) => one.or(other),
            },
            Rule::Joined(parts) => {
                let parts: Vec<Option<TensorId>> =
                    parts.into_iter().map(|part| self.mask_tensor(part)).collect::<Result<_, _>>()?;
                let parts: Option<Vec<TensorId>> = parts.into_iter().collect();
                match parts {
                    Some(parts) => self.operate("concatenate", json!({ "axis": 1 }), &parts)?,
                    None => None,
                }
            }
            Rule::Anywhere { of, rank } => {
                let of = self.mask_tensor(of)?;
                self.anywhere(of, rank)?
            }
            Rule::All { of, rank } => {
                let all = self.operate("ones_like", json!({ "dtype": "bool" }), &[of])?;
                self.anywhere(all, rank)?
            }
        };
        if let Some(mask) = self.masks.get_mut(mask.0) {
            mask.tensor = tensor;
        }
        Ok(tensor)
    }

    /// Where a tensor of what is true or false is true anywhere, for its first axes, so many.
    fn anywhere(&mut self, mut of: Option<TensorId>, rank: usize) -> Result<Option<TensorId>, CallError> {
        while let Some(tensor) = of.filter(|&tensor| self.ty(tensor).shape.rank() > rank) {
            of = self.operate("any", json!({ "axis": -1 }), &[tensor])?;
        }
        Ok(of)
    }

    /// Gives the graph the masks of its outputs, behind them, unless it has them.
    ///
    /// # Errors
    /// If one cannot be computed, with the number of its output.
    pub fn give_out_masks(&mut self) -> Result<(), (usize, CallError)> {
        if !self.masked.is_empty() {
            return Ok(());
        }
        for output in 0..self.outputs.len() {
            let mask = self.outputs.get(output).and_then(|port| self.mask_of(port.tensor));
            let Some(mask) = mask else { continue };
            if let Some(mask) = self.mask_tensor(mask).map_err(|error| (output, error))? {
                self.masked.push(output);
                self.output(format!("mask {output}"), mask);
            }
        }
        Ok(())
    }

    /// Names the layers without a name, which compute masks, as none is that is called.
    pub fn name_all(&mut self) {
        let mut taken: HashSet<String> = self.inputs.iter().map(|port| port.name.clone()).collect();
        taken.extend(self.layers.iter().filter(|layer| layer.built.is_some()).filter_map(|layer| layer.name.clone()));
        let mut counter = Counter::default();
        for layer in self.layers.iter_mut().filter(|layer| layer.name.is_none()) {
            let mut name = counter.next(layer.kind.class());
            while !taken.insert(name.clone()) {
                name = counter.next(layer.kind.class());
            }
            layer.name = Some(name);
        }
        for tensor in &mut self.tensors {
            let Source::Node(node, _) = tensor.source else { continue };
            let layer = self.nodes.get(node.0).and_then(|node| self.layers.get(node.layer.0));
            layer.and_then(|layer| layer.name.as_ref()).into_iter().for_each(|name| tensor.label.clone_from(name));
        }
    }

    /// Where a tensor's elements are not a number, written as Keras does: whole where they are.
    fn differs(&mut self, of: TensorId, number: f64) -> Result<Option<TensorId>, CallError> {
        #[allow(clippy::cast_possible_truncation)] // a number of something
        let number = if self.ty(of).dtype == DType::I32 { json!(number as i64) } else { json!(number) };
        self.operate("not_equal", json!({ "x2": number }), &[of])
    }

    /// Calls an operation, and gives what it gives first.
    fn operate(&mut self, name: &str, arguments: Value, tensors: &[TensorId]) -> Result<Option<TensorId>, CallError> {
        let arguments: Map<String, Value> = if let Value::Object(arguments) = arguments { arguments } else { Map::new() };
        let Some(layer) = Declaration::function(name).and_then(|operation| operation.read(&arguments).ok()) else {
            return Ok(None);
        };
        let layer = self.layer(layer, None);
        self.call(layer, tensors).map(|outputs| outputs.first().copied())
    }

    /// What a layer is called with, and with the masks that its slots take.
    ///
    /// # Errors
    /// If a mask cannot be computed.
    pub(crate) fn with_masks(
        &mut self,
        layer: LayerId,
        (inputs, masks): (&[TensorId], &[Option<TensorId>]),
        mut manner: Manner,
    ) -> Result<(Vec<TensorId>, Manner), CallError> {
        if let Some(Kind::Model(model)) = self.layers.get(layer.0).map(|layer| &layer.kind) {
            let model = model.clone();
            return Ok((self.with_masks_of_inputs(layer, &model, (inputs, masks), manner)?, manner));
        }
        let mut inputs = inputs.to_vec();
        let slots = match self.layers.get(layer.0).map(|layer| &layer.kind) {
            Some(Kind::Layer(any)) if !manner.is_for_each_step() => any.slots(),
            Some(_) | None => &[],
        };
        let is_alone = manner.has_no_slots();
        for (number, slot) in slots.iter().enumerate() {
            if !manner.slot(number, &inputs).is_empty() {
                continue;
            }
            let whose = match slot.takes_mask_of(alike(slots, number)) {
                Some(Taken::Position(position)) => manner.positional(&inputs).get(position).copied(),
                Some(Taken::Slot(name)) => {
                    let other = slots.iter().position(|slot| slot.name == name);
                    other.and_then(|other| manner.slot(other, &inputs).first().copied())
                }
                None => None,
            };
            let Some(mask) = whose.and_then(|tensor| self.mask_of(tensor)) else { continue };
            // As in Keras, which looks for a mask where a layer is called with one tensor, or by the names of several.
            if slot.name == "mask" && !is_alone {
                let at = NodeId(self.nodes.len());
                self.ended.extend(whose.map(|of| Ended { at, of, is_beside: true }));
                continue;
            }
            if let Some(mask) = self.mask_tensor(mask)? {
                let mut given = inputs.clone();
                given.insert(manner.start(number, inputs.len()).min(inputs.len()), mask);
                // What is wrong without the mask is said without it; a mask that does not fit, of steps where one of elements is taken, stays out.
                if self.fits(layer, &given, manner.with_one(number)) || !self.fits(layer, &inputs, manner) {
                    (inputs, manner) = (given, manner.with_one(number));
                }
            }
        }
        Ok((inputs, manner))
    }

    /// The mask that a slot of a call takes where it is given none, once it has been computed.
    pub(crate) fn mask_that_follows(&self, node: &Node, slots: &[Slot], number: usize) -> Option<TensorId> {
        let whose = slots.get(number)?.takes_mask_of(alike(slots, number))?;
        let whose = match whose {
            Taken::Position(position) => node.manner.positional(&node.inputs).get(position).copied()?,
            Taken::Slot(name) => {
                let other = slots.iter().position(|slot| slot.name == name)?;
                node.manner.slot(other, &node.inputs).first().copied()?
            }
        };
        self.masks.get(self.mask_of(whose)?.0)?.tensor
    }

    fn fits(&self, layer: LayerId, inputs: &[TensorId], manner: Manner) -> bool {
        let types: Vec<TensorType> = inputs.iter().map(|&input| self.ty(input).clone()).collect();
        let kind = self.layers.get(layer.0).map(|layer| &layer.kind);
        matches!(kind, Some(Kind::Layer(any)) if any.build(&types, manner).is_ok())
    }

    /// The masks that follow from a call that is there, whose slots have been given what they take.
    pub(crate) fn learn_and_hand_on(&mut self, node: NodeId) {
        let call = self.nodes.get(node.0).map(|node| (node.layer, node.inputs.clone(), node.manner));
        if let Some((layer, inputs, manner)) = call
            && let Some(Kind::Layer(any)) = self.layers.get(layer.0).map(|layer| layer.kind.clone())
        {
            self.learn_masks(&any, &inputs, manner);
        }
        self.hand_on_masks(node);
    }

    /// Takes what a slot was given for the mask of the tensor whose mask it takes, if it is computed as that is: so a file says it, which has
    /// the calls that compute it.
    pub(crate) fn learn_masks(&mut self, layer: &AnyLayer, inputs: &[TensorId], manner: Manner) {
        for (number, slot) in layer.slots().iter().enumerate() {
            let whose = slot.takes_mask_of(alike(layer.slots(), number));
            let (Some(Taken::Position(position)), [given]) = (whose, manner.slot(number, inputs)) else {
                continue;
            };
            if let Some(&of) = manner.positional(inputs).get(position) {
                self.learn_mask(of, *given);
            }
        }
    }

    /// Gives the outputs of a call their masks, and notes where masks end.
    pub(crate) fn hand_on_masks(&mut self, node: NodeId) {
        let Some(Node { layer, inputs, manner, outputs, .. }) = self.nodes.get(node.0).cloned() else { return };
        let Some(kind) = self.layers.get(layer.0).map(|layer| layer.kind.clone()) else { return };
        let masked: Vec<Option<MaskId>> = manner.positional(&inputs).iter().map(|&input| self.mask_of(input)).collect();
        let (masking, is_bool) = match &kind {
            // At each step the same is done, whether it counts or not.
            _ if manner.is_for_each_step() => (MaskUse::Steps, false),
            Kind::Layer(any) => (any.mask_use(manner), outputs.iter().all(|&output| self.ty(output).dtype == DType::Bool)),
            Kind::Block(block) => return self.hand_on_from(block, &outputs),
            Kind::Model(model) => return self.hand_on_from(model, &outputs),
        };
        let all = || masked.iter().copied().collect::<Option<Vec<MaskId>>>().filter(|masks| !masks.is_empty());
        let first = inputs.first().copied();
        let rank = first.map_or(0, |first| self.ty(first).shape.rank());
        let place = |axis| Axis(axis).in_sample(rank);
        let mask = match masking {
            MaskUse::Consumes => None,
            MaskUse::Passes => masked.first().copied().flatten(),
            MaskUse::Steps => masked.first().copied().flatten().map(|mask| self.of_steps(mask, &outputs)),
            MaskUse::Merges => all().and_then(|masks| self.merged(&masks)),
            // Along the features, what has no mask counts everywhere, and so does the whole.
            MaskUse::Joins(axis) if place(axis).is_some_and(|place| place.saturating_add(1) == rank) => {
                all().and_then(|masks| self.merged(&masks))
            }
            MaskUse::Joins(axis) if place(axis) == Some(0) => self.joined(&inputs, &masked),
            MaskUse::Differs(number) => first.map(|of| self.add_mask(Rule::Differs { of, number }, None)),
            MaskUse::AnyDiffers(number) => first.map(|of| self.add_mask(Rule::AnyDiffers { of, number }, None)),
            // What compares has no mask, and needs none.
            MaskUse::Ends if is_bool => None,
            MaskUse::Ends | MaskUse::Joins(_) => return self.end(node, &inputs, &masked),
        };
        if let Some(&output) = outputs.first() {
            self.set_mask(output, mask);
        }
    }

    fn merged(&mut self, masks: &[MaskId]) -> Option<MaskId> {
        let mut masks = masks.iter().copied();
        let first = masks.next()?;
        // Merged with itself a mask is what it was.
        Some(masks.fold(first, |merged, mask| if merged == mask { merged } else { self.add_mask(Rule::Or(merged, mask), None) }))
    }

    /// The mask of what is given for the steps of a sequence, whose last axis has no steps.
    fn of_steps(&mut self, mask: MaskId, outputs: &[TensorId]) -> MaskId {
        let rank = outputs.first().map_or(0, |&output| self.ty(output).shape.rank()).saturating_sub(1).max(1);
        if self.rank_of(mask) > rank { self.add_mask(Rule::Anywhere { of: mask, rank }, None) } else { mask }
    }

    /// The masks of tensors one behind the other, if one of them has a mask; what has none counts everywhere.
    fn joined(&mut self, inputs: &[TensorId], masked: &[Option<MaskId>]) -> Option<MaskId> {
        let rank = masked.iter().flatten().next().map(|&mask| self.rank_of(mask))?;
        let parts = inputs.iter().zip(masked);
        let parts = parts.map(|(&of, mask)| mask.unwrap_or_else(|| self.add_mask(Rule::All { of, rank }, None))).collect();
        Some(self.add_mask(Rule::Joined(parts), None))
    }

    /// The number of axes of a mask.
    fn rank_of(&self, mask: MaskId) -> usize {
        let rank = |tensor: TensorId| self.ty(tensor).shape.rank();
        match self.masks.get(mask.0) {
            Some(Mask { tensor: Some(tensor), .. }) => rank(*tensor),
            Some(Mask { rule: Rule::Differs { of, .. }, .. }) => rank(*of),
            Some(Mask { rule: Rule::AnyDiffers { of, .. }, .. }) => rank(*of).saturating_sub(1),
            Some(Mask { rule: Rule::All { rank, .. } | Rule::Anywhere { rank, .. }, .. }) => *rank,
            Some(Mask { rule: Rule::Or(part, _), .. }) => self.rank_of(*part),
            Some(Mask { rule: Rule::Joined(parts), .. }) => parts.first().map_or(0, |&part| self.rank_of(part)),
            Some(Mask { rule: Rule::Given, .. }) | None => 0,
        }
    }

    /// A block or model gives the masks of its outputs behind them.
    fn hand_on_from(&mut self, called: &Self, outputs: &[TensorId]) {
        let own = outputs.len().saturating_sub(called.masked.len());
        let masks: Vec<(TensorId, TensorId)> = called
            .masked
            .iter()
            .zip(outputs.get(own..).unwrap_or_default())
            .filter_map(|(&of, &mask)| Some((*outputs.get(of)?, mask)))
            .collect();
        masks.into_iter().for_each(|(tensor, mask)| self.give_mask(tensor, mask));
    }

    fn end(&mut self, node: NodeId, inputs: &[TensorId], masked: &[Option<MaskId>]) {
        let ended = inputs.iter().zip(masked).find(|(_, mask)| mask.is_some());
        self.ended.extend(ended.map(|(&of, _)| Ended { at: node, of, is_beside: false }));
    }
}
