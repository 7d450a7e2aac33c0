functional_model! {
    pub model MobileNetV2(img: [224, 224, 3]) -> [1000] {
        let x = conv2d_block(img, 32, 3, 16, strides = 2);
        let x = residual_block(x, 96, 24);
        let x = residual_block(x, 144, 32);
        let y = conv2d_block(x, 192, 1, 32);
        let x = x + y;
        let x = residual_block(x, 192, 64);
        let y = conv2d_block(x, 384, 1, 64);
        let x = x + y;
        let y = conv2d_block(x, 384, 1, 64);
        let x = x + y;
        let x = conv2d_block(x, 384, 1, 96);
        let y = conv2d_block(x, 576, 1, 96);
        let x = x + y;
        let y = conv2d_block(x, 576, 1, 96);
        let x = x + y;
        let x = residual_block(x, 576, 160);
        let y = conv2d_block(x, 960, 1, 160);
        let x = x + y;
        let x = conv2d_block(x, 960, 1, 320);
        let x = Conv2D(1280, 1, use_bias = false)(x);
        let x = BatchNormalization(momentum = 0.999)(x);
        let x = ReLU(6.0)(x);
        let x = GlobalAveragePooling2D()(x);
        Dense(1000, activation = "softmax")(x)
    }

    fn conv2d_block(x, filters, kernel_size, filters_2, strides = 1) {
        let x = Conv2D(filters, kernel_size, strides = strides, padding = "same", use_bias = false)(x);
        let x = BatchNormalization(momentum = 0.999)(x);
        let x = ReLU(6.0)(x);
        let x = DepthwiseConv2D(3, padding = "same", use_bias = false)(x);
        let x = BatchNormalization(momentum = 0.999)(x);
        let x = ReLU(6.0)(x);
        let x = Conv2D(filters_2, 1, padding = "same", use_bias = false)(x);
        BatchNormalization(momentum = 0.999)(x)
    }

    fn residual_block(x, filters, filters_2) {
        let x = Conv2D(filters, 1, padding = "same", use_bias = false)(x);
        let x = BatchNormalization(momentum = 0.999)(x);
        let x = ReLU(6.0)(x);
        let x = ZeroPadding2D(((0, 1), (0, 1)))(x);
        let x = DepthwiseConv2D(3, strides = 2, use_bias = false)(x);
        let x = BatchNormalization(momentum = 0.999)(x);
        let x = ReLU(6.0)(x);
        let x = Conv2D(filters_2, 1, padding = "same", use_bias = false)(x);
        let x = BatchNormalization(momentum = 0.999)(x);
        let y = conv2d_block(x, 6 * filters_2, 1, filters_2);
        x + y
    }
}
