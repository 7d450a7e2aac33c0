//! Models: a body with inputs before it and outputs behind it.

use std::sync::Arc;

use model_graph::Graph;
use model_graph::graph::{MOST_ELEMENTS, Port as GraphPort, Source, TensorId};
use proc_macro2::Ident;

use super::bindings::Binder;
use super::frame::Frame;
use super::value::Value;
use super::{LoweredModel, Lowering};
use crate::diagnostics;
use crate::syntax::{Assign, Body, Let, Model, Range, Statement};

impl<'p> Lowering<'p, '_> {
    /// Lowers a model, once.
    pub fn model(&mut self, model: &'p Model) -> Option<LoweredModel> {
        self.once(&model.name, |lowering| lowering.lower_model(model))
    }

    fn lower_model(&mut self, model: &'p Model) -> Option<LoweredModel> {
        if model.is_unread || self.faulty.contains(&model.name.to_string()) {
            return None;
        }
        if model.inputs.is_empty() {
            self.diagnostics.error(model.name.span(), diagnostics::no_inputs(&model.name.to_string()));
            return None;
        }
        let mut frame = Frame::new(model.name.to_string(), self.program, Vec::new());
        for port in &model.inputs {
            let bound = match self.tensor_type(&port.ty) {
                Some(ty) => Value::Tensor(frame.graph.input(port.name.to_string(), ty)),
                None => Value::Broken,
            };
            self.bind(&mut frame, &port.name, bound, Binder::Header);
        }
        let samples = self.samples(&mut frame, model);
        if !self.check_dimensions(&frame, model) {
            return None;
        }
        frame.graph.samples = samples?;
        let result = self.body(&mut frame, &model.body);
        if result == Value::Nothing {
            self.no_result(&frame, &model.name.to_string(), &model.body);
            return None;
        }
        let declared = self.declared(model);
        let results = self.results(&mut frame, model, result)?;
        self.outputs(&mut frame, model, declared?, &results);
        if let Err((output, error)) = frame.graph.give_out_masks() {
            let place = results.get(output).map_or(model.name.span().into(), |(_, expr)| expr.range);
            self.error(&frame, place, error);
            return None;
        }
        if self.has_too_many_calls(&model.name, frame.calls) {
            return None;
        }
        self.finish(frame, model)
    }

    /// How many samples a batch has, where the model says so; a fault is noted, and gives nothing.
    fn samples(&mut self, frame: &mut Frame<'p>, model: &'p Model) -> Option<Option<usize>> {
        let Some(expr) = &model.batch_size else { return Some(None) };
        let value = self.expression(frame, expr);
        let value = self.known_here(frame, value, expr.range);
        let samples = if let Value::Data(data) = &value { data.as_u64() } else { None };
        match samples.and_then(|samples| usize::try_from(samples).ok()).filter(|samples| (1..=MOST_ELEMENTS).contains(samples)) {
            Some(samples) => Some(Some(samples)),
            None => {
                if !value.is_broken() {
                    let found = value.describe(frame);
                    self.error(frame, expr.range, diagnostics::batch_size(&model.name.to_string(), &found));
                }
                None
            }
        }
    }

    /// Says why a body has no result.
    pub fn no_result(&mut self, frame: &Frame<'p>, name: &str, body: &Body) {
        if let Some(nothing) = &body.result {
            self.error(frame, nothing.range, diagnostics::no_value());
            return;
        }
        let is_broken =
            |names: &[Ident]| names.iter().any(|name| frame.bindings.get(&name.to_string()).is_some_and(Value::is_broken));
        let (place, message): (Range, String) = match body.statements.last() {
            _ if body.is_broken => return,
            Some(Statement::Let(Let { names, .. }) | Statement::Assign(Assign { names, .. })) if is_broken(names) => return,
            Some(Statement::Expr(_, Some(semicolon))) if body.result.is_none() => {
                ((*semicolon).into(), diagnostics::dropped_result(name))
            }
            Some(Statement::Let(Let { names, .. }) | Statement::Assign(Assign { names, .. })) if names.len() == 1 => {
                (names[0].span().into(), diagnostics::bound_result(name, &names[0].to_string()))
            }
            _ => (body.end.into(), diagnostics::no_result(name)),
        };
        self.error(frame, place, message);
    }

    /// Names layers and outputs, and drops what no output depends on.
    fn finish(&mut self, frame: Frame<'p>, model: &Model) -> Option<LoweredModel> {
        self.check_called(&frame);
        let tensors: Vec<(String, TensorId)> = frame.bindings.tensors().map(|(name, tensor)| (name.to_owned(), tensor)).collect();
        let graph = self.pruned(frame);
        let (mut flat, became) = match graph.flat_with_tensors() {
            Ok(flat) => flat,
            Err(duplicate) if model.inputs.iter().filter(|port| port.name == duplicate.0).count() > 1 => return None,
            Err(duplicate) => {
                let named = self.named.iter().rev().find(|(name, _)| *name == duplicate.0);
                let range = named.map_or(model.name.span().into(), |(_, range)| *range);
                let is_input = model.inputs.iter().any(|port| port.name == duplicate.0);
                let message = if is_input { diagnostics::named_as_input(&duplicate.0) } else { duplicate.to_string() };
                self.diagnostics.error(range, message);
                return None;
            }
        };
        let names: Vec<String> = flat.own_outputs().iter().map(|port| output_name(&flat, port)).collect();
        let mut graph = graph;
        for (i, name) in names.into_iter().enumerate() {
            flat.outputs[i].name.clone_from(&name);
            graph.outputs[i].name = name;
        }
        let names = tensors.into_iter().filter_map(|(name, tensor)| Some((name, *became.get(&tensor)?)));
        let mut names: Vec<(String, TensorId)> = names.collect();
        names.sort();
        Some(LoweredModel { graph: Arc::new(graph), flat, names, view: None, fields: None })
    }

    /// Every layer that was made must be called.
    pub fn check_called(&mut self, frame: &Frame<'p>) {
        for (id, layer) in frame.graph.layers.iter().enumerate().filter(|(_, layer)| layer.built.is_none()) {
            let Some((range, name)) = frame.made.get(&id) else { continue };
            let message = diagnostics::layer_not_called(name.as_deref().unwrap_or_default(), layer.kind.called());
            self.diagnostics.error(*range, message);
        }
    }
}

/// The name of an output: its own, or that of the layer that gives it.
fn output_name(flat: &Graph, port: &GraphPort) -> String {
    if !port.name.is_empty() {
        return port.name.clone();
    }
    match flat.tensors[port.tensor.0].source {
        Source::Node(node, _) => flat.layers[flat.nodes[node.0].layer.0].name().to_owned(),
        Source::Input(input) => flat.inputs[input].name.clone(),
        Source::Code => String::new(),
    }
}
