//! The inputs and outputs of models: what is declared, and whether the body gives it.

use model_graph::constants::Equation;
use model_graph::dim::Dim;
use model_graph::graph::{MOST_ELEMENTS, Source, TensorId};
use model_graph::shape::{DType, Shape, TensorType};

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Expr, ExprKind, Model, Outputs, Port, TypeExpr};

/// The declared outputs of a model, where there are any: names, where they have any, and types.
type Declared<'p> = Option<Vec<(Option<&'p Port>, TensorType)>>;

impl<'p> Lowering<'p, '_> {
    /// The type that is written.
    pub fn tensor_type(&mut self, ty: &'p TypeExpr) -> Option<TensorType> {
        let name = ty.dtype.as_ref().map(ToString::to_string);
        let dtype = name.as_deref().map_or(Some(DType::F32), |name| DType::ALL.into_iter().find(|dtype| dtype.name() == name));
        if let (None, Some(found)) = (dtype, &ty.dtype) {
            self.diagnostics.error(found.span(), diagnostics::dtype(&found.to_string()));
        }
        let sizes: Vec<Option<Dim>> = ty.dims.iter().map(|dim| self.size(dim)).collect();
        let sizes: Option<Vec<Dim>> = sizes.into_iter().collect();
        let shape = Shape(sizes?);
        if !model_graph::graph::is_countable(&shape) {
            let found = shape.0.iter().filter_map(Dim::size).fold(1_u128, |product, size| product.saturating_mul(size as u128));
            self.diagnostics.error(ty.range, diagnostics::too_large(&shape.to_string(), MOST_ELEMENTS, found));
            return None;
        }
        Some(TensorType { dtype: dtype?, shape })
    }

    /// The declared outputs; the outer `None` says that a type is at fault.
    pub fn declared(&mut self, model: &'p Model) -> Option<Declared<'p>> {
        match &model.outputs {
            None => Some(None),
            Some(Outputs::One(ty)) => self.tensor_type(ty).map(|ty| Some(vec![(None, ty)])),
            Some(Outputs::Named(ports, range)) => {
                if ports.is_empty() {
                    self.diagnostics.error(*range, diagnostics::no_outputs_declared(&model.name.to_string()));
                    return None;
                }
                let types: Vec<Option<TensorType>> = ports.iter().map(|port| self.tensor_type(&port.ty)).collect();
                let types: Option<Vec<TensorType>> = types.into_iter().collect();
                Some(Some(ports.iter().map(Some).zip(types?).collect()))
            }
        }
    }

    /// The tensors that a body ends with, each with its expression.
    pub fn results<'b>(&mut self, frame: &mut Frame<'p>, model: &'b Model, result: Value) -> Option<Vec<(TensorId, &'b Expr)>> {
        let expr = model.body.result.as_ref()?;
        let (values, exprs) = match (result, &expr.kind) {
            (Value::Tuple(values), ExprKind::Tuple(exprs)) if !exprs.is_empty() => (values, exprs.iter().collect()),
            (Value::Tuple(values), _) => {
                let exprs = vec![expr; values.len()];
                (values, exprs)
            }
            (value, _) => (vec![value], vec![expr]),
        };
        let tensors: Vec<Option<TensorId>> =
            values.into_iter().zip(&exprs).map(|(value, expr)| self.tensor(frame, value, expr)).collect();
        let tensors: Option<Vec<TensorId>> = tensors.into_iter().collect();
        Some(tensors?.into_iter().zip(exprs).collect())
    }

    /// Gives a graph its outputs, and checks them against what is declared.
    pub fn outputs(&mut self, frame: &mut Frame<'p>, model: &Model, declared: Declared<'_>, results: &[(TensorId, &Expr)]) {
        let name = model.name.to_string();
        if let Some(declared) = &declared
            && declared.len() != results.len()
        {
            let expr = model.body.result.as_ref().map_or(model.body.end.into(), |expr| expr.range);
            self.diagnostics.error(expr, diagnostics::result_count(&name, declared.len(), results.len()));
            return;
        }
        let mut names: Vec<String> = Vec::new();
        for (i, &(tensor, expr)) in results.iter().enumerate() {
            let port = declared.as_ref().map(|declared| &declared[i]);
            let output = match (port, &expr.kind) {
                (Some((Some(port), _)), _) => port.name.to_string(),
                (_, ExprKind::Name(name)) if results.len() > 1 => name.to_string(),
                _ if results.len() == 1 => String::new(), // the layer's name, once it has one
                _ => {
                    self.diagnostics.error(expr.range, diagnostics::output_name());
                    continue;
                }
            };
            if port.is_none_or(|(port, _)| port.is_none()) && names.contains(&output) {
                self.diagnostics.error(expr.range, diagnostics::declared_twice("output", &output));
            }
            names.push(output.clone());
            self.check_output(frame, &name, &output, port.map(|(_, ty)| ty), tensor, expr);
            frame.graph.output(output, tensor);
        }
    }

    fn check_output(
        &mut self,
        frame: &Frame<'p>,
        model: &str,
        output: &str,
        expected: Option<&TensorType>,
        tensor: TensorId,
        expr: &Expr,
    ) {
        let operand = frame.graph.operand(tensor);
        if matches!(frame.graph.tensors[tensor.0].source, Source::Input(_)) {
            let name = if let ExprKind::Name(name) = &expr.kind { name.to_string() } else { String::new() };
            let is_input = || (expr.range, diagnostics::output_is_input(&operand.label));
            let (range, message) = frame.skipped.get(&name).cloned().unwrap_or_else(is_input);
            self.diagnostics.error(range, message);
            return;
        }
        let Some(expected) = expected.filter(|expected| **expected != operand.ty) else { return };
        let named = Some(output).filter(|name| !name.is_empty());
        let equations = Equation::of_shapes(&operand.ty.shape, &expected.shape).filter(|_| operand.ty.dtype == expected.dtype);
        let message = diagnostics::result_type(model, named, expected, &operand);
        match equations {
            Some(equations) => self.check_equations(&frame.context, expr.range, &equations, &message),
            None => self.diagnostics.error(expr.range, message),
        }
    }
}
