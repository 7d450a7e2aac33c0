//! Chollet 2016, "Xception: deep learning with depthwise separable convolutions": each channel by itself, then all of them at each place.

pub use super::imagenet_utils::tf as preprocess_input;
use super::top::pooled;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn xception(img, include_top = true, pooling = None, classes = 1000, classifier_activation = "softmax") {
        let mut x = Conv2D(32, 3, strides = 2, use_bias = false, name = "block1_conv1")(img);
        x = Activation("relu", name = "block1_conv1_act")(BatchNormalization(name = "block1_conv1_bn")(x));
        x = Conv2D(64, 3, use_bias = false, name = "block1_conv2")(x);
        x = Activation("relu", name = "block1_conv2_act")(BatchNormalization(name = "block1_conv2_bn")(x));
        // the entry flow
        for (block, filters) in [(2, 128), (3, 256), (4, 728)] {
            x = halved(x, filters, filters, block);
        }
        // the middle flow
        for block in 5..=12 {
            let residual = x;
            for i in 1..=3 {
                x = Activation("relu", name = format!("block{block}_sepconv{i}_act"))(x);
                x = separable(x, 728, format!("block{block}_sepconv{i}"));
            }
            x += residual;
        }
        // the exit flow
        x = halved(x, 728, 1024, 13);
        for (i, filters) in [(1, 1536), (2, 2048)] {
            x = separable(x, filters, format!("block14_sepconv{i}"));
            x = Activation("relu", name = format!("block14_sepconv{i}_act"))(x);
        }
        if include_top {
            let x = GlobalAveragePooling2D(name = "avg_pool")(x);
            Dense(classes, activation = classifier_activation, name = "predictions")(x)
        } else {
            pooled(x, pooling)
        }
    }

    /// Two convolutions and a pooling, and a shortcut beside them.
    fn halved(x, first, second, block) {
        let residual = Conv2D(second, 1, strides = 2, padding = "same", use_bias = false)(x);
        let residual = BatchNormalization()(residual);
        let y = if block == 2 { x } else { Activation("relu", name = format!("block{block}_sepconv1_act"))(x) };
        let y = separable(y, first, format!("block{block}_sepconv1"));
        let y = Activation("relu", name = format!("block{block}_sepconv2_act"))(y);
        let y = separable(y, second, format!("block{block}_sepconv2"));
        MaxPooling2D(3, strides = 2, padding = "same", name = format!("block{block}_pool"))(y) + residual
    }

    fn separable(x, filters, name) {
        let x = SeparableConv2D(filters, 3, padding = "same", use_bias = false, name = name)(x);
        BatchNormalization(name = name + "_bn")(x)
    }

    /// Keras's `Xception`: 22,910,480 parameters.
    pub model Xception(img: [299, 299, 3]) -> [1000] {
        xception(img)
    }
}
