//! Gradients of a layer's gradients, against small differences of its gradients.

use model_graph::layer::Manner;
use ndarray::{ArrayD, IxDyn};

use super::trial::Trial;
use crate::any::AnyLayer;
use crate::error::Result;
use crate::float::Float;
use crate::random::Random;
use crate::variable::derive::testing::call;
use crate::variable::{Tape, Var};

const STEP: f64 = 1e-5;
const TOLERANCE: f64 = 1e-7;

/// Checks them for a layer that has them: whether it does, or what is wrong with them.
pub(super) fn check(trial: &Trial<'_, f64>, manner: Manner, what: &str) -> std::result::Result<bool, String> {
    let found = match backward(trial, manner) {
        Ok(found) => found,
        Err(error) if error.to_string().contains("has no gradient of its gradient") => return Ok(false),
        Err(error) => return Err(format!("{what}: {error}")),
    };
    let mut random = Random::new(5);
    for (tensor, found) in found.iter().enumerate() {
        let direction: Vec<f64> = found.iter().map(|_| random.uniform(-1.0, 1.0)).collect();
        let at = |step: f64| {
            let mut moved = trial.clone();
            let inputs = moved.inputs.len();
            let data: &mut [f64] = match tensor.checked_sub(inputs) {
                None => &mut moved.inputs[tensor],
                Some(weight) => &mut moved.layer.weights_mut()[weight].data,
            };
            data.iter_mut().zip(&direction).for_each(|(x, along)| *x += step * along);
            penalty(&moved, manner).unwrap().0.map_or(0.0, |penalty| penalty.item().unwrap())
        };
        let has_gradient = match tensor.checked_sub(trial.inputs.len()) {
            None => trial.has_gradient(tensor),
            Some(weight) => trial.layer.weights()[weight].trainable,
        };
        let expected = if has_gradient { (at(STEP) - at(-STEP)) / (2.0 * STEP) } else { 0.0 };
        let found: f64 = found.iter().zip(&direction).map(|(gradient, along)| gradient * along).sum();
        let is_close = (found - expected).abs() <= TOLERANCE * (1.0 + expected.abs());
        if !is_close {
            return Err(format!("{what}: the second gradient of tensor {tensor} is {found}: numerically it is {expected}"));
        }
    }
    Ok(true)
}

/// The gradients of a function of the gradients: of the inputs and, behind them, of the weights.
fn backward(trial: &Trial<'_, f64>, manner: Manner) -> Result<Vec<Vec<f64>>> {
    let (penalty, inputs, layer) = penalty(trial, manner)?;
    let zeros = |len: usize| vec![0.0; len];
    let Some(gradients) = penalty.and_then(|penalty| match penalty.backward() {
        Err(error) if error.to_string().contains("constants alone") => None,
        found => Some(found),
    }) else {
        let tensors = trial.inputs.iter().map(Vec::len).chain(layer.weights().iter().map(|weight| weight.data.len()));
        return Ok(tensors.map(zeros).collect());
    };
    let gradients = gradients?;
    let of_input = |input: &Var<f64>| {
        gradients.of(input).map_or_else(|_| zeros(input.elements().map_or(0, <[f64]>::len)), |x| x.into_iter().collect())
    };
    let of_inputs = inputs.iter().map(of_input);
    let of_weights = layer.weights().iter().map(|weight| {
        let found = gradients.elements(weight).filter(|_| weight.trainable);
        found.map_or_else(|| zeros(weight.data.len()), <[f64]>::to_vec)
    });
    Ok(of_inputs.chain(of_weights).collect())
}

/// A penalty if there is any gradient, the inputs, and the layer.
type Penalty = (Option<Var<f64>>, Vec<Var<f64>>, AnyLayer<f64>);

/// The sum of all gradients' squares, each times a number.
fn penalty(trial: &Trial<'_, f64>, manner: Manner) -> Result<Penalty> {
    let tape = if trial.context.training { Tape::<f64>::seeded(3) } else { Tape::<f64>::default() };
    let inputs = trial.tensors(&tape)?;
    let layer = trial.layer.kept(|kept, weight| kept.identity = weight.identity.kept());
    let outputs = call(&layer, &inputs, manner)?;
    let mut random = Random::new(7);
    let mut weighted = |var: &Var<f64>| -> Result<Var<f64>> {
        let numbers = ArrayD::from_shape_simple_fn(IxDyn(var.shape()), || random.uniform(0.3, 1.0));
        (var * &numbers).sum(..)
    };
    let mut number: Option<Var<f64>> = None;
    for output in outputs.iter().filter(|output| output.dtype().has_gradient()) {
        let part = weighted(output)?;
        number = Some(number.map_or_else(|| part.clone(), |number| number + &part));
    }
    let (mut sum, Some(number)) = (None, number) else { return Ok((None, inputs, layer)) };
    let weights = layer.weights().iter().filter(|weight| weight.trainable);
    let weights = weights.map(|weight| tape.weight(weight)).collect::<Result<Vec<_>>>()?;
    for of in inputs.iter().filter(|input| input.dtype().has_gradient()).chain(&weights) {
        let gradient = match number.gradients([of]) {
            Ok([gradient]) => gradient,
            Err(error) if error.to_string().contains("does not follow") => continue,
            Err(error) => return Err(error),
        };
        let part = weighted(&gradient.square()?)?;
        sum = Some(sum.map_or_else(|| part.clone(), |sum: Var<f64>| sum + &part));
    }
    Ok((sum, inputs, layer))
}

impl Trial<'_, f64> {
    /// The inputs as variables.
    fn tensors(&self, tape: &Tape<f64>) -> Result<Vec<Var<f64>>> {
        let array = |input: usize| {
            let shape: Vec<usize> = std::iter::once(self.context.batch).chain(self.shape(input).iter().copied()).collect();
            ArrayD::from_shape_vec(IxDyn(&shape), self.inputs[input].clone()).expect("an input has its shape's elements")
        };
        (0..self.inputs.len())
            .map(|input| match self.dtype(input) {
                model_graph::shape::DType::F32 => tape.variable(array(input)),
                model_graph::shape::DType::I32 => tape.constant(array(input).mapv(|x| x.to_f64() as i32)),
                model_graph::shape::DType::Bool => tape.constant(array(input).mapv(|x| x != 0.0)),
            })
            .collect()
    }
}
