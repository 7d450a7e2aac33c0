//! Samples put together to batches, and batches taken apart.

use model_core::{Error, Result};
use ndarray::{Array, Array1, Array2, ArrayD, Dimension, Ix0, Ix1, Ix2, Ix3, Ix4, Ix5, IxDyn};

use super::slices::{Slices, unequal};
use super::{Dataset, Gather, Items, Len, Places};

/// What samples of this type become as a batch: numbers an array of them, arrays an array with one more axis in front, tuples a tuple of
/// such.
#[diagnostic::on_unimplemented(
    message = "samples of type `{Self}` cannot be put together to a batch",
    label = "expected numbers, arrays, texts, or tuples of such",
    note = "a sample is a pair of an input and its target: `(x, y)`; several inputs are a tuple, `((a, b), y)`"
)]
pub trait Stack: Sized + Send + 'static {
    /// A batch.
    type Batch: Send + 'static;

    /// Puts samples together, of which there is one at least.
    ///
    /// # Errors
    /// If they do not have one shape.
    fn stack(samples: Vec<Self>) -> Result<Self::Batch>;
}

macro_rules! scalars {
    ($($type:ty)*) => {
        $(impl Stack for $type {
            type Batch = Array1<$type>;

            fn stack(samples: Vec<Self>) -> Result<Self::Batch> {
                Ok(samples.into())
            }
        })*
    };
}

scalars! { f32 f64 bool i8 i16 i32 i64 u8 u16 u32 u64 usize String &'static str }

macro_rules! arrays {
    ($($dimension:ident)*) => {
        $(impl<E: Clone + Send + Sync + 'static> Stack for Array<E, $dimension> {
            type Batch = Array<E, <$dimension as Dimension>::Larger>;

            fn stack(samples: Vec<Self>) -> Result<Self::Batch> {
                let shape = samples[0].shape().to_vec();
                let batch = rows(&samples, &shape)?;
                Ok(batch.into_dimensionality().expect("a batch has one more axis"))
            }
        })*
    };
}

arrays! { Ix0 Ix1 Ix2 Ix3 Ix4 Ix5 IxDyn }

/// Arrays of one shape, one behind the other.
fn rows<E: Clone, D: Dimension>(samples: &[Array<E, D>], shape: &[usize]) -> Result<ArrayD<E>> {
    let mut elements = Vec::with_capacity(samples.len().saturating_mul(samples[0].len()));
    for (place, sample) in samples.iter().enumerate() {
        if sample.shape() != shape {
            return Err(Error::Data(other_shape(shape, place, sample.shape()).into()));
        }
        match sample.as_slice() {
            Some(slice) => elements.extend_from_slice(slice),
            None => elements.extend(sample.iter().cloned()),
        }
    }
    let shape: Vec<usize> = std::iter::once(samples.len()).chain(shape.iter().copied()).collect();
    Ok(Array::from_shape_vec(IxDyn(&shape), elements).expect("every sample has the shape's elements"))
}

fn other_shape(expected: &[usize], place: usize, found: &[usize]) -> String {
    format!(
        "the samples of a batch differ in shape: expected {expected:?} as the first, found {found:?} in sample {}\nhelp: `.padded_batch(size, 0.0)` \
         fills up shorter ones",
        place + 1
    )
}

macro_rules! tuples {
    ($(($($name:ident $samples:ident $place:tt),+))*) => {
        $(impl<$($name: Stack),+> Stack for ($($name,)+) {
            type Batch = ($($name::Batch,)+);

            fn stack(samples: Vec<Self>) -> Result<Self::Batch> {
                let count = samples.len();
                $(let mut $samples = Vec::with_capacity(count);)+
                for sample in samples {
                    $($samples.push(sample.$place);)+
                }
                Ok(($($name::stack($samples)?,)+))
            }
        })*
    };
}

tuples! {
    (A a 0)
    (A a 0, B b 1)
    (A a 0, B b 1, C c 2)
    (A a 0, B b 1, C c 2, D d 3)
    (A a 0, B b 1, C c 2, D d 3, E e 4)
    (A a 0, B b 1, C c 2, D d 3, E e 4, F f 5)
}

/// Samples of one axis, each filled up at the end to the length of the longest.
pub(super) fn filled<E: Clone>(samples: &[Array1<E>], fill: &E) -> Array2<E> {
    let longest = samples.iter().map(Array::len).max().unwrap_or(0);
    let mut elements = Vec::with_capacity(samples.len().saturating_mul(longest));
    for sample in samples {
        elements.extend(sample.iter().cloned());
        elements.extend(std::iter::repeat_n(fill.clone(), longest - sample.len()));
    }
    Array::from_shape_vec((samples.len(), longest), elements).expect("every sample has been filled up")
}

impl<T: Stack> Dataset<T> {
    /// Batches of so many samples, and behind them one of those that are left.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    /// use ndarray::array;
    ///
    /// let batches = Dataset::from_items(vec![(0.5, 1), (1.5, 0), (2.5, 1)]).batch(2);
    /// assert_eq!(batches.iter().next().unwrap()?, (array![0.5, 1.5], array![1, 0]));
    /// assert_eq!(batches.len(), Some(2));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `size` is 0.
    #[must_use]
    pub fn batch(self, size: usize) -> Dataset<T::Batch> {
        self.stacked(size, false)
    }

    /// Batches of so many samples, without those that are left: `tf.data`'s `drop_remainder`.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..7).batch_exact(2).len(), Some(3));
    /// ```
    ///
    /// # Panics
    /// If `size` is 0.
    #[must_use]
    pub fn batch_exact(self, size: usize) -> Dataset<T::Batch> {
        self.stacked(size, true)
    }

    /// Samples put together, or taken together where they lie in arrays.
    fn stacked(mut self, size: usize, is_exact: bool) -> Dataset<T::Batch> {
        if let Some(Places { order, gather: Some(gather), .. }) = self.places.take()
            && gather.is::<Gather<T::Batch>>()
        {
            let places = Dataset { uses: self.uses, ..Dataset::new(self.len, move |round| order(round)) };
            return places.put_together(size, is_exact, move |places: Vec<usize>| {
                let gather = gather.downcast_ref::<Gather<T::Batch>>().expect("its type has been looked at");
                Ok(gather(&places))
            });
        }
        self.put_together(size, is_exact, T::stack)
    }

    fn put_together<B: Send + 'static>(
        self,
        size: usize,
        is_exact: bool,
        stack: impl Fn(Vec<T>) -> Result<B> + Clone + Send + Sync + 'static,
    ) -> Dataset<B> {
        assert!(size > 0, "a batch has at least 1 sample: found 0");
        let len = self.len.map(|len| if is_exact { len / size } else { len.div_ceil(size) });
        self.through(len, move |mut items, _| {
            let stack = stack.clone();
            let mut failed = None;
            Box::new(std::iter::from_fn(move || {
                if let Some(error) = failed.take() {
                    return Some(Err(error));
                }
                let mut samples = Vec::with_capacity(size.min(MOST_RESERVED));
                while samples.len() < size
                    && let Some(item) = items.next()
                {
                    match item {
                        Ok(sample) => samples.push(sample),
                        // The samples before an error are the last batch before it.
                        Err(error) if samples.is_empty() => return Some(Err(error)),
                        Err(error) => {
                            failed = Some(error);
                            break;
                        }
                    }
                }
                let is_whole = !samples.is_empty() && (samples.len() == size || !is_exact);
                if is_whole { Some(stack(samples)) } else { failed.take().map(Err) }
            }))
        })
    }
}

/// For how many samples of a batch there is room from the first.
const MOST_RESERVED: usize = 4096;

impl<E: Clone + Send + Sync + 'static, Y: Stack> Dataset<(Array1<E>, Y)> {
    /// Batches of so many samples whose inputs are as long as the longest of their batch, filled up at the end with this. With a model whose sequences have any length and,
    /// where it looks at them, a mask.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    /// use ndarray::array;
    ///
    /// let texts = Dataset::from_items(vec![(array![5, 3], 1), (array![4], 0)]).padded_batch(2, 0);
    /// assert_eq!(texts.iter().next().unwrap()?, (array![[5, 3], [4, 0]], array![1, 0]));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `size` is 0.
    #[must_use]
    pub fn padded_batch(self, size: usize, fill: E) -> Dataset<(Array2<E>, Y::Batch)> {
        self.put_together(size, false, move |samples| {
            let (x, y): (Vec<_>, _) = samples.into_iter().unzip();
            Ok((filled(&x, &fill), Y::stack(y)?))
        })
    }
}

impl<B: Slices> Dataset<B> {
    /// The samples of batches.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let again = Dataset::range(0..7).batch(3).unbatch().batch(5);
    /// assert_eq!(again.iter().count(), 2);
    /// ```
    #[must_use]
    pub fn unbatch(self) -> Dataset<B::Item> {
        self.through(Len::Unknown, |items, _| {
            Box::new(items.flat_map(|batch| -> Items<B::Item> {
                let counted = |batch: B| Ok((batch.samples().map_err(|counts| Error::Data(unequal(counts).into()))?, batch));
                match batch.and_then(counted) {
                    Ok((samples, batch)) => Box::new((0..samples).map(move |place| Ok(batch.sample(place)))),
                    Err(error) => Box::new(std::iter::once(Err(error))),
                }
            }))
        })
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn batches_of_arrays_are_those_of_their_samples() {
        let numbers = |shape: [usize; 3]| Array::from_shape_fn(shape, |(i, j, k)| (100 * i + 10 * j + k) as f32);
        // One of them lies in memory in another order.
        let (x, y) = (numbers([7, 2, 3]), numbers([3, 2, 7]).reversed_axes());
        let labels: Array1<i64> = (0..7).collect();
        let gathered = Dataset::from_slices(((x, y), labels.clone(), labels.to_vec())).shuffle(7).shuffle(3);
        let stacked = gathered.clone().map(|sample| sample);
        let all = |dataset: Dataset<_>| dataset.iter().collect::<Result<Vec<_>>>().unwrap();
        assert_eq!(all(gathered.clone().batch(3)), all(stacked.clone().batch(3)));
        assert_eq!(all(gathered.clone().batch_exact(3)), all(stacked.batch_exact(3)));
        assert_eq!(gathered.batch(3).len(), Some(3));
    }

    #[test]
    fn batches_of_unequal_arrays_are_not_taken_apart() {
        let batches = Dataset::from_items(vec![(array![1, 2], array![3, 4]), (array![1, 2], array![3])]);
        let samples: Vec<_> = batches.unbatch().iter().collect();
        assert_eq!(samples.iter().filter(|sample| sample.is_ok()).count(), 2);
        let error = samples[2].as_ref().unwrap_err().to_string();
        assert_eq!(error, "the arrays have 2 and 1 samples: expected as many");
    }
}
