//! Callbacks: when they act, what they write, and how they fail.

use std::path::Path;

use model_core::callbacks::{
    BackupAndRestore, CSVLogger, Callback, Callbacks, EarlyStopping, LambdaCallback, LearningRateScheduler, Logs, Mode,
    ModelCheckpoint, Outcome, ReduceLROnPlateau, SaveFreq, TensorBoard, TerminateOnNaN, Training, UpdateFreq,
};
use model_core::interpret::Model;
use model_core::losses::MeanSquaredError;
use model_core::metrics::MeanAbsoluteError;
use model_core::network::Network;
use model_core::optimizers::{Adam, SGD};
use model_core::training::{Evaluate, Fit, History, Predict, Train, Verbose};
use ndarray::{Array1, Array2};

fn data() -> (Array2<f32>, Array1<f32>) {
    let x = Array2::from_shape_fn((24, 3), |(i, j)| ((i * 7 + j * 5) % 11) as f32 / 11.0);
    let y = x.map_axis(ndarray::Axis(1), |x| x[0] - 2.0 * x[1]);
    (x, y)
}

fn bits(model: &Model) -> Vec<u32> {
    let mut bits = Vec::new();
    model.visit(&mut |weight, _| bits.extend(weight.data.iter().map(|element| element.to_bits())));
    bits
}

fn quiet<'f>(epochs: usize) -> Fit<'f> {
    Fit::epochs(epochs).batch_size(8).verbose(Verbose::Silent)
}

/// Losses that callbacks are shown, one an epoch.
const LOSSES: [f64; 11] = [5.0, 4.0, 4.05, 3.98, 3.99, 4.0, 3.5, 3.6, 3.7, 3.8, 3.9];

/// Shows callbacks the losses: the history.
fn shown(callback: impl Callback) -> History {
    let (mut model, (x, y)) = (crate::common::dense(&[3, 1], "linear"), data());
    let mut losses = LOSSES.into_iter();
    let mut trainer =
        model.compile(SGD::new(1.0), MeanSquaredError::new()).train_step(["loss"], |_| Ok([losses.next().unwrap()]));
    trainer.fit((&x, &y), quiet(LOSSES.len()).batch_size(24).callback(callback)).unwrap()
}

/// What `keras.callbacks.EarlyStopping` does when it is shown the same losses.
#[test]
fn early_stopping_stops_where_keras_does() {
    let check = |stopping: EarlyStopping, stopped: usize, best_epoch: usize, best: f64| {
        let mut stopping = stopping.monitor("loss");
        let history = shown(&mut stopping);
        assert_eq!(history.epochs(), stopped + 1);
        assert_eq!((stopping.stopped_epoch(), stopping.best_epoch(), stopping.best()), (Some(stopped), best_epoch, Some(best)));
    };
    check(EarlyStopping::new(), 2, 1, 4.0);
    check(EarlyStopping::new().patience(2), 5, 3, 3.98);
    check(EarlyStopping::new().patience(2).min_delta(0.1), 3, 1, 4.0);
    check(EarlyStopping::new().patience(3).baseline(3.6), 2, 1, 4.0);
    check(EarlyStopping::new().patience(1).start_from_epoch(4), 5, 4, 3.99);
    check(EarlyStopping::new().patience(3).mode(Mode::Max), 3, 0, 5.0);
}

/// What `keras.callbacks.ReduceLROnPlateau` leaves of the rate behind each epoch.
#[test]
fn plateaus_lower_the_rate_as_keras_s_do() {
    let check = |plateau: ReduceLROnPlateau, expected: [f64; 11]| {
        let mut rates = Vec::new();
        {
            let mut plateau = plateau.monitor("loss");
            let (mut model, (x, y)) = (crate::common::dense(&[3, 1], "linear"), data());
            let mut losses = LOSSES.into_iter();
            let told = LambdaCallback::new().on_epoch_end(|_, _, training| {
                rates.push(training.learning_rate());
                Ok(())
            });
            let mut trainer =
                model.compile(SGD::new(1.0), MeanSquaredError::new()).train_step(["loss"], |_| Ok([losses.next().unwrap()]));
            let fit = quiet(LOSSES.len()).batch_size(24).callback(&mut plateau).callback(told);
            let history = trainer.fit((&x, &y), fit).unwrap();
            assert_eq!(history["learning_rate"][0], 1.0);
        }
        rates.iter().zip(expected).for_each(|(found, expected)| assert!((found - expected).abs() < 1e-5, "{rates:?}"));
    };
    check(ReduceLROnPlateau::new().patience(1), [1.0, 1.0, 0.1, 0.1, 0.01, 0.001, 0.001, 0.0001, 1e-05, 1e-06, 0.0]);
    check(
        ReduceLROnPlateau::new().patience(2).factor(0.5).cooldown(2),
        [1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25],
    );
    check(ReduceLROnPlateau::new().patience(1).factor(0.5).min_lr(0.3), [1.0, 1.0, 0.5, 0.5, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]);
    check(
        ReduceLROnPlateau::new().patience(2).factor(0.5).min_delta(0.1),
        [1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125, 0.125, 0.0625],
    );
}

/// The model ends with the weights of its best epoch, also where it was not stopped.
#[test]
fn the_best_weights_come_back() {
    let (x, y) = data();
    let mut model = crate::common::dense(&[3, 4, 1], "linear");
    let (mut snapshots, mut losses) = (Vec::new(), Vec::new());
    // The rate grows, so that the first epochs are better than the last.
    let data = (&x, &y);
    let fit = quiet(6)
        .validation_data(&data)
        .callback(LearningRateScheduler::new(|epoch, _| 0.05 * 4.0_f64.powi(epoch as i32)))
        .callback(EarlyStopping::new().patience(9).restore_best_weights(true))
        .callback(TerminateOnNaN::new())
        .callback(LambdaCallback::new().on_epoch_end(|_, logs, training| {
            let mut all = Vec::new();
            training.visit_weights(&mut |_, weight| all.extend(weight.iter().map(|element| element.to_bits())));
            snapshots.push(all);
            losses.push(logs["val_loss"]);
            Ok(())
        }))
        .shuffle(false);
    let history = model.compile(SGD::new(0.05), MeanSquaredError::new()).fit(data, fit).unwrap();
    let best = losses.iter().enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap().0;
    assert!(best + 1 < losses.len() && history.epochs() == losses.len(), "{losses:?}");
    assert_eq!(bits(&model), snapshots[best]);
}

#[test]
fn checkpoints_are_named_saved_and_gone_on_from() {
    let (folder, (x, y)) = (tempfile::tempdir().unwrap(), data());
    let pattern = folder.path().join("deep/{epoch:02d}-{loss:.3f}.safetensors");
    let best = folder.path().join("best.safetensors");
    let mut model = crate::common::dense(&[3, 4, 1], "linear");
    let mut trainer = model.compile(Adam::new(0.01), MeanSquaredError::new());
    let fit = quiet(4)
        .callback(ModelCheckpoint::new(pattern.to_str().unwrap()))
        .callback(ModelCheckpoint::new(best.to_str().unwrap()).monitor("loss").save_best_only(true).save_weights_only(true))
        .callback(
            ModelCheckpoint::new(folder.path().join("step-{batch}.safetensors").to_str().unwrap()).save_freq(SaveFreq::Steps(2)),
        );
    let history = trainer.fit((&x, &y), fit).unwrap();
    let after_two = folder.path().join(format!("deep/02-{:.3}.safetensors", history["loss"][1]));
    let mut again = Model::load(&after_two).unwrap();
    let mut resumed = again.resume(&after_two).unwrap();
    assert_eq!(resumed.epochs(), 2);
    resumed.fit((&x, &y), quiet(2)).unwrap();
    assert_eq!(bits(&again), bits(&model));
    assert_eq!(bits(&Model::load(&best).unwrap()), bits(&model));
    // Three steps an epoch: behind the second of the first, the first of the second, …
    assert!(["step-1", "step-2", "step-3"].iter().all(|name| folder.path().join(name).with_extension("safetensors").exists()));

    // In the middle of an epoch: what is left of it, and what comes behind.
    let middle = folder.path().join("step-1.safetensors");
    let mut again = Model::load(&middle).unwrap();
    let mut resumed = again.resume(&middle).unwrap();
    assert_eq!((resumed.epochs(), resumed.iterations()), (3, 10));
    resumed.fit((&x, &y), quiet(1)).unwrap();
    assert_eq!(bits(&again), bits(&model));
}

/// A run that is broken off at any step, and started again, ends with the same bits.
#[test]
fn a_run_that_was_killed_goes_on_bit_for_bit() {
    let (x, y) = data();
    let compile = |model: &mut Model, killed: Option<u64>, folder: &Path, freq: SaveFreq| {
        let backup = BackupAndRestore::new(folder).save_freq(freq);
        let kill = LambdaCallback::new().on_train_batch_begin(move |_, training| match killed {
            Some(step) if training.iterations() == step => Err("killed".into()),
            _ => Ok(()),
        });
        let mut trainer = model.compile(Adam::new(0.01), MeanSquaredError::new()).metric(MeanAbsoluteError);
        trainer.fit((&x, &y), quiet(4).seed(3).callback(backup).callback(kill)).map(|history| history.epochs())
    };
    let (folder, mut whole) = (tempfile::tempdir().unwrap(), crate::common::dense(&[3, 4, 1], "linear"));
    assert_eq!(compile(&mut whole, None, &folder.path().join("none"), SaveFreq::Epoch).unwrap(), 4);
    for killed in 0..12 {
        for freq in [SaveFreq::Epoch, SaveFreq::Steps(1), SaveFreq::Steps(2)] {
            let copy = folder.path().join(format!("{killed}-{freq:?}"));
            let mut model = crate::common::dense(&[3, 4, 1], "linear");
            let error = compile(&mut model, Some(killed), &copy, freq).unwrap_err().to_string();
            assert_eq!(
                error,
                format!("callback `LambdaCallback` failed in epoch {}, step {}: killed", killed / 3 + 1, killed % 3 + 1)
            );
            let mut again = crate::common::dense(&[3, 4, 1], "linear");
            compile(&mut again, None, &copy, freq).unwrap();
            assert_eq!(bits(&again), bits(&whole), "killed at {killed}, {freq:?}");
            assert!(!copy.exists());
        }
    }
}

#[test]
fn logs_are_written_as_lines() {
    let (folder, (x, y)) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("log.csv");
    let mut model = crate::common::dense(&[3, 1], "linear");
    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new());
    let validation = (&x, &y);
    let mut fit = |append: bool| {
        let fit = quiet(2)
            .validation_data(&validation)
            .validation_freq(2)
            .callback(CSVLogger::new(&path).separator(";").append(append));
        trainer.fit((&x, &y), fit).unwrap()
    };
    let (first, second) = (fit(false), fit(true));
    let (one, two) = (&first["loss"], &second["loss"]);
    let expected = format!(
        "epoch;loss;val_loss\n0;{};NA\n1;{};{}\n2;{};NA\n3;{};{}\n",
        one[0], one[1], first["val_loss"][0], two[0], two[1], second["val_loss"][0]
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), expected);
    let error =
        trainer.fit((&x, &y), quiet(1).callback(CSVLogger::new(folder.path().join("no/log.csv")))).unwrap_err().to_string();
    assert!(error.starts_with("callback `CSVLogger` failed in epoch 5: `") && error.contains("log.csv`: "), "{error}");
}

/// What TensorBoard's reader finds is told by `tests/parity/tensor_board.py`; here, that the records are whole.
#[test]
fn events_are_written() {
    let (folder, (x, y)) = (tempfile::tempdir().unwrap(), data());
    let mut model = crate::common::dense(&[3, 4, 1], "linear");
    let validation = (&x, &y);
    let board = TensorBoard::new(folder.path()).histogram_freq(1).update_freq(UpdateFreq::Batch).write_steps_per_second(true);
    let fit = quiet(2).validation_data(&validation).callback(board);
    model.compile(SGD::new(0.1), MeanSquaredError::new()).metric(MeanAbsoluteError).fit((&x, &y), fit).unwrap();
    let records = |part: &str| {
        let file = std::fs::read_dir(folder.path().join(part)).unwrap().next().unwrap().unwrap().path();
        let (bytes, mut place, mut records) = (std::fs::read(file).unwrap(), 0, Vec::new());
        while place < bytes.len() {
            let length = u64::from_le_bytes(bytes[place..place + 8].try_into().unwrap()) as usize;
            records.push(bytes[place + 12..place + 12 + length].to_vec());
            place += 16 + length;
        }
        records
    };
    let (train, validation) = (records("train"), records("validation"));
    // The version and the graph, six steps, and two epochs with their histograms.
    assert_eq!((train.len(), validation.len()), (2 + 6 + 4, 1 + 2));
    let has = |record: &[u8], text: &str| record.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has(&train[0], "brain.Event:2") && has(&train[1], "graph_keras_model") && has(&train[1], "\"Functional\""));
    assert!(
        has(&train[2], "batch_loss")
            && has(&train[5], "epoch_mean_absolute_error")
            && has(&train[6], "hidden_1/kernel/histogram")
    );
    assert!(has(&validation[1], "epoch_loss"));
}

/// One that fails names itself, the epoch and the step; the model is as the last step left it, and training can go on.
#[test]
fn what_fails_is_named() {
    struct Broken;
    impl Callback for Broken {
        fn on_train_batch_end(&mut self, step: usize, _: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
            if training.epoch() == 1 && step == 1 { Err("no more paper".into()) } else { Ok(()) }
        }
    }
    let (x, y) = data();
    let mut model = crate::common::dense(&[3, 1], "linear");
    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new());
    let error = trainer.fit((&x, &y), quiet(3).callback(Broken)).unwrap_err();
    assert_eq!(error.to_string(), "callback `Broken` failed in epoch 2, step 2: no more paper");
    assert_eq!(trainer.iterations(), 5);
    assert!(trainer.fit((&x, &y), quiet(1)).is_ok());

    let mut message = |callback: EarlyStopping| trainer.fit((&x, &y), quiet(1).callback(callback)).unwrap_err().to_string();
    assert_eq!(
        message(EarlyStopping::new()),
        "callback `EarlyStopping` failed in epoch 3: `EarlyStopping` watches `val_loss`, which training does not report: expected one of `loss`"
    );
    let mut wrong =
        |filepath: &str| trainer.fit((&x, &y), quiet(1).callback(ModelCheckpoint::new(filepath))).unwrap_err().to_string();
    assert!(
        wrong("{val_loss}.safetensors").ends_with("there is no `val_loss` for the file's name: expected one of `epoch`, `loss`")
    );
    assert!(wrong("model.h5").contains("callback `ModelCheckpoint` failed in epoch 3: "));
}

#[test]
fn hooks_are_called_in_keras_s_order() {
    #[derive(Default)]
    struct Told(Vec<String>);
    impl Callback for Told {
        fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
            self.0.push(format!("train {} {:?}", training.epochs(), training.steps()));
            Ok(())
        }
        fn on_train_end(&mut self, _: &mut Training<'_>) -> Outcome {
            self.0.push("end".to_owned());
            Ok(())
        }
        fn on_epoch_begin(&mut self, epoch: usize, _: &mut Training<'_>) -> Outcome {
            self.0.push(format!("epoch {epoch}"));
            Ok(())
        }
        fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
            self.0.push(format!("epoch end {epoch} {}", logs.names().join(" ")));
            if epoch == 1 {
                training.stop();
            }
            Ok(())
        }
        fn on_train_batch_begin(&mut self, step: usize, _: &mut Training<'_>) -> Outcome {
            self.0.push(format!("step {step}"));
            Ok(())
        }
        fn on_train_batch_end(&mut self, step: usize, logs: &mut Logs<'_>, _: &mut Training<'_>) -> Outcome {
            self.0.push(format!("step end {step} {}", logs.names().join(" ")));
            Ok(())
        }
        fn on_test_begin(&mut self, _: &mut Training<'_>) -> Outcome {
            self.0.push("test".to_owned());
            Ok(())
        }
        fn on_test_end(&mut self, logs: &mut Logs<'_>, _: &mut Training<'_>) -> Outcome {
            self.0.push(format!("test end {}", logs.names().join(" ")));
            Ok(())
        }
        fn on_test_batch_begin(&mut self, batch: usize, _: &mut Training<'_>) -> Outcome {
            self.0.push(format!("judge {batch}"));
            Ok(())
        }
        fn on_test_batch_end(&mut self, batch: usize, logs: &mut Logs<'_>, _: &mut Training<'_>) -> Outcome {
            self.0.push(format!("judge end {batch} {}", logs.names().join(" ")));
            Ok(())
        }
    }
    let (x, y) = data();
    let mut model = crate::common::dense(&[3, 1], "linear");
    let (mut told, validation) = (Told::default(), (&x, &y));
    let fit = quiet(9).batch_size(12).validation_data(&validation).callback(&mut told);
    model.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&x, &y), fit).unwrap();
    let epoch = |epoch: usize| {
        let steps = "step 0,step end 0 loss,step 1,step end 1 loss";
        let test = "test,judge 0,judge end 0 loss,judge 1,judge end 1 loss,test end loss";
        format!("epoch {epoch},{steps},{test},epoch end {epoch} loss val_loss")
    };
    assert_eq!(told.0.join(","), format!("train 9 Some(2),{},{},end", epoch(0), epoch(1)));
}

/// Keras 3.15.1 calls these of `evaluate(callbacks=..)` and `predict(callbacks=..)`, in this order.
#[test]
fn evaluations_and_predictions_call_theirs() {
    let (x, y) = data();
    let mut model = crate::common::dense(&[3, 1], "linear");
    let told = std::cell::RefCell::new(Vec::new());
    let say = |what: String| {
        told.borrow_mut().push(what);
        Ok(())
    };
    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new());
    let judged = LambdaCallback::new()
        .on_train_begin(|_| say("train".to_owned()))
        .on_test_begin(|training| say(format!("begin {:?}", training.steps())))
        .on_test_batch_begin(|batch, _| say(format!("batch {batch}")))
        .on_test_batch_end(|batch, logs, training| {
            if batch == 1 {
                training.stop();
            }
            say(format!("batch end {batch} {}", logs["loss"] > 0.0))
        })
        .on_test_end(|logs, _| say(format!("end {}", logs["loss"] > 0.0)));
    trainer.evaluate_with((&x, &y), Evaluate::new().batch_size(8).callback(judged)).unwrap();
    let stopped = "batch 0,batch end 0 true,batch 1,batch end 1 true,end true";
    assert_eq!(told.take().join(","), format!("begin Some(3),{stopped}"));
    let broken = LambdaCallback::new().on_test_batch_end(|_, _, _| Err("no more paper".into()));
    let error = trainer.evaluate_with((&x, &y), Evaluate::new().callback(broken)).unwrap_err();
    assert_eq!(error.to_string(), "callback `LambdaCallback` failed in batch 1: no more paper");
    drop(trainer);

    let predicted = LambdaCallback::new()
        .on_predict_begin(|| say("begin".to_owned()))
        .on_predict_batch_begin(|batch| say(format!("batch {batch}")))
        .on_predict_batch_end(|batch, outputs| say(format!("batch end {batch} {:?}", outputs[0].shape())))
        .on_predict_end(|| say("end".to_owned()));
    let mut predictor = model.predictor().batch_size(16).unwrap();
    let found = predictor.predict_with(&x, Callbacks::new().with(predicted)).unwrap();
    assert_eq!(found, model.predict(&x).unwrap());
    assert_eq!(told.take().join(","), "begin,batch 0,batch end 0 [16, 1],batch 1,batch end 1 [8, 1],end");
}
