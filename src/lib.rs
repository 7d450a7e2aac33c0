#![doc = include_str!("../README.md")]

// The facade: re-exports and the prelude, nothing else.

#[cfg(feature = "applications")]
pub mod applications;

pub use model_core::{
    Error, Result, callbacks, check, custom, distribution, error, file, float, given, interpret, losses, memory, metrics, module,
    network, optimizers, pass, plot, profile, random, schedules, shape, tensor, threads, training, variable,
};
#[cfg(feature = "csv")]
pub use model_data::csv;
#[cfg(feature = "images")]
pub use model_data::images;
pub use model_data::{DataError, dataset, datasets, npy, preprocessing, utils};
/// Files of other programs, as bytes and graphs: [`files_guide`] tells of those that models are loaded from and saved to.
pub use model_exchange as exchange;
pub use model_graph::{Graph, config, layers};

// What generated code and the library's own tests and tools name.
#[doc(hidden)]
pub use model_core::{any, buffer, compiled, constants, elementary, initialize, layer, outline, slots, states};
#[doc(hidden)]
pub use model_graph::{graph, named};

#[doc(hidden)]
pub use model_macros::__layer;
/// The derive of [`module::Module`].
#[doc(inline)]
pub use model_macros::Module;
#[doc(inline)]
#[doc = include_str!("../LANGUAGE.md")]
pub use model_macros::functional_model;
#[doc(inline)]
pub use model_macros::layer;
pub use ndarray;

#[doc = include_str!("../FILES.md")]
pub mod files_guide {}

#[doc = include_str!("../TRAINING.md")]
pub mod training_guide {}

/// What most programs need.
pub mod prelude {
    pub use model_core::callbacks::{
        BackupAndRestore, CSVLogger, Callback, Callbacks, EarlyStopping, LambdaCallback, LearningRateScheduler, Logs,
        ModelCheckpoint, Outcome, ReduceLROnPlateau, TensorBoard, TerminateOnNaN, Training,
    };
    pub use model_core::custom::{Backward, Call, CallLayer, CustomLayer, CustomObjects, Forward, Gradients};
    #[cfg(feature = "onnx")]
    pub use model_core::file::Export;
    pub use model_core::file::{Differences, Save};
    pub use model_core::float::Float;
    pub use model_core::interpret::Model;
    pub use model_core::layer::Layer;
    pub use model_core::losses::{
        BinaryCrossentropy, BinaryFocalCrossentropy, CTC, CategoricalCrossentropy, CategoricalFocalCrossentropy,
        CategoricalGeneralizedCrossEntropy, CategoricalHinge, Circle, CosineSimilarity, Dice, Hinge, Huber, KLDivergence,
        LogCosh, Loss, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError, MeanSquaredLogarithmicError, Poisson,
        Reduction, SparseCategoricalCrossentropy, SquaredHinge, Tversky,
    };
    pub use model_core::metrics::{
        AUC, Accuracy, BinaryAccuracy, BinaryIoU, CategoricalAccuracy, ConcordanceCorrelation, ConfusionMatrix, F1Score,
        FBetaScore, FalseNegatives, FalsePositives, IoU, LogCoshError, MeanIoU, Metric, MetricState, MetricValue, OneHotIoU,
        OneHotMeanIoU, PearsonCorrelation, Precision, PrecisionAtRecall, R2Score, Recall, RecallAtPrecision,
        RootMeanSquaredError, SensitivityAtSpecificity, SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy,
        SpecificityAtSensitivity, TopKCategoricalAccuracy, TrueNegatives, TruePositives,
    };
    pub use model_core::module::{Module, OwnModel};
    pub use model_core::network::{Network, Trainable};
    pub use model_core::optimizers::{Adam, AdamW, BuiltOptimizer, IntoOptimizer, MultiOptimizer, RMSprop, SGD};
    pub use model_core::pass::Pass;
    pub use model_core::tensor::Tensor;
    pub use model_core::training::{ClassWeight, Evaluate, Fit, Predict, Train, Verbose};
    pub use model_core::variable::{Build, Callable, Input, Inputs, Lazy, Sequential, Tape, Typed, Var};
    pub use model_core::{Error, Result, shape};
    pub use model_data::dataset::Dataset;
    pub use model_data::{datasets, preprocessing};
    pub use model_macros::{Module, functional_model, layer};
}
