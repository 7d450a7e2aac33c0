//! Models whose sizes are constants of the code around, as programs have them in one place.

#![deny(dead_code)] // a constant is used where a model uses it

use functional_model::functional_model;

/// How many words there are, and how many of them a text has.
const VOCABULARY: usize = 5_000;
const LENGTH: usize = 120;
const CLASSES: usize = 46;

/// What a whole program agrees on.
mod sizes {
    pub const SIDE: usize = 32;
    pub const CHANNELS: usize = 3;
    pub const LATENT: usize = 24;
    pub const HIDDEN: usize = 2 * LATENT;
}

/// Settings that belong to a type.
struct Sensors;

impl Sensors {
    const STEPS: usize = 60;
    const COUNT: usize = 7;
}

functional_model! {
    /// Sorts news by what they are about.
    pub model News(words: i32[LENGTH]) -> [CLASSES] {
        let x = Embedding(VOCABULARY + 1, 64)(words);
        let x = Dropout(0.2)(Conv1D(128, 5, activation = "relu")(x));
        let x = GlobalMaxPooling1D()(x);
        Dense(CLASSES, activation = "softmax")(Dense(64, activation = "relu")(x))
    }

    /// Makes small images into codes, and back.
    pub model Images(image: [sizes::SIDE, sizes::SIDE, sizes::CHANNELS]) -> (image: [sizes::SIDE, sizes::SIDE, sizes::CHANNELS], code: [sizes::LATENT]) {
        let code = ImageEncoder()(image);
        (ImageDecoder()(code), code)
    }

    pub model ImageEncoder(image: [sizes::SIDE, sizes::SIDE, sizes::CHANNELS]) -> [sizes::LATENT] {
        let mut x = image;
        for filters in [sizes::LATENT, sizes::HIDDEN] {
            x = Conv2D(filters, 3, strides = 2, padding = "same", activation = "relu")(x);
        }
        Dense(sizes::LATENT)(Flatten()(x))
    }

    pub model ImageDecoder(code: [sizes::LATENT]) -> [sizes::SIDE, sizes::SIDE, sizes::CHANNELS] {
        let x = Dense(sizes::SIDE / 4 * (sizes::SIDE / 4) * sizes::HIDDEN, activation = "relu")(code);
        let x = Reshape([sizes::SIDE / 4, sizes::SIDE / 4, sizes::HIDDEN])(x);
        let x = Conv2DTranspose(sizes::HIDDEN, 3, strides = 2, padding = "same", activation = "relu")(x);
        let x = Conv2DTranspose(sizes::LATENT, 3, strides = 2, padding = "same", activation = "relu")(x);
        Conv2D(sizes::CHANNELS, 3, padding = "same", activation = "sigmoid")(x)
    }

    /// Foretells what sensors will show, from what they have shown.
    pub model Forecast(past: [Sensors::STEPS, Sensors::COUNT], place: [4]) -> [Sensors::COUNT] {
        let x = GRU(HIDDEN_UNITS, return_sequences = true)(past);
        let x = LSTM(HIDDEN_UNITS)(x);
        let x = Concatenate()([x, Dense(Sensors::COUNT, activation = "relu")(place)]);
        let x = residual(x, HIDDEN_UNITS + Sensors::COUNT);
        Dense(Sensors::COUNT)(residual(x, HIDDEN_UNITS + Sensors::COUNT))
    }

    /// Adds what two layers make of something to it.
    fn residual(x, units, times = 2) {
        let y = Dense(times * units, activation = "relu")(x);
        LayerNormalization()(x + Dense(units)(y))
    }

    const HIDDEN_UNITS: usize = 4 * Sensors::COUNT;

    /// One layer after the other.
    pub model Layered(image: [sizes::SIDE, sizes::SIDE]) -> [CLASSES] = Sequential([
        Flatten(),
        Dense(sizes::HIDDEN, activation = "relu"),
        Dropout(0.3),
        Dense(CLASSES),
    ]);

    /// What the encoder sees half-way.
    pub model HalfWay = ImageEncoder { image -> conv2d };
}

pub const MODELS: &[super::Entry] = entries![News, Images, ImageEncoder, ImageDecoder, Forecast, Layered, HalfWay,];
