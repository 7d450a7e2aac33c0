//! `int(x)`: the whole number that a decimal number is cut to, as in Python.

use serde_json::{Value as Json, json};

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Argument, Expr, ExprKind};

/// What it is called.
pub const INT: &str = "int";

impl<'p> Lowering<'p, '_> {
    /// The whole number of `int(x)`, unless that is a block of the user's own.
    pub fn whole(&mut self, frame: &mut Frame<'p>, arguments: &'p [Argument], expr: &'p Expr) -> Option<Value> {
        let ExprKind::Call(callee, _) = &expr.kind else { return None };
        if !matches!(&callee.kind, ExprKind::Name(name) if name == INT) || frame.bindings.contains(INT) || self.is_own(frame, INT)
        {
            return None;
        }
        let values: Vec<Value> = arguments.iter().map(|argument| self.expression(frame, &argument.value)).collect();
        let is_named = arguments.iter().any(|argument| argument.name.is_some());
        let found = match values.as_slice() {
            [value] if !is_named => value.clone(),
            _ => Value::Nothing,
        };
        let value = self.known_here(frame, found, expr.range);
        let number = match &value {
            Value::Data(Json::Number(number)) => number.as_i64().or_else(|| cut(number.as_f64()?)),
            _ => None,
        };
        if number.is_none() && !values.iter().any(Value::is_broken) && !value.is_broken() {
            self.error(frame, expr.range, diagnostics::no_whole_number(&value.describe(frame)));
        }
        Some(number.map_or(Value::Broken, |number| Value::Data(json!(number))))
    }
}

/// What is left of a number before its point, where that fits.
fn cut(number: f64) -> Option<i64> {
    let whole = number.trunc();
    // Below this, every whole number is a decimal number of its own.
    (whole.abs() < 9_007_199_254_740_992.0).then_some(whole as i64)
}
