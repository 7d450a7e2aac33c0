//! Optimisers: how a step changes a weight, what they remember of it, and their serialised form. One file each; the list below is the
//! only one.

pub(crate) mod arguments;
mod averages;
mod built;
pub(crate) mod common;
pub(crate) mod guard;
mod keras;
mod memory;
mod multi;
mod pattern;
mod problem;
pub(crate) mod rule;
pub(crate) mod saved;
mod step;

pub use arguments::Names;
pub use built::BuiltOptimizer;
pub use common::Common;
pub use multi::MultiOptimizer;
pub use problem::Problem;
pub use step::StepOf;

use serde_json::Value;

use crate::error::Result;
use crate::memory::claim_training;
use crate::network::Network;
use crate::schedules::LearningRate;
use arguments::Arguments;
use rule::{Rule, Stated};

/// What is an optimiser: [`Adam`], [`RMSprop`], [`SGD`] and the others, an [`Optimizer`], which is any of them, or a [`BuiltOptimizer`], which
/// goes on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer",
    label = "expected an optimizer, such as `Adam::new(1e-3)`",
    note = "an optimizer is one of `Adam::new(1e-3)`, `RMSprop::new(1e-3)`, `SGD::new(1e-2)` and the like, which take the learning rate",
    note = "or Keras's string for one, `\"adam\"`"
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
        built.check()?;
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

/// Keras's string for an optimiser with its defaults: `"adam"`, `"rmsprop"`. One that there is not is told by whatever uses it first.
impl IntoOptimizer for &str {
    fn prepare<N: Network<f32>>(self, model: &N) -> BuiltOptimizer {
        BuiltOptimizer::of_string(self, model)
    }
}

macro_rules! optimizers {
    ($($module:ident::$name:ident)*) => {
        $(mod $module;
        pub use $module::$name;)*

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
        #[derive(Clone, Debug, PartialEq)]
        pub enum Optimizer {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
            /// See [`MultiOptimizer`].
            MultiOptimizer(MultiOptimizer),
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
            /// The rule of a group of weights. There are several groups in a [`MultiOptimizer`] only.
            pub(crate) fn rule(&self, group: usize) -> &dyn Rule {
                match self {
                    $(Self::$name(rule) => rule,)*
                    Self::MultiOptimizer(several) => several.optimizer(group).rule(0),
                }
            }

            pub(crate) fn rule_mut(&mut self, group: usize) -> &mut dyn Rule {
                match self {
                    $(Self::$name(rule) => rule,)*
                    Self::MultiOptimizer(several) => several.optimizer_mut(group).rule_mut(0),
                }
            }

            /// The optimiser of a class with Keras's defaults.
            pub(super) fn of_class(class: &str) -> Option<Self> {
                Some(match class {
                    $(stringify!($name) => $name::default().into(),)*
                    _ => return None,
                })
            }

            /// Every class, in Keras's words.
            pub(super) const CLASSES: &'static [&'static str] = &[$(stringify!($name),)* "MultiOptimizer"];

            /// The arguments of every optimiser, in Keras's order, each with its default, if it has one.
            ///
            /// ```
            /// use model_core::optimizers::Optimizer;
            ///
            /// let signatures = Optimizer::signatures();
            /// let (_, sgd) = signatures.iter().find(|(class, _)| *class == "SGD").unwrap();
            /// assert_eq!(sgd[0], ("learning_rate".to_owned(), Some(0.01.into())));
            /// ```
            #[must_use]
            pub fn signatures() -> Vec<(&'static str, Vec<(String, Option<Value>)>)> {
                fn with_defaults(arguments: Vec<(String, Value)>) -> Vec<(String, Option<Value>)> {
                    arguments.into_iter().map(|(name, default)| (name, Some(default))).collect()
                }
                vec![$((stringify!($name), with_defaults($name::signature())),)* ("MultiOptimizer", MultiOptimizer::signature())]
            }
        }
    };
}

optimizers! {
    sgd::SGD
    rmsprop::RMSprop
    adam::Adam
    adamw::AdamW
    adadelta::Adadelta
    adafactor::Adafactor
    adagrad::Adagrad
    adamax::Adamax
    ftrl::Ftrl
    lamb::Lamb
    lion::Lion
    muon::Muon
    nadam::Nadam
    schedule_free_adamw::ScheduleFreeAdamW
}

impl Optimizer {
    /// Keras's name of the class.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::MultiOptimizer(_) => "MultiOptimizer",
            _ => self.rule(0).class(),
        }
    }

    /// The size of a step, or what tells it; of a [`MultiOptimizer`] that of its default.
    #[must_use]
    pub fn learning_rate(&self) -> &LearningRate {
        self.rule(0).learning_rate()
    }

    /// The arguments that every optimiser has; of a [`MultiOptimizer`] those of its default.
    #[must_use]
    pub fn common(&self) -> &Common {
        self.rule(0).common()
    }

    /// Lets weights with such parts in their names not decay: `["bias", "gamma"]`. A part with a `/` is looked for in the whole path.
    #[must_use]
    pub fn exclude_from_weight_decay<S: Into<String>>(mut self, var_names: impl IntoIterator<Item = S>) -> Self {
        let excluded: Vec<String> = var_names.into_iter().map(Into::into).collect();
        self.exclude(vec![excluded; self.groups()]);
        self
    }

    /// Sets the size of a step, or what tells it.
    ///
    /// # Errors
    /// If it is not from 0 to 1e6; if it is a number, and a schedule tells the rate; if every weight has an optimiser of its own. It is then
    /// what it was.
    pub fn set_learning_rate(&mut self, learning_rate: impl Into<LearningRate>) -> Result<()> {
        let (new, owner) = (learning_rate.into(), self.class());
        if matches!(self, Self::MultiOptimizer(_)) {
            return Err(Problem::ManyRates.into());
        }
        new.check(owner)?;
        let rate = self.rule_mut(0).learning_rate_mut();
        if let (LearningRate::Schedule(schedule), LearningRate::Number(_)) = (&*rate, &new) {
            return Err(Problem::Scheduled { owner, schedule: schedule.class().to_owned() }.into());
        }
        *rate = new;
        Ok(())
    }

    /// The parts of names of weights that do not decay, for every group: Keras's configuration has no place for them.
    pub(crate) fn excluded(&self) -> Vec<&[String]> {
        (0..self.groups()).map(|group| self.rule(group).common().excluded.as_slice()).collect()
    }

    /// Sets them.
    pub(crate) fn exclude(&mut self, excluded: Vec<Vec<String>>) {
        for (group, excluded) in excluded.into_iter().enumerate().take(self.groups()) {
            self.rule_mut(group).common_mut().excluded = excluded;
        }
    }

    /// How many groups of weights have an optimiser of their own.
    pub(crate) fn groups(&self) -> usize {
        match self {
            Self::MultiOptimizer(several) => several.count(),
            _ => 1,
        }
    }

    /// The group of a weight.
    pub(crate) fn group(&self, path: &str) -> usize {
        match self {
            Self::MultiOptimizer(several) => several.group(path),
            _ => 0,
        }
    }

    /// Checks the arguments' ranges, within which a step by finite gradients leaves finite weights.
    pub(crate) fn check(&self) -> Result<()> {
        if let Self::MultiOptimizer(several) = self {
            several.check()?;
        }
        (0..self.groups()).map(|group| self.rule(group)).try_for_each(|rule| {
            rule.learning_rate().check(rule.class())?;
            rule.check(rule.class())?;
            rule.check_patterns()?;
            rule.common().check(rule.class())?;
            rule.common().check_clips(rule.class())
        })
    }

    /// How often all weights fit into what is remembered of them, at most.
    pub(crate) fn copies(&self) -> u64 {
        let of = |shape: &[usize], group| {
            let of = rule::Of { path: "", shape };
            let all = self.rule(group).slots(of).into_iter().chain(self.rule(group).common().slots(of));
            all.map(|slot| slot.elements()).sum::<usize>().div_ceil(shape.iter().product())
        };
        let copies = |group| of(&[1000], group).max(of(&[1000, 1000], group));
        (0..self.groups()).map(copies).max().unwrap_or(0) as u64
    }
}

#[cfg(test)]
mod extremes;
#[cfg(test)]
mod steps;
#[cfg(test)]
mod tests;
