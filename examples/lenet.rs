//! LeNet-5 on digits: trained, evaluated, drawn, saved and loaded.
//!
//! ```text
//! cargo run --release --example lenet                  # images of shapes, made up, in grey
//! cargo run --release --example lenet -- --data mnist
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// LeCun and others 1998, "Gradient-based learning applied to document recognition".
    pub model LeNet(img: [28, 28, 1]) -> [10] {
        let x = Conv2D(6, 5, padding = "same", activation = "tanh")(img);
        let x = AveragePooling2D(2)(x);
        let x = Conv2D(16, 5, activation = "tanh")(x);
        let x = AveragePooling2D(2)(x);
        let x = Flatten()(x);
        let x = Dense(120, activation = "tanh")(x);
        let x = Dense(84, activation = "tanh")(x);
        Dense(10)(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::grey_images(&flags, 4000)?;
    println!("{}", LeNet::summary());

    let mut model = LeNet::new(flags.seed);
    let mut trainer = model.compile(Adam::new(2e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(12), &test))?;
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    LeNet::plot(flags.out.join("lenet.svg"))?;
    support::keep(&model, &flags.out.join("lenet.safetensors"), |path| LeNet::load(path), &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
