//! Where Keras's files have the variables of a model: paths by classes and attributes, `layers/conv2d_1/vars/0`,
//! `layers/bidirectional/forward_layer/cell/vars/2`.

use std::collections::HashMap;

use model_graph::graph::{Graph, Kind};
use model_graph::layers::AnyLayer;
use model_graph::names::Counter;
use serde_json::Value;

use super::order;

/// A layer of a configuration that is no model, and where Keras has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its name behind those of the models that it is in: `encoder/dense`.
    pub name: String,
    /// The path of its object: `layers/functional/layers/dense`.
    pub object: String,
}

/// The layers of a model's configuration that are no models, in the order in which Keras has their variables.
#[must_use]
pub fn leaves(model: &Value) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    collect(model, "", "", &mut leaves);
    leaves
}

fn collect(model: &Value, object: &str, names: &str, leaves: &mut Vec<Leaf>) {
    let config = &model["config"];
    let layers =
        if model["class_name"] == "Sequential" { order::entries(config).iter().collect() } else { order::layers(config) };
    let mut counter = Counter::default();
    for layer in layers {
        let is_operation = layer["module"].as_str().is_some_and(|module| module.starts_with("keras.src.ops"));
        let Some(class) = layer["class_name"].as_str().filter(|_| !is_operation) else { continue };
        let object = format!("{object}layers/{}", counter.next(class));
        let inner = &layer["config"]["layer"];
        let (model, object) = if is_model(inner) { (inner, format!("{object}/layer")) } else { (layer, object) };
        let name = format!("{names}{}", model["config"]["name"].as_str().unwrap_or_default());
        if is_model(model) {
            collect(model, &format!("{object}/"), &format!("{name}/"), leaves);
        } else {
            leaves.push(Leaf { name, object });
        }
    }
}

fn is_model(value: &Value) -> bool {
    ["Functional", "Sequential", "Model"].iter().any(|class| value["class_name"] == *class)
}

/// Where a variable is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The group of the object's variables: `layers/dense/vars`.
    pub group: String,
    /// Its number there.
    pub number: usize,
}

impl Place {
    /// Its path.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{}/{}", self.group, self.number)
    }
}

/// Where Keras has the weights of a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// The places of each weight, in the order of [`Graph::weights`]: one, or more where several objects have it. Each is as good as the other.
    pub places: Vec<Vec<Place>>,
    /// The weights' numbers in that order, in the order in which Keras has them.
    pub order: Vec<usize>,
}

impl Places {
    /// The names of a graph's weights in the order in which Keras has them.
    #[must_use]
    pub fn names(&self, graph: &Graph) -> Vec<String> {
        let names = graph.weights();
        self.order.iter().filter_map(|&number| names.get(number).map(|(name, _)| name.clone())).collect()
    }
}

/// Where Keras has the weights of a graph, by the layers of a configuration of the same model: nothing where it is of another one.
#[must_use]
pub fn places(leaves: &[Leaf], graph: &Graph) -> Option<Places> {
    let weights = graph.weights();
    let numbers: HashMap<&str, usize> = weights.iter().enumerate().map(|(number, (name, _))| (name.as_str(), number)).collect();
    let mut places = vec![Vec::new(); weights.len()];
    let mut order = Vec::new();
    for leaf in leaves {
        let Some(layer) = find(graph, &leaf.name) else { continue };
        let prefix = format!("{}/", leaf.name);
        let own: Vec<(usize, &str)> = layer
            .weights
            .iter()
            .filter_map(|spec| Some((*numbers.get(&*format!("{prefix}{}", spec.name))?, &*spec.name)))
            .collect();
        let Kind::Layer(any) = &layer.kind else { continue };
        order.extend(own.iter().map(|(number, _)| *number));
        assign(Some(any), &own, &leaf.object, &mut places);
    }
    places.iter().all(|places| !places.is_empty()).then_some(Places { places, order })
}

/// The layer at a path of names, which may have a `/` in them themselves.
fn find<'g>(graph: &'g Graph, path: &str) -> Option<&'g model_graph::graph::LayerNode> {
    graph.layers.iter().find_map(|layer| match &layer.kind {
        Kind::Layer(_) => (layer.name() == path).then_some(layer),
        Kind::Model(inner) | Kind::Block(inner) => find(inner, path.strip_prefix(layer.name())?.strip_prefix('/')?),
    })
}

/// Gives the weights of a layer their places: those of its parts there, the others its own.
fn assign(layer: Option<&AnyLayer>, weights: &[(usize, &str)], object: &str, places: &mut [Vec<Place>]) {
    let parts = layer.map(AnyLayer::keras_parts).unwrap_or_default();
    let rest_of = |name: &str, part: &str| -> Option<usize> {
        if part.is_empty() { Some(0) } else { name.strip_prefix(part)?.starts_with('/').then_some(part.len() + 1) }
    };
    let mut taken = vec![false; weights.len()];
    for part in &parts {
        let is_named = weights.iter().any(|(_, name)| rest_of(name, &part.name).is_some());
        // A single part may go without a name.
        let name = if parts.len() == 1 && !is_named { "" } else { &*part.name };
        let mut own = Vec::new();
        for ((number, weight), taken) in weights.iter().zip(&mut taken).filter(|(_, taken)| !**taken) {
            if let Some(rest) = rest_of(weight, name).and_then(|start| weight.get(start..)) {
                own.push((*number, rest));
                *taken = true;
            }
        }
        assign(part.layer, &own, &format!("{object}/{}", part.attribute), places);
    }
    let group = format!("{object}/vars");
    if let Some(own) = layer.and_then(AnyLayer::keras_variables) {
        for (variable, weight) in own.iter().enumerate() {
            if let Some(places) = weights.get(*weight).and_then(|(number, _)| places.get_mut(*number)) {
                places.push(Place { group: group.clone(), number: variable });
            }
        }
        return;
    }
    // Parts that nothing is known of are attributes of their names.
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for ((number, name), _) in weights.iter().zip(taken).filter(|(_, taken)| !taken) {
        let part = name.rsplit_once('/').map_or("", |(part, _)| part);
        let count = counts.entry(part).or_default();
        let group = if part.is_empty() { group.clone() } else { format!("{object}/{part}/vars") };
        if let Some(places) = places.get_mut(*number) {
            places.push(Place { group, number: *count });
        }
        *count += 1;
    }
}
