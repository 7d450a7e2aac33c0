//! Files of Keras: a model of an archive, `.keras`, with its training, and one that is written as such.

pub(super) mod old;
pub(super) mod weights;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;

use model_exchange::hdf5::Node;
use model_exchange::keras::{Archive, ArchiveFile, Place, Places, Variables, leaves, places};
use model_exchange::{Tensor, legacy};
use model_graph::custom::Registry;
use model_graph::{Graph, config};
use serde_json::{Value, json};

use super::container::{Written, check_floats};
use super::content::{Content, Origin};
use super::load::ExpectedTensor;
use super::{FileProblem, atomic};
use crate::interpret::flat;
use crate::network::Network;
use crate::optimizers::BuiltOptimizer;
use crate::optimizers::saved::{Saved, Trained};

/// Where Keras has an optimiser's variables.
const OPTIMIZER: &str = "optimizer/vars";

/// Tensors by the names that a model has for its weights; those that are not the model's under the file's own names.
pub(super) type Found<'b> = HashMap<String, Tensor<'b>>;

/// The name of a variable of the optimiser.
fn variable(number: usize) -> String {
    format!("{OPTIMIZER}/{number}")
}

/// Whether a tensor is a variable of Keras's optimisers.
pub(super) fn is_variable(name: &str) -> bool {
    name.strip_prefix(OPTIMIZER).is_some_and(|rest| rest.starts_with('/'))
}

/// The content of an archive.
pub(super) fn read<'b>(bytes: &'b [u8], registry: &Registry) -> Result<Content<'b>, FileProblem> {
    let archive = Archive::read(bytes)?;
    let variables = match &archive.weights {
        Cow::Borrowed(weights) => Variables::read(*weights)?,
        Cow::Owned(weights) => Variables::read(&weights[..])?.into_owned(),
    };
    content(archive.version.as_deref(), &archive.config, variables, registry)
}

/// The content of an archive whose variables lie in its file.
pub(super) fn read_in_file<'b>(archive: &'b ArchiveFile, registry: &Registry) -> Result<Content<'b>, FileProblem> {
    content(archive.version.as_deref(), &archive.config, Variables::read(&archive.weights)?, registry)
}

fn content<'b>(
    version: Option<&str>,
    config: &Value,
    variables: Variables<'b>,
    registry: &Registry,
) -> Result<Content<'b>, FileProblem> {
    let compiled = &config["compile_config"];
    let (config, graph) = model(config, registry)?;
    let places = places(&leaves(&config), &graph).ok_or(FileProblem::Unplaced)?;
    let tensors = placed(variables, &graph, &places.places, |_| true);
    let order = places.names(&graph);
    let training = if compiled["optimizer"].is_null() { Value::Null } else { training(compiled, &tensors) };
    let document = json!({ "training": training, "keras_version": version });
    Ok(Content { document, tensors, origin: Origin::Keras { graph: graph.into(), order } })
}

/// The model of a configuration, whichever version of Keras has written it, and the configuration as today's.
fn model<'c>(config: &'c Value, registry: &Registry) -> Result<(Cow<'c, Value>, Graph), FileProblem> {
    let config = legacy::modern(config, registry)?;
    let graph = flat(config::read_with(&config, registry)?)?;
    Ok((config, graph))
}

/// What a file's variables are to a model; of the others, those that matter.
fn placed<'b>(variables: Variables<'b>, graph: &Graph, places: &[Vec<Place>], matters: impl Fn(&str) -> bool) -> Found<'b> {
    let (mut rest, mut found) = (variables.into_tensors(), HashMap::new());
    for ((name, _), places) in graph.weights().into_iter().zip(places) {
        let mut held = places.iter().map(|place| rest.remove(&place.path())).collect::<Vec<_>>().into_iter();
        found.extend(held.next().flatten().map(|tensor| (name, tensor)));
    }
    // What generators of random numbers have is of no use to another generator.
    let is_random = |path: &str| path.split('/').any(|part| part == "seed_generator");
    found.extend(rest.into_iter().filter(|(path, _)| !is_random(path) && matters(path)));
    found
}

fn training(compiled: &Value, found: &Found<'_>) -> Value {
    let iterations = found.get(&variable(0)).and_then(|tensor| tensor.whole_number());
    json!({ "compile_config": compiled, "iterations": iterations.unwrap_or(0), "epochs": 0, "seed": 0 })
}

/// The slots of the weights that are trained, by the names that they have in a file with the weights in this order. The learning rate is
/// the file's from then on.
pub(super) fn expected_slots(
    optimizer: &mut BuiltOptimizer,
    order: &[String],
    is_trained: &[bool],
    content: &Content<'_>,
) -> Result<Vec<ExpectedTensor>, FileProblem> {
    let paths = optimizer.memory.iter().enumerate();
    let numbers: HashMap<&str, usize> = paths.map(|(number, memory)| (memory.path.as_str(), number)).collect();
    let trained: Vec<usize> =
        order.iter().filter_map(|name| numbers.get(name.as_str()).copied()).filter(|&number| is_trained[number]).collect();
    let BuiltOptimizer { rule, memory, iterations, .. } = &*optimizer;
    let saved = Trained { rule, memory, iterations: *iterations }.saved(&trained)?;
    let found = content.tensors.keys().filter(|name| is_variable(name)).count();
    if found == 0 {
        // It was compiled and never trained: it begins with nothing to remember.
        optimizer.memory.iter_mut().for_each(|memory| memory.slots.clear());
        return Ok(Vec::new());
    }
    if found != saved.len() {
        return Err(FileProblem::Variables { expected: saved.len(), found });
    }
    let mut places = HashMap::new();
    for (number, saved) in saved.into_iter().enumerate() {
        match saved {
            Saved::Slot(weight, slot) => drop(places.insert((weight, slot), number)),
            Saved::Rate(_) => {
                let rate = content.tensor(&variable(number)).and_then(|rate| rate.to_vec().first().copied());
                rate.map_or(Ok(()), |rate| optimizer.set_learning_rate(shortest(rate)))?;
            }
            Saved::Iterations | Saved::Unused(_) | Saved::Number(_) => {}
        }
    }
    let mut expected = Vec::new();
    for (weight, memory) in optimizer.memory.iter().enumerate() {
        for (slot, described) in memory.expected(&optimizer.rule).into_iter().enumerate().take(memory.slots.len()) {
            let number = *places.get(&(weight, slot)).ok_or(FileProblem::Unplaced)?;
            expected.push(ExpectedTensor { name: variable(number), shape: described.shape, are_squares: described.are_squares });
        }
    }
    Ok(expected)
}

/// The number that someone wrote who meant this one: `0.001`, not `0.0010000000474974513`.
fn shortest(number: f32) -> f64 {
    number.to_string().parse().unwrap_or_else(|_| number.into())
}

/// The names of a model's weights in Keras's order.
pub(super) fn names_in_order(config: &Value, graph: &Graph) -> Vec<String> {
    places(&leaves(config), graph).map(|places| places.names(graph)).unwrap_or_default()
}

/// Saves a model with its weights, and with its training if there is any: the optimiser and what it was compiled with.
pub(super) fn save<N: Network<f32>>(
    network: &N,
    weights: &[(String, Written)],
    training: Option<(Trained<'_>, &Value)>,
    path: &Path,
) -> Result<(), FileProblem> {
    let mut config = config::write(network.graph());
    let (mut root, order) = tree(&config, network.graph(), weights)?;
    if let Some((optimizer, compiled)) = training {
        config["compile_config"] = compiled.clone();
        let mut is_trained = Vec::new();
        network.visit(&mut |_, trained| is_trained.push(trained));
        let trained: Vec<usize> = order.into_iter().filter(|&number| is_trained[number]).collect();
        for (number, saved) in optimizer.saved(&trained)?.into_iter().enumerate() {
            put(&mut root, OPTIMIZER, number, written(saved, optimizer, &variable(number))?);
        }
    }
    Ok(atomic::write_buffered(path, |mut file| model_exchange::keras::write(&mut file, &config, &root))?)
}

/// A variable of an optimiser under its name in the file.
fn written<'a>(saved: Saved, optimizer: Trained<'a>, name: &str) -> Result<Tensor<'a>, FileProblem> {
    Ok(match saved {
        Saved::Iterations => Tensor::integer(i32::try_from(optimizer.iterations).unwrap_or(i32::MAX)),
        Saved::Rate(number) | Saved::Number(number) => Tensor::floats(&[], &[number as f32]),
        Saved::Unused(shape) => Tensor::floats(&shape, &vec![0.0; shape.iter().product()]),
        Saved::Slot(weight, slot) => {
            let memory = &optimizer.memory[weight];
            let shape = memory.expected(optimizer.rule).swap_remove(slot).shape;
            check_floats(name, &memory.slots[slot])?;
            Tensor::of(&shape, &memory.slots[slot])
        }
    })
}

/// The weights as Keras has them, and their numbers in its order.
fn tree<'w>(config: &Value, graph: &Graph, weights: &'w [(String, Written)]) -> Result<(Node<'w>, Vec<usize>), FileProblem> {
    let leaves = leaves(config);
    let Places { places, order } = places(&leaves, graph).ok_or(FileProblem::Unplaced)?;
    let mut root = Node::group();
    for leaf in &leaves {
        name(&mut root, &format!("{}/vars", leaf.object), leaf.name.rsplit('/').next().unwrap_or_default());
    }
    for (places, (_, weight)) in places.iter().zip(weights) {
        places.iter().for_each(|Place { group, number }| put(&mut root, group, *number, weight.tensor()));
    }
    Ok((root, order))
}

fn name(root: &mut Node<'_>, group: &str, name: &str) {
    if let Some(Node::Group(attributes, _)) = root.at(group) {
        attributes.insert("name".to_owned(), name.to_owned());
    }
}

fn put<'a>(root: &mut Node<'a>, group: &str, number: usize, tensor: Tensor<'a>) {
    if let Some(Node::Group(_, children)) = root.at(group) {
        children.insert(number.to_string(), Node::Data(tensor));
    }
}
