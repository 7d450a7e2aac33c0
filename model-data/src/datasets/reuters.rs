//! Reuters: news of a wire, by topic.

use std::path::Path;

use super::random_state::RandomState;
use super::sequences::{split_place, words};
use super::{DataSet, LabelledSequences};
use crate::DataError;
use crate::npy::{Npz, lists};
use crate::source::find_plain;

/// How Reuters' news are read: Keras's arguments of `reuters.load_data`, as a record or built up.
///
/// ```
/// use model_data::datasets::Reuters;
///
/// let options = Reuters { num_words: Some(10_000), test_split: 0.1, ..Reuters::default() };
/// assert_eq!(options, Reuters::default().num_words(10_000).test_split(0.1));
/// ```
///
/// Source: <https://keras.io/api/datasets/reuters/>.
#[derive(Clone, Debug, PartialEq)]
pub struct Reuters {
    /// Words are numbered by how often they occur; those of this number and above are left out. None by default.
    pub num_words: Option<usize>,
    /// Words below this number are left out: the most frequent ones. 0 by default.
    pub skip_top: usize,
    /// News of this many words or more, with the start, are left out. None by default.
    pub maxlen: Option<usize>,
    /// The share that is for testing. 0.2 by default.
    pub test_split: f64,
    /// What the order of the news follows from, which is Keras's for the same number. 113 by default.
    pub seed: u32,
    /// The number in front of each piece. 1 by default.
    pub start_char: Option<i32>,
    /// The number that stands for a word that is left out; without one, nothing stands there. 2 by default.
    pub oov_char: Option<i32>,
    /// What is added to the numbers of words. 3 by default.
    pub index_from: i32,
}

impl Default for Reuters {
    fn default() -> Self {
        Self {
            num_words: None,
            skip_top: 0,
            maxlen: None,
            test_split: 0.2,
            seed: 113,
            start_char: Some(1),
            oov_char: Some(2),
            index_from: 3,
        }
    }
}

words!(Reuters);

impl Reuters {
    /// The share that is for testing, from 0 to less than 1.
    #[must_use]
    pub fn test_split(self, test_split: f64) -> Self {
        Self { test_split, ..self }
    }
}

/// Reads Reuters' news for training and for testing, each as the numbers of its words, with the number of its topic.
///
/// `folder` holds `reuters.npz`, as Keras keeps it in `~/.keras/datasets`. Words are those of [`reuters_word_index`](super::reuters_word_index), plus
/// `index_from`; topics are [`REUTERS_TOPICS`].
///
/// ```no_run
/// use model_data::datasets::{self, Reuters};
///
/// let (train, test) = datasets::reuters("data", Reuters::default().num_words(10_000))?;
/// assert_eq!((train.len(), test.len()), (8_982, 2_246));
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError`] where the file is missing, is broken or holds something else, `test_split` is out of range, or `maxlen` leaves no text.
///
/// Source: <https://keras.io/api/datasets/reuters/>.
pub fn reuters(folder: impl AsRef<Path>, options: Reuters) -> Result<(LabelledSequences, LabelledSequences), DataError> {
    split_place(0, options.test_split)?; // before the file is read
    let path = find_plain(folder.as_ref(), "reuters.npz", DataSet::Reuters)?;
    let mut file = Npz::open(&path)?;
    let sequences = file.read_with("x", lists::read)?;
    let labels = super::word_index::labels(&mut file, "y", sequences.len())?;
    let texts = options.words().begin(LabelledSequences { sequences, labels }.shuffled(&mut RandomState::new(options.seed)))?;
    let [texts] = options.words().limit([texts]);
    let place = split_place(texts.len(), options.test_split)?;
    Ok(texts.cut(place))
}

/// The names of the topics of Reuters' news, by label: Keras's `reuters.get_label_names()`.
pub const REUTERS_TOPICS: [&str; 46] = [
    "cocoa",
    "grain",
    "veg-oil",
    "earn",
    "acq",
    "wheat",
    "copper",
    "housing",
    "money-supply",
    "coffee",
    "sugar",
    "trade",
    "reserves",
    "ship",
    "cotton",
    "carcass",
    "crude",
    "nat-gas",
    "cpi",
    "money-fx",
    "interest",
    "gnp",
    "meal-feed",
    "alum",
    "oilseed",
    "gold",
    "tin",
    "strategic-metal",
    "livestock",
    "retail",
    "ipi",
    "iron-steel",
    "rubber",
    "heat",
    "jobs",
    "lei",
    "bop",
    "zinc",
    "orange",
    "pet-chem",
    "dlr",
    "gas",
    "silver",
    "wpi",
    "hog",
    "lead",
];
