//! What to do about a call that does not fit.

use super::words::labels;
use super::{CallError, Operand, Origin, rule};
use crate::dim::Dim;
use crate::layer::Arity;
use crate::problem::{EquationProblem, Problem};
use crate::repair::{self, word};
use crate::shape::{DType, Shape, TensorType};

impl CallError {
    /// The line that tells how to repair it.
    pub(super) fn help(&self) -> String {
        match &self.problem {
            Problem::Arity { expected: Arity::One, found: 0 } => format!("call it with a tensor, `{}(x)`", self.layer),
            Problem::Arity { expected: Arity::One, .. } => {
                let (layer, labels) = (&self.layer, labels(&self.operands));
                format!("call it once for each tensor, or merge them first, as in `{layer}(Concatenate()([{labels}]))`")
            }
            Problem::Arity { expected: Arity::Each(exact), .. } => {
                format!("write `{}({})`", self.layer, ["a", "b", "c", "d", "e", "f"].get(..*exact).unwrap_or_default().join(", "))
            }
            Problem::Arity { expected: Arity::Exactly(exact), .. } if *exact != 2 => {
                format!("write `{}([..])` with {exact} tensors", self.layer)
            }
            Problem::Arity { expected: Arity::OrOneMore(_), found: 3.. } => {
                format!("write `{}([{}])`", self.layer, labels(&self.operands[..3]))
            }
            Problem::Arity { found: 1, .. } => {
                format!("write `{}([{}, ..])` with another tensor, or leave the layer out", self.layer, labels(&self.operands))
            }
            Problem::Arity { found: 0, .. } => format!("write `{}([a, b])`", self.layer),
            Problem::Arity { .. } => format!("write `{}([{}])`", self.layer, labels(&self.operands[..2])),
            Problem::Inputs { expected, .. } => format!("write `{}({})`", self.layer, expected.join(", ")),
            Problem::Slot { slot: argument, expected: 0, .. } => format!("leave `{argument}` out"),
            Problem::Slot { slot, expected, .. } => {
                let some = ["a", "b", "c", "d"].get(..*expected).unwrap_or_default();
                let some = if let [one] = some { (*one).to_owned() } else { format!("[{}]", some.join(", ")) };
                format!("write `{slot} = {some}`")
            }
            Problem::InputType { operand, expected, .. } => {
                let kept = self.operands.get(*operand).and_then(Operand::kept_help);
                kept.unwrap_or_else(|| format!("give it a tensor of type {expected}"))
            }
            Problem::Named(clash) => {
                format!("`{}` is one size wherever it stands in `{}`: give it tensors that agree", clash.dim, self.class)
            }
            Problem::Unworkable(_) => "give it a larger tensor".to_owned(),
            Problem::Rank { operand, expected: [], .. } => {
                format!("add an axis, `Reshape([1])({})`", word(&self.operands[*operand]))
            }
            Problem::Rank { operand, expected, found } => self.rank_help(&self.operands[*operand], expected, found),
            Problem::DType { operand, expected, .. } => dtype_help(&self.operands[*operand], *expected),
            Problem::Differ { shapes, except } => self.apart(shapes, *except).map(|apart| apart.help()).unwrap_or_default(),
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
            Problem::Together { first, second } => format!("leave out `{first}` or `{second}`"),
            Problem::Alone { argument, needs } => {
                format!("write `{needs}` too, or leave `{argument}` out and let the layer adapt to data")
            }
            Problem::Neither { second, .. } => format!("write `{second} = 4`, and let the layer adapt to data"),
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
            Problem::Heads { queries, .. } => {
                let divides = |keys: &usize| queries.is_multiple_of(*keys);
                let some: Vec<String> = (1..=64).filter(divides).map(|keys: usize| keys.to_string()).collect();
                format!("take a number as `num_key_value_heads` that divides {queries}: {}", some.join(", "))
            }
            Problem::Channels { argument, found, .. } => match found.0.last().and_then(Dim::known) {
                Some(channels) => format!("write one number as `{argument}`, or {channels}, one for each of the last axis"),
                None => format!("write one number as `{argument}`, or a number in place of the last axis's name"),
            },
            Problem::Numbers { below, bound, .. } => match self.class.as_str() {
                "Embedding" | "ReversibleEmbedding" => format!("write `{}({below}, ..)`, or let fewer numbers be made, {bound}", self.class),
                "CategoryEncoding" => format!("write `{}({below})`, or let fewer numbers be made, {bound}", self.class),
                _ => format!("let as many numbers be made as there are places, {bound}"),
            },
            Problem::NoiseShape { argument, fit, .. } => {
                format!("write `{argument} = {fit}`: `None` for choices of their own, 1 for one that all share, the batch first")
            }
            Problem::Elements { from, to }
                if to.0.contains(&None) && from.0.iter().chain(to.0.iter().flatten()).any(Dim::has_constants) =>
            {
                "write every size, without -1: then the compiler checks that the constants fit".to_owned()
            }
            Problem::Elements { from, .. } if !from.0.iter().all(Dim::is_constant) => {
                let factor = from.elements().map_or(1, |elements| elements.factor());
                format!("write -1 for what remains, and numbers whose product divides {factor}, as in `Reshape([-1, {factor}])`")
            }
            Problem::Elements { from, .. } => {
                let product = from.elements().map(|elements| format!(" with the product {elements}")).unwrap_or_default();
                format!("write sizes{product}; one of them may be -1, for what remains")
            }
            Problem::Axes { found, .. } => format!("list each axis from 1 to {} once", found.rank()),
            Problem::Axis { .. } => "axis 0 is the batch, -1 the last axis".to_owned(),
            Problem::BatchAxis { .. } => "axis 1 is the first axis of a sample, -1 the last".to_owned(),
            Problem::WholeBatch { shape } => {
                let axes: Vec<String> = (1..=shape.rank()).map(|axis| axis.to_string()).collect();
                match axes.as_slice() {
                    [] => "it is one number a sample already".to_owned(),
                    [one] => format!("name the axis of the sample, `axis = {one}`"),
                    axes => format!("name the axes of the sample, `axis = [{}]`", axes.join(", ")),
                }
            }
            Problem::Place { .. } => "places are counted from 0, or from -1, the last, backwards".to_owned(),
            Problem::EmptySlice { .. } => {
                "a slice is `from:to:step`: `to` is not among what is taken, `step` is not 0".to_owned()
            }
            Problem::Places { .. } => "leave out the last of them: all is taken of axes that are not mentioned".to_owned(),
            Problem::NoSingle { .. } => {
                "take a place of the axis, as in `x[.., 0]`, or reduce it, `ops::mean(x, axis = 1)`".to_owned()
            }
            Problem::BatchShape { from, .. } => {
                let sizes: Vec<String> = std::iter::once("-1".to_owned()).chain(from.0.iter().map(Dim::to_string)).collect();
                format!("write the batch first, as -1, and sizes with as many elements: `[{}]` as it is", sizes.join(", "))
            }
            Problem::Count { argument: "pad_width", .. } => {
                "write a pair for each axis, the batch's first: `[[0, 0], [1, 1], [0, 0]]`".to_owned()
            }
            Problem::Count { argument: "repeats", .. } => "write one number, or one for each".to_owned(),
            Problem::Count { argument: "mean" | "variance", expected, .. } => {
                format!("write one number, or {expected}, one for each place of the last axis that `axis` names")
            }
            Problem::Count { argument: "axis", .. } => "name one axis".to_owned(),
            Problem::Count { argument: "num", expected, .. } => format!("leave `num` out, or write {expected}"),
            Problem::Count { .. } => "write one for each axis that is named".to_owned(),
            Problem::OfBatch { argument, expected } => {
                format!("the first of `{argument}` is the batch's: write `{expected}` for it, and then what the sample's axes have")
            }
            Problem::Beyond { argument, most, .. } => format!("take at most {most} as `{argument}`"),
            Problem::Parts { size, .. } => match size.known() {
                Some(size) => {
                    let divides = |parts: &i64| size.checked_rem(*parts) == Some(0);
                    let some: Vec<String> = (1..=64).filter(divides).map(|parts| parts.to_string()).collect();
                    format!("{size} can be cut into equal parts by {}", some.join(", "))
                }
                None => format!("write a number in place of `{size}`, or a multiple of the parts"),
            },
            Problem::Stretch { from, .. } => {
                let sizes: Vec<String> = std::iter::once("None".to_owned()).chain(from.0.iter().map(Dim::to_string)).collect();
                format!("axes of size 1 are stretched, others stay: `[{}]` as it is; `ops::expand_dims` makes axes of size 1", sizes.join(", "))
            }
            Problem::Term { is_open: true, .. } => "the last two axes are rows and columns of matrices, or as the equation says".to_owned(),
            Problem::Term { is_open: false, .. } => "the equation names the batch first, then each axis of the input".to_owned(),
            Problem::Stacked { .. } => {
                "both have the batch first: give both as many axes, of one size or of size 1, with `ops::expand_dims`".to_owned()
            }
            Problem::Listed { name, takes_list: true } => {
                format!("a tensor of places that differ from sample to sample goes with `ops::{name}(x, places, axis = 1)`")
            }
            Problem::Listed { name, takes_list: false } => {
                format!("places that are the same for all samples go with `ops::{name}(x, [0, 2], axis = 1)`")
            }
            Problem::MatrixNorm => "leave `ord` out, or name one axis".to_owned(),
            Problem::Fill => "write a number, or multiply: `ops::ones_like(x) * y`".to_owned(),
            Problem::BatchPlace => format!("write `..` first, as in `{}[.., 0]`", self.operands[0].label),
            Problem::Matrix { argument, .. } => {
                format!("give `{argument}` to a layer whose weight has two axes, such as `Dense`")
            }
            Problem::Waves { argument, .. } => {
                format!("give `{argument}` to a `Conv1D` of one channel, with 2 filters or more: one for each frequency")
            }
            Problem::ActivityMatrix { .. } => "use `L1`, `L2` or `L1L2`, or give it to a layer that gives `[units]`".to_owned(),
            Problem::ActivityFunction { .. } => {
                "use `L1`, `L2` or `L1L2`, or add the loss in a layer of your own, `losses.add(&loss)?`".to_owned()
            }
            Problem::WeightAxis { shape, .. } => match shape.rank() {
                1 => "the axes of a weight are counted from 0: this one has axis 0 alone".to_owned(),
                rank => format!("the axes of a weight are counted from 0: this one has those below {rank}"),
            },
            Problem::RepeatedAxis { .. } => "name each axis once: -1 is the last".to_owned(),
            Problem::InnerAxes { .. } => "bring the axes to the end before, with `Permute`".to_owned(),
            Problem::Unknown { operand, axis, shape } => {
                let dim = &shape.0[*axis];
                // Of what convolves or is a cell of pictures, weights need the last axis alone.
                let is_state = self.class == "RNN" || self.class.starts_with("ConvLSTM");
                match dim.name() {
                    _ if is_state && axis.saturating_add(1) < shape.rank() => {
                        format!("states that are kept are of one size: write a number in place of `{dim}`, in the input's shape")
                    }
                    _ if self.class.starts_with("ops::") && self.class != "ops::get_item" => {
                        format!("write a number in place of `{dim}`, in the input's shape")
                    }
                    _ if self.class == "ops::get_item" => {
                        "of an axis of any size take a place at an end, `0` or `-1`, or a slice to an end, `1:` or `:-1`"
                            .to_owned()
                    }
                    Some(_) => {
                        format!("weights need a known size: write a number in place of `{dim}`, or pool that axis away")
                    }
                    None if is_flattened(&self.operands[*operand]) => {
                        let axes =
                            self.operands[*operand].origin.as_ref().map_or(0, |origin| origin.from.rank().saturating_sub(1));
                        format!(
                            "weights need a known size: write `GlobalAveragePooling{axes}D()` in place of `Flatten()`, or numbers in the input's shape"
                        )
                    }
                    None => "weights need a known size: write numbers in the input's shape".to_owned(),
                }
            }
            Problem::Rebuilt { .. } => "make a second layer for the other shape".to_owned(),
            Problem::Wrapped { help, .. } => (*help).to_owned(),
            Problem::Inside(inside) => match inside.problem {
                Problem::Rank { .. } => format!(
                    "`{}` hands `{}` one step at a time: give it a tensor with the axis of steps before those that `{}` takes",
                    self.class, inside.class, inside.class
                ),
                Problem::InputType { ref expected, .. } => {
                    let TensorType { dtype, shape } = expected;
                    let steps = std::iter::once("steps".to_owned()).chain(shape.0.iter().map(ToString::to_string));
                    let steps = steps.collect::<Vec<_>>().join(", ");
                    let elements = if *dtype == DType::F32 { String::new() } else { format!(" of {dtype}") };
                    format!("`{}` hands `{}` one step at a time: give it a tensor [{steps}]{elements}", self.class, inside.class)
                }
                _ => self.inner(inside).help(),
            },
            Problem::Rule(problem) => rule::help(problem, &self.class, &self.operands),
            Problem::Equation { fault, .. } => match &**fault {
                EquationProblem::Rank { .. } => "the equation names the batch first, then each axis of the input".to_owned(),
                EquationProblem::Sizes { .. } => "write `None` for a size that is the input's".to_owned(),
                EquationProblem::Size { letter, there, .. } => format!("write {there} or `None` for `{letter}`"),
                EquationProblem::Open { letter } => format!("write a number for `{letter}` in `output_shape`"),
                EquationProblem::BiasAxis { .. } => "take letters of the output".to_owned(),
            },
            Problem::Summed { .. } if self.class.starts_with("ops::") => {
                "what is multiplied and summed must be as long in both: turn one, `ops::swapaxes(x, 1, 2)`, or name other axes alike".to_owned()
            }
            Problem::Summed { .. } => {
                "name an axis of each input, `axes = (2, 1)`, the batch being axis 0; they must be of one size".to_owned()
            }
            Problem::Overflow => "check the sizes: one of them is too large".to_owned(),
        }
    }

    fn rank_help(&self, operand: &Operand, expected: &[&str], found: &Shape) -> String {
        // Over what is pooled, nothing but a convolution of single places makes sense.
        let makes_sense = operand.kept.as_ref().is_some_and(|kept| kept.argument != "keepdims") || self.class.contains("Conv");
        let kept = operand.kept_help().filter(|_| makes_sense);
        if let Some(help) = kept.or_else(|| self.flattened_help(operand, expected)) {
            return help;
        }
        match expected {
            [axes @ .., last] if !axes.is_empty() && axes.len() == found.rank() => operand.axis_help(last),
            [_, _] | [_, _, _] => {
                let (what, sizes) = match expected.len() {
                    2 => ("a sequence", repair::sequence_of(found)),
                    _ => ("an image", repair::image_of(found)),
                };
                let own = if sizes.is_none() { ", with sizes of your own" } else { "" };
                let sizes = sizes.unwrap_or_else(|| format!("[{}]", expected.join(", ")));
                format!("`Reshape({sizes})({})` makes {what} of it{own}", word(operand))
            }
            _ => format!("`Flatten()({})` makes one axis of them", word(operand)),
        }
    }

    /// What to do about a layer that has made one axis of those that are needed.
    fn flattened_help(&self, operand: &Operand, expected: &[&str]) -> Option<String> {
        let Origin { layer, from, to, .. } = operand.origin.as_ref()?;
        let flattens = ["Flatten(", "Global", "Reshape("].iter().any(|start| layer.starts_with(start));
        if !flattens || to.rank() >= expected.len() {
            return None;
        }
        if from.rank() == expected.len() {
            return Some(format!("leave `{layer}` out, or move it behind `{}`", self.layer));
        }
        let sequence = repair::sequence_of(from).filter(|_| expected.len() == 2 && layer == "Flatten()")?;
        Some(format!("write `Reshape({sequence})` in place of `Flatten()`"))
    }
}

impl Operand {
    /// What to do about a last axis that is missing.
    pub(super) fn axis_help(&self, axis: &str) -> String {
        let dims = &self.ty.shape.0;
        match repair::written(dims.iter().chain([&Dim::constant(1)])) {
            Some(sizes) => format!("add the axis of {axis}, `Reshape({sizes})({})`", word(self)),
            None if self.is_input => {
                let sizes: Vec<String> = dims.iter().map(Dim::to_string).collect();
                format!("declare the input with the axis of {axis}, `{}: [{}, 1]`", self.label, sizes.join(", "))
            }
            None => format!("declare the input that it comes from with an axis of {axis}"),
        }
    }
}

/// Whether an image or a sequence was flattened, which could be pooled.
fn is_flattened(operand: &Operand) -> bool {
    operand.origin.as_ref().is_some_and(|origin| origin.layer == "Flatten()" && matches!(origin.from.rank(), 2 | 3))
}

fn dtype_help(operand: &Operand, expected: DType) -> String {
    let Operand { label, ty, is_input, .. } = operand;
    match (is_input, expected) {
        (true, DType::I32) => format!("it looks things up by their numbers: declare the input as `{label}: i32{}`", ty.shape),
        (true, DType::F32) => format!("declare the input without its type, `{label}: {}`", ty.shape),
        (true, DType::Bool) => format!("compare it, as in `{label} > 0`, or declare the input as `{label}: bool{}`", ty.shape),
        (false, DType::Bool) => format!("compare it, as in `{label} > 0`, or give it an input of type bool"),
        (false, DType::I32) => "it looks things up by their numbers: give it an input of type i32".to_owned(),
        (false, DType::F32) if ty.dtype == DType::Bool => "make numbers of it, `ops::cast(.., \"float32\")`".to_owned(),
        (false, DType::F32) => "declare the input that it comes from without its type, to have f32".to_owned(),
    }
}
