//! Weights alone: `.weights.h5` of Keras 3, and the `.h5` files of Keras 1 and 2, of weights or of whole models.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use model_exchange::hdf5;
use model_exchange::keras::{Leaf, Variables, by_layer, leaves, places};
use model_graph::Graph;

use super::{Found, placed, tree};
use crate::file::container::Written;
use crate::file::load::OPTIMIZER;
use crate::file::{FileProblem, atomic, tensors};
use crate::network::Network;

/// Whether bytes are of a file of HDF5.
pub(in crate::file) fn is_hdf5(bytes: &[u8]) -> bool {
    bytes.starts_with(hdf5::SIGNATURE)
}

/// The tensors of a file for a model, one by one in the order of layers, or by the layers' names.
pub(in crate::file) fn read<'b>(bytes: &'b [u8], graph: &Graph, by_name: bool) -> Result<Found<'b>, FileProblem> {
    match by_layer(bytes)? {
        Some(layers) => Ok(by_layers(&layers, graph, by_name)),
        None => today(Variables::read(bytes)?, graph, by_name),
    }
}

/// Tensors that go by Keras's paths of variables, under the names that a model has for them: a recurrent layer's weights are its cell's there,
/// `lstm/lstm_cell/kernel`.
pub(in crate::file) fn by_path<'b>(tensors: Found<'b>, graph: &Graph) -> Found<'b> {
    let own: HashSet<String> = graph.weights().into_iter().map(|(name, _)| name).collect();
    let is_cell = |part: &str| part.ends_with("_cell") || part.contains("_cell_");
    let renamed = |name: String| {
        let short = name.split('/').filter(|part| !is_cell(part)).collect::<Vec<_>>().join("/");
        if !own.contains(&name) && own.contains(&short) { short } else { name }
    };
    tensors.into_iter().map(|(name, tensor)| (renamed(name), tensor)).collect()
}

/// The tensors of a file of Keras 3.
fn today<'b>(variables: Variables<'b>, graph: &Graph, by_name: bool) -> Result<Found<'b>, FileProblem> {
    let mut leaves = leaves(&model_graph::config::write(graph));
    for leaf in &mut leaves {
        leaf.object = if by_name { named(leaf, &variables) } else { sequential(&leaf.object, &variables) };
    }
    let places = places(&leaves, graph).ok_or(FileProblem::Unplaced)?.places;
    Ok(placed(variables, graph, &places, |path| !path.starts_with(OPTIMIZER)))
}

/// The path of an object in a file that has a sequential model in the place of a functional one: no file of weights says which a model was.
fn sequential(object: &str, variables: &Variables<'_>) -> String {
    let mut path = String::new();
    for part in object.split('/') {
        let whole = format!("{path}{part}");
        let other = part.strip_prefix("functional").map(|rest| format!("{path}sequential{rest}"));
        let other = other.filter(|other| !variables.has_group(&whole) && variables.has_group(other));
        path = other.unwrap_or(whole) + "/";
    }
    path.pop();
    path
}

/// The path of the object whose layer has this one's name.
fn named(leaf: &Leaf, variables: &Variables<'_>) -> String {
    let own = leaf.name.rsplit('/').next().unwrap_or_default();
    variables.group_named(own).map_or_else(|| format!("none/{}", leaf.name), |group| group.trim_end_matches("/vars").to_owned())
}

/// The tensors of an old file.
pub(super) fn by_layers<'b>(layers: &[model_exchange::keras::LayerWeights<'b>], graph: &Graph, by_name: bool) -> Found<'b> {
    let own = own_layers(graph);
    let mut found = HashMap::new();
    let filled = layers.iter().filter(|layer| !layer.weights.is_empty());
    for (place, layer) in filled.enumerate() {
        let mine = if by_name { own.iter().find(|(name, _)| *name == layer.name) } else { own.get(place) };
        let names = mine.map_or(&[][..], |(_, names)| names);
        for (place, (weight, tensor)) in layer.weights.iter().enumerate() {
            let name = names.get(place).cloned().unwrap_or_else(|| format!("{}: {weight}", layer.name));
            found.insert(name, tensor.clone());
        }
    }
    found
}

/// The layers that have weights, in Keras's order, with the names of their weights: those that are trained first.
fn own_layers(graph: &Graph) -> Vec<(String, Vec<String>)> {
    let mut layers: Vec<(String, Vec<(String, bool)>)> = Vec::new();
    let weights = graph.weights();
    let order = places(&leaves(&model_graph::config::write(graph)), graph).map(|places| places.order).unwrap_or_default();
    let is_of = |path: &str, layer: &str| path.strip_prefix(layer).is_some_and(|rest| rest.starts_with('/'));
    for (path, spec) in order.into_iter().filter_map(|number| weights.get(number)) {
        let Some(layer) = graph.layers.iter().find(|layer| is_of(path, layer.name())) else { continue };
        match layers.iter_mut().find(|(name, _)| name == layer.name()) {
            Some((_, own)) => own.push((path.clone(), spec.trainable)),
            None => layers.push((layer.name().to_owned(), vec![(path.clone(), spec.trainable)])),
        }
    }
    let sorted = |mut own: Vec<(String, bool)>| {
        own.sort_by_key(|(_, is_trained)| !is_trained);
        own.into_iter().map(|(path, _)| path).collect()
    };
    layers.into_iter().map(|(name, own)| (name, sorted(own))).collect()
}

/// Saves the weights of a model as Keras 3 does.
pub(in crate::file) fn save<N: Network<f32>>(model: &N, weights: &[(String, Written)], path: &Path) -> Result<(), FileProblem> {
    let (root, _) = tree(&tensors::config(model), model.graph(), weights)?;
    Ok(atomic::write_buffered(path, |file| hdf5::write(&root, file))?)
}
