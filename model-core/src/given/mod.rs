//! What users hand to a model: arrays by name or in order, and how they become what the model takes. Nothing else looks at users' arrays.

mod array;
mod arrays;
mod by_hand;
mod judged;
mod named;
mod pairs;
mod ports;
mod samples;
mod standard;
mod stream;
mod traced;
mod weights;

pub use array::{AnyArray, Element};
pub use arrays::{Arrays, AsArray, FloatArray, Real};
pub use pairs::Examples;
pub use stream::{Batches, Data, InputData, Round, Source, Stream};
/// What a model predicts: an array `[samples, ..]`.
pub type Predicted = ndarray::ArrayD<f32>;

pub(crate) use by_hand::{Counts, judge};
pub(crate) use judged::{Judged, count};
pub(crate) use named::bind;
pub(crate) use ports::{Port, ports, written};
pub(crate) use samples::{Samples, Target, rows};
pub(crate) use standard::{TargetForm, check_call, check_finite, check_samples, gradients, inputs, samples, target};
pub(crate) use traced::{Mean, Over};
