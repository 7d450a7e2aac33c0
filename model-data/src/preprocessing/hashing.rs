//! Texts and numbers to a few numbers, by their hash.

use model_core::arguments::Argument;
use model_core::keras::Fields;
use model_core::{Error, Result};
use ndarray::{Array, ArrayD};
use serde_json::{Value, json};

use super::encode::encode;
use super::hash::{self, Salt};
use super::saved::{fixed, saved};
use super::{OutputMode, PreprocessingError, Token, Tokens};

/// Texts or whole numbers to numbers of 0 to `num_bins - 1`, by their hash: no vocabulary is needed, and some have the same number.
///
/// The hash is FarmHash's fingerprint, modulo `num_bins`; with a `salt` it is SipHash under that key. Whole numbers are hashed as they are
/// written, `-12`. Where there is a `mask_value`, its number is 0, and all others have those behind it.
///
/// ```
/// use model_data::preprocessing::{Hashing, OutputMode};
/// use ndarray::array;
///
/// let hashing = Hashing::new(3);
/// assert_eq!(hashing.call(&array![["A"], ["B"], ["C"], ["D"], ["E"]])?, array![[1], [0], [1], [1], [2]]);
/// assert_eq!(Hashing::new(3).salt([133, 137]).call(&["A", "B", "C", "D", "E"])?, array![1, 2, 1, 0, 2]);
///
/// let rows = Hashing::new(3).output_mode(OutputMode::Count).encode(&["A", "B", "C"])?;
/// assert_eq!(rows, array![1.0, 2.0, 0.0].into_dyn());
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/hashing/>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hashing {
    num_bins: usize,
    mask_value: Option<MaskValue>,
    salt: Option<Salt>,
    output_mode: OutputMode,
}

/// What stands for nothing among what is hashed: a text or a whole number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaskValue {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl From<&str> for MaskValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i64> for MaskValue {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl Argument for MaskValue {
    const EXPECTED: &'static str = "a text or a whole number";
    const OR_NULL: &'static str = "a text, a whole number, or null";

    fn write(&self) -> Value {
        match self {
            Self::Text(text) => text.write(),
            Self::Number(number) => number.write(),
        }
    }

    fn read(value: &Value) -> Option<Self> {
        String::read(value).map(Self::Text).or_else(|| i64::read(value).map(Self::Number))
    }
}

impl Hashing {
    const CLASS: &'static str = "Hashing";

    /// So many numbers, that of the mask among them.
    #[must_use]
    pub const fn new(num_bins: usize) -> Self {
        Self { num_bins, mask_value: None, salt: None, output_mode: OutputMode::Int }
    }

    /// What stands for nothing, and becomes 0; none by default.
    #[must_use]
    pub fn mask_value(self, mask_value: impl Into<MaskValue>) -> Self {
        Self { mask_value: Some(mask_value.into()), ..self }
    }

    /// What makes the hash function one of one's own: SipHash under this key; none by default.
    #[must_use]
    pub fn salt(self, salt: impl Into<Salt>) -> Self {
        Self { salt: Some(salt.into()), ..self }
    }

    /// What texts and numbers become: [`Int`](OutputMode::Int), which is the default, [`OneHot`](OutputMode::OneHot),
    /// [`MultiHot`](OutputMode::MultiHot) or [`Count`](OutputMode::Count).
    #[must_use]
    pub fn output_mode(self, output_mode: OutputMode) -> Self {
        Self { output_mode, ..self }
    }

    /// The number of each, with [`OutputMode::Int`].
    ///
    /// # Errors
    /// If `output_mode` is another, an argument is out of range, or `mask_value` is of another kind than what is hashed.
    pub fn call<T: Token, X: Tokens<T> + ?Sized>(&self, values: &X) -> Result<Array<i32, X::Dim>> {
        if self.output_mode != OutputMode::Int {
            let (gives, setting) = ("rows of places", format!("`output_mode` `{}`", self.output_mode.word()));
            return Err(self.wrong_mode(gives, setting, "call", "encode", "`output_mode` to `int`"));
        }
        Ok(self.bins(values)?.map(|bin| *bin as i32)) // `check` knows that they fit
    }

    /// Rows with a place for each number, with any other mode. The shapes are those of [`StringLookup::encode`](super::StringLookup::encode).
    ///
    /// # Errors
    /// As those of [`call`](Self::call), and if there are more than two axes where those of a sample have one row together.
    pub fn encode<T: Token, X: Tokens<T> + ?Sized>(&self, values: &X) -> Result<ArrayD<f32>> {
        if self.output_mode == OutputMode::Int {
            let (gives, setting) = ("numbers", "`output_mode` `int`".to_owned());
            return Err(self.wrong_mode(gives, setting, "encode", "call", "another `output_mode`"));
        }
        let places = self.bins(values)?.map(|bin| Some(*bin)).into_dyn();
        Ok(encode(Self::CLASS, &places, self.output_mode, self.num_bins, |_| 1.0)?)
    }

    fn bins<T: Token, X: Tokens<T> + ?Sized>(&self, values: &X) -> Result<Array<usize, X::Dim>> {
        self.check()?;
        let mask: Option<T> = self.mask_value.as_ref().map(MaskValue::of_kind).transpose()?;
        // A single number is not kept for the mask.
        let mask = mask.filter(|_| self.num_bins > 1);
        let first = usize::from(mask.is_some());
        let buckets = (self.num_bins - first) as u64;
        Ok(values.array().map(|value| match &mask {
            Some(mask) if mask.borrow() == value.as_ref() => 0,
            _ => first + hash::bucket(&T::bytes(value), buckets, self.salt) as usize,
        }))
    }

    fn check(&self) -> Result<()> {
        let wrong = |argument, expected, found| Err(Error::Argument { owner: Self::CLASS, argument, expected, found });
        if self.num_bins == 0 || self.num_bins > i32::MAX as usize {
            return wrong("num_bins", "1 to 2147483647", self.num_bins.to_string());
        }
        if self.output_mode == OutputMode::TfIdf {
            return wrong("output_mode", "`int`, `one_hot`, `multi_hot` or `count`", "`tf_idf`".to_owned());
        }
        Ok(())
    }

    fn wrong_mode(
        &self,
        gives: &'static str,
        setting: String,
        called: &'static str,
        right: &'static str,
        other: &'static str,
    ) -> Error {
        PreprocessingError::Mode { class: Self::CLASS, gives, setting, called, right, other }.into()
    }

    saved!();

    fn config(&self) -> Result<Value> {
        self.check()?;
        Ok(json!({
            "num_bins": self.num_bins,
            "mask_value": self.mask_value.write(),
            "salt": self.salt.write(),
            "output_mode": self.output_mode.word(),
            "sparse": false,
        }))
    }

    fn read_config(fields: &mut Fields<'_>) -> Result<Self> {
        fixed(Self::CLASS, fields, "sparse", &false.into())?;
        let hashing = Self {
            num_bins: fields.required("num_bins")?,
            mask_value: fields.argument("mask_value", None)?,
            salt: fields.argument("salt", None)?,
            output_mode: fields.argument("output_mode", OutputMode::Int)?,
        };
        hashing.check()?;
        Ok(hashing)
    }
}

impl MaskValue {
    /// The value among those of a type of tokens.
    fn of_kind<T: Token>(&self) -> Result<T, PreprocessingError> {
        let (text, number) = ("a text", "a whole number");
        let is_number = T::number(T::unknown().borrow()).is_some();
        let found = if matches!(self, Self::Number(_)) { number } else { text };
        let expected = if is_number { number } else { text };
        T::read(&self.write()).ok_or(PreprocessingError::MaskValue { expected, found })
    }
}
