//! What to do about inputs that are not of one shape.

use super::history::likeliest;
use super::words::labels;
use super::{CallError, Operand, Origin};
use crate::dim::{Dim, Part};
use crate::problem::{Odd, agree, odd_one_out};
use crate::repair;
use crate::shape::Shape;

/// Two inputs that are not of one shape, and what is known of the others.
pub(super) struct Apart<'e> {
    error: &'e CallError,
    /// The one that is to be mended.
    odd: &'e Operand,
    /// The one that it is to be like.
    like: &'e Operand,
    /// Whether all others agree, so that the odd one alone is to be mended.
    is_alone: bool,
    /// The one axis on which they may differ.
    except: Option<usize>,
}

impl CallError {
    pub(super) fn apart(&self, shapes: &[Shape], except: Option<usize>) -> Option<Apart<'_>> {
        let Odd { odd, like, is_alone } = odd_one_out(shapes, except);
        Some(Apart { error: self, odd: self.operands.get(odd)?, like: self.operands.get(like)?, is_alone, except })
    }
}

impl<'e> Apart<'e> {
    /// The input whose history explains the fault.
    pub(super) fn told(&self) -> Option<&'e Operand> {
        let kept = self.error.operands.iter().find(|operand| operand.kept.is_some());
        let padded = || self.padded().map(|(operand, _)| operand);
        let may_be = |operand: &&'e Operand| {
            let changes_rank = |origin: &Origin| origin.from.rank() != origin.to.rank();
            self.has_one_rank() || operand.origin.as_ref().is_some_and(changes_rank)
        };
        let candidates = [self.odd, self.like].into_iter().take(if self.is_alone { 1 } else { 2 });
        let likeliest = || likeliest(&candidates.filter(may_be).collect::<Vec<_>>());
        kept.or_else(padded).or_else(likeliest)
    }

    pub(super) fn help(&self) -> String {
        if !self.has_one_rank() {
            return self.rank_help();
        }
        let padding = || self.padded().and_then(|(operand, also)| padding_help(operand, also));
        padding().or_else(|| self.names_help()).unwrap_or_else(|| self.size_help())
    }

    fn has_one_rank(&self) -> bool {
        self.odd.ty.shape.rank() == self.like.ty.shape.rank()
    }

    /// The input whose layer is to pad, and another whose layer is to do so, too.
    fn padded(&self) -> Option<(&'e Operand, Option<&'e Operand>)> {
        let would_be = |operand: &'e Operand| operand.origin.as_ref().and_then(|origin| origin.padded.as_ref());
        let is_like = |padded: &Shape, other: &Shape| {
            let last = other.rank().saturating_sub(1);
            padded.rank() == other.rank() && agree(&with_size(padded, last), &with_size(other, last), self.except)
        };
        let alone = |this: &'e Operand, other: &Operand| {
            would_be(this).filter(|padded| is_like(padded, &other.ty.shape)).map(|_| (this, None))
        };
        let (odd, like) = (self.odd, self.like);
        let both = || would_be(odd).zip(would_be(like)).filter(|(odd, like)| is_like(odd, like)).map(|_| (odd, Some(like)));
        let others = || if self.is_alone { None } else { alone(like, odd).or_else(both) };
        alone(odd, like).or_else(others)
    }

    /// What to do where the inputs have different numbers of axes.
    fn rank_help(&self) -> String {
        let is_smaller = self.odd.ty.shape.rank() < self.like.ty.shape.rank();
        let (small, big) = if is_smaller { (self.odd, self.like) } else { (self.like, self.odd) };
        let stretched = || {
            let call = repair::stretched(small, big).filter(|_| self.except.is_none())?;
            Some(format!("give it as many axes, which are stretched: {call}"))
        };
        let joined = || {
            self.except?;
            let repeated = repair::repeated(small, big).filter(|_| is_smaller && self.is_alone);
            let pooled = || {
                let calls = repair::pooled(big).filter(|_| small.ty.shape.rank() == 1)?;
                Some(format!("they differ in the number of axes: {calls}"))
            };
            repeated.map(|call| format!("repeat the smaller one: {call}")).or_else(pooled)
        };
        let kept = self.error.operands.iter().find_map(Operand::kept_help);
        kept.or_else(stretched)
            .or_else(joined)
            .unwrap_or_else(|| "give both the same number of axes, with `Flatten()(..)` or `Reshape([..])(..)`".to_owned())
    }

    /// The axes in which the two inputs differ.
    fn differing(&self) -> Vec<usize> {
        let (odd, like) = (&self.odd.ty.shape.0, &self.like.ty.shape.0);
        let is_stretched = |axis: &usize| self.except.is_none() && (odd[*axis].is_one() || like[*axis].is_one());
        (0..odd.len()).filter(|axis| odd[*axis] != like[*axis] && !is_stretched(axis)).collect()
    }

    /// What to do where sizes differ in names of dimensions, or where a size was rounded.
    fn names_help(&self) -> Option<String> {
        let sizes = |axis: usize| (&self.like.ty.shape.0[axis], &self.odd.ty.shape.0[axis]);
        let axes = self.differing().into_iter().filter(|axis| Some(*axis) != self.except).map(sizes);
        let (like, odd) = axes.into_iter().find(|(like, odd)| like.known().is_none() && odd.known().is_none())?;
        if like.name().is_some() && odd.name().is_some() {
            return Some(format!("`{like}` and `{odd}` may be different sizes: give the inputs one name if they are the same"));
        }
        let multiple = multiple_that_agrees(like, odd)?;
        Some(format!("a size was rounded: declare the input's axis as a multiple of what it is divided by, such as `{multiple}`"))
    }

    fn size_help(&self) -> String {
        let differing = self.differing();
        let (last, all) = (self.odd.ty.shape.rank().saturating_sub(1), &self.error.operands);
        let agrees_but = |axis: usize| all.iter().all(|operand| agree(&operand.ty.shape, &self.like.ty.shape, Some(axis)));
        match (differing.as_slice(), self.except) {
            ([axis], None) if *axis == last => {
                let call =
                    repair::with_channels(self.odd, self.like).map(|call| format!(", as {call} has it")).unwrap_or_default();
                let join =
                    if agrees_but(last) { format!(", or join them, `Concatenate()([{}])`", labels(all)) } else { String::new() };
                return format!("give all the same last axis{call}{join}");
            }
            ([axis], Some(_)) if agrees_but(*axis) => {
                return format!("join them along the axis in which they differ, `axis = {}`", axis.saturating_add(1));
            }
            _ => {}
        }
        let is_made = self.like.origin.is_some() || self.odd.origin.is_some();
        let can_be_resized = is_made && self.except.is_none_or(|axis| axis == last);
        let call = if can_be_resized { repair::resized(self.like, self.odd, self.except.is_none(), self.is_alone) } else { None };
        match (call, self.except) {
            (Some(call), _) => format!("{call} has the size of the other"),
            (None, Some(axis)) => format!("make the axes other than {} equal", axis.saturating_add(1)),
            (None, None) => "give all the same shape: only axes of size 1 are stretched".to_owned(),
        }
    }
}

fn padding_help(operand: &Operand, also: Option<&Operand>) -> Option<String> {
    let places = operand.origin.as_ref()?.places();
    let also = also.and_then(|operand| operand.origin.as_ref()).map(|origin| format!("and in `{}` ", origin.layer));
    Some(format!("write `padding = \"same\"` there {}to keep {places}", also.unwrap_or_default()))
}

impl Origin {
    /// The sizes that padding keeps: `9 x 9`.
    fn places(&self) -> String {
        let sizes: Vec<String> = self.from.0.iter().take(self.from.rank().saturating_sub(1)).map(Dim::to_string).collect();
        sizes.join(" x ")
    }
}

impl Operand {
    /// How to keep the axes that a call has taken away.
    #[must_use]
    pub fn kept_help(&self) -> Option<String> {
        let (label, kept) = (&self.label, self.kept.as_ref()?);
        let what = match (kept.argument, kept.is_direct) {
            ("return_sequences", true) => "is the last step alone",
            ("return_sequences", false) => "is made of the last step alone",
            _ => "has lost its axes",
        };
        Some(format!("`{label}` {what}: write `{}`", kept.layer))
    }

    /// How to pad, where that would give a shape that is wanted.
    #[must_use]
    pub fn padding_help(&self, wanted: &Shape) -> Option<String> {
        let padded = self.origin.as_ref()?.padded.as_ref();
        padded.filter(|padded| *padded == wanted).and_then(|_| padding_help(self, None))
    }
}

/// A shape in which the size of an axis says nothing.
fn with_size(shape: &Shape, axis: usize) -> Shape {
    if axis < shape.rank() { shape.with(axis, Dim::constant(1)) } else { shape.clone() }
}

/// A multiple of a name with which two sizes are one, of which at least one is rounded.
fn multiple_that_agrees(a: &Dim, b: &Dim) -> Option<Dim> {
    let is_rounded = |dim: &Dim| dim.terms().iter().any(|term| term.atoms.iter().any(|part| matches!(part, Part::Floor(..))));
    if !is_rounded(a) && !is_rounded(b) {
        return None;
    }
    let mut names = Vec::new();
    a.visit_names(&mut |name| names.push(name));
    let name = *names.first()?;
    let factor = Dim::constant(i64::try_from(a.divisors().max(b.divisors())).ok()?);
    let multiple = Dim::named(name).mul(&factor)?;
    let meaning = |other: &str| Some(if other == name { multiple.clone() } else { Dim::named(other) });
    (a.substitute(&meaning)? == b.substitute(&meaning)?).then_some(multiple)
}
