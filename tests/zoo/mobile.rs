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

    /// As in `keras.applications`.
    pub model MobileNetV3Small(img: [224, 224, 3]) -> [1000] {
        let mut x = mobile_stem(img);
        let mut channels = 16;
        for (expanded, filters, kernel, stride, squeezed, activation) in [
            (0, 16, 3, 2, 8, "relu"),
            (72, 24, 3, 2, 0, "relu"),
            (88, 24, 3, 1, 0, "relu"),
            (96, 40, 5, 2, 24, "hard_silu"),
            (240, 40, 5, 1, 64, "hard_silu"),
            (240, 40, 5, 1, 64, "hard_silu"),
            (120, 48, 5, 1, 32, "hard_silu"),
            (144, 48, 5, 1, 40, "hard_silu"),
            (288, 96, 5, 2, 72, "hard_silu"),
            (576, 96, 5, 1, 144, "hard_silu"),
            (576, 96, 5, 1, 144, "hard_silu"),
        ] {
            x = expanded_residual(x, channels, expanded, filters, kernel, stride, squeezed, activation);
            channels = filters;
        }
        mobile_head(x, 576, 1024)
    }

    /// As in `keras.applications`.
    pub model MobileNetV3Large(img: [224, 224, 3]) -> [1000] {
        let mut x = mobile_stem(img);
        let mut channels = 16;
        for (expanded, filters, kernel, stride, squeezed, activation) in [
            (0, 16, 3, 1, 0, "relu"),
            (64, 24, 3, 2, 0, "relu"),
            (72, 24, 3, 1, 0, "relu"),
            (72, 40, 5, 2, 24, "relu"),
            (120, 40, 5, 1, 32, "relu"),
            (120, 40, 5, 1, 32, "relu"),
            (240, 80, 3, 2, 0, "hard_silu"),
            (200, 80, 3, 1, 0, "hard_silu"),
            (184, 80, 3, 1, 0, "hard_silu"),
            (184, 80, 3, 1, 0, "hard_silu"),
            (480, 112, 3, 1, 120, "hard_silu"),
            (672, 112, 3, 1, 168, "hard_silu"),
            (672, 160, 5, 2, 168, "hard_silu"),
            (960, 160, 5, 1, 240, "hard_silu"),
            (960, 160, 5, 1, 240, "hard_silu"),
        ] {
            x = expanded_residual(x, channels, expanded, filters, kernel, stride, squeezed, activation);
            channels = filters;
        }
        mobile_head(x, 960, 1280)
    }

    fn mobile_stem(img) {
        let x = Rescaling(1.0 / 127.5, -1.0)(img);
        let x = Conv2D(16, 3, strides = 2, padding = "same", use_bias = false, name = "conv")(x);
        let x = BatchNormalization(epsilon = 1e-3, momentum = 0.999, name = "conv_bn")(x);
        Activation("hard_silu")(x)
    }

    fn expanded_residual(inputs, channels, expanded, filters, kernel, stride, squeezed, activation) {
        let mut x = inputs;
        if expanded != 0 {
            x = Conv2D(expanded, 1, padding = "same", use_bias = false)(x);
            x = Activation(activation)(BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x));
        }
        x = strided(x, kernel, stride);
        x = Activation(activation)(BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x));
        if squeezed != 0 {
            let wide = if expanded == 0 { channels } else { expanded };
            x = excited(x, wide, squeezed, activation = "relu", gate = "hard_sigmoid");
        }
        x = Conv2D(filters, 1, padding = "same", use_bias = false)(x);
        x = BatchNormalization(epsilon = 1e-3, momentum = 0.999)(x);
        if stride == 1 && channels == filters { Add()([inputs, x]) } else { x }
    }

    fn mobile_head(x, filters, units) {
        let x = Conv2D(filters, 1, padding = "same", use_bias = false, name = "conv_1")(x);
        let x = BatchNormalization(epsilon = 1e-3, momentum = 0.999, name = "conv_1_bn")(x);
        let x = GlobalAveragePooling2D(keepdims = true)(Activation("hard_silu")(x));
        let x = Activation("hard_silu")(Conv2D(units, 1, padding = "same", name = "conv_2")(x));
        let x = Conv2D(1000, 1, padding = "same", name = "logits")(Dropout(0.2)(x));
        Activation("softmax", name = "predictions")(Flatten()(x))
    }

    /// `EfficientNetB0` of `keras.applications`: what a block adds is dropped for some samples, the deeper the more often.
    pub model EfficientNetB0(img: [224, 224, 3]) -> [1000] {
        let x = Normalization(axis = -1)(Rescaling(1.0 / 255.0)(img));
        let x = ZeroPadding2D(((0, 1), (0, 1)), name = "stem_conv_pad")(x);
        let x = Conv2D(32, 3, strides = 2, use_bias = false, name = "stem_conv")(x);
        let mut x = Activation("silu", name = "stem_activation")(BatchNormalization(name = "stem_bn")(x));
        let mut channels = 32;
        let mut block = 0;
        for (blocks, filters, kernel, expansion, stride) in [
            (1, 16, 3, 1, 1),
            (2, 24, 3, 6, 2),
            (2, 40, 5, 6, 2),
            (3, 80, 3, 6, 2),
            (3, 112, 5, 6, 1),
            (4, 192, 5, 6, 2),
            (1, 320, 3, 6, 1),
        ] {
            for i in 0..blocks {
                let first = if i == 0 { stride } else { 1 };
                x = scaled(x, channels, filters, kernel, expansion, first, rate = 0.2 * block / 16.0);
                channels = filters;
                block = block + 1;
            }
        }
        let x = BatchNormalization(name = "top_bn")(Conv2D(1280, 1, padding = "same", use_bias = false, name = "top_conv")(x));
        let x = GlobalAveragePooling2D(name = "avg_pool")(Activation("silu", name = "top_activation")(x));
        Dense(1000, activation = "softmax", name = "predictions")(Dropout(0.2, name = "top_dropout")(x))
    }

    fn scaled(inputs, channels, filters, kernel, expansion, stride, rate) {
        let wide = expansion * channels;
        let mut x = inputs;
        if expansion != 1 {
            x = Activation("silu")(BatchNormalization()(Conv2D(wide, 1, padding = "same", use_bias = false)(x)));
        }
        x = Activation("silu")(BatchNormalization()(strided(x, kernel, stride)));
        x = excited(x, wide, channels / 4, activation = "silu", gate = "sigmoid");
        x = BatchNormalization()(Conv2D(filters, 1, padding = "same", use_bias = false)(x));
        if stride == 1 && channels == filters {
            let x = if rate > 0 { Dropout(rate, noise_shape = (None, 1, 1, 1))(x) } else { x };
            Add()([x, inputs])
        } else {
            x
        }
    }

    /// A depthwise convolution that pads by itself where it has strides: in front less than behind.
    fn strided(x, kernel, stride) {
        let (less, more) = ((kernel - 3) / 2, (kernel - 1) / 2);
        let x = if stride == 1 { x } else { ZeroPadding2D(((less, more), (less, more)))(x) };
        let padding = if stride == 1 { "same" } else { "valid" };
        DepthwiseConv2D(kernel, strides = stride, padding = padding, use_bias = false)(x)
    }

    /// Hu and others 2018: squeeze and excitation, a factor for each channel.
    fn excited(x, channels, squeezed, activation, gate) {
        let y = Reshape([1, 1, channels])(GlobalAveragePooling2D()(x));
        let y = Conv2D(squeezed, 1, padding = "same")(y);
        let y = Conv2D(channels, 1, padding = "same", activation = gate)(Activation(activation)(y));
        Multiply()([x, y])
    }

    /// Woo and others 2018: a factor for each channel, then one for each place.
    pub model ConvolutionalAttention(img: [32, 32, 16]) -> [32, 32, 16] {
        let squeeze = Dense(2, activation = "relu");
        let excite = Dense(16);
        let average = excite(squeeze(GlobalAveragePooling2D(keepdims = true)(img)));
        let largest = excite(squeeze(GlobalMaxPooling2D(keepdims = true)(img)));
        let x = Activation("sigmoid")(average + largest) * img;
        x * Conv2D(1, 7, padding = "same", activation = "sigmoid")(x)
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

pub const MODELS: &[crate::Entry] = entries![
    MobileNet,
    MobileNetV2,
    MobileNetV3Small,
    MobileNetV3Large,
    EfficientNetB0,
    ConvolutionalAttention,
    ShuffleUnit,
    KeywordSpotting,
];
