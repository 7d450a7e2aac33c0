//! The operations by their names.

/// Operations with what they take, and the shapes of the tensors.
pub const FUNCTIONS: &[(&str, &[&str], &[&str])] = &[
    ("amax argmax argmin cumprod cumsum flip prod", &[r#""axis": 1"#, r#""axis": -1"#], &["[5]", "[3, 4]", "[2, 3, 2]"]),
    ("amin average count_nonzero norm", &[r#""axis": 1"#, r#""axis": [-1, 1]"#], &["[3, 4]", "[2, 3, 2]"]),
    (
        "any all logsumexp max mean min std sum var",
        &[r#""axis": 1, "keepdims": true"#, r#""axis": [-1, 1]"#],
        &["[3, 4]", "[2, 3, 2]"],
    ),
    (
        "norm",
        &[r#""axis": 1, "ord": 1, "keepdims": true"#, r#""axis": 2, "ord": 3"#, r#""axis": [2, 1], "ord": "fro""#],
        &["[3, 4]"],
    ),
    ("argsort sort glu log_softmax softmax sparsemax", &["", r#""axis": 1"#], &["[4]", "[4, 6]", "[2, 3, 4]"]),
    ("normalize", &["", r#""axis": 1, "order": 1"#, r#""order": 3, "epsilon": 5"#], &["[4]", "[4, 6]", "[2, 3, 4]"]),
    ("top_k", &[r#""k": 2"#, r#""k": 1, "sorted": false"#], &["[4]", "[2, 3]", "[2, 2, 4]"]),
    ("moments", &[r#""axes": [1]"#, r#""axes": [1, -1], "keepdims": true"#], &["[3, 4]", "[2, 3, 2]"]),
    ("diff", &["", r#""axis": 1"#, r#""n": 3, "axis": 1"#], &["[4]", "[5, 4]", "[4, 2, 4]"]),
    ("tril triu", &["", r#""k": 1"#, r#""k": -2"#], &["[3, 3]", "[4, 3]", "[2, 3, 4]"]),
    ("celu elu", &["", r#""alpha": 0.5"#], &["[7]"]),
    ("gelu", &["", r#""approximate": false"#], &["[7]"]),
    ("hard_shrink soft_shrink", &["", r#""threshold": 0.3"#], &["[7]"]),
    ("leaky_relu squareplus round nan_to_num isinf cbrt deg2rad rad2deg exp2 arcsinh square absolute", &[""], &["[7]", "[2, 3]"]),
    ("clip", &[r#""x_min": -1, "x_max": 0.5"#], &["[7]", "[2, 3]"]),
    ("threshold", &[r#""threshold": 0.1, "default_value": -2"#], &["[7]"]),
    ("round", &[r#""decimals": 2"#], &["[7]"]),
    ("cast", &[r#""dtype": "float32""#, r#""dtype": "int32""#, r#""dtype": "bool""#], &["[7]"]),
    ("full_like", &[r#""fill_value": 2.5"#, r#""fill_value": 2.5, "dtype": "int32""#], &["[7]"]),
    ("add subtract multiply maximum minimum hypot logaddexp divide_no_nan arctan2", &[""], STRETCHED_PAIRS),
    ("add subtract multiply divide fmod maximum power", &[r#""x2": 3"#], &["[7]"]),
    ("floor_divide less equal", &[r#""x2": 3"#], &["[7]", "i32[4]"]),
    ("stack", &[r#""axis": 1"#, r#""axis": -1"#, r#""axis": 2"#], &["[3] [3]", "[2, 3] [2, 3] [2, 3]"]),
    ("concatenate", &[r#""axis": 1"#], &["[3] [2]", "[2, 3] [1, 3] [2, 3]"]),
    (
        "split",
        &[r#""indices_or_sections": 2, "axis": 1"#, r#""indices_or_sections": [1, 3], "axis": -1"#],
        &["[4]", "[2, 4]", "[4, 2, 5]"],
    ),
    ("unstack", &[r#""axis": 1"#, r#""axis": -1"#], &["[4]", "[2, 3]"]),
    ("repeat", &[r#""repeats": 3, "axis": 1"#, r#""repeats": [2, 0, 1], "axis": -1"#], &["[3]", "[2, 3]", "[3, 2, 3]"]),
    ("tile", &[r#""repeats": [1, 2, 3]"#, r#""repeats": 2"#], &["[3, 2]"]),
    (
        "roll",
        &[r#""shift": 2, "axis": 1"#, r#""shift": [-1, 5], "axis": [1, 2]"#, r#""shift": 1, "axis": [2, 1]"#],
        &["[3, 2]", "[2, 3, 2]"],
    ),
    (
        "pad",
        &[
            r#""pad_width": [[0, 0], [1, 2], [0, 1]]"#,
            r#""pad_width": [[0, 0], [1, 2], [0, 1]], "constant_values": 2.5"#,
            r#""pad_width": [[0, 0], [1, 2], [0, 1]], "mode": "reflect""#,
            r#""pad_width": [[0, 0], [1, 2], [0, 1]], "mode": "symmetric""#,
            r#""pad_width": [[0, 0], [1, 4], [0, 3]], "mode": "edge""#,
        ],
        &["[3, 2]", "[4, 3]"],
    ),
    ("broadcast_to", &[r#""shape": [null, 3, 2]"#], &["[1, 2]", "[3, 1]", "[3, 2]"]),
    ("take", &[r#""indices": [2, 0, -1, 2], "axis": 1"#, r#""indices": 1, "axis": -1"#], &["[3]", "[4, 3]", "[3, 2, 3]"]),
    ("take_along_axis", &[r#""axis": 1"#], &["[4] i32[2]", "[4, 2] i32[5, 2]"]),
    ("one_hot", &[r#""num_classes": 3"#, r#""num_classes": 5, "axis": 1, "dtype": "int32""#], &["i32[4]", "i32[2, 3]"]),
    ("matmul", &[""], &["[2, 3] [3, 4]", "[2, 2, 3] [2, 3, 4]", "[2, 2, 3] [1, 3, 4]", "[1, 5, 2, 3] [4, 1, 3, 2]"]),
    (
        "einsum",
        &[r#""subscripts": "bij,bkj->bik""#, r#""subscripts": "bij,bkj->bki""#, r#""subscripts": "...ij,...kj->...ik""#],
        &["[2, 3] [4, 3]"],
    ),
    ("einsum", &[r#""subscripts": "bij,bij->bi""#, r#""subscripts": "bij,bij->b""#], &["[2, 3] [2, 3]"]),
    ("swapaxes", &[r#""axis1": 1, "axis2": -1"#], &["[2, 3]", "[2, 3, 4]"]),
    ("moveaxis", &[r#""source": 1, "destination": -1"#, r#""source": [2, 1], "destination": [1, 2]"#], &["[2, 3]", "[2, 3, 4]"]),
];

/// Two tensors, one of which may be stretched.
const STRETCHED_PAIRS: &[&str] = &["[2, 3] [2, 3]", "[2, 3] [1, 3]", "[2, 1] [1, 3]"];
