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
use std::path::Path;

use functional_model::prelude::*;
use functional_model::random::Random;
use ndarray::{Array1, Array3};
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

/// Series and their classes.
type Examples = (Array3<f32>, Array1<i32>);

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = match &flags.data {
        Some(folder) => (read(folder, "_TRAIN.tsv")?, read(folder, "_TEST.tsv")?),
        None => {
            let samples = flags.samples.unwrap_or(2000);
            (signals(samples, flags.seed), signals(samples.div_ceil(5), flags.seed.wrapping_add(1)))
        }
    };
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

/// The noise of an engine, in 96 steps; in the second class it misfires for a while: some of it is twice as fast.
fn signals(samples: usize, seed: u64) -> Examples {
    const STEPS: usize = 96;
    let mut random = Random::new(seed);
    let mut series = Array3::zeros((samples, STEPS, 1));
    let labels = Array1::from_shape_fn(samples, |i| i32::from(i % 2 == 1));
    for (mut signal, &label) in series.outer_iter_mut().zip(&labels) {
        let (frequency, loudness) = (random.uniform(0.25, 0.45), random.uniform(0.7, 1.3));
        let mut phase = random.uniform(0.0, std::f64::consts::TAU);
        let misfires = random.uniform(0.0, STEPS as f64 - 24.0) as usize;
        for step in 0..STEPS {
            let is_fast = label == 1 && (misfires..misfires + 24).contains(&step);
            phase += if is_fast { 2.0 * frequency } else { frequency };
            signal[[step, 0]] = (loudness * phase.sin() + 0.3 * random.normal()) as f32;
        }
    }
    (series, labels)
}

/// The file of a folder whose name ends so.
fn read(folder: &Path, ending: &str) -> Result<Examples, Box<dyn Error>> {
    let files = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let file = files.into_iter().find(|path| path.to_string_lossy().ends_with(ending));
    let file = file.ok_or_else(|| format!("`{}` has no file `NAME{ending}`", folder.display()))?;
    let (mut labels, mut numbers) = (Vec::new(), Vec::new());
    for (line, text) in fs::read_to_string(&file)?.lines().enumerate() {
        let row: Result<Vec<f32>, _> = text.split('\t').map(|number| number.trim().parse()).collect();
        let row = row.map_err(|error| format!("line {} of `{}`: {error}", line + 1, file.display()))?;
        let [label, steps @ ..] = row.as_slice() else { continue };
        labels.push(i32::from(*label > 0.0));
        numbers.extend_from_slice(steps);
    }
    let steps = numbers.len() / labels.len().max(1);
    let series = Array3::from_shape_vec((labels.len(), steps, 1), numbers)?;
    Ok((series, labels.into()))
}
