//! Training that is killed, again and again, ends with the bits of training that was not.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

use functional_model::callbacks::SaveFreq;
use functional_model::prelude::*;
use functional_model::schedules::CosineDecay;
use ndarray::{Array1, Array2};

functional_model! {
    model Net(x: [6]) -> [3] {
        let x = BatchNormalization()(Dense(12, activation = "relu")(x));
        Dense(3)(Dropout(0.4)(x))
    }
}

/// Where a child keeps its copy and leaves its weights.
const FOLDER: &str = "FUNCTIONAL_MODEL_KILLED_IN";

/// Trains with everything that a step may depend on, and leaves the weights in a file: on a stream whose samples are mixed and made noisy.
fn train(folder: &Path, pause: Duration) -> Result<()> {
    let x = Array2::from_shape_fn((80, 6), |(i, j)| ((i * 5 + j * 7) % 13) as f32 / 6.0 - 1.0);
    let y: Array1<i32> = x.rows().into_iter().map(|row| if row[0] > 0.3 { 2 } else { i32::from(row[1] > row[2]) }).collect();
    let samples = Dataset::from_slices((x, y)).shuffle(30).map_random(|(x, y), random| (x + 0.1 * random.normal() as f32, y));
    let adam = Adam::new(CosineDecay::new(0.01, 60)).use_ema(true).ema_overwrite_frequency(7).gradient_accumulation_steps(2);
    let mut model = Net::new(3);
    let mut trainer = model.compile(adam, SparseCategoricalCrossentropy::from_logits()).metric("accuracy");
    let backup = BackupAndRestore::new(folder.join("backup")).save_freq(SaveFreq::Steps(3));
    let slow = LambdaCallback::new().on_train_batch_end(|_, _, _| {
        thread::sleep(pause);
        Ok(())
    });
    let fit = Fit::epochs(8).seed(11).verbose(Verbose::Silent).callback(backup).callback(slow);
    trainer.fit(samples.batch(8).prefetch(2), fit)?;
    drop(trainer);
    model.save(folder.join("weights.safetensors"))
}

/// The child's part: nothing, unless a parent has said where.
#[test]
fn a_child_trains_where_it_is_told() -> Result<()> {
    match env::var_os(FOLDER) {
        Some(folder) => train(Path::new(&folder), Duration::from_millis(2)),
        None => Ok(()),
    }
}

fn child(folder: &Path) -> Child {
    let program = env::current_exe().unwrap();
    let mut command = Command::new(program);
    command.args(["--exact", "a_child_trains_where_it_is_told"]).env(FOLDER, folder).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

#[test]
fn training_that_is_killed_ends_with_the_same_bits() -> Result<()> {
    let (whole, killed) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    train(whole.path(), Duration::ZERO)?;
    let mut kills = 0;
    for attempt in 0_u64.. {
        let mut child = child(killed.path());
        // Later each time, so that it comes to an end on any machine.
        thread::sleep(Duration::from_millis(60 + attempt * 37));
        match child.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success(), "the child failed after {kills} kills");
                break;
            }
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
            }
        }
    }
    assert!(kills > 1, "it was killed {kills} times");
    let weights = |folder: &Path| fs::read(folder.join("weights.safetensors")).unwrap();
    assert!(weights(killed.path()) == weights(whole.path()), "the weights differ after {kills} kills");
    Ok(())
}
