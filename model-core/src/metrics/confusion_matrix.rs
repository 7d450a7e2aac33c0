//! How often each class was taken for each: a table, and a picture of it.

use std::fmt;
use std::path::Path;

use ndarray::{Array2, ArrayView2, Axis};

use crate::error::{Error, Result, Role};
use crate::given::{AnyArray, AsArray};
use crate::memory;
use crate::plot::{self, heat_map};

/// How many samples of each class were said to be of each: `counts[[i, j]]` are of class `i`, and are predicted to be of class `j`.
///
/// Targets and predictions are class numbers, `[samples]`, from 0, or a number for each class, `[samples, classes]`, of which the largest says the
/// class, and of equal ones the first: what a model predicts, logits or probabilities, or ones among zeros.
///
/// ```
/// use model_core::metrics::{ConfusionMatrix, Normalize};
/// use ndarray::array;
///
/// let targets = array![0, 0, 0, 0, 1, 1];
/// let predictions = array![[0.9, 0.1], [0.8, 0.2], [0.6, 0.4], [0.3, 0.7], [0.2, 0.8], [0.1, 0.9]];
/// let matrix = ConfusionMatrix::new(&targets, &predictions)?.class_names(["cat", "dog"])?;
/// assert_eq!(matrix.counts(), array![[3, 1], [0, 2]]);
/// assert_eq!(matrix.normalized(Normalize::True), array![[0.75, 0.25], [0.0, 1.0]]);
/// let table = matrix.to_string();
/// let lines = ["true \\ predicted  cat  dog", "             cat    3    1", "             dog    0    2"];
/// assert_eq!(table.lines().collect::<Vec<_>>(), lines);
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("confusion.svg");
/// matrix.plot(&path)?; // "confusion.svg"
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://www.tensorflow.org/api_docs/python/tf/math/confusion_matrix>, and for [`normalized`](Self::normalized)
/// <https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    counts: Array2<u64>,
    class_names: Vec<String>,
}

/// What the counts of a confusion matrix are shares of: scikit-learn's `normalize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalize {
    /// Of the samples of a class: each row sums to 1, and the diagonal is each class's recall.
    True,
    /// Of the samples that are predicted to be of a class: each column sums to 1, and the diagonal is each class's precision.
    Pred,
    /// Of all samples.
    All,
}

impl ConfusionMatrix {
    /// Counts. There are as many classes as the predictions or targets have numbers a sample, or up to the largest that is there.
    ///
    /// # Errors
    /// If the arrays have other shapes or different numbers of samples, there are none, an element is not the number of a class, or a number of
    /// several is NaN.
    pub fn new(targets: impl AsArray, predictions: impl AsArray) -> Result<Self> {
        Self::count(targets.as_array(), predictions.as_array(), None)
    }

    /// Counts, of so many classes: TensorFlow's `num_classes`, for classes of which none may be there.
    ///
    /// # Errors
    /// As those of [`new`](Self::new); also if `num_classes` is zero, or a class is not below it.
    pub fn of_classes(targets: impl AsArray, predictions: impl AsArray, num_classes: usize) -> Result<Self> {
        if num_classes == 0 {
            return Err(argument("num_classes", "at least 1", "0".to_owned()));
        }
        Self::count(targets.as_array(), predictions.as_array(), Some(num_classes))
    }

    fn count(targets: AnyArray<'_>, predictions: AnyArray<'_>, given: Option<usize>) -> Result<Self> {
        let (targets, predictions) = (Given::new(Role::Target, targets)?, Given::new(Role::Output, predictions)?);
        let (expected, found) = (targets.samples(), predictions.samples());
        if expected != found {
            let (first_role, first) = (targets.role, targets.name().to_owned());
            let (role, name) = (predictions.role, predictions.name().to_owned());
            return Err(Error::Samples { first_role, first, expected, role, name, found });
        }
        let classes = given.or_else(|| predictions.columns()).or_else(|| targets.columns());
        let (truths, said) = (targets.classes(classes)?, predictions.classes(classes)?);
        // Truth is one of two, whether or not both are there.
        let least = if targets.is_truth() || predictions.is_truth() { 2 } else { 1 };
        let classes = classes.unwrap_or_else(|| truths.iter().chain(&said).fold(least, |most, &class| most.max(class + 1)));
        memory::claim(memory::bytes_of_array::<u64>(&[classes, classes]), || format!("a confusion matrix of {classes} classes"))?;
        let mut counts = Array2::zeros((classes, classes));
        for (&truth, &said) in truths.iter().zip(&said) {
            counts[[truth, said]] += 1;
        }
        Ok(Self { counts, class_names: (0..classes).map(|class| class.to_string()).collect() })
    }

    /// With names of the classes, in their order, instead of their numbers.
    ///
    /// # Errors
    /// If there are not as many names as classes.
    pub fn class_names<I: IntoIterator<Item: Into<String>>>(self, class_names: I) -> Result<Self> {
        let class_names: Vec<String> = class_names.into_iter().map(Into::into).collect();
        if class_names.len() == self.class_names.len() {
            return Ok(Self { class_names, ..self });
        }
        let found = format!("{} for {} classes", class_names.len(), self.class_names.len());
        Err(argument("class_names", "a name for each class", found))
    }

    /// The counts, `[classes, classes]`: rows are what samples are, columns what they are predicted to be.
    #[must_use]
    pub fn counts(&self) -> ArrayView2<'_, u64> {
        self.counts.view()
    }

    /// The counts as shares; of nothing, zero.
    #[must_use]
    pub fn normalized(&self, normalize: Normalize) -> Array2<f64> {
        let counts = self.counts.mapv(|count| count as f64);
        let sums = match normalize {
            Normalize::True => counts.sum_axis(Axis(1)).insert_axis(Axis(1)),
            Normalize::Pred => counts.sum_axis(Axis(0)).insert_axis(Axis(0)),
            Normalize::All => Array2::from_elem((1, 1), counts.sum()),
        };
        // What is a share of nothing is none itself.
        counts / sums.mapv(|sum| if sum == 0.0 { 1.0 } else { sum })
    }

    /// Draws the matrix to a file, an `.svg` or a `.png`: each cell with its count, the darker the larger its share of the class. Up to ten classes
    /// have the shares in numbers, too; beyond forty there is colour alone. The same matrix gives the same bytes.
    ///
    /// # Errors
    /// If the name ends otherwise, or the file cannot be written.
    pub fn plot(&self, path: impl AsRef<Path>) -> Result<()> {
        Ok(plot::save(&heat_map::picture(self.counts(), &self.class_names), path.as_ref())?)
    }

    /// What [`plot`](Self::plot) draws, as the text of an SVG file.
    #[must_use]
    pub fn to_svg(&self) -> String {
        plot::svg_of(&heat_map::picture(self.counts(), &self.class_names))
    }
}

/// A table, with the names of the classes.
impl fmt::Display for ConfusionMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "true \\ predicted";
        let width = |text: &String| text.chars().count();
        let first = self.class_names.iter().map(width).fold(CORNER.len(), usize::max);
        let counts = |column: usize| self.counts.column(column).into_iter().map(|count| width(&count.to_string())).max();
        let names = self.class_names.iter().enumerate();
        let widths: Vec<usize> = names.map(|(column, name)| width(name).max(counts(column).unwrap_or(0))).collect();
        write!(f, "{CORNER:>first$}")?;
        for (name, width) in self.class_names.iter().zip(&widths) {
            write!(f, "  {name:>width$}")?;
        }
        for (name, row) in self.class_names.iter().zip(self.counts.rows()) {
            write!(f, "\n{name:>first$}")?;
            for (count, width) in row.iter().zip(&widths) {
                write!(f, "  {count:>width$}")?;
            }
        }
        Ok(())
    }
}

fn argument(argument: &'static str, expected: &'static str, found: String) -> Error {
    Error::Argument { owner: "ConfusionMatrix", argument, expected, found }
}

/// What says the classes of samples.
struct Given<'a> {
    role: Role,
    array: AnyArray<'a>,
}

impl<'a> Given<'a> {
    fn new(role: Role, array: AnyArray<'a>) -> Result<Self> {
        let given = Self { role, array };
        match given.array.shape() {
            [0, ..] => Err(Error::Empty { role, name: given.name().to_owned() }),
            [_] => Ok(given),
            [_, columns] if *columns > 0 => Ok(given),
            _ => Err(given.shape("[samples] or [samples, classes]".to_owned())),
        }
    }

    /// The argument's name.
    const fn name(&self) -> &'static str {
        if matches!(self.role, Role::Target) { "targets" } else { "predictions" }
    }

    fn shape(&self, expected: String) -> Error {
        let (name, found) = (self.name().to_owned(), format!("{:?}", self.array.shape()));
        Error::Shape { role: self.role, name, expected, found, help: None }
    }

    fn samples(&self) -> usize {
        self.array.shape().first().copied().unwrap_or(0)
    }

    const fn is_truth(&self) -> bool {
        matches!(self.array, AnyArray::Bool(_))
    }

    /// How many numbers a sample has, where it has one for each class.
    fn columns(&self) -> Option<usize> {
        self.array.shape().get(1).copied().filter(|&columns| columns > 1)
    }

    /// The class of each sample, of so many, if that is known.
    fn classes(&self, classes: Option<usize>) -> Result<Vec<usize>> {
        match (self.columns(), classes) {
            (Some(columns), Some(classes)) if columns != classes => Err(self.shape(format!("[samples, {classes}]"))),
            (Some(columns), _) => self.largest(columns),
            (None, _) => self.labels(classes),
        }
    }

    /// The place of the largest number of each sample, the first of equal ones.
    fn largest(&self, columns: usize) -> Result<Vec<usize>> {
        let numbers = self.array.doubles()?;
        let largest = |(sample, row): (usize, &[f64])| {
            if row.iter().any(|number| number.is_nan()) {
                return Err(Error::NotFinite { role: self.role, name: self.name().to_owned(), sample });
            }
            Ok((1..columns).fold(0, |best, place| if row[place] > row[best] { place } else { best }))
        };
        numbers.chunks_exact(columns).enumerate().map(largest).collect()
    }

    fn labels(&self, classes: Option<usize>) -> Result<Vec<usize>> {
        let most = classes.and_then(|classes| i64::try_from(classes).ok()).unwrap_or(i64::MAX);
        let Some(labels) = self.array.labels(|label| (0..most).contains(&label))? else {
            let (name, found) = (self.name().to_owned(), self.array.element());
            let help = Some("whole numbers say classes; of the probability of one of two, `predictions.mapv(|p| p > 0.5)` does");
            return Err(Error::Elements { role: self.role, name, expected: "class numbers", found, help });
        };
        match labels {
            Ok(labels) => Ok(labels.iter().map(|&label| label as usize).collect()),
            Err((sample, label)) => {
                let of = classes.map_or_else(String::new, |classes| format!(", of {classes} classes"));
                Err(argument(self.name(), "classes, counted from 0", format!("{label} for sample {sample}{of}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array3, array};

    use super::*;

    fn refusal(result: Result<ConfusionMatrix>) -> String {
        result.unwrap_err().to_string()
    }

    /// What `tf.math.confusion_matrix` and `sklearn.metrics.confusion_matrix` document.
    #[test]
    fn rows_are_what_samples_are() {
        let matrix = ConfusionMatrix::new(array![1, 2, 4], array![2, 2, 4]).unwrap();
        let expected = array![[0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 1]];
        assert_eq!(matrix.counts(), expected);
        let matrix = ConfusionMatrix::new(array![2_u8, 0, 2, 2, 0, 1], vec![0_i64, 0, 2, 2, 0, 2]).unwrap();
        assert_eq!(matrix.counts(), array![[2, 0, 0], [0, 0, 1], [1, 0, 2]]);
        assert_eq!(ConfusionMatrix::of_classes(array![0], array![1], 3).unwrap().counts().shape(), [3, 3]);
        assert_eq!(ConfusionMatrix::new(array![false], array![[false]]).unwrap().counts(), array![[1, 0], [0, 0]]);
    }

    #[test]
    fn the_largest_number_says_the_class() {
        let scores = array![[0.5_f32, 0.5, -1.0], [f32::NEG_INFINITY, 0.0, 1.0]];
        let one_hot = array![[0, 1, 0], [0, 0, 1]];
        let matrix = ConfusionMatrix::new(&one_hot, &scores).unwrap();
        assert_eq!(matrix.counts(), array![[0, 0, 0], [1, 0, 0], [0, 0, 1]]);
    }

    #[test]
    fn shares_are_of_rows_columns_or_all() {
        let matrix = ConfusionMatrix::of_classes(array![0, 0, 1, 1], array![0, 1, 1, 1], 3).unwrap();
        assert_eq!(matrix.normalized(Normalize::True), array![[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0; 3]]);
        assert_eq!(matrix.normalized(Normalize::Pred), array![[1.0, 1.0 / 3.0, 0.0], [0.0, 2.0 / 3.0, 0.0], [0.0; 3]]);
        assert_eq!(matrix.normalized(Normalize::All), array![[0.25, 0.25, 0.0], [0.0, 0.5, 0.0], [0.0; 3]]);
    }

    #[test]
    fn what_does_not_go_together_is_told() {
        let labels = array![0, 1, 1];
        assert_eq!(
            refusal(ConfusionMatrix::new(&labels, array![0, 1])),
            "output `predictions` has another number of samples than target `targets`: expected 3, found 2"
        );
        assert_eq!(
            refusal(ConfusionMatrix::of_classes(&labels, array![0, 1, 2], 2)),
            "`predictions` of `ConfusionMatrix` is out of range: expected classes, counted from 0, found 2 for sample 2, of 2 classes"
        );
        assert_eq!(
            refusal(ConfusionMatrix::new(array![0, -1, 0], &labels)),
            "`targets` of `ConfusionMatrix` is out of range: expected classes, counted from 0, found -1 for sample 1"
        );
        assert_eq!(
            refusal(ConfusionMatrix::new(&labels, array![[0.1], [0.2], [0.9]])),
            "output `predictions` has elements of the wrong type: expected class numbers, found f64\nhelp: whole numbers say classes; of \
             the probability of one of two, `predictions.mapv(|p| p > 0.5)` does"
        );
        assert_eq!(
            refusal(ConfusionMatrix::new(&labels, Array3::<f32>::zeros((3, 4, 5)))),
            "output `predictions` has the wrong shape: expected [samples] or [samples, classes], found [3, 4, 5]"
        );
        assert_eq!(
            refusal(ConfusionMatrix::of_classes(&labels, Array2::<f32>::zeros((3, 4)), 2)),
            "output `predictions` has the wrong shape: expected [samples, 2], found [3, 4]"
        );
        assert_eq!(
            refusal(ConfusionMatrix::new(&labels, array![[0.0, 1.0], [0.0, f64::NAN], [0.0, 1.0]])),
            "sample 1 of output `predictions` is not finite: expected numbers, found infinity or NaN"
        );
        let none = Array1::<i32>::zeros(0);
        assert_eq!(refusal(ConfusionMatrix::new(&none, &none)), "target `targets` has no samples: expected at least 1, found 0");
        assert!(refusal(ConfusionMatrix::new(array![i32::MAX], array![0])).contains("a confusion matrix of 2147483648 classes"));
        assert_eq!(
            refusal(ConfusionMatrix::of_classes(&labels, &labels, 0)),
            "`num_classes` of `ConfusionMatrix` is out of range: expected at least 1, found 0"
        );
        assert_eq!(
            refusal(ConfusionMatrix::new(&labels, &labels).unwrap().class_names(["a"])),
            "`class_names` of `ConfusionMatrix` is out of range: expected a name for each class, found 1 for 2 classes"
        );
    }
}
