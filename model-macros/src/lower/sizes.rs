//! The sizes in declared types: numbers, names of dimensions, and arithmetic with both.

use model_graph::dim::Dim;

use super::Lowering;
use super::frame::Frame;
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
        is_sound.then_some(size)
    }

    fn formula(&mut self, expr: &'p Expr) -> Option<Dim> {
        match &expr.kind {
            ExprKind::Name(name) if !self.program.constants.iter().any(|constant| constant.name == *name) => {
                self.name_of_size(&name.to_string(), expr)
            }
            ExprKind::Binary(operator, left, right) if has_names(self.program, expr) => {
                let (left, right) = (self.formula(left), self.formula(right));
                let (left, right) = (left?, right?);
                let result = match operator {
                    Operator::Add => left.add(&right),
                    Operator::Subtract => left.sub(&right),
                    Operator::Multiply => left.mul(&right),
                    // Where something remains, a division rounds down, as Rust's does.
                    Operator::Divide => left.exact_div(&right).or_else(|| left.floor_div(u64::try_from(right.known()?).ok()?)),
                    _ => None,
                };
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
        self.diagnostics.error(expr.range, diagnostics::named_size(name));
        None
    }

    fn number_of_size(&mut self, expr: &'p Expr) -> Option<Dim> {
        let mut nothing = Frame::new(String::new(), self.program, Vec::new());
        let value = self.expression(&mut nothing, expr);
        if value.is_broken() {
            return None;
        }
        let number = if let Value::Data(value) = &value { value.as_i64() } else { None };
        if number.is_none() {
            let message = match value {
                Value::Data(serde_json::Value::Null) => diagnostics::named_size("None"),
                value => diagnostics::size(&value.describe(&nothing)),
            };
            self.diagnostics.error(expr.range, message);
        }
        number.map(Dim::constant)
    }

    /// Every named dimension must get its size by an input, and none that only outputs have can.
    pub fn check_dimensions(&mut self, frame: &Frame<'p>, model: &'p Model) -> bool {
        let known = frame.graph.names();
        let unbound = frame.graph.unbound_name();
        let inputs = model.inputs.len();
        for (place, dim) in model.types().enumerate().flat_map(|(place, ty)| ty.dims.iter().map(move |dim| (place, dim))) {
            let mut names = Vec::new();
            collect_names(dim, &mut names);
            let is_dimension = |name: &&str| {
                name.starts_with(char::is_lowercase) && !self.program.constants.iter().any(|constant| constant.name == name)
            };
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
    let mut names = Vec::new();
    collect_names(expr, &mut names);
    names.iter().any(|name| !program.constants.iter().any(|constant| constant.name == name))
}

fn collect_names(expr: &Expr, names: &mut Vec<String>) {
    match &expr.kind {
        ExprKind::Name(name) => names.push(name.to_string()),
        ExprKind::Binary(_, left, right) => {
            collect_names(left, names);
            collect_names(right, names);
        }
        ExprKind::Negative(value) => collect_names(value, names),
        _ => {}
    }
}
