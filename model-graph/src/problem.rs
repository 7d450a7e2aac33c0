//! What can be wrong with a layer, as data. `message` words it.

use serde_json::Value;

use crate::argument::TargetShape;
use crate::custom::RuleProblem;
use crate::dim::Dim;
use crate::layer::Arity;
use crate::named::{Clash, Unworkable};
use crate::shape::{DType, Shape, TensorType};

/// Why a layer's arguments make no layer.
#[derive(Clone, Debug, PartialEq)]
pub enum ArgumentProblem {
    /// An argument without a default is not given.
    Missing {
        /// Its name.
        argument: &'static str,
        /// What values it takes.
        expected: &'static str,
    },
    /// There is no argument of this name.
    Unknown {
        /// What was written.
        argument: String,
        /// The names that there are.
        valid: Vec<&'static str>,
    },
    /// An argument is given twice.
    Twice {
        /// Its name.
        argument: String,
    },
    /// More values without a name than there are arguments.
    TooMany {
        /// How many there may be.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// A value is of another type, or outside the range.
    Value {
        /// The argument.
        argument: &'static str,
        /// What values it takes.
        expected: &'static str,
        /// What was given.
        found: Value,
        /// A value near it that is taken, if it is a number or a list of numbers.
        near: Option<Value>,
    },
    /// Something inside of a value, an object of a configuration, is not what it must be.
    Inside {
        /// The argument.
        argument: &'static str,
        /// The key it is under.
        key: String,
        /// What should be there.
        expected: &'static str,
        /// What is there.
        found: Value,
    },
    /// A value is none of the names that there are.
    Choice {
        /// The argument.
        argument: &'static str,
        /// The names that there are.
        choices: Vec<&'static str>,
        /// What was given.
        found: Value,
    },
}

impl ArgumentProblem {
    /// The argument that is to blame, where there is one that was written.
    #[must_use]
    pub fn argument(&self) -> Option<&str> {
        match self {
            Self::Unknown { argument, .. } | Self::Twice { argument } => Some(argument),
            Self::Value { argument, .. } | Self::Choice { argument, .. } | Self::Inside { argument, .. } => Some(argument),
            Self::Missing { .. } | Self::TooMany { .. } => None,
        }
    }
}

/// Why a tensor does not fit an equation.
#[derive(Clone, Debug, PartialEq)]
pub enum EquationProblem {
    /// It has another number of axes than the equation.
    Rank {
        /// How many the equation has, without the batch.
        expected: usize,
        /// Whether there may be more.
        is_open: bool,
    },
    /// The output has another number of axes than the sizes that are given for it.
    Sizes {
        /// How many sizes there must be.
        expected: usize,
        /// How many are given.
        found: usize,
    },
    /// A size of the output is not that of the input's axis of the same letter.
    Size {
        /// The letter.
        letter: char,
        /// The size that is asked for.
        asked: Dim,
        /// The size that the input has.
        there: Dim,
    },
    /// A size of the output is neither given nor the input's.
    Open {
        /// The letter.
        letter: char,
    },
    /// There is no such axis to add a bias along.
    BiasAxis {
        /// The letter.
        letter: char,
    },
}

/// Why a layer does not fit its inputs.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// The number of inputs is wrong.
    Arity {
        /// What the layer takes.
        expected: Arity,
        /// What it was given.
        found: usize,
    },
    /// A call of a model or block has the wrong number of inputs.
    Inputs {
        /// The names of its inputs.
        expected: Vec<String>,
        /// How many were given.
        found: usize,
    },
    /// A slot is given another number of tensors.
    Slot {
        /// The slot.
        slot: &'static str,
        /// The first tensor that it is given, or would be.
        operand: usize,
        /// How many it takes.
        expected: usize,
        /// How many it is given.
        found: usize,
    },
    /// An input of a model, or what a slot of a layer is given, has another type.
    InputType {
        /// Which input.
        operand: usize,
        /// The model's or the layer's name for it.
        input: String,
        /// The type it must have.
        expected: TensorType,
        /// The type it has.
        found: TensorType,
    },
    /// The inputs of a model give one of its names of dimensions two sizes.
    Named(Box<Clash>),
    /// A layer of a model cannot work on the sizes that the model's names get by the inputs.
    Unworkable(Box<Unworkable>),
    /// An input has the wrong number of axes.
    Rank {
        /// Which input.
        operand: usize,
        /// The axes that there must be, by name, or empty for at least one.
        expected: &'static [&'static str],
        /// The shape that there is.
        found: Shape,
    },
    /// An input has elements of another type.
    DType {
        /// Which input.
        operand: usize,
        /// The type that they must have.
        expected: DType,
        /// The type that they have.
        found: DType,
    },
    /// The inputs are not of one shape.
    Differ {
        /// Their shapes.
        shapes: Vec<Shape>,
        /// The one axis on which they may differ.
        except: Option<usize>,
    },
    /// A window is larger than what it moves over.
    Window {
        /// The argument that gave the window.
        argument: &'static str,
        /// The axis.
        axis: &'static str,
        /// The window's extent, dilation included.
        window: usize,
        /// The distance between its taps.
        dilation: usize,
        /// The input's size along the axis.
        size: Dim,
    },
    /// More is cropped than there is.
    Crop {
        /// The axis.
        axis: &'static str,
        /// How much is cropped at both ends.
        cropping: usize,
        /// The input's size along the axis.
        size: Dim,
    },
    /// The output of a transposed convolution is made longer by a whole step.
    OutputPadding {
        /// The axis.
        axis: &'static str,
        /// How much longer it is made.
        padding: usize,
        /// The step.
        stride: usize,
    },
    /// Two arguments that exclude each other.
    Exclusive {
        /// The first.
        first: &'static str,
        /// The second.
        second: &'static str,
    },
    /// Two arguments of which one at most can be true.
    Together {
        /// The first.
        first: &'static str,
        /// The second.
        second: &'static str,
    },
    /// An argument that needs another.
    Alone {
        /// The argument.
        argument: &'static str,
        /// What it needs.
        needs: &'static str,
    },
    /// Two arguments of which one must be given.
    Neither {
        /// The first.
        first: &'static str,
        /// The second.
        second: &'static str,
    },
    /// A number of channels is not divisible by the number of groups.
    Groups {
        /// `filters` or `channels`.
        what: &'static str,
        /// How many there are.
        size: Dim,
        /// The groups.
        groups: usize,
    },
    /// Heads of queries cannot share heads of keys evenly.
    Heads {
        /// The heads of queries.
        queries: usize,
        /// The heads of keys and values.
        keys: usize,
    },
    /// An argument has numbers for another number of channels.
    Channels {
        /// The argument.
        argument: &'static str,
        /// How many channels it has numbers for.
        expected: usize,
        /// The shape that there is.
        found: Shape,
    },
    /// Something is looked up by numbers of which there are more than of what they stand for.
    Numbers {
        /// The input that has the numbers.
        operand: usize,
        /// What they must be below.
        bound: usize,
        /// The layer that makes them.
        source: String,
        /// What they are below.
        below: usize,
    },
    /// Random choices are to be made in another shape than that of what they are made for.
    NoiseShape {
        /// The argument.
        argument: &'static str,
        /// The shape of a sample.
        found: Shape,
        /// What fits, as one would write it.
        fit: String,
    },
    /// A shape has another number of elements.
    Elements {
        /// The shape that there is.
        from: Shape,
        /// The shape that was asked for.
        to: TargetShape,
    },
    /// A permutation is of another number of axes.
    Axes {
        /// How many axes it names.
        expected: usize,
        /// The shape that there is.
        found: Shape,
    },
    /// There is no such axis.
    Axis {
        /// The argument that named it.
        argument: &'static str,
        /// The axis as it was written.
        axis: i64,
        /// The input's shape.
        shape: Shape,
    },
    /// The axis is the batch's.
    BatchAxis {
        /// The argument that named it.
        argument: &'static str,
        /// The axis as it was written.
        axis: i64,
    },
    /// All that there is would be reduced to one number, the batch included.
    WholeBatch {
        /// The input's shape.
        shape: Shape,
    },
    /// A place lies outside of its axis.
    Place {
        /// The place as it was written.
        place: i64,
        /// The axis, the batch being 0.
        axis: usize,
        /// The size of the axis.
        size: Dim,
        /// The input's shape.
        shape: Shape,
    },
    /// A slice takes nothing, or steps by 0.
    EmptySlice {
        /// The slice as it was written.
        slice: String,
        /// The axis, the batch being 0.
        axis: usize,
        /// The size of the axis.
        size: Dim,
    },
    /// An axis that is to be taken away has not size 1.
    NoSingle {
        /// The axis as it was written.
        axis: i64,
        /// Its size.
        size: Dim,
        /// The input's shape.
        shape: Shape,
    },
    /// A shape, with the batch first, has another number of elements, or does not leave the batch alone.
    BatchShape {
        /// The shape that there is.
        from: Shape,
        /// The shape that was asked for.
        to: TargetShape,
    },
    /// More axes are indexed than there are.
    Places {
        /// How many are.
        found: usize,
        /// The input's shape.
        shape: Shape,
    },
    /// There are more or fewer of something than axes, or than what they belong to.
    Count {
        /// The argument.
        argument: &'static str,
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
        /// The input's shape.
        shape: Shape,
    },
    /// What is done along the batch would mix or make samples.
    OfBatch {
        /// The argument.
        argument: &'static str,
        /// What it must have for the batch.
        expected: &'static str,
    },
    /// A number is beyond what the size of an axis allows.
    Beyond {
        /// The argument.
        argument: &'static str,
        /// The number.
        found: Dim,
        /// The most that it may be.
        most: Dim,
        /// The input's shape.
        shape: Shape,
    },
    /// An axis cannot be cut into equal parts.
    Parts {
        /// How many parts.
        parts: usize,
        /// The axis, the batch being 0.
        axis: usize,
        /// Its size.
        size: Dim,
        /// The input's shape.
        shape: Shape,
    },
    /// A shape cannot be stretched to another.
    Stretch {
        /// The shape that there is.
        from: Shape,
        /// The shape that was asked for.
        to: Shape,
    },
    /// A tensor has other axes than its term of an equation, or too few for a product of matrices.
    Term {
        /// Which input.
        operand: usize,
        /// How many axes have letters, without the batch.
        expected: usize,
        /// Whether there may be others before them.
        is_open: bool,
        /// The input's shape.
        shape: Shape,
    },
    /// The axes before those that are multiplied do not agree.
    Stacked {
        /// The shapes.
        shapes: Box<[Shape; 2]>,
    },
    /// Places are listed where a tensor has them, or the other way round.
    Listed {
        /// The operation that takes the other.
        name: &'static str,
        /// Whether this one takes a list.
        takes_list: bool,
    },
    /// A power for the length of a matrix.
    MatrixNorm,
    /// A tensor where a number must be, which fills another.
    Fill,
    /// What is taken along the batch is no sample any more.
    BatchPlace,
    /// A weight is no matrix, as what an argument asks for needs.
    Matrix {
        /// The argument.
        argument: &'static str,
        /// What it asks for.
        class: &'static str,
        /// The weight.
        weight: String,
        /// The weight's shape.
        shape: Shape,
    },
    /// A weight is no kernel of the waves of a Fourier transform.
    Waves {
        /// The argument that asks for them.
        argument: &'static str,
        /// The weight.
        weight: String,
        /// The weight's shape.
        shape: Shape,
    },
    /// What a layer gives is no matrix of samples and numbers, as the penalty on it needs.
    ActivityMatrix {
        /// The penalty.
        class: &'static str,
        /// The shape of a sample of what it gives.
        shape: Shape,
    },
    /// The penalty on what attention gives, or a layer within one of the user's own, is a function of the user's own.
    ActivityFunction {
        /// The function.
        function: String,
    },
    /// A weight has no such axis, or the axis is named twice.
    WeightAxis {
        /// The argument that named it.
        argument: &'static str,
        /// What the argument asks for.
        class: &'static str,
        /// The axis as it was written.
        axis: i64,
        /// The weight.
        weight: String,
        /// The weight's shape.
        shape: Shape,
    },
    /// An axis is named twice.
    RepeatedAxis {
        /// The argument that names it.
        argument: &'static str,
        /// The axis as it was written last.
        axis: i64,
    },
    /// Axes must be the last ones.
    InnerAxes {
        /// The argument that names them.
        argument: &'static str,
        /// The axis that is not named, but comes behind one that is, counted from 0 in the sample's shape.
        behind: usize,
        /// The input's shape.
        shape: Shape,
    },
    /// A tensor does not fit an equation.
    Equation {
        /// What does not.
        fault: Box<EquationProblem>,
        /// The input's shape.
        shape: Shape,
    },
    /// Two tensors are multiplied and summed along axes of different sizes.
    Summed {
        /// The axes, the batch being 0.
        axes: [usize; 2],
        /// The sizes.
        sizes: Box<[Dim; 2]>,
    },
    /// A size must be known while compiling.
    Unknown {
        /// Which input.
        operand: usize,
        /// The axis, as counted from 0 in the sample's shape.
        axis: usize,
        /// The input's shape.
        shape: Shape,
    },
    /// A layer with weights is called again with another type.
    Rebuilt {
        /// The type it was first called with.
        first: TensorType,
        /// The type it is called with now.
        now: TensorType,
    },
    /// A layer that is wrapped cannot work as it must there.
    Wrapped {
        /// The argument that it is.
        argument: &'static str,
        /// What it must be, as in `a layer of one input`.
        expected: &'static str,
        /// The layer that is there.
        found: String,
        /// What to do about it.
        help: &'static str,
    },
    /// A layer that is wrapped does not fit what it is handed of the input.
    Inside(Box<Inside>),
    /// The inputs do not fit the shape rule of a user's layer.
    Rule(Box<RuleProblem>),
    /// A size does not fit the arithmetic.
    Overflow,
}

/// What is wrong with a layer that is wrapped, which is handed a part of its wrapper's input.
#[derive(Clone, Debug, PartialEq)]
pub struct Inside {
    /// The wrapped layer as one would write it.
    pub layer: String,
    /// What is called to make it: its class, or the model.
    pub class: String,
    /// What it is handed.
    pub part: TensorType,
    /// What is wrong.
    pub problem: Problem,
}

impl From<RuleProblem> for Problem {
    fn from(problem: RuleProblem) -> Self {
        Self::Rule(Box::new(problem))
    }
}

/// The part of a call that is to blame for a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The layer itself.
    Layer,
    /// One of its inputs.
    Operand(usize),
    /// One of its arguments.
    Argument(&'static str),
}

impl Problem {
    /// The same problem of a layer that is wrapped, whose inputs are others of its wrapper.
    #[must_use]
    pub(crate) fn of_inputs(self, place: impl Fn(usize) -> usize) -> Self {
        match self {
            Self::Rank { operand, expected, found } => Self::Rank { operand: place(operand), expected, found },
            Self::DType { operand, expected, found } => Self::DType { operand: place(operand), expected, found },
            Self::Unknown { operand, axis, shape } => Self::Unknown { operand: place(operand), axis, shape },
            Self::InputType { operand, input, expected, found } => {
                Self::InputType { operand: place(operand), input, expected, found }
            }
            Self::Slot { slot, operand, expected, found } => Self::Slot { slot, operand: place(operand), expected, found },
            other => other,
        }
    }

    /// The part of the call that is to blame.
    #[must_use]
    pub fn blame(&self) -> Blame {
        match self {
            Self::Arity { .. } | Self::Inputs { .. } | Self::Rebuilt { .. } | Self::Overflow | Self::WholeBatch { .. } => {
                Blame::Layer
            }
            Self::Place { .. } | Self::EmptySlice { .. } | Self::Places { .. } | Self::BatchPlace => Blame::Argument("key"),
            Self::Count { argument, .. } | Self::OfBatch { argument, .. } | Self::Beyond { argument, .. } => {
                Blame::Argument(argument)
            }
            Self::Parts { .. } | Self::Stacked { .. } => Blame::Layer,
            Self::Stretch { .. } => Blame::Argument("shape"),
            Self::Term { operand, .. } => Blame::Operand(*operand),
            Self::Listed { .. } => Blame::Argument("indices"),
            Self::MatrixNorm => Blame::Argument("ord"),
            Self::Fill => Blame::Argument("fill_value"),
            Self::Rank { operand, .. } | Self::DType { operand, .. } | Self::Numbers { operand, .. } => Blame::Operand(*operand),
            Self::Named(clash) => Blame::Operand(clash.second.operand),
            Self::Unworkable(_) => Blame::Operand(0),
            Self::InputType { operand, .. } | Self::Slot { operand, .. } | Self::Unknown { operand, .. } => {
                Blame::Operand(*operand)
            }
            Self::Differ { shapes, except } => Blame::Operand(odd_one_out(shapes, *except).odd),
            Self::Alone { argument, .. } => Blame::Argument(argument),
            Self::Neither { .. } => Blame::Layer,
            Self::Window { argument, .. } | Self::Channels { argument, .. } | Self::NoiseShape { argument, .. } => {
                Blame::Argument(argument)
            }
            Self::NoSingle { .. } => Blame::Argument("axis"),
            Self::BatchShape { .. } => Blame::Argument("newshape"),
            Self::Crop { .. } => Blame::Argument("cropping"),
            Self::OutputPadding { .. } => Blame::Argument("output_padding"),
            Self::Exclusive { second, .. } | Self::Together { second, .. } => Blame::Argument(second),
            Self::Groups { .. } => Blame::Argument("groups"),
            Self::Heads { .. } => Blame::Argument("num_key_value_heads"),
            Self::Elements { .. } => Blame::Argument("target_shape"),
            Self::Axes { .. } => Blame::Argument("dims"),
            Self::Axis { argument, .. } | Self::BatchAxis { argument, .. } => Blame::Argument(argument),
            Self::ActivityMatrix { .. } | Self::ActivityFunction { .. } => Blame::Argument("activity_regularizer"),
            Self::Matrix { argument, .. } | Self::Waves { argument, .. } | Self::WeightAxis { argument, .. } => {
                Blame::Argument(argument)
            }
            Self::RepeatedAxis { argument, .. } | Self::InnerAxes { argument, .. } => Blame::Argument(argument),
            Self::Wrapped { argument, .. } => Blame::Argument(argument),
            Self::Inside(inside) => match inside.problem.blame() {
                Blame::Operand(operand) => Blame::Operand(operand),
                Blame::Layer | Blame::Argument(_) => Blame::Argument("layer"),
            },
            Self::Equation { fault, .. } => match **fault {
                EquationProblem::Rank { .. } => Blame::Operand(0),
                EquationProblem::BiasAxis { .. } => Blame::Argument("bias_axes"),
                EquationProblem::Sizes { .. } | EquationProblem::Size { .. } | EquationProblem::Open { .. } => {
                    Blame::Argument("output_shape")
                }
            },
            Self::Summed { .. } => Blame::Argument("axes"),
            Self::Rule(problem) => problem.blame(),
        }
    }
}

/// The inputs at which what does not agree is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Odd {
    /// The one that is to be mended.
    pub odd: usize,
    /// One that it does not agree with.
    pub like: usize,
    /// Whether it is the only one: all others agree.
    pub is_alone: bool,
}

/// So many inputs are compared with each other; of more, each is with the first.
const MOST_COMPARED: usize = 64;

/// The input that agrees with the fewest others; of several, the first that does not agree with the first input.
pub(crate) fn odd_one_out(shapes: &[Shape], except: Option<usize>) -> Odd {
    let disagrees = |a: usize, b: usize| !agree(&shapes[a], &shapes[b], except);
    let others = |input: usize| (0..shapes.len()).filter(move |&other| disagrees(input, other));
    let is_short = shapes.len() <= MOST_COMPARED;
    let most = if is_short { (0..shapes.len()).map(|input| others(input).count()).max() } else { None };
    let is_odd = |input: &usize| most.is_none_or(|most| others(*input).count() == most);
    let odd = others(0).find(is_odd).or_else(|| (0..shapes.len()).find(is_odd)).unwrap_or(0);
    let rest = || (0..shapes.len()).filter(|&input| input != odd);
    let is_alone = is_short && shapes.len() > 2 && rest().all(|input| others(input).all(|other| other == odd));
    Odd { odd, like: others(odd).next().unwrap_or(0), is_alone }
}

/// Whether two inputs can be joined along the axis on which they may differ, or where there is none, merged element by element.
pub(crate) fn agree(a: &Shape, b: &Shape, except: Option<usize>) -> bool {
    let has_one_size = |(axis, (a, b)): (usize, (&Dim, &Dim))| Some(axis) == except || a == b;
    match except {
        Some(_) => a.rank() == b.rank() && a.0.iter().zip(&b.0).enumerate().all(has_one_size),
        None => a.merged(b).is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn odd(shapes: &[&[usize]], except: Option<usize>) -> (usize, usize, bool) {
        let shapes: Vec<Shape> = shapes.iter().map(|sizes| Shape::from(*sizes)).collect();
        let Odd { odd, like, is_alone } = odd_one_out(&shapes, except);
        (odd, like, is_alone)
    }

    #[test]
    fn the_odd_one_is_that_which_differs_from_most() {
        assert_eq!(odd(&[&[3], &[4]], None), (1, 0, false));
        assert_eq!(odd(&[&[3], &[3], &[4]], None), (2, 0, true));
        assert_eq!(odd(&[&[4], &[3], &[3]], None), (0, 1, true));
        assert_eq!(odd(&[&[3], &[4], &[5]], None), (1, 0, false));
        assert_eq!(odd(&[&[3], &[3], &[4], &[4]], None), (2, 0, false));
        assert_eq!(odd(&[&[3, 1], &[1, 4], &[2, 4]], None), (2, 0, true));
        assert_eq!(odd(&[&[3, 1], &[3, 4], &[1, 4]], Some(1)), (2, 0, true));
        assert_eq!(odd(&[&[3, 4], &[3], &[3, 5]], Some(1)), (1, 0, true));
        let many = vec![&[3][..]; 99].into_iter().chain([&[4][..]]).collect::<Vec<_>>();
        assert_eq!(odd(&many, None), (99, 0, false));
    }
}
