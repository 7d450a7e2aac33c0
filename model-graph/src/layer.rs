//! What a layer declares: its arguments, its arity, its shape rule, its weights and its memory. A layer's file fills this in; the macro's
//! parser, the configuration's reader and writer, the messages and the reference table all read it.

mod call;
pub(crate) mod declaration;
mod needs;
mod part;
mod weight;

use crate::argument::{OwnFunction, Regularizer, Wrapped};
use crate::layers::AnyLayer;
use crate::mask::MaskUse;
use crate::operation::Operation;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

pub use call::{Flag, MOST_FLAGS, MOST_SLOTS, Manner, Slot};
pub(crate) use declaration::layer;
pub use declaration::{ArgumentSpec, ArgumentText, LayerArguments, read_argument, write_source};
pub use needs::{Memory, Needs, Space};
pub use part::Part;
pub use weight::{Care, WeightSpec};

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

    /// The same in a call that asks for something, where that differs.
    fn mask_use_in(&self, _manner: Manner) -> MaskUse {
        self.mask_use()
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

    /// The bound that the numbers of an output are below, where the layer makes numbers up to that one, from 0.
    fn numbers_below(&self, _inputs: &[TensorType], _output: usize) -> Option<usize> {
        None
    }

    /// Whether a sample's output follows from the other samples of the batch, too, while training.
    fn mixes_samples(&self) -> bool {
        false
    }

    /// Whether it looks at all of a batch that ranks share while training, and not at a piece alone; or a layer that it runs inside of itself.
    fn synchronizes(&self) -> bool {
        self.inner().into_iter().any(AnyLayer::synchronizes)
    }

    /// How it goes through a sequence, of a layer that does so step by step.
    fn through(&self) -> Option<Through> {
        None
    }

    /// How many states it carries from step to step, of a layer that goes through a sequence, and of a cell.
    fn states(&self) -> usize {
        0
    }

    /// Whether it keeps its states from one call to the next. It then gives them behind its outputs as it runs, whether they are outputs or
    /// not.
    fn keeps_states(&self) -> bool {
        false
    }

    /// The shapes of the states that it keeps, for inputs that `infer` has accepted.
    fn kept_states(&self, _inputs: &[TensorType]) -> Vec<Shape> {
        Vec::new()
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

    /// The layers that it runs inside of itself.
    fn inner(&self) -> Vec<&AnyLayer> {
        Vec::new()
    }

    /// The parts that Keras's layer of this kind has, each with variables of its own. Weights of no part are the layer's own.
    fn keras_parts(&self) -> Vec<Part<'_>> {
        Vec::new()
    }

    /// Which of its weights are the layer's own variables in Keras, where these are others than those of no part.
    fn keras_variables(&self) -> Option<&'static [usize]> {
        None
    }

    /// Whether Keras makes the layer of a configuration that says whether it is trained: some classes refuse to be told.
    fn keras_is_told_trainable(&self) -> bool {
        true
    }

    /// The penalty on what it gives, which the loss includes.
    fn activity(&self) -> Option<Regularizer> {
        None
    }

    /// The functions of the user's own that are penalties on what it gives, and on what those within it give.
    fn activity_functions(&self) -> Vec<OwnFunction> {
        let own = if let Some(Regularizer::Own(own)) = self.activity() { Some(own) } else { None };
        own.into_iter().chain(self.inner().into_iter().flat_map(AnyLayer::activity_functions)).collect()
    }

    /// What `forward` and `backward` work with, for inputs that `infer` has accepted: their tensors' shapes alone, unless a layer says more.
    fn needs(&self, _inputs: &[Shape], _output: &Shape) -> Needs {
        Needs::default()
    }
}
