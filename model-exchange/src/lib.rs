//! What other programs read and write of models: the bytes of their files on one side, a graph and the elements of its weights on the other.
//!
//! It knows graphs, and neither layers at run time nor training: a weight is what [`Graph::weights`](model_graph::Graph::weights) says it is, and
//! weights are given and taken in that order. Whatever is read is not trusted: nothing in it runs, and nothing is allocated that it does not hold.

pub mod architecture;
pub mod hdf5;
pub mod keras;
pub mod legacy;
#[cfg(feature = "onnx")]
pub mod onnx;
mod part;
#[doc(hidden)]
pub mod regular;
#[cfg(feature = "source")]
pub mod source;
mod tensor;
#[cfg(feature = "tfjs")]
pub mod tfjs;

pub use part::FilePart;
pub use tensor::{Dtype, Elements, Tensor, write_floats};
