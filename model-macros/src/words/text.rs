//! Calls of other libraries as they are written: what is called, with what, and the text of all this in this language's words.

use model_graph::argument::{Activation, source};
use model_graph::layers::Class;
use proc_macro2::Ident;
use serde_json::Value;

use super::{Call, Given, Place, Word, called, is_module, meant, method_of, name, qualified};
use crate::syntax::{Argument, Expr, ExprKind, Operator, Subscript, is_constant_like};

/// How long the text of an expression may become.
const LONGEST: usize = 300;

/// What is called: a name, a name behind a module, or a method of something.
#[derive(Clone, Copy, Debug)]
pub struct Head<'e> {
    /// The module's name, its last where there are several.
    pub module: Option<&'e Ident>,
    /// What it is a method of.
    pub receiver: Option<&'e Expr>,
    /// The name.
    pub name: &'e Ident,
}

/// A call in words of another library.
#[derive(Debug)]
pub struct Spoken<'e> {
    /// What the table has of it.
    pub word: &'static Word,
    /// What is called.
    pub head: Head<'e>,
    /// What it is given, each with the expression that it is the text of.
    pub parts: Vec<(Given, &'e Expr)>,
    /// What a layer is called with.
    pub tensors: Option<Vec<(Given, &'e Expr)>>,
}

impl<'e> Head<'e> {
    /// What stands before parentheses, or would.
    pub fn of(callee: &'e Expr) -> Option<Self> {
        match &callee.kind {
            ExprKind::Name(name) => Some(Self { module: None, receiver: None, name }),
            ExprKind::Member(base, name) => {
                let module = module(base);
                Some(Self { module, receiver: if module.is_none() { Some(base) } else { None }, name })
            }
            _ => None,
        }
    }

    /// What the table has under this name.
    pub fn word(&self) -> Option<&'static Word> {
        let name = self.name.to_string();
        if let Some(receiver) = self.receiver {
            let before = if let ExprKind::Name(before) = &receiver.kind { qualified(&before.to_string(), &name) } else { None };
            return before.or_else(|| method_of(&name));
        }
        if self.module.is_none() && Class::find(&name).is_some() {
            return None; // no word of the table is a layer's name here
        }
        called(self.module.map(ToString::to_string).as_deref(), &name)
    }

    /// The name with its module.
    pub fn text(&self) -> String {
        self.module.map_or_else(|| self.name.to_string(), |module| format!("{module}.{}", self.name))
    }
}

/// The last name of a path that begins with a module of another library's, or of a type: `torch.nn`, `Tensor`.
fn module(base: &Expr) -> Option<&Ident> {
    let is_type = |name: &Ident| name.to_string().starts_with(char::is_uppercase) && !is_constant_like(&name.to_string());
    match &base.kind {
        ExprKind::Name(name) if is_module(&name.to_string()) || is_type(name) => Some(name),
        ExprKind::Member(before, name) if module(before).is_some() => Some(name),
        _ => None,
    }
}

/// What an expression says in words of another library.
pub fn spoken(expr: &Expr) -> Option<Spoken<'_>> {
    let ExprKind::Call(callee, arguments) = &expr.kind else {
        let head = Head::of(expr)?;
        let word = head.word().filter(|word| head.receiver.is_some() || word.place != Place::Method)?;
        return Some(Spoken { word, head, parts: received(&head, Vec::new()), tensors: None });
    };
    if let ExprKind::Call(inner, made) = &callee.kind
        && let Some(head) = Head::of(inner).filter(|head| head.receiver.is_none())
        && let Some(word) = head.word()
    {
        return Some(match word.place {
            Place::Layer | Place::Absent => Spoken { word, head, parts: parts(made), tensors: Some(parts(arguments)) },
            _ => Spoken { word, head, parts: parts(arguments).into_iter().chain(parts(made)).collect(), tensors: None },
        });
    }
    let head = Head::of(callee)?;
    let word = head.word()?;
    Some(Spoken { word, head, parts: received(&head, parts(arguments)), tensors: None })
}

fn parts(arguments: &[Argument]) -> Vec<(Given, &Expr)> {
    arguments.iter().map(part).collect()
}

/// What a method is given: what it is one of, and the rest.
fn received<'e>(head: &Head<'e>, parts: Vec<(Given, &'e Expr)>) -> Vec<(Given, &'e Expr)> {
    head.receiver.map(|receiver| (given(None, receiver), receiver)).into_iter().chain(parts).collect()
}

fn part(argument: &Argument) -> (Given, &Expr) {
    (given(argument.name.as_ref(), &argument.value), &argument.value)
}

/// What an argument is given, as far as that is written there.
pub fn given(name: Option<&Ident>, expr: &Expr) -> Given {
    let name = name.map(ToString::to_string);
    let is_activation = name.as_deref().is_some_and(|name| name.ends_with("activation") || name.starts_with("activation"));
    let function = if is_activation { activation(expr) } else { None };
    let text = function.map_or_else(|| text(expr), |function| format!("\"{function}\""));
    Given { name, text, value: value(expr), shape: None }
}

/// The activation that is meant by a function of another library's.
fn activation(expr: &Expr) -> Option<&'static str> {
    let names: Vec<&'static str> = Activation::ALL.iter().map(|activation| activation.name()).collect();
    meant(&last_name(expr)?.to_string(), &names)
}

/// The last name of a name, a path, or the call of one: `Relu` of `nn.Relu()`.
pub fn last_name(expr: &Expr) -> Option<&Ident> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::Member(_, name) => Some(name),
        ExprKind::Path(path) => path.last(),
        ExprKind::Call(callee, arguments) if arguments.is_empty() => last_name(callee),
        _ => None,
    }
}

/// The value that is written.
pub fn value(expr: &Expr) -> Value {
    match &expr.kind {
        ExprKind::Literal(value) => value.clone(),
        ExprKind::Name(word) => match name(&word.to_string()).map(|word| word.line) {
            Some("true") => Value::Bool(true),
            Some("false") => Value::Bool(false),
            _ => Value::Null,
        },
        ExprKind::Negative(inner) => match value(inner) {
            Value::Number(number) if number.is_i64() => {
                number.as_i64().and_then(i64::checked_neg).map_or(Value::Null, Value::from)
            }
            Value::Number(number) => number.as_f64().map_or(Value::Null, |number| Value::from(-number)),
            _ => Value::Null,
        },
        ExprKind::List(items) | ExprKind::Tuple(items) => {
            let values: Vec<Value> = items.iter().map(value).collect();
            if values.contains(&Value::Null) { Value::Null } else { Value::Array(values) }
        }
        _ => Value::Null,
    }
}

/// The text of an expression, with what is here for words of other libraries.
pub fn text(expr: &Expr) -> String {
    let text = spoken(expr).and_then(|spoken| spoken.line()).unwrap_or_else(|| plain_text(expr));
    if text.len() > LONGEST { "..".to_owned() } else { text }
}

impl Spoken<'_> {
    /// Whether it is this expression whose name is called.
    pub fn is_of(&self, head: &Expr) -> bool {
        Head::of(head).is_some_and(|head| std::ptr::eq(head.name, self.head.name))
    }

    /// What the words in the call are, for the line.
    pub fn call(&self) -> Call {
        let given = |parts: &[(Given, &Expr)]| parts.iter().map(|(given, _)| given.clone()).collect();
        Call { arguments: given(&self.parts), tensors: self.tensors.as_deref().map(given) }
    }

    /// The line, where there is one.
    fn line(&self) -> Option<String> {
        self.word.filled(&self.call()).ok().filter(|line| !line.is_empty())
    }
}

fn plain_text(expr: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(text).collect::<Vec<_>>().join(", ");
    match &expr.kind {
        ExprKind::Name(word) => {
            let word = word.to_string();
            name(&word).map(|word| word.line.to_owned()).filter(|line| !line.is_empty()).unwrap_or(word)
        }
        ExprKind::Path(path) => path.iter().map(ToString::to_string).collect::<Vec<_>>().join("::"),
        ExprKind::Literal(value) => source(value),
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Format(parts) => format!("format!(\"{}\")", parts.iter().map(placed).collect::<String>()),
        ExprKind::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
        ExprKind::Tuple(items) => format!("({})", list(items)),
        ExprKind::Call(callee, arguments) => {
            let arguments: Vec<String> = arguments.iter().map(argument_text).collect();
            format!("{}({})", text(callee), arguments.join(", "))
        }
        ExprKind::Binary(operator, left, right) => {
            let side = |side: &Expr| match &side.kind {
                ExprKind::Binary(inner, ..) if !binds_tighter(*inner, *operator) => format!("({})", text(side)),
                _ => text(side),
            };
            format!("{} {} {}", side(left), operator.sign(), side(right))
        }
        ExprKind::Negative(value) => format!("-{}", text(value)),
        ExprKind::Not(value) => format!("!{}", text(value)),
        ExprKind::Index(list, place) => format!("{}[{}]", text(list), text(place)),
        ExprKind::Subscript(base, subscripts) => {
            let subscripts: Vec<String> = subscripts.iter().map(subscript).collect();
            format!("{}[{}]", text(base), subscripts.join(", "))
        }
        ExprKind::Operation(name) => format!("ops::{name}"),
        ExprKind::Member(base, name) if module(base).is_some() || is_self(base) => name.to_string(),
        ExprKind::Member(base, name) => format!("{}.{name}", text(base)),
        ExprKind::If(_) | ExprKind::Foreign(_) | ExprKind::Unread(_) => "..".to_owned(),
    }
}

/// A part of a string that is made.
fn placed(part: &Expr) -> String {
    match &part.kind {
        ExprKind::Literal(Value::String(text)) => text.replace('{', "{{").replace('}', "}}"),
        _ => format!("{{{}}}", text(part)),
    }
}

fn subscript(subscript: &Subscript) -> String {
    match subscript {
        Subscript::At(place) => text(place),
        Subscript::Rest => "...".to_owned(),
        Subscript::Slice(ends) => match ends.each_ref().map(|end| end.as_ref().map_or_else(String::new, text)) {
            [start, stop, step] if step.is_empty() && start.is_empty() && stop.is_empty() => "..".to_owned(),
            [start, stop, step] if step.is_empty() => format!("{start}:{stop}"),
            [start, stop, step] => format!("{start}:{stop}:{step}"),
        },
    }
}

/// Whether an expression is what methods call their object.
pub fn is_self(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Name(name) if name == "self" || name == "this")
}

fn binds_tighter(inner: Operator, outer: Operator) -> bool {
    let is_product = |operator: Operator| matches!(operator, Operator::Multiply | Operator::Divide | Operator::Remainder);
    let is_power = |operator: Operator| operator == Operator::Power;
    is_power(inner) && !is_power(outer) || is_product(inner) && !is_product(outer) && !is_power(outer)
}

/// The text of an argument, with its name.
pub fn argument_text(argument: &Argument) -> String {
    let Given { name, text, .. } = given(argument.name.as_ref(), &argument.value);
    name.map_or_else(|| text.clone(), |name| format!("{name} = {text}"))
}
