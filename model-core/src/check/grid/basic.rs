//! The layers of `basic`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    (
        "Dense",
        r#""units": 3, "#,
        &[r#""use_bias": false"#, r#""activation": "relu""#, r#""activation": "softmax""#, r#""activation": "silu""#],
        &["[4]", "[1]", "[2, 4]", "[2, 2, 3]"],
    ),
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
    ("Identity", "", &[""], &["[2, 3]", "[4]"]),
    ("Masking", "", &["", r#""mask_value": 0.5"#], &["[4, 2]", "[3]"]),
];
