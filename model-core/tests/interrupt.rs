//! Ctrl-C while a model is trained, in a process of its own.
#![cfg(unix)]

mod common;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use model_core::callbacks::LambdaCallback;
use model_core::losses::MeanSquaredError;
use model_core::optimizers::SGD;
use model_core::training::{Fit, Train, Verbose};
use ndarray::Array2;

const CHILD: &str = "FUNCTIONAL_MODEL_INTERRUPTED";

/// Trains until it is interrupted, and says how that ended.
fn train() {
    let (x, mut model) = (Array2::<f32>::ones((8, 3)), common::dense(&[3, 1], "linear"));
    let mut trainer = model.compile(SGD::new(0.01), MeanSquaredError::new());
    let y = Array2::<f32>::ones((8, 1));
    let told = LambdaCallback::new()
        .on_train_batch_end(|_, _, training| {
            if training.iterations() == 5 {
                println!("\ntraining");
            }
            Ok(())
        })
        .on_train_end(|training| {
            println!("\ninterrupted: {}", training.is_interrupted());
            Ok(())
        });
    let fit = Fit::epochs(usize::MAX).batch_size(2).callback(told).interrupt(true).verbose(Verbose::Silent);
    let history = trainer.fit((&x, &y), fit).unwrap();
    let (steps, epochs) = (trainer.iterations(), trainer.epochs());
    assert_eq!(history.epochs() as u64, epochs);
    assert!((4 * epochs..=4 * epochs + 4).contains(&steps), "{steps} steps in {epochs} epochs");
    // The epoch that was broken off is gone on with.
    trainer.fit((&x, &y), Fit::epochs(1).batch_size(2).verbose(Verbose::Silent)).unwrap();
    assert_eq!(trainer.iterations(), 4 * (epochs + 1));
    println!("\nended well");
}

#[test]
fn ctrl_c_ends_behind_the_step() {
    if std::env::var_os(CHILD).is_some() {
        return train();
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "ctrl_c_ends_behind_the_step", "--nocapture"]).env(CHILD, "").stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.by_ref().any(|line| line == "training"));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let rest: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success(), "{rest:?}");
    assert!(rest.iter().any(|line| line == "interrupted: true") && rest.iter().any(|line| line == "ended well"), "{rest:?}");
}
