//! Metrics: what is reported beside the loss. A metric is a rule, which makes the state that batches are added to, and a name. The list below is
//! the only one.

mod accuracy;
mod at_threshold;
mod auc;
mod buckets;
mod confusion;
mod confusion_matrix;
mod correlation;
mod direction;
mod either;
mod f_score;
mod iou;
mod means;
mod of_losses;
mod overlap;
mod own;
mod r2_score;
mod state;
mod value;

pub use accuracy::{
    Accuracy, BinaryAccuracy, CategoricalAccuracy, ExactAccuracy, SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
};
pub use at_threshold::{PrecisionAtRecall, RecallAtPrecision, SensitivityAtSpecificity, SpecificityAtSensitivity};
pub use auc::{AUC, Curve, Summation};
pub use buckets::Thresholds;
pub use confusion::{FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives};
pub use confusion_matrix::{ConfusionMatrix, Normalize};
pub use correlation::{ConcordanceCorrelation, PearsonCorrelation};
pub(crate) use direction::Direction;
pub use f_score::{Average, F1Score, FBetaScore};
pub use iou::{BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU};
pub use means::{Mean, Sum};
pub use of_losses::{
    BinaryCrossentropy, CategoricalCrossentropy, CategoricalHinge, CosineSimilarity, Hinge, KLDivergence, LogCoshError,
    MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson, RootMeanSquaredError,
    SparseCategoricalCrossentropy, SquaredHinge,
};
pub use own::MetricState;
use own::Own;
pub use r2_score::{ClassAggregation, R2Score};
pub(crate) use state::State;
pub use value::MetricValue;

use model_graph::keras::{METRICS, written};
use serde_json::{Map, Value};

use crate::arguments::Arguments;
use crate::custom::CustomObjects;
use crate::error::{Error, Result};
use crate::given::{Port, TargetForm};
use crate::keras::{Fields, object, unknown, unknown_as};
use crate::losses::unsuitable;

/// What a metric's file says about it.
pub(crate) trait Rule: Arguments {
    /// Keras's class.
    const CLASS: &'static str;

    /// Keras's name, under which it is reported unless it is given another.
    const NAME: &'static str;

    /// What Keras counts in.
    const DTYPE: &'static str = "float32";

    /// Arguments that it does not take: those of a loss that is a metric, too.
    const LEFT_OUT: &'static [&'static str] = &[];

    /// Whether it is known by its strings alone: which class it comes to follows from the model.
    const IS_FORM: bool = false;

    /// What is remembered of an output whose targets have this form, at the start of an epoch.
    fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>>;

    /// How class numbers are read that it is given by hand.
    fn labels(&self) -> TargetForm {
        TargetForm::Labels
    }

    /// Checks the arguments.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

macro_rules! metrics {
    (more is better: $($more:ident)*; less is better: $($less:ident)*; neither: $($neither:ident)*;) => {
        metrics! { $($more)* $($less)* $($neither)* }

        impl AnyRule {
            /// Whether more of it is better or worse, where that can be said.
            const fn direction(&self) -> Option<Direction> {
                match self {
                    $(Self::$more(_) => Some(Direction::Up),)*
                    $(Self::$less(_) => Some(Direction::Down),)*
                    $(Self::$neither(_) => None,)*
                    Self::Own(_) | Self::Unknown(_) => None,
                }
            }
        }
    };
    ($($name:ident)*) => {
        /// The rule of a metric.
        #[allow(clippy::upper_case_acronyms)] // Keras's name
        #[derive(Clone, Debug, PartialEq)]
        enum AnyRule {
            $($name($name),)*
            Own(Own),
            /// A string that stands for none.
            Unknown(String),
        }

        $(impl From<$name> for Metric {
            fn from(rule: $name) -> Self {
                Self { rule: AnyRule::$name(rule), name: <$name as Rule>::NAME.to_owned() }
            }
        }

        impl IntoMetric for $name {
            fn into_metric(self) -> Metric {
                self.into()
            }
        })*

        impl AnyRule {
            fn class(&self) -> &str {
                match self {
                    $(Self::$name(_) => <$name as Rule>::CLASS,)*
                    Self::Own(own) => own.name(),
                    Self::Unknown(name) => name,
                }
            }

            fn default_name(&self) -> &str {
                match self {
                    $(Self::$name(_) => <$name as Rule>::NAME,)*
                    Self::Own(own) => own.name(),
                    Self::Unknown(name) => name,
                }
            }

            fn dtype(&self) -> &'static str {
                match self { $(Self::$name(_) => $name::DTYPE,)* Self::Own(_) | Self::Unknown(_) => "float32" }
            }

            fn is_form(&self) -> bool {
                match self { $(Self::$name(_) => $name::IS_FORM,)* Self::Own(_) | Self::Unknown(_) => false }
            }

            fn state(&self, form: TargetForm, port: &Port) -> Result<Box<dyn State>> {
                match self {
                    $(Self::$name(rule) => rule.state(form, port),)*
                    Self::Own(own) => Ok(own.state()),
                    Self::Unknown(name) => Err(unknown_string(name)),
                }
            }

            fn labels(&self) -> TargetForm {
                match self { $(Self::$name(rule) => rule.labels(),)* Self::Own(_) | Self::Unknown(_) => TargetForm::Labels }
            }

            fn check(&self) -> Result<()> {
                match self {
                    $(Self::$name(rule) => Rule::check(rule),)*
                    Self::Own(_) => Ok(()),
                    Self::Unknown(name) => Err(unknown_string(name)),
                }
            }

            fn write(&self) -> Map<String, Value> {
                let (mut map, left_out) = match self {
                    $(Self::$name(rule) => (Arguments::write(rule), $name::LEFT_OUT),)*
                    Self::Own(_) | Self::Unknown(_) => (Map::new(), &[][..]),
                };
                map.retain(|name, _| !left_out.contains(&name.as_str()));
                map
            }

            /// The rule of a class with the arguments that are given.
            fn read(class: &str, fields: &mut Fields<'_>) -> Result<Option<Self>> {
                $(if !$name::IS_FORM && class == <$name as Rule>::CLASS {
                    return Ok(Some(Self::$name(<$name as Arguments>::read(fields)?)));
                })*
                Ok(None)
            }

            /// Every class, in Keras's words.
            fn classes() -> Vec<&'static str> {
                let all = [$((<$name as Rule>::CLASS, $name::IS_FORM)),*];
                all.into_iter().filter(|(_, is_form)| !is_form).map(|(class, _)| class).collect()
            }
        }
    };
}

metrics! {
    more is better:
    Accuracy CategoricalAccuracy SparseCategoricalAccuracy BinaryAccuracy ExactAccuracy TopKCategoricalAccuracy
    SparseTopKCategoricalAccuracy CosineSimilarity R2Score PearsonCorrelation ConcordanceCorrelation AUC Precision Recall PrecisionAtRecall
    RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity F1Score FBetaScore IoU BinaryIoU MeanIoU OneHotIoU OneHotMeanIoU;
    less is better:
    BinaryCrossentropy CategoricalCrossentropy SparseCategoricalCrossentropy KLDivergence Poisson MeanSquaredError RootMeanSquaredError
    MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredLogarithmicError LogCoshError Hinge SquaredHinge CategoricalHinge;
    neither:
    TruePositives TrueNegatives FalsePositives FalseNegatives;
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

/// Names of one's own, for all but the form that Keras knows by a string, and for what is a loss, too, which has them there.
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

named! {
    CategoricalAccuracy SparseCategoricalAccuracy BinaryAccuracy ExactAccuracy TopKCategoricalAccuracy SparseTopKCategoricalAccuracy
    RootMeanSquaredError LogCoshError R2Score PearsonCorrelation ConcordanceCorrelation AUC Precision Recall TruePositives
    TrueNegatives FalsePositives FalseNegatives PrecisionAtRecall RecallAtPrecision SensitivityAtSpecificity SpecificityAtSensitivity
    F1Score FBetaScore IoU BinaryIoU MeanIoU OneHotIoU OneHotMeanIoU
}

impl From<&str> for Metric {
    fn from(string: &str) -> Self {
        let rule = AnyRule::of_string(string).unwrap_or_else(|| AnyRule::Unknown(string.to_owned()));
        Self { rule, name: string.to_owned() }
    }
}

impl IntoMetric for &str {
    fn into_metric(self) -> Metric {
        self.into()
    }
}

impl AnyRule {
    /// The rule that Keras takes a string for.
    fn of_string(string: &str) -> Option<Self> {
        if ["accuracy", "acc"].contains(&string.to_lowercase().as_str()) {
            return Some(Self::Accuracy(Accuracy));
        }
        let class = written(METRICS, string)?;
        Self::read(class, &mut Fields::new(class, &Map::new())).ok().flatten()
    }
}

/// A string that stands for no metric, with those that do.
fn unknown_string(name: &str) -> Error {
    unknown_as("compile", "metric", name, &AnyRule::classes(), METRICS)
}

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
            return own.to_keras(&self.name);
        }
        if self.rule.is_form() || matches!(self.rule, AnyRule::Unknown(_)) {
            return self.name().into();
        }
        let mut config = Map::new();
        config.insert("name".to_owned(), self.name().into());
        config.insert("dtype".to_owned(), self.rule.dtype().into());
        config.extend(self.rule.write());
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
            let rule = AnyRule::of_string(string).ok_or_else(|| unknown_string(string))?;
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

    /// The metric, reported under another name.
    pub(crate) fn named(self, name: String) -> Self {
        Self { name, ..self }
    }

    /// What is remembered of an output, at the start of an epoch.
    pub(crate) fn resolve(&self, port: &Port, form: TargetForm) -> Result<Box<dyn State>> {
        const ROWS: (&str, &str) = ("targets that are a class, or a distribution", "the loss takes rows of labels");
        self.rule.check()?;
        let form = match (form, &self.rule) {
            (TargetForm::LabelsOr(_), _) => TargetForm::Labels,
            (TargetForm::LabelsOrValues, _) if port.nominal_row() == 1 => TargetForm::Values,
            (TargetForm::LabelsOrValues, rule) => return either::state(rule, port),
            (TargetForm::Sequences | TargetForm::Identities, AnyRule::Own(_)) => TargetForm::Labels,
            (TargetForm::Sequences | TargetForm::Identities, _) => return Err(unsuitable(self.rule.class(), port, ROWS)),
            (form, _) => form,
        };
        self.rule.state(form, port)
    }
}

#[cfg(test)]
mod tests;
