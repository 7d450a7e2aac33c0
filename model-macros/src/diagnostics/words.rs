//! Words and signs of other libraries and languages, where they are met. What to write for them is in the table, `words`.

use crate::words;

/// A layer, function or module of another library's.
pub fn foreign_call(name: &str, help: &str) -> String {
    format!("there is no layer, block or model called `{name}`\nhelp: {help}")
}

/// A method that nothing has here.
pub fn foreign_member(name: &str, help: &str) -> String {
    format!("tensors and layers have no member `{name}` here\nhelp: {help}")
}

/// `x.name` of which nothing is known.
pub fn member(name: &str) -> String {
    foreign_member(name, "everything is a layer's call: `Layer(..)(x)`")
}

/// `keras.layers.Dense`, `Dense::new`
pub fn qualified(layer: &str, help: &str) -> String {
    format!("`{layer}` is called by its name alone\nhelp: write `{help}`")
}

/// A name that stands for something known, elsewhere.
pub fn foreign_name(name: &str, help: &str) -> String {
    format!("nothing is bound to `{name}`\nhelp: {help}")
}

/// `self.name`
pub fn no_self(line: &str) -> String {
    format!("a model has no `self`\nhelp: write `{line}`")
}

/// `activation = LeakyReLU(0.1)`
pub fn activation_with_arguments(argument: &str, layer: &str) -> String {
    format!("`{argument}` takes a name, such as `\"relu\"`, found a call\nhelp: call it behind this layer, `{layer}(..)`")
}

/// An argument that is called something else here, or is left out.
pub fn foreign_argument(class: &str, name: &str, help: &str) -> String {
    format!("`{class}` has no argument `{name}`\nhelp: {help}")
}

/// A word for one of the names that an argument takes.
pub fn foreign_choice(argument: &str, written: &str, name: &str) -> String {
    format!("`{written}` is no value of `{argument}`\nhelp: write `{argument} = \"{name}\"`")
}

/// A call that makes one of the objects that an argument takes, in other words.
pub fn foreign_object(argument: &str, written: &str, class: &str, arguments: &str) -> String {
    format!("`{written}` is no value of `{argument}`\nhelp: write `{argument} = {class}({arguments})`")
}

/// What an argument would be given that is not supported.
pub fn foreign_option(class: &str, argument: &str) -> String {
    format!("`{class}` does not support `{argument}` yet\nhelp: leave it out")
}

/// `padding = 1`
pub fn padding_number(class: &str, number: &str, help: &str) -> String {
    format!("`{class}` needs `padding` to be `\"valid\"` or `\"same\"`, found `{number}`\nhelp: {help}")
}

/// What does the same as a number of zeros around.
pub fn padding_help(keeps: Option<bool>, layer: &str, number: &str) -> String {
    match keeps {
        Some(true) => "write `padding = \"same\"`, which fills up as much".to_owned(),
        Some(false) => "write `padding = \"valid\"`, or leave it out".to_owned(),
        None => format!("leave it out, and put zeros around before: `{layer}({number})(x)`"),
    }
}

/// `Dense(units == 4)`
pub fn compared_argument(name: &str, value: &str) -> String {
    format!("`==` compares, and gives no argument its value\nhelp: write `{name} = {value}`")
}

/// An operator of another language.
pub fn foreign_operator(sign: &str, help: &str) -> String {
    format!("there is no operator `{sign}`\nhelp: {help}")
}

/// A sign or word before a value.
pub fn foreign_sign(sign: &str, help: &str) -> String {
    format!("`{sign}` stands before no value here\nhelp: {help}")
}

/// `x++`
pub fn counted(name: &str, sign: &str) -> String {
    format!("write `{name} {sign}= 1;`")
}

/// `Layer(..)(x)?`
pub fn question() -> String {
    "there is no operator `?`\nhelp: leave it out: what does not fit is an error while compiling, and nothing fails later"
        .to_owned()
}

/// `Dense { units: 4 }`
pub fn braces(call: &str) -> String {
    format!("expected `(`, found `{{`\nhelp: a layer's arguments stand in parentheses: `{call}`")
}

/// `pair.0`
pub fn tuple_member(name: &str) -> String {
    format!("expected a name behind `.`, found a number\nhelp: take several values apart first, `let (a, b) = {name};`")
}

/// `Linear::<8, 4>`
pub fn generics() -> String {
    "expected a name behind `::`, found `<`\nhelp: a layer's arguments stand in parentheses: `Dense(10)(x)`".to_owned()
}

/// `vec![a, b]`
pub fn list_macro(list: &str) -> String {
    format!("`vec!` is a macro, which cannot be called in a body\nhelp: write `{list}`")
}

/// `f(0..4)`
pub fn stray_range(from: &str, to: &str) -> String {
    format!("expected a value, found a range\nhelp: ranges stand in loops, without parentheses: `for i in {from}..{to} {{ .. }}`")
}

/// `(0..4).rev()`
pub fn range_method(name: &str, parts: &[String]) -> String {
    let part = |i: usize| parts.get(i).map_or("n", String::as_str);
    let (from, to) = (part(0), part(1));
    let help = match (name, from.parse::<i64>(), to.parse::<i64>(), part(2).parse::<i64>()) {
        ("rev", Ok(0), Ok(to), _) => format!("write `for i in 0..{to} {{ .. }}`, and `{} - i` for `i`", to.saturating_sub(1)),
        ("rev", Ok(from), Ok(to), _) => {
            format!("write `for i in {from}..{to} {{ .. }}`, and `{} - i` for `i`", to.saturating_sub(1).saturating_add(from))
        }
        ("rev", Ok(0), ..) => format!("write `for i in 0..{to} {{ .. }}`, and `{to} - 1 - i` for `i`"),
        ("rev", ..) => format!("write `for i in {from}..{to} {{ .. }}`, and `{from} + {to} - 1 - i` for `i`"),
        ("step_by", Ok(from), Ok(to), Ok(step @ 1..)) => {
            let (mut items, mut item) = (Vec::new(), from);
            while item < to && items.len() < 20 {
                items.push(item.to_string());
                item = item.saturating_add(step);
            }
            format!("write the items as a list, `[{}]`", items.join(", "))
        }
        _ => format!("write `for i in {from}..{to} {{ .. }}`"),
    };
    format!("ranges go upwards by 1, and have no `{name}`\nhelp: {help}")
}

/// `"""documentation"""`
pub fn documentation() -> String {
    "expected a statement, found a string\nhelp: documentation stands before the model, `/// ..`".to_owned()
}

/// `var x = ..`, `x := ..`
pub fn foreign_binding(word: &str, name: &str) -> String {
    format!("expected `let`, found `{word}`\nhelp: write `let {name} = ..;`, and `let mut {name} = ..;` for what a loop changes")
}

/// `let x == ..`
pub fn compared_binding(name: &str) -> String {
    format!("expected `=`, found `==`\nhelp: write `let {name} = ..;`")
}

/// `self.name = ..`
pub fn field(name: &str) -> String {
    let name = if name == "_" { "layer" } else { name };
    format!("a model has no `self`\nhelp: write `let {name} = ..;`, and call it, `{name}(x)`")
}

/// `if a = b`
pub fn assigned_condition(left: &str, right: &str) -> String {
    format!("expected a comparison, found `=`\nhelp: write `if {left} == {right} {{ .. }}`")
}

/// `a if condition else b`
pub fn ternary(condition: &str, value: &str, other: &str) -> String {
    format!("expected `;`, found `if`\nhelp: the question stands first: `if {condition} {{ {value} }} else {{ {other} }}`")
}

/// `=>` for `->`
pub fn arrow(found: &str, shape: &str) -> String {
    format!("expected `->`, found `{found}`\nhelp: write `-> {shape}`")
}

/// Words that other languages steer with, and that this one has not, or not there.
pub fn control(word: &str) -> String {
    let help = words::keyword(word).map_or("write it outside of `functional_model!`", |word| word.note);
    format!("`{word}` is not supported here\nhelp: {help}")
}

/// `class Net(..)`, `import torch`
pub fn foreign_item(word: &str, name: &str) -> String {
    let help = match word {
        "class" => format!("models read `model {name}(x: [784]) -> [10] {{ .. }}`"),
        _ => "leave it out: layers are called by their names alone".to_owned(),
    };
    format!("expected `model` or `fn`, found `{word}`\nhelp: {help}")
}

/// `def name(..)`
pub fn foreign_function(word: &str, name: &str, takes: &str, has_shapes: bool) -> String {
    let (expected, what) = if has_shapes { ("model", "models") } else { ("fn", "blocks") };
    format!("expected `{expected}`, found `{word}`\nhelp: {what} read `{expected} {name}({takes}) {{ .. }}`")
}

/// A line among items.
pub fn stray_statement(word: &str) -> String {
    format!(
        "expected `model` or `fn`, found `{word}`\nhelp: lines stand in a model's body, `model Name(x: [784]) -> [10] {{ .. }}`"
    )
}
