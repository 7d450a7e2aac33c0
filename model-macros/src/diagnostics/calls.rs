//! Calls of layers and models: what is called, and with what.

use model_graph::message::{choices, is_slip, tensors};
use model_graph::shape::TensorType;

/// `Sequential` of something else.
pub fn sequence(found: &str) -> String {
    format!(
        "`Sequential` takes a list of layers, found {found}\nhelp: write `Sequential([Dense(64, activation = \"relu\"), Dense(10)])(x)`"
    )
}

/// A block among the layers of `Sequential`.
pub fn block_in_sequence(block: &str) -> String {
    format!(
        "`Sequential` takes a list of layers, found the block `{block}`\nhelp: call the block by itself, `{block}(x)`, with what the layers before it give"
    )
}

/// A layer of several tensors among those of `Sequential`.
pub fn list_in_sequence(error: &str) -> String {
    let first = error.lines().next().unwrap_or_default();
    format!("{first}\nhelp: the layers of `Sequential` hand on one tensor: call this one by itself")
}

/// Something else among the layers of `Sequential`.
pub fn not_a_layer(found: &str) -> String {
    format!("`Sequential` takes a list of layers, found {found}\nhelp: write layers that are not called yet: `Dense(64)`")
}

/// A layer that was made but not called.
pub fn layer_not_called(name: &str, layer: &str) -> String {
    if name.is_empty() {
        return format!("this is a `{layer}` layer, not a tensor\nhelp: call it, `{layer}(..)(x)`");
    }
    format!("`{name}` is a `{layer}` layer, not a tensor\nhelp: call it, `{name}(x)`")
}

/// A tensor where a layer must be.
pub fn tensor_called(name: &str, ty: &TensorType) -> String {
    format!("`{name}` is a tensor {ty}, not a layer, and cannot be called\nhelp: make a layer first, as in `Dense(10)({name})`")
}

/// Something that is neither layer, block nor model is called.
pub fn not_callable(found: &str) -> String {
    format!("expected a layer, a block or a model to call, found {found}\nhelp: call a layer, as in `Dense(10)(x)`")
}

/// A value of another kind than needed.
pub fn expected_tensor(found: &str) -> String {
    format!("expected a tensor, found {found}\nhelp: give it an input of the model or what a layer returned")
}

/// Several values where one tensor is needed.
pub fn expected_one_tensor(count: usize, name: Option<&str>) -> String {
    let names: Vec<String> = ('a'..='z').take(count).map(String::from).collect();
    format!(
        "expected a tensor, found {count} values\nhelp: take them apart first, `let ({}) = {};`",
        names.join(", "),
        name.unwrap_or("..")
    )
}

/// A list of tensors where one is needed.
pub fn expected_no_list(name: Option<&str>) -> String {
    let name = name.unwrap_or("..");
    format!("expected a tensor, found a list\nhelp: take one of it, `{name}[0]`, or merge them, `Concatenate()({name})`")
}

/// A tensor or layer where a number, string or list is needed.
pub fn expected_value(layer: &str, argument: &str, found: &str, label: Option<&str>) -> String {
    let tensor = label.unwrap_or("x");
    format!(
        "`{layer}` needs `{argument}` to be a number, a string, `true`, `false` or a list, found {found}\nhelp: tensors go into a second pair of parentheses: `{layer}(..)({tensor})`"
    )
}

/// `Flatten(x)`: the pair of parentheses that makes the layer is forgotten.
pub fn not_made(layer: &str, label: &str, ty: &TensorType) -> String {
    format!(
        "`{layer}` is made with its arguments, and called then: found the tensor `{label}` {ty} as its first argument\nhelp: write `{layer}()({label})`"
    )
}

/// A keyword argument where a tensor must be.
pub fn named_tensor(layer: &str, argument: &str, slots: &[&str], is_argument: bool) -> String {
    let help = match argument {
        _ if slots.iter().any(|slot| is_slip(argument, slot)) => choices(argument, slots),
        "training" => "leave it out: the layer does the same whether the model trains or not".to_owned(),
        _ if !is_argument && slots.is_empty() => format!("leave it out: `{layer}` takes tensors by position alone"),
        _ if !is_argument => {
            format!("it takes {} by name", slots.iter().map(|slot| format!("`{slot}`")).collect::<Vec<_>>().join(", "))
        }
        _ => format!("arguments go into the first pair of parentheses: `{layer}({argument} = ..)(x)`"),
    };
    format!("`{layer}` is called with tensors, found the argument `{argument}`\nhelp: {help}")
}

/// A flag of a call that is neither true nor false.
pub fn flag(layer: &str, flag: &str, found: &str) -> String {
    format!("`{flag}` of `{layer}` is true or false, found {found}\nhelp: write `{flag} = true`, or leave it out")
}

/// `training = true`
pub fn training(called: &str) -> String {
    format!(
        "`{called}` cannot train in a call while the model infers\nhelp: leave `training` out: layers train when the model does"
    )
}

/// Something by name that is a list of so many items.
pub fn list_by_name(layer: &str, name: &str, count: usize) -> String {
    let items = ["a", "b", "c", "d", "e", "f"].get(..count).unwrap_or_default().join(", ");
    format!(
        "`{layer}` takes a list of {count} tensors as `{name}`\nhelp: write `{name} = [{items}]`, with `None` in the place of one that there is not"
    )
}

/// Masks of a call that are not as many as the tensors that it is given.
pub fn masks_by_name(called: &str, count: usize) -> String {
    if count == 1 {
        return format!("`{called}` takes the mask of its one tensor as `mask`\nhelp: write `mask = m`");
    }
    list_by_name(called, "mask", count)
}

/// A layer of several tensors without its list.
pub fn list_missing(layer: &str, count: usize) -> String {
    format!("`{layer}` takes a list of tensors, found {}\nhelp: write them as a list, `{layer}()([a, b])`", tensors(count))
}

/// A list where one tensor is needed.
pub fn list_given(layer: &str, count: usize) -> String {
    format!(
        "`{layer}` takes one tensor, found a list of {}\nhelp: write `{layer}(..)(x)`, or merge them first with `Concatenate()([..])`",
        tensors(count)
    )
}

/// A keyword argument that models do not take.
pub fn model_keyword(model: &str, found: &str) -> String {
    format!("`{model}` has no argument `{found}`\nhelp: {}", choices(found, &["name", "trainable"]))
}

/// A value where models take none.
pub fn model_argument(model: &str, found: &str) -> String {
    format!(
        "`{model}` takes no arguments but `name` and `trainable`, found {found}\nhelp: tensors go into a second pair of parentheses: `{model}()(x)`"
    )
}
