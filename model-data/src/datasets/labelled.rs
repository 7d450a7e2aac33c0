//! Images with their labels, and the ways to cut them.

use ndarray::{Array, Array1, Axis, Dimension, Ix2, Ix3, Ix4, RemoveAxis, Slice};

use crate::DataError;
use model_core::given::{Arrays, Examples};

/// Images and, for each, the number of its class.
///
/// The images' first axis counts them: `images` is `[samples, height, width]` or `[samples, height, width, channels]`, each element in
/// `0..=1` as it is read; `labels` is `[samples]`. A label is an index into the class names, such as [`CIFAR10_CLASSES`](super::CIFAR10_CLASSES).
///
/// ```
/// use model_data::datasets::{self, SHAPE_CLASSES};
///
/// let images = datasets::shapes(10, 1);
/// assert_eq!(images.len(), 10);
/// let label = images.labels[0] as usize;
/// println!("the first image shows a {}", SHAPE_CLASSES[label]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledImages<D: Dimension> {
    /// The images, one after another along the first axis.
    pub images: Array<f32, D>,
    /// The class of each image, from 0.
    pub labels: Array1<i32>,
}

impl<D: Dimension> Examples for LabelledImages<D> {
    fn inputs(&self) -> &dyn Arrays {
        &self.images
    }

    fn targets(&self) -> &dyn Arrays {
        &self.labels
    }
}

/// Images `[samples, height, width, channels]`, such as CIFAR-10's.
pub type ColourImages = LabelledImages<Ix4>;

/// Images `[samples, height, width]`, such as MNIST's.
pub type GreyImages = LabelledImages<Ix3>;

impl<D: RemoveAxis> LabelledImages<D> {
    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The same images with the elements of each along one axis: `[samples, elements]`.
    ///
    /// ```
    /// use model_data::datasets;
    ///
    /// assert_eq!(datasets::shapes(10, 1).flattened().images.shape(), [10, 3072]);
    /// ```
    #[must_use]
    pub fn flattened(self) -> LabelledImages<Ix2> {
        let (samples, elements) = (self.labels.len(), self.images.len());
        let rows: Vec<f32> = self.images.iter().copied().collect();
        let images = Array::from_shape_vec((samples, elements.checked_div(samples).unwrap_or_default()), rows);
        LabelledImages { images: images.expect("images are of one size"), labels: self.labels }
    }

    /// A copy of the first `samples`, or of all where there are fewer.
    ///
    /// ```
    /// use model_data::datasets;
    ///
    /// let images = datasets::shapes(30, 7);
    /// assert_eq!(images.take(20).images.shape(), [20, 32, 32, 3]);
    /// assert_eq!(images.take(100).len(), 30);
    /// ```
    #[must_use]
    pub fn take(&self, samples: usize) -> Self {
        self.copy(0, samples.min(self.len()))
    }

    /// A copy of the first `samples`, and one of the rest.
    ///
    /// ```
    /// use model_data::datasets;
    ///
    /// let (train, test) = datasets::shapes(30, 7).split_at(20)?;
    /// assert_eq!((train.len(), test.len()), (20, 10));
    /// # Ok::<(), datasets::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`DataError::Split`] where there are fewer than `samples`.
    pub fn split_at(&self, samples: usize) -> Result<(Self, Self), DataError> {
        if samples > self.len() {
            return Err(DataError::Split { at: samples, found: self.len() });
        }
        Ok((self.copy(0, samples), self.copy(samples, self.len())))
    }

    /// These images with every channel (the last axis) shifted and scaled as it takes to give those of `reference` mean 0 and standard
    /// deviation 1. Networks learn faster on such; the images to test with are scaled as those to train with. A channel that is the same
    /// everywhere is shifted only.
    ///
    /// ```
    /// use model_data::datasets;
    ///
    /// let (train, test) = datasets::shapes(30, 7).split_at(20)?;
    /// let (train, test) = (train.standardized(&train), test.standardized(&train));
    /// assert!(train.images.mean().unwrap().abs() < 1e-5);
    /// assert_eq!(test.images.shape(), [10, 32, 32, 3]);
    /// # Ok::<(), datasets::DataError>(())
    /// ```
    #[must_use]
    pub fn standardized(&self, reference: &Self) -> Self {
        let mut images = self.images.clone();
        let last = Axis(images.ndim().saturating_sub(1));
        for (mut channel, reference) in images.axis_iter_mut(last).zip(reference.images.axis_iter(last)) {
            let count = reference.len().max(1) as f64;
            let mean = reference.iter().map(|&x| f64::from(x)).sum::<f64>() / count;
            let variance = reference.iter().map(|&x| (f64::from(x) - mean).powi(2)).sum::<f64>() / count;
            let scale = if variance > 0.0 { variance.sqrt().recip() } else { 1.0 };
            channel.mapv_inplace(|x| ((f64::from(x) - mean) * scale) as f32);
        }
        Self { images, labels: self.labels.clone() }
    }

    fn copy(&self, start: usize, end: usize) -> Self {
        let range = Slice::from(start..end);
        Self {
            images: self.images.slice_axis(Axis(0), range).to_owned(),
            labels: self.labels.slice_axis(Axis(0), range).to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array3};

    use super::GreyImages;

    fn numbered(samples: usize) -> GreyImages {
        GreyImages {
            images: Array3::from_shape_fn((samples, 2, 2), |(sample, _, _)| sample as f32),
            labels: Array1::from_shape_fn(samples, |sample| sample as i32),
        }
    }

    #[test]
    fn split_keeps_every_sample_in_order() {
        let all = numbered(5);
        for at in 0..=5 {
            let (first, rest) = all.split_at(at).unwrap();
            assert_eq!((first.len(), rest.len()), (at, 5 - at));
            assert_eq!(first, all.take(at));
            let labels: Vec<i32> = first.labels.iter().chain(&rest.labels).copied().collect();
            let images: Vec<f32> = first.images.iter().chain(&rest.images).copied().collect();
            assert_eq!(labels, all.labels.to_vec());
            assert_eq!(images, all.images.iter().copied().collect::<Vec<_>>());
        }
    }

    #[test]
    fn split_beyond_the_end_is_an_error() {
        let error = numbered(5).split_at(6).unwrap_err();
        assert_eq!(error.to_string(), "cannot split after 6 samples: expected at most 5, found 6");
    }

    #[test]
    fn standardized_images_have_mean_0_and_deviation_1_where_they_vary() {
        let mut all = numbered(3);
        all.images.index_axis_mut(ndarray::Axis(2), 1).fill(4.0);
        let scaled = all.standardized(&all);
        assert_eq!(scaled.images.index_axis(ndarray::Axis(2), 1).sum(), 0.0);
        let step = 1.5_f64.sqrt() as f32; // the deviation of 0, 1 and 2 is the root of 2 / 3
        assert_eq!([0, 1, 2].map(|i| scaled.images[[i, 0, 0]]), [-step, 0.0, step]);
        assert_eq!(all.take(1).standardized(&all).images, scaled.take(1).images);
    }

    #[test]
    fn take_gives_all_where_there_are_fewer() {
        assert_eq!(numbered(5).take(9), numbered(5));
        assert!(numbered(5).take(0).is_empty());
    }
}
