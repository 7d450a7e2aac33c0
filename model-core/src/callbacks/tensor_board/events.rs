//! TensorBoard's files: records of protocol buffers, each with checksums. What is written of them is written here by hand.
//!
//! Source: `tensorflow/core/util/event.proto`, `summary.proto` and `lib/io/record_writer.cc`.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::callbacks::Outcome;

/// A file of events.
#[derive(Debug)]
pub(super) struct Events {
    path: PathBuf,
    file: File,
}

/// What stands under a tag.
#[derive(Debug)]
pub(super) enum Value {
    Scalar(f64),
    Histogram(Histogram),
    /// A model's configuration, which TensorBoard draws.
    Graph(String),
}

/// How often elements are in each bucket.
#[derive(Debug, Default)]
pub(super) struct Histogram {
    least: f64,
    most: f64,
    count: f64,
    sum: f64,
    sum_of_squares: f64,
    /// The upper ends of the buckets, and how many elements are below each and above the one before.
    limits: Vec<f64>,
    counts: Vec<f64>,
}

/// The buckets of a histogram.
const BUCKETS: usize = 30;

impl Value {
    /// The histogram of elements, in even buckets between the least and the most.
    pub(super) fn histogram(elements: impl Iterator<Item = f64> + Clone) -> Self {
        let mut histogram = Histogram { least: f64::INFINITY, most: f64::NEG_INFINITY, ..Histogram::default() };
        for element in elements.clone() {
            (histogram.least, histogram.most) = (histogram.least.min(element), histogram.most.max(element));
            histogram.count += 1.0;
            histogram.sum += element;
            histogram.sum_of_squares += element * element;
        }
        let width = (histogram.most - histogram.least) / BUCKETS as f64;
        // Elements that are all the same have one bucket.
        let buckets = if width > 0.0 { BUCKETS } else { 1 };
        histogram.limits = (1..=buckets).map(|bucket| histogram.least + width * bucket as f64).collect();
        histogram.counts = vec![0.0; buckets];
        for element in elements {
            let place = if width > 0.0 { ((element - histogram.least) / width) as usize } else { 0 };
            histogram.counts[place.min(buckets - 1)] += 1.0;
        }
        Self::Histogram(histogram)
    }
}

impl Events {
    /// Begins a file in a folder, which is made if it is not there.
    pub(super) fn create(folder: &Path) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let name = |counter: u32| format!("events.out.tfevents.{}.{}.{counter}.v2", now.as_secs(), std::process::id());
        let failed = |path: &Path, error: std::io::Error| format!("`{}`: {error}", path.display());
        std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        // Two trainings may begin within a second.
        let path =
            (0..).map(|counter| folder.join(name(counter))).find(|path| !path.exists()).unwrap_or_else(|| folder.join(name(0)));
        let file = File::create_new(&path).map_err(|error| failed(&path, error))?;
        let mut events = Self { path, file };
        events.record(&Message::default().double(1, seconds()).text(3, "brain.Event:2").0)?;
        Ok(events)
    }

    /// Writes values at a step.
    pub(super) fn write(&mut self, step: i64, values: Vec<(String, Value)>) -> Outcome {
        let summary = values
            .into_iter()
            .fold(Message::default(), |summary, (tag, value)| summary.message(1, value.write(Message::default().text(1, &tag))));
        self.record(&Message::default().double(1, seconds()).varint(2, step as u64).message(5, summary).0)
    }

    fn record(&mut self, data: &[u8]) -> Outcome {
        let length = (data.len() as u64).to_le_bytes();
        let record = [&length[..], &masked(&length).to_le_bytes(), data, &masked(data).to_le_bytes()].concat();
        let written = self.file.write_all(&record).and_then(|()| self.file.flush());
        Ok(written.map_err(|error| format!("`{}`: {error}", self.path.display()))?)
    }
}

impl Value {
    /// The fields of a summary's value, behind its tag.
    fn write(self, message: Message) -> Message {
        match self {
            Self::Scalar(value) => message.float(2, value as f32),
            Self::Histogram(histogram) => {
                let numbers = [histogram.least, histogram.most, histogram.count, histogram.sum, histogram.sum_of_squares];
                let own = (1..).zip(numbers).fold(Message::default(), |own, (field, number)| own.double(field, number));
                message.message(5, own.doubles(6, &histogram.limits).doubles(7, &histogram.counts))
            }
            Self::Graph(config) => {
                let plugin = Message::default().text(1, "graph_keras_model").text(2, "1");
                // A string tensor without axes.
                let tensor = Message::default().varint(1, 7).message(2, Message::default()).text(8, &config);
                message.message(8, tensor).message(9, Message::default().message(1, plugin))
            }
        }
    }
}

fn seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

/// A protocol buffer as it is put together.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(&mut self, mut number: u64) {
        while number > 0x7f {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn key(&mut self, field: u64, kind: u64) {
        self.number(field << 3 | kind);
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.key(field, 2);
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: Self) -> Self {
        self.bytes(field, &message.0)
    }

    fn varint(mut self, field: u64, number: u64) -> Self {
        self.key(field, 0);
        self.number(number);
        self
    }

    fn double(mut self, field: u64, number: f64) -> Self {
        self.key(field, 1);
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn float(mut self, field: u64, number: f32) -> Self {
        self.key(field, 5);
        self.0.extend_from_slice(&number.to_le_bytes());
        self
    }

    fn doubles(self, field: u64, numbers: &[f64]) -> Self {
        self.bytes(field, &numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>())
    }
}

/// The checksum CRC-32C, masked as records have it: a checksum of what holds a checksum would tell little.
fn masked(data: &[u8]) -> u32 {
    let sum = data.iter().fold(!0_u32, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0x82f6_3b78 } else { sum >> 1 })
    });
    (!sum).rotate_right(15).wrapping_add(0xa282_ead8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of CRC-32C, and what `tensorboard.compat.tensorflow_stub.pywrap_tensorflow.masked_crc32c` gives for it.
    #[test]
    fn checksums_are_crc_32c() {
        let unmasked = masked(b"123456789").wrapping_sub(0xa282_ead8).rotate_left(15);
        assert_eq!(unmasked, 0xe306_9283);
    }

    #[test]
    fn histograms_count_every_element() {
        let Value::Histogram(histogram) = Value::histogram([-1.0, 0.0, 0.5, 2.0].into_iter()) else { unreachable!("it is one") };
        assert_eq!((histogram.least, histogram.most, histogram.count, histogram.sum), (-1.0, 2.0, 4.0, 1.5));
        assert_eq!(histogram.counts.iter().sum::<f64>(), 4.0);
        assert_eq!((histogram.counts[0], histogram.counts[29]), (1.0, 1.0));
        let Value::Histogram(same) = Value::histogram([3.0; 5].into_iter()) else { unreachable!("it is one") };
        assert_eq!((same.limits, same.counts), (vec![3.0], vec![5.0]));
    }
}
