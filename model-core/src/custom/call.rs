//! Layers of the user's own that say what they compute by calls: their gradients follow from those of what they call.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::run::{Pass, Returning, Written};
use super::{Backward, Custom, CustomLayer, Forward, Gradients, trace};
use crate::error::Result;
use crate::float::Float;
use crate::layer::Weight;
use crate::variable::{Tape, Var};

/// A layer of the user's own, by what it calls: layers, models and operations on variables. Its gradient follows from theirs.
///
/// Its own weights are variables; the layers and models that it holds are its parts, `parts(name("[what it is called with]", Dense(units)))`.
/// What it was given for is run, and its gradient computed, in every way that a layer of the library is: in `functional_model!`, read from a
/// file, called on variables.
///
/// ```
/// use functional_model::prelude::*;
///
/// /// A recurrent layer, step by step.
/// #[layer(
///     shape = "[steps, features] -> [units]",
///     parts(of_input("[features]", Dense(units, activation = "tanh")), of_state("[units]", Dense(units, activation = "tanh"))),
/// )]
/// #[derive(Clone, Debug)]
/// struct CustomRnn {
///     /// The size of the state.
///     #[default = 32]
///     units: usize,
/// }
///
/// impl CallLayer for CustomRnn {
///     fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
///         let Call { inputs: x, parts, tape, .. } = call;
///         let mut state = tape.zeros(&[x.shape()[0], self.units])?;
///         for t in 0..x.shape()[1] {
///             state = parts.of_input.call(&x.at(1, t as i64)?)? + parts.of_state.call(&state)?;
///         }
///         Ok(state)
///     }
/// }
///
/// functional_model! {
///     pub model Net(x: [10, 5]) -> [1] {
///         Dense(1)(CustomRnn(units = 8)(x))
///     }
/// }
///
/// assert_eq!(Net::PARAMETERS, (5 * 8 + 8) + (8 * 8 + 8) + (8 + 1));
/// let model = Net::new(42);
/// assert_eq!(model.predict(&ndarray::Array3::<f32>::zeros((3, 10, 5)))?.shape(), [3, 1]);
/// # Ok::<(), Error>(())
/// ```
pub trait CallLayer: Custom {
    /// Computes the output, in the shape that the rule says, the batch first: a variable, or a tuple of them where there are several.
    ///
    /// # Errors
    /// Those of what it calls.
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Self::OutputVariables<T>>;
}

/// A layer that says what it computes by calls is run by them.
impl<L: CallLayer, T: Float> CustomLayer<T> for L {
    fn forward(&self, _call: Forward<'_, Self, T>) -> Self::Output<T> {
        unreachable!("`{}` is run by its `call`", L::CLASS)
    }

    fn backward(&self, _call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        unreachable!("`{}` is run by its `call`", L::CLASS)
    }

    fn run(&self, pass: Pass<'_, T>, written: Written<'_, '_, T>) -> Result<()> {
        trace::forward(self, pass, written)
    }

    fn run_back(&self, pass: Pass<'_, T>, back: Returning<'_, '_, '_, T>) -> Result<()> {
        trace::backward(self, pass, back)
    }

    fn update(&self, weights: &mut [Weight<T>], saved: &[T]) {
        trace::update(weights, saved);
    }
}

/// What `call` of a layer of the user's own works with.
pub struct Call<L: Custom, T: Float> {
    /// The inputs, the batch first: a variable, or a tuple of them where there are several.
    pub inputs: L::Variables<T>,
    /// The weights, by their names. Those that training changes by other means than their gradients are
    /// [assigned](Var::assign) what they become.
    pub weights: L::WeightVariables<T>,
    /// The layers and models that it holds, by their names.
    pub parts: L::Parts<T>,
    /// Terms of the loss that the call adds.
    pub losses: AddedLosses<T>,
    /// Whether the model trains. Layers that are called know by themselves.
    pub training: bool,
    /// A number for random choices: another one for every layer, call and step.
    pub seed: u64,
    /// What all variables of the call belong to.
    pub tape: Tape<T>,
}

/// Terms of the loss that a call adds, as Keras's `add_loss` does: what `fit` and `evaluate` report includes them, and training goes down them.
#[derive(Clone)]
pub struct AddedLosses<T: Float = f32>(Rc<RefCell<Vec<Var<T>>>>);

impl<T: Float> AddedLosses<T> {
    /// Adds a number.
    ///
    /// # Errors
    /// If it is not a single number.
    #[track_caller]
    pub fn add(&self, loss: &Var<T>) -> Result<()> {
        loss.item()?;
        self.0.borrow_mut().push(loss.clone());
        Ok(())
    }

    pub(super) fn all(&self) -> Vec<Var<T>> {
        self.0.borrow().clone()
    }

    pub(super) fn sum(&self) -> Result<f64> {
        self.0.borrow().iter().map(|loss| Ok(loss.item()?.to_f64())).sum()
    }
}

impl<T: Float> Default for AddedLosses<T> {
    fn default() -> Self {
        Self(Rc::default())
    }
}

impl<T: Float> fmt::Debug for AddedLosses<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.borrow().iter()).finish()
    }
}

/// What a record takes one after the other: variables, or parts.
#[doc(hidden)]
pub struct InOrder<X>(std::vec::IntoIter<X>);

impl<X> InOrder<X> {
    pub(super) fn new(all: Vec<X>) -> Self {
        Self(all.into_iter())
    }

    /// The next one.
    ///
    /// # Panics
    /// If there is none, which the attribute excludes.
    pub fn take(&mut self) -> X {
        self.0.next().expect("the attribute asks for what it has declared")
    }
}
