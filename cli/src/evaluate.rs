//! `evaluate`: how well a model does on examples.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use functional_model::Error;
use functional_model::losses::Losses;
use functional_model::network::Network;
use functional_model::prelude::{Evaluate, Loss, Metric, Model, SGD, Train};
use functional_model::training::{Scores, Trainer};
use serde_json::{Map, Value};

use crate::answer::{Answer, Failure, Result};
use crate::arrays::{self, Pixels, Wanted};
use crate::open;
use crate::output::Output;

/// Judges a model by examples: its loss and its metrics.
#[derive(clap::Args)]
#[command(after_help = "\
Losses and metrics are Keras's strings, such as `mse` or `accuracy`, or what `keras.losses.serialize` writes, as JSON. \
Without `--loss`, they are those that the model was compiled with, and `--metric` adds to these.

Example: functional-model evaluate net.keras x.npy y.npy --loss mse --metric mae")]
pub struct Arguments {
    /// The model's file.
    model: PathBuf,
    /// The inputs and behind them the targets, as `predict` reads them; with several, `name=file` for each.
    #[arg(required = true, value_name = "X Y")]
    data: Vec<OsString>,
    /// The loss; `output=loss` for one of several outputs.
    #[arg(long, value_name = "LOSS")]
    loss: Vec<String>,
    /// A metric; `output=metric` for one of several outputs. Each is a `--metric` of its own.
    #[arg(long, value_name = "METRIC")]
    metric: Vec<String>,
    /// How many samples are computed at once.
    #[arg(long, default_value_t = 32, value_name = "SAMPLES")]
    batch_size: usize,
    #[command(flatten)]
    pixels: Pixels,
}

pub fn run(arguments: &Arguments, output: Output) -> Result {
    let file = open::open(&arguments.model)?;
    let (losses, path) = (losses(&arguments.loss)?, file.path.clone());
    if losses.is_none() && !file.has_loss() {
        return Err(no_loss(&path));
    }
    let mut model = file.into_whole_model()?;
    let (inputs, targets) = examples(arguments, &model)?;
    let mut trainer = match losses {
        None => model.resume(path)?,
        Some(losses) => model.compile(SGD::new(0.01), losses),
    };
    for metric in &arguments.metric {
        trainer = with_metric(trainer, metric)?;
    }
    let scores = trainer.evaluate_with((inputs.arrays(), targets.arrays()), Evaluate::new().batch_size(arguments.batch_size))?;
    output.show(|| text(&scores), || json(&scores))?;
    Ok(Answer::Yes)
}

fn no_loss(path: &Path) -> Failure {
    let help = "help: `--loss mse` says which, or another of Keras's strings";
    Failure::of_file(path, format_args!("it does not tell the loss that the model was compiled with\n{help}"))
}

/// The inputs and the targets among the files: by name, or the first and the second.
fn examples(arguments: &Arguments, model: &Model) -> Result<(arrays::Given, arrays::Given)> {
    let graph = model.graph();
    let inputs = Wanted::of(graph, graph.own_inputs());
    let outputs = Wanted::of(graph, graph.own_outputs());
    let files: Vec<_> = arguments.data.iter().map(arrays::split).collect();
    let is_input = |name: &str| inputs.iter().any(|port| port.name == name);
    let (mut x, mut y): (Vec<arrays::Named<'_>>, _) = (Vec::new(), Vec::new());
    for file in files {
        let is_x = file.0.map_or(x.is_empty(), is_input);
        if is_x { x.push(file) } else { y.push(file) }
    }
    if y.is_empty() {
        return Err(Failure::Told("there are no targets\nhelp: name two files, `x.npy y.npy`".to_owned()));
    }
    let pixels = arguments.pixels;
    Ok((arrays::read(&x, &inputs, "input", pixels)?, arrays::read(&y, &outputs, "output", pixels)?))
}

/// The output that an argument is for, where it names one, and what is asked for: a string of Keras's, or its JSON.
fn of_output<T>(
    text: &str,
    of_json: impl Fn(&Value) -> Result<T, Error>,
    of_string: impl Fn(&str) -> T,
) -> Result<(Option<&str>, T)> {
    let (output, rest) = match text.split_once('=') {
        Some((output, rest)) if !text.starts_with('{') => (Some(output), rest),
        _ => (None, text),
    };
    let asked = if rest.starts_with('{') { of_json(&serde_json::from_str(rest)?)? } else { of_string(rest) };
    Ok((output, asked))
}

/// The losses that are asked for, if any.
fn losses(asked: &[String]) -> Result<Option<Losses>> {
    let mut losses: Option<Losses> = None;
    for text in asked {
        let (output, loss) = of_output(text, Loss::from_keras, |string| Loss::from(string))?;
        losses = Some(match (output, losses) {
            (None, None) => loss.into(),
            (Some(output), losses) => losses.unwrap_or_default().output(output, loss),
            (None, Some(_)) => {
                return Err(Failure::Told(
                    "there are several losses\nhelp: say which output each is for, `--loss output=mse`".to_owned(),
                ));
            }
        });
    }
    Ok(losses)
}

fn with_metric<'m>(trainer: Trainer<'m, Model>, text: &str) -> Result<Trainer<'m, Model>> {
    let (output, metric) = of_output(text, Metric::from_keras, |string| Metric::from(string))?;
    Ok(match output {
        Some(output) => trainer.metric_of(output, metric),
        None => trainer.metric(metric),
    })
}

fn text(scores: &Scores) -> String {
    scores.iter().map(|(name, value)| format!("{name}: {value:.6}\n")).collect()
}

fn json(scores: &Scores) -> Value {
    Value::Object(scores.iter().map(|(name, value)| (name.to_owned(), value.into())).collect::<Map<_, _>>())
}
