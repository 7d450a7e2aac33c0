//! Sequences to one length.

use std::ops::Range;

use model_core::memory;
use ndarray::{Array, Array2, ArrayBase, ArrayD, ArrayViewD, Axis, Data, Dimension, RemoveAxis, aview1};

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

/// How sequences come to one length: what [`pad_sequences`] and [`pad_arrays`] take besides them.
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
    let views: Vec<ArrayViewD<'_, T>> = sequences.iter().map(|sequence| aview1(sequence.as_ref()).into_dyn()).collect();
    padded(&views, &[], &pad)
}

/// Sequences of vectors, or of arrays of any shape, `[steps, ..]`, as one array, `[samples, maxlen, ..]`: [`pad_sequences`] for steps that are no single
/// numbers, as Keras's function takes them, too.
///
/// ```
/// use model_data::utils::{Pad, Side, pad_arrays};
/// use ndarray::array;
///
/// let points = [array![[1, 2]], array![[3, 4], [5, 6]]];
/// assert_eq!(pad_arrays(&points, Pad::new().padding(Side::Post))?, array![[[1, 2], [0, 0]], [[3, 4], [5, 6]]]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Errors
/// If there is no sequence, the steps of one have another shape than those of the first, or the array would take more memory than there is.
///
/// Source: <https://keras.io/api/data_loading/timeseries/#pad_sequences-function>.
pub fn pad_arrays<T: Clone, S: Data<Elem = T>, D: RemoveAxis>(
    sequences: &[ArrayBase<S, D>],
    pad: Pad<T>,
) -> Result<Array<T, D::Larger>, PreprocessingError> {
    let first = sequences.first().ok_or(PreprocessingError::NoSequences)?;
    let views: Vec<ArrayViewD<'_, T>> = sequences.iter().map(|sequence| sequence.view().into_dyn()).collect();
    padded(&views, &first.shape()[1..], &pad)
}

/// Sequences, `[steps, ..]`, whose steps have this shape, as one array.
fn padded<T: Clone, D: Dimension>(
    sequences: &[ArrayViewD<'_, T>],
    step: &[usize],
    pad: &Pad<T>,
) -> Result<Array<T, D>, PreprocessingError> {
    let longest = || sequences.iter().map(|sequence| sequence.len_of(Axis(0))).max();
    let length = pad.maxlen.or_else(longest).ok_or(PreprocessingError::NoSequences)?;
    let shape = [&[sequences.len(), length], step].concat();
    memory::claim(memory::bytes_of_array::<T>(&shape), || format!("{} sequences of the length {length}", sequences.len()))?;
    let misfit = |found: &[usize]| PreprocessingError::Shape {
        class: "pad_arrays",
        expected: "sequences whose steps have the shape of the first one's",
        found: found.to_vec(),
    };
    let mut all = ArrayD::from_elem(shape, pad.value.clone());
    for (mut row, sequence) in all.outer_iter_mut().zip(sequences) {
        if sequence.shape()[1..] != *step {
            return Err(misfit(sequence.shape()));
        }
        let (kept, places) = pad.moved(sequence.len_of(Axis(0)), length);
        row.slice_axis_mut(Axis(0), places.into()).assign(&sequence.slice_axis(Axis(0), kept.into()));
    }
    let found = all.shape().to_vec();
    all.into_dimensionality().map_err(|_| misfit(&found))
}

impl<T> Pad<T> {
    /// What is kept of a sequence of so many steps, and where it goes.
    fn moved(&self, steps: usize, length: usize) -> (Range<usize>, Range<usize>) {
        let count = length.min(steps);
        let first = if self.truncating == Side::Pre { steps - count } else { 0 };
        let start = if self.padding == Side::Pre { length - count } else { 0 };
        (first..first + count, start..start + count)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array3, array};

    use super::*;

    /// What `keras.utils.pad_sequences` gives for the same lists.
    #[test]
    fn steps_may_be_arrays() {
        let sequences = [array![[1, 2]], array![[3, 4], [5, 6], [7, 8]]];
        let padded = |pad: Pad<i32>| pad_arrays(&sequences, pad).unwrap();
        assert_eq!(padded(Pad::new().maxlen(2)), array![[[0, 0], [1, 2]], [[5, 6], [7, 8]]]);
        let post = Pad::new().maxlen(2).padding(Side::Post).truncating(Side::Post).value(9);
        assert_eq!(padded(post), array![[[1, 2], [9, 9]], [[3, 4], [5, 6]]]);
        let images = [Array3::<f32>::ones((2, 3, 4)), Array3::ones((5, 3, 4))];
        assert_eq!(pad_arrays(&images, Pad::new()).unwrap().shape(), [2, 5, 3, 4]);
        let others = pad_arrays(&[array![[1, 2]], array![[3, 4, 5]]], Pad::new()).unwrap_err().to_string();
        assert!(others.ends_with("expected sequences whose steps have the shape of the first one's, found [1, 3]"), "{others}");
    }
}
