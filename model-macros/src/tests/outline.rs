//! What an editor finds in an expansion: the user's own tokens, at their places, where the compiler resolves and types them.

use std::str::FromStr;

use proc_macro2::{TokenStream, TokenTree};

use crate::program;

const SOURCE: &str = "pub model Net(img: [8, 8, 3]) -> [2] {
    let mut x = Conv2D(WIDTH, 3)(img);
    let head = Dense(2);
    for units in [4, 5] { x = widen(x, units); }
    head(Flatten()(x))
}
fn widen(input, units) { let y = Dense(units)(input); y }
const WIDTH: usize = 4;";

/// Every identifier of the expansion that stands where the source has it, as `line:column name`.
fn user_tokens(source: &str, tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => user_tokens(source, group.stream(), found),
            TokenTree::Ident(ident) => {
                let (place, text) = (ident.span().start(), ident.to_string());
                let line = source.lines().nth(place.line.wrapping_sub(1)).unwrap_or_default();
                if line.get(place.column..).is_some_and(|rest| rest.starts_with(&text)) {
                    found.push(format!("{}:{} {text}", place.line, place.column));
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The names of a source that stand nowhere in its expansion.
fn missing(source: &str) -> Vec<String> {
    let expanded = program::expand(TokenStream::from_str(source).unwrap());
    let (mut written, mut found) = (Vec::new(), Vec::new());
    user_tokens(source, TokenStream::from_str(source).unwrap(), &mut written);
    user_tokens(source, expanded, &mut found);
    let words = ["pub", "model", "let", "for", "in", "fn", "const", "usize"]; // these name nothing
    let names = written.into_iter().filter(|token| !words.contains(&token.split(' ').next_back().unwrap_or_default()));
    names.filter(|token| !found.contains(token)).collect()
}

#[test]
fn every_name_of_the_user_s_is_an_item_or_a_use_in_the_expansion() {
    assert_eq!(missing(SOURCE), Vec::<String>::new());
}

/// The type that a binding is given in an expansion's outline.
fn type_of<'e>(binding: &str, expanded: &'e str) -> Option<&'e str> {
    let (_, behind) = expanded.split_once(&format!("{binding} = :: functional_model :: outline :: used "))?;
    let (statement, _) = behind.split_once(';')?;
    let (_, ty) = statement.rsplit_once(". of :: < ")?;
    ty.trim_end().strip_suffix(" > ()")
}

#[test]
fn bindings_have_their_shapes_for_types() {
    let expanded = program::expand(TokenStream::from_str(SOURCE).unwrap()).to_string();
    for (binding, ty) in [
        (
            "let mut x",
            ":: functional_model :: outline :: Tensor < (:: functional_model :: tensor :: Const < 6 > , :: functional_model :: tensor :: Const < 6 > , :: functional_model :: tensor :: Const < 4 > ,) >",
        ),
        ("let head", ":: functional_model :: outline :: Layer < :: functional_model :: layers :: Dense >"),
        (
            "let y",
            ":: functional_model :: outline :: Tensor < (:: functional_model :: tensor :: Const < 6 > , :: functional_model :: tensor :: Const < 6 > , :: functional_model :: tensor :: Const < 4 > ,) >",
        ),
    ] {
        assert_eq!(type_of(binding, &expanded), Some(ty), "{binding}");
    }
}

/// What an editor completes is half-written: all other names stay where they are, with their types, for it alone.
#[test]
fn names_stay_where_they_are_beside_what_is_half_written() {
    let line = "let head = Dense(2);";
    for half_written in [
        "let head = ;",
        "let head = Den;",
        "let head = Dense(2) Dense(3);",
        "let head = Dense(uni);",
        "let head = Dense(2, trainable);",
        "let head = Dense(2); x.",
        "head = x +;",
        "let head = Conv2D(4, 99)(x);",
    ] {
        let source = SOURCE.replacen(line, half_written, 1);
        let tokens = TokenStream::from_str(&source).unwrap();
        assert_eq!(missing(&source), Vec::<String>::new(), "{half_written}");
        let expanded = program::expand(tokens).to_string();
        assert!(expanded.contains("# [cfg (any (rust_analyzer , any ()))]"), "{half_written}");
        let ty = type_of("let mut x", &expanded).unwrap_or_default();
        assert!(ty.starts_with(":: functional_model :: outline :: Tensor < ("), "{half_written}: {expanded}");
    }
}

/// An editor completes a name by expanding with a faulty one, and looks around at the faulty one's place in the expansion without it.
#[test]
fn what_is_completed_stands_at_its_place_with_a_fault_and_without() {
    let before = |source: &str, name: &str| {
        let expanded = program::expand(TokenStream::from_str(source).unwrap()).to_string();
        expanded.split_once(name).map(|(before, _)| before.replace("rust_analyzer , any", "rust_analyzer , all")).unwrap()
    };
    for (line, name, faulty) in [
        ("head(Flatten()(x))", "Flatten >", "FlatraCompletionMarkerten"),
        ("x = widen(x, units);", "widen", "widraCompletionMarker"),
        ("let head = Dense(2);", "Dense >", "MyraCompletionMarkerDense"),
    ] {
        let word = name.trim_end_matches(" >");
        let half_written = SOURCE.replacen(line, &line.replacen(word, faulty, 1), 1);
        let whole =
            before(SOURCE, name).replace(":: functional_model :: outline :: Layer :: < :: functional_model :: layers :: ", "& ");
        let faulty = before(&half_written, faulty)
            .replace(":: functional_model :: outline :: Layer :: < :: functional_model :: layers :: ", "& ");
        assert!(whole.starts_with(&faulty), "{faulty}\n{whole}");
    }
}

#[test]
fn the_compiler_sees_the_outline_of_what_is_sound_and_no_other() {
    let expand = |source: &str| program::expand(TokenStream::from_str(source).unwrap()).to_string();
    assert!(expand(SOURCE).contains("# [cfg (any (rust_analyzer , all ()))]"));
    let faulty = expand(&SOURCE.replacen("Flatten()", "Flaten()", 1));
    assert!(faulty.contains("# [cfg (any (rust_analyzer , any ()))]"), "{faulty}");
    assert!(!faulty.contains("rust_analyzer , all"), "{faulty}");
}

/// Calls of a block that differ in nothing share its code: each more adds a field and a line to each function, not a block.
#[test]
fn code_grows_by_calls_and_not_by_copies_of_blocks() {
    let size = |calls: usize| {
        let source = format!(
            "pub model Net(x: [8, 8, 4]) {{ let mut x = x; for _ in 0..{calls} {{ x = residual(x, 4); }} x }}
             fn residual(input, filters) {{
                 let x = Conv2D(filters, 3, padding = \"same\")(input);
                 let x = BatchNormalization()(x);
                 Conv2D(filters, 3, padding = \"same\")(x) + input
             }}"
        );
        let expanded = program::expand(TokenStream::from_str(&source).unwrap());
        let structs = expanded.to_string().matches("struct NetResidual {").count();
        (count(expanded), structs)
    };
    let [(one, _), (fifty, structs), (ninety_nine, _)] = [1, 50, 99].map(size);
    assert_eq!(structs, 1);
    let (first, more) = (fifty - one, ninety_nine - fifty);
    assert!(first.abs_diff(more) < first / 20, "{first} tokens for 49 calls, and {more} for 49 more");
    assert!(more / 49 < one / 8, "{} tokens a call, where a model of one has {one}", more / 49);
}

fn count(tokens: TokenStream) -> usize {
    tokens.into_iter().map(|token| if let TokenTree::Group(group) = token { 1 + count(group.stream()) } else { 1 }).sum()
}

/// `_` is never changed: Rust takes no `mut` before it.
#[test]
fn a_name_that_is_not_needed_is_no_variable() {
    let expanded = program::expand(TokenStream::from_str("model Net(x: [8]) { let mut _ = x; Dense(2)(x) }").unwrap());
    let expanded = syn::parse2::<syn::File>(expanded).map(|_| ());
    assert!(expanded.is_ok(), "{}", expanded.unwrap_err());
}

#[test]
fn a_field_without_a_name_leaves_a_program_that_can_be_read() {
    let expanded = program::expand(TokenStream::from_str("model Net(x: [8]) { self._ = Dense(4); x }").unwrap());
    assert!(expanded.to_string().contains("write `let layer = ..;`, and call it, `layer(x)`"));
    assert!(syn::parse2::<syn::File>(expanded).is_ok());
}
