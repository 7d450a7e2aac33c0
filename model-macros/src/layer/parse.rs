//! Tokens to what is declared: the attribute's options, and the struct with its fields.

use model_graph::argument::object_class;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use serde_json::{Map, Number, Value};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Fields, Lit, LitStr, Meta, Token, UnOp, token};

use crate::diagnostics::{self, Diagnostics};
use crate::parse::{fault, report};

const HELP: &str = "it reads `#[layer(shape = \"[.., features] -> [.., units]\", weights(w(\"[features, units]\")))]`";
const WEIGHT_HELP: &str = "weights read `w(\"[features, units]\", \"glorot_uniform\")`: a name, a shape, an initializer";
const LIBRARY_HELP: &str = "where the library has another name, write its path: `crate = \"other::functional_model\"`";
const PART_HELP: &str = "parts read `project(\"[features]\", Dense(units, activation = \"tanh\"))`: a name, the shape of what it is called with, a layer";
/// How many tokens of a value may follow one another without a comma: far more than anyone writes, and few enough to walk through.
const LONGEST: usize = 256;

const SAVED_HELP: &str = "what is saved reads `mask(\"[.., features]\")`: a name and a shape";

/// What the attribute says.
#[derive(Default)]
pub struct Options {
    /// The shape rule.
    pub shape: Option<LitStr>,
    /// The weights in order.
    pub weights: Vec<Tensor>,
    /// What forward saves, in order.
    pub saved: Vec<Tensor>,
    /// The layers and models that it holds, in order.
    pub parts: Vec<Part>,
    /// What stands before the name where it is saved.
    pub package: Option<LitStr>,
    /// The path of this library where it goes by another name.
    pub library: Option<LitStr>,
    /// Whether all of it could be read.
    pub is_read: bool,
}

/// A weight, or what is saved.
pub struct Tensor {
    /// Its name; `r#type` is `type`.
    pub name: Ident,
    /// Its shape.
    pub shape: LitStr,
    /// How a weight starts.
    pub initializer: Option<Given>,
    /// The penalty on a weight.
    pub regularizer: Option<Given>,
    /// What a weight is kept by.
    pub constraint: Option<Given>,
    /// Whether training changes a weight.
    pub trainable: bool,
}

/// A layer or model that the layer holds.
pub struct Part {
    /// Its name.
    pub name: Ident,
    /// What it is called with.
    pub inputs: Vec<LitStr>,
    /// What it is.
    pub class: Ident,
    /// The arguments by position, and those by name.
    pub arguments: Vec<(Option<Ident>, Expr)>,
}

impl Tensor {
    /// A tensor of which nothing else is said.
    const fn plain(name: Ident, shape: LitStr) -> Self {
        Self { name, shape, initializer: None, regularizer: None, constraint: None, trainable: true }
    }
}

/// A value, and where it stands: `"l2"`, or `L2(1e-4)`.
pub struct Given {
    /// The value.
    pub value: Value,
    /// Its first token.
    pub span: Span,
}

/// The struct.
pub struct Declared {
    /// The struct as it is emitted: without the defaults of its fields.
    pub item: syn::ItemStruct,
    /// Its documentation, one line an element.
    pub doc: Vec<String>,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field, which is an argument.
pub struct Field {
    /// Its name; `r#type` is `type`.
    pub name: Ident,
    /// Its type.
    pub ty: syn::Type,
    /// `#[default = 3]`
    pub default: Option<(Value, Span)>,
    /// Its documentation.
    pub doc: String,
}

/// Reads the options; what cannot be read is noted.
pub fn options(arguments: TokenStream, diagnostics: &mut Diagnostics) -> Options {
    let mut options = Options { is_read: true, ..Options::default() };
    let result = Parser::parse2(|input: ParseStream<'_>| separated(input, |input| option(input, &mut options)), arguments);
    if let Err(error) = result {
        options.is_read = false;
        report(&error, diagnostics);
    }
    options
}

fn option(input: ParseStream<'_>, options: &mut Options) -> syn::Result<()> {
    if input.peek(Token![crate]) {
        let name = input.call(Ident::parse_any)?;
        let path = text(input, &name, "a path in a string", LIBRARY_HELP)?;
        if path.parse_with(syn::Path::parse_mod_style).is_err() {
            return Err(syn::Error::new(
                path.span(),
                diagnostics::syntax("a path", &format!("{:?}", path.value()), LIBRARY_HELP),
            ));
        }
        return once(&mut options.library, path, &name);
    }
    if !input.peek(syn::Ident) {
        return fault(input, "an option", HELP);
    }
    let name: Ident = input.parse()?;
    match name.to_string().as_str() {
        "shape" => once(&mut options.shape, text(input, &name, "the shape rule in a string", HELP)?, &name),
        "package" => {
            once(&mut options.package, text(input, &name, "a name in a string", "it reads `package = \"my_crate\"`")?, &name)
        }
        "weights" => tensors(input, &mut options.weights, WEIGHT_HELP, weight),
        "saved" => tensors(input, &mut options.saved, SAVED_HELP, |input, name| tensor(input, name, SAVED_HELP)),
        "parts" => parts(input, &mut options.parts),
        other => Err(syn::Error::new(name.span(), diagnostics::layer_option(other))),
    }
}

fn once<T>(option: &mut Option<T>, value: T, name: &Ident) -> syn::Result<()> {
    if option.replace(value).is_none() {
        return Ok(());
    }
    Err(syn::Error::new(name.span(), diagnostics::layer_option_twice(&name.to_string())))
}

/// `= "text"`
fn text(input: ParseStream<'_>, name: &Ident, expected: &str, help: &str) -> syn::Result<LitStr> {
    if input.is_empty() {
        return Err(syn::Error::new(name.span(), diagnostics::syntax(&format!("`{name} = ..`"), "the end", help)));
    }
    if !input.peek(Token![=]) {
        return fault(input, "`=`", help);
    }
    input.parse::<Token![=]>()?;
    if input.peek(LitStr) { input.parse() } else { fault(input, expected, help) }
}

/// `(name(..), name(..))`
fn tensors(
    input: ParseStream<'_>,
    found: &mut Vec<Tensor>,
    help: &str,
    read: impl Fn(ParseStream<'_>, Ident) -> syn::Result<Tensor>,
) -> syn::Result<()> {
    if !input.peek(token::Paren) {
        return fault(input, "`(`", help);
    }
    let content;
    syn::parenthesized!(content in input);
    separated(&content, |input| {
        if !input.peek(syn::Ident) {
            return fault(input, "a name", help);
        }
        let name = input.parse::<Ident>()?.unraw();
        if input.is_empty() {
            return Err(syn::Error::new(name.span(), diagnostics::syntax("`(` and a shape behind the name", "the end", help)));
        }
        if !input.peek(token::Paren) {
            return fault(input, "`(` and a shape", help);
        }
        found.push(read(input, name)?);
        Ok(())
    })
}

/// `(name("[features]", Dense(units, activation = "tanh")), ..)`
fn parts(input: ParseStream<'_>, found: &mut Vec<Part>) -> syn::Result<()> {
    if !input.peek(token::Paren) {
        return fault(input, "`(`", PART_HELP);
    }
    let content;
    syn::parenthesized!(content in input);
    separated(&content, |input| {
        let name = name(input)?;
        if !input.peek(token::Paren) {
            return fault(input, "`(` and what it is called with", PART_HELP);
        }
        let content;
        syn::parenthesized!(content in input);
        let (mut inputs, mut class) = (Vec::new(), None);
        separated(&content, |input| {
            if input.peek(LitStr) && class.is_none() {
                inputs.push(input.parse()?);
                return Ok(());
            }
            if class.is_some() {
                return fault(input, "`)`", PART_HELP);
            }
            let found = self::name(input)?;
            class = Some((found, if input.peek(token::Paren) { arguments(input)? } else { Vec::new() }));
            Ok(())
        })?;
        let Some((class, arguments)) = class else { return fault(&content, "a layer", PART_HELP) };
        found.push(Part { name, inputs, class, arguments });
        Ok(())
    })
}

/// `(units, activation = "tanh")`
fn arguments(input: ParseStream<'_>) -> syn::Result<Vec<(Option<Ident>, Expr)>> {
    let content;
    syn::parenthesized!(content in input);
    let mut arguments = Vec::new();
    separated(&content, |input| {
        let name = if input.peek(syn::Ident) && input.peek2(Token![=]) {
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            Some(name)
        } else {
            None
        };
        arguments.push((name, expression(input)?));
        Ok(())
    })?;
    Ok(arguments)
}

/// An expression, up to the next comma. `syn` goes into one sign after the other, however many there are: so many are none of a value.
fn expression(input: ParseStream<'_>) -> syn::Result<Expr> {
    let (first, mut tokens) = (input.span(), TokenStream::new());
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    if has_long_run(&tokens) {
        return Err(syn::Error::new(first, diagnostics::too_deep()));
    }
    if tokens.is_empty() { input.parse() } else { syn::parse2(tokens) }
}

/// Whether so many tokens follow one another without a comma. Groups are known not to lie too deeply within one another.
fn has_long_run(tokens: &TokenStream) -> bool {
    let mut run = 0_usize;
    tokens.clone().into_iter().any(|token| {
        run = if matches!(&token, TokenTree::Punct(sign) if sign.as_char() == ',') { 0 } else { run + 1 };
        run > LONGEST || matches!(&token, TokenTree::Group(group) if has_long_run(&group.stream()))
    })
}

fn name(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(syn::Ident) { Ok(input.parse::<Ident>()?.unraw()) } else { fault(input, "a name", PART_HELP) }
}

/// `("[features, units]")`
fn tensor(input: ParseStream<'_>, name: Ident, help: &str) -> syn::Result<Tensor> {
    let content;
    syn::parenthesized!(content in input);
    let shape = if content.peek(LitStr) { content.parse()? } else { fault(&content, "a shape in a string", help)? };
    if !content.is_empty() {
        return fault(&content, "`)`", help);
    }
    Ok(Tensor::plain(name, shape))
}

/// `("[features, units]", "zeros", regularizer = L2(1e-4), trainable = false)`
fn weight(input: ParseStream<'_>, name: Ident) -> syn::Result<Tensor> {
    let content;
    syn::parenthesized!(content in input);
    let shape = if content.peek(LitStr) { content.parse()? } else { fault(&content, "a shape in a string", WEIGHT_HELP)? };
    let mut weight = Tensor::plain(name, shape);
    if content.peek(Token![,]) {
        content.parse::<Token![,]>()?;
    }
    separated(&content, |input| {
        if input.peek(LitStr) || input.peek(syn::Ident) && input.peek2(token::Paren) {
            return given(input).map(|initializer| weight.initializer = Some(initializer));
        }
        let option: Ident =
            if input.peek(syn::Ident) { input.parse()? } else { fault(input, "an initializer in a string", WEIGHT_HELP)? };
        match option.to_string().as_str() {
            "initializer" => asked(input, &option, &mut weight.initializer, "\"zeros\""),
            "regularizer" => asked(input, &option, &mut weight.regularizer, "L2(1e-4)"),
            "constraint" => asked(input, &option, &mut weight.constraint, "MaxNorm(2.0)"),
            "trainable" => {
                if !input.peek(Token![=]) {
                    return fault(input, "`=`", "it reads `trainable = false`");
                }
                input.parse::<Token![=]>()?;
                let flag: syn::LitBool = if input.peek(syn::LitBool) {
                    input.parse()?
                } else {
                    fault(input, "`true` or `false`", "it reads `trainable = false`")?
                };
                weight.trainable = flag.value;
                Ok(())
            }
            other => Err(syn::Error::new(option.span(), diagnostics::layer_weight_option(other))),
        }
    })?;
    Ok(weight)
}

/// `= L2(1e-4)`
fn asked(input: ParseStream<'_>, option: &Ident, to: &mut Option<Given>, example: &str) -> syn::Result<()> {
    let help = format!("it reads `{option} = {example}`");
    if input.is_empty() {
        return Err(syn::Error::new(option.span(), diagnostics::syntax(&format!("`{option} = ..`"), "the end", &help)));
    }
    if !input.peek(Token![=]) {
        return fault(input, "`=`", &help);
    }
    input.parse::<Token![=]>()?;
    once(to, given(input)?, option)
}

/// A string, or a call that makes an object of Keras's.
fn given(input: ParseStream<'_>) -> syn::Result<Given> {
    let expr = expression(input)?;
    let span = first_span(&expr);
    match object(&expr).or_else(|| value(&expr)) {
        Some(value) => Ok(Given { value, span }),
        None => Err(syn::Error::new(span, diagnostics::layer_asked_form(&expr.to_token_stream().to_string()))),
    }
}

/// The object that `L2(1e-4)` or `MinMaxNorm(max_value = 2.0)` makes, of those that weights may be asked for.
fn object(expr: &Expr) -> Option<Value> {
    let Expr::Call(call) = expr else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let name = path.path.get_ident()?.to_string();
    let class = object_class(&name)?;
    let mut config = Map::new();
    for (argument, parameter) in call.args.iter().zip(class.parameters.iter().map(Some).chain(std::iter::repeat(None))) {
        let (key, given) = match argument {
            Expr::Assign(named) => match &*named.left {
                Expr::Path(path) => (path.path.get_ident()?.to_string(), &*named.right),
                _ => return None,
            },
            given => ((*parameter?).to_owned(), given),
        };
        config.insert(key, value(given)?);
    }
    Some(model_graph::argument::object(class.name, config))
}

/// Items with commas between them.
fn separated(input: ParseStream<'_>, mut item: impl FnMut(ParseStream<'_>) -> syn::Result<()>) -> syn::Result<()> {
    while !input.is_empty() {
        item(input)?;
        if input.is_empty() {
            break;
        }
        if !input.peek(Token![,]) {
            return fault(input, "`,`", "separate them with commas");
        }
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

/// Reads the struct; anything else is noted.
pub fn item(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Option<Declared> {
    let item: syn::Item = match syn::parse2(tokens) {
        Ok(item) => item,
        Err(error) => {
            report(&error, diagnostics);
            return None;
        }
    };
    let mut item = match item {
        syn::Item::Struct(item) => item,
        other => {
            let (what, span) = kind(&other);
            diagnostics.error(span, diagnostics::layer_item(what));
            return None;
        }
    };
    if !item.generics.params.is_empty() {
        let first = item.generics.params.first().map_or(item.ident.span(), first_span);
        diagnostics.error(first, diagnostics::layer_generics(&item.ident.to_string()));
        return None;
    }
    if let Fields::Unnamed(fields) = &item.fields {
        diagnostics.error(first_span(fields), diagnostics::layer_fields(&item.ident.to_string()));
        return None;
    }
    let doc = doc(&item.attrs);
    let fields = item.fields.iter_mut().filter_map(|field| self::field(field, diagnostics)).collect();
    Some(Declared { item, doc, fields })
}

fn field(field: &mut syn::Field, diagnostics: &mut Diagnostics) -> Option<Field> {
    let name = field.ident.as_ref()?.unraw();
    let is_default = |attribute: &syn::Attribute| attribute.path().is_ident("default");
    let (defaults, attributes) = std::mem::take(&mut field.attrs).into_iter().partition(is_default);
    field.attrs = attributes;
    let defaults: Vec<syn::Attribute> = defaults;
    let mut default = None;
    for attribute in &defaults {
        let value = if let Meta::NameValue(pair) = &attribute.meta { value(&pair.value) } else { None };
        match value {
            Some(value) => default = Some((value, last_span(&attribute.meta))),
            None => diagnostics.error(first_span(&attribute.meta), diagnostics::layer_default_form(&name.to_string())),
        }
    }
    Some(Field { name, ty: field.ty.clone(), default, doc: doc(&field.attrs).join(" ").trim().to_owned() })
}

/// The lines of doc comments.
fn doc(attributes: &[syn::Attribute]) -> Vec<String> {
    let line = |attribute: &syn::Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    attributes.iter().filter_map(line).collect()
}

/// A default: a number, string, `true`, `false`, `None`, or a list of them.
pub fn value(expr: &Expr) -> Option<Value> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => literal(lit),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match value(&unary.expr)? {
            Value::Number(number) => match number.as_i64() {
                Some(whole) => whole.checked_neg().map(Value::from),
                None => number.as_f64().map(|number| Value::from(-number)),
            },
            _ => None,
        },
        Expr::Array(list) => list.elems.iter().map(value).collect(),
        Expr::Path(path) if path.path.is_ident("None") => Some(Value::Null),
        _ => None,
    }
}

fn literal(literal: &Lit) -> Option<Value> {
    match literal {
        Lit::Int(number) => number.base10_parse::<u64>().ok().map(Value::from),
        Lit::Float(number) => number.base10_parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number),
        Lit::Bool(flag) => Some(Value::Bool(flag.value)),
        Lit::Str(text) => Some(Value::String(text.value())),
        _ => None,
    }
}

/// What an item is, and its first word.
fn kind(item: &syn::Item) -> (&'static str, Span) {
    match item {
        syn::Item::Enum(item) => ("enum", item.enum_token.span),
        syn::Item::Fn(item) => ("fn", item.sig.fn_token.span),
        syn::Item::Impl(item) => ("impl", item.impl_token.span),
        syn::Item::Mod(item) => ("mod", item.mod_token.span),
        syn::Item::Trait(item) => ("trait", item.trait_token.span),
        syn::Item::Type(item) => ("type", item.type_token.span),
        syn::Item::Union(item) => ("union", item.union_token.span),
        other => ("something else", first_span(other)),
    }
}

fn first_span(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().into_iter().next().map_or_else(diagnostics::call_site, |token| token.span())
}

fn last_span(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().into_iter().last().map_or_else(diagnostics::call_site, |token| token.span())
}
