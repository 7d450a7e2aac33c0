//! Fashion-MNIST: pictures of clothes of 28 × 28 pixels.

use std::path::Path;

use super::mnist::read_part;
use super::{DataSet, GreyImages};
use crate::DataError;
use crate::source::subfolder;

/// The names of Fashion-MNIST's classes, by label.
pub const FASHION_MNIST_CLASSES: [&str; 10] =
    ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"];

/// Reads Fashion-MNIST's images for training and for testing.
///
/// `folder`, or its subfolder `fashion-mnist`, holds four files of the same names as those of [`mnist`](super::mnist): with another folder than that, one is not
/// taken for the other. The labels' names are [`FASHION_MNIST_CLASSES`].
///
/// ```no_run
/// use model_data::datasets;
///
/// let (train, test) = datasets::fashion_mnist("data")?;
/// assert_eq!(train.images.shape(), [60_000, 28, 28]);
/// assert_eq!(test.labels.shape(), [10_000]);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Shapes
///
/// Images `[samples, 28, 28]`, in `0..=1`; labels `[samples]` in `0..10`.
///
/// # Errors
///
/// As for [`mnist`](super::mnist).
///
/// Source: <https://github.com/zalandoresearch/fashion-mnist> and <https://keras.io/api/datasets/fashion_mnist/>.
pub fn fashion_mnist(folder: impl AsRef<Path>) -> Result<(GreyImages, GreyImages), DataError> {
    let of = DataSet::FashionMnist;
    let folder = subfolder(folder.as_ref(), of.subfolder())?;
    Ok((read_part(&folder, "train", of)?, read_part(&folder, "t10k", of)?))
}

#[cfg(test)]
mod tests {
    use super::fashion_mnist;
    use crate::source::testing::{folder, message};

    #[test]
    fn reads_its_folder_and_says_where_files_are() {
        let images = |shade: u8| [&[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28][..], &[shade; 784]].concat();
        let labels = |label: u8| [0, 0, 8, 1, 0, 0, 0, 1, label];
        let (first, second) = (images(1), images(255));
        let mut files: Vec<(&str, &[u8])> =
            vec![("fashion-mnist/train-images-idx3-ubyte.gz", &first), ("fashion-mnist/t10k-images-idx3-ubyte.gz", &second)];
        let (nine, eight) = (labels(9), labels(8));
        files.push(("fashion-mnist/train-labels-idx1-ubyte.gz", &nine));
        let lacking = folder(&files);
        let error = message(fashion_mnist(lacking.path()).unwrap_err(), lacking.path());
        assert_eq!(
            error,
            "`fashion-mnist` lacks a file: expected `t10k-labels-idx1-ubyte` or `t10k-labels-idx1-ubyte.gz`, found neither; \
             put `https://storage.googleapis.com/tensorflow/tf-keras-datasets/t10k-labels-idx1-ubyte.gz` there"
        );
        files.push(("fashion-mnist/t10k-labels-idx1-ubyte.gz", &eight));
        let whole = folder(&files);
        let (train, test) = fashion_mnist(whole.path()).unwrap();
        assert_eq!((train.labels[0], test.labels[0], test.images[[0, 3, 4]]), (9, 8, 1.0));
    }
}
