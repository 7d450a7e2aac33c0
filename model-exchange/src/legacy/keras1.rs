//! The arguments of Keras 1, as Keras 2 spells them.

use serde_json::{Value, json};

use super::arguments::Arguments;
use super::keras2::CHANNELS;

/// What arguments are called in Keras 2.
const RENAMED: &[(&str, &str)] = &[
    ("border_mode", "padding"),
    ("subsample", "strides"),
    ("subsample_length", "strides"),
    ("stride", "strides"),
    ("dim_ordering", "data_format"),
    ("bias", "use_bias"),
    ("inner_init", "recurrent_initializer"),
    ("inner_activation", "recurrent_activation"),
    ("b_regularizer", "bias_regularizer"),
    ("b_constraint", "bias_constraint"),
    ("U_regularizer", "recurrent_regularizer"),
    ("U_constraint", "recurrent_constraint"),
    ("dropout_W", "dropout"),
    ("dropout_U", "recurrent_dropout"),
    ("nb_filter", "filters"),
    ("filter_length", "kernel_size"),
    ("atrous_rate", "dilation_rate"),
    ("pool_length", "pool_size"),
    ("p", "rate"),
    ("sigma", "stddev"),
    ("gamma_init", "gamma_initializer"),
    ("beta_init", "beta_initializer"),
];

/// The layers that have `output_dim` still.
const EMBEDDING: &str = "Embedding";

/// Makes arguments of Keras 2 of a layer's.
pub(super) fn rewrite(arguments: &mut Arguments<'_>) {
    let class = arguments.class.clone();
    if class == EMBEDDING {
        let (reason, help) = ("which drops whole rows of the table", "put a `SpatialDropout1D` behind it");
        arguments.only("dropout", &[json!(0.0)], reason, help);
    }
    rename_start(arguments, &class);
    RENAMED.iter().for_each(|(old, new)| arguments.rename(old, new));
    kernel_size(arguments);
    match class.as_str() {
        EMBEDDING => {}
        "UpSampling1D" => arguments.rename("length", "size"),
        "Deconvolution2D" => output_padding(arguments),
        "BatchNormalization" => {
            let (reason, help) = ("which normalises each sample, or by the batch at all times", "only `mode = 0` is there now");
            arguments.only("mode", &[json!(0)], reason, help);
        }
        "LSTM" | "ConvLSTM2D" => forget_bias(arguments),
        _ => {}
    }
    if class != EMBEDDING {
        arguments.rename("output_dim", "units");
        arguments.leave_out(&["input_dim"]);
    }
    if ["ZeroPadding1D", "ZeroPadding2D"].contains(&class.as_str()) {
        padding(arguments);
    }
    ordering(arguments);
    arguments.leave_out(&["consume_less", "weights", "input_dtype", "input_length"]);
}

/// `init` and `W_..` are of what the layer's matrix is called.
fn rename_start(arguments: &mut Arguments<'_>, class: &str) {
    let matrix = match class {
        EMBEDDING => "embeddings",
        "PReLU" => "alpha",
        "SeparableConvolution2D" => "depthwise",
        _ => "kernel",
    };
    if class == "SeparableConvolution2D"
        && let Some(start) = arguments.map.get("init").cloned()
    {
        arguments.default("pointwise_initializer", start);
    }
    for (old, new) in [("init", "initializer"), ("W_regularizer", "regularizer"), ("W_constraint", "constraint")] {
        arguments.rename(old, &format!("{matrix}_{new}"));
    }
}

/// The window's sizes, which were arguments one by one.
fn kernel_size(arguments: &mut Arguments<'_>) {
    for keys in [&["nb_row", "nb_col"][..], &["kernel_dim1", "kernel_dim2", "kernel_dim3"]] {
        let sizes: Vec<Value> = keys.iter().filter_map(|key| arguments.take(key)).collect();
        if sizes.len() == keys.len() {
            arguments.default("kernel_size", sizes);
        }
    }
}

/// `th` and `tf` for the place of the channels.
fn ordering(arguments: &mut Arguments<'_>) {
    match arguments.map.get_mut("data_format") {
        Some(Value::String(ordering)) if ordering == "tf" => *ordering = "channels_last".to_owned(),
        Some(Value::String(ordering)) if ordering == "th" => {
            let found = arguments.take("data_format").unwrap_or_default();
            arguments.refuse("data_format", found, CHANNELS.0, CHANNELS.1);
        }
        _ => {}
    }
}

/// Padding by the names of the sides, and one after the other.
fn padding(arguments: &mut Arguments<'_>) {
    let Some(padding) = arguments.map.get_mut("padding") else { return };
    let sides: &[&str] = match padding.get("left_pad").is_some() && padding.get("top_pad").is_none() {
        true => &["left_pad", "right_pad"],
        false => &["top_pad", "bottom_pad", "left_pad", "right_pad"],
    };
    if padding.is_object() {
        *padding = sides.iter().map(|side| padding.get(*side).cloned().unwrap_or(json!(0))).collect();
    }
    if let Some([top, bottom, left, right]) = padding.as_array().map(Vec::as_slice) {
        *padding = json!([[top, bottom], [left, right]]);
    }
}

/// How the bias of the gate that forgets starts.
fn forget_bias(arguments: &mut Arguments<'_>) {
    match arguments.take("forget_bias_init") {
        None => arguments.default("unit_forget_bias", true),
        Some(found) => match found.as_str() {
            Some("one" | "ones") => arguments.default("unit_forget_bias", true),
            Some("zero" | "zeros") => arguments.default("unit_forget_bias", false),
            _ => arguments.refuse("forget_bias_init", found, "which starts at 1 or 0 now", "write `one` or `zero` there"),
        },
    }
}

/// The size that a transposed convolution had to be told, as what is added to the size that it has by itself.
fn output_padding(arguments: &mut Arguments<'_>) {
    let Some(shape) = arguments.take("output_shape") else { return };
    let numbers = |value: Option<&Value>| -> Option<Vec<u64>> { value?.as_array()?.iter().map(Value::as_u64).collect() };
    let sizes = shape.as_array().and_then(|shape| numbers(Some(&shape.get(1..3)?.iter().cloned().collect())));
    let (kernel, strides) = (numbers(arguments.map.get("kernel_size")), numbers(arguments.map.get("strides")));
    let is_valid = arguments.map.get("padding").is_some_and(|padding| padding == "valid");
    let rest = |size: u64, kernel: u64, stride: u64| match is_valid {
        true => size.checked_sub(kernel)?.checked_rem(stride),
        false => size.checked_rem(stride),
    };
    let natural = |kernel: u64, stride: u64| if is_valid { stride.saturating_sub(kernel) } else { 0 };
    let is_natural = match (&sizes, &kernel, &strides) {
        (Some(sizes), Some(kernel), Some(strides)) if kernel.len() == 2 && strides.len() == 2 => {
            let mut axes = sizes.iter().zip(kernel).zip(strides);
            axes.all(|((size, kernel), stride)| rest(*size, *kernel, *stride) == Some(natural(*kernel, *stride)))
        }
        _ => false,
    };
    if !is_natural {
        let reason = "which is not the size that follows from `subsample` and `border_mode` now";
        arguments.refuse("output_shape", shape, reason, "crop or pad its output instead");
    }
}
