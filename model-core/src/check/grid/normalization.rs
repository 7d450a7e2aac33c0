//! The layers of `normalization`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    (
        "BatchNormalization",
        "",
        &["", r#""scale": false"#, r#""center": false, "epsilon": 0.1"#, r#""axis": 1, "momentum": 0.5"#],
        &["[4]", "[3, 2]", "[2, 3, 2]", "[5, 2]; bool[5]", "[2, 3, 2]; bool[2, 3]"],
    ),
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
    ("GroupNormalization", "", &[r#""groups": 2, "axis": 2"#], &["[3, 4, 2]", "[1, 4, 3]"]),
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
    ("RMSNormalization", "", &["", r#""epsilon": 0.1"#], &["[4]", "[3, 2]", "[2, 3, 2]"]),
    ("RMSNormalization", "", &[r#""axis": [1, 2]"#, r#""axis": [-2, -1]"#], &["[3, 2]"]),
    ("UnitNormalization", "", &["", r#""axis": 1"#], &["[4]", "[3, 2]", "[2, 3, 2]"]),
    ("UnitNormalization", "", &[r#""axis": [1, 2]"#, r#""axis": [-1, 1]"#], &["[2, 3, 4]"]),
];
