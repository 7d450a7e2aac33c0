//! What can go wrong with variables, and where in the user's code it did.

use std::fmt::{self, Display};
use std::panic::Location;

use model_graph::message::{ArgumentError, CallError};
use model_graph::shape::DType;

use crate::error::{Error, plural};

/// What is wrong with a variable.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// A call does not fit its tensors.
    #[error("{0}")]
    Call(Box<CallError>),
    /// A layer's arguments are not its.
    #[error("{0}")]
    Arguments(String),
    /// One number is needed, and there are several.
    #[error(
        "`{what}` needs a single number: found a tensor of shape {shape:?}\nhelp: make it one, `ops::mean(&x, ..)` or `ops::sum(&x, ..)`"
    )]
    Several {
        /// What was called.
        what: &'static str,
        /// The shape of the tensor.
        shape: Vec<usize>,
    },
    /// A variable is typed as another shape than it has.
    #[error("a variable is typed as another shape than it has: expected samples of {expected}, found {found}{made}")]
    Typed {
        /// The shape of a sample that it is typed as.
        expected: String,
        /// The shape of a sample.
        found: String,
        /// Where it came about.
        made: String,
    },
    /// Two variables belong to two tapes.
    #[error(
        "`{call}` has variables of two tapes: expected all to be of one\nhelp: make them of one tape, or take the elements over, \
         `tape.constant(&x.array()?)`"
    )]
    Tapes {
        /// What was called.
        call: String,
    },
    /// A tensor of a model to be has no elements.
    #[error(
        "the variable stands for a tensor of a model to be, and has no elements\nhelp: `Model::functional(\"net\", &x, &y, seed)?` makes the \
         model, which is then called with arrays"
    )]
    Symbolic,
    /// Some of a call's tensors have elements, and some are of a model to be.
    #[error(
        "`{call}` has tensors of a model to be beside tensors with elements: expected one kind\nhelp: give the others as inputs, too"
    )]
    Mixed {
        /// What was called.
        call: String,
    },
    /// A model is to be made between tensors that are not of a model to be.
    #[error("a model is made between tensors that start at `Input::new(..)`: found a tensor with elements, or none")]
    NoSymbol,
    /// An input of a model is a result.
    #[error("an input of a model is what `Input::new(..)` gives: found the result of a call")]
    NoInput,
    /// An output follows from an input that is not given.
    #[error(
        "an output follows from an input of type {ty} that is not among the inputs\nhelp: give all inputs, `Model::functional(\"net\", [&a, &b], &y, seed)`"
    )]
    MissingInput {
        /// Its type.
        ty: String,
    },
    /// A model of layers one behind the other has none.
    #[error("`{name}` has no layer: expected at least one\nhelp: `{name}.add(Dense::new(32))?` adds one")]
    Empty {
        /// Its name.
        name: String,
    },
    /// A model of layers one behind the other has been made.
    #[error("`{name}` has been made into a model: expected layers to be added and taken away before its first call")]
    Closed {
        /// Its name.
        name: String,
    },
    /// The shapes of a model's layers do not follow from anything.
    #[error(
        "`{name}` has no input: its layers have no shapes yet\nhelp: `net.input(Input::new([sizes of a sample]))?` before, or call it with a tensor"
    )]
    NoShape {
        /// Its name.
        name: String,
    },
    /// What stands in a row gives several tensors.
    #[error(
        "`{call}` gives {found} tensors: expected one, for the layer behind it\nhelp: call layers one by one, `let [a, b] = layer.outputs(&x)?;`"
    )]
    Beyond {
        /// What was called.
        call: String,
        /// How many it gives.
        found: usize,
    },
    /// A tensor is no mask of another.
    #[error(
        "a mask says of each step whether it counts: expected truths of shape {:?}, or of the first axes of it, found {} of shape {shape:?}",
        of, dtype.name()
    )]
    Mask {
        /// The shape of the tensor.
        of: Vec<usize>,
        /// The shape of what was given.
        shape: Vec<usize>,
        /// The type of its elements.
        dtype: DType,
    },
    /// A model that holds a layer of the user's own is called with a tensor that has a mask.
    #[error(
        "`{model}` is called with a mask, and holds `{layer}`, a layer of your own, which cannot be called by its configuration\nhelp: call the \
         layers of `{model}` one by one, make the mask within the model, or leave it out, `x.with_mask(None)?`"
    )]
    MaskedInput {
        /// The model's name.
        model: String,
        /// The layer's class.
        layer: &'static str,
    },
    /// A model is given another number of masks than it has inputs.
    #[error(
        "`{model}` takes a mask for each of its inputs as `mask`: expected {expected}, found {found}\nhelp: give single ones to their tensors, `x.with_mask(Some(&m))?`"
    )]
    Masks {
        /// The model's name.
        model: String,
        /// The number of its inputs.
        expected: usize,
        /// The number of masks.
        found: usize,
    },
    /// A described layer has weights, and nobody keeps them.
    #[error(
        "`{call}` has weights, and nobody keeps them: each call would start with others\nhelp: keep it, `let layer = \
         Lazy::new({class}::new(..), seed);`"
    )]
    Unkept {
        /// The layer as one would write it.
        call: String,
        /// Its class.
        class: &'static str,
    },
    /// Tensors of different sizes meet.
    #[error(
        "the operands of `{call}` do not fit: {shapes} differ along axis {axis}\nhelp: an axis is stretched to another's size only where its \
         own is 1"
    )]
    Sizes {
        /// What was called.
        call: String,
        /// The shapes, in words.
        shapes: String,
        /// The first axis along which they differ.
        axis: usize,
    },
    /// What is assigned to is a result.
    #[error(
        "`assign` says what a weight becomes: found the result of a call, or a constant\nhelp: `weights.name.assign(&value)?`"
    )]
    Unassignable,
    /// What is assigned has another shape.
    #[error("`assign` takes a tensor of the weight's shape {expected:?}: found {found:?}")]
    Assigned {
        /// The shape of the weight.
        expected: Vec<usize>,
        /// That of the tensor.
        found: Vec<usize>,
    },
    /// There is no such axis.
    #[error("`{call}` has no axis {axis} to go along: there are {}", axes(*rank))]
    Axis {
        /// What was called.
        call: String,
        /// The axis.
        axis: i64,
        /// How many axes there are.
        rank: usize,
    },
    /// Elements are of another type.
    #[error("`{call}` takes elements of type {}: input {input} has {}{}", expected.name(), found.name(), cast_help(*expected, *found))]
    Elements {
        /// What was called.
        call: String,
        /// Which input, from 1.
        input: usize,
        /// The type that it takes.
        expected: DType,
        /// The type that there is.
        found: DType,
    },
    /// A tensor does not have the elements of another shape.
    #[error(
        "a tensor of shape {from:?} does not become {to:?}: expected as many elements, {}\nhelp: one size may be -1, which follows from the \
         others",
        from.iter().product::<usize>()
    )]
    Reshape {
        /// The shape that it has.
        from: Vec<usize>,
        /// The shape that was asked for.
        to: Vec<i64>,
    },
    /// Nothing was given to compute with.
    #[error("`{call}` has no tensor: expected at least one")]
    Nothing {
        /// What was called.
        call: String,
    },
    /// Tensors of different ranks do not meet unasked.
    #[error(
        "the operands of `{call}` have different numbers of axes: {shapes}\nhelp: give the shorter one axes of size 1 where they are to be \
         stretched, `x.expand_dims(1)?`"
    )]
    Ranks {
        /// What was called.
        call: String,
        /// The shapes, in words.
        shapes: String,
    },
    /// Tensors of a call have different numbers of samples.
    #[error("input {input} of `{call}` has another number of samples than input 1: expected {expected}, found {found}")]
    Samples {
        /// What was called.
        call: String,
        /// The samples of the first.
        expected: usize,
        /// Which differs, from 1.
        input: usize,
        /// Its samples.
        found: usize,
    },
    /// Gradients have been taken before.
    #[error(
        "gradients have been taken through this call already, and what they follow from is not kept\nhelp: compute it again for another \
         `backward`, or take one `backward` of the sum of both"
    )]
    Spent,
    /// A call on the way has no gradient of its gradient.
    #[error(
        "`{call}` has no gradient of its gradient\nhelp: take the gradient with `backward`, as numbers, or write the call with operations that have one"
    )]
    NoSecond {
        /// The call.
        call: String,
    },
    /// Nothing that a number follows from has a gradient.
    #[error(
        "nothing has a gradient here: the number follows from constants alone\nhelp: make an input a variable, `tape.variable(&x)`; \
         `detach` and `no_grad` let no gradient through, and frozen weights have none"
    )]
    NoGradient,
    /// A variable has no gradient among those that were taken.
    #[error("the variable of shape {shape:?} has no gradient here: {why}")]
    NotThere {
        /// Its shape.
        shape: Vec<usize>,
        /// Why it has none.
        why: &'static str,
    },
    /// The elements of a tensor are numbers of something, and one is none.
    #[error("`{call}` takes whole numbers from 0 to {}: found {found}", bound - 1)]
    Index {
        /// What was called.
        call: String,
        /// What they must be below.
        bound: usize,
        /// What there is.
        found: f64,
    },
    /// A layer was built for inputs of other sizes.
    #[error(
        "`{layer}` was built for other inputs: its `{weight}` has shape {built:?}, and {inputs} would need {needed:?}\nhelp: make another \
         layer for inputs of another size"
    )]
    Built {
        /// The layer as one would write it.
        layer: String,
        /// The first weight that differs.
        weight: String,
        /// Its shape.
        built: Vec<usize>,
        /// The shape for these inputs.
        needed: Vec<usize>,
        /// The inputs, in words.
        inputs: String,
    },
    /// A call names what the layer does not take.
    #[error("`{call}` takes no `{name}`: {known}")]
    Unknown {
        /// What was called.
        call: String,
        /// The name.
        name: String,
        /// The names that there are, in words.
        known: String,
    },
    /// A call gives another number of tensors than are taken.
    #[error(
        "`{call}` gives {found} tensors: expected {expected}\nhelp: `let [a, b] = layer.outputs(&x)?;` takes as many as there are"
    )]
    Outputs {
        /// What was called.
        call: String,
        /// How many are taken.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A model of the user's own is called with another number of tensors than it takes.
    #[error("what is called takes {expected} tensor{}: found {found}", plural(*expected))]
    Taken {
        /// How many it takes.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A model of the user's own is called with something that it does not take.
    #[error(
        "what is called does not take `{name}`\nhelp: in its `run`, `inputs.take_named(\"{name}\")` or `inputs.take_flag(\"{name}\")` takes it, before \
         `inputs.take()`"
    )]
    NotTaken {
        /// What it is called.
        name: String,
    },
    /// A layer of a struct waits for its first call.
    #[error(
        "`{layer}` has no weights before its first call\nhelp: give the inputs, `OwnModel::with_inputs(model, &Input::new([sizes of a sample]))`, or build it, \
         `Dense::new(32).build(&[sizes of a sample], seed)?`"
    )]
    Waiting {
        /// Its path in the struct.
        layer: String,
    },
    /// A model of the user's own is called with a tensor of a model to be.
    #[error(
        "`{model}` runs code, which a model to be cannot hold\nhelp: call the struct itself, `(*model).call(&x)?`: its layers become the model's"
    )]
    CodeOfSymbol {
        /// Its name.
        model: String,
    },
    /// A model of the user's own is called with a tensor that has a mask.
    #[error(
        "`{model}` is called with a tensor that has a mask, which its code would not see\nhelp: call the struct itself, `(*model).call(&x)?`, or leave the mask out, \
         `x.with_mask(None)?`"
    )]
    CodeOfMask {
        /// Its name.
        model: String,
    },
    /// The inputs of a model of the user's own have sizes without numbers.
    #[error("a model of one's own takes inputs whose sizes are numbers: found {shape}")]
    Sized {
        /// The shape of a sample.
        shape: String,
    },
    /// What a model of the user's own gives has no axis of samples.
    #[error(
        "`{call}` gives a tensor of shape {found:?} for {samples} samples: expected one row for each sample, [{samples}, ..]"
    )]
    PerSample {
        /// The model.
        call: String,
        /// How many samples there are.
        samples: usize,
        /// The shape of the tensor.
        found: Vec<usize>,
    },
    /// A function of the user's gave a gradient of another shape than what it is of.
    #[error("the gradient that `{call}` gave for its input {input} has the wrong shape: expected {expected:?}, found {found:?}")]
    Given {
        /// The name of the function.
        call: String,
        /// Which input, from 1.
        input: usize,
        /// Its shape.
        expected: Vec<usize>,
        /// The shape of what was given.
        found: Vec<usize>,
    },
}

/// What is wrong, and where in the user's code.
#[derive(Debug, thiserror::Error)]
#[error("{fault}\nat {}:{}", place.file(), place.line())]
pub struct At {
    /// What is wrong.
    pub fault: Fault,
    place: &'static Location<'static>,
}

impl Fault {
    /// What is wrong with arguments.
    pub(super) fn arguments(errors: impl IntoIterator<Item = ArgumentError>) -> Self {
        let words: Vec<String> = errors.into_iter().map(|error| error.to_string()).collect();
        Self::Arguments(words.join("\n"))
    }

    /// The error at a place.
    pub(crate) fn at(self, place: &'static Location<'static>) -> Error {
        // What went wrong before has a place of its own.
        Error::Variable(Box::new(At { fault: self, place }))
    }

    /// The error where the user has called.
    #[track_caller]
    pub(super) fn here(self) -> Error {
        self.at(Location::caller())
    }
}

/// Something that failed before.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        Self(error.to_string())
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `axes 0 to 2, or -3 to -1 from the end`
fn axes(rank: usize) -> String {
    match rank {
        0 => "none: it is a single number".to_owned(),
        1 => "axis 0, or -1 from the end".to_owned(),
        rank => format!("axes 0 to {}, or -{rank} to -1 from the end", rank - 1),
    }
}

fn cast_help(expected: DType, found: DType) -> &'static str {
    match (expected, found) {
        (DType::F32, _) => "\nhelp: give the tape floats, `tape.constant(&x.mapv(|x| x as f32))`",
        (DType::I32, _) => "\nhelp: give the tape integers, `tape.constant(&x.mapv(|x| x as i32))`",
        (DType::Bool, _) => "\nhelp: compare, `x.not_equal(0.0)?`",
    }
}
