//! `check`: whether a file is whole, and what is in it.

use std::path::PathBuf;

use functional_model::network::Network;
use functional_model::prelude::Train;
use serde_json::json;

use crate::answer::{Answer, Failure, Result};
use crate::open::{self, File};
use crate::output::Output;
use crate::table::count;

/// Says whether a file is whole, and what is in it; the exit code is 1 where not.
///
/// A file is whole where everything that it needs to be used here is there and can be read: layers, shapes, finite numbers, and its checksum, where
/// it has one.
#[derive(clap::Args)]
#[command(after_help = "Example: functional-model check net.keras && echo fine")]
pub struct Arguments {
    /// The file.
    file: PathBuf,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    // A file that is not there, or may not be read, is no file that is broken.
    let (path, bytes) = open::read(&arguments.file)?;
    match open::look(path, &bytes) {
        Ok(file) => {
            let unread = unread(&file);
            output.show(|| text(&file, &unread), || json(&file, &unread))?;
            Ok(Answer::Yes)
        }
        Err(Failure::Told(problem)) => {
            output.show(|| format!("whole: no\n{problem}"), || json!({ "whole": false, "problem": problem }))?;
            Ok(Answer::No)
        }
        Err(Failure::HungUp) => Err(Failure::HungUp),
    }
}

/// What is in the file and cannot be read.
fn unread(file: &File) -> Vec<String> {
    let mut unread: Vec<String> = file.unread_training().into_iter().collect();
    if let (Some(_), Some(mut model)) = (&file.training, file.model.clone()) {
        let read = match file.has_loss() {
            true => model.resume(&file.path).map(drop),
            false => model.resume_optimizer(&file.path).map(drop),
        };
        unread.extend(read.err().map(|error| format!("how it was trained: {error}")));
    }
    unread
}

fn text(file: &File, unread: &[String]) -> String {
    let mut lines = vec!["whole: yes".to_owned(), format!("format: {}", file.format)];
    lines.extend(file.writer.as_ref().map(|writer| format!("written by: {writer}")));
    match &file.model {
        Some(model) => {
            let graph = model.graph();
            let layers = graph.shown().layers.len();
            lines.push(format!("model: `{}`, {}", graph.name, count(layers, "layer")));
            if file.has_weights() {
                lines.push(format!("weights: {}, {}", graph.weights().len(), numbers(file)));
            }
        }
        None => lines.push(format!("weights: {}, {}", file.weights.len(), numbers(file))),
    }
    lines.extend(file.training.as_ref().map(|training| {
        let optimizer = training["compile_config"]["optimizer"]["class_name"].as_str().unwrap_or("an optimizer");
        let steps = training["iterations"].as_u64().unwrap_or(0);
        format!("training: `{optimizer}` after {}, {} of its own", count(steps as usize, "step"), count(file.remembered, "array"))
    }));
    lines.extend(unread.iter().map(|what| format!("not read: {what}")));
    lines.join("\n")
}

fn numbers(file: &File) -> String {
    count(elements(file), "number")
}

fn elements(file: &File) -> usize {
    match &file.model {
        Some(model) => {
            let mut elements = 0;
            model.visit(&mut |weight, _| elements += weight.data.len());
            elements
        }
        None => file.weights.iter().map(|(_, tensor)| tensor.shape.iter().product::<usize>()).sum(),
    }
}

fn json(file: &File, unread: &[String]) -> serde_json::Value {
    let graph = file.model.as_ref().map(Network::graph);
    let weights = graph.map_or(file.weights.len(), |graph| if file.has_weights() { graph.weights().len() } else { 0 });
    json!({
        "whole": true,
        "format": file.format.to_string(),
        "writer": file.writer,
        "model": graph.map(|graph| &graph.name),
        "layers": graph.map(|graph| graph.shown().layers.len()),
        "weights": weights,
        "numbers": if file.has_weights() { elements(file) } else { 0 },
        "training": file.training,
        "optimizer_arrays": file.remembered,
        "not_read": unread,
    })
}
