//! The arguments of layers and models: positions to names, values to data, and the places of both.

use model_graph::layers::{AnyLayer, Declaration};
use model_graph::message::{ArgumentError, Operand};
use model_graph::problem::ArgumentProblem;
use proc_macro2::Ident;
use serde_json::{Map, Value as Json};

use super::Lowering;
use super::foreign::{argument_in_other_words, value_in_other_words};
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, ExprKind, Range, is_constant_like};

/// What every layer and model takes besides its own arguments.
#[derive(Clone, Debug)]
pub struct Common {
    /// The name it is given.
    pub name: Option<String>,
    /// Whether training changes its weights.
    pub trainable: bool,
}

impl<'p> Lowering<'p, '_> {
    /// Where an argument of a layer is written, by its name or by its position.
    pub fn place(&self, arguments: &[Argument], class: &str, name: &str) -> Option<Range> {
        let named = arguments.iter().find(|argument| argument.name.as_ref().is_some_and(|given| given == name));
        let names = self.declaration(class).map(|declaration| declaration.parameters()).unwrap_or_default();
        let position = names.iter().position(|known| *known == name);
        let by_position = position.and_then(|i| arguments.get(i)).filter(|argument| argument.name.is_none());
        named.or(by_position).map(|argument| argument.value.range)
    }

    /// Makes a layer of a class from the arguments of its call.
    pub fn layer_arguments(
        &mut self,
        frame: &mut Frame<'p>,
        declaration: &Declaration,
        layer: &Ident,
        arguments: &'p [Argument],
    ) -> Option<(AnyLayer, Common)> {
        let (class, names) = (declaration.name(), declaration.arguments().iter().map(|spec| spec.name).collect::<Vec<_>>());
        let (given, mut common, mut is_sound) = self.name_arguments(frame, class, &names, arguments);
        // A layer of the user's own may take none of something.
        let least = if let Declaration::Class(_) = declaration { 1 } else { 0 };
        let mut values = Map::new();
        for (name, argument) in given {
            match (name.as_str(), self.data(frame, class, &name, argument)) {
                (_, None) => is_sound = false,
                // As in Keras, no name is one that is found for it.
                ("name", Some(Json::Null)) => {}
                ("name", Some(value)) => common.name = self.layer_name(frame, &value, argument),
                ("trainable", Some(value)) => common.trainable = self.trainable(frame, class, &value, argument),
                (_, Some(value)) => {
                    self.check_argument(frame, argument.value.range, &value, least);
                    values.insert(name, value);
                }
            }
        }
        if !is_sound {
            values.retain(|name, _| names.contains(&name.as_str()));
        }
        match declaration.read(&values) {
            Ok(read) if is_sound => Some((read, common)),
            Ok(_) => None,
            Err(problems) => {
                for problem in problems.into_iter().filter(|problem| is_sound || !is_missing(problem)) {
                    let place = self.argument_place(class, &problem, layer, arguments);
                    if let Some((range, error)) = self.object_problem(declaration, &problem, arguments, &values) {
                        self.error(frame, range.unwrap_or(place), error);
                        continue;
                    }
                    match value_in_other_words(class, &problem, &values) {
                        Some(message) => self.error(frame, place, message),
                        None => self.error(frame, place, ArgumentError { class: class.to_owned(), problem }),
                    }
                }
                None
            }
        }
    }

    /// The arguments of a nested model: only those that all layers take.
    pub fn model_arguments(&mut self, frame: &mut Frame<'p>, model: &Ident, arguments: &'p [Argument]) -> Option<Common> {
        let mut common = Common { name: None, trainable: true };
        let class = model.to_string();
        for argument in arguments {
            let name = argument.name.as_ref().map(ToString::to_string);
            match name.as_deref() {
                Some(name @ ("name" | "trainable")) => self.common(frame, &class, name, argument, &mut common)?,
                Some(unknown) => {
                    let range = argument.name.as_ref().map_or(argument.value.range, |name| name.span().into());
                    self.error(frame, range, diagnostics::model_keyword(&class, unknown));
                    return None;
                }
                None => {
                    let found = self.expression(frame, &argument.value);
                    if !found.is_broken() {
                        let found = found.describe(frame);
                        self.error(frame, argument.value.range, diagnostics::model_argument(&class, &found));
                    }
                    return None;
                }
            }
        }
        Some(common)
    }

    /// Reads what every layer and model takes.
    pub fn common(
        &mut self,
        frame: &mut Frame<'p>,
        class: &str,
        name: &str,
        argument: &'p Argument,
        common: &mut Common,
    ) -> Option<()> {
        let value = self.data(frame, class, name, argument)?;
        match name {
            "name" if value.is_null() => {}
            "name" => common.name = Some(self.layer_name(frame, &value, argument)?),
            _ => common.trainable = self.trainable(frame, class, &value, argument),
        }
        Some(())
    }

    /// Gives every argument its name; what is unknown, given twice or too much is noted.
    #[allow(clippy::type_complexity)] // names with arguments, what all layers have, and whether all is well
    pub fn name_arguments(
        &mut self,
        frame: &Frame<'p>,
        class: &str,
        names: &[&'static str],
        arguments: &'p [Argument],
    ) -> (Vec<(String, &'p Argument)>, Common, bool) {
        let mut given: Vec<(String, &'p Argument)> = Vec::new();
        let mut is_sound = true;
        for (i, argument) in arguments.iter().enumerate() {
            let name = match &argument.name {
                Some(name) => Ok(name.to_string()),
                None => names.get(i).map(|name| (*name).to_owned()).ok_or(()),
            };
            let problem = match &name {
                Ok(name) if given.iter().any(|(other, _)| other == name) => ArgumentProblem::Twice { argument: name.clone() },
                Ok(name) if !names.contains(&name.as_str()) && name != "name" && name != "trainable" => {
                    ArgumentProblem::Unknown { argument: name.clone(), valid: names.to_vec() }
                }
                Ok(name) => {
                    given.push((name.clone(), argument));
                    continue;
                }
                Err(()) => ArgumentProblem::TooMany { most: names.len(), found: arguments.len() },
            };
            let is_told = !is_sound && matches!(problem, ArgumentProblem::TooMany { .. });
            is_sound = false;
            if is_told {
                continue;
            }
            let range = argument.name.as_ref().map_or(argument.value.range, |name| name.span().into());
            let unknown = if let ArgumentProblem::Unknown { .. } = problem {
                argument_in_other_words(class, names, argument)
            } else {
                None
            };
            match unknown {
                Some(message) => self.error(frame, range, message),
                None => self.error(frame, range, ArgumentError { class: class.to_owned(), problem }),
            }
        }
        (given, Common { name: None, trainable: true }, is_sound)
    }

    /// The narrowest place that a fault of an argument is at.
    fn argument_place(&self, class: &str, problem: &ArgumentProblem, layer: &Ident, arguments: &[Argument]) -> Range {
        problem.argument().and_then(|name| self.place(arguments, class, name)).unwrap_or(layer.span().into())
    }

    /// The data that an argument must be.
    pub fn data(&mut self, frame: &mut Frame<'p>, layer: &str, name: &str, argument: &'p Argument) -> Option<Json> {
        if self.takes_layers(layer, name) {
            return self.wrapped(frame, layer, name, &argument.value);
        }
        if let Some(value) = self.object_for(frame, layer, name, &argument.value) {
            return if let Value::Data(value) = value { Some(value) } else { None };
        }
        if self.foreign_option(frame, layer, name, &argument.value) {
            return None;
        }
        if let ExprKind::Name(word) = &argument.value.kind
            && !frame.bindings.contains(&word.to_string())
            && !self.is_callable(frame, &word.to_string())
            && self.constant(frame.items, &word.to_string()).is_none()
        {
            let specs = self.declaration(layer).map(|declaration| declaration.arguments()).unwrap_or_default();
            let takes_words = specs.iter().any(|spec| spec.name == name && spec.expected.contains('"'));
            if let Some(function) = self.own_function(layer, name, word, argument.value.range) {
                return Some(function);
            }
            let word = word.to_string();
            if takes_words && (!is_constant_like(&word) || self.accepts(layer, name, &word.to_lowercase())) {
                self.error(frame, argument.value.range, diagnostics::unquoted(name, &word));
                return None;
            }
        }
        match self.expression(frame, &argument.value) {
            Value::Data(value) => Some(value),
            other if other.is_broken() => None,
            other => {
                let tensor = if let Value::Tensor(tensor) = &other { Some(frame.graph.operand(*tensor)) } else { None };
                let takes_nothing_first =
                    self.declaration(layer).is_some_and(|declaration| declaration.read(&Map::new()).is_ok());
                let message = match tensor {
                    Some(Operand { label, ty, .. }) if takes_nothing_first && argument.name.is_none() => {
                        diagnostics::not_made(layer, &label, &ty)
                    }
                    tensor => {
                        let (found, label) = (other.describe(frame), tensor.map(|tensor| tensor.label));
                        diagnostics::expected_value(layer, name, &found, label.as_deref())
                    }
                };
                self.error(frame, argument.value.range, message);
                None
            }
        }
    }

    /// Whether an argument of a class may be this word.
    fn accepts(&self, class: &str, name: &str, word: &str) -> bool {
        let given = Map::from_iter([(name.to_owned(), Json::from(word))]);
        let problems = self.declaration(class).and_then(|declaration| declaration.read(&given).err()).unwrap_or_default();
        !problems.iter().any(|problem| problem.argument() == Some(name))
    }

    /// A layer's name becomes a field's.
    fn layer_name(&mut self, frame: &mut Frame<'p>, value: &Json, argument: &Argument) -> Option<String> {
        let name = value.as_str().unwrap_or_default();
        let starts_well = name.chars().next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        let is_reserved = ["_", "self", "Self", "super", "crate"].contains(&name);
        let is_identifier = starts_well && !is_reserved && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !is_identifier {
            let found = model_graph::argument::source(value);
            self.error(frame, argument.value.range, diagnostics::name_argument(&format!("`{found}`")));
            return None;
        }
        self.named.push((name.to_owned(), argument.value.range));
        if !matches!(argument.value.kind, ExprKind::Literal(_)) {
            frame.computed_names.insert(name.to_owned());
        }
        Some(name.to_owned())
    }

    fn trainable(&mut self, frame: &Frame<'p>, class: &str, value: &Json, argument: &Argument) -> bool {
        if let Some(trainable) = value.as_bool() {
            return trainable;
        }
        let problem =
            ArgumentProblem::Value { argument: "trainable", expected: "`true` or `false`", found: value.clone(), near: None };
        self.error(frame, argument.value.range, ArgumentError { class: class.to_owned(), problem });
        true
    }
}

fn is_missing(problem: &ArgumentProblem) -> bool {
    matches!(problem, ArgumentProblem::Missing { .. })
}
