//! Optimisers as Keras serialises them.

use model_graph::keras::{OPTIMIZERS, written};
use serde_json::{Map, Value};

use super::arguments::Arguments;
use super::{MultiOptimizer, Optimizer};
use crate::custom::CustomObjects;
use crate::error::Result;
use crate::keras::{Fields, object, unknown};
use crate::schedules::LearningRate;

impl Optimizer {
    /// The optimiser as `keras.optimizers.serialize` writes it.
    #[must_use]
    pub fn to_keras(&self) -> Value {
        if let Self::MultiOptimizer(several) = self {
            return several.to_keras();
        }
        let (rule, mut config) = (self.rule(0), Map::new());
        config.insert("name".to_owned(), rule.name().into());
        config.insert("learning_rate".to_owned(), rule.learning_rate().to_keras());
        rule.common().write(&mut config);
        rule.write(&mut config);
        object("keras.optimizers", self.class(), Value::Object(config))
    }

    /// Reads what `keras.optimizers.serialize` or [`to_keras`](Self::to_keras) has written, and Keras's strings, such as `"adam"`.
    ///
    /// # Errors
    /// If it is an optimiser, or uses an argument, that this library does not have.
    pub fn from_keras(serialized: &Value) -> Result<Self> {
        Self::from_keras_with(serialized, &CustomObjects::new())
    }

    /// The same, with a learning rate of the user's own.
    ///
    /// # Errors
    /// As those of [`from_keras`](Self::from_keras); also if the learning rate is not among these.
    pub fn from_keras_with(serialized: &Value, custom_objects: &CustomObjects) -> Result<Self> {
        let (class, fields) = Fields::of_named(serialized, "optimizer", OPTIMIZERS)?;
        // Case says nothing.
        let class = written(OPTIMIZERS, &class.to_lowercase()).unwrap_or(class);
        let mut fields = fields.owned_by(class);
        fields.ignore(&["name", "is_legacy_optimizer"]);
        if class == "MultiOptimizer" {
            let several = Self::from(MultiOptimizer::read(&mut fields, custom_objects)?);
            fields.finish()?;
            several.check()?;
            return Ok(several);
        }
        let Some(mut optimizer) = Self::of_class(class) else {
            return Err(unknown("optimizer", class, Self::CLASSES, OPTIMIZERS));
        };
        let rule = optimizer.rule_mut(0);
        if let Some(rate) = fields.given("learning_rate") {
            *rule.learning_rate_mut() = LearningRate::from_keras_with(&rate, class, custom_objects)?;
        }
        rule.common_mut().read(&mut fields)?;
        rule.read(&mut fields)?;
        fields.finish()?;
        optimizer.check()?;
        Ok(optimizer)
    }
}
