#![doc = include_str!("../README.md")]

// The facade: re-exports and the prelude, nothing else.

pub use model_core::{
    Error, Result, any, buffer, check, compiled, constants, custom, datasets, elementary, error, file, float, given, initialize,
    interpret, layer, losses, metrics, network, optimizers, outline, plot, random, shape, slots, tape, tensor, threads, training,
};
pub use model_graph::{Graph, config, graph, layers, named};
pub use model_macros::{functional_model, layer};
pub use ndarray;

#[doc = include_str!("../LANGUAGE.md")]
pub mod language {}

/// What most programs need.
pub mod prelude {
    pub use model_core::custom::{Backward, CustomLayer, CustomObjects, Forward, Gradients};
    pub use model_core::datasets;
    pub use model_core::file::Save;
    pub use model_core::float::Float;
    pub use model_core::interpret::Model;
    pub use model_core::losses::{BinaryCrossentropy, CategoricalCrossentropy, MeanSquaredError, SparseCategoricalCrossentropy};
    pub use model_core::metrics::{Accuracy, BinaryAccuracy, CategoricalAccuracy, MeanAbsoluteError, SparseCategoricalAccuracy};
    pub use model_core::network::{Network, Trainable};
    pub use model_core::optimizers::{Adam, BuiltOptimizer, IntoOptimizer, RmsProp, Sgd};
    pub use model_core::tape::Tape;
    pub use model_core::tensor::Tensor;
    pub use model_core::training::{Fit, Predict, Train, Verbose};
    pub use model_core::{Error, Result, shape};
    pub use model_macros::{functional_model, layer};
}
