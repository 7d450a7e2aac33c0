//! Judges and saves by the moving averages of the weights.

use super::{Callback, Logs, Outcome, Training};
use crate::error::Error;

/// Swaps the weights with their moving averages while a model is judged, and back behind it; or, with `swap_on_epoch`, at the end of every
/// epoch, so that what other callbacks save there are the averages, and back before the next. The optimiser keeps averages with
/// `use_ema(true)`.
///
/// Callbacks are called in order: with `swap_on_epoch` it stands before those that save.
///
/// ```
/// use functional_model::prelude::*;
/// use functional_model::callbacks::SwapEMAWeights;
/// use ndarray::Array1;
///
/// functional_model! {
///     model Line(x: [1]) -> [1] { Dense(1)(x) }
/// }
///
/// let (x, mut model) = (Array1::linspace(0.0, 1.0, 32), Line::new(42));
/// let mut trainer = model.compile(SGD::new(0.1).use_ema(true), MeanSquaredError::new());
/// let validation = (&x, &x);
/// let fit = Fit::epochs(3).validation_data(&validation).callback(SwapEMAWeights::new()).verbose(Verbose::Silent);
/// trainer.fit((&x, &x), fit)?;
/// # Ok::<(), Error>(())
/// ```
///
/// Source: <https://keras.io/api/callbacks/swap_ema_weights/>.
#[derive(Clone, Copy, Debug, Default)]
pub struct SwapEMAWeights {
    swap_on_epoch: bool,
}

impl SwapEMAWeights {
    /// Swaps while a model is judged.
    #[must_use]
    pub const fn new() -> Self {
        Self { swap_on_epoch: false }
    }

    /// Whether it swaps at the end of every epoch instead. False by default.
    #[must_use]
    pub const fn swap_on_epoch(mut self, swap_on_epoch: bool) -> Self {
        self.swap_on_epoch = swap_on_epoch;
        self
    }

    fn swap(averages: bool, training: &mut Training<'_>) -> Outcome {
        Ok(if training.is_swapped() == averages { Ok(()) } else { training.swap_averages() }?)
    }
}

impl Callback for SwapEMAWeights {
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        if training.has_averages() {
            return Ok(());
        }
        let (owner, argument, found) = ("SwapEMAWeights", "optimizer", "one that keeps none".to_owned());
        let expected = "one that keeps moving averages of weights: `.use_ema(true)`";
        Err(Error::Argument { owner, argument, expected, found }.into())
    }

    fn on_test_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        if self.swap_on_epoch { Ok(()) } else { Self::swap(true, training) }
    }

    fn on_test_end(&mut self, _logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if self.swap_on_epoch { Ok(()) } else { Self::swap(false, training) }
    }

    fn on_epoch_end(&mut self, _epoch: usize, _logs: &mut Logs<'_>, training: &mut Training<'_>) -> Outcome {
        if self.swap_on_epoch { Self::swap(true, training) } else { Ok(()) }
    }

    fn on_epoch_begin(&mut self, _epoch: usize, training: &mut Training<'_>) -> Outcome {
        Self::swap(false, training)
    }

    /// `fit` itself has the averages at its end.
    fn on_train_end(&mut self, training: &mut Training<'_>) -> Outcome {
        Self::swap(false, training)
    }
}
