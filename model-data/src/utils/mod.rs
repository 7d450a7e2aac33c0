//! Small things that are done to data: sequences to one length, labels to rows.

mod pad_sequences;
mod to_categorical;

pub use pad_sequences::{Pad, Side, pad_sequences};
pub use to_categorical::{ClassAxes, to_categorical};
