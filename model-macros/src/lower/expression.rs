//! Expressions: what they stand for, computed while compiling.

use std::cmp::Ordering;

use model_graph::argument::size_of_constants;
use model_graph::dim::Dim;
use model_graph::layers::operations::get_item::Part;
use model_graph::shape::DType;
use serde_json::{Value as Json, json};

use super::Lowering;
use super::frame::Frame;
use super::outer::{data_of, size_of};
use super::value::Value;
use crate::diagnostics::{self, Scope};
use crate::syntax::{Expr, ExprKind, Operator, Range};

/// The most bytes that a string may have that is made while compiling.
const LONGEST_STRING: usize = 1000;

impl<'p> Lowering<'p, '_> {
    /// Evaluates an expression, whose parts count; a fault is noted and gives `Broken`.
    pub fn evaluated(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Value {
        match &expr.kind {
            ExprKind::Name(name) => self.name(frame, &name.to_string(), expr.range),
            ExprKind::Path(path) => {
                let path = path.iter().map(ToString::to_string).collect::<Vec<_>>().join("::");
                self.outer_constant(frame.items, &path, &[], expr.range).map_or(Value::Broken, |size| data_of(&size))
            }
            ExprKind::Literal(value) => Value::Data(value.clone()),
            ExprKind::List(items) => self.list(frame, items),
            ExprKind::Format(parts) => self.format(frame, parts),
            ExprKind::Tuple(items) => {
                let values: Vec<Value> = items.iter().map(|item| self.expression(frame, item)).collect();
                let is_data = !values.is_empty() && values.iter().all(|value| matches!(value, Value::Data(_)));
                if is_data { data_list(values) } else { Value::Tuple(values) }
            }
            ExprKind::Call(callee, arguments) => self.call(frame, callee, arguments, expr),
            ExprKind::Binary(operator, left, right) => self.binary(frame, *operator, left, right, expr.range),
            ExprKind::Negative(value) => self.negative(frame, value, expr.range),
            ExprKind::Not(value) => self.not(frame, value, expr.range),
            ExprKind::Index(list, position) => self.index(frame, list, position, expr.range),
            ExprKind::Subscript(base, subscripts) => self.subscript(frame, base, subscripts, expr.range),
            ExprKind::Operation(name) => {
                self.error(frame, expr.range, diagnostics::bare_operation(&name.to_string()));
                Value::Broken
            }
            ExprKind::If(choice) => self.choice(frame, choice),
            ExprKind::Member(..) => self.member(frame, expr),
            ExprKind::Foreign(parts) => {
                let values: Vec<Value> = parts.iter().map(|part| self.expression(frame, part)).collect();
                let mut layers = Vec::new();
                values.iter().for_each(|value| value.layers(&mut layers));
                layers.iter().for_each(|layer| drop(frame.made.remove(&layer.0)));
                Value::Broken
            }
            ExprKind::Unread(_) => Value::Broken,
        }
    }

    fn name(&mut self, frame: &Frame<'p>, name: &str, range: Range) -> Value {
        if let Some(value) = frame.bindings.get(name) {
            return value.clone();
        }
        if let Some(value) = self.constant(frame.items, name) {
            return value;
        }
        if self.is_callable(frame, name) {
            let is_block = frame.items.blocks.iter().any(|block| block.name == name);
            self.error(frame, range, diagnostics::bare_name(name, is_block));
            return Value::Broken;
        }
        if frame.graph.names().iter().any(|dimension| dimension == name) {
            self.error(frame, range, diagnostics::dimension_as_value(name));
            return Value::Broken;
        }
        if let Some(value) = self.foreign_name(frame, name, range) {
            return value;
        }
        let scope = match frame.is_block {
            _ if frame.bindings.has_left(name) => Scope::Left,
            true => Scope::Block,
            false if frame.graph.name.is_empty() => Scope::Value,
            false => Scope::Model,
        };
        let mut known = frame.bindings.names();
        if let Some(size) = self.outer_constant(frame.items, name, &known, range) {
            return data_of(&size);
        }
        let constants: Vec<String> = frame.items.constants.iter().map(|constant| constant.name.to_string()).collect();
        known.extend(constants.iter().map(String::as_str));
        let message = diagnostics::unknown_name(name, &known, scope);
        self.error(frame, range, message);
        Value::Broken
    }

    fn list(&mut self, frame: &mut Frame<'p>, items: &'p [Expr]) -> Value {
        list_of(items.iter().map(|item| self.expression(frame, item)).collect())
    }

    /// The string that parts make one behind the other.
    fn format(&mut self, frame: &mut Frame<'p>, parts: &'p [Expr]) -> Value {
        let mut made = Some(String::new());
        for part in parts {
            let value = self.expression(frame, part);
            let text = match self.known_here(frame, value, part.range) {
                Value::Data(Json::String(text)) => Some(text),
                Value::Data(value @ (Json::Number(_) | Json::Bool(_))) => Some(value.to_string()),
                other => {
                    if !other.is_broken() {
                        self.error(frame, part.range, diagnostics::format_value(&other.describe(frame)));
                    }
                    None
                }
            };
            made = made.zip(text).map(|(made, text)| made + &text);
        }
        let range = parts.first().zip(parts.last()).map(|(first, last)| Range { start: first.range.start, end: last.range.end });
        made.zip(range).map_or(Value::Broken, |(made, range)| self.string(frame, made, range))
    }

    /// A string that has been made.
    fn string(&mut self, frame: &Frame<'p>, text: String, range: Range) -> Value {
        if text.len() > LONGEST_STRING {
            self.error(frame, range, diagnostics::too_long_string(LONGEST_STRING, text.len()));
            return Value::Broken;
        }
        Value::Data(text.into())
    }

    fn negative(&mut self, frame: &mut Frame<'p>, expr: &'p Expr, range: Range) -> Value {
        let value = self.expression(frame, expr);
        match self.known_here(frame, value, range) {
            Value::Tensor(tensor) => self.before_tensor(frame, "negative", tensor, range),
            Value::Data(value) if value.is_i64() => self.number(frame, "-", value.as_i64().and_then(i64::checked_neg), range),
            Value::Data(value) if value.is_f64() => Value::Data(json!(-value.as_f64().unwrap_or_default())),
            Value::Broken => Value::Broken,
            other => {
                self.error(frame, range, diagnostics::operands("-", "nothing", &other.describe(frame)));
                Value::Broken
            }
        }
    }

    fn not(&mut self, frame: &mut Frame<'p>, expr: &'p Expr, range: Range) -> Value {
        let value = self.expression(frame, expr);
        match self.known_here(frame, value, range) {
            Value::Data(Json::Bool(value)) => Value::Data(json!(!value)),
            Value::Tensor(tensor) => self.before_tensor(frame, "logical_not", tensor, range),
            other => {
                if !other.is_broken() {
                    self.error(frame, range, diagnostics::comparison("!", "nothing", &other.describe(frame)));
                }
                Value::Broken
            }
        }
    }

    /// `list[position]`
    fn index(&mut self, frame: &mut Frame<'p>, list: &'p Expr, position: &'p Expr, range: Range) -> Value {
        if let ExprKind::Member(base, name) = &list.kind
            && name == "shape"
        {
            return self.size_of_axis(frame, base, position);
        }
        let (values, number) = (self.expression(frame, list), self.expression(frame, position));
        let number = self.known_here(frame, number, position.range);
        if values.is_broken() || number.is_broken() {
            return Value::Broken;
        }
        let place = if let Value::Data(number) = &number { number.as_i64() } else { None };
        let number = if let Value::Data(number) = &number { number.as_u64() } else { None };
        let values = match values {
            Value::Tensor(tensor) if place.is_some() => {
                return self.take(frame, tensor, place.map(Part::At).into_iter().collect(), (list.range, range));
            }
            Value::Data(Json::Array(items)) => items.into_iter().map(Value::Data).collect(),
            Value::List(values) | Value::Tuple(values) => values,
            other => {
                let found = other.describe(frame);
                self.error(frame, list.range, diagnostics::indexed(&found));
                return Value::Broken;
            }
        };
        let found = number.and_then(|number| usize::try_from(number).ok()).and_then(|number| values.get(number));
        if found.is_none() {
            self.error(frame, position.range, diagnostics::position(values.len()));
        }
        found.cloned().unwrap_or(Value::Broken)
    }

    fn number(&mut self, frame: &Frame<'p>, sign: &str, number: Option<i64>, range: Range) -> Value {
        if let Some(number) = number {
            return Value::Data(json!(number));
        }
        self.error(frame, range, diagnostics::arithmetic(sign));
        Value::Broken
    }

    fn binary(&mut self, frame: &mut Frame<'p>, operator: Operator, left: &'p Expr, right: &'p Expr, range: Range) -> Value {
        let values = (self.expression(frame, left), self.expression(frame, right));
        match (values, operator.layer()) {
            ((Value::Broken, _) | (_, Value::Broken), _) => Value::Broken,
            ((a, b), Some("Add")) if a.items().is_some() && b.items().is_some() => joined(a.items(), b.items()),
            ((Value::Data(a), Value::Data(b)), _) => self.computed(frame, operator, &a, &b, range),
            // The layers merge tensors of numbers with a point; operations those of whole numbers, too.
            ((Value::Tensor(a), Value::Tensor(b)), Some(class))
                if [a, b].into_iter().all(|of| frame.graph.ty(of).dtype == DType::F32) =>
            {
                self.operator(frame, class, [(Value::Tensor(a), left), (Value::Tensor(b), right)], range)
            }
            ((a @ Value::Tensor(_), b @ (Value::Tensor(_) | Value::Data(Json::Number(_)))), _)
            | ((a @ Value::Data(Json::Number(_)), b @ Value::Tensor(_)), _) => {
                self.tensor_operator(frame, operator, [(a, left), (b, right)], range)
            }
            ((a, b), _) => {
                let message = uncombined(frame, operator, &a, &b);
                self.error(frame, range, message);
                Value::Broken
            }
        }
    }

    /// An operator between data.
    fn computed(&mut self, frame: &Frame<'p>, operator: Operator, a: &Json, b: &Json, range: Range) -> Value {
        if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64())
            && let Some(result) = whole_numbers(operator, a, b)
        {
            return self.number(frame, operator.sign(), result, range);
        }
        if let Some(value) = self.computed_sizes(frame, operator, [a, b], range) {
            return value;
        }
        if let (Operator::Add, Some(a), Some(b)) = (operator, a.as_str(), b.as_str()) {
            return self.string(frame, a.to_owned() + b, range);
        }
        match decimal_numbers(operator, a, b).or_else(|| compared(operator, a, b)) {
            Some(value) => Value::Data(value),
            None => {
                let source = |value| format!("`{}`", model_graph::argument::source(value));
                self.error(frame, range, meaningless(operator, &source(a), &source(b)));
                Value::Broken
            }
        }
    }
}

impl<'p> Lowering<'p, '_> {
    /// Arithmetic of sizes of which one at least follows from constants whose values only the compiler knows.
    fn computed_sizes(&mut self, frame: &Frame<'p>, operator: Operator, operands: [&Json; 2], range: Range) -> Option<Value> {
        let unknown = operands.into_iter().find_map(size_of_constants)?;
        let [a, b] = operands.map(size_of);
        // A division by what is not known has no result; nothing else that is computed has none, but what becomes too large.
        let is_computed =
            operator.layer().is_some() || operator == Operator::Divide && b.as_ref().is_some_and(|b| b.known().is_some());
        let is_too_large = is_computed && a.is_some() && b.is_some();
        let result = a.zip(b).and_then(|(a, b)| Some((combined(operator, &a, &b)?, a, b)));
        let Some((result, a, b)) = result else {
            let message =
                if is_too_large { diagnostics::arithmetic(operator.sign()) } else { diagnostics::unknown_constant(&unknown) };
            self.error(frame, range, message);
            return Some(Value::Broken);
        };
        if operator == Operator::Divide {
            self.check_division(&frame.context, [&a, &b, &result], range);
        }
        Some(data_of(&result))
    }
}

/// Arithmetic of sizes. Where something remains, a division rounds down, as Rust's does.
pub fn combined(operator: Operator, left: &Dim, right: &Dim) -> Option<Dim> {
    match operator {
        Operator::Add => left.add(right),
        Operator::Subtract => left.sub(right),
        Operator::Multiply => left.mul(right),
        Operator::Divide => left.exact_div(right).or_else(|| left.floor_div(u64::try_from(right.known()?).ok()?)),
        _ => None,
    }
}

/// Arithmetic of whole numbers; a division must leave no remainder.
fn whole_numbers(operator: Operator, a: i64, b: i64) -> Option<Option<i64>> {
    Some(match operator {
        Operator::Add => a.checked_add(b),
        Operator::Subtract => a.checked_sub(b),
        Operator::Multiply => a.checked_mul(b),
        Operator::Divide => a.checked_div(b).filter(|quotient| quotient.checked_mul(b) == Some(a)),
        Operator::Remainder => a.checked_rem(b),
        Operator::Power if b >= 0 => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        _ => return None,
    })
}

/// Arithmetic of numbers of which one is a decimal.
fn decimal_numbers(operator: Operator, a: &Json, b: &Json) -> Option<Json> {
    let (a, b) = (a.as_f64()?, b.as_f64()?);
    let result = match operator {
        Operator::Add => a + b,
        Operator::Subtract => a - b,
        Operator::Multiply => a * b,
        Operator::Divide => a / b,
        Operator::Remainder => a % b,
        Operator::Power => a.powf(b),
        _ => return None,
    };
    result.is_finite().then(|| json!(result))
}

/// Comparisons, and what combines them.
fn compared(operator: Operator, a: &Json, b: &Json) -> Option<Json> {
    let ordered = || match (a, b) {
        (Json::Number(_), Json::Number(_)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => Some(a.cmp(&b)),
            _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
        _ => None,
    };
    let equal = || if a.is_number() && b.is_number() { ordered() == Some(Ordering::Equal) } else { a == b };
    Some(json!(match operator {
        Operator::Equal => equal(),
        Operator::Unequal => !equal(),
        Operator::Less => ordered()?.is_lt(),
        Operator::LessOrEqual => ordered()?.is_le(),
        Operator::Greater => ordered()?.is_gt(),
        Operator::GreaterOrEqual => ordered()?.is_ge(),
        Operator::And => a.as_bool()? && b.as_bool()?,
        Operator::Or => a.as_bool()? || b.as_bool()?,
        _ => return None,
    }))
}

/// What is said of an operator between values of which one is no data.
fn uncombined(frame: &Frame<'_>, operator: Operator, a: &Value, b: &Value) -> String {
    let (left, right) = (a.describe(frame), b.describe(frame));
    let is_arithmetic = operator.layer().is_some() || operator == Operator::Divide;
    match (a, b) {
        (Value::Layer(..) | Value::Sequence(_), _) | (_, Value::Layer(..) | Value::Sequence(_)) if is_arithmetic => {
            diagnostics::layer_as_operand(operator.sign(), &left, &right)
        }
        (Value::List(_), _) | (_, Value::List(_)) if is_arithmetic => {
            diagnostics::list_as_operand(operator.sign(), &left, &right)
        }
        _ => meaningless(operator, &left, &right),
    }
}

/// What is said of an operator between things that it does not combine.
fn meaningless(operator: Operator, left: &str, right: &str) -> String {
    match operator {
        Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Power => {
            diagnostics::operands(operator.sign(), left, right)
        }
        _ => diagnostics::comparison(operator.sign(), left, right),
    }
}

/// Two lists, one behind the other.
fn joined(first: Option<Vec<Value>>, second: Option<Vec<Value>>) -> Value {
    list_of(first.into_iter().chain(second).flatten().collect())
}

/// A list of data, or of tensors and layers.
fn list_of(values: Vec<Value>) -> Value {
    if values.iter().all(|value| matches!(value, Value::Data(_))) { data_list(values) } else { Value::List(values) }
}

fn data_list(values: Vec<Value>) -> Value {
    let items = values.into_iter().filter_map(|value| if let Value::Data(data) = value { Some(data) } else { None });
    Value::Data(Json::Array(items.collect()))
}
