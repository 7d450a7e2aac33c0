//! Constants of the code around the invocation. Their values are the compiler's to know: sizes are made of them by name, and what a model
//! takes for granted about them is left to the compiler to check.

use model_graph::argument::{size_of_constants, size_value};
use model_graph::constants::{Assumption, Equation};
use model_graph::dim::Dim;
use model_graph::graph::{Kind, LayerId, TensorId};
use model_graph::layer::Manner;
use model_graph::message::nearest;

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Program, Range, is_constant_like};

/// What the compiler is to check, and what it says otherwise.
#[derive(Clone, Debug)]
pub struct Check {
    /// Where the message points.
    pub range: Range,
    /// What follows from constants.
    pub size: Dim,
    /// What must hold of it.
    pub must: Must,
    /// The message, but for the values.
    pub message: String,
}

/// What must hold of a size.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Must {
    /// It is this.
    Equal(Dim),
    /// It is this at least, and no larger than sizes are.
    BeAtLeast(u32),
}

/// The constants that a model has of its own, which one that it hands on is not called by.
const TAKEN: [&str; 4] = ["INFERENCE_MEMORY", "PARAMETERS", "TRAINABLE_PARAMETERS", "TRAINING_MEMORY"];

/// The name that a model hands a constant on by: emitted code finds it there, and models that are declared elsewhere.
pub fn handed_on(name: &str) -> String {
    let name = name.replace("::", "_").to_uppercase();
    if TAKEN.contains(&name.as_str()) { format!("{name}_") } else { name }
}

impl<'p> Lowering<'p, '_> {
    /// The size that a constant of the code around stands for, if a name is written as one and is no slip of the pen.
    pub fn outer_constant(&mut self, items: &Program, name: &str, others: &[&str], range: Range) -> Option<Dim> {
        let last = name.rsplit("::").next().unwrap_or_default();
        let own = items.constants.iter().map(|constant| constant.name.to_string()).collect::<Vec<_>>();
        let known: Vec<&str> = own.iter().map(String::as_str).chain(others.iter().copied()).collect();
        if !is_constant_like(last) || last == name && nearest(name, &known).is_some() {
            return None;
        }
        let size = Dim::named(name);
        if !self.outer.iter().any(|(other, _)| other == name) {
            self.outer.push((name.to_owned(), range));
            self.check(range, &size, Must::BeAtLeast(1), diagnostics::size_of_constant(1));
        }
        Some(size)
    }

    /// Leaves something for the compiler to check, once.
    pub fn check(&mut self, range: Range, size: &Dim, must: Must, message: String) {
        if self.checked.insert((size.clone(), must.clone())) {
            self.checks.push(Check { range, size: size.clone(), must, message });
        }
    }

    /// Leaves for the compiler to check that sizes among arguments are some.
    pub fn check_argument(&mut self, frame: &Frame<'p>, range: Range, value: &serde_json::Value, least: u32) {
        match value {
            serde_json::Value::Array(items) => items.iter().for_each(|item| self.check_argument(frame, range, item, least)),
            value => {
                if let Some(size) = size_of_constants(value).filter(|size| !size.is_positive()) {
                    let message = diagnostics::within(&diagnostics::size_of_constant(least), &frame.context);
                    self.check(range, &size, Must::BeAtLeast(least), message);
                }
            }
        }
    }

    /// Leaves for the compiler to check that nothing remains of a division, as it must of numbers.
    pub fn check_division(&mut self, context: &[String], [dividend, divisor, quotient]: [&Dim; 3], range: Range) {
        if let Some(whole) = quotient.mul(divisor).filter(|whole| whole != dividend && dividend.is_constant()) {
            let equation = Equation { left: dividend.clone(), right: whole };
            self.check_equations(context, range, &[equation], &diagnostics::arithmetic("/"));
        }
    }

    /// Leaves equations for the compiler to check.
    pub fn check_equations(&mut self, context: &[String], range: Range, equations: &[Equation], message: &str) {
        for Equation { left, right } in equations {
            self.check(range, left, Must::Equal(right.clone()), diagnostics::within(message, context));
        }
    }

    /// Leaves for the compiler to check what a call takes for granted, and that something is left of its outputs.
    pub fn check_call(
        &mut self,
        frame: &Frame<'p>,
        (layer, manner, inputs, outputs): (LayerId, Manner, &[TensorId], &[TensorId]),
        assumptions: Vec<(Range, Assumption)>,
        range: Range,
    ) {
        for (range, Assumption { equations, error }) in assumptions {
            self.check_equations(&frame.context, range, &equations, &error.to_string());
        }
        let kind = &frame.graph.layers[layer.0].kind;
        if matches!(kind, Kind::Layer(any) if any.is_view()) {
            return; // it has as many elements as its input
        }
        let was_checked = |size: &Dim| inputs.iter().any(|&input| frame.graph.ty(input).shape.0.contains(size));
        for &output in outputs {
            let to = &frame.graph.ty(output).shape;
            let is_open = |size: &&Dim| size.has_constants() && size.is_constant() && !size.is_positive() && !was_checked(size);
            for size in to.0.iter().filter(is_open) {
                let operand = inputs.first().map(|&input| frame.graph.operand(input));
                let (label, from) = operand.map(|operand| (operand.label, operand.ty.to_string())).unwrap_or_default();
                let message = diagnostics::nothing_left(&kind.source_in(manner), &to.to_string(), &label, &from);
                self.check(range, size, Must::BeAtLeast(1), diagnostics::within(&message, &frame.context));
            }
        }
    }

    /// A value that must be known while the macro runs, which the value of a constant of the code around is not.
    pub fn known_here(&mut self, frame: &Frame<'p>, value: Value, range: Range) -> Value {
        match &value {
            Value::Data(data) => match size_of_constants(data) {
                Some(size) => {
                    self.error(frame, range, diagnostics::unknown_constant(&size));
                    Value::Broken
                }
                None => value,
            },
            _ => value,
        }
    }
}

/// Data as a size, where it is one.
pub fn size_of(data: &serde_json::Value) -> Option<Dim> {
    data.as_i64().map(Dim::constant).or_else(|| size_of_constants(data))
}

/// A size as data.
pub fn data_of(size: &Dim) -> Value {
    Value::Data(size_value(size))
}
