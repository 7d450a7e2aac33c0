//! Sandler and others 2018, "MobileNetV2: inverted residuals and linear bottlenecks": widened, convolved channel by channel, and narrowed again.

pub use super::imagenet_utils::tf as preprocess_input;
use super::top::pooled;
use crate::functional_model;

functional_model! {
    #![crate = crate]

    pub fn mobilenet_v2(
        img,
        alpha = 1.0,
        include_top = true,
        pooling = None,
        classes = 1000,
        classifier_activation = "softmax",
    ) {
        let mut x = Conv2D(divisible(32 * alpha), 3, strides = 2, padding = "same", use_bias = false, name = "Conv1")(img);
        x = ReLU(6.0, name = "Conv1_relu")(normalized(x, "bn_Conv1"));
        x = inverted_residual(x, divisible(int(16 * alpha)), 1, 1, "expanded_conv_");
        let mut block = 1;
        for (filters, blocks, stride) in [(24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1)] {
            for i in 0..blocks {
                let stride = if i == 0 { stride } else { 1 };
                x = inverted_residual(x, divisible(int(filters * alpha)), 6, stride, format!("block_{block}_"));
                block = block + 1;
            }
        }
        let filters = if alpha > 1.0 { divisible(1280 * alpha) } else { 1280 };
        x = Conv2D(filters, 1, use_bias = false, name = "Conv_1")(x);
        x = ReLU(6.0, name = "out_relu")(normalized(x, "Conv_1_bn"));
        if include_top {
            Dense(classes, activation = classifier_activation, name = "predictions")(GlobalAveragePooling2D()(x))
        } else {
            pooled(x, pooling)
        }
    }

    /// The nearest number of filters that 8 divides, and not less than nine tenths.
    pub(crate) fn divisible(filters) {
        let nearest = int((filters + 4) / 8.0) * 8;
        let nearest = if nearest < 8 { 8 } else { nearest };
        if nearest < 0.9 * filters { nearest + 8 } else { nearest }
    }

    fn inverted_residual(inputs, filters, expansion, stride, name) {
        let channels = inputs.shape[-1];
        let mut x = inputs;
        if expansion > 1 {
            x = Conv2D(expansion * channels, 1, padding = "same", use_bias = false, name = name + "expand")(x);
            x = ReLU(6.0, name = name + "expand_relu")(normalized(x, name + "expand_BN"));
        }
        x = strided(x, 3, stride, name + "pad", name + "depthwise");
        x = ReLU(6.0, name = name + "depthwise_relu")(normalized(x, name + "depthwise_BN"));
        x = Conv2D(filters, 1, padding = "same", use_bias = false, name = name + "project")(x);
        x = normalized(x, name + "project_BN");
        if channels == filters && stride == 1 { Add(name = name + "add")([inputs, x]) } else { x }
    }

    /// A depthwise convolution that pads by itself where it has strides: images of an even size less in front than behind.
    pub(crate) fn strided(x, kernel_size, stride, pad, name, initializer = "glorot_uniform") {
        let half = (kernel_size - 1) / 2;
        let x = if stride == 1 {
            x
        } else {
            let (top, left) = (half - 1 + x.shape[1] % 2, half - 1 + x.shape[2] % 2);
            ZeroPadding2D(((top, half), (left, half)), name = pad)(x)
        };
        let padding = if stride == 1 { "same" } else { "valid" };
        DepthwiseConv2D(
            kernel_size, strides = stride, padding = padding, use_bias = false, depthwise_initializer = initializer, name = name,
        )(x)
    }

    fn normalized(x, name) {
        BatchNormalization(epsilon = 1e-3, momentum = 0.999, name = name)(x)
    }

    /// Keras's `MobileNetV2`: 3,538,984 parameters.
    pub model MobileNetV2(img: [224, 224, 3]) -> [1000] {
        mobilenet_v2(img)
    }
}
