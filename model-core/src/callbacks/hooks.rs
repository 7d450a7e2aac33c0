//! The list of hooks, and callbacks that are lent, which pass them all on.

use ndarray::ArrayViewD;

use super::{Callback, Logs, Outcome, Training};
use crate::error::Error;

/// Calls a macro with all hooks of [`Callback`], as closures are told of them.
macro_rules! for_each_hook {
    ($then:ident) => {
        $then! {
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
    };
}
pub(super) use for_each_hook;

macro_rules! borrowed {
    ($($hook:ident($($argument:ident: $type:ty),*): $doc:literal;)*) => {
        /// One that is looked at again later.
        impl<C: Callback + ?Sized> Callback for &mut C {
            fn name(&self) -> &str {
                (**self).name()
            }

            fn reports(&self) -> Vec<String> {
                (**self).reports()
            }

            $(fn $hook(&mut self, $($argument: $type),*) -> Outcome {
                (**self).$hook($($argument),*)
            })*

            fn accepts(&mut self, error: &Error) -> bool {
                (**self).accepts(error)
            }
        }
    };
}

for_each_hook!(borrowed);
