//! The records of CIFAR's binary versions: labels, then all reds, all greens and all blues of 32 × 32 pixels.

use std::path::{Path, PathBuf};

use model_core::memory;
use ndarray::{Array1, Array4};

use super::ColourImages;
use crate::DataError;
use crate::source::Source;

const SIDE: usize = 32;
const CHANNELS: usize = 3;
pub(super) const PIXELS: usize = SIDE * SIDE;

/// How the records of a data set are made up.
pub(super) struct Records {
    /// How many labels stand in front of an image.
    pub labels: usize,
    /// Which of them is read.
    pub label: usize,
    /// How many classes that one tells apart.
    pub classes: usize,
    /// How many records a file can have.
    pub most: u64,
}

impl Records {
    const fn size(&self) -> usize {
        self.labels + CHANNELS * PIXELS
    }

    fn read_file(&self, path: &Path) -> Result<Vec<u8>, DataError> {
        let (record, most) = (self.size() as u64, self.most);
        let mut source = Source::open(path)?;
        let bytes = source.read_up_to(most * record + 1)?;
        let read = bytes.len() as u64;
        if read == 0 || !read.is_multiple_of(record) {
            let found = source.found_size(read, most * record);
            return Err(DataError::Records { path: path.to_owned(), record, most, found });
        }
        Ok(bytes)
    }
}

/// The images of all files, one file after the other.
pub(super) fn read(paths: &[PathBuf], records: &Records) -> Result<ColourImages, DataError> {
    let mut images = Vec::new();
    let mut labels = Vec::new();
    for path in paths {
        let bytes = records.read_file(path)?;
        let more = bytes.len() / records.size() * CHANNELS * PIXELS;
        let all = memory::bytes_of::<f32>(images.len() + more);
        let refused = |refusal| DataError::TooLarge { path: path.clone(), refusal };
        memory::claim(all, || "the images up to this file".to_owned()).map_err(refused)?;
        images.reserve_exact(more);
        for (index, record) in bytes.chunks_exact(records.size()).enumerate() {
            let (found, classes) = (record[records.label], records.classes);
            if usize::from(found) >= classes {
                return Err(DataError::Label { path: path.clone(), index, classes, found });
            }
            labels.push(i32::from(found));
            push_channels_last(&mut images, &record[records.labels..]);
        }
    }
    let shape = (labels.len(), SIDE, SIDE, CHANNELS);
    let images = Array4::from_shape_vec(shape, images).expect("every record adds one image");
    Ok(ColourImages { images, labels: Array1::from_vec(labels) })
}

fn push_channels_last(images: &mut Vec<f32>, colours: &[u8]) {
    let (red, rest) = colours.split_at(PIXELS);
    let (green, blue) = rest.split_at(PIXELS);
    for ((&red, &green), &blue) in red.iter().zip(green).zip(blue) {
        images.extend([red, green, blue].map(|colour| f32::from(colour) / 255.0));
    }
}

#[cfg(test)]
mod tests {
    use super::Records;
    use crate::source::testing::{folder, message};

    #[test]
    fn refuses_more_records_than_there_can_be() {
        let bytes = vec![1; 3 * 3074];
        let folder = folder(&[("plain", &bytes), ("small.gz", &bytes)]);
        let records = |most| Records { labels: 2, label: 1, classes: 10, most };
        for (name, found) in [("plain", "found 9222 bytes"), ("small.gz", "found more than 6148 bytes")] {
            let path = folder.path().join(name);
            assert_eq!(records(3).read_file(&path).unwrap(), bytes);
            let error = message(records(2).read_file(&path).unwrap_err(), folder.path());
            assert_eq!(error, format!("`{name}` has the wrong size: expected 1 to 2 records of 3074 bytes, {found}"));
        }
    }
}
