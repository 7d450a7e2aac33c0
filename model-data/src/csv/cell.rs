//! What cells can hold.

/// A type of cells.
pub(super) trait Cell: Clone {
    /// What is expected, in words.
    const EXPECTED: &'static str;
    /// Whether an empty cell is none.
    const CAN_BE_MISSING: bool = true;
    /// The methods that take a default: of a row, and of a table.
    const WITH_DEFAULT: [&'static str; 2];
    /// An example of a default.
    const DEFAULT: &'static str;
    fn parse(text: &str) -> Option<Self>;
}

impl Cell for f32 {
    const EXPECTED: &'static str = "a number";
    const WITH_DEFAULT: [&'static str; 2] = ["float_or", "floats_or"];
    const DEFAULT: &'static str = "0.0";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().filter(|number: &Self| number.is_finite())
    }
}

impl Cell for i32 {
    const EXPECTED: &'static str = "a whole number of 32 bits";
    const WITH_DEFAULT: [&'static str; 2] = ["int_or", "ints_or"];
    const DEFAULT: &'static str = "0";

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Cell for bool {
    const EXPECTED: &'static str = "`true`, `false`, `1` or `0`";
    const WITH_DEFAULT: [&'static str; 2] = ["bool_or", "bools_or"];
    const DEFAULT: &'static str = "false";

    fn parse(text: &str) -> Option<Self> {
        match text {
            "1" => Some(true),
            "0" => Some(false),
            _ if text.eq_ignore_ascii_case("true") => Some(true),
            _ if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }
}

/// An empty text is a text.
impl Cell for String {
    const EXPECTED: &'static str = "a text";
    const CAN_BE_MISSING: bool = false;
    const WITH_DEFAULT: [&'static str; 2] = [""; 2];
    const DEFAULT: &'static str = "";

    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}
