//! One helper that holds a layer to its contract: shapes, gradients, accumulation, threads, and the independence of samples.

mod trial;

#[cfg(test)]
mod grid;

use model_graph::shape::{DType, TensorType};

use crate::float::Float;
use crate::layer::{Context, Run};
use crate::layers::entry::Entry;
use crate::threads::{set_threads, threads};
use trial::{Trial, Wanted};

/// The samples of a batch.
const BATCH: usize = 3;

/// How far the arguments move for numerical gradients, and how far those may be off.
const STEP: f64 = 1e-6;
const TOLERANCE: f64 = 1e-6;

/// Checks a layer, called with inputs of these shapes:
///
/// - the computed output has the inferred shape, every element of it is written, and nothing is read that the layer's needs do not name;
/// - the gradients of inputs and weights are the numerical ones, training or not, and are added where that is asked for;
/// - results do not depend on the number of threads, in either precision;
/// - when inferring, samples do not depend on one another.
///
/// # Panics
/// If any of that is not so, with what was expected and found; also if the layer does not accept the shapes.
pub fn check_layer<L: Entry + Clone>(config: &L, shapes: &[&[usize]]) {
    let what = format!("{}({}) of {shapes:?}", L::CLASS, config.source());
    let dtype = if config.index_bound().is_some() { DType::I32 } else { DType::F32 };
    let types: Vec<TensorType> = shapes.iter().map(|&shape| TensorType { dtype, ..TensorType::f32(shape) }).collect();
    for is_training in [false, true] {
        let context = Context { training: is_training, ..Context::training(BATCH, 3) };
        let trial = Trial::<L, f64>::new(config, &types, context);
        check_outputs(&trial, &what);
        check_gradients(&trial, &what);
        check_accumulation(&trial, &what);
        check_threads(&trial, &what);
        check_threads(&Trial::<L, f32>::new(config, &types, context), &what);
    }
    check_samples(&Trial::<L, f32>::new(config, &types, Context::inference(BATCH)), &what);
}

fn check_outputs<L: Entry + Run<T> + Clone, T: Float>(trial: &Trial<L, T>, what: &str) {
    let (output, _) = trial.forward();
    assert!(output.iter().all(|x| x.is_finite()), "{what}: all of the output is written");
    if !trial.context.training {
        assert_eq!(output, trial.infer(), "{what}: inferring gives the same as forward");
    }
}

fn check_gradients<L: Entry + Clone>(trial: &Trial<L, f64>, what: &str) {
    let found = trial.backward(Wanted::New);
    let mut moved = trial.clone();
    for (tensor, gradient) in found.inputs.iter().enumerate() {
        if trial.has_integers() {
            assert!(gradient.iter().all(|&gradient| gradient == 0.0), "{what}: integers have no gradient, which counts as zero");
            continue;
        }
        for (i, &gradient) in gradient.iter().enumerate() {
            let slope = slope(&mut moved, |trial| &mut trial.inputs[tensor][i]);
            assert!(is_close(gradient, slope), "{what}: the gradient of input {tensor}[{i}] is {gradient}, numerically {slope}");
        }
    }
    for (tensor, gradient) in found.weights.iter().enumerate() {
        let weight = &trial.layer.weights.all()[tensor];
        for (i, &gradient) in gradient.iter().enumerate().filter(|_| weight.trainable) {
            let slope = slope(&mut moved, |trial| &mut trial.layer.weights.all_mut()[tensor].data[i]);
            assert!(is_close(gradient, slope), "{what}: the gradient of {}[{i}] is {gradient}, numerically {slope}", weight.name);
        }
    }
}

/// The central difference of the loss along one number.
fn slope<L: Entry + Clone>(trial: &mut Trial<L, f64>, number: impl Fn(&mut Trial<L, f64>) -> &mut f64) -> f64 {
    let start = *number(trial);
    *number(trial) = start + STEP;
    let above = trial.loss();
    *number(trial) = start - STEP;
    let below = trial.loss();
    *number(trial) = start;
    (above - below) / (2.0 * STEP)
}

fn is_close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= TOLERANCE * (1.0 + expected.abs())
}

fn check_accumulation<L: Entry + Clone>(trial: &Trial<L, f64>, what: &str) {
    const START: f64 = 0.5;
    let (once, added) = (trial.backward(Wanted::New), trial.backward(Wanted::Added(START)));
    let pairs = |once: &[Vec<f64>], added: &[Vec<f64>]| {
        once.iter()
            .flatten()
            .zip(added.iter().flatten())
            .all(|(once, added)| (added - once - START).abs() < 1e-12 * (1.0 + once.abs()))
    };
    assert!(pairs(&once.inputs, &added.inputs), "{what}: gradients of inputs are added to what is there");
    for (weight, (once, added)) in trial.layer.weights.all().iter().zip(once.weights.iter().zip(&added.weights)) {
        let is_added = !weight.trainable || pairs(std::slice::from_ref(once), std::slice::from_ref(added));
        assert!(is_added, "{what}: the gradient of {} is added to what is there", weight.name);
    }
    assert_eq!(once.weights, trial.backward(Wanted::No).weights, "{what}: weights' gradients do not need those of inputs");
}

fn check_threads<L: Entry + Run<T> + Clone, T: Float>(trial: &Trial<L, T>, what: &str) {
    let before = threads();
    let results = [1, 2].map(|count| {
        set_threads(count);
        let gradients = trial.backward(Wanted::New);
        (trial.forward().0, gradients.inputs, gradients.weights)
    });
    set_threads(before);
    assert_eq!(results[0], results[1], "{what}: one thread and two compute the same bits");
}

fn check_samples<L: Entry + Run<T> + Clone, T: Float>(trial: &Trial<L, T>, what: &str) {
    let together = trial.infer();
    for sample in 0..BATCH {
        let alone = trial.sample(sample).infer();
        assert_eq!(alone, together[sample * alone.len()..][..alone.len()], "{what}: sample {sample} alone and in a batch");
    }
}
