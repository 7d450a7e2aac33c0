//! One layer: its class, its arguments, and the layers that it holds.

use model_graph::config::{ConfigProblem, Program};
use model_graph::keras::absent;
use model_graph::layers::Class;
use model_graph::message::ArgumentError;
use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::fault::Problem;
use super::{Pass, is_model, keras1, keras2, tables, values};

/// What a document has in its list of layers, rewritten.
#[derive(Clone, Default)]
pub(super) struct Layer {
    /// Its document without calls.
    pub document: Map<String, Value>,
    /// Its class today.
    pub class: String,
    /// Its name.
    pub name: String,
    /// The factor that its input is multiplied by before it is the layer that it was.
    pub factor: Option<f64>,
}

impl Layer {
    fn new(class: &str, name: &str, config: Map<String, Value>) -> Self {
        let document = json!({
            "module": "keras.layers", "class_name": class, "config": config, "registered_name": null, "name": name
        });
        let document = if let Value::Object(document) = document { document } else { Map::new() };
        Self { document, class: class.to_owned(), name: name.to_owned(), factor: None }
    }

    /// An input of this shape.
    pub fn input(name: &str, shape: &Value, dtype: &Value) -> Self {
        let config = json!({ "batch_shape": shape, "dtype": dtype, "name": name });
        Self::new("InputLayer", name, config.as_object().cloned().unwrap_or_default())
    }

    /// The layer that multiplies the input, where one must.
    pub fn scaling(&self) -> Option<Self> {
        let factor = self.factor?;
        let name = format!("{}_scale", self.name);
        let config = json!({ "name": name, "scale": factor, "offset": 0.0 });
        Some(Self::new("Rescaling", &name, config.as_object().cloned().unwrap_or_default()))
    }

    /// Whether it is a model.
    pub fn is_model(&self) -> bool {
        is_model(&self.class)
    }

    /// The layer with its calls.
    pub fn called(mut self, calls: Vec<Value>) -> Value {
        self.document.insert("inbound_nodes".to_owned(), Value::Array(calls));
        Value::Object(self.document)
    }
}

/// The name of a layer: its own, that of its entry, or one that is made up.
pub(super) fn name(entry: &Value, made_up: &str) -> String {
    let own = entry.get("config").and_then(|config| config.get("name"));
    let given = own.or_else(|| entry.get("name")).and_then(Value::as_str);
    given.unwrap_or(made_up).to_owned()
}

/// Whether a layer is of somebody's own, though Keras may have one of that name: it is registered, or comes from another module.
fn is_own(entry: &Value) -> bool {
    let get = |key: &str| entry.get(key).and_then(Value::as_str);
    let is_keras = |module: &str| ["keras", "tf_keras", "tensorflow"].iter().any(|root| module.split('.').next() == Some(root));
    get("registered_name").is_some_and(|name| name.contains('>')) || get("module").is_some_and(|module| !is_keras(module))
}

impl Pass<'_> {
    /// Rewrites a layer that has this name.
    pub(super) fn layer(&mut self, entry: &Value, name: &str) -> Layer {
        self.within(name, |pass| pass.layer_here(entry, name))
    }

    fn layer_here(&mut self, entry: &Value, name: &str) -> Layer {
        let Some(class) = entry.get("class_name").and_then(Value::as_str) else {
            self.fault(ConfigProblem::Missing { key: "class_name", expected: "a layer's class" });
            return Layer::default();
        };
        if is_model(class) {
            return self.inner_model(entry, name);
        }
        let Some(config) = entry.get("config").and_then(Value::as_object) else {
            self.fault(ConfigProblem::Missing { key: "config", expected: "the layer's configuration" });
            return Layer::default();
        };
        match class {
            "InputLayer" => self.input(config, name),
            _ => self.layer_of(entry, class, config.clone(), name),
        }
    }

    fn inner_model(&mut self, entry: &Value, name: &str) -> Layer {
        let document = self.model(entry, name);
        let class = document.get("class_name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut document = document.as_object().cloned().unwrap_or_default();
        document.insert("name".to_owned(), name.into());
        Layer { document, class, name: name.to_owned(), factor: None }
    }

    fn input(&mut self, config: &Map<String, Value>, name: &str) -> Layer {
        for key in ["sparse", "ragged"] {
            if let Some(found) = config.get(key).filter(|value| **value == true) {
                self.fault(ConfigProblem::Option { name: key.to_owned(), found: found.clone() });
            }
        }
        let shape = config.get("batch_input_shape").or_else(|| config.get("batch_shape"));
        let Some(shape) = shape else {
            self.fault(ConfigProblem::Missing { key: "batch_input_shape", expected: "the input's shape" });
            return Layer::default();
        };
        let dtype = config.get("dtype").or_else(|| config.get("input_dtype"));
        Layer::input(name, &values::plain(shape.clone(), 0), dtype.unwrap_or(&json!("float32")))
    }

    fn layer_of(&mut self, entry: &Value, class: &str, config: Map<String, Value>, name: &str) -> Layer {
        if let Some((_, reason, help)) = tables::REFUSED.iter().find(|(refused, ..)| *refused == class) {
            self.fault(Problem::Layer { class: class.to_owned(), reason, help });
            return Layer::default();
        }
        let config = config.into_iter().map(|(key, value)| (key, values::plain(value, 0))).collect();
        let mut map = self.with_inner_layers(config);
        let today = match class {
            "Merge" => self.merge(&mut map),
            _ => tables::today(class),
        };
        if Class::find(today).is_none() || is_own(entry) {
            return self.custom(entry, class, map, name);
        }
        let mut arguments =
            Arguments { class: class.to_owned(), map, renamed: Vec::new(), place: &self.place, faults: &mut self.faults };
        if self.origin.program == Program::Keras1 {
            keras1::rewrite(&mut arguments);
        }
        let factor = keras2::rewrite(&mut arguments, today, &self.origin);
        map = arguments.map;
        let today = Class::find(today).map_or(today, |class| class.name);
        self.check(today, &map);
        map.insert("name".to_owned(), name.into());
        Layer { factor, ..Layer::new(today, name, map) }
    }

    /// A configuration in which the layers that a layer holds are today's.
    fn with_inner_layers(&mut self, config: Map<String, Value>) -> Map<String, Value> {
        const HOLDERS: [&str; 4] = ["layer", "backward_layer", "cell", "cells"];
        let mut inner = |value: Value| {
            if value.get("class_name").is_none() {
                return value;
            }
            let name = name(&value, "layer");
            self.deeper(|pass| pass.inner_layer(&value, &name))
        };
        let rewritten = config.into_iter().map(|(key, value)| match value {
            Value::Array(items) if key == "cells" => (key, items.into_iter().map(&mut inner).collect()),
            value if HOLDERS.contains(&key.as_str()) => (key, inner(value)),
            value => (key, value),
        });
        rewritten.collect()
    }

    fn inner_layer(&mut self, entry: &Value, name: &str) -> Value {
        let mut layer = self.layer(entry, name);
        layer.document.shift_remove("name");
        if layer.factor.is_some() {
            let (class, argument, found) = (layer.class.clone(), "activation".to_owned(), json!("hard_sigmoid"));
            let (reason, help) = keras2::HARD_SIGMOID;
            self.within(name, |pass| pass.fault(Problem::Argument { class, argument, found, reason, help }));
        }
        Value::Object(layer.document)
    }

    /// A layer of the user's own, or one that there is not.
    fn custom(&mut self, entry: &Value, class: &str, mut config: Map<String, Value>, name: &str) -> Layer {
        if let Some(class) = absent(class).filter(|_| !is_own(entry)) {
            self.fault(ConfigProblem::Absent { class });
            return Layer::default();
        }
        let registered = entry.get("registered_name").and_then(Value::as_str).filter(|name| name.contains('>')).unwrap_or(class);
        let class = registered.rsplit('>').next().unwrap_or(class);
        let Some(signature) = self.registry.find(registered) else {
            let known: Vec<String> = self.registry.iter().map(|signature| signature.registered_name()).collect();
            let (class, registered) = (class.to_owned(), registered.to_owned());
            self.fault(ConfigProblem::Unregistered { class, registered, known });
            return Layer::default();
        };
        let registered = signature.registered_name();
        config.shift_remove("batch_input_shape");
        config.shift_remove("dtype");
        let mut layer = Layer::new(class, name, config);
        layer.document.insert("module".to_owned(), Value::Null);
        layer.document.insert("registered_name".to_owned(), registered.into());
        layer
    }

    /// Says what is wrong with arguments, all of it.
    fn check(&mut self, class: &str, config: &Map<String, Value>) {
        let Some(found) = Class::find(class) else { return };
        let specs = found.arguments();
        let is_inner = |name: &str| specs.iter().any(|spec| spec.name == name && spec.takes_layers);
        // What is inside has been checked, and may be of the user's own.
        if config.iter().any(|(name, value)| is_inner(name) && !value.is_null()) {
            return;
        }
        let is_own = |name: &str, value: &Value| specs.iter().any(|spec| spec.name == name) || !value.is_null();
        let given =
            config.iter().filter(|(name, value)| !["name", "trainable", "dtype"].contains(&name.as_str()) && is_own(name, value));
        let given = given.map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Err(problems) = found.read(&given) {
            let error = |problem| ArgumentError { class: class.to_owned(), problem };
            let problem = ConfigProblem::Arguments(problems.into_iter().map(error).collect());
            self.fault(problem);
        }
    }
}
