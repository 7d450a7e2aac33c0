//! Loops: their bodies are lowered once for each item, while compiling.

use serde_json::{Value as Json, json};

use super::Lowering;
use super::bindings::Binder;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Expr, For, Items, Pattern, Range};

/// The most rounds that all loops of an invocation may take.
const MOST_ROUNDS: u32 = 100_000;

impl<'p> Lowering<'p, '_> {
    /// `for pattern in items { .. }`
    pub fn repetition(&mut self, frame: &mut Frame<'p>, repetition: &'p For) {
        let Some(values) = self.items(frame, &repetition.items) else {
            frame.bindings.enter();
            self.bind_broken(frame, &repetition.pattern);
            self.body(frame, &repetition.body);
            frame.bindings.leave();
            return;
        };
        let before = self.diagnostics.count();
        for value in values {
            self.rounds += 1;
            if self.rounds > MOST_ROUNDS {
                self.error(frame, place(&repetition.items), diagnostics::too_many_rounds(MOST_ROUNDS));
                return;
            }
            self.round(frame, repetition, value);
            if self.diagnostics.count() > before {
                return; // the other rounds would say the same
            }
        }
    }

    fn round(&mut self, frame: &mut Frame<'p>, For { pattern, body, .. }: &'p For, value: Value) {
        let (depth, text) = (frame.context.len(), value.describe(frame));
        frame.bindings.enter();
        if self.bind_pattern(frame, pattern, value)
            && let Some(name) = pattern_name(pattern)
        {
            frame.context.push(diagnostics::round(&name, &text));
        }
        let result = self.body(frame, body);
        if let (Some(expr), false) = (&body.result, matches!(result, Value::Nothing | Value::Broken)) {
            self.error(frame, expr.range, diagnostics::dropped_value(&result.describe(frame)));
        }
        frame.context.truncate(depth);
        frame.bindings.leave();
    }

    fn items(&mut self, frame: &mut Frame<'p>, items: &'p Items) -> Option<Vec<Value>> {
        match items {
            Items::List(expr) => match self.expression(frame, expr) {
                Value::Data(Json::Array(items)) => Some(items.into_iter().map(Value::Data).collect()),
                Value::List(values) | Value::Tuple(values) => Some(values),
                other => {
                    if !other.is_broken() {
                        let found = other.describe(frame);
                        self.error(frame, expr.range, diagnostics::not_a_list(&found));
                    }
                    None
                }
            },
            Items::Range { from, to, is_inclusive } => {
                let (from, to) = (self.whole_number(frame, from), self.whole_number(frame, to));
                let (from, to) = (from?, to?);
                let end = if *is_inclusive { to.saturating_add(1) } else { to };
                let most = from.saturating_add(i64::from(MOST_ROUNDS) + 1); // enough to be told that it is too many
                Some((from..end.min(most)).map(|number| Value::Data(json!(number))).collect())
            }
        }
    }

    fn whole_number(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Option<i64> {
        let value = self.expression(frame, expr);
        let value = self.known_here(frame, value, expr.range);
        if let Value::Data(number) = &value
            && let Some(number) = number.as_i64()
        {
            return Some(number);
        }
        if !value.is_broken() {
            let found = value.describe(frame);
            self.error(frame, expr.range, diagnostics::not_a_number(&found));
        }
        None
    }

    /// Binds an item, or the parts of one; whether they fit.
    fn bind_pattern(&mut self, frame: &mut Frame<'p>, pattern: &'p Pattern, value: Value) -> bool {
        let (parts, range) = match pattern {
            Pattern::Name(name) => {
                self.bind(frame, name, value, Binder::Header);
                return true;
            }
            Pattern::Tuple(parts, range) => (parts, *range),
        };
        let values = match value {
            Value::Data(Json::Array(items)) if items.len() == parts.len() => items.into_iter().map(Value::Data).collect(),
            Value::Tuple(values) | Value::List(values) if values.len() == parts.len() => values,
            value => {
                if !value.is_broken() {
                    let found = value.describe(frame);
                    self.error(frame, range, diagnostics::pattern(parts.len(), &found));
                }
                self.bind_broken(frame, pattern);
                return false;
            }
        };
        parts.iter().zip(values).all(|(part, value)| self.bind_pattern(frame, part, value))
    }

    fn bind_broken(&mut self, frame: &mut Frame<'p>, pattern: &'p Pattern) {
        match pattern {
            Pattern::Name(name) => self.bind(frame, name, Value::Broken, Binder::Header),
            Pattern::Tuple(parts, _) => parts.iter().for_each(|part| self.bind_broken(frame, part)),
        }
    }
}

/// Where the items are written.
fn place(items: &Items) -> Range {
    match items {
        Items::List(list) => list.range,
        Items::Range { from, to, .. } => Range { start: from.range.start, end: to.range.end },
    }
}

/// The name that tells the rounds of a loop apart.
fn pattern_name(pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::Name(name) if name == "_" => None,
        Pattern::Name(name) => Some(name.to_string()),
        Pattern::Tuple(parts, _) => {
            let names: Option<Vec<String>> = parts.iter().map(pattern_name).collect();
            names.map(|names| format!("({})", names.join(", ")))
        }
    }
}
