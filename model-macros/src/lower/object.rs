//! Objects among values: `L2(1e-4)`, `RandomNormal(stddev = 0.02)`. A call of a class becomes what Keras's configuration has.

use model_graph::argument::{ObjectClass, OwnFunction, near, object, object_class, object_value};
use model_graph::layers::{Class, Declaration};
use model_graph::message::{ArgumentError, nearest};
use model_graph::problem::ArgumentProblem;
use proc_macro2::Ident;
use serde_json::{Map, Value as Json};

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, Expr, ExprKind, Range, is_constant_like};
use crate::words;

impl<'p> Lowering<'p, '_> {
    /// The object that an argument's value makes, if it is the call of a class, of whatever spelling; a fault is noted and gives `Broken`.
    pub fn object_for(&mut self, frame: &mut Frame<'p>, layer: &str, name: &str, expr: &'p Expr) -> Option<Value> {
        let ExprKind::Call(callee, arguments) = &expr.kind else { return None };
        let specs = self.declaration(layer).map(|declaration| declaration.arguments()).unwrap_or_default();
        let classes = specs.iter().find(|spec| spec.name == name)?.objects;
        let word = words::last_name(callee).filter(|_| !classes.is_empty() && !self.is_bound(frame, callee))?;
        let (written, is_bare) = (word.to_string(), matches!(callee.kind, ExprKind::Name(_)));
        if is_bare && self.is_own(frame, &written) {
            return None;
        }
        // `Identity` is a layer, too: here the argument says what is meant.
        if let Some(class) = classes.iter().find(|class| is_bare && class.name == written) {
            return Some(self.object(frame, class, arguments));
        }
        if is_bare && Class::find(&written).is_some() {
            return None;
        }
        let names: Vec<&'static str> = classes.iter().map(|class| class.name).collect();
        if let Some(meant) = words::meant(&written, &names) {
            // Without arguments, the name alone says it.
            if arguments.is_empty() {
                return None;
            }
            let texts: Vec<String> = arguments.iter().map(words::argument_text).collect();
            self.tell(frame, expr.range, diagnostics::foreign_object(name, &written, meant, &texts.join(", ")));
            return Some(Value::Broken);
        }
        // A name that begins with a small letter may be a block's that is declared elsewhere.
        let is_class = is_bare && written.starts_with(char::is_uppercase) && words::called(None, &written).is_none();
        if !is_class {
            return None;
        }
        if nearest(&written, &names).is_none() && arguments.iter().all(|argument| argument.name.is_some()) {
            return Some(self.own_object(frame, &written, callee.range, arguments));
        }
        let spec = specs.iter().find(|spec| spec.name == name)?;
        let problem = ArgumentProblem::Choice { argument: spec.name, choices: names, found: Json::from(written) };
        self.error(frame, callee.range, ArgumentError { class: layer.to_owned(), problem });
        Some(Value::Broken)
    }

    /// The object of a struct of the code around, whose fields are named.
    fn own_object(&mut self, frame: &mut Frame<'p>, class: &str, range: Range, arguments: &'p [Argument]) -> Value {
        let (mut config, mut is_sound) = (Map::new(), true);
        for (argument, name) in arguments.iter().filter_map(|argument| Some((argument, argument.name.as_ref()?.to_string()))) {
            let value = self.data(frame, class, &name, argument);
            is_sound &= value.is_some();
            config.insert(name, value.unwrap_or_default());
        }
        self.stands_at(class, range);
        let object = || object_value(&format!("Custom>{class}"), &Json::Object(config));
        if is_sound { Value::Data(object()) } else { Value::Broken }
    }

    /// Notes where a function or a struct of the code around stands first.
    fn stands_at(&mut self, name: &str, range: Range) {
        if !self.functions.iter().any(|(known, _)| known == name) {
            self.functions.push((name.to_owned(), range));
        }
    }

    /// The function of the code around that a name stands for, where an argument says what is done with a weight: no word that stands for
    /// something of Keras's without its quotes.
    pub fn own_function(&mut self, layer: &str, name: &str, word: &Ident, range: Range) -> Option<Json> {
        let declaration = self.declaration(layer)?;
        let classes: Vec<&str> =
            declaration.arguments().iter().find(|spec| spec.name == name)?.objects.iter().map(|class| class.name).collect();
        let written = word.to_string();
        if classes.is_empty() || is_constant_like(&written) || words::meant(&written, &classes).is_some() {
            return None;
        }
        let given = Map::from_iter([(name.to_owned(), Json::from(written.as_str()))]);
        let choices = declaration.read(&given).err()?.into_iter().find_map(|problem| match problem {
            ArgumentProblem::Choice { argument, choices, .. } if argument == name => Some(choices),
            _ => None,
        })?;
        let function = OwnFunction::new(&written).filter(|_| nearest(&written, &choices).is_none())?;
        self.stands_at(&written, range);
        Some(function.to_value())
    }

    /// The object that a call stands for anywhere: `let decay = L2(1e-4);`, `let start = RandomNormal(stddev = 0.02);`.
    pub fn object_anywhere(&mut self, frame: &mut Frame<'p>, name: &Ident, arguments: &'p [Argument]) -> Option<Value> {
        let class = object_class(&name.to_string())?;
        Some(self.object(frame, class, arguments))
    }

    /// The object of a class that a call makes.
    fn object(&mut self, frame: &mut Frame<'p>, class: &'static ObjectClass, arguments: &'p [Argument]) -> Value {
        let ObjectClass { name: class, parameters } = *class;
        let (mut config, mut is_sound) = (Map::new(), true);
        for (i, argument) in arguments.iter().enumerate() {
            let named = argument.name.as_ref();
            let found = match named {
                Some(name) => parameters.iter().find(|parameter| name == *parameter),
                None => parameters.get(i),
            };
            let message = match (found, named) {
                (Some(parameter), _) if config.contains_key(*parameter) => diagnostics::object_twice(class, parameter),
                (Some(parameter), _) => {
                    let value = self.data(frame, class, parameter, argument);
                    is_sound &= value.is_some();
                    config.insert((*parameter).to_owned(), value.unwrap_or_default());
                    continue;
                }
                (None, Some(name)) => diagnostics::object_argument(class, &name.to_string(), parameters),
                (None, None) => diagnostics::object_arguments(class, parameters, arguments.len()),
            };
            is_sound = false;
            let range = named.map_or(argument.value.range, |name| name.span().into());
            self.error(frame, range, message);
        }
        if is_sound { Value::Data(object(class, config)) } else { Value::Broken }
    }

    /// What is wrong inside of an object, said of its own call, and where.
    pub fn object_problem(
        &self,
        declaration: &Declaration,
        problem: &ArgumentProblem,
        arguments: &[Argument],
        values: &Map<String, Json>,
    ) -> Option<(Option<Range>, ArgumentError)> {
        let ArgumentProblem::Inside { argument, key, expected, found } = problem else { return None };
        let specs = declaration.arguments();
        let given = values.get(*argument)?;
        let classes = specs.iter().find(|spec| spec.name == *argument)?.objects;
        let class = classes.iter().find(|class| given["class_name"] == class.name)?;
        let (place, parameter) = class.parameters.iter().enumerate().find(|(_, parameter)| *parameter == key)?;
        let accepts = |value: &Json| {
            let mut object = given.clone();
            object["config"][key] = value.clone();
            let alone = Map::from_iter([((*argument).to_owned(), object)]);
            let problems = declaration.read(&alone).err().unwrap_or_default();
            !problems.iter().any(|problem| problem.argument() == Some(argument))
        };
        // What is next to a bound that another argument gives is no round value.
        let near = near(found, &accepts).filter(|near| near.as_u64() != Some(u32::MAX.into()));
        let problem = ArgumentProblem::Value { argument: parameter, expected, found: found.clone(), near };
        let position = specs.iter().position(|spec| spec.name == *argument);
        let named = arguments.iter().find(|other| other.name.as_ref().is_some_and(|name| name == *argument));
        let written = named.or_else(|| arguments.get(position?).filter(|argument| argument.name.is_none()));
        let range = written.and_then(|argument| {
            let ExprKind::Call(_, own) = &argument.value.kind else { return None };
            let named = own.iter().find(|own| own.name.as_ref().is_some_and(|name| name == parameter));
            let own = named.or_else(|| own.get(place).filter(|own| own.name.is_none()));
            own.map(|own| own.value.range)
        });
        Some((range, ArgumentError { class: class.name.to_owned(), problem }))
    }
}

/// Whether a name is that of a class of objects, which is no layer's.
pub fn is_object(name: &str) -> bool {
    Class::find(name).is_none() && model_graph::argument::object_class(name).is_some()
}
