//! What a call leaves for the way back.

use std::cell::{Cell, Ref, RefCell};
use std::panic::Location;
use std::rc::Rc;

use model_graph::shape::DType;

use super::derive::{Crossed, Onward};
use super::gradients::WeightGradients;
use super::pool::Room;
use super::tape::Tape;
use super::var::{Known, Origin, Value};
use crate::error::Result;
use crate::float::Float;
use crate::layer::{Gradient, View};

/// A variable that was given, and whose gradient is wanted.
#[derive(Debug)]
pub(super) struct Leaf {
    pub number: u64,
}

/// A weight as a variable.
#[derive(Debug)]
pub(super) struct WeightLeaf {
    pub identity: u64,
}

/// A call. Later calls have larger numbers, so that the way back goes from the largest to the smallest.
pub(super) struct Node<T: Float> {
    pub number: u64,
    /// Where it is in the user's code.
    pub place: &'static Location<'static>,
    /// The outputs whose gradients are asked for, a bit each.
    watched: Cell<u64>,
    /// What backward works with, until it has been gone through.
    record: RefCell<Option<Record<T>>>,
}

/// What backward works with.
pub(super) struct Record<T: Float> {
    pub inputs: Vec<Kept<T>>,
    pub outputs: Vec<Kept<T>>,
    pub back: Box<dyn Back<T>>,
}

/// A tensor of a call, with its elements where backward reads them.
pub(super) struct Kept<T: Float> {
    pub shape: Rc<[usize]>,
    pub dtype: DType,
    pub data: Option<Rc<Room<T>>>,
    pub origin: Origin<T>,
}

/// How the gradients of a call's inputs follow from those of its outputs.
pub(super) trait Back<T: Float> {
    /// Computes those that are wanted, and those of weights.
    fn back(self: Box<Self>, step: Step<'_, '_, T>) -> Result<()>;

    /// The gradients as variables, and where they go: to what the call was given, or to the outputs of calls that it is made of.
    ///
    /// # Errors
    /// If the call has no gradient of its gradient.
    fn onward(&self, call: &Crossed<'_, T>) -> Result<Onward<T>>;

    /// What was called, as one would write it, if it has a name.
    fn source(&self) -> Option<String> {
        None
    }

    /// Whether the gradient of a weight of this identity follows from it.
    fn has_weight(&self, _identity: u64) -> bool {
        false
    }
}

/// What a call's backward works with. Shapes are whole.
pub(super) struct Step<'a, 'd, T: Float> {
    pub inputs: &'a [View<'a, T>],
    pub outputs: &'a [View<'a, T>],
    pub d_outputs: &'a mut [&'d mut [T]],
    pub d_inputs: &'a mut [Option<Gradient<'d, T>>],
    pub weights: &'a mut WeightGradients<T>,
}

impl<T: Float> Kept<T> {
    /// An input of a call.
    pub(super) fn input(known: &Known<T>, is_read: bool) -> Self {
        Self { origin: known.origin.clone(), ..Self::output(&known.value, is_read) }
    }

    /// An output of a call.
    pub(super) fn output(value: &Value<T>, is_read: bool) -> Self {
        let Value { shape, dtype, data } = value;
        Self { shape: shape.clone(), dtype: *dtype, data: is_read.then(|| data.clone()), origin: Origin::Constant }
    }

    /// The tensor, without its elements where they were not kept.
    pub(super) fn view(&self) -> View<'_, T> {
        View::new(&self.shape, self.data.as_ref().map_or(&[], |data| data))
    }
}

impl<T: Float> Node<T> {
    pub(super) fn new(number: u64, place: &'static Location<'static>, record: Record<T>) -> Rc<Self> {
        Rc::new(Self { number, place, watched: Cell::new(0), record: RefCell::new(Some(record)) })
    }

    /// What was called, and the shapes of what it was given, until backward has gone through it: `Dense(8)` of [2, 4].
    pub(super) fn call(&self) -> Option<String> {
        let record = self.record.borrow();
        let Record { inputs, back, .. } = record.as_ref()?;
        let shapes: Vec<String> = inputs.iter().map(|input| format!("{:?}", input.shape)).collect();
        Some(format!("`{}` of {}", back.source()?, shapes.join(" and ")))
    }

    /// Asks for the gradient of an output.
    pub(super) fn watch(&self, output: usize) {
        self.watched.set(self.watched.get() | (1_u64.checked_shl(output as u32).unwrap_or(0)));
    }

    pub(super) fn is_watched(&self, output: usize) -> bool {
        self.watched.get() & 1_u64.checked_shl(output as u32).unwrap_or(0) != 0
    }

    /// What backward works with, for one that only looks.
    pub(super) fn record(&self) -> Ref<'_, Option<Record<T>>> {
        self.record.borrow()
    }

    /// What backward works with, once.
    pub(super) fn take(&self) -> Option<Record<T>> {
        self.record.borrow_mut().take()
    }
}

/// What a call gives, as variables, with what backward works with where a gradient goes through.
pub(super) fn given<T: Float>(
    tape: &Tape<T>,
    values: Vec<Value<T>>,
    record: Option<impl FnOnce(&[Value<T>]) -> Record<T>>,
    place: &'static Location<'static>,
) -> Vec<Known<T>> {
    let node = record.map(|record| Node::new(tape.number(), place, record(&values)));
    let origin = |output| node.as_ref().map_or(Origin::Constant, |node| Origin::Call(node.clone(), output));
    let known = |(output, value)| tape.known(value, origin(output));
    values.into_iter().enumerate().map(known).collect()
}

/// A long computation is a long chain: its links are dropped one after the other, not one within the other.
impl<T: Float> Drop for Node<T> {
    fn drop(&mut self) {
        let mut records: Vec<Record<T>> = self.record.get_mut().take().into_iter().collect();
        while let Some(record) = records.pop() {
            for input in record.inputs {
                if let Origin::Call(node, _) = input.origin
                    && let Some(mut node) = Rc::into_inner(node)
                {
                    records.extend(node.record.get_mut().take());
                }
            }
        }
    }
}

impl<T: Float> std::fmt::Debug for Node<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Node({} at {})", self.number, self.place)
    }
}
