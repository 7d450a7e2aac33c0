//! The sizes in declared types: numbers, names of dimensions, and arithmetic with both.

use model_graph::dim::Dim;

use super::Lowering;
use super::expression::combined;
use super::frame::Frame;
use super::outer::{Must, size_of};
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Expr, ExprKind, Model, Operator};

impl<'p> Lowering<'p, '_> {
    /// A size: a positive whole number, computed if need be, or a formula of named dimensions.
    pub fn size(&mut self, expr: &'p Expr) -> Option<Dim> {
        let size = self.formula(expr)?;
        let is_sound = size.known().is_none_or(|size| (1..=i64::from(u32::MAX)).contains(&size));
        if !is_sound {
            self.diagnostics.error(expr.range, diagnostics::size(&format!("`{size}`")));
        }
        if size.has_constants() && size.is_constant() && !size.is_positive() {
            self.check(expr.range, &size, Must::BeAtLeast(1), diagnostics::size_of_constant(1));
        }
        is_sound.then_some(size)
    }

    fn formula(&mut self, expr: &'p Expr) -> Option<Dim> {
        match &expr.kind {
            ExprKind::Name(name) if self.program.constant(&name.to_string()).is_none() => {
                self.name_of_size(&name.to_string(), expr)
            }
            ExprKind::Binary(operator, left, right) if has_names(self.program, expr) => {
                let (left, right) = (self.formula(left), self.formula(right));
                let (left, right) = (left?, right?);
                let result = combined(*operator, &left, &right);
                if let (Operator::Divide, Some(quotient)) = (operator, &result) {
                    self.check_division(&[], [&left, &right, quotient], expr.range);
                }
                if result.is_none() {
                    let message = diagnostics::formula(operator.sign(), &left.to_string(), &right.to_string());
                    self.diagnostics.error(expr.range, message);
                }
                result
            }
            _ => self.number_of_size(expr),
        }
    }

    /// A name that is no constant's: a dimension, if it is written as one.
    fn name_of_size(&mut self, name: &str, expr: &Expr) -> Option<Dim> {
        if name.chars().next().is_some_and(|first| first.is_lowercase()) {
            return Some(Dim::named(name));
        }
        if let Some(size) = self.outer_constant(self.program, name, &[], expr.range) {
            return Some(size);
        }
        self.diagnostics.error(expr.range, diagnostics::named_size(name));
        None
    }

    fn number_of_size(&mut self, expr: &'p Expr) -> Option<Dim> {
        let mut nothing = Frame::new(String::new(), self.program, Vec::new());
        let value = self.expression(&mut nothing, expr);
        if value.is_broken() {
            return None;
        }
        let number = if let Value::Data(value) = &value { size_of(value) } else { None };
        if number.is_none() {
            let message = match value {
                Value::Data(serde_json::Value::Null) => diagnostics::named_size("None"),
                value => diagnostics::size(&value.describe(&nothing)),
            };
            self.diagnostics.error(expr.range, message);
        }
        number
    }

    /// Every named dimension must get its size by an input, and none that only outputs have can.
    pub fn check_dimensions(&mut self, frame: &Frame<'p>, model: &'p Model) -> bool {
        let known = frame.graph.names();
        let unbound = frame.graph.unbound_name();
        let inputs = model.inputs.len();
        for (place, dim) in model.types().enumerate().flat_map(|(place, ty)| ty.dims.iter().map(move |dim| (place, dim))) {
            let names: Vec<String> = dim.names().into_iter().map(ToString::to_string).collect();
            let is_dimension = |name: &&str| name.starts_with(char::is_lowercase) && self.program.constant(name).is_none();
            for name in names.iter().map(String::as_str).filter(is_dimension) {
                let message = match &unbound {
                    Some(unbound) if unbound == name => diagnostics::unbound_dimension(name),
                    _ if place >= inputs && !known.iter().any(|known| known == name) => {
                        diagnostics::unknown_dimension(name, &known)
                    }
                    _ => continue,
                };
                self.diagnostics.error(dim.range, message);
                return false;
            }
        }
        true
    }
}

/// Whether a name that is no constant's stands in an expression.
fn has_names(program: &crate::syntax::Program, expr: &Expr) -> bool {
    expr.names().into_iter().any(|name| program.constant(&name.to_string()).is_none())
}
