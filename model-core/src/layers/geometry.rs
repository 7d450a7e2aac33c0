//! Sizes as the kernels take them, from the graph's windows and a call's shapes.

use model_graph::window::Window;

use crate::kernels::{depthwise_conv2d, pool2d};

/// Height, width and channels of an image; a sequence is an image of one row.
pub(super) fn image(shape: &[usize]) -> [usize; 3] {
    match *shape {
        [length, channels] => [1, length, channels],
        _ => [shape[0], shape[1], shape[2]],
    }
}

/// The rows above and the columns left of the input that the first window covers.
pub(super) fn padding(windows: &[Window; 2], input: &[usize], output: &[usize]) -> [usize; 2] {
    let (input, output) = (image(input), image(output));
    [0, 1].map(|axis| windows[axis].padding_before(input[axis], output[axis]))
}

/// What comes before an axis, its size, and what comes behind it, of a batch.
pub(super) fn around(batch: usize, shape: &[usize], axis: usize) -> [usize; 3] {
    [batch * shape[..axis].iter().product::<usize>(), shape[axis], shape[axis + 1..].iter().product()]
}

/// The size of the last axis, which is 1 of a single number.
pub(super) fn row(shape: &[usize]) -> usize {
    shape.last().copied().unwrap_or(1)
}

/// The sizes of a pooling.
pub(super) fn pool(windows: &[Window; 2], input: &[usize], output: &[usize]) -> pool2d::Geometry {
    pool2d::Geometry {
        input: image(input),
        output: image(output),
        pool: [windows[0].size, windows[1].size],
        strides: [windows[0].stride, windows[1].stride],
        padding: padding(windows, input, output),
    }
}

/// The sizes of a depthwise convolution.
pub(super) fn depthwise(windows: &[Window; 2], input: [usize; 3], output: [usize; 3]) -> depthwise_conv2d::Geometry {
    let [vertical, horizontal] = windows;
    depthwise_conv2d::Geometry {
        input,
        output,
        kernel: [vertical.size, horizontal.size],
        strides: [vertical.stride, horizontal.stride],
        dilation: [vertical.dilation, horizontal.dilation],
        padding: padding(windows, &input, &output),
    }
}
