//! The body of one model or block: its graph as far as it has grown, and its statements one after the other.

use std::collections::{HashMap, HashSet};

use model_graph::Graph;
use model_graph::graph::{LayerId, TensorId};
use model_graph::layer::Manner;
use proc_macro2::Ident;
use serde_json::Value as Json;

use super::bindings::{Binder, Bindings, Unassignable};
use super::repetition::give_up;
use super::value::Value;
use super::{Lowering, Meaning};
use crate::diagnostics;
use crate::syntax::{Assign, Body, Expr, ExprKind, If, Let, Program, Range, Statement};

/// A body that is being lowered.
#[derive(Debug)]
pub struct Frame<'p> {
    /// The graph.
    pub graph: Graph,
    /// What names stand for.
    pub bindings: Bindings,
    /// The models, blocks and constants that the body sees.
    pub items: &'p Program,
    /// Where layers were made, and the names they were bound to, by their place in the graph, until they are called.
    pub made: HashMap<usize, (Range, Option<String>)>,
    /// The layers that others wrap, by their place in the graph.
    pub wrapped: HashSet<usize>,
    /// The expressions that layers were made by.
    pub makers: HashMap<usize, &'p Expr>,
    /// The expressions of what calls layers for each step of a sequence.
    pub around: HashMap<usize, &'p Expr>,
    /// The tensors that were assigned to names, by the names' places in memory.
    pub assigned: Vec<(usize, TensorId)>,
    /// The names that loops without rounds would have assigned to, with the loop's place and what is to be said of it.
    pub skipped: HashMap<String, (Range, String)>,
    /// The number of layer calls, with those of the blocks and models that were called.
    pub calls: usize,
    /// Whether it is a block's.
    pub is_block: bool,
    /// The names of layers that were computed.
    pub computed_names: HashSet<String>,
    /// Where the body stands, in words: the block with its arguments, the loop with its item.
    pub context: Vec<String>,
}

impl<'p> Frame<'p> {
    /// An empty body.
    pub fn new(name: String, items: &'p Program, context: Vec<String>) -> Self {
        let (bindings, made, makers, around) = (Bindings::default(), HashMap::new(), HashMap::new(), HashMap::new());
        let (assigned, skipped, wrapped) = (Vec::new(), HashMap::new(), HashSet::new());
        Self {
            graph: Graph::new(name),
            bindings,
            items,
            made,
            wrapped,
            makers,
            around,
            assigned,
            skipped,
            calls: 0,
            is_block: false,
            computed_names: HashSet::new(),
            context,
        }
    }

    /// The expression that made what is called.
    pub fn maker(&self, (layer, manner): (LayerId, Manner)) -> Option<&'p Expr> {
        let makers = if manner.is_for_each_step() { &self.around } else { &self.makers };
        makers.get(&layer.0).copied()
    }

    /// Takes the layers that a name stands for as called: where they are could not be read.
    pub fn call_later(&mut self, name: &str) {
        let mut layers = Vec::new();
        self.bindings.get(name).iter().for_each(|value| value.layers(&mut layers));
        layers.iter().for_each(|layer| drop(self.made.remove(&layer.0)));
    }
}

impl<'p> Lowering<'p, '_> {
    /// Notes a fault, with where it stands.
    pub fn error(&mut self, frame: &Frame<'_>, range: impl Into<Range>, message: impl ToString) {
        self.diagnostics.error(range, diagnostics::within(&message.to_string(), &frame.context));
    }

    /// Lowers a body and gives its result, or nothing where it has none.
    pub fn body(&mut self, frame: &mut Frame<'p>, body: &'p Body) -> Value {
        self.deeper(frame, body.end.into(), |lowering, frame| lowering.statements(frame, body))
    }

    fn statements(&mut self, frame: &mut Frame<'p>, body: &'p Body) -> Value {
        for statement in &body.statements {
            self.statement(frame, statement);
        }
        match &body.result {
            Some(result) => self.expression(frame, result),
            None if body.is_broken => Value::Broken,
            None => Value::Nothing,
        }
    }

    fn statement(&mut self, frame: &mut Frame<'p>, statement: &'p Statement) {
        match statement {
            Statement::Let(Let { names, value: Expr { kind: ExprKind::Unread(mentioned), .. }, .. }) => {
                names.iter().for_each(|name| frame.bindings.give_up(&name.to_string()));
                names.iter().for_each(|name| self.bind(frame, name, Value::Broken, Binder::LetMut));
                mentioned.iter().for_each(|name| frame.call_later(&name.to_string()));
            }
            Statement::Let(Let { names, mutable, value: expr }) => {
                let value = self.expression(frame, expr);
                let values = self.unpacked(frame, names.len(), value, expr);
                for ((name, mutable), value) in names.iter().zip(mutable).zip(values) {
                    self.bind(frame, name, value, if mutable.is_some() { Binder::LetMut } else { Binder::Let });
                }
            }
            Statement::Assign(Assign { names, value: expr }) => {
                let value = self.expression(frame, expr);
                let values = self.unpacked(frame, names.len(), value, expr);
                names.iter().zip(values).for_each(|(name, value)| self.assign(frame, name, value));
            }
            Statement::For(repetition) => self.repetition(frame, repetition),
            Statement::Expr(expr, _) => drop(self.expression(frame, expr)),
        }
    }

    /// The values for so many names.
    fn unpacked(&mut self, frame: &Frame<'p>, names: usize, value: Value, expr: &Expr) -> Vec<Value> {
        match value {
            Value::Nothing => {
                self.error(frame, expr.range, diagnostics::no_value());
                vec![Value::Broken; names]
            }
            value if names == 1 => vec![value],
            Value::Tuple(values) | Value::List(values) if values.len() == names => values,
            Value::Data(Json::Array(items)) if items.len() == names => items.into_iter().map(Value::Data).collect(),
            value => {
                if !value.is_broken() {
                    let found = if let Value::Tuple(values) | Value::List(values) = &value { values.len() } else { 1 };
                    let states = if let Value::Tensor(tensor) = value { frame.graph.with_states(tensor, names) } else { None };
                    self.error(frame, expr.range, diagnostics::unpack(names, found, states.as_deref()));
                }
                vec![Value::Broken; names]
            }
        }
    }

    /// Lets a name stand for a value in the innermost scope.
    pub fn bind(&mut self, frame: &mut Frame<'p>, name: &'p Ident, value: Value, by: Binder) {
        if name == "_" {
            return;
        }
        let meaning = match &value {
            Value::Tensor(tensor) => Some(Meaning::Tensor(frame.graph.ty(*tensor).clone())),
            Value::Layer(layer, _) => Some(Meaning::Layer(frame.graph.layers[layer.0].kind.called().to_owned())),
            _ => None,
        };
        if let Some(meaning) = meaning {
            self.meanings.entry(std::ptr::from_ref(name) as usize).or_insert(meaning);
        }
        label(frame, &name.to_string(), &value);
        frame.bindings.bind(name.to_string(), value, by);
    }

    fn assign(&mut self, frame: &mut Frame<'p>, name: &Ident, value: Value) {
        let text = name.to_string();
        label(frame, &text, &value);
        if let Value::Tensor(tensor) = value {
            frame.assigned.push((std::ptr::from_ref(name) as usize, tensor));
        }
        if let Err(reason) = frame.bindings.assign(&text, value.clone()) {
            let message = match reason {
                Unassignable::Unbound => {
                    frame.bindings.bind(text.clone(), value, Binder::LetMut);
                    let is_constant = frame.items.constant(&text).is_some();
                    if is_constant { diagnostics::constant_assigned(&text) } else { diagnostics::without_let(&text) }
                }
                Unassignable::Immutable(how) => diagnostics::immutable(&text, how),
            };
            self.error(frame, name.span(), message);
        }
    }

    /// Drops what no output depends on, and remembers which assignments that makes idle.
    pub fn pruned(&mut self, frame: Frame<'p>) -> Graph {
        let graph = frame.graph.pruned();
        let live = graph.live();
        for (place, tensor) in frame.assigned {
            *self.idle.entry(place).or_insert(true) &= !live[tensor.0];
        }
        graph
    }

    /// `if condition { .. } else { .. }`: only the branch that holds becomes part of the graph.
    pub fn choice(&mut self, frame: &mut Frame<'p>, If { condition, then, otherwise }: &'p If) -> Value {
        let condition_value = self.expression(frame, condition);
        let branch = match self.known_here(frame, condition_value, condition.range) {
            Value::Data(Json::Bool(true)) => Some(then),
            Value::Data(Json::Bool(false)) => otherwise.as_ref(),
            other => {
                if !other.is_broken() {
                    let (found, is_tensor) = (other.describe(frame), matches!(other, Value::Tensor(_)));
                    self.error(frame, condition.range, diagnostics::condition(&found, is_tensor));
                }
                give_up(frame, then);
                otherwise.iter().for_each(|otherwise| give_up(frame, otherwise));
                return Value::Broken;
            }
        };
        let Some(branch) = branch else { return Value::Nothing };
        frame.bindings.enter();
        let value = self.body(frame, branch);
        frame.bindings.leave();
        value
    }

    /// The tensor that a value must be; anything else is noted as a fault.
    pub fn tensor(&mut self, frame: &mut Frame<'p>, value: Value, expr: &Expr) -> Option<TensorId> {
        match value {
            Value::Tensor(tensor) => {
                if let ExprKind::Name(name) = &expr.kind {
                    frame.graph.tensors[tensor.0].label = name.to_string();
                }
                return Some(tensor);
            }
            Value::Layer(layer, manner) => {
                let class = frame.graph.layers[layer.0].kind.called().to_owned();
                self.layer_is_no_tensor(frame, &[(layer, manner)], &class, expr);
            }
            Value::Sequence(layers) => self.layer_is_no_tensor(frame, &layers, "Sequential", expr),
            other if other.is_broken() => {}
            other => {
                let name = if let ExprKind::Name(name) = &expr.kind { Some(name.to_string()) } else { None };
                let message = match &other {
                    Value::Tuple(values) => diagnostics::expected_one_tensor(values.len(), name.as_deref()),
                    Value::List(_) => diagnostics::expected_no_list(name.as_deref()),
                    _ => diagnostics::expected_tensor(&other.describe(frame)),
                };
                self.error(frame, expr.range, message);
            }
        }
        None
    }

    fn layer_is_no_tensor(&mut self, frame: &mut Frame<'p>, layers: &[(LayerId, Manner)], class: &str, expr: &Expr) {
        let name = if let ExprKind::Name(name) = &expr.kind { name.to_string() } else { String::new() };
        layers.iter().for_each(|(layer, _)| drop(frame.made.remove(&layer.0))); // said here, and not again at the end
        self.error(frame, expr.range, diagnostics::layer_not_called(&name, class));
    }
}

/// Messages call a tensor or layer by the name that it was bound to last.
fn label(frame: &mut Frame<'_>, name: &str, value: &Value) {
    match value {
        Value::Tensor(tensor) => name.clone_into(&mut frame.graph.tensors[tensor.0].label),
        Value::Layer(layer, _) => {
            if let Some((_, bound)) = frame.made.get_mut(&layer.0) {
                *bound = Some(name.to_owned());
            }
        }
        _ => {}
    }
}
