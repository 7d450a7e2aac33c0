//! The layers of `regularization`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    (
        "AlphaDropout",
        r#""rate": 0.4, "#,
        &[r#""noise_shape": [null, 1, null]"#, r#""noise_shape": [1, 3, 1], "seed": 3"#],
        &["[3, 4]"],
    ),
    ("AlphaDropout", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[7]", "[3, 4]"]),
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
    ("GaussianDropout", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[7]", "[3, 4]"]),
    ("ActivityRegularization", "", &[r#""l1": 0.5, "l2": 0.3"#], &["[7]", "[3, 4]"]),
    ("GaussianNoise", "", &[r#""stddev": 0.0"#, r#""stddev": 0.5"#, r#""stddev": 1.0, "seed": 3"#], &["[7]", "[3, 4]"]),
    ("SpatialDropout1D", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[4, 5]", "[1, 3]"]),
    ("SpatialDropout2D", "", &[r#""rate": 0.0"#, r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[2, 3, 5]", "[1, 1, 3]"]),
    ("SpatialDropout3D", "", &[r#""rate": 0.5"#, r#""rate": 0.3, "seed": 3"#], &["[2, 3, 1, 5]", "[1, 1, 1, 3]"]),
];
