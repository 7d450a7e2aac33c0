//! A variational autoencoder, whose step no graph says: a digit becomes a place in a plane, with how sure that is; a place near it, drawn by chance,
//! becomes a digit again. The loss is how far the two digits are apart, and how far the places are from a normal distribution.
//!
//! ```text
//! cargo run --release --example vae -- --data mnist
//! ```
//!
//! Without a folder it takes shapes that are made up. The digits of places all over the plane are drawn to `vae_digits.svg`.
//!
//! Source: Kingma and Welling 2013, <https://arxiv.org/abs/1312.6114>; the networks are those of Keras's example.

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use functional_model::variable::ops;
use ndarray::{Array2, Axis};
use support::{Flags, Normal, draw};

functional_model! {
    /// A picture to a place: its mean, and the logarithm of its variance.
    pub model Encoder(image: [28, 28, 1]) -> [4] {
        let x = Conv2D(16, 3, activation = "relu", strides = 2, padding = "same")(image);
        let x = Conv2D(32, 3, activation = "relu", strides = 2, padding = "same")(x);
        let x = Dense(16, activation = "relu")(Flatten()(x));
        Dense(4)(x)
    }

    /// A place to a picture.
    pub model Decoder(place: [2]) -> [28, 28, 1] {
        let x = Dense(7 * 7 * 32, activation = "relu")(place);
        let x = Reshape([7, 7, 32])(x);
        let x = Conv2DTranspose(32, 3, activation = "relu", strides = 2, padding = "same")(x);
        let x = Conv2DTranspose(16, 3, activation = "relu", strides = 2, padding = "same")(x);
        Conv2DTranspose(1, 3, activation = "sigmoid", padding = "same")(x)
    }
}

/// The two terms of the loss: how far pictures are from what becomes of them, and how far their places are from a normal distribution.
fn losses(encoder: &Encoder, decoder: &Decoder, images: &Var, noise: &Array2<f32>) -> Result<(Var, Var)> {
    let code = encoder.call(images)?;
    let (mean, log_variance) = (code.slice(1, ..2)?, code.slice(1, 2..)?);
    let place = &mean + (&log_variance * 0.5).exp()? * images.tape()?.constant(noise)?;
    let made = ops::clip(&decoder.call(&place)?, 1e-7, 1.0 - 1e-7)?;
    let apart = images * made.log()? + (1.0 - images) * (1.0 - &made).log()?;
    let reconstruction = apart.sum([1, 2, 3])?.mean(..)? * -1.0;
    let divergence = ((1.0 + &log_variance - mean.square()? - log_variance.exp()?) * -0.5).sum(-1)?.mean(..)?;
    Ok((reconstruction, divergence))
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::grey_images(&flags, 4000)?;
    let (train, test) = (train.images.insert_axis(Axis(3)), test.images.insert_axis(Axis(3)));
    println!("{}\n{}", Encoder::summary(), Decoder::summary());

    let (mut encoder, mut decoder) = (Encoder::new(flags.seed), Decoder::new(flags.seed + 1));
    let (mut first, mut second) = (Adam::new(1e-3).build(&encoder)?, Adam::new(1e-3).build(&decoder)?);
    let mut normal = Normal::new(flags.seed);
    let mut tape = Tape::training(flags.seed);
    for epoch in 1..=flags.epochs.unwrap_or(10) {
        let mut sums = [0.0; 2];
        for images in train.axis_chunks_iter(Axis(0), flags.batch_size) {
            tape = tape.next_step();
            let noise = normal.rows(images.len_of(Axis(0)), 2);
            let (reconstruction, divergence) = losses(&encoder, &decoder, &tape.constant(images)?, &noise)?;
            sums[0] += f64::from(reconstruction.item()?) * noise.nrows() as f64;
            sums[1] += f64::from(divergence.item()?) * noise.nrows() as f64;
            let gradients = (reconstruction + divergence).backward()?;
            first.apply(&mut encoder, &gradients)?;
            second.apply(&mut decoder, &gradients)?;
        }
        let [reconstruction, divergence] = sums.map(|sum| sum / train.len_of(Axis(0)) as f64);
        println!("epoch {epoch}: reconstruction {reconstruction:.2}, divergence {divergence:.2}");
    }

    // Pictures that it has not seen, from the means of their places, and the same of the picture that lies between all.
    let mean_image = train.mean_axis(Axis(0)).ok_or("no pictures")?;
    let places = encoder.predict(&test)?.slice_axis(Axis(1), (..2).into()).to_owned();
    let made = decoder.predict(&places)?;
    let error = |made: &ndarray::ArrayD<f32>| (made - &test.view().into_dyn()).mapv(|d| d * d).mean().unwrap_or_default();
    let plain = error(&mean_image.broadcast(test.dim()).ok_or("one size")?.to_owned().into_dyn());

    fs::create_dir_all(&flags.out)?;
    Decoder::plot(flags.out.join("vae.svg"))?;
    let across = 12;
    let place = |i: usize| (i as f32 / (across - 1) as f32 - 0.5) * 4.0;
    let grid = Array2::from_shape_fn((across * across, 2), |(i, axis)| place(if axis == 0 { i % across } else { i / across }));
    draw(&decoder.predict(&grid)?, across, &flags.out.join("vae_digits.svg"))?;
    support::keep(&decoder, &flags.out.join("vae.safetensors"), |path| Decoder::load(path), &grid)?;
    println!("squared error of unseen pictures by two numbers each: {:.4}; of the mean picture: {plain:.4}", error(&made));
    Ok(())
}
