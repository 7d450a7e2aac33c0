//! Examples to learn from or be judged by: inputs with their targets, and how much each counts.

use super::arrays::Arrays;

/// Inputs with their targets, sample by sample.
///
/// A pair is one: `(&x, &y)`, where both may be several arrays: `((&title, &body), [("priority", (&priority).into())])`. A third says how
/// much each sample counts, `(&x, &y, &weights)`: Keras's `sample_weight`.
///
/// # Weights
/// Numbers of at least 0, one for each sample, `[samples]`, or one for each position of the output, such as the steps of a sequence,
/// `[samples, steps]`. One array is for all outputs; several are by name or in the model's order. The loss of a batch is the sum of losses times weights, by
/// the number of positions, as in Keras: weights that are all 2 make a loss twice as large. Metrics do not look at them, but for those given by
/// [`Trainer::weighted_metric`](crate::training::Trainer::weighted_metric).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pair of inputs and targets",
    label = "expected inputs with their targets: `(&x, &y)`",
    note = "examples are a pair: `(&x, &y)`, and where there are several inputs or targets, `((&a, &b), &y)`",
    note = "weights of samples stand third: `(&x, &y, &weights)`",
    note = "a data set of this library is a pair already: `&data`"
)]
pub trait Examples {
    /// The inputs.
    fn inputs(&self) -> &dyn Arrays;

    /// The targets.
    fn targets(&self) -> &dyn Arrays;

    /// How much each sample counts, where they do not count the same.
    fn weights(&self) -> Option<&dyn Arrays> {
        None
    }
}

impl<X: Arrays, Y: Arrays> Examples for (X, Y) {
    fn inputs(&self) -> &dyn Arrays {
        &self.0
    }

    fn targets(&self) -> &dyn Arrays {
        &self.1
    }
}

impl<X: Arrays, Y: Arrays, W: Arrays> Examples for (X, Y, W) {
    fn inputs(&self) -> &dyn Arrays {
        &self.0
    }

    fn targets(&self) -> &dyn Arrays {
        &self.1
    }

    fn weights(&self) -> Option<&dyn Arrays> {
        Some(&self.2)
    }
}

impl<E: Examples + ?Sized> Examples for &E {
    fn inputs(&self) -> &dyn Arrays {
        (**self).inputs()
    }

    fn targets(&self) -> &dyn Arrays {
        (**self).targets()
    }

    fn weights(&self) -> Option<&dyn Arrays> {
        (**self).weights()
    }
}
