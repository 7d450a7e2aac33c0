//! The layers of `recurrent`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
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
    ("LSTM", r#""units": 3, "#, STATES, &["[4, 2]", "[4, 2]; [3] [3]", "[1, 1]; [3] [3]"]),
    ("LSTM", r#""units": 3, "#, PASSING, &["[4, 2]; ; bool[4]", "[4, 2]; [3] [3]; bool[4]"]),
    ("LSTM", r#""units": 3, "#, DROPPING, &["[4, 2]", "[4, 2]; [3] [3]; bool[4]"]),
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
    (
        "LSTMCell",
        "",
        &[r#""units": 3"#, r#""units": 3, "use_bias": false, "activation": "relu""#],
        &["[2]; [3] [3]", "[1]; [3] [3]"],
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
        "StackedRNNCells",
        r#""cells": [{"class_name": "LSTMCell", "config": {"units": 3}}, {"class_name": "GRUCell", "config": {"units": 2}}]"#,
        &[""],
        &["[2]; [3] [3] [2]"],
    ),
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
