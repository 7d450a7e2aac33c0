//! The generalised crossentropy, for labels of which some are wrong.

use super::{CLASSES, Complaint, Rule};
use crate::arguments::arguments;
use crate::error::{Error, Result};
use crate::given::{Port, TargetForm};
use crate::variable::Var;

arguments! {
    /// Between the crossentropy, for `q` near 0, and the absolute error, for `q` near 1: labels that are wrong do less harm.
    ///
    /// `(1 - y_pred[y_true]^q) / q` over the last axis, and the mean of that.
    ///
    /// # Shapes
    /// Outputs: `[samples, .., classes]`, probabilities; targets: integers `[samples, ..]` or `[samples, .., 1]`.
    ///
    /// ```
    /// use model_core::losses::CategoricalGeneralizedCrossEntropy;
    /// use ndarray::array;
    ///
    /// assert_eq!(CategoricalGeneralizedCrossEntropy::new().value(&array![[0.25, 0.75]], array![0])?, 1.0);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// Source: <https://keras.io/api/losses/probabilistic_losses/>, after [Zhang and Sabuncu, 2018](https://arxiv.org/abs/1805.07836).
    #[derive(Copy)]
    pub struct CategoricalGeneralizedCrossEntropy {
        /// How much noise there is in the labels, between 0 and 1. 0.5 by default.
        q: f64 = 0.5,
    }
}

impl Rule for CategoricalGeneralizedCrossEntropy {
    const CLASS: &'static str = "CategoricalGeneralizedCrossEntropy";
    const NAME: &'static str = "categorical_generalized_cross_entropy";

    fn form(&self) -> TargetForm {
        TargetForm::Labels
    }

    fn values(&self, labels: &Var, output: &Var) -> Result<Var> {
        let classes = output.shape().last().copied().unwrap_or(1);
        let right = (output * labels.one_hot(classes, -1)?).sum(-1)?;
        Ok((1.0 - right.power(self.q)?) / self.q)
    }

    fn complaint(&self, port: &Port) -> Option<Complaint> {
        (port.nominal_row() < 2).then_some(CLASSES)
    }

    fn check(&self) -> Result<()> {
        if self.q > 0.0 && self.q < 1.0 {
            return Ok(());
        }
        let (owner, argument, expected) = (Self::CLASS, "q", "a number between 0 and 1, neither of them");
        Err(Error::Argument { owner, argument, expected, found: self.q.to_string() })
    }
}
