//! Documents of older versions of Keras, of `tf.keras` and of TensorFlow.js, rewritten as today's: there is one reader of layers, that of
//! [`model_graph::config`], and it reads today's only.
//!
//! What an older version has computed, the layers of today compute as well, or the document is refused: a name that means something else now,
//! such as `hard_sigmoid`, is never read as what it means now. All that cannot be read is told at once, layer by layer.
//!
//! Of how weights start, the arguments are kept; where Keras 1 drew the matrices of a recurrent layer's gates one by one, today's are drawn as
//! one.
//!
//! Sources: the `get_config` of Keras 1.2.2, 2.0.8 and 2.2.4, of `tf_keras` 2.21, and of TensorFlow.js 4.22.

mod arguments;
mod calls;
mod fault;
mod functional;
mod graph_op;
mod keras1;
mod keras2;
mod layer;
mod merge;
mod operation;
mod sequential;
mod tables;
mod values;

use std::borrow::Cow;

use model_graph::config::ConfigProblem;
use model_graph::custom::Registry;
use serde_json::Value;

pub use fault::{Fault, LegacyError, Problem};
pub use model_graph::config::{Origin, Program};

/// How deep models and layers may lie in one another.
const MOST_DEPTH: usize = 64;

/// How many faults are told: each is as long as the names of all layers.
const MOST_FAULTS: usize = 1000;

/// The document of a model as Keras 3 would write it: the same where it is, rewritten where an older version has written it.
///
/// The model may lie in what is saved beside it: under `model_config`, as in files of HDF5, or under `modelTopology`, as TensorFlow.js has it.
/// Layers of the user's own are known by their declarations.
///
/// ```
/// use model_exchange::legacy;
/// use model_graph::{config, custom::Registry};
///
/// let document = serde_json::json!({ "class_name": "Sequential", "keras_version": "1.2.2", "config": [
///     { "class_name": "Dense", "config": { "name": "dense_1", "output_dim": 2, "init": "uniform", "batch_input_shape": [null, 3] } },
/// ] });
/// let registry = Registry::default();
/// let graph = config::read_with(&*legacy::modern(&document, &registry)?, &registry)?;
/// assert_eq!(graph.parameters().total.size(), Some(8));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// If parts of it cannot be read: all of them, each with its place, what was found, and what to do.
pub fn modern<'d>(document: &'d Value, registry: &Registry) -> Result<Cow<'d, Value>, LegacyError> {
    let (model, around) = inner(document);
    let Some(origin) = Origin::of(model, around) else { return Ok(Cow::Borrowed(model)) };
    let mut pass = Pass { registry, origin, faults: Vec::new(), place: Vec::new(), depth: 0 };
    let rewritten = pass.outermost(model);
    if pass.faults.is_empty() { Ok(Cow::Owned(rewritten)) } else { Err(LegacyError { origin: pass.origin, faults: pass.faults }) }
}

/// The model's own document, and the version that the file around it tells.
fn inner(document: &Value) -> (&Value, Option<&str>) {
    let mut model = document;
    let mut version = None;
    for key in ["modelTopology", "model_config"] {
        if let Some(inner) = model.get(key).filter(|inner| inner.is_object() && model.get("class_name").is_none()) {
            let told = model.get("keras_version").or_else(|| model.get("generatedBy"));
            version = told.and_then(Value::as_str).or(version);
            model = inner;
        }
    }
    (model, version)
}

/// The way through a document.
struct Pass<'r> {
    registry: &'r Registry,
    origin: Origin,
    faults: Vec<Fault>,
    /// The names that lead to what is being rewritten.
    place: Vec<String>,
    depth: usize,
}

impl Pass<'_> {
    /// Says that something is wrong where the pass is.
    fn fault(&mut self, problem: impl Into<Problem>) {
        fault::tell(&mut self.faults, &self.place, problem.into());
    }

    /// Does something at a place.
    fn within<T>(&mut self, name: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        self.place.push(name.to_owned());
        let done = act(self);
        self.place.pop();
        done
    }

    /// Does something one step deeper, unless that is too deep.
    fn deeper<T: Default>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MOST_DEPTH {
            self.fault(ConfigProblem::Depth { most: MOST_DEPTH });
            return T::default();
        }
        self.depth = self.depth.saturating_add(1);
        let done = act(self);
        self.depth = self.depth.saturating_sub(1);
        done
    }

    fn outermost(&mut self, document: &Value) -> Value {
        let named = document.get("config").and_then(|config| config.get("name")).and_then(Value::as_str);
        let name = named.unwrap_or("model").to_owned();
        self.within(&name, |pass| pass.model(document, &name))
    }

    /// Rewrites a model, which has this name.
    fn model(&mut self, document: &Value, name: &str) -> Value {
        let config = document.get("config").unwrap_or(&Value::Null);
        match document.get("class_name").and_then(Value::as_str) {
            Some("Sequential") => self.deeper(|pass| pass.sequential(document, name)),
            Some(_) if config.get("input_layers").is_some() => self.deeper(|pass| pass.functional(config, name)),
            Some("Graph") => {
                let (reason, help) =
                    ("which Keras has left behind in version 1", "make it a functional model there, and save that");
                self.fault(Problem::Layer { class: "Graph".to_owned(), reason, help });
                Value::Null
            }
            Some("Model" | "Functional") => {
                self.fault(ConfigProblem::Missing { key: "input_layers", expected: "the model's inputs" });
                Value::Null
            }
            Some(class) => {
                self.fault(ConfigProblem::Class { found: class.to_owned(), known: vec!["Functional", "Sequential", "Model"] });
                Value::Null
            }
            None => {
                self.fault(ConfigProblem::Missing { key: "class_name", expected: "`Model`, `Functional` or `Sequential`" });
                Value::Null
            }
        }
    }
}

/// Whether a class is that of a model.
fn is_model(class: &str) -> bool {
    matches!(class, "Model" | "Functional" | "Sequential" | "Graph")
}

#[cfg(test)]
mod tests;
