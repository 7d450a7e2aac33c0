//! Networks for small machines.

use functional_model::functional_model;

functional_model! {
    /// As in `keras.applications`.
    pub model MobileNet(img: [224, 224, 3]) -> [1000] {
        let x = Conv2D(32, 3, padding = "same", use_bias = false, strides = 2, name = "conv1")(img);
        let x = BatchNormalization(name = "conv1_bn")(x);
        let mut x = ReLU(6.0, name = "conv1_relu")(x);
        for (filters, strides) in [
            (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2),
            (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
        ] {
            x = depthwise_separable(x, filters, strides);
        }
        let x = GlobalAveragePooling2D(keepdims = true)(x);
        let x = Dropout(1e-3)(x);
        let x = Conv2D(1000, 1, padding = "same", name = "conv_preds")(x);
        let x = Reshape((1000,), name = "reshape_2")(x);
        Activation("softmax", name = "predictions")(x)
    }

    fn depthwise_separable(x, filters, strides) {
        let x = if strides == 1 { x } else { ZeroPadding2D(((0, 1), (0, 1)))(x) };
        let padding = if strides == 1 { "same" } else { "valid" };
        let x = DepthwiseConv2D(3, padding = padding, strides = strides, use_bias = false)(x);
        let x = ReLU(6.0)(BatchNormalization()(x));
        let x = Conv2D(filters, 1, padding = "same", use_bias = false)(x);
        ReLU(6.0)(BatchNormalization()(x))
    }

    /// As in `keras.applications`.
    pub model MobileNetV2(img: [224, 224, 3]) -> [1000] {
        let x = Conv2D(32, 3, strides = 2, padding = "same", use_bias = false)(img);
        let x = BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x);
        let x = ReLU(6.0)(x);
        let mut x = inverted_residual(x, 32, 16, expansion = 1);
        let mut channels = 16;
        for (filters, blocks, strides) in [(24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1)] {
            x = inverted_residual(x, channels, filters, strides);
            for _ in 1..blocks {
                x = inverted_residual(x, filters, filters);
            }
            channels = filters;
        }
        let x = Conv2D(1280, 1, use_bias = false)(x);
        let x = BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x);
        let x = ReLU(6.0)(x);
        let x = GlobalAveragePooling2D()(x);
        Dense(1000, activation = "softmax")(x)
    }

    fn inverted_residual(inputs, channels, filters, stride = 1, expansion = 6) {
        let mut x = inputs;
        if expansion != 1 {
            x = Conv2D(expansion * channels, 1, padding = "same", use_bias = false)(x);
            x = ReLU(6.0)(BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x));
        }
        if stride == 2 {
            x = ZeroPadding2D(((0, 1), (0, 1)))(x);
        }
        let padding = if stride == 1 { "same" } else { "valid" };
        x = DepthwiseConv2D(3, strides = stride, padding = padding, use_bias = false)(x);
        x = ReLU(6.0)(BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x));
        x = Conv2D(filters, 1, padding = "same", use_bias = false)(x);
        x = BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x);
        if channels == filters && stride == 1 { Add()([inputs, x]) } else { x }
    }

    /// Zhang and others 2017: groups of channels whose order is shuffled.
    pub model ShuffleUnit(x: [28, 28, 240]) -> [28, 28, 240] {
        let y = Conv2D(60, 1, groups = 3, use_bias = false)(x);
        let y = ReLU()(BatchNormalization()(y));
        let y = shuffled(y, 28, 3, 20);
        let y = BatchNormalization()(DepthwiseConv2D(3, padding = "same", use_bias = false)(y));
        let y = BatchNormalization()(Conv2D(240, 1, groups = 3, use_bias = false)(y));
        ReLU()(x + y)
    }

    fn shuffled(x, side, groups, channels) {
        let x = Reshape([side * side, groups, channels])(x);
        let x = Permute((1, 3, 2))(x);
        Reshape([side, side, groups * channels])(x)
    }

    /// Zhang and others 2017: words spoken into a microphone.
    pub model KeywordSpotting(spectrogram: [49, 10, 1]) -> [12] {
        let x = Conv2D(64, (10, 4), strides = (2, 2), padding = "same", use_bias = false)(spectrogram);
        let mut x = Dropout(0.2)(ReLU()(BatchNormalization()(x)));
        for _ in 0..4 {
            x = ReLU()(BatchNormalization()(DepthwiseConv2D(3, padding = "same", use_bias = false)(x)));
            x = ReLU()(BatchNormalization()(Conv2D(64, 1, use_bias = false)(x)));
        }
        let x = Flatten()(AveragePooling2D((25, 5))(Dropout(0.4)(x)));
        Dense(12, activation = "softmax")(x)
    }
}

pub const MODELS: &[crate::Entry] = entries![MobileNet, MobileNetV2, ShuffleUnit, KeywordSpotting,];
