//! Layers one behind the other, added as the program says.

use std::cell::OnceCell;
use std::fmt;
use std::panic::Location;

use super::callable::Callable;
use super::fault::Fault;
use super::inputs::Inputs;
use super::symbol::Input;
use super::var::Var;
use crate::error::Result;
use crate::float::Float;
use crate::interpret::Model;

/// Layers one behind the other: Keras's `Sequential`. What is added are layers, described or built, and models.
///
/// It becomes a [`Model`] for the input that it is given, or for the tensors of its first call.
///
/// ```
/// use model_core::network::Network;
/// use model_core::variable::{Input, Sequential};
/// use model_graph::layers::Dense;
///
/// let mut net = Sequential::new("net", 42);
/// net.input(Input::new([8]))?;
/// for _ in 0..3 {
///     net.add(Dense::new(16).activation("relu"))?;
/// }
/// net.pop()?;
/// net.add(Dense::new(1))?;
/// let model = net.into_model()?;
/// assert_eq!(model.graph().parameters().total.size(), Some(8 * 16 + 16 + 16 * 16 + 16 + 16 + 1));
/// # Ok::<(), model_core::Error>(())
/// ```
pub struct Sequential<T: Float = f32> {
    name: String,
    seed: u64,
    parts: Vec<Box<dyn Callable<T>>>,
    /// The input, where it is known, and what each part gives for it.
    chain: Vec<Var<T>>,
    model: OnceCell<Model<T>>,
}

impl<T: Float> Sequential<T> {
    /// No layer yet. Weights of layers that have none will follow from the seed.
    #[must_use]
    pub fn new(name: impl Into<String>, seed: u64) -> Self {
        Self { name: name.into(), seed, parts: Vec::new(), chain: Vec::new(), model: OnceCell::new() }
    }

    /// Says what it will be called with, an [`Input`]: from then on each layer is checked where it is added.
    ///
    /// # Errors
    /// If it is none, or the layers that there are do not fit it.
    #[track_caller]
    pub fn input(&mut self, input: Var<T>) -> Result<&mut Self> {
        let place = Location::caller();
        self.check_open(place)?;
        if input.as_symbol().is_none() {
            return Err(Fault::NoSymbol.at(place));
        }
        self.chain = self.follow(input, place)?;
        Ok(self)
    }

    /// Adds a layer or a model behind the others.
    ///
    /// # Errors
    /// If it does not fit what comes before, where that is known, or the model has been made.
    #[track_caller]
    pub fn add(&mut self, part: impl Callable<T> + 'static) -> Result<&mut Self> {
        let place = Location::caller();
        self.check_open(place)?;
        if let Some(last) = self.chain.last() {
            let next = only(&part, last.clone(), place)?;
            self.chain.push(next);
        }
        self.parts.push(Box::new(part));
        Ok(self)
    }

    /// Takes the last one away.
    ///
    /// # Errors
    /// If there is none, or the model has been made.
    #[track_caller]
    pub fn pop(&mut self) -> Result<&mut Self> {
        let place = Location::caller();
        self.check_open(place)?;
        if self.parts.pop().is_none() {
            return Err(Fault::Empty { name: self.name.clone() }.at(place));
        }
        self.chain.truncate(self.parts.len() + 1);
        Ok(self)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The model, which trains, is saved and drawn as any other.
    ///
    /// # Errors
    /// If there is no layer, or neither an input was given nor a tensor.
    #[track_caller]
    pub fn model(&mut self) -> Result<&mut Model<T>> {
        let place = Location::caller();
        self.made(place)?;
        self.model.get_mut().ok_or_else(|| Fault::Empty { name: self.name.clone() }.at(place))
    }

    /// The model by itself.
    ///
    /// # Errors
    /// As those of [`model`](Self::model).
    #[track_caller]
    pub fn into_model(self) -> Result<Model<T>> {
        let place = Location::caller();
        self.made(place)?;
        let Self { name, model, .. } = self;
        model.into_inner().ok_or_else(|| Fault::Empty { name }.at(place))
    }

    fn check_open(&self, place: &'static Location<'static>) -> Result<()> {
        match self.model.get() {
            None => Ok(()),
            Some(_) => Err(Fault::Closed { name: self.name.clone() }.at(place)),
        }
    }

    /// What each part gives, one behind the other.
    fn follow(&self, input: Var<T>, place: &'static Location<'static>) -> Result<Vec<Var<T>>> {
        let mut chain = vec![input];
        for (i, part) in self.parts.iter().enumerate() {
            chain.push(only(&**part, chain[i].clone(), place)?);
        }
        Ok(chain)
    }

    /// The model for the input that was given.
    fn made(&self, place: &'static Location<'static>) -> Result<&Model<T>> {
        match self.chain.first() {
            Some(_) => self.made_between(&self.chain, place),
            None => self.model.get().ok_or_else(|| Fault::NoShape { name: self.name.clone() }.at(place)),
        }
    }

    fn made_between(&self, chain: &[Var<T>], place: &'static Location<'static>) -> Result<&Model<T>> {
        if let Some(model) = self.model.get() {
            return Ok(model);
        }
        let [first, .., last] = chain else { return Err(Fault::Empty { name: self.name.clone() }.at(place)) };
        let model = Model::functional(self.name.clone(), first, last, self.seed)?;
        Ok(self.model.get_or_init(|| model))
    }

    /// The model for tensors like this one, if there is none.
    fn made_for(&self, tensor: &Var<T>, place: &'static Location<'static>) -> Result<&Model<T>> {
        if self.model.get().is_some() || !self.chain.is_empty() {
            return self.made(place);
        }
        let chain = self.follow(Input::of(tensor.sample_type()?), place)?;
        self.made_between(&chain, place)
    }
}

/// The only tensor that a part gives.
fn only<T: Float>(part: &dyn Callable<T>, input: Var<T>, place: &'static Location<'static>) -> Result<Var<T>> {
    let mut outputs = part.run(Inputs::from(input).at(place))?;
    match (outputs.pop(), outputs.len()) {
        (Some(output), 0) => Ok(output),
        (_, others) => Err(Fault::Beyond { call: part.describe(), found: others + 1 }.at(place)),
    }
}

/// For each type of elements, as models are callable.
macro_rules! callable {
    ($($float:ty),*) => {$(
        impl Callable<$float> for Sequential<$float> {
            fn describe(&self) -> String {
                self.name.clone()
            }

            fn run(&self, inputs: Inputs<$float>) -> Result<Vec<Var<$float>>> {
                let place = inputs.place();
                let Some(first) = inputs.positional().first().cloned() else {
                    return Err(Fault::Nothing { call: self.name.clone() }.at(place));
                };
                match (first.as_symbol(), self.model.get()) {
                    (Some(_), None) => Ok(self.follow(first, place)?.pop().into_iter().collect()),
                    _ => self.made_for(&first, place)?.run(inputs),
                }
            }
        }
    )*};
}

callable! { f32, f64 }

impl<T: Float> fmt::Debug for Sequential<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.parts.iter().map(|part| part.describe()).collect();
        f.debug_struct("Sequential").field("name", &self.name).field("parts", &parts).finish_non_exhaustive()
    }
}
