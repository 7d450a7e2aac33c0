//! Words for what a graph has other names for: structs of models, and bindings.

use std::collections::HashSet;

use model_graph::argument::object_class;
use model_graph::layers::Class;
use model_graph::names::snake_case;

/// Words of Rust, and of languages whose words the macro looks out for.
const WORDS: &[&str] = &[
    "_", "abstract", "and", "as", "async", "await", "become", "box", "break", "class", "const", "continue", "crate", "def",
    "del", "do", "dyn", "elif", "else", "enum", "except", "extern", "false", "final", "finally", "fn", "for", "from", "func",
    "function", "gen", "global", "if", "impl", "import", "in", "is", "lambda", "let", "loop", "macro", "match", "mod", "model",
    "move", "mut", "not", "ops", "or", "override", "pass", "priv", "pub", "raise", "ref", "return", "self", "static", "struct",
    "super", "trait", "true", "try", "type", "unsafe", "use", "where", "while", "yield",
];

/// What the types beside a model are called, behind its name.
const BESIDE: [&str; 7] = ["Gradients", "Inputs", "Kept", "Outputs", "Tape", "Transient", "Workspace"];

/// Words of Rust that no `r#` makes a name of.
const NEVER: [&str; 5] = ["_", "Self", "crate", "self", "super"];

/// Whether a name can be a layer's: letters, digits and `_`.
pub fn is_identifier(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    starts_well && !NEVER.contains(&name) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a name can be an input's or output's: as a layer's, in any script.
pub fn is_port(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
    starts_well && !NEVER.contains(&name) && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Whether a name can be bound as it is.
pub fn is_word(name: &str) -> bool {
    is_identifier(name) && !WORDS.contains(&name)
}

/// A name that is declared or mentioned; keywords are written `r#type`.
pub fn written(name: &str) -> String {
    if WORDS.contains(&name) && name != "ops" && name != "model" { format!("r#{name}") } else { name.to_owned() }
}

/// The first of `name`, `name_2`, `name_3` that is not taken.
pub fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    (2_usize..).map(|number| format!("{name}_{number}")).find(|name| !is_taken(name)).unwrap_or_default()
}

/// The name of a model's struct, whose own name becomes `name` where that can be; the last kind of name may look odd.
pub fn of_struct(name: &str, taken: &HashSet<String>) -> Option<String> {
    let camel: String = name.split('_').map(capitalised).collect();
    let candidates = [camel.clone(), capitalised(name), name.to_owned(), name.to_uppercase()];
    let is_free = |found: &String| is_free(found, taken);
    candidates.into_iter().filter(is_free).find(|found| snake_case(found) == name)
}

/// The name of the struct of a model whose own name does not matter.
pub fn of_part(name: &str, taken: &HashSet<String>) -> String {
    let letters: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let camel: String = letters.split('_').map(capitalised).collect();
    let camel = if is_identifier(&camel) { camel } else { format!("Model{camel}") };
    let camel = if is_free(&camel, &HashSet::new()) { camel } else { format!("{camel}Model") };
    let numbered = (2_usize..).map(|number| format!("{camel}{number}"));
    std::iter::once(camel.clone()).chain(numbered).find(|name| is_free(name, taken)).unwrap_or(camel)
}

fn is_free(name: &str, taken: &HashSet<String>) -> bool {
    let is_beside = |one: &str, other: &str| one.strip_prefix(other).is_some_and(|rest| BESIDE.contains(&rest));
    is_port(name)
        && !WORDS.contains(&name)
        && Class::find(name).is_none()
        && object_class(name).is_none()
        && !["Sequential", "None", "Self"].contains(&name)
        && taken.iter().all(|other| other != name && !is_beside(name, other) && !is_beside(other, name))
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
