//! Convolutions in three dimensions: channels last, the kernel as Keras has it, `[depth][height][width][channels / groups][filters]`.
//!
//! They are sums of two-dimensional ones: one for each tap along the depth, in order, of all the planes that it reaches, sample by sample. What
//! has a single plane and a kernel of one is the two-dimensional convolution itself, to the bit.

pub mod transposed;

use crate::columns::bias_gradient;
use crate::contract::axis::Axis;
use crate::conv2d::planes::{Planes, add_forward, add_input_gradient, weight_gradient as planes_weight_gradient};
use crate::conv2d::transposed::finish;
use crate::conv2d::{self, Gradients, Saved};
use crate::float::Float;
use crate::fused::Fused;
use crate::relu::fused_gradient;
use crate::sizes::{MOST, check, check_way, elements};

/// A window's way along the depth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// The planes of the input.
    pub input: usize,
    /// The planes of the output.
    pub output: usize,
    /// The taps of the kernel.
    pub kernel: usize,
    /// From a window to the next.
    pub stride: usize,
    /// From a tap of a window to the next.
    pub dilation: usize,
    /// The planes of zeros before the input.
    pub padding: usize,
}

impl Depth {
    /// The depth of an image.
    pub const SINGLE: Self = Self { input: 1, output: 1, kernel: 1, stride: 1, dilation: 1, padding: 0 };
}

/// A convolution's sizes, of which only the batch is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Those along the depth.
    pub depth: Depth,
    /// Those of a plane.
    pub plane: conv2d::Geometry,
}

impl Geometry {
    /// How many elements a sample of the input has.
    #[must_use]
    pub fn input_len(&self) -> usize {
        elements(&[&[self.depth.input], &self.plane.input[..]].concat())
    }

    /// How many elements a sample of the output has.
    #[must_use]
    pub fn output_len(&self) -> usize {
        elements(&[&[self.depth.output], &self.plane.output[..]].concat())
    }

    /// How many elements the kernel has.
    #[must_use]
    pub fn kernel_len(&self) -> usize {
        elements(&[self.depth.kernel, self.plane.kernel_len()])
    }

    /// The sizes of a plane, of a convolution of images, whose kernel may be prepared: see [`conv2d::prepare`].
    #[must_use]
    pub fn flat(&self) -> Option<&conv2d::Geometry> {
        (self.depth == Depth::SINGLE).then_some(&self.plane)
    }

    /// Panics unless slices have the lengths that these sizes and the batch say, and windows that can be computed with.
    fn check(&self, batch: usize, input: usize, kernel: usize, output: usize) {
        let (work, depth) = ("a convolution", self.depth);
        let ([height, width, channels], [down, across, filters]) = (self.plane.input, self.plane.output);
        check(work, [("input", input, &[batch, depth.input, height, width, channels])]);
        check(work, [("output", output, &[batch, depth.output, down, across, filters])]);
        check(work, [("kernel", kernel, &[depth.kernel, self.plane.kernel_len()])]);
        assert!(depth.stride > 0 && depth.dilation > 0, "steps of a convolution");
        check_way("a convolution's window", depth.padding, [(depth.output, depth.stride), (depth.kernel, depth.dilation)]);
    }

    fn axis(&self) -> Axis {
        let Depth { input, output, kernel, stride, dilation, padding } = self.depth;
        Axis {
            outputs: output,
            taps: kernel,
            inputs: input,
            // A step that is never taken may have any size.
            stride: stride.min(MOST),
            dilation: dilation.min(MOST),
            start: -(padding as isize),
        }
    }

    /// The planes that each tap along the depth reaches, of each sample, in the order in which they are summed.
    fn reaches(&self, batch: usize) -> impl Iterator<Item = Reach> {
        let (axis, input_plane, output_plane) = (self.axis(), self.plane.input_len(), self.plane.output_len());
        let (input_len, output_len) = (self.input_len(), self.output_len());
        (0..batch).flat_map(move |sample| {
            (0..axis.taps).filter_map(move |tap| {
                let outputs = axis.outputs_at(tap);
                let first = axis.position(outputs.start) + axis.reach(tap);
                let first = usize::try_from(first).ok().filter(|_| !outputs.is_empty())?;
                // A step that is never taken may wrap.
                let step = if outputs.len() > 1 { axis.stride * input_plane } else { input_plane };
                Some(Reach {
                    tap,
                    count: outputs.len(),
                    input: Planes { first: sample * input_len + first * input_plane, step },
                    output: Planes { first: sample * output_len + outputs.start * output_plane, step: output_plane },
                })
            })
        })
    }

    /// The kernel of a tap along the depth.
    fn tap<'k, T>(&self, kernel: &'k [T], tap: usize) -> &'k [T] {
        let len = self.plane.kernel_len();
        &kernel[tap * len..][..len]
    }
}

/// The planes of one sample that a tap reaches.
struct Reach {
    tap: usize,
    count: usize,
    input: Planes,
    output: Planes,
}

/// `output = activation(input * kernel + bias)`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn forward<T: Float>(
    geometry: &Geometry,
    batch: usize,
    input: &[T],
    kernel: &[T],
    bias: Option<&[T]>,
    fused: Fused,
    output: &mut [T],
) {
    if let Some(plane) = geometry.flat() {
        return conv2d::forward(plane, batch, input, kernel, bias, fused, output);
    }
    geometry.check(batch, input.len(), kernel.len(), output.len());
    let filters = geometry.plane.output[2];
    check("a convolution", [("bias", bias.map_or(filters, <[T]>::len), &[filters])]);
    output.fill(T::ZERO);
    add(geometry, batch, input, kernel, output);
    finish(bias, fused, output);
}

/// `output += input * kernel`, of what has been checked.
fn add<T: Float>(geometry: &Geometry, batch: usize, input: &[T], kernel: &[T], output: &mut [T]) {
    for reach in geometry.reaches(batch) {
        let kernel = geometry.tap(kernel, reach.tap);
        add_forward(&geometry.plane, reach.count, (input, reach.input), kernel, (output, reach.output));
    }
}

/// `d_input = d_output * flipped kernel`, or `+=` if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn input_gradient<T: Float>(
    geometry: &Geometry,
    batch: usize,
    d_output: &[T],
    kernel: &[T],
    d_input: &mut [T],
    accumulate: bool,
) {
    if let Some(plane) = geometry.flat() {
        return conv2d::input_gradient(plane, batch, d_output, kernel, d_input, accumulate);
    }
    geometry.check(batch, d_input.len(), kernel.len(), d_output.len());
    if !accumulate {
        d_input.fill(T::ZERO);
    }
    for reach in geometry.reaches(batch) {
        let kernel = geometry.tap(kernel, reach.tap);
        add_input_gradient(&geometry.plane, reach.count, (d_output, reach.output), kernel, (d_input, reach.input));
    }
}

/// `d_kernel[tap, channel, filter] =` the sum over all windows of `input · d_output`, `d_bias[filter] =` the sum of `d_output`, or `+=`
/// if `accumulate`.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn weight_gradient<T: Float>(
    geometry: &Geometry,
    batch: usize,
    input: &[T],
    d_output: &[T],
    d_kernel: &mut [T],
    d_bias: Option<&mut [T]>,
    accumulate: bool,
) {
    if let Some(plane) = geometry.flat() {
        return conv2d::weight_gradient(plane, batch, input, d_output, d_kernel, d_bias, accumulate);
    }
    geometry.check(batch, input.len(), d_kernel.len(), d_output.len());
    if !accumulate {
        d_kernel.fill(T::ZERO);
    }
    let len = geometry.plane.kernel_len();
    for reach in geometry.reaches(batch) {
        let d_kernel = &mut d_kernel[reach.tap * len..][..len];
        planes_weight_gradient(&geometry.plane, reach.count, (input, reach.input), (d_output, reach.output), d_kernel, true);
    }
    bias_gradient("a convolution", geometry.plane.output[2], d_output, d_bias, accumulate);
}

/// The activation's derivative, then the gradients of the bias, the kernel and the input.
///
/// `d_output` is the gradient of the activation's result; it becomes that of its operand.
///
/// # Panics
/// If a slice's length is not what the sizes say.
pub fn backward<T: Float>(
    geometry: &Geometry,
    batch: usize,
    saved: Saved<'_, T>,
    fused: Fused,
    d_output: &mut [T],
    gradients: Gradients<'_, T>,
) {
    fused_gradient(fused, saved.output, d_output);
    let Gradients { input, kernel, bias, accumulate_weights } = gradients;
    weight_gradient(geometry, batch, saved.input, d_output, kernel, bias, accumulate_weights);
    if let Some((d_input, accumulate)) = input {
        input_gradient(geometry, batch, d_output, saved.kernel, d_input, accumulate);
    }
}

#[cfg(test)]
mod tests;
