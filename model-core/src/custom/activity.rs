//! Functions and objects of the user's own that are penalties on what layers give.

use model_graph::argument::OwnFunction;

use super::function::Function;
use super::weights::{OfWeight, WeightFunctions, add_gradient, penalty};
use crate::error::Result;
use crate::float::Float;

/// The penalties on what a layer gives, and on what those within it give, by what its configuration names.
#[derive(Clone, Debug, Default)]
pub(crate) struct ActivityFunctions(Vec<(OwnFunction, Option<Function<OfWeight>>)>);

impl ActivityFunctions {
    /// Those that are named, of these.
    pub(crate) fn new(named: Vec<OwnFunction>, known: Option<&WeightFunctions>) -> Self {
        let found = |own: OwnFunction| (own, known.and_then(|known| known.find_regularizer(&own)));
        Self(named.into_iter().map(found).collect())
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One of them on what is given, in its whole shape.
    pub(crate) fn penalty<T: Float>(&self, own: &OwnFunction, shape: &[usize], given: &[T]) -> Result<f64> {
        penalty(self.find(own), own, (shape, given))
    }

    /// Adds the gradient of a share of one of them.
    pub(crate) fn add_gradient<T: Float>(
        &self,
        own: &OwnFunction,
        share: f64,
        (shape, given): (&[usize], &[T]),
        gradient: &mut [T],
    ) -> Result<()> {
        add_gradient(self.find(own), own, share, (shape, given), gradient)
    }

    fn find(&self, own: &OwnFunction) -> Option<&Function<OfWeight>> {
        self.0.iter().find(|(named, _)| named == own)?.1.as_ref()
    }
}
