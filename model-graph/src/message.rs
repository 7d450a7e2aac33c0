//! The words for what is wrong with a call. Every message about layers, arguments and shapes is made here: the macro adds the span,
//! the run time the path.

mod rule;

use std::fmt::{self, Display};

use crate::argument::{Activation, size_of_constants, source};
use crate::dim::{Dim, Part};
use crate::layer::Arity;
use crate::named::{Clash, Side, Unworkable};
use crate::problem::{ArgumentProblem, Blame, Problem, odd_one_out};
use crate::repair::{self, word};
use crate::shape::{DType, Shape, TensorType};

/// What messages say about an input of a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Operand {
    /// The user's word for it.
    pub label: String,
    /// Its type.
    pub ty: TensorType,
    /// The call that gave it its shape.
    pub origin: Option<Origin>,
    /// Whether it is an input of the model or block.
    pub is_input: bool,
}

/// A call that changed a shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// The layer as one would write it.
    pub layer: String,
    /// The shape before.
    pub from: Shape,
    /// The shape after.
    pub to: Shape,
    /// Whether `padding = "same"` there would keep the size.
    pub pads: bool,
}

/// A call that does not fit its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct CallError {
    /// The layer as one would write it.
    pub layer: String,
    /// The layer's class, or the name of the model or block.
    pub class: String,
    /// Its inputs.
    pub operands: Vec<Operand>,
    /// What is wrong.
    pub problem: Problem,
}

impl CallError {
    /// The part of the call that is to blame.
    #[must_use]
    pub fn blame(&self) -> Blame {
        self.problem.blame()
    }

    fn headline(&self) -> String {
        let Self { layer, class, operands, problem } = self;
        match problem {
            Problem::Arity { expected, found } => format!("`{class}` takes {}, found {}", arity(*expected), tensors(*found)),
            Problem::Inputs { expected, found } => {
                format!("`{class}` takes {} ({}), found {}", tensors(expected.len()), list(expected), tensors(*found))
            }
            Problem::InputType { operand, input, expected, found } => {
                format!("`{class}` takes {expected} as `{input}`: `{}` is {found}", operands[*operand].label)
            }
            Problem::Named(clash) => {
                let Clash { dim, size, first, second } = &**clash;
                let axis = |side: &Side| format!("axis {} of `{}`", side.axis + 1, operands[side.operand].label);
                format!(
                    "`{class}` needs one size of `{dim}`: it is {size} by {}, {} by {}",
                    axis(first),
                    second.found,
                    axis(second)
                )
            }
            Problem::Unworkable(unworkable) => {
                let Unworkable { layer: inner, from, to } = &**unworkable;
                let Operand { label, ty, .. } = &operands[0];
                format!("`{class}` cannot work on `{label}` {ty}: `{inner}` in it would make {to} of {from}")
            }
            Problem::Rank { operand, expected: [], found } => {
                format!("`{layer}` needs at least one axis besides the batch: `{}` is {found}", operands[*operand].label)
            }
            Problem::Rank { operand, expected, found } => {
                format!("`{layer}` needs [{}]: `{}` is {found}", expected.join(", "), operands[*operand].label)
            }
            Problem::DType { operand, expected, found } => {
                let Operand { label, ty, .. } = &operands[*operand];
                format!("`{layer}` needs elements of type {expected}: `{label}` is {ty}, elements of type {found}")
            }
            Problem::Differ { except: None, .. } => format!("`{class}` needs inputs of one shape: {}", shapes(operands)),
            Problem::Differ { except: Some(axis), .. } => {
                format!("`{layer}` needs inputs that differ in axis {} only: {}", axis + 1, shapes(operands))
            }
            Problem::Window { axis, window, size, .. } => {
                let Operand { label, ty, .. } = &operands[0];
                format!("`{layer}` needs a {axis} of at least {window}: `{label}` is {ty}, {axis} {size}")
            }
            Problem::Crop { axis, cropping, size } => {
                let Operand { label, ty, .. } = &operands[0];
                format!("`{layer}` needs a {axis} of more than {cropping}: `{label}` is {ty}, {axis} {size}")
            }
            Problem::OutputPadding { axis, padding, stride } => {
                format!(
                    "`{layer}` needs an `output_padding` of less than its strides: found {padding} for strides of {stride} along the {axis}"
                )
            }
            Problem::Exclusive { first, second } => {
                format!("`{layer}` takes `{first}` other than 1 or `{second}` other than 1, found both")
            }
            Problem::Groups { what, size, groups } => {
                let Operand { label, ty, .. } = &operands[0];
                format!("`{layer}` needs {what} that {groups} groups divide: `{label}` is {ty}, {what} {size}")
            }
            Problem::Elements { from, to } => {
                let there = from.elements().map_or_else(
                    || "too many".to_owned(),
                    |elements| match elements.known() {
                        Some(elements) => elements.to_string(),
                        None => format!("`{elements}`"),
                    },
                );
                let known = Shape(to.0.iter().flatten().cloned().collect()).count();
                let known = if known.known().is_some() { known.to_string() } else { format!("`{known}`") };
                let asked = if to.0.contains(&None) { format!("a multiple of {known}") } else { known };
                format!("`{layer}` needs {asked} elements: `{}` is {from}, {there} elements", operands[0].label)
            }
            Problem::Axes { expected, found } => {
                format!("`{layer}` orders {expected} axes: `{}` is {found}, {} axes", operands[0].label, found.rank())
            }
            Problem::Axis { axis, shape, .. } => {
                let label = &operands[0].label;
                let axes = match shape.rank() {
                    1 => "axis 1 or -1".to_owned(),
                    last => format!("an axis from 1 to {last} or -{last} to -1"),
                };
                format!("`{layer}` needs {axes}: `{label}` is {shape}, axis {axis}")
            }
            Problem::BatchAxis { axis, .. } => {
                let Operand { label, ty, .. } = &operands[0];
                format!("`{layer}` needs an axis of the sample: `{label}` is {ty}, axis {axis} is the batch")
            }
            Problem::Unknown { operand, axis, shape } => {
                let dim = &shape.0[*axis];
                format!(
                    "`{layer}` needs to know the size of axis {}: `{}` is {shape}, `{dim}` is any size",
                    axis + 1,
                    operands[*operand].label
                )
            }
            Problem::Rebuilt { first, now } => {
                format!(
                    "`{layer}` was first called with {first}, and its weights are made for that: `{}` is {now}",
                    operands[0].label
                )
            }
            Problem::Rule(problem) => rule::headline(problem, layer, operands),
            Problem::Overflow => format!("`{layer}` makes a size that is too large to count: {}", shapes(operands)),
        }
    }

    /// The input whose history explains the fault.
    fn told(&self) -> Option<&Operand> {
        let operands = match &self.problem {
            Problem::Differ { shapes, except } => vec![self.operands.get(odd_one_out(shapes, *except))?, self.operands.first()?],
            Problem::Overflow | Problem::Arity { .. } | Problem::Inputs { .. } => Vec::new(),
            Problem::Exclusive { .. } | Problem::OutputPadding { .. } => Vec::new(),
            Problem::InputType { operand, .. } | Problem::Rank { operand, .. } => vec![self.operands.get(*operand)?],
            Problem::Named(clash) => vec![self.operands.get(clash.second.operand)?],
            Problem::DType { operand, .. } | Problem::Unknown { operand, .. } => vec![self.operands.get(*operand)?],
            Problem::Rule(problem) => rule::operands(problem).into_iter().filter_map(|i| self.operands.get(i)).collect(),
            _ => self.operands.iter().take(1).collect(),
        };
        let of = |holds: fn(&Origin) -> bool| operands.iter().find(move |operand| operand.origin.as_ref().is_some_and(holds));
        of(|origin| origin.pads).or_else(|| of(Origin::shrank)).or_else(|| of(|_| true)).copied()
    }

    fn history(&self) -> Option<String> {
        let Operand { label, origin, .. } = self.told()?;
        let origin = origin.as_ref()?;
        Some(origin.tell(label))
    }

    fn help(&self) -> String {
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
                let divides = |groups: &i64| size.known().is_some_and(|size| size % groups == 0);
                let some: Vec<String> = (1..=64).filter(divides).map(|groups| groups.to_string()).collect();
                format!("take a number of `groups` that divides the {what}: {}", some.join(", "))
            }
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
            return format!("join them along the axis in which they differ, `axis = {}`", axis + 1);
        }
        let is_made = first.origin.is_some() || odd.origin.is_some();
        let call = repair::resized(first, odd, except.is_none()).filter(|_| is_made && except.is_none_or(|axis| axis == last));
        match (call, except) {
            (Some(call), _) => format!("{call} has the size of the other"),
            (None, Some(axis)) => format!("make the axes other than {} equal", axis + 1),
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

impl Origin {
    /// Whether height and width have become smaller.
    fn shrank(&self) -> bool {
        let (from, to) = (&self.from.0, &self.to.0);
        let is_smaller = |from: &Dim, to: &Dim| from.known().zip(to.known()).is_some_and(|(from, to)| to < from);
        self.pads || from.len() == to.len() && from.iter().zip(to).rev().skip(1).any(|(from, to)| is_smaller(from, to))
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

impl Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        self.history().iter().try_for_each(|line| write!(f, "\n{line}"))?;
        write!(f, "\nhelp: {}", self.help())
    }
}

impl std::error::Error for CallError {}

/// A layer whose arguments make no layer.
#[derive(Clone, Debug, PartialEq)]
pub struct ArgumentError {
    /// The layer's class.
    pub class: String,
    /// What is wrong.
    pub problem: ArgumentProblem,
}

impl Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = &self.class;
        match &self.problem {
            ArgumentProblem::Missing { argument, expected } => {
                write!(f, "`{class}` needs `{argument}`, {expected}\nhelp: write `{class}({argument} = ..)`")
            }
            ArgumentProblem::Unknown { argument, valid } if valid.is_empty() => {
                let other = || format!("it takes no arguments but `name` and `trainable`: `{class}()`");
                let help = keras_argument(argument).map_or_else(other, str::to_owned);
                write!(f, "`{class}` has no argument `{argument}`\nhelp: {help}")
            }
            ArgumentProblem::Unknown { argument, valid } => {
                let help = keras_argument(argument).map_or_else(|| choices(argument, valid), str::to_owned);
                write!(f, "`{class}` has no argument `{argument}`\nhelp: {help}")
            }
            ArgumentProblem::Twice { argument } => {
                write!(f, "`{class}` is given `{argument}` twice\nhelp: keep one of them")
            }
            ArgumentProblem::TooMany { most: 0, found } => {
                write!(
                    f,
                    "`{class}` takes no arguments without a name, found {found}\nhelp: leave them out, `{class}()`: tensors go into a second pair of parentheses"
                )
            }
            ArgumentProblem::TooMany { most, found } => {
                write!(
                    f,
                    "`{class}` takes at most {most} arguments, found {found}\nhelp: the tensors go into a second pair of parentheses: `{class}(..)(x)`"
                )
            }
            ArgumentProblem::Value { argument, expected, found } => {
                let help = value_help(argument, expected, found);
                write!(f, "`{class}` needs `{argument}` to be {expected}, found `{}`\nhelp: {help}", source(found))
            }
            ArgumentProblem::Choice { argument, choices: valid, found } => {
                let written = found.as_str().map_or_else(|| source(found), str::to_owned);
                // Where not all activations can stand, the nearest is none that was meant.
                let is_elsewhere = Activation::ALL.iter().any(|activation| activation.name() == written);
                let help = if is_elsewhere { format!("here there are {}", list(valid)) } else { choices(&written, valid) };
                write!(f, "`{class}` knows no `{argument}` called `{written}`\nhelp: {help}")
            }
        }
    }
}

impl std::error::Error for ArgumentError {}

/// How a value that is not accepted should be written.
fn value_help(argument: &str, expected: &str, found: &serde_json::Value) -> String {
    let whole = found.as_f64().filter(|number| found.is_f64() && number.fract() == 0.0 && number.abs() < 1e15);
    let text = found.as_str().filter(|text| text.parse::<f64>().is_ok());
    match (whole, text) {
        _ if found.as_i64().is_some_and(|number| number > i64::from(u32::MAX)) => format!("sizes are at most {}", u32::MAX),
        _ if size_of_constants(found).is_some() => {
            let text = source(found);
            format!(
                "declare it within the macro, `const {text}: .. = ..;`: outside, the compiler alone sees the value of `{text}`"
            )
        }
        _ if expected.contains("supported") => format!("leave `{argument}` out"),
        (Some(whole), _) => format!("write `{whole:.0}`, without a point"),
        (_, Some(text)) => format!("write `{text}`, without quotes"),
        (None, None) => format!("write `{argument} = ..` with {expected}"),
    }
}

/// What to do instead of an argument that every layer of Keras takes, or once took.
fn keras_argument(argument: &str) -> Option<&'static str> {
    Some(match argument {
        "input_shape" | "batch_input_shape" | "input_dim" | "batch_shape" | "shape" => {
            "leave it out: shapes are inferred from the model's inputs"
        }
        "dtype" | "autocast" => "leave it out: weights and results are `f32`",
        "weights" => "leave it out: weights are loaded with the whole model",
        "kernel" => "the window is called `kernel_size`",
        _ => return None,
    })
}

/// The name nearest to what was written, and then all that there are; a right name in a wrong form is told its form.
#[must_use]
pub fn choices(written: &str, valid: &[&str]) -> String {
    match nearest(written, valid) {
        Some(name) if plain(name) == plain(written) => format!("it is written `{name}`"),
        Some(name) if valid.len() == 1 => format!("did you mean `{name}`?"),
        Some(name) => format!("did you mean `{name}`? {}", there_are(valid)),
        None => there_are(valid),
    }
}

/// All names that there are.
#[must_use]
pub fn there_are(names: &[&str]) -> String {
    match names {
        [] => "there are none".to_owned(),
        [name] => format!("there is `{name}`"),
        names => format!("there are {}", list(names)),
    }
}

/// A name without its form: case and underscores.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// The valid name that is nearest to what was written, if it is near enough to be meant.
#[must_use]
pub fn nearest<'a>(written: &str, valid: &[&'a str]) -> Option<&'a str> {
    let written = plain(written);
    let scored = valid.iter().map(|name| (strsim::damerau_levenshtein(&written, &plain(name)), *name));
    let (distance, name) = scored.min_by_key(|(distance, _)| *distance)?;
    let limit = match written.chars().count() {
        0..=2 => 0,
        length => 1.max(length / 3),
    };
    (distance <= limit).then_some(name)
}

/// Whether what was written is most likely this name, but for a letter or its form, and no name of its own. Names that are numbered
/// in different ways are different names.
#[must_use]
pub fn is_slip(written: &str, name: &str) -> bool {
    let (written, name) = (plain(written), plain(name));
    let distance = strsim::damerau_levenshtein(&written, &name);
    let most = if name.len() < 9 { 1 } else { 2 };
    let unnumbered = |name: &str| name.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
    distance == 0 || distance <= most && !written.contains(&name) && unnumbered(&written) != unnumbered(&name)
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

fn arity(arity: Arity) -> String {
    match arity {
        Arity::One => "one tensor".to_owned(),
        Arity::Exactly(2) => "a list of two tensors".to_owned(),
        Arity::Exactly(exact) => format!("a list of {exact} tensors"),
        Arity::AtLeast(least) => format!("a list of at least {least} tensors"),
    }
}

/// `no tensor`, `one tensor`, `3 tensors`.
#[must_use]
pub fn tensors(count: usize) -> String {
    match count {
        0 => "none".to_owned(),
        1 => "one tensor".to_owned(),
        _ => format!("{count} tensors"),
    }
}

fn shapes(operands: &[Operand]) -> String {
    let texts: Vec<String> = operands.iter().map(|operand| format!("`{}` is {}", operand.label, operand.ty)).collect();
    texts.join(", ")
}

fn labels(operands: &[Operand]) -> String {
    operands.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Names in backticks, with commas.
#[must_use]
pub fn list(names: &[impl AsRef<str>]) -> String {
    names.iter().map(|name| format!("`{}`", name.as_ref())).collect::<Vec<_>>().join(", ")
}
