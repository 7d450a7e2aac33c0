//! A multilayer perceptron on MNIST's digits: trained, evaluated, drawn, saved and loaded.
//!
//! ```text
//! cargo run --release --example mnist_mlp                  # images of shapes, made up, in grey
//! cargo run --release --example mnist_mlp -- --data mnist
//! ```
//!
//! A folder with MNIST's test images alone serves too: the last fifth of them is then what the model is tested on.

mod support;

use std::error::Error;
use std::fs;
use std::path::Path;

use functional_model::datasets::GreyImages;
use functional_model::prelude::*;
use ndarray::{Axis, s};
use support::Flags;

functional_model! {
    /// The perceptron of the Keras functional-API guide: two hidden layers of 64 units.
    pub model Mlp(x: [784]) -> [10] {
        let x = Dense(64, activation = "relu")(x);
        let x = Dense(64, activation = "relu")(x);
        Dense(10)(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = match &flags.data {
        Some(folder) => digits(folder)?,
        None => shapes(flags.seed)?,
    };
    let train = flags.samples.map_or(train.clone(), |samples| train.take(samples)).flattened();
    let test = test.flattened();
    println!("{}", Mlp::summary());

    let mut model = Mlp::new(flags.seed);
    let mut trainer = model.compile(RmsProp::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(5), &test))?;
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    Mlp::plot(flags.out.join("mnist_mlp.svg"))?;
    support::keep(&model, &flags.out.join("mnist_mlp.safetensors"), |path| Mlp::load(path), &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}

/// MNIST's images for training and for testing, or the two parts of its test images where there are no others.
fn digits(folder: &Path) -> Result<(GreyImages, GreyImages), Box<dyn Error>> {
    if let Ok(both) = datasets::mnist(folder) {
        return Ok(both);
    }
    let images = datasets::mnist_part(folder, "t10k")?;
    let samples = images.len() - images.len() / 5;
    Ok(images.split_at(samples)?)
}

/// Made-up shapes without their colours, cut to 28 × 28.
fn shapes(seed: u64) -> Result<(GreyImages, GreyImages), Box<dyn Error>> {
    let coloured = datasets::shapes(6000, seed);
    let grey = coloured.images.slice(s![.., 2..30, 2..30, ..]).mean_axis(Axis(3)).ok_or("images have colours")?;
    Ok(GreyImages { images: grey, labels: coloured.labels }.split_at(5000)?)
}
