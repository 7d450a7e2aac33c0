//! How the tensors of a call came by their shapes.

use super::{CallError, Operand, Origin, rule};
use crate::dim::Dim;
use crate::problem::Problem;

impl CallError {
    /// The input whose history explains the fault.
    pub(super) fn told(&self) -> Option<&Operand> {
        let operands = match &self.problem {
            Problem::Differ { shapes, except } => return self.apart(shapes, *except)?.told(),
            Problem::Overflow | Problem::Arity { .. } | Problem::Inputs { .. } | Problem::Slot { .. } => Vec::new(),
            Problem::Exclusive { .. }
            | Problem::OutputPadding { .. }
            | Problem::Heads { .. }
            | Problem::Together { .. }
            | Problem::Alone { .. }
            | Problem::Neither { .. } => Vec::new(),
            Problem::InputType { operand, .. } | Problem::Rank { operand, .. } => vec![self.operands.get(*operand)?],
            Problem::Named(clash) => vec![self.operands.get(clash.second.operand)?],
            Problem::DType { operand, .. } | Problem::Unknown { operand, .. } => vec![self.operands.get(*operand)?],
            Problem::Rule(problem) => rule::operands(problem).into_iter().filter_map(|i| self.operands.get(i)).collect(),
            _ => self.operands.iter().take(1).collect(),
        };
        likeliest(&operands)
    }

    /// The line that tells where a shape comes from, where that explains the fault.
    pub(super) fn history(&self) -> Option<String> {
        let Operand { label, origin, .. } = self.told()?;
        let origin = origin.as_ref()?;
        Some(origin.tell(label))
    }
}

/// Of inputs that may be to blame, the likelier first, the one whose history says most.
pub(super) fn likeliest<'o>(operands: &[&'o Operand]) -> Option<&'o Operand> {
    let of = |holds: fn(&Origin) -> bool| operands.iter().find(move |operand| operand.origin.as_ref().is_some_and(holds));
    of(|origin| origin.padded.is_some()).or_else(|| of(Origin::shrank)).or_else(|| of(|_| true)).copied()
}

impl Origin {
    /// Whether height and width have become smaller.
    fn shrank(&self) -> bool {
        let (from, to) = (&self.from.0, &self.to.0);
        let is_smaller = |from: &Dim, to: &Dim| from.known().zip(to.known()).is_some_and(|(from, to)| to < from);
        self.padded.is_some()
            || from.len() == to.len() && from.iter().zip(to).rev().skip(1).any(|(from, to)| is_smaller(from, to))
    }

    /// How a tensor came by its shape.
    #[must_use]
    pub fn tell(&self, label: &str) -> String {
        let Self { layer, from, to, .. } = self;
        if label == layer {
            return format!("`{layer}` turned {from} into {to}");
        }
        let verb = if self.shrank() { "shrank in" } else { "comes from" };
        format!("`{label}` {verb} `{layer}`: {from} -> {to}")
    }
}
