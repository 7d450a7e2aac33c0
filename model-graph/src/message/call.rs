//! What is wrong with a call, in a line.

use super::words::{arity, list, shapes, tensors};
use super::{CallError, Operand, rule};
use crate::named::{Clash, Side, Unworkable};
use crate::problem::{EquationProblem, Inside, Problem};
use crate::shape::Shape;

impl CallError {
    /// The error of a layer that is wrapped: it is handed a part of the first input.
    pub(super) fn inner(&self, inside: &Inside) -> Self {
        let Inside { layer, class, part, problem } = inside;
        let operands = self.operands.iter().take(1).map(|operand| Operand {
            label: format!("one step of {}", operand.label),
            ty: part.clone(),
            origin: None,
            kept: None,
            is_input: false,
        });
        Self { layer: layer.clone(), class: class.clone(), operands: operands.collect(), problem: problem.clone() }
    }

    /// The first line.
    pub(super) fn headline(&self) -> String {
        let Self { layer, class, operands, problem } = self;
        match problem {
            Problem::Arity { expected, found } => format!("`{class}` takes {}, found {}", arity(*expected), tensors(*found)),
            Problem::Inputs { expected, found } => {
                format!("`{class}` takes {} ({}), found {}", tensors(expected.len()), list(expected), tensors(*found))
            }
            Problem::Slot { slot, expected, found, .. } => {
                format!("`{layer}` takes {} as `{slot}`, found {}", tensors(*expected), tensors(*found))
            }
            Problem::InputType { operand, input, expected, found } => {
                format!("`{class}` takes {expected} as `{input}`: `{}` is {found}", operands[*operand].label)
            }
            Problem::Named(clash) => {
                let Clash { dim, size, first, second } = &**clash;
                let axis = |side: &Side| format!("axis {} of `{}`", side.axis.saturating_add(1), operands[side.operand].label);
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
                format!("`{layer}` needs inputs that differ in axis {} only: {}", axis.saturating_add(1), shapes(operands))
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
            Problem::Together { first, second } => format!("`{class}` takes `{first}` or `{second}`, found both"),
            Problem::Alone { argument, needs } => {
                format!("`{class}` takes `{argument}` and `{needs}` together, found no `{needs}`")
            }
            Problem::Neither { first, second } => format!("`{class}` needs `{first}` or `{second}`, found neither"),
            Problem::Groups { what, size, groups } => {
                let Operand { label, ty, .. } = &operands[0];
                format!("`{layer}` needs {what} that {groups} groups divide: `{label}` is {ty}, {what} {size}")
            }
            Problem::Heads { queries, keys } => {
                format!(
                    "`{layer}` needs heads of queries that its heads of keys and values divide: {keys} do not divide {queries}"
                )
            }
            Problem::Channels { argument, expected, found } => {
                let label = &operands[0].label;
                format!("`{class}` has {expected} numbers as `{argument}`, one for each channel: `{label}` is {found}")
            }
            Problem::Numbers { operand, bound, source, below } => {
                let label = &operands[*operand].label;
                format!("`{layer}` looks up numbers below {bound}: `{label}` has numbers below {below}, of `{source}`")
            }
            Problem::NoiseShape { argument, found, .. } => {
                format!(
                    "`{layer}` needs `{argument}` to be `None`, 1 or the axis's size for each axis: `{}` is {found}, behind the batch",
                    operands[0].label
                )
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
            Problem::WholeBatch { shape } => {
                format!("`{layer}` would mix the samples of a batch: `{}` is {shape} for each", operands[0].label)
            }
            Problem::Place { place, axis, size, shape } => {
                let places = size.size().map_or(0, |size| size.saturating_sub(1));
                let (label, axis) = (&operands[0].label, axis);
                format!("there is no place {place} in axis {axis} of `{label}`, which is {shape}: its places are 0 to {places}")
            }
            Problem::EmptySlice { slice, axis, size } => {
                format!("`{slice}` takes nothing of axis {axis} of `{}`, which has {size}", operands[0].label)
            }
            Problem::Places { found, shape } => {
                let all = shape.rank().saturating_add(1);
                format!("{found} places for {all} axes: `{}` is {shape}, and has the batch's before", operands[0].label)
            }
            Problem::NoSingle { axis, size, shape } => {
                format!("`{layer}` needs an axis of size 1: `{}` is {shape}, axis {axis} has {size}", operands[0].label)
            }
            Problem::BatchShape { from, to } => {
                let to = crate::argument::Argument::to_source(to);
                format!("`{}` is {from} for each of the batch, which cannot be shaped as {to}", operands[0].label)
            }
            Problem::Count { argument, expected, found, shape } => {
                let label = &operands[0].label;
                format!("`{class}` needs {expected} of `{argument}` here, found {found}: `{label}` is {shape}")
            }
            Problem::OfBatch { argument, expected } => {
                format!("`{layer}` would change the batch: the first of `{argument}` must be `{expected}`")
            }
            Problem::Beyond { argument, found, most, shape } => {
                format!("`{class}` takes `{argument}` up to {most} here, found {found}: `{}` is {shape}", operands[0].label)
            }
            Problem::Parts { parts, axis, size, shape } => {
                format!("`{layer}` needs {parts} equal parts: `{}` is {shape}, axis {axis} has {size}", operands[0].label)
            }
            Problem::Stretch { from, to } => {
                format!("`{}` is {from} for each of the batch, which cannot be stretched to {to}", operands[0].label)
            }
            Problem::Term { operand, expected, is_open, shape } => {
                let least = if *is_open { "at least " } else { "" };
                format!("`{class}` needs {least}{expected} axes besides the batch: `{}` is {shape}", operands[*operand].label)
            }
            Problem::Stacked { .. } => {
                format!("`{class}` needs the same axes before those that it multiplies: {}", shapes(operands))
            }
            Problem::Listed { takes_list: true, .. } => {
                format!("`{class}` takes places that are written, found a tensor of them: {}", shapes(operands))
            }
            Problem::Listed { takes_list: false, .. } => {
                format!("`{class}` takes a tensor of places, found places that are written")
            }
            Problem::MatrixNorm => format!("`{layer}` asks for the length of matrices by a power, which vectors have"),
            Problem::Fill => format!("`{class}` fills with a number, found a tensor: {}", shapes(operands)),
            Problem::BatchPlace => {
                format!("the first place is the batch's, which cannot be taken apart: `{}`", operands[0].label)
            }
            Problem::Matrix { class: asked, weight, shape, .. } => {
                format!("`{asked}` takes a matrix: the `{weight}` of `{layer}` is {shape}")
            }
            Problem::Waves { weight, shape, .. } => {
                format!("`STFT` takes a kernel of [frame, 1, frequencies]: the `{weight}` of `{layer}` is {shape}")
            }
            Problem::ActivityMatrix { class: asked, shape } => {
                format!("`{asked}` takes a matrix, a row for each sample: what `{layer}` gives of a sample is {shape}")
            }
            Problem::ActivityFunction { function } => {
                format!(
                    "`activity_regularizer` of attention, and of layers within yours, takes Keras's regularizers: `{function}` of `{layer}` is yours"
                )
            }
            Problem::WeightAxis { class: asked, axis, weight, shape, .. } => {
                format!(
                    "`{asked}` needs axes that the weight has, each once: the `{weight}` of `{layer}` is {shape}, axis {axis}"
                )
            }
            Problem::RepeatedAxis { argument, axis } => {
                let Operand { label, ty, .. } = &operands[0];
                format!("`{layer}` needs every `{argument}` once: `{label}` is {ty}, axis {axis} is named twice")
            }
            Problem::InnerAxes { argument, behind, shape } => {
                let (label, behind) = (&operands[0].label, behind.saturating_add(1));
                format!("`{layer}` needs the last axes as `{argument}`: `{label}` is {shape}, axis {behind} comes behind")
            }
            Problem::Unknown { operand, axis, shape } => {
                let dim = &shape.0[*axis];
                format!(
                    "`{layer}` needs to know the size of axis {}: `{}` is {shape}, `{dim}` is any size",
                    axis.saturating_add(1),
                    operands[*operand].label
                )
            }
            Problem::Rebuilt { first, now } => {
                format!(
                    "`{layer}` was first called with {first}, and its weights are made for that: `{}` is {now}",
                    operands[0].label
                )
            }
            Problem::Wrapped { argument, expected, found, .. } => {
                format!("`{class}` needs {expected} as `{argument}`, found `{found}`")
            }
            Problem::Inside(inside) => format!("{}, in `{class}`", self.inner(inside).headline()),
            Problem::Equation { fault, shape } => {
                let label = &operands[0].label;
                match &**fault {
                    EquationProblem::Rank { expected, is_open } => {
                        let least = if *is_open { "at least " } else { "" };
                        format!("`{layer}` names {least}{expected} axes besides the batch: `{label}` is {shape}")
                    }
                    EquationProblem::Sizes { expected, found } => {
                        format!(
                            "`{layer}` needs {expected} sizes as `output_shape`, one for each letter but the batch's: found {found}"
                        )
                    }
                    EquationProblem::Size { letter, asked, there } => {
                        format!("`{layer}` asks for {asked} along `{letter}`: `{label}` is {shape}, {there} along `{letter}`")
                    }
                    EquationProblem::Open { letter } => {
                        format!("`{layer}` needs a size along `{letter}`, which `{label}` has not")
                    }
                    EquationProblem::BiasAxis { letter } => {
                        format!("`{layer}` needs letters of the output besides the batch's as `bias_axes`, found `{letter}`")
                    }
                }
            }
            Problem::Summed { axes: [a, b], sizes } => {
                let side = |operand: usize, axis: usize| {
                    let Operand { label, ty, .. } = &operands[operand];
                    format!("`{label}` is {ty}, {} along axis {axis}", sizes[operand])
                };
                format!("`{layer}` needs two axes of one size: {}, {}", side(0, *a), side(1, *b))
            }
            Problem::Rule(problem) => rule::headline(problem, layer, operands),
            Problem::Overflow => format!("`{layer}` makes a size that is too large to count: {}", shapes(operands)),
        }
    }
}
