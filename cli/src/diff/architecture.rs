//! The layers of two models, compared: first as a whole and without names, then one by one.

mod change;
mod layers;

use functional_model::Graph;
use functional_model::config;
use functional_model::exchange::keras::{canonical, leaves, places};
use serde_json::Value;

pub use change::Change;

/// How two architectures compare.
pub struct Architecture {
    /// What differs; nothing where they are the same, but perhaps for names.
    pub changes: Vec<Change>,
    /// The paths of weights that belong together.
    pub pairs: Vec<(String, String)>,
}

/// Compares two models.
pub fn compare(before: &Graph, after: &Graph) -> Architecture {
    let (a, b) = (config::write(before), config::write(after));
    if canonical(&a) == canonical(&b) {
        let pairs = in_order(&a, before).into_iter().zip(in_order(&b, after)).collect();
        return Architecture { changes: Vec::new(), pairs };
    }
    let layers::Layers { changes, pairs } = layers::compare(&a, &b);
    // A weight lies in the layer whose path is the longest that it begins with.
    let other = |path: &str| {
        let of = pairs.iter().filter_map(|(a, b)| Some((a.len(), b, path.strip_prefix(a.as_str())?.strip_prefix('/')?)));
        of.max_by_key(|(length, ..)| *length).map(|(_, layer, rest)| format!("{layer}/{rest}"))
    };
    let paths = before.weights().into_iter().map(|(path, _)| path);
    let pairs = paths.filter_map(|path| Some((path.clone(), other(&path)?))).collect();
    Architecture { changes, pairs }
}

/// The paths of a model's weights in Keras's order, which is that of the layers whatever they are called.
fn in_order(config: &Value, graph: &Graph) -> Vec<String> {
    let all = || graph.weights().into_iter().map(|(path, _)| path).collect();
    places(&leaves(config), graph).map_or_else(all, |places| places.names(graph))
}
