//! What the examples share: their flags, their images, and the last step, in which a trained model is kept and met again.
#![allow(dead_code)] // no example uses all of it

pub mod series;

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser;
use functional_model::datasets::{ColourImages, GreyImages};
use functional_model::given::{Data, Element};
use functional_model::prelude::*;
use functional_model::threads::set_threads;
use ndarray::{Array, Array2, ArrayD, Axis, Dimension, s};

/// The flags of every example.
#[derive(Parser, Debug)]
pub struct Flags {
    /// The folder with the data set's files; without it, data is made up
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// How many samples to train on: all of them where this is not given
    #[arg(long, value_name = "N")]
    pub samples: Option<usize>,
    /// How many times to go through the samples
    #[arg(long, value_name = "N")]
    pub epochs: Option<usize>,
    /// How many samples make a step
    #[arg(long, value_name = "N", default_value_t = 64)]
    pub batch_size: usize,
    /// What weights, the order of samples and dropout follow from
    #[arg(long, value_name = "N", default_value_t = 42)]
    pub seed: u64,
    /// How many threads to use: as many as there are cores where this is not given. The result is the same
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// The folder to write the model and its pictures to
    #[arg(long, value_name = "DIR", default_value = "out")]
    pub out: PathBuf,
}

impl Flags {
    /// Reads the command line, and sets the threads.
    pub fn read() -> Self {
        let flags = Self::parse();
        if let Some(threads) = flags.threads {
            set_threads(threads);
        }
        flags
    }

    /// How to train for so many epochs, with a look at the test data after each: whole batches only, since a step of few samples is a noisy
    /// one to stop after.
    pub fn fit<'d>(&self, epochs: usize, test: &'d dyn Data) -> Fit<'d> {
        Fit {
            batch_size: self.batch_size,
            epochs,
            validation_data: Some(test),
            seed: Some(self.seed),
            drop_remainder: true,
            ..Fit::default()
        }
    }
}

/// MNIST's digits where there is a folder of them, and otherwise shapes in grey, as large; for training and for testing.
pub fn grey_images(flags: &Flags, samples: usize) -> Result<(GreyImages, GreyImages), Box<dyn Error>> {
    let samples = flags.samples.unwrap_or(samples);
    match &flags.data {
        Some(folder) => {
            let (train, test) = digits(folder)?;
            Ok((flags.samples.map_or(train.clone(), |samples| train.take(samples)), test))
        }
        None => {
            let coloured = datasets::shapes(samples + samples.div_ceil(5), flags.seed);
            let grey = coloured.images.slice(s![.., 2..30, 2..30, ..]).mean_axis(Axis(3)).ok_or("images have colours")?;
            Ok(GreyImages { images: grey, labels: coloured.labels }.split_at(samples)?)
        }
    }
}

/// MNIST's images for training and for testing, or the two parts of its test images where there are no others.
fn digits(folder: &Path) -> Result<(GreyImages, GreyImages), Box<dyn Error>> {
    if let Ok(both) = datasets::mnist(folder) {
        return Ok(both);
    }
    let images = datasets::mnist_part(folder, "t10k")?;
    let samples = images.len() - images.len() / 5;
    Ok(images.split_at(samples)?)
}

/// CIFAR-10's images where there is a folder of them, and otherwise coloured shapes, as large; for training and for testing.
pub fn colour_images(flags: &Flags, samples: usize) -> Result<(ColourImages, ColourImages), Box<dyn Error>> {
    let (train, test) = match &flags.data {
        Some(folder) => {
            let (train, test) = datasets::cifar10(folder)?;
            (flags.samples.map_or(train.clone(), |samples| train.take(samples)), test)
        }
        None => {
            let samples = flags.samples.unwrap_or(samples);
            datasets::shapes(samples + samples.div_ceil(5), flags.seed).split_at(samples)?
        }
    };
    Ok((train.standardized(&train), test.standardized(&train)))
}

/// Saves the model, loads it with and without the code that it was written in, and checks that all three predict the same.
pub fn keep<N, E, D>(
    model: &N,
    path: &Path,
    load: impl Fn(&Path) -> functional_model::Result<N>,
    inputs: &Array<E, D>,
) -> Result<(), Box<dyn Error>>
where
    N: Trainable,
    E: Element,
    D: Dimension,
{
    keep_with(model, path, load, &CustomObjects::new(), inputs)
}

/// The same, of a model with layers of one's own.
pub fn keep_with<N, E, D>(
    model: &N,
    path: &Path,
    load: impl Fn(&Path) -> functional_model::Result<N>,
    custom_objects: &CustomObjects,
    inputs: &Array<E, D>,
) -> Result<(), Box<dyn Error>>
where
    N: Trainable,
    E: Element,
    D: Dimension,
{
    model.save(path)?;
    let expected = model.predict(inputs)?;
    let same = |found: ArrayD<f32>| if found == expected { Ok(()) } else { Err("a loaded model predicts something else") };
    same(load(path)?.predict(inputs)?)?;
    same(Model::load_with(path, custom_objects)?.predict(inputs)?)?;
    println!("saved to `{}`; loaded with and without its code, it predicts the same", path.display());
    Ok(())
}

/// Numbers of a normal distribution (Box and Muller 1958).
pub struct Normal(u64);

impl Normal {
    /// Those of a seed.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One from 0 to 1, each as likely.
    pub fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64 + 0.5) / f64::from(1_u32 << 31)
    }

    /// So many rows of so many numbers.
    pub fn rows(&mut self, count: usize, size: usize) -> Array2<f32> {
        let mut number = || ((-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()) as f32;
        Array2::from_shape_simple_fn((count, size), &mut number)
    }
}

/// Draws grey pictures of 28 x 28 side by side, so many across.
pub fn draw(pictures: &ArrayD<f32>, across: usize, path: &Path) -> std::io::Result<()> {
    let size = 28 * across;
    let mut svg =
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {size} {size}\" shape-rendering=\"crispEdges\">\n");
    let _ = writeln!(svg, "<rect width=\"{size}\" height=\"{size}\"/>");
    for (number, picture) in pictures.axis_iter(Axis(0)).enumerate() {
        for ((row, column), value) in picture
            .to_shape((28, 28))
            .into_iter()
            .flat_map(|picture| picture.indexed_iter().map(|(place, value)| (place, *value)).collect::<Vec<_>>())
        {
            let grey = (value * 255.0) as u8;
            if grey > 8 {
                let (x, y) = (number % across * 28 + column, number / across * 28 + row);
                let _ = writeln!(svg, "<rect x=\"{x}\" y=\"{y}\" width=\"1\" height=\"1\" fill=\"rgb({grey},{grey},{grey})\"/>");
            }
        }
    }
    svg.push_str("</svg>\n");
    fs::write(path, svg)
}
