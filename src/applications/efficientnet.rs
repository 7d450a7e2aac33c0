//! Tan and Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks": blocks of
//! [`mobilenet_v2`](super::mobilenet_v2) with a factor for each channel.

pub use super::imagenet_utils::unchanged as preprocess_input;
use super::mobilenet_v2::strided;
use super::top::pooled;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn efficientnet_b0(
        img,
        include_top = true,
        weights = "imagenet",
        pooling = None,
        classes = 1000,
        classifier_activation = "softmax",
    ) {
        let mut x = Normalization(axis = 3)(Rescaling(1.0 / 255.0)(img));
        if weights == "imagenet" {
            x = Rescaling([1.0 / 0.229 ** 0.5, 1.0 / 0.224 ** 0.5, 1.0 / 0.225 ** 0.5])(x);
        }
        let (top, left) = (x.shape[1] % 2, x.shape[2] % 2);
        x = ZeroPadding2D(((top, 1), (left, 1)), name = "stem_conv_pad")(x);
        x = convolution(x, 32, "stem_conv", strides = 2, kernel_size = 3, padding = "valid");
        x = activated(x, "stem_bn", "stem_activation");
        let mut blocks = 0;
        for (stage, repeats, filters, kernel_size, expansion, stride) in [
            (1, 1, 16, 3, 1, 1),
            (2, 2, 24, 3, 6, 2),
            (3, 2, 40, 5, 6, 2),
            (4, 3, 80, 3, 6, 2),
            (5, 3, 112, 5, 6, 1),
            (6, 4, 192, 5, 6, 2),
            (7, 1, 320, 3, 6, 1),
        ] {
            for i in 0..repeats {
                let stride = if i == 0 { stride } else { 1 };
                let name = format!("block{stage}{}_", ["a", "b", "c", "d"][i]);
                x = block(x, filters, kernel_size, expansion, stride, drop_rate = 0.2 * blocks / 16.0, name = name);
                blocks = blocks + 1;
            }
        }
        x = activated(convolution(x, 1280, "top_conv"), "top_bn", "top_activation");
        if include_top {
            x = Dropout(0.2, name = "top_dropout")(GlobalAveragePooling2D(name = "avg_pool")(x));
            let initializer = VarianceScaling(scale = 1.0 / 3.0, mode = "fan_out", distribution = "uniform");
            Dense(classes, activation = classifier_activation, kernel_initializer = initializer, name = "predictions")(x)
        } else {
            pooled(x, pooling, average = "avg_pool", maximum = "max_pool")
        }
    }

    /// Widened, convolved channel by channel, scaled and narrowed; in training, for some samples not at all, the deeper the more often.
    fn block(inputs, filters, kernel_size, expansion, stride, drop_rate, name) {
        let channels = inputs.shape[-1];
        let mut x = inputs;
        if expansion > 1 {
            x = convolution(x, expansion * channels, name + "expand_conv");
            x = activated(x, name + "expand_bn", name + "expand_activation");
        }
        x = strided(x, kernel_size, stride, name + "dwconv_pad", name + "dwconv", initializer = fan_out());
        x = activated(x, name + "bn", name + "activation");
        x = excited(x, channels / 4, name + "se_");
        x = BatchNormalization(axis = 3, name = name + "project_bn")(convolution(x, filters, name + "project_conv"));
        if stride == 1 && channels == filters {
            let x = if drop_rate > 0 { Dropout(drop_rate, noise_shape = (None, 1, 1, 1), name = name + "drop")(x) } else { x };
            Add(name = name + "add")([x, inputs])
        } else {
            x
        }
    }

    /// Hu and others 2017, "Squeeze-and-excitation networks": a factor for each channel, which follows from all places.
    fn excited(x, squeezed, name) {
        let channels = x.shape[-1];
        let y = GlobalAveragePooling2D(name = name + "squeeze")(x);
        let y = Reshape((1, 1, channels), name = name + "reshape")(y);
        let y = convolution(y, squeezed, name + "reduce", activation = "swish", use_bias = true);
        let y = convolution(y, channels, name + "expand", activation = "sigmoid", use_bias = true);
        Multiply(name = name + "excite")([x, y])
    }

    fn convolution(x, filters, name, strides = 1, kernel_size = 1, padding = "same", activation = None, use_bias = false) {
        Conv2D(
            filters, kernel_size, strides = strides, padding = padding, activation = activation, use_bias = use_bias,
            kernel_initializer = fan_out(), name = name,
        )(x)
    }

    /// How the weights of convolutions start.
    fn fan_out() {
        VarianceScaling(scale = 2.0, mode = "fan_out", distribution = "truncated_normal")
    }

    fn activated(x, normalization, activation) {
        Activation("swish", name = activation)(BatchNormalization(axis = 3, name = normalization)(x))
    }

    /// Keras's `EfficientNetB0`, of which there are weights of ImageNet's: 5,330,571 parameters.
    pub model EfficientNetB0(img: [224, 224, 3]) -> [1000] {
        efficientnet_b0(img)
    }
}
