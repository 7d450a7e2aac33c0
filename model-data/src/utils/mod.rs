//! Small things that are done to data: sequences to one length, labels to rows, a series to windows, a data set to two.

mod pad_sequences;
mod split_dataset;
mod timeseries;
mod to_categorical;

pub use pad_sequences::{Pad, Side, pad_arrays, pad_sequences};
pub use split_dataset::{PartSize, split_dataset};
pub use timeseries::{Timeseries, timeseries_dataset_from_array};
pub use to_categorical::{ClassAxes, to_categorical};
