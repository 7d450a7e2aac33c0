//! A small Inception network, a block of convolution blocks: trained, evaluated, drawn, saved and loaded.
//!
//! ```text
//! cargo run --release --example inception                             # images of shapes, made up
//! cargo run --release --example inception -- --data cifar-10-batches-bin
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// Szegedy and others 2014, "Going deeper with convolutions", made small.
    pub model Inception(img: [32, 32, 3]) -> [10] {
        let x = convolution(img, 32, 3, strides = 2);
        let x = inception(x, 16);
        let x = inception(x, 24);
        let x = MaxPooling2D(2)(x);
        let x = inception(x, 32);
        let x = GlobalAveragePooling2D()(x);
        Dense(10)(x)
    }

    /// The image through windows of three sizes, and pooled; the results side by side, as channels.
    fn inception(x, filters) {
        let narrow = convolution(x, filters, 1);
        let middle = convolution(convolution(x, filters, 1), filters, 3);
        let wide = convolution(convolution(x, filters, 1), filters, 5);
        let pooled = MaxPooling2D(3, strides = 1, padding = "same")(x);
        let pooled = convolution(pooled, filters, 1);
        Concatenate()([narrow, middle, wide, pooled])
    }

    /// A convolution, normalized.
    fn convolution(x, filters, kernel_size, strides = 1) {
        let x = Conv2D(filters, kernel_size, strides = strides, padding = "same", use_bias = false)(x);
        let x = BatchNormalization(momentum = 0.9)(x);
        ReLU()(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::colour_images(&flags, 2560)?;
    println!("{}", Inception::summary());

    let mut model = Inception::new(flags.seed);
    let mut trainer = model.compile(Adam::new(3e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(5), &test))?;
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    Inception::plot(flags.out.join("inception.svg"))?;
    support::keep(&model, &flags.out.join("inception.safetensors"), |path| Inception::load(path), &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
