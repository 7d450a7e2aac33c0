//! Streams of samples and batches: made, changed, mixed and put together as they are needed.

mod batch;
mod bucket;
mod cache;
mod cache_file;
mod fit;
mod make;
mod parallel;
mod shuffle;
mod slices;
mod steps;
mod stored;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use model_core::Result;
use model_core::given::Round;

pub use batch::Stack;
pub use cache_file::CacheProblem;
pub use slices::Slices;
pub use stored::Stored;

/// The items of a round.
pub type Items<T> = Box<dyn Iterator<Item = Result<T>> + Send>;

/// A recipe for items, one after the other: samples, or batches of them. It is followed anew as often as it is asked, item by item, so that no more
/// lies in memory than what is on its way.
///
/// It is written as in `tf.data`: a source, then what is done to its items, in order. One whose items are [`Examples`](model_core::given::Examples), pairs of
/// inputs and targets with the samples as first axis, is what `fit`, `evaluate` and `predict` take.
///
/// ```
/// use model_data::dataset::Dataset;
/// use ndarray::{Array1, Array2};
///
/// let (x, y) = (Array2::from_shape_fn((100, 2), |(i, j)| (i * 2 + j) as f32), Array1::from_iter(0..100));
/// let dataset = Dataset::from_slices((x, y)).filter(|(_, y)| y % 10 != 3).shuffle(100).map(|(x, y)| (x / 200.0, y % 3)).batch(32);
/// assert_eq!(dataset.map(|batch: (Array2<f32>, Array1<i32>)| batch.1.len()).iter().collect::<model_core::Result<Vec<_>>>()?, [32, 32, 26]);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Rounds
/// `fit` goes through a data set once an epoch, and each time is a [`Round`] with a number and the seed of `fit`. [`shuffle`](Self::shuffle) and
/// [`map_random`](Self::map_random) follow from them alone, so that training is the same for the same seed on any number of threads, and goes on as if it
/// had not stopped. [`iter`](Self::iter) goes through round 0 of seed 0.
///
/// # Errors
/// Items may be errors: a file that cannot be read, what [`try_map`](Self::try_map) could not make. Whoever asks for the item gets the error in its place; it
/// passes all steps unchanged. Training ends by it, with the model as the last step left it.
///
/// Source: <https://www.tensorflow.org/api_docs/python/tf/data/Dataset>, whose names these are.
pub struct Dataset<T> {
    make: Arc<dyn Fn(Round) -> Items<T> + Send + Sync>,
    len: Len,
    /// Where all items are at hand: then places are mixed, and no items are held for that.
    places: Option<Places<T>>,
    /// How often its items have been mixed: each time in another way.
    uses: u64,
}

/// Items that are at hand, and the order in which a round has them.
struct Places<T> {
    order: Arc<dyn Fn(Round) -> Items<usize> + Send + Sync>,
    /// The item of a place.
    at: Arc<dyn Fn(usize) -> T + Send + Sync>,
    /// The [`Gather`] of batches, where they lie one behind the other as batches have them.
    gather: Option<Arc<dyn Any + Send + Sync>>,
}

/// Gives a batch of the items of places, without taking them one by one.
type Gather<B> = Box<dyn Fn(&[usize]) -> B + Send + Sync>;

impl<T> Clone for Places<T> {
    fn clone(&self) -> Self {
        Self { order: self.order.clone(), at: self.at.clone(), gather: self.gather.clone() }
    }
}

/// How many items a round has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Len {
    Known(usize),
    Unknown,
    Endless,
}

impl Len {
    /// A number that follows from this one. What has no end has none behind it.
    fn map(self, function: impl FnOnce(usize) -> usize) -> Self {
        if let Self::Known(len) = self { Self::Known(function(len)) } else { self }
    }

    /// The smaller one.
    fn min(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(len), Self::Known(other)) => Self::Known(len.min(other)),
            (len, Self::Endless) | (Self::Endless, len) => len,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }

    /// The sum.
    const fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::Known(len), Self::Known(other)) => Self::Known(len.saturating_add(other)),
            (Self::Endless, _) | (_, Self::Endless) => Self::Endless,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }
}

impl<T> Clone for Dataset<T> {
    fn clone(&self) -> Self {
        Self { make: self.make.clone(), len: self.len, places: self.places.clone(), uses: self.uses }
    }
}

impl<T> fmt::Debug for Dataset<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dataset").field("items", &std::any::type_name::<T>()).field("len", &self.len).finish_non_exhaustive()
    }
}

impl<T: Send + 'static> Dataset<T> {
    fn new(len: Len, make: impl Fn(Round) -> Items<T> + Send + Sync + 'static) -> Self {
        Self { make: Arc::new(make), len, places: None, uses: 0 }
    }

    /// So many items that are at hand, in the order of their places.
    fn of_places(len: usize, at: impl Fn(usize) -> T + Send + Sync + 'static) -> Self {
        let order = Arc::new(move |_| -> Items<usize> { Box::new((0..len).map(Ok)) });
        Self::in_order(len, Places { order, at: Arc::new(at), gather: None })
    }

    /// So many items that are at hand.
    fn in_order(len: usize, places: Places<T>) -> Self {
        let Places { order, at, .. } = places.clone();
        let make = move |round| -> Items<T> {
            let at = at.clone();
            Box::new(order(round).map(move |place| place.map(|place| at(place))))
        };
        Self { places: Some(places), ..Self::new(Len::Known(len), make) }
    }

    /// What comes of the items of a round.
    fn through<U: Send + 'static>(
        self,
        len: Len,
        step: impl Fn(Items<T>, Round) -> Items<U> + Send + Sync + 'static,
    ) -> Dataset<U> {
        let Self { make, uses, .. } = self;
        Dataset { make: Arc::new(move |round| step(make(round), round)), len, places: None, uses }
    }

    /// The items of a round.
    #[must_use]
    pub fn round(&self, round: Round) -> Items<T> {
        (self.make)(round)
    }

    /// The items of round 0 of seed 0.
    #[must_use]
    pub fn iter(&self) -> Items<T> {
        self.round(Round::default())
    }

    /// How many items a round has, where that is known before it is gone through: `tf.data`'s cardinality.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..10).batch(4).len(), Some(3));
    /// assert_eq!(Dataset::range(0..10).filter(|i| i % 3 == 0).len(), None);
    /// ```
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "that a data set is empty is known only when it is gone through")]
    pub const fn len(&self) -> Option<usize> {
        if let Len::Known(len) = self.len { Some(len) } else { None }
    }

    /// Whether a round has no end, so that an epoch needs `steps_per_epoch`.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert!(Dataset::range(0..10).repeat(None).batch(3).is_endless());
    /// ```
    #[must_use]
    pub const fn is_endless(&self) -> bool {
        matches!(self.len, Len::Endless)
    }

    /// With a number of items that is known otherwise. A round that `fit` goes through must then have so many.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..10).filter(|i| i % 2 == 0).with_len(5).len(), Some(5));
    /// ```
    #[must_use]
    pub fn with_len(self, items: usize) -> Self {
        Self { len: Len::Known(items), places: None, ..self }
    }
}

impl<T: Send + 'static> IntoIterator for &Dataset<T> {
    type Item = Result<T>;
    type IntoIter = Items<T>;

    fn into_iter(self) -> Items<T> {
        self.iter()
    }
}
