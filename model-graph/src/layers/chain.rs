//! Layers that are run inside of another one: what each is handed, what it gives and what it works with. The wrapper's weights are those of
//! all of them, one behind the other, and so is its memory: shape rule and run time divide both by what stands here.

use crate::argument::Wrapped;
use crate::layer::{Manner, Memory, Needs, Slot, Space, WeightSpec};
use crate::layers::AnyLayer;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// The slot that recurrent layers take states in.
pub(super) const STATES: &str = "initial_state";

/// The slot that recurrent layers take a mask in.
pub(super) const MASK: &str = "mask";

/// A layer that is run inside of another one.
#[derive(Clone, Debug)]
pub struct Link {
    /// What its weights' names begin with.
    pub path: String,
    /// The layer.
    pub layer: AnyLayer,
    /// Whether training changes its weights.
    pub trainable: bool,
    /// The type of what it is handed.
    pub input: TensorType,
    /// The types of what it gives.
    pub outputs: Vec<TensorType>,
    /// What it works with.
    pub needs: Needs,
    /// Its weights, under its own names.
    pub weights: Vec<WeightSpec>,
}

impl Link {
    /// A layer with what it is called with: a tensor, states, and a mask.
    ///
    /// # Errors
    /// If that does not fit the layer.
    pub(super) fn new(wrapped: &Wrapped, input: &TensorType, given: Given<'_>) -> Result<Self, Problem> {
        let Wrapped { layer, name, trainable } = wrapped;
        let (inputs, manner) = given.arrange(layer, input);
        let (outputs, weights) = layer.build(&inputs, manner)?;
        let shapes = |types: &[TensorType]| types.iter().map(|ty| ty.shape.clone()).collect::<Vec<Shape>>();
        let needs = layer.needs(&shapes(&inputs), &shapes(&outputs));
        let (path, layer, input) = (name.clone(), (**layer).clone(), input.clone());
        Ok(Self { path, layer, trainable: *trainable, input, outputs, needs, weights })
    }

    /// The first output.
    pub(super) fn output(&self) -> TensorType {
        self.outputs.first().cloned().unwrap_or_else(|| self.input.clone()) // every layer has an output
    }

    /// The elements of the first output.
    pub(super) fn room(&self) -> Space {
        Space::per_sample(self.output().shape.count())
    }

    /// What it leaves for backward, and what forward and backward work in, once all sizes are numbers.
    #[must_use]
    pub fn rooms(&self) -> [Memory; 3] {
        let Needs { saved, forward_scratch, backward_scratch, .. } = &self.needs;
        [saved, forward_scratch, backward_scratch].map(|space| space.known().unwrap_or(Memory::NONE))
    }

    /// The states that it gives besides its output as it runs: those that it keeps are among them, whether they are outputs or not.
    #[must_use]
    pub fn states(&self) -> usize {
        if self.layer.keeps_states() { self.layer.states() } else { self.outputs.len().saturating_sub(1) }
    }

    /// The shapes of the states that it keeps.
    pub(super) fn kept_states(&self) -> Vec<Shape> {
        self.layer.kept_states(std::slice::from_ref(&self.input))
    }
}

/// What a layer inside of another one is handed besides its input.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Given<'t> {
    /// States before the first step.
    pub states: &'t [TensorType],
    /// Which steps are to be looked at.
    pub mask: Option<&'t TensorType>,
}

impl Given<'_> {
    /// The inputs of a layer as they stand, and its manner. What it has no slot for is left out.
    fn arrange(self, layer: &AnyLayer, input: &TensorType) -> (Vec<TensorType>, Manner) {
        let slot = |name: &str| layer.slots().iter().position(|slot| slot.name == name);
        let states = slot(STATES).filter(|_| !self.states.is_empty()).map(|slot| (slot, self.states.to_vec()));
        let mask = slot(MASK).zip(self.mask).map(|(slot, mask)| (slot, vec![mask.clone()]));
        Manner::arranged(vec![input.clone()], states.into_iter().chain(mask).collect())
    }
}

/// Layers that are run inside of another one.
pub type Links = Vec<Link>;

/// The weights of all, under the names that their wrapper has for them.
pub(super) fn weights(links: &[Link]) -> Vec<WeightSpec> {
    let own = |link: &Link| link.weights.iter().map(|weight| weight.clone().of(&link.path, link.trainable)).collect::<Vec<_>>();
    links.iter().flat_map(own).collect()
}

/// Layers one behind the other, each of which is handed what the one before gives.
///
/// # Errors
/// If something does not fit one of them.
pub(super) fn series(
    layers: Vec<Wrapped>,
    input: &TensorType,
    states: &[TensorType],
    mask: Option<&TensorType>,
) -> Result<Links, Problem> {
    let (mut input, mut left, mut links) = (input.clone(), states, Vec::new());
    for wrapped in &layers {
        let (own, rest) = left.split_at(left.len().min(wrapped.layer.states()));
        let before = states.len().saturating_sub(left.len());
        let link = Link::new(wrapped, &input, Given { states: own, mask });
        // Of the inputs of the first, the tensor is the wrapper's; states stand behind it, as in the wrapper, those of others before.
        let link = link.map_err(|problem| {
            problem.of_inputs(|operand| match operand {
                0 => 0,
                state => state.saturating_add(before),
            })
        })?;
        (input, left) = (link.output(), rest);
        links.push(link);
    }
    Ok(links)
}

/// What layers one behind the other work with: the outputs between them are kept for backward.
pub(super) fn needs_of_series(links: &[Link]) -> Needs {
    let (Some(first), Some(last)) = (links.first(), links.last()) else { return Needs::default() };
    let between = links.split_last().map_or(&[][..], |(_, rest)| rest);
    let between = between.iter().map(Link::room).fold(Space::NONE, |sum, room| sum.and(&room));
    let all = |part: fn(&Needs) -> &Space| links.iter().map(move |link| part(&link.needs));
    let larger = |part: fn(&Needs) -> &Space| all(part).fold(Space::NONE, |most, space| most.or(space));
    Needs {
        inputs: first.needs.inputs,
        output: last.needs.output,
        saved: all(|needs| &needs.saved).fold(between.clone(), |sum, space| sum.and(space)),
        forward_scratch: larger(|needs| &needs.forward_scratch).and(&between),
        backward_scratch: larger(|needs| &needs.backward_scratch).and(&between),
    }
}

/// What a call of a layer that runs recurrent ones may name.
pub(super) const SLOTS: &[Slot] = &[
    Slot { name: STATES, expected: "the state before the first step" },
    Slot { name: MASK, expected: "which steps are to be looked at" },
];

/// Checks that a call gives as many states as there are, or none, and a mask only to what takes one.
///
/// # Errors
/// If it does not.
pub(super) fn check_slots(
    states: usize,
    first: Option<&AnyLayer>,
    (inputs, manner): (&[TensorType], Manner),
) -> Result<(), Problem> {
    let takes_mask = first.is_some_and(|layer| layer.slots().iter().any(|slot| slot.name == MASK));
    let most = [(STATES, states), (MASK, usize::from(takes_mask))];
    for (place, (slot, expected)) in most.into_iter().enumerate() {
        let found = manner.slot(place, inputs).len();
        if found > 0 && found != expected {
            return Err(Problem::Slot { slot, operand: manner.start(place, inputs.len()), expected, found });
        }
    }
    Ok(())
}
