//! He and others 2015, "Deep residual learning for image recognition": what a block computes is added to what it was given.

pub use super::imagenet_utils::caffe as preprocess_input;
use super::top::classified;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn resnet50(img, include_top = true, pooling = None, classes = 1000, classifier_activation = "softmax") {
        let mut x = convolved(img);
        x = Activation("relu", name = "conv1_relu")(BatchNormalization(axis = 3, epsilon = 1.001e-5, name = "conv1_bn")(x));
        x = halved(x);
        for (stack, filters, blocks) in [(2, 64, 3), (3, 128, 4), (4, 256, 6), (5, 512, 3)] {
            for block in 1..=blocks {
                let stride = if block == 1 && stack > 2 { 2 } else { 1 };
                x = residual(x, filters, stride, is_first = block == 1, name = format!("conv{stack}_block{block}"));
            }
        }
        classified(x, include_top, pooling, classes, classifier_activation)
    }

    /// The convolution that sees the image.
    pub(crate) fn convolved(img) {
        let x = ZeroPadding2D(((3, 3), (3, 3)), name = "conv1_pad")(img);
        Conv2D(64, 7, strides = 2, name = "conv1_conv")(x)
    }

    /// The pooling behind it.
    pub(crate) fn halved(x) {
        let x = ZeroPadding2D(((1, 1), (1, 1)), name = "pool1_pad")(x);
        MaxPooling2D(3, strides = 2, name = "pool1_pool")(x)
    }

    /// A convolution between two that narrow and widen, and what it was given, widened by the first block of a stack.
    fn residual(x, filters, stride, is_first, name) {
        let shortcut = if is_first { normalized(x, 4 * filters, name + "_0", stride) } else { x };
        let y = Activation("relu", name = name + "_1_relu")(normalized(x, filters, name + "_1", stride));
        let y = normalized(y, filters, name + "_2", kernel_size = 3, padding = "same");
        let y = Activation("relu", name = name + "_2_relu")(y);
        let y = normalized(y, 4 * filters, name + "_3");
        let y = Add(name = name + "_add")([shortcut, y]);
        Activation("relu", name = name + "_out")(y)
    }

    fn normalized(x, filters, name, strides = 1, kernel_size = 1, padding = "valid") {
        let x = Conv2D(filters, kernel_size, strides = strides, padding = padding, name = name + "_conv")(x);
        BatchNormalization(axis = 3, epsilon = 1.001e-5, name = name + "_bn")(x)
    }

    /// Keras's `ResNet50`: 25,636,712 parameters.
    pub model ResNet50(img: [224, 224, 3]) -> [1000] {
        resnet50(img)
    }
}
