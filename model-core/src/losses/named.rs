//! A name for what is a loss and a metric.

use super::{IntoLosses, IntoWeighted, Loss, Losses, Reduction, Weighted};
use crate::metrics::{IntoMetric, Metric};

/// What is a loss and a metric, under a name of its own: Keras's argument `name`. A metric is reported by it.
///
/// ```
/// use model_core::losses::Loss;
/// use model_core::metrics::{MeanAbsoluteError, Metric};
///
/// let named = MeanAbsoluteError::new().name("distance");
/// assert_eq!(Metric::from(named.clone()).name(), "distance");
/// assert_eq!(Loss::from(named).to_keras()["config"]["name"], "distance");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Named<R> {
    pub(crate) rule: R,
    pub(crate) name: String,
}

impl<R: Into<Loss>> Named<R> {
    /// The loss with what its numbers come to.
    #[must_use]
    pub fn reduction(self, reduction: Reduction) -> Loss {
        Loss::from(self).reduction(reduction)
    }
}

impl<R: Into<Loss>> From<Named<R>> for Loss {
    fn from(named: Named<R>) -> Self {
        named.rule.into().name(named.name)
    }
}

impl<R: Into<Metric>> From<Named<R>> for Metric {
    fn from(named: Named<R>) -> Self {
        named.rule.into().named(named.name)
    }
}

impl<R: Into<Loss>> IntoLosses for Named<R> {
    fn into_losses(self) -> Losses {
        Loss::from(self).into()
    }
}

impl<R: Into<Loss>> IntoWeighted for Named<R> {
    fn into_weighted(self) -> Weighted {
        Loss::from(self).into_weighted()
    }
}

impl<R: Into<Loss>> IntoWeighted for (Named<R>, f64) {
    fn into_weighted(self) -> Weighted {
        self.into()
    }
}

impl<R: Into<Metric>> IntoMetric for Named<R> {
    fn into_metric(self) -> Metric {
        self.into()
    }
}
