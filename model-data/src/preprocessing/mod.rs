//! Texts and categories before a model: what turns them into numbers, fitted to data and saved beside the model.
//!
//! | | |
//! |---|---|
//! | [`TextVectorization`] | texts, taken apart into words, to the words' numbers |
//! | [`StringLookup`], [`IntegerLookup`] | texts and numbers, as they are, to numbers of a vocabulary |
//! | [`CategoryEncoding`] | numbers of things to rows of zeros and ones |
//! | [`Hashing`] | texts and numbers to a few numbers, without a vocabulary |
//!
//! They are Keras's layers of these names, with its arguments, defaults and numbers, as what is done to data: they take texts, or lists and
//! arrays of them, and give arrays of `i32` by `call`, or of `f32` by `encode`, whose first axis is that of the samples. All take `&self` and
//! cost little to clone, so that they can be called anywhere, for each batch.

mod category_encoding;
mod encode;
mod error;
mod given;
mod hash;
mod hashing;
mod index_lookup;
mod integer_lookup;
mod output_mode;
mod saved;
mod string_lookup;
mod text_vectorization;
mod token;

pub use category_encoding::CategoryEncoding;
pub use error::PreprocessingError;
pub use given::{Integer, Tokens};
pub use hash::Salt;
pub use hashing::{Hashing, MaskValue};
pub use index_lookup::{IndexLookup, OovMethod, Vocabulary};
pub use integer_lookup::IntegerLookup;
pub use output_mode::OutputMode;
pub use string_lookup::StringLookup;
pub use text_vectorization::{Functions, Ngrams, Split, Standardize, TextAxes, TextVectorization};
pub use token::Token;
