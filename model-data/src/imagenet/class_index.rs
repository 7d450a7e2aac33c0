//! What the numbers of classes mean, and the likeliest of them in words.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

use ndarray::{ArrayBase, Data, Dimension, Ix2};

use crate::DataError;
use crate::source::Source;

/// The published file has 35 kB.
const MOST_BYTES: u64 = 16 << 20;

/// The classes of a network, by their numbers: what `imagenet_class_index.json` holds, which Keras keeps in `~/.keras/models`.
///
/// The file is one of JSON, `{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"], ..}`; a file of one's own classes is read alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassIndex(Vec<(String, String)>);

impl ClassIndex {
    /// Reads the classes of a file.
    ///
    /// # Errors
    /// If the file cannot be read, is no such object, or lacks one of the numbers from 0.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, DataError> {
        let path = path.as_ref();
        let bytes = Source::open(path)?.read_up_to(MOST_BYTES)?;
        let classes: BTreeMap<usize, (String, String)> =
            serde_json::from_slice(&bytes).map_err(|problem| DataError::ClassIndex { path: path.to_owned(), problem })?;
        match classes.keys().enumerate().find(|(number, found)| number != *found) {
            Some((number, _)) => Err(DataError::MissingClass { path: path.to_owned(), number, classes: classes.len() }),
            None => Ok(Self(classes.into_values().collect())),
        }
    }

    /// How many classes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The names of classes with their descriptions, in the order of their numbers.
impl<N: Into<String>, D: Into<String>> FromIterator<(N, D)> for ClassIndex {
    fn from_iter<I: IntoIterator<Item = (N, D)>>(classes: I) -> Self {
        Self(classes.into_iter().map(|(name, description)| (name.into(), description.into())).collect())
    }
}

/// A class that a network has found in an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Prediction {
    /// The class's name, of ImageNet a number in WordNet: `n01440764`.
    pub class_name: String,
    /// What it is in words: `tench`.
    pub class_description: String,
    /// The network's score of it, as a rule a probability.
    pub score: f32,
}

/// The `top` likeliest classes of every sample, the likeliest first; of those that are equal, the one with the lower number. Keras's `top` is 5.
///
/// ```
/// use model_data::imagenet::{ClassIndex, decode_predictions};
/// use ndarray::array;
///
/// let classes: ClassIndex = [("n01440764", "tench"), ("n01443537", "goldfish"), ("n01484850", "great_white_shark")].into_iter().collect();
/// let found = decode_predictions(&array![[0.2_f32, 0.7, 0.1]], &classes, 2)?;
/// assert_eq!(found[0][0].class_description, "goldfish");
/// assert_eq!(found[0][1].score, 0.2);
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
/// If `predictions` are not `[samples, classes]`, with as many columns as there are classes.
///
/// Source: <https://keras.io/api/applications/#usage-examples-for-image-classification-models>.
pub fn decode_predictions<S: Data<Elem = f32>, D: Dimension>(
    predictions: &ArrayBase<S, D>,
    classes: &ClassIndex,
    top: usize,
) -> Result<Vec<Vec<Prediction>>, DataError> {
    let rows = predictions.view().into_dimensionality::<Ix2>().ok().filter(|rows| rows.ncols() == classes.len());
    let Some(rows) = rows else {
        let expected = format!("[samples, {}], a score for each class of the index", classes.len());
        return Err(DataError::Argument { name: "predictions", expected, found: format!("the shape {:?}", predictions.shape()) });
    };
    let decoded = rows.rows().into_iter().map(|scores| {
        let mut scored: Vec<(&f32, &(String, String))> = scores.into_iter().zip(&classes.0).collect();
        scored.sort_by(|(a, _), (b, _)| b.partial_cmp(a).unwrap_or(Ordering::Equal));
        let prediction = |(&score, (name, description)): (&f32, &(String, String))| Prediction {
            class_name: name.clone(),
            class_description: description.clone(),
            score,
        };
        scored.into_iter().take(top).map(prediction).collect()
    });
    Ok(decoded.collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ndarray::Array2;

    use super::*;

    fn load(text: &str) -> Result<ClassIndex, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("index.json");
        fs::write(&path, text).unwrap();
        ClassIndex::load(&path).map_err(|problem| problem.to_string().replace(&path.display().to_string(), "index.json"))
    }

    #[test]
    fn classes_are_read_by_their_numbers() {
        let classes = load(r#"{"1": ["n2", "b"], "0": ["n1", "a"]}"#).unwrap();
        assert_eq!(classes, [("n1", "a"), ("n2", "b")].into_iter().collect());
    }

    #[test]
    fn what_is_no_index_is_told() {
        let expected = "`index.json` has no class 1: expected the numbers 0 to 1";
        assert_eq!(load(r#"{"0": ["n1", "a"], "2": ["n2", "b"]}"#).unwrap_err(), expected);
        let problem = load(r#"{"0": "a"}"#).unwrap_err();
        assert!(problem.starts_with("`index.json` is no index of classes: expected an object of numbers"), "{problem}");
    }

    #[test]
    fn other_numbers_of_classes_are_told() {
        let classes: ClassIndex = [("n1", "a"), ("n2", "b")].into_iter().collect();
        let problem = decode_predictions(&Array2::zeros((1, 3)), &classes, 5).unwrap_err().to_string();
        let expected =
            "`predictions` is out of range: expected [samples, 2], a score for each class of the index, found the shape [1, 3]";
        assert_eq!(problem, expected);
    }
}
