//! Training by several processes, which `mpirun` starts: the bits of one process, and a job that ends when one of its ranks does.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Output, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use functional_model::callbacks::SaveFreq;
use functional_model::distribution::{DataParallel, Mpi};
use functional_model::prelude::*;
use functional_model::random::Random;
use ndarray::{Array1, Array2, s};

functional_model! {
    model Net(x: [6]) -> [3] {
        let x = BatchNormalization()(Dense(12, activation = "relu")(x));
        let x = BatchNormalization(synchronized = true)(Dense(12)(x));
        Dense(3)(Dropout(0.4)(x))
    }
}

/// What a child does, and where.
const TASK: &str = "FUNCTIONAL_MODEL_MPI_TASK";
const FOLDER: &str = "FUNCTIONAL_MODEL_MPI_IN";

/// How often a rank is killed: 3 times, unless more is asked for.
const KILLS: &str = "FUNCTIONAL_MODEL_KILLS";

fn data() -> (Array2<f32>, Array1<i32>) {
    let x = Array2::from_shape_fn((80, 6), |(i, j)| ((i * 5 + j * 7) % 13) as f32 / 6.0 - 1.0);
    let y = x.rows().into_iter().map(|x| if x[0] > 0.3 { 2 } else { i32::from(x[1] > x[2]) }).collect();
    (x, y)
}

/// Trains, with a word to say behind each step, and leaves the weights in a file.
fn train(ranks: DataParallel, folder: &Path, samples: usize, mut behind_step: impl FnMut(usize) + 'static) -> Result<()> {
    let ((x, y), mut model) = (data(), Net::new(3));
    let adam = Adam::new(0.01).use_ema(true).gradient_accumulation_steps(2);
    let mut trainer = model.compile(adam, SparseCategoricalCrossentropy::from_logits()).metric("accuracy").distribute(ranks);
    let mut steps = 0;
    let own = LambdaCallback::new().on_train_batch_end(move |_, _, _| {
        behind_step(steps);
        steps += 1;
        Ok(())
    });
    let backup = BackupAndRestore::new(folder.join("backup")).save_freq(SaveFreq::Steps(3));
    let fit = Fit::epochs(8).batch_size(8).seed(11).verbose(Verbose::Silent).callback(backup).callback(own);
    trainer.fit((x.slice(s![..samples, ..]), y.slice(s![..samples])), fit)?;
    let all = trainer.predict(&x)?;
    assert_eq!(all.shape(), [80, 3]);
    trainer.save(folder.join("training.safetensors"))
}

/// The child's part: nothing, unless a parent has said what.
#[test]
fn a_child_does_what_it_is_told() {
    let (Ok(task), Some(folder)) = (env::var(TASK), env::var_os(FOLDER)) else { return };
    let folder = PathBuf::from(folder);
    let ended = Mpi::run(|ranks| {
        let rank = ranks.rank();
        match task.as_str() {
            "train" => train(ranks, &folder, 80, |_| ()),
            "differ" => train(ranks, &folder, 80 - rank, |_| ()),
            "panic" => train(ranks, &folder, 80, move |step| assert!((rank, step) != (1, 5), "out of luck")),
            "fail" => {
                if rank == 1 {
                    Err(Error::NoLosses)
                } else {
                    train(ranks, &folder, 80, |_| ())
                }
            }
            _ => {
                fs::write(folder.join(format!("rank_{rank}")), std::process::id().to_string())
                    .map_err(|error| Error::Data(error.into()))?;
                train(ranks, &folder, 80, |_| thread::sleep(Duration::from_millis(5)))
            }
        }
    });
    assert_eq!(ended, ExitCode::SUCCESS);
}

/// A job of so many ranks; without `mpirun` where that is none.
fn job(ranks: usize, task: &str, folder: &Path) -> Child {
    let program = env::current_exe().unwrap();
    let mut command = Command::new(if ranks == 0 { program.clone() } else { "mpirun".into() });
    if ranks > 0 {
        command.args(["--allow-run-as-root", "--oversubscribe", "-n", &ranks.to_string()]).arg(program);
    }
    command.args(["--exact", "a_child_does_what_it_is_told", "--nocapture"]).env(TASK, task).env(FOLDER, folder);
    command.env("FUNCTIONAL_MODEL_THREADS", "1").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

fn run(ranks: usize, task: &str, folder: &Path) -> Output {
    job(ranks, task, folder).wait_with_output().unwrap()
}

/// What a job has left.
fn left(folder: &Path) -> Vec<u8> {
    fs::read(folder.join("training.safetensors")).unwrap()
}

/// What one process comes to that knows nothing of MPI.
fn alone() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    train(DataParallel::alone(), folder.path(), 80, |_| ()).unwrap();
    left(folder.path())
}

#[test]
fn processes_train_to_the_bits_of_one() {
    let alone = alone();
    for ranks in [0, 1, 2, 4] {
        let folder = tempfile::tempdir().unwrap();
        let output = run(ranks, "train", folder.path());
        assert!(output.status.success(), "{ranks} ranks: {}", String::from_utf8_lossy(&output.stderr));
        assert!(left(folder.path()) == alone, "{ranks} ranks");
    }
}

/// What a job says that fails, which it does soon.
fn failure(ranks: usize, task: &str) -> String {
    let (folder, start) = (tempfile::tempdir().unwrap(), Instant::now());
    let output = run(ranks, task, folder.path());
    assert!(!output.status.success() && start.elapsed() < Duration::from_secs(10), "{task}: {:?}", start.elapsed());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_error_ends_the_job_and_is_printed_once() {
    for (task, error) in [
        ("differ", "error: rank 1 has another set of training data than rank 0: expected 80 samples of [6] and [1] elements"),
        ("fail", "error: rank 1 has failed: the trainer has no losses"),
    ] {
        let said = failure(2, task);
        assert_eq!(said.matches("error: ").count(), 1, "{said}");
        assert!(said.contains(error), "{said}");
    }
    assert!(failure(3, "train").contains("error: 3 ranks cannot share a batch: expected 1, 2, 4, 8, or another power of two"));
}

#[test]
fn a_rank_that_panics_is_named() {
    let said = failure(4, "panic");
    assert!(said.contains("out of luck") && said.contains("error: rank 1 panicked, which ends the job"), "{said}");
}

#[test]
fn a_job_of_which_a_rank_is_killed_goes_on_to_the_same_bits() {
    let kills = env::var(KILLS).ok().and_then(|kills| kills.parse().ok()).unwrap_or(3);
    let (alone, mut random) = (alone(), Random::new(7));
    let (mut folder, mut done, mut killed) = (tempfile::tempdir().unwrap(), 0, 0);
    while killed < kills || done == 0 {
        let ranks = [2, 4][random.below(2) as usize];
        let mut job = job(ranks, "slow", folder.path());
        let victim = folder.path().join(format!("rank_{}", random.below(ranks as u64)));
        let start = Instant::now();
        while !victim.exists() && start.elapsed() < Duration::from_secs(20) {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_millis(random.below(600)));
        let process = fs::read_to_string(&victim).unwrap();
        let is_running = job.try_wait().unwrap().is_none();
        Command::new("kill").args(["-9", &process]).stderr(Stdio::null()).status().unwrap();
        let start = Instant::now();
        let output = job.wait_with_output().unwrap();
        assert!(start.elapsed() < Duration::from_secs(10), "the job has gone on for {:?}", start.elapsed());
        fs::remove_file(victim).unwrap();
        if output.status.success() {
            // It has ended before it was killed.
            assert!(left(folder.path()) == alone);
            (folder, done) = (tempfile::tempdir().unwrap(), done + 1);
        } else {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(is_running && said.contains("rank"), "{said}");
            killed += 1;
        }
    }
}
