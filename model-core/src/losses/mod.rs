//! Losses: what training lowers. A loss is a rule, of which there is one file each, and what all of them have: a reduction and a name. The list
//! below is the only one.

mod binary_crossentropy;
mod binary_focal_crossentropy;
mod by_hand;
mod categorical_crossentropy;
mod categorical_focal_crossentropy;
mod categorical_generalized_cross_entropy;
mod categorical_hinge;
mod circle;
mod cosine_similarity;
mod crossentropy;
mod ctc;
mod dice;
mod hinge;
mod huber;
mod kl_divergence;
mod log_cosh;
mod loss;
mod mean_absolute_error;
mod mean_absolute_percentage_error;
mod mean_squared_error;
mod mean_squared_logarithmic_error;
mod named;
mod outputs;
mod own;
mod poisson;
mod probabilities;
mod reduction;
mod sparse_categorical_crossentropy;
mod squared_hinge;
mod tversky;

pub use binary_crossentropy::BinaryCrossentropy;
pub use binary_focal_crossentropy::BinaryFocalCrossentropy;
use by_hand::by_hand;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use categorical_focal_crossentropy::CategoricalFocalCrossentropy;
pub use categorical_generalized_cross_entropy::CategoricalGeneralizedCrossEntropy;
pub use categorical_hinge::CategoricalHinge;
pub use circle::Circle;
pub use cosine_similarity::CosineSimilarity;
use crossentropy::Crossentropy;
pub use ctc::CTC;
pub use dice::Dice;
pub use hinge::Hinge;
pub use huber::Huber;
pub use kl_divergence::KLDivergence;
pub use log_cosh::LogCosh;
pub use loss::Loss;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_absolute_percentage_error::MeanAbsolutePercentageError;
pub use mean_squared_error::MeanSquaredError;
pub use mean_squared_logarithmic_error::MeanSquaredLogarithmicError;
pub use named::Named;
pub use outputs::{IntoLosses, IntoWeighted, Losses, Weighted};
pub use own::OwnLoss;
pub use poisson::Poisson;
pub use reduction::Reduction;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;
pub use squared_hinge::SquaredHinge;
pub use tversky::Tversky;

use std::ops::RangeBounds;

use model_graph::keras::LOSSES;
use ndarray::ArrayD;
use serde_json::{Map, Value};

use crate::arguments::Arguments;
use crate::error::{Error, Result};
use crate::given::{AsArray, FloatArray, Judged, Mean, Over, Port, TargetForm};
use crate::keras::{Fields, unknown_as};
use crate::variable::Var;

/// What a loss or a metric goes with, and what may have been meant.
pub(crate) type Complaint = (&'static str, &'static str);

/// What a loss's file says about it.
pub(crate) trait Rule: Arguments {
    /// Keras's class.
    const CLASS: &'static str;

    /// Keras's name of the object.
    const NAME: &'static str;

    /// How targets are given.
    fn form(&self) -> TargetForm {
        TargetForm::Values
    }

    /// What each number is given over.
    fn over(&self) -> Over<'_> {
        Over::Axes(&[-1])
    }

    /// The number for each position, of what should have come out and of what did: Keras's function.
    fn values(&self, truth: &Var, output: &Var) -> Result<Var>;

    /// The mean of these over the batch, each times what the mask says of its position. Its gradient goes into `d_output` unless that is
    /// empty. The hot losses have a kernel for it.
    fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
        judged.mean_of(Self::NAME, self.over(), d_output, |truth, output| self.values(truth, output))
    }

    /// How much each number counts, where the loss itself leaves some out.
    fn counting(&self, _judged: &Judged<'_>) -> Result<Option<Vec<f32>>> {
        Ok(None)
    }

    /// What is wrong with the loss for an output.
    fn complaint(&self, _port: &Port) -> Option<Complaint> {
        None
    }

    /// Checks the arguments.
    fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Checks the arguments, and that the loss goes with an output.
    fn check_for(&self, port: &Port) -> Result<()> {
        self.check()?;
        if let Some(complaint) = self.complaint(port) {
            return Err(unsuitable(Self::CLASS, port, complaint));
        }
        match self.over() {
            Over::Axes(axes) => check_axes(Self::CLASS, port, axes),
            Over::All | Over::Any => Ok(()),
        }
    }
}

/// Checks that axes are an output's, each given once.
pub(crate) fn check_axes(owner: &str, port: &Port, axes: &[i64]) -> Result<()> {
    const AXES: Complaint = ("axes of the output in `axis`", "0 is the batch, 1 the first axis of a sample, and -1 the last");
    const ONCE: Complaint =
        ("each axis once in `axis`", "an axis has two numbers: the last is -1, too, and the one before it -2");
    let rank = port.rank() as i64 + 1;
    let places: Vec<i64> = axes.iter().map(|&axis| if axis < 0 { axis + rank } else { axis }).collect();
    if !places.iter().all(|place| (0..rank).contains(place)) {
        return Err(unsuitable(owner, port, AXES));
    }
    let is_twice = places.iter().enumerate().any(|(number, place)| places[..number].contains(place));
    if is_twice { Err(unsuitable(owner, port, ONCE)) } else { Ok(()) }
}

/// What losses of distributions over classes go with.
const CLASSES: Complaint = ("a last axis of at least 2 classes", "`BinaryCrossentropy` is for one yes or no");

/// A loss or metric that does not go with an output.
pub(crate) fn unsuitable(rule: &str, port: &Port, (expected, help): Complaint) -> Error {
    let (rule, output, shape) = (rule.to_owned(), port.name.clone(), port.batched());
    Error::Unsuitable { rule, output, shape, expected, help: Some(help) }
}

/// Checks that an argument is in its range.
pub(crate) fn argument(
    owner: &'static str,
    argument: &'static str,
    value: f64,
    range: impl RangeBounds<f64>,
    expected: &'static str,
) -> Result<()> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(Error::Argument { owner, argument, expected, found: value.to_string() })
}

macro_rules! losses {
    ($($name:ident)*) => {
        /// The rule of a loss.
        #[allow(clippy::upper_case_acronyms)] // Keras's name
        #[derive(Clone, Debug, PartialEq)]
        enum AnyRule {
            $($name($name),)*
            /// The cross-entropy that is chosen by shapes.
            Crossentropy(Crossentropy),
            Own(OwnLoss),
            /// A string that stands for none.
            Unknown(String),
        }

        $(impl From<$name> for Loss {
            fn from(rule: $name) -> Self {
                Self::of(AnyRule::$name(rule))
            }
        }

        impl IntoWeighted for $name {
            fn into_weighted(self) -> Weighted {
                Loss::from(self).into_weighted()
            }
        }

        impl IntoWeighted for ($name, f64) {
            fn into_weighted(self) -> Weighted {
                self.into()
            }
        }

        impl IntoLosses for $name {
            fn into_losses(self) -> Losses {
                self.into()
            }
        }

        impl $name {
            /// The loss with what the numbers of a batch come to. See [`Loss::reduction`].
            #[must_use]
            pub fn reduction(self, reduction: Reduction) -> Loss {
                Loss::from(self).reduction(reduction)
            }
        }

        by_hand! { $name })*

        impl AnyRule {
            fn class(&self) -> &str {
                match self {
                    $(Self::$name(_) => $name::CLASS,)*
                    Self::Crossentropy(chosen) => chosen.name(),
                    Self::Own(own) => own.name(),
                    Self::Unknown(name) => name,
                }
            }

            fn name(&self) -> &str {
                match self { $(Self::$name(_) => <$name as Rule>::NAME,)* _ => self.class() }
            }

            fn form(&self) -> TargetForm {
                match self {
                    $(Self::$name(rule) => Rule::form(rule),)*
                    Self::Crossentropy(_) => TargetForm::LabelsOrValues,
                    Self::Own(own) => own.form(),
                    Self::Unknown(_) => TargetForm::Values,
                }
            }

            fn mean(&self, judged: Judged<'_>, d_output: &mut [f32]) -> Result<Mean> {
                match self {
                    $(Self::$name(rule) => Rule::mean(rule, judged, d_output),)*
                    Self::Crossentropy(chosen) => chosen.mean(judged, d_output),
                    Self::Own(own) => own.mean(judged, d_output),
                    Self::Unknown(name) => Err(unknown_string(name)),
                }
            }

            fn over(&self) -> Over<'_> {
                match self {
                    $(Self::$name(rule) => Rule::over(rule),)*
                    Self::Crossentropy(_) => Over::Axes(&[-1]),
                    Self::Own(_) | Self::Unknown(_) => Over::Any,
                }
            }

            fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
                match self {
                    $(Self::$name(rule) => Rule::values(rule, truth, output),)*
                    Self::Crossentropy(chosen) => chosen.values(truth, output),
                    Self::Own(own) => own.values(truth, output),
                    Self::Unknown(name) => Err(unknown_string(name)),
                }
            }

            fn counting(&self, judged: &Judged<'_>) -> Result<Option<Vec<f32>>> {
                match self {
                    $(Self::$name(rule) => rule.counting(judged),)*
                    Self::Crossentropy(_) | Self::Own(_) | Self::Unknown(_) => Ok(None),
                }
            }

            fn write(&self) -> Map<String, Value> {
                match self {
                    $(Self::$name(rule) => Arguments::write(rule),)*
                    Self::Crossentropy(_) | Self::Own(_) | Self::Unknown(_) => Map::new(),
                }
            }

            fn read(class: &str, fields: &mut Fields<'_>) -> Result<Option<Self>> {
                Ok(Some(match class {
                    $(<$name as Rule>::CLASS => Self::$name(<$name as Arguments>::read(fields)?),)*
                    _ => return Ok(None),
                }))
            }

            fn check(&self, port: &Port) -> Result<()> {
                match self {
                    $(Self::$name(rule) => rule.check_for(port),)*
                    Self::Crossentropy(_) | Self::Own(_) => Ok(()),
                    Self::Unknown(name) => Err(unknown_string(name)),
                }
            }

            /// Every class, in Keras's words.
            const CLASSES: &'static [&'static str] = &[$(<$name as Rule>::CLASS),*];
        }
    };
}

losses! {
    CategoricalCrossentropy SparseCategoricalCrossentropy BinaryCrossentropy CategoricalFocalCrossentropy BinaryFocalCrossentropy
    CategoricalGeneralizedCrossEntropy CTC KLDivergence Poisson MeanSquaredError MeanAbsoluteError MeanAbsolutePercentageError
    MeanSquaredLogarithmicError CosineSimilarity Huber LogCosh Hinge SquaredHinge CategoricalHinge Circle Dice Tversky
}

/// Names for what is a loss alone, and for what is a metric as well.
macro_rules! named {
    (losses: $($loss:ident)*; metrics, too: $($both:ident)*) => {
        $(impl $loss {
            /// The loss under a name of its own: Keras's argument `name`.
            #[must_use]
            pub fn name(self, name: impl Into<String>) -> Loss {
                Loss::from(self).name(name)
            }
        })*

        $(impl $both {
            /// The loss, or the metric, under a name of its own: Keras's argument `name`. A metric is reported by it, so that two of a class can
            /// stand side by side.
            #[must_use]
            pub fn name(self, name: impl Into<String>) -> Named<Self> {
                Named { rule: self, name: name.into() }
            }
        })*
    };
}

named! {
    losses:
    CategoricalFocalCrossentropy BinaryFocalCrossentropy CategoricalGeneralizedCrossEntropy CTC Huber LogCosh Circle Dice Tversky;
    metrics, too:
    CategoricalCrossentropy SparseCategoricalCrossentropy BinaryCrossentropy KLDivergence Poisson MeanSquaredError MeanAbsoluteError
    MeanAbsolutePercentageError MeanSquaredLogarithmicError CosineSimilarity Hinge SquaredHinge CategoricalHinge
}

/// A string that stands for no loss, with those that do.
fn unknown_string(name: &str) -> Error {
    unknown_as("compile", "loss", name, AnyRule::CLASSES, LOSSES)
}

#[cfg(test)]
mod tests;
