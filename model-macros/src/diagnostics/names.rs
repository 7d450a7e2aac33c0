//! Names that stand for nothing, for something else, or for several things.

use model_graph::argument::Activation;
use model_graph::message::{choices, list, nearest};

/// `x = value` where there is no `x`.
pub fn without_let(name: &str) -> String {
    format!("expected `let` before `{name}`, which is bound here\nhelp: write `let {name} = ..;`, also to bind a name anew")
}

/// `x = value` where `x` is bound without `mut`.
pub fn immutable(name: &str) -> String {
    format!(
        "`{name}` is bound without `mut`, and cannot be assigned to\nhelp: write `let mut {name} = ..;` where it is bound, or bind it anew with `let {name} = ..;`"
    )
}

/// A name that stands for nothing.
pub fn unknown_name(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("nothing is bound to `{name}`\nhelp: did you mean `{near}`?"),
        None if known.is_empty() => format!("nothing is bound to `{name}`\nhelp: bind it first, `let {name} = ..;`"),
        None => format!("nothing is bound to `{name}`\nhelp: there are {}", list(known)),
    }
}

/// Layers of Keras's that there are not (yet). A layer that is added leaves this list.
pub const ABSENT_LAYERS: &[&str] = &[
    "ActivityRegularization",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "AveragePooling3D",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Conv1DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Cropping3D",
    "DepthwiseConv1D",
    "Discretization",
    "Dot",
    "EinsumDense",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "GRUCell",
    "Hashing",
    "HashedCrossing",
    "Identity",
    "IntegerLookup",
    "Lambda",
    "LSTMCell",
    "Masking",
    "MaxPooling3D",
    "MelSpectrogram",
    "MultiHeadAttention",
    "Normalization",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "Resizing",
    "RMSNormalization",
    "RNN",
    "SeparableConv1D",
    "SimpleRNNCell",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "TextVectorization",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling3D",
    "ZeroPadding3D",
];

/// Other names that Keras or its users have for layers, blocks of syntax, and what there is instead.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("AvgPool2D", "AveragePooling2D"),
    ("BatchNorm", "BatchNormalization"),
    ("Concat", "Concatenate"),
    ("Convolution2D", "Conv2D"),
    ("FullyConnected", "Dense"),
    ("GlobalAvgPool2D", "GlobalAveragePooling2D"),
    ("GlobalMaxPool2D", "GlobalMaxPooling2D"),
    ("Linear", "Dense"),
    ("MaxPool2D", "MaxPooling2D"),
    ("Merge", "Concatenate"),
    ("Sum", "Add"),
    ("concat", "Concatenate"),
];

/// Whether Keras has a layer of this name, or another name for one, so that it is no model of the user's.
pub fn is_keras_layer(name: &str) -> bool {
    let is_other = OTHER_NAMES.iter().any(|(other, _)| *other == name);
    is_other || ABSENT_LAYERS.contains(&name) || ["Input", "InputLayer", "Model"].contains(&name)
}

/// Functions of Keras's and other libraries' that might be taken for blocks.
pub fn is_keras_function(name: &str) -> bool {
    let is_other = OTHER_NAMES.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name.replace('_', "")));
    let is_activation = Activation::ALL.iter().any(|activation| activation.name() == name);
    is_other || is_activation || ["input", "print", "len", "range", "zip", "enumerate", "sum", "mean", "shape"].contains(&name)
}

/// A call of something that is no layer, block or model; `own` are the blocks and models of the user's.
pub fn unknown_layer(name: &str, own: &[&str], layers: &[&str]) -> String {
    let known = [own, layers].concat();
    match name {
        "Input" | "InputLayer" => return "`Input` is not called: inputs are declared\nhelp: write them behind the model's name, as in `model Name(x: [784])`".to_owned(),
        "Model" => return "`Model` is not called: a model is what its body computes\nhelp: end the body with the output".to_owned(),
        _ => {}
    }
    if let Some((_, here)) = OTHER_NAMES.iter().find(|(other, _)| *other == name) {
        return format!("there is no layer, block or model called `{name}`\nhelp: it is called `{here}`");
    }
    if ABSENT_LAYERS.contains(&name) {
        return format!("the layer `{name}` of Keras is not supported yet\nhelp: there are {}", list(layers));
    }
    let is_activation = Activation::ALL.iter().any(|activation| activation.name() == name);
    let help = match nearest(name, own) {
        _ if is_activation => {
            format!("activations are arguments, `activation = \"{name}\"`, or layers, `Activation(\"{name}\")(x)`")
        }
        None if nearest(name, layers).is_none() && name.chars().next().is_some_and(char::is_lowercase) && own.is_empty() => {
            format!("declare a block beside the model: `fn {name}(x) {{ .. }}`")
        }
        _ => choices(name, &known),
    };
    format!("there is no layer, block or model called `{name}`\nhelp: {help}")
}

/// A layer's, block's or model's name without parentheses.
pub fn bare_name(name: &str, is_block: bool) -> String {
    let (what, call) =
        if is_block { ("a block", format!("{name}(x)")) } else { ("the name of a layer", format!("{name}(..)(x)")) };
    format!("`{name}` is {what}, not a tensor\nhelp: call it, `{call}`")
}

/// A word where a string must be.
pub fn unquoted(argument: &str, word: &str) -> String {
    format!("nothing is bound to `{word}`\nhelp: names of functions and the like have quotes: `{argument} = \"{word}\"`")
}

/// Two things of one name.
pub fn declared_twice(what: &str, name: &str) -> String {
    format!("{what} `{name}` is declared twice\nhelp: give one of them another name")
}

/// A name that has another meaning.
pub fn reserved(what: &str, name: &str) -> String {
    format!("`{name}` is a layer, and cannot name a {what}\nhelp: choose another name, such as `My{name}`")
}

/// A layer's name that cannot be a field's.
pub fn name_argument(found: &str) -> String {
    format!(
        "`name` needs a string of letters, digits and underscores that does not start with a digit, found {found}\nhelp: write `name = \"stem\"`"
    )
}
