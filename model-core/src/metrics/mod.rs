//! Metrics: what is reported beside the loss, and their serialised form. The counting is in the kernels; the list below is the only one.

mod accuracy;
mod confusion;
mod direction;
mod error;
mod measure;
mod own;
mod state;

pub use accuracy::{Accuracy, BinaryAccuracy, CategoricalAccuracy, ExactAccuracy, SparseCategoricalAccuracy};
pub use confusion::{Precision, Recall};
pub(crate) use direction::Direction;
pub use error::MeanAbsoluteError;
use measure::Measure;
pub use own::MetricState;
use own::Own;
pub(crate) use state::State;

use model_graph::keras::METRICS;
use serde_json::{Map, Value, json};

use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::given::{Port, TargetForm};
use crate::keras::{Fields, object, unknown, wrong};

/// What a metric goes with, and what may have been meant.
type Complaint = (&'static str, &'static str);

/// What a metric's file says about it.
pub(crate) trait Rule: Default {
    /// Keras's class.
    const CLASS: &'static str;

    /// Keras's name, under which it is reported unless it is given another.
    const NAME: &'static str;

    /// The strings that Keras takes for it.
    const STRINGS: &'static [&'static str];

    /// Whether it is known by its strings alone: which class it comes to follows from the model.
    const IS_FORM: bool = false;

    /// What is remembered of an output whose last axis has `size` elements and whose targets have this form, at the start of an epoch.
    fn state(&self, form: TargetForm, size: usize) -> Result<Box<dyn State>, Complaint>;

    /// Checks the arguments.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// The arguments as Keras's configuration has them, but for `name` and `dtype`.
    fn write(&self) -> Value {
        json!({})
    }

    /// Reads what `write` has written.
    fn read(_fields: &mut Fields<'_>) -> Result<Self> {
        Ok(Self::default())
    }
}

macro_rules! metrics {
    ($($name:ident)*) => {
        /// The rule of a metric.
        #[derive(Clone, Debug, PartialEq)]
        enum AnyRule {
            $($name($name),)*
            Own(Own),
        }

        $(impl From<$name> for Metric {
            fn from(rule: $name) -> Self {
                Self { rule: AnyRule::$name(rule), name: $name::NAME.to_owned() }
            }
        }

        impl IntoMetric for $name {
            fn into_metric(self) -> Metric {
                self.into()
            }
        })*

        impl AnyRule {
            fn class(&self) -> &str {
                match self { $(Self::$name(_) => $name::CLASS,)* Self::Own(own) => own.name() }
            }

            fn default_name(&self) -> &str {
                match self { $(Self::$name(_) => $name::NAME,)* Self::Own(own) => own.name() }
            }

            fn is_form(&self) -> bool {
                match self { $(Self::$name(_) => $name::IS_FORM,)* Self::Own(_) => false }
            }

            fn state(&self, form: TargetForm, size: usize) -> Result<Box<dyn State>, Complaint> {
                match self { $(Self::$name(rule) => rule.state(form, size),)* Self::Own(own) => Ok(own.state()) }
            }

            fn check(&self) -> Result<()> {
                match self { $(Self::$name(rule) => rule.check(),)* Self::Own(_) => Ok(()) }
            }

            fn write(&self) -> Value {
                match self { $(Self::$name(rule) => rule.write(),)* Self::Own(_) => Value::Null }
            }

            /// The rule that Keras takes a string for.
            fn of_string(string: &str) -> Option<Self> {
                $(if $name::STRINGS.contains(&string) {
                    return Some(Self::$name($name::default()));
                })*
                None
            }

            /// The rule of a class with the arguments that are given.
            fn read(class: &str, fields: &mut Fields<'_>) -> Result<Option<Self>> {
                $(if !$name::IS_FORM && class == $name::CLASS {
                    return Ok(Some(Self::$name($name::read(fields)?)));
                })*
                Ok(None)
            }

            /// Every class, in Keras's words.
            fn classes() -> Vec<&'static str> {
                let all = [$(($name::CLASS, $name::IS_FORM)),*];
                all.into_iter().filter(|(_, is_form)| !is_form).map(|(class, _)| class).collect()
            }
        }
    };
}

metrics! {
    Accuracy CategoricalAccuracy SparseCategoricalAccuracy BinaryAccuracy ExactAccuracy MeanAbsoluteError Precision Recall
}

/// A metric, under the name it is reported by.
///
/// ```
/// use model_core::metrics::{BinaryAccuracy, MeanAbsoluteError, Metric};
///
/// let metric = Metric::from(MeanAbsoluteError);
/// assert_eq!(metric.name(), "mean_absolute_error");
/// assert_eq!(Metric::from_keras(&metric.to_keras())?, metric);
///
/// let sure = BinaryAccuracy::new().threshold(0.9).name("sure");
/// assert_eq!(sure.name(), "sure");
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    rule: AnyRule,
    name: String,
}

/// What is a metric: one of those that Keras has, or a [`Metric`], which is any of them under a name of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric",
    label = "expected a metric, such as `Accuracy`",
    note = "a metric is a value, and each has a call of its own: `.metric(Accuracy).metric(MeanAbsoluteError)`"
)]
pub trait IntoMetric {
    /// The metric.
    fn into_metric(self) -> Metric;
}

impl IntoMetric for Metric {
    fn into_metric(self) -> Metric {
        self
    }
}

/// Names of one's own, for all but the form that Keras knows by a string.
macro_rules! named {
    ($($name:ident)*) => {
        $(impl $name {
            /// The metric, reported under another name: Keras's argument `name`. So two of a class can stand side by side.
            #[must_use]
            pub fn name(self, name: impl Into<String>) -> Metric {
                Metric { name: name.into(), ..self.into() }
            }
        })*
    };
}

named! { CategoricalAccuracy SparseCategoricalAccuracy BinaryAccuracy ExactAccuracy MeanAbsoluteError Precision Recall }

impl Metric {
    /// The name under which it is reported.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The metric as `keras.metrics.serialize` writes it, and `"accuracy"` for the one whose form follows from the loss.
    #[must_use]
    pub fn to_keras(&self) -> Value {
        if let AnyRule::Own(own) = &self.rule {
            return own.to_keras();
        }
        if self.rule.is_form() {
            return self.name().into();
        }
        let mut config = Map::new();
        config.insert("name".to_owned(), self.name().into());
        config.insert("dtype".to_owned(), "float32".into());
        config.extend(self.rule.write().as_object().cloned().unwrap_or_default());
        object("keras.metrics", self.rule.class(), Value::Object(config))
    }

    /// Reads what `keras.metrics.serialize` or [`to_keras`](Self::to_keras) has written, and Keras's strings, `"accuracy"` or `"mae"`, which
    /// are reported as they are written.
    ///
    /// # Errors
    /// If it is a metric, or uses an argument, that this library does not have.
    pub fn from_keras(serialized: &Value) -> Result<Self> {
        Self::from_keras_with(serialized, &CustomObjects::new())
    }

    /// The same, with metrics of the user's own.
    ///
    /// # Errors
    /// As those of [`from_keras`](Self::from_keras); also if it is a metric of the user's own that is not among these.
    pub fn from_keras_with(serialized: &Value, custom_objects: &CustomObjects) -> Result<Self> {
        if let Some(own) = custom_objects.find_metric(serialized)? {
            return Ok(own);
        }
        if let Some(string) = serialized.as_str() {
            let rule = AnyRule::of_string(string);
            let rule =
                rule.ok_or_else(|| wrong("compile_config", "metrics", "the name of a metric, such as `accuracy`", serialized))?;
            return Ok(Self { rule, name: string.to_owned() });
        }
        let (class, mut fields) = Fields::of_object(serialized, "metric")?;
        let name = fields.text("name")?;
        fields.ignore(&["dtype"]);
        let Some(rule) = AnyRule::read(class, &mut fields)? else {
            return Err(unknown("metric", class, &AnyRule::classes(), METRICS));
        };
        fields.finish()?;
        let name = name.unwrap_or_else(|| rule.default_name().to_owned());
        Ok(Self { rule, name })
    }

    /// The name that files have for a metric of the user's own.
    pub(crate) fn own_name(&self) -> Option<&str> {
        if let AnyRule::Own(own) = &self.rule { Some(own.name()) } else { None }
    }

    /// What is remembered of an output, at the start of an epoch.
    pub(crate) fn resolve(&self, port: &Port, form: TargetForm) -> Result<Box<dyn State>> {
        self.rule.check()?;
        self.rule.state(form, port.nominal_row()).map_err(|(expected, help)| Error::Unsuitable {
            rule: self.rule.class().to_owned(),
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
    use crate::given::{Judged, Target};

    #[test]
    fn the_serialised_form_is_keras_s() {
        let check = |metric: Metric, expected: &str| {
            assert_eq!(metric.to_keras().to_string(), expected);
            assert_eq!(Metric::from_keras(&metric.to_keras()).unwrap(), metric);
        };
        check(Accuracy.into(), "\"accuracy\"");
        check(
            ExactAccuracy.name("exact"),
            "{\"module\":\"keras.metrics\",\"class_name\":\"Accuracy\",\"config\":{\"name\":\"exact\",\
             \"dtype\":\"float32\"},\"registered_name\":null}",
        );
        check(
            BinaryAccuracy::new().threshold(0.25).into(),
            "{\"module\":\"keras.metrics\",\"class_name\":\"BinaryAccuracy\",\"config\":{\"name\":\"binary_accuracy\",\
             \"dtype\":\"float32\",\"threshold\":0.25},\"registered_name\":null}",
        );
        check(
            Precision::new().thresholds([0.3, 0.5]).class_id(1).name("sure"),
            "{\"module\":\"keras.metrics\",\"class_name\":\"Precision\",\"config\":{\"name\":\"sure\",\"dtype\":\"float32\",\
             \"thresholds\":[0.3,0.5],\"top_k\":null,\"class_id\":1},\"registered_name\":null}",
        );
        check(
            MeanAbsoluteError.into(),
            "{\"module\":\"keras.metrics\",\"class_name\":\"MeanAbsoluteError\",\"config\":{\"name\":\"mean_absolute_error\",\
             \"dtype\":\"float32\"},\"registered_name\":null}",
        );
    }

    /// What `keras.metrics.get` makes of strings, and what is reported of them.
    #[test]
    fn strings_are_read_as_keras_reads_them() {
        let check = |string: &str, expected: AnyRule| {
            let metric = Metric::from_keras(&string.into()).unwrap();
            assert_eq!((&metric.rule, metric.name()), (&expected, string));
            assert_eq!(Metric::from_keras(&metric.to_keras()).unwrap(), metric);
        };
        check("accuracy", AnyRule::Accuracy(Accuracy));
        check("acc", AnyRule::Accuracy(Accuracy));
        check("mae", AnyRule::MeanAbsoluteError(MeanAbsoluteError));
        check("binary_accuracy", AnyRule::BinaryAccuracy(BinaryAccuracy::new()));
        assert!(Metric::from_keras(&"perplexity".into()).is_err());
        let wrong_name = json!({ "class_name": "MeanAbsoluteError", "config": { "name": 3 } });
        assert!(Metric::from_keras(&wrong_name).is_err());
    }

    /// `keras.metrics.Accuracy` counts elements that are exactly equal; the string chooses a form of its own.
    #[test]
    fn the_class_accuracy_is_not_the_string() {
        let class =
            json!({ "module": "keras.metrics", "class_name": "Accuracy", "config": { "name": "accuracy", "dtype": "float32" } });
        let metric = Metric::from_keras(&class).unwrap();
        assert_eq!(metric, ExactAccuracy.into());
        let count = |output: &[f32]| {
            let mut state = metric.rule.state(TargetForm::Values, 1).unwrap();
            let target = &Target::Values(vec![1.0, 0.0].into());
            state.add(Judged { target, output, samples: 2, shape: &[1], mask: None, factor: 1.0 }).unwrap();
            state.value(0)
        };
        assert_eq!((count(&[0.9, 0.1]), count(&[1.0, 0.1]), count(&[1.0, 0.0])), (0.0, 0.5, 1.0));
    }

    #[test]
    fn accuracy_chooses_its_form_as_keras_does() {
        let check = |form, size, expected: Measure| {
            let state = Accuracy.state(form, size).unwrap();
            assert_eq!(format!("{state:?}"), format!("{:?}", expected.mean()));
        };
        check(TargetForm::Labels, 10, Measure::SparseMatches);
        check(TargetForm::Values, 10, Measure::Matches);
        check(TargetForm::Values, 1, Measure::BinaryMatches { threshold: 0.5 });
        assert!(CategoricalAccuracy.state(TargetForm::Labels, 10).is_err());
        assert!(SparseCategoricalAccuracy.state(TargetForm::Values, 10).is_err());
        assert!(MeanAbsoluteError.state(TargetForm::Labels, 10).is_err());
    }
}
