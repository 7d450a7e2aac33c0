//! Whatever stands in the macro, it gives items: the model, or errors with places.

use std::str::FromStr;

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use super::TOY_RESNET;
use crate::diagnostics::Diagnostics;
use crate::{lower, parse, program};

const SEVERAL_INPUTS: &str = r#"
    /// Priority and department of a ticket.
    pub model Tickets(title: [12], body: [8, 8, 3], tags: [12]) -> (priority: [1], department: [4]) {
        let shared = Dense(2 * 3, name = "shared");
        let (a, b) = (shared(title), shared(tags));
        let image = Flatten()(Conv2D(4, [3, 3], strides = 2, padding = "same")(body));
        let x = Concatenate(axis = -1)([a - b, Encoder()(title), image]);
        (Dense(1, activation = "sigmoid")(x), Dense(4, activation = "softmax")(widen(x, 8)))
    }
    model Encoder(x: [nets::WORDS]) { let x = Dense(HIDDEN - 3)(x); x * Dense(2 * nets::WORDS / 4)(x) }
    fn widen(x, units) { Dense(units, trainable = false)(BatchNormalization()(x)) }
"#;

/// Numbers that look random, the same in every run.
pub struct Random(u64);

impl Random {
    /// Those of a number.
    pub fn new(number: u64) -> Self {
        let mut random = Self((number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        (0..4).for_each(|_| _ = random.below(2));
        random
    }

    /// One below a limit; 0 where there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

/// Reads and lowers; that costs a hundredth of emitting code.
fn check_front(tokens: TokenStream) {
    let text = tokens.to_string();
    let mut diagnostics = Diagnostics::default();
    let program = parse::parse(tokens, &mut diagnostics);
    let lowered = lower::lower(&program, &mut diagnostics);
    let is_whole = !lowered.models.is_empty() && lowered.models.iter().all(|(_, lowered)| lowered.is_some());
    let explains = diagnostics.count() > 0 || !lowered.missing.is_empty() || is_whole;
    assert!(explains || !text.contains("model"), "{text}\n\ngives neither models nor errors");
}

fn check(tokens: TokenStream) {
    let text = tokens.to_string();
    let expanded = program::expand(tokens);
    let parsed = syn::parse2::<syn::File>(expanded.clone());
    assert!(parsed.is_ok(), "{text}\n\nbecomes what is no list of items ({:?}):\n{expanded}", parsed.err());
    let expanded = expanded.to_string();
    let explains = ["compile_error", "with_seeds", "@ continue"].iter().any(|sign| expanded.contains(sign));
    assert!(explains || !text.contains("model"), "{text}\n\nbecomes nothing");
}

/// Applies a change to the `target`-th token, counted through all groups.
pub fn change(tokens: TokenStream, target: &mut usize, with: &mut dyn FnMut(TokenTree) -> Vec<TokenTree>) -> TokenStream {
    let mut changed = Vec::new();
    for token in tokens {
        let is_it = *target == 0;
        *target = target.wrapping_sub(1);
        match token {
            token if is_it => changed.extend(with(token)),
            TokenTree::Group(group) => {
                changed.push(Group::new(group.delimiter(), change(group.stream(), target, with)).into());
            }
            other => changed.push(other),
        }
    }
    changed.into_iter().collect()
}

pub fn count(tokens: &TokenStream) -> usize {
    let inside = |token| if let TokenTree::Group(group) = token { 1 + count(&group.stream()) } else { 1 };
    tokens.clone().into_iter().map(inside).sum()
}

pub fn anything(random: &mut Random) -> TokenTree {
    const WORDS: [&str; 24] = [
        "let",
        "fn",
        "model",
        "pub",
        "x",
        "img",
        "Dense",
        "Conv2D",
        "Encoder",
        "residual",
        "None",
        "True",
        "if",
        "for",
        "Add",
        "name",
        "mut",
        "return",
        "élan",
        "self",
        "crate",
        "_x",
        "trainable",
        "Sequential",
    ];
    const SIGNS: [char; 18] = ['+', '-', '*', '/', '=', ';', ',', '.', ':', '#', '!', '&', '|', '<', '>', '@', '?', '$'];
    match random.below(6) {
        0 => Ident::new(WORDS[random.below(WORDS.len())], Span::call_site()).into(),
        1 => Punct::new(SIGNS[random.below(SIGNS.len())], if random.below(2) == 0 { Spacing::Alone } else { Spacing::Joint })
            .into(),
        2 => Literal::i64_unsuffixed([0, 1, 3, 64, 4_294_967_295, i64::MAX][random.below(6)]).into(),
        3 => Literal::string(["same", "relu", "", "a b", "self", "é"][random.below(6)]).into(),
        4 => Literal::f64_unsuffixed(0.5).into(),
        _ => {
            let delimiters = [Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::Brace, Delimiter::None];
            let inside = (0..random.below(4)).map(|_| anything(random)).collect();
            Group::new(delimiters[random.below(4)], inside).into()
        }
    }
}

#[test]
fn changed_programs_give_items() {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for round in 0..2400 {
        let mut tokens = TokenStream::from_str(if round % 2 == 0 { TOY_RESNET } else { SEVERAL_INPUTS }).unwrap();
        for _ in 0..=random.below(3) {
            let (size, kind) = (count(&tokens), random.below(4));
            let (mut target, other) = (random.below(size), random.below(size));
            let mut taken = None;
            change(tokens.clone(), &mut { other }, &mut |token| {
                taken = Some(token.clone());
                vec![token]
            });
            tokens = change(tokens, &mut target, &mut |token| match (kind, taken.clone()) {
                (0, _) => Vec::new(),
                (1, _) => vec![token.clone(), token],
                (2, Some(other)) => vec![other],
                _ => vec![anything(&mut random)],
            });
        }
        check_front(tokens.clone());
        if round % 12 == 0 {
            check(tokens);
        }
    }
}

#[test]
fn random_tokens_give_items() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..600 {
        check((0..random.below(30)).map(|_| anything(&mut random)).collect());
        let body: TokenStream = (0..random.below(30)).map(|_| anything(&mut random)).collect();
        check(quote::quote!(model M(x: [8], img: [9, 9, 3]) { #body }));
    }
}

#[test]
fn half_written_programs_give_items() {
    let tokens = TokenStream::from_str(TOY_RESNET).unwrap();
    for length in 0..count(&tokens) {
        let half = prefix(tokens.clone(), &mut { length });
        check_front(half.clone());
        if length % 8 == 0 {
            check(half);
        }
    }
}

/// The first tokens, with every open group closed.
fn prefix(tokens: TokenStream, left: &mut usize) -> TokenStream {
    let mut kept = Vec::new();
    for token in tokens {
        if *left == 0 {
            break;
        }
        *left -= 1;
        kept.push(match token {
            TokenTree::Group(group) => Group::new(group.delimiter(), prefix(group.stream(), left)).into(),
            other => other,
        });
    }
    kept.into_iter().collect()
}

#[test]
fn deep_nesting_gives_items() {
    for depth in [10, 60, 70, 120, 130, 1000] {
        for (open, close) in [("(", ")"), ("[", "]"), ("Dense(1)(", ")"), ("-", ""), ("{", "}"), ("x + (", ")")] {
            let source = format!("model M(x: [8]) {{ {}x{} }}", open.repeat(depth), close.repeat(depth));
            check(TokenStream::from_str(&source).unwrap());
        }
        check(TokenStream::from_str(&format!("model M(x: [8]) {{ x{} }}", " + x".repeat(depth))).unwrap());
        check(TokenStream::from_str(&format!("model M(x: [8]) {{ Dense{} }}", "(1)".repeat(depth))).unwrap());
    }
}

#[test]
fn deep_nesting_in_a_declaration_of_a_layer_gives_items() {
    let item: TokenStream = "struct Own { units: usize }".parse().unwrap();
    for depth in [10, 60, 1000, 100_000] {
        for (open, close) in [("(", ")"), ("[", "]"), ("-", ""), ("!", ""), ("units + ", "")] {
            let depth = if close.is_empty() { depth } else { depth.min(1000) };
            let value = format!("{}units{}", open.repeat(depth), close.repeat(depth));
            for option in [
                format!("parts(dense(\"[n]\", Dense({value})))"),
                format!("parts(dense(\"[n]\", Dense([({value})])))"),
                format!("weights(w(\"[n]\", regularizer = {value}))"),
            ] {
                let attribute = format!("shape = \"[n] -> [units]\", {option}");
                let expanded = crate::layer::expand(attribute.parse().unwrap(), item.clone());
                assert!(syn::parse2::<syn::File>(expanded).is_ok(), "{depth} {open}");
            }
        }
    }
}

#[test]
fn calls_of_calls_of_blocks_end() {
    // Each block calls the next twice: without sharing, the last would be lowered 2^40 times.
    let blocks: String = (0..40).map(|i| format!("fn b{i}(x) {{ let y = b{}(x); b{}(y) }} ", i + 1, i + 1)).collect();
    check(TokenStream::from_str(&format!("model M(x: [8]) {{ b0(x) }} {blocks} fn b40(x) {{ Dense(8)(x) }}")).unwrap());
}

#[test]
fn any_declaration_of_a_layer_gives_items() {
    let attribute: TokenStream = r#"shape = "[.., n] -> [.., units]", weights(w("[n, units]", "ones", trainable = false)), saved(a("[.., n]"))"#
        .parse()
        .unwrap();
    let item: TokenStream =
        "#[derive(Clone)] pub struct Own { /// doc\n #[default = 3] units: usize, rate: Option<f64> }".parse().unwrap();
    let mut random = Random(0x2545_F491_4F6C_DD1D);
    for place in 0..count(&attribute) + count(&item) {
        for round in 0..8 {
            let mut with = |token| match round {
                0 => Vec::new(),
                1 => vec![token, anything(&mut random)],
                _ => vec![anything(&mut random)],
            };
            let mut target = place;
            let attribute = change(attribute.clone(), &mut target, &mut with);
            let item = change(item.clone(), &mut target, &mut with);
            let is_item = syn::parse2::<syn::Item>(item.clone()).is_ok();
            let expanded = crate::layer::expand(attribute.clone(), item.clone());
            let parsed = syn::parse2::<syn::File>(expanded.clone());
            assert!(parsed.is_ok() || !is_item, "{attribute}\n{item}\n\nbecomes what is no list of items:\n{expanded}");
        }
    }
}

/// A place in a text, as spans count: lines from 1, columns from 0.
type Place = (usize, usize);

/// The programs that one has written on the way to a whole one: the text up to each token's end with every open bracket closed, and the
/// place where it was cut off.
fn half_written(source: &str) -> Vec<(String, Place, Place)> {
    let mut ends: Vec<(Place, Place)> = Vec::new();
    let mut open = vec![TokenStream::from_str(source).unwrap().into_iter()];
    let place = |at: proc_macro2::LineColumn| (at.line, at.column);
    while let Some(last) = open.last_mut() {
        match last.next() {
            Some(TokenTree::Group(group)) => {
                let span = group.span_open();
                ends.push((place(span.start()), place(span.end())));
                open.push(group.stream().into_iter());
            }
            Some(token) => ends.push((place(token.span().start()), place(token.span().end()))),
            None => drop(open.pop()),
        }
    }
    let lines: Vec<&str> = source.lines().collect();
    let cut = |&(start, (line, column)): &(Place, Place)| {
        let mut text: String = lines[..line - 1].iter().map(|line| format!("{line}\n")).collect();
        text.extend(lines[line - 1].chars().take(column));
        let closing = still_open(&text);
        (text + &closing, start, (line, column))
    };
    ends.iter().map(cut).collect()
}

/// The brackets that close what a text leaves open; it has none in strings and comments.
fn still_open(text: &str) -> String {
    let mut open = Vec::new();
    for letter in text.chars() {
        match letter {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' => drop(open.pop()),
            _ => {}
        }
    }
    open.iter().rev().collect()
}

#[test]
fn half_written_programs_are_told_what_is_missing_where_it_is() {
    let mut poor = Vec::new();
    for (text, last, cut) in half_written(TOY_RESNET) {
        let mut diagnostics = Diagnostics::default();
        let tokens = TokenStream::from_str(&text).unwrap();
        let program = parse::parse(tokens.clone(), &mut diagnostics);
        lower::lower(&program, &mut diagnostics);
        let at = |range: &crate::syntax::Range| (range.start.start().line, range.start.start().column);
        let reports = diagnostics.reports();
        // In the statement or header that is being written, and not behind its end.
        let is_far = |range: &crate::syntax::Range| at(range).0 < last.0 || at(range) > (cut.0, cut.1 + 1);
        if reports.len() > 1 || reports.iter().any(|(range, _)| is_far(range)) {
            let said: Vec<String> = reports.iter().map(|(range, message)| format!("{:?} {message}", at(range))).collect();
            poor.push(format!("{text}\n^ cut at {cut:?}, behind {last:?}\n{}", said.join("\n")));
        }
        let is_named = !program.models.is_empty();
        let expanded = program::expand(tokens).to_string();
        assert!(!is_named || expanded.contains("struct ToyResnet"), "{text}\n\nhas no struct:\n{expanded}");
    }
    assert!(poor.is_empty(), "{}", poor.join("\n\n"));
}

/// What starts no item is passed over: reading goes on behind it, and ends.
#[test]
fn items_that_are_none_are_passed_over() {
    for source in ["const = 3;", "pub = 3;", "fn = 3; model M(x: [8]) { x }", "model = ;", "const const = const", "pub pub = pub"]
    {
        check(TokenStream::from_str(source).unwrap());
    }
}

/// A keyword is a name in the form `r#type`, in every place that it is emitted to.
#[test]
fn names_that_are_keywords_give_items() {
    check(TokenStream::from_str("pub fn r#type(x) { Dense(8)(x) } pub model r#fn(x: [8]) { r#type(x) }").unwrap());
}

/// The same of a model that a layer of one's own holds: it is asked for by that name, once.
#[test]
fn parts_that_are_keywords_are_asked_for_once() {
    let attribute = quote::quote!(shape = "[8] -> [2]", parts(whole(r#type)));
    let item = quote::quote!(
        #[derive(Clone)]
        struct Own {}
    );
    let asked = crate::layer::expand(attribute.clone(), item.clone());
    assert!(syn::parse2::<syn::File>(asked.clone()).is_ok() && asked.to_string().starts_with("r#type !"), "{asked}");
    let told = crate::layer::go_on(quote::quote!(@with r#type { "" "" } { #attribute } { #item }));
    assert!(syn::parse2::<syn::File>(told.clone()).is_ok() && !told.to_string().starts_with("r#type !"), "{told}");
}

/// What is no Rust is not handed on.
#[test]
fn constants_of_other_languages_give_items() {
    for value in ["+ 1", "2 ** 3", "not true", "[1] ++ [2]", "8 div 2"] {
        check(TokenStream::from_str(&format!("const A: usize = {value}; model M(x: [8]) {{ Dense(A)(x) }}")).unwrap());
    }
}
