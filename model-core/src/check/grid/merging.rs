//! The layers of `merging`.

use super::Case;

/// Every class of the family.
pub const CASES: &[Case] = &[
    ("Add", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Add", "", &[""], STRETCHED),
    ("Average", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Average", "", &[""], STRETCHED),
    ("Concatenate", "", &[""], &["[2] [3]", "[2, 1] [2, 4] [2, 2]"]),
    ("Concatenate", "", &[r#""axis": 1"#], &["[2, 3] [1, 3]", "[1, 2, 2] [3, 2, 2]"]),
    ("Dot", "", &[r#""axes": 1"#, r#""axes": -1, "normalize": true"#], &["[3] [3]", "[3, 3] [3]", "[3, 2, 3] [3, 4, 3]"]),
    ("Dot", "", &[r#""axes": [2, 1]"#, r#""axes": [2, 1], "normalize": true"#], &["[4, 3] [3]", "[2, 3, 4] [3, 5]"]),
    ("Maximum", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Maximum", "", &[""], STRETCHED),
    ("Minimum", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Minimum", "", &[""], STRETCHED),
    ("Multiply", "", &[""], &["[5] [5]", "[2, 3] [2, 3] [2, 3]"]),
    ("Multiply", "", &[""], STRETCHED),
    ("Subtract", "", &[""], &["[5] [5]", "[2, 3] [2, 3]", "[2, 3] [1, 3]", "[1, 3, 1] [2, 1, 2]"]),
];

/// Inputs of merging layers of which some are stretched.
const STRETCHED: &[&str] = &["[2, 3] [1, 3]", "[2, 1] [2, 3] [1, 3]", "[1, 1, 2] [2, 3, 2]", "[1, 3, 1] [2, 1, 2]"];
