//! Closures as callbacks.

use super::{Callback, Logs, Outcome, Training};

type Plain<'c> = Box<dyn FnMut(&mut Training<'_>) -> Outcome + 'c>;
type Counted<'c> = Box<dyn FnMut(usize, &mut Training<'_>) -> Outcome + 'c>;
type Told<'c> = Box<dyn FnMut(usize, &mut Logs<'_>, &mut Training<'_>) -> Outcome + 'c>;

/// Closures that are called where hooks are, for what needs no type of its own.
///
/// ```
/// use functional_model::prelude::*;
/// use ndarray::Array1;
///
/// functional_model! {
///     model Line(x: [1]) -> [1] { Dense(1)(x) }
/// }
///
/// let (x, mut model) = (Array1::linspace(0.0, 1.0, 32), Line::new(42));
/// let mut losses = Vec::new();
/// let told = LambdaCallback::new().on_epoch_end(|epoch, logs, _| {
///     losses.push((epoch, logs["loss"]));
///     Ok(())
/// });
/// let fit = Fit::epochs(3).callback(told).verbose(Verbose::Silent);
/// let history = model.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&x, &x), fit)?;
/// assert_eq!(losses[2], (2, history["loss"][2]));
/// # Ok::<(), Error>(())
/// ```
///
/// Source: <https://keras.io/api/callbacks/lambda_callback/>.
#[derive(Default)]
pub struct LambdaCallback<'c> {
    on_epoch_begin: Option<Counted<'c>>,
    on_epoch_end: Option<Told<'c>>,
    on_train_begin: Option<Plain<'c>>,
    on_train_end: Option<Plain<'c>>,
    on_train_batch_begin: Option<Counted<'c>>,
    on_train_batch_end: Option<Told<'c>>,
}

impl<'c> LambdaCallback<'c> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Called before an epoch, with its number from 0.
    #[must_use]
    pub fn on_epoch_begin(mut self, call: impl FnMut(usize, &mut Training<'_>) -> Outcome + 'c) -> Self {
        self.on_epoch_begin = Some(Box::new(call));
        self
    }

    /// Called behind an epoch, with its number from 0.
    #[must_use]
    pub fn on_epoch_end(mut self, call: impl FnMut(usize, &mut Logs<'_>, &mut Training<'_>) -> Outcome + 'c) -> Self {
        self.on_epoch_end = Some(Box::new(call));
        self
    }

    /// Called before the first epoch.
    #[must_use]
    pub fn on_train_begin(mut self, call: impl FnMut(&mut Training<'_>) -> Outcome + 'c) -> Self {
        self.on_train_begin = Some(Box::new(call));
        self
    }

    /// Called behind the last epoch.
    #[must_use]
    pub fn on_train_end(mut self, call: impl FnMut(&mut Training<'_>) -> Outcome + 'c) -> Self {
        self.on_train_end = Some(Box::new(call));
        self
    }

    /// Called before a step, with its number in the epoch from 0.
    #[must_use]
    pub fn on_train_batch_begin(mut self, call: impl FnMut(usize, &mut Training<'_>) -> Outcome + 'c) -> Self {
        self.on_train_batch_begin = Some(Box::new(call));
        self
    }

    /// Called behind a step, with its number in the epoch from 0.
    #[must_use]
    pub fn on_train_batch_end(mut self, call: impl FnMut(usize, &mut Logs<'_>, &mut Training<'_>) -> Outcome + 'c) -> Self {
        self.on_train_batch_end = Some(Box::new(call));
        self
    }
}

impl Callback for LambdaCallback<'_> {
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        self.on_train_begin.as_mut().map_or(Ok(()), |call| call(training))
    }

    fn on_train_end(&mut self, training: &mut Training<'_>) -> Outcome {
        self.on_train_end.as_mut().map_or(Ok(()), |call| call(training))
    }

    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_>) -> Outcome {
        self.on_epoch_begin.as_mut().map_or(Ok(()), |call| call(epoch, training))
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        self.on_epoch_end.as_mut().map_or(Ok(()), |call| call(epoch, logs, training))
    }

    fn on_train_batch_begin(&mut self, step: usize, training: &mut Training<'_>) -> Outcome {
        self.on_train_batch_begin.as_mut().map_or(Ok(()), |call| call(step, training))
    }

    fn on_train_batch_end(&mut self, step: usize, logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        self.on_train_batch_end.as_mut().map_or(Ok(()), |call| call(step, logs, training))
    }
}
