//! Networks with skip connections.

use functional_model::functional_model;

functional_model! {
    /// He and others 2015, with 18 layers.
    pub model ResNet18(img: [224, 224, 3]) -> [1000] {
        basic_layers(img, [2, 2, 2, 2])
    }

    /// The same with 34 layers.
    pub model ResNet34(img: [224, 224, 3]) -> [1000] {
        basic_layers(img, [3, 4, 6, 3])
    }

    fn basic_layers(img, blocks) {
        let mut x = stem(img);
        for i in 0..4 {
            let filters = [64, 128, 256, 512][i];
            for j in 0..blocks[i] {
                if i > 0 && j == 0 {
                    x = basic(x, filters, strides = 2, shortcut = true);
                } else {
                    x = basic(x, filters);
                }
            }
        }
        classified(x)
    }

    fn basic(x, filters, strides = 1, shortcut = false) {
        let skip = if shortcut { normalized(x, filters, 1, strides) } else { x };
        let x = Activation("relu")(normalized(x, filters, 3, strides));
        let x = normalized(x, filters, 3);
        Activation("relu")(x + skip)
    }

    fn normalized(x, filters, kernel_size, strides = 1) {
        let x = Conv2D(filters, kernel_size, strides = strides, padding = "same", use_bias = false)(x);
        BatchNormalization(epsilon = 1.001e-5)(x)
    }

    fn stem(img) {
        let x = ZeroPadding2D(((3, 3), (3, 3)), name = "conv1_pad")(img);
        let x = Conv2D(64, 7, strides = 2, name = "conv1_conv")(x);
        let x = BatchNormalization(axis = 3, epsilon = 1.001e-5, name = "conv1_bn")(x);
        let x = Activation("relu", name = "conv1_relu")(x);
        let x = ZeroPadding2D(((1, 1), (1, 1)), name = "pool1_pad")(x);
        MaxPooling2D(3, strides = 2, name = "pool1_pool")(x)
    }

    fn classified(x) {
        let x = GlobalAveragePooling2D(name = "avg_pool")(x);
        Dense(1000, activation = "softmax", name = "predictions")(x)
    }

    /// As in `keras.applications`.
    pub model ResNet50(img: [224, 224, 3]) -> [1000] {
        bottlenecks(img, [3, 4, 6, 3])
    }

    /// As in `keras.applications`.
    pub model ResNet101(img: [224, 224, 3]) -> [1000] {
        bottlenecks(img, [3, 4, 23, 3])
    }

    /// As in `keras.applications`.
    pub model ResNet152(img: [224, 224, 3]) -> [1000] {
        bottlenecks(img, [3, 8, 36, 3])
    }

    fn bottlenecks(img, blocks) {
        let x = stem(img);
        let x = stack1(x, 64, blocks[0], strides1 = 1);
        let x = stack1(x, 128, blocks[1]);
        let x = stack1(x, 256, blocks[2]);
        let x = stack1(x, 512, blocks[3]);
        classified(x)
    }

    fn stack1(x, filters, blocks, strides1 = 2) {
        let mut x = bottleneck(x, filters, strides = strides1);
        for _ in 2..=blocks {
            x = bottleneck(x, filters, conv_shortcut = false);
        }
        x
    }

    fn bottleneck(x, filters, strides = 1, conv_shortcut = true) {
        let shortcut = if conv_shortcut {
            BatchNormalization(axis = 3, epsilon = 1.001e-5)(Conv2D(4 * filters, 1, strides = strides)(x))
        } else {
            x
        };
        let x = Conv2D(filters, 1, strides = strides)(x);
        let x = BatchNormalization(axis = 3, epsilon = 1.001e-5)(x);
        let x = Activation("relu")(x);
        let x = Conv2D(filters, 3, padding = "same")(x);
        let x = BatchNormalization(axis = 3, epsilon = 1.001e-5)(x);
        let x = Activation("relu")(x);
        let x = Conv2D(4 * filters, 1)(x);
        let x = BatchNormalization(axis = 3, epsilon = 1.001e-5)(x);
        let x = Add()([shortcut, x]);
        Activation("relu")(x)
    }

    /// As in `keras.applications`: normalized before each convolution.
    pub model ResNet50V2(img: [224, 224, 3]) -> [1000] {
        let x = ZeroPadding2D(3)(img);
        let x = Conv2D(64, 7, strides = 2)(x);
        let x = ZeroPadding2D(1)(x);
        let mut x = MaxPooling2D(3, strides = 2)(x);
        for (filters, blocks, strides1) in [(64, 3, 2), (128, 4, 2), (256, 6, 2), (512, 3, 1)] {
            x = before(x, filters, conv_shortcut = true);
            for _ in 2..blocks {
                x = before(x, filters);
            }
            x = before(x, filters, stride = strides1);
        }
        let x = BatchNormalization(epsilon = 1.001e-5)(x);
        let x = Activation("relu")(x);
        let x = GlobalAveragePooling2D()(x);
        Dense(1000, activation = "softmax")(x)
    }

    fn before(x, filters, stride = 1, conv_shortcut = false) {
        let preact = Activation("relu")(BatchNormalization(epsilon = 1.001e-5)(x));
        let shortcut = if conv_shortcut {
            Conv2D(4 * filters, 1, strides = stride)(preact)
        } else if stride > 1 {
            MaxPooling2D(1, strides = stride)(x)
        } else {
            x
        };
        let x = Conv2D(filters, 1, strides = 1, use_bias = false)(preact);
        let x = ReLU()(BatchNormalization(epsilon = 1.001e-5)(x));
        let x = ZeroPadding2D(((1, 1), (1, 1)))(x);
        let x = Conv2D(filters, 3, strides = stride, use_bias = false)(x);
        let x = ReLU()(BatchNormalization(epsilon = 1.001e-5)(x));
        let x = Conv2D(4 * filters, 1)(x);
        shortcut + x
    }

    /// Zagoruyko and Komodakis 2016.
    pub model WideResNet(img: [32, 32, 3]) -> [10] {
        let mut x = Conv2D(16, 3, padding = "same", use_bias = false)(img);
        for (group, filters) in [(0, 160), (1, 320), (2, 640)] {
            for block in 0..4 {
                let strides = if group > 0 && block == 0 { 2 } else { 1 };
                x = wide(x, filters, strides, block == 0);
            }
        }
        let x = Activation("relu")(BatchNormalization()(x));
        Dense(10)(GlobalAveragePooling2D()(x))
    }

    fn wide(x, filters, strides, is_first) {
        let before = Activation("relu")(BatchNormalization()(x));
        let y = Conv2D(filters, 3, strides = strides, padding = "same", use_bias = false)(before);
        let y = Dropout(0.3)(Activation("relu")(BatchNormalization()(y)));
        let y = Conv2D(filters, 3, padding = "same", use_bias = false)(y);
        if is_first { y + Conv2D(filters, 1, strides = strides, use_bias = false)(before) } else { y + x }
    }

    /// Xie and others 2016: convolutions in 32 groups.
    pub model ResNeXtStage(x: [28, 28, 256]) -> [14, 14, 512] {
        let mut x = x;
        for i in 0..3 {
            x = grouped(x, 512, 32, is_first = i == 0);
        }
        x
    }

    fn grouped(x, filters, groups, is_first) {
        let strides = if is_first { 2 } else { 1 };
        let y = Conv2D(filters / 2, 1, use_bias = false)(x);
        let y = ReLU()(BatchNormalization()(y));
        let y = Conv2D(filters / 2, 3, strides = strides, padding = "same", groups = groups, use_bias = false)(y);
        let y = ReLU()(BatchNormalization()(y));
        let y = BatchNormalization()(Conv2D(filters, 1, use_bias = false)(y));
        let skip = if is_first { BatchNormalization()(Conv2D(filters, 1, strides = strides, use_bias = false)(x)) } else { x };
        ReLU()(y + skip)
    }

    /// Hu and others 2017: channels weighed by what the whole image shows.
    pub model SqueezeAndExcitation(x: [14, 14, 64]) -> [14, 14, 64] {
        let weights = GlobalAveragePooling2D()(x);
        let weights = Dense(64 / 16, activation = "relu")(weights);
        let weights = Dense(64, activation = "sigmoid")(weights);
        let weights = Reshape([14, 14, 64])(RepeatVector(14 * 14)(weights));
        x + x * weights
    }

    /// Srivastava and others 2015.
    pub model Highway(x: [50]) -> [10] {
        let mut x = x;
        for _ in 0..10 {
            let gate = Dense(50, activation = "sigmoid", bias_initializer = "zeros")(x);
            let carried = x - gate * x;
            x = gate * Dense(50, activation = "relu")(x) + carried;
        }
        Dense(10, activation = "softmax")(x)
    }

    /// Residual blocks of dense layers, as for tables.
    pub model ResidualMlp(x: [30]) -> [1] {
        let mut x = Dense(128)(x);
        for _ in 0..4 {
            let y = LayerNormalization()(x);
            let y = Dropout(0.1)(Dense(256, activation = "gelu")(y));
            x += Dense(128)(y);
        }
        Dense(1)(LayerNormalization()(x))
    }
}

pub const MODELS: &[crate::Entry] = entries![
    ResNet18,
    ResNet34,
    ResNet50,
    ResNet101,
    ResNet152,
    ResNet50V2,
    WideResNet,
    ResNeXtStage,
    SqueezeAndExcitation,
    Highway,
    ResidualMlp,
];
