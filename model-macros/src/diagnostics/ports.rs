//! A model's inputs and outputs.

use model_graph::dim::Dim;
use model_graph::message::{Operand, choices};
use model_graph::shape::{DType, TensorType};

/// A model or block without result.
pub fn no_result(name: &str) -> String {
    format!(
        "`{name}` has no output: its body does not end with a tensor\nhelp: end it with the tensor and no semicolon, as in `Dense(10)(x)`"
    )
}

/// A model or block whose result is dropped by a semicolon.
pub fn dropped_result(name: &str) -> String {
    format!("`{name}` has no output: the `;` ends the last line, and drops what it gives\nhelp: leave this `;` out")
}

/// A model or block that ends with a binding.
pub fn bound_result(name: &str, bound: &str) -> String {
    format!(
        "`{name}` has no output: its body ends with a binding\nhelp: write `{bound}` on a line of its own behind it, to return it"
    )
}

/// A result that is not what was declared.
pub fn result_type(model: &str, output: Option<&str>, expected: &TensorType, result: &Operand) -> String {
    let what = output.map_or_else(|| "the result".to_owned(), |name| format!("`{name}`"));
    let origin = result.origin.as_ref().map(|origin| format!("\n{}", origin.tell(&result.label))).unwrap_or_default();
    let (found, help) = (&result.ty, result_help(output, expected, result));
    format!("`{model}` declares its output as {expected}: {what} is {found}{origin}\nhelp: {help}")
}

/// A number of samples that is none.
pub fn batch_size(model: &str, found: &str) -> String {
    format!(
        "`batch_size` of `{model}` is a whole number of at least 1, found {found}\nhelp: write `batch_size = 8`, or leave it out: batches of any size"
    )
}

/// `-> ()`
pub fn no_outputs_declared(name: &str) -> String {
    format!("`{name}` declares no output, found `()`\nhelp: leave `-> ()` out, or declare the output's shape, `-> [10]`")
}

fn result_help(output: Option<&str>, expected: &TensorType, result: &Operand) -> String {
    let found = &result.ty;
    let declared = output.map_or_else(|| format!("-> {found}"), |name| format!("{name}: {found}"));
    let kept = result.kept.as_ref().filter(|kept| kept.ty == *expected);
    if let Some(help) = kept.and_then(|_| result.kept_help()).or_else(|| result.padding_help(&expected.shape)) {
        return help;
    }
    let is_any = |dim: &Dim| !dim.is_constant();
    match (expected.shape.rank(), found.shape.rank()) {
        (1, 2) if found.shape.0.iter().any(is_any) => {
            "pool it before the last layers, with `GlobalAveragePooling1D()`: of any size, it cannot be flattened for weights"
                .to_owned()
        }
        (1, 3) if found.shape.0.iter().any(is_any) => {
            "pool it before the last layers, with `GlobalAveragePooling2D()`".to_owned()
        }
        (1, 3) => "flatten it before the last layers, with `Flatten()` or `GlobalAveragePooling2D()`".to_owned(),
        (fewer, more) if fewer < more => format!("flatten it before the last layers, with `Flatten()`, or declare `{declared}`"),
        _ if found.shape.0.iter().any(Dim::rounds_constants) => {
            "change the last layer, or declare no output: what is rounded of constants cannot be declared".to_owned()
        }
        _ => format!("declare `{declared}`, or change the last layer"),
    }
}

/// Another number of results than declared.
pub fn result_count(model: &str, expected: usize, found: usize) -> String {
    format!(
        "`{model}` declares {}, found {}\nhelp: end the body with as many as are declared, `(a, b)` for several",
        outputs(expected),
        outputs(found)
    )
}

fn outputs(count: usize) -> String {
    if count == 1 { "one output".to_owned() } else { format!("{count} outputs") }
}

/// Several outputs need names.
pub fn output_name() -> String {
    "expected a name for each of several outputs, found an expression\nhelp: bind it with `let name = ..;`, or declare `-> (name: [..], other: [..])`".to_owned()
}

/// A model without inputs.
pub fn no_inputs(model: &str) -> String {
    format!("`{model}` has no input, and so nothing to compute\nhelp: declare one, `model {model}(x: [784])`")
}

/// An output that depends on no layer.
pub fn output_is_input(output: &str) -> String {
    format!("the output `{output}` is an input, and no layer is between them\nhelp: return what a layer has made of it")
}

/// A name where a size must be.
pub fn named_size(name: &str) -> String {
    if name == "None" {
        return "expected a size of at least 1, found `None`\nhelp: leave the batch out of the shape: it has any size".to_owned();
    }
    let lower = name.to_lowercase();
    format!("expected a size, found `{name}`\nhelp: write `{lower}` for a dimension of any size, and constants in upper case")
}

/// An operation between sizes that has no result which could be written down.
pub fn formula(sign: &str, left: &str, right: &str) -> String {
    format!(
        "`{sign}` has no meaning between the sizes `{left}` and `{right}`\nhelp: named dimensions are added, subtracted, multiplied, and divided by numbers"
    )
}

/// A named dimension of an output that no input has.
pub fn unknown_dimension(name: &str, known: &[String]) -> String {
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let help = match known.as_slice() {
        [] => format!("an input must have an axis `{name}`, or write a number"),
        known => choices(name, known),
    };
    format!("no input has a dimension `{name}`\nhelp: {help}")
}

/// A named dimension where a value is needed that is known while compiling.
pub fn dimension_as_value(name: &str) -> String {
    format!(
        "`{name}` is a dimension of any size, not a value\nhelp: it stands in the shapes of inputs and outputs only: write a number here, or a constant"
    )
}

/// A named dimension that stands in formulas only.
pub fn unbound_dimension(name: &str) -> String {
    format!("no input gives `{name}` a size of its own\nhelp: give an input an axis `{name}`, by itself")
}

/// A size that is not a known number.
pub fn size(found: &str) -> String {
    format!("expected a size of at least 1, found {found}\nhelp: write a whole number, as in `[32, 32, 3]`")
}

/// An element type that there is not.
pub fn dtype(found: &str) -> String {
    let names: Vec<&str> = DType::ALL.iter().map(|dtype| dtype.name()).collect();
    let help = match DType::ALL.iter().find(|dtype| dtype.keras_name() == found) {
        Some(dtype) => format!("it is written `{dtype}`"),
        None => choices(found, &names),
    };
    format!("there is no element type `{found}`\nhelp: {help}")
}

/// An input with more elements than can be counted.
pub fn too_large(shape: &str, most: usize, found: u128) -> String {
    format!("a tensor needs at most {most} elements: `{shape}` has {found}\nhelp: check the sizes: one of them is too large")
}
