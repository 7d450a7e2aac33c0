//! What a `functional_model!` invocation says, as a tree with spans. It knows no layers and no shapes.

use proc_macro2::{Ident, Span, TokenStream};

/// The tokens that a message points at: from the first to the last.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// The first token.
    pub start: Span,
    /// The last token.
    pub end: Span,
}

impl From<Span> for Range {
    fn from(span: Span) -> Self {
        Self { start: span, end: span }
    }
}

/// A whole invocation, or what a companion brings of one.
#[derive(Debug, Default)]
pub struct Program {
    /// The path that the library is named by, `#![crate = nets::functional_model]`.
    pub library: Option<TokenStream>,
    /// What companions have brought.
    pub known: Vec<Known>,
    /// The names of the checks that companions have answered, and nothing of ours has yet.
    pub found: Vec<Ident>,
    /// The models in order.
    pub models: Vec<Model>,
    /// The views in order.
    pub views: Vec<View>,
    /// The blocks in order.
    pub blocks: Vec<Block>,
    /// The constants in order.
    pub constants: Vec<Constant>,
}

/// What a companion has brought under a name.
#[derive(Debug)]
pub struct Known {
    /// The name.
    pub name: Ident,
    /// What it stands for.
    pub what: Brought,
    /// The name and what has been brought, as they stand.
    pub tokens: TokenStream,
}

/// What companions bring.
#[derive(Debug)]
pub enum Brought {
    /// A model.
    Model {
        /// Its configuration.
        configuration: String,
        /// What views of it need to know, as `view` writes and reads it.
        inside: String,
    },
    /// A block, with the blocks and constants that it uses.
    Block(Program),
    /// A layer of the user's own: its signature, as text; nothing where it has faults.
    Layer(String),
}

/// `pub model Name(inputs) -> outputs { body }`
#[derive(Debug)]
pub struct Model {
    /// Doc comments and other attributes, to be repeated.
    pub attributes: TokenStream,
    /// Those of them that allow or deny something.
    pub lints: TokenStream,
    /// `pub`, or nothing.
    pub visibility: TokenStream,
    /// The struct's name.
    pub name: Ident,
    /// The inputs.
    pub inputs: Vec<Port>,
    /// How many samples a batch has, where that is said.
    pub batch_size: Option<Expr>,
    /// The outputs, where they are declared.
    pub outputs: Option<Outputs>,
    /// What it computes.
    pub body: Body,
    /// Whether its header could not be read, so that nothing is known but its name.
    pub is_unread: bool,
}

impl Model {
    /// A model of which nothing is known but its name.
    pub fn unread(attributes: TokenStream, lints: TokenStream, visibility: TokenStream, name: Ident) -> Self {
        let body = Body::unread(name.span());
        Self { attributes, lints, visibility, name, inputs: Vec::new(), batch_size: None, outputs: None, body, is_unread: true }
    }

    /// The declared types of inputs and outputs.
    pub fn types(&self) -> impl Iterator<Item = &TypeExpr> {
        let (one, named) = match &self.outputs {
            Some(Outputs::One(ty)) => (Some(ty), &[][..]),
            Some(Outputs::Named(ports, _)) => (None, ports.as_slice()),
            None => (None, &[][..]),
        };
        self.inputs.iter().chain(named).map(|port| &port.ty).chain(one)
    }
}

/// `name: [32, 32, 3]`
#[derive(Debug)]
pub struct Port {
    /// Its name.
    pub name: Ident,
    /// Its type.
    pub ty: TypeExpr,
}

/// The declaration of outputs.
#[derive(Debug)]
pub enum Outputs {
    /// `-> [10]`
    One(TypeExpr),
    /// `-> (priority: [1], department: [4])`
    Named(Vec<Port>, Range),
}

/// `[32, 32, 3]` or `i32[100]`
#[derive(Debug)]
pub struct TypeExpr {
    /// The element type, where it is given.
    pub dtype: Option<Ident>,
    /// The sizes.
    pub dims: Vec<Expr>,
    /// All of it.
    pub range: Range,
}

/// `pub model Name = Base { inputs -> outputs };`
#[derive(Debug)]
pub struct View {
    /// Doc comments and other attributes, to be repeated.
    pub attributes: TokenStream,
    /// `pub`, or nothing.
    pub visibility: TokenStream,
    /// The struct's name.
    pub name: Ident,
    /// The model that is looked into.
    pub base: Ident,
    /// Where the view starts.
    pub inputs: Vec<Path>,
    /// What it gives.
    pub outputs: Vec<Path>,
}

/// The name of a tensor inside of a model: `code`, `encoder.conv2d_1`, `shared[1]`.
#[derive(Clone, Debug)]
pub struct Path {
    /// The names from the outside in.
    pub names: Vec<Ident>,
    /// Which call of the last layer, where that is written.
    pub call: Option<usize>,
    /// All of it.
    pub range: Range,
}

/// `fn name(parameters) { body }`
#[derive(Debug)]
pub struct Block {
    /// Its documentation, for the outline.
    pub docs: TokenStream,
    /// The attributes that allow or deny something.
    pub lints: TokenStream,
    /// `pub`, or nothing.
    pub visibility: TokenStream,
    /// The block's name.
    pub name: Ident,
    /// The parameters.
    pub parameters: Vec<Parameter>,
    /// What it computes.
    pub body: Body,
    /// All of it but attributes and visibility, as its companion carries it.
    pub tokens: TokenStream,
    /// Whether its header could not be read, so that nothing is known but its name.
    pub is_unread: bool,
}

/// A block's parameter: `filters`, `kernel = 3`.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Ident,
    /// Its value where a call gives none.
    pub default: Option<Expr>,
}

/// `const NAME: usize = value;`
#[derive(Debug)]
pub struct Constant {
    /// Doc comments and other attributes, to be repeated.
    pub attributes: TokenStream,
    /// `pub`, or nothing.
    pub visibility: TokenStream,
    /// The name.
    pub name: Ident,
    /// Its type.
    pub ty: TokenStream,
    /// The value.
    pub value: Expr,
    /// All of it but attributes and visibility, as companions carry it and as it is repeated.
    pub tokens: TokenStream,
}

/// Statements, and the expression that they end with.
#[derive(Clone, Debug)]
pub struct Body {
    /// The statements.
    pub statements: Vec<Statement>,
    /// The result.
    pub result: Option<Expr>,
    /// The closing brace.
    pub end: Span,
    /// Whether parts of it could not be read, so that nothing more should be concluded from it.
    pub is_broken: bool,
}

/// A statement.
#[derive(Clone, Debug)]
pub enum Statement {
    /// `let name = value;`
    Let(Let),
    /// `name = value;`
    Assign(Assign),
    /// `for pattern in items { .. }`
    For(Box<For>),
    /// An expression, with the semicolon behind it.
    Expr(Expr, Option<Span>),
}

/// `let name = value;`
#[derive(Clone, Debug)]
pub struct Let {
    /// The names; several take a tuple apart.
    pub names: Vec<Ident>,
    /// `mut` before those of the names that may be assigned to later.
    pub mutable: Vec<Option<Span>>,
    /// The value.
    pub value: Expr,
}

/// `name = value;`, `(a, b) = value;`
#[derive(Clone, Debug)]
pub struct Assign {
    /// The names; several take a tuple apart.
    pub names: Vec<Ident>,
    /// The value.
    pub value: Expr,
}

/// `for pattern in items { body }`
#[derive(Clone, Debug)]
pub struct For {
    /// What each item is bound to.
    pub pattern: Pattern,
    /// The items.
    pub items: Items,
    /// What is repeated.
    pub body: Body,
}

/// What an item of a list is bound to.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// One name, or `_`.
    Name(Ident),
    /// The parts of a tuple.
    Tuple(Vec<Pattern>, Range),
}

/// What a loop goes through.
#[derive(Clone, Debug)]
pub enum Items {
    /// A list.
    List(Expr),
    /// `from..to`, or `from..=to`.
    Range {
        /// The first number.
        from: Expr,
        /// The number behind the last, or the last.
        to: Expr,
        /// Whether `to` is the last.
        is_inclusive: bool,
    },
}

/// `if condition { .. } else { .. }`
#[derive(Clone, Debug)]
pub struct If {
    /// What is asked.
    pub condition: Expr,
    /// What holds if it is so.
    pub then: Body,
    /// What holds otherwise; `else if` is a body of one expression.
    pub otherwise: Option<Body>,
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub range: Range,
    /// How many expressions are nested in it, itself included.
    pub height: usize,
}

/// An expression.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// A name.
    Name(Ident),
    /// A constant of the code around, by its path: `nets::WIDTH`.
    Path(Vec<Ident>),
    /// A number, string, `true`, `false` or `None`.
    Literal(serde_json::Value),
    /// `format!("conv{i}")`: the parts of the string in order.
    Format(Vec<Expr>),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `(a, b)`
    Tuple(Vec<Expr>),
    /// `callee(arguments)`
    Call(Box<Expr>, Vec<Argument>),
    /// `left + right`
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `-value`
    Negative(Box<Expr>),
    /// `!value`
    Not(Box<Expr>),
    /// `list[position]`
    Index(Box<Expr>, Box<Expr>),
    /// `if condition { .. } else { .. }`
    If(Box<If>),
    /// `base[.., -1]`
    Subscript(Box<Expr>, Vec<Subscript>),
    /// `ops::name`
    Operation(Ident),
    /// `base.name`, `base::name`: nothing has members here, whatever it means elsewhere.
    Member(Box<Expr>, Ident),
    /// What another language has and this one has not, which has been said: what it is made of.
    Foreign(Vec<Expr>),
    /// What could not be read, which has been said: the names that it mentions.
    Unread(Vec<Ident>),
}

/// What is taken along an axis of a tensor.
#[derive(Clone, Debug)]
pub enum Subscript {
    /// A place, or `None` for a new axis.
    At(Expr),
    /// `start:stop:step`, `start..stop`, `..`
    Slice(Box<[Option<Expr>; 3]>),
    /// `...`
    Rest,
}

impl Subscript {
    /// The expressions in it.
    pub fn parts(&self) -> impl Iterator<Item = &Expr> {
        let (one, several) = match self {
            Self::At(place) => (Some(place), None),
            Self::Slice(ends) => (None, Some(ends.iter().flatten())),
            Self::Rest => (None, None),
        };
        one.into_iter().chain(several.into_iter().flatten())
    }
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Argument {
    /// `name =`, where it stands.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}

impl Argument {
    /// Whether it is given by this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.as_ref().is_some_and(|own| own == name)
    }
}

/// An operator between tensors, or between numbers and other data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `**`
    Power,
    /// `%`
    Remainder,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&&`
    And,
    /// `||`
    Or,
}

/// What the types beside a model are called, behind its name.
pub const BESIDE: [&str; 7] = ["Gradients", "Inputs", "Kept", "Outputs", "Tape", "Transient", "Workspace"];

/// Whether a name is written as constants are: `HIDDEN`.
pub fn is_constant_like(name: &str) -> bool {
    let is_part = |c: char| c.is_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(char::is_uppercase) && name.chars().all(is_part)
}

impl Expr {
    /// Whether it is a number as it is written.
    pub fn is_literal(&self) -> bool {
        match &self.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Negative(value) => value.is_literal(),
            _ => false,
        }
    }

    /// The names in a size, from left to right.
    pub fn names(&self) -> Vec<&Ident> {
        match &self.kind {
            ExprKind::Name(name) => vec![name],
            ExprKind::Binary(_, left, right) => [left.names(), right.names()].concat(),
            ExprKind::Negative(value) => value.names(),
            _ => Vec::new(),
        }
    }
}

impl Program {
    /// The constant of a name.
    pub fn constant(&self, name: &str) -> Option<&Constant> {
        self.constants.iter().find(|constant| constant.name == name)
    }
}

impl Known {
    /// The block that it brings, for a call by this name.
    pub fn block<'p>(&'p self, name: &'p Ident) -> Option<(&'p Block, &'p Program)> {
        let Brought::Block(items) = &self.what else { return None };
        items.blocks.iter().find(|block| block.name == *name).map(|block| (block, items))
    }
}

impl Constant {
    /// Whether all of it could be read.
    pub const fn is_read(&self) -> bool {
        !matches!(self.value.kind, ExprKind::Unread(_))
    }
}

impl Block {
    /// Whether no parameter has another's name, and none without a default stands behind one that has one.
    pub fn parameters_are_sound(&self) -> bool {
        let repeats = |i: usize| self.parameters[..i].iter().any(|other| other.name == self.parameters[i].name);
        !(0..self.parameters.len()).any(repeats) && self.misplaced_parameter().is_none()
    }

    /// The first parameter without a default behind one that has one, that one first.
    pub fn misplaced_parameter(&self) -> Option<[&Ident; 2]> {
        let first = self.parameters.iter().position(|parameter| parameter.default.is_some())?;
        let needed = self.parameters.iter().skip(first).find(|parameter| parameter.default.is_none())?;
        Some([&self.parameters[first].name, &needed.name])
    }
}

impl Body {
    /// What stands for a body that could not be read.
    pub fn unread(end: Span) -> Self {
        Self { statements: Vec::new(), result: None, end, is_broken: true }
    }
}

impl Operator {
    /// The layer that combines tensors so.
    pub const fn layer(self) -> Option<&'static str> {
        match self {
            Self::Add => Some("Add"),
            Self::Subtract => Some("Subtract"),
            Self::Multiply => Some("Multiply"),
            _ => None,
        }
    }

    /// The operation on tensors that it stands for.
    pub const fn operation(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Multiply => "multiply",
            Self::Divide => "true_divide",
            Self::Power => "power",
            Self::Remainder => "mod",
            Self::Equal => "equal",
            Self::Unequal => "not_equal",
            Self::Less => "less",
            Self::LessOrEqual => "less_equal",
            Self::Greater => "greater",
            Self::GreaterOrEqual => "greater_equal",
            Self::And => "logical_and",
            Self::Or => "logical_or",
        }
    }

    /// The sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Power => "**",
            Self::Remainder => "%",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::And => "&&",
            Self::Or => "||",
        }
    }
}
