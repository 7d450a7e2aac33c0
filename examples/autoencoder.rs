//! Two ways to make an autoencoder, as in the Keras functional-API guide: one graph of layers of which the encoder and the decoder are
//! views, and an encoder and a decoder of their own, chained.
//!
//! ```text
//! cargo run --release --example autoencoder                  # images of shapes, made up, in grey
//! cargo run --release --example autoencoder -- --data mnist
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use ndarray::{Array3, Axis};
use support::Flags;

functional_model! {
    /// One graph of layers, through the sixteen numbers of `code`.
    pub model Autoencoder(img: [28, 28, 1]) -> [28, 28, 1] {
        let code = encoded(img);
        let decoded = decoded(code);
        decoded
    }

    /// A model of the same layers, from the image to the code.
    pub model Encoder = Autoencoder { img -> code };

    /// And one from the code to the image.
    pub model Decoder = Autoencoder { code -> decoded };

    /// An encoder of its own.
    pub model OwnEncoder(img: [28, 28, 1]) -> [16] {
        encoded(img)
    }

    /// A decoder of its own.
    pub model OwnDecoder(code: [16]) -> [28, 28, 1] {
        decoded(code)
    }

    /// Both, called like layers.
    pub model Chained(img: [28, 28, 1]) -> [28, 28, 1] {
        let encoder = OwnEncoder(name = "encoder");
        let decoder = OwnDecoder(name = "decoder");
        decoder(encoder(img))
    }

    /// The guide's encoder: an image becomes sixteen numbers.
    fn encoded(img) {
        let x = Conv2D(16, 3, activation = "relu")(img);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = MaxPooling2D(3)(x);
        let x = Conv2D(32, 3, activation = "relu")(x);
        let x = Conv2D(16, 3, activation = "relu")(x);
        GlobalMaxPooling2D()(x)
    }

    /// The guide's decoder.
    fn decoded(code) {
        let x = Reshape((4, 4, 1))(code);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        let x = Conv2DTranspose(32, 3, activation = "relu")(x);
        let x = UpSampling2D(3)(x);
        let x = Conv2DTranspose(16, 3, activation = "relu")(x);
        Conv2DTranspose(1, 3, activation = "relu")(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::grey_images(&flags, 2000)?;
    let (train, test) = (train.images, test.images);
    println!("{}", Chained::summary());

    println!("one graph, and views of it");
    let mut model = Autoencoder::new(flags.seed);
    let error = train_to_repeat(&mut model, &train, &test, &flags)?;
    let code = Encoder::of(&model).predict(&test)?;
    assert_eq!(Decoder::of(&model).predict(&code)?, model.predict(&test)?);

    println!("two models, chained");
    let mut chained = Chained::new(flags.seed);
    let chained_error = train_to_repeat(&mut chained, &train, &test, &flags)?;
    let code = chained.encoder.predict(&test)?;
    assert_eq!(chained.decoder.predict(&code)?, chained.predict(&test)?);

    fs::create_dir_all(&flags.out)?;
    Chained::plot(flags.out.join("autoencoder.svg"))?;
    support::keep(&model, &flags.out.join("autoencoder.safetensors"), |path| Autoencoder::load(path), &test)?;
    println!("mean squared error: {error:.4} and {chained_error:.4}; of answering with the mean image: {:.4}", spread(&test));
    Ok(())
}

/// Trains a model to give what it is given, through a code of sixteen numbers.
fn train_to_repeat<N: Trainable>(model: &mut N, train: &Array3<f32>, test: &Array3<f32>, flags: &Flags) -> Result<f64> {
    let mut trainer = model.compile(Adam::new(2e-3), MeanSquaredError::new());
    trainer.fit((train, train), flags.fit(flags.epochs.unwrap_or(10), &(test, test)))?;
    Ok(trainer.evaluate((test, test))?.loss())
}

/// The mean squared distance of images from their mean.
fn spread(images: &Array3<f32>) -> f32 {
    let mean = images.mean_axis(Axis(0)).unwrap_or_default();
    (images - &mean).mapv(|difference| difference * difference).mean().unwrap_or_default()
}
