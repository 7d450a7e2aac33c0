//! Closures as callbacks.

use ndarray::ArrayViewD;

use super::hooks::for_each_hook;
use super::{Callback, Logs, Outcome, Training};

macro_rules! lambda_callback {
    ($($hook:ident($($argument:ident: $type:ty),*): $doc:literal;)*) => {
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

for_each_hook!(lambda_callback);
