//! Layers as arguments of other layers: `Bidirectional(LSTM(8))`, `RNN([LSTMCell(8), GRUCell(4)])`. A layer that is wrapped becomes what
//! Keras's configuration has of it; it is never called itself.

use model_graph::argument::{Argument as _, Wrapped};
use model_graph::graph::{Kind, LayerId};
use model_graph::layer::LayerArguments as _;
use model_graph::layers::{AnyLayer, Class, RNN, StackedRNNCells, TimeDistributed};
use serde_json::{Map, Value as Json};

use super::Lowering;
use super::arguments::Common;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, Expr, ExprKind};

/// A `TimeDistributed` of something that is called itself.
struct Around<'p> {
    common: Common,
    /// What it is around.
    inner: &'p Expr,
    /// All of it.
    expr: &'p Expr,
}

impl<'p> Lowering<'p, '_> {
    /// Whether an argument of a class is a layer, or a list of them.
    pub fn takes_layers(&self, class: &str, name: &str) -> bool {
        let specs = self.declaration(class).map(|declaration| declaration.arguments()).unwrap_or_default();
        specs.iter().any(|spec| spec.name == name && spec.takes_layers)
    }

    /// The data of an argument that is a layer, or a list of them; a fault is noted and gives nothing.
    pub fn wrapped(&mut self, frame: &mut Frame<'p>, class: &str, name: &str, expr: &'p Expr) -> Option<Json> {
        let value = self.expression(frame, expr);
        self.wrapped_value(frame, class, name, value, expr)
    }

    fn wrapped_value(&mut self, frame: &mut Frame<'p>, class: &str, name: &str, value: Value, expr: &'p Expr) -> Option<Json> {
        match value {
            Value::Data(data) => Some(data),
            Value::Layer(_, manner) if manner.is_for_each_step() => {
                let source = value.describe(frame);
                self.error(frame, expr.range, diagnostics::wrapped_steps(class, &source));
                None
            }
            Value::Layer(layer, _) => self.wrapped_layer(frame, class, layer, expr),
            Value::List(values) | Value::Tuple(values) => {
                let exprs = if let ExprKind::List(items) | ExprKind::Tuple(items) = &expr.kind { items.as_slice() } else { &[] };
                let place = |i: usize| exprs.get(i).filter(|_| exprs.len() == values.len()).unwrap_or(expr);
                let places: Vec<&'p Expr> = (0..values.len()).map(place).collect();
                let items: Vec<Option<Json>> = values
                    .into_iter()
                    .zip(places)
                    .map(|(value, place)| self.wrapped_value(frame, class, name, value, place))
                    .collect();
                items.into_iter().collect::<Option<Vec<_>>>().map(Json::Array)
            }
            Value::Sequence(_) => {
                self.error(frame, expr.range, diagnostics::wrapped_model(class, "Sequential([..])"));
                None
            }
            other if other.is_broken() => None,
            other => {
                let found = other.describe(frame);
                self.error(frame, expr.range, diagnostics::wrapped_value(class, name, &found));
                None
            }
        }
    }

    fn wrapped_layer(&mut self, frame: &mut Frame<'p>, class: &str, layer: LayerId, expr: &'p Expr) -> Option<Json> {
        let is_cell = [RNN::CLASS, StackedRNNCells::CLASS].contains(&class);
        frame.made.remove(&layer.0);
        let node = &frame.graph.layers[layer.0];
        let source = node.kind.source();
        let message = match &node.kind {
            _ if node.built.is_some() => diagnostics::wrapped_shared(class, &source, "called"),
            _ if frame.wrapped.contains(&layer.0) => diagnostics::wrapped_shared(class, &source, "wrapped"),
            Kind::Layer(AnyLayer::Custom(own)) if is_cell && own.states() == 0 => {
                diagnostics::no_cell(class, &source, &own.signature.rule.to_string())
            }
            Kind::Layer(any) if any.signature().is_none() || is_cell => {
                let wrapped = Wrapped::new(any.clone(), node.name.clone(), node.trainable);
                frame.wrapped.insert(layer.0);
                return Some(wrapped.to_value());
            }
            Kind::Layer(_) => diagnostics::wrapped_own(class, &source),
            Kind::Model(_) | Kind::Block(_) => diagnostics::wrapped_model(class, &source),
        };
        self.error(frame, expr.range, message);
        None
    }

    /// `TimeDistributed(layer)` of what is called itself, for each step: of a model, a layer of the user's own, or a sequence of layers.
    pub fn time_distributed(&mut self, frame: &mut Frame<'p>, arguments: &'p [Argument], expr: &'p Expr) -> Option<Value> {
        let class = TimeDistributed::CLASS;
        let is_layer = |(i, argument): (usize, &Argument)| match &argument.name {
            Some(name) => name == "layer",
            None => i == 0,
        };
        let place = arguments.iter().enumerate().position(|(i, argument)| is_layer((i, argument)))?;
        if !self.is_called_itself(frame, &arguments[place].value) {
            return None;
        }
        let (given, mut common, is_sound) = self.name_arguments(frame, class, &["layer"], arguments);
        let mut value = Value::Broken;
        for (name, argument) in given {
            match name.as_str() {
                "layer" => value = self.expression(frame, &argument.value),
                _ => self.common(frame, class, &name, argument, &mut common)?,
            }
        }
        if !is_sound {
            return Some(Value::Broken);
        }
        let around = Around { common, inner: &arguments[place].value, expr };
        Some(match value {
            Value::Layer(..) => self.around(frame, &value, &around),
            Value::Sequence(layers) if around.common.name.is_none() => {
                let layers = layers.into_iter().map(|(layer, manner)| self.around(frame, &Value::Layer(layer, manner), &around));
                let layers = layers.collect::<Vec<_>>().into_iter().map(|value| match value {
                    Value::Layer(layer, manner) => Some((layer, manner)),
                    _ => None,
                });
                layers.collect::<Option<_>>().map_or(Value::Broken, Value::Sequence)
            }
            Value::Sequence(_) => {
                self.error(frame, expr.range, diagnostics::sequence_named(class));
                Value::Broken
            }
            other => {
                self.wrapped_value(frame, class, "layer", other, around.inner);
                Value::Broken
            }
        })
    }

    /// Whether an expression is something that is called itself for each step, as a layer of the library is not.
    fn is_called_itself(&self, frame: &Frame<'p>, expr: &Expr) -> bool {
        let is_plain = |kind: &Kind| matches!(kind, Kind::Layer(any) if any.signature().is_none());
        match &expr.kind {
            ExprKind::Name(name) => match frame.bindings.get(&name.to_string()) {
                Some(Value::Layer(layer, manner)) => manner.is_for_each_step() || !is_plain(&frame.graph.layers[layer.0].kind),
                value => matches!(value, Some(Value::Sequence(_))),
            },
            ExprKind::Call(callee, _) => match &callee.kind {
                ExprKind::Name(name) => {
                    let name = name.to_string();
                    let is_one = name == "TimeDistributed" || Class::find(&name).is_none();
                    is_one && (frame.bindings.get(&name).is_none() || name == "Sequential")
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// A layer that is called for each step.
    fn around(&mut self, frame: &mut Frame<'p>, value: &Value, around: &Around<'p>) -> Value {
        let Around { common, inner, expr } = around;
        let Value::Layer(layer, manner) = *value else { return Value::Broken };
        let is_plain = matches!(&frame.graph.layers[layer.0].kind, Kind::Layer(any) if any.signature().is_none());
        if is_plain || manner.is_for_each_step() {
            let read =
                |layer: Json| Class::find(TimeDistributed::CLASS)?.read(&Map::from_iter([("layer".to_owned(), layer)])).ok();
            let wrapped = self.wrapped_value(frame, TimeDistributed::CLASS, "layer", value.clone(), inner);
            let made = wrapped.and_then(read).map(|layer| self.add_layer(frame, Kind::Layer(layer), common.clone(), expr));
            return made.unwrap_or(Value::Broken);
        }
        let node = &mut frame.graph.layers[layer.0];
        node.trainable &= common.trainable;
        if let Some(name) = &common.name {
            let known = node.time_distributed.get_or_insert_with(|| name.clone()).clone();
            if known != *name {
                let source = node.kind.source_in(manner.for_each_step());
                self.error(frame, expr.range, diagnostics::named_otherwise(&source, &known));
            }
        }
        frame.around.insert(layer.0, expr);
        Value::Layer(layer, manner.for_each_step())
    }

    /// Whether a layer that is called is a part of another one, which is noted.
    pub fn is_wrapped(&mut self, frame: &Frame<'p>, layer: LayerId, callee: &Expr) -> bool {
        let is_wrapped = frame.wrapped.contains(&layer.0);
        if is_wrapped {
            let source = frame.graph.layers[layer.0].kind.source();
            self.error(frame, callee.range, diagnostics::wrapped_called(&source));
        }
        is_wrapped
    }
}
