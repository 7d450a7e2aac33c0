//! The layers of `preprocessing`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
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
];
