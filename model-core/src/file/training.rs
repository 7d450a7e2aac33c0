//! Training in a file: what it goes by in Keras's form, how far it has come, and the optimiser's state as tensors.

use std::path::Path;

use model_graph::custom::Registry;
use serde_json::{Map, Value, json};

use super::container::{Written as WrittenTensor, read_bytes};
use super::content::{Content, Origin};
use super::ending::Format;
use super::load::{Expected, ExpectedTensor, set_weights};
use super::{FileProblem, ending, keras, tensors};
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::losses::Losses;
use crate::memory::claim_training;
use crate::metrics::Metric;
use crate::network::{Network, Trainable};
use crate::optimizers::rule::Slot;
use crate::optimizers::saved::Trained;
use crate::optimizers::{BuiltOptimizer, Optimizer};
use crate::training::{OutputMetric, Trainer, Written};

/// The largest count in a file: beyond it, JSON's numbers are not exact everywhere.
const LARGEST_COUNT: u64 = (1 << 53) - 1;

/// Saves a model with its training.
pub(crate) fn save_training<N: Trainable<f32>, S: Written<N>>(trainer: &Trainer<'_, N, S>, path: &Path) -> Result<()> {
    let training = json!({
        "compile_config": compile_config(trainer),
        "excluded_from_weight_decay": trainer.optimizer.rule.excluded(),
        "iterations": trainer.iterations(),
        "averages_are_swapped": trainer.optimizer.is_swapped,
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
    let excluded = optimizer.rule.excluded();
    let training = json!({
        "compile_config": compiled,
        "excluded_from_weight_decay": excluded,
        "averages_are_swapped": optimizer.is_swapped,
        "iterations": optimizer.iterations,
        "epochs": 0,
        "seed": 0,
    });
    save(model, optimizer, training, path).map_err(|problem| Error::File { path: path.to_owned(), problem })
}

fn save<N: Network<f32>>(model: &N, optimizer: &BuiltOptimizer, training: Value, path: &Path) -> Result<(), FileProblem> {
    let format = ending::format(path)?;
    let (mut remembered, mut memories, mut elements) = (Vec::new(), optimizer.memory.iter(), 0_usize);
    model.visit(&mut |weight, is_trained| {
        let Some(mut memory) = memories.next().cloned() else { return };
        if is_trained {
            memory.reserve(&optimizer.rule, &weight.data); // it may have been frozen until now
        }
        elements = elements.saturating_add(memory.slots.iter().map(|slot| slot.len()).sum());
        remembered.push(memory);
    });
    if format == Format::Keras {
        let weights = tensors::weights(model)?;
        let trained = Trained { rule: &optimizer.rule, memory: &remembered, iterations: optimizer.iterations };
        return keras::save(model, &weights, Some((trained, &training["compile_config"])), path);
    }
    tensors::claim(model, elements)?;
    let mut all = tensors::weights(model)?;
    for memory in remembered {
        for (slot, elements) in memory.expected(&optimizer.rule).iter().zip(memory.slots) {
            let path = slot_path(&memory.path, slot.name);
            let tensor = WrittenTensor::new(&path, &slot.shape, elements.into())?;
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
pub(crate) fn compile_config<N: Trainable<f32>, S>(trainer: &Trainer<'_, N, S>) -> Value {
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
    read(path, model.graph().registry(), |content| {
        content.check_model(model.graph())?;
        let training = training(content)?;
        let compiled = &training["compile_config"];
        if compiled["loss"].is_null() {
            return Err(FileProblem::NoLosses);
        }
        let losses = Losses::from_keras(&compiled["loss"], &compiled["loss_weights"], custom_objects)?;
        let mut metrics = metrics_from_keras(&compiled["metrics"], false, custom_objects)?;
        metrics.extend(metrics_from_keras(&compiled["weighted_metrics"], true, custom_objects)?);
        let place = place(training)?;
        let optimizer = read_optimizer(model, content, None, custom_objects)?;
        let mut trainer = Trainer::new(model, optimizer, losses);
        trainer.metrics = metrics;
        (trainer.epochs, trainer.step, trainer.seed) = place;
        Ok(trainer)
    })
}

/// Lets a trainer go on where the file's was, by its own losses and metrics.
pub(crate) fn restore<N: Trainable<f32>, S>(trainer: &mut Trainer<'_, N, S>, path: &Path) -> Result<()> {
    read(path, trainer.model.graph().registry(), |content| {
        content.check_model(trainer.model.graph())?;
        let place = place(training(content)?)?;
        let rule = trainer.optimizer.rule.clone();
        trainer.optimizer = read_optimizer(trainer.model, content, Some(rule), &CustomObjects::new())?;
        (trainer.epochs, trainer.step, trainer.seed) = place;
        Ok(())
    })
}

/// How far training had come: epochs, the steps of the one that was broken off, and the seed.
fn place(training: &Value) -> Result<(u64, u64, u64), FileProblem> {
    let seed = number(training, "seed", "a whole number from 0 to 18446744073709551615", u64::MAX)?;
    // Files of before have no steps of an epoch.
    let step = if training["step"].is_null() { 0 } else { count(training, "step")? };
    Ok((count(training, "epochs")?, step, seed))
}

/// An optimiser as the file's was.
pub(crate) fn resume_optimizer<N: Trainable<f32>>(
    model: &mut N,
    path: &Path,
    custom_objects: &CustomObjects,
) -> Result<BuiltOptimizer> {
    read(path, model.graph().registry(), |content| {
        content.check_model(model.graph())?;
        read_optimizer(model, content, None, custom_objects)
    })
}

/// What is read of a file's content.
fn read<R>(path: &Path, registry: Registry, read: impl FnOnce(&mut Content<'_>) -> Result<R, FileProblem>) -> Result<R> {
    let content = || {
        let bytes = read_bytes(path)?;
        read(&mut Content::read(&bytes, &registry)?)
    };
    content().map_err(|problem| Error::File { path: path.to_owned(), problem })
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

/// The optimiser with what it remembers: one that is at hand, where it is the file's. The model gets its weights, once all is known to be right.
fn read_optimizer<N: Trainable<f32>>(
    model: &mut N,
    content: &Content<'_>,
    own: Option<Optimizer>,
    custom_objects: &CustomObjects,
) -> Result<BuiltOptimizer, FileProblem> {
    let training = training(content)?;
    let written = &training["compile_config"]["optimizer"];
    let mut rule = match own.filter(|own| own.to_keras() == *written) {
        Some(own) => own,
        None => Optimizer::from_keras_with(written, custom_objects)?,
    };
    rule.exclude(excluded(training)?);
    let iterations = count(training, "iterations")?;
    claim_training(model.graph(), Some(&rule))?;
    let mut optimizer = BuiltOptimizer::new(rule, model);
    optimizer.check()?;
    optimizer.reserve(model);
    optimizer.iterations = iterations;
    let expected = Expected::weights(model.graph());
    let weights = expected.0.len();
    let slots = match &content.origin {
        Origin::Own | Origin::Weights => expected_slots(&mut optimizer, content),
        Origin::Keras { order, .. } => {
            let mut is_trained = Vec::new();
            model.visit(&mut |_, trained| is_trained.push(trained));
            keras::expected_slots(&mut optimizer, order, &is_trained, content)?
        }
    };
    // Keras's files have variables that follow from others.
    let tensors = Expected([expected.0, slots].concat()).find(content, |name| !keras::is_variable(name))?;
    set_weights(model, &tensors[..weights])?;
    let slots = optimizer.memory.iter_mut().flat_map(|memory| &mut memory.slots);
    for (slot, tensor) in slots.zip(&tensors[weights..]) {
        tensor.copy_to(slot);
    }
    if training["averages_are_swapped"] == true {
        optimizer.swap_averages(model)?;
        optimizer.is_swapped = false;
    }
    Ok(optimizer)
}

/// The parts of names of weights that do not decay, for every optimiser; none in files from before there were any.
fn excluded(training: &Value) -> Result<Vec<Vec<String>>, FileProblem> {
    let (key, expected) = ("excluded_from_weight_decay", "a list of lists of texts");
    let found = &training[key];
    if found.is_null() {
        return Ok(Vec::new());
    }
    let texts = |value: &Value| value.as_array()?.iter().map(|text| text.as_str().map(ToOwned::to_owned)).collect();
    let lists = found.as_array().and_then(|lists| lists.iter().map(texts).collect());
    lists.ok_or(FileProblem::Document { key, expected })
}

/// The slots of the weights that are trained, and of those that were before they were frozen.
fn expected_slots(optimizer: &mut BuiltOptimizer, content: &Content<'_>) -> Vec<ExpectedTensor> {
    let (rule, mut slots) = (&optimizer.rule, Vec::new());
    for memory in &mut optimizer.memory {
        let own: Vec<ExpectedTensor> = memory.expected(rule).into_iter().map(|slot| expected_slot(&memory.path, slot)).collect();
        if own.iter().any(|slot| content.tensor(&slot.name).is_some()) {
            memory.reserve_empty(rule);
        }
        slots.extend(own.into_iter().take(memory.slots.len()));
    }
    slots
}

fn expected_slot(weight: &str, slot: Slot) -> ExpectedTensor {
    ExpectedTensor { name: slot_path(weight, slot.name), shape: slot.shape, are_squares: slot.are_squares }
}
