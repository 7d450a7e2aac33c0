//! What tokens become.

use model_core::Result;
use ndarray::{Array, ArrayD};

use super::super::encode::{Places, encode};
use super::super::{OutputMode, PreprocessingError, Token, Tokens};
use super::{IndexLookup, Known};

/// Looking up.
impl<T: Token> IndexLookup<T> {
    /// The number of each token, with [`OutputMode::Int`]: the mask's is 0, behind it come those of unknown tokens, and then the vocabulary's in
    /// its order.
    ///
    /// # Errors
    /// If there is no vocabulary, `output_mode` is another or `invert` is set, or a token is not in the vocabulary and `num_oov_indices` is 0.
    pub fn call<X: Tokens<T> + ?Sized>(&self, tokens: &X) -> Result<Array<i32, X::Dim>> {
        self.check_mode("call", self.settings.output_mode == OutputMode::Int && !self.settings.invert)?;
        let (known, tokens) = (self.known()?, tokens.array());
        // A vocabulary has less than 2^31 tokens.
        let numbers: Result<Vec<i32>> =
            tokens.iter().map(|token| Ok(self.place(known, token.as_ref())?.unwrap_or_default() as i32)).collect();
        Ok(of_shape(tokens.raw_dim(), numbers?))
    }

    /// Rows with a place for each token of the vocabulary, with any other mode than [`OutputMode::Int`].
    ///
    /// With [`OutputMode::OneHot`] each token has a row, `[samples, tokens]`: an axis of length 1 at the end becomes it. With the other modes,
    /// those along the last axis have one row together: `[samples, length]` becomes `[samples, tokens]`, `[length]` becomes `[tokens]`.
    ///
    /// # Errors
    /// As those of [`call`](Self::call), and if there are more than two axes where tokens have one row together.
    pub fn encode<X: Tokens<T> + ?Sized>(&self, tokens: &X) -> Result<ArrayD<f32>> {
        let mode = self.settings.output_mode;
        self.check_mode("encode", mode != OutputMode::Int)?;
        let (known, tokens) = (self.known()?, tokens.array());
        let places: Result<Vec<_>> = tokens.iter().map(|token| self.place(known, token.as_ref())).collect();
        let places: Places = of_shape(tokens.raw_dim(), places?).into_dyn();
        let mut rows = encode(self.settings.class, &places, mode, self.depth(known), |_| 1.0)?;
        self.weigh(known, &mut rows);
        Ok(rows)
    }

    /// The token of each number, with [`invert`](Self::invert): numbers that no token has become the token for unknown ones.
    ///
    /// # Errors
    /// If there is no vocabulary, or `invert` is not set.
    pub fn tokens<X: Tokens<i64> + ?Sized>(&self, numbers: &X) -> Result<Array<T, X::Dim>> {
        self.check_mode("tokens", self.settings.invert)?;
        let known = self.known()?;
        Ok(numbers.array().map(|number| self.token(known, **number)))
    }

    fn token(&self, known: &Known<T>, number: i64) -> T {
        let settings = &self.settings;
        let place = usize::try_from(number).ok();
        let mask = settings.mask_token.as_ref().filter(|_| number == 0);
        let own = || known.tokens.get(place?.checked_sub(settings.token_start())?);
        mask.or_else(own).unwrap_or(&settings.oov_token).clone()
    }

    /// Multiplies counts by what tokens weigh, where they do.
    pub(in super::super) fn weigh(&self, known: &Known<T>, rows: &mut ArrayD<f32>) {
        if self.settings.output_mode == OutputMode::TfIdf {
            let weigh = |(count, weight): (&mut f32, &f32)| *count *= weight;
            rows.rows_mut().into_iter().for_each(|row| row.into_iter().zip(&known.weights).for_each(weigh));
        }
    }

    /// The number of a token; none for a mask where tokens become rows.
    pub(in super::super) fn place(&self, known: &Known<T>, token: &T::Borrowed) -> Result<Option<usize>> {
        let settings = &self.settings;
        if settings.mask_token.as_ref().is_some_and(|mask| mask.borrow() == token) {
            return Ok(Some(0).filter(|_| settings.output_mode == OutputMode::Int));
        }
        match known.place(token) {
            Some(place) => Ok(Some(settings.token_start() + place)),
            None if settings.num_oov_indices == 0 => {
                Err(PreprocessingError::Unknown { class: settings.class, token: T::shown(token) }.into())
            }
            None if settings.num_oov_indices == 1 => Ok(Some(settings.oov_start())),
            None => Ok(Some(settings.oov_start() + settings.bucket(token))),
        }
    }

    /// How many places a row has.
    pub(in super::super) fn depth(&self, known: &Known<T>) -> usize {
        let padded = self.settings.max_tokens.filter(|_| self.settings.pad_to_max_tokens);
        padded.unwrap_or(self.settings.token_start() + known.tokens.len())
    }

    pub(in super::super) fn check_mode(&self, called: &'static str, is_right: bool) -> Result<()> {
        let settings = &self.settings;
        if is_right {
            return Ok(());
        }
        let (gives, setting, right) = match (settings.invert, settings.output_mode) {
            (true, _) => ("tokens of numbers", "`invert`".to_owned(), "tokens"),
            (false, OutputMode::Int) => ("numbers of tokens", "`output_mode` `int`".to_owned(), "call"),
            (false, mode) => ("rows of places", format!("`output_mode` `{}`", mode.word()), "encode"),
        };
        let other = match called {
            "tokens" => "`invert`",
            "encode" => "another `output_mode`",
            _ => "`output_mode` to `int`, without `invert`",
        };
        Err(PreprocessingError::Mode { class: settings.class, gives, setting, called, right, other }.into())
    }
}

/// An array of a shape that another one has.
pub(in super::super) fn of_shape<E, D: ndarray::Dimension>(shape: D, elements: Vec<E>) -> Array<E, D> {
    Array::from_shape_vec(shape, elements).expect("there is an element for each of the other array")
}
