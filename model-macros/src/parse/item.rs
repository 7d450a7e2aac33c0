//! Items: models, views, blocks, constants, and what companions bring.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Lit, Token, braced, bracketed, parenthesized, token};

use super::body::body;
use super::expression::expression;
use super::foreign;
use super::{ErrorAt, between, fault, identifier, items, separated, word};
use crate::diagnostics::{self, Diagnostics};
use crate::syntax::{
    Argument, Block, Body, Brought, Constant, Expr, ExprKind, Known, Model, Outputs, Parameter, Path, Port, Program, Range,
    TypeExpr, View,
};

const MODEL_HELP: &str = "models read `model Name(x: [784]) -> [10] { .. }`";
const BLOCK_HELP: &str = "blocks read `fn name(x, filters) { .. }`";
const VIEW_HELP: &str = "views read `model Encoder = Autoencoder { img -> code };`";
const LIBRARY_HELP: &str = "where the library has another name, write its path, as it is seen from anywhere: `#![crate = crate::nets::functional_model]`";
const CONSTANT_HELP: &str = "constants read `const WIDTH: usize = 64;`";

/// What stands before an item.
struct Front {
    attributes: TokenStream,
    /// Those attributes that allow or deny something.
    lints: TokenStream,
    /// Those that document.
    docs: TokenStream,
    visibility: TokenStream,
}

/// Reads one item; what of it stands before a fault is kept.
pub fn item(input: ParseStream<'_>, program: &mut Program, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    if input.peek(Token![@]) {
        return brought(input, program, diagnostics);
    }
    if input.peek(Token![;]) {
        return input.parse::<Token![;]>().map(drop);
    }
    if input.peek(Token![#]) && input.peek2(Token![!]) {
        return library(input, program);
    }
    foreign::comments(input, diagnostics)?;
    if input.is_empty() {
        return Ok(());
    }
    let mut attributes = input.call(syn::Attribute::parse_outer)?;
    attributes.retain(|attribute| !is_bare_derive(attribute, diagnostics)); // rustc would say the same again
    let visibility: syn::Visibility = input.parse()?;
    let is_lint = |attribute: &&syn::Attribute| {
        ["allow", "expect", "warn", "deny", "forbid"].iter().any(|level| attribute.path().is_ident(level))
    };
    let lints = attributes.iter().filter(is_lint);
    let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    let (lints, docs) = (quote!(#(#lints)*), quote!(#(#docs)*));
    let front = Front { attributes: quote!(#(#attributes)*), lints, docs, visibility: quote!(#visibility) };
    match word(input).as_deref() {
        Some("model") => model_or_view(input, front, program, diagnostics),
        Some("fn") => block(input, front, program, diagnostics),
        Some("def" | "func" | "function" | "class" | "import" | "from") if input.peek2(syn::Ident) => {
            match foreign::item(input, diagnostics)? {
                true => model_or_view(input, front, program, diagnostics),
                false => block(input, front, program, diagnostics),
            }
        }
        Some(word) if input.peek2(Token![=]) => Err(input.error_at(diagnostics::stray_statement(word))),
        Some("const") => constant(input, front, program, diagnostics),
        Some(word @ ("use" | "static" | "type" | "struct" | "enum" | "mod")) => {
            Err(input.error_at(diagnostics::no_such_item(word)))
        }
        _ => fault(input, "`model` or `fn`", &format!("{MODEL_HELP}, blocks `fn name(x) {{ .. }}`")),
    }
}

/// The path of this library where it goes by another name.
fn library(input: ParseStream<'_>, program: &mut Program) -> syn::Result<()> {
    input.parse::<Token![#]>()?;
    input.parse::<Token![!]>()?;
    let content;
    bracketed!(content in input);
    if !content.peek(Token![crate]) {
        return fault(&content, "`crate`", LIBRARY_HELP);
    }
    content.parse::<Token![crate]>()?;
    if !content.peek(Token![=]) {
        return fault(&content, "`=`", LIBRARY_HELP);
    }
    content.parse::<Token![=]>()?;
    match content.call(syn::Path::parse_mod_style) {
        Ok(path) if content.is_empty() => program.library = Some(quote!(#path)),
        Ok(_) | Err(_) => return fault(&content, "the path of the library", LIBRARY_HELP),
    }
    Ok(())
}

/// Whether an attribute is `#[derive]` without a list, which is noted.
fn is_bare_derive(attribute: &syn::Attribute, diagnostics: &mut Diagnostics) -> bool {
    let is_bare = attribute.path().is_ident("derive") && !matches!(attribute.meta, syn::Meta::List(_));
    if is_bare {
        diagnostics.error(attribute.path().segments[0].ident.span(), diagnostics::bare_derive());
    }
    is_bare
}

/// The name of a model as it is written: keywords are names in no other form than `r#type`.
fn written(name: Ident) -> Ident {
    let is_name = syn::parse_str::<Ident>(&name.to_string()).is_ok();
    if is_name { name } else { Ident::new_raw(&name.to_string(), name.span()) }
}

fn model_or_view(
    input: ParseStream<'_>,
    Front { mut attributes, lints, visibility, .. }: Front,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    input.parse::<TokenTree>()?;
    let name = written(identifier(input, "the model's name", MODEL_HELP)?);
    if name.to_string().starts_with("r#") {
        diagnostics.error(name.span(), diagnostics::keyword(&name.unraw().to_string()));
        attributes.extend(quote!(#[allow(non_camel_case_types)])); // what is wrong with it has been said
    }
    if input.peek(Token![=]) && input.peek2(syn::LitStr) {
        // Its file has not been read, which has been said, or waits for a layer.
        input.parse::<Token![=]>()?;
        let path: syn::LitStr = input.parse()?;
        program.models.push(Model::unread(attributes, lints, visibility, name));
        return semicolon(input, path.span(), "end the model with `;`").map(drop);
    }
    if input.peek(Token![=]) {
        let mut view = View { attributes, visibility, base: name.clone(), name, inputs: Vec::new(), outputs: Vec::new() };
        let read = view_body(input, &mut view, diagnostics);
        program.views.push(view);
        return read;
    }
    let mut model = Model::unread(attributes, lints, visibility, name);
    let read = signature(input, &mut model, diagnostics);
    program.models.push(model);
    read
}

/// What stands behind a model's name. What has been read before a fault is kept.
fn signature(input: ParseStream<'_>, model: &mut Model, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    (model.inputs, model.batch_size) = inputs(input, diagnostics)?;
    model.outputs = if foreign::arrow(input, diagnostics)? { Some(outputs(input, diagnostics)?) } else { None };
    model.body = if input.peek(Token![=]) { chain(input, &model.inputs, diagnostics)? } else { body(input, diagnostics)? };
    model.is_unread = false;
    Ok(())
}

/// `= Sequential([..]);`: the body is the call of that with the inputs.
fn chain(input: ParseStream<'_>, inputs: &[Port], diagnostics: &mut Diagnostics) -> syn::Result<Body> {
    input.parse::<Token![=]>()?;
    let layers = expression(input, 0, diagnostics)?;
    let end = semicolon(input, layers.range.end, "end the model with `;`")?;
    let tensor = |port: &Port| {
        let range = Range::from(layers.range.start);
        Argument { name: None, value: Expr { kind: ExprKind::Name(port.name.clone()), range, height: 1 } }
    };
    let arguments = inputs.iter().map(tensor).collect();
    let (height, range) = (layers.height + 1, layers.range);
    let result = Expr { kind: ExprKind::Call(Box::new(layers), arguments), range, height };
    Ok(Body { statements: Vec::new(), result: Some(result), end, is_broken: false })
}

/// The semicolon behind an item; where there is nothing more, the item's last token is to blame.
fn semicolon(input: ParseStream<'_>, last: Span, help: &str) -> syn::Result<Span> {
    if input.is_empty() {
        return Err(syn::Error::new(last, diagnostics::syntax("`;`", "the end", help)));
    }
    if input.peek(Token![;]) { Ok(input.parse::<Token![;]>()?.span) } else { fault(input, "`;`", help) }
}

/// `= Base { inputs -> outputs };`
fn view_body(input: ParseStream<'_>, view: &mut View, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    input.parse::<Token![=]>()?;
    view.base = written(identifier(input, "the model that is looked into", VIEW_HELP)?);
    if !input.peek(token::Brace) {
        return fault(input, "`{ inputs -> outputs }`", VIEW_HELP);
    }
    let content;
    let brace = braced!(content in input);
    let inputs = paths(&content)?;
    if !foreign::arrow(&content, diagnostics)? {
        return fault(&content, "`->` and the outputs", VIEW_HELP);
    }
    let outputs = paths(&content)?;
    if !content.is_empty() {
        return fault(&content, "`}`", "several outputs read `(a, b)`");
    }
    (view.inputs, view.outputs) = (inputs, outputs);
    semicolon(input, brace.span.close(), "end the view with `;`").map(drop)
}

/// `code`, or `(code, mask)`
fn paths(input: ParseStream<'_>) -> syn::Result<Vec<Path>> {
    if !input.peek(token::Paren) {
        return path(input).map(|path| vec![path]);
    }
    let content;
    parenthesized!(content in input);
    separated(&content, &mut Diagnostics::default(), |input, _| path(input))
}

/// `encoder.conv2d_1`, `shared[1]`
fn path(input: ParseStream<'_>) -> syn::Result<Path> {
    let help = "tensors are named by the model's inputs, outputs, bindings and layers: `img`, `encoder.conv2d_1`, `shared[1]`";
    let first = identifier(input, "the name of a tensor", help)?;
    let mut range = Range::from(first.span());
    let mut names = vec![first];
    while input.peek(Token![.]) {
        input.parse::<Token![.]>()?;
        let name = identifier(input, "the name of a tensor", help)?;
        range.end = name.span();
        names.push(name);
    }
    let mut call = None;
    if input.peek(token::Bracket) {
        let content;
        let bracket = bracketed!(content in input);
        if !content.peek(syn::LitInt) {
            return fault(&content, "the number of a call", help);
        }
        call = Some(content.parse::<syn::LitInt>()?.base10_parse::<usize>()?);
        range.end = bracket.span.close();
    }
    Ok(Path { names, call, range })
}

/// `@with Name { .. }`, what a companion has brought, or `@found name`, the check that it has answered.
fn brought(input: ParseStream<'_>, program: &mut Program, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    input.parse::<Token![@]>()?;
    if input.parse::<Ident>()? == "found" {
        program.found.push(input.parse()?);
    } else {
        program.known.push(known(input, diagnostics)?);
    }
    Ok(())
}

/// `Name { "model" }`, `Name { layer "signature" }` or `name { fn name(..) { .. } .. }`
fn known(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Known> {
    let start = input.cursor();
    let name: Ident = input.parse()?;
    let content;
    braced!(content in input);
    let what = carried(&content, &name, diagnostics)?;
    Ok(Known { name, what, tokens: between(start, input.cursor()).into_iter().collect() })
}

/// What a companion carries.
fn carried(content: ParseStream<'_>, name: &Ident, diagnostics: &mut Diagnostics) -> syn::Result<Brought> {
    if content.peek2(Lit) && word(content).as_deref() == Some("layer") {
        content.parse::<Ident>()?;
        return Ok(Brought::Layer(content.parse::<syn::LitStr>()?.value()));
    }
    if content.peek(Lit) {
        let [configuration, inside] = [content.parse::<syn::LitStr>()?.value(), content.parse::<syn::LitStr>()?.value()];
        return Ok(Brought::Model { configuration, inside });
    }
    let mut program = Program::default();
    items(content, name.span(), &mut program, diagnostics);
    Ok(Brought::Block(program))
}

fn block(
    input: ParseStream<'_>,
    Front { lints, docs, visibility, .. }: Front,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let start = input.cursor();
    input.parse::<TokenTree>()?;
    let name = identifier(input, "the block's name", BLOCK_HELP)?;
    let body = Body::unread(name.span());
    let tokens = TokenStream::new();
    let mut block = Block { docs, lints, visibility, name, parameters: Vec::new(), body, tokens, is_unread: true };
    let read = block_signature(input, &mut block, diagnostics);
    block.tokens = between(start, input.cursor()).into_iter().collect();
    program.blocks.push(block);
    read
}

fn block_signature(input: ParseStream<'_>, block: &mut Block, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    if !input.peek(token::Paren) {
        return fault(input, "the parameters in parentheses", BLOCK_HELP);
    }
    let content;
    parenthesized!(content in input);
    block.parameters = separated(&content, diagnostics, parameter)?;
    if input.peek(Token![->]) {
        return Err(input.error_at(diagnostics::typed_block(&block.name.to_string())));
    }
    block.body = body(input, diagnostics)?;
    block.is_unread = false;
    Ok(())
}

/// `filters`, `kernel = 3`
fn parameter(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Parameter> {
    let name = identifier(input, "a parameter's name", BLOCK_HELP)?;
    if input.peek(Token![:]) {
        return Err(input.error_at(diagnostics::typed_parameter(&name.to_string())));
    }
    if !input.peek(Token![=]) {
        return Ok(Parameter { name, default: None });
    }
    input.parse::<Token![=]>()?;
    Ok(Parameter { name, default: Some(expression(input, 0, diagnostics)?) })
}

/// `const NAME: usize = value;`
fn constant(
    input: ParseStream<'_>,
    Front { attributes, visibility, .. }: Front,
    program: &mut Program,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let start = input.cursor();
    input.parse::<Token![const]>()?;
    let name = identifier(input, "the constant's name", CONSTANT_HELP)?;
    let value = Expr { kind: ExprKind::Unread(Vec::new()), range: name.span().into(), height: 1 };
    let mut constant = Constant { attributes, visibility, name, ty: TokenStream::new(), value, tokens: TokenStream::new() };
    let read = typed_value(input, diagnostics).map(|(ty, value)| (constant.ty, constant.value) = (ty, value));
    constant.tokens = between(start, input.cursor()).into_iter().collect();
    program.constants.push(constant);
    read
}

/// `: usize = value;`
fn typed_value(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<(TokenStream, Expr)> {
    if !input.peek(Token![:]) {
        return fault(input, "`:` and a type", CONSTANT_HELP);
    }
    input.parse::<Token![:]>()?;
    let (start, before) = (input.cursor(), input.fork());
    let ty = input.parse::<syn::Type>().or_else(|_| fault(input, "a type", CONSTANT_HELP))?;
    // What is left over within brackets, `(x: [8])`, `syn` tells at the very end only, or when all is read once more.
    if syn::parse2::<syn::Type>(between(start, input.cursor()).into_iter().collect()).is_err() {
        return fault(&before, "a type", CONSTANT_HELP);
    }
    if !input.peek(Token![=]) {
        return fault(input, "`=` and a value", CONSTANT_HELP);
    }
    input.parse::<Token![=]>()?;
    let value = expression(input, 0, diagnostics)?;
    semicolon(input, value.range.end, "end the constant with `;`")?;
    Ok((quote!(#ty), value))
}

/// What stands among a model's inputs.
enum Header {
    Input(Port),
    /// `batch_size = 8`
    BatchSize(Ident, Expr),
}

/// `(name: [sizes], .., batch_size = 8)`
fn inputs(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<(Vec<Port>, Option<Expr>)> {
    if !input.peek(token::Paren) {
        return fault(input, "the inputs in parentheses", "write `(x: [784])` behind the model's name");
    }
    let content;
    parenthesized!(content in input);
    let (mut ports, mut batch_size) = (Vec::new(), None);
    for header in separated(&content, diagnostics, header)? {
        match header {
            Header::Input(port) => ports.push(port),
            Header::BatchSize(name, _) if batch_size.is_some() => {
                diagnostics.error(name.span(), diagnostics::given_twice("model", &name.to_string()));
            }
            Header::BatchSize(_, value) => batch_size = Some(value),
        }
    }
    Ok((ports, batch_size))
}

fn header(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Header> {
    let ahead = input.fork();
    let Some(name) = ahead.parse::<Ident>().ok().filter(|_| ahead.peek(Token![=])) else {
        return port(input, diagnostics).map(Header::Input);
    };
    if name != "batch_size" {
        input.parse::<Ident>()?;
        let help = match name.to_string().as_str() {
            "batch" | "batch_shape" | "batches" | "samples" => "how many samples a batch has is said by `batch_size = 8`",
            _ => "a name and its shape read `x: [784]`",
        };
        return fault(input, "`:` and a shape", help);
    }
    let name = input.parse::<Ident>()?;
    input.parse::<Token![=]>()?;
    Ok(Header::BatchSize(name, expression(input, 0, diagnostics)?))
}

fn port(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Port> {
    let help = "a name and its shape read `x: [784]`";
    let name = identifier(input, "a name", help)?;
    if !input.peek(Token![:]) {
        return fault(input, "`:` and a shape", help);
    }
    input.parse::<Token![:]>()?;
    Ok(Port { name, ty: type_expr(input, diagnostics)? })
}

fn type_expr(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<TypeExpr> {
    let dtype: Option<Ident> = if input.peek(syn::Ident) && input.peek2(token::Bracket) { Some(input.parse()?) } else { None };
    if !input.peek(token::Bracket) {
        return fault(input, "a shape in brackets", "a shape reads `[32, 32, 3]`, without the batch");
    }
    let content;
    let bracket = bracketed!(content in input);
    let start = dtype.as_ref().map_or(bracket.span.open(), Ident::span);
    if content.peek(Lit) && content.peek2(Token![;]) {
        let message = "a shape lists every size, with commas: `[28, 28]`";
        content.parse::<TokenTree>()?;
        return fault(&content, "`,`", message);
    }
    let dims = separated(&content, diagnostics, |input, notes| expression(input, 0, notes))?;
    Ok(TypeExpr { dtype, dims, range: Range { start, end: bracket.span.close() } })
}

fn outputs(input: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<Outputs> {
    if input.peek(token::Paren) {
        let content;
        let paren = parenthesized!(content in input);
        let range = Range { start: paren.span.open(), end: paren.span.close() };
        return Ok(Outputs::Named(separated(&content, diagnostics, port)?, range));
    }
    type_expr(input, diagnostics).map(Outputs::One)
}
