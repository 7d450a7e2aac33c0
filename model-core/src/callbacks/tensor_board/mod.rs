//! Logs for TensorBoard.

mod events;

use std::path::{Path, PathBuf};
use std::time::Instant;

use events::{Events, Value};

use super::{Callback, Logs, Outcome, Training};
use crate::error::Error;

/// How often the values of steps are written: Keras's `update_freq`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateFreq {
    /// Not at all: those of epochs alone.
    #[default]
    Epoch,
    /// Behind every step.
    Batch,
    /// Behind every so many steps.
    Steps(usize),
}

/// Writes what TensorBoard shows: the values of every epoch, and if it is asked for those of steps, histograms of the weights, and the
/// graph. `tensorboard --logdir logs` shows it.
///
/// Training is in the folder `train`, validation in `validation`, under Keras's names: `epoch_loss`, `batch_loss`, `dense/kernel/histogram`. Of Keras's
/// arguments `write_images`, `profile_batch` and `embeddings_freq` are left out.
///
/// ```
/// use model_core::callbacks::{TensorBoard, UpdateFreq};
///
/// let board = TensorBoard::new("logs").histogram_freq(1).update_freq(UpdateFreq::Steps(100));
/// # let _ = board;
/// ```
///
/// Source: <https://keras.io/api/callbacks/tensorboard/>.
#[derive(Debug)]
pub struct TensorBoard {
    log_dir: PathBuf,
    histogram_freq: usize,
    write_graph: bool,
    write_steps_per_second: bool,
    update_freq: UpdateFreq,
    train: Option<Events>,
    validation: Option<Events>,
    /// When the epoch began, and with how many steps before it.
    began: Option<(Instant, u64)>,
}

impl TensorBoard {
    /// Writes into this folder, `"logs"` in Keras.
    #[must_use]
    pub fn new(log_dir: impl AsRef<Path>) -> Self {
        Self {
            log_dir: log_dir.as_ref().to_owned(),
            histogram_freq: 0,
            write_graph: true,
            write_steps_per_second: false,
            update_freq: UpdateFreq::Epoch,
            train: None,
            validation: None,
            began: None,
        }
    }

    /// Behind every so many epochs histograms of the weights are written; 0, never, by default.
    #[must_use]
    pub const fn histogram_freq(mut self, epochs: usize) -> Self {
        self.histogram_freq = epochs;
        self
    }

    /// Whether the graph is written. True by default.
    #[must_use]
    pub const fn write_graph(mut self, write_graph: bool) -> Self {
        self.write_graph = write_graph;
        self
    }

    /// Whether the steps of a second are written. False by default.
    #[must_use]
    pub const fn write_steps_per_second(mut self, write_steps_per_second: bool) -> Self {
        self.write_steps_per_second = write_steps_per_second;
        self
    }

    /// How often the values of steps are written; never by default.
    #[must_use]
    pub const fn update_freq(mut self, update_freq: UpdateFreq) -> Self {
        self.update_freq = update_freq;
        self
    }

    fn histograms(&mut self, epoch: usize, training: &Training<'_>) -> Outcome {
        let Some(train) = &mut self.train else { return Ok(()) };
        let mut values = Vec::new();
        training.visit_weights(&mut |path, weight| {
            values.push((format!("{path}/histogram"), Value::histogram(weight.iter().map(|&element| element.into()))));
        });
        train.write(epoch as i64, values)
    }
}

impl Callback for TensorBoard {
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        if self.update_freq == UpdateFreq::Steps(0) {
            let (owner, argument, found) = ("TensorBoard", "update_freq", "0 steps".to_owned());
            return Err(Error::Argument { owner, argument, expected: "at least 1 step", found }.into());
        }
        if !training.is_first() {
            return Ok(());
        }
        let mut train = Events::create(&self.log_dir.join("train"))?;
        if self.write_graph {
            let config = model_graph::config::to_json(training.graph());
            train.write(0, vec![("keras".to_owned(), Value::Graph(config))])?;
        }
        self.train = Some(train);
        Ok(())
    }

    fn on_epoch_begin(&mut self, _epoch: usize, training: &mut Training<'_>) -> Outcome {
        self.began = Some((Instant::now(), training.iterations()));
        Ok(())
    }

    fn on_train_batch_end(&mut self, _step: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        let steps = match self.update_freq {
            UpdateFreq::Epoch => return Ok(()),
            UpdateFreq::Batch => 1,
            UpdateFreq::Steps(steps) => steps as u64,
        };
        let Some(train) = self.train.as_mut().filter(|_| training.iterations().is_multiple_of(steps)) else { return Ok(()) };
        let values = logs.iter().map(|(name, value)| (format!("batch_{name}"), Value::Scalar(value)));
        train.write(training.iterations() as i64, values.collect())
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if !training.is_first() {
            return Ok(());
        }
        let (mut train, mut validation) = (Vec::new(), Vec::new());
        for (name, value) in logs.iter() {
            match name.strip_prefix("val_") {
                Some(name) => validation.push((format!("epoch_{name}"), Value::Scalar(value))),
                None => train.push((format!("epoch_{name}"), Value::Scalar(value))),
            }
        }
        if let Some((began, before)) = self.began.filter(|_| self.write_steps_per_second) {
            let pace = (training.iterations() - before) as f64 / began.elapsed().as_secs_f64();
            train.push(("epoch_steps_per_second".to_owned(), Value::Scalar(pace)));
        }
        if let Some(events) = &mut self.train {
            events.write(epoch as i64, train)?;
        }
        if !validation.is_empty() {
            if self.validation.is_none() {
                self.validation = Some(Events::create(&self.log_dir.join("validation"))?);
            }
            self.validation.as_mut().map_or(Ok(()), |events| events.write(epoch as i64, validation))?;
        }
        if self.histogram_freq > 0 && epoch.is_multiple_of(self.histogram_freq) {
            self.histograms(epoch, training)?;
        }
        Ok(())
    }

    fn on_train_end(&mut self, _training: &mut Training<'_>) -> Outcome {
        (self.train, self.validation) = (None, None);
        Ok(())
    }
}
