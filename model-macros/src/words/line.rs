//! The line to write: an entry's, with what the user's call has in its place.

use model_graph::shape::Shape;
use serde_json::Value;

use super::computed::computed;
use super::{Place, Word};

/// What a call of another library's was given.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// What a function is called with, or a layer made with.
    pub arguments: Vec<Given>,
    /// What a layer is called with, if it is called.
    pub tensors: Option<Vec<Given>>,
}

/// Something that a call was given, in this language's words.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its text.
    pub text: String,
    /// Its value, where that is known.
    pub value: Value,
    /// Its shape, if it is a tensor, or that of the first of a list.
    pub shape: Option<Shape>,
}

/// A parameter of a word's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What might stand there.
    pub example: &'static str,
    /// Whether it may be left out.
    pub is_optional: bool,
    /// Whether it takes all that is left.
    pub takes_rest: bool,
}

impl Word {
    /// The parameters of a call.
    pub fn parameters(&self) -> Vec<Parameter> {
        let named = |name| Parameter { name, example: name, is_optional: false, takes_rest: false };
        match self.place {
            Place::Operator(..) => return ["a", "b"].map(named).to_vec(),
            Place::Argument => return vec![named("value")],
            _ => {}
        }
        let Some((_, list)) = self.written.split_once('(') else { return Vec::new() };
        let mut rest = list.strip_suffix(')').unwrap_or(list);
        let mut found = Vec::new();
        while !rest.is_empty() {
            let end = if rest.starts_with('*') { rest.len() } else { item_end(rest) };
            let (item, behind) = rest.split_at(end);
            found.push(parameter(item.trim()));
            rest = behind.trim_start_matches([',', ' ']);
        }
        found
    }

    fn is_layer(&self) -> bool {
        matches!(self.place, Place::Layer | Place::Absent)
    }

    /// A call as it may be written there, with what must be given.
    pub fn example(&self) -> Call {
        let given = |parameter: &Parameter| Given { text: parameter.example.to_owned(), ..Given::default() };
        let needed: Vec<Parameter> = self.parameters().into_iter().filter(|parameter| !parameter.is_optional).collect();
        let tensor = Given { text: "x".to_owned(), ..Given::default() };
        Call { arguments: needed.iter().map(given).collect(), tensors: self.is_layer().then(|| vec![tensor]) }
    }

    /// The parts of a user's call by the names of the parameters.
    fn bound(&self, call: &Call) -> Bound {
        let parameters = self.parameters();
        let mut parts = Vec::new();
        let unnamed: Vec<&Given> = call.arguments.iter().filter(|given| given.name.is_none()).collect();
        for (i, parameter) in parameters.into_iter().enumerate() {
            let named = call.arguments.iter().find(|given| given.name.as_deref() == Some(parameter.name));
            let given = match parameter.takes_rest {
                true => unnamed.get(i..).unwrap_or_default().iter().map(|given| (*given).clone()).collect(),
                false => unnamed.get(i).copied().or(named).into_iter().cloned().collect(),
            };
            parts.push((parameter, given));
        }
        let tensors = if self.is_layer() { call.tensors.clone() } else { None };
        let is_pooling = self.name().to_lowercase().contains("pool");
        Bound { parts, tensors, is_layer: self.is_layer(), is_pooling }
    }

    /// The line with the parts of a call put in, or what to say where it has none.
    pub fn filled(&self, call: &Call) -> Result<String, &'static str> {
        let bound = self.bound(call);
        if let Some(whole) = self.line.strip_prefix('=') {
            return bound.filled(whole);
        }
        if self.line.contains("{x}") || !self.is_called() {
            return bound.filled(self.line);
        }
        let layers: Vec<String> = self.line.split('|').map(|layer| bound.filled(layer)).collect::<Result<_, _>>()?;
        let layers: Vec<String> = layers.into_iter().filter(|layer| !layer.is_empty()).collect();
        Ok(match bound.operand() {
            _ if layers.is_empty() => String::new(),
            None => layers.join(", "),
            Some(tensors) => layers.iter().fold(tensors, |inner, layer| format!("{layer}({inner})")),
        })
    }
}

/// Where the first item of a list with commas ends.
fn item_end(list: &str) -> usize {
    let mut depth = 0_i32;
    for (place, sign) in list.char_indices() {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => return place,
            _ => {}
        }
    }
    list.len()
}

/// `name = example`, `[name = example]`, `*name = example`
fn parameter(item: &'static str) -> Parameter {
    let inner = item.strip_prefix('[').and_then(|item| item.strip_suffix(']'));
    let rest = item.strip_prefix('*');
    let text = inner.or(rest).unwrap_or(item);
    let (name, example) = text.split_once(" = ").unwrap_or((text, text));
    Parameter { name, example, is_optional: inner.is_some(), takes_rest: rest.is_some() }
}

/// The parts of a call, by the names of its parameters.
#[derive(Debug)]
pub struct Bound {
    parts: Vec<(Parameter, Vec<Given>)>,
    tensors: Option<Vec<Given>>,
    is_layer: bool,
    /// Whether it is one of the poolings, which step by their window.
    pub is_pooling: bool,
}

impl Bound {
    /// What was given for a parameter.
    pub fn get(&self, name: &str) -> Option<&Given> {
        self.rest(name).first()
    }

    /// All that was given for a parameter which takes what is left.
    pub fn rest(&self, name: &str) -> &[Given] {
        self.parts.iter().find(|(parameter, _)| parameter.name == name).map_or(&[], |(_, given)| given)
    }

    /// The whole number that was given.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.value.as_i64()
    }

    /// The whole numbers that were given, one or a list.
    pub fn numbers(&self, name: &str) -> Option<Vec<i64>> {
        numbers(&self.get(name)?.value)
    }

    /// What is given first, or the layer is called with: the tensor.
    fn subject(&self) -> &[Given] {
        let first = || self.parts.first().map_or(&[] as &[Given], |(_, given)| given);
        self.tensors.as_deref().unwrap_or_else(first)
    }

    /// The tensor's shape.
    pub fn shape(&self) -> Option<&Shape> {
        self.subject().first()?.shape.as_ref()
    }

    /// The text of what is called with.
    fn operand(&self) -> Option<String> {
        let texts: Vec<&str> = self.subject().iter().map(|given| given.text.as_str()).collect();
        (!texts.is_empty() && (self.tensors.is_some() || !self.is_layer)).then(|| texts.join(", "))
    }

    /// The text that stands for a parameter.
    fn text(&self, name: &str) -> String {
        if name == "x" && self.tensors.is_some() {
            return self.operand().unwrap_or_default();
        }
        let example = || self.parts.iter().find(|(parameter, _)| parameter.name == name).map(|(parameter, _)| parameter.example);
        self.get(name).map_or_else(|| example().unwrap_or(name).to_owned(), |given| given.text.clone())
    }

    /// A line with its `{name}`, `{=computed}`, and `<, of = {name}>` where that is given.
    fn filled(&self, line: &str) -> Result<String, &'static str> {
        let (mut text, mut rest) = (String::new(), line);
        while let Some(place) = rest.find(['{', '<']) {
            let (before, from) = rest.split_at(place);
            text += before;
            let close = if from.starts_with('{') { '}' } else { '>' };
            let Some((part, behind)) = from.get(1..).and_then(|from| from.split_once(close)) else { break };
            rest = behind;
            text += &match (close, part.strip_prefix('=')) {
                ('}', Some(what)) => computed(what, self)?,
                ('}', None) => self.text(part),
                _ if self.is_given(part) => self.filled(part)?,
                _ => String::new(),
            };
        }
        Ok(text + rest)
    }

    /// Whether all that an optional part names is given.
    fn is_given(&self, part: &str) -> bool {
        let names = part.split('{').skip(1).filter_map(|from| from.split('}').next());
        names.into_iter().all(|name| self.get(name).is_some())
    }
}

/// The whole numbers in a value: one, or a list.
pub fn numbers(value: &Value) -> Option<Vec<i64>> {
    match value {
        Value::Array(items) => items.iter().map(Value::as_i64).collect(),
        other => other.as_i64().map(|number| vec![number]),
    }
}
