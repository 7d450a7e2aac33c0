//! Training in a file: what it goes by in Keras's form, how far it has come, and the optimiser's state as tensors.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::container::{Content, Tensor, copy_elements, read_bytes};
use super::load::{Expected, check_model, set_weights};
use super::{FileProblem, tensors};
use crate::error::{Error, Result};
use crate::losses::Losses;
use crate::metrics::Metric;
use crate::network::Trainable;
use crate::optimizers::{Optimizer, State};
use crate::training::{OutputMetric, Trainer};

/// Saves a model with its training.
pub(crate) fn save_training<N: Trainable<f32>>(trainer: &Trainer<'_, N>, path: &Path) -> Result<()> {
    let model = trainer.model();
    let mut all = tensors::weights(model);
    let mut shapes = all.iter().map(|(_, tensor)| tensor.shape.clone()).collect::<Vec<_>>().into_iter();
    for (path, slots) in tensors::paths(model).into_iter().zip(&trainer.state.slots) {
        let shape = shapes.next().unwrap_or_default();
        for (name, slot) in trainer.optimizer.slots().iter().zip(slots) {
            all.push((slot_path(&path, name), Tensor::new(&shape, slot)));
        }
    }
    let document = json!({
        "config": tensors::config(model),
        "training": {
            "compile_config": compile_config(trainer),
            "iterations": trainer.state.iterations,
            "epochs": trainer.epochs,
            "seed": trainer.seed,
        },
    });
    tensors::write(path, &all, &document).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

fn slot_path(weight: &str, slot: &str) -> String {
    format!("{}{weight}/{slot}", super::load::OPTIMIZER)
}

/// What Keras calls the compile configuration.
fn compile_config<N: Trainable<f32>>(trainer: &Trainer<'_, N>) -> Value {
    let (loss, loss_weights) = trainer.losses.to_keras();
    json!({
        "optimizer": trainer.optimizer.to_keras(),
        "loss": loss,
        "loss_weights": loss_weights,
        "metrics": metrics_to_keras(&trainer.metrics),
        "weighted_metrics": null,
        "run_eagerly": false,
        "steps_per_execution": 1,
        "jit_compile": "auto",
    })
}

/// A list of metrics for a model with one output, or lists by output.
fn metrics_to_keras(metrics: &[OutputMetric]) -> Value {
    let mut by_name = Map::new();
    let mut list = Vec::new();
    for (output, metric) in metrics {
        match output {
            None => list.push(metric.to_keras()),
            Some(name) => {
                let own = by_name.entry(name.clone()).or_insert_with(|| json!([]));
                own.as_array_mut().into_iter().for_each(|own| own.push(metric.to_keras()));
            }
        }
    }
    if by_name.is_empty() { list.into() } else { by_name.into() }
}

fn metrics_from_keras(metrics: &Value) -> Result<Vec<OutputMetric>> {
    let read = |output: Option<&String>, list: &Value| {
        let list = list.as_array().into_iter().flatten();
        list.map(|metric| Ok((output.cloned(), Metric::from_keras(metric)?))).collect::<Result<Vec<_>>>()
    };
    let Some(by_name) = metrics.as_object() else { return read(None, metrics) };
    let lists = by_name.iter().map(|(name, list)| read(Some(name), list)).collect::<Result<Vec<_>>>()?;
    Ok(lists.concat())
}

/// A trainer as the file's was.
pub(crate) fn resume<'m, N: Trainable<f32>>(model: &'m mut N, path: &Path) -> Result<Trainer<'m, N>> {
    read(model, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

fn read<'m, N: Trainable<f32>>(model: &'m mut N, path: &Path) -> Result<Trainer<'m, N>, FileProblem> {
    let bytes = read_bytes(path)?;
    let content = Content::read(&bytes)?;
    check_model(model, &content)?;
    let training = &content.document["training"];
    if training.is_null() {
        return Err(FileProblem::NoTraining);
    }
    let compiled = &training["compile_config"];
    let optimizer = Optimizer::from_keras(&compiled["optimizer"])?;
    let losses = Losses::from_keras(&compiled["loss"], &compiled["loss_weights"])?;
    let metrics = metrics_from_keras(&compiled["metrics"])?;
    let number = |key| training[key].as_u64().ok_or(FileProblem::Document { key, expected: "a whole number" });
    let (iterations, epochs, seed) = (number("iterations")?, number("epochs")?, number("seed")?);

    let expected = Expected::weights(model);
    let weights = expected.0.len();
    let mut state = State::new(&optimizer, model, &model.gradients());
    let slots = expected_slots(&expected, &state, &optimizer);
    let tensors = Expected([expected.0, slots].concat()).find(&content, |_| true)?;
    set_weights(model, &tensors[..weights]);
    for (slot, tensor) in state.slots.iter_mut().flatten().zip(&tensors[weights..]) {
        copy_elements(tensor, slot);
    }
    state.iterations = iterations;
    let mut trainer = Trainer::new(model, optimizer, losses);
    (trainer.metrics, trainer.state, trainer.epochs, trainer.seed) = (metrics, state, epochs, seed);
    Ok(trainer)
}

fn expected_slots(weights: &Expected, state: &State, optimizer: &Optimizer) -> Vec<(String, Vec<usize>)> {
    let names = optimizer.slots();
    let weights = weights.0.iter().zip(&state.slots);
    let slots = weights
        .flat_map(|((path, shape), slots)| slots.iter().zip(&names).map(move |(_, name)| (slot_path(path, name), shape.clone())));
    slots.collect()
}
