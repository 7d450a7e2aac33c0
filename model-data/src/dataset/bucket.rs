//! Batches of samples of about one length.

use std::sync::Arc;

use model_core::Result;
use ndarray::{Array1, Array2};

use super::batch::{Stack, filled};
use super::{Dataset, Items, Len};

impl<E: Clone + Send + Sync + 'static, Y: Stack> Dataset<(Array1<E>, Y)> {
    /// Batches of samples whose inputs are of about one length, filled up at the end with `fill` to the longest of their batch, so that little is filled up. There is a
    /// bucket below each boundary, and one from the last on: that of lengths from `boundaries[i - 1]` to below `boundaries[i]` gives batches of `batch_sizes[i]`
    /// samples, each once it is full. What is left at the end makes smaller batches, the shortest first.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    /// use ndarray::array;
    ///
    /// let texts = vec![(array![1], 0), (array![2, 3, 4], 1), (array![5, 6, 7, 8], 2), (array![9, 9], 3)];
    /// let batches = Dataset::from_items(texts).bucket_by_sequence_length([3], [2, 2], 0);
    /// let mut batches = batches.iter();
    /// assert_eq!(batches.next().unwrap()?, (array![[2, 3, 4, 0], [5, 6, 7, 8]], array![1, 2]));
    /// assert_eq!(batches.next().unwrap()?, (array![[1, 0], [9, 9]], array![0, 3]));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If the boundaries do not rise, a size is 0, or there is not one size more than there are boundaries.
    ///
    /// Source: <https://www.tensorflow.org/api_docs/python/tf/data/Dataset#bucket_by_sequence_length>.
    #[must_use]
    pub fn bucket_by_sequence_length(
        self,
        boundaries: impl Into<Vec<usize>>,
        batch_sizes: impl Into<Vec<usize>>,
        fill: E,
    ) -> Dataset<(Array2<E>, Y::Batch)> {
        let (boundaries, sizes): (Arc<[usize]>, Arc<[usize]>) = (boundaries.into().into(), batch_sizes.into().into());
        assert!(boundaries.is_sorted_by(|one, next| one < next), "boundaries of buckets rise: found {boundaries:?}");
        assert!(sizes.iter().all(|&size| size > 0), "a batch has at least 1 sample: found {sizes:?}");
        let (expected, found) = (boundaries.len() + 1, sizes.len());
        assert!(found == expected, "each bucket has a batch size: expected {expected} for {boundaries:?}, found {found}");
        self.through(Len::Unknown, move |items, _| {
            let held = sizes.iter().map(|_| Vec::new()).collect();
            let buckets = Buckets { items, boundaries: boundaries.clone(), sizes: sizes.clone(), held };
            let fill = fill.clone();
            Box::new(buckets.map(move |samples| {
                let (x, y): (Vec<_>, _) = samples?.into_iter().unzip();
                Ok((filled(&x, &fill), Y::stack(y)?))
            }))
        })
    }
}

/// Samples, sorted into buckets by their lengths.
struct Buckets<E, Y> {
    items: Items<(Array1<E>, Y)>,
    boundaries: Arc<[usize]>,
    sizes: Arc<[usize]>,
    /// Those that wait for others.
    held: Vec<Vec<(Array1<E>, Y)>>,
}

impl<E, Y> Iterator for Buckets<E, Y> {
    type Item = Result<Vec<(Array1<E>, Y)>>;

    fn next(&mut self) -> Option<Self::Item> {
        for item in self.items.by_ref() {
            let sample = match item {
                Ok(sample) => sample,
                Err(error) => return Some(Err(error)),
            };
            let bucket = self.boundaries.partition_point(|&boundary| boundary <= sample.0.len());
            self.held[bucket].push(sample);
            if self.held[bucket].len() == self.sizes[bucket] {
                return Some(Ok(std::mem::take(&mut self.held[bucket])));
            }
        }
        self.held.iter_mut().find(|held| !held.is_empty()).map(|held| Ok(std::mem::take(held)))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// The batches that `tf.data.Dataset.bucket_by_sequence_length` documents for these elements, with sizes 2.
    #[test]
    fn batches_are_those_of_tf_data() {
        let elements: [&[i32]; 7] =
            [&[0], &[1, 2, 3, 4], &[5, 6, 7], &[7, 8, 9, 10, 11], &[13, 14, 15, 16, 19, 20], &[21, 22], &[1]];
        let items = elements.map(|element| (Array1::from(element.to_vec()), element.len() as i32));
        let batches = Dataset::from_items(items.to_vec()).bucket_by_sequence_length([3, 5], [2, 2, 2], 0);
        let batches: Vec<_> = batches.iter().map(|batch| batch.unwrap().0).collect();
        assert_eq!(batches[0], array![[1, 2, 3, 4], [5, 6, 7, 0]]);
        assert_eq!(batches[1], array![[7, 8, 9, 10, 11, 0], [13, 14, 15, 16, 19, 20]]);
        assert_eq!(batches[2], array![[0, 0], [21, 22]]);
        assert_eq!((&batches[3], batches.len()), (&array![[1]], 4));
    }
}
