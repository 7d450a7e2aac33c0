//! A model's call as the calls of its layers.

use std::collections::HashMap;
use std::panic::Location;
use std::rc::Rc;

use crate::any::AnyLayer;
use crate::error::Result;
use crate::float::Float;
use crate::interpret::{Model, Part};
use crate::layer::Context;
use crate::network::Network;
use crate::variable::call::{Called, Random};
use crate::variable::fault::Fault;
use crate::variable::var::{Form, Known, Var};
use crate::variable::walked::walked;

/// The outputs of a model, masks among them, by calls of its layers with the random choices that a pass made: the same bits.
pub(in crate::variable) fn replay<T: Float>(
    model: &impl Network<T>,
    inputs: Vec<Var<T>>,
    seed: Option<u64>,
    place: &'static Location<'static>,
) -> Result<Vec<Var<T>>> {
    let refused = || Fault::NoSecond { call: model.graph().name.clone() }.at(place);
    if model.graph().is_code {
        return Err(refused());
    }
    let walked = walked(model.graph().clone(), model).map_err(|_| refused())?;
    let mut trained = HashMap::new();
    model.visit(&mut |weight, is_trained| {
        trained.insert(weight.identity.number(), is_trained);
    });
    Replay { trained, place }.outputs(&walked, inputs, seed)
}

struct Replay {
    /// Whether training changes each weight.
    trained: HashMap<u64, bool>,
    place: &'static Location<'static>,
}

impl Replay {
    fn outputs<T: Float>(&self, model: &Model<T>, inputs: Vec<Var<T>>, seed: Option<u64>) -> Result<Vec<Var<T>>> {
        let graph = model.graph();
        let mut tensors: Vec<Option<Var<T>>> = vec![None; graph.tensors.len()];
        for (port, input) in graph.inputs.iter().zip(inputs) {
            tensors[port.tensor.0] = Some(input);
        }
        for node in &graph.nodes {
            let is_for_each_step = node.manner.is_for_each_step() && seed.is_some() && !node.manner.infers();
            if is_for_each_step && graph.layers[node.layer.0].kind.mixes_samples() {
                let call = graph.layers[node.layer.0].called(node.manner).to_owned();
                return Err(Fault::NoSecond { call }.at(self.place));
            }
            let given: Vec<Var<T>> = node.inputs.iter().filter_map(|input| tensors[input.0].clone()).collect();
            let steps =
                if node.manner.is_for_each_step() { given.first().map(|first| first.shape()[..2].to_vec()) } else { None };
            let given = given.into_iter().map(|input| self.folded(input, steps.as_deref())).collect::<Result<Vec<_>>>()?;
            let outputs = match &model.parts()[node.layer.0] {
                Part::Layer(layer) => {
                    let given = given.iter().map(|input| input.known().cloned()).collect::<Result<Vec<Known<T>>>>()?;
                    let again = Some(Random { seed, call: node.call, is_again: true });
                    let outputs = self.called(layer).call_as(&given, node.manner, Form::Samples, again, self.place)?;
                    outputs.into_iter().map(Var::from).collect()
                }
                Part::Model(inner) => {
                    let within = |seed| Context::training(0, seed).within(node.call).seed;
                    self.outputs(inner, given, seed.filter(|_| !node.manner.infers()).map(within))?
                }
            };
            for (tensor, output) in node.outputs.iter().zip(outputs) {
                tensors[tensor.0] = Some(self.unfolded(output, steps.as_deref())?);
            }
        }
        Ok(graph.outputs.iter().filter_map(|port| tensors[port.tensor.0].clone()).collect())
    }

    /// All steps of all samples as one batch, for a call that is for each step.
    fn folded<T: Float>(&self, input: Var<T>, steps: Option<&[usize]>) -> Result<Var<T>> {
        let Some([batch, steps]) = steps else { return Ok(input) };
        let folded: Vec<i64> = [batch * steps].iter().chain(&input.shape()[2..]).map(|&size| size as i64).collect();
        input.reshape_at(&folded, self.place)
    }

    fn unfolded<T: Float>(&self, output: Var<T>, steps: Option<&[usize]>) -> Result<Var<T>> {
        let Some(steps) = steps else { return Ok(output) };
        let unfolded: Vec<i64> = steps.iter().chain(&output.shape()[1..]).map(|&size| size as i64).collect();
        output.reshape_at(&unfolded, self.place)
    }

    /// The layer with its weights under their own identities.
    fn called<T: Float>(&self, layer: &AnyLayer<T>) -> Rc<Called<T>> {
        let mut layer = layer.kept(|kept, weight| kept.identity = weight.identity.kept());
        let is_trained = |identity: u64| self.trained.get(&identity).copied().unwrap_or_default();
        let any = layer.weights().is_empty() || layer.weights().iter().any(|weight| is_trained(weight.identity.number()));
        layer.set_trainable(any);
        Rc::new(Called { config: layer.config(), layer })
    }
}
