//! Gradients of gradients: the gradients of calls as variables, of which gradients can be taken again.
//!
//! A layer says of itself how it is differentiated: that it is linear, so that its own two passes do all; which calls it is made of; or what its
//! gradients are in terms of other calls.

mod linear;
mod replay;
mod walk;

use std::panic::Location;
use std::rc::Rc;

use model_graph::layer::Manner;
use model_graph::layers::AnyLayer as Config;
use model_graph::shape::DType;

use super::call::{Called, Random};
use super::fault::Fault;
use super::node::{Kept, Node};
use super::tape::Tape;
use super::var::{Form, Origin, Value, Var};
use crate::error::Result;
use crate::float::Float;
use linear::{Linear, Linearity};

pub(super) use replay::replay;

/// How a layer is differentiated where gradients are taken of gradients.
#[derive(Debug)]
pub enum Derived<T: Float> {
    /// It cannot be.
    None,
    /// It is linear in all its inputs together: its gradient is its own backward, and the gradient of that its forward.
    Linear,
    /// It has the same gradient as another layer that is linear in all its inputs together, such as itself without what is added.
    As(Box<Config>),
    /// It is linear in all its inputs together, but for what it gives for zeros.
    Affine,
    /// It is linear in each of its inputs and weights while the others stay.
    Multilinear,
    /// These are its outputs, by other calls.
    Outputs(Vec<Var<T>>),
    /// These are the gradients of its inputs, where they have one.
    Inputs(Vec<Option<Var<T>>>),
}

/// A call that gradients cross, as variables.
pub(super) struct Crossed<'a, T: Float> {
    pub tape: &'a Tape<T>,
    pub node: &'a Rc<Node<T>>,
    pub inputs: &'a [Kept<T>],
    pub outputs: &'a [Kept<T>],
    /// The gradients of the outputs, where some have come.
    pub d_outputs: &'a [Option<Var<T>>],
    pub place: &'static Location<'static>,
}

/// Gradients, and the variables that they are of.
pub(super) type Onward<T> = Vec<(Var<T>, Var<T>)>;

impl<T: Float> Crossed<'_, T> {
    fn var(&self, kept: &Kept<T>, origin: Origin<T>) -> Result<Var<T>> {
        let data = kept.data.clone().map_or_else(|| self.tape.pool().room(0).map(Rc::new), Ok)?;
        let value = Value { shape: kept.shape.clone(), dtype: kept.dtype, data };
        Ok(self.tape.known(value, origin).into())
    }

    /// The inputs. Whole numbers and truths have no gradient.
    pub fn inputs(&self) -> Result<Vec<Var<T>>> {
        let has_gradient = |kept: &Kept<T>| kept.dtype == DType::F32;
        let origin = |kept: &Kept<T>| if has_gradient(kept) { kept.origin.clone() } else { Origin::Constant };
        self.inputs.iter().map(|kept| self.var(kept, origin(kept))).collect()
    }

    fn outputs(&self) -> Result<Vec<Var<T>>> {
        let outputs = self.outputs.iter().enumerate();
        outputs.map(|(output, kept)| self.var(kept, Origin::Call(self.node.clone(), output))).collect()
    }

    /// The gradients of the outputs, zeros where none has come.
    pub fn whole_d_outputs(&self) -> Result<Vec<Var<T>>> {
        let whole = |(d_output, kept): (&Option<Var<T>>, &Kept<T>)| match d_output {
            Some(d_output) => Ok(d_output.clone()),
            None => self.tape.zeros(&kept.shape),
        };
        self.d_outputs.iter().zip(self.outputs).map(whole).collect()
    }
}

impl<T: Float> Crossed<'_, T> {
    /// The gradient of a tensor of which the output has the elements.
    pub fn of_view(&self) -> Result<Onward<T>> {
        let (inputs, d_outputs) = (self.inputs()?, self.whole_d_outputs()?);
        let pairs = inputs.into_iter().zip(d_outputs).map(|(input, d)| {
            let d = d.reshaped(input.shape())?;
            Ok((input, d))
        });
        pairs.collect()
    }
}

/// A layer's call as its derivation sees it: a batch of samples.
pub struct Derivation<'a, T: Float> {
    called: &'a Rc<Called<T>>,
    tape: &'a Tape<T>,
    manner: Manner,
    random: Random,
    inputs: Vec<Var<T>>,
    outputs: Vec<Var<T>>,
    d_outputs: Vec<Var<T>>,
    weights: Vec<Var<T>>,
    place: &'static Location<'static>,
}

impl<'a, T: Float> Derivation<'a, T> {
    pub(super) fn new(
        call: &Crossed<'_, T>,
        called: &'a Rc<Called<T>>,
        tape: &'a Tape<T>,
        (manner, form, random): (Manner, Form, Random),
    ) -> Result<Self> {
        // One sample is a batch of one.
        let batched = |vars: Vec<Var<T>>| match form {
            Form::Samples => Ok(vars),
            Form::One => vars.iter().map(|var| var.expand_dims(0)).collect::<Result<Vec<_>>>(),
        };
        let is_trained = called.layer.is_trainable();
        let weights = called.layer.weights().iter();
        let weights = weights.map(|weight| tape.weight_as(weight, is_trained && weight.trainable)).collect::<Result<_>>()?;
        let (inputs, outputs, d_outputs) =
            (batched(call.inputs()?)?, batched(call.outputs()?)?, batched(call.whole_d_outputs()?)?);
        Ok(Self { called, tape, manner, random, inputs, outputs, d_outputs, weights, place: call.place })
    }

    /// A tensor of the call, which must have been kept.
    fn kept<'v>(&self, tensors: &'v [Var<T>], place: usize) -> Result<&'v Var<T>> {
        let tensor = tensors.get(place).ok_or_else(|| self.refusal())?;
        let Value { shape, data, .. } = &tensor.known()?.value;
        match data.is_empty() && shape.iter().all(|&size| size != 0) {
            true => Err(self.refusal()),
            false => Ok(tensor),
        }
    }

    fn refusal(&self) -> crate::error::Error {
        Fault::NoSecond { call: self.called.config.source() }.at(self.place)
    }

    /// The first input.
    pub fn x(&self) -> Result<&Var<T>> {
        self.input(0)
    }

    /// An input.
    pub fn input(&self, place: usize) -> Result<&Var<T>> {
        self.kept(&self.inputs, place)
    }

    /// All inputs.
    pub fn inputs(&self) -> Result<Vec<&Var<T>>> {
        (0..self.inputs.len()).map(|place| self.input(place)).collect()
    }

    /// The whole shape of an input, the batch first.
    pub fn shape(&self, place: usize) -> &[usize] {
        self.inputs.get(place).map_or(&[], Var::shape)
    }

    /// The type of an input's elements.
    pub fn dtype(&self, place: usize) -> DType {
        self.inputs.get(place).map_or(DType::F32, Var::dtype)
    }

    /// The first output.
    pub fn y(&self) -> Result<&Var<T>> {
        self.kept(&self.outputs, 0)
    }

    /// The gradient of the first output.
    pub fn d(&self) -> Result<&Var<T>> {
        self.kept(&self.d_outputs, 0)
    }

    /// The tensors of a slot, by the slot's place.
    pub fn slot(&self, slot: usize) -> &[Var<T>] {
        self.manner.slot(slot, &self.inputs)
    }

    /// A weight, where the layer has it.
    pub fn weight(&self, name: &str) -> Option<&Var<T>> {
        let place = self.called.layer.weights().iter().position(|weight| weight.is_called(name))?;
        self.weights.get(place)
    }

    /// Whether the layer trained.
    pub const fn is_training(&self) -> bool {
        self.random.seed.is_some() && !self.manner.infers()
    }

    /// Whether training changes the layer.
    pub fn is_trainable(&self) -> bool {
        self.called.layer.is_trainable()
    }

    /// The output of a layer that is linear in each of its inputs and weights: of another one with the first of this one's weights.
    pub fn multilinear(&self, config: Config) -> Result<Var<T>> {
        let linear = self.linear(Linearity::Each, Some(config))?;
        let operands = self.inputs.iter().chain(&self.weights).take(self.inputs.len() + linear.weights());
        let operands: Vec<Var<T>> = operands.cloned().collect();
        linear.apply(&operands).map(|mut outputs| outputs.swap_remove(0))
    }

    /// The call as one of a layer that is linear.
    fn linear(&self, linearity: Linearity, config: Option<Config>) -> Result<Rc<Linear<T>>> {
        let called = config.map_or_else(|| Ok(self.called.clone()), |config| self.called.without(config, &self.inputs))?;
        Linear::new(called, self.tape, (self.manner, self.random), linearity, &self.inputs, self.place)
    }
}

/// The gradients of a layer's call, and where they go.
pub(super) fn through<T: Float>(call: &Derivation<'_, T>) -> Result<Onward<T>> {
    let linear = |linearity, config| {
        let operands: Vec<Var<T>> = call.inputs.iter().chain(&call.weights).cloned().collect();
        call.linear(linearity, config)?.gradients(&operands, &call.d_outputs)
    };
    match call.called.layer.derived(call)? {
        Derived::None => Err(call.refusal()),
        Derived::Linear => linear(Linearity::Together, None),
        Derived::Affine => linear(Linearity::Affine, None),
        Derived::As(config) => linear(Linearity::Together, Some(*config)),
        Derived::Multilinear => linear(Linearity::Each, None),
        Derived::Outputs(outputs) => Ok(outputs.into_iter().zip(call.d_outputs.iter().cloned()).collect()),
        Derived::Inputs(gradients) => {
            let gradients = call.inputs.iter().cloned().zip(gradients);
            Ok(gradients.filter_map(|(input, gradient)| Some((input, gradient?))).collect())
        }
    }
}

/// What tests of layers call.
#[cfg(test)]
pub(crate) mod testing {
    use super::{Called, Form, Manner, Rc, Result, Var};
    use crate::any::AnyLayer;
    use crate::float::Float;

    /// Calls a layer in a manner.
    #[track_caller]
    pub(crate) fn call<T: Float>(layer: &AnyLayer<T>, inputs: &[Var<T>], manner: Manner) -> Result<Vec<Var<T>>> {
        let layer = layer.kept(|kept, weight| kept.identity = weight.identity.kept());
        let inputs = inputs.iter().map(|input| input.known().cloned()).collect::<Result<Vec<_>>>()?;
        let called = Rc::new(Called { config: layer.config(), layer });
        let outputs = called.call(&inputs, manner, Form::Samples, std::panic::Location::caller())?;
        Ok(outputs.into_iter().map(Var::from).collect())
    }
}
