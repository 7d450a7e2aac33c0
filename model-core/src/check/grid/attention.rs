//! The layers of `attention`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    ("AdditiveAttention", "", &["", r#""use_scale": false, "dropout": 0.3"#], &["[3, 4] [5, 4]"]),
    ("AdditiveAttention", "", &[""], LISTED),
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
        "GroupQueryAttention",
        r#""head_dim": 3, "num_query_heads": 2, "num_key_value_heads": 1, "#,
        &["", r#""use_gate": true, "dropout": 0.3"#, r#""use_bias": false, "sliding_window": 2"#],
        PROJECTED,
    ),
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
    // Those whose projections are folded into one another.
    (
        "MultiHeadAttention",
        r#""num_heads": 2, "#,
        &[
            r#""key_dim": 10"#,
            r#""key_dim": 8, "value_dim": 20, "use_bias": false, "dropout": 0.3, "output_shape": [2, 3]"#,
            r#""key_dim": 12, "dropout": 0.2, "sliding_window": 3, "seed": 5"#,
        ],
        PROJECTED,
    ),
    ("MultiHeadAttention", r#""num_heads": 2, "key_dim": 8, "#, &[r#""attention_axes": 2"#], &["[2, 3, 4] [2, 5, 3]"]),
    (
        "GroupQueryAttention",
        r#""head_dim": 9, "num_query_heads": 4, "num_key_value_heads": 2"#,
        &[""],
        &["[3, 3] [5, 3]", "[4, 3] [4, 3] | 0 1"],
    ),
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
