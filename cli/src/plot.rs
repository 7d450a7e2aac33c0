//! `plot`: a model as a picture.

use std::path::PathBuf;

use functional_model::network::Network;
use functional_model::plot;
use serde_json::json;

use crate::answer::{Answer, Result};
use crate::open;
use crate::output::Output;

/// Draws a model, a card for each layer.
#[derive(clap::Args)]
#[command(after_help = "Example: functional-model plot net.keras net.svg")]
pub struct Arguments {
    /// The model's file.
    model: PathBuf,
    /// The picture: `.svg`, `.png`, or `.dot` for Graphviz.
    picture: PathBuf,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let Arguments { model, picture } = arguments;
    open::check_folder(picture)?;
    plot::plot(open::model(model)?.graph(), picture)?;
    output.show(|| format!("drawn to {}", picture.display()), || json!({ "written": picture.to_string_lossy() }))?;
    Ok(Answer::Yes)
}
