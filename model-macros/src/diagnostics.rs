//! Everything the macro says about what is wrong. No other module words a message, but `model_graph::message`, which words those about layers,
//! arguments and shapes.

use model_graph::argument::Activation;
use model_graph::message::{Origin, choices, list, nearest, tensors};
use model_graph::shape::{DType, TensorType};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::syntax::Range;

/// The errors of one run, in the order of discovery.
#[derive(Debug, Default)]
pub struct Diagnostics(Vec<(Range, String)>);

impl Diagnostics {
    /// Notes an error; the same one at the same place is noted once.
    pub fn error(&mut self, range: impl Into<Range>, message: impl ToString) {
        let (range, message) = (range.into(), message.to_string());
        let place = |range: &Range| format!("{:?}", range.start);
        if !self.0.iter().any(|(other, text)| *text == message && place(other) == place(&range)) {
            self.0.push((range, message));
        }
    }

    /// How many errors there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The `number`-th message.
    pub fn message(&self, number: usize) -> Option<&str> {
        self.0.get(number).map(|(_, message)| message.as_str())
    }

    /// Puts the errors into the order of their places.
    pub fn sort(&mut self) {
        self.0.sort_by_key(|(range, _)| (range.start.start().line, range.start.start().column));
    }

    /// The errors as `compile_error!` items at their places.
    pub fn into_tokens(mut self) -> TokenStream {
        self.sort();
        self.0.into_iter().flat_map(|(range, message)| compile_error(range, &message)).collect()
    }

    /// The places and messages, for tests.
    #[cfg(test)]
    pub fn reports(&self) -> &[(Range, String)] {
        &self.0
    }
}

/// `::core::compile_error! { "message" }`: its first token has the span that the message starts at, its last the one that it ends at.
fn compile_error(range: Range, message: &str) -> TokenStream {
    let punct = |c, spacing, span| {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(span);
        TokenTree::Punct(punct)
    };
    let Range { start, end } = range;
    let mut text = Literal::string(message);
    text.set_span(end);
    let mut group = Group::new(Delimiter::Brace, TokenTree::Literal(text).into());
    group.set_span(end);
    TokenStream::from_iter([
        punct(':', Spacing::Joint, start),
        punct(':', Spacing::Alone, start),
        TokenTree::Ident(Ident::new("core", start)),
        punct(':', Spacing::Joint, start),
        punct(':', Spacing::Alone, start),
        TokenTree::Ident(Ident::new("compile_error", start)),
        punct('!', Spacing::Alone, start),
        TokenTree::Group(group),
    ])
}

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
    format!("`{word}` cannot stand among models, blocks and constants\nhelp: write it outside of `functional_model!`")
}

/// A keyword for a name.
pub fn keyword(name: &str) -> String {
    format!("`{name}` is a keyword, and cannot name a model\nhelp: choose another name, such as `Model{name}`")
}

/// `fn block(x: [8])`
pub fn typed_parameter(name: &str) -> String {
    format!(
        "`{name}` is a block's parameter, which has no type\nhelp: write `{name}` alone: a block takes any shape that its layers take"
    )
}

/// `fn block(x) -> [8]`
pub fn typed_block() -> String {
    "a block declares no output: its body says what it returns\nhelp: write `fn name(x) { .. }`".to_owned()
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
        "if" | "else" | "let" => "bind it first, `let x = if known { .. } else { .. };`",
        "match" => "write `if name == \"value\" { .. } else { .. }`",
        "def" | "fn" | "const" => "write blocks and constants beside the model: `fn name(x) { .. }`, `const WIDTH: usize = 64;`",
        "as" => "sizes are whole numbers, and need no type",
        _ => "write it outside of `functional_model!`",
    };
    format!("`{word}` is not supported here\nhelp: {help}")
}

/// `x = value` where there is no `x`.
pub fn without_let(name: &str) -> String {
    format!("expected `let` before `{name}`, which is bound here\nhelp: write `let {name} = ..;`, also to bind a name anew")
}

/// `x = value` where `x` is bound without `mut`.
pub fn immutable(name: &str) -> String {
    format!(
        "`{name}` is bound without `mut`, and cannot be assigned to\nhelp: write `let mut {name} = ..;` where it is bound, or bind it anew with `let {name} = ..;`"
    )
}

/// A loop that never ends, nearly.
pub fn too_many_rounds(most: u32) -> String {
    format!("the loops take more than {most} rounds\nhelp: check the range: every round becomes part of the model")
}

/// The round of a loop that a fault is in.
pub fn round(name: &str, item: &str) -> String {
    format!("where `{name}` is {item}")
}

/// A value that nobody takes.
pub fn dropped_value() -> String {
    "the value at the end of a loop's body goes nowhere\nhelp: assign it to what is bound before the loop: `let mut x = ..;`, `x = ..;`".to_owned()
}

/// `let x = if a { b };`
pub fn no_value() -> String {
    "expected a value, found an `if` that may have none\nhelp: give both branches one: `if known { a } else { b }`".to_owned()
}

/// A loop over something else.
pub fn not_a_list(found: &str) -> String {
    format!(
        "a loop goes through a list or a range, found {found}\nhelp: write `for filters in [64, 128] {{ .. }}` or `for _ in 0..4 {{ .. }}`"
    )
}

/// A range of something else.
pub fn not_a_number(found: &str) -> String {
    format!("a range goes from one whole number to another, found {found}\nhelp: write known numbers, `0..4`")
}

/// An item that has other parts than names for them.
pub fn pattern(names: usize, found: &str) -> String {
    format!(
        "expected {names} values for these names, found {found}\nhelp: write lists of that many: `for (filters, strides) in [(64, 1), (128, 2)] {{ .. }}`"
    )
}

/// An `if` about something that is not known.
pub fn condition(found: &str, is_tensor: bool) -> String {
    let help = if is_tensor {
        "a model has one graph, whatever its inputs hold: choose by what is known while compiling"
    } else {
        "compare what is known: `if filters == 64 { .. }`"
    };
    format!("`if` needs `true` or `false`, found {found}\nhelp: {help}")
}

/// A comparison of things that cannot be compared.
pub fn comparison(sign: &str, left: &str, right: &str) -> String {
    let help = match sign {
        "!" | "&&" | "||" => "these combine `true` and `false`, as comparisons give them",
        "%" => "a remainder is that of two whole numbers",
        _ => "numbers, strings, `true` and `false` are compared while compiling; tensors are combined by layers, `Layer(..)(x)`",
    };
    let between = if left == "nothing" { right.to_owned() } else { format!("{left} and {right}") };
    format!("`{sign}` has no meaning for {between}\nhelp: {help}")
}

/// A place in a list that there is not.
pub fn position(length: usize) -> String {
    format!("the list has {length} items, counted from 0\nhelp: write a whole number below {length}")
}

/// A constant of something else.
pub fn constant(name: &str, found: &str) -> String {
    format!(
        "`{name}` needs a number, a string, `true`, `false` or a list, found {found}\nhelp: write `const {name}: usize = 64;`"
    )
}

/// `Sequential` of something else.
pub fn sequence() -> String {
    "`Sequential` takes a list of layers\nhelp: write `Sequential([Dense(64, activation = \"relu\"), Dense(10)])(x)`".to_owned()
}

/// Something else among the layers of `Sequential`.
pub fn not_a_layer(found: &str) -> String {
    format!("`Sequential` takes a list of layers, found {found}\nhelp: write layers that are not called yet: `Dense(64)`")
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
    format!(
        "there is no operator `{sign}` between tensors\nhelp: `+`, `-` and `*` combine tensors, everything else is a layer: `Layer(..)(x)`"
    )
}

/// `name!(..)`
pub fn macro_call(name: &str) -> String {
    format!("`{name}!` is a macro, which cannot be called in a body\nhelp: lists read `[a, b]`, layers `Layer(..)(x)`")
}

/// `x[0]`
pub fn index() -> String {
    "tensors and layers cannot be indexed, only lists\nhelp: split what a model takes into several inputs, or reshape it with `Reshape([..])(x)`".to_owned()
}

/// `x.shape`
pub fn member(name: &str) -> String {
    let help = match name {
        "shape" | "dtype" | "ndim" => "write the size itself: every shape is known while compiling",
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

/// A name that stands for nothing.
pub fn unknown_name(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("nothing is bound to `{name}`\nhelp: did you mean `{near}`?"),
        None if known.is_empty() => format!("nothing is bound to `{name}`\nhelp: bind it first, `let {name} = ..;`"),
        None => format!("nothing is bound to `{name}`\nhelp: there are {}", list(known)),
    }
}

/// Layers of Keras's that there are not (yet). A layer that is added leaves this list.
pub const ABSENT_LAYERS: &[&str] = &[
    "ActivityRegularization",
    "AdditiveAttention",
    "AlphaDropout",
    "Attention",
    "AveragePooling3D",
    "Bidirectional",
    "CategoryEncoding",
    "CenterCrop",
    "Conv1DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "ConvLSTM1D",
    "ConvLSTM2D",
    "ConvLSTM3D",
    "Cropping3D",
    "DepthwiseConv1D",
    "Discretization",
    "Dot",
    "EinsumDense",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "GroupQueryAttention",
    "GRUCell",
    "Hashing",
    "HashedCrossing",
    "Identity",
    "IntegerLookup",
    "Lambda",
    "LSTMCell",
    "Masking",
    "MaxPooling3D",
    "MelSpectrogram",
    "MultiHeadAttention",
    "Normalization",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "Resizing",
    "RMSNormalization",
    "RNN",
    "SeparableConv1D",
    "SimpleRNNCell",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StackedRNNCells",
    "StringLookup",
    "TextVectorization",
    "TimeDistributed",
    "UnitNormalization",
    "UpSampling3D",
    "ZeroPadding3D",
];

/// Other names that Keras or its users have for layers, blocks of syntax, and what there is instead.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("AvgPool2D", "AveragePooling2D"),
    ("BatchNorm", "BatchNormalization"),
    ("Concat", "Concatenate"),
    ("Convolution2D", "Conv2D"),
    ("FullyConnected", "Dense"),
    ("GlobalAvgPool2D", "GlobalAveragePooling2D"),
    ("GlobalMaxPool2D", "GlobalMaxPooling2D"),
    ("Linear", "Dense"),
    ("MaxPool2D", "MaxPooling2D"),
    ("Merge", "Concatenate"),
    ("Sum", "Add"),
    ("concat", "Concatenate"),
];

/// Whether Keras has a layer of this name, or another name for one, so that it is no model of the user's.
pub fn is_keras_layer(name: &str) -> bool {
    let is_other = OTHER_NAMES.iter().any(|(other, _)| *other == name);
    is_other || ABSENT_LAYERS.contains(&name) || ["Input", "InputLayer", "Model"].contains(&name)
}

/// Functions of Keras's and other libraries' that might be taken for blocks.
pub fn is_keras_function(name: &str) -> bool {
    let is_other = OTHER_NAMES.iter().any(|(other, _)| other.eq_ignore_ascii_case(&name.replace('_', "")));
    let is_activation = Activation::ALL.iter().any(|activation| activation.name() == name);
    is_other || is_activation || ["input", "print", "len", "range", "zip", "enumerate", "sum", "mean", "shape"].contains(&name)
}

/// A call of something that is no layer, block or model; `own` are the blocks and models of the user's.
pub fn unknown_layer(name: &str, own: &[&str], layers: &[&str]) -> String {
    let known = [own, layers].concat();
    match name {
        "Input" | "InputLayer" => return "`Input` is not called: inputs are declared\nhelp: write them behind the model's name, as in `model Name(x: [784])`".to_owned(),
        "Model" => return "`Model` is not called: a model is what its body computes\nhelp: end the body with the output".to_owned(),
        _ => {}
    }
    if let Some((_, here)) = OTHER_NAMES.iter().find(|(other, _)| *other == name) {
        return format!("there is no layer, block or model called `{name}`\nhelp: it is called `{here}`");
    }
    if ABSENT_LAYERS.contains(&name) {
        return format!("the layer `{name}` of Keras is not supported yet\nhelp: there are {}", list(layers));
    }
    let is_activation = Activation::ALL.iter().any(|activation| activation.name() == name);
    let help = match nearest(name, own) {
        _ if is_activation => {
            format!("activations are arguments, `activation = \"{name}\"`, or layers, `Activation(\"{name}\")(x)`")
        }
        None if nearest(name, layers).is_none() && name.chars().next().is_some_and(char::is_lowercase) && own.is_empty() => {
            format!("declare a block beside the model: `fn {name}(x) {{ .. }}`")
        }
        _ => choices(name, &known),
    };
    format!("there is no layer, block or model called `{name}`\nhelp: {help}")
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
    format!("expected a layer, a block or a model to call, found {found}\nhelp: write the layer's name, as in `Dense(10)(x)`")
}

/// A value of another kind than needed.
pub fn expected_tensor(found: &str) -> String {
    format!("expected a tensor, found {found}\nhelp: give it an input of the model or what a layer returned")
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

/// A layer's, block's or model's name without parentheses.
pub fn bare_name(name: &str, is_block: bool) -> String {
    let (what, call) =
        if is_block { ("a block", format!("{name}(x)")) } else { ("the name of a layer", format!("{name}(..)(x)")) };
    format!("`{name}` is {what}, not a tensor\nhelp: call it, `{call}`")
}

/// A word where a string must be.
pub fn unquoted(argument: &str, word: &str) -> String {
    format!("nothing is bound to `{word}`\nhelp: names of functions and the like have quotes: `{argument} = \"{word}\"`")
}

/// A keyword argument where a tensor must be.
pub fn named_tensor(layer: &str, argument: &str) -> String {
    let help = match argument {
        "training" => "leave it out: layers know whether the model trains".to_owned(),
        "mask" => "masks are not supported yet".to_owned(),
        _ => format!("arguments go into the first pair of parentheses: `{layer}({argument} = ..)(x)`"),
    };
    format!("`{layer}` is called with tensors, found the argument `{argument}`\nhelp: {help}")
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

/// An operator between things that it does not combine.
pub fn operands(sign: &str, left: &str, right: &str) -> String {
    format!(
        "`{sign}` combines two tensors or two numbers, found {left} and {right}\nhelp: `+`, `-` and `*` stand for `Add`, `Subtract` and `Multiply` of tensors of one shape"
    )
}

/// A number that does not fit.
pub fn arithmetic(sign: &str) -> String {
    format!(
        "the result of `{sign}` is no whole number that fits\nhelp: sizes are whole numbers below 2^63; a division must leave no remainder"
    )
}

/// A tuple of another size than its names.
pub fn unpack(names: usize, found: usize) -> String {
    format!("expected {names} values to bind, found {found}\nhelp: write as many names as there are values")
}

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

/// A block that has no parameter of a name.
pub fn block_parameter(block: &str, name: &str, parameters: &[&str]) -> String {
    format!("`{block}` has no parameter `{name}`\nhelp: {}", choices(name, parameters))
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

/// Two things of one name.
pub fn declared_twice(what: &str, name: &str) -> String {
    format!("{what} `{name}` is declared twice\nhelp: give one of them another name")
}

/// A name that has another meaning.
pub fn reserved(what: &str, name: &str) -> String {
    format!("`{name}` is a layer, and cannot name a {what}\nhelp: choose another name, such as `My{name}`")
}

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
pub fn result_type(
    model: &str,
    output: Option<&str>,
    expected: &TensorType,
    (label, found, origin): (&str, &TensorType, Option<Origin>),
) -> String {
    let what = output.map_or_else(|| "the result".to_owned(), |name| format!("`{name}`"));
    let origin = origin.map(|origin| format!("\n{}", origin.tell(label))).unwrap_or_default();
    format!("`{model}` declares its output as {expected}: {what} is {found}{origin}\nhelp: {}", result_help(expected, found))
}

fn result_help(expected: &TensorType, found: &TensorType) -> String {
    if expected.shape.rank() == 1 && found.shape.rank() == 3 {
        return "flatten it before the last layers, `Flatten()(x)` or `GlobalAveragePooling2D()(x)`".to_owned();
    }
    if expected.shape.rank() < found.shape.rank() {
        return format!("flatten it before the last layers, `Flatten()(x)`, or declare `-> {found}`");
    }
    format!("declare `-> {found}`, or change the last layer")
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
    format!(
        "expected a size of at least 1, found the name `{name}`\nhelp: write a number: sizes with names are not supported yet"
    )
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
pub fn too_large(name: &str) -> String {
    format!("`{name}` has too many elements to count\nhelp: check the sizes: one of them is too large")
}

/// A layer's name that cannot be a field's.
pub fn name_argument(found: &str) -> String {
    format!(
        "`name` needs a string of letters, digits and underscores that does not start with a digit, found {found}\nhelp: write `name = \"stem\"`"
    )
}

/// Blocks or models that contain themselves.
pub fn cycle(names: &[String]) -> String {
    format!("`{}` contains itself: {}\nhelp: take one call out of the circle", names[0], names.join(" -> "))
}

/// A message with where it stands behind its first line.
pub fn within(message: &str, context: &[String]) -> String {
    let (first, rest) = message.split_once('\n').unwrap_or((message, ""));
    let lines = std::iter::once(first).chain(context.iter().rev().map(String::as_str));
    lines.chain((!rest.is_empty()).then_some(rest)).collect::<Vec<_>>().join("\n")
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

/// Too much nesting.
pub fn too_deep() -> String {
    "this expression is nested too deeply\nhelp: bind parts of it with `let`".to_owned()
}

/// Where a companion ends up when the model is not there.
pub fn broken_companion(name: &str) -> String {
    format!("what `{name}` declares cannot be read\nhelp: build both crates with the same version of functional-model")
}

/// A span for messages about what is missing.
pub fn call_site() -> Span {
    Span::call_site()
}

/// A view of something that is no model.
pub fn view_base(name: &str, known: &[&str]) -> String {
    format!("there is no model called `{name}` to look into\nhelp: {}", choices(name, known))
}

/// A path through something that is no model.
pub fn view_model(base: &str, path: &str, valid: &[String]) -> String {
    let valid: Vec<&str> = valid.iter().map(String::as_str).collect();
    let last = path.rsplit('.').next().unwrap_or_default();
    let help = if valid.contains(&last) {
        format!("`{path}` is a layer or a tensor, with nothing inside: name it alone")
    } else {
        choices(last, &valid)
    };
    format!("`{base}` has no model `{path}` in it\nhelp: {help}")
}

/// A tensor that a model does not have.
pub fn view_tensor(base: &str, path: &str, valid: &[String]) -> String {
    let valid: Vec<&str> = valid.iter().map(String::as_str).collect();
    let last = path.rsplit('.').next().unwrap_or_default();
    format!("`{base}` has no tensor `{path}`\nhelp: {}", choices(last, &valid))
}

/// A layer that is called several times, or less often than was written.
pub fn view_calls(path: &str, count: usize) -> String {
    let (plural, last) = (if count == 1 { "" } else { "s" }, count.saturating_sub(1));
    format!("`{path}` is called {count} time{plural}\nhelp: write which call is meant, from `{path}[0]` to `{path}[{last}]`")
}

/// A view whose outputs depend on more than its inputs.
pub fn view_needs(view: &str, missing: &[String]) -> String {
    format!(
        "what `{view}` gives also depends on {}\nhelp: take it in, `{{ (.., {}) -> .. }}`, or start further down",
        list(missing),
        missing.join(", ")
    )
}

/// An input that no output of a view depends on.
pub fn view_unread(view: &str, input: &str) -> String {
    format!("nothing that `{view}` gives depends on `{input}`\nhelp: leave it out, or give an output that is computed from it")
}
