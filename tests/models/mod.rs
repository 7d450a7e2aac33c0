//! The models of the work set, for tests and benchmarks.
#![allow(dead_code)] // no program uses all of them

use functional_model::functional_model;

functional_model! {
    /// The toy ResNet of the Keras functional-API guide.
    pub model ToyResnet(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(32, 3, activation = "relu")(img);
        let x = Conv2D(64, 3, activation = "relu")(x);
        let block_1 = MaxPooling2D(3)(x);

        let block_2 = residual(block_1, 64);
        let block_3 = residual(block_2, 64);

        let x = Conv2D(64, 3, activation = "relu")(block_3);
        let x = GlobalAveragePooling2D()(x);
        let x = Dense(256, activation = "relu")(x);
        let x = Dropout(0.5)(x);
        Dense(10)(x)
    }

    /// Two convolutions that keep the size, and a skip connection.
    fn residual(input, filters) {
        let x = Conv2D(filters, 3, activation = "relu", padding = "same")(input);
        let x = Conv2D(filters, 3, activation = "relu", padding = "same")(x);
        x + input
    }

    /// The perceptron of the Keras functional-API guide.
    pub model Mlp(x: [784]) -> [10] {
        let x = Dense(64, activation = "relu")(x);
        let x = Dense(64, activation = "relu")(x);
        Dense(10)(x)
    }
}
