//! Texts as numbers of words, with their labels, and what Keras does to them as it reads them.

use ndarray::Array1;

use super::random_state::RandomState;
use crate::DataError;

/// Texts, each as the numbers of its words, and for each the number of its class.
///
/// ```
/// use model_data::datasets::LabelledSequences;
/// use ndarray::array;
///
/// let texts = LabelledSequences { sequences: vec![vec![1, 14, 22], vec![1, 7]], labels: array![1, 0] };
/// assert_eq!(texts.len(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledSequences {
    /// The numbers of the words, text by text.
    pub sequences: Vec<Vec<i32>>,
    /// The class of each text, from 0.
    pub labels: Array1<i32>,
}

impl LabelledSequences {
    /// How many texts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sequences.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sequences.is_empty()
    }

    /// The texts in the order that NumPy shuffles them to.
    pub(super) fn shuffled(mut self, random: &mut RandomState) -> Self {
        let order = random.shuffled(self.len());
        let labels = order.iter().map(|&old| self.labels[old]).collect();
        let sequences = order.iter().map(|&old| std::mem::take(&mut self.sequences[old])).collect();
        Self { sequences, labels }
    }

    /// The texts up to a place, and those behind it.
    pub(super) fn cut(mut self, place: usize) -> (Self, Self) {
        let rest = self.sequences.split_off(place);
        let (first, second) = self.labels.view().split_at(ndarray::Axis(0), place);
        let rest = Self { sequences: rest, labels: second.to_owned() };
        (Self { sequences: self.sequences, labels: first.to_owned() }, rest)
    }

    /// The texts shorter than that: Keras leaves out those of exactly `maxlen` words, too.
    fn shorter_than(self, maxlen: usize) -> Self {
        let (sequences, labels): (Vec<_>, Vec<_>) =
            self.sequences.into_iter().zip(self.labels).filter(|(words, _)| words.len() < maxlen).unzip();
        Self { sequences, labels: labels.into() }
    }
}

/// Which words are kept, and as which numbers.
pub(super) struct Words {
    pub num_words: Option<usize>,
    pub skip_top: usize,
    pub maxlen: Option<usize>,
    pub start_char: Option<i32>,
    pub oov_char: Option<i32>,
    pub index_from: i32,
}

impl Words {
    /// Moves the numbers of the words, puts the start in front, and leaves out what is too long.
    pub(super) fn begin(&self, mut texts: LabelledSequences) -> Result<LabelledSequences, DataError> {
        for words in &mut texts.sequences {
            words.iter_mut().for_each(|word| *word = word.saturating_add(self.index_from));
            if let Some(start) = self.start_char {
                words.insert(0, start);
            }
        }
        let Some(maxlen) = self.maxlen else { return Ok(texts) };
        let shortest = texts.sequences.iter().map(Vec::len).min().unwrap_or_default();
        let shorter = texts.shorter_than(maxlen);
        if shorter.is_empty() { Err(DataError::NoSequence { maxlen, shortest }) } else { Ok(shorter) }
    }

    /// Replaces the words that are too rare or too usual, or leaves them out. By default the limit is the largest number of all, which itself is
    /// then replaced, as in Keras.
    pub(super) fn limit<const N: usize>(&self, mut parts: [LabelledSequences; N]) -> [LabelledSequences; N] {
        let all = parts.iter().flat_map(|part| &part.sequences).flatten();
        let most = self.num_words.map_or_else(|| all.copied().max().unwrap_or_default().into(), |words| words as i64);
        let is_kept = |word: i32| i64::from(word) < most && i64::from(word) >= self.skip_top as i64;
        for words in parts.iter_mut().flat_map(|part| &mut part.sequences) {
            match self.oov_char {
                Some(other) => words.iter_mut().filter(|word| !is_kept(**word)).for_each(|word| *word = other),
                None => words.retain(|&word| is_kept(word)),
            }
        }
        parts
    }
}

/// The fields that both data sets of texts have, with their defaults, and the methods that set them.
macro_rules! words {
    ($name:ident) => {
        impl $name {
            $crate::setters::setters! {
                /// Keeps only so many words, the most frequent; with those that stand for none, `num_words` itself is no word any more.
                num_words: usize => Some(num_words),
                /// Leaves out the most frequent words.
                skip_top: usize,
                /// Leaves out texts of that many words or more.
                maxlen: usize => Some(maxlen),
                /// Another order of the texts.
                seed: u32,
                /// The number in front of each text, or none.
                start_char: impl Into<Option<i32>> => start_char.into(),
                /// The number that stands for words that are left out, or none.
                oov_char: impl Into<Option<i32>> => oov_char.into(),
                /// What is added to the numbers of words.
                index_from: i32,
            }

            fn words(&self) -> $crate::datasets::sequences::Words {
                let &Self { num_words, skip_top, maxlen, start_char, oov_char, index_from, .. } = self;
                $crate::datasets::sequences::Words { num_words, skip_top, maxlen, start_char, oov_char, index_from }
            }
        }
    };
}
pub(super) use words;

/// Where a part begins that is so large a share of the end: as Keras rounds it.
pub(super) fn split_place(samples: usize, test_split: f64) -> Result<usize, DataError> {
    if !(0.0..1.0).contains(&test_split) {
        let expected = "a share from 0 to less than 1".to_owned();
        return Err(DataError::Argument { name: "test_split", expected, found: test_split.to_string() });
    }
    Ok((samples as f64 * (1.0 - test_split)) as usize)
}
