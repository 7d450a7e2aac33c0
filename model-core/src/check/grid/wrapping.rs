//! The layers of `wrapping`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
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
];
