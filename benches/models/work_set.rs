//! The models of the work set that tests do not have: what the peers run, word for word; and numbers that they are given.

use functional_model::prelude::*;
use functional_model::random::Random;
use ndarray::{Array, Dimension, ShapeBuilder};

/// Random numbers from 0 to 1, the same in every run.
pub fn random<D: Dimension>(shape: impl ShapeBuilder<Dim = D>) -> Array<f32, D> {
    let mut random = Random::new(1);
    Array::from_shape_simple_fn(shape, || random.unit() as f32)
}

functional_model! {
    /// The autoencoder of the guide, in one piece.
    pub model Autoencoder(img: [28, 28, 1]) -> [28, 28, 1] {
        let x = Conv2D(16, 3, activation = "relu")(img);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = MaxPooling2D(3)(x);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = Conv2D(16, 3, activation = "relu")(x);
        let x = Reshape([4, 4, 1])(GlobalMaxPooling2D()(x));
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        let x = Conv2DTranspose(32, 3, activation = "relu")(x);
        let x = UpSampling2D(3)(x);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        Conv2DTranspose(1, 3, activation = "relu")(x)
    }

    /// The customer tickets of the guide.
    pub model Ticket(title: i32[title_words], body: i32[body_words], tags: [12]) -> (priority: [1], department: [4]) {
        let title = LSTM(128)(Embedding(10000, 64)(title));
        let body = LSTM(32)(Embedding(10000, 64)(body));
        let x = Concatenate()([title, body, tags]);
        (Dense(1)(x), Dense(4)(x))
    }

    /// The transformer of Keras's example of time series, for 128 steps of 8 numbers.
    pub model Transformer(series: [128, 8]) -> [2] {
        let mut x = series;
        for _ in 0..4 {
            x = encoder(x);
        }
        let x = Dense(128, activation = "relu")(GlobalAveragePooling1D()(x));
        Dense(2)(Dropout(0.4)(x))
    }

    /// Attention, then a perceptron for each step, both with a way around.
    fn encoder(x) {
        let y = LayerNormalization(epsilon = 1e-6)(x);
        let x = x + MultiHeadAttention(4, 256, dropout = 0.25)(y, y);
        let y = LayerNormalization(epsilon = 1e-6)(x);
        let y = Conv1D(4, 1, activation = "relu")(y);
        x + Conv1D(8, 1)(Dropout(0.25)(y))
    }

    /// Simonyan and Zisserman's network of 19 layers with weights.
    pub model Vgg19(img: [224, 224, 3]) -> [1000] {
        let mut x = img;
        for (filters, count) in [(64, 2), (128, 2), (256, 4), (512, 4), (512, 4)] {
            for _ in 0..count {
                x = Conv2D(filters, 3, activation = "relu", padding = "same")(x);
            }
            x = MaxPooling2D(2)(x);
        }
        let x = Dense(4096, activation = "relu")(Flatten()(x));
        Dense(1000, activation = "softmax")(Dense(4096, activation = "relu")(x))
    }
}
