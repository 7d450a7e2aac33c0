//! Layers of the user's own: what their attribute says.

use model_graph::argument::Mismatch;
use model_graph::custom::SignatureFault;
use model_graph::keras::absent;
use model_graph::layers::CLASSES;
use model_graph::message::{choices, instead, list, nearest, there_are};

/// A struct without a shape rule.
pub fn layer_without_shape(layer: &str) -> String {
    format!(
        "`{layer}` has no shape rule\nhelp: write `#[layer(shape = \"[.., features] -> [.., units]\")]`, with names of your own"
    )
}

/// An option that there is not.
pub fn layer_option(found: &str) -> String {
    format!("`#[layer]` has no option `{found}`\nhelp: {}", choices(found, &["shape", "weights", "parts", "saved", "package"]))
}

/// An option that is given twice.
pub fn layer_option_twice(name: &str) -> String {
    format!("`{name}` is given twice\nhelp: keep one of them")
}

/// An option of a weight that there is not.
pub fn layer_weight_option(found: &str) -> String {
    format!(
        "weights have no option `{found}`\nhelp: {}",
        choices(found, &["initializer", "regularizer", "constraint", "trainable"])
    )
}

/// A part that is no layer.
pub fn layer_part_class(found: &str) -> String {
    let known: Vec<&str> = CLASSES.iter().map(|class| class.name).collect();
    let help = match absent(found) {
        Some(absent) => instead(absent).to_owned(),
        None => choices(found, &known),
    };
    format!("parts are layers of Keras's and models, and `{found}` is neither\nhelp: {help}")
}

/// A part without the shape of what it is called with.
pub fn layer_part_shape(part: &str, class: &str) -> String {
    format!(
        "it is not said what `{part}` is called with: its weights follow from that\nhelp: write `{part}(\"[features]\", {class}(..))`, the batch left out"
    )
}

/// An argument that the class of a part has not.
pub fn layer_part_argument(class: &str, found: &str, known: &[&str]) -> String {
    format!("`{class}` has no argument `{found}`\nhelp: {}", choices(found, known))
}

/// An argument of a part that is given twice.
pub fn layer_part_twice(class: &str, argument: &str) -> String {
    format!("`{class}` gets `{argument}` twice\nhelp: keep one of them")
}

/// An argument of a part that is neither a value nor a size.
pub fn layer_part_value(found: &str) -> String {
    format!(
        "an argument of a part is a number, a string, `true`, `false`, a list, an argument of the layer, or a size of its shape rule: found \
         `{found}`\nhelp: make it an argument of the layer, a field of the struct"
    )
}

/// A model as a part that cannot be one.
pub fn layer_part_model(model: &str, why: &str) -> String {
    format!("the model `{model}` cannot be a part: {why}\nhelp: give the layer what the model gives, as an input of its own")
}

/// A model as a part that is written like a layer.
pub fn layer_part_model_form(part: &str, model: &str) -> String {
    format!("`{model}` is a model, which has its inputs and arguments already\nhelp: write `{part}({model})`")
}

/// Something else than a struct.
pub fn layer_item(found: &str) -> String {
    format!(
        "`#[layer]` stands before a struct, found `{found}`\nhelp: write `struct CustomDense {{ units: usize }}`: its fields are the layer's arguments"
    )
}

/// A struct with generic parameters.
pub fn layer_generics(layer: &str) -> String {
    format!(
        "`{layer}` is generic, which no layer is\nhelp: write `struct {layer} {{ .. }}`: its arithmetic is generic, `impl<T: Float> CustomLayer<T> for {layer}`"
    )
}

/// A struct whose fields have no names.
pub fn layer_fields(layer: &str) -> String {
    format!("the arguments of `{layer}` have no names\nhelp: write `struct {layer} {{ units: usize }}`")
}

/// A field called like what every layer has.
pub fn layer_common(name: &str) -> String {
    format!("every layer has `{name}` already\nhelp: call the field something else")
}

/// A field of a type that no argument has.
pub fn layer_field_type(field: &str, found: &str) -> String {
    let known = ["usize", "u64", "i64", "f64", "bool", "String", "Vec<..>", "Option<..>"];
    let help = match found {
        "f32" => "write `f64`: arguments are not what the layer computes in".to_owned(),
        "u8" | "u16" | "u32" | "i8" | "i16" | "i32" | "isize" => "write `usize`, or `i64` where it may be negative".to_owned(),
        "&str" | "&'static str" => "write `String`".to_owned(),
        _ => format!("there are {}", list(&known)),
    };
    format!("`{field}` is of type `{found}`, which no argument has\nhelp: {help}")
}

/// A default that is not written as one.
pub fn layer_default_form(field: &str) -> String {
    format!(
        "the default of `{field}` is not a plain value\nhelp: write `#[default = 32]`, with a number, a string, `true`, `false`, `None` or a list"
    )
}

/// A default of another type.
pub fn layer_default(field: &str, expected: &str, found: &str) -> String {
    format!("the default of `{field}` must be {expected}, found `{found}`\nhelp: write `#[default = ..]` with {expected}")
}

/// A shape rule that cannot be read.
pub fn layer_rule(rule: &str, expected: &str, found: Option<&str>) -> String {
    let found = found.map_or_else(|| "the end".to_owned(), |found| format!("`{found}`"));
    format!(
        "the shape rule `{rule}` needs {expected}, found {found}\nhelp: shape rules read `[.., features] -> [.., units]`, or `[n, d], [m, d] -> [n, m]` for two inputs"
    )
}

/// A shape that cannot be read.
pub fn layer_shape(name: &str, shape: &str, expected: &str, found: Option<&str>) -> String {
    let found = found.map_or_else(|| "the end".to_owned(), |found| format!("`{found}`"));
    format!("the shape `{shape}` of `{name}` needs {expected}, found {found}\nhelp: shapes read `[features, 2 * units]`")
}

/// A shape or a rule whose names do not fit together.
pub fn layer_names(whose: &str, text: &str, fault: &SignatureFault) -> String {
    match fault {
        SignatureFault::Unknown { name, known } => {
            let help = match nearest(name, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None if known.is_empty() => format!("name a dimension of an input so, or write a field `{name}: usize`"),
                None => format!("there are {}; a field `{name}: usize` would make it an argument", list(known)),
            };
            format!("`{name}` in {whose} `{text}` is neither a dimension of an input nor an argument\nhelp: {help}")
        }
        SignatureFault::Early { name } => {
            format!(
                "`{name}` in {whose} `{text}` is computed with before it is known\nhelp: let it stand alone first, as in `[{name}, {name} - 1]`"
            )
        }
        SignatureFault::NoSize { name, ty } => {
            format!(
                "`{name}` in {whose} `{text}` is an argument of type `{ty}`, and sizes are `usize`\nhelp: write `{name}: usize`, or another size there"
            )
        }
        SignatureFault::Open { missing } => {
            format!(
                "`..` does not stand in `{missing}` of {whose} `{text}`: it means axes that are the same everywhere\nhelp: write `..` in every shape of inputs and output, or in none"
            )
        }
        SignatureFault::Unopened { found } => {
            format!(
                "`..` in `{found}` of {whose} `{text}` means nothing: no input has it\nhelp: write `..` in the inputs too, or name the axes"
            )
        }
    }
}

/// `..` in the shape of a weight.
pub fn layer_open_weight(weight: &str, shape: &str) -> String {
    format!(
        "the shape `{shape}` of the weight `{weight}` has `..`, but a weight is one size for all inputs\nhelp: name its axes: `[features, units]`"
    )
}

/// An initialiser, a penalty or a constraint that there is not, or not so.
pub fn layer_asked(weight: &str, what: &str, found: &str, mismatch: &Mismatch) -> String {
    let found = found.trim_matches('"');
    match mismatch {
        Mismatch::Choice(known) => format!("`{weight}` knows no {what} called `{found}`\nhelp: {}", choices(found, known)),
        Mismatch::Expected(expected) => {
            format!("the {what} of `{weight}` must be {expected}, found `{found}`\nhelp: leave it out")
        }
        Mismatch::Inside { key, expected, .. } => {
            format!(
                "the {what} of `{weight}` cannot be `{found}`: `{key}` must be {expected}\nhelp: change `{key}`, or leave it out"
            )
        }
    }
}

/// What is asked of a weight in a form that is not read.
pub fn layer_asked_form(found: &str) -> String {
    format!(
        "a weight is asked for by name, found `{found}`\nhelp: write a string, `\"zeros\"`, or an object of Keras's with numbers in it, `L2(1e-4)`"
    )
}

/// An argument that an object has not: `L2(l1 = 0.01)`.
pub fn object_argument(class: &str, name: &str, valid: &[&str]) -> String {
    match valid {
        [] => format!("`{class}` has no argument `{name}`\nhelp: it takes none: write `{class}()`"),
        valid => format!("`{class}` has no argument `{name}`\nhelp: {}", choices(name, valid)),
    }
}

/// More arguments than an object has.
pub fn object_arguments(class: &str, valid: &[&str], found: usize) -> String {
    match valid {
        [] => format!("`{class}` takes no arguments, found {found}\nhelp: write `{class}()`"),
        valid => format!("`{class}` takes at most {} arguments, found {found}\nhelp: {}", valid.len(), there_are(valid)),
    }
}

/// An argument of an object that is given again.
pub fn object_twice(class: &str, name: &str) -> String {
    format!("`{class}` is given `{name}` twice\nhelp: keep one of them")
}

/// What is no layer where one must be.
pub fn wrapped_value(class: &str, argument: &str, found: &str) -> String {
    let example = match class {
        "Bidirectional" => "Bidirectional(LSTM(8))(x)",
        "RNN" => "RNN(LSTMCell(8))(x)",
        "StackedRNNCells" => "RNN(StackedRNNCells([LSTMCell(8), LSTMCell(4)]))(x)",
        "SpectralNormalization" => "SpectralNormalization(Dense(8))(x)",
        _ => "TimeDistributed(Dense(8))(x)",
    };
    format!(
        "`{class}` needs `{argument}` to be a layer, found {found}\nhelp: make the layer within, and give the tensor to both together: `{example}`"
    )
}

/// A layer that would share its weights with the one that wraps it.
pub fn wrapped_shared(class: &str, source: &str, how: &str) -> String {
    format!(
        "`{class}` needs a layer of its own: `{source}` is {how} elsewhere\nhelp: make the layer within the parentheses, `{class}({source})`, so that no weights are shared"
    )
}

/// A layer of the user's own that is to be wrapped.
pub fn wrapped_own(class: &str, source: &str) -> String {
    format!(
        "`{class}` wraps layers of the library, found `{source}`, a layer of your own\nhelp: call it before or behind; for each step of a sequence it is called by `TimeDistributed({source})(x)`"
    )
}

/// A layer of the user's own that is to be a cell, and takes and gives no states.
pub fn no_cell(class: &str, source: &str, rule: &str) -> String {
    format!(
        "`{class}` goes by a cell, which takes a tensor and states, and gives an output and as many states: found `{source}`, `{rule}`\nhelp: declare \
         the states on both sides of its rule, `#[layer(shape = \"[features], [units] -> [units], [units]\")]`"
    )
}

/// A model that is to be wrapped.
pub fn wrapped_model(class: &str, source: &str) -> String {
    let (what, help) = match class {
        "Bidirectional" => ("a recurrent layer", "give it one, such as `LSTM(8)`, and call the model before"),
        "RNN" | "StackedRNNCells" => ("cells", "give it some, such as `LSTMCell(8)`, and call the model before"),
        _ => ("single layers", "wrap the layers that it is made of, where they are made"),
    };
    let help =
        if what == "single layers" { help.to_owned() } else { format!("{help}, for each step: `TimeDistributed({source})(x)`") };
    format!("`{class}` wraps {what}, found the model `{source}`\nhelp: {help}")
}

/// What is called for each step already, to be wrapped.
pub fn wrapped_steps(class: &str, found: &str) -> String {
    format!("`{class}` wraps layers and models, found {found}\nhelp: call it in a model of its own, and wrap that")
}

/// A second name for what calls a model for each step.
pub fn named_otherwise(source: &str, known: &str) -> String {
    format!("`{source}` is named `{known}` already\nhelp: bind it once, `let {known} = {source};`, and call that")
}

/// A name for layers that are each called by a wrapper of its own.
pub fn sequence_named(class: &str) -> String {
    format!(
        "`{class}` calls the layers of `Sequential` one by one, and takes no `name` for all of them\nhelp: give them names within, or declare a model of them: `{class}(Encoder())(x)`"
    )
}

/// A layer that is called although another one wraps it.
pub fn wrapped_called(source: &str) -> String {
    format!(
        "`{source}` is wrapped by another layer and cannot be called itself\nhelp: make a second layer, or call the one that wraps it"
    )
}
