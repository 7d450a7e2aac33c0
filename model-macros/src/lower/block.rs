//! Blocks: lowered once for each distinct combination of arguments and input types.

use std::sync::Arc;

use model_graph::Graph;
use model_graph::graph::{Kind, TensorId};
use model_graph::shape::TensorType;
use proc_macro2::Ident;
use serde_json::Value as Json;

use super::Lowering;
use super::bindings::Binder;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, Block, Expr, Program, Range};

/// What a block is called with, as far as its code depends on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The block's place in memory: those of two invocations may have one name.
    block: usize,
    parameters: Vec<Parameter>,
}

/// A block for what it is called with.
#[derive(Clone, Debug)]
pub struct Specialised {
    graph: Arc<Graph>,
    /// The names of its layers that follow from what it is called with, as a call of it has them.
    names: Vec<Option<String>>,
}

/// What a parameter is bound to.
#[derive(Clone, Debug, PartialEq)]
enum Parameter {
    /// The block's input of this number, and the type of its mask, where it has one; parameters that are one tensor are one input.
    Input(usize, TensorType, Option<TensorType>),
    /// A number, string, boolean or list.
    Data(Json),
    /// A list of tensors and data.
    List(Vec<Parameter>),
}

/// A block, the items that its body sees, and the call's own word for it.
#[derive(Clone, Copy, Debug)]
pub struct Callee<'p> {
    pub block: &'p Block,
    pub items: &'p Program,
    pub name: &'p Ident,
}

impl<'p> Lowering<'p, '_> {
    /// `block(arguments)`
    pub fn call_block(&mut self, frame: &mut Frame<'p>, callee: Callee<'p>, arguments: &'p [Argument]) -> Value {
        let Callee { block, name, .. } = callee;
        if block.is_unread || !block.parameters_are_sound() || self.is_circle(frame, name) {
            return Value::Broken;
        }
        let Some(values) = self.block_arguments(frame, callee, arguments) else { return Value::Broken };
        // Without tensors there is nothing to call: the block gives layers or data, and those are the caller's too.
        if values.iter().any(|(value, _)| value.holds_layers()) || !values.iter().any(|(value, _)| value.holds_tensors()) {
            return self.written_out(frame, callee, values);
        }
        let mut inputs: Vec<TensorId> = Vec::new();
        let mut parameters = Vec::new();
        for (value, expr) in values {
            match self.parameter(frame, value, expr, &mut inputs) {
                Some(parameter) => parameters.push(parameter),
                None => return Value::Broken,
            }
        }
        let masks = inputs.iter().filter_map(|&input| frame.graph.masks.get(frame.graph.mask_of(input)?.0)?.tensor);
        let given: Vec<TensorId> = inputs.iter().copied().chain(masks).collect();
        let Some(Specialised { graph, names }) = self.specialised(frame, callee, parameters) else { return Value::Broken };
        let own = graph.outputs.len().saturating_sub(graph.masked.len());
        if self.are_too_many_calls(frame, &name.to_string(), graph.calls(), name.span().into()) {
            return Value::Broken;
        }
        let layer = frame.graph.layer(Kind::Block(graph), None);
        frame.graph.layers[layer.0].inside = names;
        match frame.graph.call(layer, &given) {
            Ok(outputs) if own == 1 => Value::Tensor(outputs[0]),
            Ok(outputs) => Value::Tuple(outputs.into_iter().take(own).map(Value::Tensor).collect()),
            Err(error) => {
                self.error(frame, name.span(), error);
                Value::Broken
            }
        }
    }

    /// What a parameter is bound to; tensors become inputs, each once.
    fn parameter(&mut self, frame: &mut Frame<'p>, value: Value, expr: &Expr, inputs: &mut Vec<TensorId>) -> Option<Parameter> {
        match value {
            Value::Data(data) => Some(Parameter::Data(data)),
            Value::List(values) | Value::Tuple(values) => {
                let parts = values.into_iter().map(|value| self.parameter(frame, value, expr, inputs));
                parts.collect::<Option<Vec<_>>>().map(Parameter::List)
            }
            other => {
                let tensor = self.tensor(frame, other, expr)?;
                let position = inputs.iter().position(|input| *input == tensor).unwrap_or_else(|| {
                    inputs.push(tensor);
                    inputs.len() - 1
                });
                let mask = self.mask_tensor(frame, tensor, expr.range)?;
                Some(Parameter::Input(position, frame.graph.ty(tensor).clone(), mask.map(|mask| frame.graph.ty(mask).clone())))
            }
        }
    }

    /// The value of every parameter, in order: an argument, or its default.
    fn block_arguments(
        &mut self,
        frame: &mut Frame<'p>,
        Callee { block, items, name }: Callee<'p>,
        arguments: &'p [Argument],
    ) -> Option<Vec<(Value, &'p Expr)>> {
        let parameters: Vec<String> = block.parameters.iter().map(|parameter| parameter.name.to_string()).collect();
        let mut values: Vec<Option<(Value, &'p Expr)>> = vec![None; parameters.len()];
        let mut is_sound = true;
        let mut surplus = 0;
        for (i, Argument { name: given, value }) in arguments.iter().enumerate() {
            let found = self.expression(frame, value);
            is_sound &= !found.is_broken();
            let position = match given {
                Some(given) => parameters.iter().position(|parameter| given == parameter),
                None => Some(i),
            };
            match (position.and_then(|position| values.get_mut(position)), given) {
                (Some(slot @ None), _) => *slot = Some((found, value)),
                (Some(Some(_)), Some(given)) => {
                    is_sound = false;
                    self.error(frame, given.span(), diagnostics::given_twice(&name.to_string(), &given.to_string()));
                }
                (None, Some(given)) => {
                    is_sound = false;
                    let known: Vec<&str> = parameters.iter().map(String::as_str).collect();
                    let message = diagnostics::block_parameter(&name.to_string(), "parameter", &given.to_string(), &known);
                    self.error(frame, given.span(), message);
                }
                (None | Some(Some(_)), None) => surplus += 1,
            }
        }
        for (slot, parameter) in values.iter_mut().zip(&block.parameters).filter(|(slot, _)| slot.is_none()) {
            if let Some(default) = &parameter.default {
                let value = self.expression(&mut Frame::new(String::new(), items, Vec::new()), default);
                *slot = Some((value, default));
            }
        }
        if is_sound && (values.iter().any(Option::is_none) || surplus > 0) {
            let needed = block.parameters.iter().filter(|parameter| parameter.default.is_none()).count();
            let message = diagnostics::block_arguments(&name.to_string(), &parameters, needed, arguments.len());
            self.error(frame, name.span(), message);
            return None;
        }
        if is_sound { values.into_iter().collect() } else { None }
    }

    /// The graph of a block for what it is called with. Calls that differ in the names of layers alone have one.
    fn specialised(&mut self, frame: &mut Frame<'p>, callee: Callee<'p>, parameters: Vec<Parameter>) -> Option<Specialised> {
        let key = Key { block: std::ptr::from_ref(callee.block) as usize, parameters };
        if let Some((_, lowered)) = self.blocks.iter().find(|(known, _)| *known == key) {
            return lowered.clone();
        }
        self.open.push(callee.name.to_string());
        let before = self.diagnostics.count();
        let lowered = self.lower_block(callee, &key.parameters).filter(|_| self.diagnostics.count() == before);
        self.open.pop();
        self.blame_call(frame, callee, before);
        let lowered = lowered.map(|(graph, names)| {
            let same = self.blocks.iter().filter(|(known, _)| known.block == key.block).filter_map(|(_, known)| known.as_ref());
            let same = same.map(|known| &known.graph).find(|known| !names.is_empty() && ***known == graph).cloned();
            Specialised { graph: same.unwrap_or_else(|| Arc::new(graph)), names }
        });
        self.blocks.push((key, lowered.clone()));
        lowered
    }

    /// Of what has been said about a block that another invocation has declared, keeps the first, at the call: the block is not there to be
    /// mended.
    fn blame_call(&mut self, frame: &Frame<'p>, Callee { items, name, .. }: Callee<'p>, before: usize) {
        if std::ptr::eq(frame.items, self.program) && !std::ptr::eq(items, self.program) {
            self.diagnostics.gather(before, name.span());
        }
    }

    /// The graph of a block, and the names of its layers that were computed.
    fn lower_block(
        &mut self,
        Callee { block, items, name }: Callee<'p>,
        parameters: &[Parameter],
    ) -> Option<(Graph, Vec<Option<String>>)> {
        let context = vec![diagnostics::inside_block(name, &described(parameters))];
        let mut frame = Frame::new(block.name.to_string(), items, context);
        frame.is_block = true;
        let mut inputs: Vec<TensorId> = Vec::new();
        for (parameter, given) in block.parameters.iter().zip(parameters) {
            let text = parameter.name.to_string();
            let value = given.value(&mut frame, &text, &mut inputs);
            self.bind(&mut frame, &parameter.name, value, Binder::Header);
        }
        self.add_masks(&mut frame, parameters, &inputs);
        let result = self.body(&mut frame, &block.body);
        let Some(expr) = self.block_result(&frame, block, &result) else {
            self.check_called(&frame);
            return None;
        };
        let values = if let Value::Tuple(values) = result { values } else { vec![result] };
        for (i, value) in values.into_iter().enumerate() {
            let tensor = self.tensor(&mut frame, value, expr)?;
            frame.graph.output(i.to_string(), tensor);
        }
        if let Err((_, error)) = frame.graph.give_out_masks() {
            self.error(&frame, expr.range, error);
            return None;
        }
        self.check_called(&frame);
        let computed = std::mem::take(&mut frame.computed_names);
        let mut graph = self.pruned(frame);
        let names = graph.take_names(|name| computed.contains(name));
        Some((graph, names))
    }

    /// The tensor that is the mask of another, if that has one.
    fn mask_tensor(&mut self, frame: &mut Frame<'p>, tensor: TensorId, range: Range) -> Option<Option<TensorId>> {
        let Some(mask) = frame.graph.mask_of(tensor) else { return Some(None) };
        match frame.graph.mask_tensor(mask) {
            Ok(mask) => Some(mask),
            Err(error) => {
                self.error(frame, range, error);
                None
            }
        }
    }

    /// Gives a block the masks of what it is called with, as inputs behind those.
    fn add_masks(&mut self, frame: &mut Frame<'p>, parameters: &[Parameter], inputs: &[TensorId]) {
        let mut masks = Vec::new();
        parameters.iter().for_each(|parameter| parameter.masks(&mut masks));
        masks.sort_by_key(|(position, _)| *position);
        masks.dedup_by_key(|(position, _)| *position);
        for (position, ty) in masks {
            let mask = frame.graph.input(format!("mask {position}"), ty);
            frame.graph.give_mask(inputs[position], mask);
        }
    }

    /// The expression of a block's result, if it has one.
    fn block_result(&mut self, frame: &Frame<'p>, block: &'p Block, result: &Value) -> Option<&'p Expr> {
        match &block.body.result {
            Some(expr) if *result != Value::Nothing => Some(expr),
            _ => {
                self.no_result(frame, &block.name.to_string(), &block.body);
                None
            }
        }
    }

    /// A block that is called with layers of the caller's, or gives them: its calls become the caller's own.
    fn written_out(&mut self, frame: &mut Frame<'p>, callee: Callee<'p>, values: Vec<(Value, &'p Expr)>) -> Value {
        let Callee { block, items, name } = callee;
        let texts: Vec<String> = values.iter().map(|(value, _)| value.describe(frame)).collect();
        let (bindings, own_items) = (std::mem::take(&mut frame.bindings), std::mem::replace(&mut frame.items, items));
        frame.context.push(diagnostics::inside_block(name, &texts.join(", ").replace('`', "")));
        let before = self.diagnostics.count();
        self.open.push(name.to_string());
        for (parameter, (value, _)) in block.parameters.iter().zip(values) {
            self.bind(frame, &parameter.name, value, Binder::Header);
        }
        let is_block = std::mem::replace(&mut frame.is_block, true);
        let result = self.body(frame, &block.body);
        frame.is_block = is_block;
        let has_result = self.block_result(frame, block, &result).is_some();
        self.open.pop();
        frame.context.pop();
        (frame.bindings, frame.items) = (bindings, own_items);
        self.blame_call(frame, callee, before);
        if has_result { result } else { Value::Broken }
    }
}

impl Parameter {
    /// The value in the block, whose inputs grow with it.
    fn value(&self, frame: &mut Frame<'_>, name: &str, inputs: &mut Vec<TensorId>) -> Value {
        match self {
            Self::Data(data) => Value::Data(data.clone()),
            Self::List(parts) => {
                let value = |(i, part): (usize, &Self)| part.value(frame, &format!("{name}[{i}]"), inputs);
                Value::List(parts.iter().enumerate().map(value).collect())
            }
            Self::Input(position, ty, _) => {
                if *position == inputs.len() {
                    inputs.push(frame.graph.input(name, ty.clone()));
                }
                Value::Tensor(inputs[*position])
            }
        }
    }

    /// The masks of the inputs in it, by their numbers.
    fn masks(&self, found: &mut Vec<(usize, TensorType)>) {
        match self {
            Self::Input(position, _, mask) => found.extend(mask.iter().map(|mask| (*position, mask.clone()))),
            Self::List(parts) => parts.iter().for_each(|part| part.masks(found)),
            Self::Data(_) => {}
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Input(_, ty, _) => ty.to_string(),
            Self::Data(data) => model_graph::argument::source(data),
            Self::List(parts) => format!("[{}]", described(parts)),
        }
    }
}

/// What a block is called with, in words.
fn described(parameters: &[Parameter]) -> String {
    parameters.iter().map(Parameter::describe).collect::<Vec<_>>().join(", ")
}
