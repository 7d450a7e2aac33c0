//! Learning rates that change while training: a number, a schedule of Keras's, or a function of one's own. One file each; the list below is
//! the only one.
//!
//! Wherever an optimiser takes a learning rate it takes a schedule. A schedule tells the rate of a step by the number of gradients that were
//! given before, as in Keras: also those that `gradient_accumulation_steps` only adds up count.
//!
//! ```
//! use model_core::optimizers::Adam;
//! use model_core::schedules::{CosineDecay, LearningRate};
//!
//! let optimizer = Adam::new(CosineDecay::new(1e-3, 1000));
//! let (start, half) = (optimizer.learning_rate.at(0), optimizer.learning_rate.at(500));
//! assert_eq!((start, half), (1e-3, 5e-4));
//!
//! let optimizer = Adam::new(LearningRate::own("warm", |step| 1e-3 * (step as f64 / 100.0).min(1.0)));
//! assert_eq!(optimizer.learning_rate.at(50), 5e-4);
//! ```

mod own;
mod rate;
mod state;

pub use own::OwnSchedule;
pub use rate::LearningRate;

use serde_json::{Map, Value};

use crate::error::Result;
use crate::keras::{Fields, object};
use state::{Rate, Stated};

macro_rules! schedules {
    ($($module:ident::$name:ident)*) => {
        $(mod $module;
        pub use $module::$name;)*

        /// What tells the learning rate of a step.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Schedule {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
            /// See [`LearningRate::own`].
            Own(OwnSchedule),
        }

        $(impl From<$name> for Schedule {
            fn from(schedule: $name) -> Self {
                Self::$name(schedule)
            }
        }

        impl From<$name> for LearningRate {
            fn from(schedule: $name) -> Self {
                Self::Schedule(schedule.into())
            }
        })*

        impl Schedule {
            /// Keras's name of the class, or the name of a function of one's own.
            #[must_use]
            pub fn class(&self) -> &str {
                match self {
                    $(Self::$name(_) => stringify!($name),)*
                    Self::Own(own) => own.name(),
                }
            }

            /// The learning rate of the step before which so many were taken.
            #[must_use]
            pub fn at(&self, step: u64) -> f64 {
                match self {
                    $(Self::$name(schedule) => schedule.at(step),)*
                    Self::Own(own) => own.at(step),
                }
            }

            pub(crate) fn check(&self) -> Result<()> {
                match self {
                    $(Self::$name(schedule) => schedule.check(),)*
                    Self::Own(_) => Ok(()),
                }
            }

            /// As `keras.optimizers.schedules.serialize` writes it.
            #[must_use]
            pub fn to_keras(&self) -> Value {
                let mut config = Map::new();
                match self {
                    $(Self::$name(schedule) => schedule.write(&mut config),)*
                    Self::Own(own) => return own.to_keras(),
                }
                object("keras.optimizers.schedules", self.class(), Value::Object(config))
            }

            fn of_class(class: &str, fields: &mut Fields<'_>) -> Result<Option<Self>> {
                Ok(Some(match class {
                    $(stringify!($name) => $name::read(fields)?.into(),)*
                    _ => return Ok(None),
                }))
            }

            /// Every class, in Keras's words.
            const CLASSES: &'static [&'static str] = &[$(stringify!($name)),*];

            /// The arguments of every schedule, in Keras's order, each with its default, if it has one.
            ///
            /// ```
            /// use model_core::schedules::Schedule;
            ///
            /// let signatures = Schedule::signatures();
            /// let (_, cosine) = signatures.iter().find(|(class, _)| *class == "CosineDecay").unwrap();
            /// assert_eq!(cosine[2], ("alpha".to_owned(), Some(0.0.into())));
            /// ```
            #[must_use]
            pub fn signatures() -> Vec<(&'static str, Vec<(String, Option<Value>)>)> {
                vec![$((stringify!($name), $name::signature())),*]
            }
        }
    };
}

schedules! {
    exponential_decay::ExponentialDecay
    piecewise_constant_decay::PiecewiseConstantDecay
    polynomial_decay::PolynomialDecay
    inverse_time_decay::InverseTimeDecay
    cosine_decay::CosineDecay
    cosine_decay_restarts::CosineDecayRestarts
}

#[cfg(test)]
mod tests;
