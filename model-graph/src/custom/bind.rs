//! Rules applied: names are bound by the inputs' shapes and the arguments, and sizes computed from them.

use super::rule::{AxisSize, Operation, Pattern, RuleProblem, Size};
use super::{ArgumentType, Custom};
use serde_json::Value;

use crate::argument::size_of_constants;
use crate::dim::Dim;
use crate::problem::Problem;
use crate::shape::{Shape, TensorType};

/// What the names of a rule stand for in one call.
pub struct Bound {
    /// The axes that `..` stands for.
    open: Shape,
    arguments: Vec<(&'static str, Dim)>,
    axes: Vec<(&'static str, AxisSize)>,
    /// The inputs' shapes.
    shapes: Vec<Shape>,
}

impl Bound {
    /// Binds the names by the arguments, and then by the inputs that are given, each of which must fit its pattern.
    pub fn new(layer: &Custom, inputs: &[TensorType]) -> Result<Self, Problem> {
        let sizes = layer.signature.arguments.iter().filter(|argument| argument.ty == ArgumentType::Size);
        let size = |value: &Value| value.as_i64().map(Dim::constant).or_else(|| size_of_constants(value));
        let value = |name: &str| layer.arguments.get(name).and_then(size);
        let arguments = sizes.filter_map(|argument| Some((argument.name, value(argument.name)?))).collect();
        let shapes = inputs.iter().map(|input| input.shape.clone()).collect();
        let mut bound = Self { open: Shape::default(), arguments, axes: Vec::new(), shapes };
        for (operand, pattern) in layer.signature.rule.inputs.iter().enumerate().take(inputs.len()) {
            bound.bind(operand, pattern)?;
        }
        Ok(bound)
    }

    fn bind(&mut self, operand: usize, pattern: &Pattern) -> Result<(), Problem> {
        let shape = self.shapes.get(operand).cloned().unwrap_or_default();
        let rest = shape.rank().checked_sub(pattern.sizes.len()).filter(|&rest| pattern.is_open || rest == 0);
        let Some(rest) = rest else {
            return Err(RuleProblem::Rank { operand, pattern: pattern.clone(), found: shape }.into());
        };
        let (open, sizes) = shape.0.split_at(rest);
        if pattern.is_open && operand == 0 {
            self.open = Shape(open.to_vec());
        } else if pattern.is_open && self.open.0 != open {
            return Err(RuleProblem::Open { operand, expected: self.open.clone(), found: Shape(open.to_vec()) }.into());
        }
        for (i, (rule, size)) in pattern.sizes.iter().zip(sizes).enumerate() {
            self.bind_axis(rule, AxisSize { operand, axis: rest.saturating_add(i), size: size.clone() })?;
        }
        Ok(())
    }

    fn bind_axis(&mut self, rule: &Size, found: AxisSize) -> Result<(), Problem> {
        if let Size::Name(name) = rule
            && !self.arguments.iter().any(|(argument, _)| argument == name)
        {
            return match self.axes.iter().find(|(other, _)| other == name) {
                None => {
                    self.axes.push((name, found));
                    Ok(())
                }
                Some((_, first)) if first.size == found.size => Ok(()),
                Some((_, first)) => Err(RuleProblem::Name { name, first: first.clone(), second: found }.into()),
            };
        }
        let expected = self.size(rule)?;
        if expected == found.size { Ok(()) } else { Err(RuleProblem::Size { rule: rule.clone(), expected, found }.into()) }
    }

    /// What a size comes to.
    fn size(&self, rule: &Size) -> Result<Dim, Problem> {
        let (operation, left, right) = match rule {
            Size::Number(number) => return Ok(Dim::constant(i64::try_from(*number).map_err(|_| Problem::Overflow)?)),
            Size::Name(name) => return self.name(name).cloned().ok_or(Problem::Overflow), // the declaration has been checked
            Size::Combined(operation, left, right) => (operation, left, right),
        };
        let (left, right) = (self.size(left)?, self.size(right)?);
        match operation {
            Operation::Add => left.add(&right).ok_or(Problem::Overflow),
            Operation::Subtract => left.sub(&right).ok_or(Problem::Overflow),
            Operation::Multiply => left.mul(&right).ok_or(Problem::Overflow),
            Operation::Divide => left.exact_div(&right).ok_or_else(|| {
                let argument = self.argument(rule);
                RuleProblem::Remainder { rule: rule.clone(), dividend: left, divisor: right, argument }.into()
            }),
        }
    }

    /// What a size comes to, which must be known.
    pub fn known_size(&self, size: &Size) -> Result<Dim, Problem> {
        let pattern = Pattern { is_open: false, sizes: vec![size.clone()] };
        let shape = self.known_shape(&pattern, "a part")?;
        shape.0.into_iter().next().ok_or(Problem::Overflow) // a pattern of one size has one
    }

    /// Whether a name stands for something.
    pub fn knows(&self, name: &str) -> bool {
        self.name(name).is_some()
    }

    fn name(&self, name: &str) -> Option<&Dim> {
        let axis = || self.axes.iter().find(|(other, _)| *other == name).map(|(_, axis)| &axis.size);
        self.arguments.iter().find(|(other, _)| *other == name).map(|(_, size)| size).or_else(axis)
    }

    /// The last argument in a size.
    fn argument(&self, rule: &Size) -> Option<&'static str> {
        rule.names().into_iter().rev().find(|name| self.arguments.iter().any(|(argument, _)| argument == name))
    }

    /// The shape that a pattern comes to; `what` says whose it is.
    pub fn shape(&self, pattern: &Pattern, what: &str) -> Result<Shape, Problem> {
        let mut shape = if pattern.is_open { self.open.clone() } else { Shape::default() };
        for rule in &pattern.sizes {
            let size = self.size(rule)?;
            if let Some(size) = size.known().filter(|&size| size < 1) {
                let (what, argument) = (what.to_owned(), self.argument(rule));
                return Err(RuleProblem::Empty { what, rule: rule.clone(), size, argument }.into());
            }
            shape.0.push(size);
        }
        Ok(shape)
    }

    /// The shape that a pattern comes to, all of whose sizes must be known.
    pub fn known_shape(&self, pattern: &Pattern, what: &str) -> Result<Shape, Problem> {
        let shape = self.shape(pattern, what)?;
        if shape.0.iter().all(Dim::is_constant) {
            return Ok(shape);
        }
        let names = || pattern.sizes.iter().flat_map(Size::names);
        let unknown = |name| self.axes.iter().find(|(other, axis)| *other == name && !axis.size.is_constant());
        let Some((_, AxisSize { operand, axis, .. })) = names().find_map(unknown) else { return Err(Problem::Overflow) };
        Err(Problem::Unknown { operand: *operand, axis: *axis, shape: self.shapes[*operand].clone() })
    }
}
