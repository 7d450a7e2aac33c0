//! A learning rate: a number, or what tells one.

use model_graph::keras::Names;
use serde_json::Value;

use super::{OwnSchedule, Schedule};
use crate::custom::CustomObjects;
use crate::error::Result;
use crate::keras::{Fields, unknown, wrong};
use crate::optimizers::arguments::{rate, require};

/// The schedules that Keras has, all of which this library has.
const NAMES: Names = &[];

/// The size of steps: a number, or a schedule that tells it for each step.
///
/// ```
/// use model_core::schedules::{ExponentialDecay, LearningRate};
///
/// assert_eq!(LearningRate::from(0.1).at(7), 0.1);
/// let halved = LearningRate::from(ExponentialDecay::new(0.1, 10, 0.5));
/// assert_eq!((halved.at(0), halved.at(10)), (0.1, 0.05));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub enum LearningRate {
    /// The same for all steps.
    Number(f64),
    /// Another for each.
    Schedule(Schedule),
}

impl LearningRate {
    /// A learning rate of one's own, under the name that files have for it: a function of the number of steps that were taken before.
    ///
    /// [`CustomObjects::learning_rate`](crate::custom::CustomObjects::learning_rate) reads a file back that has it. A step for which it gives
    /// no number from 0 to 1e6 is refused.
    ///
    /// ```
    /// use model_core::schedules::LearningRate;
    ///
    /// let warm = LearningRate::own("warm", |step| 1e-3 * (step as f64 / 100.0).min(1.0));
    /// assert_eq!((warm.at(0), warm.at(50), warm.at(1000)), (0.0, 5e-4, 1e-3));
    /// ```
    #[must_use]
    pub fn own(name: impl Into<String>, rate: impl Fn(u64) -> f64 + Send + Sync + 'static) -> Self {
        Self::Schedule(Schedule::Own(OwnSchedule::new(name, rate)))
    }

    /// The learning rate of the step before which so many were taken.
    #[must_use]
    pub fn at(&self, step: u64) -> f64 {
        match self {
            Self::Number(rate) => *rate,
            Self::Schedule(schedule) => schedule.at(step),
        }
    }

    /// The name of one's own.
    pub(crate) fn own_name(&self) -> Option<&str> {
        match self {
            Self::Schedule(Schedule::Own(own)) => Some(own.name()),
            _ => None,
        }
    }

    /// Checks a number's range, and a schedule's arguments.
    pub(crate) fn check(&self, owner: &'static str) -> Result<()> {
        match self {
            Self::Number(number) => require(owner, "learning_rate", rate(number), (*number).to_string().into()),
            Self::Schedule(schedule) => schedule.check(),
        }
    }

    /// As Keras's configurations of optimisers have it.
    #[must_use]
    pub fn to_keras(&self) -> Value {
        match self {
            Self::Number(rate) => (*rate).into(),
            Self::Schedule(schedule) => schedule.to_keras(),
        }
    }

    /// Reads what `to_keras` has written, of an optimiser.
    pub(crate) fn from_keras_with(serialized: &Value, owner: &str, custom_objects: &CustomObjects) -> Result<Self> {
        if let Some(rate) = serialized.as_f64() {
            return Ok(rate.into());
        }
        if serialized.get("class_name").is_none() {
            return Err(wrong(owner, "learning_rate", "a number or a schedule", serialized));
        }
        if let Some(own) = custom_objects.find_learning_rate(serialized, Schedule::CLASSES)? {
            return Ok(own);
        }
        let (class, fields) = Fields::of_object(serialized, "learning_rate")?;
        let mut fields = fields.owned_by(class);
        let found = Schedule::of_class(class, &mut fields)?;
        let schedule = found.ok_or_else(|| unknown("learning_rate", class, Schedule::CLASSES, NAMES))?;
        fields.finish()?;
        Ok(Self::Schedule(schedule))
    }
}

impl From<f64> for LearningRate {
    fn from(rate: f64) -> Self {
        Self::Number(rate)
    }
}

impl From<Schedule> for LearningRate {
    fn from(schedule: Schedule) -> Self {
        Self::Schedule(schedule)
    }
}

/// Whether it is this number.
impl PartialEq<f64> for LearningRate {
    fn eq(&self, other: &f64) -> bool {
        matches!(self, Self::Number(rate) if rate == other)
    }
}
