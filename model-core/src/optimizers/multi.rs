//! Several optimisers, each of some of the weights.

use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::{BuiltOptimizer, IntoOptimizer, Optimizer, pattern};
use crate::custom::CustomObjects;
use crate::error::Result;
use crate::keras::{Fields, object, wrong};
use crate::network::Network;

/// Several optimisers, each of some of the weights: of those whose paths a pattern describes, and one of all others.
///
/// A pattern is a path, as `encoder/dense/kernel`, in which `.*` stands for anything, as in `encoder/.*`; Keras has a dictionary of them,
/// `OptimizerMap(SGD(0.1), {"encoder/.*": Adam(1e-3)})`. A path that stands there as it is has precedence. Each optimiser clips, averages and
/// accumulates by arguments of its own.
///
/// ```
/// use model_core::optimizers::{Adam, MultiOptimizer, SGD};
///
/// let optimizer = MultiOptimizer::new(SGD::new(0.1)).of("encoder/.*", Adam::new(1e-3));
/// # let optimizer = model_core::optimizers::Optimizer::from(optimizer);
/// # assert_eq!(model_core::optimizers::Optimizer::from_keras(&optimizer.to_keras())?, optimizer);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/optimizers/multi_optimizer/>.
#[derive(Clone, Debug, PartialEq)]
pub struct MultiOptimizer {
    default: Box<Optimizer>,
    of: Vec<(String, Optimizer)>,
    loss_scale_factor: Option<f64>,
}

impl MultiOptimizer {
    /// The optimiser of all weights that have no other.
    #[must_use]
    pub fn new(default: impl Into<Optimizer>) -> Self {
        Self { default: Box::new(default.into()), of: Vec::new(), loss_scale_factor: None }
    }

    /// With an optimiser of the weights whose paths a pattern describes.
    #[must_use]
    pub fn of(mut self, pattern: impl Into<String>, optimizer: impl Into<Optimizer>) -> Self {
        self.of.push((pattern.into(), optimizer.into()));
        self
    }

    /// What Keras multiplies the loss by, and divides the gradients by. It changes nothing, as for all optimisers.
    #[must_use]
    pub fn loss_scale_factor(self, loss_scale_factor: f64) -> Self {
        Self { loss_scale_factor: Some(loss_scale_factor), ..self }
    }

    pub(super) fn signature() -> Vec<(String, Option<Value>)> {
        vec![("optimizer_map".to_owned(), None), ("loss_scale_factor".to_owned(), Some(Value::Null))]
    }

    pub(super) fn count(&self) -> usize {
        1 + self.of.len()
    }

    pub(super) fn optimizer(&self, group: usize) -> &Optimizer {
        group.checked_sub(1).and_then(|place| self.of.get(place)).map_or(&self.default, |(_, optimizer)| optimizer)
    }

    pub(super) fn optimizer_mut(&mut self, group: usize) -> &mut Optimizer {
        group.checked_sub(1).and_then(|place| self.of.get_mut(place)).map_or(&mut self.default, |(_, optimizer)| optimizer)
    }

    /// The group of a weight.
    pub(super) fn group(&self, path: &str) -> usize {
        let place = |is_it: &dyn Fn(&str) -> bool| self.of.iter().position(|(pattern, _)| is_it(pattern));
        place(&|pattern| pattern == path)
            .or_else(|| place(&|pattern| pattern::is_whole(pattern, path)))
            .map_or(0, |place| place + 1)
    }

    pub(super) fn check(&self) -> Result<()> {
        self.of.iter().try_for_each(|(pattern, _)| pattern::check("optimizer_map", pattern))?;
        let is_nested = |optimizer: &Optimizer| matches!(optimizer, Optimizer::MultiOptimizer(_));
        if is_nested(&self.default) || self.of.iter().any(|(_, optimizer)| is_nested(optimizer)) {
            return Err(Problem::Nested.into());
        }
        Ok(())
    }

    /// Checks that no two patterns describe a weight.
    pub(super) fn check_path(&self, path: &str) -> Result<()> {
        let mut found = self.of.iter().map(|(pattern, _)| pattern).filter(|pattern| pattern::is_whole(pattern, path));
        match (found.next(), found.next()) {
            (Some(first), Some(second)) if self.of.iter().all(|(pattern, _)| pattern != path) => {
                Err(Problem::Patterns { path: path.to_owned(), first: first.clone(), second: second.clone() }.into())
            }
            _ => Ok(()),
        }
    }

    pub(super) fn to_keras(&self) -> Value {
        let map: Map<String, Value> =
            self.of.iter().map(|(pattern, optimizer)| (pattern.clone(), optimizer.to_keras())).collect();
        let map = json!({ "default_optimizer": self.default.to_keras(), "optimizer_map": map });
        let config = json!({
            "optimizer_map": object("keras.optimizers", "OptimizerMap", map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": "multi_optimizer",
        });
        object("keras.optimizers", "MultiOptimizer", config)
    }

    pub(super) fn read(fields: &mut Fields<'_>, custom_objects: &CustomObjects) -> Result<Self> {
        let map = fields.given("optimizer_map").unwrap_or_default();
        let expected = "an `OptimizerMap`";
        let (_, mut inner) =
            Fields::of_object(&map, "optimizer_map").map_err(|_| wrong("MultiOptimizer", "optimizer_map", expected, &map))?;
        let default = Optimizer::from_keras_with(&inner.value("default_optimizer"), custom_objects)?;
        let of = inner.value("optimizer_map");
        let of = of.as_object().ok_or_else(|| wrong("OptimizerMap", "optimizer_map", "an object of optimizers", &of))?;
        let of = of.iter().map(|(pattern, one)| Ok((pattern.clone(), Optimizer::from_keras_with(one, custom_objects)?)));
        let of = of.collect::<Result<_>>()?;
        inner.finish()?;
        let loss_scale_factor = fields.argument("loss_scale_factor", None)?;
        Ok(Self { default: Box::new(default), of, loss_scale_factor })
    }
}

impl From<MultiOptimizer> for Optimizer {
    fn from(optimizer: MultiOptimizer) -> Self {
        Self::MultiOptimizer(optimizer)
    }
}

impl IntoOptimizer for MultiOptimizer {
    fn prepare<N: Network<f32>>(self, model: &N) -> BuiltOptimizer {
        BuiltOptimizer::new(self.into(), model)
    }
}
