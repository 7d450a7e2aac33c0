//! Masks of variables: a call with masks is a graph of one call, whose own rules say which masks it takes and which what it gives has.

use std::panic::Location;
use std::rc::Rc;

use model_graph::constants::Equation;
use model_graph::graph::{Graph, Kind, TensorId};
use model_graph::layer::Manner;
use model_graph::mask::MaskUse;
use model_graph::shape::DType;

use super::call::Called;
use super::fault::Fault;
use super::model;
use super::var::{Form, Known, Origin, Var};
use super::walked::walked;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::interpret::{ModelError, flat};
use crate::network::Trainable;
use crate::states::{Turn, take_over};

impl<T: Float> Var<T> {
    /// Which steps count, true for those, where the tensor says so: `Embedding::new(..).mask_zero(true)` and `Masking` make masks, layers hand
    /// them on and use them as in a model.
    ///
    /// ```
    /// use model_core::variable::{Callable, Lazy, Tape};
    /// use model_graph::layers::{Embedding, LSTM};
    /// use ndarray::array;
    ///
    /// let embedding = Lazy::new(Embedding::new(9, 4).mask_zero(true), 1);
    /// let tape = Tape::new();
    /// let words = embedding.call(&tape.constant(&array![[3, 1, 0]])?)?;
    /// assert_eq!(words.mask().unwrap().array()?, array![[1.0, 1.0, 0.0]].into_dyn());
    /// let summary = Lazy::new(LSTM::new(2), 2).call(&words)?;
    /// assert!(summary.mask().is_none());
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn mask(&self) -> Option<Self> {
        self.known().ok()?.mask().map(Self::from)
    }

    /// The same tensor, of which the steps count that a mask says; without a mask, all do.
    ///
    /// # Errors
    /// If the mask is of another tape, or does not have the first axes of the tensor.
    #[track_caller]
    pub fn with_mask(&self, mask: Option<&Self>) -> Result<Self> {
        let known = self.known()?;
        match mask {
            Some(mask) => self.masked_at(mask, Location::caller()),
            None => Ok(Known { mask: None, ..known.clone() }.into()),
        }
    }

    /// The same tensor with a mask, which a place in the code gives it.
    pub(super) fn masked_at(&self, mask: &Self, place: &'static Location<'static>) -> Result<Self> {
        let (known, given) = (self.known()?, mask.known()?);
        if !given.tape.is(&known.tape) {
            return Err(Fault::Tapes { call: "with_mask".to_owned() }.at(place));
        }
        let (shape, of) = (given.value.shape.to_vec(), known.value.shape.to_vec());
        if given.value.dtype != DType::Bool || shape.is_empty() || !of.starts_with(&shape) {
            return Err(Fault::Mask { of, shape, dtype: given.value.dtype }.at(place));
        }
        Ok(Known { mask: Some(Rc::new(given.value.clone())), ..known.clone() }.into())
    }
}

impl<T: Float> Known<T> {
    /// The mask as a tensor by itself.
    fn mask(&self) -> Option<Self> {
        let value = (**self.mask.as_ref()?).clone();
        Some(self.tape.known(value, Origin::Constant))
    }
}

/// Calls a layer on tensors some of which may have masks.
pub(super) fn call<T: Float>(
    called: &Rc<Called<T>>,
    inputs: &[Known<T>],
    manner: Manner,
    place: &'static Location<'static>,
) -> Result<Vec<Known<T>>> {
    let makes_one = matches!(called.config.mask_use(manner), MaskUse::Differs(_) | MaskUse::AnyDiffers(_));
    if !makes_one && inputs.iter().all(|input| input.mask.is_none()) {
        return called.call(inputs, manner, Form::Samples, place);
    }
    let mut graph = Graph::new("call");
    let mut given = inputs.to_vec();
    let name = |place: usize| if inputs.len() == 1 { "the input".to_owned() } else { format!("input {}", place + 1) };
    let tensors = inputs.iter().enumerate().map(|(place, input)| graph.input(name(place), Form::Samples.ty(&input.value)));
    let tensors: Vec<TensorId> = tensors.collect();
    for (&tensor, mask) in tensors.iter().zip(inputs.iter().map(Known::mask)) {
        if let Some(mask) = mask {
            let of = graph.input("mask", Form::Samples.ty(&mask.value));
            graph.give_mask(tensor, of);
            given.push(mask);
        }
    }
    let refused = |error| Fault::Call(Box::new(error)).at(place);
    let layer = graph.layer(Kind::Layer(called.config.clone()), None);
    let (outputs, _) = graph.call_assuming(layer, &tensors, manner, Equation::open).map_err(refused)?;
    outputs.iter().for_each(|&output| graph.output("output", output));
    graph.give_out_masks().map_err(|(_, error)| refused(error))?;
    let called = |of| if of == layer { Some(called.clone()) } else { weightless(&graph, of) };
    run(&graph, given, called, place)
}

/// Calls a model on tensors some of which have masks: a copy of it that is walked, with the masks that something in it looks at as further
/// inputs, true everywhere for a tensor that has none.
pub(super) fn call_model<T: Float, N: Trainable<T>>(
    model: &N,
    mut inputs: Vec<Known<T>>,
    manner: Manner,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let name = &model.graph().name;
    let mask = |input: &Known<T>| input.mask.as_ref().map(|mask| mask.shape.len().saturating_sub(1));
    let wanted: Vec<(usize, usize)> = inputs.iter().map(mask).enumerate().filter_map(|(i, rank)| Some((i, rank?))).collect();
    let refused = |error| Fault::Call(Box::new(error)).at(place);
    let graph = model.graph().called_with_masks(&wanted).map_err(refused)?;
    let masked = graph.masked_inputs.clone();
    let walked = flat(graph).and_then(|graph| walked(graph, model)).map_err(|error| match error {
        ModelError::Unregistered { class } => Fault::MaskedInput { model: name.clone(), layer: class }.at(place),
        other => Error::from(other),
    })?;
    let masks: Vec<Known<T>> = masked.iter().filter_map(|&input| inputs.get(input)?.mask()).collect();
    inputs.iter_mut().for_each(|input| input.mask = None);
    inputs.extend(masks);
    // It goes on from the model's states, and leaves them to the model.
    let _turn = Turn::of(model);
    take_over(&walked, model);
    let outputs = model::call_known(&walked, inputs, manner, place)?;
    take_over(model, &walked);
    Ok(outputs)
}

/// An operation that computes a mask.
fn weightless<T: Float>(graph: &Graph, layer: model_graph::graph::LayerId) -> Option<Rc<Called<T>>> {
    match &graph.layers[layer.0].kind {
        Kind::Layer(config) => Some(Called::weightless(config.clone())),
        Kind::Model(_) | Kind::Block(_) => None,
    }
}

/// The outputs of a graph with their masks, call by call.
fn run<T: Float>(
    graph: &Graph,
    given: Vec<Known<T>>,
    called: impl Fn(model_graph::graph::LayerId) -> Option<Rc<Called<T>>>,
    place: &'static Location<'static>,
) -> Result<Vec<Known<T>>> {
    let mut tensors: Vec<Option<Known<T>>> = vec![None; graph.tensors.len()];
    for (port, given) in graph.inputs.iter().zip(given) {
        tensors[port.tensor.0] = Some(Known { mask: None, ..given });
    }
    for node in &graph.nodes {
        let inputs: Vec<Known<T>> = node.inputs.iter().filter_map(|input| tensors[input.0].clone()).collect();
        let Some(called) = called(node.layer) else { continue };
        let outputs = called.call(&inputs, node.manner, Form::Samples, place)?;
        node.outputs.iter().zip(outputs).for_each(|(tensor, output)| tensors[tensor.0] = Some(output));
    }
    let own = graph.own_outputs().len();
    let mask = |output: usize| {
        let behind = graph.masked.iter().position(|&masked| masked == output)?;
        let mask = tensors[graph.outputs.get(own + behind)?.tensor.0].as_ref()?;
        Some(Rc::new(mask.value.clone()))
    };
    let outputs = graph.outputs[..own].iter().enumerate();
    Ok(outputs.filter_map(|(i, port)| Some(Known { mask: mask(i), ..tensors[port.tensor.0].clone()? })).collect())
}
