//! `source`: a model as the `functional_model!` that one would have written.

use std::path::PathBuf;

use functional_model::exchange::source;
use functional_model::network::Network;
use serde_json::json;

use crate::answer::{Answer, Result};
use crate::open;
use crate::output::Output;

/// Prints a model as `functional_model!`, as one would have written it.
///
/// The source has the same configuration, so that the file can be loaded into it.
#[derive(clap::Args)]
#[command(after_help = "Example: functional-model source net.keras > src/net.rs")]
pub struct Arguments {
    /// The model's file.
    model: PathBuf,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let text = source::write(open::model(&arguments.model)?.graph())?;
    output.show(|| text.clone(), || json!({ "source": text }))?;
    Ok(Answer::Yes)
}
