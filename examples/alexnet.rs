//! AlexNet for small images: trained, evaluated, drawn, saved and loaded.
//!
//! The network of 2012 takes images of 227 × 227 and has 61 million parameters. This is its plan, five convolutions and three dense
//! layers with dropout between, for images of 32 × 32: smaller windows and strides, and a fraction of the filters.
//!
//! ```text
//! cargo run --release --example alexnet                             # images of shapes, made up
//! cargo run --release --example alexnet -- --data cifar-10-batches-bin
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// Krizhevsky and others 2012, "ImageNet classification with deep convolutional neural networks", made small.
    pub model AlexNet(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(32, 5, padding = "same", activation = "relu")(img);
        let x = MaxPooling2D(3, strides = 2)(x);
        let x = Conv2D(64, 5, padding = "same", activation = "relu")(x);
        let mut x = MaxPooling2D(3, strides = 2)(x);
        for filters in [96, 96, 64] {
            x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
        }
        let x = MaxPooling2D(3, strides = 2)(x);
        let mut x = Flatten()(x);
        for _ in 0..2 {
            x = Dense(256, activation = "relu")(x);
            x = Dropout(0.5)(x);
        }
        Dense(10)(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::colour_images(&flags, 2560)?;
    println!("{}", AlexNet::summary());

    let mut model = AlexNet::new(flags.seed);
    let mut trainer = model.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(8), &test))?;
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    AlexNet::plot(flags.out.join("alexnet.svg"))?;
    support::keep(&model, &flags.out.join("alexnet.safetensors"), |path| AlexNet::load(path), &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
