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

/// A whole invocation.
#[derive(Debug, Default)]
pub struct Program {
    /// The models that companions have brought: name and configuration.
    pub known: Vec<(String, String)>,
    /// The models in order.
    pub models: Vec<Model>,
    /// The blocks in order.
    pub blocks: Vec<Block>,
}

/// `pub model Name(inputs) -> outputs { body }`
#[derive(Debug)]
pub struct Model {
    /// Doc comments and other attributes, to be repeated.
    pub attributes: TokenStream,
    /// `pub`, or nothing.
    pub visibility: TokenStream,
    /// The struct's name.
    pub name: Ident,
    /// The inputs.
    pub inputs: Vec<Port>,
    /// The outputs, where they are declared.
    pub outputs: Option<Outputs>,
    /// What it computes.
    pub body: Body,
    /// Whether its header could not be read, so that nothing is known but its name.
    pub is_unread: bool,
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

/// `fn name(parameters) { body }`
#[derive(Debug)]
pub struct Block {
    /// The block's name.
    pub name: Ident,
    /// The parameters.
    pub parameters: Vec<Ident>,
    /// What it computes.
    pub body: Body,
    /// Whether its header could not be read, so that nothing is known but its name.
    pub is_unread: bool,
}

/// Statements, and the expression that they end with.
#[derive(Debug)]
pub struct Body {
    /// The statements.
    pub statements: Vec<Let>,
    /// The result.
    pub result: Option<Expr>,
    /// The closing brace.
    pub end: Span,
    /// Whether parts of it could not be read, so that nothing more should be concluded from it.
    pub is_broken: bool,
}

/// `let name = value;`
#[derive(Debug)]
pub struct Let {
    /// The names; several take a tuple apart.
    pub names: Vec<Ident>,
    /// The value.
    pub value: Expr,
    /// The semicolon behind it.
    pub semicolon: Option<Span>,
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
    /// A number, string, `true`, `false` or `None`.
    Literal(serde_json::Value),
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
    /// What could not be read; that has been said.
    Unread,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Argument {
    /// `name =`, where it stands.
    pub name: Option<Ident>,
    /// The value.
    pub value: Expr,
}

/// An operator between tensors or numbers.
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
            Self::Divide => None,
        }
    }

    /// The sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}
