//! Words of other libraries and languages, and what to write here for them: one table, and a line of it a word.
//!
//! The table says nothing of places in the code; who meets a word that is unknown or misplaced asks here, and `diagnostics` words the rest.

mod arguments;
mod computed;
mod keras;
mod language;
mod line;
mod others;
mod text;
mod torch;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::syntax::Operator;
pub use computed::keeps;
pub use line::{Call, Given, numbers};
pub use text::{Head, Spoken, argument_text, given, is_self, last_name, spoken, text, value as value_of};

/// What a word is where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A layer, which is made and called: `nn.Linear(8, 4)(x)`.
    Layer,
    /// A layer that there is not here: a user may well have one of this name, so that it is known behind a module, or when nobody has.
    Absent,
    /// A function of tensors, behind a tensor a method of it: `relu(x)`, `F.relu(x)`, `x.relu()`.
    Function,
    /// A function whose bare name may well be that of a block declared elsewhere: it is known behind a module or a tensor.
    Method,
    /// The name of an argument.
    Argument,
    /// What an argument may be called, where there are names to choose from.
    Value,
    /// A name that stands for something known.
    Name,
    /// An operator, with how tightly it binds and, where there is the same here, which it is.
    Operator(usize, Option<Operator>),
    /// What a statement or an item starts with.
    Keyword,
}

/// A word of another library or language.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// What it is.
    pub place: Place,
    /// How it is written there. A call shows its parameters, `Linear(in_features = 8, out_features = 4, [bias = false])`: each with an example, those
    /// in brackets optional, one behind `*` taking all that is left, and one that starts with `_` is of no use here.
    pub written: &'static str,
    /// What is written here, of the parts that `line` fills in; empty where there is no such thing.
    pub line: &'static str,
    /// Why, or what else there is.
    pub note: &'static str,
    /// The layers that it is an argument of, where it is not one of all that have the argument which `line` names.
    pub of: &'static [&'static str],
}

const fn word(place: Place, written: &'static str, line: &'static str, note: &'static str) -> Word {
    Word { place, written, line, note, of: &[] }
}

const fn layer(written: &'static str, line: &'static str, note: &'static str) -> Word {
    word(Place::Layer, written, line, note)
}

const fn absent(written: &'static str, note: &'static str) -> Word {
    word(Place::Absent, written, "", note)
}

const fn function(written: &'static str, line: &'static str, note: &'static str) -> Word {
    word(Place::Function, written, line, note)
}

const fn method(written: &'static str, line: &'static str, note: &'static str) -> Word {
    word(Place::Method, written, line, note)
}

const fn argument(written: &'static str, line: &'static str, note: &'static str) -> Word {
    word(Place::Argument, written, line, note)
}

const fn argument_of(of: &'static [&'static str], written: &'static str, line: &'static str, note: &'static str) -> Word {
    Word { of, ..argument(written, line, note) }
}

const fn value(written: &'static str, line: &'static str) -> Word {
    word(Place::Value, written, line, "")
}

/// All words, by where they come from.
const TABLE: [&[Word]; 7] =
    [torch::LAYERS, torch::FUNCTIONS, keras::WORDS, others::WORDS, arguments::NAMES, arguments::VALUES, language::WORDS];

/// The modules of other libraries: what stands behind one of them is no member of a tensor.
const MODULES: &[&str] = &[
    "F",
    "K",
    "L",
    "activations",
    "backend",
    "burn",
    "candle",
    "candle_core",
    "candle_nn",
    "constraints",
    "contrib",
    "dfdx",
    "estimator",
    "flax",
    "functional",
    "initializers",
    "jax",
    "jnp",
    "keras",
    "lax",
    "layers",
    "linen",
    "losses",
    "math",
    "metrics",
    "models",
    "nn",
    "nnx",
    "np",
    "numpy",
    "ops",
    "optim",
    "optimizers",
    "regularizers",
    "slim",
    "tch",
    "tensorflow",
    "tf",
    "torch",
    "torchvision",
    "transforms",
    "utils",
];

/// Every word.
pub fn all() -> impl Iterator<Item = &'static Word> {
    TABLE.iter().copied().flatten()
}

/// The words by what they are known by, and the layers by their names without their form: every name in an invocation is looked up.
struct Index {
    named: HashMap<&'static str, Vec<&'static Word>>,
    layers: HashMap<String, &'static Word>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { named: HashMap::new(), layers: HashMap::new() };
    for word in all() {
        index.named.entry(word.name()).or_default().push(word);
        if word.place == Place::Layer {
            index.layers.entry(plain(word.name())).or_insert(word);
        }
    }
    index
});

/// The words that are known by a name, in the table's order.
fn named(name: &str) -> impl Iterator<Item = &'static Word> {
    INDEX.named.get(name).into_iter().flatten().copied()
}

/// Whether a name is that of another library's module.
pub fn is_module(name: &str) -> bool {
    MODULES.contains(&name)
}

/// A layer or function by the name that it is called by, and the module that stands before it.
pub fn called(module: Option<&str>, name: &str) -> Option<&'static Word> {
    let find = |name: &str| named(name).find(|word| word.is_called());
    let is_known = |word: &&Word| module.is_some() || !matches!(word.place, Place::Method | Place::Absent);
    let alike = || if module.is_some() || name.starts_with(char::is_uppercase) { layer_like(name) } else { None };
    module.and_then(|module| qualified(module, name)).or_else(|| find(name).or_else(alike).filter(is_known))
}

/// What stands in the table with what is before it: `nn.Softmax`, `model.add`.
pub fn qualified(before: &str, name: &str) -> Option<&'static Word> {
    named(&format!("{before}.{name}")).find(|word| word.is_called())
}

/// A layer whose name is written in another form: `batchnorm2d`, `Conv_2d`.
fn layer_like(name: &str) -> Option<&'static Word> {
    INDEX.layers.get(&plain(name)).copied()
}

/// A method of a tensor, list or layer; `relu_` is `relu` in place.
pub fn method_of(name: &str) -> Option<&'static Word> {
    let is_method = |word: &&Word| matches!(word.place, Place::Function | Place::Method);
    let find = |name: &str| named(name).find(is_method);
    find(name).or_else(|| find(name.trim_end_matches('_')))
}

/// A name that stands for something.
pub fn name(name: &str) -> Option<&'static Word> {
    named(name).find(|word| word.place == Place::Name)
}

/// What a statement or item starts with.
pub fn keyword(name: &str) -> Option<&'static Word> {
    named(name).find(|word| word.place == Place::Keyword)
}

/// An operator between two values by its sign, or by its words.
pub fn operator(sign: &str) -> Option<&'static Word> {
    named(sign).find(|word| matches!(word.place, Place::Operator(..)) && word.is_infix())
}

/// A sign or word before a value.
pub fn prefix(sign: &str) -> Option<&'static Word> {
    named(sign).find(|word| matches!(word.place, Place::Operator(..)) && !word.is_infix())
}

/// What an argument of a layer is called here: the name that is valid there, or none, where it is left out.
pub fn argument_for(layer: &str, valid: &[&str], name: &str) -> Option<&'static Word> {
    let fits = |word: &&Word| match word.target() {
        _ if !word.of.is_empty() => word.of.contains(&layer),
        "" => true,
        target => valid.contains(&target) || target == "name" || target == "trainable",
    };
    named(name).filter(|word| word.place == Place::Argument).find(fits)
}

/// Which of these names is meant by a word of another library, or by one of them in another form.
pub fn meant<'n>(written: &str, names: &[&'n str]) -> Option<&'n str> {
    let here = all().find(|word| word.place == Place::Value && plain(word.name()) == plain(written)).map(|word| word.line);
    let is_meant = |name: &&&str| plain(name) == plain(written) || here == Some(**name);
    names.iter().find(is_meant).copied()
}

/// A name without its form.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

impl Word {
    /// Whether it is something that is called.
    pub fn is_called(&self) -> bool {
        matches!(self.place, Place::Layer | Place::Absent | Place::Function | Place::Method)
    }

    /// What it is known by.
    pub fn name(&self) -> &'static str {
        match self.place {
            Place::Layer | Place::Absent | Place::Function | Place::Method => self.written.split('(').next().unwrap_or_default(),
            Place::Argument => self.written.split(" = ").next().unwrap_or_default(),
            Place::Value | Place::Name => self.written,
            Place::Keyword => self.written.split([' ', '(', ':', ';']).next().unwrap_or_default(),
            Place::Operator(..) => {
                let behind = self.written.split_once(' ').map_or("", |(_, behind)| behind);
                behind.rsplit_once(' ').map_or_else(|| self.written.split(' ').next().unwrap_or_default(), |(sign, _)| sign)
            }
        }
    }

    /// Whether an operator stands between two values.
    fn is_infix(&self) -> bool {
        self.written.split(' ').count() > 2
    }

    /// The argument here that an argument's line names.
    fn target(&self) -> &'static str {
        self.line.split(" = ").next().unwrap_or_default()
    }

    /// What to do, with the parts of the user's call put in.
    pub fn help(&self, call: &Call) -> String {
        match self.filled(call) {
            Ok(line) => self.advice(&line),
            Err(note) => note.to_owned(),
        }
    }

    /// What to do, with this line.
    pub fn advice(&self, line: &str) -> String {
        match (line, self.note) {
            ("", note) => note.to_owned(),
            (line, "") => format!("write `{line}`"),
            (line, note) => format!("write `{line}`: {note}"),
        }
    }
}
