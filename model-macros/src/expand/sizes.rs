//! Sizes, shapes and amounts of memory as expressions: numbers, or arithmetic on the names of dimensions.

use model_graph::dim::{Dim, Part, Term, is_constant_name};
use model_graph::layer::{Memory, Space};
use model_graph::plan::{Capacity, Footprint};
use model_graph::shape::Shape;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};

use super::identifier;
use super::pass::mentions;
use crate::krate::KRATE;

/// What generated functions call other things by.
const TAKEN: [&str; 13] = [
    "batch",
    "context",
    "d_inputs",
    "d_outputs",
    "gradients",
    "inputs",
    "kept",
    "named",
    "outputs",
    "tape",
    "training",
    "transient",
    "workspace",
];

/// What marks a constant of the code around in formulas.
pub const CONSTANT: &str = "__constant";

/// A constant of the code around, in formulas that are yet to be told where it is read from: `constants` does that.
fn constant(name: &str) -> TokenStream {
    let (mark, path) = (Ident::new(CONSTANT, Span::call_site()), path(name));
    quote!(#mark::#path)
}

/// A constant of the code around, by its path.
pub fn path(name: &str) -> TokenStream {
    let parts = name.split("::").map(|part| Ident::new(part, Span::call_site()));
    quote!(#(#parts)::*)
}

/// The variable that holds the size of a named dimension. It is none of the user's.
pub fn variable(name: &str) -> Ident {
    // One that has given way is told from one that is written so.
    let base = name.trim_end_matches('_');
    let numbered = base.rsplit_once('_').is_some_and(|(_, number)| number.bytes().all(|byte| byte.is_ascii_digit()));
    let is_taken = TAKEN.contains(&base) || numbered || base == "wants_inputs";
    let name = if is_taken { format!("{name}_") } else { name.to_owned() };
    identifier(&name, Span::mixed_site())
}

/// The variables of those names that some tokens use, and `_` for the others; nothing where they use none.
pub fn used(names: &[String], tokens: &TokenStream) -> Option<Vec<TokenStream>> {
    let variables: Vec<Ident> = names.iter().map(|name| variable(name)).collect();
    let uses = |variable: &Ident| mentions(tokens, &variable.to_string());
    variables.iter().any(uses).then(|| {
        let bound = |variable: &Ident| if uses(variable) { quote!(#variable) } else { quote!(_) };
        variables.iter().map(bound).collect()
    })
}

/// The parameters for those names that some tokens use.
pub fn parameters(names: &[String], tokens: &TokenStream) -> Vec<Ident> {
    let variables = names.iter().map(|name| variable(name));
    variables.filter(|variable| mentions(tokens, &variable.to_string())).collect()
}

/// A size: `64`, `words`, `2 * words - 4`. One that constants make negative, which is an error of its own, counts as nothing.
pub fn size(dim: &Dim) -> TokenStream {
    if let Some(known) = dim.known().and_then(|size| u64::try_from(size).ok()) {
        return number(known).into_token_stream();
    }
    if let Some(name) = dim.name() {
        return part(Part::Name(name));
    }
    if dim.has_constants() && dim.is_constant() {
        let (less, more): (Vec<Term<'_>>, Vec<Term<'_>>) = dim.terms().into_iter().partition(|term| term.coefficient < 0);
        let is_name = matches!(more.as_slice(), [Term { coefficient: 1, atoms }] if atoms.len() == 1);
        let less = sum(less.into_iter().map(|Term { coefficient, atoms }| Term { coefficient: coefficient.abs(), atoms }));
        let more = sum(more);
        return match (less.is_empty(), is_name) {
            (true, _) => more,
            (false, true) => quote!(#more.saturating_sub(#less)),
            (false, false) => quote!((#more).saturating_sub(#less)),
        };
    }
    let sum = sum(dim.terms());
    if sum.is_empty() { quote!(0) } else { sum }
}

fn sum<'d>(terms: impl IntoIterator<Item = Term<'d>>) -> TokenStream {
    let mut sum = TokenStream::new();
    for (i, Term { coefficient, atoms }) in terms.into_iter().enumerate() {
        let sign = sign(i, coefficient);
        let number = number(coefficient.unsigned_abs());
        let mut factors = atoms.into_iter().map(part);
        let first = if coefficient.unsigned_abs() == 1 { factors.next() } else { None }.unwrap_or_else(|| quote!(#number));
        let product = quote!(#first #(* #factors)*);
        sum.extend(quote!(#sign #product));
    }
    sum
}

/// A size in signed arithmetic, in which it may be negative: what the compiler checks.
pub fn signed(dim: &Dim) -> TokenStream {
    let terms = dim.terms().into_iter().enumerate().map(|(i, Term { coefficient, atoms })| {
        let mut factors = atoms.into_iter().map(|atom| match atom {
            Part::Name(name) => {
                let name = constant(name);
                quote!((#name as i128))
            }
            Part::Floor(dim, divisor) => {
                let (dim, divisor) = (signed(dim), Literal::i128_suffixed(divisor.into()));
                quote!((#dim).div_euclid(#divisor))
            }
        });
        let (sign, number) = (sign(i, coefficient), Literal::i128_suffixed(coefficient.unsigned_abs().into()));
        let first = if coefficient.unsigned_abs() == 1 { factors.next() } else { None }.unwrap_or_else(|| quote!(#number));
        quote!(#sign #first #(* #factors)*)
    });
    let terms: Vec<TokenStream> = terms.collect();
    if terms.is_empty() { quote!(0_i128) } else { terms.into_iter().collect() }
}

/// The sign before a term, of those that come first or later.
fn sign(position: usize, coefficient: i64) -> TokenStream {
    match (position, coefficient < 0) {
        (0, false) => TokenStream::new(),
        (_, false) => quote!(+),
        (_, true) => quote!(-),
    }
}

/// A number in a formula, none of the user's either.
fn number(number: u64) -> Literal {
    let mut literal = Literal::u64_unsuffixed(number);
    literal.set_span(Span::mixed_site());
    literal
}

fn part(part: Part<'_>) -> TokenStream {
    match part {
        Part::Name(name) if is_constant_name(name) => constant(name),
        Part::Name(name) => {
            let name = variable(name);
            quote!(#name)
        }
        Part::Floor(dim, divisor) => {
            let rounding = i64::try_from(divisor).ok().and_then(|divisor| dim.sub(&Dim::constant(divisor - 1)));
            let rounds_up = |rest: &Dim| rest.terms().iter().all(|term| term.coefficient > 0 && !term.atoms.is_empty());
            let number = number(divisor);
            match rounding.filter(rounds_up) {
                Some(rest) => {
                    let rest = factor(&rest);
                    quote!(#rest.div_ceil(#number))
                }
                None => {
                    let dim = factor(dim);
                    quote!((#dim / #number))
                }
            }
        }
    }
}

/// A size within a product, or before a method.
pub fn factor(dim: &Dim) -> TokenStream {
    let size = size(dim);
    if dim.name().is_some() {
        return size;
    }
    let is_simple = matches!(dim.terms().as_slice(), [] | [Term { atoms: _, coefficient: 0.. }]) && !is_product(dim);
    if is_simple { size } else { quote!((#size)) }
}

/// Whether a size is the product of several things, which binds less than a method.
fn is_product(dim: &Dim) -> bool {
    dim.terms().iter().any(|term| term.atoms.len() + usize::from(term.coefficient != 1) > 1)
}

/// A shape as an array.
pub fn shape(shape: &Shape) -> TokenStream {
    let sizes = shape.0.iter().map(size);
    quote!([#(#sizes),*])
}

/// The number of elements of a batch of samples of a shape: `batch * 64`, `batch * (words - 2) * 64`.
pub fn elements(shape: &Shape) -> TokenStream {
    let (known, named): (Vec<&Dim>, Vec<&Dim>) = shape.0.iter().partition(|dim| dim.known().is_some());
    let known: usize = known.into_iter().filter_map(Dim::size).product();
    let (known, named) = (Literal::usize_unsuffixed(known), named.into_iter().map(factor));
    match known.to_string().as_str() {
        "1" => quote!(batch #(* #named)*),
        _ => quote!(batch * #known #(* #named)*),
    }
}

/// An amount of memory in elements of a batch: `batch * 64 + 128`.
pub fn room(space: &Space) -> TokenStream {
    let (per_sample, fixed) = (factor(&space.per_sample), size(&space.fixed));
    match (space.per_sample.known(), space.fixed.known()) {
        (Some(0), _) => quote!(#fixed),
        (Some(1), Some(0)) => quote!(batch),
        (Some(1), _) => quote!(batch + #fixed),
        (_, Some(0)) => quote!(batch * #per_sample),
        _ => quote!(batch * #per_sample + #fixed),
    }
}

/// An amount of memory as an expression.
pub fn space(space: &Space) -> TokenStream {
    let (per_sample, fixed) = (size(&space.per_sample), size(&space.fixed));
    quote!(#KRATE::slots::Memory::new(#per_sample, #fixed))
}

/// A known amount of memory as an expression.
pub fn memory(memory: Memory) -> TokenStream {
    let (per_sample, fixed) = (Literal::usize_unsuffixed(memory.per_sample), Literal::usize_unsuffixed(memory.fixed));
    quote!(#KRATE::slots::Memory::new(#per_sample, #fixed))
}

/// The size of a slot.
pub fn capacity(capacity: &Capacity) -> TokenStream {
    let (known, named) = capacity.parts();
    let known = (known != Memory::NONE || named.is_empty()).then(|| memory(known));
    let mut all = known.into_iter().chain(named.iter().map(space));
    let first = all.next();
    quote!(#first #(.or(#all))*)
}

/// What slots take together.
pub fn footprint(footprint: &Footprint) -> TokenStream {
    let (known, named) = (memory(footprint.known), footprint.named.iter().map(capacity));
    quote!(#known #(.and(#named))*)
}
