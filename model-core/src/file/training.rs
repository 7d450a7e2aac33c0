//! Training in a file: what it goes by in Keras's form, how far it has come, and the optimiser's state as tensors.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::container::{Content, Tensor, copy_elements, read_bytes};
use super::load::{Expected, ExpectedTensor, check_model, set_weights};
use super::{FileProblem, ending, tensors};
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::losses::Losses;
use crate::memory::claim_training;
use crate::metrics::Metric;
use crate::network::{Network, Trainable};
use crate::optimizers::{BuiltOptimizer, Optimizer};
use crate::training::{OutputMetric, Trainer, Written};

/// The slots that are means of squares.
const SQUARES: [&str; 2] = ["velocity", "velocity_hat"];

/// The largest count in a file: beyond it, JSON's numbers are not exact everywhere.
const LARGEST_COUNT: u64 = (1 << 53) - 1;

/// Saves a model with its training.
pub(crate) fn save_training<N: Trainable<f32>, S: Written<N>>(trainer: &Trainer<'_, N, S>, path: &Path) -> Result<()> {
    let training = json!({
        "compile_config": compile_config(trainer),
        "iterations": trainer.iterations(),
        "epochs": trainer.epochs,
        "step": trainer.step,
        "seed": trainer.seed,
    });
    let saved = trainer.room.as_ref().map_err(|refusal| FileProblem::from(refusal.clone()));
    let saved = saved.and_then(|_| save(trainer.model(), &trainer.optimizer, training, path));
    saved.map_err(|problem| Error::File { path: path.to_owned(), problem })
}

/// Saves a model with an optimiser.
pub(crate) fn save_optimizer<N: Network<f32>>(optimizer: &BuiltOptimizer, model: &N, path: &Path) -> Result<()> {
    let compiled = json!({ "optimizer": optimizer.rule.to_keras() });
    let training = json!({ "compile_config": compiled, "iterations": optimizer.iterations, "epochs": 0, "seed": 0 });
    save(model, optimizer, training, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

fn save<N: Network<f32>>(model: &N, optimizer: &BuiltOptimizer, training: Value, path: &Path) -> Result<(), FileProblem> {
    ending::check(path)?;
    let slots = optimizer.rule.slots();
    let mut is_trainable = Vec::new();
    let mut elements = 0_usize;
    model.visit(&mut |weight, is_trained| {
        is_trainable.push(is_trained);
        elements = elements.saturating_add(weight.data.len());
    });
    let mut all = tensors::weights(model, elements.saturating_mul(slots.len()))?;
    let weights: Vec<(String, Vec<usize>)> = all.iter().map(|(path, tensor)| (path.clone(), tensor.shape.clone())).collect();
    for (((path, shape), memory), is_trainable) in weights.into_iter().zip(&optimizer.memory).zip(is_trainable) {
        let mut memory = memory.clone();
        if is_trainable {
            memory.reserve(&optimizer.rule); // it may have been frozen until now
        }
        for (name, slot) in slots.iter().zip(&memory.slots) {
            let path = slot_path(&path, name);
            let tensor = Tensor::new(&path, &shape, slot)?;
            all.push((path, tensor));
        }
    }
    let document = json!({ "config": tensors::config(model), "training": training });
    tensors::write(path, &all, &document)
}

fn slot_path(weight: &str, slot: &str) -> String {
    format!("{}{weight}/{slot}", super::load::OPTIMIZER)
}

/// What Keras calls the compile configuration.
fn compile_config<N: Trainable<f32>, S>(trainer: &Trainer<'_, N, S>) -> Value {
    let (loss, loss_weights) = trainer.losses.to_keras();
    json!({
        "optimizer": trainer.optimizer.rule.to_keras(),
        "loss": loss,
        "loss_weights": loss_weights,
        "metrics": metrics_to_keras(&trainer.metrics, false),
        "weighted_metrics": weighted_to_keras(&trainer.metrics),
        "run_eagerly": false,
        "steps_per_execution": 1,
        "jit_compile": "auto",
    })
}

/// The metrics that look at weights, if there are any.
fn weighted_to_keras(metrics: &[OutputMetric]) -> Value {
    if metrics.iter().any(|metric| metric.is_weighted) { metrics_to_keras(metrics, true) } else { Value::Null }
}

/// Those metrics that look at weights, or those that do not: a list for a model with one output, or lists by output.
fn metrics_to_keras(metrics: &[OutputMetric], are_weighted: bool) -> Value {
    let mut by_name = Map::new();
    let mut list = Vec::new();
    for OutputMetric { output, metric, .. } in metrics.iter().filter(|metric| metric.is_weighted == are_weighted) {
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

fn metrics_from_keras(metrics: &Value, is_weighted: bool, custom_objects: &CustomObjects) -> Result<Vec<OutputMetric>> {
    let read_one = |output: Option<&String>, metric: &Value| {
        let metric = Metric::from_keras_with(metric, custom_objects)?;
        Ok(OutputMetric { output: output.cloned(), metric, is_weighted })
    };
    let read = |output: Option<&String>, list: &Value| {
        list.as_array().into_iter().flatten().map(|metric| read_one(output, metric)).collect::<Result<Vec<_>>>()
    };
    let Some(by_name) = metrics.as_object() else { return read(None, metrics) };
    let lists = by_name.iter().map(|(name, list)| read(Some(name), list)).collect::<Result<Vec<_>>>()?;
    Ok(lists.concat())
}

/// A trainer as the file's was.
pub(crate) fn resume<'m, N: Trainable<f32>>(
    model: &'m mut N,
    path: &Path,
    custom_objects: &CustomObjects,
) -> Result<Trainer<'m, N>> {
    let read = |model: &'m mut N| {
        let bytes = read_bytes(path)?;
        let content = Content::read(&bytes)?;
        check_model(model.graph(), &content)?;
        let training = training(&content)?;
        let compiled = &training["compile_config"];
        if compiled["loss"].is_null() {
            return Err(FileProblem::NoLosses);
        }
        let losses = Losses::from_keras(&compiled["loss"], &compiled["loss_weights"], custom_objects)?;
        let mut metrics = metrics_from_keras(&compiled["metrics"], false, custom_objects)?;
        metrics.extend(metrics_from_keras(&compiled["weighted_metrics"], true, custom_objects)?);
        let place = place(training)?;
        let optimizer = read_optimizer(model, &content)?;
        let mut trainer = Trainer::new(model, optimizer, losses);
        trainer.metrics = metrics;
        (trainer.epochs, trainer.step, trainer.seed) = place;
        Ok(trainer)
    };
    read(model).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

/// Lets a trainer go on where the file's was, by its own losses and metrics.
pub(crate) fn restore<N: Trainable<f32>, S>(trainer: &mut Trainer<'_, N, S>, path: &Path) -> Result<()> {
    let mut read = || {
        let bytes = read_bytes(path)?;
        let content = Content::read(&bytes)?;
        check_model(trainer.model.graph(), &content)?;
        let place = place(training(&content)?)?;
        trainer.optimizer = read_optimizer(trainer.model, &content)?;
        (trainer.epochs, trainer.step, trainer.seed) = place;
        Ok(())
    };
    read().map_err(|problem| Error::File { path: path.to_owned(), problem })
}

/// How far training had come: epochs, the steps of the one that was broken off, and the seed.
fn place(training: &Value) -> Result<(u64, u64, u64), FileProblem> {
    let seed = number(training, "seed", "a whole number from 0 to 18446744073709551615", u64::MAX)?;
    // Files of before have no steps of an epoch.
    let step = if training["step"].is_null() { 0 } else { count(training, "step")? };
    Ok((count(training, "epochs")?, step, seed))
}

/// An optimiser as the file's was.
pub(crate) fn resume_optimizer<N: Trainable<f32>>(model: &mut N, path: &Path) -> Result<BuiltOptimizer> {
    let read = |model: &mut N| {
        let bytes = read_bytes(path)?;
        let content = Content::read(&bytes)?;
        check_model(model.graph(), &content)?;
        read_optimizer(model, &content)
    };
    read(model).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

fn training<'c>(content: &'c Content<'_>) -> Result<&'c Value, FileProblem> {
    Some(&content.document["training"]).filter(|training| !training.is_null()).ok_or(FileProblem::NoTraining)
}

fn number(training: &Value, key: &'static str, expected: &'static str, most: u64) -> Result<u64, FileProblem> {
    training[key].as_u64().filter(|&number| number <= most).ok_or(FileProblem::Document { key, expected })
}

fn count(training: &Value, key: &'static str) -> Result<u64, FileProblem> {
    number(training, key, "a whole number from 0 to 9007199254740991", LARGEST_COUNT)
}

/// The optimiser with what it remembers. The model gets its weights, once all is known to be right.
fn read_optimizer<N: Trainable<f32>>(model: &mut N, content: &Content<'_>) -> Result<BuiltOptimizer, FileProblem> {
    let training = training(content)?;
    let rule = Optimizer::from_keras(&training["compile_config"]["optimizer"])?;
    let iterations = count(training, "iterations")?;
    claim_training(model.graph(), Some(&rule))?;
    let mut optimizer = BuiltOptimizer::new(rule, model);
    optimizer.reserve(model);
    let expected = Expected::weights(model.graph());
    let weights = expected.0.len();
    let slots = expected_slots(&expected, &mut optimizer, content);
    let tensors = Expected([expected.0, slots].concat()).find(content, |_| true)?;
    set_weights(model, &tensors[..weights]);
    let slots = optimizer.memory.iter_mut().flat_map(|memory| &mut memory.slots);
    for (slot, tensor) in slots.zip(&tensors[weights..]) {
        copy_elements(tensor, slot);
    }
    optimizer.iterations = iterations;
    Ok(optimizer)
}

/// The slots of the weights that are trained, and of those that were before they were frozen.
fn expected_slots(weights: &Expected, optimizer: &mut BuiltOptimizer, content: &Content<'_>) -> Vec<ExpectedTensor> {
    let (rule, mut slots) = (optimizer.rule, Vec::new());
    for (weight, memory) in weights.0.iter().zip(&mut optimizer.memory) {
        let slot = |name| ExpectedTensor {
            name: slot_path(&weight.name, name),
            shape: weight.shape.clone(),
            are_squares: SQUARES.contains(&name),
        };
        let own: Vec<ExpectedTensor> = rule.slots().into_iter().map(slot).collect();
        if own.iter().any(|slot| content.tensor(&slot.name).is_some()) {
            memory.reserve(&rule);
        }
        slots.extend(own.into_iter().take(memory.slots.len()));
    }
    slots
}
