//! Blocks, and models within models.

use model_graph::message::{choices, list};
use proc_macro2::Ident;

use super::cut;

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

/// A parameter without a default behind one that has one.
pub fn default_before(before: &str, name: &str) -> String {
    format!(
        "`{name}` has no default and stands behind one that has, `{before}`\nhelp: write it before `{before}`, or give it a default, `{name} = ..`"
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

/// The block that a fault is in, what it was called with, and where.
pub fn inside_block(block: &Ident, arguments: &str) -> String {
    format!("in `{block}({})` of line {}", cut(arguments), block.span().start().line)
}

/// Calls that are too many, most often of blocks or models that multiply.
pub fn too_many_calls(called: &str, most: usize) -> String {
    format!(
        "with this call of `{called}` there are more than {most} layer calls\nhelp: take fewer rounds, or call blocks and models less often"
    )
}

/// Models that are too large together.
pub fn too_many_calls_in(model: &str, most: usize) -> String {
    format!(
        "with `{model}` there are more than {most} layer calls\nhelp: declare some of the models in an invocation of their own"
    )
}

/// What stands too deep within other things.
pub fn too_deep_calls(most: usize) -> String {
    format!(
        "expected at most {most} expressions, loops, blocks and models within one another, found more\nhelp: bind parts of it with `let`, or write blocks that call fewer others"
    )
}

/// Where a companion ends up when the model is not there.
pub fn broken_companion(name: &str) -> String {
    format!("what `{name}` declares cannot be read\nhelp: build both crates with the same version of functional-model")
}
