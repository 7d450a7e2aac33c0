//! The arguments of Keras 2, `tf.keras` and TensorFlow.js, as Keras 3 spells them.

use model_graph::config::{Origin, Program};
use serde_json::{Value, json};

use super::arguments::Arguments;
use super::values;

/// Arguments that say nothing of what a layer computes, or say it twice.
const LEFT_OUT: &[&str] = &[
    "batch_input_shape",
    "batch_size",
    "input_dtype",
    "input_length",
    "implementation",
    "query_shape",
    "key_shape",
    "value_shape",
    "renorm_clipping",
    "renorm_momentum",
    "fused",
    "num_constants",
];

/// Why today's name means something else, and what to do.
pub(super) const HARD_SIGMOID: (&str, &str) = (
    "which was `clip(0.2 x + 0.5, 0, 1)` then, and is `relu6(x + 3) / 6` now",
    "make the model with `sigmoid` there, or put `Activation(\"hard_sigmoid\")` behind the layer: that is read as it was",
);

/// The same within a recurrent layer.
const HARD_GATES: (&str, &str) = (
    "which was `clip(0.2 x + 0.5, 0, 1)` then, and is `relu6(x + 3) / 6` now",
    "make the model with `recurrent_activation = \"sigmoid\"`, and train it so",
);

/// What its input is multiplied by where today's `hard_sigmoid` is to give what the old one gave.
const HARD_SIGMOID_FACTOR: f64 = 1.2;

/// Why channels must be last, and what to do.
pub(super) const CHANNELS: (&str, &str) =
    ("where tensors have their channels last here", "convert the model to `channels_last` where it was made");

/// Makes today's arguments of a layer's, whose class is `class` today. Gives the factor that its input must be multiplied by first.
pub(super) fn rewrite(arguments: &mut Arguments<'_>, class: &str, origin: &Origin) -> Option<f64> {
    values::modernize(arguments, origin.program);
    arguments.leave_out(LEFT_OUT);
    types(arguments, class);
    switched_off(arguments);
    if arguments.map.get("data_format").is_some_and(|format| format == "channels_first") {
        let found = arguments.take("data_format").unwrap_or_default();
        arguments.refuse("data_format", found, CHANNELS.0, CHANNELS.1);
    }
    if sums_activity(origin.program) {
        activity(arguments);
    }
    of_class(arguments, class, origin);
    hard_sigmoid(arguments, class)
}

/// The type of what a layer gives, where it is the one that all layers have, or was that of its input only.
fn types(arguments: &mut Arguments<'_>, class: &str) {
    let policy = |value: &Value| value.get("config").and_then(|config| config.get("name")).cloned();
    let Some(dtype) = arguments.take("dtype") else { return };
    let name = policy(&dtype).unwrap_or(dtype);
    let of_input = class == "Embedding" && (name == "int32" || name == "int64");
    if name != "float32" && !of_input {
        let reason = "where all layers compute with `float32`";
        arguments.refuse("dtype", name, reason, "make the model with `float32` there");
    }
}

/// Arguments that were for what is not there, unless they do not ask for it.
fn switched_off(arguments: &mut Arguments<'_>) {
    let off = [json!(false)];
    arguments.only("time_major", &off, "where steps come behind samples now", "swap the first two axes of the input");
    arguments.only("renorm", &off, "which is no longer there", "make the layer without it, and train it so");
    arguments.only("virtual_batch_size", &[], "which is no longer there", "train on batches of that size");
    arguments.only("adjustment", &[], "which is code", "make the layer without it");
    arguments.only("softmax_robust_masking", &off, "which is not supported", "make the layer without it");
    arguments.only("causal", &off, "which belongs to the call now", "make the model with `use_causal_mask` in the call");
}

/// Penalties on what a layer gives, which are shares of the batch now.
fn activity(arguments: &mut Arguments<'_>) {
    let is_nothing = |value: &Value| {
        let config = value.get("config").unwrap_or(&Value::Null);
        ["l1", "l2"].iter().all(|key| config.get(*key).is_some_and(|number| number.as_f64() == Some(0.0)))
    };
    let penalty = arguments.take("activity_regularizer");
    if let Some(found) = penalty.filter(|penalty| !is_nothing(penalty)) {
        let reason = "which was summed over the batch then, and is divided by the batch's size now";
        let help = "leave it out in the document, and add one that is as large as it should be where the model is trained";
        arguments.refuse("activity_regularizer", found, reason, help);
    }
}

/// Whether a penalty on what a layer gives was summed over the batch, where it is divided by the batch's size now.
fn sums_activity(program: Program) -> bool {
    matches!(program, Program::Keras1 | Program::Keras2)
}

/// What is told apart by the class.
fn of_class(arguments: &mut Arguments<'_>, class: &str, origin: &Origin) {
    match class {
        "LeakyReLU" => arguments.rename("alpha", "negative_slope"),
        "ReLU" if arguments.class == "ThresholdedReLU" => {
            arguments.rename("theta", "threshold");
            arguments.default("threshold", 1.0);
        }
        "LSTM" | "GRU" | "LSTMCell" | "GRUCell" | "ConvLSTM1D" | "ConvLSTM2D" | "ConvLSTM3D" => gates(arguments, class, origin),
        "DepthwiseConv1D" | "DepthwiseConv2D" => depthwise(arguments),
        "SeparableConv1D" | "SeparableConv2D" => {
            arguments.leave_out(&["kernel_initializer", "kernel_regularizer", "kernel_constraint", "groups"]);
        }
        "Conv1D" | "Conv2D" | "Conv3D" | "Conv2DTranspose" | "Conv3DTranspose" | "Conv1DTranspose" => {
            arguments.leave_out(&["rank"]);
            if class.ends_with("Transpose") {
                arguments.only("groups", &[json!(1)], "which is not supported", "make the layer with one group");
            }
        }
        "Dropout" => arguments.leave_out(&["input_shape"]),
        "Bidirectional" => bidirectional(arguments),
        _ => {}
    }
}

/// The gates of a recurrent layer: what they do where the document does not say.
fn gates(arguments: &mut Arguments<'_>, class: &str, origin: &Origin) {
    if arguments.class.starts_with("CuDNN") {
        arguments.default("activation", "tanh");
        arguments.default("recurrent_activation", "sigmoid");
        if class == "GRU" {
            arguments.default("reset_after", true);
        }
    }
    if origin.program == Program::TensorFlowJs && arguments.map.get("unit_forget_bias").is_some_and(Value::is_null) {
        // JavaScript takes nothing for false.
        arguments.map.insert("unit_forget_bias".to_owned(), false.into());
    }
    if class.starts_with("GRU") {
        // What is silent of it is older than the argument.
        arguments.default("reset_after", false);
    }
    let is_hard = class.starts_with("Conv") || origin.program != Program::TfKeras;
    arguments.default("recurrent_activation", if is_hard { "hard_sigmoid" } else { "sigmoid" });
    if let Some(found) = arguments.map.get("recurrent_activation").filter(|name| *name == "hard_sigmoid").cloned() {
        arguments.leave_out(&["recurrent_activation"]);
        arguments.refuse("recurrent_activation", found, HARD_GATES.0, HARD_GATES.1);
    }
    if class.starts_with("Conv") && arguments.map.get("data_format").is_some_and(Value::is_null) {
        arguments.leave_out(&["data_format"]);
    }
}

/// What a depthwise convolution has taken from the convolution that it was a case of.
fn depthwise(arguments: &mut Arguments<'_>) {
    arguments.leave_out(&["filters", "kernel_initializer", "kernel_regularizer", "kernel_constraint", "groups"]);
}

/// Two ways through a sequence.
fn bidirectional(arguments: &mut Arguments<'_>) {
    // It was written though it followed from the layer.
    let is_turned = |arguments: &Arguments<'_>| {
        let inner = |key: &str| arguments.map.get(key)?.get("config")?.as_object().cloned();
        let (Some(mut forward), Some(mut backward)) = (inner("layer"), inner("backward_layer")) else { return false };
        let back = |config: &serde_json::Map<String, Value>| config.get("go_backwards").is_some_and(|flag| flag == true);
        let differ = back(&forward) != back(&backward);
        for key in ["name", "go_backwards"] {
            forward.shift_remove(key);
            backward.shift_remove(key);
        }
        differ && forward == backward
    };
    if is_turned(arguments) {
        arguments.leave_out(&["backward_layer"]);
    }
}

/// `hard_sigmoid`, which is today's of 1.2 times the input.
fn hard_sigmoid(arguments: &mut Arguments<'_>, class: &str) -> Option<f64> {
    let found = arguments.map.get("activation").filter(|name| *name == "hard_sigmoid").cloned()?;
    if class == "Activation" {
        return Some(HARD_SIGMOID_FACTOR);
    }
    arguments.refuse("activation", found, HARD_SIGMOID.0, HARD_SIGMOID.1);
    None
}
