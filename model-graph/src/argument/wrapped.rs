//! Layers as arguments of other layers: in a configuration `{"module": "keras.layers", "class_name": "LSTM", "config": {..}, ..}`, in a layer
//! call the call that makes it, `Bidirectional(LSTM(8))`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::object::inside;
use super::{Argument, Mismatch, choose};
use crate::custom::{Custom, Signature};
use crate::keras::absent;
use crate::layer::{ArgumentSpec, Through};
use crate::layers::{AnyLayer, Class, StackedRNNCells};
use crate::message::ArgumentError;
use crate::names::snake_case;
use crate::problem::ArgumentProblem;

/// So deeply layers may lie within one another.
const DEEPEST: usize = 16;

/// A layer that another one wraps.
#[derive(Clone, Debug, PartialEq)]
pub struct Wrapped {
    /// What it is.
    pub layer: Box<AnyLayer>,
    /// The name that its weights go by.
    pub name: String,
    /// Whether training changes its weights.
    pub trainable: bool,
}

impl Wrapped {
    /// A layer under the name that its class has, unless it is given another.
    #[must_use]
    pub fn new(layer: AnyLayer, name: Option<String>, trainable: bool) -> Self {
        let name = name.unwrap_or_else(|| snake_case(layer.class()));
        Self { layer: Box::new(layer), name, trainable }
    }

    fn read(value: &Value) -> Result<Self, Mismatch> {
        if depth(value) > DEEPEST {
            return Err(inside("class_name", "fewer layers within one another", value["class_name"].clone()));
        }
        let object = value.as_object().ok_or(Mismatch::Expected(Self::EXPECTED))?;
        let class = object.get("class_name").and_then(Value::as_str).ok_or(Mismatch::Expected(Self::EXPECTED))?;
        if let Some(signature) = object.get(SIGNATURE) {
            return Self::read_own(class, object, signature);
        }
        for (key, value) in object {
            let is_fine = match key.as_str() {
                "module" => value.is_null() || value.as_str().is_some_and(|it| it == "keras" || it.starts_with("keras.")),
                "registered_name" => value.is_null() || value == class,
                "class_name" | "config" | "build_config" => true,
                _ => value.is_null(),
            };
            if !is_fine {
                return Err(inside(key, "what a layer of Keras's has there", value.clone()));
            }
        }
        let Some(found) = Class::find(class) else {
            let expected = if absent(class).is_some() { "a layer that is supported" } else { "a layer's class" };
            return Err(inside("class_name", expected, class.into()));
        };
        let Some(Value::Object(config)) = object.get("config") else {
            return Err(inside("config", "the layer's configuration", object.get("config").cloned().unwrap_or_default()));
        };
        let (name, trainable) = common(config)?;
        let layer = found.read(&own(&found.arguments(), config)).map_err(|problems| first(class, problems))?;
        Ok(Self::new(layer, name, trainable))
    }

    /// Reads a layer of the user's own, whose declaration stands beside its configuration.
    fn read_own(class: &str, object: &Map<String, Value>, signature: &Value) -> Result<Self, Mismatch> {
        let (Some(Value::Object(config)), Some(signature)) = (object.get("config"), Signature::from_json(signature)) else {
            return Err(Mismatch::Expected(Self::EXPECTED));
        };
        let (name, trainable) = common(config)?;
        let given = own(&signature.specs(), config);
        let layer = Custom::new(Arc::new(signature), &given).map_err(|problems| first(class, problems))?;
        Ok(Self::new(AnyLayer::Custom(layer), name, trainable))
    }
}

/// Where the declaration of a layer of the user's own stands, beside what Keras's configuration has of it. No file has it: whoever reads one puts it
/// there, and whoever writes one takes it away.
pub const SIGNATURE: &str = "signature";

/// What every layer has: its name, and whether it is trained.
fn common(config: &Map<String, Value>) -> Result<(Option<String>, bool), Mismatch> {
    let name = match config.get("name") {
        None | Some(Value::Null) => None,
        Some(Value::String(name)) if !name.is_empty() && !name.contains('/') => Some(name.clone()),
        Some(other) => return Err(inside("name", "a name without `/`", other.clone())),
    };
    let trainable = match config.get("trainable") {
        None | Some(Value::Null) => true,
        Some(trainable) => trainable.as_bool().ok_or_else(|| inside("trainable", "`true` or `false`", trainable.clone()))?,
    };
    check_dtype(config)?;
    Ok((name, trainable))
}

/// How deeply objects lie within one another in a value.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(parts) => {
            let own = usize::from(parts.contains_key("class_name"));
            parts.values().map(depth).max().unwrap_or_default().saturating_add(own)
        }
        _ => 0,
    }
}

/// The class's own arguments: what every layer has is left out, and so is what says nothing.
fn own(known: &[ArgumentSpec], config: &Map<String, Value>) -> Map<String, Value> {
    let own = config.iter().filter(|(key, value)| {
        let is_argument = known.iter().any(|argument| argument.name == key.as_str());
        is_argument || (!["name", "trainable", "dtype"].contains(&key.as_str()) && !value.is_null())
    });
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Checks that the layer computes with `float32`.
fn check_dtype(config: &Map<String, Value>) -> Result<(), Mismatch> {
    let Some(dtype) = config.get("dtype").filter(|dtype| !dtype.is_null()) else { return Ok(()) };
    let name = dtype.get("config").and_then(|config| config.get("name")).unwrap_or(dtype);
    if name == "float32" { Ok(()) } else { Err(inside("dtype", "`float32`, the only one supported", name.clone())) }
}

/// The first of what is wrong with a layer's arguments.
fn first(class: &str, problems: Vec<ArgumentProblem>) -> Mismatch {
    let within = |argument: &str| format!("{class}.{argument}");
    match problems.into_iter().next() {
        Some(ArgumentProblem::Missing { argument, expected }) => inside(&within(argument), expected, Value::Null),
        Some(ArgumentProblem::Value { argument, expected, found, .. }) => inside(&within(argument), expected, found),
        Some(ArgumentProblem::Inside { argument, key, expected, found }) => {
            inside(&format!("{}.{key}", within(argument)), expected, found)
        }
        Some(problem @ (ArgumentProblem::Choice { .. } | ArgumentProblem::Unknown { .. })) => {
            let argument = problem.argument().unwrap_or_default().to_owned();
            let found = match &problem {
                ArgumentProblem::Choice { found, .. } => found.clone(),
                _ => Value::from(ArgumentError { class: class.to_owned(), problem: problem.clone() }.to_string()),
            };
            inside(&within(&argument), "what the layer takes there", found)
        }
        Some(ArgumentProblem::Twice { .. } | ArgumentProblem::TooMany { .. }) | None => {
            inside("config", "the layer's arguments", Value::Null)
        }
    }
}

impl Argument for Wrapped {
    const EXPECTED: &'static str = "a layer, such as `Dense(8)`";
    const TAKES_LAYERS: bool = true;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Self::read(value)
    }

    fn to_value(&self) -> Value {
        let policy =
            json!({ "module": "keras", "class_name": "DTypePolicy", "config": { "name": "float32" }, "registered_name": null });
        let mut config = Map::new();
        config.insert("name".to_owned(), self.name.clone().into());
        config.insert("trainable".to_owned(), self.trainable.into());
        config.insert("dtype".to_owned(), policy);
        config.extend(self.layer.write());
        if let AnyLayer::Custom(own) = &*self.layer {
            let registered = own.signature.registered_name();
            return json!({
                "module": null, "class_name": own.signature.name, "config": config, "registered_name": registered,
                SIGNATURE: own.signature.to_json(),
            });
        }
        json!({ "module": "keras.layers", "class_name": self.layer.class(), "config": config, "registered_name": null })
    }

    fn to_source(&self) -> String {
        let (class, mut source) = (snake_case(self.layer.class()), self.layer.source());
        let mut add = |text: String| {
            source.pop();
            let comma = if source.ends_with('(') { "" } else { ", " };
            source = format!("{source}{comma}{text})");
        };
        if self.name != class {
            add(format!("name = {}", Value::from(self.name.as_str())));
        }
        if !self.trainable {
            add("trainable = false".to_owned());
        }
        source
    }
}

/// Whether it is a layer that goes through a sequence step by step.
fn recurrent(value: &Value) -> Result<(Wrapped, Through), Mismatch> {
    const EXPECTED: Mismatch = Mismatch::Expected("a recurrent layer, such as `LSTM(8)`");
    if !value.is_object() {
        return Err(EXPECTED);
    }
    let layer = Wrapped::from_value(value)?;
    let through = layer.layer.through().ok_or(EXPECTED)?;
    // In Keras a masked step of either direction gives 0, not what the step before gave, which is another one for each.
    let zero_output_for_mask = through.return_sequences;
    let along = layer.layer.along(Through { zero_output_for_mask, ..through }).ok_or(EXPECTED)?;
    Ok((Wrapped { layer: Box::new(along), ..layer }, through))
}

/// The half of a bidirectional layer that starts at the beginning. Its name begins with `forward_`.
#[derive(Clone, Debug, PartialEq)]
pub struct ForwardLayer(pub Wrapped);

const FORWARD: &str = "forward_";
const BACKWARD: &str = "backward_";

impl ForwardLayer {
    /// The same layer from the end of the sequence, under the name that Keras gives it.
    #[must_use]
    pub fn turned(&self) -> Option<Wrapped> {
        let Wrapped { layer, name, trainable } = &self.0;
        let name = format!("{BACKWARD}{}", name.strip_prefix(FORWARD).unwrap_or(name));
        let through = Through { go_backwards: true, ..layer.through()? };
        Some(Wrapped { layer: Box::new(layer.along(through)?), name, trainable: *trainable })
    }
}

impl Argument for ForwardLayer {
    const EXPECTED: &'static str = "a recurrent layer, such as `LSTM(8)`";
    const TAKES_LAYERS: bool = true;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let (layer, through) = recurrent(value)?;
        if through.go_backwards {
            return Err(Mismatch::Expected("a recurrent layer that starts at the beginning, without `go_backwards`"));
        }
        let name = format!("{FORWARD}{}", layer.name.strip_prefix(FORWARD).unwrap_or(&layer.name));
        Ok(Self(Wrapped { name, ..layer }))
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn to_source(&self) -> String {
        let name = self.0.name.strip_prefix(FORWARD).unwrap_or(&self.0.name).to_owned();
        half_source(&Wrapped { name, ..self.0.clone() })
    }
}

/// The half of a bidirectional layer that starts at the end.
#[derive(Clone, Debug, PartialEq)]
pub struct BackwardLayer(pub Wrapped);

impl Argument for BackwardLayer {
    const EXPECTED: &'static str = "a recurrent layer with `go_backwards = true`, such as `LSTM(8, go_backwards = true)`";
    const TAKES_LAYERS: bool = true;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let (layer, through) = recurrent(value)?;
        if through.go_backwards { Ok(Self(layer)) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn to_source(&self) -> String {
        half_source(&self.0)
    }
}

/// A half as one would write it: what it does at masked steps follows from its being one.
fn half_source(half: &Wrapped) -> String {
    let along = half.layer.through().and_then(|it| half.layer.along(Through { zero_output_for_mask: false, ..it }));
    let layer = along.map_or_else(|| half.layer.clone(), Box::new);
    Wrapped { layer, ..half.clone() }.to_source()
}

/// Whether a layer is a cell, which computes one step.
fn is_cell(layer: &AnyLayer) -> bool {
    let through = Through { return_sequences: false, return_state: false, go_backwards: false, zero_output_for_mask: false };
    !layer.over(through).is_empty()
}

/// A cell, or several one behind the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell(pub Wrapped);

impl Argument for Cell {
    const EXPECTED: &'static str = "a cell, such as `LSTMCell(8)`, or a list of cells";
    const TAKES_LAYERS: bool = true;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_array() {
            let cells = Cells::from_value(value).map_err(|mismatch| match mismatch {
                Mismatch::Expected(_) => Mismatch::Expected(Self::EXPECTED),
                other => other,
            })?;
            return Ok(Self(Wrapped::new(StackedRNNCells { cells }.into(), None, true)));
        }
        if !value.is_object() {
            return Err(Mismatch::Expected(Self::EXPECTED));
        }
        let cell = Wrapped::from_value(value)?;
        if is_cell(&cell.layer) { Ok(Self(cell)) } else { Err(Mismatch::Expected(Self::EXPECTED)) }
    }

    fn to_value(&self) -> Value {
        self.0.to_value()
    }

    fn to_source(&self) -> String {
        let list = self.0.to_source();
        let items = list.strip_prefix("StackedRNNCells([").and_then(|rest| rest.strip_suffix("])"));
        items.map_or_else(|| list.clone(), |items| format!("[{items}]"))
    }
}

/// Cells one behind the other, each under a name of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Cells(pub Vec<Wrapped>);

impl Argument for Cells {
    const EXPECTED: &'static str = "a list of cells, such as `[LSTMCell(8), LSTMCell(4)]`";
    const TAKES_LAYERS: bool = true;

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let items = value.as_array().filter(|items| !items.is_empty()).ok_or(Mismatch::Expected(Self::EXPECTED))?;
        let mut cells: Vec<Wrapped> = Vec::new();
        let (mut taken, mut numbers) = (HashSet::new(), HashMap::new());
        for item in items {
            if !item.is_object() {
                return Err(Mismatch::Expected(Self::EXPECTED));
            }
            let cell = Wrapped::from_value(item)?;
            if !is_cell(&cell.layer) || matches!(*cell.layer, AnyLayer::StackedRNNCells(_)) {
                return Err(Mismatch::Expected(Self::EXPECTED));
            }
            let name = numbered(&cell.name, &taken, &mut numbers);
            taken.insert(name.clone());
            cells.push(Wrapped { name, ..cell });
        }
        Ok(Self(cells))
    }

    fn to_value(&self) -> Value {
        Value::Array(self.0.iter().map(Wrapped::to_value).collect())
    }

    fn to_source(&self) -> String {
        let (mut taken, mut numbers) = (HashSet::new(), HashMap::new());
        let cells = self.0.iter().map(|cell| {
            // The name that follows from the class is not written, and neither is the number that it gets.
            let class = snake_case(cell.layer.class());
            let follows = numbered(&class, &taken, &mut numbers.clone());
            let name = if cell.name == follows { class } else { cell.name.clone() };
            taken.insert(numbered(&name, &taken, &mut numbers));
            Wrapped { name, ..cell.clone() }.to_source()
        });
        format!("[{}]", cells.collect::<Vec<_>>().join(", "))
    }
}

/// A name, or where it is taken, the next of `name_1`, `name_2` that is not.
fn numbered(name: &str, taken: &HashSet<String>, numbers: &mut HashMap<String, usize>) -> String {
    let mut found = name.to_owned();
    while taken.contains(&found) {
        let number = numbers.entry(name.to_owned()).or_default();
        *number = number.saturating_add(1);
        found = format!("{name}_{number}");
    }
    found
}

/// How the outputs of both directions become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeMode {
    /// One behind the other along the last axis.
    Concat,
    /// Their sum.
    Sum,
    /// Their mean.
    Average,
    /// Their product.
    Multiply,
    /// Not at all: there are two outputs.
    Apart,
}

impl Argument for MergeMode {
    const EXPECTED: &'static str = "`\"concat\"`, `\"sum\"`, `\"ave\"`, `\"mul\"` or `None`";

    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        if value.is_null() {
            return Ok(Self::Apart);
        }
        let choices = [("concat", Self::Concat), ("sum", Self::Sum), ("ave", Self::Average), ("mul", Self::Multiply)];
        choose(value, &choices, Self::EXPECTED)
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Concat => "concat".into(),
            Self::Sum => "sum".into(),
            Self::Average => "ave".into(),
            Self::Multiply => "mul".into(),
            Self::Apart => Value::Null,
        }
    }
}
