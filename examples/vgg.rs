//! A small VGG, written in sequence: trained, evaluated, drawn, saved and loaded.
//!
//! ```text
//! cargo run --release --example vgg                             # images of shapes, made up
//! cargo run --release --example vgg -- --data cifar-10-batches-bin
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// Simonyan and Zisserman 2014, "Very deep convolutional networks", for images of 32 × 32: pairs of small convolutions, each with
    /// twice the filters of the one before, and normalized.
    pub model Vgg(img: [32, 32, 3]) -> [10] = Sequential([
        Conv2D(16, 3, padding = "same", activation = "relu"),
        Conv2D(16, 3, padding = "same", activation = "relu"),
        BatchNormalization(momentum = 0.9),
        MaxPooling2D(2),
        Conv2D(32, 3, padding = "same", activation = "relu"),
        Conv2D(32, 3, padding = "same", activation = "relu"),
        BatchNormalization(momentum = 0.9),
        MaxPooling2D(2),
        Conv2D(64, 3, padding = "same", activation = "relu"),
        Conv2D(64, 3, padding = "same", activation = "relu"),
        BatchNormalization(momentum = 0.9),
        MaxPooling2D(2),
        Flatten(),
        Dense(128, activation = "relu"),
        Dropout(0.5),
        Dense(10),
    ]);
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::colour_images(&flags, 2560)?;
    println!("{}", Vgg::summary());

    let mut model = Vgg::new(flags.seed);
    let mut trainer = model.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(8), &test))?;
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    Vgg::plot(flags.out.join("vgg.svg"))?;
    support::keep(&model, &flags.out.join("vgg.safetensors"), |path| Vgg::load(path), &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
