//! The layers of `reshaping`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    ("Cropping1D", "", &["", r#""cropping": [2, 0]"#], &["[5, 2]", "[3, 1]"]),
    ("Cropping2D", "", &["", r#""cropping": 1"#, r#""cropping": [[0, 1], [2, 0]]"#], &["[4, 5, 2]", "[3, 3, 1]"]),
    ("Cropping3D", "", &["", r#""cropping": 0"#, r#""cropping": [[0, 1], 1, [2, 0]]"#], &["[3, 4, 3, 2]"]),
    ("Flatten", "", &[""], &["[2, 3, 2]", "[4]"]),
    ("Permute", "", &[r#""dims": [1, 2, 3]"#, r#""dims": [3, 1, 2]"#, r#""dims": [2, 1, 3]"#], &["[2, 3, 4]", "[1, 2, 2]"]),
    ("RepeatVector", "", &[r#""n": 1"#, r#""n": 3"#], &["[4]", "[1]"]),
    ("Reshape", "", &[r#""target_shape": [3, -1]"#], &["[6]", "[2, 3]"]),
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
