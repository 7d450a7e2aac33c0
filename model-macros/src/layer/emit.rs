//! A signature to code: the struct, its records, and what it is to the library. It validates nothing.

use model_graph::custom::{CustomPart, CustomTensor, Pattern, Signature};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::parse::Declared;
use crate::expand::{companion, identifier, raw_string};
use crate::krate::KRATE;

/// The code of a layer. One with faults keeps its types, so that the code around it is not to blame, but cannot be read.
pub fn emit(declared: &Declared, signature: &Signature, is_sound: bool) -> TokenStream {
    let Declared { item, .. } = declared;
    let (name, visibility) = (&item.ident, item.vis.to_token_stream());
    let text = if is_sound { signature.to_json().to_string() } else { String::new() };
    let records = [
        record(
            name,
            &visibility,
            "Weights",
            "One value for each weight of",
            &signature.weights,
            &quote!(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::default::Default),
        ),
        record(name, &visibility, "Saved", "What forward saves for backward in", &signature.saved, &quote!(::core::fmt::Debug)),
        parts(name, &visibility, &signature.parts),
    ];
    let (arguments, rules) = (arguments(declared, signature, is_sound), rules(name, signature));
    let custom = custom(name, signature, &text);
    let companion = companion::of_layer(name, &visibility, &raw_string(&text), &text);
    // Only a declaration without faults asks for the arithmetic.
    let krate = KRATE.at(name.span());
    let runs = is_sound.then(|| quote_spanned!(name.span()=> const _: () = #krate::custom::assert_runs::<#name>();));
    quote! {
        #item
        #(#records)*
        #arguments
        #rules
        #custom
        #runs
        #companion
    }
}

/// The record of weights or of what is saved, one field each.
fn record(
    layer: &Ident,
    visibility: &TokenStream,
    what: &str,
    about: &str,
    tensors: &[CustomTensor],
    derives: &TokenStream,
) -> Option<TokenStream> {
    if tensors.is_empty() {
        return None;
    }
    let name = format_ident!("{layer}{what}");
    let about = format!(" {about} [`{layer}`].");
    let fields = names(tensors);
    let docs = tensors.iter().map(|tensor| format!(" `{}`: {}", tensor.name, tensor.shape));
    let parameters = parameters(tensors);
    Some(quote! {
        #[doc = #about]
        #[derive(#derives)]
        #visibility struct #name<#(#parameters),*> { #(#[doc = #docs] pub #fields: #parameters,)* }
    })
}

/// The record of the parts.
fn parts(layer: &Ident, visibility: &TokenStream, parts: &[CustomPart]) -> Option<TokenStream> {
    if parts.is_empty() {
        return None;
    }
    let name = format_ident!("{layer}Parts");
    let about = format!(" The layers and models that [`{layer}`] holds.");
    let fields = part_names(parts);
    let docs = parts.iter().map(|part| format!(" {part}"));
    let krate = KRATE;
    Some(quote! {
        #[doc = #about]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #visibility struct #name<T: #krate::custom::Float> { #(#[doc = #docs] pub #fields: #krate::custom::Part<T>,)* }
    })
}

fn part_names(parts: &[CustomPart]) -> Vec<Ident> {
    parts.iter().map(|part| identifier(part.name, Span::call_site())).collect()
}

fn names(tensors: &[CustomTensor]) -> Vec<Ident> {
    tensors.iter().map(|tensor| identifier(tensor.name, Span::call_site())).collect()
}

fn parameters(tensors: &[CustomTensor]) -> Vec<Ident> {
    (0..tensors.len()).map(|i| format_ident!("T{i}")).collect()
}

/// How the struct becomes arguments, and they the struct.
fn arguments(declared: &Declared, signature: &Signature, is_sound: bool) -> TokenStream {
    let (name, class, doc, krate) = (&declared.item.ident, signature.name, &declared.doc, KRATE);
    let keys: Vec<String> = declared.fields.iter().map(|field| field.name.to_string()).collect();
    let fields: Vec<Ident> = declared.fields.iter().zip(&keys).map(|(field, key)| identifier(key, field.name.span())).collect();
    let read = if is_sound {
        quote! {
            let arguments = #KRATE::custom::arguments::<Self>(given)?;
            ::core::result::Result::Ok(Self { #(#fields: #krate::custom::argument(&arguments, #keys)),* })
        }
    } else {
        quote!(::core::unreachable!())
    };
    let write = if is_sound {
        quote! { ::core::iter::FromIterator::from_iter([#((::std::string::String::from(#keys), #krate::custom::value(&self.#fields))),*]) }
    } else {
        quote!(::core::unreachable!())
    };
    let map = quote!(#KRATE::custom::Map<::std::string::String, #KRATE::custom::Value>);
    quote! {
        #[allow(unused_variables)]
        impl #KRATE::custom::LayerArguments for #name {
            const CLASS: &'static str = #class;
            const DOC: &'static [&'static str] = &[#(#doc),*];
            fn specs() -> ::std::vec::Vec<#KRATE::custom::ArgumentSpec> {
                <Self as #KRATE::custom::Custom>::signature().specs()
            }
            fn read(given: &#map) -> ::core::result::Result<Self, ::std::vec::Vec<#KRATE::custom::ArgumentProblem>> { #read }
            fn write(&self) -> #map { #write }
            fn texts(&self) -> ::std::vec::Vec<#KRATE::custom::ArgumentText> { #KRATE::custom::call(self).texts() }
        }
    }
}

/// The shape rule, as all layers have one.
fn rules(name: &Ident, signature: &Signature) -> TokenStream {
    let arity = match signature.rule.inputs.len() {
        1 => quote!(One),
        count => quote!(Exactly(#count)),
    };
    let outputs = (signature.rule.outputs.len() > 1).then(|| {
        quote! {
            fn outputs(
                &self, inputs: &[#KRATE::custom::TensorType], _: #KRATE::layer::Manner,
            ) -> ::core::result::Result<::std::vec::Vec<#KRATE::custom::TensorType>, #KRATE::custom::Problem> {
                #KRATE::custom::call(self).outputs(inputs)
            }
        }
    });
    quote! {
        impl #KRATE::custom::Rules for #name {
            const ARITY: #KRATE::custom::Arity = #KRATE::custom::Arity::#arity;
            fn infer(
                &self, inputs: &[#KRATE::custom::TensorType],
            ) -> ::core::result::Result<#KRATE::custom::TensorType, #KRATE::custom::Problem> {
                #KRATE::custom::call(self).infer(inputs)
            }
            #outputs
            fn weights(
                &self, inputs: &[#KRATE::custom::TensorType],
            ) -> ::std::vec::Vec<#KRATE::custom::WeightSpec> {
                #KRATE::custom::call(self).weights(inputs)
            }
            fn needs(
                &self, inputs: &[#KRATE::custom::Shape], output: &#KRATE::custom::Shape,
            ) -> #KRATE::custom::Needs {
                #KRATE::custom::call(self).needs(inputs, output)
            }
        }
    }
}

/// How arrays are held.
#[derive(Clone, Copy)]
enum Held {
    View,
    ViewMut,
    Owned,
}

/// An array of a rank; ranks beyond those of `ndarray`'s types are known at run time.
fn array(held: Held, rank: usize) -> TokenStream {
    let dimension = if rank > 6 { format_ident!("IxDyn") } else { format_ident!("Ix{rank}") };
    let dimension = quote!(#KRATE::ndarray::#dimension);
    match held {
        Held::View => quote!(#KRATE::ndarray::ArrayView<'a, T, #dimension>),
        Held::ViewMut => quote!(#KRATE::ndarray::ArrayViewMut<'a, T, #dimension>),
        Held::Owned => quote!(#KRATE::ndarray::Array<T, #dimension>),
    }
}

/// The rank of a tensor that has a batch: the axes that `..` stands for are counted into it.
fn batched(pattern: &Pattern) -> usize {
    pattern.sizes.len() + 1
}

/// A record's type, or `()`, with arrays of these.
fn record_type(layer: &Ident, what: &str, types: &[TokenStream]) -> TokenStream {
    let name = format_ident!("{layer}{what}");
    if types.is_empty() { quote!(()) } else { quote!(#name<#(#types),*>) }
}

/// A record's value, each of its fields read by this expression.
fn record_value(layer: &Ident, what: &str, tensors: &[CustomTensor], read: &TokenStream) -> TokenStream {
    let (name, fields) = (format_ident!("{layer}{what}"), names(tensors));
    if fields.is_empty() { quote!() } else { quote!(#name { #(#fields: #read),* }) }
}

/// What the attribute says, as the run time takes it.
fn custom(name: &Ident, signature: &Signature, text: &str) -> TokenStream {
    let Signature { rule, weights, parts, saved, .. } = signature;
    let one_or_tuple = |mut types: Vec<TokenStream>| if types.len() == 1 { types.remove(0) } else { quote!((#(#types),*)) };
    let inputs = |held| one_or_tuple(rule.inputs.iter().map(|input| array(held, batched(input))).collect());
    let (input_views, input_gradients) = (inputs(Held::View), inputs(Held::Owned));
    let outputs = |held| one_or_tuple(rule.outputs.iter().map(|output| array(held, batched(output))).collect());
    let (output_view, output) = (outputs(Held::View), outputs(Held::Owned));
    let views: Vec<TokenStream> = weights.iter().map(|weight| array(Held::View, weight.shape.sizes.len())).collect();
    let gradients = weights.iter().map(|weight| match weight.trainable {
        true => array(Held::Owned, weight.shape.sizes.len()),
        false => quote!(()),
    });
    let gradients: Vec<TokenStream> = gradients.collect();
    let room: Vec<TokenStream> = saved.iter().map(|saved| array(Held::ViewMut, batched(&saved.shape))).collect();
    let [views, gradients] = [&views, &gradients].map(|types| record_type(name, "Weights", types));
    let room = record_type(name, "Saved", &room);

    let variable = quote!(#KRATE::variable::Var<T>);
    let [variables, output_variables] =
        [rule.inputs.len(), rule.outputs.len()].map(|count| one_or_tuple(vec![variable.clone(); count]));
    let weight_variables = record_type(name, "Weights", &vec![variable.clone(); weights.len()]);
    let part_fields = part_names(parts);
    let parts_name = format_ident!("{name}Parts");
    let (parts_type, read_parts) = match part_fields.is_empty() {
        true => (quote!(()), quote!()),
        false => {
            let part = quote!(parts.take());
            (quote!(#parts_name<T>), quote!(#parts_name { #(#part_fields: #part),* }))
        }
    };
    let next_variable = quote!(variables.take());
    let read_variables = one_or_tuple(rule.inputs.iter().map(|_| next_variable.clone()).collect());
    let read_weight_variables = record_value(name, "Weights", weights, &next_variable);
    let next = quote!(arrays.array());
    let read_inputs = one_or_tuple(rule.inputs.iter().map(|_| next.clone()).collect());
    let read_output = one_or_tuple(rule.outputs.iter().map(|_| next.clone()).collect());
    let read_weights = record_value(name, "Weights", weights, &next);
    let read_saved = record_value(name, "Saved", saved, &next);
    let give = |what: TokenStream, count: usize| match count {
        1 => quote!(given.take(#what);),
        count => {
            let places = (0..count).map(proc_macro2::Literal::usize_unsuffixed);
            quote!(#(given.take(#what.#places);)*)
        }
    };
    let (give_inputs, give_output) =
        (give(quote!(gradients.inputs), rule.inputs.len()), give(quote!(output), rule.outputs.len()));
    let give_weights = names(weights).into_iter().zip(weights).map(|(field, weight)| {
        let take = format_ident!("{}", if weight.trainable { "take" } else { "pass" });
        quote!(given.#take(gradients.weights.#field);)
    });
    let text = raw_string(text);
    let [float, arrays, arrays_mut, given] =
        ["Float", "Arrays", "ArraysMut", "Given"].map(|item| format_ident!("{item}")).map(|item| quote!(#KRATE::custom::#item));
    quote! {
        #[allow(unused_variables, clippy::unused_unit)]
        impl #KRATE::custom::Custom for #name {
            type Inputs<'a, T: #float> = #input_views;
            type Weights<'a, T: #float> = #views;
            type Saved<'a, T: #float> = #room;
            type OutputView<'a, T: #float> = #output_view;
            type Output<T: #float> = #output;
            type InputGradients<T: #float> = #input_gradients;
            type WeightGradients<T: #float> = #gradients;
            type Variables<T: #float> = #variables;
            type OutputVariables<T: #float> = #output_variables;
            type WeightVariables<T: #float> = #weight_variables;
            type Parts<T: #float> = #parts_type;

            fn signature() -> &'static ::std::sync::Arc<#KRATE::custom::Signature> {
                static SIGNATURE: ::std::sync::OnceLock<::std::sync::Arc<#KRATE::custom::Signature>> =
                    ::std::sync::OnceLock::new();
                SIGNATURE.get_or_init(|| #KRATE::custom::signature(#text))
            }
            fn read_inputs<'a, T: #float>(arrays: &mut #arrays<'a, '_, T>) -> Self::Inputs<'a, T> { #read_inputs }
            fn read_weights<'a, T: #float>(arrays: &mut #arrays<'a, '_, T>) -> Self::Weights<'a, T> { #read_weights }
            fn read_output<'a, T: #float>(arrays: &mut #arrays<'a, '_, T>) -> Self::OutputView<'a, T> { #read_output }
            fn read_saved<'a, T: #float>(arrays: &mut #arrays_mut<'a, T>) -> Self::Saved<'a, T> { #read_saved }
            fn variables<T: #float>(variables: &mut #KRATE::custom::InOrder<#variable>) -> Self::Variables<T> { #read_variables }
            fn weight_variables<T: #float>(variables: &mut #KRATE::custom::InOrder<#variable>) -> Self::WeightVariables<T> {
                #read_weight_variables
            }
            fn parts<T: #float>(parts: &mut #KRATE::custom::InOrder<#KRATE::custom::Part<T>>) -> Self::Parts<T> { #read_parts }
            fn give_output<T: #float>(output: Self::Output<T>, given: &mut #given<'_, T>) { #give_output }
            fn give_gradients<T: #float>(gradients: #KRATE::custom::Gradients<Self, T>, given: &mut #given<'_, T>) {
                #give_inputs
                #(#give_weights)*
            }
        }
    }
}
