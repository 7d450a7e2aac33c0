//! Texts to numbers.

use super::IndexLookup;

/// Texts to their numbers in a vocabulary, or to rows with a place for each text of it; and back.
///
/// The vocabulary is given, or adapted to data: its tokens are in the order of how often they occur. In front of it stand the mask's token, if
/// there is one and tokens become numbers, and those of unknown texts. Texts are taken as they are; [`TextVectorization`](super::TextVectorization)
/// takes them apart.
///
/// Keras's arguments, by methods of their names: `max_tokens`, `num_oov_indices` (1), `mask_token`, `oov_token` (`"[UNK]"`), `vocabulary`,
/// `idf_weights`, `invert` (false), `output_mode` ([`Int`](super::OutputMode::Int)), `pad_to_max_tokens` (false), `salt`. Arrays are never sparse,
/// and texts are UTF-8.
///
/// ```
/// use model_data::preprocessing::{OutputMode, StringLookup};
/// use ndarray::array;
///
/// let mut lookup = StringLookup::new();
/// lookup.adapt(&["tea", "milk", "tea", "bread"])?;
/// assert_eq!(lookup.get_vocabulary(true)?, ["[UNK]", "tea", "milk", "bread"]);
/// assert_eq!(lookup.call(&array![["tea", "bread"], ["tea", "wine"]])?, array![[1, 3], [1, 0]]);
///
/// let drinks = StringLookup::new().vocabulary(["tea", "milk"]).output_mode(OutputMode::MultiHot);
/// assert_eq!(drinks.encode(&array![["milk", "tea"], ["wine", "tea"]])?, array![[0.0, 1.0, 1.0], [1.0, 1.0, 0.0]].into_dyn());
///
/// let names = StringLookup::new().vocabulary(lookup.get_vocabulary(true)?).invert(true);
/// assert_eq!(names.tokens(&[1, 7])?, array!["tea", "[UNK]"]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/>.
pub type StringLookup = IndexLookup<String>;
