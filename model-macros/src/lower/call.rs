//! Calls: of layers, of models, and of what operators stand for.

use std::sync::Arc;

use model_graph::Graph;
use model_graph::graph::{Kind, LayerId, TensorId};
use model_graph::layers::{AnyLayer, Class};
use model_graph::message::{CallError, nearest};
use model_graph::problem::Blame;
use proc_macro2::Ident;

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, Expr, ExprKind, Range};

/// The places of a call that a message may point at.
struct Places<'p> {
    layer: Range,
    operands: Vec<Range>,
    arguments: &'p [Argument],
}

impl<'p> Lowering<'p, '_> {
    /// `callee(arguments)`
    pub fn call(&mut self, frame: &mut Frame, callee: &'p Expr, arguments: &'p [Argument], range: Range) -> Value {
        if let ExprKind::Name(name) = &callee.kind
            && !frame.bindings.contains_key(&name.to_string())
        {
            return self.call_by_name(frame, name, arguments, range);
        }
        match self.expression(frame, callee) {
            Value::Layer(layer) => self.apply(frame, layer, callee, arguments),
            Value::Tensor(tensor) => {
                let operand = frame.graph.operand(tensor);
                self.error(frame, callee.range, diagnostics::tensor_called(&operand.label, &operand.ty));
                Value::Broken
            }
            Value::Broken => {
                // What it is called with may have faults of its own.
                arguments.iter().for_each(|argument| drop(self.expression(frame, &argument.value)));
                Value::Broken
            }
            other => {
                let found = other.describe(frame);
                self.error(frame, callee.range, diagnostics::not_callable(&found));
                Value::Broken
            }
        }
    }

    fn call_by_name(&mut self, frame: &mut Frame, name: &'p Ident, arguments: &'p [Argument], range: Range) -> Value {
        let text = name.to_string();
        if let Some(class) = Class::find(&text) {
            return self.make_layer(frame, class, name, arguments, range);
        }
        let program = self.program;
        if let Some(block) = program.blocks.iter().find(|block| block.name == *name) {
            return self.call_block(frame, block, name, arguments);
        }
        if let Some(model) = program.models.iter().find(|model| model.name == *name) {
            if self.is_circle(frame, name) {
                return Value::Broken;
            }
            let lowered = self.model(model);
            return self.make_model(frame, lowered.map(|lowered| nested(&lowered.flat, &text)), name, arguments, range);
        }
        if let Some(known) = self.models.get(&text).cloned() {
            return self.make_model(frame, known.map(|known| known.graph), name, arguments, range);
        }
        self.unknown(frame, name, arguments)
    }

    /// A name that nothing here explains: a model that is declared elsewhere, if it looks like one, or a slip of the pen.
    fn unknown(&mut self, frame: &mut Frame, name: &Ident, arguments: &'p [Argument]) -> Value {
        let (text, own, layers) = (name.to_string(), self.own_names(), layer_names());
        let own: Vec<&str> = own.iter().map(String::as_str).collect();
        let takes_only_names = arguments.iter().all(|argument| argument.name.is_some());
        if takes_only_names && may_be_model(&text, &[own.as_slice(), &layers].concat()) {
            if !self.missing.contains(name) {
                self.missing.push(name.clone());
            }
            return Value::Broken;
        }
        self.error(frame, name.span(), diagnostics::unknown_layer(&text, &own, &layers));
        Value::Broken
    }

    /// Whether a name can be called.
    pub fn is_callable(&self, name: &str) -> bool {
        Class::find(name).is_some() || self.own_names().iter().any(|own| own == name)
    }

    /// The blocks and models that can be called.
    fn own_names(&self) -> Vec<String> {
        let blocks = self.program.blocks.iter().map(|block| block.name.to_string());
        let models = self.program.models.iter().map(|model| model.name.to_string());
        let all = blocks.chain(models).chain(self.program.known.iter().map(|(name, _)| name.clone()));
        all.filter(|name| !self.open.contains(name)).collect()
    }

    /// Whether a model or block is being lowered already; then the circle is noted.
    pub fn is_circle(&mut self, frame: &Frame, name: &Ident) -> bool {
        let Some(start) = self.open.iter().position(|open| name == open) else { return false };
        let mut circle = self.open[start..].to_vec();
        circle.push(name.to_string());
        self.error(frame, name.span(), diagnostics::cycle(&circle));
        true
    }

    fn make_layer(&mut self, frame: &mut Frame, class: &Class, name: &Ident, arguments: &'p [Argument], range: Range) -> Value {
        match self.layer_arguments(frame, class, name, arguments) {
            Some((layer, common)) => self.add_layer(frame, Kind::Layer(layer), common, range),
            None => Value::Broken,
        }
    }

    fn make_model(
        &mut self,
        frame: &mut Frame,
        graph: Option<Arc<Graph>>,
        name: &Ident,
        arguments: &'p [Argument],
        range: Range,
    ) -> Value {
        let common = self.model_arguments(frame, name, arguments);
        match (graph, common) {
            (Some(graph), Some(common)) => self.add_layer(frame, Kind::Model(graph), common, range),
            _ => Value::Broken,
        }
    }

    fn add_layer(&mut self, frame: &mut Frame, kind: Kind, common: super::arguments::Common, range: Range) -> Value {
        let layer = frame.graph.layer(kind, common.name);
        frame.graph.layers[layer.0].trainable = common.trainable;
        frame.made.insert(layer.0, (range, None));
        Value::Layer(layer)
    }

    /// `layer(tensors)`
    fn apply(&mut self, frame: &mut Frame, layer: LayerId, callee: &'p Expr, arguments: &'p [Argument]) -> Value {
        let own: &'p [Argument] = if let ExprKind::Call(_, own) = &callee.kind { own } else { &[] };
        frame.made.remove(&layer.0);
        let operands = match &frame.graph.layers[layer.0].kind {
            Kind::Layer(any) => {
                let any = any.clone();
                self.layer_operands(frame, &any, arguments)
            }
            Kind::Model(graph) | Kind::Block(graph) => {
                let graph = graph.clone();
                self.model_operands(frame, &graph, arguments)
            }
        };
        let Some(operands) = operands else { return Value::Broken };
        let (tensors, ranges): (Vec<TensorId>, Vec<Range>) = operands.into_iter().unzip();
        let layer_range = if let ExprKind::Call(name, _) = &callee.kind { name.range } else { callee.range };
        self.finish_call(frame, layer, &tensors, &Places { layer: layer_range, operands: ranges, arguments: own })
    }

    fn finish_call(&mut self, frame: &mut Frame, layer: LayerId, tensors: &[TensorId], places: &Places<'_>) -> Value {
        match frame.graph.call(layer, tensors) {
            Ok(outputs) => match outputs.as_slice() {
                [output] => Value::Tensor(*output),
                _ => Value::Tuple(outputs.into_iter().map(Value::Tensor).collect()),
            },
            Err(error) => {
                self.error(frame, blamed(&error, places), error);
                Value::Broken
            }
        }
    }

    /// `a + b`, as the layer that it stands for.
    pub fn operator(&mut self, frame: &mut Frame, class: &str, operands: [(Value, &'p Expr); 2], range: Range) -> Value {
        let layer = Class::find(class).and_then(|class| class.read(&serde_json::Map::new()).ok());
        let Some(layer) = layer else { return Value::Broken };
        let ranges = operands.iter().map(|(_, expr)| expr.range).collect();
        let tensors: Option<Vec<TensorId>> = operands.into_iter().map(|(value, expr)| self.tensor(frame, value, expr)).collect();
        let Some(tensors) = tensors else { return Value::Broken };
        let layer = frame.graph.layer(Kind::Layer(layer), None);
        self.finish_call(frame, layer, &tensors, &Places { layer: range, operands: ranges, arguments: &[] })
    }

    /// The tensors that a layer is called with: one, or a list.
    fn layer_operands(
        &mut self,
        frame: &mut Frame,
        layer: &AnyLayer,
        arguments: &'p [Argument],
    ) -> Option<Vec<(TensorId, Range)>> {
        let class = layer.class();
        self.check_unnamed(frame, class, arguments)?;
        let exprs: Vec<&'p Expr> = arguments.iter().map(|argument| &argument.value).collect();
        let place = |exprs: &[&Expr]| exprs.first().map_or_else(diagnostics::call_site, |expr| expr.range.start);
        match (layer.arity().is_list(), exprs.as_slice()) {
            (true, [Expr { kind: ExprKind::List(items), .. }]) => self.tensors(frame, items.iter()),
            (true, [expr]) => {
                let value = self.expression(frame, expr);
                if let Value::Tuple(values) | Value::List(values) = value {
                    return values.into_iter().map(|value| Some((self.tensor(frame, value, expr)?, expr.range))).collect();
                }
                self.tensor(frame, value, expr)?;
                self.error(frame, expr.range, diagnostics::list_missing(class, 1));
                None
            }
            (true, _) => {
                self.tensors(frame, exprs.iter().copied())?;
                self.error(frame, place(&exprs), diagnostics::list_missing(class, exprs.len()));
                None
            }
            (false, [Expr { kind: ExprKind::List(items), range, .. }]) => {
                self.tensors(frame, items.iter())?;
                self.error(frame, *range, diagnostics::list_given(class, items.len()));
                None
            }
            (false, _) => self.tensors(frame, exprs.into_iter()),
        }
    }

    /// The tensors that a model is called with, in its order: by position, as a list, or by name.
    fn model_operands(&mut self, frame: &mut Frame, graph: &Graph, arguments: &'p [Argument]) -> Option<Vec<(TensorId, Range)>> {
        let exprs: Vec<&'p Expr> = match arguments {
            [Argument { name: None, value: Expr { kind: ExprKind::List(items), .. } }] => items.iter().collect(),
            _ if arguments.iter().all(|argument| argument.name.is_some()) && arguments.len() == graph.inputs.len() => {
                let names: Vec<String> = graph.inputs.iter().map(|port| port.name.clone()).collect();
                self.by_name(frame, &graph.name, &names, arguments)?
            }
            _ => {
                self.check_unnamed(frame, &graph.name, arguments)?;
                arguments.iter().map(|argument| &argument.value).collect()
            }
        };
        self.tensors(frame, exprs.into_iter())
    }

    fn by_name(&mut self, frame: &Frame, model: &str, names: &[String], arguments: &'p [Argument]) -> Option<Vec<&'p Expr>> {
        let find = |name: &String| {
            let named = |argument: &&Argument| argument.name.as_ref().is_some_and(|given| given == name);
            arguments.iter().find(named).map(|argument| &argument.value)
        };
        let found: Option<Vec<&'p Expr>> = names.iter().map(find).collect();
        if found.is_none() {
            let known: Vec<&str> = names.iter().map(String::as_str).collect();
            let unknown = arguments.iter().filter_map(|argument| argument.name.as_ref());
            if let Some(name) = unknown.into_iter().find(|name| !names.contains(&name.to_string())) {
                self.error(frame, name.span(), diagnostics::block_parameter(model, &name.to_string(), &known));
            } else if let Some(name) = arguments.first().and_then(|argument| argument.name.as_ref()) {
                self.error(frame, name.span(), diagnostics::declared_twice("argument", &name.to_string()));
            }
        }
        found
    }

    fn check_unnamed(&mut self, frame: &Frame, class: &str, arguments: &[Argument]) -> Option<()> {
        let Some(name) = arguments.iter().find_map(|argument| argument.name.as_ref()) else { return Some(()) };
        self.error(frame, name.span(), diagnostics::named_tensor(class, &name.to_string()));
        None
    }

    fn tensors(&mut self, frame: &mut Frame, exprs: impl Iterator<Item = &'p Expr>) -> Option<Vec<(TensorId, Range)>> {
        let found: Vec<Option<(TensorId, Range)>> = exprs
            .map(|expr| {
                let value = self.expression(frame, expr);
                self.tensor(frame, value, expr).map(|tensor| (tensor, expr.range))
            })
            .collect();
        found.into_iter().collect()
    }
}

fn layer_names() -> Vec<&'static str> {
    model_graph::layers::CLASSES.iter().map(|class| class.name).collect()
}

/// Whether a name that nothing explains is that of a model declared elsewhere, and not a layer's or model's name misspelt, or a layer of
/// Keras's that there is not.
fn may_be_model(name: &str, known: &[&str]) -> bool {
    let is_type_like = |name: &&str| name.chars().next().is_some_and(char::is_uppercase);
    let models: Vec<&str> = known.iter().copied().filter(is_type_like).collect();
    let is_slip = nearest(name, &models).is_some_and(|near| !name.contains(near) || name.eq_ignore_ascii_case(near));
    is_type_like(&name) && !is_slip && !diagnostics::is_keras_layer(name)
}

/// A model's graph as another model holds it.
fn nested(flat: &Graph, name: &str) -> Arc<Graph> {
    Arc::new(Graph { name: name.to_owned(), ..flat.clone() })
}

/// The narrowest place that an error is about.
fn blamed(error: &CallError, places: &Places<'_>) -> Range {
    match error.blame() {
        Blame::Layer => places.layer,
        Blame::Operand(i) => places.operands.get(i).copied().unwrap_or(places.layer),
        Blame::Argument(argument) => super::arguments::place(places.arguments, &error.class, argument).unwrap_or(places.layer),
    }
}
