//! The layers of `activation`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    ("Activation", "", &[r#""activation": "tanh""#], &["[7]", "[2, 3]"]),
    ("ELU", "", &["", r#""alpha": 0.5"#, r#""alpha": 0.0"#, r#""alpha": -0.5"#], &["[7]", "[2, 3]"]),
    ("LeakyReLU", "", &["", r#""negative_slope": 0.1"#, r#""negative_slope": 0.0"#], &["[7]", "[2, 3]"]),
    ("PReLU", "", &["", r#""shared_axes": 1"#], &["[7]", "[1, 3]"]),
    ("PReLU", "", &[r#""shared_axes": [1, 2]"#, r#""shared_axes": [2]"#, r#""shared_axes": [2, 3]"#], &["[2, 3, 4]"]),
    (
        "ReLU",
        "",
        &["", r#""negative_slope": 0.3"#, r#""threshold": 0.4"#, r#""max_value": 0.9, "negative_slope": 0.1, "threshold": 0.2"#],
        &["[7]", "[2, 3]"],
    ),
    (
        "Softmax",
        "",
        &["", r#""axis": 1"#],
        &["[4]", "[3, 2]", "[2, 2, 3]", "[4]; bool[4]", "[3, 4]; bool[3, 4]", "[3, 4]; bool[3, 1]"],
    ),
];
