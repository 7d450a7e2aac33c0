//! Sizes as the kernels take them, from the graph's windows and a call's shapes.

use model_graph::argument::Axis;
use model_graph::window::Window;

use crate::kernels::depthwise_conv2d;

/// Depth, height, width and channels of a volume; an image is a volume of one plane, a sequence an image of one row.
pub(super) fn volume(shape: &[usize]) -> [usize; 4] {
    match *shape {
        [length, channels] => [1, 1, length, channels],
        [height, width, channels] => [1, height, width, channels],
        _ => [shape[0], shape[1], shape[2], shape[3]],
    }
}

/// Height, width and channels of an image; a sequence is an image of one row.
pub(super) fn image(shape: &[usize]) -> [usize; 3] {
    let [_, height, width, channels] = volume(shape);
    [height, width, channels]
}

/// What there is for each of `N` axes, for `A` axes, of which there are others before those.
pub(super) fn per_axis<T: Copy, const N: usize, const A: usize>(given: [T; N], others: T) -> [T; A] {
    let mut all = [others; A];
    all[A - N..].copy_from_slice(&given);
    all
}

/// How many elements before the input the first window covers, along each axis.
pub(super) fn padding<const N: usize>(windows: &[Window; N], input: &[usize], output: &[usize]) -> [usize; N] {
    std::array::from_fn(|axis| windows[axis].padding_before(input[axis], output[axis]))
}

/// What comes before an axis, its size, and what comes behind it, of a batch.
pub(super) fn around(batch: usize, shape: &[usize], axis: usize) -> [usize; 3] {
    [batch * shape[..axis].iter().product::<usize>(), shape[axis], shape[axis + 1..].iter().product()]
}

/// What comes before an axis of a sample that the shape rule has accepted, its size, and what comes behind it, of a batch.
pub(super) fn along(axis: impl Into<Option<Axis>>, batch: usize, shape: &[usize]) -> [usize; 3] {
    let place = axis.into().and_then(|axis| axis.in_sample(shape.len()));
    around(batch, shape, place.expect("the shape rule has checked the axis"))
}

/// The size of the last axis, which is 1 of a single number.
pub(super) fn row(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1)
}

/// The sizes of a depthwise convolution that makes `filters` channels.
pub(super) fn depthwise<const N: usize>(
    windows: &[Window; N],
    input: &[usize],
    output: &[usize],
    filters: usize,
) -> depthwise_conv2d::Geometry {
    let [height, width, _] = image(output);
    depthwise_conv2d::Geometry {
        input: image(input),
        output: [height, width, filters],
        kernel: per_axis(windows.map(|window| window.size), 1),
        strides: per_axis(windows.map(|window| window.stride), 1),
        dilation: per_axis(windows.map(|window| window.dilation), 1),
        padding: per_axis(padding(windows, input, output), 0),
    }
}
