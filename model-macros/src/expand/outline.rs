//! The outline of an invocation: functions of plain Rust that nobody calls, with the user's own tokens in them, so that the compiler
//! and editors treat names in models as names in functions. What is never used is warned about as in Rust, and a binding's type, which
//! an editor shows, is its tensor's with its shape. It computes nothing.
//!
//! Where there are faults, the outline is written for editors alone: the compiler would say what has been said once more.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use model_graph::layers::Class;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::{constants, identifier, sizes, typed};
use crate::krate::KRATE;
use crate::lower::{HALF_WRITTEN, INT, Lowered, Meaning, Meanings, is_object};
use crate::syntax::{
    Assign, Block, Body, Expr, ExprKind, For, If, Items, Let, Model, Pattern, Program, Statement, Subscript, is_constant_like,
};

/// The outline of all models and blocks. Where there are faults, names may mean nothing, and calls be half-written: that is where an
/// editor completes them.
pub fn emit(program: &Program, lowered: &Lowered, is_sound: bool) -> TokenStream {
    let Lowered { meanings, idle, models, .. } = lowered;
    let constants = models.iter().filter_map(|(name, model)| Some((name, model.as_ref()?.flat.constants())));
    let owners =
        constants.flat_map(|(name, constants)| constants.into_iter().map(move |constant| (constant, name.as_str()))).collect();
    let outline = Outline { program, meanings, idle, owners, constants: RefCell::default() };
    if is_sound && !outline.can_be_written() {
        return TokenStream::new();
    }
    // To complete a name, rust-analyzer expands with a faulty one in its stead, finds that in the text of the expansion, and looks around
    // at the same distance from the start in the expansion without it: up to the name, the two must be equally long.
    let compiled = if is_sound { quote!(all()) } else { quote!(any()) };
    let models: Vec<TokenStream> = program.models.iter().map(|model| outline.model(model)).collect();
    let blocks: Vec<TokenStream> = program.blocks.iter().map(|block| outline.block(block)).collect();
    let constants = outline.constants.take();
    // The lint about the guard's name looks at what stands around the item that it guards.
    quote! {
        #[allow(unexpected_cfgs, unused_imports, non_snake_case, unreachable_code, unused_parens, unused_braces, clippy::all, clippy::pedantic)]
        const _: () = {
            #[cfg(any(rust_analyzer, #compiled))]
            const _: () = {
                #[cfg(rust_analyzer)] // what editors propose; no name of the library's is to meet one of the user's
                use #KRATE::layers::*;
                #(let _ = &#constants;)*
                #(#models)*
                #(#blocks)*
            };
        };
    }
}

struct Outline<'p> {
    program: &'p Program,
    meanings: &'p Meanings,
    /// The places of names to which only tensors are assigned that no output depends on.
    idle: &'p HashSet<usize>,
    /// The constants of the code around that sizes are made of, each with a model that it is read from.
    owners: HashMap<String, &'p str>,
    /// The constants of the code around, where they are mentioned: outside of functions, as whose parameters the compiler would propose
    /// those that there are not.
    constants: RefCell<Vec<TokenStream>>,
}

impl Outline<'_> {
    /// Names that would mean something else in a pattern of Rust's: constants, and words that cannot be identifiers.
    fn can_be_written(&self) -> bool {
        let Program { models, blocks, .. } = self.program;
        let inputs = models.iter().flat_map(|model| model.inputs.iter().map(|port| &port.name));
        let parameters = blocks.iter().flat_map(|block| block.parameters.iter().map(|parameter| &parameter.name));
        let mut bound: Vec<&Ident> = inputs.chain(parameters).collect();
        models
            .iter()
            .map(|model| &model.body)
            .chain(blocks.iter().map(|block| &block.body))
            .for_each(|body| names(body, &mut bound));
        bound.into_iter().map(ToString::to_string).all(|name| {
            let starts_low = !name.chars().next().is_some_and(char::is_uppercase);
            starts_low && !["self", "super", "crate"].contains(&name.as_str())
        })
    }

    fn model(&self, model: &Model) -> TokenStream {
        let (lints, name) = (&model.lints, identifier(&model.name.unraw().to_string(), Span::call_site()));
        let inputs = model.inputs.iter().map(|port| self.parameter(&port.name));
        let mut sizes = Vec::new();
        let all = model.types().flat_map(|ty| &ty.dims).chain(&model.batch_size);
        all.for_each(|size| self.uses(size, &mut sizes));
        let dimensions = self.dimensions(model);
        let body = self.body(&model.body, &quote!(()));
        quote! {
            #lints #[allow(dead_code)] fn #name(#(#inputs),*) { { #(let #dimensions: usize = 0;)* #(let _ = #sizes;)* } #body; }
        }
    }

    /// The named dimensions of a model, each where it stands first.
    fn dimensions(&self, model: &Model) -> Vec<Ident> {
        let found = model.types().flat_map(|ty| &ty.dims).flat_map(Expr::names);
        let is_constant = |name: &Ident| self.is_outer(name) || self.program.constant(&name.to_string()).is_some();
        let mut dimensions: Vec<Ident> = Vec::new();
        for name in found.filter(|name| !is_constant(name)) {
            if !dimensions.iter().any(|known| known == name) {
                dimensions.push(ident(name));
            }
        }
        dimensions
    }

    /// Whether a name is that of a constant of the code around.
    fn is_outer(&self, name: &Ident) -> bool {
        is_constant_like(&name.to_string()) && self.program.constant(&name.to_string()).is_none()
    }

    fn block(&self, block: &Block) -> TokenStream {
        let (docs, lints, name) = (&block.docs, &block.lints, ident(&block.name));
        let parameters = block.parameters.iter().map(|parameter| self.parameter(&parameter.name));
        let defaults = block.parameters.iter().filter_map(|parameter| parameter.default.as_ref());
        let defaults = defaults.map(|default| self.expression(default, &quote!(())));
        let body = self.body(&block.body, &quote!(()));
        let seen = (!block.visibility.is_empty()).then(|| quote!(#[allow(dead_code)]));
        // With the name's own place, so that the compiler takes the function for the user's.
        quote_spanned!(block.name.span()=> #docs #lints #seen fn #name(#(#parameters),*) { #(let _ = #defaults;)* #body; })
    }

    fn parameter(&self, name: &Ident) -> TokenStream {
        let (ty, name) = (self.ty(name), ident(name));
        quote!(#name: #ty)
    }

    /// The type of what a name is bound to: a tensor's or a layer's, or nothing in particular.
    fn ty(&self, name: &Ident) -> TokenStream {
        match self.meanings.get(&(std::ptr::from_ref(name) as usize)) {
            Some(Meaning::Tensor(ty)) => {
                // A model with faults has no constants to read: an editor reads them where they are.
                let read = |name: &str| match self.owners.get(name) {
                    Some(model) => constants::of(&format_ident!("{model}"), name),
                    None => sizes::path(name),
                };
                let shape = constants::replaced(typed::shape_type(ty), &read);
                quote!(#KRATE::outline::Tensor<#shape>)
            }
            Some(Meaning::Layer(class)) if Class::find(class).is_some() => {
                let class = format_ident!("{class}");
                quote!(#KRATE::outline::Layer<#KRATE::layers::#class>)
            }
            Some(Meaning::Layer(_)) | None => quote!(()),
        }
    }

    /// Statements, and a value of a type.
    fn body(&self, body: &Body, ty: &TokenStream) -> TokenStream {
        let statements = body.statements.iter().map(|statement| self.statement(statement));
        let result = body
            .result
            .as_ref()
            .map_or_else(|| quote!(#KRATE::outline::used(()).of::<#ty>()), |result| self.expression(result, ty));
        quote!(#(#statements)* let value = #result; value)
    }

    fn statement(&self, statement: &Statement) -> TokenStream {
        match statement {
            Statement::Let(Let { names, mutable, value }) => {
                let types: Vec<TokenStream> = names.iter().map(|name| self.ty(name)).collect();
                let bound = names.iter().zip(mutable).map(|(name, mutable)| {
                    let (mutable, name) = (mutable.map(|place| Ident::new("mut", place)), ident(name));
                    quote!(#mutable #name)
                });
                if let ([ty], [_]) = (types.as_slice(), names.as_slice()) {
                    let value = self.expression(value, ty);
                    return quote!(let #(#bound)* = #value;);
                }
                let ty = quote!((#(#types,)*));
                let value = self.expression(value, &ty);
                quote!(let (#(#bound,)*) = #value;)
            }
            Statement::Assign(Assign { names, value }) => self.assignment(names, value),
            Statement::For(repetition) => {
                let For { pattern, items, body } = &**repetition;
                let items: Vec<&Expr> = match items {
                    Items::List(list) => vec![list],
                    Items::Range { from, to, .. } => vec![from, to],
                };
                let (name, ty) = self.pattern(pattern);
                let items = self.value(&items, &quote!([#ty; 1]));
                let mut idle = Vec::new();
                self.idle_names(body, &mut idle);
                let idle = idle.into_iter().map(never_read);
                let body = self.body(body, &quote!(()));
                quote!(for #name in #items { #(#idle)* #body })
            }
            Statement::Expr(expr @ Expr { kind: ExprKind::If(_), .. }, _) => {
                let value = self.expression(expr, &quote!(()));
                quote!(#value;)
            }
            Statement::Expr(expr, _) => {
                let (value, place) = (self.expression(expr, &quote!(())), expr.range.start);
                let krate = KRATE.at(place);
                quote_spanned!(place=> #krate::outline::output(#value);)
            }
        }
    }

    /// `name = value;`, at the user's own place: the compiler says nothing of what is assigned at a macro's.
    fn assignment(&self, names: &[Ident], value: &Expr) -> TokenStream {
        let (value, assigned) = (self.expression(value, &quote!(())), Ident::new("assigned", Span::mixed_site()));
        let place = names.first().map_or_else(Span::call_site, Ident::span);
        let names: Vec<Ident> = names.iter().map(ident).collect();
        let names = if let [name] = names.as_slice() { quote!(#name) } else { quote!((#(#names,)*)) };
        let krate = KRATE.at(place);
        let assignment = quote_spanned!(place=> #names = #krate::outline::used(#assigned).of(););
        quote!({ let #assigned = #value; #assignment })
    }

    /// Names that are assigned what no output depends on, outside of inner loops.
    fn idle_names<'b>(&self, body: &'b Body, found: &mut Vec<&'b Ident>) {
        for statement in &body.statements {
            match statement {
                Statement::Assign(Assign { names, .. }) => {
                    found.extend(names.iter().filter(|name| self.idle.contains(&(std::ptr::from_ref(*name) as usize))));
                }
                Statement::Expr(Expr { kind: ExprKind::If(choice), .. }, _) => {
                    self.idle_names(&choice.then, found);
                    choice.otherwise.iter().for_each(|otherwise| self.idle_names(otherwise, found));
                }
                Statement::Let(_) | Statement::For(_) | Statement::Expr(..) => {}
            }
        }
    }

    fn pattern(&self, pattern: &Pattern) -> (TokenStream, TokenStream) {
        match pattern {
            Pattern::Name(name) => {
                let (ty, name) = (self.ty(name), ident(name));
                (quote!(#name), ty)
            }
            Pattern::Tuple(parts, _) => {
                let (names, types): (Vec<TokenStream>, Vec<TokenStream>) = parts.iter().map(|part| self.pattern(part)).unzip();
                (quote!((#(#names,)*)), quote!((#(#types,)*)))
            }
        }
    }

    /// An expression of a type: what it is made of is used.
    fn expression(&self, expr: &Expr, ty: &TokenStream) -> TokenStream {
        match &expr.kind {
            ExprKind::If(choice) => self.choice(choice, ty),
            _ => self.value(&[expr], ty),
        }
    }

    fn value(&self, exprs: &[&Expr], ty: &TokenStream) -> TokenStream {
        let mut uses = Vec::new();
        exprs.iter().for_each(|expr| self.uses(expr, &mut uses));
        quote!(#KRATE::outline::used((#(#uses,)*)).of::<#ty>())
    }

    fn choice(&self, If { condition, then, otherwise }: &If, ty: &TokenStream) -> TokenStream {
        let condition = self.value(&[condition], &quote!(bool));
        let then = self.body(then, ty);
        let otherwise = match otherwise {
            Some(otherwise) => self.body(otherwise, ty),
            None => quote!(#KRATE::outline::used(()).of::<#ty>()),
        };
        quote!(if #condition { #then } else { #otherwise })
    }

    /// Everything that an expression mentions. Tuples of Rust's have few traits, but any length.
    fn uses(&self, expr: &Expr, found: &mut Vec<TokenStream>) {
        match &expr.kind {
            ExprKind::Name(name) if self.is_outer(name) => self.constants.borrow_mut().push(quote!(#name)),
            ExprKind::Name(name) => {
                let name = ident(name);
                found.push(quote!(&#name));
            }
            ExprKind::Path(path) => self.constants.borrow_mut().push(quote!(#(#path)::*)),
            ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Format(items) | ExprKind::Foreign(items) => {
                items.iter().for_each(|item| self.uses(item, found))
            }
            ExprKind::Binary(_, left, right) | ExprKind::Index(left, right) => {
                self.uses(left, found);
                self.uses(right, found);
            }
            ExprKind::Subscript(base, subscripts) => {
                self.uses(base, found);
                subscripts.iter().flat_map(Subscript::parts).for_each(|part| self.uses(part, found));
            }
            ExprKind::Negative(value) | ExprKind::Not(value) | ExprKind::Member(value, _) => self.uses(value, found),
            ExprKind::Call(callee, arguments) => {
                if let ExprKind::Name(name) = &callee.kind {
                    found.extend(self.callee(name));
                } else {
                    self.uses(callee, found);
                }
                arguments.iter().for_each(|argument| self.uses(&argument.value, found));
            }
            ExprKind::Unread(names) => found.extend(names.iter().filter_map(|name| self.callee(name))),
            ExprKind::If(_) | ExprKind::Literal(_) | ExprKind::Operation(_) => {}
        }
    }

    /// What is called: a layer's class, a block, or a name that is bound.
    fn callee(&self, name: &Ident) -> Option<TokenStream> {
        let text = name.to_string();
        if let Some(class) = Class::find(&text) {
            // The class's own name, whatever it is called here, at the user's token.
            let class = Ident::new(class.name, name.span());
            return Some(quote!(#KRATE::outline::Layer::<#KRATE::layers::#class>::MADE));
        }
        let Program { models, views, known, blocks, .. } = self.program;
        if text == INT && !blocks.iter().any(|block| block.name == *name) {
            return None;
        }
        let is_own = || models.iter().any(|model| model.name == *name) || views.iter().any(|view| view.name == *name);
        if is_object(&text) && !is_own() {
            return None; // it is a value's
        }
        let is_elsewhere = known.iter().any(|known| known.name == *name) || text == "Sequential";
        let is_model = models.iter().any(|model| model.name == *name) || views.iter().any(|view| view.name == *name);
        // A capital stands for a type: a layer or model of elsewhere, in a branch that is not taken.
        let is_type = is_model || text.starts_with(char::is_uppercase) && !text.contains(HALF_WRITTEN);
        let name = ident(name);
        match (is_elsewhere, is_type) {
            (true, _) => None,
            (_, true) => Some(quote!(#KRATE::outline::Layer::<#name>::MADE)),
            _ => Some(quote!(&#name)),
        }
    }
}

/// What makes the compiler say that a value is assigned and never read: in a loop each round reads what the one before it has assigned,
/// and so it does not see that nothing else does.
fn never_read(name: &Ident) -> TokenStream {
    let (name, mut unseen) = (ident(name), ident(name));
    unseen.set_span(Span::call_site());
    let assignment = quote_spanned!(name.span()=> #name = true;);
    quote!({ let mut #unseen = false; let _ = &#unseen; #assignment })
}

/// The user's own token, as an identifier of Rust's.
fn ident(name: &Ident) -> Ident {
    if name == "_" { name.clone() } else { identifier(&name.to_string(), name.span()) }
}

/// All names that a body binds.
fn names<'b>(body: &'b Body, found: &mut Vec<&'b Ident>) {
    let choices = |expr: &'b Expr, found: &mut Vec<&'b Ident>| {
        if let ExprKind::If(choice) = &expr.kind {
            names(&choice.then, found);
            choice.otherwise.iter().for_each(|otherwise| names(otherwise, found));
        }
    };
    for statement in &body.statements {
        match statement {
            Statement::Let(Let { names: bound, value, .. }) | Statement::Assign(Assign { names: bound, value }) => {
                found.extend(bound);
                choices(value, found);
            }
            Statement::For(repetition) => {
                pattern_names(&repetition.pattern, found);
                names(&repetition.body, found);
            }
            Statement::Expr(value, _) => choices(value, found),
        }
    }
    body.result.iter().for_each(|result| choices(result, found));
}

fn pattern_names<'b>(pattern: &'b Pattern, found: &mut Vec<&'b Ident>) {
    match pattern {
        Pattern::Name(name) => found.push(name),
        Pattern::Tuple(parts, _) => parts.iter().for_each(|part| pattern_names(part, found)),
    }
}
