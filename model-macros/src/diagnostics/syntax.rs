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

/// Words that other languages steer with, and that this one has not, or not there.
pub fn is_control_word(word: &str) -> bool {
    let words = [
        "for", "while", "loop", "if", "else", "match", "as", "break", "continue", "def", "class", "fn", "const", "use", "unsafe",
        "async",
    ];
    words.contains(&word)
}

/// `while`, `match` and their like, and `for` and `if` inside of expressions.
pub fn control(word: &str) -> String {
    let help = match word {
        "for" => "write the loop on lines of its own: `for filters in [64, 128] { x = Dense(filters)(x); }`",
        "while" | "loop" | "break" | "continue" => "loops go through what is known while compiling: `for _ in 0..4 { .. }`",
        "if" | "else" => "bind it first, `let x = if known { .. } else { .. };`",
        "let" => "`if` asks what is known: `if filters == 64 { .. } else { .. }`",
        "match" => "write `if name == \"value\" { .. } else { .. }`",
        "def" | "fn" | "const" => "write blocks and constants beside the model: `fn name(x) { .. }`, `const WIDTH: usize = 64;`",
        "as" => "leave it and the type out: sizes are whole numbers, and need none",
        _ => "write it outside of `functional_model!`",
    };
    format!("`{word}` is not supported here\nhelp: {help}")
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
    let help = match sign {
        "**" => "`x * x` multiplies a tensor by itself",
        _ => "`+`, `-` and `*` combine tensors, everything else is a layer: `Layer(..)(x)`",
    };
    format!("there is no operator `{sign}` between tensors\nhelp: {help}")
}

/// `name!(..)`
pub fn macro_call(name: &str) -> String {
    format!("`{name}!` is a macro, which cannot be called in a body\nhelp: lists read `[a, b]`, layers `Layer(..)(x)`")
}

/// `x[..]`
pub fn index() -> String {
    "expected the place of an item in these brackets, as in `sizes[0]`, found something else\nhelp: count from 0; tensors cannot be cut: declare several inputs instead".to_owned()
}

/// `x[0]`
pub fn indexed(found: &str) -> String {
    format!(
        "only lists have places in brackets, found {found}\nhelp: tensors cannot be cut: declare several inputs instead, or reshape with `Reshape([..])(x)`"
    )
}

/// `x.shape`
pub fn member(name: &str) -> String {
    let help = match name {
        "shape" | "dtype" | "ndim" => "write the size itself: every shape is known while compiling",
        "append" | "push" => "lists grow by `list = list + [x];`, bound with `let mut list = [..];`",
        "add" => "write one call a line: `let x = Dense(64)(x);`",
        _ => "everything is a layer's call: `Layer(..)(x)`",
    };
    format!("tensors and layers have no member `{name}` here\nhelp: {help}")
}

/// `keras.layers.Dense`
pub fn qualified(layer: &str) -> String {
    format!("`{layer}` is called by its name alone\nhelp: write `{layer}(..)(x)`")
}

/// `&x`
pub fn borrowed() -> String {
    "tensors are passed as they are, without `&`\nhelp: write the name alone, as in `Dense(10)(x)`".to_owned()
}

/// `# ..`
pub fn comment() -> String {
    "`#` starts no comment\nhelp: comments start with `//`".to_owned()
}

/// `|x| ..`
pub fn closure() -> String {
    "functions without a name are not supported\nhelp: write a block beside the model: `fn name(x) { .. }`".to_owned()
}

/// `True`
pub fn python_bool(name: &str) -> String {
    format!("`{name}` is Python's\nhelp: write `{}`", name.to_lowercase())
}

/// Too much nesting.
pub fn too_deep() -> String {
    "expected an expression nested less deeply, found one of more than 64 levels\nhelp: bind parts of it with `let`".to_owned()
}
