//! Which number a word has, and the labels beside texts.

use std::collections::HashMap;
use std::path::Path;

use ndarray::{Array1, Ix1};

use super::DataSet;
use crate::DataError;
use crate::npy::{NpyProblem, Npz};
use crate::source::{Source, find_plain};

/// The published files have less than two millions of bytes.
const MOST_BYTES: u64 = 64 << 20;

/// Reads the numbers of the words of [`imdb`](super::imdb)'s reviews: Keras's `imdb.get_word_index()`.
///
/// `folder` holds `imdb_word_index.json`. In reviews, `index_from` is added to the numbers.
///
/// ```no_run
/// use model_data::datasets;
///
/// let numbers = datasets::imdb_word_index("data")?;
/// assert_eq!(numbers["the"], 1);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError`] where the file is missing, or is no object of words and numbers in JSON.
///
/// Source: <https://keras.io/api/datasets/imdb/#get_word_index-function>.
pub fn imdb_word_index(folder: impl AsRef<Path>) -> Result<HashMap<String, i32>, DataError> {
    read(folder.as_ref(), DataSet::ImdbWords)
}

/// Reads the numbers of the words of [`reuters`](super::reuters)' news: Keras's `reuters.get_word_index()`.
///
/// `folder` holds `reuters_word_index.json`. In the news, `index_from` is added to the numbers.
///
/// ```no_run
/// use model_data::datasets;
///
/// let numbers = datasets::reuters_word_index("data")?;
/// assert_eq!(numbers["the"], 1);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Errors
///
/// As for [`imdb_word_index`].
///
/// Source: <https://keras.io/api/datasets/reuters/#get_word_index-function>.
pub fn reuters_word_index(folder: impl AsRef<Path>) -> Result<HashMap<String, i32>, DataError> {
    read(folder.as_ref(), DataSet::ReutersWords)
}

fn read(folder: &Path, of: DataSet) -> Result<HashMap<String, i32>, DataError> {
    let path = find_plain(folder, of.files()[0].name, of)?;
    let bytes = Source::open(&path)?.read_up_to(MOST_BYTES)?;
    serde_json::from_slice(&bytes).map_err(|problem| DataError::WordIndex { path, problem })
}

/// The labels of texts, one for each.
pub(super) fn labels(file: &mut Npz, name: &str, texts: usize) -> Result<Array1<i32>, DataError> {
    let labels = match file.read::<i64, Ix1>(name) {
        Err(DataError::Npy { problem: NpyProblem::Element { .. }, .. }) => file.read::<i32, Ix1>(name)?.mapv(i64::from),
        labels => labels?,
    };
    file.check(name, || {
        if labels.len() != texts {
            return Err(NpyProblem::Shape { expected: format!("[{texts}]"), found: vec![labels.len()] });
        }
        let label = |&label| i32::try_from(label).map_err(|_| NpyProblem::Objects { found: format!("the number {label}") });
        labels.iter().map(label).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::imdb_word_index;
    use crate::source::testing::{folder, message};

    #[test]
    fn reads_numbers_of_words() {
        let folder = folder(&[("imdb_word_index.json", br#"{"the": 1, "caf\u00e9": 70000}"#)]);
        let words = imdb_word_index(folder.path()).unwrap();
        assert_eq!((words["the"], words["café"], words.len()), (1, 70_000, 2));
    }

    #[test]
    fn refuses_what_is_none() {
        for text in ["", "[1, 2]", r#"{"the": "1"}"#, r#"{"the": 1.5}"#, r#"{"the": 1"#] {
            let folder = folder(&[("imdb_word_index.json", text.as_bytes())]);
            let error = message(imdb_word_index(folder.path()).unwrap_err(), folder.path());
            let start = "`imdb_word_index.json` is no index of words: expected an object of words and whole numbers, found: ";
            assert!(error.starts_with(start), "{error}");
        }
        let folder = folder(&[]);
        assert_eq!(
            message(imdb_word_index(folder.path()).unwrap_err(), folder.path()),
            "`folder` lacks a file: expected `imdb_word_index.json`, found none; \
             put `https://storage.googleapis.com/tensorflow/tf-keras-datasets/imdb_word_index.json` there"
        );
    }
}
