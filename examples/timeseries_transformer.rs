//! A transformer's encoder that tells series of measurements apart, after Keras's example of the same name.
//!
//! ```text
//! cargo run --release --example timeseries_transformer                  # signals of an engine, made up
//! cargo run --release --example timeseries_transformer -- --data FordA
//! ```
//!
//! A folder of the UCR archive has `NAME_TRAIN.tsv` and `NAME_TEST.tsv`: a line for each series, its class first. The model takes series of any
//! number of steps. Sources: <https://keras.io/examples/timeseries/timeseries_classification_transformer/>; Vaswani et al. 2017,
//! <https://arxiv.org/abs/1706.03762>.

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// Two classes of series, of any number of steps.
    pub model SeriesTransformer(series: [steps, 1]) -> [2] {
        let mut x = Conv1D(24, 7, padding = "same", activation = "relu")(series);
        for _ in 0..2 {
            x = encoder(x, 24);
        }
        let x = GlobalMaxPooling1D()(x);
        let x = Dropout(0.2)(Dense(64, activation = "relu")(x));
        Dense(2)(x)
    }

    /// Attention, then a perceptron for each step, both with a way around.
    fn encoder(x, features) {
        let y = LayerNormalization(epsilon = 1e-6)(x);
        let x = x + Dropout(0.1)(MultiHeadAttention(4, 8, dropout = 0.1)(y, y));
        let y = LayerNormalization(epsilon = 1e-6)(x);
        let y = Conv1D(2 * features, 1, activation = "relu")(y);
        x + Conv1D(features, 1)(Dropout(0.1)(y))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::series::engines(&flags, 2000)?;
    println!("{}", SeriesTransformer::summary());

    let mut model = SeriesTransformer::new(flags.seed);
    let mut trainer = model.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    let ((x, y), (test_x, test_y)) = (&train, &test);
    trainer.fit((x, y), flags.fit(flags.epochs.unwrap_or(12), &(test_x, test_y)))?;
    let scores = trainer.evaluate((test_x, test_y))?;

    fs::create_dir_all(&flags.out)?;
    SeriesTransformer::plot(flags.out.join("timeseries_transformer.svg"))?;
    let file = flags.out.join("timeseries_transformer.safetensors");
    support::keep(&model, &file, |path| SeriesTransformer::load(path), test_x)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
