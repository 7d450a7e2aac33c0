//! Blocks: lowered once for each distinct combination of arguments and input types.

use std::sync::Arc;

use model_graph::Graph;
use model_graph::graph::{Kind, TensorId};
use model_graph::shape::TensorType;
use proc_macro2::Ident;
use serde_json::Value as Json;

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, Block, Expr};

/// The most layer calls that a model may have once its blocks are written out, as its configuration has them.
const MOST_CALLS: usize = 20_000;

/// What a block is called with, as far as its code depends on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    block: String,
    parameters: Vec<Parameter>,
}

/// A block's graph, and the number of calls in it.
pub type Lowered = (Arc<Graph>, usize);

/// What a parameter is bound to.
#[derive(Clone, Debug, PartialEq)]
enum Parameter {
    /// The block's input of this number; parameters that are one tensor are one input.
    Input(usize, TensorType),
    /// A number, string, boolean or list.
    Data(Json),
}

impl<'p> Lowering<'p, '_> {
    /// `block(arguments)`
    pub fn call_block(&mut self, frame: &mut Frame, block: &'p Block, name: &'p Ident, arguments: &'p [Argument]) -> Value {
        let repeats = |(i, name): (usize, &Ident)| block.parameters[..i].contains(name);
        if block.is_unread || block.parameters.iter().enumerate().any(repeats) || self.is_circle(frame, name) {
            return Value::Broken;
        }
        let Some(values) = self.block_arguments(frame, block, name, arguments) else { return Value::Broken };
        let mut inputs: Vec<TensorId> = Vec::new();
        let mut parameters = Vec::new();
        for (value, expr) in values {
            let parameter = match value {
                Value::Data(data) => Parameter::Data(data),
                other => {
                    let Some(tensor) = self.tensor(frame, other, expr) else { return Value::Broken };
                    let position = inputs.iter().position(|input| *input == tensor).unwrap_or_else(|| {
                        inputs.push(tensor);
                        inputs.len() - 1
                    });
                    Parameter::Input(position, frame.graph.ty(tensor).clone())
                }
            };
            parameters.push(parameter);
        }
        let Some((graph, size)) = self.specialised(block, Key { block: name.to_string(), parameters }) else {
            return Value::Broken;
        };
        frame.size = frame.size.saturating_add(size);
        if frame.size > MOST_CALLS {
            self.error(frame, name.span(), diagnostics::too_many_calls(&name.to_string(), MOST_CALLS));
            return Value::Broken;
        }
        let layer = frame.graph.layer(Kind::Block(graph), None);
        match frame.graph.call(layer, &inputs) {
            Ok(outputs) if outputs.len() == 1 => Value::Tensor(outputs[0]),
            Ok(outputs) => Value::Tuple(outputs.into_iter().map(Value::Tensor).collect()),
            Err(error) => {
                self.error(frame, name.span(), error);
                Value::Broken
            }
        }
    }

    /// The value of every parameter, in order.
    fn block_arguments(
        &mut self,
        frame: &mut Frame,
        block: &Block,
        name: &Ident,
        arguments: &'p [Argument],
    ) -> Option<Vec<(Value, &'p Expr)>> {
        let parameters: Vec<String> = block.parameters.iter().map(ToString::to_string).collect();
        let mut values: Vec<Option<(Value, &'p Expr)>> = vec![None; parameters.len()];
        let mut is_sound = true;
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
                    self.error(frame, given.span(), diagnostics::declared_twice("argument", &given.to_string()));
                }
                (None, Some(given)) => {
                    is_sound = false;
                    let known: Vec<&str> = parameters.iter().map(String::as_str).collect();
                    let message = diagnostics::block_parameter(&name.to_string(), &given.to_string(), &known);
                    self.error(frame, given.span(), message);
                }
                (None | Some(Some(_)), None) => {}
            }
        }
        if is_sound && (values.iter().any(Option::is_none) || arguments.len() != parameters.len()) {
            let message = diagnostics::block_arguments(&name.to_string(), &parameters, arguments.len());
            self.error(frame, name.span(), message);
            return None;
        }
        if is_sound { values.into_iter().collect() } else { None }
    }

    /// The graph of a block for what it is called with, and the number of calls in it.
    fn specialised(&mut self, block: &'p Block, key: Key) -> Option<Lowered> {
        if let Some((_, lowered)) = self.blocks.iter().find(|(known, _)| *known == key) {
            return lowered.clone();
        }
        self.open.push(key.block.clone());
        let before = self.diagnostics.count();
        let lowered = self.lower_block(block, &key).filter(|_| self.diagnostics.count() == before);
        let lowered = lowered.map(|(graph, size)| (Arc::new(graph), size));
        self.open.pop();
        self.blocks.push((key, lowered.clone()));
        lowered
    }

    fn lower_block(&mut self, block: &'p Block, key: &Key) -> Option<(Graph, usize)> {
        let texts: Vec<String> = key.parameters.iter().map(Parameter::describe).collect();
        let mut frame = Frame::new(key.block.clone(), Some((key.block.clone(), texts.join(", "))));
        let mut inputs: Vec<TensorId> = Vec::new();
        for (name, parameter) in block.parameters.iter().zip(&key.parameters) {
            let value = match parameter {
                Parameter::Data(data) => Value::Data(data.clone()),
                Parameter::Input(position, ty) => {
                    if *position == inputs.len() {
                        inputs.push(frame.graph.input(name.to_string(), ty.clone()));
                    }
                    Value::Tensor(inputs[*position])
                }
            };
            frame.bindings.insert(name.to_string(), value);
        }
        let result = self.body(&mut frame, &block.body);
        let Some(expr) = &block.body.result else {
            self.no_result(&frame, &key.block, &block.body);
            return None;
        };
        let values = if let Value::Tuple(values) = result { values } else { vec![result] };
        for (i, value) in values.into_iter().enumerate() {
            let tensor = self.tensor(&mut frame, value, expr)?;
            frame.graph.output(i.to_string(), tensor);
        }
        self.check_called(&frame);
        let size = frame.size.saturating_add(frame.graph.nodes.len());
        Some((frame.graph.pruned(), size))
    }
}

impl Parameter {
    fn describe(&self) -> String {
        match self {
            Self::Input(_, ty) => ty.to_string(),
            Self::Data(data) => model_graph::argument::source(data),
        }
    }
}
