//! The whole way of one invocation: tokens in, tokens out.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::{expand, files, krate, lower, parse};

/// Expands `functional_model! { tokens }`.
pub fn expand(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let files::Written { tokens, tracked, missing } = files::written_out(tokens, &mut diagnostics);
    let program = parse::parse(tokens.clone(), &mut diagnostics);
    krate::set(program.library.clone());
    let lowered = lower::lower(&program, &mut diagnostics);
    if let Some(companion) = missing.as_ref().or(lowered.missing.first()) {
        // What is wrong whatever the companion brings is said here too: there may be none. The compiler says the same error once.
        let mut output = tracked;
        output.extend(diagnostics.into_tokens());
        output.extend(expand::companion::fetch(companion, &tokens, &program));
        return output;
    }
    let is_sound = diagnostics.count() == 0;
    // The outline comes first, so that what an editor completes stands at the same place with faults and without.
    let places = expand::constants::Places(&lowered.outer);
    let mut output = tracked;
    output.extend(expand::outline::emit(&program, &lowered, is_sound));
    output.extend(diagnostics.into_tokens());
    output.extend(expand::companion::answers(&program));
    let constants = program.constants.iter().enumerate();
    let is_first = |i: usize| program.constants[..i].iter().all(|other| other.name != program.constants[i].name);
    output.extend(
        constants
            .filter(|(i, constant)| constant.is_read() && is_first(*i))
            .map(|(_, constant)| expand::constant(constant, !lowered.is_faulty(constant))),
    );
    output.extend(program.blocks.iter().filter_map(|block| expand::companion::of_block(block, &program)));
    if is_sound {
        output.extend(expand::constants::checks(&lowered.checks, &places));
    }
    let names = program.models.iter().map(|model| &model.name).chain(program.views.iter().map(|view| &view.name));
    let functions = expand::constants::Places(&lowered.functions);
    let mut expansion = expand::Expansion::new(names, &lowered.known, &places, &functions);
    for (name, lowered) in &lowered.models {
        let model = program.models.iter().find(|model| model.name == *name);
        let view = program.views.iter().find(|view| view.name == *name);
        output.extend(match (model, view, lowered) {
            (Some(model), _, Some(lowered)) => expansion.model(model, lowered),
            (Some(model), _, None) => expand::fallback::model(model),
            (None, Some(view), Some(lowered)) => expansion.view(view, lowered),
            (None, Some(view), None) => expand::fallback::view(view),
            (None, None, _) => TokenStream::new(),
        });
    }
    output
}
