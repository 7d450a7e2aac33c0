//! The layers of `pooling`.

use super::Case;

/// Windows of pooling in one dimension.
const WINDOWS_1D: &[&str] =
    &[r#""pool_size": 2"#, r#""pool_size": 3, "strides": 2, "padding": "same""#, r#""pool_size": [1], "strides": 2"#];

/// Windows of pooling in two dimensions.
const WINDOWS_2D: &[&str] = &[
    r#""pool_size": 2"#,
    r#""pool_size": 3, "strides": 2, "padding": "same""#,
    r#""pool_size": [2, 3], "strides": 1, "padding": "same""#,
    r#""pool_size": [3, 1], "strides": [1, 2]"#,
];

/// Windows of pooling in three dimensions.
const WINDOWS_3D: &[&str] = &[
    r#""pool_size": 2"#,
    r#""pool_size": 3, "strides": 2, "padding": "same""#,
    r#""pool_size": [2, 1, 3], "strides": [1, 2, 1], "padding": "same""#,
];

/// Every class of the family.
pub const CASES: &[Case] = &[
    ("AdaptiveAveragePooling1D", "", &[r#""output_size": 3"#, r#""output_size": [1]"#], &["[5, 2]", "[2, 1]"]),
    ("AdaptiveAveragePooling2D", "", &[r#""output_size": 2"#, r#""output_size": [3, 4]"#], &["[5, 6, 2]", "[3, 2, 1]"]),
    ("AdaptiveAveragePooling3D", "", &[r#""output_size": 2"#, r#""output_size": [3, 1, 2]"#], &["[4, 3, 5, 2]", "[1, 2, 2, 1]"]),
    ("AdaptiveMaxPooling1D", "", &[r#""output_size": 3"#, r#""output_size": [1]"#], &["[5, 2]", "[2, 1]"]),
    ("AdaptiveMaxPooling2D", "", &[r#""output_size": 2"#, r#""output_size": [3, 4]"#], &["[5, 6, 2]", "[3, 2, 1]"]),
    ("AdaptiveMaxPooling3D", "", &[r#""output_size": 2"#, r#""output_size": [3, 1, 2]"#], &["[4, 3, 5, 2]", "[1, 2, 2, 1]"]),
    ("AveragePooling1D", "", WINDOWS_1D, &["[5, 2]", "[3, 1]"]),
    ("AveragePooling2D", "", WINDOWS_2D, &["[5, 6, 2]", "[3, 3, 1]"]),
    ("AveragePooling3D", "", WINDOWS_3D, &["[4, 3, 5, 2]", "[3, 3, 3, 1]"]),
    ("GlobalAveragePooling1D", "", &["", r#""keepdims": true"#], &["[4, 2]", "[1, 3]", "[6, 2]; bool[6]"]),
    ("GlobalAveragePooling2D", "", &["", r#""keepdims": true"#], &["[3, 4, 2]", "[1, 1, 3]"]),
    ("GlobalAveragePooling3D", "", &["", r#""keepdims": true"#], &["[2, 3, 4, 2]", "[1, 1, 1, 3]"]),
    ("GlobalMaxPooling1D", "", &["", r#""keepdims": true"#], &["[4, 2]", "[1, 3]"]),
    ("GlobalMaxPooling2D", "", &["", r#""keepdims": true"#], &["[3, 4, 2]", "[1, 1, 3]"]),
    ("GlobalMaxPooling3D", "", &["", r#""keepdims": true"#], &["[2, 3, 4, 2]", "[1, 1, 1, 3]"]),
    ("MaxPooling1D", "", WINDOWS_1D, &["[5, 2]", "[3, 1]"]),
    ("MaxPooling2D", "", WINDOWS_2D, &["[5, 6, 2]", "[3, 3, 1]"]),
    ("MaxPooling3D", "", WINDOWS_3D, &["[4, 3, 5, 2]", "[3, 3, 3, 1]"]),
];
