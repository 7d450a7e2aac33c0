//! MNIST: handwritten digits of 28 × 28 pixels.

use std::path::{Path, PathBuf};

use ndarray::{Array1, Array3, Ix1, Ix3};

use super::{DataSet, GreyImages, idx};
use crate::DataError;
use crate::npy::{NpyProblem, Npz};
use crate::source::{find, subfolder};
use model_core::memory;

const SIDE: usize = 28;
const CLASSES: usize = 10;

/// Reads MNIST's images for training and for testing.
///
/// `folder`, or its subfolder `mnist`, holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
/// `t10k-labels-idx1-ubyte`, each plain or compressed, with `.gz` behind its name; or else `mnist.npz`, as Keras keeps it in
/// `~/.keras/datasets`.
///
/// ```no_run
/// use model_data::datasets;
///
/// let (train, test) = datasets::mnist("data")?;
/// assert_eq!(train.images.shape(), [60_000, 28, 28]);
/// assert_eq!(test.labels.shape(), [10_000]);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Shapes
///
/// Images `[samples, 28, 28]`, ink in `0..=1`; labels `[samples]` in `0..10`.
///
/// # Errors
///
/// [`DataError`] where a file is missing, cut short, too long, corrupted or of another kind, an image's size is another, a label is
/// above 9, or there is not one label for each image.
///
/// Source: <http://yann.lecun.com/exdb/mnist/>.
pub fn mnist(folder: impl AsRef<Path>) -> Result<(GreyImages, GreyImages), DataError> {
    let folder = folder.as_ref();
    Ok((mnist_part(folder, "train")?, mnist_part(folder, "t10k")?))
}

/// Reads one part of MNIST, `"train"` or `"t10k"`, from a folder that need not hold the other.
///
/// ```no_run
/// use model_data::datasets;
///
/// let (train, test) = datasets::mnist_part("data/mnist", "t10k")?.split_at(8_000)?;
/// assert_eq!(test.images.shape(), [2_000, 28, 28]);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Errors
///
/// As for [`mnist`].
pub fn mnist_part(folder: impl AsRef<Path>, part: &str) -> Result<GreyImages, DataError> {
    let (folder, of) = (folder.as_ref(), DataSet::Mnist);
    let own = subfolder(folder, of.subfolder())?;
    let result = read_part(&own, part, of);
    match (result, KERAS_PARTS.iter().find(|(name, _)| *name == part)) {
        (Err(DataError::MissingFile { .. }), Some((_, keras))) if let Some(path) = archive([&own, folder]) => {
            read_archive(&path, keras)
        }
        (result, _) => result,
    }
}

/// What Keras calls the parts in its archive.
const KERAS_PARTS: [(&str, &str); 2] = [("train", "train"), ("t10k", "test")];

/// Keras's archive in the first of the folders that has it.
fn archive(folders: [&Path; 2]) -> Option<PathBuf> {
    folders.iter().map(|folder| folder.join("mnist.npz")).find(|path| path.is_file())
}

/// Reads a part of Keras's archive.
fn read_archive(path: &Path, part: &str) -> Result<GreyImages, DataError> {
    let (x, y) = (format!("x_{part}"), format!("y_{part}"));
    let mut file = Npz::open(path)?;
    let (images, labels) = (file.read::<u8, Ix3>(&x)?, file.read::<u8, Ix1>(&y)?);
    let check = |name: &str, fits: bool, expected: String, found: &[usize]| {
        file.check(name, || if fits { Ok(()) } else { Err(NpyProblem::Shape { expected, found: found.to_vec() }) })
    };
    let samples = images.shape()[0];
    check(&x, images.shape()[1..] == [SIDE, SIDE], "[samples, 28, 28]".to_owned(), images.shape())?;
    check(&y, labels.len() == samples, format!("[{samples}]"), labels.shape())?;
    labelled((&images, path), (&labels, path))
}

/// Reads images of digits or clothes: their files have the same names and sizes.
pub(super) fn read_part(folder: &Path, part: &str, of: DataSet) -> Result<GreyImages, DataError> {
    let images_path = find(folder, &format!("{part}-images-idx3-ubyte"), of)?;
    let labels_path = find(folder, &format!("{part}-labels-idx1-ubyte"), of)?;

    let images = idx::read::<Ix3>(&images_path)?;
    if images.shape()[1..] != [SIDE, SIDE] {
        return Err(DataError::Shape { path: images_path, expected: "[samples, 28, 28]", found: images.shape().to_vec() });
    }
    let labels = idx::read::<Ix1>(&labels_path)?;
    if labels.len() != images.shape()[0] {
        return Err(DataError::Count { images_path, images: images.shape()[0], labels_path, labels: labels.len() });
    }
    labelled((&images, &images_path), (&labels, &labels_path))
}

/// Images with their labels, each of which has been read from a file.
fn labelled(
    (images, images_path): (&Array3<u8>, &Path),
    (labels, labels_path): (&Array1<u8>, &Path),
) -> Result<GreyImages, DataError> {
    if let Some((index, &found)) = labels.iter().enumerate().find(|&(_, &label)| usize::from(label) >= CLASSES) {
        return Err(DataError::Label { path: labels_path.to_owned(), index, classes: CLASSES, found });
    }
    let refused = |refusal| DataError::TooLarge { path: images_path.to_owned(), refusal };
    memory::claim(memory::bytes_of::<f32>(images.len()), || "the images".to_owned()).map_err(refused)?;
    Ok(GreyImages { images: images.mapv(|ink| f32::from(ink) / 255.0), labels: labels.mapv(i32::from) })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ndarray::{Array1, Array3, array};

    use super::{mnist, mnist_part};
    use crate::npy::NpzWriter;
    use crate::source::testing::{folder, message, real_data};

    /// Images of one shade each, 0, 1, 2, …, as a file.
    fn images(samples: u8, side: u8) -> Vec<u8> {
        let mut file = vec![0, 0, 8, 3, 0, 0, 0, samples, 0, 0, 0, side, 0, 0, 0, side];
        (0..samples).for_each(|sample| file.extend(vec![sample; usize::from(side) * usize::from(side)]));
        file
    }

    fn labels(labels: &[u8]) -> Vec<u8> {
        [&[0, 0, 8, 1, 0, 0, 0, labels.len() as u8], labels].concat()
    }

    fn check_error(images: &[u8], labels: &[u8], expected: &str) {
        let folder = folder(&[("t10k-images-idx3-ubyte", images), ("t10k-labels-idx1-ubyte.gz", labels)]);
        let error = mnist_part(folder.path(), "t10k").unwrap_err();
        assert_eq!(message(error, folder.path()), expected);
    }

    #[test]
    fn reads_both_parts() {
        let folder = folder(&[
            ("train-images-idx3-ubyte.gz", &images(3, 28)),
            ("train-labels-idx1-ubyte", &labels(&[9, 0, 5])),
            ("t10k-images-idx3-ubyte", &images(2, 28)),
            ("t10k-labels-idx1-ubyte.gz", &labels(&[1, 2])),
        ]);
        let (train, test) = mnist(folder.path()).unwrap();
        assert_eq!(train.images.shape(), [3, 28, 28]);
        assert_eq!(train.images[[2, 27, 27]], 2.0 / 255.0);
        assert_eq!(train.labels.to_vec(), [9, 0, 5]);
        assert_eq!(test.images.shape(), [2, 28, 28]);
        assert_eq!(test, mnist_part(folder.path(), "t10k").unwrap());
    }

    #[test]
    fn looks_into_the_folder_of_digits() {
        let (images, labels) = (images(2, 28), labels(&[1, 2]));
        let folder = folder(&[("mnist/t10k-images-idx3-ubyte", &images), ("mnist/t10k-labels-idx1-ubyte.gz", &labels)]);
        let outside = mnist_part(folder.path(), "t10k").unwrap();
        assert_eq!(outside, mnist_part(folder.path().join("mnist"), "t10k").unwrap());
        let error = message(mnist(folder.path()).unwrap_err(), folder.path());
        assert!(error.starts_with("`mnist` lacks a file: expected `train-images-idx3-ubyte`"), "{error}");
    }

    /// `numpy.savez_compressed` of these names is what Keras downloads.
    #[test]
    fn reads_the_archive_of_keras() {
        let images = |samples: usize| Array3::from_shape_fn((samples, 28, 28), |(sample, row, _)| (sample * 50 + row) as u8);
        let write = |path: &Path, test: &Array1<u8>| {
            let archive = NpzWriter::compressed().add("x_train", &images(3)).unwrap();
            let archive = archive.add("y_train", &array![9_u8, 0, 5]).unwrap().add("x_test", &images(2)).unwrap();
            archive.add("y_test", test).unwrap().save(path).unwrap();
        };
        let folder = folder(&[]);
        let path = folder.path().join("mnist.npz");
        write(&path, &array![1_u8, 2]);
        let (train, test) = mnist(folder.path()).unwrap();
        assert_eq!(train.images.shape(), [3, 28, 28]);
        assert_eq!((train.images[[2, 27, 0]], train.labels.to_vec()), (127.0 / 255.0, vec![9, 0, 5]));
        assert_eq!((test.images.shape(), test.labels.to_vec()), (&[2, 28, 28][..], vec![1, 2]));
        let check = |labels: &Array1<u8>, expected: &str| {
            write(&path, labels);
            let error = message(mnist(folder.path()).unwrap_err(), folder.path());
            assert!(error.contains(expected), "{error}");
        };
        check(&array![1, 10], "label 1 of `mnist.npz` is out of range: expected 0 to 9, found 10");
        check(&array![1], "array `y_test`: expected shape [2], found [1]");
    }

    #[test]
    fn names_what_is_missing() {
        let folder = folder(&[("train-images-idx3-ubyte", &images(1, 28))]);
        let address = "https://storage.googleapis.com/cvdf-datasets/mnist";
        let missing = |name| {
            format!("`folder` lacks a file: expected `{name}` or `{name}.gz`, found neither; put `{address}/{name}.gz` there")
        };
        for (part, name) in [("train", "train-labels-idx1-ubyte"), ("t10k", "t10k-images-idx3-ubyte")] {
            let error = mnist_part(folder.path(), part).unwrap_err();
            assert_eq!(message(error, folder.path()), missing(name));
        }
        let error = mnist(folder.path().join("none")).unwrap_err();
        assert_eq!(message(error, folder.path()), "there is no folder `none`");
    }

    #[test]
    fn refuses_other_images() {
        check_error(
            &images(1, 32),
            &labels(&[1]),
            "`t10k-images-idx3-ubyte` has the wrong shape: expected [samples, 28, 28], found [1, 32, 32]",
        );
        check_error(
            &labels(&[1]),
            &labels(&[1]),
            "`t10k-images-idx3-ubyte` starts with the wrong magic: \
             expected `00 00 08 03` (unsigned bytes, 3 dimensions), found `00 00 08 01`",
        );
        check_error(
            &images(1, 28)[..500],
            &labels(&[1]),
            "`t10k-images-idx3-ubyte` has the wrong size: expected 800 bytes, found 500",
        );
    }

    #[test]
    fn refuses_other_labels() {
        check_error(
            &images(2, 28),
            &labels(&[1, 2, 3]),
            "`t10k-images-idx3-ubyte` and `t10k-labels-idx1-ubyte.gz` do not belong together: \
             expected a label for each of 2 images, found 3 labels",
        );
        check_error(
            &images(2, 28),
            &labels(&[1, 10]),
            "label 1 of `t10k-labels-idx1-ubyte.gz` is out of range: expected 0 to 9, found 10",
        );
    }

    #[test]
    fn reads_the_published_files() {
        let Some(folder) = real_data("mnist") else { return };
        let test = mnist_part(folder, "t10k").unwrap();
        assert_eq!(test.images.shape(), [10_000, 28, 28]);
        assert_eq!(test.labels.iter().take(8).copied().collect::<Vec<_>>(), [7, 2, 1, 0, 4, 1, 4, 9]);
        let mean = test.images.mean().unwrap();
        assert!((mean - 0.1325).abs() < 0.001, "{mean}");
    }
}
