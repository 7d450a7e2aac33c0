//! What layers share that give images of another size: height and width by tables of weights, one after the other.

use model_graph::argument::Interpolation;

use crate::float::Float;
use crate::kernels::resize::{Axis, Filter};
use crate::layer::{Backward, Forward};

/// How an image's height and width change, and what stands around it.
pub(super) struct Resize {
    /// Height and width.
    pub axes: [Axis; 2],
    /// What the axes are filled up with.
    pub filling: f64,
}

/// The kernels' form of an interpolation.
pub(super) const fn filter(interpolation: Interpolation) -> Filter {
    match interpolation {
        Interpolation::Nearest => Filter::Nearest,
        Interpolation::Bilinear => Filter::Bilinear,
        Interpolation::Bicubic => Filter::Bicubic,
        Interpolation::Lanczos3 | Interpolation::Lanczos5 => Filter::Lanczos(interpolation.radius()),
    }
}

/// Height and width of an image or of its output.
pub(super) fn plane(shape: &[usize]) -> [usize; 2] {
    [shape[0], shape[1]]
}

/// Axes all of which are resized.
pub(super) fn whole(from: [usize; 2], to: [usize; 2], filter: Filter, antialias: bool) -> [Axis; 2] {
    [0, 1].map(|i| Axis::whole(from[i], to[i], filter, antialias))
}

/// The middle of axes, of a size each.
pub(super) fn middle(axes: [Axis; 2], size: [usize; 2]) -> [Axis; 2] {
    [0, 1].map(|i| Axis { cut: (axes[i].input - size[i]) / 2, from: size[i], ..axes[i] })
}

/// The largest middle that has the output's proportions.
pub(super) fn cut_to_proportions(axes: [Axis; 2]) -> [Axis; 2] {
    let [height, width] = axes;
    let within = |wanted: usize, size: usize| wanted.min(size).max(1);
    let sizes =
        [within(width.input * height.to / width.to, height.input), within(height.input * width.to / height.to, width.input)];
    middle(axes, sizes)
}

/// As much around that the whole has the output's proportions, but for an element.
pub(super) fn fill_to_proportions(axes: [Axis; 2]) -> [Axis; 2] {
    let [height, width] = axes;
    let missing = |wanted: usize, size: usize| wanted.saturating_sub(size) / 2;
    let above = missing(width.input * height.to / width.to, height.input);
    let left = if above > 0 { 0 } else { missing(height.input * width.to / height.to, width.input) };
    let filled = |axis: Axis, filled: usize| Axis { filled, from: axis.input + 2 * filled, ..axis };
    [filled(height, above), filled(width, left)]
}

/// The tables of both axes, and the room behind them.
fn tables<'s, T: Float>(axes: &[Axis; 2], scratch: &'s mut [T]) -> ([&'s [T]; 2], &'s mut [T]) {
    let (first, rest) = scratch.split_at_mut(axes[0].room());
    let (second, rest) = rest.split_at_mut(axes[1].room());
    axes[0].fill_table(first);
    axes[1].fill_table(second);
    ([first, second], rest)
}

impl Resize {
    /// How many elements lie between the axes: new rows of the old width.
    fn between(&self, batch: usize, channels: usize) -> usize {
        batch * self.axes[0].to * self.axes[1].input * channels
    }

    /// The image of another size.
    pub fn forward<T: Float>(&self, call: Forward<'_, T>) {
        let [rows, columns] = &self.axes;
        let channels = call.output_shape[2];
        let ([by_row, by_column], rest) = tables(&self.axes, call.scratch);
        let between = &mut rest[..self.between(call.context.batch, channels)];
        let filling = T::from_f64(self.filling);
        rows.forward(columns.input * channels, by_row, filling, call.inputs[0].data, between);
        columns.forward(channels, by_column, filling, between, call.output);
    }

    /// The gradient of [`Resize::forward`].
    pub fn backward<T: Float>(&self, call: Backward<'_, T>) {
        let Some(gradient) = &mut call.d_inputs[0] else { return };
        let [rows, columns] = &self.axes;
        let channels = call.output.shape[2];
        let ([by_row, by_column], rest) = tables(&self.axes, call.scratch);
        let between = &mut rest[..self.between(call.context.batch, channels)];
        columns.backward(channels, by_column, call.d_output, between, false);
        rows.backward(columns.input * channels, by_row, between, gradient.data, gradient.accumulate);
    }
}
