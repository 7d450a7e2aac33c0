//! What is known while compiling: numbers, lists, loops and choices.

use super::cut;

/// A loop that never ends, nearly.
pub fn too_many_rounds(most: usize) -> String {
    format!("the loops take more than {most} rounds\nhelp: check the range: every round becomes part of the model")
}

/// More to work out than there is time for.
pub fn too_many_steps(most: usize) -> String {
    format!(
        "expected what is worked out in {most} steps, found what takes more than {most} steps\nhelp: take fewer rounds, shorter lists, or fewer calls of blocks"
    )
}

/// A list of lists of lists.
pub fn too_deep_list(most: usize) -> String {
    format!(
        "expected a list of data or tensors, found lists nested more than {most} deep\nhelp: join two lists with `+`, `list + [x]`"
    )
}

/// A range that goes downwards, or one without numbers where an output depends on the loop.
pub fn empty_range(from: i64, sign: &str, to: i64, is_downwards: bool) -> String {
    let help = match is_downwards {
        true => format!("ranges go upwards: write `{to}{sign}{from}`"),
        false => "let it take a round at least, or return what a layer has made".to_owned(),
    };
    format!("`{from}{sign}{to}` is empty: the loop takes no round\nhelp: {help}")
}

/// A list without items where an output depends on the loop.
pub fn empty_list() -> String {
    "the list is empty: the loop takes no round\nhelp: give it an item at least, or return what a layer has made".to_owned()
}

/// The round of a loop that a fault is in.
pub fn round(name: &str, item: &str) -> String {
    format!("where `{name}` is {}", cut(item))
}

/// A value that nobody takes.
pub fn dropped_value(found: &str) -> String {
    format!(
        "expected a statement at the end of a loop's body, found {found}, which goes nowhere\nhelp: assign it to what is bound before the loop: `let mut x = ..;`, `x = ..;`"
    )
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
pub fn constant(name: &str, found: &str, is_number: bool) -> String {
    let help = if is_number {
        format!("write `const {name}: usize = 64;`")
    } else {
        "make layers in the bodies of models and blocks".to_owned()
    };
    format!("`{name}` needs a number, a string, `true`, `false` or a list, found {found}\nhelp: {help}")
}

/// An operator between things that it does not combine.
pub fn operands(sign: &str, left: &str, right: &str) -> String {
    format!(
        "`{sign}` combines two tensors or two numbers, found {left} and {right}\nhelp: give it a tensor and a tensor of the same shape, or a number and a number"
    )
}

/// A list of tensors as an operand.
pub fn list_as_operand(sign: &str, left: &str, right: &str) -> String {
    format!(
        "`{sign}` combines two tensors or two numbers, found {left} and {right}\nhelp: take the list's items, `list[0]`, merge all of them, `Add()(list)`, or join two lists, `list + [x]`"
    )
}

/// A layer as an operand.
pub fn layer_as_operand(sign: &str, left: &str, right: &str) -> String {
    format!(
        "`{sign}` combines two tensors or two numbers, found {left} and {right}\nhelp: call the layer first: `Layer(..)(x) {sign} y`"
    )
}

/// `x[.., 0]` of what is no tensor.
pub fn sliced(found: &str) -> String {
    format!("slices are taken of tensors, found {found}\nhelp: an item of a list has one place: `list[0]`")
}

/// `units.shape[0]`
pub fn shape_of(found: &str) -> String {
    format!("only tensors have a shape, found {found}\nhelp: ask a tensor for the size of an axis: `x.shape[-1]`")
}

/// `x.shape[7]`
pub fn axis_of_shape(label: &str, shape: &str, rank: usize) -> String {
    format!(
        "expected an axis of `{label}`, which is {shape}: from 1 to {rank}, or -{rank} to -1\nhelp: axis 0 is the batch, whose size is not known; -1 is the last"
    )
}

/// A place that is no whole number.
pub fn place(found: &str) -> String {
    format!(
        "expected a whole number as a place, found {found}\nhelp: take a place, `x[.., 0]`, a slice, `x[.., 1:5:2]`, or make an axis, `x[.., None]`"
    )
}

/// `ops::concatenate(x)`
pub fn operation_without_list(name: &str) -> String {
    format!("`ops::{name}` takes a list of tensors, found one tensor\nhelp: write them as a list, `ops::{name}([a, b])`")
}

/// `ops::exp(2)`
pub fn operation_of_numbers(operation: &str) -> String {
    format!("`{operation}` works on tensors, found numbers alone\nhelp: numbers are combined by operators: `2 * 3`, `2 ** 3`")
}

/// A number that does not fit.
pub fn arithmetic(sign: &str) -> String {
    format!(
        "the result of `{sign}` is no whole number that fits\nhelp: sizes are whole numbers below 2^63; a division must leave no remainder"
    )
}

/// What `int` makes no whole number of.
pub fn no_whole_number(found: &str) -> String {
    format!("`int` takes one number, found {found}\nhelp: it cuts off what stands behind the point: `int(0.75 * 32)`")
}

/// A tuple of another size than its names.
pub fn unpack(names: usize, found: usize, states: Option<&str>) -> String {
    let help = match found {
        1 if let Some(layer) = states => format!("write `{layer}`, which gives its states behind its output"),
        1 => "write one name, `let a = ..;`".to_owned(),
        _ => format!("write {found} names: `_` stands for what is not needed"),
    };
    format!("expected {names} values to bind, found {found}\nhelp: {help}")
}
