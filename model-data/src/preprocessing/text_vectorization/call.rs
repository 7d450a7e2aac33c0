//! What texts become.

use model_core::{Result, memory};
use ndarray::{Array, Array2, ArrayD, Axis, Dimension, Ix1};

use super::super::encode::{add, zeros};
use super::super::{OutputMode, PreprocessingError, Tokens};
use super::TextVectorization;
use super::tokenizer::TextAxes;

/// Looking up.
impl TextVectorization {
    /// The numbers of each text's words, padded with 0, with [`OutputMode::Int`].
    ///
    /// # Errors
    /// If the arguments do not fit together, there is no vocabulary, `output_mode` is another, or texts that are split have a second axis of
    /// another length than 1.
    pub fn call<X>(&self, texts: &X) -> Result<Array<i32, <X::Dim as TextAxes>::Rows>>
    where
        X: Tokens<String, Dim: TextAxes> + ?Sized,
    {
        self.check()?;
        self.lookup.check_mode("call", self.lookup.mode() == OutputMode::Int)?;
        let known = self.lookup.known()?;
        let mut numbers: Vec<(usize, i32)> = Vec::new();
        let documents = self.tokenizer.each_token(&texts.array().into_dyn(), |document, token| {
            // No token is unknown to a vocabulary that has a number for unknown ones, and there are less than 2^31.
            numbers.push((document, self.lookup.place(known, token).ok().flatten().unwrap_or_default() as i32));
        })?;
        Ok(of_rank(self.padded(documents, &numbers)?.into_dyn()))
    }

    /// Numbers in rows, each cut and padded to the length that was asked for, or to the longest.
    fn padded(&self, documents: usize, numbers: &[(usize, i32)]) -> Result<Array2<i32>, PreprocessingError> {
        let of_documents = || numbers.chunk_by(|(a, _), (b, _)| a == b);
        let longest = || of_documents().map(<[_]>::len).max().unwrap_or_default();
        let length = self.output_sequence_length.unwrap_or_else(longest);
        memory::claim(memory::bytes_of_array::<i32>(&[documents, length]), || format!("{documents} texts of {length} numbers"))?;
        let mut rows = Array2::zeros((documents, length));
        for row in of_documents() {
            for (place, (document, number)) in row.iter().take(length).enumerate() {
                rows[[*document, place]] = *number;
            }
        }
        Ok(rows)
    }

    /// Rows with a place for each token of the vocabulary, with any other mode than [`OutputMode::Int`].
    ///
    /// # Errors
    /// As those of [`call`](Self::call).
    pub fn encode<X>(&self, texts: &X) -> Result<Array<f32, <X::Dim as TextAxes>::Rows>>
    where
        X: Tokens<String, Dim: TextAxes> + ?Sized,
    {
        self.check()?;
        let mode = self.lookup.mode();
        self.lookup.check_mode("encode", mode != OutputMode::Int)?;
        let (known, texts) = (self.lookup.known()?, texts.array().into_dyn());
        let depth = self.lookup.depth(known);
        let documents = texts.shape().first().copied().unwrap_or(1);
        let mut rows = zeros(&[documents, depth])?;
        self.tokenizer.each_token(&texts, |document, token| {
            // A token is passed over that is the padding's.
            let place = self.lookup.place(known, token).ok().flatten();
            if let (Some(place), Some(rows)) = (place, rows.as_slice_mut()) {
                add(&mut rows[document * depth..][..depth], place, mode, 1.0);
            }
        })?;
        self.lookup.weigh(known, &mut rows);
        Ok(of_rank(rows))
    }
}

/// Rows as an array of as many axes as are known: of a text alone there is one row, which is all.
fn of_rank<E, D: Dimension>(rows: ArrayD<E>) -> Array<E, D> {
    let rows = if D::NDIM == Ix1::NDIM { rows.index_axis_move(Axis(0), 0) } else { rows };
    rows.into_dimensionality().expect("texts become rows of one axis or two")
}
