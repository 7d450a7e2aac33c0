//! Models whose inputs have any size along an axis.

use functional_model::functional_model;

functional_model! {
    /// The Keras guide's text classifier: words of any number, bidirectional by going through them both ways.
    pub model TextClassifier(words: i32[length]) -> [1] {
        let x = Embedding(20_000, 128)(words);
        let forth = LSTM(64)(x);
        let back = LSTM(64, go_backwards = true)(x);
        Dense(1, activation = "sigmoid")(Concatenate()([forth, back]))
    }

    /// Long's fully convolutional way: a class for every pixel of images of any size.
    pub model PixelClasses(image: [height, width, 3]) -> [height, width, 21] {
        let mut x = image;
        for filters in [32, 64, 64] {
            x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
        }
        Conv2D(21, 1, activation = "softmax")(x)
    }

    /// A U-Net for images whose sides are multiples of 8: the sizes are compared as formulas.
    pub model UNetOfAnySize(image: [8 * rows, 8 * columns, 1]) -> [8 * rows, 8 * columns, 2] {
        let a = twice(image, 16);
        let b = twice(MaxPooling2D(2)(a), 32);
        let c = twice(MaxPooling2D(2)(b), 64);
        let d = twice(MaxPooling2D(2)(c), 128);
        let x = up(d, c, 64);
        let x = up(x, b, 32);
        let x = up(x, a, 16);
        Conv2D(2, 1)(x)
    }

    fn twice(x, filters) {
        let x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
        Conv2D(filters, 3, padding = "same", activation = "relu")(x)
    }

    fn up(x, skipped, filters) {
        let x = Conv2DTranspose(filters, 2, strides = 2)(x);
        twice(Concatenate()([skipped, x]), filters)
    }

    /// Shi's convolutional recurrent network: lines of text of one height and any width.
    pub model LineReader(line: [32, 4 * width, 1]) -> [width, 80] {
        let x = Conv2D(32, 3, padding = "same", activation = "relu")(line);
        let x = MaxPooling2D(2)(x);
        let x = Conv2D(64, 3, padding = "same", activation = "relu")(x);
        let x = MaxPooling2D(2)(x);
        let x = Permute([2, 1, 3])(x);
        let x = Reshape([-1, 512])(x);
        let x = GRU(64, return_sequences = true)(x);
        Dense(80, activation = "softmax")(x)
    }

    /// Two texts of different lengths, read by one encoder.
    pub model Paraphrase(left: i32[a], right: i32[b]) -> [1] {
        let encoder = SentenceEncoder();
        let (left, right) = (encoder(left), encoder(right));
        Dense(1, activation = "sigmoid")(Concatenate()([left, right, left * right]))
    }

    pub model SentenceEncoder(words: i32[length]) -> [96] {
        let x = Embedding(5_000, 48)(words);
        let x = Conv1D(96, 3, padding = "same", activation = "relu")(x);
        GlobalMaxPooling1D()(x)
    }

    /// Speech: every frame is what ten samples come to, and its label looks back only.
    pub model Speech(samples: [10 * frames, 1]) -> [frames, 40] {
        let mut x = Conv1D(64, 10, strides = 10)(samples);
        for rate in [1, 2, 4] {
            x += Conv1D(64, 3, padding = "causal", dilation_rate = rate, activation = "relu")(LayerNormalization()(x));
        }
        Dense(40)(x)
    }
}

pub const MODELS: &[super::Entry] =
    entries![TextClassifier, PixelClasses, UNetOfAnySize, LineReader, Paraphrase, SentenceEncoder, Speech,];
