//! Whole numbers to numbers of a vocabulary.

use super::{IndexLookup, OovMethod};

/// Whole numbers, such as those of customers, to their numbers in a vocabulary, or to rows with a place for each of it; and back.
///
/// It is [`StringLookup`](super::StringLookup) of numbers: of any of up to 64 bits. Its `oov_token` is -1 by default; unknown numbers are spread
/// over several by what is left when they are divided, or, with `oov_method`, by their hash.
///
/// ```
/// use model_data::preprocessing::IntegerLookup;
/// use ndarray::array;
///
/// let lookup = IntegerLookup::new().vocabulary([1203, 17, 408]).mask_token(0);
/// assert_eq!(lookup.call(&array![[17, 1203], [99, 0]])?, array![[3, 2], [1, 0]]);
/// assert_eq!(lookup.get_vocabulary(true)?, [0, -1, 1203, 17, 408]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/>.
pub type IntegerLookup = IndexLookup<i64>;

impl IntegerLookup {
    /// How numbers that are not in the vocabulary are spread over several; [`OovMethod::Floormod`] by default.
    #[must_use]
    pub fn oov_method(self, oov_method: OovMethod) -> Self {
        self.with(|settings| settings.oov_method = oov_method)
    }
}
