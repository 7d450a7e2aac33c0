//! Layers as arguments of other layers: `Bidirectional(LSTM(8))`, `RNN([LSTMCell(8), GRUCell(4)])`. A layer that is wrapped becomes what
//! Keras's configuration has of it; it is never called itself.

use model_graph::argument::{Argument as _, Wrapped};
use model_graph::graph::{Kind, LayerId};
use serde_json::Value as Json;

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Expr, ExprKind};

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
            Value::Layer(layer) => self.wrapped_layer(frame, class, layer, expr),
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
        frame.made.remove(&layer.0);
        let node = &frame.graph.layers[layer.0];
        let source = node.kind.source();
        let message = match &node.kind {
            _ if node.built.is_some() => diagnostics::wrapped_shared(class, &source, "called"),
            _ if frame.wrapped.contains(&layer.0) => diagnostics::wrapped_shared(class, &source, "wrapped"),
            Kind::Layer(any) if any.signature().is_none() => {
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
