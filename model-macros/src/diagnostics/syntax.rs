//! What cannot be read: this language's syntax, and what others have that it has not.

/// What could not be read.
pub fn syntax(expected: &str, found: &str, help: &str) -> String {
    format!("expected {expected}, found {found}\nhelp: {help}")
}

/// What `syn` could not read.
pub fn other_syntax(message: &str) -> String {
    format!("{message}\nhelp: models read `model Name(x: [784]) -> [10] {{ .. }}`, blocks `fn name(x) {{ .. }}`")
}

/// Items that are none of this language.
pub fn no_such_item(word: &str) -> String {
    let more = if word == "struct" { ", or `model` for a model" } else { "" };
    format!("`{word}` cannot stand among models, blocks and constants\nhelp: write it outside of `functional_model!`{more}")
}

/// `#[derive]`
pub fn bare_derive() -> String {
    "expected a list behind `derive`, found nothing\nhelp: write `#[derive(PartialEq)]`, or leave it out".to_owned()
}

/// A keyword for a name.
pub fn keyword(name: &str) -> String {
    let name = name.trim_start_matches("r#");
    let capital: String = name.chars().take(1).flat_map(char::to_uppercase).chain(name.chars().skip(1)).collect();
    format!("`{name}` is a keyword, and cannot name a model\nhelp: choose another name, such as `Model{capital}`")
}

/// `fn block(x: [8])`
pub fn typed_parameter(name: &str) -> String {
    format!(
        "`{name}` is a block's parameter, which has no type\nhelp: write `{name}` alone: a block takes any shape that its layers take"
    )
}

/// `fn block(x) -> [8]`
pub fn typed_block(name: &str) -> String {
    format!("the block `{name}` declares no output: its body says what it returns\nhelp: write `fn {name}(..) {{ .. }}`")
}

/// `return x`
pub fn returned() -> String {
    "a body ends with its output, without `return`\nhelp: write the output alone on the last line, as in `Dense(10)(x)`"
        .to_owned()
}

/// `let x: Type`
pub fn typed_binding() -> String {
    "a binding has no type: every shape is inferred\nhelp: write `let x = ..;`".to_owned()
}

/// `x += value` where it is not a statement.
pub fn compound(sign: &str) -> String {
    format!("`{sign}` stands nowhere but behind a name at the start of a line\nhelp: write `x {sign} ..;` on a line of its own")
}

/// Operators that there are not.
pub fn operator(sign: &str) -> String {
    super::foreign_operator(sign, "`+`, `-` and `*` combine tensors, everything else is a layer: `Layer(..)(x)`")
}

/// `name!(..)`
pub fn macro_call(name: &str) -> String {
    format!("`{name}!` is a macro, which cannot be called in a body\nhelp: lists read `[a, b]`, layers `Layer(..)(x)`")
}

/// `format!(name)`, `format!("{")`
pub fn format_string() -> String {
    "`format!` makes a string of one between quotes, whose braces hold names\nhelp: write `format!(\"conv{i}_bn\")`".to_owned()
}

/// `format!("{i:02}")`, `format!("{}")`
pub fn format_place(place: &str) -> String {
    match place.split_once(':') {
        Some((name, _)) => {
            format!("`{{{place}}}` cannot be put into a string, whose braces hold names alone\nhelp: write `{{{name}}}`")
        }
        None => format!("nothing is given for `{{{place}}}`\nhelp: write a name that is bound: `format!(\"conv{{i}}\")`"),
    }
}

/// `format!("conv", i)`
pub fn format_value_unused() -> String {
    "the string has no braces for this value\nhelp: write `{}` where it is to stand, or its name between braces".to_owned()
}

/// `format!("{x}")` of a tensor.
pub fn format_value(found: &str) -> String {
    format!(
        "a string is made of numbers, strings and booleans, found {found}\nhelp: names are made of what is known while compiling: `format!(\"conv{{i}}\")`"
    )
}

/// A string that has grown.
pub fn too_long_string(most: usize, found: usize) -> String {
    format!(
        "expected a string of at most {most} letters, found one of {found}\nhelp: names are made of a few: `format!(\"conv{{i}}\")`"
    )
}

/// `x[..]`
pub fn index() -> String {
    "expected the place of an item in these brackets, as in `sizes[0]`, found something else\nhelp: take a tensor's places and slices with the batch's first: `x[.., 0]`, `x[.., 1:5:2]`".to_owned()
}

/// `x[0]`
pub fn indexed(found: &str) -> String {
    format!(
        "only lists and tensors have places in brackets, found {found}\nhelp: count from 0: `list[0]`, and of a tensor, with the batch first, `x[.., 0]`"
    )
}

/// `# ..`
pub fn comment() -> String {
    "`#` starts no comment\nhelp: comments start with `//`".to_owned()
}

/// `|x| ..`
pub fn closure() -> String {
    "functions without a name are not supported\nhelp: write a block beside the model: `fn name(x) { .. }`".to_owned()
}

/// Too much nesting.
pub fn too_deep() -> String {
    "expected an expression nested less deeply, found one of more than 64 levels\nhelp: bind parts of it with `let`".to_owned()
}
