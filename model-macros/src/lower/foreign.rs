//! Words of other libraries and languages in expressions: each is said once, with the line to write, and nothing is said of what it gives.

use model_graph::argument::object_class;
use model_graph::layers::Class;
use model_graph::problem::ArgumentProblem;
use proc_macro2::Ident;
use serde_json::{Map, Value as Json};

use super::Lowering;
use super::frame::Frame;
use super::value::Value;
use crate::diagnostics;
use crate::layer::own;
use crate::syntax::{Argument, Expr, ExprKind, Operator, Range};
use crate::words::{self, Call, Given, Head, Spoken};

/// What changes the list that it is a method of.
const CHANGES: [&str; 4] = ["append", "push", "extend", "pop"];

/// What other libraries call a layer by.
const CALLS: [&str; 5] = ["forward", "call", "__call__", "apply", "forward_t"];

/// What other languages make a layer by.
const MAKES: [&str; 3] = ["new", "default", "build"];

impl<'p> Lowering<'p, '_> {
    /// A call in words of another library, if it is one: it is said, and what it gives.
    pub fn foreign_call(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Option<Value> {
        let ExprKind::Call(callee, arguments) = &expr.kind else { return None };
        let made = if let ExprKind::Call(inner, _) = &callee.kind { Some(inner) } else { None };
        if let Some(value) = made.and_then(|inner| self.spoken(frame, inner, expr)) {
            return Some(value);
        }
        let ExprKind::Member(base, name) = &callee.kind else { return self.spoken(frame, callee, expr) };
        let place = Range { start: callee.range.start, end: name.span() };
        if words::is_self(base) {
            self.tell(frame, base.range, diagnostics::no_self(&words::text(expr)));
            return Some(self.call_of(frame, name, arguments, expr));
        }
        if let ExprKind::Name(class) = &base.kind
            && MAKES.iter().any(|make| name == make)
            && !self.is_bound(frame, base)
            && self.is_callable(frame, &class.to_string())
        {
            let texts: Vec<String> = arguments.iter().map(|argument| words::text(&argument.value)).collect();
            self.tell(frame, place, diagnostics::qualified(&class.to_string(), &format!("{class}({})", texts.join(", "))));
            return Some(self.call_by_name(frame, class, arguments, expr));
        }
        let layer = if let ExprKind::Name(layer) = &base.kind { frame.bindings.get(&layer.to_string()).cloned() } else { None };
        if let Some(Value::Layer(layer, manner)) = layer
            && CALLS.iter().any(|call| name == call)
        {
            let help = format!("write `{}`", words::text(expr));
            self.tell(frame, name.span(), diagnostics::foreign_member(&name.to_string(), &help));
            return Some(self.apply(frame, (layer, manner), base, arguments));
        }
        if let Some(value) = self.spoken(frame, callee, expr) {
            return Some(value);
        }
        let is_known = Class::find(&name.to_string()).is_some() || object_class(&name.to_string()).is_some();
        if !self.is_bound(frame, base) && is_known || self.is_callable(frame, &name.to_string()) {
            self.tell(frame, place, diagnostics::qualified(&name.to_string(), &words::text(expr)));
            return Some(self.call_by_name(frame, name, arguments, expr));
        }
        let value = self.member(frame, callee);
        self.uncallable(frame, arguments);
        Some(value)
    }

    /// What a name behind `self` stands for, called.
    fn call_of(&mut self, frame: &mut Frame<'p>, name: &'p Ident, arguments: &'p [Argument], expr: &'p Expr) -> Value {
        let ExprKind::Call(callee, _) = &expr.kind else { return Value::Broken };
        match frame.bindings.get(&name.to_string()).cloned() {
            Some(Value::Layer(layer, manner)) => self.apply(frame, (layer, manner), callee, arguments),
            None if self.is_callable(frame, &name.to_string()) => self.call_by_name(frame, name, arguments, expr),
            _ => self.uncallable(frame, arguments),
        }
    }

    /// `base.name`, of which nothing can be called.
    pub fn member(&mut self, frame: &mut Frame<'p>, expr: &'p Expr) -> Value {
        let ExprKind::Member(base, name) = &expr.kind else { return Value::Broken };
        if words::is_self(base) {
            self.tell(frame, base.range, diagnostics::no_self(&words::text(expr)));
            return frame.bindings.get(&name.to_string()).cloned().unwrap_or(Value::Broken);
        }
        if let Some(value) = self.spoken(frame, expr, expr) {
            return value;
        }
        let (text, place) = (name.to_string(), Range { start: expr.range.start, end: name.span() });
        if self.is_bound(frame, base) || Head::of(expr).is_none_or(|head| head.receiver.is_some()) {
            if !matches!(self.expression(frame, base), Value::Broken) {
                self.tell(frame, name.span(), diagnostics::member(&text));
            }
        } else if Class::find(&text).is_some() {
            self.tell(frame, place, diagnostics::qualified(&text, &format!("{text}(..)(x)")));
        } else {
            let message = self.unknown_name(frame, &text);
            self.tell(frame, place, message);
        }
        Value::Broken
    }

    /// A name that stands for nothing, if it does elsewhere: it is said, and what it stands for.
    pub fn foreign_name(&mut self, frame: &Frame<'p>, name: &str, range: Range) -> Option<Value> {
        if let Some(word) = words::name(name) {
            self.tell(frame, range, diagnostics::foreign_name(name, &word.help(&Call::default())));
            return Some(match word.line {
                "true" => Value::Data(Json::Bool(true)),
                "false" => Value::Data(Json::Bool(false)),
                _ => Value::Broken,
            });
        }
        let word = words::called(None, name)?;
        self.tell(frame, range, diagnostics::foreign_name(name, &word.help(&Call::default())));
        Some(Value::Broken)
    }

    /// What is called or named in words of another library, `head` in the whole of `expr`.
    fn spoken(&mut self, frame: &mut Frame<'p>, head: &'p Expr, expr: &'p Expr) -> Option<Value> {
        // Layers are no words of others: they need not be looked for.
        if let ExprKind::Name(name) = &head.kind
            && (Class::find(&name.to_string()).is_some() || self.is_bound(frame, head))
        {
            return None;
        }
        let spoken = words::spoken(expr).filter(|spoken| spoken.is_of(head))?;
        let is_method = spoken.head.receiver.is_some();
        if is_method && !self.receives(frame, &spoken) {
            return None;
        }
        let call = self.heard(frame, &spoken);
        let name = spoken.head.name;
        let help = spoken.word.help(&call);
        if is_method {
            self.tell(frame, name.span(), diagnostics::foreign_member(&name.to_string(), &help));
            if let (Some(ExprKind::Name(list)), true) =
                (spoken.head.receiver.map(|base| &base.kind), CHANGES.iter().any(|word| name == word))
            {
                frame.bindings.give_up(&list.to_string());
            }
        } else {
            let place = Range { start: head.range.start, end: name.span() };
            self.tell(frame, place, diagnostics::foreign_call(&spoken.head.text(), &help));
        }
        Some(Value::Broken)
    }

    /// Whether a method may be meant: what it is one of stands for something, or is a call.
    fn receives(&self, frame: &Frame<'p>, spoken: &Spoken<'p>) -> bool {
        let Some(base) = spoken.head.receiver else { return true };
        match &base.kind {
            ExprKind::Name(_) => self.is_bound(frame, base) || spoken.word.name().contains('.'),
            _ => true,
        }
    }

    /// What a call in other words is given: the texts, with what is known of their values. The words in it are in the line that is said.
    fn heard(&mut self, frame: &mut Frame<'p>, spoken: &Spoken<'p>) -> Call {
        let parameters = spoken.word.parameters();
        self.quiet = self.quiet.saturating_add(1);
        let mut known = |(i, (given, expr)): (usize, &(Given, &'p Expr))| {
            let parameter = match &given.name {
                Some(name) => parameters.iter().find(|parameter| parameter.name == name),
                None => parameters.get(i),
            };
            let is_object = spoken.head.receiver.is_some_and(|base| std::ptr::eq(base, *expr)) && !self.is_bound(frame, expr);
            let is_of_use = !is_object && parameter.is_none_or(|parameter| !parameter.name.starts_with('_'));
            let (mut given, value) = (given.clone(), if is_of_use { self.expression(frame, expr) } else { Value::Broken });
            let mut layers = Vec::new();
            value.layers(&mut layers);
            layers.iter().for_each(|layer| drop(frame.made.remove(&layer.0)));
            match value {
                Value::Data(value) => given.value = value,
                Value::Tensor(tensor) => given.shape = Some(frame.graph.ty(tensor).shape.clone()),
                Value::List(values) | Value::Tuple(values) => {
                    given.shape = values.first().and_then(|value| match value {
                        Value::Tensor(tensor) => Some(frame.graph.ty(*tensor).shape.clone()),
                        _ => None,
                    });
                }
                _ => {}
            }
            given
        };
        let arguments = spoken.parts.iter().enumerate().map(&mut known).collect();
        let tensors = spoken.tensors.as_ref().map(|tensors| tensors.iter().map(|part| known((usize::MAX, part))).collect());
        self.quiet = self.quiet.saturating_sub(1);
        Call { arguments, tensors }
    }

    /// Whether the name that an expression begins with stands for something.
    pub fn is_bound(&self, frame: &Frame<'p>, expr: &Expr) -> bool {
        match &expr.kind {
            ExprKind::Name(name) => {
                let name = name.to_string();
                let is_own = || self.is_own(frame, &name) || own::is_declared(&name);
                frame.bindings.contains(&name) || frame.items.constant(&name).is_some() || is_own()
            }
            ExprKind::Member(base, _) => self.is_bound(frame, base),
            ExprKind::Path(_) => false,
            _ => true,
        }
    }

    /// Says something of a word of another library, unless the line of what stands around has it.
    pub fn tell(&mut self, frame: &Frame<'p>, range: impl Into<Range>, message: String) {
        if self.quiet == 0 {
            self.error(frame, range, message);
        }
    }

    /// A value of an argument in other words, if it is one: it is said.
    pub fn foreign_option(&mut self, frame: &Frame<'p>, layer: &str, name: &str, expr: &Expr) -> bool {
        let declaration = self.declaration(layer);
        let specs = declaration.as_ref().map(|declaration| declaration.arguments()).unwrap_or_default();
        if let ExprKind::Binary(Operator::Equal, left, right) = &expr.kind
            && let ExprKind::Name(argument) = &left.kind
            && specs.iter().any(|spec| argument == spec.name)
            && !self.is_bound(frame, left)
        {
            self.tell(frame, expr.range, diagnostics::compared_argument(&argument.to_string(), &words::text(right)));
            return true;
        }
        let Some(spec) = specs.iter().find(|spec| spec.name == name) else { return false };
        let is_function = spec.expected.starts_with("the name of");
        let called = match &expr.kind {
            ExprKind::Call(callee, _) if is_function => callee,
            _ => expr,
        };
        let Some(word) = words::last_name(called).filter(|_| !self.is_bound(frame, called)) else { return false };
        if spec.expected.contains("not supported") {
            self.tell(frame, expr.range, diagnostics::foreign_option(layer, name));
            return true;
        }
        let has_arguments = matches!(&expr.kind, ExprKind::Call(_, arguments) if !arguments.is_empty());
        if is_function && has_arguments && name.ends_with("activation") {
            self.tell(frame, expr.range, diagnostics::activation_with_arguments(name, &words::text(expr)));
            return true;
        }
        let names = self.choices(layer, name);
        let written = word.to_string();
        match words::meant(&written, &names) {
            Some(meant) if meant != written || !matches!(expr.kind, ExprKind::Name(_)) => {
                self.tell(frame, expr.range, diagnostics::foreign_choice(name, &written, meant));
                true
            }
            _ => false,
        }
    }

    /// The names that an argument of a class may be.
    fn choices(&self, class: &str, name: &str) -> Vec<&'static str> {
        let given = Map::from_iter([(name.to_owned(), Json::from("?"))]);
        let problems = self.declaration(class).and_then(|declaration| declaration.read(&given).err()).unwrap_or_default();
        let named = problems.into_iter().find_map(|problem| match problem {
            ArgumentProblem::Choice { argument, choices, .. } if argument == name => Some(choices),
            _ => None,
        });
        named.unwrap_or_default()
    }
}

/// What to say of an argument that is called something else here.
pub fn argument_in_other_words(class: &str, valid: &[&str], argument: &Argument) -> Option<String> {
    let name = argument.name.as_ref()?.to_string();
    let word = words::argument_for(class, valid, &name)?;
    let target = Ident::new(
        word.line.split(' ').next().filter(|target| !target.is_empty()).unwrap_or("value"),
        argument.value.range.start,
    );
    let given = words::given(Some(&target), &argument.value);
    let call = Call { arguments: vec![Given { name: Some("value".to_owned()), ..given }], tensors: None };
    Some(diagnostics::foreign_argument(class, &name, &word.help(&call)))
}

/// What to say of a value that another library would take: a number of zeros for `padding`.
pub fn value_in_other_words(class: &str, problem: &ArgumentProblem, values: &Map<String, Json>) -> Option<String> {
    match problem {
        ArgumentProblem::Value { argument: "padding", expected, found, .. }
            if expected.contains("same") && (found.is_number() || found.is_array()) =>
        {
            let padding = words::numbers(found)?;
            let of = |names: [&str; 2], default: i64| {
                let given = names.iter().find_map(|name| values.get(*name));
                given.map_or(Some(vec![default]), words::numbers)
            };
            let kernel = of(["kernel_size", "pool_size"], 2)?;
            let strides =
                if class.contains("Pooling") { of(["strides", "pool_size"], 2)? } else { of(["strides", "strides"], 1)? };
            let keeps = words::keeps(&padding, &kernel, &strides, &of(["dilation_rate", "dilation_rate"], 1)?);
            let layer = if class.ends_with("1D") { "ZeroPadding1D" } else { "ZeroPadding2D" };
            let keeps = match padding.iter().all(|side| *side == 0) {
                true => Some(false),
                false => (keeps && !class.starts_with("Average")).then_some(true),
            };
            let text = model_graph::argument::source(found);
            Some(diagnostics::padding_number(class, &text, &diagnostics::padding_help(keeps, layer, &text)))
        }
        ArgumentProblem::Choice { argument, choices, found } => {
            let written = found.as_str()?;
            let meant = words::meant(written, choices).filter(|meant| !meant.eq_ignore_ascii_case(written))?;
            Some(diagnostics::foreign_choice(argument, written, meant))
        }
        _ => None,
    }
}
