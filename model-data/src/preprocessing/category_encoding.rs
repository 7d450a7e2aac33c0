//! Numbers of things as rows of zeros and ones.

use model_core::keras::Fields;
use model_core::{Error, Result};
use ndarray::{ArrayBase, ArrayD, Data};
use serde_json::{Value, json};

use super::encode::{Places, encode};
use super::saved::{fixed, saved};
use super::{OutputMode, PreprocessingError, Tokens};

/// Numbers of things, each less than `num_tokens`, to rows of `num_tokens` places.
///
/// `row[k]` is 1 where `k` is among the sample's numbers, else 0; how often it is, with [`OutputMode::Count`]; with [`OutputMode::OneHot`] each
/// number has a row. It is what the layer `CategoryEncoding` does within a model, in front of it.
///
/// # Shapes
/// `[samples, length]` becomes `[samples, num_tokens]`, and `[length]`, one sample, `[num_tokens]`. With [`OutputMode::OneHot`] any shape gets the
/// axis `[num_tokens]`, in the place of an axis of length 1 at the end.
///
/// ```
/// use model_data::preprocessing::{CategoryEncoding, OutputMode};
/// use ndarray::array;
///
/// let encoding = CategoryEncoding::new(4);
/// let rows = encoding.call(&array![[0, 1], [0, 0], [3, 1]])?;
/// assert_eq!(rows, array![[1.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 1.0]].into_dyn());
///
/// let each = CategoryEncoding::new(3).output_mode(OutputMode::OneHot);
/// assert_eq!(each.call(&[2, 0])?, array![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]].into_dyn());
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryEncoding {
    num_tokens: usize,
    output_mode: OutputMode,
}

impl CategoryEncoding {
    const CLASS: &'static str = "CategoryEncoding";

    /// So many things; those of each sample have a row together, [`OutputMode::MultiHot`].
    #[must_use]
    pub const fn new(num_tokens: usize) -> Self {
        Self { num_tokens, output_mode: OutputMode::MultiHot }
    }

    /// What numbers become: [`OneHot`](OutputMode::OneHot), [`MultiHot`](OutputMode::MultiHot), which is the default, or
    /// [`Count`](OutputMode::Count).
    #[must_use]
    pub const fn output_mode(self, output_mode: OutputMode) -> Self {
        Self { output_mode, ..self }
    }

    /// The rows.
    ///
    /// # Errors
    /// If a number is none of 0 to `num_tokens - 1`, or an argument is out of range.
    pub fn call<X: Tokens<i64> + ?Sized>(&self, numbers: &X) -> Result<ArrayD<f32>> {
        self.encode(Self::CLASS, numbers, |_| 1.0)
    }

    /// The rows, where each number counts as much as its weight: Keras's `count_weights`, with [`OutputMode::Count`].
    ///
    /// # Errors
    /// As those of [`call`](Self::call), and if `output_mode` is another, or there is not a weight for each number.
    pub fn call_weighted<X, S>(&self, numbers: &X, count_weights: &ArrayBase<S, X::Dim>) -> Result<ArrayD<f32>>
    where
        X: Tokens<i64> + ?Sized,
        S: Data<Elem = f32>,
    {
        if self.output_mode != OutputMode::Count {
            return Err(self.wrong("output_mode", "`count`, with `count_weights`", format!("`{}`", self.output_mode.word())));
        }
        let shape = numbers.array().shape().to_vec();
        if count_weights.shape() != shape {
            let (class, expected) = ("count_weights", "the shape of the numbers");
            return Err(PreprocessingError::Shape { class, expected, found: count_weights.shape().to_vec() }.into());
        }
        let weights: Vec<f32> = count_weights.iter().copied().collect();
        self.encode(Self::CLASS, numbers, |i| weights[i])
    }

    /// The rows, for whoever gives them.
    pub(crate) fn encode<X: Tokens<i64> + ?Sized>(
        &self,
        owner: &'static str,
        numbers: &X,
        weight: impl Fn(usize) -> f32,
    ) -> Result<ArrayD<f32>> {
        self.check()?;
        let numbers = numbers.array().into_dyn();
        if let Some(found) = numbers.iter().find(|number| self.place(***number).is_none()) {
            return Err(PreprocessingError::Range { owner, places: self.num_tokens, found: **found }.into());
        }
        let places: Places = numbers.map(|number| self.place(**number));
        Ok(encode(owner, &places, self.output_mode, self.num_tokens, weight)?)
    }

    fn place(&self, number: i64) -> Option<usize> {
        usize::try_from(number).ok().filter(|place| *place < self.num_tokens)
    }

    fn check(&self) -> Result<()> {
        if self.num_tokens == 0 {
            return Err(self.wrong("num_tokens", "at least 1", "0".to_owned()));
        }
        match self.output_mode {
            OutputMode::OneHot | OutputMode::MultiHot | OutputMode::Count => Ok(()),
            OutputMode::Int | OutputMode::TfIdf => {
                Err(self.wrong("output_mode", "`one_hot`, `multi_hot` or `count`", format!("`{}`", self.output_mode.word())))
            }
        }
    }

    fn wrong(&self, argument: &'static str, expected: &'static str, found: String) -> Error {
        Error::Argument { owner: Self::CLASS, argument, expected, found }
    }

    saved!();

    fn config(&self) -> Result<Value> {
        self.check()?;
        Ok(json!({ "num_tokens": self.num_tokens, "output_mode": self.output_mode.word(), "sparse": false }))
    }

    fn read_config(fields: &mut Fields<'_>) -> Result<Self> {
        fixed(Self::CLASS, fields, "sparse", &false.into())?;
        let encoding = Self::new(fields.required("num_tokens")?);
        let encoding = encoding.output_mode(fields.argument("output_mode", OutputMode::MultiHot)?);
        encoding.check()?;
        Ok(encoding)
    }
}
