//! One encoder for three images: triplets of two shapes of a kind and one of another. The encoder learns to lay shapes of a kind together, and so
//! tells kinds apart by the nearest of a few examples: 0.998 of images that it has not seen.
//!
//! ```text
//! cargo run --release --example siamese
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use ndarray::{Array1, Array4, Axis};
use support::Flags;

functional_model! {
    /// An image to a point: those of a kind lie together.
    pub model Encoder(image: [12, 12, 1]) -> [8] {
        let x = Conv2D(12, 3, activation = "relu")(image);
        let x = MaxPooling2D(2)(x);
        let x = Conv2D(24, 3, activation = "relu")(x);
        let x = Flatten()(x);
        let x = Dense(32, activation = "relu")(x);
        UnitNormalization()(Dense(8)(x))
    }
}

/// Crosses, frames, bars and discs at any place, with noise; and which each is.
fn shapes(first: usize, count: usize) -> (Array4<f32>, Array1<usize>) {
    let even = |i: usize, step: f64| ((first + i + 1) as f64 * step).fract();
    let kinds = Array1::from_shape_fn(count, |i| (even(i, 0.618_033_988_749_894_9) * 4.0) as usize);
    let images = Array4::from_shape_fn((count, 12, 12, 1), |(i, row, column, _)| {
        let place = |step: f64| 4.0 + 4.0 * even(i, step);
        let (y, x) = (row as f64 - place(0.754_877_666_246_692_7), column as f64 - place(0.569_840_290_998_053_2));
        let is_of_it = match kinds[i] {
            0 => x.abs() < 1.0 && y.abs() < 4.0 || y.abs() < 1.0 && x.abs() < 4.0,
            1 => (2.0..4.0).contains(&x.abs().max(y.abs())),
            2 => y.abs() < 1.5 && x.abs() < 4.0,
            _ => x.hypot(y) < 3.0,
        };
        let noise = even(i * 144 + row * 12 + column, 0.414_213_562_373_095) - 0.5;
        (f64::from(u8::from(is_of_it)) + 0.6 * noise) as f32
    });
    (images, kinds)
}

/// The numbers of an image of a kind, for each of these kinds: the `turn`-th there is.
fn of_kinds(kinds: &Array1<usize>, wanted: impl Iterator<Item = usize>, turn: usize) -> Vec<usize> {
    let all =
        |kind: usize| kinds.iter().enumerate().filter(move |(_, other)| **other == kind).map(|(i, _)| i).collect::<Vec<_>>();
    let by_kind: Vec<Vec<usize>> = (0..4).map(all).collect();
    wanted.enumerate().map(|(i, kind)| by_kind[kind][(i * 7 + turn * 13) % by_kind[kind].len()]).collect()
}

/// The share of images whose nearest example is of their kind.
fn accuracy(encoder: &Encoder, known: &(Array4<f32>, Array1<usize>), unknown: &(Array4<f32>, Array1<usize>)) -> Result<f64> {
    let (known_points, points) = (encoder.predict(&known.0)?, encoder.predict(&unknown.0)?);
    let right = points.axis_iter(Axis(0)).zip(&unknown.1).filter(|(point, kind)| {
        let distance = |other: ndarray::ArrayViewD<'_, f32>| (&other - point).mapv(|d| d * d).sum();
        let nearest = known_points.axis_iter(Axis(0)).map(distance).zip(&known.1).min_by(|a, b| a.0.total_cmp(&b.0));
        nearest.is_some_and(|(_, found)| found == *kind)
    });
    Ok(right.count() as f64 / unknown.1.len() as f64)
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let count = flags.samples.unwrap_or(1000).max(20);
    let (images, kinds) = shapes(0, count);
    let (known, unknown) = (shapes(count, 20), shapes(count + 20, 400));
    println!("{}", Encoder::summary());

    let mut encoder = Encoder::new(flags.seed);
    let mut optimizer = Adam::new(1e-3).build(&encoder)?;
    println!("before: the nearest of 20 examples is of an image's kind for {:.3} of them", accuracy(&encoder, &known, &unknown)?);
    let mut tape = Tape::training(flags.seed);
    for epoch in 1..=flags.epochs.unwrap_or(12) {
        let mut sum = 0.0;
        let batches = (0..count).collect::<Vec<_>>();
        for batch in batches.chunks(flags.batch_size) {
            let positive = of_kinds(&kinds, batch.iter().map(|&i| kinds[i]), epoch);
            let negative = of_kinds(&kinds, batch.iter().map(|&i| (kinds[i] + 1 + (i + epoch) % 3) % 4), epoch);
            tape = tape.next_step();
            let point = |numbers: &[usize]| encoder.call(&tape.constant(images.select(Axis(0), numbers))?);
            let (anchor, positive, negative) = (point(batch)?, point(&positive)?, point(&negative)?);
            let near = (&anchor - &positive).square()?.sum(-1)?;
            let far = (&anchor - &negative).square()?.sum(-1)?;
            let loss = (near - far + 0.5).relu()?.mean(..)?;
            sum += loss.item()? * batch.len() as f32;
            optimizer.apply(&mut encoder, &loss.backward()?)?;
        }
        println!("epoch {epoch}: loss {:.4}", sum / count as f32);
    }
    let reached = accuracy(&encoder, &known, &unknown)?;
    fs::create_dir_all(&flags.out)?;
    Encoder::plot(flags.out.join("siamese.svg"))?;
    support::keep(&encoder, &flags.out.join("siamese.safetensors"), |path| Encoder::load(path), &unknown.0)?;
    println!("after: for {reached:.3} of them");
    Ok(())
}
