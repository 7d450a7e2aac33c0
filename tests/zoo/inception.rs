//! Branches side by side, concatenated.

use functional_model::functional_model;

functional_model! {
    /// One block of GoogLeNet's.
    pub model InceptionBlock(x: [28, 28, 192]) -> [28, 28, 256] {
        inception(x, 64, [96, 128], [16, 32], 32)
    }

    fn inception(x, single, three, five, pooled) {
        let tower_1 = Conv2D(single, 1, padding = "same", activation = "relu")(x);
        let tower_2 = Conv2D(three[0], 1, padding = "same", activation = "relu")(x);
        let tower_2 = Conv2D(three[1], 3, padding = "same", activation = "relu")(tower_2);
        let tower_3 = Conv2D(five[0], 1, padding = "same", activation = "relu")(x);
        let tower_3 = Conv2D(five[1], 5, padding = "same", activation = "relu")(tower_3);
        let tower_4 = MaxPooling2D(3, strides = 1, padding = "same")(x);
        let tower_4 = Conv2D(pooled, 1, padding = "same", activation = "relu")(tower_4);
        Concatenate(axis = 3)([tower_1, tower_2, tower_3, tower_4])
    }

    /// Szegedy and others 2014, with its two auxiliary classifiers.
    pub model GoogLeNet(img: [224, 224, 3]) -> (class: [1000], early: [1000], middle: [1000]) {
        let x = Conv2D(64, 7, strides = 2, padding = "same", activation = "relu")(img);
        let x = MaxPooling2D(3, strides = 2, padding = "same")(x);
        let x = Conv2D(64, 1, activation = "relu")(x);
        let x = Conv2D(192, 3, padding = "same", activation = "relu")(x);
        let x = MaxPooling2D(3, strides = 2, padding = "same")(x);
        let x = inception(x, 64, [96, 128], [16, 32], 32);
        let x = inception(x, 128, [128, 192], [32, 96], 64);
        let x = MaxPooling2D(3, strides = 2, padding = "same")(x);
        let x = inception(x, 192, [96, 208], [16, 48], 64);
        let early = auxiliary(x);
        let x = inception(x, 160, [112, 224], [24, 64], 64);
        let x = inception(x, 128, [128, 256], [24, 64], 64);
        let x = inception(x, 112, [144, 288], [32, 64], 64);
        let middle = auxiliary(x);
        let x = inception(x, 256, [160, 320], [32, 128], 128);
        let x = MaxPooling2D(3, strides = 2, padding = "same")(x);
        let x = inception(x, 256, [160, 320], [32, 128], 128);
        let x = inception(x, 384, [192, 384], [48, 128], 128);
        let x = Dropout(0.4)(GlobalAveragePooling2D()(x));
        (Dense(1000, activation = "softmax")(x), early, middle)
    }

    fn auxiliary(x) {
        let x = AveragePooling2D(5, strides = 3)(x);
        let x = Flatten()(Conv2D(128, 1, activation = "relu")(x));
        let x = Dropout(0.7)(Dense(1024, activation = "relu")(x));
        Dense(1000, activation = "softmax")(x)
    }

    /// As in `keras.applications`.
    pub model InceptionV3(img: [299, 299, 3]) -> [1000] {
        let x = conv2d_bn(img, 32, 3, strides = 2, padding = "valid");
        let x = conv2d_bn(x, 32, 3, padding = "valid");
        let x = conv2d_bn(x, 64, 3);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = conv2d_bn(x, 80, 1, padding = "valid");
        let x = conv2d_bn(x, 192, 3, padding = "valid");
        let mut x = MaxPooling2D(3, strides = 2)(x);

        // 35 x 35
        for pooled in [32, 64, 64] {
            let branch1x1 = conv2d_bn(x, 64, 1);
            let branch5x5 = conv2d_bn(x, 48, 1);
            let branch5x5 = conv2d_bn(branch5x5, 64, 5);
            let branch3x3dbl = conv2d_bn(x, 64, 1);
            let branch3x3dbl = conv2d_bn(branch3x3dbl, 96, 3);
            let branch3x3dbl = conv2d_bn(branch3x3dbl, 96, 3);
            let branch_pool = pooled_branch(x, pooled);
            x = Concatenate(axis = 3)([branch1x1, branch5x5, branch3x3dbl, branch_pool]);
        }

        // 17 x 17
        let branch3x3 = conv2d_bn(x, 384, 3, strides = 2, padding = "valid");
        let branch3x3dbl = conv2d_bn(x, 64, 1);
        let branch3x3dbl = conv2d_bn(branch3x3dbl, 96, 3);
        let branch3x3dbl = conv2d_bn(branch3x3dbl, 96, 3, strides = 2, padding = "valid");
        x = Concatenate(axis = 3)([branch3x3, branch3x3dbl, MaxPooling2D(3, strides = 2)(x)]);
        for inner in [128, 160, 160, 192] {
            let branch1x1 = conv2d_bn(x, 192, 1);
            let branch7x7 = chain(x, [(inner, 1), (inner, (1, 7)), (192, (7, 1))]);
            let branch7x7dbl = chain(x, [(inner, 1), (inner, (7, 1)), (inner, (1, 7)), (inner, (7, 1)), (192, (1, 7))]);
            x = Concatenate(axis = 3)([branch1x1, branch7x7, branch7x7dbl, pooled_branch(x, 192)]);
        }

        // 8 x 8
        let branch3x3 = conv2d_bn(conv2d_bn(x, 192, 1), 320, 3, strides = 2, padding = "valid");
        let branch7x7x3 = chain(x, [(192, 1), (192, (1, 7)), (192, (7, 1))]);
        let branch7x7x3 = conv2d_bn(branch7x7x3, 192, 3, strides = 2, padding = "valid");
        x = Concatenate(axis = 3)([branch3x3, branch7x7x3, MaxPooling2D(3, strides = 2)(x)]);
        for _ in 0..2 {
            let branch1x1 = conv2d_bn(x, 320, 1);
            let branch3x3 = forked(conv2d_bn(x, 384, 1));
            let branch3x3dbl = forked(chain(x, [(448, 1), (384, 3)]));
            x = Concatenate(axis = 3)([branch1x1, branch3x3, branch3x3dbl, pooled_branch(x, 192)]);
        }
        let x = GlobalAveragePooling2D(name = "avg_pool")(x);
        Dense(1000, activation = "softmax", name = "predictions")(x)
    }

    fn conv2d_bn(x, filters, kernel_size, strides = 1, padding = "same") {
        let x = Conv2D(filters, kernel_size, strides = strides, padding = padding, use_bias = false)(x);
        let x = BatchNormalization(axis = 3, scale = false)(x);
        Activation("relu")(x)
    }

    fn chain(x, convolutions) {
        let mut x = x;
        for (filters, kernel_size) in convolutions {
            x = conv2d_bn(x, filters, kernel_size);
        }
        x
    }

    fn forked(x) {
        Concatenate(axis = 3)([conv2d_bn(x, 384, (1, 3)), conv2d_bn(x, 384, (3, 1))])
    }

    fn pooled_branch(x, filters) {
        let x = AveragePooling2D((3, 3), strides = (1, 1), padding = "same")(x);
        conv2d_bn(x, filters, 1)
    }

    /// As in `keras.applications`.
    pub model Xception(img: [299, 299, 3]) -> [1000] {
        let x = Conv2D(32, 3, strides = 2, use_bias = false, name = "block1_conv1")(img);
        let x = Activation("relu")(BatchNormalization()(x));
        let x = Conv2D(64, 3, use_bias = false, name = "block1_conv2")(x);
        let mut x = Activation("relu")(BatchNormalization()(x));

        // entry flow
        for (filters, is_first) in [(128, true), (256, false), (728, false)] {
            x = narrowed(x, filters, filters, is_first);
        }
        // middle flow
        for _ in 0..8 {
            let residual = x;
            for _ in 0..3 {
                x = separable(Activation("relu")(x), 728);
            }
            x += residual;
        }
        // exit flow
        x = narrowed(x, 728, 1024);
        let x = Activation("relu")(separable(x, 1536));
        let x = Activation("relu")(separable(x, 2048));
        let x = GlobalAveragePooling2D()(x);
        Dense(1000, activation = "softmax")(x)
    }

    fn separable(x, filters) {
        BatchNormalization()(SeparableConv2D(filters, 3, padding = "same", use_bias = false)(x))
    }

    fn narrowed(x, first, second, is_activated = false) {
        let residual = BatchNormalization()(Conv2D(second, 1, strides = 2, padding = "same", use_bias = false)(x));
        let x = if is_activated { x } else { Activation("relu")(x) };
        let x = separable(x, first);
        let x = separable(Activation("relu")(x), second);
        MaxPooling2D(3, strides = 2, padding = "same")(x) + residual
    }
}

pub const MODELS: &[crate::Entry] = entries![InceptionBlock, GoogLeNet, InceptionV3, Xception,];
