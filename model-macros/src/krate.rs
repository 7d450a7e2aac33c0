//! The path by which emitted code names this library: `::functional_model`, unless the invocation says another.

use std::cell::RefCell;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

thread_local! {
    /// The path that the invocation being expanded has given.
    static GIVEN: RefCell<Option<TokenStream>> = const { RefCell::new(None) };
}

/// The library, where code is quoted: `#KRATE::tensor::Tensor`. What is repeated, `#( .. )*`, takes a variable of it, since `quote!` binds
/// anew what it repeats, and constants cannot be bound.
pub struct Krate;

/// See [`Krate`].
pub const KRATE: Krate = Krate;

/// Names the library by this path, in the invocation that is expanded from here on.
pub fn set(path: Option<TokenStream>) {
    GIVEN.set(path);
}

impl Krate {
    /// The path at a place: what the compiler says of code that starts with it, it says there.
    pub fn at(&self, place: Span) -> TokenStream {
        let placed = |mut token: TokenTree| {
            token.set_span(place);
            token
        };
        self.to_token_stream().into_iter().map(placed).collect()
    }
}

impl ToTokens for Krate {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        GIVEN.with_borrow(|given| match given {
            Some(path) => path.to_tokens(tokens),
            None => quote!(::functional_model).to_tokens(tokens),
        });
    }
}
