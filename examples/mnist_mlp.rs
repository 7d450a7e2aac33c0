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

use functional_model::prelude::*;
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
    let (train, test) = support::grey_images(&flags, 5000)?;
    let (train, test) = (train.flattened(), test.flattened());
    println!("{}", Mlp::summary());

    let mut model = Mlp::new(flags.seed);
    let mut trainer = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    let history = trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(5), &test))?;
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    Mlp::plot(flags.out.join("mnist_mlp.svg"))?;
    history.plot(flags.out.join("mnist_mlp_curves.svg"))?;
    ConfusionMatrix::new(&test.labels, &model.predict(&test.images)?)?.plot(flags.out.join("mnist_mlp_confusion.svg"))?;
    support::keep(&model, &flags.out.join("mnist_mlp.safetensors"), |path| Mlp::load(path), &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
