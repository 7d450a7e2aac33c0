//! `convert`: a model in another format. What that format cannot hold is told before anything is written.

mod target;
mod weights;

use std::path::{Path, PathBuf};

use functional_model::network::Network;
use functional_model::prelude::{Export, Model, Save, Train};
use serde_json::json;

use crate::answer::{Answer, Failure, Result};
use crate::open::{self, File};
use crate::output::Output;
use target::Target;
use weights::By;

/// Writes a model in another format, which the new name's ending tells.
#[derive(clap::Args)]
#[command(after_help = "\
Endings: `.safetensors`, `.keras`, `.onnx`, `.json` (the model without weights), `.weights.h5` and `.npz` (weights alone). A folder, or \
the name `model.json`, is for TensorFlow.js.

Example: functional-model convert net.keras net.onnx
Example: functional-model convert new.keras started.keras --weights old.keras --names --skip-mismatch")]
pub struct Arguments {
    /// The model's file.
    from: PathBuf,
    /// The new file, or a folder for TensorFlow.js.
    to: PathBuf,
    /// Takes the weights from this file: one of the same model, or of weights alone, also an `.npz` of arrays by their paths, `dense/kernel`.
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Takes the weights of layers with the same names alone, and leaves the others as they are: of a model with other layers.
    #[arg(long, requires = "weights")]
    names: bool,
    /// Leaves weights as they are that have another shape in the other file.
    #[arg(long, requires = "names")]
    skip_mismatch: bool,
    /// Draws the weights anew from this seed.
    #[arg(long, conflicts_with = "weights")]
    seed: Option<u64>,
    /// Writes `.safetensors` with the weights alone, each by its path.
    #[arg(long)]
    weights_only: bool,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let Arguments { from, to, .. } = arguments;
    let target = Target::of(to, arguments.weights_only)?;
    if target != Target::TensorFlowJs {
        open::check_folder(to)?;
    }
    let file = open::open(from)?;
    let is_changed = arguments.weights.is_some() || arguments.seed.is_some();
    let (model, kept) = model(arguments, &file, target)?;
    let mut left = Vec::new();
    if file.has_weights() && target == Target::Config {
        left.push("the weights".to_owned());
    }
    if target.is_weights_alone() {
        left.push("the model: its layers and how they are connected".to_owned());
    }
    left.extend(file.unread_training());
    let mut has_training = file.training.is_some() && !is_changed && target.has_training();
    if has_training {
        // It is written as a whole, or not at all.
        if let Err(error) = save_trained(&model, &file, to) {
            left.push(format!("how it was trained: {error}"));
            has_training = false;
        }
    } else if file.training.is_some() {
        left.push("how it was trained, and what the optimizer remembers".to_owned());
    }
    kept.iter().for_each(|what| output.note(what));
    left.iter().for_each(|what| output.note(&format!("left behind: {what}")));
    if !has_training {
        write(&model, target, to)?;
    }
    let path = target.file(to);
    output.show(
        || format!("{} ({}) -> {} ({target})", file.path.display(), file.format, path.display()),
        || {
            let mut told = json!({ "written": path.to_string_lossy(), "format": target.to_string(), "left_behind": left });
            if arguments.names {
                told["not_taken"] = kept.clone().into();
            }
            told
        },
    )?;
    Ok(Answer::Yes)
}

/// The model that is written, with the weights that are asked for, and what was not taken of theirs.
fn model(arguments: &Arguments, file: &File, target: Target) -> Result<(Model, Vec<String>)> {
    let missing = |help: &str| Failure::of_file(&file.path, format_args!("it is {}\nhelp: {help}", file.format));
    let Some(model) = &file.model else {
        return Err(missing("name the file of the model, and this one behind `--weights`"));
    };
    if let Some(seed) = arguments.seed {
        return Ok((Model::new(model.graph().clone(), seed)?, Vec::new()));
    }
    let mut model = model.clone();
    let mut kept = Vec::new();
    match &arguments.weights {
        Some(_) if arguments.names && !file.has_weights() => {
            return Err(missing("`--names` is for a file with weights: convert it with `--seed 42` first"));
        }
        Some(weights) => {
            let by = if arguments.names { By::Names { skip_mismatch: arguments.skip_mismatch } } else { By::Model };
            kept = weights::take(&mut model, weights, by)?;
        }
        None if !file.has_weights() && target != Target::Config => {
            return Err(missing("`--weights FILE` takes them from another file, `--seed 42` draws them"));
        }
        None => {}
    }
    Ok((model, kept))
}

/// Saves a model with how it was trained.
fn save_trained(model: &Model, file: &File, to: &Path) -> functional_model::Result<()> {
    let mut model = model.clone();
    match file.has_loss() {
        true => model.resume(&file.path)?.save(to),
        false => model.resume_optimizer(&file.path)?.save(&model, to),
    }
}

fn write(model: &Model, target: Target, to: &Path) -> Result<()> {
    match target {
        Target::Own | Target::Keras => model.save(to)?,
        Target::Weights | Target::KerasWeights => model.save_weights(to)?,
        Target::Numpy => weights::write_arrays(model, to)?,
        Target::Onnx => model.export(to)?,
        Target::Config => target::write_text(to, &model.config())?,
        Target::TensorFlowJs => target::write_tfjs(model, &target.file(to))?,
    }
    Ok(())
}
