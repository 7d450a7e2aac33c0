//! The layers that a layer of the user's own holds: what is written becomes what the signature says.

use std::sync::Arc;

use model_graph::config;
use model_graph::custom::{ArgumentType, CustomPart, Fault, PartKind, PartValue, Pattern, Signature, size};
use model_graph::keras::absent;
use model_graph::layers::{CLASSES, Class};
use model_graph::message::nearest;
use model_graph::names::intern;
use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::Expr;

use super::describe::{shape, written};
use super::parse::{Part, value};
use crate::diagnostics::{self, Diagnostics};

/// The models that companions have brought, by their names: the text that they carry.
pub type Models = [(String, String)];

/// The first part that is to be a model whose companion has not been asked yet.
pub fn missing<'p>(parts: &'p [Part], models: &Models) -> Option<&'p Ident> {
    let may_be_model = |name: &str| {
        let known: Vec<&str> = CLASSES.iter().map(|class| class.name).collect();
        Class::find(name).is_none() && absent(name).is_none() && nearest(name, &known).is_none()
    };
    let classes = parts.iter().map(|part| &part.class);
    classes.into_iter().find(|class| {
        let name = class.to_string();
        may_be_model(&name) && !models.iter().any(|(model, _)| *model == name)
    })
}

/// Describes all of them; what is wrong is noted.
pub fn describe(
    parts: &[Part],
    models: &Models,
    signature: &Signature,
    has_rule: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<CustomPart> {
    let mut one = |part: &Part| match models.iter().find(|(model, _)| part.class == model) {
        Some((_, text)) => model(part, text, diagnostics),
        None => layer(part, signature, has_rule, diagnostics),
    };
    let is_first = |(i, part): &(usize, &Part)| parts[..*i].iter().all(|other| other.name != part.name);
    parts.iter().enumerate().filter(is_first).filter_map(|(_, part)| one(part)).collect()
}

/// A model; one with faults, which carries nothing, says so by itself.
fn model(part: &Part, text: &str, diagnostics: &mut Diagnostics) -> Option<CustomPart> {
    let (name, model) = (part.name.to_string(), part.class.to_string());
    if !part.inputs.is_empty() || !part.arguments.is_empty() {
        diagnostics.error(part.class.span(), diagnostics::layer_part_model_form(&name, &model));
    }
    if text.is_empty() {
        return None;
    }
    match config::from_json(text).map_err(|error| error.to_string()) {
        Ok(graph) => Some(CustomPart { name: intern(&name), inputs: Vec::new(), kind: PartKind::Model(Arc::new(graph)) }),
        Err(why) => {
            let why = why.lines().next().unwrap_or_default();
            diagnostics.error(part.class.span(), diagnostics::layer_part_model(&model, why));
            None
        }
    }
}

/// A layer.
fn layer(part: &Part, signature: &Signature, has_rule: bool, diagnostics: &mut Diagnostics) -> Option<CustomPart> {
    let inputs = part.inputs.iter().map(|text| shape(&part.name, text, signature, has_rule, diagnostics));
    let inputs: Vec<Pattern> = inputs.collect();
    let class = part.class.to_string();
    let Some(found) = Class::find(&class) else {
        diagnostics.error(part.class.span(), diagnostics::layer_part_class(&class));
        return None;
    };
    if inputs.is_empty() {
        diagnostics.error(part.name.span(), diagnostics::layer_part_shape(&part.name.to_string(), &class));
        return None;
    }
    let known: Vec<&'static str> = found.arguments().iter().map(|argument| argument.name).collect();
    let mut arguments: Vec<(&'static str, PartValue)> = Vec::new();
    for (place, (name, value)) in part.arguments.iter().enumerate() {
        let (name, span) = match name {
            Some(name) => (known.iter().copied().find(|known| *name == known), name.span()),
            None => (known.get(place).copied(), first_span(value)),
        };
        let Some(name) = name else {
            let written = part.arguments[place].0.as_ref().map_or_else(|| written(value.to_token_stream()), Ident::to_string);
            diagnostics.error(span, diagnostics::layer_part_argument(&class, &written, &known));
            continue;
        };
        if arguments.iter().any(|(other, _)| *other == name) {
            diagnostics.error(span, diagnostics::layer_part_twice(&class, name));
            continue;
        }
        if let Some(value) = argument(value, signature, has_rule, diagnostics) {
            arguments.push((name, value));
        }
    }
    Some(CustomPart { name: intern(&part.name.to_string()), inputs, kind: PartKind::Layer(found.name, arguments) })
}

/// An argument: a value as defaults are written, an argument of the layer, or a size that is computed.
fn argument(expr: &Expr, signature: &Signature, has_rule: bool, diagnostics: &mut Diagnostics) -> Option<PartValue> {
    if let Some(value) = value(expr) {
        return Some(PartValue::Literal(value));
    }
    if let Expr::Array(list) = expr {
        return list
            .elems
            .iter()
            .map(|item| argument(item, signature, has_rule, diagnostics))
            .collect::<Option<_>>()
            .map(PartValue::List);
    }
    let text = written(expr.to_token_stream());
    let own = signature.arguments.iter().find(|argument| argument.name == text);
    if let Some(argument) = own.filter(|argument| argument.ty != ArgumentType::Size) {
        return Some(PartValue::Argument(argument.name));
    }
    match size(&text) {
        Ok(size) => {
            let pattern = Pattern { is_open: false, sizes: vec![size.clone()] };
            if let (true, Err(fault)) = (has_rule, signature.check_names(&pattern)) {
                diagnostics.error(first_span(expr), diagnostics::layer_names("an argument of a part", &text, &fault));
                return None;
            }
            Some(PartValue::Size(size))
        }
        Err(Fault { .. }) => {
            diagnostics.error(first_span(expr), diagnostics::layer_part_value(&text));
            None
        }
    }
}

fn first_span(tokens: &impl ToTokens) -> Span {
    tokens.to_token_stream().into_iter().next().map_or_else(diagnostics::call_site, |token| token.span())
}
