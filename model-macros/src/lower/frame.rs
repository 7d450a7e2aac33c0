//! The body of one model or block: its graph as far as it has grown, and what its names stand for.

use std::collections::HashMap;

use model_graph::Graph;
use model_graph::graph::{Kind, LayerId, TensorId};
use serde_json::json;

use super::Lowering;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Body, Expr, ExprKind, Let, Operator, Range};

/// A body that is being lowered.
#[derive(Debug)]
pub struct Frame {
    /// The graph.
    pub graph: Graph,
    /// What names stand for.
    pub bindings: HashMap<String, Value>,
    /// Where layers were made, and the names they were bound to, by their place in the graph.
    pub made: HashMap<usize, (Range, Option<String>)>,
    /// The number of calls in the blocks that were called.
    pub size: usize,
    /// The block's name and the arguments it was called with; `None` in a model.
    pub block: Option<(String, String)>,
}

impl Frame {
    /// An empty body.
    pub fn new(name: String, block: Option<(String, String)>) -> Self {
        Self { graph: Graph::new(name), bindings: HashMap::new(), made: HashMap::new(), size: 0, block }
    }
}

impl<'p> Lowering<'p, '_> {
    /// Notes a fault, with the block that it is in.
    pub fn error(&mut self, frame: &Frame, range: impl Into<Range>, message: impl ToString) {
        let message = message.to_string();
        match &frame.block {
            Some((block, arguments)) => {
                self.diagnostics.error(range, diagnostics::inside_block(&message, block, arguments));
            }
            None => self.diagnostics.error(range, message),
        }
    }

    /// Lowers a body and gives its result, or `Broken` where it has none.
    pub fn body(&mut self, frame: &mut Frame, body: &'p Body) -> Value {
        for statement in &body.statements {
            self.statement(frame, statement);
        }
        body.result.as_ref().map_or(Value::Broken, |result| self.expression(frame, result))
    }

    fn statement(&mut self, frame: &mut Frame, Let { names, value: expr, .. }: &'p Let) {
        let value = self.expression(frame, expr);
        match (names.as_slice(), value) {
            (names, value) if value.is_broken() && !matches!(value, Value::Tuple(_)) => {
                names.iter().for_each(|name| bind(frame, name.to_string(), Value::Broken));
            }
            ([], _) => {}
            ([name], value) => bind(frame, name.to_string(), value),
            (names, Value::Tuple(values)) if values.len() == names.len() => {
                names.iter().zip(values).for_each(|(name, value)| bind(frame, name.to_string(), value));
            }
            (names, value) => {
                let found = if let Value::Tuple(values) = &value { values.len() } else { 1 };
                if !value.is_broken() {
                    self.error(frame, expr.range, diagnostics::unpack(names.len(), found));
                }
                names.iter().for_each(|name| bind(frame, name.to_string(), Value::Broken));
            }
        }
    }

    /// Evaluates an expression; a fault is noted and gives `Broken`.
    pub fn expression(&mut self, frame: &mut Frame, expr: &'p Expr) -> Value {
        match &expr.kind {
            ExprKind::Name(name) => self.name(frame, &name.to_string(), expr.range),
            ExprKind::Literal(value) => Value::Data(value.clone()),
            ExprKind::List(items) => self.list(frame, items),
            ExprKind::Tuple(items) => {
                let values: Vec<Value> = items.iter().map(|item| self.expression(frame, item)).collect();
                let is_data = !values.is_empty() && values.iter().all(|value| matches!(value, Value::Data(_)));
                if is_data { data_list(values) } else { Value::Tuple(values) }
            }
            ExprKind::Call(callee, arguments) => self.call(frame, callee, arguments, expr.range),
            ExprKind::Binary(operator, left, right) => self.binary(frame, *operator, left, right, expr.range),
            ExprKind::Negative(value) => self.negative(frame, value, expr.range),
            ExprKind::Unread => Value::Broken,
        }
    }

    fn name(&mut self, frame: &Frame, name: &str, range: Range) -> Value {
        if let Some(value) = frame.bindings.get(name) {
            return value.clone();
        }
        if self.is_callable(name) {
            let is_block = self.program.blocks.iter().any(|block| block.name == name);
            self.error(frame, range, diagnostics::bare_name(name, is_block));
            return Value::Broken;
        }
        let mut known: Vec<&str> = frame.bindings.keys().map(String::as_str).collect();
        known.sort_unstable();
        self.error(frame, range, diagnostics::unknown_name(name, &known));
        Value::Broken
    }

    fn list(&mut self, frame: &mut Frame, items: &'p [Expr]) -> Value {
        let values: Vec<Value> = items.iter().map(|item| self.expression(frame, item)).collect();
        if values.iter().all(|value| matches!(value, Value::Data(_))) { data_list(values) } else { Value::List(values) }
    }

    fn negative(&mut self, frame: &mut Frame, expr: &'p Expr, range: Range) -> Value {
        match self.expression(frame, expr) {
            Value::Data(value) if value.is_i64() => self.number(frame, "-", value.as_i64().and_then(i64::checked_neg), range),
            Value::Data(value) if value.is_f64() => Value::Data(json!(-value.as_f64().unwrap_or_default())),
            Value::Broken => Value::Broken,
            other => {
                self.error(frame, range, diagnostics::operands("-", "nothing", &other.describe(frame)));
                Value::Broken
            }
        }
    }

    fn number(&mut self, frame: &Frame, sign: &str, number: Option<i64>, range: Range) -> Value {
        if let Some(number) = number {
            return Value::Data(json!(number));
        }
        self.error(frame, range, diagnostics::arithmetic(sign));
        Value::Broken
    }

    fn binary(&mut self, frame: &mut Frame, operator: Operator, left: &'p Expr, right: &'p Expr, range: Range) -> Value {
        let values = (self.expression(frame, left), self.expression(frame, right));
        match (&values.0, &values.1) {
            (Value::Broken, _) | (_, Value::Broken) => Value::Broken,
            (Value::Data(a), Value::Data(b)) if a.is_i64() && b.is_i64() => {
                let (a, b) = (a.as_i64().unwrap_or_default(), b.as_i64().unwrap_or_default());
                let result = match operator {
                    Operator::Add => a.checked_add(b),
                    Operator::Subtract => a.checked_sub(b),
                    Operator::Multiply => a.checked_mul(b),
                    Operator::Divide => a.checked_div(b).filter(|quotient| quotient.checked_mul(b) == Some(a)),
                };
                self.number(frame, operator.sign(), result, range)
            }
            (Value::Tensor(_), Value::Tensor(_)) if operator.layer().is_some() => {
                let operands = [(values.0, left), (values.1, right)];
                self.operator(frame, operator.layer().unwrap_or_default(), operands, range)
            }
            (a, b) => {
                let (a, b) = (a.describe(frame), b.describe(frame));
                self.error(frame, range, diagnostics::operands(operator.sign(), &a, &b));
                Value::Broken
            }
        }
    }

    /// The tensor that a value must be; anything else is noted as a fault.
    pub fn tensor(&mut self, frame: &mut Frame, value: Value, expr: &Expr) -> Option<TensorId> {
        match value {
            Value::Tensor(tensor) => {
                if let ExprKind::Name(name) = &expr.kind {
                    frame.graph.tensors[tensor.0].label = name.to_string();
                }
                return Some(tensor);
            }
            Value::Layer(layer) => self.layer_is_no_tensor(frame, layer, expr),
            other if other.is_broken() => {}
            other => {
                let found = other.describe(frame);
                self.error(frame, expr.range, diagnostics::expected_tensor(&found));
            }
        }
        None
    }

    fn layer_is_no_tensor(&mut self, frame: &mut Frame, layer: LayerId, expr: &Expr) {
        let class = called(&frame.graph.layers[layer.0].kind).to_owned();
        let name = if let ExprKind::Name(name) = &expr.kind { name.to_string() } else { String::new() };
        frame.made.remove(&layer.0); // said here, and not again at the end
        self.error(frame, expr.range, diagnostics::layer_not_called(&name, &class));
    }
}

/// What is called to make a layer: its class, or the model.
pub fn called(kind: &Kind) -> &str {
    if let Kind::Model(model) = kind { &model.name } else { kind.class() }
}

fn bind(frame: &mut Frame, name: String, value: Value) {
    if name == "_" {
        return;
    }
    match &value {
        Value::Tensor(tensor) => frame.graph.tensors[tensor.0].label.clone_from(&name),
        Value::Layer(layer) => {
            if let Some((_, bound)) = frame.made.get_mut(&layer.0) {
                *bound = Some(name.clone());
            }
        }
        Value::Data(_) | Value::List(_) | Value::Tuple(_) | Value::Broken => {}
    }
    frame.bindings.insert(name, value);
}

fn data_list(values: Vec<Value>) -> Value {
    let items = values.into_iter().filter_map(|value| if let Value::Data(data) = value { Some(data) } else { None });
    Value::Data(serde_json::Value::Array(items.collect()))
}
