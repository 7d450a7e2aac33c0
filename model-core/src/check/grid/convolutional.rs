//! The layers of `convolutional`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    (
        "Conv1D",
        r#""filters": 4, "#,
        &[
            r#""kernel_size": 1"#,
            r#""kernel_size": 3, "padding": "same", "activation": "relu""#,
            r#""kernel_size": [3], "padding": "causal", "use_bias": false"#,
            r#""kernel_size": 2, "padding": "causal", "dilation_rate": 2, "activation": "softmax""#,
            r#""kernel_size": 2, "strides": 3, "padding": "causal", "activation": "gelu""#,
            r#""kernel_size": 2, "strides": 2, "groups": 2"#,
        ],
        &["[5, 2]", "[3, 4]"],
    ),
    (
        "Conv1DTranspose",
        r#""filters": 3, "#,
        &[
            r#""kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu""#,
            r#""kernel_size": 2, "strides": 3, "use_bias": false"#,
            r#""kernel_size": 3, "strides": 2, "output_padding": 1, "activation": "gelu""#,
            r#""kernel_size": [2], "dilation_rate": 2, "padding": "same", "activation": "softmax""#,
        ],
        &["[4, 2]", "[1, 1]"],
    ),
    (
        "Conv2D",
        r#""filters": 4, "#,
        &[
            r#""kernel_size": 1"#,
            r#""kernel_size": 3, "activation": "relu""#,
            r#""kernel_size": 3, "padding": "same", "use_bias": false"#,
            r#""kernel_size": [2, 3], "strides": 2, "padding": "same", "activation": "gelu""#,
            r#""kernel_size": 2, "strides": 3"#,
            r#""kernel_size": 2, "dilation_rate": 2, "activation": "softmax""#,
            r#""kernel_size": 3, "dilation_rate": [1, 2], "padding": "same", "groups": 2"#,
            r#""kernel_size": 1, "groups": 2, "activation": "tanh""#,
        ],
        &["[5, 6, 2]", "[3, 5, 4]"],
    ),
    (
        "Conv2DTranspose",
        r#""filters": 3, "#,
        &[
            r#""kernel_size": 1"#,
            r#""kernel_size": 3, "strides": 2, "padding": "same", "activation": "relu""#,
            r#""kernel_size": [2, 3], "strides": [3, 2], "use_bias": false, "activation": "relu""#,
            r#""kernel_size": 2, "strides": 3, "padding": "same", "output_padding": [0, 2], "activation": "gelu""#,
            r#""kernel_size": 3, "strides": 2, "output_padding": 1, "activation": "tanh""#,
            r#""kernel_size": [3, 2], "dilation_rate": 2, "padding": "same", "activation": "softmax""#,
        ],
        &["[3, 4, 2]", "[2, 1, 1]"],
    ),
    (
        "Conv3D",
        r#""filters": 4, "#,
        &[
            r#""kernel_size": 1"#,
            r#""kernel_size": 3, "padding": "same", "activation": "relu""#,
            r#""kernel_size": [1, 2, 3], "strides": [2, 1, 2], "padding": "same", "use_bias": false"#,
            r#""kernel_size": 2, "dilation_rate": [2, 1, 1], "activation": "gelu""#,
            r#""kernel_size": [3, 1, 2], "groups": 2, "padding": "same", "activation": "softmax""#,
        ],
        &["[4, 3, 3, 2]", "[3, 2, 4, 4]"],
    ),
    (
        "Conv3DTranspose",
        r#""filters": 3, "#,
        &[
            r#""kernel_size": 1, "activation": "relu""#,
            r#""kernel_size": 3, "strides": 2, "padding": "same", "use_bias": false"#,
            r#""kernel_size": [1, 2, 3], "strides": [3, 1, 2], "output_padding": [2, 0, 1], "activation": "gelu""#,
            r#""kernel_size": 2, "dilation_rate": 2, "padding": "same", "activation": "softmax""#,
        ],
        &["[2, 1, 3, 2]", "[1, 2, 2, 1]"],
    ),
    (
        "DepthwiseConv1D",
        "",
        &[
            r#""kernel_size": 1, "activation": "relu""#,
            r#""kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 3, "activation": "gelu""#,
            r#""kernel_size": [2], "dilation_rate": 2, "use_bias": false"#,
        ],
        &["[5, 2]", "[3, 1]"],
    ),
    (
        "DepthwiseConv2D",
        "",
        &[
            r#""kernel_size": 1, "activation": "relu""#,
            r#""kernel_size": 3, "padding": "same", "use_bias": false"#,
            r#""kernel_size": [2, 3], "strides": 2, "padding": "same", "depth_multiplier": 3, "activation": "gelu""#,
            r#""kernel_size": 2, "strides": [3, 1]"#,
            r#""kernel_size": 2, "dilation_rate": 2, "depth_multiplier": 2, "activation": "softmax""#,
        ],
        &["[5, 6, 2]", "[3, 5, 1]"],
    ),
    (
        "Conv1D",
        "",
        &[r#""filters": 3, "kernel_size": 2, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#],
        &["[5, 2]"],
    ),
    (
        "Conv2DTranspose",
        "",
        &[r#""filters": 3, "kernel_size": 2, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#],
        &["[3, 4, 2]"],
    ),
    (
        "DepthwiseConv2D",
        "",
        &[r#""kernel_size": 2, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#],
        &["[3, 4, 2]"],
    ),
    (
        "SeparableConv1D",
        "",
        &[
            r#""filters": 3, "kernel_size": 2, "activation": "tanh", "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
        ],
        &["[5, 2]"],
    ),
    (
        "SeparableConv1D",
        r#""filters": 3, "#,
        &[
            r#""kernel_size": 1, "activation": "relu""#,
            r#""kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 3, "activation": "gelu""#,
            r#""kernel_size": [2], "dilation_rate": 2, "use_bias": false"#,
        ],
        &["[5, 2]", "[3, 1]"],
    ),
    (
        "SeparableConv2D",
        r#""filters": 3, "#,
        &[
            r#""kernel_size": 1, "activation": "relu""#,
            r#""kernel_size": 3, "padding": "same", "use_bias": false"#,
            r#""kernel_size": [2, 3], "strides": 2, "padding": "same", "depth_multiplier": 3, "activation": "gelu""#,
            r#""kernel_size": 2, "dilation_rate": [1, 2], "depth_multiplier": 2, "activation": "softmax""#,
        ],
        &["[5, 6, 2]", "[3, 5, 1]"],
    ),
];
