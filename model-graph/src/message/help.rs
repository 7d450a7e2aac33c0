//! What to do about a call that does not fit.

use super::words::labels;
use super::{CallError, Operand, rule};
use crate::dim::{Dim, Part};
use crate::layer::Arity;
use crate::problem::{Problem, odd_one_out};
use crate::repair::{self, word};
use crate::shape::{DType, Shape};

impl CallError {
    /// The line that tells how to repair it.
    pub(super) fn help(&self) -> String {
        match &self.problem {
            Problem::Arity { expected: Arity::One, found: 0 } => format!("call it with a tensor, `{}(x)`", self.layer),
            Problem::Arity { expected: Arity::One, .. } => {
                let (layer, labels) = (&self.layer, labels(&self.operands));
                format!("call it once for each tensor, or merge them first, as in `{layer}(Concatenate()([{labels}]))`")
            }
            Problem::Arity { expected: Arity::Exactly(exact), .. } if *exact != 2 => {
                format!("write `{}([..])` with {exact} tensors", self.layer)
            }
            Problem::Arity { found: 1, .. } => {
                format!("write `{}([{}, ..])` with another tensor, or leave the layer out", self.layer, labels(&self.operands))
            }
            Problem::Arity { found: 0, .. } => format!("write `{}([a, b])`", self.layer),
            Problem::Arity { .. } => format!("write `{}([{}])`", self.layer, labels(&self.operands[..2])),
            Problem::Inputs { expected, .. } => format!("write `{}({})`", self.layer, expected.join(", ")),
            Problem::InputType { expected, .. } => format!("give it a tensor of type {expected}"),
            Problem::Named(clash) => {
                format!("`{}` is one size wherever it stands in `{}`: give it tensors that agree", clash.dim, self.class)
            }
            Problem::Unworkable(_) => "give it a larger tensor".to_owned(),
            Problem::Rank { operand, expected: [], .. } => {
                format!("add an axis, `Reshape([1])({})`", word(&self.operands[*operand]))
            }
            Problem::Rank { operand, expected, found } => self.rank_help(&self.operands[*operand], expected, found),
            Problem::DType { operand, expected, .. } => dtype_help(&self.operands[*operand], *expected),
            Problem::Differ { shapes, except } => self.differ_help(shapes, *except),
            Problem::Window { argument, axis, size, dilation, .. } => {
                let one = Dim::constant(1);
                let most =
                    size.sub(&one).and_then(|room| room.floor_div(*dilation as u64)?.add(&one)).unwrap_or_else(|| size.clone());
                format!("take a `{argument}` of at most {most} along the {axis}, or `padding = \"same\"`")
            }
            Problem::Crop { axis, size, .. } => {
                format!("leave something of the {axis}: crop less than {size} of it at both ends together")
            }
            Problem::OutputPadding { stride: 1, .. } => "leave `output_padding` out, or take larger `strides`".to_owned(),
            Problem::OutputPadding { axis, stride, .. } => {
                format!("take an `output_padding` of at most {} along the {axis}", stride.saturating_sub(1))
            }
            Problem::Exclusive { first, second } => format!("leave `{first}` or `{second}` at 1"),
            Problem::Groups { what, size, .. } if size.has_constants() => {
                format!("declare the constant within the macro: the {what} `{size}` must be known to be divided")
            }
            Problem::Groups { what: "filters", size, groups } => {
                let next =
                    size.floor_div(*groups as u64).and_then(|times| times.add(&Dim::constant(1))?.mul(&Dim::from(*groups)));
                let next = next.map(|next| format!(", such as {next}")).unwrap_or_default();
                format!("take a multiple of {groups} as `filters`{next}, or other `groups`")
            }
            Problem::Groups { what, size, .. } => {
                let divides = |groups: &i64| size.known().is_some_and(|size| size.checked_rem(*groups) == Some(0));
                let some: Vec<String> = (1..=64).filter(divides).map(|groups| groups.to_string()).collect();
                format!("take a number of `groups` that divides the {what}: {}", some.join(", "))
            }
            Problem::Channels { argument, found, .. } => match found.0.last().and_then(Dim::known) {
                Some(channels) => format!("write one number as `{argument}`, or {channels}, one for each of the last axis"),
                None => format!("write one number as `{argument}`, or a number in place of the last axis's name"),
            },
            Problem::Elements { from, to }
                if to.0.contains(&None) && from.0.iter().chain(to.0.iter().flatten()).any(Dim::has_constants) =>
            {
                "write every size, without -1: then the compiler checks that the constants fit".to_owned()
            }
            Problem::Elements { from, .. } => {
                let product = from.elements().map(|elements| format!(" with the product {elements}")).unwrap_or_default();
                format!("write sizes{product}; one of them may be -1, for what remains")
            }
            Problem::Axes { found, .. } => format!("list each axis from 1 to {} once", found.rank()),
            Problem::Axis { .. } => "axis 0 is the batch, -1 the last axis".to_owned(),
            Problem::BatchAxis { .. } => "axis 1 is the first axis of a sample, -1 the last".to_owned(),
            Problem::Unknown { axis, shape, .. } => {
                let dim = &shape.0[*axis];
                match dim.name() {
                    Some(_) => {
                        format!("weights need a known size: write a number in place of `{dim}`, or pool that axis away")
                    }
                    None => "weights need a known size: pool the axis away first, as `GlobalAveragePooling1D()` does, or write numbers in \
                          the input's shape"
                        .to_owned(),
                }
            }
            Problem::Rebuilt { .. } => "make a second layer for the other shape".to_owned(),
            Problem::Rule(problem) => rule::help(problem, &self.class, &self.operands),
            Problem::Overflow => "check the sizes: one of them is too large".to_owned(),
        }
    }

    fn rank_help(&self, operand: &Operand, expected: &[&str], found: &Shape) -> String {
        if operand.origin.as_ref().is_some_and(|origin| origin.layer == "Flatten()") && expected.len() > 1 {
            return format!("leave `Flatten()` out, or move it behind `{}`", self.layer);
        }
        let (sizes, word): (Vec<String>, _) = (found.0.iter().map(ToString::to_string).collect(), word(operand));
        match expected {
            [axes @ .., last] if !axes.is_empty() && axes.len() == sizes.len() => {
                format!("add the axis of {last}, `Reshape([{}, 1])({word})`", sizes.join(", "))
            }
            [_, _] | [_, _, _] => {
                let (what, sizes) = match expected.len() {
                    2 => ("a sequence", repair::sequence_of(found)),
                    _ => ("an image", repair::image_of(found)),
                };
                let own = if sizes.is_none() { ", with sizes of your own" } else { "" };
                let sizes = sizes.unwrap_or_else(|| format!("[{}]", expected.join(", ")));
                format!("`Reshape({sizes})({word})` makes {what} of it{own}")
            }
            _ => format!("`Flatten()({word})` makes one axis of them"),
        }
    }

    fn differ_help(&self, shapes: &[Shape], except: Option<usize>) -> String {
        let (first, odd) = (&self.operands[0], &self.operands[odd_one_out(shapes, except)]);
        if let Some(origin) = self.told().and_then(|operand| operand.origin.as_ref()).filter(|origin| origin.pads) {
            let sizes: Vec<String> =
                origin.from.0.iter().take(origin.from.rank().saturating_sub(1)).map(ToString::to_string).collect();
            return format!("write `padding = \"same\"` there to keep {}", sizes.join(" x "));
        }
        if let Some(apart) = names_apart(shapes) {
            return apart;
        }
        if first.ty.shape.rank() != odd.ty.shape.rank() {
            let generic = || "give both the same number of axes, with `Flatten()(..)` or `Reshape([..])(..)`".to_owned();
            return repair::repeated(first, odd)
                .filter(|_| except.is_none())
                .map_or_else(generic, |call| format!("repeat the smaller one: {call}"));
        }
        let differing: Vec<usize> = (0..first.ty.shape.rank()).filter(|&i| first.ty.shape.0[i] != odd.ty.shape.0[i]).collect();
        let last = first.ty.shape.rank().saturating_sub(1);
        if differing == [last] && except.is_none() {
            let call = repair::with_channels(odd, first).map(|call| format!(", as {call} has it")).unwrap_or_default();
            return format!("give all the same last axis{call}, or join them, `Concatenate()([{}])`", labels(&self.operands));
        }
        if let ([axis], Some(_)) = (differing.as_slice(), except) {
            return format!("join them along the axis in which they differ, `axis = {}`", axis.saturating_add(1));
        }
        let is_made = first.origin.is_some() || odd.origin.is_some();
        let call = repair::resized(first, odd, except.is_none()).filter(|_| is_made && except.is_none_or(|axis| axis == last));
        match (call, except) {
            (Some(call), _) => format!("{call} has the size of the other"),
            (None, Some(axis)) => format!("make the axes other than {} equal", axis.saturating_add(1)),
            (None, None) => "give all the same shape: nothing is broadcast".to_owned(),
        }
    }
}

/// What to do where shapes of one rank differ in names of dimensions, or where a size was rounded.
fn names_apart(shapes: &[Shape]) -> Option<String> {
    let first = shapes.first().filter(|first| shapes.iter().all(|shape| shape.rank() == first.rank()))?;
    let mut axes = shapes.iter().flat_map(|shape| shape.0.iter().zip(&first.0));
    let (other, first) = axes.find(|(a, b)| a != b && a.known().is_none() && b.known().is_none())?;
    if first.name().is_some() && other.name().is_some() {
        return Some(format!("`{first}` and `{other}` may be different sizes: give the inputs one name if they are the same"));
    }
    let is_rounded = |dim: &Dim| dim.terms().iter().any(|term| term.atoms.iter().any(|part| matches!(part, Part::Floor(..))));
    let mut names = Vec::new();
    first.visit_names(&mut |name| names.push(name));
    let name = names.first().filter(|_| is_rounded(first) || is_rounded(other))?;
    Some(format!("a size was rounded: declare the input's axis as a multiple of what it is divided by, such as `2 * {name}`"))
}

fn dtype_help(operand: &Operand, expected: DType) -> String {
    let Operand { label, ty, is_input, .. } = operand;
    match (is_input, expected) {
        (true, DType::I32) => format!("it looks things up by their numbers: declare the input as `{label}: i32{}`", ty.shape),
        (true, DType::F32) => format!("declare the input without its type, `{label}: {}`", ty.shape),
        (false, DType::I32) => "it looks things up by their numbers: give it an input of type i32".to_owned(),
        (false, DType::F32) => "declare the input that it comes from without its type, to have f32".to_owned(),
    }
}
