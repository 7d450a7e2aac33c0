//! The toy ResNet of the Keras functional-API guide: trained, evaluated, drawn, saved and loaded.
//!
//! ```text
//! cargo run --release --example toy_resnet                             # images of shapes, made up
//! cargo run --release --example toy_resnet -- --data cifar-10-batches-bin
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// The toy ResNet of the Keras functional-API guide.
    pub model ToyResnet(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(32, 3, activation = "relu")(img);
        let x = Conv2D(64, 3, activation = "relu")(x);
        let block_1 = MaxPooling2D(3)(x);

        let block_2 = residual(block_1, 64);
        let block_3 = residual(block_2, 64);

        let x = Conv2D(64, 3, activation = "relu")(block_3);
        let x = GlobalAveragePooling2D()(x);
        let x = Dense(256, activation = "relu")(x);
        let x = Dropout(0.5)(x);
        Dense(10)(x)
    }

    /// Two convolutions that keep the size, and a skip connection.
    fn residual(input, filters) {
        let x = Conv2D(filters, 3, activation = "relu", padding = "same")(input);
        let x = Conv2D(filters, 3, activation = "relu", padding = "same")(x);
        x + input
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::colour_images(&flags, 2560)?;
    println!("{}", ToyResnet::summary());

    let mut model = ToyResnet::new(flags.seed);
    let mut trainer = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    for (epochs, learning_rate) in schedule(&flags) {
        trainer.set_learning_rate(learning_rate)?;
        trainer.fit(&train, flags.fit(epochs, &test))?;
    }
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    for name in ["toy_resnet.svg", "toy_resnet.png", "toy_resnet.dot"] {
        ToyResnet::plot(flags.out.join(name))?;
    }
    support::keep(&model, &flags.out.join("toy_resnet.safetensors"), |path| ToyResnet::load(path), &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}

/// Epochs and learning rates. Shapes are learnt almost perfectly, and the last epochs take small steps so as not to leave that again.
fn schedule(flags: &Flags) -> Vec<(usize, f64)> {
    match (&flags.data, flags.epochs) {
        (Some(_), epochs) => vec![(epochs.unwrap_or(10), 1e-3)],
        (None, None) => vec![(16, 1e-3), (4, 2e-4)],
        (None, Some(epochs)) => vec![(epochs, 1e-3)],
    }
}
