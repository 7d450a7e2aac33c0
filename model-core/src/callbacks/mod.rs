//! What is called while a model is trained or judged: Keras's callbacks, and those of one's own. One file each. What they see and may change
//! is a [`Training`]; nothing else of the trainer is theirs.

mod backup_and_restore;
mod called;
mod csv_logger;
mod early_stopping;
mod hooks;
mod lambda;
mod learning_rate_scheduler;
mod logs;
mod model_checkpoint;
mod monitor;
mod pattern;
mod predicting;
mod reduce_lr_on_plateau;
#[cfg(feature = "remote-monitor")]
mod remote_monitor;
mod save_freq;
mod swap_ema_weights;
mod tensor_board;
mod terminate_on_nan;
mod training;

pub use backup_and_restore::BackupAndRestore;
pub(crate) use called::Called;
pub use csv_logger::CSVLogger;
pub use early_stopping::EarlyStopping;
pub use lambda::LambdaCallback;
pub use learning_rate_scheduler::LearningRateScheduler;
pub use logs::Logs;
pub use model_checkpoint::ModelCheckpoint;
pub use monitor::Mode;
pub(crate) use predicting::Predicting;
pub use reduce_lr_on_plateau::ReduceLROnPlateau;
#[cfg(feature = "remote-monitor")]
pub use remote_monitor::RemoteMonitor;
pub use save_freq::SaveFreq;
pub use swap_ema_weights::SwapEMAWeights;
pub use tensor_board::{TensorBoard, UpdateFreq};
pub use terminate_on_nan::TerminateOnNaN;
pub(crate) use training::{Course, Trained};
pub use training::{Snapshot, Training};

use ndarray::ArrayViewD;

use crate::error::Error;

/// What a callback comes to: any error ends training, and is told with the callback's name, the epoch and the step.
pub type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// What is called at certain points of `fit`, and of an evaluation or a prediction that it is given to: Keras's `Callback`. Every hook does
/// nothing unless it is written.
///
/// Epochs, steps and batches count from 0, as Keras's do. A hook that fails ends all that with an error that names the callback; the model is as
/// the last step left it.
///
/// ```
/// use functional_model::prelude::*;
/// use ndarray::Array1;
///
/// /// Halves the rate when the loss is above a bound.
/// struct Careful(f64);
///
/// impl Callback for Careful {
///     fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
///         if logs["loss"] > self.0 {
///             training.set_learning_rate(training.learning_rate() / 2.0)?;
///         }
///         if epoch == 3 {
///             training.stop();
///         }
///         Ok(())
///     }
/// }
///
/// functional_model! {
///     model Line(x: [1]) -> [1] { Dense(1)(x) }
/// }
///
/// let (x, mut model) = (Array1::linspace(0.0, 1.0, 32), Line::new(42));
/// let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new());
/// let history = trainer.fit((&x, &x), Fit::epochs(10).callback(Careful(1e-9)).verbose(Verbose::Silent))?;
/// assert_eq!(history.epochs(), 4);
/// assert_eq!(trainer.learning_rate(), 0.1 / 16.0);
/// # Ok::<(), Error>(())
/// ```
///
/// Source: <https://keras.io/api/callbacks/base_callback/>.
#[allow(unused_variables)] // hooks that do nothing look at nothing
pub trait Callback {
    /// What errors call it: the type's name.
    fn name(&self) -> &str {
        let name = std::any::type_name::<Self>();
        let name = name.split('<').next().unwrap_or(name);
        name.rsplit("::").next().unwrap_or(name)
    }

    /// What it adds to the logs of every epoch, beside what is there: [`Logs::set`] gives the values.
    fn reports(&self) -> Vec<String> {
        Vec::new()
    }

    /// Before the first epoch.
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Behind the last epoch, also where training was stopped before it.
    fn on_train_end(&mut self, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Before an epoch's first step.
    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Behind an epoch's last step and its validation, whose values are in the logs as `val_loss` and the like.
    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Before a step.
    fn on_train_batch_begin(&mut self, step: usize, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Behind a step. The logs are the means of the epoch so far.
    fn on_train_batch_end(&mut self, step: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Before a validation, or an evaluation that it is given to.
    fn on_test_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Behind a validation or an evaluation. The logs have its values, without `val_`.
    fn on_test_end(&mut self, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Before a batch that is judged.
    fn on_test_batch_begin(&mut self, batch: usize, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Behind a batch that is judged. The logs are the means of the batches so far.
    fn on_test_batch_end(&mut self, batch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        Ok(())
    }

    /// Before a prediction that it is given to, [`Predictor::predict_with`](crate::training::Predictor::predict_with).
    fn on_predict_begin(&mut self) -> Outcome {
        Ok(())
    }

    /// Behind a prediction.
    fn on_predict_end(&mut self) -> Outcome {
        Ok(())
    }

    /// Before a batch that is predicted for.
    fn on_predict_batch_begin(&mut self, batch: usize) -> Outcome {
        Ok(())
    }

    /// Behind a batch that is predicted for, with what the model gave for it: its outputs, in order.
    fn on_predict_batch_end(&mut self, batch: usize, outputs: &[ArrayViewD<'_, f32>]) -> Outcome {
        Ok(())
    }

    /// Whether training that cannot go on for this error ends well all the same, with the history so far.
    fn accepts(&mut self, error: &Error) -> bool {
        false
    }
}

/// The callbacks of a `fit`, an evaluation or a prediction, in the order in which they are called.
///
/// ```
/// use model_core::callbacks::{Callbacks, EarlyStopping, TerminateOnNaN};
///
/// let callbacks = Callbacks::new().with(EarlyStopping::new().patience(3)).with(TerminateOnNaN::new());
/// assert_eq!(callbacks.names(), ["EarlyStopping", "TerminateOnNaN"]);
/// ```
#[derive(Default)]
pub struct Callbacks<'c>(Vec<Box<dyn Callback + 'c>>);

impl<'c> Callbacks<'c> {
    /// None.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// With another one behind them.
    #[must_use]
    pub fn with(mut self, callback: impl Callback + 'c) -> Self {
        self.0.push(Box::new(callback));
        self
    }

    /// Their names, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|callback| callback.name()).collect()
    }
}
