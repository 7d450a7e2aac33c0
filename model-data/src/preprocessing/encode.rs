//! Numbers written out as rows of zeros, ones, counts or weights.

use model_core::memory;
use ndarray::{ArrayD, IxDyn};

use super::{OutputMode, PreprocessingError};

/// The places of what is written out; there is none for what is passed over.
pub(super) type Places = ArrayD<Option<usize>>;

/// Writes numbers out, each with a row of so many places, or those of each sample with one, as Keras's `encode_categorical_inputs` does.
pub(super) fn encode(
    class: &'static str,
    places: &Places,
    mode: OutputMode,
    depth: usize,
    weight: impl Fn(usize) -> f32,
) -> Result<ArrayD<f32>, PreprocessingError> {
    let (shape, together) = match mode {
        OutputMode::OneHot => (one_hot_shape(places.shape()), 1),
        _ => samples_shape(class, places.shape())?,
    };
    let mut rows = zeros(&[&shape[..], &[depth]].concat())?;
    for (i, place) in places.iter().enumerate() {
        // What is given has an element, so a row is not empty.
        if let (Some(place), Some(rows)) = (place, rows.as_slice_mut()) {
            add(&mut rows[i / together * depth..][..depth], *place, mode, weight(i));
        }
    }
    Ok(rows)
}

/// Adds what is in a place to its sample's row.
pub(super) fn add(row: &mut [f32], place: usize, mode: OutputMode, weight: f32) {
    match mode {
        OutputMode::OneHot | OutputMode::MultiHot => row[place] = 1.0,
        OutputMode::Int | OutputMode::Count | OutputMode::TfIdf => row[place] += weight,
    }
}

/// An array of zeros, where there is memory for it.
pub(super) fn zeros(shape: &[usize]) -> Result<ArrayD<f32>, PreprocessingError> {
    memory::claim(memory::bytes_of_array::<f32>(shape), || format!("an array of the shape {shape:?}"))?;
    Ok(ArrayD::zeros(IxDyn(shape)))
}

/// Without an axis of length 1 at the end, which becomes the row.
fn one_hot_shape(shape: &[usize]) -> Vec<usize> {
    match shape {
        [before @ .., 1] if !before.is_empty() => before.to_vec(),
        _ => shape.to_vec(),
    }
}

/// The axes of the samples, and how many elements a sample has.
fn samples_shape(class: &'static str, shape: &[usize]) -> Result<(Vec<usize>, usize), PreprocessingError> {
    match shape {
        [] => Ok((vec![], 1)),
        [length] => Ok((vec![], *length)),
        [samples, length] => Ok((vec![*samples], *length)),
        _ => {
            let expected = "at most two axes, `[samples, length]`";
            Err(PreprocessingError::Shape { class, expected, found: shape.to_vec() })
        }
    }
}
