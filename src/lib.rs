//! Neural networks in Rust, written as in the Keras functional API, every shape checked by the compiler.
//!
//! The facade: re-exports and the prelude, nothing else.

pub use model_core::{
    Error, Result, buffer, compiled, datasets, error, float, given, initialize, kernels, layer, losses, metrics, network,
    optimizers, shape, slots, tape, tensor, threads,
};
pub use model_graph::{Graph, config, layers};
pub use model_macros::functional_model;

/// What most programs need.
pub mod prelude {
    pub use model_core::datasets;
    pub use model_core::network::Network;
    pub use model_core::tape::Tape;
    pub use model_core::tensor::Tensor;
    pub use model_core::{Error, Result, shape};
    pub use model_macros::functional_model;
}
