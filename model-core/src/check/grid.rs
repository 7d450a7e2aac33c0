//! Every layer over a grid of configurations: a layer without a line here fails the test.

use model_graph::argument::Activation;
use model_graph::layers::{AnyLayer, CLASSES, Class, Declaration};
use model_graph::shape::{DType, TensorType};

use super::{check_called, check_second};
use crate::layer::Manner;

/// Class, arguments in common, arguments that vary, and the shapes of the inputs: `[4, 5, 6] [4, 5, 6]`,
/// those of slots behind a semicolon each: `[4, 2]; [3] [3]; bool[4]`.
const GRID: &[(&str, &str, &[&str], &[&str])] = &[
    ("Activation", "", &[r#""activation": "tanh""#], &["[7]", "[2, 3]"]),
    ("AdaptiveAveragePooling1D", "", &[r#""output_size": 3"#, r#""output_size": [1]"#], &["[5, 2]", "[2, 1]"]),
    ("AdaptiveAveragePooling2D", "", &[r#""output_size": 2"#, r#""output_size": [3, 4]"#], &["[5, 6, 2]", "[3, 2, 1]"]),
    ("AdaptiveAveragePooling3D", "", &[r#""output_size": 2"#, r#""output_size": [3, 1, 2]"#], &["[4, 3, 5, 2]", "[1, 2, 2, 1]"]),
    ("AdaptiveMaxPooling1D", "", &[r#""output_size": 3"#, r#""output_size": [1]"#], &["[5, 2]", "[2, 1]"]),
    ("AdaptiveMaxPooling2D", "", &[r#""output_size": 2"#, r#""output_size": [3, 4]"#], &["[5, 6, 2]", "[3, 2, 1]"]),
    ("AdaptiveMaxPooling3D", "", &[r#""output_size": 2"#, r#""output_size": [3, 1, 2]"#], &["[4, 3, 5, 2]", "[1, 2, 2, 1]"]),
    ("AdditiveAttention", "", &["", r#""use_scale": false, "dropout": 0.3"#], &["[3, 4] [5, 4]"]),
    ("AdditiveAttention", "", &[""], LISTED),
    ("Add", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Add", "", &[""], STRETCHED),
    (
        "AlphaDropout",
        r#""rate": 0.4, "#,
        &[r#""noise_shape": [null, 1, null]"#, r#""noise_shape": [1, 3, 1], "seed": 3"#],
        &["[3, 4]"],
    ),
    ("AlphaDropout", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[7]", "[3, 4]"]),
    (
        "Attention",
        "",
        &[
            "",
            r#""use_scale": true"#,
            r#""score_mode": "concat", "dropout": 0.3"#,
            r#""use_scale": true, "score_mode": "concat""#,
        ],
        &["[3, 4] [5, 4]"],
    ),
    ("Attention", r#""use_scale": true, "dropout": 0.2"#, &[""], LISTED),
    ("Average", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Average", "", &[""], STRETCHED),
    (
        "AveragePooling1D",
        "",
        &[r#""pool_size": 2"#, r#""pool_size": 3, "strides": 2, "padding": "same""#, r#""pool_size": [1], "strides": 2"#],
        &["[5, 2]", "[3, 1]"],
    ),
    (
        "AveragePooling2D",
        "",
        &[
            r#""pool_size": 2"#,
            r#""pool_size": 3, "strides": 2, "padding": "same""#,
            r#""pool_size": [2, 3], "strides": 1, "padding": "same""#,
            r#""pool_size": [3, 1], "strides": [1, 2]"#,
        ],
        &["[5, 6, 2]", "[3, 3, 1]"],
    ),
    (
        "AveragePooling3D",
        "",
        &[
            r#""pool_size": 2"#,
            r#""pool_size": 3, "strides": 2, "padding": "same""#,
            r#""pool_size": [2, 1, 3], "strides": [1, 2, 1], "padding": "same""#,
        ],
        &["[4, 3, 5, 2]", "[3, 3, 3, 1]"],
    ),
    (
        "BatchNormalization",
        "",
        &["", r#""scale": false"#, r#""center": false, "epsilon": 0.1"#, r#""axis": 1, "momentum": 0.5"#],
        &["[4]", "[3, 2]", "[2, 3, 2]", "[5, 2]; bool[5]", "[2, 3, 2]; bool[2, 3]"],
    ),
    (
        "Bidirectional",
        "",
        &[
            r#""layer": {"class_name": "LSTM", "config": {"units": 2, "return_sequences": true}}"#,
            r#""layer": {"class_name": "GRU", "config": {"units": 2, "return_sequences": true}}, "merge_mode": "mul""#,
            r#""layer": {"class_name": "SimpleRNN", "config": {"units": 3}}, "merge_mode": "sum""#,
            r#""layer": {"class_name": "SimpleRNN", "config": {"units": 2, "return_sequences": true}}, "merge_mode": "ave""#,
            r#""layer": {"class_name": "LSTM", "config": {"units": 2, "return_sequences": true}}, "merge_mode": null"#,
            r#""layer": {"class_name": "GRU", "config": {"units": 2, "trainable": false}},
               "backward_layer": {"class_name": "LSTM", "config": {"units": 3, "go_backwards": true}}"#,
            r#""layer": {"class_name": "RNN", "config": {"cell": {"class_name": "GRUCell", "config": {"units": 2}}}}"#,
        ],
        &["[4, 2]", "[1, 1]"],
    ),
    (
        "Bidirectional",
        "",
        &[
            r#""layer": {"class_name": "LSTM", "config": {"units": 2, "return_state": true, "return_sequences": true}}"#,
            r#""layer": {"class_name": "LSTM", "config": {"units": 2, "return_state": true}}, "merge_mode": null"#,
        ],
        &["[3, 2]; [2] [2] [2] [2]"],
    ),
    (
        "Bidirectional",
        "",
        &[
            r#""layer": {"class_name": "LSTM", "config": {"units": 2, "stateful": true, "return_sequences": true, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}}}"#,
            r#""layer": {"class_name": "GRU", "config": {"units": 2, "stateful": true}}, "merge_mode": "mul""#,
            r#""layer": {"class_name": "LSTM", "config": {"units": 2, "stateful": true, "return_state": true}}, "merge_mode": null"#,
            r#""layer": {"class_name": "SimpleRNN", "config": {"units": 2, "stateful": true}}, "merge_mode": null"#,
            r#""layer": {"class_name": "RNN", "config": {"stateful": true, "cell": [
               {"class_name": "LSTMCell", "config": {"units": 2}}, {"class_name": "GRUCell", "config": {"units": 3}}]}}"#,
        ],
        &["[3, 2]"],
    ),
    (
        "CategoryEncoding",
        r#""num_tokens": 4, "#,
        &["", r#""output_mode": "count""#, r#""output_mode": "one_hot""#],
        &["[5]", "[1]"],
    ),
    ("CategoryEncoding", "", &[r#""num_tokens": 3, "output_mode": "one_hot""#], &["[]"]),
    (
        "Discretization",
        r#""bin_boundaries": [-0.5, 0.25, 0.25, 1], "#,
        &["", r#""output_mode": "one_hot""#, r#""output_mode": "multi_hot""#, r#""output_mode": "count""#],
        &["[5]", "[3, 1]", "[2, 3, 2]", "i32[4]"],
    ),
    ("CenterCrop", r#""height": 3, "width": 2, "#, &[""], &["[4, 5, 2]", "[2, 7, 1]", "[3, 1, 2]"]),
    ("Concatenate", "", &[""], &["[2] [3]", "[2, 1] [2, 4] [2, 2]"]),
    ("Concatenate", "", &[r#""axis": 1"#], &["[2, 3] [1, 3]", "[1, 2, 2] [3, 2, 2]"]),
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
        "ConvLSTM1D",
        r#""filters": 3, "#,
        &[
            r#""kernel_size": 2"#,
            r#""kernel_size": 3, "padding": "same", "return_sequences": true, "use_bias": false"#,
            r#""kernel_size": 2, "strides": 2, "go_backwards": true, "return_state": true, "recurrent_activation": "hard_sigmoid""#,
            r#""kernel_size": [2], "dilation_rate": 2, "activation": "softmax", "unit_forget_bias": false"#,
            r#""kernel_size": 2, "dropout": 0.3, "recurrent_dropout": 0.4, "padding": "same""#,
            r#""kernel_size": 3, "recurrent_dropout": 0.4, "seed": 3"#,
        ],
        &["[3, 5, 2]", "[1, 3, 1]"],
    ),
    (
        "ConvLSTM1D",
        r#""filters": 3, "kernel_size": 2, "padding": "same", "#,
        &[
            r#""zero_output_for_mask": false"#,
            r#""return_sequences": true, "return_state": true, "go_backwards": true"#,
            r#""return_sequences": true, "zero_output_for_mask": true, "dropout": 0.4"#,
        ],
        &["[4, 3, 2]; [3, 3] [3, 3]", "[4, 3, 2]; ; bool[4]", "[4, 3, 2]; [3, 3] [3, 3]; bool[4]"],
    ),
    (
        "ConvLSTM2D",
        r#""filters": 2, "#,
        &[
            r#""kernel_size": 2"#,
            r#""kernel_size": [1, 3], "padding": "same", "strides": [2, 1], "return_sequences": true, "return_state": true"#,
            r#""kernel_size": 2, "dropout": 0.3, "recurrent_dropout": 0.4, "go_backwards": true"#,
        ],
        &["[3, 3, 3, 2]"],
    ),
    (
        "ConvLSTM2D",
        r#""filters": 2, "kernel_size": [2, 1], "padding": "same", "return_state": true, "#,
        &[r#""zero_output_for_mask": true"#],
        &["[3, 2, 3, 1]; [2, 3, 2] [2, 3, 2]; bool[3]"],
    ),
    (
        "ConvLSTM3D",
        r#""filters": 2, "#,
        &[
            r#""kernel_size": 2, "return_sequences": true"#,
            r#""kernel_size": [1, 2, 2], "padding": "same", "dilation_rate": [1, 2, 1], "dropout": 0.4, "recurrent_dropout": 0.3"#,
        ],
        &["[2, 2, 3, 2, 1]"],
    ),
    (
        "ConvLSTM3D",
        r#""filters": 1, "kernel_size": 1, "#,
        &[r#""return_state": true"#],
        &["[2, 2, 1, 2, 1]; [2, 1, 2, 1] [2, 1, 2, 1]; bool[2]"],
    ),
    ("Cropping1D", "", &["", r#""cropping": [2, 0]"#], &["[5, 2]", "[3, 1]"]),
    ("Cropping2D", "", &["", r#""cropping": 1"#, r#""cropping": [[0, 1], [2, 0]]"#], &["[4, 5, 2]", "[3, 3, 1]"]),
    ("Cropping3D", "", &["", r#""cropping": 0"#, r#""cropping": [[0, 1], 1, [2, 0]]"#], &["[3, 4, 3, 2]"]),
    (
        "Dense",
        r#""units": 3, "#,
        &[r#""use_bias": false"#, r#""activation": "relu""#, r#""activation": "softmax""#, r#""activation": "silu""#],
        &["[4]", "[1]", "[2, 4]", "[2, 2, 3]"],
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
    ("Dot", "", &[r#""axes": 1"#, r#""axes": -1, "normalize": true"#], &["[3] [3]", "[3, 3] [3]", "[3, 2, 3] [3, 4, 3]"]),
    ("Dot", "", &[r#""axes": [2, 1]"#, r#""axes": [2, 1], "normalize": true"#], &["[4, 3] [3]", "[2, 3, 4] [3, 5]"]),
    (
        "Dropout",
        r#""rate": 0.5, "#,
        &[
            r#""noise_shape": [null, 1, 1]"#,
            r#""noise_shape": [null, 1, null]"#,
            r#""noise_shape": [1, 3, null], "seed": 3"#,
            r#""noise_shape": [4]"#,
            r#""noise_shape": [1]"#,
        ],
        &["[3, 4]"],
    ),
    ("Dropout", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.5, "seed": 3"#], &["[7]", "[3, 4]"]),
    ("ELU", "", &["", r#""alpha": 0.5"#, r#""alpha": 0.0"#, r#""alpha": -0.5"#], &["[7]", "[2, 3]"]),
    (
        "EinsumDense",
        "",
        &[
            r#""equation": "abc,cd->abd", "output_shape": [null, 4], "bias_axes": "d", "activation": "relu""#,
            r#""equation": "abc,dcb->ad", "output_shape": 3, "activation": "softmax""#,
            r#""equation": "abc,bcde->adeb", "output_shape": [4, 2, null], "bias_axes": "e", "activation": "gelu""#,
            r#""equation": "...c,ec->...e", "output_shape": 4, "bias_axes": "e""#,
            r#""equation": "ab...,bc->ac...", "output_shape": 4, "bias_axes": "c", "activation": "tanh""#,
        ],
        &["[3, 2]", "[1, 4]"],
    ),
    ("Embedding", "", &[r#""input_dim": 5, "output_dim": 3"#, r#""input_dim": 1, "output_dim": 2"#], &["[4]", "[]", "[2, 3]"]),
    ("Flatten", "", &[""], &["[2, 3, 2]", "[4]"]),
    (
        "GRUCell",
        "",
        &[r#""units": 3"#, r#""units": 3, "reset_after": false"#, r#""units": 3, "use_bias": false"#],
        &["[2]; [3]", "[1]; [3]"],
    ),
    ("GRU", r#""units": 3, "#, STATES, &["[4, 2]", "[4, 2]; [3]", "[1, 1]; [3]"]),
    ("GRU", r#""units": 3, "#, PASSING, &["[4, 2]; ; bool[4]", "[4, 2]; [3]; bool[4]"]),
    ("GRU", r#""units": 3, "#, DROPPING, &["[4, 2]", "[4, 2]; [3]; bool[4]"]),
    ("GRU", r#""units": 3, "reset_after": false, "#, PASSING, &["[4, 2]; ; bool[4]", "[4, 2]; [3]; bool[4]"]),
    ("GRU", r#""units": 3, "reset_after": false, "#, DROPPING, &["[4, 2]", "[4, 2]; [3]; bool[4]"]),
    ("GRU", r#""units": 3, "reset_after": false, "#, STATES, &["[4, 2]", "[4, 2]; [3]", "[1, 1]; [3]"]),
    ("GaussianDropout", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[7]", "[3, 4]"]),
    (
        "Dense",
        "",
        &[
            r#""units": 3, "activation": "tanh", "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
        ],
        &["[4]", "[2, 4]"],
    ),
    (
        "EinsumDense",
        "",
        &[
            r#""equation": "abc,cd->abd", "output_shape": [null, 3], "bias_axes": "d", "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
        ],
        &["[2, 4]"],
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
        "GroupQueryAttention",
        "",
        &[
            r#""head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
        ],
        &["[3, 4] [3, 4]"],
    ),
    (
        "MultiHeadAttention",
        "",
        &[
            r#""num_heads": 2, "key_dim": 3, "use_gate": true, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
        ],
        &["[3, 4] [5, 4]"],
    ),
    (
        "LSTM",
        "",
        &[
            r#""units": 3, "return_state": true, "return_sequences": true, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
        ],
        &["[4, 2]"],
    ),
    (
        "GRU",
        "",
        &[r#""units": 3, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#],
        &["[4, 2]"],
    ),
    (
        "SimpleRNN",
        "",
        &[
            r#""units": 3, "return_state": true, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
        ],
        &["[4, 2]"],
    ),
    (
        "ConvLSTM1D",
        "",
        &[r#""filters": 2, "kernel_size": 2, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#],
        &["[3, 4, 2]"],
    ),
    ("ActivityRegularization", "", &[r#""l1": 0.5, "l2": 0.3"#], &["[7]", "[3, 4]"]),
    (
        "Bidirectional",
        "",
        &[
            r#""layer": {"class_name": "LSTM", "config": {"units": 3, "return_sequences": true, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}}}"#,
        ],
        &["[4, 2]"],
    ),
    (
        "SpectralNormalization",
        r#""power_iterations": 99, "#,
        &[
            r#""layer": {"class_name": "Dense", "config": {"units": 3, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}}}"#,
        ],
        &["[4]"],
    ),
    (
        "TimeDistributed",
        "",
        &[
            r#""layer": {"class_name": "Dense", "config": {"units": 3, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}}}"#,
        ],
        &["[3, 4]"],
    ),
    ("GaussianNoise", "", &[r#""stddev": 0.0"#, r#""stddev": 0.5"#, r#""stddev": 1.0, "seed": 3"#], &["[7]", "[3, 4]"]),
    (
        "GRU",
        r#""units": 3, "#,
        &[
            "",
            r#""return_sequences": true, "use_bias": false"#,
            r#""go_backwards": true, "activation": "relu""#,
            r#""return_sequences": true, "go_backwards": true, "recurrent_activation": "hard_sigmoid""#,
            r#""reset_after": false"#,
            r#""reset_after": false, "return_sequences": true, "go_backwards": true, "recurrent_activation": "softmax""#,
            r#""reset_after": false, "use_bias": false, "activation": "softmax""#,
        ],
        &["[4, 2]", "[1, 1]"],
    ),
    ("GlobalAveragePooling1D", "", &["", r#""keepdims": true"#], &["[4, 2]", "[1, 3]", "[6, 2]; bool[6]"]),
    ("GlobalAveragePooling2D", "", &["", r#""keepdims": true"#], &["[3, 4, 2]", "[1, 1, 3]"]),
    ("GlobalAveragePooling3D", "", &["", r#""keepdims": true"#], &["[2, 3, 4, 2]", "[1, 1, 1, 3]"]),
    ("GlobalMaxPooling1D", "", &["", r#""keepdims": true"#], &["[4, 2]", "[1, 3]"]),
    ("GlobalMaxPooling2D", "", &["", r#""keepdims": true"#], &["[3, 4, 2]", "[1, 1, 3]"]),
    ("GlobalMaxPooling3D", "", &["", r#""keepdims": true"#], &["[2, 3, 4, 2]", "[1, 1, 1, 3]"]),
    (
        "GroupNormalization",
        "",
        &[
            r#""groups": 2"#,
            r#""groups": -1, "scale": false"#,
            r#""groups": 1, "center": false, "epsilon": 0.1"#,
            r#""groups": 2, "axis": 1"#,
            r#""groups": 4, "scale": false, "center": false"#,
        ],
        &["[4]", "[4, 4]", "[4, 3, 4]"],
    ),
    (
        "GroupQueryAttention",
        r#""head_dim": 3, "num_query_heads": 2, "num_key_value_heads": 1, "#,
        &["", r#""use_gate": true, "dropout": 0.3"#, r#""use_bias": false, "sliding_window": 2"#],
        PROJECTED,
    ),
    (
        "ReversibleEmbedding",
        r#""input_dim": 5, "output_dim": 3, "#,
        &[
            "",
            r#""tie_weights": false"#,
            r#""logit_soft_cap": 0.8"#,
            r#""logit_soft_cap": 2, "tie_weights": false, "reverse_dtype": "float32",
               "activity_regularizer": {"class_name": "L2", "config": {"l2": 0.2}}"#,
        ],
        &["[4]", "[]", "f32[4, 3] | 0", "f32[3] | 0", "f32[2, 2, 3] | 0"],
    ),
    ("GroupNormalization", "", &[r#""groups": 2, "axis": 2"#], &["[3, 4, 2]", "[1, 4, 3]"]),
    ("Identity", "", &[""], &["[2, 3]", "[4]"]),
    (
        "LayerNormalization",
        "",
        &[
            "",
            r#""scale": false"#,
            r#""center": false, "epsilon": 0.1"#,
            r#""axis": 1"#,
            r#""axis": [1], "scale": false, "center": false"#,
        ],
        &["[4]", "[3, 2]", "[2, 3, 2]"],
    ),
    (
        "LayerNormalization",
        "",
        &[r#""axis": [1, 2]"#, r#""axis": [-2, -1], "center": false"#, r#""axis": [-1, 1]"#, r#""axis": [3, 1], "scale": false"#],
        &["[2, 3, 4]", "[2, 1, 3]"],
    ),
    ("LeakyReLU", "", &["", r#""negative_slope": 0.1"#, r#""negative_slope": 0.0"#], &["[7]", "[2, 3]"]),
    ("Masking", "", &["", r#""mask_value": 0.5"#], &["[4, 2]", "[3]"]),
    (
        "MaxPooling1D",
        "",
        &[r#""pool_size": 2"#, r#""pool_size": 3, "strides": 2, "padding": "same""#, r#""pool_size": [1], "strides": 2"#],
        &["[5, 2]", "[3, 1]"],
    ),
    (
        "MaxPooling2D",
        "",
        &[
            r#""pool_size": 2"#,
            r#""pool_size": 3, "strides": 2, "padding": "same""#,
            r#""pool_size": [2, 3], "strides": 1, "padding": "same""#,
            r#""pool_size": [3, 1], "strides": [1, 2]"#,
        ],
        &["[5, 6, 2]", "[3, 3, 1]"],
    ),
    ("LSTM", r#""units": 3, "#, STATES, &["[4, 2]", "[4, 2]; [3] [3]", "[1, 1]; [3] [3]"]),
    ("LSTM", r#""units": 3, "#, PASSING, &["[4, 2]; ; bool[4]", "[4, 2]; [3] [3]; bool[4]"]),
    ("LSTM", r#""units": 3, "#, DROPPING, &["[4, 2]", "[4, 2]; [3] [3]; bool[4]"]),
    (
        "MaxPooling3D",
        "",
        &[
            r#""pool_size": 2"#,
            r#""pool_size": 3, "strides": 2, "padding": "same""#,
            r#""pool_size": [2, 1, 3], "strides": [1, 2, 1], "padding": "same""#,
        ],
        &["[4, 3, 5, 2]", "[3, 3, 3, 1]"],
    ),
    (
        "LSTM",
        r#""units": 3, "#,
        &[
            "",
            r#""return_sequences": true, "use_bias": false"#,
            r#""go_backwards": true, "activation": "relu""#,
            r#""return_sequences": true, "go_backwards": true, "recurrent_activation": "hard_sigmoid", "unit_forget_bias": false"#,
        ],
        &["[4, 2]", "[1, 1]"],
    ),
    ("Maximum", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Maximum", "", &[""], STRETCHED),
    ("Minimum", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Minimum", "", &[""], STRETCHED),
    (
        "MultiHeadAttention",
        r#""num_heads": 2, "key_dim": 3, "#,
        &[
            "",
            r#""value_dim": 4, "use_gate": true, "output_shape": [2, 3]"#,
            r#""use_bias": false, "dropout": 0.3, "sliding_window": 3, "seed": 5"#,
        ],
        PROJECTED,
    ),
    (
        "MultiHeadAttention",
        r#""num_heads": 2, "key_dim": 3, "#,
        &["", r#""attention_axes": 2, "use_gate": true"#],
        &["[2, 3, 4] [2, 5, 4]", "[2, 3, 4] [2, 2, 4] | 1"],
    ),
    ("Multiply", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Multiply", "", &[""], STRETCHED),
    ("Permute", "", &[r#""dims": [1, 2, 3]"#, r#""dims": [3, 1, 2]"#, r#""dims": [2, 1, 3]"#], &["[2, 3, 4]", "[1, 2, 2]"]),
    (
        "LSTMCell",
        "",
        &[r#""units": 3"#, r#""units": 3, "use_bias": false, "activation": "relu""#],
        &["[2]; [3] [3]", "[1]; [3] [3]"],
    ),
    ("PReLU", "", &["", r#""shared_axes": 1"#], &["[7]", "[1, 3]"]),
    ("PReLU", "", &[r#""shared_axes": [1, 2]"#, r#""shared_axes": [2]"#, r#""shared_axes": [2, 3]"#], &["[2, 3, 4]"]),
    ("RMSNormalization", "", &["", r#""epsilon": 0.1"#], &["[4]", "[3, 2]", "[2, 3, 2]"]),
    ("RMSNormalization", "", &[r#""axis": [1, 2]"#, r#""axis": [-2, -1]"#], &["[3, 2]"]),
    (
        "RandomBrightness",
        r#""value_range": [-1, 1.5], "#,
        &[r#""factor": 0.3"#, r#""factor": [0.1, 0.4], "seed": 3"#],
        &["[3, 4, 2]"],
    ),
    (
        "RandomContrast",
        r#""value_range": [-1, 1.5], "#,
        &[r#""factor": 0.9"#, r#""factor": [0.1, 0.4], "seed": 3"#],
        &["[3, 4, 2]"],
    ),
    ("RandomCrop", r#""height": 3, "width": 4, "#, &["", r#""seed": 3"#], &["[5, 6, 2]", "[4, 4, 1]", "[2, 9, 2]"]),
    (
        "RandomErasing",
        r#""factor": [1, 1], "value_range": [-1, 1.5], "#,
        &["", r#""factor": 0.5, "scale": [0.2, 0.9], "fill_value": 0.5"#, r#""scale": 0.9, "fill_value": [0.5, 2], "seed": 3"#],
        &["[3, 4, 2]"],
    ),
    ("RandomFlip", "", &["", r#""mode": "horizontal""#, r#""mode": "vertical", "seed": 3"#], &["[3, 4, 2]", "[1, 3, 1]"]),
    (
        "RandomRotation",
        r#""factor": 0.2, "#,
        &[
            "",
            r#""fill_mode": "constant", "fill_value": 0.5"#,
            r#""fill_mode": "wrap", "interpolation": "nearest""#,
            r#""factor": [0.1, 0.4], "fill_mode": "nearest", "seed": 3"#,
        ],
        &["[3, 4, 2]", "[1, 3, 1]"],
    ),
    (
        "RandomTranslation",
        r#""height_factor": 0.4, "width_factor": [0.1, 0.7], "#,
        &[
            "",
            r#""fill_mode": "constant", "fill_value": 0.5"#,
            r#""fill_mode": "wrap""#,
            r#""fill_mode": "nearest", "interpolation": "nearest", "seed": 3"#,
        ],
        &["[3, 4, 2]", "[1, 3, 1]"],
    ),
    (
        "RandomZoom",
        r#""height_factor": 0.4, "#,
        &[
            "",
            r#""fill_mode": "constant", "fill_value": 0.5, "width_factor": [-0.9, -0.2]"#,
            r#""fill_mode": "wrap", "width_factor": 1"#,
            r#""fill_mode": "nearest", "interpolation": "nearest", "seed": 3"#,
        ],
        &["[3, 4, 2]", "[1, 3, 1]"],
    ),
    (
        "Normalization",
        "",
        &["", r#""axis": [1], "invert": true"#, r#""axis": []"#, r#""mean": 0.5, "variance": 2"#],
        &["[3]", "[2, 3]"],
    ),
    ("Normalization", r#""axis": [3, 1], "#, &["", r#""mean": [1, -2], "variance": [0.5, 2]"#], &["[3, 4, 2]"]),
    (
        "ReLU",
        "",
        &["", r#""negative_slope": 0.3"#, r#""threshold": 0.4"#, r#""max_value": 0.9, "negative_slope": 0.1, "threshold": 0.2"#],
        &["[7]", "[2, 3]"],
    ),
    ("RepeatVector", "", &[r#""n": 1"#, r#""n": 3"#], &["[4]", "[1]"]),
    ("Rescaling", "", &[r#""scale": 2"#, r#""scale": -0.5, "offset": 1.5"#], &["[7]", "[2, 3]"]),
    ("Rescaling", "", &[r#""scale": [2, -1, 0.5]"#, r#""scale": [2], "offset": [1, 2, 3]"#], &["[3]", "[2, 3]"]),
    (
        "Resizing",
        r#""height": 4, "width": 3, "#,
        &[
            "",
            r#""interpolation": "nearest""#,
            r#""interpolation": "bicubic", "antialias": true"#,
            r#""interpolation": "lanczos3", "antialias": true, "crop_to_aspect_ratio": true"#,
            r#""interpolation": "lanczos5", "antialias": true, "pad_to_aspect_ratio": true, "fill_value": 0.5"#,
            r#""interpolation": "nearest", "pad_to_aspect_ratio": true, "fill_value": -2"#,
        ],
        &["[2, 7, 2]", "[9, 3, 1]", "[4, 3, 2]"],
    ),
    ("Reshape", "", &[r#""target_shape": [3, -1]"#], &["[6]", "[2, 3]"]),
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
    (
        "RNN",
        "",
        &[
            r#""cell": {"class_name": "LSTMCell", "config": {"units": 3}}"#,
            r#""cell": {"class_name": "SimpleRNNCell", "config": {"units": 3}}, "return_sequences": true, "go_backwards": true"#,
            r#""cell": [{"class_name": "LSTMCell", "config": {"units": 3}}, {"class_name": "GRUCell", "config": {"units": 2}}]"#,
            r#""cell": [{"class_name": "GRUCell", "config": {"units": 3, "trainable": false}},
               {"class_name": "GRUCell", "config": {"units": 3, "reset_after": false}},
               {"class_name": "SimpleRNNCell", "config": {"units": 2}}], "return_sequences": true, "go_backwards": true"#,
        ],
        &["[4, 2]", "[1, 1]"],
    ),
    (
        "RNN",
        r#""cell": [{"class_name": "LSTMCell", "config": {"units": 3}}, {"class_name": "GRUCell", "config": {"units": 2}}], "#,
        STATES,
        &["[4, 2]; [3] [3] [2]", "[1, 1]; [3] [3] [2]"],
    ),
    (
        "RNN",
        r#""stateful": true, "cell": [{"class_name": "LSTMCell", "config": {"units": 3}}, {"class_name": "GRUCell", "config": {"units": 2}}], "#,
        STATES,
        &["[4, 2]", "[4, 2]; [3] [3] [2]"],
    ),
    ("LSTM", r#""units": 3, "stateful": true, "#, KEEPING, &["[4, 2]", "[4, 2]; [3] [3]", "[4, 2]; ; bool[4]"]),
    ("GRU", r#""units": 3, "stateful": true, "#, KEEPING, &["[4, 2]", "[4, 2]; [3]", "[4, 2]; [3]; bool[4]"]),
    ("SimpleRNN", r#""units": 3, "stateful": true, "#, KEEPING, &["[4, 2]", "[4, 2]; [3]", "[4, 2]; ; bool[4]"]),
    ("ConvLSTM1D", r#""filters": 2, "kernel_size": 2, "stateful": true, "#, KEEPING, &["[3, 4, 2]", "[3, 4, 2]; [3, 2] [3, 2]"]),
    ("ConvLSTM2D", r#""filters": 2, "kernel_size": 2, "stateful": true, "#, KEEPING, &["[2, 3, 3, 2]"]),
    ("ConvLSTM3D", r#""filters": 1, "kernel_size": 2, "stateful": true, "#, &[""], &["[2, 2, 3, 2, 1]"]),
    ("SimpleRNN", r#""units": 3, "#, STATES, &["[4, 2]", "[4, 2]; [3]", "[1, 1]; [3]"]),
    ("SimpleRNN", r#""units": 3, "#, PASSING, &["[4, 2]; ; bool[4]", "[4, 2]; [3]; bool[4]"]),
    ("SimpleRNN", r#""units": 3, "#, DROPPING, &["[4, 2]", "[4, 2]; [3]; bool[4]"]),
    (
        "SimpleRNN",
        r#""units": 3, "#,
        &[
            "",
            r#""return_sequences": true, "use_bias": false"#,
            r#""go_backwards": true, "activation": "relu""#,
            r#""return_sequences": true, "go_backwards": true, "activation": "sigmoid""#,
        ],
        &["[4, 2]", "[1, 1]"],
    ),
    ("SimpleRNNCell", "", &[r#""units": 3"#, r#""units": 3, "use_bias": false"#], &["[2]; [3]", "[1]; [3]"]),
    (
        "Softmax",
        "",
        &["", r#""axis": 1"#],
        &["[4]", "[3, 2]", "[2, 2, 3]", "[4]; bool[4]", "[3, 4]; bool[3, 4]", "[3, 4]; bool[3, 1]"],
    ),
    ("SpatialDropout1D", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[4, 5]", "[1, 3]"]),
    ("SpatialDropout2D", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[2, 3, 5]", "[1, 1, 3]"]),
    ("SpatialDropout3D", "", &[r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[2, 3, 1, 5]", "[1, 1, 1, 3]"]),
    (
        "SpectralNormalization",
        // So many iterations leave the singular vectors as they are.
        r#""power_iterations": 99, "#,
        &[
            r#""layer": {"class_name": "Dense", "config": {"units": 3, "activation": "gelu"}}"#,
            r#""layer": {"class_name": "Dense", "config": {"units": 1, "use_bias": false}}"#,
            r#""layer": {"class_name": "Dense", "config": {"units": 2, "trainable": false}}"#,
        ],
        &["[2]", "[3, 4]"],
    ),
    (
        "SpectralNormalization",
        r#""power_iterations": 99, "#,
        &[r#""layer": {"class_name": "Conv2D", "config": {"filters": 2, "kernel_size": 2, "padding": "same"}}"#],
        &["[3, 2, 2]"],
    ),
    (
        "StackedRNNCells",
        r#""cells": [{"class_name": "LSTMCell", "config": {"units": 3}}, {"class_name": "GRUCell", "config": {"units": 2}}]"#,
        &[""],
        &["[2]; [3] [3] [2]"],
    ),
    ("Subtract", "", &[""], &["[5] [5]", "[2, 3] [2, 3]", "[2, 3] [1, 3]", "[1, 3, 1] [2, 1, 2]"]),
    (
        "TimeDistributed",
        "",
        &[
            r#""layer": {"class_name": "Dense", "config": {"units": 3, "activation": "gelu"}}"#,
            r#""layer": {"class_name": "BatchNormalization", "config": {}}"#,
            r#""layer": {"class_name": "BatchNormalization", "config": {"trainable": false, "scale": false}}"#,
            r#""layer": {"class_name": "LayerNormalization", "config": {}}"#,
            r#""layer": {"class_name": "Dropout", "config": {"rate": 0.5}}"#,
            r#""layer": {"class_name": "Flatten", "config": {}}"#,
            r#""layer": {"class_name": "SpectralNormalization", "config": {"power_iterations": 99,
               "layer": {"class_name": "Dense", "config": {"units": 2}}}}"#,
        ],
        &["[3, 2]", "[1, 1]"],
    ),
    (
        "TimeDistributed",
        "",
        &[
            r#""layer": {"class_name": "Conv1D", "config": {"filters": 2, "kernel_size": 2}}"#,
            r#""layer": {"class_name": "BatchNormalization", "config": {"axis": 1}}"#,
            r#""layer": {"class_name": "GRU", "config": {"units": 2, "return_sequences": true}}"#,
            r#""layer": {"class_name": "Bidirectional", "config": {"layer": {"class_name": "GRU", "config": {"units": 2}}}}"#,
            r#""layer": {"class_name": "TimeDistributed", "config": {"layer": {"class_name": "BatchNormalization", "config": {}}}}"#,
        ],
        &["[3, 4, 2]"],
    ),
    (
        "TimeDistributed",
        r#""layer": {"class_name": "Embedding", "config": {"input_dim": 4, "output_dim": 2}}"#,
        &[""],
        &["[2, 3]"],
    ),
    ("UnitNormalization", "", &["", r#""axis": 1"#], &["[4]", "[3, 2]", "[2, 3, 2]"]),
    ("UnitNormalization", "", &[r#""axis": [1, 2]"#, r#""axis": [-1, 1]"#], &["[2, 3, 4]"]),
    ("UpSampling1D", "", &["", r#""size": 3"#], &["[4, 2]", "[1, 3]"]),
    (
        "UpSampling2D",
        "",
        &[
            "",
            r#""size": [1, 3]"#,
            r#""interpolation": "bilinear""#,
            r#""size": [3, 1], "interpolation": "bilinear""#,
            r#""size": [2, 3], "interpolation": "bicubic""#,
            r#""interpolation": "lanczos3""#,
            r#""size": [3, 2], "interpolation": "lanczos5""#,
        ],
        &["[2, 3, 2]", "[1, 1, 3]"],
    ),
    ("UpSampling3D", "", &["", r#""size": [1, 3, 2]"#], &["[2, 3, 2, 2]", "[1, 1, 1, 3]"]),
    ("ZeroPadding1D", "", &["", r#""padding": 0"#, r#""padding": [0, 2]"#], &["[3, 2]", "[1, 1]"]),
    ("ZeroPadding2D", "", &["", r#""padding": 0"#, r#""padding": [[0, 1], [2, 0]]"#], &["[2, 3, 2]", "[1, 1, 1]"]),
    ("ZeroPadding3D", "", &["", r#""padding": 0"#, r#""padding": [[0, 1], 1, [2, 0]]"#], &["[2, 3, 2, 2]", "[1, 1, 1, 1]"]),
];

/// Calls of attention on a list.
const LISTED: &[&str] = &[
    "[3, 4] [5, 2] [5, 4] | 1",
    "[3, 4] [5, 4]; bool[3]; bool[5] | 0 1",
    "[4, 3] [4, 3]; ; bool[4] | 0",
    "[4, 3] [4, 3]; bool[4]",
];

/// Calls of attention with projections.
const PROJECTED: &[&str] = &[
    "[3, 4] [5, 4]",
    "[4, 4] [4, 4] | 0 1",
    "[3, 4] [5, 4]; [5, 2] | 1",
    "[3, 4] [5, 4]; [5, 2]; bool[3]; bool[5]; bool[5]; bool[3, 5] | 0",
    "[3, 4] [5, 4]; ; ; bool[5]; ; bool[2, 3, 5] | 1",
];

/// Recurrent layers that are begun somewhere, or give their state.
const STATES: &[&str] = &[
    r#""return_state": false"#,
    r#""return_state": true"#,
    r#""return_state": true, "return_sequences": true, "go_backwards": true"#,
];

/// Recurrent layers that keep their states, whether these are outputs or not, and with a penalty on what are outputs.
const KEEPING: &[&str] = &[
    r#""go_backwards": true"#,
    r#""return_state": true, "return_sequences": true"#,
    r#""return_sequences": true, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
    r#""return_state": true, "activity_regularizer": {"class_name": "L1L2", "config": {"l1": 0.03, "l2": 0.2}}"#,
];

/// Recurrent layers that pass over steps.
const PASSING: &[&str] = &[
    r#""return_state": true"#,
    r#""return_sequences": true, "go_backwards": true"#,
    r#""zero_output_for_mask": true, "go_backwards": true"#,
    r#""return_state": true, "return_sequences": true, "zero_output_for_mask": true"#,
];

/// Recurrent layers that drop elements while training.
const DROPPING: &[&str] = &[
    r#""dropout": 0.4"#,
    r#""recurrent_dropout": 0.4, "return_sequences": true"#,
    r#""dropout": 0.3, "recurrent_dropout": 0.4, "seed": 3, "go_backwards": true"#,
];

/// Inputs of merging layers of which some are stretched.
const STRETCHED: &[&str] = &["[2, 3] [1, 3]", "[2, 1] [2, 3] [1, 3]", "[1, 1, 2] [2, 3, 2]", "[1, 3, 1] [2, 1, 2]"];

/// Shapes large enough to be shared among threads, one of each kernel.
const LARGE: &[(&str, &str, &str)] = &[
    ("Dense", r#""units": 40"#, "[70]"),
    ("Conv2D", r#""filters": 33, "kernel_size": 3, "padding": "same", "activation": "relu""#, "[6, 7, 5]"),
    ("Conv3D", r#""filters": 9, "kernel_size": 3, "padding": "same", "activation": "relu""#, "[4, 6, 5, 3]"),
    ("DepthwiseConv2D", r#""kernel_size": 3, "padding": "same""#, "[9, 9, 33]"),
    ("MultiHeadAttention", r#""num_heads": 3, "key_dim": 9, "dropout": 0.2"#, "[67, 5] [67, 5] | 0"),
    ("Multiply", "", "[9, 9, 33] [1, 1, 33]"),
];

fn layer(class: &str, arguments: &str) -> AnyLayer {
    let arguments = format!("{{{}}}", arguments.trim_end_matches(", "));
    let declaration = match class.strip_prefix("ops::") {
        Some(name) => Declaration::function(name),
        None => Class::find(class).map(|class| Declaration::Class(*class)),
    };
    declaration.unwrap().read(&serde_json::from_str(&arguments).unwrap()).unwrap()
}

/// A type: `[3, 4]`, `bool[3]`.
fn type_of(text: &str, dtype: DType) -> TensorType {
    let named = [("bool", DType::Bool), ("f32", DType::F32), ("i32", DType::I32)];
    let named = named.into_iter().find_map(|(name, dtype)| Some((dtype, text.trim().strip_prefix(name)?)));
    let (dtype, shape) = named.unwrap_or((dtype, text.trim()));
    let shape: Vec<usize> = serde_json::from_str(shape).unwrap();
    TensorType { dtype, ..TensorType::f32(shape.as_slice()) }
}

/// Checks a layer called with these shapes: those by position, and behind each semicolon those of another slot.
fn check(layer: &AnyLayer, shapes: &str) {
    let (types, manner) = called_with(layer, shapes);
    check_called(layer, types, manner);
}

fn called_with(layer: &AnyLayer, shapes: &str) -> (Vec<TensorType>, Manner) {
    let dtype = if layer.index_bound().is_some() { DType::I32 } else { DType::F32 };
    let (shapes, flags) = shapes.split_once('|').unwrap_or((shapes, ""));
    let groups = shapes
        .split(';')
        .map(|group| group.trim().split_inclusive(']').map(|shape| type_of(shape, dtype)).collect::<Vec<TensorType>>());
    let mut groups = groups.enumerate();
    let positional = groups.next().map(|(_, positional)| positional).unwrap();
    let (shapes, manner) = Manner::arranged(positional, groups.map(|(behind, group)| (behind - 1, group)).collect());
    let flags = flags.split_whitespace().map(|flag| flag.parse().unwrap());
    (shapes, flags.fold(manner, |manner, flag| manner.with_flag(flag, true)))
}

#[test]
fn every_layer_keeps_its_contract() {
    for (class, common, variants, inputs) in GRID {
        for (variant, shapes) in variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes))) {
            check(&layer(class, &format!("{common}{variant}")), shapes);
        }
    }
    for (class, arguments, shapes) in LARGE {
        check(&layer(class, arguments), shapes);
    }
}

/// Operations with what they take, and the shapes of the tensors.
const OPERATIONS: &[(&str, &[&str], &[&str])] = &[
    ("amax argmax argmin cumprod cumsum flip prod", &[r#""axis": 1"#, r#""axis": -1"#], &["[5]", "[3, 4]", "[2, 3, 2]"]),
    ("amin average count_nonzero norm", &[r#""axis": 1"#, r#""axis": [-1, 1]"#], &["[3, 4]", "[2, 3, 2]"]),
    (
        "any all logsumexp max mean min std sum var",
        &[r#""axis": 1, "keepdims": true"#, r#""axis": [-1, 1]"#],
        &["[3, 4]", "[2, 3, 2]"],
    ),
    (
        "norm",
        &[r#""axis": 1, "ord": 1, "keepdims": true"#, r#""axis": 2, "ord": 3"#, r#""axis": [2, 1], "ord": "fro""#],
        &["[3, 4]"],
    ),
    ("argsort sort glu log_softmax softmax sparsemax", &["", r#""axis": 1"#], &["[4]", "[4, 6]", "[2, 3, 4]"]),
    ("normalize", &["", r#""axis": 1, "order": 1"#, r#""order": 3, "epsilon": 5"#], &["[4]", "[4, 6]", "[2, 3, 4]"]),
    ("top_k", &[r#""k": 2"#, r#""k": 1, "sorted": false"#], &["[4]", "[2, 3]", "[2, 2, 4]"]),
    ("moments", &[r#""axes": [1]"#, r#""axes": [1, -1], "keepdims": true"#], &["[3, 4]", "[2, 3, 2]"]),
    ("diff", &["", r#""axis": 1"#, r#""n": 3, "axis": 1"#], &["[4]", "[5, 4]", "[4, 2, 4]"]),
    ("tril triu", &["", r#""k": 1"#, r#""k": -2"#], &["[3, 3]", "[4, 3]", "[2, 3, 4]"]),
    ("celu elu", &["", r#""alpha": 0.5"#], &["[7]"]),
    ("gelu", &["", r#""approximate": false"#], &["[7]"]),
    ("hard_shrink soft_shrink", &["", r#""threshold": 0.3"#], &["[7]"]),
    ("leaky_relu squareplus round nan_to_num isinf cbrt deg2rad rad2deg exp2 arcsinh square absolute", &[""], &["[7]", "[2, 3]"]),
    ("clip", &[r#""x_min": -1, "x_max": 0.5"#], &["[7]", "[2, 3]"]),
    ("threshold", &[r#""threshold": 0.1, "default_value": -2"#], &["[7]"]),
    ("round", &[r#""decimals": 2"#], &["[7]"]),
    ("cast", &[r#""dtype": "float32""#, r#""dtype": "int32""#, r#""dtype": "bool""#], &["[7]"]),
    ("full_like", &[r#""fill_value": 2.5"#, r#""fill_value": 2.5, "dtype": "int32""#], &["[7]"]),
    ("add subtract multiply maximum minimum hypot logaddexp divide_no_nan arctan2", &[""], STRETCHED_PAIRS),
    ("add subtract multiply divide fmod maximum power", &[r#""x2": 3"#], &["[7]"]),
    ("floor_divide less equal", &[r#""x2": 3"#], &["[7]", "i32[4]"]),
    ("stack", &[r#""axis": 1"#, r#""axis": -1"#, r#""axis": 2"#], &["[3] [3]", "[2, 3] [2, 3] [2, 3]"]),
    ("concatenate", &[r#""axis": 1"#], &["[3] [2]", "[2, 3] [1, 3] [2, 3]"]),
    (
        "split",
        &[r#""indices_or_sections": 2, "axis": 1"#, r#""indices_or_sections": [1, 3], "axis": -1"#],
        &["[4]", "[2, 4]", "[4, 2, 5]"],
    ),
    ("unstack", &[r#""axis": 1"#, r#""axis": -1"#], &["[4]", "[2, 3]"]),
    ("repeat", &[r#""repeats": 3, "axis": 1"#, r#""repeats": [2, 0, 1], "axis": -1"#], &["[3]", "[2, 3]", "[3, 2, 3]"]),
    ("tile", &[r#""repeats": [1, 2, 3]"#, r#""repeats": 2"#], &["[3, 2]"]),
    (
        "roll",
        &[r#""shift": 2, "axis": 1"#, r#""shift": [-1, 5], "axis": [1, 2]"#, r#""shift": 1, "axis": [2, 1]"#],
        &["[3, 2]", "[2, 3, 2]"],
    ),
    (
        "pad",
        &[
            r#""pad_width": [[0, 0], [1, 2], [0, 1]]"#,
            r#""pad_width": [[0, 0], [1, 2], [0, 1]], "constant_values": 2.5"#,
            r#""pad_width": [[0, 0], [1, 2], [0, 1]], "mode": "reflect""#,
            r#""pad_width": [[0, 0], [1, 2], [0, 1]], "mode": "symmetric""#,
            r#""pad_width": [[0, 0], [1, 4], [0, 3]], "mode": "edge""#,
        ],
        &["[3, 2]", "[4, 3]"],
    ),
    ("broadcast_to", &[r#""shape": [null, 3, 2]"#], &["[1, 2]", "[3, 1]", "[3, 2]"]),
    ("take", &[r#""indices": [2, 0, -1, 2], "axis": 1"#, r#""indices": 1, "axis": -1"#], &["[3]", "[4, 3]", "[3, 2, 3]"]),
    ("take_along_axis", &[r#""axis": 1"#], &["[4] i32[2]", "[4, 2] i32[5, 2]"]),
    ("one_hot", &[r#""num_classes": 3"#, r#""num_classes": 5, "axis": 1, "dtype": "int32""#], &["i32[4]", "i32[2, 3]"]),
    ("matmul", &[""], &["[2, 3] [3, 4]", "[2, 2, 3] [2, 3, 4]", "[2, 2, 3] [1, 3, 4]", "[1, 5, 2, 3] [4, 1, 3, 2]"]),
    (
        "einsum",
        &[r#""subscripts": "bij,bkj->bik""#, r#""subscripts": "bij,bkj->bki""#, r#""subscripts": "...ij,...kj->...ik""#],
        &["[2, 3] [4, 3]"],
    ),
    ("einsum", &[r#""subscripts": "bij,bij->bi""#, r#""subscripts": "bij,bij->b""#], &["[2, 3] [2, 3]"]),
    ("swapaxes", &[r#""axis1": 1, "axis2": -1"#], &["[2, 3]", "[2, 3, 4]"]),
    ("moveaxis", &[r#""source": 1, "destination": -1"#, r#""source": [2, 1], "destination": [1, 2]"#], &["[2, 3]", "[2, 3, 4]"]),
];

/// Two tensors, one of which may be stretched.
const STRETCHED_PAIRS: &[&str] = &["[2, 3] [2, 3]", "[2, 3] [1, 3]", "[2, 1] [1, 3]"];

#[test]
fn operations_keep_the_contract() {
    for (names, variants, inputs) in OPERATIONS {
        for (variant, shapes) in variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes))) {
            names.split_whitespace().for_each(|name| check(&layer(&format!("ops::{name}"), variant), shapes));
        }
    }
}

#[test]
fn every_activation_keeps_the_contract_alone_and_within_a_layer() {
    for activation in Activation::ALL {
        let activation = format!(r#""activation": "{}""#, activation.name());
        check(&layer("Activation", &activation), "[2, 5]");
        check(&layer("Dense", &format!(r#""units": 5, {activation}"#)), "[3]");
    }
}

#[test]
fn every_layer_is_in_the_grid() {
    for class in CLASSES {
        assert!(GRID.iter().any(|(name, ..)| *name == class.name), "`{}` needs a line in the grid", class.name);
    }
}

/// Layers some of whose calls have no gradient of their gradient.
const WITHOUT_SECOND: &[&str] = &[
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "AdditiveAttention",
    "Attention",
    "BatchNormalization", // with a mask
    "Bidirectional",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Discretization", // whose inputs have no gradient
    "Dot",            // of vectors of length 1
    "GRU",
    "GRUCell",
    "GroupQueryAttention",
    "LSTM",
    "LSTMCell",
    "MultiHeadAttention",
    "RNN",
    "RandomBrightness",
    "RandomContrast",
    "ReversibleEmbedding",
    "SimpleRNN",
    "SimpleRNNCell",
    "SpectralNormalization",
    "StackedRNNCells",
    "TimeDistributed",
];

#[test]
fn gradients_of_gradients_are_what_small_differences_say() {
    let mut without = std::collections::BTreeSet::new();
    let (mut all, mut failures) = (Vec::new(), Vec::new());
    for (class, common, variants, inputs) in GRID {
        let each = variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes)));
        all.extend(each.map(|(variant, shapes)| ((*class).to_owned(), format!("{common}{variant}"), *shapes)));
    }
    for (names, variants, inputs) in OPERATIONS {
        for (variant, shapes) in variants.iter().flat_map(|variant| inputs.iter().map(move |shapes| (variant, shapes))) {
            all.extend(names.split_whitespace().map(|name| (format!("ops::{name}"), (*variant).to_owned(), *shapes)));
        }
    }
    for (class, arguments, shapes) in all {
        let layer = layer(&class, &arguments);
        // A penalty on what a layer gives is none of its gradients.
        let (types, manner) = called_with(&layer, shapes);
        if layer.activity().is_some() {
            continue;
        }
        match check_second(&layer, types, manner) {
            Ok(true) => {}
            Ok(false) => drop(without.insert(class)),
            Err(failure) => failures.push(failure),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert_eq!(without.iter().map(String::as_str).collect::<Vec<_>>(), WITHOUT_SECOND);
}
