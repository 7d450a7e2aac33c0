//! IMDB: reviews of films, for better or worse.

use std::path::Path;

use super::random_state::RandomState;
use super::sequences::words;
use super::{DataSet, LabelledSequences};
use crate::DataError;
use crate::npy::{Npz, lists};
use crate::source::find_plain;

/// How IMDB's reviews are read: Keras's arguments of `imdb.load_data`, as a record or built up.
///
/// ```
/// use model_data::datasets::Imdb;
///
/// let options = Imdb { num_words: Some(10_000), ..Imdb::default() };
/// assert_eq!(options, Imdb::default().num_words(10_000));
/// assert_eq!((options.start_char, options.oov_char, options.index_from), (Some(1), Some(2), 3));
/// ```
///
/// Source: <https://keras.io/api/datasets/imdb/>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imdb {
    /// Words are numbered by how often they occur; those of this number and above are left out. None by default.
    pub num_words: Option<usize>,
    /// Words below this number are left out: the most frequent ones. 0 by default.
    pub skip_top: usize,
    /// Reviews of this many words or more, with the start, are left out. None by default.
    pub maxlen: Option<usize>,
    /// What the order of the reviews follows from, which is Keras's for the same number. 113 by default.
    pub seed: u32,
    /// The number in front of each review. 1 by default.
    pub start_char: Option<i32>,
    /// The number that stands for a word that is left out; without one, nothing stands there. 2 by default.
    pub oov_char: Option<i32>,
    /// What is added to the numbers of words. 3 by default.
    pub index_from: i32,
}

impl Default for Imdb {
    fn default() -> Self {
        Self { num_words: None, skip_top: 0, maxlen: None, seed: 113, start_char: Some(1), oov_char: Some(2), index_from: 3 }
    }
}

words!(Imdb);

/// Reads IMDB's reviews for training and for testing, each as the numbers of its words, with 1 for praise and 0 for blame.
///
/// `folder` holds `imdb.npz`, as Keras keeps it in `~/.keras/datasets`. Words are those of [`imdb_word_index`](super::imdb_word_index), plus `index_from`. The
/// file keeps lists as objects of Python's; nothing but lists of whole numbers is read of these, and nothing is run.
///
/// ```no_run
/// use model_data::datasets::{self, Imdb};
///
/// let (train, test) = datasets::imdb("data", Imdb::default().num_words(10_000))?;
/// assert_eq!((train.len(), test.len()), (25_000, 25_000));
/// assert_eq!(train.sequences[0][..3], [1, 14, 22]);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError`] where the file is missing, is broken or holds something else, or `maxlen` leaves no review.
///
/// Source: <https://keras.io/api/datasets/imdb/>, and Maas et al., "Learning Word Vectors for Sentiment Analysis", 2011.
pub fn imdb(folder: impl AsRef<Path>, options: Imdb) -> Result<(LabelledSequences, LabelledSequences), DataError> {
    let path = find_plain(folder.as_ref(), "imdb.npz", DataSet::Imdb)?;
    let mut file = Npz::open(&path)?;
    let mut random = RandomState::new(options.seed); // the second part goes on with it
    let mut part = |name| {
        let sequences = file.read_with(&format!("x_{name}"), lists::read)?;
        let labels = super::word_index::labels(&mut file, &format!("y_{name}"), sequences.len())?;
        options.words().begin(LabelledSequences { sequences, labels }.shuffled(&mut random))
    };
    let parts = [part("train")?, part("test")?];
    let [train, test] = options.words().limit(parts);
    Ok((train, test))
}
