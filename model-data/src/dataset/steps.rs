//! What is done to items, one at a time.

use std::error::Error as StdError;
use std::sync::Arc;

use model_core::given::Round;
use model_core::random::Random;
use model_core::{Error, Result};

use super::make::error;
use super::{Dataset, Items, Len};

impl<T: Send + 'static> Dataset<T> {
    /// With a function of each item in its place.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let squares = Dataset::range(0..4).map(|i| i * i);
    /// assert_eq!(squares.iter().collect::<model_core::Result<Vec<_>>>()?, [0, 1, 4, 9]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn map<U: Send + 'static>(self, function: impl Fn(T) -> U + Clone + Send + Sync + 'static) -> Dataset<U> {
        let len = self.len;
        self.through(len, move |items, _| {
            let function = function.clone();
            Box::new(items.map(move |item| item.map(&function)))
        })
    }

    /// The same with a function that may fail.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let numbers = Dataset::from_items(vec!["1", "2", "three"]).try_map(|text| text.parse::<i32>());
    /// assert_eq!(numbers.iter().filter(Result::is_ok).count(), 2);
    /// ```
    #[must_use]
    pub fn try_map<U, E>(self, function: impl Fn(T) -> Result<U, E> + Clone + Send + Sync + 'static) -> Dataset<U>
    where
        U: Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        let len = self.len;
        self.through(len, move |items, _| {
            let function = function.clone();
            Box::new(items.map(move |item| function(item?).map_err(error)))
        })
    }

    /// The same with random numbers, which follow from the round and the item's place in it alone: for images that are shifted, mirrored, made noisy.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let noisy = Dataset::from_items(vec![1.0, 2.0]).map_random(|x, random| x + 0.1 * random.normal());
    /// let first = noisy.iter().next().unwrap()?;
    /// assert_eq!(noisy.iter().next().unwrap()?, first);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn map_random<U: Send + 'static>(
        mut self,
        function: impl Fn(T, &mut Random) -> U + Clone + Send + Sync + 'static,
    ) -> Dataset<U> {
        let (len, usage) = (self.len, self.next_use());
        self.through(len, move |items, round| {
            let function = function.clone();
            let mut seeds = round.random(usage);
            Box::new(items.map(move |item| {
                let mut random = Random::new(seeds.bits());
                item.map(|item| function(item, &mut random))
            }))
        })
    }

    /// A use of the rounds' random numbers that is this data set's own.
    pub(super) const fn next_use(&mut self) -> u64 {
        self.uses += 1;
        self.uses - 1
    }

    /// Only the items that pass a test.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let odd = Dataset::range(0..6).filter(|i| i % 2 == 1);
    /// assert_eq!(odd.iter().collect::<model_core::Result<Vec<_>>>()?, [1, 3, 5]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn filter(self, test: impl Fn(&T) -> bool + Clone + Send + Sync + 'static) -> Self {
        self.through(Len::Unknown, move |items, _| {
            let test = test.clone();
            Box::new(items.filter(move |item| item.as_ref().map_or(true, &test)))
        })
    }

    /// The items that a function makes of each, one behind the other.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let all = Dataset::range(1..4).flat_map(|i| vec![i; i]);
    /// assert_eq!(all.iter().collect::<model_core::Result<Vec<_>>>()?, [1, 2, 2, 3, 3, 3]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn flat_map<I>(self, function: impl Fn(T) -> I + Clone + Send + Sync + 'static) -> Dataset<I::Item>
    where
        I: IntoIterator<Item: Send + 'static, IntoIter: Send + 'static> + 'static,
    {
        self.through(Len::Unknown, move |items, _| {
            let function = function.clone();
            Box::new(items.flat_map(move |item| -> Items<I::Item> {
                match item {
                    Ok(item) => Box::new(function(item).into_iter().map(Ok)),
                    Err(error) => Box::new(std::iter::once(Err(error))),
                }
            }))
        })
    }

    /// Only the first items.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..9).take(3).len(), Some(3));
    /// ```
    #[must_use]
    pub fn take(self, items: usize) -> Self {
        let len = self.len.min(Len::Known(items));
        self.through(len, move |all, _| Box::new(all.take(items)))
    }

    /// Without the first items.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..9).skip(3).iter().next().unwrap()?, 3);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn skip(self, items: usize) -> Self {
        let len = self.len.map(|len| len.saturating_sub(items));
        self.through(len, move |all, _| Box::new(all.skip(items)))
    }

    /// One item of every so many, from the one of this place: the share of one of `shards` machines.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..7).shard(3, 1).iter().collect::<model_core::Result<Vec<_>>>()?, [1, 4]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `place` is not below `shards`.
    #[must_use]
    pub fn shard(self, shards: usize, place: usize) -> Self {
        assert!(place < shards, "there is no shard {place} of {shards}: expected one below");
        let len = self.len.map(|len| len.saturating_sub(place).div_ceil(shards));
        self.through(len, move |all, _| Box::new(all.skip(place).step_by(shards)))
    }

    /// Again and again: so many times, or without end for `None`. The mixing of a repeated data set is another each time.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..2).repeat(3).iter().collect::<model_core::Result<Vec<_>>>()?, [0, 1, 0, 1, 0, 1]);
    /// assert_eq!(Dataset::range(0..2).repeat(None).take(5).len(), Some(5));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn repeat(self, times: impl Into<Option<usize>>) -> Self {
        let times: Option<usize> = times.into();
        let Self { make, len, uses, .. } = self;
        let len = times.map_or(Len::Endless, |times| len.map(|len| len.saturating_mul(times)));
        let rounds = times.map_or(u64::MAX, |times| times as u64);
        let all = move |round: Round| -> Items<T> {
            let (make, first) = (make.clone(), round.number.wrapping_mul(rounds));
            let mut is_empty = false;
            Box::new(
                (0..rounds)
                    .map_while(move |time| {
                        // Without end there would be no end of looking for an item.
                        let mut items = make(Round { number: first.wrapping_add(time), ..round }).peekable();
                        is_empty |= items.peek().is_none();
                        (!is_empty).then_some(items)
                    })
                    .flatten(),
            )
        };
        Self { make: Arc::new(all), len, places: None, uses }
    }

    /// With the items of another behind it.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..2).concatenate(Dataset::range(5..7)).len(), Some(4));
    /// ```
    #[must_use]
    pub fn concatenate(self, other: Self) -> Self {
        let len = self.len.plus(other.len);
        self.through(len, move |items, round| Box::new(items.chain(other.round(round))))
    }

    /// Pairs of its items with another's, as many as both have.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let pairs = Dataset::range(0..9).zip(Dataset::from_items(vec!['a', 'b']));
    /// assert_eq!(pairs.iter().collect::<model_core::Result<Vec<_>>>()?, [(0, 'a'), (1, 'b')]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn zip<U: Send + 'static>(self, other: Dataset<U>) -> Dataset<(T, U)> {
        let len = self.len.min(other.len);
        self.through(len, move |items, round| {
            Box::new(items.zip(other.round(round)).map(|(first, second)| Ok((first?, second?))))
        })
    }

    /// Items with their places, from 0.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::from_items(vec!['a']).enumerate().iter().next().unwrap()?, (0, 'a'));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn enumerate(self) -> Dataset<(usize, T)> {
        let len = self.len;
        self.through(len, |items, _| Box::new(items.enumerate().map(|(place, item)| Ok((place, item?)))))
    }

    /// Without the items that are errors, of which nothing is said: for files of which some are known to be broken.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let numbers = Dataset::from_items(vec!["1", "two"]).try_map(|text| text.parse::<i32>()).ignore_errors(|_| ());
    /// assert_eq!(numbers.iter().count(), 1);
    /// ```
    #[must_use]
    pub fn ignore_errors(self, tell: impl Fn(Error) + Clone + Send + Sync + 'static) -> Self {
        self.through(Len::Unknown, move |items, _| {
            let tell = tell.clone();
            Box::new(items.filter_map(move |item| item.map_err(&tell).ok().map(Ok)))
        })
    }
}
