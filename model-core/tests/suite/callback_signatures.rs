//! Callbacks take what Keras's take, under the same names, in the same order.

use crate::common::signatures::signatures;
use model_core::callbacks::{
    BackupAndRestore, CSVLogger, EarlyStopping, LambdaCallback, LearningRateScheduler, Mode, ModelCheckpoint, ReduceLROnPlateau,
    SaveFreq, SwapEMAWeights, TensorBoard, TerminateOnNaN, UpdateFreq,
};

/// What Keras has and this library has not, and why.
const ABSENT: &[(&str, &str)] = &[
    ("History", "`fit` gives it"),
    ("OrbaxCheckpoint", "it writes the files of a library of JAX's"),
    ("ProgbarLogger", "`Fit::verbose` says what is printed"),
    ("RemoteMonitor", "it is behind a feature"),
];

/// Arguments of Keras's that are left out, and why.
const LEFT_OUT: &[(&str, &str, &str)] = &[
    ("TensorBoard", "write_images", "weights are no pictures that tell something"),
    ("TensorBoard", "profile_batch", "it profiles what TensorFlow does"),
    ("TensorBoard", "embeddings_freq", "it writes checkpoints of TensorFlow's"),
    ("TensorBoard", "embeddings_metadata", "it writes checkpoints of TensorFlow's"),
];

/// The names of what a callback is made with and of its methods, which are called.
macro_rules! taken {
    ($($name:ident($($needed:ident = $value:expr),*) { $($argument:ident($given:expr))* })*) => {
        vec![$((stringify!($name), {
            let callback = $name::new($($value),*)$(.$argument($given))*;
            let _ = callback;
            vec![$(stringify!($needed),)* $(stringify!($argument)),*]
        })),*]
    };
}

#[test]
fn callbacks_take_what_keras_s_take() {
    let ours: Vec<(&str, Vec<&str>)> = taken! {
        BackupAndRestore(backup_dir = "backup") { save_freq(SaveFreq::Epoch) double_checkpoint(false) delete_checkpoint(true) }
        CSVLogger(filename = "log.csv") { separator(",") append(false) }
        EarlyStopping() {
            monitor("val_loss") min_delta(0.0) patience(0) verbose(false) mode(Mode::Auto) baseline(1.0) restore_best_weights(false)
            start_from_epoch(0)
        }
        LambdaCallback() {
            on_epoch_begin(|_, _| Ok(())) on_epoch_end(|_, _, _| Ok(())) on_train_begin(|_| Ok(())) on_train_end(|_| Ok(()))
            on_train_batch_begin(|_, _| Ok(())) on_train_batch_end(|_, _, _| Ok(()))
        }
        LearningRateScheduler(schedule = |_, rate| rate) { verbose(false) }
        ModelCheckpoint(filepath = "model.safetensors") {
            monitor("val_loss") verbose(false) save_best_only(false) save_weights_only(false) mode(Mode::Auto) save_freq(SaveFreq::Epoch)
            initial_value_threshold(1.0)
        }
        ReduceLROnPlateau() {
            monitor("val_loss") factor(0.1) patience(10) verbose(false) mode(Mode::Auto) min_delta(1e-4) cooldown(0) min_lr(0.0)
        }
        SwapEMAWeights() { swap_on_epoch(false) }
        TensorBoard(log_dir = "logs") {
            histogram_freq(0) write_graph(true) write_steps_per_second(false) update_freq(UpdateFreq::Epoch)
        }
        TerminateOnNaN() { raise_error(false) }
    };
    for (class, arguments) in signatures("callbacks") {
        if ABSENT.iter().any(|(absent, _)| *absent == class) {
            continue;
        }
        let is_taken = |name: &&str| !LEFT_OUT.iter().any(|(owner, left_out, _)| *owner == class && left_out == name);
        let expected: Vec<&str> = arguments.iter().map(|(name, _)| name.as_str()).filter(is_taken).collect();
        let found = ours.iter().find(|(name, _)| *name == class).map(|(_, names)| names.clone());
        assert_eq!(found, Some(expected), "{class}");
    }
}
