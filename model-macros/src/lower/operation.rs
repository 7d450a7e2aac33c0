//! Operations: `ops::mean(x, axis = 1)`, operators beside tensors, and places and slices of them.

use model_graph::argument::{Argument as _, Axis};
use model_graph::graph::{Kind, TensorId};
use model_graph::layer::Manner;
use model_graph::layers::Declaration;
use model_graph::layers::operations::get_item::{Key, Part};
use model_graph::message::ArgumentError;
use model_graph::problem::ArgumentProblem;
use proc_macro2::Ident;
use serde_json::{Map, Value as Json};

use super::Lowering;
use super::arguments::Common;
use super::call::Places;
use super::frame::Frame;
use super::outer::data_of;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, Expr, ExprKind, Operator, Range, Subscript};

/// What an operand may be besides a tensor.
#[derive(Clone, Copy)]
struct Takes {
    /// A list of tensors, of an operation of this name.
    list_of: Option<&'static str>,
    /// Numbers, or a list of them.
    values: bool,
}

impl<'p> Lowering<'p, '_> {
    /// `ops::name(arguments)`
    pub fn operation(&mut self, frame: &mut Frame<'p>, name: &Ident, arguments: &'p [Argument], expr: &'p Expr) -> Value {
        let text = name.to_string();
        if let ("get_item", [item, named]) = (text.as_str(), arguments)
            && item.name.is_none()
        {
            return self.named_item(frame, item, named);
        }
        let Some(declaration) = Declaration::function(&text).filter(|_| text != "get_item") else {
            self.error(frame, name.span(), diagnostics::unknown_operation(&text));
            return self.uncallable(frame, arguments);
        };
        let Declaration::Operation(operation, group) = &declaration else { return self.uncallable(frame, arguments) };
        let known = declaration.arguments();
        let names = declaration.parameters();
        let class = format!("ops::{text}");
        let (given, mut common, mut is_sound) = self.name_arguments(frame, &class, &names, arguments);
        let (mut values, mut tensors, mut ranges) = (Map::new(), Vec::new(), Vec::new());
        // Tensors stand in the order of the operands, whatever the order of their names.
        for operand in operation.operands {
            let Some((_, argument)) = given.iter().find(|(name, _)| name == operand) else {
                let problem = ArgumentProblem::Missing { argument: operand, expected: "a tensor" };
                self.error(frame, name.span(), ArgumentError { class: class.clone(), problem });
                is_sound = false;
                continue;
            };
            let takes = Takes {
                list_of: group.arity.is_list().then_some(operation.name),
                values: known.iter().any(|spec| spec.name == *operand),
            };
            is_sound &= self.operand(frame, takes, (operand, argument), &mut values, (&mut tensors, &mut ranges)).is_some();
        }
        for (key, argument) in given.iter().filter(|(name, _)| !operation.operands.contains(&name.as_str())) {
            let value = match key.as_str() {
                "name" => {
                    is_sound &= self.common(frame, &class, key, argument, &mut common).is_some();
                    continue;
                }
                "trainable" => {
                    let problem = ArgumentProblem::Unknown { argument: key.clone(), valid: names.clone() };
                    self.error(frame, argument.value.range, ArgumentError { class: class.clone(), problem });
                    None
                }
                _ => self.data(frame, &class, key, argument),
            };
            is_sound &= value.is_some();
            values.extend(value.map(|value| (key.clone(), value)));
        }
        if !is_sound {
            return Value::Broken;
        }
        if tensors.is_empty() {
            self.error(frame, expr.range, diagnostics::operation_of_numbers(&class));
            return Value::Broken;
        }
        let places = Places { layer: name.span().into(), operands: ranges, arguments, is_handed: false };
        self.operate(frame, (&declaration, common.name), &values, &tensors, &places)
    }

    /// `ops::get_item(x[.., -1], name = "last")`: places and slices have no other place for a name.
    fn named_item(&mut self, frame: &mut Frame<'p>, item: &'p Argument, named: &'p Argument) -> Value {
        let before = frame.graph.layers.len();
        let value = self.expression(frame, &item.value);
        if value.is_broken() {
            return value;
        }
        let is_named = named.name.as_ref().is_some_and(|name| name == "name");
        let is_item = matches!(item.value.kind, ExprKind::Index(..) | ExprKind::Subscript(..));
        // The last layer that is made is the item's: what is in its brackets is data.
        let taken = frame.graph.layers.len().checked_sub(1).filter(|last| *last >= before && is_named && is_item);
        let Some(taken) = taken else {
            self.error(frame, item.value.range, diagnostics::unknown_operation("get_item"));
            return Value::Broken;
        };
        let mut common = Common { name: None, trainable: true };
        if self.common(frame, "ops::get_item", "name", named, &mut common).is_none() {
            return Value::Broken;
        }
        frame.graph.layers[taken].name = common.name;
        value
    }

    /// What an operation is called with at one of its operands: a tensor, a list of them, or a number.
    fn operand(
        &mut self,
        frame: &mut Frame<'p>,
        takes: Takes,
        (operand, argument): (&str, &'p Argument),
        values: &mut Map<String, Json>,
        (tensors, ranges): (&mut Vec<TensorId>, &mut Vec<Range>),
    ) -> Option<()> {
        let expr = &argument.value;
        if let Some(name) = takes.list_of {
            let found = match &expr.kind {
                ExprKind::List(items) | ExprKind::Tuple(items) => self.tensors(frame, items.iter())?,
                _ => match self.expression(frame, expr) {
                    Value::List(items) | Value::Tuple(items) => self.all_tensors(frame, items, expr)?,
                    value => {
                        self.tensor(frame, value, expr)?;
                        self.error(frame, expr.range, diagnostics::operation_without_list(name));
                        return None;
                    }
                },
            };
            let (found, places): (Vec<TensorId>, Vec<Range>) = found.into_iter().unzip();
            tensors.extend(found);
            ranges.extend(places);
            return Some(());
        }
        match self.expression(frame, expr) {
            Value::Data(value) if takes.values && (value.is_number() || value.is_boolean() || value.is_array()) => {
                values.insert(operand.to_owned(), value);
            }
            value => {
                tensors.push(self.tensor(frame, value, expr)?);
                ranges.push(expr.range);
            }
        }
        Some(())
    }

    /// Calls an operation with tensors, the numbers beside them among its arguments.
    fn operate(
        &mut self,
        frame: &mut Frame<'p>,
        (declaration, name): (&Declaration, Option<String>),
        values: &Map<String, Json>,
        tensors: &[TensorId],
        places: &Places<'_>,
    ) -> Value {
        match declaration.read(values) {
            Ok(layer) => {
                let layer = frame.graph.layer(Kind::Layer(layer), name);
                self.finish_call(frame, layer, (tensors, &[], Manner::default()), places)
            }
            Err(problems) => {
                let class = format!("ops::{}", declaration.name());
                for problem in problems {
                    let place = problem.argument().and_then(|name| self.place(places.arguments, &class, name));
                    let error = ArgumentError { class: class.clone(), problem };
                    self.error(frame, place.unwrap_or(places.layer), error);
                }
                Value::Broken
            }
        }
    }

    /// An operator of which one side at least is a tensor, and the other a tensor or a number.
    pub fn tensor_operator(
        &mut self,
        frame: &mut Frame<'p>,
        operator: Operator,
        sides: [(Value, &'p Expr); 2],
        range: Range,
    ) -> Value {
        let Some(declaration) = Declaration::function(operator.operation()) else { return Value::Broken };
        let (mut values, mut tensors, mut ranges) = (Map::new(), Vec::new(), Vec::new());
        for (operand, (value, expr)) in ["x1", "x2"].into_iter().zip(sides) {
            match value {
                Value::Tensor(tensor) => {
                    tensors.push(tensor);
                    ranges.push(expr.range);
                }
                Value::Data(number) => drop(values.insert(operand.to_owned(), number)),
                _ => return Value::Broken,
            }
        }
        let places = Places { layer: range, operands: ranges, arguments: &[], is_handed: false };
        self.operate(frame, (&declaration, None), &values, &tensors, &places)
    }

    /// An operator before a tensor: `-x`, `!x`.
    pub fn before_tensor(&mut self, frame: &mut Frame<'p>, operation: &str, tensor: TensorId, range: Range) -> Value {
        let Some(declaration) = Declaration::function(operation) else { return Value::Broken };
        let places = Places { layer: range, operands: vec![range], arguments: &[], is_handed: false };
        self.operate(frame, (&declaration, None), &Map::new(), &[tensor], &places)
    }

    /// `x[.., -1]`
    pub fn subscript(&mut self, frame: &mut Frame<'p>, base: &'p Expr, subscripts: &'p [Subscript], range: Range) -> Value {
        let value = self.expression(frame, base);
        let parts: Vec<Option<Part>> = subscripts.iter().map(|subscript| self.part(frame, subscript)).collect();
        let tensor = match value {
            Value::Tensor(tensor) => tensor,
            Value::Broken => return Value::Broken,
            other => {
                let found = other.describe(frame);
                self.error(frame, base.range, diagnostics::sliced(&found));
                return Value::Broken;
            }
        };
        let Some(parts) = parts.into_iter().collect::<Option<Vec<Part>>>() else { return Value::Broken };
        self.take(frame, tensor, parts, (base.range, range))
    }

    /// Takes parts of a tensor.
    pub fn take(&mut self, frame: &mut Frame<'p>, tensor: TensorId, parts: Vec<Part>, (base, whole): (Range, Range)) -> Value {
        let Some(declaration) = Declaration::function("get_item") else { return Value::Broken };
        let values = Map::from_iter([("key".to_owned(), Key(parts).to_value())]);
        let places = Places { layer: whole, operands: vec![base], arguments: &[], is_handed: false };
        self.operate(frame, (&declaration, None), &values, &[tensor], &places)
    }

    fn part(&mut self, frame: &mut Frame<'p>, subscript: &'p Subscript) -> Option<Part> {
        let mut place = |expr: &'p Expr| {
            let value = self.expression(frame, expr);
            match self.known_here(frame, value, expr.range) {
                Value::Data(Json::Null) => Some(None),
                Value::Data(value) if value.as_i64().is_some() => Some(value.as_i64()),
                other => {
                    if !other.is_broken() {
                        let found = other.describe(frame);
                        self.error(frame, expr.range, diagnostics::place(&found));
                    }
                    None
                }
            }
        };
        Some(match subscript {
            Subscript::Rest => Part::Rest,
            Subscript::At(expr) => place(expr)?.map_or(Part::New, Part::At),
            Subscript::Slice(ends) => {
                let mut end = |end: &'p Option<Expr>| end.as_ref().map_or(Some(None), &mut place);
                Part::Slice { start: end(&ends[0])?, stop: end(&ends[1])?, step: end(&ends[2])? }
            }
        })
    }

    /// `x.shape[-1]`, as in Keras with the batch at 0: a size.
    pub fn size_of_axis(&mut self, frame: &mut Frame<'p>, base: &'p Expr, position: &'p Expr) -> Value {
        let (value, place) = (self.expression(frame, base), self.expression(frame, position));
        let place = self.known_here(frame, place, position.range);
        if value.is_broken() || place.is_broken() {
            return Value::Broken;
        }
        let Value::Tensor(tensor) = value else {
            let found = value.describe(frame);
            self.error(frame, base.range, diagnostics::shape_of(&found));
            return Value::Broken;
        };
        let shape = frame.graph.ty(tensor).shape.clone();
        let place = if let Value::Data(place) = &place { place.as_i64() } else { None };
        let axis = place.and_then(|place| Axis(place).in_sample(shape.rank()));
        match axis.and_then(|axis| shape.0.get(axis)) {
            Some(dim) if dim.is_constant() => data_of(dim),
            Some(dim) => {
                self.error(frame, position.range, diagnostics::dimension_as_value(&dim.to_string()));
                Value::Broken
            }
            None => {
                let label = frame.graph.operand(tensor).label;
                self.error(frame, position.range, diagnostics::axis_of_shape(&label, &shape.to_string(), shape.rank()));
                Value::Broken
            }
        }
    }
}
