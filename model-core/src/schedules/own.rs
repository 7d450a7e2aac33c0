//! Learning rates of the user's own: functions of the number of steps.

use std::sync::Arc;

use serde_json::Value;

use crate::custom::Function;

/// A learning rate of the user's own: [`LearningRate::own`](super::LearningRate::own) makes it.
#[derive(Clone, Debug, PartialEq)]
pub struct OwnSchedule {
    function: Function<dyn Fn(u64) -> f64 + Send + Sync>,
}

impl OwnSchedule {
    pub(super) fn new(name: impl Into<String>, rate: impl Fn(u64) -> f64 + Send + Sync + 'static) -> Self {
        Self { function: Function::new(name, Arc::new(rate)) }
    }

    pub(super) fn name(&self) -> &str {
        self.function.name()
    }

    pub(super) fn at(&self, step: u64) -> f64 {
        (self.function.function())(step)
    }

    pub(super) fn to_keras(&self) -> Value {
        self.function.to_keras()
    }
}
