//! Names that stand for nothing, for something else, or for several things.

use model_graph::dim::Dim;
use model_graph::keras::{LAYERS, absent};
use model_graph::layers::operations;
use model_graph::message::{choices, instead, nearest, reason, there_are};

use crate::lower::Immutable;
use crate::words;

/// `x = value` where there is no `x`.
pub fn without_let(name: &str) -> String {
    format!("expected `let` before `{name}`, which is bound here\nhelp: write `let {name} = ..;`, also to bind a name anew")
}

/// `x = value` where `x` is bound without `mut`.
pub fn immutable(name: &str, Immutable { is_given, is_around }: Immutable) -> String {
    let help = match (is_given, is_around) {
        (true, true) => format!("write `let mut {name} = {name};` before the loop"),
        (true, false) => format!("write `let mut {name} = {name};` before, or bind it anew with `let {name} = ..;`"),
        (false, true) => format!("write `let mut {name} = ..;` where it is bound"),
        (false, false) => format!("write `let mut {name} = ..;` where it is bound, or bind it anew with `let {name} = ..;`"),
    };
    format!("`{name}` is bound without `mut`, and cannot be assigned to\nhelp: {help}")
}

/// A constant that is assigned to.
pub fn constant_assigned(name: &str) -> String {
    let lower = name.to_lowercase();
    format!("`{name}` is a constant, and cannot be assigned to\nhelp: bind a name of its own, `let {lower} = ..;`")
}

/// Where a name stands that stands for nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In a model's body.
    Model,
    /// In a block's body.
    Block,
    /// In a default or constant, where nothing is bound.
    Value,
    /// Behind the loop or branch that had bound it.
    Left,
}

/// A name that stands for nothing.
pub fn unknown_name(name: &str, known: &[&str], scope: Scope) -> String {
    let help = match (nearest(name, known), scope) {
        (_, Scope::Left) => {
            format!(
                "it ends with the loop or branch that binds it: bind it before, `let mut {name} = ..;`, and write `{name} = ..;` there"
            )
        }
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, Scope::Value) => "write a number, a string, `true`, `false`, `None` or a list".to_owned(),
        (None, Scope::Block) => format!("bind it first, `let {name} = ..;`, or take it as a parameter of the block"),
        (None, Scope::Model) if known.is_empty() => format!("bind it first, `let {name} = ..;`"),
        (None, Scope::Model) => format!("bind it first, `let {name} = ..;`: {}", there_are(known)),
    };
    format!("nothing is bound to `{name}`\nhelp: {help}")
}

/// Whether another library, or Keras, has a layer of this name, so that it is no model of the user's.
pub fn is_foreign_layer(name: &str) -> bool {
    absent(name).is_some() || words::called(None, name).is_some()
}

/// Whether other libraries or languages have a function of this name that is hardly a block's.
pub fn is_foreign_function(name: &str) -> bool {
    let is_layer = LAYERS.iter().flat_map(|(_, others)| *others).any(|other| other.eq_ignore_ascii_case(&name.replace('_', "")));
    is_layer || words::called(None, name).is_some()
}

/// A call of something that nothing declares, neither here nor elsewhere.
pub fn declared_nowhere(name: &str) -> String {
    if let Some(word) = words::called(Some(""), name) {
        return format!("there is no layer, block or model called `{name}`\nhelp: {}", word.help(&word.example()));
    }
    let is_block = name.chars().next().is_some_and(char::is_lowercase);
    let declaration = if is_block { format!("fn {name}(x) {{ .. }}") } else { format!("model {name}(x: [784]) {{ .. }}") };
    format!(
        "there is no layer, block or model called `{name}`\nhelp: declare it beside, `{declaration}`, or bring it from elsewhere, `use nets::{name};`"
    )
}

/// A call of something that is no layer, block or model; `own` are the blocks and models of the user's.
pub fn unknown_layer(name: &str, own: &[&str], layers: &[&str]) -> String {
    let known = [own, layers].concat();
    if let Some(absent) = absent(name) {
        return format!("the layer `{name}` of Keras {}\nhelp: {}", reason(absent), instead(absent));
    }
    let help = match nearest(name, own) {
        None if nearest(name, layers).is_none() && name.chars().next().is_some_and(char::is_lowercase) && own.is_empty() => {
            format!("declare a block beside the model: `fn {name}(x) {{ .. }}`")
        }
        _ => choices(name, &known),
    };
    format!("there is no layer, block or model called `{name}`\nhelp: {help}")
}

/// A layer's, block's or model's name without parentheses.
pub fn bare_name(name: &str, is_block: bool) -> String {
    if is_block {
        return format!("`{name}` is a block, not a tensor\nhelp: call it, `{name}(x)`");
    }
    format!("`{name}` is the name of a layer, not a tensor\nhelp: make the layer, and call it: `{name}(..)(x)`")
}

/// `ops::gradient(x)`
pub fn unknown_operation(name: &str) -> String {
    let known: Vec<&str> = operations().map(|operation| operation.name).filter(|name| *name != "get_item").collect();
    let known_elsewhere = words::qualified("ops", name).filter(|word| word.line.is_empty());
    let help = known_elsewhere.map_or_else(|| choices(name, &known), |word| word.note.to_owned());
    format!("there is no operation `ops::{name}`\nhelp: {help}")
}

/// `ops::exp` without a call.
pub fn bare_operation(name: &str) -> String {
    format!("`ops::{name}` is an operation, not a tensor\nhelp: call it: `ops::{name}(x)`")
}

/// A word where a string must be.
pub fn unquoted(argument: &str, word: &str) -> String {
    format!("nothing is bound to `{word}`\nhelp: names of functions and the like have quotes: `{argument} = \"{word}\"`")
}

/// Two things of one name.
pub fn declared_twice(what: &str, name: &str) -> String {
    format!("{what} `{name}` is declared twice\nhelp: give one of them another name")
}

/// A name that a type beside a model has.
pub fn beside(model: &str, kind: &str) -> String {
    format!("`{model}{kind}` is a type of `{model}`'s own, beside it\nhelp: choose another name, such as `{kind}Of{model}`")
}

/// A name that has another meaning.
pub fn reserved(what: &str, name: &str) -> String {
    let other = match what {
        "constant" => format!("{}_SIZE", name.to_uppercase()),
        "block" => format!("my_{}", name.to_lowercase()),
        _ => format!("My{name}"),
    };
    format!("`{name}` is a layer, and cannot name a {what}\nhelp: choose another name, such as `{other}`")
}

/// A layer that is named like an input.
pub fn named_as_input(name: &str) -> String {
    format!("`{name}` is an input's name already\nhelp: give the layer another name, `name = \"{name}_2\"`")
}

/// A layer's name that cannot be a field's.
pub fn name_argument(found: &str) -> String {
    let plain: String = found.trim_matches(['`', '"']).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let start = if plain.starts_with(|c: char| c.is_ascii_digit()) { "layer_" } else { "" };
    let name = if plain.contains(|c: char| c.is_ascii_alphanumeric()) { format!("{start}{plain}") } else { "stem".to_owned() };
    format!(
        "`name` needs a string of letters, digits and underscores that does not start with a digit, found {found}\nhelp: write `name = \"{name}\"`"
    )
}

/// A name that is written as a constant's, and declared elsewhere at most.
pub fn unknown_constant(size: &Dim) -> String {
    let mut name = "";
    size.visit_names(&mut |found| name = found);
    let name = name.rsplit("::").next().unwrap_or_default();
    format!(
        "the value of `{size}` must be known here: it is declared outside of the macro, where the compiler alone sees it\nhelp: declare it within, `const {name}: usize = ..;`: the code around sees it too"
    )
}

/// What the compiler says of a constant that makes no size, before its value.
pub fn size_of_constant(least: u32) -> String {
    format!("expected a size from {least} to {}\nhelp: give the constant another value", u32::MAX)
}

/// What the compiler says of a layer that has nothing left, before the size.
pub fn nothing_left(layer: &str, to: &str, label: &str, from: &str) -> String {
    format!("`{layer}` makes {to} of `{label}` {from}\nhelp: give the constant a larger value, or take a smaller window or step")
}
