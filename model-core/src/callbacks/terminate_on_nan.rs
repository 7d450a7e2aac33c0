//! Ends training well where the loss is no number any more.

use super::Callback;
use crate::error::Error;

/// Ends training where a loss, gradient or weight is infinite, NaN or beyond all bounds. `fit` then gives the history so far, and the model has the weights
/// from before that step. Without it `fit` fails there, with an error that says what diverged: Keras's `raise_error=True`.
///
/// ```
/// use functional_model::prelude::*;
/// use ndarray::Array1;
///
/// functional_model! {
///     model Line(x: [1]) -> [1] { Dense(1)(x) }
/// }
///
/// let (x, mut model) = (Array1::linspace(0.0, 1e6, 32), Line::new(42));
/// let mut trainer = model.compile(SGD::new(1.0), MeanSquaredError::new());
/// let fit = Fit::epochs(9).callback(TerminateOnNaN::new()).verbose(Verbose::Silent);
/// assert!(trainer.fit((&x, &x), fit)?.epochs() < 9);
/// # Ok::<(), Error>(())
/// ```
///
/// Source: <https://keras.io/api/callbacks/terminate_on_nan/>.
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNaN {
    raise_error: bool,
}

impl TerminateOnNaN {
    /// Ends training well.
    #[must_use]
    pub const fn new() -> Self {
        Self { raise_error: false }
    }

    /// Whether `fit` fails, as it does without this callback. False by default.
    #[must_use]
    pub const fn raise_error(self, raise_error: bool) -> Self {
        Self { raise_error }
    }
}

impl Callback for TerminateOnNaN {
    fn accepts(&mut self, error: &Error) -> bool {
        !self.raise_error && matches!(error, Error::Diverged { .. })
    }
}
