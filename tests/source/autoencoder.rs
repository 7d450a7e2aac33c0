functional_model! {
    pub model Autoencoder(autoencoder_input: [28, 28, 1]) -> [28, 28, 1] {
        let x = Encoder()(autoencoder_input);
        Decoder()(x)
    }

    pub model Decoder(encoded_img: [16]) -> [28, 28, 1] {
        let x = Reshape([4, 4, 1])(encoded_img);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        let x = Conv2DTranspose(32, 3, activation = "relu")(x);
        let x = UpSampling2D(3)(x);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        Conv2DTranspose(1, 3, activation = "relu")(x)
    }

    pub model Encoder(original_img: [28, 28, 1]) -> [16] {
        let x = Conv2D(16, 3, activation = "relu")(original_img);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = MaxPooling2D(3)(x);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = Conv2D(16, 3, activation = "relu")(x);
        GlobalMaxPooling2D()(x)
    }
}
