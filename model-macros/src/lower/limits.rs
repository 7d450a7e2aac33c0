//! How much an invocation may ask for: far more than networks need, and little enough that expanding it ends soon. Whoever asks for more is
//! told so at the token that does.

use proc_macro2::Ident;
use serde_json::Value as Json;

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::syntax::{Expr, Range};

/// The layer calls of all models, each with those of its blocks and of the models in it, as its configuration has them. The largest networks
/// have some thousands, and the compiler takes minutes for more than these.
const MOST_CALLS: usize = 10_000;

/// The rounds of all loops. Each makes a layer, as a rule.
const MOST_ROUNDS: usize = 10_000;

/// The expressions that are worked out, with every item of every list: some dozens for each of the most calls.
const MOST_STEPS: usize = 400_000;

/// How deeply expressions, bodies, blocks and models may stand within one another while they are worked out: as deep as the stack allows.
const DEEPEST: usize = 256;

/// How deeply lists may be nested.
const DEEPEST_LIST: usize = 32;

/// What has been asked for.
#[derive(Debug, Default)]
pub struct Asked {
    /// The layer calls of the models that have been lowered.
    calls: usize,
    rounds: usize,
    steps: usize,
    depth: usize,
}

impl<'p> Lowering<'p, '_> {
    /// Works out an expression, unless too much has been asked for.
    pub fn expression(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Value {
        if self.takes_too_much(frame, 1, expr.range) {
            return Value::Broken;
        }
        let value = self.deeper(frame, expr.range, |lowering, frame| lowering.evaluated(frame, expr));
        let Extent { items, depth } = value.extent();
        if depth > DEEPEST_LIST {
            self.error(frame, expr.range, diagnostics::too_deep_list(DEEPEST_LIST));
            return Value::Broken;
        }
        if self.takes_too_much(frame, items, expr.range) { Value::Broken } else { value }
    }

    /// Works out what stands within something else, unless that is too deep.
    pub fn deeper(
        &mut self,
        frame: &mut Frame<'p>,
        range: Range,
        within: impl FnOnce(&mut Self, &mut Frame<'p>) -> Value,
    ) -> Value {
        if self.asked.depth > DEEPEST {
            self.error(frame, range, diagnostics::too_deep_calls(DEEPEST));
            return Value::Broken;
        }
        self.asked.depth += 1;
        let value = within(self, frame);
        self.asked.depth -= 1;
        value
    }

    /// Whether there are more steps with these than may be taken, which is said once.
    fn takes_too_much(&mut self, frame: &Frame<'_>, steps: usize, range: Range) -> bool {
        let before = self.asked.steps;
        self.asked.steps = before.saturating_add(steps);
        if before <= MOST_STEPS && self.asked.steps > MOST_STEPS {
            self.error(frame, range, diagnostics::too_many_steps(MOST_STEPS));
        }
        self.asked.steps > MOST_STEPS
    }

    /// Whether loops take more rounds with these than they may.
    pub fn are_too_many_rounds(&mut self, frame: &Frame<'_>, rounds: usize, range: Range) -> bool {
        self.asked.rounds = self.asked.rounds.saturating_add(rounds);
        let are_too_many = self.asked.rounds > MOST_ROUNDS;
        if are_too_many {
            self.error(frame, range, diagnostics::too_many_rounds(MOST_ROUNDS));
        }
        are_too_many
    }

    /// Counts the calls that a call of something brings; whether there are more with these than there may be, which is said once.
    pub fn are_too_many_calls(&mut self, frame: &mut Frame<'p>, called: &str, calls: usize, range: Range) -> bool {
        let most = MOST_CALLS.saturating_sub(self.asked.calls);
        let before = frame.calls;
        frame.calls = before.saturating_add(calls);
        if before <= most && frame.calls > most {
            self.error(frame, range, diagnostics::too_many_calls(called, MOST_CALLS));
        }
        frame.calls > most
    }

    /// Counts the calls of a model or view that is finished; whether there are more with these than there may be.
    pub fn has_too_many_calls(&mut self, name: &Ident, calls: usize) -> bool {
        self.asked.calls = self.asked.calls.saturating_add(calls);
        let has_too_many = self.asked.calls > MOST_CALLS;
        if has_too_many {
            self.diagnostics.error(name.span(), diagnostics::too_many_calls_in(&name.to_string(), MOST_CALLS));
        }
        has_too_many
    }
}

/// How large a value is.
#[derive(Default)]
struct Extent {
    /// The items of lists, and parts of texts, in it.
    items: usize,
    /// How deeply its lists are nested.
    depth: usize,
}

impl Extent {
    fn of<'v, T: 'v>(items: &'v [T], extent: impl Fn(&'v T) -> Self) -> Self {
        items.iter().fold(Self { items: 0, depth: 1 }, |sum, item| {
            let Self { items, depth } = extent(item);
            Self { items: sum.items.saturating_add(items).saturating_add(1), depth: sum.depth.max(depth.saturating_add(1)) }
        })
    }
}

impl Value {
    fn extent(&self) -> Extent {
        match self {
            Self::List(values) | Self::Tuple(values) => Extent::of(values, Self::extent),
            Self::Sequence(layers) => Extent { items: layers.len(), depth: 1 },
            Self::Data(data) => extent(data),
            Self::Tensor(_) | Self::Layer(..) | Self::Nothing | Self::Broken => Extent::default(),
        }
    }
}

fn extent(data: &Json) -> Extent {
    match data {
        Json::Array(items) => Extent::of(items, extent),
        Json::String(text) => Extent { items: text.len() / 64, depth: 0 },
        Json::Object(parts) => {
            Extent { items: parts.values().map(|part| extent(part).items).fold(0, usize::saturating_add), depth: 0 }
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => Extent::default(),
    }
}
