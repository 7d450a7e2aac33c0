//! Losses of the user's own: functions of variables.

use std::sync::Arc;

use serde_json::Value;

use super::Loss;
use crate::custom::Function;
use crate::error::Result;
use crate::given::{Judged, Mean, Over, TargetForm};
use crate::variable::Var;

/// What a loss of one's own computes: of what should have come out, and of what did.
type Values = dyn Fn(&Var, &Var) -> Result<Var> + Send + Sync;

/// A loss of the user's own: [`Loss::own`] makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnLoss {
    function: Function<Values>,
    form: TargetForm,
}

impl OwnLoss {
    pub(crate) fn name(&self) -> &str {
        self.function.name()
    }

    pub(super) const fn form(&self) -> TargetForm {
        self.form
    }

    pub(super) fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        judged.mean_of(self.name(), Over::Any, d_output, self.function.function())
    }

    pub(super) fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        self.function.function()(truth, output)
    }

    pub(super) fn to_keras(&self) -> Value {
        self.function.to_keras()
    }
}

impl Loss {
    /// A loss of one's own, under the name that files have for it: a function of what should have come out and of what did, in operations
    /// of variables. It gives a number for each sample, or for each position, and the loss is their mean, over what masks say counts.
    ///
    /// Targets have the output's shape. [`CustomObjects::loss`](crate::custom::CustomObjects::loss) reads a file back that has it.
    ///
    /// ```
    /// use model_core::losses::Loss;
    /// use model_core::variable::Var;
    /// use ndarray::array;
    ///
    /// let cubic = Loss::own("cubic", |truth, output| (output - truth).abs()?.power(3.0)?.mean(-1));
    /// let (loss, d_output) = cubic.gradient(&array![[1.0, 3.0]], array![[1.0, 1.0]])?;
    /// assert_eq!(loss, 4.0);
    /// assert_eq!(d_output, array![[0.0, 6.0]]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn own(name: impl Into<String>, values: impl Fn(&Var, &Var) -> Result<Var> + Send + Sync + 'static) -> Self {
        Self::of_own(OwnLoss { function: Function::new(name, Arc::new(values)), form: TargetForm::Values })
    }

    /// The same, of targets that are class numbers, one in place of each row of the output's last axis. The function has them as integers,
    /// `[samples, ..]`.
    ///
    /// ```
    /// use model_core::losses::{Loss, SparseCategoricalCrossentropy};
    /// use model_core::variable::ops;
    /// use ndarray::array;
    ///
    /// let own = Loss::own_of_labels("nll", |labels, output| (-(ops::one_hot(labels, 3, -1)? * output.log_softmax(-1)?)).sum(-1));
    /// let (output, labels) = (array![[1.0, 0.0, 2.0], [0.5, 0.0, 0.0]], array![2, 0]);
    /// let built_in = SparseCategoricalCrossentropy::from_logits();
    /// assert!((own.value(&output, &labels)? - built_in.value(&output, &labels)?).abs() < 1e-6);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn own_of_labels(name: impl Into<String>, values: impl Fn(&Var, &Var) -> Result<Var> + Send + Sync + 'static) -> Self {
        Self::of_own(OwnLoss { function: Function::new(name, Arc::new(values)), form: TargetForm::Labels })
    }
}
