functional_model! {
    pub model ResNet50(img: [224, 224, 3]) -> [1000] {
        let x = ZeroPadding2D(3, name = "conv1_pad")(img);
        let x = Conv2D(64, 7, strides = 2, name = "conv1_conv")(x);
        let x = BatchNormalization(axis = 3, epsilon = 0.00001001, name = "conv1_bn")(x);
        let x = Activation("relu", name = "conv1_relu")(x);
        let x = ZeroPadding2D(name = "pool1_pad")(x);
        let x = MaxPooling2D(3, strides = 2, name = "pool1_pool")(x);
        let mut x = residual_block_2(x, 256, 64);
        for _ in 0..2 {
            x = residual_block(x, 64);
        }
        let mut x = residual_block_2(x, 512, 128, strides = 2);
        for _ in 0..3 {
            x = residual_block(x, 128);
        }
        let mut x = residual_block_2(x, 1024, 256, strides = 2);
        for _ in 0..5 {
            x = residual_block(x, 256);
        }
        let mut x = residual_block_2(x, 2048, 512, strides = 2);
        for _ in 0..2 {
            x = residual_block(x, 512);
        }
        let x = GlobalAveragePooling2D(name = "avg_pool")(x);
        Dense(1000, activation = "softmax", name = "predictions")(x)
    }

    fn residual_block(x, filters) {
        let y = Conv2D(filters, 1)(x);
        let y = BatchNormalization(axis = 3, epsilon = 0.00001001)(y);
        let y = Activation("relu")(y);
        let y = Conv2D(filters, 3, padding = "same")(y);
        let y = BatchNormalization(axis = 3, epsilon = 0.00001001)(y);
        let y = Activation("relu")(y);
        let y = Conv2D(4 * filters, 1)(y);
        let y = BatchNormalization(axis = 3, epsilon = 0.00001001)(y);
        let x = x + y;
        Activation("relu")(x)
    }

    fn residual_block_2(x, filters, filters_2, strides = 1) {
        let y = Conv2D(filters, 1, strides = strides)(x);
        let y = BatchNormalization(axis = 3, epsilon = 0.00001001)(y);
        let x = Conv2D(filters_2, 1, strides = strides)(x);
        let x = BatchNormalization(axis = 3, epsilon = 0.00001001)(x);
        let x = Activation("relu")(x);
        let x = Conv2D(filters_2, 3, padding = "same")(x);
        let x = BatchNormalization(axis = 3, epsilon = 0.00001001)(x);
        let x = Activation("relu")(x);
        let x = Conv2D(filters, 1)(x);
        let x = BatchNormalization(axis = 3, epsilon = 0.00001001)(x);
        let x = y + x;
        Activation("relu")(x)
    }
}
