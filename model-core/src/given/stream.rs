//! What can be gone through more than once: examples in memory, or a stream that gives them batch by batch.

use super::arrays::Arrays;
use super::pairs::Examples;
use crate::error::Result;
use crate::initialize::mix;
use crate::random::Random;

/// A way through the batches of a stream: the how manyth it is, and what its random choices follow from.
///
/// A stream gives the same batches for the same round, so that training that was broken off goes on as if it had not been.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The seed, which `fit` takes from [`Fit::seed`](crate::training::Fit::seed).
    pub seed: u64,
    /// The number of the round, from 0: an epoch's, where an epoch goes through the stream once.
    pub number: u64,
}

impl Round {
    /// The random numbers of one use in this round. The order that `fit` gives to examples in memory follows from use 0.
    ///
    /// ```
    /// use model_core::given::Round;
    ///
    /// let round = Round { seed: 7, number: 2 };
    /// assert_eq!(round.random(0).bits(), round.random(0).bits());
    /// assert_ne!(round.random(0).bits(), round.random(1).bits());
    /// ```
    #[must_use]
    pub fn random(self, usage: u64) -> Random {
        Random::new(mix(mix(self.seed, usage.wrapping_mul(2)), self.number))
    }
}

/// The batches of a round.
pub type Batches<'a> = Box<dyn Iterator<Item = Result<Box<dyn Examples + 'a>>> + 'a>;

/// What gives examples batch by batch, as often as it is asked: more data than memory holds, or data that are made as they are needed.
///
/// `Dataset` of this library is one. A type of one's own is made one by this trait and [`Data`]:
///
/// ```
/// use model_core::given::{Batches, Data, Round, Source, Stream};
/// use ndarray::Array2;
///
/// /// Sums of random numbers.
/// struct Sums;
///
/// impl Stream for Sums {
///     fn batches(&self, round: Round) -> Batches<'_> {
///         let mut random = round.random(0);
///         Box::new((0..10).map(move |_| {
///             let x = Array2::from_shape_simple_fn((32, 4), || random.unit() as f32);
///             let y = x.sum_axis(ndarray::Axis(1));
///             Ok(Box::new((x, y)) as _)
///         }))
///     }
///
///     fn steps(&self) -> Option<usize> {
///         Some(10)
///     }
/// }
///
/// impl Data for Sums {
///     fn source(&self) -> Source<'_> {
///         Source::Stream(self)
///     }
/// }
///
/// assert_eq!(Sums.batches(Round::default()).count(), 10);
/// ```
pub trait Stream {
    /// The batches of a round: the same for the same round. Each has a sample at least; they need not be of one size, and the sizes of
    /// the model's named dimensions may change from one to the next. An error ends training, with the model as the last step left it.
    fn batches(&self, round: Round) -> Batches<'_>;

    /// How many batches a round has, where that is known. A round that ends before is an error.
    fn steps(&self) -> Option<usize> {
        None
    }

    /// Whether a round has no end. An epoch then needs `steps_per_epoch`, and a validation `validation_steps`.
    fn is_endless(&self) -> bool {
        false
    }
}

/// Where examples come from.
pub enum Source<'a> {
    /// All are in memory.
    Examples(&'a dyn Examples),
    /// They come batch by batch.
    Stream(&'a dyn Stream),
}

/// What a model can be trained on and judged by: [`Examples`] in memory, such as `(&x, &y)`, or a [`Stream`] of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a pair of inputs and targets nor a stream of such",
    label = "expected inputs with their targets: `(&x, &y)`",
    note = "examples are a pair: `(&x, &y)`, and where there are several inputs or targets, `((&a, &b), &y)`",
    note = "weights of samples stand third: `(&x, &y, &weights)`",
    note = "a data set of this library is a pair already: `&data`; one that gives samples is made one of batches by `dataset.batch(32)`"
)]
pub trait Data {
    /// Where they come from.
    fn source(&self) -> Source<'_>;
}

impl<E: Examples> Data for E {
    fn source(&self) -> Source<'_> {
        Source::Examples(self)
    }
}

/// What a model can be asked to predict for: [`Arrays`] in memory, such as `&x`, or a stream of batches of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither an array, nor several, nor a stream of such",
    label = "expected an array: `&x`",
    note = "an array is one of `ndarray`'s, a `Tensor`, a slice or a `Vec` of numbers; the samples are its first axis",
    note = "several arrays are the record that the macro writes, `NetInputs {{ a: &a, b: &b }}`, or `(&a, &b)` in the model's order"
)]
pub trait InputData {
    /// Hands over all batches in order, up to the first that is refused: one, where all are in memory.
    ///
    /// # Errors
    /// That of a batch that cannot be made, or is refused.
    fn each_batch(&self, take: &mut dyn FnMut(&dyn Arrays) -> Result<()>) -> Result<()>;

    /// How many batches there are, where that is known.
    fn batches(&self) -> Option<usize>;

    /// Whether there is one batch, which is in memory.
    fn is_in_memory(&self) -> bool {
        false
    }
}

impl<A: Arrays> InputData for A {
    fn each_batch(&self, take: &mut dyn FnMut(&dyn Arrays) -> Result<()>) -> Result<()> {
        take(self)
    }

    fn batches(&self) -> Option<usize> {
        Some(1)
    }

    fn is_in_memory(&self) -> bool {
        true
    }
}
