//! Huang and others 2016, "Densely connected convolutional networks": every layer of a block sees all before it.

pub use super::imagenet_utils::torch as preprocess_input;
use super::top::classified;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    /// How many channels each layer adds.
    const GROWTH: usize = 32;

    pub fn densenet121(img, include_top = true, pooling = None, classes = 1000, classifier_activation = "softmax") {
        let mut x = ZeroPadding2D(((3, 3), (3, 3)))(img);
        x = Conv2D(64, 7, strides = 2, use_bias = false, name = "conv1_conv")(x);
        x = activated(x, "conv1_");
        x = ZeroPadding2D(((1, 1), (1, 1)))(x);
        x = MaxPooling2D(3, strides = 2, name = "pool1")(x);
        for (block, layers) in [(2, 6), (3, 12), (4, 24), (5, 16)] {
            for layer in 1..=layers {
                x = grown(x, name = format!("conv{block}_block{layer}_"));
            }
            if block < 5 {
                x = halved(x, name = format!("pool{block}_"));
            }
        }
        x = activated(x, "");
        classified(x, include_top, pooling, classes, classifier_activation)
    }

    /// What there is, and a layer more that has seen it.
    fn grown(x, name) {
        let y = activated(x, name + "0_");
        let y = Conv2D(4 * GROWTH, 1, use_bias = false, name = name + "1_conv")(y);
        let y = activated(y, name + "1_");
        let y = Conv2D(GROWTH, 3, padding = "same", use_bias = false, name = name + "2_conv")(y);
        Concatenate(axis = 3, name = name + "concat")([x, y])
    }

    /// Half as many channels, half as high and wide.
    fn halved(x, name) {
        let y = Conv2D(x.shape[-1] / 2, 1, use_bias = false, name = name + "conv")(activated(x, name));
        AveragePooling2D(2, strides = 2, name = name + "pool")(y)
    }

    fn activated(x, name) {
        Activation("relu", name = name + "relu")(BatchNormalization(axis = 3, epsilon = 1.001e-5, name = name + "bn")(x))
    }

    /// Keras's `DenseNet121`: 8,062,504 parameters.
    pub model DenseNet121(img: [224, 224, 3]) -> [1000] {
        densenet121(img)
    }
}
