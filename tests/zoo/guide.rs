//! The models of the Keras functional-API guide, <https://keras.io/guides/functional_api/>.

use functional_model::functional_model;

functional_model! {
    /// The first model of the guide.
    pub model Mlp(inputs: [784]) -> [10] {
        let dense = Dense(64, activation = "relu");
        let x = dense(inputs);
        let x = Dense(64, activation = "relu")(x);
        let outputs = Dense(10)(x);
        outputs
    }

    /// One graph of layers for two models: the whole one.
    pub model GraphAutoencoder(img: [28, 28, 1]) -> (code: [16], decoded: [28, 28, 1]) {
        let x = Conv2D(16, 3, activation = "relu")(img);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = MaxPooling2D(3)(x);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = Conv2D(16, 3, activation = "relu")(x);
        let code = GlobalMaxPooling2D()(x);

        let x = Reshape((4, 4, 1))(code);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        let x = Conv2DTranspose(32, 3, activation = "relu")(x);
        let x = UpSampling2D(3)(x);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        let decoded = Conv2DTranspose(1, 3, activation = "relu")(x);
        (code, decoded)
    }

    /// The encoder of that graph.
    pub model GraphEncoder = GraphAutoencoder { img -> code };

    /// The decoder of that graph.
    pub model GraphDecoder = GraphAutoencoder { code -> decoded };

    /// An encoder of its own.
    pub model Encoder(original_img: [28, 28, 1]) -> [16] {
        let x = Conv2D(16, 3, activation = "relu")(original_img);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = MaxPooling2D(3)(x);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = Conv2D(16, 3, activation = "relu")(x);
        let encoder_output = GlobalMaxPooling2D()(x);
        encoder_output
    }

    /// A decoder of its own.
    pub model Decoder(encoded_img: [16]) -> [28, 28, 1] {
        let x = Reshape((4, 4, 1))(encoded_img);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        let x = Conv2DTranspose(32, 3, activation = "relu")(x);
        let x = UpSampling2D(3)(x);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        let decoder_output = Conv2DTranspose(1, 3, activation = "relu")(x);
        decoder_output
    }

    /// Both chained: all models are callable, just like layers.
    pub model Autoencoder(autoencoder_input: [28, 28, 1]) -> [28, 28, 1] {
        let encoder = Encoder();
        let decoder = Decoder();
        let encoded_img = encoder(autoencoder_input);
        let decoded_img = decoder(encoded_img);
        decoded_img
    }

    /// A member of the ensemble.
    pub model Member(inputs: [128]) -> [1] {
        Dense(1)(inputs)
    }

    /// Three models whose predictions are averaged.
    pub model Ensemble(inputs: [128]) -> [1] {
        let model1 = Member();
        let model2 = Member();
        let model3 = Member();
        let y1 = model1(inputs);
        let y2 = model2(inputs);
        let y3 = model3(inputs);
        Average()([y1, y2, y3])
    }

    /// Customer issue tickets by priority and department; titles and texts come as vectors.
    pub model Tickets(title: [64], body: [128], tags: [12]) -> (priority: [1], department: [4]) {
        let title_features = Dense(128, activation = "relu")(title);
        let body_features = Dense(32, activation = "relu")(body);
        let x = Concatenate()([title_features, body_features, tags]);
        let priority_pred = Dense(1, name = "priority")(x);
        let department_pred = Dense(4, name = "department")(x);
        (priority_pred, department_pred)
    }

    /// The toy ResNet, written out as the guide has it.
    pub model ToyResnet(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(32, 3, activation = "relu")(img);
        let x = Conv2D(64, 3, activation = "relu")(x);
        let block_1_output = MaxPooling2D(3)(x);

        let x = Conv2D(64, 3, activation = "relu", padding = "same")(block_1_output);
        let x = Conv2D(64, 3, activation = "relu", padding = "same")(x);
        let block_2_output = Add()([x, block_1_output]);

        let x = Conv2D(64, 3, activation = "relu", padding = "same")(block_2_output);
        let x = Conv2D(64, 3, activation = "relu", padding = "same")(x);
        let block_3_output = Add()([x, block_2_output]);

        let x = Conv2D(64, 3, activation = "relu")(block_3_output);
        let x = GlobalAveragePooling2D()(x);
        let x = Dense(256, activation = "relu")(x);
        let x = Dropout(0.5)(x);
        Dense(10)(x)
    }

    /// One layer for two inputs.
    pub model SharedLayer(text_a: [100, 16], text_b: [100, 16]) -> (encoded_a: [100, 128], encoded_b: [100, 128]) {
        let shared_embedding = Dense(128);
        let encoded_input_a = shared_embedding(text_a);
        let encoded_input_b = shared_embedding(text_b);
        (encoded_input_a, encoded_input_b)
    }
}

pub const MODELS: &[crate::Entry] = entries![
    Mlp,
    GraphAutoencoder,
    GraphEncoder,
    GraphDecoder,
    Encoder,
    Decoder,
    Autoencoder,
    Member,
    Ensemble,
    Tickets,
    ToyResnet,
    SharedLayer,
];
