//! What is known while compiling: numbers, lists, loops and choices.

/// A loop that never ends, nearly.
pub fn too_many_rounds(most: u32) -> String {
    format!("the loops take more than {most} rounds\nhelp: check the range: every round becomes part of the model")
}

/// The round of a loop that a fault is in.
pub fn round(name: &str, item: &str) -> String {
    format!("where `{name}` is {item}")
}

/// A value that nobody takes.
pub fn dropped_value() -> String {
    "the value at the end of a loop's body goes nowhere\nhelp: assign it to what is bound before the loop: `let mut x = ..;`, `x = ..;`".to_owned()
}

/// `let x = if a { b };`
pub fn no_value() -> String {
    "expected a value, found an `if` that may have none\nhelp: give both branches one: `if known { a } else { b }`".to_owned()
}

/// A loop over something else.
pub fn not_a_list(found: &str) -> String {
    format!(
        "a loop goes through a list or a range, found {found}\nhelp: write `for filters in [64, 128] {{ .. }}` or `for _ in 0..4 {{ .. }}`"
    )
}

/// A range of something else.
pub fn not_a_number(found: &str) -> String {
    format!("a range goes from one whole number to another, found {found}\nhelp: write known numbers, `0..4`")
}

/// An item that has other parts than names for them.
pub fn pattern(names: usize, found: &str) -> String {
    format!(
        "expected {names} values for these names, found {found}\nhelp: write lists of that many: `for (filters, strides) in [(64, 1), (128, 2)] {{ .. }}`"
    )
}

/// An `if` about something that is not known.
pub fn condition(found: &str, is_tensor: bool) -> String {
    let help = if is_tensor {
        "a model has one graph, whatever its inputs hold: choose by what is known while compiling"
    } else {
        "compare what is known: `if filters == 64 { .. }`"
    };
    format!("`if` needs `true` or `false`, found {found}\nhelp: {help}")
}

/// A comparison of things that cannot be compared.
pub fn comparison(sign: &str, left: &str, right: &str) -> String {
    let help = match sign {
        "!" | "&&" | "||" => "these combine `true` and `false`, as comparisons give them",
        "%" => "a remainder is that of two whole numbers",
        _ => "numbers, strings, `true` and `false` are compared while compiling; tensors are combined by layers, `Layer(..)(x)`",
    };
    let between = if left == "nothing" { right.to_owned() } else { format!("{left} and {right}") };
    format!("`{sign}` has no meaning for {between}\nhelp: {help}")
}

/// A place in a list that there is not.
pub fn position(length: usize) -> String {
    format!("the list has {length} items, counted from 0\nhelp: write a whole number below {length}")
}

/// A constant of something else.
pub fn constant(name: &str, found: &str) -> String {
    format!(
        "`{name}` needs a number, a string, `true`, `false` or a list, found {found}\nhelp: write `const {name}: usize = 64;`"
    )
}

/// An operator between things that it does not combine.
pub fn operands(sign: &str, left: &str, right: &str) -> String {
    format!(
        "`{sign}` combines two tensors or two numbers, found {left} and {right}\nhelp: `+`, `-` and `*` stand for `Add`, `Subtract` and `Multiply` of tensors of one shape"
    )
}

/// A number that does not fit.
pub fn arithmetic(sign: &str) -> String {
    format!(
        "the result of `{sign}` is no whole number that fits\nhelp: sizes are whole numbers below 2^63; a division must leave no remainder"
    )
}

/// A tuple of another size than its names.
pub fn unpack(names: usize, found: usize) -> String {
    format!("expected {names} values to bind, found {found}\nhelp: write as many names as there are values")
}
