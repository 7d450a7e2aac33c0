//! Classes of older versions: today's names for them, and those that there are none for.

/// A class that cannot be read, why, and what to do.
type Refused = (&'static str, &'static str, &'static str);

const GONE: &str = "which Keras has left behind";
const CODE: &str = "which runs code that is in no document";

/// Classes that no layer of today stands for.
pub(super) const REFUSED: &[Refused] = &[
    ("Lambda", CODE, "write what it does in operations, or as a layer of your own with `#[layer]`"),
    ("MaxoutDense", GONE, "write it as a `Dense` of `output_dim * nb_feature` units, a `Reshape` and the largest along an axis"),
    ("Highway", GONE, "write it with `Dense`, `Multiply` and `Add`"),
    ("ParametricSoftplus", GONE, "write it as a layer of your own with `#[layer]`"),
    ("SReLU", GONE, "write it as a layer of your own with `#[layer]`"),
    ("LocallyConnected1D", GONE, "write it as a layer of your own with `#[layer]`"),
    ("LocallyConnected2D", GONE, "write it as a layer of your own with `#[layer]`"),
    ("ConvRecurrent2D", GONE, "use `ConvLSTM2D`"),
    ("ConvLSTM2DCell", GONE, "use `ConvLSTM2D`"),
    ("RandomFourierFeatures", GONE, "write it as a layer of your own with `#[layer]`"),
    ("DenseFeatures", GONE, "take the columns apart before the model"),
];

/// Classes with another name today.
const RENAMED: &[(&str, &str)] = &[
    ("AtrousConvolution1D", "Conv1D"),
    ("AtrousConvolution2D", "Conv2D"),
    ("BatchNormalizationV1", "BatchNormalization"),
    ("BatchNormalizationV2", "BatchNormalization"),
    ("Conv2DTranspose", "Conv2DTranspose"),
    ("CuDNNGRU", "GRU"),
    ("CuDNNLSTM", "LSTM"),
    ("Deconvolution2D", "Conv2DTranspose"),
    ("DenseV2", "Dense"),
    ("GRUCellV2", "GRUCell"),
    ("GRUV1", "GRU"),
    ("GRUV2", "GRU"),
    ("LSTMCellV2", "LSTMCell"),
    ("LSTMV1", "LSTM"),
    ("LSTMV2", "LSTM"),
    ("NormalizationV2", "Normalization"),
    ("SeparableConvolution1D", "SeparableConv1D"),
    ("SeparableConvolution2D", "SeparableConv2D"),
    ("SyncBatchNormalization", "BatchNormalization"),
    ("ThresholdedReLU", "ReLU"),
    ("TimeDistributedDense", "Dense"),
];

/// What a class is called today.
pub(super) fn today(class: &str) -> &str {
    // TensorFlow wrote some with the module that they were in.
    let class = class.rsplit('.').next().unwrap_or(class);
    RENAMED.iter().find(|(old, _)| *old == class).map_or(class, |(_, new)| *new)
}
