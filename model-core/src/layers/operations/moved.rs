//! Running what puts elements at other places.

use model_graph::argument::{PadMode, Scalar};
use model_graph::layers::Moved;
use model_graph::layers::operations::moved::MovedFunction;

use crate::float::Float;
use crate::kernels::operation::relocate;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;

/// The place along an axis of the input, of so many, that one of the output is; `None` where it is a number.
fn place(layer: &Moved, whole: &[usize], axis: usize, place: usize) -> Option<usize> {
    let (size, rank) = (whole[axis], whole.len());
    let is_named = || layer.axis.as_ref().is_some_and(|axes| axes.contain(axis, rank));
    match layer.function {
        MovedFunction::BroadcastTo => Some(if size == 1 { 0 } else { place }),
        MovedFunction::Flip => Some(if is_named() { size - 1 - place } else { place }),
        MovedFunction::Roll => {
            let size = size as i64;
            Some((place as i64 - layer.shift_of(axis, rank)).rem_euclid(size.max(1)) as usize)
        }
        MovedFunction::Tile => Some(place % size),
        MovedFunction::Repeat if !is_named() => Some(place),
        MovedFunction::Repeat => match layer.repeats.0.list.len() {
            1 => Some(place / layer.repeats.iter().next().unwrap_or(1).max(1)),
            _ => {
                let ends = layer.repeats.iter().scan(0, |end, times| {
                    *end += times;
                    Some(*end)
                });
                ends.into_iter().position(|end| place < end)
            }
        },
        MovedFunction::Pad => {
            let before = layer.pad_width.0[axis + 1][0];
            let (from_start, size) = (place as i64 - before as i64, size as i64);
            let within = match layer.mode {
                PadMode::Constant => return usize::try_from(from_start).ok().filter(|&place| place < whole[axis]),
                PadMode::Edge => from_start.clamp(0, size - 1),
                PadMode::Reflect if from_start < 0 => -from_start,
                PadMode::Symmetric if from_start < 0 => -from_start - 1,
                PadMode::Reflect if from_start >= size => 2 * size - 2 - from_start,
                PadMode::Symmetric if from_start >= size => 2 * size - 1 - from_start,
                PadMode::Reflect | PadMode::Symmetric => from_start,
            };
            usize::try_from(within).ok()
        }
    }
}

impl<T: Float> Run<T> for Moved {
    derived!(|layer, _call| Ok(match layer.constant_values {
        // What is put around is added to what is linear.
        Some(_) => Derived::As(Box::new(Moved { constant_values: None, ..layer.clone() }.into())),
        None => Derived::Linear,
    }));

    fn forward(&self, call: Forward<'_, T>) {
        let whole = call.inputs[0].shape;
        let fill = T::from_f64(self.constant_values.map_or(0.0, Scalar::get));
        let from = |axis: usize, to: usize| place(self, whole, axis, to);
        relocate::forward(call.inputs[0].data, whole, call.output, call.output_shape, fill, from);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let whole = call.inputs[0].shape;
        let from = |axis: usize, to: usize| place(self, whole, axis, to);
        if let Some(gradient) = &mut call.d_inputs[0] {
            relocate::backward(call.d_output, call.output.shape, gradient.data, whole, gradient.accumulate, from);
        }
    }
}
