//! A tensor that remembers how it came about.

use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::Arc;

use model_graph::shape::{DType, Shape, TensorType};
use ndarray::{ArrayD, IxDyn};

use super::fault::{Failure, Fault};
use super::gradients::Gradients;
use super::node::{Leaf, Node, WeightLeaf};
use super::operate::one;
use super::pool::Room;
use super::symbol::Symbol;
use super::tape::Tape;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::layer::View;

/// A tensor that remembers how it came about, so that gradients can be taken of what follows from it.
///
/// Its shape is whole, the batch included. A copy costs nothing. What is computed of it belongs to the same [`Tape`].
///
/// Arithmetic with operators gives a variable also where the shapes do not fit: the error is told by the next function that gives a `Result`,
/// with the place in the code at which it came about.
///
/// ```
/// use model_core::variable::Tape;
/// use ndarray::array;
///
/// let tape = Tape::new();
/// let x = tape.variable(&array![[1.0_f32, 2.0], [3.0, 4.0]])?;
/// let loss = (&x * &x).sum(..)?;
/// assert_eq!(loss.item()?, 30.0);
/// assert_eq!(loss.backward()?.of(&x)?, array![[2.0, 4.0], [6.0, 8.0]].into_dyn());
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// What an operation gives must be used; a forgotten `?` is told while compiling:
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// # fn main() -> Result<(), model_core::Error> {
/// let x = model_core::variable::Tape::new().scalar(1.0)?;
/// x.square();
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Var<T: Float = f32>(State<T>);

#[derive(Clone)]
enum State<T: Float> {
    Known(Known<T>),
    /// A tensor of a model to be.
    Symbol(Symbol<T>),
    Failed(Arc<Failure>),
}

/// A tensor's elements, with its whole shape.
#[derive(Clone, Debug)]
pub(super) struct Value<T: Float> {
    pub shape: Rc<[usize]>,
    pub dtype: DType,
    pub data: Rc<Room<T>>,
}

/// Where a variable comes from, as far as gradients go.
#[derive(Clone, Debug)]
pub(super) enum Origin<T: Float> {
    /// No gradient goes there.
    Constant,
    /// It was given, and its gradient is wanted.
    Leaf(Rc<Leaf>),
    /// It is a weight, and its gradient goes to the weight's.
    Weight(Rc<WeightLeaf>),
    /// An output of a call.
    Call(Rc<Node<T>>, usize),
}

/// A variable that has come about.
#[derive(Clone)]
pub(super) struct Known<T: Float> {
    pub tape: Tape<T>,
    pub value: Value<T>,
    pub origin: Origin<T>,
    /// Which steps count, where that is said.
    pub mask: Option<Rc<Value<T>>>,
}

impl<T: Float> Value<T> {
    pub(super) fn new(shape: &[usize], dtype: DType, data: Room<T>) -> Self {
        Self { shape: shape.into(), dtype, data: Rc::new(data) }
    }

    /// Checks that the elements are numbers of something of which there are so many.
    pub(super) fn check_numbers(
        &self,
        bound: usize,
        call: impl FnOnce() -> String,
        place: &'static Location<'static>,
    ) -> Result<()> {
        let is_one = |number: &f64| (0.0..bound as f64).contains(number) && number.fract() == 0.0;
        let found = self.data.iter().map(|element| element.to_f64()).find(|number| !is_one(number));
        found.map_or(Ok(()), |found| Err(Fault::Index { call: call(), bound, found }.at(place)))
    }

    /// The same elements in another shape.
    pub(super) fn shaped(&self, shape: &[usize]) -> Self {
        Self { shape: shape.into(), ..self.clone() }
    }
}

/// How a call sees its tensors: a batch of samples, or one sample, so that the batch is an axis like others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The first axis is the batch.
    Samples,
    /// All axes are those of one sample.
    One,
}

impl Form {
    /// How many samples there are.
    pub(super) fn batch<T: Float>(self, value: &Value<T>) -> usize {
        self.split(&value.shape).0
    }

    /// The batch, and the shape of a sample.
    pub(super) fn split(self, shape: &[usize]) -> (usize, &[usize]) {
        match (self, shape.split_first()) {
            (Self::Samples, Some((&batch, sample))) => (batch, sample),
            (Self::Samples, None) | (Self::One, _) => (1, shape),
        }
    }

    /// The whole shape of samples of this shape.
    pub(super) fn join(self, batch: usize, sample: &[usize]) -> Vec<usize> {
        match self {
            Self::Samples => std::iter::once(batch).chain(sample.iter().copied()).collect(),
            Self::One => sample.to_vec(),
        }
    }

    /// A tensor as a call sees it.
    pub(super) fn view<'a, T>(self, shape: &'a [usize], data: &'a [T]) -> View<'a, T> {
        View::new(self.split(shape).1, data)
    }

    /// The type of a sample.
    pub(super) fn ty<T: Float>(self, value: &Value<T>) -> TensorType {
        TensorType { dtype: value.dtype, shape: Shape::from(self.split(&value.shape).1) }
    }
}

impl<T: Float> Known<T> {
    /// Whether a gradient goes there.
    pub(super) const fn has_gradient(&self) -> bool {
        !matches!(self.origin, Origin::Constant)
    }
}

impl<T: Float> From<Known<T>> for Var<T> {
    fn from(known: Known<T>) -> Self {
        Self(State::Known(known))
    }
}

impl<T: Float> Var<T> {
    /// What could not be computed.
    pub(super) fn failed(failure: Failure) -> Self {
        Self(State::Failed(Arc::new(failure)))
    }

    /// The variable, if it has come about.
    ///
    /// # Errors
    /// What went wrong before, or that it stands for a tensor of a model to be.
    #[track_caller]
    pub(super) fn known(&self) -> Result<&Known<T>> {
        match &self.0 {
            State::Known(known) => Ok(known),
            State::Symbol(_) => Err(Fault::Symbolic.here()),
            State::Failed(failure) => Err(Error::Before(failure.clone())),
        }
    }

    pub(super) const fn symbol(symbol: Symbol<T>) -> Self {
        Self(State::Symbol(symbol))
    }

    /// The tensor of a model to be that it stands for, if it is one.
    pub(super) const fn as_symbol(&self) -> Option<&Symbol<T>> {
        match &self.0 {
            State::Symbol(symbol) => Some(symbol),
            State::Known(_) | State::Failed(_) => None,
        }
    }

    /// The type of a sample, the batch left out.
    ///
    /// # Errors
    /// If arithmetic before has failed.
    pub fn sample_type(&self) -> Result<TensorType> {
        match &self.0 {
            State::Symbol(symbol) => Ok(symbol.ty()),
            State::Known(_) | State::Failed(_) => Ok(Form::Samples.ty(&self.known()?.value)),
        }
    }

    /// The call that it is a result of, if it is one.
    pub(super) fn made(&self) -> Option<&Node<T>> {
        match &self.0 {
            State::Known(Known { origin: Origin::Call(node, _), .. }) => Some(node),
            State::Known(_) | State::Symbol(_) | State::Failed(_) => None,
        }
    }

    /// The number of axes, the batch included.
    pub(super) fn rank(&self) -> Result<usize> {
        match &self.0 {
            State::Symbol(symbol) => Ok(symbol.ty().shape.rank() + 1),
            State::Known(_) | State::Failed(_) => Ok(self.known()?.value.shape.len()),
        }
    }

    /// The whole shape, the batch first; nothing where there is no tensor for a reason that the next call tells, or one of a model to be.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        match &self.0 {
            State::Known(known) => &known.value.shape,
            State::Symbol(_) | State::Failed(_) => &[],
        }
    }

    /// The type of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        match &self.0 {
            State::Known(known) => known.value.dtype,
            State::Symbol(symbol) => symbol.ty().dtype,
            State::Failed(_) => DType::F32,
        }
    }

    /// The tape that it belongs to.
    ///
    /// # Errors
    /// If arithmetic before has failed.
    #[track_caller]
    pub fn tape(&self) -> Result<Tape<T>> {
        Ok(self.known()?.tape.clone())
    }

    /// The elements in order, the last axis contiguous.
    ///
    /// # Errors
    /// If arithmetic before has failed.
    #[track_caller]
    pub fn elements(&self) -> Result<&[T]> {
        Ok(&self.known()?.value.data)
    }

    /// The elements as an array.
    ///
    /// # Errors
    /// If arithmetic before has failed.
    #[track_caller]
    pub fn array(&self) -> Result<ArrayD<T>> {
        let Value { shape, data, .. } = &self.known()?.value;
        Ok(ArrayD::from_shape_vec(IxDyn(shape), data.to_vec()).expect("a variable has its shape's elements"))
    }

    /// The only element.
    ///
    /// # Errors
    /// If there are several.
    #[track_caller]
    pub fn item(&self) -> Result<T> {
        let Value { shape, data, .. } = &self.known()?.value;
        match ***data {
            [item] => Ok(item),
            _ => Err(Fault::Several { what: "item", shape: shape.to_vec() }.here()),
        }
    }

    /// The same elements, as if they had been given: no gradient goes through.
    #[must_use]
    #[track_caller]
    pub fn detach(&self) -> Self {
        match &self.0 {
            State::Known(known) => Known { origin: Origin::Constant, ..known.clone() }.into(),
            State::Symbol(_) => one("stop_gradient", &[], &[self], Form::Samples, Location::caller())
                .unwrap_or_else(|error| Self::failed(Failure::of(&error))),
            State::Failed(_) => self.clone(),
        }
    }

    /// Says what a weight becomes that training changes by other means than its gradient, such as a moving average: `weights.count.assign(&(&weights.count +
    /// 1.0))?` in `call` of a layer of one's own. The layer has it once the step is taken.
    ///
    /// # Errors
    /// If this is not a variable that was given, or the value has another shape.
    #[track_caller]
    pub fn assign(&self, value: &Self) -> Result<()> {
        let (known, new) = (self.known()?, value.known()?);
        let Origin::Leaf(leaf) = &known.origin else { return Err(Fault::Unassignable.here()) };
        if known.value.shape != new.value.shape {
            let (expected, found) = (known.value.shape.to_vec(), new.value.shape.to_vec());
            return Err(Fault::Assigned { expected, found }.here());
        }
        known.tape.assign(leaf.number, &new.value);
        Ok(())
    }

    /// Asks for the gradient of a variable that is neither given nor a result: [`Gradients::of`] has it then.
    ///
    /// ```
    /// use model_core::variable::Tape;
    /// use ndarray::array;
    ///
    /// let tape = Tape::new();
    /// let x = tape.variable(&array![1.0_f32, 2.0])?;
    /// let y = (&x * 3.0).watch();
    /// let gradients = (&y * &y).sum(..)?.backward()?;
    /// assert_eq!(gradients.of(&y)?, array![6.0, 12.0].into_dyn());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn watch(self) -> Self {
        if let State::Known(Known { origin: Origin::Call(node, output), .. }) = &self.0 {
            node.watch(*output);
        }
        self
    }

    /// The gradients of this number with respect to all that it follows from: weights of layers and models, variables that were given, and those
    /// that are [watched](Self::watch). What was kept for that is given free: a second time there is nothing.
    ///
    /// # Errors
    /// If it is not a single number, follows from nothing that has a gradient, or its gradients have been taken already.
    #[track_caller]
    pub fn backward(&self) -> Result<Gradients<T>> {
        let mut gradients = Gradients::default();
        self.backward_into(&mut gradients)?;
        Ok(gradients)
    }

    /// The same, added to gradients that there are.
    ///
    /// # Errors
    /// As those of [`backward`](Self::backward).
    #[track_caller]
    pub fn backward_into(&self, gradients: &mut Gradients<T>) -> Result<()> {
        let known = self.known()?;
        if known.value.data.len() != 1 {
            return Err(Fault::Several { what: "backward", shape: known.value.shape.to_vec() }.here());
        }
        gradients.add(known)
    }
}

impl<T: Float> fmt::Debug for Var<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            State::Known(Known { value, .. }) => {
                write!(f, "Var({}{:?}", value.dtype.name(), value.shape)?;
                match &**value.data {
                    short if short.len() <= 8 => write!(f, " {short:?})"),
                    long => write!(f, " [{:?}, {:?}, {:?}, ..])", long[0], long[1], long[2]),
                }
            }
            State::Symbol(symbol) => write!(f, "Var({symbol:?})"),
            State::Failed(failure) => write!(f, "Var({failure})"),
        }
    }
}
