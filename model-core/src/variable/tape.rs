//! What variables of one computation share.

use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

use model_graph::layers::AnyLayer as Config;
use model_graph::shape::{DType, TensorType};

use super::call::Called;
use super::fault::Fault;
use super::node::{Leaf, WeightLeaf};
use super::operate::Arguments;
use super::pool::{Pool, Room};
use super::var::{Form, Known, Origin, Value, Var};
use crate::elements::{Elements, Identity};
use crate::error::Result;
use crate::float::Float;
use crate::given::{AnyArray, AsArray};
use crate::layer::{Penalties, Weight};
use crate::training::step_seed;

/// What variables of one computation share: whether layers train, what random choices follow from, and memory, which one step leaves to the
/// next. A copy is the same tape.
///
/// ```
/// use model_core::variable::Tape;
/// use ndarray::array;
///
/// let tape = Tape::new();
/// let x = tape.constant(&array![[1.0_f32, 2.0]])?;
/// assert_eq!(x.shape(), [1, 2]);
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Clone)]
pub struct Tape<T: Float = f32>(Rc<Inner<T>>);

struct Inner<T: Float> {
    /// What random choices follow from, if layers train.
    training: Option<u64>,
    /// The number of the step.
    step: u64,
    memory: Rc<Memory<T>>,
    records: Cell<bool>,
    /// The number of the next call or variable: what comes later has a larger one.
    next: Cell<u64>,
    /// How often each layer and model has been called, by its identity.
    calls: RefCell<HashMap<u64, u64>>,
    /// What layers have given in their last calls, by their identities, where anyone asks for it.
    watched: RefCell<Option<HashMap<u64, Vec<TensorType>>>>,
    /// The penalties on what layers have given.
    penalties: Penalties,
    /// What moving averages have become, by the weight.
    statistics: RefCell<HashMap<u64, Elements<T>>>,
    /// What variables have been assigned, by their numbers.
    assigned: RefCell<HashMap<u64, Rc<Room<T>>>>,
}

/// What one step leaves to the next.
#[derive(Default)]
struct Memory<T: Float> {
    pool: Rc<Pool<T>>,
    /// What calls of models work with, by the model's type and identity, while no call does.
    spare: RefCell<Spare>,
    /// The operations that have been called, by their names and arguments.
    operations: RefCell<HashMap<String, Rc<Called<T>>>>,
}

/// By the type and the model's identity.
type Spare = HashMap<(TypeId, u64), Vec<Box<dyn Any>>>;

impl Tape {
    /// A tape on which layers and models infer: dropout does nothing, and normalisation goes by moving averages. In double precision it is
    /// `Tape::<f64>::default()`.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A tape on which layers and models train; random choices follow from the seed and from how often each was called. The `n`-th call of a model
    /// makes the choices of the `n`-th step of [`fit`](crate::training::Trainer::fit) with this seed.
    #[must_use]
    pub fn training(seed: u64) -> Self {
        Self::seeded(seed)
    }
}

impl<T: Float> Tape<T> {
    /// [`Tape::training`] in any precision.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::of(Some(seed))
    }

    /// The tape of the step of training of this number, from 0: the first call of a model on it makes the choices of that step of
    /// [`fit`](crate::training::Trainer::fit) with the seed.
    #[must_use]
    pub fn of_step(seed: u64, step: u64) -> Self {
        Self::within(Some(seed), step, Rc::default())
    }

    /// The tape of the next step: it works with the memory that this one has left, and random choices are others. A loop that trains goes from one to
    /// the other.
    ///
    /// ```
    /// use model_core::variable::{Build, Callable, Tape};
    /// use model_graph::layers::Dropout;
    /// use ndarray::Array2;
    ///
    /// let dropout: model_core::layer::Layer<Dropout> = Dropout::new(0.5).build(&[8], 42)?;
    /// let mut tape = Tape::training(7);
    /// let mut dropped = Vec::new();
    /// for _ in 0..2 {
    ///     let x = tape.constant(Array2::<f32>::ones((1, 8)))?;
    ///     dropped.push(dropout.call(&x)?.array()?);
    ///     tape = tape.next_step();
    /// }
    /// assert_ne!(dropped[0], dropped[1]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn next_step(&self) -> Self {
        Self::within(self.0.training, self.0.step + 1, self.0.memory.clone())
    }

    /// A tape that works with memory that tapes of this thread have left.
    pub(crate) fn of_thread(training: Option<u64>) -> Self {
        Self::within(training, 0, Rc::new(Memory { pool: Pool::of_thread(), ..Memory::default() }))
    }

    fn of(training: Option<u64>) -> Self {
        Self::within(training, 0, Rc::default())
    }

    fn within(training: Option<u64>, step: u64, memory: Rc<Memory<T>>) -> Self {
        Self(Rc::new(Inner {
            training,
            step,
            memory,
            records: Cell::new(true),
            next: Cell::new(0),
            calls: RefCell::default(),
            watched: RefCell::default(),
            penalties: Penalties::default(),
            statistics: RefCell::default(),
            assigned: RefCell::default(),
        }))
    }

    /// Whether layers and models train.
    #[must_use]
    pub fn is_training(&self) -> bool {
        self.0.training.is_some()
    }

    /// A tensor that no gradient is taken of. Floats become the tape's type; integers and `bool` stay what they are.
    ///
    /// # Errors
    /// If it would take more memory than there is.
    pub fn constant(&self, array: impl AsArray) -> Result<Var<T>> {
        self.constant_of(&array.as_array())
    }

    pub(super) fn constant_of(&self, array: &AnyArray<'_>) -> Result<Var<T>> {
        Ok(self.known(self.value(array)?, Origin::Constant).into())
    }

    /// A tensor whose gradient is wanted.
    ///
    /// # Errors
    /// If it would take more memory than there is.
    pub fn variable(&self, array: impl AsArray) -> Result<Var<T>> {
        Ok(self.given(self.value(&array.as_array())?))
    }

    /// A weight of a layer or model as it is now. Its gradient is the weight's: [`Gradients::of_weight`](super::Gradients::of_weight) has it.
    ///
    /// ```
    /// use model_core::variable::{Build, Tape};
    /// use model_graph::layers::Dense;
    /// use ndarray::array;
    ///
    /// let line: model_core::layer::Layer<Dense> = Dense::new(1).build(&[2], 42)?;
    /// let tape = Tape::new();
    /// let weight = line.get("kernel").unwrap();
    /// let kernel = tape.weight(weight)?;
    /// let loss = tape.constant(&array![[1.0_f32, 2.0]])?.matmul(&kernel)?.sum(..)?;
    /// assert_eq!(loss.backward()?.of_weight(weight).unwrap(), array![[1.0], [2.0]].into_dyn());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If it would take more memory than there is.
    pub fn weight(&self, weight: &Weight<T>) -> Result<Var<T>> {
        self.weight_as(weight, weight.trainable)
    }

    /// The same, of which gradients go to the weight if it is trained.
    pub(super) fn weight_as(&self, weight: &Weight<T>, is_trained: bool) -> Result<Var<T>> {
        let leaf = || Origin::Weight(Rc::new(WeightLeaf { identity: weight.identity.number() }));
        let origin = if is_trained { leaf() } else { Origin::Constant };
        let value = Value::new(&weight.shape, DType::F32, self.pool().copy(&weight.data)?);
        Ok(self.known(value, origin).into())
    }

    /// A tensor of these elements whose gradient is wanted.
    pub(crate) fn leaf(&self, shape: &[usize], elements: &[T]) -> Result<Var<T>> {
        Ok(self.given(Value::new(shape, DType::F32, self.pool().copy(elements)?)))
    }

    /// What is given, whose gradient is wanted.
    fn given(&self, value: Value<T>) -> Var<T> {
        self.known(value, Origin::Leaf(Rc::new(Leaf { number: self.number() }))).into()
    }

    /// A tensor of this tape, without a mask.
    pub(super) fn known(&self, value: Value<T>, origin: Origin<T>) -> Known<T> {
        Known { tape: self.clone(), value, origin, mask: None }
    }

    /// Notes what a variable is assigned.
    pub(super) fn assign(&self, number: u64, value: &Value<T>) {
        self.0.assigned.borrow_mut().insert(number, value.data.clone());
    }

    /// What a variable has been assigned last, if anything.
    pub(crate) fn assigned(&self, variable: &Var<T>) -> Option<Vec<T>> {
        let Ok(Known { origin: Origin::Leaf(leaf), .. }) = variable.known() else { return None };
        self.0.assigned.borrow().get(&leaf.number).map(|assigned| assigned.to_vec())
    }

    /// A tensor of this type and these elements that no gradient is taken of.
    pub(crate) fn constant_as(&self, shape: &[usize], dtype: DType, elements: &[T]) -> Result<Var<T>> {
        Ok(self.known(Value::new(shape, dtype, self.pool().copy(elements)?), Origin::Constant).into())
    }

    /// A single number.
    ///
    /// # Errors
    /// If there is no memory.
    pub fn scalar(&self, number: f64) -> Result<Var<T>> {
        self.constant_as(&[], DType::F32, &[T::from_f64(number)])
    }

    /// Zeros of a whole shape, the batch included, that no gradient is taken of.
    ///
    /// # Errors
    /// If they would take more memory than there is.
    pub fn zeros(&self, shape: &[usize]) -> Result<Var<T>> {
        self.zeros_of(shape, DType::F32)
    }

    /// Ones, likewise.
    ///
    /// # Errors
    /// As those of [`zeros`](Self::zeros).
    pub fn ones(&self, shape: &[usize]) -> Result<Var<T>> {
        self.filled(shape, DType::F32, T::ONE)
    }

    /// Zeros of this type.
    pub(crate) fn zeros_of(&self, shape: &[usize], dtype: DType) -> Result<Var<T>> {
        self.filled(shape, dtype, T::ZERO)
    }

    fn filled(&self, shape: &[usize], dtype: DType, number: T) -> Result<Var<T>> {
        let mut data = self.pool().room(shape.iter().product())?;
        data.fill(number);
        Ok(self.known(Value::new(shape, dtype, data), Origin::Constant).into())
    }

    fn value(&self, array: &AnyArray<'_>) -> Result<Value<T>> {
        let dtype = array.dtype();
        let mut data = self.pool().room(array.shape().iter().product())?;
        array.write(&mut data);
        Ok(Value::new(array.shape(), dtype, data))
    }

    /// The sum of the penalties on what layers have given, `activity_regularizer = ..`, in all calls until now. Their gradients are among those
    /// that `backward` gives, whatever number that starts from.
    #[must_use]
    pub fn activity_penalty(&self) -> f64 {
        self.0.penalties.sum()
    }

    pub(super) fn penalties(&self) -> &Penalties {
        &self.0.penalties
    }

    /// Computes something that no gradient is taken through.
    ///
    /// ```
    /// use model_core::variable::Tape;
    /// use ndarray::array;
    ///
    /// let tape = Tape::new();
    /// let x = tape.variable(&array![1.0_f32, 2.0])?;
    /// let scale = tape.no_grad(|| x.sum(..))?;
    /// let gradients = (&x * &scale).sum(..)?.backward()?;
    /// assert_eq!(gradients.of(&x)?, array![3.0, 3.0].into_dyn());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    pub fn no_grad<R>(&self, compute: impl FnOnce() -> R) -> R {
        /// Records again, also where what is computed panics.
        struct Again<'t>(&'t Cell<bool>, bool);
        impl Drop for Again<'_> {
            fn drop(&mut self) {
                self.0.set(self.1);
            }
        }
        let _again = Again(&self.0.records, self.0.records.replace(false));
        compute()
    }

    /// Whether gradients may be taken of what is computed of these tensors, and of weights, if some are trained.
    pub(super) fn records<'v>(&self, mut inputs: impl Iterator<Item = &'v Known<T>>, is_trained: bool) -> bool {
        self.0.records.get() && (is_trained || inputs.any(Known::has_gradient))
    }

    /// The operation of a name with these arguments, made once.
    pub(super) fn operation(
        &self,
        name: &str,
        arguments: Arguments<'_>,
        make: impl FnOnce() -> Result<Config>,
    ) -> Result<Rc<Called<T>>> {
        let key = match arguments {
            [] => name.to_owned(),
            given => given.iter().fold(name.to_owned(), |key, (name, value)| format!("{key} {name} {value}")),
        };
        if let Some(called) = self.0.memory.operations.borrow().get(&key) {
            return Ok(called.clone());
        }
        let called = Called::weightless(make()?);
        self.0.memory.operations.borrow_mut().insert(key, called.clone());
        Ok(called)
    }

    /// Whether two are the same.
    pub(super) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn pool(&self) -> &Rc<Pool<T>> {
        &self.0.memory.pool
    }

    /// The next number.
    pub(super) fn number(&self) -> u64 {
        let number = self.0.next.get();
        self.0.next.set(number + 1);
        number
    }

    /// Begins to note what layers give.
    pub(crate) fn watch(&self) {
        self.0.watched.replace(Some(HashMap::new()));
    }

    /// What layers have given since then, by their identities.
    pub(crate) fn watched(&self) -> HashMap<u64, Vec<TensorType>> {
        self.0.watched.take().unwrap_or_default()
    }

    /// Notes what a layer has given, if anyone asks for it.
    pub(super) fn note(&self, identity: u64, given: &[Known<T>]) {
        if let Some(watched) = &mut *self.0.watched.borrow_mut() {
            watched.insert(identity, given.iter().map(|output| Form::Samples.ty(&output.value)).collect());
        }
    }

    /// What random choices of the next call of a layer or model follow from, if it trains.
    pub(super) fn seed(&self, identity: u64) -> Option<u64> {
        let seed = self.0.training?;
        let mut calls = self.0.calls.borrow_mut();
        let before = calls.entry(identity).or_insert(0);
        *before += 1;
        Some(step_seed(seed, self.0.step + *before - 1))
    }

    /// What a call of a model of this identity may work with, if one has left it.
    pub(super) fn spare<S: 'static>(&self, identity: u64) -> Option<S> {
        let mut spare = self.0.memory.spare.borrow_mut();
        let spare = spare.get_mut(&(TypeId::of::<S>(), identity))?.pop()?;
        spare.downcast().ok().map(|spare| *spare)
    }

    /// Leaves what a call worked with to the next.
    pub(super) fn leave<S: 'static>(&self, identity: u64, spare: S) {
        self.0.memory.spare.borrow_mut().entry((TypeId::of::<S>(), identity)).or_default().push(Box::new(spare));
    }

    /// Notes what the weight of an identity has become.
    pub(super) fn move_statistic(&self, identity: u64, moved: &Weight<T>) {
        self.0.statistics.borrow_mut().insert(identity, moved.data.clone());
    }

    /// Makes a copy of the weight of an identity the same weight, as it has become: what a call keeps of it.
    pub(super) fn keep(&self, copy: &mut Weight<T>, identity: Identity) {
        if let Some(moved) = self.0.statistics.borrow().get(&identity.number()) {
            copy.data = moved.clone();
        }
        copy.identity = identity;
    }

    /// What a weight has become that no step has taken over yet.
    pub(crate) fn take_statistic(&self, weight: &Weight<T>) -> Option<Elements<T>> {
        self.0.statistics.borrow_mut().remove(&weight.identity.number())
    }

    /// The tape of several variables.
    pub(super) fn common<'v>(
        mut variables: impl Iterator<Item = &'v Known<T>>,
        call: impl Fn() -> String,
        place: &'static Location<'static>,
    ) -> Result<Self> {
        let Some(first) = variables.next() else { return Err(Fault::Nothing { call: call() }.at(place)) };
        match variables.all(|other| other.tape.is(&first.tape)) {
            true => Ok(first.tape.clone()),
            false => Err(Fault::Tapes { call: call() }.at(place)),
        }
    }
}

impl<T: Float> Default for Tape<T> {
    fn default() -> Self {
        Self::of(None)
    }
}

impl<T: Float> fmt::Debug for Tape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tape").field("training", &self.0.training).field("calls", &self.0.next.get()).finish_non_exhaustive()
    }
}
