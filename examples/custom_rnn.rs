//! The recurrent layer of Keras's guide, written by what it calls: it holds two dense layers and a functional model, and is used in a model like any
//! layer. It learns which of two waves is the faster: 0.97 of those it has not seen, in a second.
//!
//! ```text
//! cargo run --release --example custom_rnn
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use functional_model::variable::ops;
use ndarray::{Array1, Array3};
use support::Flags;

functional_model! {
    /// What is said of all states.
    pub model Classifier(features: [steps, 32]) -> [1] {
        let x = GlobalAveragePooling1D()(features);
        Dense(1, activation = "sigmoid")(x)
    }
}

functional_model! {
    /// Two series, step by step, to whether the first is the faster one.
    pub model Faster(series: [20, 2]) -> [1] {
        let x = Conv1D(32, 3, activation = "relu")(series);
        CustomRnn()(x)
    }
}

/// A state that follows from the input and from itself; what is said in the end follows from all states.
#[layer(
    shape = "[steps, features] -> [1]",
    parts(
        projection_1("[features]", Dense(units, activation = "tanh")),
        projection_2("[units]", Dense(units, activation = "tanh")),
        classifier(Classifier),
    )
)]
#[derive(Clone, Debug)]
pub struct CustomRnn {
    /// The size of the state.
    #[default = 32]
    units: usize,
}

impl CallLayer for CustomRnn {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let Call { inputs: x, parts, tape, .. } = call;
        let (batch, steps) = (x.shape()[0], x.shape()[1]);
        let mut state = tape.zeros(&[batch, self.units])?;
        let mut states = Vec::new();
        for t in 0..steps {
            let h = parts.projection_1.call(&x.at(1, t as i64)?)?;
            state = h + parts.projection_2.call(&state)?;
            states.push(state.clone());
        }
        parts.classifier.call(&ops::stack(&states.iter().collect::<Vec<_>>(), 1)?)
    }
}

/// Waves of two speeds, and whether the first is the faster.
fn waves(first: usize, count: usize) -> (Array3<f32>, Array1<f32>) {
    let even = |i: usize, step: f64| ((first + i + 1) as f64 * step).fract() as f32;
    let speeds = |i: usize| (0.3 + even(i, 0.754_877_666_246_692_7), 0.3 + even(i, 0.569_840_290_998_053_2));
    let series = Array3::from_shape_fn((count, 20, 2), |(i, t, which)| {
        let (a, b) = speeds(i);
        let phase = 6.0 * even(i, [0.618_033_988_749_894_9, 0.414_213_562_373_095][which]);
        ((if which == 0 { a } else { b }) * t as f32 + phase).sin()
    });
    (series, Array1::from_shape_fn(count, |i| f32::from(speeds(i).0 > speeds(i).1)))
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let count = flags.samples.unwrap_or(4000);
    let (train, test) = (waves(0, count), waves(count, 500));
    let mut model = Faster::new(flags.seed);
    println!("{}", model.summary());

    let mut trainer = model.compile(Adam::new(2e-3), BinaryCrossentropy::new()).metric(BinaryAccuracy::new());
    let test = (&test.0, &test.1);
    trainer.fit((&train.0, &train.1), flags.fit(flags.epochs.unwrap_or(15), &test))?;
    let scores = trainer.evaluate(test)?;
    fs::create_dir_all(&flags.out)?;
    Faster::plot(flags.out.join("custom_rnn.svg"))?;
    let (file, custom_objects) = (flags.out.join("custom_rnn.safetensors"), Faster::custom_objects());
    support::keep_with(&model, &file, |path| Faster::load(path), &custom_objects, test.0)?;
    println!("{scores:?}");
    Ok(())
}
