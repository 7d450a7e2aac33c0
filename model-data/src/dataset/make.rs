//! Where items come from.

use std::error::Error as StdError;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use model_core::Error;
use model_core::given::Round;

use super::slices::{Slices, unequal};
use super::{Dataset, Gather, Len, Places};

impl<T: Send + 'static> Dataset<T> {
    /// What a function gives for each round: a generator, a range, a reader of files. The same round should give the same items.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let noise = Dataset::from_fn(|round| {
    ///     let mut random = round.random(0);
    ///     (0..3).map(move |_| random.unit())
    /// });
    /// assert_eq!(noise.iter().count(), 3);
    /// ```
    pub fn from_fn<I>(make: impl Fn(Round) -> I + Send + Sync + 'static) -> Self
    where
        I: IntoIterator<Item = T, IntoIter: Send + 'static>,
    {
        Self::new(Len::Unknown, move |round| Box::new(make(round).into_iter().map(Ok)))
    }

    /// The same, of items that may fail.
    pub fn try_from_fn<I, E>(make: impl Fn(Round) -> I + Send + Sync + 'static) -> Self
    where
        I: IntoIterator<Item = Result<T, E>, IntoIter: Send + 'static>,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self::new(Len::Unknown, move |round| Box::new(make(round).into_iter().map(|item| item.map_err(error))))
    }

    /// What an iterator gives that can be gone through once only. Further rounds are an error, so that `fit` on it has one epoch, or as many
    /// as `steps_per_epoch` cuts it into. What is to come again is [`cache`](Self::cache)d.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let (sender, receiver) = std::sync::mpsc::channel();
    /// let dataset = Dataset::from_iter_once(receiver);
    /// sender.send(1).unwrap();
    /// drop(sender);
    /// assert_eq!(dataset.iter().count(), 1);
    /// assert!(dataset.iter().next().unwrap().is_err());
    /// ```
    pub fn from_iter_once<I: IntoIterator<Item = T, IntoIter: Send + 'static>>(items: I) -> Self {
        let held = Mutex::new(Some(items.into_iter()));
        Self::new(Len::Unknown, move |_| match held.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(items) => Box::new(items.map(Ok)),
            None => Box::new(std::iter::once(Err(Error::Data(GONE.into())))),
        })
    }

    /// The items of a list.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::from_items(vec!["a", "b"]).len(), Some(2));
    /// ```
    pub fn from_items(items: Vec<T>) -> Self
    where
        T: Clone + Sync,
    {
        let items: Arc<[T]> = items.into();
        Self::of_places(items.len(), move |place| items[place].clone())
    }

    /// The samples of arrays, which are along the first axis: `tf.data`'s `from_tensor_slices`. A pair of arrays gives pairs of samples.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    /// use ndarray::array;
    ///
    /// let dataset = Dataset::from_slices((array![[1.0, 2.0], [3.0, 4.0]], array![0, 1]));
    /// assert_eq!(dataset.iter().next().unwrap()?, (array![1.0, 2.0], 0));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If one array has more samples than another.
    pub fn from_slices<S: Slices<Item = T>>(arrays: S) -> Self {
        let samples = arrays.samples().unwrap_or_else(|counts| panic!("{}", unequal(counts)));
        let arrays = Arc::new(arrays);
        let all = arrays.clone();
        let gather: Gather<S> = Box::new(move |places| arrays.gather(places));
        let dataset = Self::of_places(samples, move |place| all.sample(place));
        let places = dataset.places.map(|places| Places { gather: Some(Arc::new(gather)), ..places });
        Self { places, ..dataset }
    }
}

const GONE: &str = "the data can be gone through once only\nhelp: `Dataset::from_fn(|_| ..)` makes them anew for each epoch, `.cache()` keeps them";

impl Dataset<usize> {
    /// Numbers in order.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(2..5).iter().collect::<model_core::Result<Vec<_>>>()?, [2, 3, 4]);
    /// # Ok::<(), model_core::Error>(())
    /// ```
    #[must_use]
    pub fn range(numbers: Range<usize>) -> Self {
        Self::of_places(numbers.len(), move |place| numbers.start + place)
    }
}

/// An error of the user's, as streams hand it on.
pub(super) fn error(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
    match error.into().downcast::<Error>() {
        Ok(error) => *error,
        Err(other) => Error::Data(other),
    }
}
