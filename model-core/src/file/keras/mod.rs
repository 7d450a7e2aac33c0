//! Files of Keras: a model of an archive, `.keras`, with its training, and one that is written as such.

pub(super) mod old;
pub(super) mod weights;

use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use model_exchange::hdf5::Node;
use model_exchange::keras::{Archive, Place, Places, Variables, leaves, places};
use model_exchange::legacy;
use model_graph::Graph;
use serde_json::{Value, json};

use super::content::{Content, FINITE, NOT_FINITE};
use super::load::ExpectedTensor;
use super::{FileProblem, atomic, tensors};
use crate::custom::CustomObjects;
use crate::finite::first_not_finite;
use crate::interpret::flat;
use crate::memory;
use crate::network::Network;
use crate::optimizers::BuiltOptimizer;
use crate::optimizers::saved::{Saved, place, saved};

/// Where Keras has an optimiser's variables.
const OPTIMIZER: &str = "optimizer/vars/";

/// How many of these there are, among what is told of training.
pub(super) const VARIABLES: &str = "variables";

/// The name of a variable of the optimiser.
pub(super) fn variable(number: usize) -> String {
    format!("{OPTIMIZER}{number}")
}

/// The content of an archive.
pub(super) fn read<'b>(bytes: &'b [u8], custom_objects: &CustomObjects) -> Result<Content<'b>, FileProblem> {
    let archive = Archive::read(bytes)?;
    let config = legacy::modern(&archive.config, custom_objects.registry())?;
    let graph = flat(model_graph::config::read_with(&config, custom_objects.registry())?)?;
    let compiled = &archive.config["compile_config"];
    let mut variables = match &archive.weights {
        Cow::Borrowed(weights) => Variables::read(weights)?,
        Cow::Owned(weights) => Variables::read(weights)?.into_owned(),
    };
    let leaves = leaves(&config);
    let Places { places, order } = places(&leaves, &graph).ok_or(FileProblem::Unplaced)?;
    let names: Vec<String> = graph.weights().into_iter().map(|(name, _)| name).collect();
    let mut found = HashMap::new();
    for (name, place) in names.iter().zip(&places) {
        found.extend(variables.take(&place.path()).map(|tensor| (name.clone(), tensor)));
        place.again.iter().for_each(|(group, number)| drop(variables.take(&format!("{group}/{number}"))));
    }
    // What generators of random numbers have is of no use to another generator.
    let is_random = |path: &str| path.split('/').any(|part| part == "seed_generator");
    let rest: Vec<String> = variables.paths().into_iter().filter(|path| !is_random(path)).map(ToOwned::to_owned).collect();
    let count = rest.iter().filter(|path| path.starts_with(OPTIMIZER)).count();
    for path in rest {
        found.extend(variables.take(&path).map(|tensor| (path, tensor)));
    }
    let training = if compiled["optimizer"].is_null() { Value::Null } else { training(compiled, &found, count) };
    let document = json!({ "config": model_graph::config::write(&graph), "training": training });
    let keras = Some(order.iter().map(|&number| names[number].clone()).collect());
    Ok(Content { document, tensors: found, keras })
}

fn training(compiled: &Value, found: &HashMap<String, model_exchange::Tensor<'_>>, count: usize) -> Value {
    let iterations = found.get(&variable(0)).and_then(|tensor| tensor.whole_number());
    json!({
        "compile_config": compiled,
        "iterations": iterations.unwrap_or(0),
        VARIABLES: count,
        "epochs": 0,
        "seed": 0,
    })
}

/// Whether a tensor is a variable of Keras's optimisers.
pub(super) fn is_variable(name: &str) -> bool {
    name.starts_with(OPTIMIZER)
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
    let saved = saved(optimizer, &trained)?;
    let found = content.document["training"][VARIABLES].as_u64().unwrap_or(0) as usize;
    if found == 0 {
        // It was compiled and never trained: it begins with nothing to remember.
        optimizer.memory.iter_mut().for_each(|memory| memory.slots.clear());
        return Ok(Vec::new());
    }
    if found != saved.len() {
        return Err(FileProblem::Variables { expected: saved.len(), found });
    }
    if let Some(rate) = saved.iter().position(|saved| *saved == Saved::Rate).and_then(|place| content.tensor(&variable(place))) {
        optimizer.set_learning_rate(rate.to_vec().first().map_or(0.0, |&rate| shortest(rate)))?;
    }
    let mut expected = Vec::new();
    for (weight, memory) in optimizer.memory.iter().enumerate() {
        for (slot, described) in memory.expected(&optimizer.rule).into_iter().enumerate().take(memory.slots.len()) {
            let place = place(&saved, weight, slot).ok_or(FileProblem::Unplaced)?;
            expected.push(ExpectedTensor { name: variable(place), shape: described.shape, are_squares: described.are_squares });
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
    let names: Vec<String> = graph.weights().into_iter().map(|(name, _)| name).collect();
    let order = places(&leaves(config), graph).map(|places| places.order).unwrap_or_default();
    order.into_iter().filter_map(|number| names.get(number).cloned()).collect()
}

/// Saves a model, with its training if there is any: the optimiser and what it was compiled with.
pub(super) fn save<N: Network<f32>>(
    model: &N,
    training: Option<(&BuiltOptimizer, &Value)>,
    path: &Path,
) -> Result<(), FileProblem> {
    let mut config = tensors::config(model);
    let weights = own(model)?;
    let (mut root, order) = tree(&config, model.graph(), &weights)?;
    let zeros;
    if let Some((optimizer, compiled)) = training {
        config["compile_config"] = compiled.clone();
        let trained: Vec<usize> = order.into_iter().filter(|&number| weights[number].2).collect();
        let saved = saved(optimizer, &trained)?;
        zeros = vec![0.0; saved.iter().map(Saved::zeros).max().unwrap_or(0)];
        for (number, saved) in saved.iter().enumerate() {
            let node = saved.node(optimizer, &zeros);
            if let Node::Floats(_, elements) = node
                && first_not_finite(elements).is_some()
            {
                return Err(FileProblem::Range { tensor: variable(number), expected: FINITE, found: NOT_FINITE });
            }
            put(&mut root, "optimizer/vars", number, node);
        }
    }
    let write = |file: &mut File| {
        let mut file = BufWriter::new(file);
        model_exchange::keras::write(&mut file, &config, &root)?;
        file.into_inner().map(drop).map_err(Into::into)
    };
    Ok(atomic::write(path, write)?)
}

/// A weight on its way to a file: its shape, its elements, and whether it is trained.
type Own = (Vec<usize>, Vec<f32>, bool);

/// A model's weights, which reading will ask to be finite.
fn own<N: Network<f32>>(model: &N) -> Result<Vec<Own>, FileProblem> {
    let mut elements = 0_usize;
    model.visit(&mut |weight, _| elements = elements.saturating_add(weight.data.len()));
    memory::claim(memory::bytes_of::<f32>(elements), || format!("a file of `{}`", model.graph().name))?;
    let (mut weights, mut paths, mut refused) = (Vec::new(), tensors::paths(model).into_iter(), None);
    model.visit(&mut |weight, is_trained| {
        let path = paths.next().unwrap_or_default();
        if first_not_finite(&weight.data).is_some() {
            refused.get_or_insert(FileProblem::Range { tensor: path, expected: FINITE, found: NOT_FINITE });
        }
        weights.push((weight.shape.clone(), weight.data.to_vec(), is_trained));
    });
    refused.map_or(Ok(weights), Err)
}

/// The weights as Keras has them, and their numbers in its order.
fn tree<'w>(config: &Value, graph: &Graph, weights: &'w [Own]) -> Result<(Node<'w>, Vec<usize>), FileProblem> {
    let leaves = leaves(config);
    let Places { places, order } = places(&leaves, graph).ok_or(FileProblem::Unplaced)?;
    let mut root = Node::group();
    for leaf in &leaves {
        name(&mut root, &format!("{}/vars", leaf.object), leaf.name.rsplit('/').next().unwrap_or_default());
    }
    for (Place { group, number, again }, (shape, elements, _)) in places.iter().zip(weights) {
        for (group, number) in std::iter::once((group, *number)).chain(again.iter().map(|(group, number)| (group, *number))) {
            put(&mut root, group, number, Node::Floats(shape.clone(), elements));
        }
    }
    Ok((root, order))
}

fn name(root: &mut Node<'_>, group: &str, name: &str) {
    if let Some(Node::Group(attributes, _)) = root.at(group) {
        attributes.insert("name".to_owned(), name.to_owned());
    }
}

fn put<'a>(root: &mut Node<'a>, group: &str, number: usize, node: Node<'a>) {
    if let Some(Node::Group(_, children)) = root.at(group) {
        children.insert(number.to_string(), node);
    }
}
