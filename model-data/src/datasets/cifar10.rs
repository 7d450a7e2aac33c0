//! CIFAR-10 in its binary version: colour photographs of 32 × 32 pixels, in ten classes.

use std::fs;
use std::path::{Path, PathBuf};

use super::cifar::{Records, read};
use super::{ColourImages, DataSet};
use crate::DataError;
use crate::source::{find, subfolder};

/// The names of CIFAR-10's classes, by label.
pub const CIFAR10_CLASSES: [&str; 10] =
    ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

const RECORDS: Records = Records { labels: 1, label: 0, classes: CIFAR10_CLASSES.len(), most: 10_000 };

/// Reads CIFAR-10's images for training and for testing.
///
/// Training images come from every `data_batch_<number>.bin`, in the order of the numbers; images for testing from `test_batch.bin`. The
/// files lie in `folder`, or in its subfolder `cifar-10-batches-bin`; each may be compressed, with `.gz` behind its name, and may hold
/// fewer than its 10,000 records. The labels' names are [`CIFAR10_CLASSES`].
///
/// ```no_run
/// use model_data::datasets;
///
/// let (train, test) = datasets::cifar10("data")?;
/// assert_eq!(train.images.shape(), [50_000, 32, 32, 3]);
/// assert_eq!(test.labels.shape(), [10_000]);
/// # Ok::<(), datasets::DataError>(())
/// ```
///
/// # Shapes
///
/// Images `[samples, 32, 32, 3]` of red, green, blue in `0..=1`; labels `[samples]` in `0..10`.
///
/// # Errors
///
/// [`DataError`] where the folder, the test file or all training files are missing, a file is not a whole number of records, from 1 to
/// 10,000, a label is above 9, or a `.gz` file is corrupted.
///
/// Source: <https://www.cs.toronto.edu/~kriz/cifar.html>, "Binary version".
pub fn cifar10(folder: impl AsRef<Path>) -> Result<(ColourImages, ColourImages), DataError> {
    let folder = subfolder(folder.as_ref(), DataSet::Cifar10.subfolder())?;
    let train = read(&training_batches(&folder)?, &RECORDS)?;
    let test = read(&[find(&folder, "test_batch.bin", DataSet::Cifar10)?], &RECORDS)?;
    Ok((train, test))
}

fn training_batches(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut numbers = Vec::new();
    let io_error = |source| DataError::Io { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(io_error)? {
        numbers.extend(batch_number(&entry.map_err(io_error)?.file_name().to_string_lossy()));
    }
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.is_empty() {
        numbers.push(1); // to be reported as missing
    }
    numbers.into_iter().map(|number| find(folder, &batch_name(number), DataSet::Cifar10)).collect()
}

fn batch_name(number: u32) -> String {
    format!("data_batch_{number}.bin")
}

fn batch_number(file_name: &str) -> Option<u32> {
    let plain = file_name.strip_suffix(".gz").unwrap_or(file_name);
    let number = plain.strip_prefix("data_batch_")?.strip_suffix(".bin")?.parse().ok()?;
    (batch_name(number) == plain).then_some(number)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use ndarray::Axis;

    use super::super::cifar::PIXELS;
    use super::cifar10;
    use crate::source::testing::{folder, message, real_data};

    const RECORD: usize = 3073;

    /// One image whose red, green and blue are `label`, `label + 10` and `label + 20`, but for its second pixel's red, 255.
    fn record(label: u8) -> Vec<u8> {
        let mut record = vec![label];
        for colour in [label, label + 10, label + 20] {
            record.extend([colour; PIXELS]);
        }
        record[2] = 255;
        assert_eq!(record.len(), RECORD);
        record
    }

    fn check_error(files: &[(&str, &[u8])], expected: &str) {
        let folder = folder(files);
        let error = cifar10(folder.path()).unwrap_err();
        assert_eq!(message(error, folder.path()), expected);
    }

    #[test]
    fn reads_batches_in_order_with_channels_last() {
        let two = [record(3), record(4)].concat();
        let ten = record(9);
        let folder = folder(&[
            ("data_batch_10.bin", &ten),
            ("data_batch_2.bin.gz", &two),
            ("data_batch_1.bin", &record(1)),
            ("data_batch_1.bin.part", b"ignored"),
            ("data_batch_x.bin", b"ignored"),
            ("test_batch.bin.gz", &record(7)),
        ]);
        let (train, test) = cifar10(folder.path()).unwrap();
        assert_eq!(train.labels.to_vec(), [1, 3, 4, 9]);
        assert_eq!(train.images.shape(), [4, 32, 32, 3]);
        assert_eq!(test.labels.to_vec(), [7]);
        assert_eq!(test.images.shape(), [1, 32, 32, 3]);
        assert_eq!(train.images[[1, 0, 0, 0]], 3.0 / 255.0);
        assert_eq!(train.images[[1, 0, 1, 0]], 1.0);
        assert_eq!(train.images[[1, 0, 1, 1]], 13.0 / 255.0);
        assert_eq!(train.images[[3, 31, 31, 2]], 29.0 / 255.0);
    }

    #[test]
    fn looks_into_the_folder_of_the_archive() {
        let folder =
            folder(&[("cifar-10-batches-bin/data_batch_1.bin", &record(1)), ("cifar-10-batches-bin/test_batch.bin", &record(2))]);
        let (train, test) = cifar10(folder.path()).unwrap();
        assert_eq!((train.labels[0], test.labels[0]), (1, 2));
    }

    #[test]
    fn names_what_is_missing() {
        check_error(
            &[],
            "`folder` lacks a file: expected `data_batch_1.bin` or `data_batch_1.bin.gz`, found neither; unpack `https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz` there",
        );
        check_error(
            &[("data_batch_5.bin", &record(1))],
            "`folder` lacks a file: expected `test_batch.bin` or `test_batch.bin.gz`, found neither; \
             unpack `https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz` there",
        );
        let folder = folder(&[]);
        let error = cifar10(folder.path().join("none")).unwrap_err();
        assert_eq!(message(error, folder.path()), "there is no folder `none`");
    }

    #[test]
    fn refuses_another_size() {
        let cases: [(&[u8], &str); 3] = [
            (&[], "found 0 bytes"),
            (&record(1)[..3000], "found 3000 bytes"),
            (&[record(1), vec![0]].concat(), "found 3074 bytes"),
        ];
        for (bytes, found) in cases {
            for name in ["data_batch_1.bin", "data_batch_1.bin.gz"] {
                let expected = format!("`{name}` has the wrong size: expected 1 to 10000 records of 3073 bytes, {found}");
                check_error(&[(name, bytes)], &expected);
            }
        }
    }

    #[test]
    fn refuses_labels_out_of_range() {
        check_error(
            &[("data_batch_1.bin", &[record(9), record(10)].concat())],
            "label 1 of `data_batch_1.bin` is out of range: expected 0 to 9, found 10",
        );
    }

    #[test]
    fn refuses_corrupted_gzip() {
        let folder = folder(&[("data_batch_1.bin", &record(0))]);
        fs::write(folder.path().join("test_batch.bin.gz"), b"no gzip").unwrap();
        let text = message(cifar10(folder.path()).unwrap_err(), folder.path());
        assert!(text.starts_with("`test_batch.bin.gz` is corrupted: expected whole gzip data, found: "), "{text}");
    }

    #[test]
    fn agrees_with_the_bytes_of_real_files() {
        let Some(folder) = real_data("cifar-10-batches-bin") else { return };
        let (train, test) = cifar10(folder.parent().unwrap()).unwrap();
        for (images, name) in [(&train, "data_batch_1.bin"), (&test, "test_batch.bin")] {
            let Ok(bytes) = fs::read(folder.join(name)) else { continue };
            for sample in [0, 1, bytes.len() / RECORD - 1] {
                let record = &bytes[sample * RECORD..][..RECORD];
                assert_eq!(images.labels[sample], i32::from(record[0]));
                for ((row, column, channel), &colour) in images.images.index_axis(Axis(0), sample).indexed_iter() {
                    assert_eq!(colour, f32::from(record[1 + channel * PIXELS + row * 32 + column]) / 255.0);
                }
            }
        }
        assert!(train.images.iter().all(|colour| (0.0..=1.0).contains(colour)));
        let mean = train.images.mean().unwrap();
        assert!((0.4..0.55).contains(&mean), "{mean}");
    }
}
