//! Sequences and patches.

use functional_model::functional_model;

functional_model! {
    /// Kim 2014, on words that are vectors already: windows of several widths, the largest answer of each.
    pub model TextCnn(words: [50, 300]) -> [2] {
        let three = GlobalMaxPooling1D()(Conv1D(100, 3, activation = "relu")(words));
        let four = GlobalMaxPooling1D()(Conv1D(100, 4, activation = "relu")(words));
        let five = GlobalMaxPooling1D()(Conv1D(100, 5, activation = "relu")(words));
        let x = Dropout(0.5)(Concatenate()([three, four, five]));
        Dense(2, activation = "softmax")(x)
    }

    /// Bai and others 2018: dilated causal convolutions.
    pub model TemporalConvolutions(x: [128, 4]) -> [128, 1] {
        let mut x = Conv1D(32, 1)(x);
        for rate in [1, 2, 4, 8, 16] {
            let y = Conv1D(32, 3, padding = "causal", dilation_rate = rate, activation = "relu")(x);
            let y = Dropout(0.1)(y);
            let y = Conv1D(32, 3, padding = "causal", dilation_rate = rate, activation = "relu")(y);
            x += y;
        }
        Dense(1)(x)
    }

    /// van den Oord and others 2016: gates, and all that was skipped, summed.
    pub model WaveNet(wave: [256, 1]) -> [256, 256] {
        let mut x = Conv1D(32, 2, padding = "causal")(wave);
        let mut skipped = Conv1D(64, 1)(x);
        for rate in [1, 2, 4, 8] {
            let gate = Conv1D(32, 2, padding = "causal", dilation_rate = rate, activation = "sigmoid")(x);
            let filter = Conv1D(32, 2, padding = "causal", dilation_rate = rate, activation = "tanh")(x);
            let z = gate * filter;
            skipped += Conv1D(64, 1)(z);
            x += Conv1D(32, 1)(z);
        }
        let x = Activation("relu")(skipped);
        Conv1D(256, 1, activation = "softmax")(Conv1D(64, 1, activation = "relu")(x))
    }

    /// Fawaz and others' residual network for time series.
    pub model TimeSeriesResnet(series: [150, 3]) -> [5] {
        let x = time_block(series, 64, true);
        let x = time_block(x, 128, true);
        let x = time_block(x, 128, widened = false);
        Dense(5, activation = "softmax")(GlobalAveragePooling1D()(x))
    }

    fn time_block(x, filters, widened) {
        let mut y = x;
        for (kernel_size, is_last) in [(8, false), (5, false), (3, true)] {
            y = BatchNormalization()(Conv1D(filters, kernel_size, padding = "same")(y));
            if !is_last {
                y = Activation("relu")(y);
            }
        }
        let skip = if widened { BatchNormalization()(Conv1D(filters, 1)(x)) } else { BatchNormalization()(x) };
        Activation("relu")(skip + y)
    }

    /// A U-Net of sequences.
    pub model SequenceUNet(x: [64, 2]) -> [64, 1] {
        let a = Conv1D(16, 3, padding = "same", activation = "relu")(x);
        let b = Conv1D(32, 3, padding = "same", activation = "relu")(MaxPooling1D(2)(a));
        let c = Conv1D(64, 3, padding = "same", activation = "relu")(AveragePooling1D(2)(b));
        let d = Conv1D(32, 3, padding = "same", activation = "relu")(Concatenate()([UpSampling1D(2)(c), b]));
        let e = Conv1D(16, 3, padding = "same", activation = "relu")(Concatenate()([UpSampling1D(2)(d), a]));
        Cropping1D(1)(ZeroPadding1D(1)(Dense(1)(e)))
    }

    const PATCHES: usize = 8 * 8;
    const HIDDEN: usize = 64;

    /// Tolstikhin and others 2021: perceptrons across patches, then across channels.
    pub model MlpMixer(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(HIDDEN, 4, strides = 4)(img);
        let mut x = Reshape([PATCHES, HIDDEN])(x);
        for _ in 0..4 {
            let y = Permute([2, 1])(LayerNormalization(epsilon = 1e-6)(x));
            let y = Permute([2, 1])(perceptron(y, PATCHES));
            x += y;
            x += perceptron(LayerNormalization(epsilon = 1e-6)(x), HIDDEN);
        }
        Dense(10)(GlobalAveragePooling1D()(LayerNormalization(epsilon = 1e-6)(x)))
    }

    fn perceptron(x, units) {
        Dense(units)(Dense(2 * units, activation = "gelu")(x))
    }

    /// Trockman and Kolter 2022: "patches are all you need".
    pub model ConvMixer(img: [32, 32, 3]) -> [10] {
        let x = Rescaling(1e0)(img);
        let mut x = after(Conv2D(256, 2, strides = 2)(x));
        for _ in 0..8 {
            let x0 = x;
            x = after(DepthwiseConv2D(5, padding = "same")(x)) + x0;
            x = after(Conv2D(256, 1)(x));
        }
        Dense(10, activation = "softmax")(GlobalAveragePooling2D()(x))
    }

    fn after(x) {
        BatchNormalization()(Activation("gelu")(x))
    }

    /// A code, repeated for each step.
    pub model SequenceDecoder(code: [8]) -> [20, 3] {
        let x = RepeatVector(20)(code);
        Dense(3)(Conv1D(16, 5, padding = "same", activation = "elu")(x))
    }
}

pub const MODELS: &[crate::Entry] =
    entries![TextCnn, TemporalConvolutions, WaveNet, TimeSeriesResnet, SequenceUNet, MlpMixer, ConvMixer, SequenceDecoder,];
