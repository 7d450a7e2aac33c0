//! What attention layers share: the tensors that a call gives them, the masks, and the weights of projections.

use crate::argument::{Constraint, Initializer, ListedAxes, Regularizer};
use crate::dim::Dim;
use crate::layer::{Flag, Manner, Memory, Needs, Slot, Space, WeightSpec};
use crate::layers::activated::{require_floats, resolve_axes};
use crate::layers::kept::check_activity;
use crate::layers::masked::MASK;
use crate::problem::Problem;
use crate::shape::{DType, Shape, TensorType};

const AXES: &[&str] = &["steps", "features"];

/// The flag that lets each query see no key behind it.
pub const CAUSAL: usize = 0;

/// The flag that makes the scores an output, too.
pub const RETURN_SCORES: usize = 1;

/// What a call of an attention layer may ask for.
pub(super) const FLAGS: &[Flag] = &[
    Flag { name: "use_causal_mask", expected: "whether each query attends to no key that comes behind it" },
    Flag { name: "return_attention_scores", expected: "whether the scores are given as well, behind the output" },
];

/// The slot of keys, of a layer with projections.
pub const KEY: usize = 0;

/// The slot of a layer with projections whose mask says which queries attend at all; behind it, those of values, of keys, and of both.
pub const MASKS: usize = 1;

/// What a call of a layer with projections may give besides query and value.
pub(super) const PROJECTED_SLOTS: &[Slot] = &[
    Slot { name: "key", expected: "the keys, which are the values unless given" },
    Slot { name: "query_mask", expected: "a mask that says which queries attend" },
    Slot { name: "value_mask", expected: "a mask that says which values are attended to" },
    Slot { name: "key_mask", expected: "a mask that says which keys are attended to" },
    Slot { name: "attention_mask", expected: "a mask that says which query attends to which key" },
];

/// What a call of a layer with projections gives by position.
pub(super) const PROJECTED: &[&str] = &["query", "value"];

/// The masks that a call of a layer on a list may give.
pub(super) const LISTED_SLOTS: &[Slot] = &[
    Slot { name: "mask", expected: "a mask that says which queries attend" },
    Slot { name: "mask", expected: "a mask that says which values are attended to" },
];

/// The tensors of a call, of inputs that are known to be floats.
pub(super) struct Call<'t> {
    inputs: &'t [TensorType],
    manner: Manner,
    /// The key, where a slot has it.
    key: Option<&'t TensorType>,
}

impl<'t> Call<'t> {
    /// The tensors of a call: query, value and key, each with axes before its features.
    pub fn new(inputs: &'t [TensorType], manner: Manner, has_slot_of_key: bool) -> Result<Self, Problem> {
        let key = manner.slot(KEY, inputs).first().filter(|_| has_slot_of_key);
        let call = Self { inputs, manner, key };
        for operand in 0..3 {
            let Some(input) = call.tensor(operand) else { continue };
            require_floats(std::slice::from_ref(input)).map_err(|problem| call.at(operand, problem))?;
            if input.shape.rank() < AXES.len() {
                return Err(call.at(operand, Problem::Rank { operand, expected: AXES, found: input.shape.clone() }));
            }
        }
        Ok(call)
    }

    /// The query, the value, or the key where there is one of its own.
    fn tensor(&self, operand: usize) -> Option<&'t TensorType> {
        self.manner.positional(self.inputs).get(operand).or(self.key.filter(|_| operand == 2))
    }

    /// Where the query, the value or the key stands among the call's tensors.
    fn place(&self, operand: usize) -> usize {
        if operand == 2 && self.key.is_some() { self.manner.start(KEY, self.inputs.len()) } else { operand }
    }

    /// A problem with the query, the value or the key, told of the tensor as the call counts it.
    fn at(&self, operand: usize, problem: Problem) -> Problem {
        let place = self.place(operand);
        match problem {
            Problem::DType { expected, found, .. } => Problem::DType { operand: place, expected, found },
            Problem::Rank { expected, found, .. } => Problem::Rank { operand: place, expected, found },
            Problem::Unknown { axis, shape, .. } => Problem::Unknown { operand: place, axis, shape },
            other => other,
        }
    }

    /// The query's axes but for its features.
    pub fn queries(&self) -> &'t [Dim] {
        leading(&self.inputs[0].shape)
    }

    /// The value's axes but for its features.
    pub fn keys(&self) -> &'t [Dim] {
        leading(&self.inputs[1].shape)
    }

    /// The number of features of the query, the value, or the key: known while compiling.
    pub fn features(&self, operand: usize) -> Result<Dim, Problem> {
        let shape = &self.tensor(operand).unwrap_or(&self.inputs[1]).shape;
        let last = shape.0.last().cloned().unwrap_or_default();
        let axis = shape.rank().saturating_sub(1);
        match last.is_constant() {
            true => Ok(last),
            false => Err(self.at(operand, Problem::Unknown { operand, axis, shape: shape.clone() })),
        }
    }

    /// Refuses a value or a key of another shape than this, with its own features where none are asked for.
    pub fn require(&self, operand: usize, axes: &[Dim], features: Option<&Dim>) -> Result<(), Problem> {
        let Some(found) = self.tensor(operand) else { return Ok(()) };
        let own = found.shape.0.last();
        let expected = Shape(axes.iter().chain(features.or(own)).cloned().collect());
        if found.shape == expected {
            return Ok(());
        }
        let place = self.place(operand);
        let input = ["query", "value", "key"].get(operand).copied().unwrap_or_default().to_owned();
        Err(Problem::InputType { operand: place, input, expected: found.with_shape(expected), found: found.clone() })
    }

    /// Refuses more than one tensor in a slot, and masks of other types than these.
    pub fn require_masks(&self, slots: &'static [Slot], masks: &[(usize, &[Shape])]) -> Result<(), Problem> {
        for (slot, Slot { name, .. }) in slots.iter().enumerate() {
            let (found, operand) = (self.manner.slot(slot, self.inputs), self.manner.start(slot, self.inputs.len()));
            if found.len() > 1 {
                return Err(Problem::Slot { slot: name, operand, expected: 1, found: found.len() });
            }
            let Some((_, shapes)) = masks.iter().find(|(of, _)| *of == slot) else { continue };
            let Some(mask) = found.first() else { continue };
            if mask.dtype == DType::Bool && shapes.contains(&mask.shape) {
                continue;
            }
            // Of several shapes, the one of so many axes.
            let rank = |shape: &&Shape| shape.rank() == mask.shape.rank();
            let shape = shapes.iter().find(rank).or(shapes.first()).cloned().unwrap_or_default();
            let expected = TensorType { dtype: DType::Bool, shape };
            return Err(Problem::InputType { operand, input: (*name).to_owned(), expected, found: mask.clone() });
        }
        Ok(())
    }

    /// Refuses masks and windows where there are several axes of steps.
    fn require_steps(&self, has_window: bool) -> Result<(), Problem> {
        let masks = (MASKS..PROJECTED_SLOTS.len()).any(|slot| !self.manner.slot(slot, self.inputs).is_empty());
        let has_masks = masks || has_window || self.manner.flag(CAUSAL);
        match has_masks && self.inputs[0].shape.rank() != AXES.len() {
            true => Err(Problem::Rank { operand: 0, expected: AXES, found: self.inputs[0].shape.clone() }),
            false => Ok(()),
        }
    }

    /// The output and, where they are asked for, the scores.
    pub fn outputs(&self, output: Shape, scores: Vec<Dim>) -> Vec<TensorType> {
        let mut outputs = vec![self.inputs[0].with_shape(output)];
        if self.manner.flag(RETURN_SCORES) {
            outputs.push(self.inputs[0].with_shape(Shape(scores)));
        }
        outputs
    }
}

fn is_float(input: &TensorType) -> bool {
    input.dtype != DType::Bool
}

/// The axes before the features.
fn leading(shape: &Shape) -> &[Dim] {
    shape.0.split_last().map_or(&[], |(_, leading)| leading)
}

/// The product of sizes.
fn product(dims: &[Dim]) -> Dim {
    dims.iter().fold(Dim::from(1), |product, dim| product.saturating_mul(dim))
}

/// What a layer with projections attends by.
pub(super) struct Heads<'l> {
    /// The heads of queries.
    pub queries: Dim,
    /// The heads of keys and values.
    pub keys: Dim,
    /// The size of each head's queries and keys.
    pub key_dim: &'l Dim,
    /// The size of each head's values.
    pub value_dim: &'l Dim,
    /// The axes of the output in the place of the features, where they are others.
    pub output: Option<&'l [Dim]>,
    /// Whether projections have a bias.
    pub use_bias: bool,
    /// Whether there is a gate.
    pub use_gate: bool,
    /// How kernels start and what they are kept by.
    pub kernel: (Initializer, Option<Regularizer>, Option<Constraint>),
    /// How biases start and what they are kept by.
    pub bias: (Initializer, Option<Regularizer>, Option<Constraint>),
    /// The penalty on what each projection gives.
    pub activity: Option<Regularizer>,
}

impl Heads<'_> {
    /// The types of the outputs, where values have any number of features, or the query's.
    pub fn outputs(
        &self,
        (inputs, manner): (&[TensorType], Manner),
        axes: Option<&ListedAxes>,
        has_window: bool,
        has_features_of_query: bool,
    ) -> Result<Vec<TensorType>, Problem> {
        let call = Call::new(inputs, manner, true)?;
        let query = &inputs[0].shape;
        if inputs[1].shape.rank() != query.rank() {
            let names: &[&str] = match query.rank() {
                2 => AXES,
                3 => &["rows", "columns", "features"],
                _ => &[],
            };
            return Err(Problem::Rank { operand: 1, expected: names, found: inputs[1].shape.clone() });
        }
        let outer = outer_axes(axes, query)?;
        call.require_steps(has_window)?;
        let (queries, keys) = (call.queries(), call.keys());
        let features = call.features(0)?;
        call.features(1)?;
        call.features(2)?;
        let common = queries.iter().take(outer).chain(keys.iter().skip(outer)).cloned().collect::<Vec<_>>();
        call.require(1, &common, has_features_of_query.then_some(&features))?;
        call.require(2, keys, None)?;
        let [query_mask, key_mask] = [queries, keys].map(|dims| [Shape(dims.to_vec())]);
        let both = Shape(queries.iter().chain(keys).cloned().collect());
        let apart = Shape(std::iter::once(&self.queries).chain(&both.0).cloned().collect());
        let masks: [(usize, &[Shape]); 4] = [(1, &query_mask), (2, &key_mask), (3, &key_mask), (4, &[both, apart])];
        call.require_masks(PROJECTED_SLOTS, &masks)?;
        let own = [features];
        let output = Shape(queries.iter().chain(self.output.unwrap_or(&own)).cloned().collect());
        check_activity(self.activity, std::iter::once(&output))?;
        if let Some(Regularizer::Own(function)) = self.activity {
            return Err(Problem::ActivityFunction { function: function.to_source() });
        }
        let heads = std::iter::once(&self.queries);
        let scores = queries.iter().take(outer).chain(heads).chain(queries.iter().skip(outer)).chain(keys.iter().skip(outer));
        Ok(call.outputs(output, scores.cloned().collect()))
    }

    /// The weights, of inputs that the rule has accepted.
    pub fn weights(&self, inputs: &[TensorType]) -> Vec<WeightSpec> {
        let features = |input: &TensorType| input.shape.0.last().cloned().unwrap_or_default();
        let key = inputs.get(2).filter(|input| is_float(input)).unwrap_or(&inputs[1]);
        let [query, key, value] = [&inputs[0], key, &inputs[1]].map(features);
        let mut weights = Vec::new();
        let mut project = |[kernel, bias]: [&'static str; 2], from: Vec<Dim>, to: Vec<Dim>| {
            let shape = Shape(from.into_iter().chain(to.iter().cloned()).collect());
            weights.push(WeightSpec::cared_for(kernel, shape, self.kernel));
            if self.use_bias {
                weights.push(WeightSpec::cared_for(bias, Shape(to), self.bias));
            }
        };
        let per_head = |heads: &Dim, size: &Dim| vec![heads.clone(), size.clone()];
        project(["query/kernel", "query/bias"], vec![query.clone()], per_head(&self.queries, self.key_dim));
        project(["key/kernel", "key/bias"], vec![key], per_head(&self.keys, self.key_dim));
        if self.use_gate {
            project(["gate/kernel", "gate/bias"], vec![query.clone()], per_head(&self.queries, self.value_dim));
        }
        project(["value/kernel", "value/bias"], vec![value], per_head(&self.keys, self.value_dim));
        let output = self.output.map_or_else(|| vec![query], <[Dim]>::to_vec);
        project(["attention_output/kernel", "attention_output/bias"], per_head(&self.queries, self.value_dim), output);
        weights
    }

    /// What the passes work with.
    pub fn needs(&self, inputs: &[Shape]) -> Needs {
        if let Some(needs) = self.folded_needs(inputs) {
            return needs;
        }
        let [queries, keys] = [&inputs[0], &inputs[1]].map(|shape| product(leading(shape)));
        let of = |steps: &Dim, heads: &Dim, size: &Dim| steps.saturating_mul(heads).saturating_mul(size);
        let query = of(&queries, &self.queries, self.key_dim);
        let attended = of(&queries, &self.queries, self.value_dim);
        let (key, value) = (of(&keys, &self.keys, self.key_dim), of(&keys, &self.keys, self.value_dim));
        let sums = queries.saturating_mul(&self.queries);
        let sum = |parts: &[&Dim]| parts.iter().fold(Dim::default(), |sum, part| sum.saturating_add(part));
        let projected = sum(&[&query, &key, &value]);
        let gates = |count: usize| if self.use_gate { attended.saturating_mul(&Dim::from(count)) } else { Dim::default() };
        // What is attended to, the gate, and of each row of scores the logarithm of its sum.
        let left = sum(&[&attended, &gates(1), &sums]);
        let (kept, made) = match self.makes_again(inputs) {
            false => (projected.clone(), Space::NONE),
            true => (Dim::default(), self.at_once(&projected)),
        };
        Needs {
            inputs: true,
            output: self.activity.is_some(),
            saved: Space::per_sample(left.saturating_add(&kept)),
            // The projections, what is left where nothing is saved, and what the gate lets through.
            forward_scratch: self.at_once(&projected).and(&Space::per_sample(left.saturating_add(&gates(1)))),
            // The gradients of projections and of what is attended to; what the gate lets through, and the gate's gradient; and projections again.
            backward_scratch: made.and(&Space::per_sample(sum(&[&projected, &attended, &gates(2)]))),
        }
    }

    /// The same where projections are folded into one another.
    fn folded_needs(&self, inputs: &[Shape]) -> Option<Needs> {
        let last = |input: &Shape| input.0.last().and_then(Dim::size);
        let [queries, features] = [last(inputs.first()?)?, last(inputs.get(1)?)?];
        let has_keys = inputs.get(2).is_some_and(|third| third.rank() == inputs[0].rank());
        let [heads, key_heads] = [self.queries.size()?, self.keys.size()?];
        let [key_dim, value_dim] = [self.key_dim.size()?, self.value_dim.size()?];
        if self.use_gate || self.activity.is_some() || has_keys || !folds(features, [key_dim, value_dim]) {
            return None;
        }
        let outputs = self.output.map_or(Some(queries), |axes| product(axes).size())?;
        let (queries, features) = (queries.saturating_add(1), features.saturating_add(1));
        let product_of = |sizes: &[usize]| sizes.iter().fold(1_usize, |product, &size| product.saturating_mul(size));
        let sum_of = |parts: &[usize]| parts.iter().fold(0_usize, |sum, &part| sum.saturating_add(part));
        // The weights of keys and values with their biases; the weights that are made of weights, or their gradients; a head's part of those.
        let of_keys = [key_dim, value_dim].map(|dim| product_of(&[key_heads, features, dim]));
        let made = [product_of(&[queries, heads, features]), product_of(&[heads, features, outputs])];
        let (of_queries, part) = (product_of(&[queries, key_dim]), product_of(&[queries, features]));
        let folded = sum_of(&[sum_of(&of_keys), sum_of(&made), heads.saturating_mul(of_queries), part]);
        let unfolded = sum_of(&[folded, sum_of(&of_keys), sum_of(&made), of_queries, part, outputs]);
        let [steps, keys] = [&inputs[0], &inputs[1]].map(|shape| product(leading(shape)));
        let of_steps = |count: usize| steps.saturating_mul(&Dim::from(heads.saturating_mul(count)));
        let of_keys = |count: usize| keys.saturating_mul(&Dim::from(features.saturating_mul(count)));
        let room = |fixed: usize, per_sample: Dim| Space::fixed(fixed).and(&Space::per_sample(per_sample));
        Some(Needs {
            inputs: true,
            output: false,
            // The means of values, and of each row of scores the logarithm of its sum.
            saved: Space::per_sample(of_steps(features.saturating_add(1))),
            // The queries, what is left where nothing is saved, and the keys.
            forward_scratch: room(folded, of_steps(features.saturating_mul(2).saturating_add(1)).saturating_add(&of_keys(1))),
            // The queries, their gradients and those of the means; the keys, and their gradients as keys and as values.
            backward_scratch: room(unfolded, of_steps(features.saturating_mul(3)).saturating_add(&of_keys(3))),
        })
    }

    /// Whether backward makes the projections again instead of finding them kept. A penalty looks at all of them.
    fn makes_again(&self, inputs: &[Shape]) -> bool {
        let is_cheap = |input: &Shape| input.0.last().and_then(Dim::size).is_some_and(|features| features <= CHEAP);
        self.activity.is_none() && inputs.iter().take(2).all(is_cheap)
    }

    /// The room for as many samples' projections as are attended to at once, of so many elements each.
    fn at_once(&self, projected: &Dim) -> Space {
        match projected.size() {
            Some(elements) if self.activity.is_none() => Space::of(attended_at_once(elements)),
            _ => Space::per_sample(projected.clone()),
        }
    }
}

/// Whether projections to so many features of keys and of values are folded into one another, which leaves those of their input, and one for a bias: where
/// that is half as many.
#[must_use]
pub const fn folds(features: usize, [key_dim, value_dim]: [usize; 2]) -> bool {
    features.saturating_add(1).saturating_mul(4) <= key_dim.saturating_add(value_dim)
}

/// An element that is the sum of at most so many products takes less time to make again than to be read back from memory.
const CHEAP: usize = 64;

/// A sample with so many elements of projections is attended to with few others at once.
const LARGE: usize = 1 << 14;
/// A batch of such samples is cut into so many parts.
const PARTS: usize = 8;

/// The room for the samples that are attended to at once, of projections with so many elements a sample. Large ones are cut into parts, whose
/// projections stay in caches and take less room.
#[must_use]
pub const fn attended_at_once(elements: usize) -> Memory {
    if elements < LARGE { Memory::per_sample(elements) } else { Memory::new(elements.div_ceil(PARTS), elements) }
}

/// How many of a batch's samples are attended to at once.
#[must_use]
pub const fn samples_at_once(batch: usize, elements: usize) -> usize {
    if elements < LARGE { batch } else { batch.div_ceil(PARTS) }
}

/// How many of the query's axes are not attended over: those before the ones that are, which are all unless they are named.
pub(super) fn outer_axes(axes: Option<&ListedAxes>, query: &Shape) -> Result<usize, Problem> {
    const ARGUMENT: &str = "attention_axes";
    let Some(ListedAxes(axes)) = axes else { return Ok(0) };
    // Keras counts the batch, and from the last axis but the features.
    let steps = Shape(leading(query).to_vec());
    let named = resolve_axes(ARGUMENT, &axes.0, &steps)?;
    let first = named.iter().min().copied().unwrap_or_default();
    match (first..steps.rank()).find(|axis| !named.contains(axis)) {
        Some(behind) => Err(Problem::InnerAxes { argument: ARGUMENT, behind, shape: steps }),
        None => Ok(first),
    }
}

/// The types of the outputs of a layer on a list of query, value and maybe key.
pub(super) fn listed_outputs(inputs: &[TensorType], manner: Manner) -> Result<Vec<TensorType>, Problem> {
    let positional = manner.positional(inputs);
    let call = Call::new(inputs, manner, false)?;
    for (operand, input) in positional.iter().enumerate() {
        if input.shape.rank() != AXES.len() {
            return Err(Problem::Rank { operand, expected: AXES, found: input.shape.clone() });
        }
    }
    let features = call.features(0)?;
    let (queries, keys) = (call.queries(), call.keys());
    let value_features = call.features(1)?;
    match positional.len() {
        2 => call.require(1, keys, Some(&features))?,
        _ => call.require(2, keys, Some(&features))?,
    }
    let [query_mask, key_mask] = [queries, keys].map(|dims| [Shape(dims.to_vec())]);
    call.require_masks(LISTED_SLOTS, &[(MASK, &query_mask), (1, &key_mask)])?;
    let output = queries.iter().chain([&value_features]).cloned().collect();
    Ok(call.outputs(Shape(output), queries.iter().chain(keys).cloned().collect()))
}

/// What the passes of a layer on a list work with.
pub(super) fn listed_needs(inputs: &[Shape]) -> Needs {
    let (queries, value) = (product(leading(&inputs[0])), inputs[1].count());
    let features = inputs[0].0.last().cloned().unwrap_or_default();
    let query = queries.saturating_mul(&features);
    let key = product(leading(&inputs[1])).saturating_mul(&features);
    let sum = |parts: &[&Dim]| Space::per_sample(parts.iter().fold(Dim::default(), |sum, part| sum.saturating_add(part)));
    Needs {
        inputs: true,
        output: true,
        // Of each row of scores the logarithm of its sum.
        saved: sum(&[&queries]),
        // The same where nothing is saved, and the scaled queries.
        forward_scratch: sum(&[&queries, &query]),
        // The scaled queries, all gradients, and what each sample adds to those of scales.
        backward_scratch: sum(&[&query, &query, &key, &value, &features, &features]),
    }
}
