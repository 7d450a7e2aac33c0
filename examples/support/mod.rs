//! What the examples share: their flags, and the last step, in which a trained model is kept and met again.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::Parser;
use functional_model::given::Examples;
use functional_model::prelude::*;
use functional_model::threads::set_threads;
use ndarray::{Array, ArrayD, Dimension};

/// The flags of every example.
#[derive(Parser, Debug)]
pub struct Flags {
    /// The folder with the data set's files; without it, images are made up
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
    pub fn fit<'d>(&self, epochs: usize, test: &'d dyn Examples) -> Fit<'d> {
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

/// Saves the model, loads it with and without the code that it was written in, and checks that all three predict the same.
pub fn keep<N, D>(
    model: &N,
    path: &Path,
    load: impl Fn(&Path) -> functional_model::Result<N>,
    images: &Array<f32, D>,
) -> Result<(), Box<dyn Error>>
where
    N: Trainable,
    D: Dimension,
{
    model.save(path)?;
    let expected = model.predict(images)?;
    let same = |found: ArrayD<f32>| if found == expected { Ok(()) } else { Err("a loaded model predicts something else") };
    same(load(path)?.predict(images)?)?;
    same(Model::load(path)?.predict(images)?)?;
    println!("saved to `{}`; loaded with and without its code, it predicts the same", path.display());
    Ok(())
}
