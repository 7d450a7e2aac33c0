//! He and others 2016, "Identity mappings in deep residual networks": normalised before each convolution, so that what is added stays as it is.

pub use super::imagenet_utils::tf as preprocess_input;
use super::resnet::{convolved, halved};
use super::top::classified;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn resnet50_v2(img, include_top = true, pooling = None, classes = 1000, classifier_activation = "softmax") {
        let mut x = halved(convolved(img));
        for (stack, filters, blocks) in [(2, 64, 3), (3, 128, 4), (4, 256, 6), (5, 512, 3)] {
            for block in 1..=blocks {
                let stride = if block == blocks && stack < 5 { 2 } else { 1 };
                x = residual(x, filters, stride, is_first = block == 1, name = format!("conv{stack}_block{block}"));
            }
        }
        x = activated(x, "post");
        classified(x, include_top, pooling, classes, classifier_activation)
    }

    /// A convolution between two that narrow and widen, and what it was given, widened by the first block of a stack and halved by the last.
    fn residual(x, filters, stride, is_first, name) {
        let before = activated(x, name + "_preact");
        let shortcut = if is_first {
            Conv2D(4 * filters, 1, strides = stride, name = name + "_0_conv")(before)
        } else if stride > 1 {
            MaxPooling2D(1, strides = stride)(x)
        } else {
            x
        };
        let y = Conv2D(filters, 1, strides = 1, use_bias = false, name = name + "_1_conv")(before);
        let y = activated(y, name + "_1");
        let y = ZeroPadding2D(((1, 1), (1, 1)), name = name + "_2_pad")(y);
        let y = Conv2D(filters, 3, strides = stride, use_bias = false, name = name + "_2_conv")(y);
        let y = activated(y, name + "_2");
        let y = Conv2D(4 * filters, 1, name = name + "_3_conv")(y);
        Add(name = name + "_out")([shortcut, y])
    }

    fn activated(x, name) {
        Activation("relu", name = name + "_relu")(BatchNormalization(axis = 3, epsilon = 1.001e-5, name = name + "_bn")(x))
    }

    /// Keras's `ResNet50V2`: 25,613,800 parameters.
    pub model ResNet50V2(img: [224, 224, 3]) -> [1000] {
        resnet50_v2(img)
    }
}
