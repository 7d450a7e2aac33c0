//! Every layer sees all before it.

use functional_model::functional_model;

functional_model! {
    const GROWTH: usize = 32;

    /// As in `keras.applications`.
    pub model DenseNet121(img: [224, 224, 3]) -> [1000] {
        densely(img, [6, 12, 24, 16])
    }

    fn densely(img, blocks) {
        let x = ZeroPadding2D(((3, 3), (3, 3)))(img);
        let x = Conv2D(64, 7, strides = 2, use_bias = false)(x);
        let x = Activation("relu")(BatchNormalization(epsilon = 1.001e-5)(x));
        let x = ZeroPadding2D(((1, 1), (1, 1)))(x);
        let mut x = MaxPooling2D(3, strides = 2)(x);
        let mut channels = 64;
        for i in 0..4 {
            for _ in 0..blocks[i] {
                x = conv_block(x);
            }
            channels = channels + blocks[i] * GROWTH;
            if i < 3 {
                channels = channels / 2;
                x = transition(x, channels);
            }
        }
        let x = Activation("relu")(BatchNormalization(epsilon = 1.001e-5)(x));
        let x = GlobalAveragePooling2D()(x);
        Dense(1000, activation = "softmax")(x)
    }

    fn conv_block(x) {
        let x1 = Activation("relu")(BatchNormalization(epsilon = 1.001e-5)(x));
        let x1 = Conv2D(4 * GROWTH, 1, use_bias = false)(x1);
        let x1 = Activation("relu")(BatchNormalization(epsilon = 1.001e-5)(x1));
        let x1 = Conv2D(GROWTH, 3, padding = "same", use_bias = false)(x1);
        Concatenate()([x, x1])
    }

    fn transition(x, channels) {
        let x = Activation("relu")(BatchNormalization(epsilon = 1.001e-5)(x));
        let x = Conv2D(channels, 1, use_bias = false)(x);
        AveragePooling2D(2, strides = 2)(x)
    }

    /// A small one, for CIFAR-10.
    pub model SmallDenseNet(img: [32, 32, 3]) -> [10] {
        let mut x = Conv2D(24, 3, padding = "same", use_bias = false)(img);
        for _ in 0..4 {
            x = conv_block(x);
        }
        Dense(10)(GlobalAveragePooling2D()(x))
    }
}

pub const MODELS: &[crate::Entry] = entries![DenseNet121, SmallDenseNet,];
