//! What a layer of the user's own declares, and the text that it travels as.

use serde_json::{Map, Value, json};

use super::parse::{self, Fault};
use super::rule::{Pattern, Rule};
use super::{ArgumentType, Custom, CustomPart};
use crate::argument::{Argument, Constraint, Initializer, Regularizer, near, source};
use crate::layer::{ArgumentSpec, Arity};
use crate::names::intern;
use crate::problem::ArgumentProblem;

/// The declaration of a layer of the user's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature {
    /// The name of its struct, which is its class.
    pub name: &'static str,
    /// What stands before the name where it is saved: Keras's `package`.
    pub package: &'static str,
    /// The arguments, which are the struct's fields in order.
    pub arguments: Vec<CustomArgument>,
    /// How the outputs' shapes follow.
    pub rule: Rule,
    /// The weights.
    pub weights: Vec<CustomTensor>,
    /// The layers and models that it holds.
    pub parts: Vec<CustomPart>,
    /// What forward saves for backward.
    pub saved: Vec<CustomTensor>,
}

/// An argument of a user's layer.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomArgument {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: ArgumentType,
    /// Its value where a call gives none.
    pub default: Option<Value>,
    /// What it does.
    pub doc: &'static str,
}

/// A weight of a user's layer, or what it saves.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomTensor {
    /// Its name.
    pub name: &'static str,
    /// Its shape.
    pub shape: Pattern,
    /// How a weight starts.
    pub initializer: Initializer,
    /// Whether training changes a weight.
    pub trainable: bool,
    /// The penalty on a weight, which the loss includes.
    pub regularizer: Option<Regularizer>,
    /// What a weight is made to be after every step.
    pub constraint: Option<Constraint>,
}

impl CustomTensor {
    /// What is saved, or a weight of zeros of which nothing is asked.
    #[must_use]
    pub const fn plain(name: &'static str, shape: Pattern) -> Self {
        Self { name, shape, initializer: Initializer::ZEROS, trainable: false, regularizer: None, constraint: None }
    }

    /// The weight as text: what it does not say is as it mostly is.
    fn weight(&self) -> Value {
        let Self { name, shape, initializer, trainable, regularizer, constraint } = self;
        let by_name = initializer.to_source();
        let is_name = by_name.starts_with('"');
        let initializer = if is_name { json!(by_name.trim_matches('"')) } else { initializer.to_value() };
        let mut weight = json!({ "name": name, "shape": shape.to_string(), "initializer": initializer, "trainable": trainable });
        let asked = [("regularizer", regularizer.to_value()), ("constraint", constraint.to_value())];
        for (key, value) in asked.into_iter().filter(|(_, value)| !value.is_null()) {
            if let Some(weight) = weight.as_object_mut() {
                weight.insert(key.to_owned(), value);
            }
        }
        weight
    }

    /// This with what the text of a weight tells of it.
    fn told(self, text: &Value) -> Option<Self> {
        let asked = |key: &str| text.get(key).unwrap_or(&Value::Null);
        Some(Self {
            initializer: Initializer::from_value(text.get("initializer")?).ok()?,
            trainable: text.get("trainable")?.as_bool()?,
            regularizer: Option::from_value(asked("regularizer")).ok()?,
            constraint: Option::from_value(asked("constraint")).ok()?,
            ..self
        })
    }
}

/// What is wrong with a declaration: its faults are found where it is made, so that whoever reads it later finds none.
#[derive(Clone, Debug, PartialEq)]
pub enum SignatureFault {
    /// A name is neither a dimension of an input nor an argument.
    Unknown {
        /// The name.
        name: &'static str,
        /// The dimensions and arguments that there are.
        known: Vec<&'static str>,
    },
    /// A name is computed with before it stands alone in an input, which says what it is.
    Early {
        /// The name.
        name: &'static str,
    },
    /// An argument that is no size is used as one.
    NoSize {
        /// The argument.
        name: &'static str,
        /// Its type.
        ty: ArgumentType,
    },
    /// `..` stands for something in one place only.
    Open {
        /// Where it is missing: the output, or one of several inputs.
        missing: Pattern,
    },
    /// `..` stands where nothing says what it is.
    Unopened {
        /// Where it stands.
        found: Pattern,
    },
}

impl Signature {
    /// The name it is saved by, as Keras makes it: `Custom>CustomDense`.
    #[must_use]
    pub fn registered_name(&self) -> String {
        format!("{}>{}", self.package, self.name)
    }

    /// How many tensors it takes.
    #[must_use]
    pub fn arity(&self) -> Arity {
        match self.rule.inputs.len() {
            1 => Arity::One,
            count => Arity::Exactly(count),
        }
    }

    /// The arguments as all layers declare theirs.
    #[must_use]
    pub fn specs(&self) -> Vec<ArgumentSpec> {
        let spec = |CustomArgument { name, ty, default, doc }: &CustomArgument| ArgumentSpec {
            name,
            expected: ty.expected(),
            default: default.as_ref().map(source),
            objects: &[],
            takes_layers: false,
            doc,
        };
        self.arguments.iter().map(spec).collect()
    }

    /// The values of all arguments, in order.
    ///
    /// # Errors
    /// All problems of all arguments: unknown, missing, of another type.
    pub fn values(&self, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<ArgumentProblem>> {
        let valid: Vec<&'static str> = self.arguments.iter().map(|argument| argument.name).collect();
        let unknown = given.keys().filter(|name| !valid.contains(&name.as_str()));
        let mut problems: Vec<ArgumentProblem> =
            unknown.map(|name| ArgumentProblem::Unknown { argument: name.clone(), valid: valid.clone() }).collect();
        let mut values = Map::new();
        for CustomArgument { name: argument, ty, default, .. } in &self.arguments {
            let expected = ty.expected();
            match (given.get(*argument), default) {
                (Some(found), _) => match ty.read(found) {
                    Some(value) => drop(values.insert((*argument).to_owned(), value)),
                    None => {
                        let near = near(found, &|value| ty.read(value).is_some());
                        problems.push(ArgumentProblem::Value { argument, expected, found: found.clone(), near });
                    }
                },
                (None, Some(default)) => drop(values.insert((*argument).to_owned(), default.clone())),
                (None, None) => problems.push(ArgumentProblem::Missing { argument, expected }),
            }
        }
        if problems.is_empty() { Ok(values) } else { Err(problems) }
    }

    /// Checks that a shape's names are known: those of its rule's inputs, and the arguments that are sizes.
    ///
    /// # Errors
    /// The first name that is not.
    pub fn check_names(&self, shape: &Pattern) -> Result<(), SignatureFault> {
        let known = self.names();
        shape.sizes.iter().flat_map(super::Size::names).try_for_each(|name| self.check_name(name, &known))?;
        if shape.is_open && !self.rule.inputs.iter().any(|input| input.is_open) {
            return Err(SignatureFault::Unopened { found: shape.clone() });
        }
        Ok(())
    }

    /// Checks the rule: every name is bound before it is used, and `..` stands everywhere or nowhere.
    ///
    /// # Errors
    /// The first fault.
    pub fn check_rule(&self) -> Result<(), SignatureFault> {
        let arguments = self.arguments.iter().map(|argument| argument.name);
        let mut known: Vec<&'static str> = arguments.collect();
        for size in self.rule.inputs.iter().flat_map(|input| &input.sizes) {
            if let super::Size::Name(name) = size
                && !known.contains(name)
            {
                known.push(name);
            }
            let is_bound_later = |name: &&'static str| !known.contains(name) && self.binds().contains(name);
            if let Some(name) = size.names().into_iter().find(is_bound_later) {
                return Err(SignatureFault::Early { name });
            }
            size.names().into_iter().try_for_each(|name| self.check_name(name, &known))?;
        }
        let is_open = self.rule.inputs.iter().any(|input| input.is_open);
        let patterns = || self.rule.inputs.iter().chain(&self.rule.outputs);
        if let (true, Some(missing)) = (is_open, patterns().find(|pattern| !pattern.is_open)) {
            return Err(SignatureFault::Open { missing: missing.clone() });
        }
        self.rule.outputs.iter().try_for_each(|output| self.check_names(output))
    }

    fn check_name(&self, name: &'static str, known: &[&'static str]) -> Result<(), SignatureFault> {
        match self.arguments.iter().find(|argument| argument.name == name) {
            Some(argument) if argument.ty != ArgumentType::Size => Err(SignatureFault::NoSize { name, ty: argument.ty.clone() }),
            None if !known.contains(&name) => {
                let is_size = |name: &&'static str| {
                    self.arguments.iter().all(|argument| argument.name != *name || argument.ty == ArgumentType::Size)
                };
                Err(SignatureFault::Unknown { name, known: known.iter().copied().filter(is_size).collect() })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// The names that stand alone in inputs, which bind them.
    fn binds(&self) -> Vec<&'static str> {
        let sizes = self.rule.inputs.iter().flat_map(|input| &input.sizes);
        sizes.filter_map(|size| if let super::Size::Name(name) = size { Some(*name) } else { None }).collect()
    }

    /// The names that shapes may have: the dimensions of the inputs, and the arguments.
    fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = Vec::new();
        for name in self.binds().into_iter().chain(self.arguments.iter().map(|argument| argument.name)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// The declaration as text.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let argument = |CustomArgument { name, ty, default, doc }: &CustomArgument| {
            let mut argument = json!({ "name": name, "type": ty.to_string(), "doc": doc });
            if let (Some(default), Some(argument)) = (default, argument.as_object_mut()) {
                argument.insert("default".to_owned(), default.clone());
            }
            argument
        };
        let saved = |CustomTensor { name, shape, .. }: &CustomTensor| json!({ "name": name, "shape": shape.to_string() });
        json!({
            "name": self.name,
            "package": self.package,
            "arguments": self.arguments.iter().map(argument).collect::<Vec<_>>(),
            "shape": self.rule.to_string(),
            "weights": self.weights.iter().map(CustomTensor::weight).collect::<Vec<_>>(),
            "parts": self.parts.iter().map(CustomPart::to_json).collect::<Vec<_>>(),
            "saved": self.saved.iter().map(saved).collect::<Vec<_>>(),
        })
    }

    /// Reads what `to_json` has written, or nothing if it is something else.
    #[must_use]
    pub fn from_json(text: &Value) -> Option<Self> {
        let word = |value: &Value, key: &str| value.get(key)?.as_str().map(intern);
        let argument = |value: &Value| {
            let (name, doc) = (word(value, "name")?, word(value, "doc")?);
            Some(CustomArgument {
                name,
                ty: ArgumentType::of(word(value, "type")?)?,
                default: value.get("default").cloned(),
                doc,
            })
        };
        let read = |found: Result<Pattern, Fault>| found.ok();
        let saved = |value: &Value| {
            let (name, shape) = (word(value, "name")?, read(parse::pattern(word(value, "shape")?))?);
            Some(CustomTensor::plain(name, shape))
        };
        let weight = |value: &Value| saved(value)?.told(value);
        let list = |key: &str| text.get(key).and_then(Value::as_array);
        Some(Self {
            name: word(text, "name")?,
            package: word(text, "package")?,
            arguments: list("arguments")?.iter().map(argument).collect::<Option<_>>()?,
            rule: parse::rule(word(text, "shape")?).ok()?,
            weights: list("weights")?.iter().map(weight).collect::<Option<_>>()?,
            parts: list("parts").into_iter().flatten().map(CustomPart::from_json).collect::<Option<_>>()?,
            saved: list("saved")?.iter().map(saved).collect::<Option<_>>()?,
        })
    }
}

impl Custom {
    /// A layer of a declaration.
    ///
    /// # Errors
    /// All problems of all arguments: unknown, missing, of another type.
    pub fn new(signature: std::sync::Arc<Signature>, given: &Map<String, Value>) -> Result<Self, Vec<ArgumentProblem>> {
        let arguments = signature.values(given)?;
        Ok(Self { signature, arguments })
    }
}
