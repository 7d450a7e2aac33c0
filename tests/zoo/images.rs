//! Images out of images, and out of codes.

use functional_model::functional_model;

functional_model! {
    /// Ronneberger and others 2015, with padding: what is concatenated keeps its size.
    pub model UNet(img: [128, 128, 1]) -> [128, 128, 2] {
        let skip1 = double(img, 64);
        let skip2 = double(MaxPooling2D(2)(skip1), 128);
        let skip3 = double(MaxPooling2D(2)(skip2), 256);
        let skip4 = double(MaxPooling2D(2)(skip3), 512);
        let mut x = double(MaxPooling2D(2)(skip4), 1024);
        for (skip, filters) in [(skip4, 512), (skip3, 256), (skip2, 128), (skip1, 64)] {
            x = Conv2DTranspose(filters, 2, strides = 2)(x);
            x = double(Concatenate()([skip, x]), filters);
        }
        Conv2D(2, 1, activation = "softmax")(x)
    }

    fn double(x, filters) {
        let x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
        Conv2D(filters, 3, padding = "same", activation = "relu")(x)
    }

    /// The paper's U-Net: nothing is padded, and what is concatenated is cropped.
    pub model UNetCropped(img: [572, 572, 1]) -> [388, 388, 2] {
        let skip1 = unpadded(img, 64);
        let skip2 = unpadded(MaxPooling2D()(skip1), 128);
        let skip3 = unpadded(MaxPooling2D()(skip2), 256);
        let skip4 = unpadded(MaxPooling2D()(skip3), 512);
        let x = unpadded(MaxPooling2D()(skip4), 1024);
        let x = joined(x, skip4, 512, 4);
        let x = joined(x, skip3, 256, 16);
        let x = joined(x, skip2, 128, 40);
        let x = joined(x, skip1, 64, 88);
        Conv2D(2, 1)(x)
    }

    fn unpadded(x, filters) {
        Conv2D(filters, 3, activation = "relu")(Conv2D(filters, 3, activation = "relu")(x))
    }

    fn joined(x, skip, filters, crop) {
        let x = Conv2DTranspose(filters, 2, strides = 2)(x);
        unpadded(Concatenate()([Cropping2D(crop)(skip), x]), filters)
    }

    /// Radford and others 2015: an image made of noise.
    pub model DcganGenerator(noise: [100]) -> [64, 64, 3] {
        let x = Dense(4 * 4 * 1024, use_bias = false)(noise);
        let x = Reshape([4, 4, 1024])(x);
        let mut x = ReLU()(BatchNormalization()(x));
        for filters in [512, 256, 128] {
            x = Conv2DTranspose(filters, 5, strides = 2, padding = "same", use_bias = false)(x);
            x = ReLU()(BatchNormalization()(x));
        }
        Conv2DTranspose(3, 5, strides = 2, padding = "same", activation = "tanh")(x)
    }

    /// What tells made images from true ones.
    pub model DcganDiscriminator(img: [64, 64, 3]) -> [1] {
        let x = Conv2D(128, 5, strides = 2, padding = "same")(img);
        let mut x = LeakyReLU(0.2)(x);
        for filters in [256, 512, 1024] {
            x = Conv2D(filters, 5, strides = 2, padding = "same", use_bias = false)(x);
            x = LeakyReLU(0.2)(BatchNormalization()(x));
        }
        Dense(1)(Flatten()(x))
    }

    /// Both, to train the generator by the frozen discriminator.
    pub model Dcgan(noise: [100]) -> (img: [64, 64, 3], verdict: [1]) {
        let img = DcganGenerator()(noise);
        let verdict = DcganDiscriminator(trainable = false)(img);
        (img, verdict)
    }

    /// Keras's small GAN for digits, in sequence.
    pub model DigitDiscriminator(img: [28, 28, 1]) -> [1] = Sequential([
        Conv2D(64, (3, 3), strides = (2, 2), padding = "same"),
        LeakyReLU(0.2),
        Conv2D(128, (3, 3), strides = (2, 2), padding = "same"),
        LeakyReLU(0.2),
        GlobalMaxPooling2D(),
        Dense(1),
    ]);

    /// The digits' generator.
    pub model DigitGenerator(latent: [128]) -> [28, 28, 1] = Sequential([
        Dense(7 * 7 * 128),
        LeakyReLU(0.2),
        Reshape((7, 7, 128)),
        Conv2DTranspose(128, (4, 4), strides = (2, 2), padding = "same"),
        LeakyReLU(0.2),
        Conv2DTranspose(128, (4, 4), strides = (2, 2), padding = "same"),
        LeakyReLU(0.2),
        Conv2D(1, (7, 7), padding = "same", activation = "sigmoid"),
    ]);

    /// Keras's convolutional autoencoder that removes noise.
    pub model Denoiser(noisy: [28, 28, 1]) -> [28, 28, 1] {
        let x = Conv2D(32, (3, 3), activation = "relu", padding = "same")(noisy);
        let x = MaxPooling2D((2, 2), padding = "same")(x);
        let x = Conv2D(32, (3, 3), activation = "relu", padding = "same")(x);
        let encoded = MaxPooling2D((2, 2), padding = "same")(x);
        let x = Conv2DTranspose(32, (3, 3), strides = 2, activation = "relu", padding = "same")(encoded);
        let x = Conv2DTranspose(32, (3, 3), strides = 2, activation = "relu", padding = "same")(x);
        Conv2D(1, (3, 3), activation = "sigmoid", padding = "same")(x)
    }

    /// The two outputs of a variational encoder.
    pub model VariationalEncoder(img: [28, 28, 1]) -> (z_mean: [2], z_log_var: [2]) {
        let x = Conv2D(32, 3, activation = "relu", strides = 2, padding = "same")(img);
        let x = Conv2D(64, 3, activation = "relu", strides = 2, padding = "same")(x);
        let x = Flatten()(x);
        let x = Dense(16, activation = "relu")(x);
        let z_mean = Dense(2, name = "z_mean")(x);
        let z_log_var = Dense(2, name = "z_log_var")(x);
        (z_mean, z_log_var)
    }

    /// Dong and others 2014.
    pub model Srcnn(img: [33, 33, 1]) -> [33, 33, 1] = Sequential([
        Conv2D(64, 9, padding = "same", activation = "relu"),
        Conv2D(32, 1, activation = "relu"),
        Conv2D(1, 5, padding = "same"),
    ]);

    /// Dong and others 2016: three times larger at the end.
    pub model Fsrcnn(img: [20, 20, 1]) -> [60, 60, 1] {
        let x = PReLU(shared_axes = [1, 2])(Conv2D(56, 5, padding = "same")(img));
        let mut x = PReLU(shared_axes = [1, 2])(Conv2D(12, 1)(x));
        for _ in 0..4 {
            x = PReLU(shared_axes = [1, 2])(Conv2D(12, 3, padding = "same")(x));
        }
        let x = PReLU(shared_axes = [1, 2])(Conv2D(56, 1)(x));
        Conv2DTranspose(1, 9, strides = 3, padding = "same")(x)
    }

    /// Long and others 2014, small: scores of three sizes are summed.
    pub model FullyConvolutional(img: [64, 64, 3]) -> [64, 64, 21] {
        let pool1 = MaxPooling2D()(Conv2D(32, 3, padding = "same", activation = "relu")(img));
        let pool2 = MaxPooling2D()(Conv2D(64, 3, padding = "same", activation = "relu")(pool1));
        let pool3 = MaxPooling2D()(Conv2D(128, 3, padding = "same", activation = "relu")(pool2));
        let score3 = Conv2DTranspose(21, 4, strides = 2, padding = "same")(Conv2D(21, 1)(pool3));
        let score2 = Conv2DTranspose(21, 4, strides = 2, padding = "same")(score3 + Conv2D(21, 1)(pool2));
        let score1 = score2 + Conv2D(21, 1)(pool1);
        Softmax()(Conv2DTranspose(21, 4, strides = 2, padding = "same")(score1))
    }

    /// Johnson and others 2016: an image in another style.
    pub model StyleTransfer(img: [64, 64, 3]) -> [64, 64, 3] {
        let mut x = styled(img, 32, 9, 1);
        x = styled(x, 64, 3, 2);
        x = styled(x, 128, 3, 2);
        for _ in 0..5 {
            let y = styled(x, 128, 3, 1);
            x += LayerNormalization()(Conv2D(128, 3, padding = "same")(y));
        }
        for filters in [64, 32] {
            x = styled(UpSampling2D(2, interpolation = "bilinear")(x), filters, 3, 1);
        }
        Rescaling(127.5, offset = 127.5)(Conv2D(3, 9, padding = "same", activation = "tanh")(x))
    }

    fn styled(x, filters, kernel_size, strides) {
        let x = Conv2D(filters, kernel_size, strides = strides, padding = "same")(x);
        ReLU()(LayerNormalization()(x))
    }

    /// Chen and others 2017, small: one image seen through windows of several widths.
    pub model AtrousPyramid(img: [32, 32, 16]) -> [32, 32, 5] {
        let near = Conv2D(8, 1, activation = "relu")(img);
        let rate6 = Conv2D(8, 3, dilation_rate = 6, padding = "same", activation = "relu")(img);
        let rate12 = Conv2D(8, 3, dilation_rate = 12, padding = "same", activation = "relu")(img);
        let whole = GlobalAveragePooling2D(keepdims = true)(img);
        let whole = UpSampling2D((32, 32), interpolation = "bilinear")(Conv2D(8, 1)(whole));
        Conv2D(5, 1)(Concatenate()([near, rate6, rate12, whole]))
    }
}

pub const MODELS: &[crate::Entry] = entries![
    UNet,
    UNetCropped,
    DcganGenerator,
    DcganDiscriminator,
    Dcgan,
    DigitDiscriminator,
    DigitGenerator,
    Denoiser,
    VariationalEncoder,
    Srcnn,
    Fsrcnn,
    FullyConvolutional,
    StyleTransfer,
    AtrousPyramid,
];
