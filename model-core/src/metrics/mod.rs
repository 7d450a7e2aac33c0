//! Metrics: what is reported beside the loss, and their serialised form. The counting is in the kernels; the list below is the only one.

mod accuracy;
mod error;
mod measure;

pub use accuracy::{Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy};
pub use error::MeanAbsoluteError;
pub(crate) use measure::Measure;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::given::{Port, TargetForm};
use crate::keras::{Fields, object, wrong};

/// What a metric's file says about it.
pub(crate) trait Rule: Sized {
    /// Keras's class.
    const CLASS: &'static str;

    /// Keras's name, under which it is reported.
    const NAME: &'static str;

    /// What is counted for an output whose last axis has `size` elements and whose targets have this form. The error says what the metric
    /// goes with, and what may have been meant.
    fn measure(&self, form: TargetForm, size: usize) -> Result<Measure, (&'static str, &'static str)>;

    /// The arguments as Keras's configuration has them, but for `name` and `dtype`.
    fn write(&self) -> Value {
        json!({})
    }

    /// Reads what `write` has written.
    fn read(fields: &mut Fields<'_>) -> Result<Self>;
}

macro_rules! metrics {
    ($($name:ident)*) => {
        /// A metric.
        ///
        /// ```
        /// use model_core::metrics::{MeanAbsoluteError, Metric};
        ///
        /// let metric = Metric::from(MeanAbsoluteError);
        /// assert_eq!(metric.name(), "mean_absolute_error");
        /// assert_eq!(Metric::from_keras(&metric.to_keras())?, metric);
        /// # Ok::<(), model_core::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Metric {
            $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*
        }

        $(impl From<$name> for Metric {
            fn from(metric: $name) -> Self {
                Self::$name(metric)
            }
        })*

        impl Metric {
            /// Keras's name, under which it is reported.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::NAME,)* }
            }

            fn class(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::CLASS,)* }
            }

            fn measure(&self, form: TargetForm, size: usize) -> Result<Measure, (&'static str, &'static str)> {
                match self { $(Self::$name(rule) => rule.measure(form, size),)* }
            }

            fn write(&self) -> Value {
                match self { $(Self::$name(rule) => rule.write(),)* }
            }

            fn read(class: &str, fields: &mut Fields<'_>) -> Result<Option<Self>> {
                Ok(Some(match class {
                    $($name::CLASS => Self::$name($name::read(fields)?),)*
                    _ => return Ok(None),
                }))
            }

            /// Every class, in Keras's words.
            const CLASSES: &'static [&'static str] = &[$($name::CLASS),*];
        }
    };
}

metrics! { Accuracy CategoricalAccuracy SparseCategoricalAccuracy BinaryAccuracy MeanAbsoluteError }

impl Metric {
    /// The metric as `keras.metrics.serialize` writes it, and `"accuracy"` for the one whose form follows from the loss.
    #[must_use]
    pub fn to_keras(&self) -> Value {
        if matches!(self, Self::Accuracy(_)) {
            return self.name().into();
        }
        let mut config = Map::new();
        config.insert("name".to_owned(), self.name().into());
        config.insert("dtype".to_owned(), "float32".into());
        config.extend(self.write().as_object().cloned().unwrap_or_default());
        object("keras.metrics", self.class(), Value::Object(config))
    }

    /// Reads what `keras.metrics.serialize` or [`to_keras`](Self::to_keras) has written.
    ///
    /// # Errors
    /// If it is a metric, or uses an argument, that this library does not have.
    pub fn from_keras(serialized: &Value) -> Result<Self> {
        if matches!(serialized.as_str(), Some("accuracy" | "acc")) {
            return Ok(Accuracy.into());
        }
        let (class, mut fields) = Fields::of_object(serialized, "metric")?;
        fields.ignore(&["name", "dtype"]);
        let Some(metric) = Self::read(class, &mut fields)? else {
            return Err(wrong("metric", "class_name", &format!("one of {}", Self::CLASSES.join(", ")), &class.into()));
        };
        fields.finish()?;
        Ok(metric)
    }

    /// What is counted for an output.
    pub(crate) fn resolve(&self, port: &Port, form: TargetForm) -> Result<Measure> {
        self.measure(form, port.nominal_row()).map_err(|(expected, help)| Error::Unsuitable {
            rule: self.class(),
            output: port.name.clone(),
            shape: port.batched(),
            expected,
            help: Some(help),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_serialised_form_is_keras_s() {
        let check = |metric: Metric, expected: &str| {
            assert_eq!(metric.to_keras().to_string(), expected);
            assert_eq!(Metric::from_keras(&metric.to_keras()).unwrap(), metric);
        };
        check(Accuracy.into(), "\"accuracy\"");
        check(
            BinaryAccuracy::new().threshold(0.25).into(),
            "{\"module\":\"keras.metrics\",\"class_name\":\"BinaryAccuracy\",\"config\":{\"name\":\"binary_accuracy\",\
             \"dtype\":\"float32\",\"threshold\":0.25},\"registered_name\":null}",
        );
        check(
            MeanAbsoluteError.into(),
            "{\"module\":\"keras.metrics\",\"class_name\":\"MeanAbsoluteError\",\"config\":{\"name\":\"mean_absolute_error\",\
             \"dtype\":\"float32\"},\"registered_name\":null}",
        );
    }

    #[test]
    fn accuracy_chooses_its_form_as_keras_does() {
        let check = |form, size, expected| assert_eq!(Metric::from(Accuracy).measure(form, size), Ok(expected));
        check(TargetForm::Labels, 10, Measure::SparseMatches);
        check(TargetForm::Values, 10, Measure::Matches);
        check(TargetForm::Values, 1, Measure::BinaryMatches { threshold: 0.5 });
        assert!(Metric::from(CategoricalAccuracy).measure(TargetForm::Labels, 10).is_err());
        assert!(Metric::from(SparseCategoricalAccuracy).measure(TargetForm::Values, 10).is_err());
        assert!(Metric::from(MeanAbsoluteError).measure(TargetForm::Labels, 10).is_err());
    }
}
