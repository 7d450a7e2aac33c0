//! Training in a file: what it goes by in Keras's form, how far it has come, and the optimiser's state as tensors.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::container::{Content, Tensor, copy_elements, read_bytes};
use super::load::{Expected, ExpectedTensor, check_model, set_weights};
use super::{FileProblem, ending, tensors};
use crate::error::{Error, Result};
use crate::losses::Losses;
use crate::memory::claim_training;
use crate::metrics::Metric;
use crate::network::Trainable;
use crate::optimizers::{Optimizer, State};
use crate::training::{OutputMetric, Trainer};

/// The slots that are means of squares.
const SQUARES: [&str; 2] = ["velocity", "velocity_hat"];

/// The largest count in a file: beyond it, JSON's numbers are not exact everywhere.
const LARGEST_COUNT: u64 = (1 << 53) - 1;

/// Saves a model with its training.
pub(crate) fn save_training<N: Trainable<f32>>(trainer: &Trainer<'_, N>, path: &Path) -> Result<()> {
    write(trainer, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

fn write<N: Trainable<f32>>(trainer: &Trainer<'_, N>, path: &Path) -> Result<(), FileProblem> {
    ending::check(path)?;
    trainer.room.as_ref().map_err(Clone::clone)?;
    let model = trainer.model();
    let mut all = tensors::weights(model, trainer.state.slots.iter().flatten().map(|slot| slot.len()).sum())?;
    let mut shapes = all.iter().map(|(_, tensor)| tensor.shape.clone()).collect::<Vec<_>>().into_iter();
    for (path, slots) in tensors::paths(model).into_iter().zip(&trainer.state.slots) {
        let shape = shapes.next().unwrap_or_default();
        for (name, slot) in trainer.optimizer.slots().iter().zip(slots) {
            let path = slot_path(&path, name);
            let tensor = Tensor::new(&path, &shape, slot)?;
            all.push((path, tensor));
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
    tensors::write(path, &all, &document)
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
    check_model(model.graph(), &content)?;
    let training = &content.document["training"];
    if training.is_null() {
        return Err(FileProblem::NoTraining);
    }
    let compiled = &training["compile_config"];
    let optimizer = Optimizer::from_keras(&compiled["optimizer"])?;
    let losses = Losses::from_keras(&compiled["loss"], &compiled["loss_weights"])?;
    let metrics = metrics_from_keras(&compiled["metrics"])?;
    let number = |key, expected, most| {
        training[key].as_u64().filter(|&number| number <= most).ok_or(FileProblem::Document { key, expected })
    };
    let count = |key| number(key, "a whole number from 0 to 9007199254740991", LARGEST_COUNT);
    let (iterations, epochs) = (count("iterations")?, count("epochs")?);
    let seed = number("seed", "a whole number from 0 to 18446744073709551615", u64::MAX)?;

    let expected = Expected::weights(model.graph());
    claim_training(model.graph(), Some(&optimizer))?;
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

fn expected_slots(weights: &Expected, state: &State, optimizer: &Optimizer) -> Vec<ExpectedTensor> {
    let names = optimizer.slots();
    let slot = |weight: &ExpectedTensor, name: &str| ExpectedTensor {
        name: slot_path(&weight.name, name),
        shape: weight.shape.clone(),
        are_squares: SQUARES.contains(&name),
    };
    let weights = weights.0.iter().zip(&state.slots);
    weights.flat_map(|(weight, slots)| slots.iter().zip(&names).map(move |(_, name)| slot(weight, name))).collect()
}
