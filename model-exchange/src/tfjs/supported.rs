//! What TensorFlow.js has of layers, activations and starts, and which arguments it passes over or lacks.

/// The layers that it has, as `tfjs-layers` 4.22 registers them, of those that this library has.
pub(super) const LAYERS: &[&str] = &[
    "Activation",
    "Add",
    "AlphaDropout",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dot",
    "Dropout",
    "ELU",
    "Embedding",
    "Flatten",
    "GRU",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "LSTM",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Minimum",
    "Multiply",
    "PReLU",
    "Permute",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "SeparableConv2D",
    "SimpleRNN",
    "Softmax",
    "SpatialDropout1D",
    "TimeDistributed",
    "UpSampling2D",
    "ZeroPadding2D",
];

/// The activations that mean the same there. Its `hard_sigmoid` is another function.
pub(super) const ACTIVATIONS: &[&str] = &[
    "linear",
    "elu",
    "selu",
    "relu",
    "relu6",
    "sigmoid",
    "softplus",
    "softsign",
    "tanh",
    "softmax",
    "log_softmax",
    "gelu",
    "mish",
    "silu",
];

/// The starts of weights that it has.
pub(super) const INITIALIZERS: &[&str] = &[
    "Zeros",
    "Ones",
    "Constant",
    "RandomUniform",
    "RandomNormal",
    "TruncatedNormal",
    "Identity",
    "VarianceScaling",
    "GlorotUniform",
    "GlorotNormal",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
];

/// What an argument must be, since the layer has none such: the value that changes nothing.
#[derive(Clone, Copy)]
pub(super) enum Only {
    Flag(bool),
    Number(f64),
    /// Nothing.
    Null,
}

/// Arguments that its layers do not have, by class, and what they may be.
pub(super) const LACKED: &[(&[&str], &str, Only)] = &[
    (&["Conv1D", "Conv2D", "Conv3D", "SeparableConv2D", "Conv2DTranspose"], "groups", Only::Number(1.0)),
    (&["Conv2DTranspose"], "output_padding", Only::Null),
    (&["ELU"], "alpha", Only::Number(1.0)),
    (&["SimpleRNN", "LSTM", "GRU"], "unroll", Only::Flag(false)),
    (&["ReLU"], "negative_slope", Only::Number(0.0)),
    (&["ReLU"], "threshold", Only::Number(0.0)),
    (&["GRU"], "reset_after", Only::Flag(false)),
    (&["BatchNormalization"], "synchronized", Only::Flag(false)),
    (
        &["GlobalAveragePooling1D", "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D"],
        "keepdims",
        Only::Flag(false),
    ),
];

/// Arguments that have another name there.
pub(super) const RENAMED: &[(&str, &str, &str)] = &[("LeakyReLU", "negative_slope", "alpha")];
