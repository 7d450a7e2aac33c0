//! Closures as callbacks.

use ndarray::ArrayViewD;

use super::{Callback, Logs, Outcome, Training};

macro_rules! hooks {
    ($(#[$struct_doc:meta])* $($hook:ident($($argument:ident: $type:ty),*): $doc:literal;)*) => {
        $(#[$struct_doc])*
        #[derive(Default)]
        pub struct LambdaCallback<'c> {
            $($hook: Option<Box<dyn FnMut($($type),*) -> Outcome + 'c>>,)*
        }

        impl<'c> LambdaCallback<'c> {
            /// None yet.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }

            $(#[doc = $doc]
            #[must_use]
            pub fn $hook(mut self, call: impl FnMut($($type),*) -> Outcome + 'c) -> Self {
                self.$hook = Some(Box::new(call));
                self
            })*
        }

        impl Callback for LambdaCallback<'_> {
            $(fn $hook(&mut self, $($argument: $type),*) -> Outcome {
                self.$hook.as_mut().map_or(Ok(()), |call| call($($argument),*))
            })*
        }
    };
}

hooks! {
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

    on_epoch_begin(epoch: usize, training: &mut Training<'_>): "Called before an epoch, with its number from 0.";
    on_epoch_end(epoch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>): "Called behind an epoch, with its number from 0.";
    on_train_begin(training: &mut Training<'_>): "Called before the first epoch.";
    on_train_end(training: &mut Training<'_>): "Called behind the last epoch.";
    on_train_batch_begin(step: usize, training: &mut Training<'_>): "Called before a step, with its number in the epoch from 0.";
    on_train_batch_end(step: usize, logs: &mut Logs<'_>, training: &mut Training<'_>):
        "Called behind a step, with its number in the epoch from 0.";
    on_test_begin(training: &mut Training<'_>): "Called before a validation or an evaluation.";
    on_test_end(logs: &mut Logs<'_>, training: &mut Training<'_>): "Called behind a validation or an evaluation.";
    on_test_batch_begin(batch: usize, training: &mut Training<'_>): "Called before a batch that is judged, with its number from 0.";
    on_test_batch_end(batch: usize, logs: &mut Logs<'_>, training: &mut Training<'_>):
        "Called behind a batch that is judged, with its number from 0.";
    on_predict_begin(): "Called before a prediction.";
    on_predict_end(): "Called behind a prediction.";
    on_predict_batch_begin(batch: usize): "Called before a batch that is predicted for, with its number from 0.";
    on_predict_batch_end(batch: usize, outputs: &[ArrayViewD<'_, f32>]):
        "Called behind a batch that is predicted for, with its number from 0 and the model's outputs for it.";
}
