//! Blocks, and models within models.

use model_graph::message::{choices, list};

/// A block called with the wrong number of arguments.
pub fn block_arguments(block: &str, parameters: &[String], needed: usize, found: usize) -> String {
    let most = parameters.len();
    let plural = if most == 1 { "" } else { "s" };
    let expected = if needed == most { most.to_string() } else { format!("{needed} to {most}") };
    format!(
        "`{block}` takes {expected} argument{plural} ({}), found {found}\nhelp: write `{block}({})`",
        list(parameters),
        parameters[..needed.min(most)].join(", ")
    )
}

/// A call of a block with a fault inside.
pub fn block_call(block: &str, arguments: &str, fault: &str) -> String {
    let first = fault.lines().next().unwrap_or_default();
    format!(
        "this call of `{block}` does not work: {first}\nin `{block}({arguments})`\nhelp: mend the block, or call it with something else"
    )
}

/// A block that has no parameter of a name, or a model that has no such input.
pub fn block_parameter(block: &str, what: &str, name: &str, parameters: &[&str]) -> String {
    format!("`{block}` has no {what} `{name}`\nhelp: {}", choices(name, parameters))
}

/// A parameter or input that is given twice.
pub fn given_twice(block: &str, name: &str) -> String {
    format!("`{block}` is given `{name}` twice\nhelp: keep one of them")
}

/// Blocks or models that contain themselves.
pub fn cycle(names: &[String]) -> String {
    format!(
        "`{}` contains itself: {}\nhelp: break the circle: one of them must do without the next",
        names[0],
        names.join(" -> ")
    )
}

/// The block that a fault is in, and what it was called with.
pub fn inside_block(block: &str, arguments: &str) -> String {
    format!("in `{block}({arguments})`")
}

/// Blocks that multiply.
pub fn too_many_calls(block: &str, most: usize) -> String {
    format!(
        "with this call of `{block}` there are more than {most} layer calls\nhelp: call blocks less often, or share layers among the calls"
    )
}

/// Where a companion ends up when the model is not there.
pub fn broken_companion(name: &str) -> String {
    format!("what `{name}` declares cannot be read\nhelp: build both crates with the same version of functional-model")
}
