//! What can go wrong with what comes from outside: users' arrays and settings, files, diverging numbers. One type, worded here.

use std::fmt::{self, Display};
use std::path::PathBuf;
use std::sync::Arc;

use crate::file::FileProblem;

/// What functions that can fail give.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an array is to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What goes in.
    Input,
    /// What comes out.
    Output,
    /// What should come out.
    Target,
    /// The gradient of what comes out.
    Gradient,
    /// What a layer adapts to.
    Data,
    /// How much samples count.
    Weight,
}

impl Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Target => "target",
            Self::Gradient => "gradient",
            Self::Data => "array",
            Self::Weight => "sample weight",
        })
    }
}

/// What is wrong, with what was expected and what was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The number of arrays is not the model's.
    #[error("expected {} {role}{}, {}: found {found}", expected.len(), plural(expected.len()), names(expected))]
    Count {
        /// What the arrays are.
        role: Role,
        /// The model's names.
        expected: Vec<String>,
        /// How many were given.
        found: usize,
    },
    /// A model of one's own says nothing of what it computes of arrays.
    #[error(
        "`{model}` does not say what it computes of arrays\nhelp: make it one that does, `impl Callable for {model}`, by `OwnModel::with_inputs(model, \
         &Input::new([sizes of a sample]))`, or say what a step does, `trainer.train_step(..)`"
    )]
    NoCall {
        /// The struct.
        model: String,
    },
    /// A step asks for the trainer's losses, and there are none.
    #[error("the trainer has no losses\nhelp: give `compile` a loss for each output, such as `MeanSquaredError::new()`")]
    NoLosses,
    /// A step of one's own leaves the trainer's metrics out.
    #[error("the step has not counted the trainer's metrics\nhelp: `step.compute_metrics(&output)?` does")]
    NoMetrics,
    /// There is not exactly one array.
    #[error("the batch has {found} {role}s: expected one\nhelp: `step.{role}s()` are all of them")]
    NotOne {
        /// What the arrays are.
        role: Role,
        /// How many there are.
        found: usize,
    },
    /// Arrays without names, of which two could be mistaken for each other.
    #[error(
        "the {role}s `{first}` and `{second}` have one shape, and in order they could be swapped: give them by name\nhelp: fill in the model's record, `..Inputs {{ {first}: .., {second}: .. }}`, or write pairs, `[(\"{first}\", (&x).into()), ..]`"
    )]
    Alike {
        /// What the arrays are.
        role: Role,
        /// One of the two.
        first: String,
        /// The other.
        second: String,
    },
    /// The model has nothing of this name.
    #[error("there is no {role} `{name}`: expected {}{}", names(known), nearest(name, known))]
    UnknownName {
        /// What the name is to name.
        role: Role,
        /// The name.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// Nothing was given for an input, output or target.
    #[error("{what} for {role} `{name}` is missing: expected one for each of {}", names(known))]
    Missing {
        /// What is missing: an array, a loss.
        what: &'static str,
        /// What it should have been given for.
        role: Role,
        /// Its name.
        name: String,
        /// All names.
        known: Vec<String>,
    },
    /// An input, output or target was given more than once.
    #[error("{what} for {role} `{name}` is given twice: expected one")]
    Repeated {
        /// What is given: an array, a loss.
        what: String,
        /// What it is given for.
        role: Role,
        /// Its name.
        name: String,
    },
    /// Two arrays give a named dimension two sizes.
    #[error(
        "`{dim}` has two sizes: {expected} by {first_role} `{first}`, {found} by {role} `{name}`\nhelp: it is one size wherever it stands in the model"
    )]
    Named {
        /// The name, or what follows from names.
        dim: String,
        /// What the array is that gave the name its size.
        first_role: Role,
        /// Its name.
        first: String,
        /// The size that follows from it.
        expected: String,
        /// What the other array is.
        role: Role,
        /// Its name.
        name: String,
        /// The size that it has.
        found: String,
    },
    /// A batch has another number of samples than the states that layers keep.
    #[error(
        "`{model}` goes on from the states of {expected} samples, one for each: expected a batch of as many, found {found}\nhelp: \
         `model.reset_states()` begins another sequence, of any number of samples"
    )]
    States {
        /// The model, or the layer.
        model: String,
        /// The samples that states are kept of.
        expected: usize,
        /// The samples of the batch.
        found: usize,
    },
    /// A batch has another number of samples than the configuration of a model whose layers keep states says.
    #[error(
        "`{model}` keeps states, and its configuration says of how many samples: expected batches of {expected}, found {found}\nhelp: give it \
         as many, or write `null` in front of each `batch_shape` of the configuration, for batches of any size"
    )]
    FixedBatch {
        /// The model.
        model: String,
        /// What the configuration says.
        expected: usize,
        /// The samples of the batch.
        found: usize,
    },
    /// The last batch would be smaller than the others, and layers keep states of as many samples as these have.
    #[error(
        "`{model}` keeps states from one batch to the next: expected a number of samples that batches of {batch_size} divide, found \
         {samples}\nhelp: {help}"
    )]
    Batches {
        /// The model.
        model: String,
        /// The samples of a batch.
        batch_size: usize,
        /// All samples.
        samples: usize,
        /// What to write.
        help: &'static str,
    },
    /// A layer has nothing to work on at the sizes that arrays give to named dimensions, or makes too much of it.
    #[error(
        "{sizes}: `{layer}` would make {to} of {from}\nhelp: give the model larger arrays, or fewer layers that make them smaller"
    )]
    TooSmall {
        /// The sizes of the named dimensions.
        sizes: String,
        /// The layer's call as one would write it.
        layer: String,
        /// The shape of what it is called with.
        from: String,
        /// The shape of what it would give.
        to: String,
    },
    /// An array's shape is not the model's.
    #[error("{role} `{name}` has the wrong shape: expected {expected}, found {found}{}", advice(help))]
    Shape {
        /// What the array is.
        role: Role,
        /// Its name.
        name: String,
        /// The shape of a batch.
        expected: String,
        /// The shape of the array, the batch first.
        found: String,
        /// What may have been meant.
        help: Option<&'static str>,
    },
    /// An array's elements are of a type that cannot become the model's.
    #[error("{role} `{name}` has elements of the wrong type: expected {expected}, found {found}{}", advice(help))]
    Elements {
        /// What the array is.
        role: Role,
        /// Its name.
        name: String,
        /// What the model takes.
        expected: &'static str,
        /// The array's type.
        found: &'static str,
        /// What may have been meant.
        help: Option<&'static str>,
    },
    /// Two arrays have different numbers of samples.
    #[error("{role} `{name}` has another number of samples than {first_role} `{first}`: expected {expected}, found {found}")]
    Samples {
        /// What the first array is.
        first_role: Role,
        /// Its name.
        first: String,
        /// Its number of samples.
        expected: usize,
        /// What the other array is.
        role: Role,
        /// Its name.
        name: String,
        /// Its number of samples.
        found: usize,
    },
    /// An array without samples.
    #[error("{role} `{name}` has no samples: expected at least 1, found 0")]
    Empty {
        /// What the array is.
        role: Role,
        /// Its name.
        name: String,
    },
    /// An array holds infinity or NaN.
    #[error("sample {sample} of {role} `{name}` is not finite: expected numbers, found infinity or NaN")]
    NotFinite {
        /// What the array is.
        role: Role,
        /// Its name.
        name: String,
        /// The first sample that holds one, from 0.
        sample: usize,
    },
    /// An input of integers holds something else, or an integer that cannot be used.
    #[error("sample {sample} of input `{name}` is not usable: expected whole numbers from {least} to {most}, found {found}")]
    Integer {
        /// The input's name.
        name: String,
        /// The sample, from 0.
        sample: usize,
        /// The smallest number that can be used.
        least: f64,
        /// The largest one.
        most: f64,
        /// What was given.
        found: f64,
    },
    /// A callback failed. The model is as the last step left it.
    #[error("callback `{callback}` failed{}: {source}", place(*epoch, *step))]
    Callback {
        /// The callback's name.
        callback: String,
        /// The epoch of `fit`, from 1.
        epoch: Option<usize>,
        /// The step of the epoch, from 1, where it failed at one; without an epoch, the batch of an evaluation or a prediction.
        step: Option<usize>,
        /// What went wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What a callback watches is not reported.
    #[error("`{owner}` watches `{name}`, which training does not report: expected one of {}", names(known))]
    UnknownMonitor {
        /// The callback.
        owner: &'static str,
        /// What it watches.
        name: String,
        /// What is reported.
        known: Vec<String>,
    },
    /// A sample counts less than nothing, or is not said to count a number.
    #[error("sample {sample} has a weight for `{name}` that is out of range: expected a number of at least 0, found {found}")]
    Weight {
        /// The output's name.
        name: String,
        /// The sample, from 0.
        sample: usize,
        /// The weight.
        found: f64,
    },
    /// A label is not the number of a class.
    #[error("sample {sample} of target `{name}` is out of range: expected a class from 0 to {}, found {found}", classes - 1)]
    Label {
        /// The target's name.
        name: String,
        /// The sample, from 0.
        sample: usize,
        /// How many classes there are.
        classes: usize,
        /// The label.
        found: i64,
    },
    /// An argument or setting is out of its range.
    #[error("`{argument}` of `{owner}` is out of range: expected {expected}, found {found}")]
    Argument {
        /// What has the argument.
        owner: &'static str,
        /// The argument.
        argument: &'static str,
        /// What values it takes.
        expected: &'static str,
        /// Its value.
        found: String,
    },
    /// Something about ranks that train together.
    #[error(transparent)]
    Distribution(#[from] crate::distribution::Problem),
    /// Something about an optimiser.
    #[error(transparent)]
    Optimizer(#[from] crate::optimizers::Problem),
    /// A serialised object is not one of those that this library has.
    #[error("`{owner}` has a `{key}` that this library does not have: expected {expected}, found {found}")]
    Configuration {
        /// The object's class, or what it configures.
        owner: String,
        /// The key.
        key: String,
        /// What is read.
        expected: String,
        /// What is there.
        found: String,
    },
    /// A validation split leaves nothing to train on, or nothing to validate with.
    #[error(
        "`validation_split` {fraction} of {samples} samples leaves {training} to train on: expected at least 1 on both sides"
    )]
    Split {
        /// The fraction.
        fraction: f64,
        /// The number of samples.
        samples: usize,
        /// How many of them are left for training.
        training: usize,
    },
    /// Losses that are given in the order of the outputs are more or fewer than these.
    #[error("expected {} losses, one for each of {}, found {found}", expected.len(), names(expected))]
    LossCount {
        /// The outputs, in their order.
        expected: Vec<String>,
        /// The number of losses.
        found: usize,
    },
    /// A loss or metric does not go with an output.
    #[error("`{rule}` does not go with output `{output}` of shape {shape}: expected {expected}{}", advice(help))]
    Unsuitable {
        /// The loss or metric.
        rule: String,
        /// The output's name.
        output: String,
        /// The shape of a batch of the output.
        shape: String,
        /// What it goes with.
        expected: &'static str,
        /// What may have been meant.
        help: Option<&'static str>,
    },
    /// A function of the user's own gives another shape than it is asked for.
    #[error("`{function}` gives the wrong shape: expected {expected}, found {found:?}\nhelp: {help}")]
    Returned {
        /// The function's name.
        function: String,
        /// The shape that is asked for.
        expected: String,
        /// The shape that it gives.
        found: Vec<usize>,
        /// What to write.
        help: &'static str,
    },
    /// A file or a configuration names a function of the user's own that it was not read with.
    #[error(transparent)]
    Unregistered(#[from] crate::custom::Unregistered),
    /// A file or a configuration has an object of the user's own with fields that its class does not have.
    #[error(transparent)]
    Misfit(#[from] crate::custom::Misfit),
    /// Something is for models of one output, and this model has several.
    #[error("`{what}` is for models of one output: found {}\nhelp: {help}", names(outputs))]
    SeveralOutputs {
        /// What was called.
        what: &'static str,
        /// The model's outputs.
        outputs: Vec<String>,
        /// What to call.
        help: &'static str,
    },
    /// Numbers became infinite or NaN in training. The model has the weights that it had before the step.
    #[error(
        "training diverged in {}step {step}: expected finite numbers, found {what} infinite, NaN or too large\nhelp: lower \
         the learning rate, or scale the inputs; the weights are those before this step",
        of_epoch(epoch)
    )]
    Diverged {
        /// The epoch, from 1; none where training is by hand.
        epoch: Option<u64>,
        /// The step of the epoch, from 1.
        step: u64,
        /// What is not finite.
        what: String,
    },
    /// Training would change no weight: all are frozen, or there are none.
    #[error("there is nothing to train: {}", nothing(frozen))]
    NothingToTrain {
        /// The layers that are frozen.
        frozen: Vec<String>,
    },
    /// A layer that takes nothing from data is to be adapted to some.
    #[error("`{layer}` cannot be adapted to data: {why}")]
    NotAdaptable {
        /// The layer's class.
        layer: String,
        /// Why, and what to do.
        why: &'static str,
    },
    /// A layer that takes what it does from data has not been given any.
    #[error(
        "`{layer}` has not been adapted to data: it has no boundaries of bins yet\nhelp: adapt it, `model.adapt(\"{layer}\", &data)?`, in a compiled \
         model `model.{}.adapt(&data)?`, or give it `bin_boundaries`",
        layer.replace('/', ".")
    )]
    NotAdapted {
        /// The path of the layer.
        layer: String,
    },
    /// A model has no layer of a path.
    #[error("there is no layer `{path}`: expected {}{}", names(known), nearest(path, known))]
    NoLayer {
        /// The path.
        path: String,
        /// The layers' names.
        known: Vec<String>,
    },
    /// Gradients have none of a model's weights.
    #[error(
        "the gradients have none of the weights of `{model}`: the number that they are of does not follow from this model\nhelp: call the \
         model itself on the tape, not a copy of it; `detach` and `no_grad` let no gradient through"
    )]
    NoGradients {
        /// The model.
        model: String,
    },
    /// An optimiser was built for another model than the one that it is to change.
    #[error(
        "the optimizer was built for another model: expected {} as weight {weight}, found {}\nhelp: build one for each model, \
         `Adam::new(1e-3).build(&model)`",
        described(expected),
        described(found)
    )]
    ForeignOptimizer {
        /// The number of the first weight that differs, from 1.
        weight: usize,
        /// The weight that the optimiser was built for, if it has so many.
        expected: Option<String>,
        /// The weight of the model, if it has so many.
        found: Option<String>,
    },
    /// The parts of a step by hand come in another order than forward, backward, apply.
    #[error("`{what}` needs {needs}, with the same pass: found none\nhelp: a step is `forward`, `backward`, `apply`")]
    Order {
        /// What was called.
        what: &'static str,
        /// What should have come before it.
        needs: &'static str,
    },
    /// A layer of the user's own returned another shape than its rule says.
    #[error(transparent)]
    Custom(#[from] Box<crate::custom::ShapeFault>),
    /// A configuration cannot be read.
    #[error(transparent)]
    Config(#[from] model_graph::config::ConfigError),
    /// A configuration of an older Keras has parts that cannot be read.
    #[error(transparent)]
    Legacy(#[from] model_exchange::legacy::LegacyError),
    /// A graph makes no model.
    #[error(transparent)]
    Model(#[from] crate::interpret::ModelError),
    /// Something would take more memory than there is.
    #[error(transparent)]
    TooLarge(#[from] crate::memory::TooLarge),
    /// A configuration is another model's.
    #[error("the configuration is of another model: `{place}` is expected to be {expected}, found {found}")]
    OtherModel {
        /// Where they differ.
        place: String,
        /// What the model has.
        expected: String,
        /// What the configuration has.
        found: String,
    },
    /// A variable is not used as it can be.
    #[error(transparent)]
    Variable(Box<crate::variable::At>),
    /// Arithmetic with variables went wrong before: what, and where.
    #[error("{0}")]
    Before(Arc<crate::variable::Failure>),
    /// A stream of batches failed, or gave one that is not the model's.
    #[error("batch {batch} of the {of}{}: {source}", of_round(*round))]
    Batch {
        /// Which stream.
        of: &'static str,
        /// The round, from 1: an epoch's, where an epoch goes through the stream once.
        round: u64,
        /// The batch of the round, from 1.
        batch: usize,
        /// What is wrong.
        source: Box<Error>,
    },
    /// A model is to be judged by a stream that has no end.
    #[error("the {of} have no end\nhelp: judge by the first batches, `validation_steps` of `Fit` or `dataset.take(batches)`")]
    Endless {
        /// Which stream.
        of: &'static str,
    },
    /// Data cannot be read.
    #[error(transparent)]
    Data(Box<dyn std::error::Error + Send + Sync>),
    /// A model cannot be drawn.
    #[error(transparent)]
    Plot(#[from] crate::plot::PlotError),
    /// An array does not have a tensor's shape.
    #[error(transparent)]
    Tensor(#[from] crate::tensor::ShapeMismatch),
    /// A file cannot be read or written.
    #[error("`{}`: {problem}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: FileProblem,
    },
}

impl Error {
    /// This error, which came about in the layer of a name.
    #[must_use]
    pub fn of_layer(self, name: &str) -> Self {
        if let Self::Custom(fault) = self { Self::Custom(Box::new(fault.named(name))) } else { self }
    }
}

/// `epoch 3, `
fn of_epoch(epoch: &Option<u64>) -> String {
    epoch.map_or_else(String::new, |epoch| format!("epoch {epoch}, "))
}

/// ` in round 3`
fn of_round(round: u64) -> String {
    if round > 1 { format!(" in round {round}") } else { String::new() }
}

fn nothing(frozen: &[String]) -> String {
    match frozen {
        [] => "the model has no weights\nhelp: `predict` and `evaluate` need no training".to_owned(),
        [_] => format!("{} is frozen\nhelp: `model.set_trainable(true)` lets training change it", names(frozen)),
        _ => format!("{} are frozen\nhelp: `model.set_trainable(true)` lets training change them", names(frozen)),
    }
}

fn described(weight: &Option<String>) -> &str {
    weight.as_deref().unwrap_or("nothing")
}

pub(crate) fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Where a callback failed, in words.
fn place(epoch: Option<usize>, step: Option<usize>) -> String {
    match (epoch, step) {
        (Some(epoch), Some(step)) => format!(" in epoch {epoch}, step {step}"),
        (Some(epoch), None) => format!(" in epoch {epoch}"),
        (None, Some(batch)) => format!(" in batch {batch}"),
        (None, None) => String::new(),
    }
}

/// `` `a`, `b` and `c` ``
pub(crate) fn names(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "none".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn nearest(name: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let near = model_graph::message::nearest(name, &known);
    near.map_or_else(String::new, |known| format!("\nhelp: did you mean `{known}`?"))
}

/// The shape of a batch of samples of this shape: `[samples, 28, 28]`.
pub(crate) fn batched(shape: &[usize]) -> String {
    let sizes: Vec<String> = std::iter::once("samples".to_owned()).chain(shape.iter().map(usize::to_string)).collect();
    format!("[{}]", sizes.join(", "))
}

fn advice(help: &Option<&'static str>) -> String {
    help.map_or_else(String::new, |help| format!("\nhelp: {help}"))
}
