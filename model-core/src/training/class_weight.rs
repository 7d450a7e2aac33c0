//! How much the samples of each class count.

use crate::error::{Error, Result};
use crate::given::{Port, Target};
use crate::kernels::metric::argmax;

/// How much the samples of each class count: Keras's `class_weight`.
///
/// Pairs of a class and its weight, `[(0, 1.0), (3, 5.0)]`, leave the others at 1, as Keras's dictionary does. Numbers alone, `[1.0, 5.0]`, are one for each class,
/// and a sample of another class is an error. Weights are numbers of at least 0.
///
/// ```
/// use model_core::training::{ClassWeight, Fit};
///
/// let fit = Fit::epochs(3).class_weight([(1, 20.0)]);
/// assert_eq!(fit.class_weight, Some(ClassWeight::from(vec![(1, 20.0)])));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClassWeight {
    weights: Vec<(usize, f64)>,
    /// Whether other classes count 1.
    leaves_out: bool,
}

impl From<Vec<(usize, f64)>> for ClassWeight {
    fn from(weights: Vec<(usize, f64)>) -> Self {
        Self { weights, leaves_out: true }
    }
}

impl<const N: usize> From<[(usize, f64); N]> for ClassWeight {
    fn from(weights: [(usize, f64); N]) -> Self {
        Vec::from(weights).into()
    }
}

impl From<Vec<f64>> for ClassWeight {
    fn from(weights: Vec<f64>) -> Self {
        Self { weights: weights.into_iter().enumerate().collect(), leaves_out: false }
    }
}

impl<const N: usize> From<[f64; N]> for ClassWeight {
    fn from(weights: [f64; N]) -> Self {
        Vec::from(weights).into()
    }
}

fn problem(expected: &'static str, found: String) -> Error {
    Error::Argument { owner: "Fit", argument: "class_weight", expected, found }
}

impl ClassWeight {
    /// The weights of samples by the classes of an output's targets: those of its rows' largest numbers where they are one-hot.
    pub(super) fn of(&self, port: &Port, sizes: &[usize], target: &Target<'_>) -> Result<Vec<f32>> {
        let row = sizes.last().copied().unwrap_or(1);
        self.check(if row > 1 { row } else { usize::MAX })?;
        let mut table = vec![None; self.weights.iter().map(|&(class, _)| class + 1).max().unwrap_or(0)];
        self.weights.iter().for_each(|&(class, weight)| table[class] = Some(weight as f32));
        let weight = |(position, class): (usize, i64)| {
            let own = usize::try_from(class).ok().and_then(|class| table.get(class).copied().flatten());
            own.or(self.leaves_out.then_some(1.0)).ok_or_else(|| {
                let positions: usize = sizes[..sizes.len().saturating_sub(1)].iter().product();
                let found =
                    format!("none for class {class}, which sample {} of `{}` has", position / positions.max(1), port.name);
                problem("a weight for every class that there is, or pairs such as `(0, 1.0)`, which leave the others at 1", found)
            })
        };
        match target {
            Target::Labels(labels) => labels.iter().map(|&label| i64::from(label)).enumerate().map(weight).collect(),
            Target::Values(values) if row == 1 => {
                values.iter().map(|value| value.round() as i64).enumerate().map(weight).collect()
            }
            Target::Values(values) => values.chunks_exact(row).map(|row| argmax(row) as i64).enumerate().map(weight).collect(),
        }
    }

    fn check(&self, classes: usize) -> Result<()> {
        for (place, &(class, weight)) in self.weights.iter().enumerate() {
            if !(weight.is_finite() && weight >= 0.0) {
                return Err(problem("numbers of at least 0", format!("{weight} for class {class}")));
            }
            if self.weights[..place].iter().any(|&(other, _)| other == class) {
                return Err(problem("each class once", format!("class {class} twice")));
            }
            // So many that a table of them would be larger than data ever are.
            if class >= classes.min(1 << 24) {
                let found = if classes == usize::MAX { format!("class {class}") } else { format!("class {class} of {classes}") };
                return Err(problem("classes that the output has, counted from 0", found));
            }
        }
        Ok(())
    }
}

/// The only output of a model, whose targets classes are told by.
pub(super) fn only<T>(outputs: &[(Port, T)], has_weights: bool) -> Result<&Port> {
    if has_weights {
        return Err(problem("no weights of samples beside it", "both: multiply them".to_owned()));
    }
    match outputs {
        [(port, _)] => Ok(port),
        several => Err(Error::SeveralOutputs {
            what: "class_weight",
            outputs: several.iter().map(|(port, _)| port.name.clone()).collect(),
            help: "give weights of samples by output instead: `(&x, &y, [(\"name\", (&weights).into())])`",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(weight: impl Into<ClassWeight>, row: usize, target: &Target<'_>) -> Result<Vec<f32>, String> {
        weight.into().of(&Port::of("y", &[row]), &[row], target).map_err(|error| error.to_string())
    }

    /// What `keras.src.trainers.data_adapters.data_adapter_utils.class_weight_to_sample_weights` gives for the same.
    #[test]
    fn samples_weigh_what_their_classes_do() {
        let labels = Target::Labels(vec![0, 2, 1, 2].into());
        assert_eq!(weights([(2, 5.0), (0, 0.5)], 3, &labels), Ok(vec![0.5, 5.0, 1.0, 5.0]));
        assert_eq!(weights([0.5, 1.0, 5.0], 3, &labels), Ok(vec![0.5, 5.0, 1.0, 5.0]));
        let one_hot = Target::Values(vec![1.0, 0.0, 0.2, 0.8, 0.5, 0.5].into());
        assert_eq!(weights([(1, 3.0)], 2, &one_hot), Ok(vec![1.0, 3.0, 1.0]));
        let binary = Target::Values(vec![1.0, 0.0, 1.0].into());
        assert_eq!(weights([(1, 3.0)], 1, &binary), Ok(vec![3.0, 1.0, 3.0]));
    }

    #[test]
    fn wrong_weights_are_told() {
        let labels = Target::Labels(vec![0, 2, 1, 2].into());
        let check = |weight: ClassWeight, expected: &str| {
            let message = weights(weight, 3, &labels).unwrap_err();
            assert!(message.contains(expected), "{message}");
        };
        check([1.0, 2.0].into(), "none for class 2, which sample 1 of `y` has");
        check([(1, -1.0)].into(), "-1 for class 1");
        check([(1, f64::NAN)].into(), "NaN for class 1");
        check([(1, 1.0), (1, 2.0)].into(), "class 1 twice");
        check([(3, 1.0)].into(), "class 3 of 3");
    }
}
