//! Optimisers: how a step changes a weight, what they remember of it, and their serialised form. One file each; the list below is the
//! only one.

mod adam;
mod built;
pub(crate) mod guard;
mod rmsprop;
mod sgd;

pub use adam::Adam;
pub use built::BuiltOptimizer;
pub use rmsprop::RMSprop;
pub use sgd::SGD;

use model_graph::keras::{OPTIMIZERS, written};
use serde_json::{Map, Value, json};

use crate::buffer::Buffer;
use crate::error::{Error, Result};
use crate::keras::{Fields, object, unknown};
use crate::memory::claim_training;
use crate::network::Network;

/// What an optimiser's file says about it.
pub(crate) trait Rule: Sized {
    /// Keras's class.
    const CLASS: &'static str;

    /// Keras's name for the first of its kind.
    const NAME: &'static str;

    /// The size of a step.
    fn learning_rate(&mut self) -> &mut f64;

    /// Keras's names of what is remembered of each weight, in the order of `step`'s slots.
    fn slots(&self) -> Vec<&'static str>;

    /// Changes a weight by its gradient, in the `iteration`th step (the first is 1).
    fn step(&self, iteration: u64, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>]);

    /// The arguments as Keras's configuration has them, but for `learning_rate`.
    fn write(&self) -> Value;

    /// Reads what `write` has written; what is missing is Keras's default.
    fn read(learning_rate: f64, fields: &mut Fields<'_>) -> Result<Self>;

    /// Every argument whose value must be in a range: its name, the value, the range in words, and whether it is in it.
    fn ranges(&self) -> Vec<Range>;
}

/// An argument, its value, its range in words, and whether it is in it.
pub(crate) type Range = (&'static str, f64, &'static str, bool);

/// A share of one.
pub(crate) fn share(argument: &'static str, value: f64) -> Range {
    (argument, value, "a number from 0 to 1", (0.0..=1.0).contains(&value))
}

/// A share of one that something else is divided by.
pub(crate) fn share_below_one(argument: &'static str, value: f64) -> Range {
    // What weights are computed in must be able to tell it from one.
    (argument, value, "a number from 0 to below 1", (0.0..1.0).contains(&(value as f32)))
}

/// What keeps a division from one by zero.
pub(crate) fn epsilon(value: f64) -> Range {
    ("epsilon", value, "a number from 1e-16 to 1", (1e-16..=1.0).contains(&value))
}

/// The arguments that every optimiser of Keras has and this library has not, as they are where they are not used.
fn unused_arguments() -> Value {
    json!({
        "weight_decay": null, "clipnorm": null, "global_clipnorm": null, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99,
        "ema_overwrite_frequency": null, "loss_scale_factor": null, "gradient_accumulation_steps": null,
    })
}

/// What is an optimiser: [`Adam`], [`RMSprop`], [`SGD`], an [`Optimizer`], which is any of them, or a [`BuiltOptimizer`], which goes on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer",
    label = "expected an optimizer, such as `Adam::new(1e-3)`",
    note = "an optimizer is one of `Adam::new(1e-3)`, `RMSprop::new(1e-3)` and `SGD::new(1e-2)`, which take the learning rate"
)]
pub trait IntoOptimizer: Sized {
    /// The optimiser for a model's weights, before anything is checked: what `compile` takes.
    fn prepare<N: Network<f32>>(self, model: &N) -> BuiltOptimizer;

    /// The optimiser with room for what it remembers of a model's weights, to train by hand.
    ///
    /// # Errors
    /// If an argument is out of its range, or training would take more memory than there is.
    fn build<N: Network<f32>>(self, model: &N) -> Result<BuiltOptimizer> {
        let mut built = self.prepare(model);
        built.rule.check()?;
        claim_training(model.graph(), Some(&built.rule))?;
        built.reserve(model);
        Ok(built)
    }
}

impl IntoOptimizer for Optimizer {
    fn prepare<N: Network<f32>>(self, model: &N) -> BuiltOptimizer {
        BuiltOptimizer::new(self, model)
    }
}

impl IntoOptimizer for BuiltOptimizer {
    fn prepare<N: Network<f32>>(self, _model: &N) -> BuiltOptimizer {
        self
    }
}

macro_rules! optimizers {
    ($($name:ident)*) => {
        /// An optimiser: what training changes the weights by.
        ///
        /// ```
        /// use model_core::optimizers::{Optimizer, RMSprop};
        ///
        /// let optimizer = Optimizer::from(RMSprop::new(1e-3).momentum(0.9));
        /// assert_eq!(optimizer.class(), "RMSprop");
        /// assert_eq!(Optimizer::from_keras(&optimizer.to_keras())?, optimizer);
        /// # Ok::<(), model_core::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Optimizer {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
        }

        $(impl From<$name> for Optimizer {
            fn from(optimizer: $name) -> Self {
                Self::$name(optimizer)
            }
        }

        impl IntoOptimizer for $name {
            fn prepare<N: Network<f32>>(self, model: &N) -> BuiltOptimizer {
                BuiltOptimizer::new(self.into(), model)
            }
        })*

        impl Optimizer {
            /// Keras's name of the class.
            #[must_use]
            pub fn class(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::CLASS,)* }
            }

            fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::NAME,)* }
            }

            /// The size of a step.
            pub fn learning_rate_mut(&mut self) -> &mut f64 {
                match self { $(Self::$name(rule) => rule.learning_rate(),)* }
            }

            /// Keras's names of what is remembered of each weight.
            #[must_use]
            pub fn slots(&self) -> Vec<&'static str> {
                match self { $(Self::$name(rule) => rule.slots(),)* }
            }

            pub(crate) fn step(&self, iteration: u64, gradient: &[f32], weight: &mut [f32], slots: &mut [Buffer<f32>]) {
                match self { $(Self::$name(rule) => rule.step(iteration, gradient, weight, slots),)* }
            }

            fn write(&self) -> Value {
                match self { $(Self::$name(rule) => rule.write(),)* }
            }

            fn read(class: &str, learning_rate: f64, fields: &mut Fields<'_>) -> Result<Option<Self>> {
                Ok(Some(match class {
                    $($name::CLASS => Self::$name($name::read(learning_rate, fields)?),)*
                    _ => return Ok(None),
                }))
            }

            fn ranges(&self) -> Vec<Range> {
                match self { $(Self::$name(rule) => rule.ranges(),)* }
            }

            /// Every class, in Keras's words.
            const CLASSES: &'static [&'static str] = &[$($name::CLASS),*];
        }
    };
}

optimizers! { SGD RMSprop Adam }

impl Optimizer {
    /// The size of a step.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        *self.clone().learning_rate_mut()
    }

    /// The optimiser as `keras.optimizers.serialize` writes it.
    #[must_use]
    pub fn to_keras(&self) -> Value {
        let mut config = Map::new();
        config.insert("name".to_owned(), self.name().into());
        config.insert("learning_rate".to_owned(), self.learning_rate().into());
        for arguments in [unused_arguments(), self.write()] {
            config.extend(arguments.as_object().cloned().unwrap_or_default());
        }
        object("keras.optimizers", self.class(), Value::Object(config))
    }

    /// Reads what `keras.optimizers.serialize` or [`to_keras`](Self::to_keras) has written, and Keras's strings, such as `"adam"`.
    ///
    /// # Errors
    /// If it is an optimiser, or uses an argument, that this library does not have.
    pub fn from_keras(serialized: &Value) -> Result<Self> {
        let (class, mut fields) = Fields::of_named(serialized, "optimizer", OPTIMIZERS)?;
        // Case says nothing.
        let class = written(OPTIMIZERS, &class.to_lowercase()).unwrap_or(class);
        fields.ignore(&["name", "is_legacy_optimizer"]);
        fields.only(&unused_arguments())?;
        let learning_rate = fields.number("learning_rate", if class == SGD::CLASS { 0.01 } else { 0.001 })?;
        let Some(optimizer) = Self::read(class, learning_rate, &mut fields)? else {
            return Err(unknown("optimizer", class, Self::CLASSES, OPTIMIZERS));
        };
        fields.finish()?;
        optimizer.check()?;
        Ok(optimizer)
    }

    /// Checks the arguments' ranges, within which a step by finite gradients leaves finite weights.
    pub(crate) fn check(&self) -> Result<()> {
        let rate = self.learning_rate();
        let rate = ("learning_rate", rate, "a number from 0 to 1e6", (0.0..=1e6).contains(&rate));
        match std::iter::once(rate).chain(self.ranges()).find(|(.., is_in_range)| !is_in_range) {
            None => Ok(()),
            Some((argument, value, expected, _)) => {
                Err(Error::Argument { owner: self.class(), argument, expected, found: value.to_string() })
            }
        }
    }
}

#[cfg(test)]
mod steps;
#[cfg(test)]
mod tests;
