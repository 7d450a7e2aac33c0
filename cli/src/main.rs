//! The command `functional-model`: what is in a model's file, and what can be done with it, without writing a program.
//!
//! Each command is one file: its arguments, and `run`, which answers with yes or no. `open` reads models of every format, `arrays` what they are
//! given, `output` decides between text for people and JSON.

mod answer;
mod arrays;
mod check;
mod convert;
mod diff;
mod evaluate;
mod inspect;
mod open;
mod output;
mod plot;
mod predict;
mod source;
mod summary;
mod table;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use answer::{Answer, Failure};
use output::Output;

/// Looks at neural networks in files, compares and converts them, and lets them predict.
#[derive(Parser)]
#[command(name = "functional-model", version, after_help = AFTER_HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Prints JSON, for programs.
    #[arg(long, global = true)]
    json: bool,
}

const AFTER_HELP: &str = "\
Files that are read: `.safetensors` of functional-model, `.keras`, `.h5`, `.weights.h5`, `.json`, and the `model.json` of \
TensorFlow.js with its shards. What a file is, its first bytes tell.

Exit codes:
  0  all is well
  1  the answer is no: `diff` has found differences, `check` a file that is not whole
  2  the command is wrong, or a file cannot be read or written

Example: functional-model summary net.keras";

#[derive(Subcommand)]
enum Command {
    Summary(summary::Arguments),
    Plot(plot::Arguments),
    Inspect(inspect::Arguments),
    Convert(convert::Arguments),
    Predict(predict::Arguments),
    Evaluate(evaluate::Arguments),
    Diff(diff::Arguments),
    Source(source::Arguments),
    Check(check::Arguments),
}

fn main() -> ExitCode {
    let Arguments { command, json } = Arguments::parse();
    functional_model::training::print_to_stderr();
    let output = Output::new(json);
    let answer = match command {
        Command::Summary(arguments) => summary::run(&arguments, output),
        Command::Plot(arguments) => plot::run(&arguments, output),
        Command::Inspect(arguments) => inspect::run(&arguments, output),
        Command::Convert(arguments) => convert::run(&arguments, output),
        Command::Predict(arguments) => predict::run(&arguments, output),
        Command::Evaluate(arguments) => evaluate::run(&arguments, output),
        Command::Diff(arguments) => diff::run(&arguments, output),
        Command::Source(arguments) => source::run(&arguments, output),
        Command::Check(arguments) => check::run(&arguments, output),
    };
    match answer {
        Ok(Answer::Yes) | Err(Failure::HungUp) => ExitCode::SUCCESS,
        Ok(Answer::No) => ExitCode::from(1),
        Err(Failure::Told(message)) => {
            output.error(&message);
            ExitCode::from(2)
        }
    }
}
