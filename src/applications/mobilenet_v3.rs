//! Howard and others 2019, "Searching for MobileNetV3": as [`mobilenet_v2`](super::mobilenet_v2), with a factor for each channel.

pub use super::imagenet_utils::unchanged as preprocess_input;
use super::mobilenet_v2::{divisible, strided};
use super::top::pooled;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn mobilenet_v3_small(
        img,
        alpha = 1.0,
        minimalistic = false,
        include_top = true,
        classes = 1000,
        pooling = None,
        dropout_rate = 0.2,
        classifier_activation = "softmax",
        include_preprocessing = true,
    ) {
        let (kernel, activation) = if minimalistic { (3, "relu") } else { (5, "hard_swish") };
        let mut x = stem(img, activation, include_preprocessing);
        let mut block = 0;
        for (expansion, filters, kernel_size, stride, is_excited, activation) in [
            (1, 16, 3, 2, true, "relu"),
            (72.0 / 16, 24, 3, 2, false, "relu"),
            (88.0 / 24, 24, 3, 1, false, "relu"),
            (4, 40, kernel, 2, true, activation),
            (6, 40, kernel, 1, true, activation),
            (6, 40, kernel, 1, true, activation),
            (3, 48, kernel, 1, true, activation),
            (3, 48, kernel, 1, true, activation),
            (6, 96, kernel, 2, true, activation),
            (6, 96, kernel, 1, true, activation),
            (6, 96, kernel, 1, true, activation),
        ] {
            let is_excited = is_excited && !minimalistic;
            x = inverted_residual(x, expansion, divisible(filters * alpha), kernel_size, stride, is_excited, activation, block);
            block = block + 1;
        }
        head(x, 1024, alpha, activation, include_top, classes, pooling, dropout_rate, classifier_activation)
    }

    pub fn mobilenet_v3_large(
        img,
        alpha = 1.0,
        minimalistic = false,
        include_top = true,
        classes = 1000,
        pooling = None,
        dropout_rate = 0.2,
        classifier_activation = "softmax",
        include_preprocessing = true,
    ) {
        let (kernel, activation) = if minimalistic { (3, "relu") } else { (5, "hard_swish") };
        let mut x = stem(img, activation, include_preprocessing);
        let mut block = 0;
        for (expansion, filters, kernel_size, stride, is_excited, activation) in [
            (1, 16, 3, 1, false, "relu"),
            (4, 24, 3, 2, false, "relu"),
            (3, 24, 3, 1, false, "relu"),
            (3, 40, kernel, 2, true, "relu"),
            (3, 40, kernel, 1, true, "relu"),
            (3, 40, kernel, 1, true, "relu"),
            (6, 80, 3, 2, false, activation),
            (2.5, 80, 3, 1, false, activation),
            (2.3, 80, 3, 1, false, activation),
            (2.3, 80, 3, 1, false, activation),
            (6, 112, 3, 1, true, activation),
            (6, 112, 3, 1, true, activation),
            (6, 160, kernel, 2, true, activation),
            (6, 160, kernel, 1, true, activation),
            (6, 160, kernel, 1, true, activation),
        ] {
            let is_excited = is_excited && !minimalistic;
            x = inverted_residual(x, expansion, divisible(filters * alpha), kernel_size, stride, is_excited, activation, block);
            block = block + 1;
        }
        head(x, 1280, alpha, activation, include_top, classes, pooling, dropout_rate, classifier_activation)
    }

    fn stem(img, activation, include_preprocessing) {
        let x = if include_preprocessing { Rescaling(1.0 / 127.5, offset = -1.0)(img) } else { img };
        let x = Conv2D(16, 3, strides = 2, padding = "same", use_bias = false, name = "conv")(x);
        activated(normalized(x, "conv_bn"), activation)
    }

    fn inverted_residual(inputs, expansion, filters, kernel_size, stride, is_excited, activation, block) {
        let channels = inputs.shape[-1];
        let name = if block == 0 { "expanded_conv_" } else { format!("expanded_conv_{block}_") };
        let mut x = inputs;
        if block > 0 {
            x = Conv2D(divisible(channels * expansion), 1, padding = "same", use_bias = false, name = name + "expand")(x);
            x = activated(normalized(x, name + "expand_bn"), activation);
        }
        x = strided(x, kernel_size, stride, name + "depthwise_pad", name + "depthwise");
        x = activated(normalized(x, name + "depthwise_bn"), activation);
        if is_excited {
            x = excited(x, name + "squeeze_excite_");
        }
        x = Conv2D(filters, 1, padding = "same", use_bias = false, name = name + "project")(x);
        x = normalized(x, name + "project_bn");
        if stride == 1 && channels == filters { Add(name = name + "add")([inputs, x]) } else { x }
    }

    /// Hu and others 2017, "Squeeze-and-excitation networks": a factor for each channel, which follows from all places.
    fn excited(x, name) {
        let channels = x.shape[-1];
        let y = GlobalAveragePooling2D(keepdims = true, name = name + "avg_pool")(x);
        let y = Conv2D(divisible(0.25 * channels), 1, padding = "same", name = name + "conv")(y);
        let y = ReLU(name = name + "relu")(y);
        let y = Conv2D(channels, 1, padding = "same", name = name + "conv_1")(y);
        let y = ReLU(6.0)(y + 3.0) * (1.0 / 6.0);
        Multiply(name = name + "mul")([x, y])
    }

    fn head(x, filters, alpha, activation, include_top, classes, pooling, dropout_rate, classifier_activation) {
        let mut x = Conv2D(divisible(6 * x.shape[-1]), 1, padding = "same", use_bias = false, name = "conv_1")(x);
        x = activated(normalized(x, "conv_1_bn"), activation);
        if include_top {
            let filters = if alpha > 1.0 { divisible(filters * alpha) } else { filters };
            x = Conv2D(filters, 1, padding = "same", name = "conv_2")(GlobalAveragePooling2D(keepdims = true)(x));
            x = activated(x, activation);
            if dropout_rate > 0 {
                x = Dropout(dropout_rate)(x);
            }
            x = Flatten()(Conv2D(classes, 1, padding = "same", name = "logits")(x));
            Activation(classifier_activation, name = "predictions")(x)
        } else {
            pooled(x, pooling, average = "avg_pool", maximum = "max_pool")
        }
    }

    fn activated(x, activation) {
        if activation == "relu" { ReLU()(x) } else { Activation(activation)(x) }
    }

    fn normalized(x, name) {
        BatchNormalization(epsilon = 1e-3, momentum = 0.999, name = name)(x)
    }

    /// Keras's `MobileNetV3Small`: 2,554,968 parameters.
    pub model MobileNetV3Small(img: [224, 224, 3]) -> [1000] {
        mobilenet_v3_small(img)
    }

    /// Keras's `MobileNetV3Large`: 5,507,432 parameters.
    pub model MobileNetV3Large(img: [224, 224, 3]) -> [1000] {
        mobilenet_v3_large(img)
    }
}
