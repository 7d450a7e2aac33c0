//! What a layer declares: its arguments, its arity, its shape rule, its weights and its memory. A layer's file fills this in; the macro's
//! parser, the configuration's reader and writer, the messages and the reference table all read it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::argument::{Argument, Constraint, Initializer, Mismatch, ObjectClass, Regularizer, Wrapped, near};
use crate::dim::Dim;
use crate::layers::AnyLayer;
use crate::mask::MaskUse;
use crate::operation::Operation;
use crate::problem::{ArgumentProblem, Problem};
use crate::shape::{Shape, TensorType};

/// One argument of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentSpec {
    /// Keras's name.
    pub name: &'static str,
    /// What values it takes, in words.
    pub expected: &'static str,
    /// The default as a layer call has it; `None` where the argument must be given.
    pub default: Option<String>,
    /// The classes whose objects it may be: `L2(1e-4)`.
    pub objects: &'static [ObjectClass],
    /// Whether it is a layer, or a list of them: `Bidirectional(LSTM(8))`.
    pub takes_layers: bool,
    /// What it does.
    pub doc: &'static str,
}

/// How many tensors a layer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arity {
    /// One tensor.
    One,
    /// So many tensors, each an argument of its own.
    Each(usize),
    /// A list of exactly so many tensors.
    Exactly(usize),
    /// A list of at least so many tensors.
    AtLeast(usize),
    /// A list of so many tensors, or of one more.
    OrOneMore(usize),
}

impl Arity {
    /// Whether so many tensors are accepted.
    #[must_use]
    pub const fn accepts(self, count: usize) -> bool {
        match self {
            Self::One => count == 1,
            Self::Each(exact) | Self::Exactly(exact) => count == exact,
            Self::AtLeast(least) => count >= least,
            Self::OrOneMore(least) => count >= least && count.saturating_sub(least) <= 1,
        }
    }

    /// Whether the tensors are written as a list: `Add()([a, b])`.
    #[must_use]
    pub const fn is_list(self) -> bool {
        !matches!(self, Self::One | Self::Each(_))
    }
}

/// Tensors that a call may name besides those that it gives by position: `LSTM(64)(x, initial_state = [h, c])`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Keras's name.
    pub name: &'static str,
    /// What it takes, in words.
    pub expected: &'static str,
}

/// The most slots that a layer has.
pub const MOST_SLOTS: usize = 6;

/// What a call may ask for besides its tensors: `attention([x, x], use_causal_mask = true)`. It is false where a call says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// Keras's name.
    pub name: &'static str,
    /// What it asks for, in words.
    pub expected: &'static str,
}

/// The most flags that a layer has.
pub const MOST_FLAGS: usize = 8;

/// How a layer is called: how many tensors each of its slots is given, which stand behind those by position, in the order of the slots; and
/// which of its flags are true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Manner {
    slots: [u8; MOST_SLOTS],
    /// A bit for each flag, the first one's the lowest.
    flags: u8,
    /// Whether it infers, even while the model trains.
    infers: bool,
    /// Whether it is called for each step of a sequence by itself.
    each_step: bool,
}

impl Manner {
    /// With so many tensors in each slot.
    #[must_use]
    pub const fn new(slots: [u8; MOST_SLOTS]) -> Self {
        Self { slots, flags: 0, infers: false, each_step: false }
    }

    /// The same with these flags, as [`flags`](Self::flags) gives them.
    #[must_use]
    pub const fn with_flags(self, flags: u8) -> Self {
        Self { flags, ..self }
    }

    /// The same with a flag of this value.
    #[must_use]
    pub const fn with_flag(self, flag: usize, value: bool) -> Self {
        let bit = Self::bit(flag);
        Self { flags: if value { self.flags | bit } else { self.flags & !bit }, ..self }
    }

    /// A bit for each flag, the first one's the lowest.
    #[must_use]
    pub const fn flags(self) -> u8 {
        self.flags
    }

    /// Whether a flag is true.
    #[must_use]
    pub const fn flag(self, flag: usize) -> bool {
        self.flags & Self::bit(flag) != 0
    }

    /// The same, which infers even while the model trains: `Dropout(0.5)(x, training = false)`.
    #[must_use]
    pub const fn inferring(self) -> Self {
        Self { infers: true, ..self }
    }

    /// Whether it infers, even while the model trains.
    #[must_use]
    pub const fn infers(self) -> bool {
        self.infers
    }

    /// The same for each step of a sequence by itself: `TimeDistributed(encoder)(x)`.
    #[must_use]
    pub const fn for_each_step(self) -> Self {
        Self { each_step: true, ..self }
    }

    /// Whether the layer is called for each step of a sequence by itself.
    #[must_use]
    pub const fn is_for_each_step(self) -> bool {
        self.each_step
    }

    /// How each step is called with, where it is for each.
    #[must_use]
    pub const fn of_one_step(self) -> Self {
        Self { each_step: false, ..self }
    }

    const fn bit(flag: usize) -> u8 {
        if flag < MOST_FLAGS { 1 << flag } else { 0 }
    }

    /// A call's tensors as they stand, those by position and then those of slots, and its manner.
    #[must_use]
    pub fn arranged<X>(positional: Vec<X>, mut slots: Vec<(usize, Vec<X>)>) -> (Vec<X>, Self) {
        slots.sort_by_key(|(slot, _)| *slot);
        let (mut all, mut manner) = (positional, Self::default());
        for (slot, mut given) in slots {
            given.truncate(u8::MAX.into()); // so many fit no slot, which the call says
            if let (Some(count), Ok(found)) = (manner.slots.get_mut(slot), u8::try_from(given.len())) {
                *count = found;
            }
            all.extend(given);
        }
        (all, manner)
    }

    /// Whether no tensor is given by name.
    #[must_use]
    pub fn has_no_slots(self) -> bool {
        self.slots == [0; MOST_SLOTS]
    }

    /// With one tensor more in a slot.
    #[must_use]
    pub fn with_one(mut self, slot: usize) -> Self {
        if let Some(count) = self.slots.get_mut(slot) {
            *count = count.saturating_add(1);
        }
        self
    }

    /// So many tensors in each slot.
    #[must_use]
    pub const fn given(self) -> [u8; MOST_SLOTS] {
        self.slots
    }

    /// Whether all tensors are given by position, and nothing else is asked for.
    #[must_use]
    pub fn is_plain(self) -> bool {
        self == Self::default()
    }

    /// Which of all tensors of a call a slot is given.
    fn range(self, slot: usize, all: usize) -> std::ops::Range<usize> {
        let count = |slots: &[u8]| slots.iter().map(|&given| usize::from(given)).fold(0, usize::saturating_add);
        let (before, own) = (self.slots.get(..slot).unwrap_or_default(), self.slots.get(slot).copied().unwrap_or_default());
        let start = all.saturating_sub(count(&self.slots)).saturating_add(count(before));
        start..start.saturating_add(usize::from(own))
    }

    /// Of what belongs to all tensors of a call, that of those by position.
    #[must_use]
    pub fn positional<X>(self, all: &[X]) -> &[X] {
        all.get(..self.range(0, all.len()).start).unwrap_or_default()
    }

    /// Of what belongs to all tensors of a call, that of a slot.
    #[must_use]
    pub fn slot<X>(self, slot: usize, all: &[X]) -> &[X] {
        all.get(self.range(slot, all.len())).unwrap_or_default()
    }

    /// The same, to be changed.
    pub fn slot_mut<X>(self, slot: usize, all: &mut [X]) -> &mut [X] {
        let range = self.range(slot, all.len());
        all.get_mut(range).unwrap_or_default()
    }

    /// Where the tensors of a slot begin among all of a call.
    #[must_use]
    pub fn start(self, slot: usize, all: usize) -> usize {
        self.range(slot, all).start
    }
}

/// A weight of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightSpec {
    /// Keras's name: `kernel`, `bias`; behind the name of the layer that it is of, where that is wrapped: `forward_lstm/kernel`.
    pub name: Cow<'static, str>,
    /// Its shape, of numbers and constants.
    pub shape: Shape,
    /// How it starts.
    pub initializer: Initializer,
    /// Whether training changes it by its gradient.
    pub trainable: bool,
    /// The elements that start at 1 whatever the initialiser says, counted through all axes.
    pub ones: std::ops::Range<Dim>,
    /// Its axes that a unit takes from, and those that units are along, where they do not follow from its rank.
    pub fan_axes: Option<[Vec<usize>; 2]>,
    /// The penalty on it, which the loss includes while it is trained.
    pub regularizer: Option<Regularizer>,
    /// What holds of it after every step.
    pub constraint: Option<Constraint>,
}

/// How a weight starts, the penalty on it, and what it is made to be after every step.
pub type Care = (Initializer, Option<Regularizer>, Option<Constraint>);

impl WeightSpec {
    /// A trainable weight.
    #[must_use]
    pub fn trainable(name: impl Into<Cow<'static, str>>, shape: impl Into<Shape>, initializer: Initializer) -> Self {
        let (name, shape, ones) = (name.into(), shape.into(), Dim::default()..Dim::default());
        Self { name, shape, initializer, trainable: true, ones, fan_axes: None, regularizer: None, constraint: None }
    }

    /// A trainable weight, and what it is kept by.
    #[must_use]
    pub fn cared_for(
        name: impl Into<Cow<'static, str>>,
        shape: impl Into<Shape>,
        (initializer, regularizer, constraint): Care,
    ) -> Self {
        Self::trainable(name, shape, initializer).kept(regularizer, constraint)
    }

    /// A weight that training changes by other means, such as a moving average.
    #[must_use]
    pub fn statistic(name: impl Into<Cow<'static, str>>, shape: impl Into<Shape>, initializer: Initializer) -> Self {
        Self { trainable: false, ..Self::trainable(name, shape, initializer) }
    }

    /// This weight, some of whose elements start at 1.
    #[must_use]
    pub fn with_ones(self, ones: std::ops::Range<Dim>) -> Self {
        Self { ones, ..self }
    }

    /// This weight, whose units take from the first axes, and are along the others.
    #[must_use]
    pub fn with_fans(self, axes: [Vec<usize>; 2]) -> Self {
        Self { fan_axes: Some(axes), ..self }
    }

    /// This weight with a penalty on it, and with what holds of it after every step.
    #[must_use]
    pub fn kept(self, regularizer: Option<Regularizer>, constraint: Option<Constraint>) -> Self {
        Self { regularizer, constraint, ..self }
    }

    /// This weight as that of a layer that is wrapped, under the layer's name.
    #[must_use]
    pub fn of(self, layer: &str, is_trained: bool) -> Self {
        Self { name: format!("{layer}/{}", self.name).into(), trainable: self.trainable && is_trained, ..self }
    }

    /// Its shape at run time, when no size is a constant any more.
    #[must_use]
    pub fn sizes(&self) -> Vec<usize> {
        self.shape.sizes().unwrap_or_default()
    }
}

/// A number of elements: so many a sample, and so many whatever the batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Memory {
    /// Elements for each sample of the batch.
    pub per_sample: usize,
    /// Elements whatever the batch.
    pub fixed: usize,
}

impl Memory {
    /// Nothing.
    pub const NONE: Self = Self { per_sample: 0, fixed: 0 };

    /// So many elements for each sample, and so many whatever the batch.
    #[must_use]
    pub const fn new(per_sample: usize, fixed: usize) -> Self {
        Self { per_sample, fixed }
    }

    /// So many elements for each sample.
    #[must_use]
    pub const fn per_sample(per_sample: usize) -> Self {
        Self { per_sample, fixed: 0 }
    }

    /// So many elements whatever the batch.
    #[must_use]
    pub const fn fixed(fixed: usize) -> Self {
        Self { per_sample: 0, fixed }
    }

    /// The elements for a batch, or the largest number if there are more.
    #[must_use]
    pub const fn elements(self, batch: usize) -> usize {
        self.per_sample.saturating_mul(batch).saturating_add(self.fixed)
    }

    /// Room for this and the other at the same time, or for the largest number of elements if there are more.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        let per_sample = self.per_sample.saturating_add(other.per_sample);
        Self { per_sample, fixed: self.fixed.saturating_add(other.fixed) }
    }

    /// Room for this or the other.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        const fn larger(a: usize, b: usize) -> usize {
            if a > b { a } else { b }
        }
        Self { per_sample: larger(self.per_sample, other.per_sample), fixed: larger(self.fixed, other.fixed) }
    }
}

/// A number of elements as it follows from sizes, of which some may be known by name only.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Space {
    /// Elements for each sample of the batch.
    pub per_sample: Dim,
    /// Elements whatever the batch.
    pub fixed: Dim,
}

impl Space {
    /// Nothing.
    pub const NONE: Self = Self { per_sample: Dim::constant(0), fixed: Dim::constant(0) };

    /// So many elements for each sample.
    #[must_use]
    pub fn per_sample(per_sample: impl Into<Dim>) -> Self {
        Self { per_sample: per_sample.into(), fixed: Dim::constant(0) }
    }

    /// So many elements whatever the batch.
    #[must_use]
    pub fn fixed(fixed: impl Into<Dim>) -> Self {
        Self { per_sample: Dim::constant(0), fixed: fixed.into() }
    }

    /// Room that is known.
    #[must_use]
    pub fn of(memory: Memory) -> Self {
        Self { per_sample: memory.per_sample.into(), fixed: memory.fixed.into() }
    }

    /// Room for this and the other at the same time.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let per_sample = self.per_sample.saturating_add(&other.per_sample);
        Self { per_sample, fixed: self.fixed.saturating_add(&other.fixed) }
    }

    /// The number, where all sizes are known.
    #[must_use]
    pub fn known(&self) -> Option<Memory> {
        Some(Memory::new(self.per_sample.size()?, self.fixed.size()?))
    }

    /// The same in other names. A formula that overflows, which none of checked sizes does, counts as the largest number.
    #[must_use]
    pub fn substitute(&self, meaning: &impl Fn(&str) -> Option<Dim>) -> Self {
        let replace = |dim: &Dim| dim.substitute(meaning).unwrap_or(Dim::constant(i64::MAX));
        Self { per_sample: replace(&self.per_sample), fixed: replace(&self.fixed) }
    }

    /// Room for this or the other. Of formulas of which neither is known to be the larger, it is room for both.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        let larger = |a: &Dim, b: &Dim| match (a.size(), b.size()) {
            (Some(x), Some(y)) => Dim::from(x.max(y)),
            _ if a == b => a.clone(),
            _ => a.saturating_add(b),
        };
        Self { per_sample: larger(&self.per_sample, &other.per_sample), fixed: larger(&self.fixed, &other.fixed) }
    }

    /// Room for so many times as many samples.
    #[must_use]
    pub fn times(&self, samples: &Dim) -> Self {
        Self { per_sample: self.per_sample.saturating_mul(samples), fixed: self.fixed.clone() }
    }

    /// The number, once every name is bound to a size that has been checked.
    pub fn memory(&self, bound: &impl Fn(&str) -> Option<i64>) -> Memory {
        let size = |dim: &Dim| dim.evaluate(bound).and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
        Memory::new(size(&self.per_sample), size(&self.fixed))
    }
}

/// What a layer's `forward` and `backward` work with besides their tensors.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Needs {
    /// `backward` reads the inputs.
    pub inputs: bool,
    /// `backward` reads the output.
    pub output: bool,
    /// What `forward` leaves for `backward`.
    pub saved: Space,
    /// Room that `forward` works in.
    pub forward_scratch: Space,
    /// Room that `backward` works in.
    pub backward_scratch: Space,
}

impl Needs {
    /// The needs of so many times as many samples.
    #[must_use]
    pub fn times(&self, samples: &Dim) -> Self {
        let Self { inputs, output, saved, forward_scratch, backward_scratch } = self;
        let [saved, forward_scratch, backward_scratch] = [saved, forward_scratch, backward_scratch].map(|it| it.times(samples));
        Self { inputs: *inputs, output: *output, saved, forward_scratch, backward_scratch }
    }
}

/// How a layer goes through a sequence step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Through {
    /// Whether the output is that of every step.
    pub return_sequences: bool,
    /// Whether the states behind the last step are outputs, too.
    pub return_state: bool,
    /// Whether it starts at the end.
    pub go_backwards: bool,
    /// Whether the output of a step that is masked is 0, and not that of the step before.
    pub zero_output_for_mask: bool,
}

/// The rules of a layer.
pub trait Layer: LayerArguments {
    /// How many tensors it takes.
    const ARITY: Arity = Arity::One;

    /// Whether the output is the input's elements under another shape, so that nothing needs to be computed.
    const IS_VIEW: bool = false;

    /// The operations of `keras.ops` that it does, if it is a group of them.
    const OPERATIONS: &'static [Operation] = &[];

    /// Which of them this is.
    fn operation(&self) -> Option<&'static Operation> {
        None
    }

    /// The tensors that a call may name, each of them optional.
    const SLOTS: &'static [Slot] = &[];

    /// What a call may ask for.
    const FLAGS: &'static [Flag] = &[];

    /// Whether it does something else while a model trains, so that a call may ask for `training = false`.
    const DIFFERS_IN_TRAINING: bool = false;

    /// The names of the tensors by position, where Keras's calls may give them by name, too.
    const POSITIONAL: &'static [&'static str] = &[];

    /// What it does with the masks of what it is called with.
    fn mask_use(&self) -> MaskUse {
        MaskUse::Ends
    }

    /// The output's type. The number of inputs has been checked.
    ///
    /// # Errors
    /// If the inputs do not fit the layer.
    fn infer(&self, inputs: &[TensorType]) -> Result<TensorType, Problem>;

    /// The types of all outputs, of a layer that has several, or takes tensors by name. The number of inputs by position has been checked.
    ///
    /// # Errors
    /// If the inputs do not fit the layer.
    fn outputs(&self, inputs: &[TensorType], _manner: Manner) -> Result<Vec<TensorType>, Problem> {
        self.infer(inputs).map(|output| vec![output])
    }

    /// The weights, in Keras's order, for inputs that `infer` has accepted.
    fn weights(&self, _inputs: &[TensorType]) -> Vec<WeightSpec> {
        Vec::new()
    }

    /// The bound that the layer's inputs must be below, where they are the numbers of something counted from 0.
    ///
    /// Most other layers that take integers give on elements of their inputs and no others: so what a bound asks of a tensor, it asks of
    /// the model's inputs ([`Graph::input_bounds`](crate::Graph::input_bounds)), where it is checked. Those that compute say what it asks by
    /// [`index_bound_before`](Self::index_bound_before).
    fn index_bound(&self) -> Option<usize> {
        None
    }

    /// The bound that one of the layer's inputs must be below, where that follows from the others' sizes.
    fn place_bound(&self, _input: usize, _inputs: &[TensorType]) -> Option<usize> {
        None
    }

    /// The bound that the layer's inputs of integers must be below for its output to be below this one; `None` where it does not follow.
    fn index_bound_before(&self, asked: usize) -> Option<usize> {
        Some(asked)
    }

    /// Whether a sample's output follows from the other samples of the batch, too, while training.
    fn mixes_samples(&self) -> bool {
        false
    }

    /// How it goes through a sequence, of a layer that does so step by step.
    fn through(&self) -> Option<Through> {
        None
    }

    /// How many states it carries from step to step, of a layer that goes through a sequence, and of a cell.
    fn states(&self) -> usize {
        0
    }

    /// How the states that a call gives stand in lists within a list, of a layer that has several cells: so many for each of them.
    fn states_in_lists(&self) -> Vec<usize> {
        Vec::new()
    }

    /// The layers that go through a sequence in the way that is asked for, each named by the path of its cell: of a cell one without a
    /// path, of cells one behind the other as many.
    fn over(&self, _through: Through) -> Vec<Wrapped> {
        Vec::new()
    }

    /// The same layer, which goes through a sequence in another way, of one that does so step by step.
    fn along(&self, _through: Through) -> Option<AnyLayer> {
        None
    }

    /// The penalty on what it gives, which the loss includes.
    fn activity(&self) -> Option<Regularizer> {
        None
    }

    /// What `forward` and `backward` work with, for inputs that `infer` has accepted: their tensors' shapes alone, unless a layer says more.
    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}

/// What `layer!` derives from the declaration of a layer's arguments.
pub trait LayerArguments: Sized {
    /// Keras's class name.
    const CLASS: &'static str;

    /// The layer's documentation, one line an element.
    const DOC: &'static [&'static str];

    /// The arguments in Keras's order.
    fn specs() -> Vec<ArgumentSpec>;

    /// Reads the arguments, which are known to have valid names.
    ///
    /// # Errors
    /// All of an argument's problems at once: missing, of another type, out of range.
    fn read(given: &Map<String, Value>) -> Result<Self, Vec<ArgumentProblem>>;

    /// Writes all arguments as Keras's configuration has them.
    fn write(&self) -> Map<String, Value>;

    /// Writes the arguments that the layer cannot do without: those that are not defaults.
    fn essential(&self) -> Map<String, Value> {
        self.write()
    }

    /// The arguments that differ from their defaults, as a layer call has them: `64, 3, activation = "relu"`.
    fn source(&self) -> String;
}

/// Reads one argument of a layer, or takes its default, and notes what is wrong.
pub fn read_argument<T: Argument>(
    name: &'static str,
    given: &Map<String, Value>,
    default: Option<T>,
    problems: &mut Vec<ArgumentProblem>,
) -> Option<T> {
    let Some(value) = given.get(name) else {
        if default.is_none() {
            problems.push(ArgumentProblem::Missing { argument: name, expected: T::EXPECTED });
        }
        return default;
    };
    match T::from_value(value) {
        Ok(read) => Some(read),
        Err(Mismatch::Expected(expected)) => {
            let near = near(value, &|value| T::from_value(value).is_ok());
            problems.push(ArgumentProblem::Value { argument: name, expected, found: value.clone(), near });
            None
        }
        Err(Mismatch::Inside { key, expected, found }) => {
            problems.push(ArgumentProblem::Inside { argument: name, key, expected, found });
            None
        }
        Err(Mismatch::Choice(choices)) => {
            problems.push(ArgumentProblem::Choice { argument: name, choices, found: value.clone() });
            None
        }
    }
}

/// Adds one argument to the text of a layer call, if it differs from its default. The first goes without its name.
pub fn write_source<T: Argument>(position: usize, name: &str, value: &T, default: Option<&T>, text: &mut Vec<String>) {
    match default.map(T::to_source) {
        None => text.push(value.to_source()),
        Some(default) if default == value.to_source() => {}
        Some(_) if position == 0 => text.push(value.to_source()),
        Some(_) => text.push(format!("{name} = {}", value.to_source())),
    }
}

/// Declares a layer: its documentation, and its arguments in Keras's order with Keras's names and defaults; those that several layers share by
/// the names of their groups.
macro_rules! layer {
    (
        $(#[doc = $doc:literal])*
        $name:ident {
            $( $(#[doc = $argument_doc:expr])* $argument:ident: $type:ty $(= $default:expr)?, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $( $(#[doc = $argument_doc])* pub $argument: $type, )*
        }

        $crate::layer::layer! { @new $name [] $( $argument $(= $default)?, )* }

        /// Arguments, as Keras has them.
        impl $crate::described::Described<$name> {
            $(
                $(#[doc = $argument_doc])*
                #[must_use]
                pub fn $argument(self, $argument: impl Into<$crate::described::Given>) -> Self {
                    self.with(stringify!($argument), $argument)
                }
            )*
        }

        impl $crate::layer::LayerArguments for $name {
            const CLASS: &'static str = stringify!($name);
            const DOC: &'static [&'static str] = &[$($doc),*];

            fn specs() -> Vec<$crate::layer::ArgumentSpec> {
                vec![$({
                    let default: Option<$type> = $crate::layer::layer!(@default $($default)?);
                    $crate::layer::ArgumentSpec {
                        name: stringify!($argument),
                        expected: <$type as $crate::argument::Argument>::EXPECTED,
                        default: default.as_ref().map($crate::argument::Argument::to_source),
                        objects: <$type as $crate::argument::Argument>::OBJECTS,
                        takes_layers: <$type as $crate::argument::Argument>::TAKES_LAYERS,
                        doc: concat!($($argument_doc),*),
                    }
                }),*]
            }

            fn read(
                #[allow(unused_variables)] given: &serde_json::Map<String, serde_json::Value>,
            ) -> Result<Self, Vec<$crate::problem::ArgumentProblem>> {
                #[allow(unused_mut)]
                let mut problems = Vec::new();
                $( let $argument: Option<$type> = $crate::layer::read_argument(
                    stringify!($argument), given, $crate::layer::layer!(@default $($default)?), &mut problems,
                ); )*
                #[allow(irrefutable_let_patterns)] // a layer without arguments is always read
                if let ($(Some($argument),)*) = ($($argument,)*) {
                    return Ok(Self { $($argument),* });
                }
                Err(problems)
            }

            fn write(&self) -> serde_json::Map<String, serde_json::Value> {
                #[allow(unused_mut)]
                let mut arguments = serde_json::Map::new();
                $( arguments.insert(stringify!($argument).to_owned(), $crate::argument::Argument::to_value(&self.$argument)); )*
                arguments
            }

            fn essential(&self) -> serde_json::Map<String, serde_json::Value> {
                #[allow(unused_mut)]
                let mut arguments = serde_json::Map::new();
                $( let default: Option<$type> = $crate::layer::layer!(@default $($default)?);
                   if default.as_ref() != Some(&self.$argument) {
                       arguments.insert(stringify!($argument).to_owned(), $crate::argument::Argument::to_value(&self.$argument));
                   } )*
                arguments
            }

            fn source(&self) -> String {
                #[allow(unused_mut)]
                let mut text: Vec<String> = Vec::new();
                #[allow(unused_mut, unused_variables)]
                let mut positions = 0..;
                $( let default: Option<$type> = $crate::layer::layer!(@default $($default)?);
                   let position = positions.next().unwrap_or_default();
                   $crate::layer::write_source(position, stringify!($argument), &self.$argument, default.as_ref(), &mut text); )*
                text.join(", ")
            }
        }
    };
    // What must be given comes first.
    (@new $name:ident [$($required:ident)*] $argument:ident, $($rest:tt)*) => {
        $crate::layer::layer! { @new $name [$($required)* $argument] $($rest)* }
    };
    (@new $name:ident [$($required:ident)*] $($rest:tt)*) => {
        impl $name {
            /// The layer with the arguments that it needs. The others have their defaults, until they are given.
            #[must_use]
            #[allow(clippy::new_ret_no_self)] // what is given is looked at when it is called
            pub fn new($($required: impl Into<$crate::described::Given>),*) -> $crate::described::Described<Self> {
                $crate::described::Described::of([$((stringify!($required), $required.into())),*])
            }
        }
    };
    (@default) => { None };
    (@default $default:expr) => { Some($default) };

    // The same with groups of arguments, `..seed`, which are replaced by what they hold, one after the other.
    ( $(#[doc = $doc:literal])* $name:ident { $($arguments:tt)* } ) => {
        $crate::layer::layer! { @groups { $(#[doc = $doc])* $name } [] $($arguments)* }
    };
    (@groups { $($head:tt)* } [$($done:tt)*]) => {
        $crate::layer::layer! { $($head)* { $($done)* } }
    };
    (@groups $head:tt $done:tt ..$group:ident, $($rest:tt)*) => {
        $crate::layers::arguments::group! { $group { $head $done $($rest)* } }
    };
    (@groups $head:tt [$($done:tt)*] $(#[doc = $doc:expr])* $argument:ident: $type:ty $(= $default:expr)?, $($rest:tt)*) => {
        $crate::layer::layer! { @groups $head [$($done)* $(#[doc = $doc])* $argument: $type $(= $default)?,] $($rest)* }
    };
    (@in { $head:tt $done:tt $($rest:tt)* } $($arguments:tt)*) => {
        $crate::layer::layer! { @groups $head $done $($arguments)* $($rest)* }
    };
}
pub(crate) use layer;
