//! What stands before and behind networks that were trained on ImageNet: Keras's `keras.applications.imagenet_utils`.

mod class_index;
mod colours;

pub use class_index::{ClassIndex, Prediction, decode_predictions};
pub use colours::{caffe, tf, torch, unchanged};
