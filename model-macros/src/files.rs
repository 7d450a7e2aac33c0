//! Models of files, `model Vgg19 = "models/vgg19.keras";`: each is written as source in its place, before anything else is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model_exchange::architecture::{self, ArchitectureError};
use model_exchange::source;
use model_graph::config::{ConfigError, ConfigProblem};
use model_graph::custom::{Registry, Signature};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote;
use syn::LitStr;

use crate::diagnostics::{self, Diagnostics};

/// An invocation without models of files.
pub struct Written {
    /// The invocation; a model whose file is not read stands in it as it was.
    pub tokens: TokenStream,
    /// What makes the compiler read the files, so that it knows when they change.
    pub tracked: TokenStream,
    /// The layer of the user's own that a file asks for first, and nobody has brought yet.
    pub missing: Option<Ident>,
}

/// `model Name = "path";`, with what stands before it.
struct Declared<'t> {
    attributes: &'t [TokenTree],
    visibility: &'t [TokenTree],
    name: &'t Ident,
    path: LitStr,
}

/// Writes out the models of files.
pub fn written_out(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Written {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    let mut written = Written { tokens: TokenStream::new(), tracked: TokenStream::new(), missing: None };
    let (mut start, mut brought) = (0, None);
    for end in (0..trees.len()).filter(|&i| ends_item(&trees[i])) {
        let item = &trees[start..=end];
        start = end + 1;
        let source = Declared::read(item).and_then(|declared| {
            let brought = brought.get_or_insert_with(|| Brought::of(&trees));
            declared.source(brought, &mut written, diagnostics)
        });
        written.tokens.extend(source.unwrap_or_else(|| item.iter().cloned().collect()));
    }
    written.tokens.extend(trees[start..].iter().cloned());
    written
}

fn ends_item(token: &TokenTree) -> bool {
    match token {
        TokenTree::Punct(sign) => sign.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    }
}

impl<'t> Declared<'t> {
    fn read(item: &'t [TokenTree]) -> Option<Self> {
        let (front, [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(equals), path, _]) =
            item.split_at(item.len().checked_sub(5)?)
        else {
            return None;
        };
        let is_one = word == "model" && equals.as_char() == '=';
        let path = syn::parse2(TokenStream::from(path.clone())).ok().filter(|_| is_one)?;
        let is_public = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "pub");
        let (attributes, visibility) = front.split_at(front.iter().position(is_public).unwrap_or(front.len()));
        Some(Self { attributes, visibility, name, path })
    }

    /// The model as source, at the place of the path; what is wrong is noted there.
    fn source(&self, brought: &Brought, written: &mut Written, diagnostics: &mut Diagnostics) -> Option<TokenStream> {
        let Self { attributes, visibility, name, path } = self;
        let place = whole_path(&path.value());
        let visibility: TokenStream = visibility.iter().cloned().collect();
        let read = architecture::read(&place, &brought.layers).map_err(|error| self.refused(&error, brought));
        let items = read.and_then(|graph| {
            let items = source::items(&graph, &name.to_string(), &visibility.to_string());
            items.map_err(|error| Refused::Told(diagnostics::model_file(&path.value(), &error.to_string())))
        });
        match items {
            Ok(items) => {
                let (place, attributes) = (place.to_string_lossy(), attributes.iter().cloned());
                let tracked = quote!(
                    const _: () = {
                        #[allow(dead_code)]
                        fn file() {
                            let _ = ::core::include_bytes!(#place);
                        }
                    };
                );
                written.tracked.extend(tracked);
                Some(attributes.chain(located(items.parse().ok()?, name, path)).collect())
            }
            Err(Refused::Told(message)) => {
                diagnostics.error(path.span(), message);
                None
            }
            Err(Refused::Waits(layer)) => {
                written.missing.get_or_insert(layer);
                None
            }
        }
    }

    /// Why the file is not read: a layer that a companion may bring is asked for once.
    fn refused(&self, error: &ArchitectureError, brought: &Brought) -> Refused {
        let path = self.path.value();
        match error {
            ArchitectureError::Config(ConfigError { problem: ConfigProblem::Unregistered { class, .. }, .. })
                if !brought.names.contains(class) && syn::parse_str::<Ident>(class).is_ok() =>
            {
                Refused::Waits(Ident::new(class, self.path.span()))
            }
            ArchitectureError::Io(error) => Refused::Told(diagnostics::model_file_unread(&path, &error.to_string())),
            error => Refused::Told(diagnostics::model_file(&path, &error.to_string())),
        }
    }
}

/// Why a file gives no source.
enum Refused {
    Told(String),
    /// A layer of the user's own has not been brought yet.
    Waits(Ident),
}

/// A path begins at the folder of the package that is compiled.
fn whole_path(path: &str) -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(path), |folder| Path::new(&folder).join(path))
}

/// Tokens at the place of a file's path; the model's name at its own.
fn located(tokens: TokenStream, name: &Ident, path: &LitStr) -> TokenStream {
    let token = |token: TokenTree| match token {
        TokenTree::Ident(word) if word == *name => name.clone().into(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), located(group.stream(), name, path));
            inner.set_span(path.span());
            inner.into()
        }
        mut other => {
            other.set_span(path.span());
            other
        }
    };
    tokens.into_iter().map(token).collect()
}

/// What companions have brought.
#[derive(Default)]
struct Brought {
    /// All names, of layers that have faults as well.
    names: Vec<String>,
    /// The layers of the user's own.
    layers: Registry,
}

impl Brought {
    /// `@with CustomDense { layer "signature" }`
    fn of(trees: &[TokenTree]) -> Self {
        let mut brought = Self::default();
        for tokens in trees.windows(4) {
            let [TokenTree::Punct(at), TokenTree::Ident(with), TokenTree::Ident(name), TokenTree::Group(content)] = tokens else {
                continue;
            };
            if at.as_char() == '@' && with == "with" {
                brought.names.push(name.to_string());
                signature(content.stream()).into_iter().for_each(|layer| brought.layers.insert(layer));
            }
        }
        brought
    }
}

/// `layer "signature"`
fn signature(content: TokenStream) -> Option<Arc<Signature>> {
    let mut content = content.into_iter();
    content.next().filter(|word| word.to_string() == "layer")?;
    let text: LitStr = syn::parse2(content.collect()).ok()?;
    Signature::from_json(&serde_json::from_str(&text.value()).ok()?).map(Arc::new)
}
