//! Two convolutional networks against each other: a generator draws digits from noise, a discriminator tells them from true ones. Each step moves
//! the one, then the other.
//!
//! ```text
//! cargo run --release --example dcgan -- --data mnist
//! ```
//!
//! Without a folder it takes digits of straight strokes that are made up. What the generator draws in the end is in `dcgan_digits.svg`.
//!
//! Source: Radford, Metz and Chintala 2015, <https://arxiv.org/abs/1511.06434>; the networks are those of Keras's example, for smaller pictures.

mod support;

use std::collections::BTreeSet;
use std::error::Error;
use std::fs;

use functional_model::datasets::GreyImages;
use functional_model::prelude::*;
use ndarray::{Array2, Array3, Array4, ArrayView3, ArrayView4, Axis, concatenate};
use support::{Flags, Normal, draw};

/// The numbers that a picture is drawn from.
const LATENT: usize = 64;

functional_model! {
    /// Noise to a picture.
    pub model Generator(noise: [LATENT]) -> [28, 28, 1] {
        let x = Reshape([7, 7, 64])(Dense(7 * 7 * 64)(noise));
        let x = LeakyReLU(0.2)(Conv2DTranspose(64, 4, strides = 2, padding = "same")(x));
        let x = LeakyReLU(0.2)(Conv2DTranspose(32, 4, strides = 2, padding = "same")(x));
        Conv2D(1, 5, padding = "same", activation = "sigmoid")(x)
    }

    /// A picture to how much it looks drawn: above zero where it does.
    pub model Discriminator(picture: [28, 28, 1]) -> [1] {
        let x = LeakyReLU(0.2)(Conv2D(32, 4, strides = 2, padding = "same")(picture));
        let x = LeakyReLU(0.2)(Conv2D(64, 4, strides = 2, padding = "same")(x));
        let x = LeakyReLU(0.2)(Conv2D(64, 4, strides = 2, padding = "same")(x));
        Dense(1)(Dropout(0.2)(Flatten()(x)))
    }
}

/// The two networks, each with its optimiser.
struct Players {
    generator: (Generator, BuiltOptimizer),
    discriminator: (Discriminator, BuiltOptimizer),
    /// That of the last step.
    tape: Tape,
}

impl Players {
    fn new(seed: u64) -> Result<Self> {
        let (generator, discriminator) = (Generator::new(seed), Discriminator::new(seed + 1));
        let optimizer = || Adam::new(3e-4).beta_1(0.5);
        let (first, second) = (optimizer().build(&generator)?, optimizer().build(&discriminator)?);
        Ok(Self { generator: (generator, first), discriminator: (discriminator, second), tape: Tape::training(seed) })
    }

    /// Moves the discriminator towards telling drawn pictures, 1, from true ones, 0. Noise in the labels keeps it from being too sure.
    fn discriminate(&mut self, pictures: ArrayView4<'_, f32>, normal: &mut Normal) -> Result<f32> {
        let count = pictures.len_of(Axis(0));
        let drawn = self.generator.0.predict(normal.rows(count, LATENT))?;
        let both = concatenate![Axis(0), drawn, pictures.into_dyn()];
        let labels = Array2::from_shape_fn((2 * count, 1), |(i, _)| {
            let noise = 0.1 * normal.uniform() as f32;
            if i < count { 1.0 - noise } else { noise }
        });
        let (discriminator, optimizer) = &mut self.discriminator;
        self.tape = self.tape.next_step();
        let verdicts = discriminator.call(&self.tape.constant(&both)?)?;
        let loss = BinaryCrossentropy::from_logits().call(&verdicts, &labels)?;
        optimizer.apply(discriminator, &loss.backward()?)?;
        loss.item()
    }

    /// Moves the generator towards pictures that the discriminator takes for true.
    fn generate(&mut self, count: usize, normal: &mut Normal) -> Result<f32> {
        let (generator, optimizer) = &mut self.generator;
        self.tape = self.tape.next_step();
        let drawn = generator.call(&self.tape.constant(normal.rows(count, LATENT))?)?;
        let verdicts = self.discriminator.0.call(&drawn)?;
        let loss = BinaryCrossentropy::from_logits().call(&verdicts, Array2::<f32>::zeros((count, 1)))?;
        optimizer.apply(generator, &loss.backward()?)?;
        loss.item()
    }
}

/// Digits like those of a pocket calculator, each somewhere else, leaning and of another width.
fn strokes(count: usize, seed: u64) -> GreyImages {
    // The seven strokes, from and to, in a square of 1 by 2; and which of them each digit has.
    const STROKES: [[f64; 4]; 7] = [
        [0.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 1.0],
        [1.0, 0.0, 1.0, 1.0],
        [0.0, 1.0, 1.0, 1.0],
        [0.0, 1.0, 0.0, 2.0],
        [1.0, 1.0, 1.0, 2.0],
        [0.0, 2.0, 1.0, 2.0],
    ];
    const DIGITS: [&[usize]; 10] = [
        &[0, 1, 2, 4, 5, 6],
        &[2, 5],
        &[0, 2, 3, 4, 6],
        &[0, 2, 3, 5, 6],
        &[1, 2, 3, 5],
        &[0, 1, 3, 5, 6],
        &[0, 1, 3, 4, 5, 6],
        &[0, 2, 5],
        &[0, 1, 2, 3, 4, 5, 6],
        &[0, 1, 2, 3, 5, 6],
    ];
    let mut random = Normal::new(seed);
    let mut images = Array3::zeros((count, 28, 28));
    for (number, mut image) in images.axis_iter_mut(Axis(0)).enumerate() {
        let [left, top, lean, width] = [(); 4].map(|()| random.uniform());
        image.indexed_iter_mut().for_each(|((row, column), value)| {
            let y = (row as f64 - 4.0 - 2.0 * top) / 9.0;
            let x = (column as f64 - 8.0 - 4.0 * left) / 9.0 + (y - 1.0) * 0.3 * lean;
            let apart = |&stroke: &usize| {
                let [x0, y0, x1, y1] = STROKES[stroke];
                (x - x.clamp(x0, x1)).hypot(y - y.clamp(y0, y1))
            };
            let nearest = DIGITS[number % 10].iter().map(apart).fold(f64::MAX, f64::min);
            *value = (1.0 - 6.0 * (nearest - 0.08 - 0.08 * width).max(0.0)).max(0.0) as f32;
        });
    }
    GreyImages { images, labels: (0..count).map(|number| (number % 10) as i32).collect() }
}

/// For each picture how far it is from the true one that is nearest, squared, and what digit that one is.
fn nearest(pictures: ArrayView3<'_, f32>, known: &GreyImages) -> Vec<(f32, i32)> {
    let apart = |picture: &ndarray::ArrayView2<'_, f32>, other: ndarray::ArrayView2<'_, f32>| {
        picture.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum::<f32>() / picture.len() as f32
    };
    let of = |picture: ndarray::ArrayView2<'_, f32>| {
        let all = known.images.outer_iter().zip(&known.labels).map(|(other, &label)| (apart(&picture, other), label));
        all.min_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or((f32::NAN, 0))
    };
    pictures.outer_iter().map(of).collect()
}

/// The mean distance to the nearest, and how many different digits those are.
fn told(found: &[(f32, i32)]) -> (f32, usize) {
    let apart = found.iter().map(|(apart, _)| apart).sum::<f32>() / found.len() as f32;
    (apart, found.iter().map(|(_, label)| label).collect::<BTreeSet<_>>().len())
}

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = match &flags.data {
        Some(_) => support::grey_images(&flags, 8000)?,
        None => {
            let samples = flags.samples.unwrap_or(4000);
            strokes(samples + samples.div_ceil(5), flags.seed).split_at(samples)?
        }
    };
    println!("{}\n{}", Generator::summary(), Discriminator::summary());

    let pictures: Array4<f32> = train.images.clone().insert_axis(Axis(3));
    let (mut players, mut normal) = (Players::new(flags.seed)?, Normal::new(flags.seed));
    for epoch in 1..=flags.epochs.unwrap_or(20) {
        let (mut sums, mut steps) = ([0.0; 2], 0.0);
        for batch in pictures.axis_chunks_iter(Axis(0), flags.batch_size) {
            sums[0] += players.discriminate(batch, &mut normal)?;
            sums[1] += players.generate(batch.len_of(Axis(0)), &mut normal)?;
            steps += 1.0;
        }
        let [discriminator, generator] = sums.map(|sum| sum / steps);
        println!("epoch {epoch}: the discriminator's loss {discriminator:.3}, the generator's {generator:.3}");
    }

    let across = 12;
    let noise = normal.rows(across * across, LATENT);
    let generator = players.generator.0;
    let drawn = generator.predict(&noise)?;
    fs::create_dir_all(&flags.out)?;
    Generator::plot(flags.out.join("dcgan.svg"))?;
    draw(&drawn, across, &flags.out.join("dcgan_digits.svg"))?;
    support::keep(&generator, &flags.out.join("dcgan.safetensors"), |path| Generator::load(path), &noise)?;

    // What is drawn lies about as near to true digits as others that are true; what an untrained generator draws does not.
    let few = |images: &Array3<f32>| {
        let count = (across * across).min(images.len_of(Axis(0)));
        images.slice_axis(Axis(0), (..count).into()).to_owned()
    };
    let of = |drawn: ndarray::ArrayD<f32>| -> std::result::Result<_, ndarray::ShapeError> {
        Ok(told(&nearest(drawn.index_axis_move(Axis(3), 0).into_dimensionality()?.view(), &train)))
    };
    let ((apart, digits), (before, _)) = (of(drawn)?, of(Generator::new(flags.seed).predict(&noise)?)?);
    let (truly, _) = told(&nearest(few(&test.images).view(), &train));
    println!(
        "squared distance to the nearest true digit: {apart:.4}, of true ones it has not seen {truly:.4}, before training {before:.4}"
    );
    println!("the nearest are {digits} different digits");
    Ok(())
}
