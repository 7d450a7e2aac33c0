//! The arguments that every optimiser has, stated once, and what they do with a gradient, a weight and its average around a rule's own step.

use serde_json::{Map, Value};

use super::arguments::{Arguments, Range, any, arguments, share};
use super::problem::Problem;
use super::rule::{Of, Rule, Slot, Start};
use crate::error::Result;

/// The arguments that every optimiser of Keras has. Every optimiser has methods of the same names.
///
/// In a step the gradient is accumulated, then clipped; the weight decays, moves by the optimiser's own rule, and is averaged; then it is
/// kept to its constraint.
///
/// ```
/// use model_core::optimizers::{Adam, SGD};
///
/// let optimizer = Adam::new(1e-3).clipnorm(1.0).use_ema(true);
/// assert_eq!(optimizer.common.clipnorm, Some(1.0));
/// let optimizer = SGD::new(0.1).weight_decay(1e-4).exclude_from_weight_decay(["bias", "gamma"]);
/// assert_eq!(optimizer.common.excluded, ["bias", "gamma"]);
/// ```
///
/// Source: <https://keras.io/api/optimizers/>.
#[derive(Clone, Debug, PartialEq)]
pub struct Common {
    /// What a weight loses before each step, `w -= w * weight_decay * learning_rate`; none by default.
    pub weight_decay: Option<f64>,
    /// The largest norm of the gradient of each weight; none by default.
    pub clipnorm: Option<f64>,
    /// The largest element of a gradient; none by default.
    pub clipvalue: Option<f64>,
    /// The largest norm of all gradients together; none by default.
    pub global_clipnorm: Option<f64>,
    /// Whether to keep a moving average of every weight, which takes its place at the end of `fit`.
    pub use_ema: bool,
    /// What the average keeps at each step.
    pub ema_momentum: f64,
    /// After how many steps the average takes the weight's place, again and again; only at the end by default.
    pub ema_overwrite_frequency: Option<u64>,
    /// What Keras multiplies the loss by, and divides the gradients by. Arithmetic is `f32` here and needs none: it is kept, and changes
    /// nothing.
    pub loss_scale_factor: Option<f64>,
    /// Of how many gradients in a row the mean is taken before the weights move; of each by default.
    pub gradient_accumulation_steps: Option<u64>,
    /// Which weights do not decay: parts of their names, as `bias`; one with a `/` is a part of their paths.
    pub excluded: Vec<String>,
}

impl Default for Common {
    fn default() -> Self {
        Self {
            weight_decay: None,
            clipnorm: None,
            clipvalue: None,
            global_clipnorm: None,
            use_ema: false,
            ema_momentum: 0.99,
            ema_overwrite_frequency: None,
            loss_scale_factor: None,
            gradient_accumulation_steps: None,
            excluded: Vec::new(),
        }
    }
}

arguments! { Common;
    /// What a weight loses before each step, from 0 to 100.
    weight_decay: Option<f64> = None, decay;
    /// The largest norm of the gradient of each weight, above 0.
    clipnorm: Option<f64> = None, limit;
    /// The largest element of a gradient, above 0.
    clipvalue: Option<f64> = None, limit;
    /// The largest norm of all gradients together, above 0.
    global_clipnorm: Option<f64> = None, limit;
    /// Whether to keep a moving average of every weight.
    use_ema: bool = false, any;
    /// What the average keeps at each step, from 0 to 1.
    ema_momentum: f64 = 0.99, share;
    /// After how many steps the average takes the weight's place, at least 1.
    ema_overwrite_frequency: Option<u64> = None, frequency;
    /// What Keras scales the loss by, which changes nothing here.
    loss_scale_factor: Option<f64> = None, limit;
    /// Of how many gradients in a row the mean is taken, at least 2.
    gradient_accumulation_steps: Option<u64> = None, several;
}

/// What a weight loses.
pub(super) fn decay(decay: &Option<f64>) -> Range {
    (decay.is_none_or(|decay| (0.0..=100.0).contains(&decay)), "a number from 0 to 100")
}

fn frequency(steps: &Option<u64>) -> Range {
    (*steps != Some(0), "a whole number of at least 1")
}

fn several(steps: &Option<u64>) -> Range {
    (steps.is_none_or(|steps| (2..=1 << 40).contains(&steps)), "a whole number of at least 2")
}

/// What something is not to exceed.
fn limit(limit: &Option<f64>) -> Range {
    (limit.is_none_or(|limit| limit > 0.0 && limit.is_finite()), "a number above 0")
}

/// The methods of every optimiser for the arguments that all have.
macro_rules! common_methods {
    () => {
        $crate::optimizers::common::common_methods! {
            /// What a weight loses before each step, `w -= w * weight_decay * learning_rate`, from 0 to 100.
            weight_decay: f64;
            /// The largest norm of the gradient of each weight, above 0; what is beyond is scaled down to it. At most one of the three
            /// ways of clipping can be used.
            clipnorm: f64;
            /// The largest element of a gradient, above 0; what is beyond becomes it.
            clipvalue: f64;
            /// The largest norm of all gradients together, above 0; what is beyond is scaled down to it.
            global_clipnorm: f64;
            /// Whether to keep a moving average of every weight, `a = ema_momentum * a + (1 - ema_momentum) * w`, the first of which is the
            /// first new weight. It takes the weight's place at the end of `fit`.
            use_ema: bool;
            /// What the average keeps at each step, from 0 to 1; 0.99 by default.
            ema_momentum: f64;
            /// After how many steps the average takes the weight's place, again and again, at least 1; only at the end of `fit` by default.
            ema_overwrite_frequency: u64;
            /// What Keras multiplies the loss by, and divides the gradients by, above 0. Arithmetic is `f32` here and needs none: it is
            /// kept, and changes nothing.
            loss_scale_factor: f64;
            /// Of how many gradients in a row the mean is taken before the weights move, at least 2.
            gradient_accumulation_steps: u64;
        }

        /// Lets weights with such parts in their names not decay: `["bias", "gamma"]`. A part with a `/` is looked for in the whole path.
        #[must_use]
        pub fn exclude_from_weight_decay<S: Into<String>>(mut self, var_names: impl IntoIterator<Item = S>) -> Self {
            self.common.excluded = var_names.into_iter().map(Into::into).collect();
            self
        }
    };
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {
        $($(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.common.$name = $name.into();
            self
        })*
    };
}

pub(crate) use common_methods;

impl Common {
    /// What is remembered of a weight for these arguments, behind the rule's own.
    pub(crate) fn slots(&self, of: Of<'_>) -> Vec<Slot> {
        let average = self.use_ema.then(|| Slot::new("average", of).from(Start::Weight));
        let accumulator = self.gradient_accumulation_steps.map(|_| Slot::new("gradient_accumulator", of));
        average.into_iter().chain(accumulator).collect()
    }

    /// How many slots that are.
    pub(crate) fn slot_count(&self) -> usize {
        usize::from(self.use_ema) + usize::from(self.gradient_accumulation_steps.is_some())
    }

    /// How many gradients make a step.
    pub(crate) fn parts(&self) -> u64 {
        self.gradient_accumulation_steps.unwrap_or(1).max(1)
    }

    /// Whether a weight of this path is one that decays.
    pub(crate) fn decays(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_in = |part: &String| if part.contains('/') { path.contains(part.as_str()) } else { name.contains(part.as_str()) };
        !self.excluded.iter().any(is_in)
    }

    /// Checks that gradients are clipped in one way at most.
    pub(crate) fn check_clips(&self, owner: &'static str) -> Result<()> {
        let all = [("clipnorm", self.clipnorm), ("clipvalue", self.clipvalue), ("global_clipnorm", self.global_clipnorm)];
        let mut used = all.into_iter().filter(|(_, limit)| limit.is_some()).map(|(name, _)| name);
        match (used.next(), used.next()) {
            (Some(first), Some(second)) => Err(Problem::Clips { owner, first, second }.into()),
            _ => Ok(()),
        }
    }
}

/// The arguments of an optimiser with its defaults, the common ones behind so many of its own.
pub(crate) fn signature(rule: &impl Rule, before: usize, is_decay_first: bool) -> Vec<(String, Value)> {
    let listed = |arguments: &dyn Arguments| {
        let mut map = Map::new();
        arguments.write(&mut map);
        map.into_iter().collect::<Vec<_>>()
    };
    let (mut own, mut common) = (listed(rule), listed(rule.common()));
    let behind = own.split_off(before.min(own.len()));
    if is_decay_first {
        own.insert(0, common.remove(0));
    }
    let rate = ("learning_rate".to_owned(), rule.learning_rate().to_keras());
    std::iter::once(rate).chain(own).chain(common).chain(behind).collect()
}
