//! Models are callable, like layers: three are trained one by one, and averaged by a fourth that holds them.
//!
//! ```text
//! cargo run --release --example ensemble                  # images of shapes, made up, in grey
//! cargo run --release --example ensemble -- --data mnist
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// One opinion.
    pub model Member(x: [784]) -> [10] {
        let x = Dense(64, activation = "relu")(x);
        let x = Dense(64, activation = "relu")(x);
        Dense(10, activation = "softmax")(x)
    }

    /// The mean of three opinions: each instance of the model has weights of its own.
    pub model Ensemble(x: [784]) -> [10] {
        let first = Member(name = "first");
        let second = Member(name = "second");
        let third = Member(name = "third");
        Average()([first(x), second(x), third(x)])
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::grey_images(&flags, 5000)?;
    let (train, test) = (train.flattened(), test.flattened());
    println!("{}", Ensemble::summary());

    let mut model = Ensemble::new(flags.seed);
    let mut members = Vec::new();
    for member in [&mut model.first, &mut model.second, &mut model.third] {
        let mut trainer = member.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::new()).metric(Accuracy);
        trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(8), &test))?;
        members.push(trainer.evaluate(&test)?.get("accuracy").unwrap_or_default());
    }
    let scores = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::new()).metric(Accuracy).evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    Ensemble::plot(flags.out.join("ensemble.svg"))?;
    support::keep(&model, &flags.out.join("ensemble.safetensors"), |path| Ensemble::load(path), &test.images)?;
    println!("test accuracy of each: {members:.4?}");
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
