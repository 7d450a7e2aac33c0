//! `#[derive(Module)]`: a struct of layers and models visits what its fields hold, in their order.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Field, GenericParam, Generics, Ident, Item, ItemStruct, LitStr, Member, TypeParamBound};

use crate::diagnostics::{self, Diagnostics};
use crate::krate::{self, KRATE};

/// Expands the derive of an item.
pub fn derive(item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let expanded = expand(item, &mut diagnostics);
    let mut output = diagnostics.into_tokens();
    output.extend(expanded);
    output
}

/// The code for an item; what is wrong with it is noted.
pub fn expand(item: TokenStream, diagnostics: &mut Diagnostics) -> TokenStream {
    match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => implement(&item, diagnostics),
        _ => {
            diagnostics.error(place(item), diagnostics::module_of_no_struct());
            TokenStream::new()
        }
    }
}

/// Where an item that is no struct says what it is: `enum`, behind its attributes.
fn place(item: TokenStream) -> proc_macro2::Span {
    let words =
        item.into_iter().filter_map(|token| if let proc_macro2::TokenTree::Ident(word) = token { Some(word) } else { None });
    let word = words.into_iter().find(|word| *word == "enum" || *word == "union");
    word.map_or_else(proc_macro2::Span::call_site, |word| word.span())
}

/// What an attribute `#[module(..)]` asks for.
enum Asked {
    Skip,
    Library(String),
}

/// Reads the attributes `#[module(..)]`; what cannot be read is noted.
fn asked(attributes: &[Attribute], is_field: bool, diagnostics: &mut Diagnostics) -> Vec<Asked> {
    let mut all = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("module")) {
        let read = attribute.parse_nested_meta(|meta| {
            let name = meta.path.get_ident().map(Ident::unraw);
            match name {
                Some(name) if is_field && name == "skip" => all.push(Asked::Skip),
                Some(name) if !is_field && name == "crate" => all.push(Asked::Library(meta.value()?.parse::<LitStr>()?.value())),
                name => {
                    let found = name.map_or_else(|| meta.path.to_token_stream().to_string(), |name| name.to_string());
                    return Err(syn::Error::new(meta.path.span(), diagnostics::module_option(&found, is_field)));
                }
            }
            Ok(())
        });
        if let Err(error) = read {
            diagnostics.error(error.span(), error.to_string());
        }
    }
    all
}

/// The type of elements: the parameter that is bound to be a `Float`, or `f32`.
fn float(generics: &Generics) -> TokenStream {
    let is_float = |bound: &TypeParamBound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().is_some_and(|last| last.ident == "Float"),
        _ => false,
    };
    let parameter = generics.params.iter().find_map(|parameter| match parameter {
        GenericParam::Type(parameter) if parameter.bounds.iter().any(is_float) => Some(parameter.ident.to_token_stream()),
        _ => None,
    });
    parameter.unwrap_or_else(|| quote!(f32))
}

fn implement(item: &ItemStruct, diagnostics: &mut Diagnostics) -> TokenStream {
    for asked in asked(&item.attrs, false, diagnostics) {
        if let Asked::Library(path) = asked {
            krate::set(path.parse().ok());
        }
    }
    let float = float(&item.generics);
    let held: Vec<(Member, &Field)> = item.fields.members().zip(&item.fields).collect();
    let held: Vec<(Member, &Field)> =
        held.into_iter().filter(|(_, field)| asked(&field.attrs, true, diagnostics).is_empty()).collect();
    let visit = |method: &str, borrowed: &TokenStream| {
        let method = Ident::new(method, proc_macro2::Span::call_site());
        let calls = held.iter().map(|(member, field)| {
            let (name, ty) = (name(member), &field.ty);
            let module = KRATE.at(ty.span());
            quote_spanned! {ty.span()=>
                <#ty as #module::module::Module<#float>>::#method(#borrowed self.#member, path.field(#name), visitor);
            }
        });
        quote!(#(#calls)*)
    };
    let (shared, changed) = (visit("parts", &quote!(&)), visit("parts_mut", &quote!(&mut)));
    let name = &item.ident;
    let mut generics = item.generics.clone();
    if generics.type_params().next().is_some() {
        let bounds = generics.make_where_clause();
        for (_, field) in &held {
            let (ty, krate) = (&field.ty, KRATE);
            bounds.predicates.push(syn::parse_quote!(#ty: #krate::module::Module<#float>));
        }
    }
    let (parameters, arguments, bounds) = generics.split_for_impl();
    quote! {
        impl #parameters #KRATE::module::Module<#float> for #name #arguments #bounds {
            fn parts(
                &self,
                path: #KRATE::module::Path<'_>,
                visitor: &mut dyn ::core::ops::FnMut(#KRATE::module::Path<'_>, &dyn #KRATE::module::Held<#float>),
            ) {
                let _ = (&path, &visitor);
                #shared
            }

            fn parts_mut(
                &mut self,
                path: #KRATE::module::Path<'_>,
                visitor: &mut dyn ::core::ops::FnMut(#KRATE::module::Path<'_>, &mut dyn #KRATE::module::Held<#float>),
            ) {
                let _ = (&path, &visitor);
                #changed
            }
        }
    }
}

/// The name of a field; the number of one that has no name.
fn name(member: &Member) -> String {
    match member {
        Member::Named(name) => name.unraw().to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}
