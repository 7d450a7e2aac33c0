//! The whole way of one invocation: tokens in, tokens out.

use proc_macro2::TokenStream;

use crate::diagnostics::Diagnostics;
use crate::{expand, lower, parse};

/// Expands `functional_model! { tokens }`.
pub fn expand(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let program = parse::parse(tokens.clone(), &mut diagnostics);
    let lowered = lower::lower(&program, &mut diagnostics);
    if let Some(companion) = lowered.missing.first() {
        return expand::companion::fetch(companion, &tokens, &program);
    }
    let is_sound = diagnostics.count() == 0;
    let mut output = diagnostics.into_tokens();
    output.extend(program.constants.iter().filter(|constant| constant.is_read()).map(expand::constant));
    output.extend(program.blocks.iter().filter_map(|block| expand::companion::of_block(block, &program)));
    let mut taken = expand::Taken::new();
    program.models.iter().for_each(|model| expand::take(&model.name, &mut taken));
    for (i, (model, lowered)) in program.models.iter().zip(&lowered.models).enumerate() {
        if program.models[..i].iter().any(|other| other.name == model.name) {
            continue; // that it is declared twice has been said
        }
        output.extend(match lowered {
            Some(lowered) => expand::model(model, lowered, &mut taken),
            None => expand::fallback::model(model),
        });
    }
    if is_sound {
        output.extend(expand::outline::emit(&program, &lowered.meanings));
    }
    output
}
