//! Examples to learn from or be judged by: inputs with their targets.

use super::arrays::Arrays;

/// Inputs with their targets, sample by sample.
///
/// A pair is one: `(&x, &y)`, where both may be several arrays: `((&title, &body), [("priority", (&priority).into())])`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a pair of inputs and targets",
    label = "expected inputs with their targets: `(&x, &y)`",
    note = "examples are a pair: `(&x, &y)`, and where there are several inputs or targets, `((&a, &b), &y)`",
    note = "a data set of this library is a pair already: `&data`"
)]
pub trait Examples {
    /// The inputs.
    fn inputs(&self) -> &dyn Arrays;

    /// The targets.
    fn targets(&self) -> &dyn Arrays;
}

impl<X: Arrays, Y: Arrays> Examples for (X, Y) {
    fn inputs(&self) -> &dyn Arrays {
        &self.0
    }

    fn targets(&self) -> &dyn Arrays {
        &self.1
    }
}

impl<E: Examples + ?Sized> Examples for &E {
    fn inputs(&self) -> &dyn Arrays {
        (**self).inputs()
    }

    fn targets(&self) -> &dyn Arrays {
        (**self).targets()
    }
}
