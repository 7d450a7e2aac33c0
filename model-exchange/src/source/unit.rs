//! Source before it is text: calls with their arguments, in bodies, blocks and loops. Tensors are numbers, and have no names yet.

/// What an argument is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// What stands there, as it is written.
    Text(String),
    /// A parameter of the block around, or a variable of the loop around, times a number.
    Parameter(String, u64),
    /// The same, a string, with another behind it.
    Longer(String, String),
}

impl Value {
    /// As it is written.
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parameter(name, 1) => name.clone(),
            Self::Parameter(name, factor) => format!("{factor} * {name}"),
            Self::Longer(name, behind) => format!("{name} + {}", quoted(behind)),
        }
    }

    /// The parameter or variable that it is made of.
    pub fn parameter(&self) -> Option<&str> {
        match self {
            Self::Text(_) => None,
            Self::Parameter(name, _) | Self::Longer(name, _) => Some(name),
        }
    }

    /// The string that stands there.
    pub fn string(&self) -> Option<&str> {
        if let Self::Text(text) = self { text.strip_prefix('"')?.strip_suffix('"') } else { None }
    }
}

/// A string as it is written: of names alone, which have nothing to escape.
pub fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Where an argument stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before an operation's operands.
    Leading,
    /// By position, as long as nothing before it has been left out.
    Positional,
    /// By name.
    Named,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    pub name: String,
    pub value: Value,
    /// What it is where nothing is given.
    pub default: Option<String>,
    pub place: Place,
}

impl Argument {
    /// Whether it can be left out.
    pub fn is_default(&self) -> bool {
        matches!((&self.value, &self.default), (Value::Text(value), Some(default)) if value == default)
    }
}

/// What is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// A layer or model that is made for this call, by its name.
    Made(String),
    /// The same for each step of a sequence, with the arguments of the `TimeDistributed`.
    Stepped(String, Vec<Argument>),
    /// A layer that is bound to a name, as it is called: `dense`, `TimeDistributed(encoder)`.
    Bound(String),
    /// An operation: `ops::mean`.
    Operation(&'static str),
    /// An operator between two operands, or before one.
    Operator(&'static str),
    /// Parts of a tensor.
    Subscript(String),
    /// A block, by its number.
    Block(usize),
    /// A loop.
    Loop(Box<Loop>),
}

/// What stands in the parentheses of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    Tensor(usize),
    /// Several tensors, or `None`.
    List(Vec<Option<usize>>),
    Named(String, Box<Operand>),
    /// A number, or a flag by its name.
    Text(String),
}

impl Operand {
    /// Its tensors from left to right.
    pub fn tensors(&self) -> Vec<usize> {
        match self {
            Self::Tensor(tensor) => vec![*tensor],
            Self::List(tensors) => tensors.iter().flatten().copied().collect(),
            Self::Named(_, operand) => operand.tensors(),
            Self::Text(_) => Vec::new(),
        }
    }

    /// The same without tensors: what must be alike for two calls to be alike.
    fn shape(&self) -> String {
        match self {
            Self::Tensor(_) => "_".to_owned(),
            Self::List(tensors) => format!("{:?}", tensors.iter().map(Option::is_some).collect::<Vec<_>>()),
            Self::Named(name, operand) => format!("{name}={}", operand.shape()),
            Self::Text(text) => format!("{text:?}"),
        }
    }
}

/// A call, or a loop of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    pub head: Head,
    /// The arguments that the head is made with; of a block those that are no tensors.
    pub arguments: Vec<Argument>,
    pub operands: Vec<Operand>,
    pub outputs: Vec<usize>,
    /// What its first output is called where a word of its own is needed.
    pub hint: String,
    /// The layer that is bound before it, which it calls first.
    pub binds: Option<(String, Box<Unit>)>,
    /// Whether it stands where it stands: a layer with a name of its own, or one that others call, too.
    pub is_fixed: bool,
}

impl Unit {
    /// The tensors that it is called with, from left to right.
    pub fn inputs(&self) -> Vec<usize> {
        self.operands.iter().flat_map(Operand::tensors).collect()
    }

    /// What must be alike for two calls to be alike but for the values of their arguments and their tensors.
    pub fn shape(&self) -> String {
        let names: Vec<&str> = self.arguments.iter().map(|argument| argument.name.as_str()).collect();
        let operands: Vec<String> = self.operands.iter().map(Operand::shape).collect();
        format!("{:?} {names:?} {operands:?} {}", self.head, self.outputs.len())
    }
}

/// Calls in order, and what they give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub units: Vec<Unit>,
    pub results: Vec<usize>,
}

/// A parameter of a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    pub name: String,
    pub default: Option<String>,
}

/// A block: its tensors are those of the run that it was found in first.
#[derive(Clone, Debug)]
pub struct Block {
    pub name: String,
    pub inputs: Vec<usize>,
    pub parameters: Vec<Parameter>,
    pub body: Body,
}

/// A loop: its tensors are those of its first round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    pub variables: Vec<String>,
    /// What the variables are in each round.
    pub rounds: Vec<Vec<Value>>,
    pub units: Vec<Unit>,
    /// The tensor that a round begins with, and the one that it hands on to the next.
    pub carried: (usize, usize),
}
