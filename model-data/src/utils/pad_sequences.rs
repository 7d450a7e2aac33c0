//! Sequences to one length.

use model_core::memory;
use ndarray::{Array2, s};

use crate::preprocessing::PreprocessingError;
use crate::setters::setters;

/// Where sequences are padded or cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// At the start.
    #[default]
    Pre,
    /// At the end.
    Post,
}

/// How sequences come to one length: what [`pad_sequences`] takes besides them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pad<T> {
    maxlen: Option<usize>,
    padding: Side,
    truncating: Side,
    value: T,
}

impl<T: Default> Pad<T> {
    /// As Keras's defaults are: the length of the longest, padded and cut at the start, with 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// The length; the longest sequence's by default.
        maxlen: usize => Some(maxlen),
        /// Where shorter sequences are padded; [`Side::Pre`] by default.
        padding: Side,
        /// Where longer sequences are cut; [`Side::Pre`] by default.
        truncating: Side,
        /// What they are padded with; 0 by default.
        value: T,
    }
}

/// Sequences of numbers, or of anything else, as the rows of an array, `[samples, maxlen]`: the shorter padded, the longer cut.
///
/// As in Keras, both is done at the start where nothing else is said. The array has the type of the sequences' elements.
///
/// ```
/// use model_data::utils::{Pad, Side, pad_sequences};
/// use ndarray::array;
///
/// let sequences = [vec![1], vec![2, 3], vec![4, 5, 6]];
/// assert_eq!(pad_sequences(&sequences, Pad::new())?, array![[0, 0, 1], [0, 2, 3], [4, 5, 6]]);
/// assert_eq!(pad_sequences(&sequences, Pad::new().maxlen(2).padding(Side::Post))?, array![[1, 0], [2, 3], [5, 6]]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Errors
/// If there is no sequence to take the length from, or the array would take more memory than there is.
///
/// Source: <https://keras.io/api/data_loading/timeseries/#pad_sequences-function>.
pub fn pad_sequences<T: Clone>(sequences: &[impl AsRef<[T]>], pad: Pad<T>) -> Result<Array2<T>, PreprocessingError> {
    let longest = || sequences.iter().map(|sequence| sequence.as_ref().len()).max();
    let length = pad.maxlen.or_else(longest).ok_or(PreprocessingError::NoSequences)?;
    let shape = [sequences.len(), length];
    memory::claim(memory::bytes_of_array::<T>(&shape), || format!("{} sequences of the length {length}", sequences.len()))?;
    let mut rows = Array2::from_elem(shape, pad.value.clone());
    for (mut row, sequence) in rows.rows_mut().into_iter().zip(sequences) {
        let kept = pad.kept(sequence.as_ref(), length);
        let start = if pad.padding == Side::Pre { length - kept.len() } else { 0 };
        row.slice_mut(s![start..start + kept.len()]).iter_mut().zip(kept).for_each(|(to, from)| to.clone_from(from));
    }
    Ok(rows)
}

impl<T> Pad<T> {
    /// What is kept of a sequence.
    fn kept<'s>(&self, sequence: &'s [T], length: usize) -> &'s [T] {
        let length = length.min(sequence.len());
        match self.truncating {
            Side::Pre => &sequence[sequence.len() - length..],
            Side::Post => &sequence[..length],
        }
    }
}
