//! What is declared to a signature. All faults are noted, each at its token; what has none is kept, so that code around it compiles.

use model_graph::argument::{Argument, Constraint, Initializer, Regularizer, source};
use model_graph::custom::{
    ArgumentType, CustomArgument, CustomTensor, Fault, Pattern, Rule, Signature, SignatureFault, pattern, rule,
};
use model_graph::layers::Class;
use model_graph::names::intern;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use serde_json::Value;
use syn::LitStr;
use syn::ext::IdentExt;

use super::parse::{Declared, Field, Given, Options, Tensor};
use super::parts;
use crate::diagnostics::{self, Diagnostics};

/// What every layer has besides its own arguments.
const COMMON: [&str; 3] = ["name", "trainable", "dtype"];

/// Describes a layer.
pub fn signature(options: &Options, models: &parts::Models, declared: &Declared, diagnostics: &mut Diagnostics) -> Signature {
    let name = declared.item.ident.unraw();
    if Class::find(&name.to_string()).is_some() || name == "Sequential" {
        diagnostics.error(name.span(), diagnostics::reserved("layer of your own", &name.to_string()));
    }
    let arguments = declared.fields.iter().filter_map(|field| argument(field, diagnostics)).collect();
    let package = options.package.as_ref().map_or_else(|| "Custom".to_owned(), LitStr::value);
    let nothing = Rule { inputs: vec![empty()], outputs: vec![empty()] };
    let mut signature = Signature {
        name: intern(&name.to_string()),
        package: intern(&package),
        arguments,
        rule: nothing,
        weights: Vec::new(),
        parts: Vec::new(),
        saved: Vec::new(),
    };
    let has_rule = read_rule(options, declared, &mut signature, diagnostics);
    check_twice("weight", options.weights.iter().map(|weight| &weight.name), diagnostics);
    check_twice("saved tensor", options.saved.iter().map(|saved| &saved.name), diagnostics);
    check_twice("part", options.parts.iter().map(|part| &part.name), diagnostics);
    let weights = first_of_name(&options.weights);
    signature.weights = weights.map(|weight| self::weight(weight, &signature, has_rule, diagnostics)).collect();
    let saved = first_of_name(&options.saved);
    signature.saved = saved.map(|saved| self::saved(saved, &signature, has_rule, diagnostics)).collect();
    signature.parts = parts::describe(&options.parts, models, &signature, has_rule, diagnostics);
    signature
}

fn empty() -> Pattern {
    Pattern { is_open: false, sizes: Vec::new() }
}

fn argument(Field { name, ty, default, doc }: &Field, diagnostics: &mut Diagnostics) -> Option<CustomArgument> {
    let text = name.to_string();
    if COMMON.contains(&text.as_str()) {
        diagnostics.error(name.span(), diagnostics::layer_common(&text));
        return None;
    }
    let rust = written(ty.to_token_stream());
    let Some(known) = ArgumentType::of(&rust) else {
        let span = ty.to_token_stream().into_iter().next().map_or(name.span(), |token| token.span());
        diagnostics.error(span, diagnostics::layer_field_type(&text, &rust));
        return None;
    };
    let default = match default {
        None => matches!(known, ArgumentType::Optional(_)).then_some(Value::Null),
        Some((value, span)) => {
            let read = known.read(value);
            if read.is_none() {
                let found = model_graph::argument::source(value);
                diagnostics.error(*span, diagnostics::layer_default(&text, known.expected(), &found));
            }
            read
        }
    };
    Some(CustomArgument { name: intern(&text), ty: known, default, doc: intern(doc) })
}

/// A type as one writes it: spaces stand between words alone.
pub fn written(tokens: TokenStream) -> String {
    let text = tokens.to_string();
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut written = String::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if !letter.is_whitespace() || is_word(written.chars().last()) && is_word(letters.peek().copied()) {
            written.push(letter);
        }
    }
    written
}

/// Reads the rule into the signature, if there is one without faults.
fn read_rule(options: &Options, declared: &Declared, signature: &mut Signature, diagnostics: &mut Diagnostics) -> bool {
    let Some(text) = &options.shape else {
        if options.is_read {
            let name = &declared.item.ident;
            diagnostics.error(name.span(), diagnostics::layer_without_shape(&name.to_string()));
        }
        return false;
    };
    match rule(&text.value()) {
        Err(Fault { expected, found }) => {
            diagnostics.error(text.span(), diagnostics::layer_rule(&text.value(), expected, found.as_deref()));
            return false;
        }
        Ok(read) => signature.rule = read,
    }
    match signature.check_rule() {
        Ok(()) => true,
        Err(fault) => {
            diagnostics.error(text.span(), diagnostics::layer_names("the shape rule", &text.value(), &fault));
            false
        }
    }
}

fn check_twice<'n>(what: &str, names: impl Iterator<Item = &'n Ident>, diagnostics: &mut Diagnostics) {
    let mut known: Vec<&Ident> = Vec::new();
    for name in names {
        if known.contains(&name) {
            diagnostics.error(name.span(), diagnostics::declared_twice(what, &name.to_string()));
        }
        known.push(name);
    }
}

fn first_of_name(tensors: &[Tensor]) -> impl Iterator<Item = &Tensor> {
    let is_first = |(i, tensor): &(usize, &Tensor)| !tensors[..*i].iter().any(|other| other.name == tensor.name);
    tensors.iter().enumerate().filter(is_first).map(|(_, tensor)| tensor)
}

fn weight(weight: &Tensor, signature: &Signature, has_rule: bool, diagnostics: &mut Diagnostics) -> CustomTensor {
    let shape = shape(&weight.name, &weight.shape, signature, has_rule, diagnostics);
    if shape.is_open {
        diagnostics.error(weight.shape.span(), diagnostics::layer_open_weight(&weight.name.to_string(), &weight.shape.value()));
    }
    let initializer: Option<Initializer> = asked(weight, "initializer", weight.initializer.as_ref(), diagnostics);
    let regularizer: Option<Regularizer> = asked(weight, "regularizer", weight.regularizer.as_ref(), diagnostics);
    let constraint: Option<Constraint> = asked(weight, "constraint", weight.constraint.as_ref(), diagnostics);
    let initializer = initializer.unwrap_or(Initializer::GLOROT_UNIFORM);
    let plain = CustomTensor::plain(intern(&weight.name.to_string()), shape);
    CustomTensor { initializer, trainable: weight.trainable, regularizer, constraint, ..plain }
}

/// What is asked of a weight, if it can be.
fn asked<A: Argument>(weight: &Tensor, what: &str, given: Option<&Given>, diagnostics: &mut Diagnostics) -> Option<A> {
    let Given { value, span } = given?;
    match A::from_value(value) {
        Ok(asked) => Some(asked),
        Err(mismatch) => {
            let name = weight.name.to_string();
            diagnostics.error(*span, diagnostics::layer_asked(&name, what, &source(value), &mismatch));
            None
        }
    }
}

fn saved(saved: &Tensor, signature: &Signature, has_rule: bool, diagnostics: &mut Diagnostics) -> CustomTensor {
    let shape = shape(&saved.name, &saved.shape, signature, has_rule, diagnostics);
    let is_open = signature.rule.is_open();
    if has_rule && is_open && !shape.is_open {
        let fault = SignatureFault::Open { missing: shape.clone() };
        let whose = format!("the shape of `{}`", saved.name);
        diagnostics.error(saved.shape.span(), diagnostics::layer_names(&whose, &saved.shape.value(), &fault));
    }
    CustomTensor::plain(intern(&saved.name.to_string()), shape)
}

/// Reads a shape; its names are checked where there is a rule that says what they are.
pub fn shape(name: &Ident, text: &LitStr, signature: &Signature, has_rule: bool, diagnostics: &mut Diagnostics) -> Pattern {
    match pattern(&text.value()) {
        Ok(shape) => {
            let closed = Pattern { is_open: shape.is_open && signature.rule.is_open(), ..shape.clone() };
            let checked = if shape.is_open { signature.check_names(&closed) } else { signature.check_names(&shape) };
            if let (true, Err(fault)) = (has_rule, checked) {
                let whose = format!("the shape of `{name}`");
                diagnostics.error(text.span(), diagnostics::layer_names(&whose, &text.value(), &fault));
            }
            shape
        }
        Err(Fault { expected, found }) => {
            diagnostics
                .error(text.span(), diagnostics::layer_shape(&name.to_string(), &text.value(), expected, found.as_deref()));
            empty()
        }
    }
}
