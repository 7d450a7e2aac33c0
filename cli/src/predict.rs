//! `predict`: what a model makes of arrays, tables and images.

mod classes;
mod written;

use std::ffi::OsString;
use std::path::PathBuf;

use functional_model::ndarray::ArrayD;
use functional_model::network::Network;
use functional_model::prelude::{Model, Predict};

use crate::answer::{Answer, Result};
use crate::arrays::{self, Pixels, Wanted};
use crate::open;
use crate::output::Output;
use classes::Classes;

/// Lets a model predict, and prints or writes what it gives.
#[derive(clap::Args)]
#[command(after_help = "\
Inputs are `.npy`, `.npz` (arrays by the names of inputs), `.csv` (numbers, with or without a line of names), `.png`, `.jpg`, \
or a folder of images. Images are brought to the size that the model takes; their numbers are from 0 to 255, unless \
`--scale` and `--offset` say otherwise. A model with several inputs takes `name=file` for each.

Example: functional-model predict net.keras cat.png --scale 1/255 --top 5")]
pub struct Arguments {
    /// The model's file.
    model: PathBuf,
    /// What it is given: a file or a folder of images; with several inputs `name=file` for each.
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<OsString>,
    /// Writes the predictions to this file, `.npy`, `.npz` or `.csv`, instead of printing them.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How many samples are computed at once. The predictions do not depend on it.
    #[arg(long, default_value_t = 32, value_name = "SAMPLES")]
    batch_size: usize,
    #[command(flatten)]
    pixels: Pixels,
    #[command(flatten)]
    classes: Classes,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let Arguments { inputs, output: to, classes, .. } = arguments;
    if let Some(to) = to {
        written::check(to)?;
        open::check_folder(to)?;
    }
    let names = classes.names()?;
    let model = open::open(&arguments.model)?.into_whole_model()?;
    let files: Vec<_> = inputs.iter().map(arrays::split).collect();
    let predictions = predict(arguments, &model, &files)?;
    match to {
        Some(to) => written::write(to, &predictions, output)?,
        None if classes.is_asked_for() => classes.show(&predictions, &names, output)?,
        None => output.show(|| written::csv(&predictions), || written::json(&predictions))?,
    }
    Ok(Answer::Yes)
}

/// What a model has predicted.
struct Predictions {
    /// The outputs by name.
    outputs: Vec<(String, ArrayD<f32>)>,
    /// The files of the samples, where each is an image.
    files: Option<Vec<PathBuf>>,
}

impl Predictions {
    /// The file that a sample is the image of, if it is one.
    fn sample(&self, row: usize) -> Option<String> {
        Some(self.files.as_ref()?.get(row)?.display().to_string())
    }
}

fn predict(arguments: &Arguments, model: &Model, files: &[arrays::Named<'_>]) -> Result<Predictions> {
    let Arguments { batch_size, pixels, .. } = arguments;
    let wanted = Wanted::of(model.graph(), model.graph().own_inputs());
    let mut predictor = model.predictor().batch_size(*batch_size)?;
    if let Some((files, images)) = arrays::images_alone(files, &wanted, *pixels)? {
        // Where the model takes any size, images may differ in theirs: each is a batch of its own.
        let is_any_size = wanted.iter().any(|port| port.shape.contains(&None));
        let outputs = predictor.predict_all(images.batch(if is_any_size { 1 } else { *batch_size }))?;
        return Ok(Predictions { outputs, files: Some(files) });
    }
    let given = arrays::read(files, &wanted, "input", *pixels)?;
    Ok(Predictions { outputs: predictor.predict_all(given.arrays())?, files: None })
}
