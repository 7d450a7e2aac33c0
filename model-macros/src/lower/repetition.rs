//! Loops: their bodies are lowered once for each item, while compiling.

use serde_json::{Value as Json, json};

use super::Lowering;
use super::bindings::Binder;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Body, Expr, For, Items, Pattern, Range};

impl<'p> Lowering<'p, '_> {
    /// `for pattern in items { .. }`
    pub fn repetition(&mut self, frame: &mut Frame<'p>, repetition: &'p For) {
        let Some(values) = self.items(frame, repetition) else {
            frame.bindings.enter();
            self.bind_broken(frame, &repetition.pattern);
            self.body(frame, &repetition.body);
            frame.bindings.leave();
            give_up(frame, &repetition.body);
            return;
        };
        let before = self.diagnostics.count();
        for value in values {
            self.round(frame, repetition, value);
            if self.diagnostics.count() > before {
                give_up(frame, &repetition.body);
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

    /// What a loop goes through. Where it takes no round, names that it would assign to stay what they are, which may be a fault later.
    fn items(&mut self, frame: &mut Frame<'p>, For { items, body, .. }: &'p For) -> Option<Vec<Value>> {
        let (values, empty) = match items {
            Items::List(expr) => (self.listed(frame, expr)?, diagnostics::empty_list()),
            Items::Range { from, to, is_inclusive } => {
                let [first, last] = [self.whole_number(frame, from), self.whole_number(frame, to)];
                let (first, last) = (first?, last?);
                let sign = if *is_inclusive { "..=" } else { ".." };
                let empty = |is_downwards| diagnostics::empty_range(first, sign, last, is_downwards);
                if first > last && from.is_literal() && to.is_literal() {
                    self.error(frame, place(items), empty(true));
                    return None;
                }
                let end = if *is_inclusive { last.saturating_add(1) } else { last };
                let rounds = usize::try_from(end.saturating_sub(first)).unwrap_or(0);
                if self.are_too_many_rounds(frame, rounds, place(items)) {
                    return None;
                }
                ((first..end).map(|number| Value::Data(json!(number))).collect(), empty(false))
            }
        };
        if values.is_empty() {
            frame.skipped.extend(body.assigned().into_iter().map(|name| (name.to_string(), (place(items), empty.clone()))));
        }
        Some(values)
    }

    /// The items of a list.
    fn listed(&mut self, frame: &mut Frame<'p>, list: &'p Expr) -> Option<Vec<Value>> {
        let values = match self.expression(frame, list) {
            Value::Data(Json::Array(items)) => items.into_iter().map(Value::Data).collect(),
            Value::List(values) | Value::Tuple(values) => values,
            other => {
                if !other.is_broken() {
                    let found = other.describe(frame);
                    self.error(frame, list.range, diagnostics::not_a_list(&found));
                }
                return None;
            }
        };
        (!self.are_too_many_rounds(frame, values.len(), list.range)).then_some(values)
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

/// What a body would have assigned to is not known, and its layers are not said to be uncalled: there are faults in it, or before it.
pub fn give_up(frame: &mut Frame<'_>, body: &Body) {
    let assigned: Vec<String> = body.assigned().into_iter().map(ToString::to_string).collect();
    assigned.iter().for_each(|name| frame.bindings.give_up(name));
    let mentioned: Vec<String> = body.mentioned().into_iter().map(ToString::to_string).collect();
    mentioned.iter().for_each(|name| frame.call_later(name));
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
