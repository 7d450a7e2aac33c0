//! What a layer of the user's own holds: layers of Keras's, and models, each built for a shape that follows from the layer's own rule.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Custom;
use super::bind::Bound;
use super::parse;
use super::rule::{Pattern, RuleProblem, Size};
use crate::argument::{OwnFunction, size_value};
use crate::config;
use crate::graph::{Graph, Kind};
use crate::layer::{Manner, WeightSpec};
use crate::layers::{AnyLayer, Class};
use crate::message::{ArgumentError, CallError};
use crate::names::intern;
use crate::problem::Problem;
use crate::shape::TensorType;

/// What is wrong with a part that looks at all of a batch that ranks share: its layer's code runs on a piece, and knows of no other.
const SYNCHRONIZED: &str = "`synchronized = true` is there for layers of models only\nhelp: leave `synchronized` out";

/// A part of a layer of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomPart {
    /// Its name, which its weights' paths begin with.
    pub name: &'static str,
    /// What it is called with, a sample each; a model knows it by itself.
    pub inputs: Vec<Pattern>,
    /// What it is.
    pub kind: PartKind,
}

/// What a part is.
#[derive(Clone, Debug, PartialEq)]
pub enum PartKind {
    /// A layer of this class, with these arguments.
    Layer(&'static str, Vec<(&'static str, PartValue)>),
    /// A model.
    Model(Arc<Graph>),
}

/// An argument of a part that is a layer.
#[derive(Clone, Debug, PartialEq)]
pub enum PartValue {
    /// A value.
    Literal(Value),
    /// The value of an argument of the whole layer.
    Argument(&'static str),
    /// A size that is computed of the whole layer's arguments and its inputs' axes.
    Size(Size),
    /// Several of them.
    List(Vec<Self>),
}

/// A part as it is in a layer for some inputs.
#[derive(Clone, Debug, PartialEq)]
pub enum BuiltPart {
    /// A layer, and what it was built for.
    Layer(Box<AnyLayer>, Vec<TensorType>),
    /// A model.
    Model(Arc<Graph>),
}

impl BuiltPart {
    /// Its weights, under its name.
    fn weights(&self, name: &str) -> Vec<WeightSpec> {
        match self {
            Self::Layer(layer, inputs) => layer.weights(inputs).into_iter().map(|spec| spec.of(name, true)).collect(),
            Self::Model(graph) => {
                let named =
                    |(path, spec): (String, &WeightSpec)| WeightSpec { name: format!("{name}/{path}").into(), ..spec.clone() };
                graph.weights().into_iter().map(named).collect()
            }
        }
    }

    /// How many weights it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.weights("").len()
    }
}

impl CustomPart {
    /// The part for what has been bound.
    fn build(&self, layer: &Custom, bound: &Bound) -> Result<BuiltPart, Problem> {
        let fault = |message: String| Problem::from(RuleProblem::Part { name: self.name, message });
        let check = |functions: &[OwnFunction], synchronizes: bool| {
            check_activities(functions)?;
            if synchronizes { Err(fault(SYNCHRONIZED.to_owned())) } else { Ok(()) }
        };
        let (class, arguments) = match &self.kind {
            PartKind::Model(graph) => {
                check(&graph.activity_functions(), graph.synchronizes())?;
                return Ok(BuiltPart::Model(graph.clone()));
            }
            PartKind::Layer(class, arguments) => (*class, arguments),
        };
        let values = values(arguments, layer, &|size| bound.known_size(size).map(|size| size_value(&size)))?;
        let read = Class::find(class).map(|class| class.read(&values));
        let built = match read {
            Some(Ok(built)) => built,
            Some(Err(problems)) => {
                let problem = problems.into_iter().next();
                let words = |problem| ArgumentError { class: class.to_owned(), problem }.to_string();
                return Err(fault(problem.map(words).unwrap_or_default()));
            }
            None => return Err(fault(format!("there is no layer `{class}`"))),
        };
        let of_part = format!("its part `{}`", self.name);
        let inputs = self.inputs.iter().map(|pattern| bound.shape(pattern, &of_part).map(TensorType::f32));
        let inputs: Vec<TensorType> = inputs.collect::<Result<_, _>>()?;
        built
            .build(&inputs, Manner::default())
            .map_err(|problem| fault(CallError::of_types(&built, &inputs, problem).to_string()))?;
        check(&built.activity_functions(), built.synchronizes())?;
        Ok(BuiltPart::Layer(Box::new(built), inputs))
    }

    /// Whether a sample's output follows from the other samples of the batch, too.
    pub(super) fn mixes_samples(&self, layer: &Custom) -> bool {
        match &self.kind {
            PartKind::Model(graph) => Kind::Model(graph.clone()).mixes_samples(),
            PartKind::Layer(class, arguments) => {
                // Whatever its sizes are.
                let values = values(arguments, layer, &|_| Ok(Value::from(1))).unwrap_or_default();
                Class::find(class).and_then(|class| class.read(&values).ok()).is_some_and(|part| part.mixes_samples())
            }
        }
    }

    /// The part as text.
    pub(super) fn to_json(&self) -> Value {
        let inputs: Vec<String> = self.inputs.iter().map(Pattern::to_string).collect();
        match &self.kind {
            PartKind::Layer(class, arguments) => {
                let arguments: Map<String, Value> =
                    arguments.iter().map(|(name, value)| ((*name).to_owned(), value.to_json())).collect();
                json!({ "name": self.name, "inputs": inputs, "class": class, "arguments": arguments })
            }
            PartKind::Model(graph) => json!({ "name": self.name, "inputs": inputs, "model": config::write(graph) }),
        }
    }

    /// Reads what `to_json` has written, or nothing if it is something else.
    pub(super) fn from_json(text: &Value) -> Option<Self> {
        let name = intern(text.get("name")?.as_str()?);
        let pattern = |text: &Value| parse::pattern(text.as_str()?).ok();
        let inputs = text.get("inputs")?.as_array()?.iter().map(pattern).collect::<Option<_>>()?;
        let kind = match text.get("model") {
            Some(model) => PartKind::Model(Arc::new(config::from_json(&model.to_string()).ok()?.pruned().flat().ok()?)),
            None => {
                let argument = |(name, value): (&String, &Value)| Some((intern(name), PartValue::from_json(value)?));
                let arguments = text.get("arguments")?.as_object()?.iter().map(argument).collect::<Option<_>>()?;
                PartKind::Layer(intern(text.get("class")?.as_str()?), arguments)
            }
        };
        Some(Self { name, inputs, kind })
    }
}

/// Parts are made without functions of the user's own.
fn check_activities(functions: &[OwnFunction]) -> Result<(), Problem> {
    let first = functions.first().map(|function| Problem::ActivityFunction { function: function.to_source() });
    first.map_or(Ok(()), Err)
}

impl fmt::Display for CustomPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            PartKind::Model(graph) => write!(f, "`{}`", graph.name),
            PartKind::Layer(class, _) => {
                let inputs: Vec<String> = self.inputs.iter().map(Pattern::to_string).collect();
                write!(f, "`{class}` of {}", inputs.join(", "))
            }
        }
    }
}

impl PartValue {
    /// The value in a layer, where sizes come to this.
    fn resolve(&self, layer: &Custom, size: SizeOf<'_>) -> Result<Value, Problem> {
        match self {
            Self::Literal(value) => Ok(value.clone()),
            Self::Argument(name) => Ok(layer.arguments.get(*name).cloned().unwrap_or_default()),
            Self::Size(own) => size(own),
            Self::List(items) => items.iter().map(|item| item.resolve(layer, size)).collect(),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Literal(value) => value.clone(),
            Self::Argument(name) => json!({ "argument": name }),
            Self::Size(size) => json!({ "size": size.to_string() }),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
        }
    }

    fn from_json(text: &Value) -> Option<Self> {
        let word = |key: &str| text.get(key)?.as_str();
        Some(match (text, word("argument"), word("size")) {
            (_, Some(name), _) => Self::Argument(intern(name)),
            (_, _, Some(size)) => Self::Size(parse::size(size).ok()?),
            (Value::Array(items), ..) => Self::List(items.iter().map(Self::from_json).collect::<Option<_>>()?),
            (value, ..) => Self::Literal(value.clone()),
        })
    }
}

/// What a size comes to.
type SizeOf<'a> = &'a dyn Fn(&Size) -> Result<Value, Problem>;

/// The arguments of a part in a layer.
fn values(arguments: &[(&'static str, PartValue)], layer: &Custom, size: SizeOf<'_>) -> Result<Map<String, Value>, Problem> {
    arguments.iter().map(|(name, value)| Ok(((*name).to_owned(), value.resolve(layer, size)?))).collect()
}

impl Custom {
    /// The parts for inputs that fit the rule, with their names.
    pub(super) fn built(&self, bound: &Bound) -> Result<Vec<(&'static str, BuiltPart)>, Problem> {
        let parts = self.signature.parts.iter();
        parts.map(|part| Ok((part.name, part.build(self, bound)?))).collect()
    }

    /// The parts for inputs that `infer` has accepted, in order, with their names.
    #[must_use]
    pub fn parts(&self, inputs: &[TensorType]) -> Vec<(&'static str, BuiltPart)> {
        Bound::new(self, inputs).and_then(|bound| self.built(&bound)).unwrap_or_default()
    }

    /// The weights of the parts.
    pub(super) fn weights_of_parts(&self, bound: &Bound) -> Vec<WeightSpec> {
        let parts = self.built(bound).unwrap_or_default();
        parts.iter().flat_map(|(name, part)| part.weights(name)).collect()
    }
}
