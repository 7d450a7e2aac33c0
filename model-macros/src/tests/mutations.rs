//! Mutations of every invocation in the tests, examples and pages: whatever they come to, expanding does not panic, ends soon, takes little
//! memory, and gives a list of items. `MUTATIONS` says how many, `MUTATIONS_FROM` the number of the first.

use std::any::Any;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};

use super::any_input::{Random, anything, change, count};
use super::coverage::{invocations, layers, layers_of};
use super::memory::{Taken, measured};
use crate::parse::too_deep_group;
use crate::{layer, program};

/// How many mutants there are where `MUTATIONS` says nothing.
const FEW: u64 = 1200;

/// What one may take, not optimised, as the expansions of users are not.
const MOST: Taken = Taken { time: Duration::from_secs(1), bytes: 64 << 20 };

/// What each token of the expansion may take besides: a loop that goes around a thousand times is a model of a thousand layers.
const A_TOKEN: Duration = Duration::from_micros(2);

/// What the mutants are made of.
struct Corpus {
    invocations: Vec<TokenStream>,
    /// Layers of one's own: what stands in the attribute, and the struct.
    layers: Vec<(TokenStream, TokenStream)>,
    /// Every token of them.
    tokens: Vec<TokenTree>,
}

impl Corpus {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let mut texts = vec![page(&fs::read_to_string(root.join("LANGUAGE.md")).unwrap())];
        let mut files = Vec::new();
        ["tests/zoo", "tests/ui", "examples"].iter().for_each(|folder| rust_files(&root.join(folder), &mut files));
        files.sort();
        texts.extend(files.iter().map(|file| fs::read_to_string(file).unwrap()));
        let mut corpus = Self { invocations: Vec::new(), layers: Vec::new(), tokens: Vec::new() };
        for text in texts {
            let Ok(tokens) = TokenStream::from_str(&text) else { continue };
            let mut found = Vec::new();
            invocations(tokens, &mut found);
            let own = syn::parse_file(&text).map(|file| layers_of(file.items)).unwrap_or_default();
            let brought = layers(own.clone(), &mut Vec::new());
            corpus.invocations.extend(found.into_iter().map(|invocation| quote::quote!(#brought #invocation)));
            corpus.layers.extend(own);
        }
        let all = corpus.invocations.iter().chain(corpus.layers.iter().flat_map(|(attribute, item)| [attribute, item]));
        all.for_each(|tokens| every_token(tokens.clone(), &mut corpus.tokens));
        corpus
    }
}

/// The programs of a page: its blocks of Rust, their hidden lines included.
fn page(text: &str) -> String {
    let blocks = text.split("```rust\n").skip(1).filter_map(|block| block.split("```").next());
    let lines = blocks.flat_map(str::lines).map(|line| line.strip_prefix("# ").unwrap_or(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn every_token(tokens: TokenStream, all: &mut Vec<TokenTree>) {
    for token in tokens {
        all.push(token.clone());
        if let TokenTree::Group(group) = token {
            every_token(group.stream(), all);
        }
    }
}

/// Numbers at the edges of what types hold, and texts that are nearly numbers.
const NUMBERS: [&str; 28] = [
    "0",
    "1",
    "2",
    "3",
    "7",
    "255",
    "1000",
    "65535",
    "65536",
    "70000",
    "2147483647",
    "2147483648",
    "4294967291",
    "4294967294",
    "4294967295",
    "4294967296",
    "1099511627776",
    "9223372036854775806",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999999999",
    "0.0",
    "0.5",
    "1e308",
    "1e999",
    "1e-320",
    "0xFFFF_FFFF",
];

/// Names that mean something somewhere.
const NAMES: [&str; 20] = [
    "NaN",
    "inf",
    "None",
    "True",
    "self",
    "Self",
    "crate",
    "words",
    "n",
    "HIDDEN",
    "WIDTH",
    "r#type",
    "model",
    "usize",
    "Sequential",
    "Add",
    "élan",
    "_",
    "Any",
    "x",
];

/// Strings that are awkward somewhere.
fn strange_text(random: &mut Random) -> String {
    let long = random.below(17);
    let texts = ["", " ", "self", "é", "a b", "NaN", "1e999", "same", "relu", "{}", "\"", "\\", "\n", "\0", "%s", "a/b", "../x"];
    match random.below(3) {
        0 => "a".repeat(1 << long),
        1 => "ü".repeat(1 << long),
        _ => texts[random.below(texts.len())].to_owned(),
    }
}

/// A name of some length.
fn strange_name(random: &mut Random) -> Ident {
    match random.below(8) {
        0 => Ident::new(&"n".repeat(1 << random.below(12)), Span::call_site()),
        _ => match NAMES[random.below(NAMES.len())] {
            "r#type" => Ident::new_raw("type", Span::call_site()),
            name => Ident::new(name, Span::call_site()),
        },
    }
}

fn number(random: &mut Random) -> Vec<TokenTree> {
    let number = TokenStream::from_str(NUMBERS[random.below(NUMBERS.len())]).unwrap();
    let sign = if random.below(6) == 0 { quote::quote!(-) } else { TokenStream::new() };
    sign.into_iter().chain(number).collect()
}

/// The tokens in brackets within brackets.
fn wrapped(random: &mut Random, tokens: Vec<TokenTree>) -> TokenTree {
    let delimiters = [Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::Brace, Delimiter::None];
    let (delimiter, most) = (delimiters[random.below(4)], 2 << random.below(9));
    let once = Group::new(delimiter, tokens.into_iter().collect());
    (0..random.below(most)).fold(once, |inner, _| Group::new(delimiter, TokenTree::Group(inner).into())).into()
}

/// What a token becomes.
fn replaced(random: &mut Random, corpus: &Corpus, kind: usize, token: TokenTree) -> Vec<TokenTree> {
    let other = corpus.tokens[random.below(corpus.tokens.len())].clone();
    match (kind, &token) {
        (0, _) => Vec::new(),
        (1, _) => vec![token; 2],
        (2, _) => vec![token; 2 << random.below(8)],
        (3, _) => vec![other],
        (4, _) => vec![token, other],
        (5, _) => vec![anything(random)],
        (6, _) => vec![wrapped(random, vec![token])],
        (7, TokenTree::Group(group)) => group.stream().into_iter().collect(),
        (8, TokenTree::Group(group)) => {
            let (from, to) = (random.below(count(&group.stream()) + 1), 2 << random.below(8));
            let part: Vec<TokenTree> = group.stream().into_iter().skip(from).take(1 + random.below(12)).collect();
            let inside = group.stream().into_iter().chain(part.iter().cycle().take(part.len() * to).cloned()).collect();
            vec![Group::new(group.delimiter(), inside).into()]
        }
        (_, TokenTree::Literal(literal)) if literal.to_string().starts_with('"') => {
            vec![Literal::string(&strange_text(random)).into()]
        }
        (_, TokenTree::Literal(_)) => number(random),
        (_, TokenTree::Ident(_)) => vec![strange_name(random).into()],
        (_, TokenTree::Group(group)) if random.below(2) == 0 => {
            let tokens = group.stream().into_iter().chain([other]).collect();
            vec![Group::new(group.delimiter(), tokens).into()]
        }
        _ => vec![other],
    }
}

/// A program after some changes.
fn mutated(random: &mut Random, corpus: &Corpus, mut tokens: TokenStream) -> TokenStream {
    for _ in 0..=random.below(4) {
        let mut target = random.below(count(&tokens));
        let kind = random.below(16);
        if kind == 15 {
            tokens = swapped(random, tokens);
            continue;
        }
        // Half of all changes are of numbers, names and strings.
        tokens = change(tokens, &mut target, &mut |token| replaced(random, corpus, kind, token));
    }
    tokens
}

/// Two tokens in each other's place.
fn swapped(random: &mut Random, tokens: TokenStream) -> TokenStream {
    let size = count(&tokens);
    let (first, second) = (random.below(size), random.below(size));
    let mut taken = [None, None];
    for (place, taken) in [first, second].into_iter().zip(&mut taken) {
        change(tokens.clone(), &mut { place }, &mut |token| {
            *taken = Some(token.clone());
            vec![token]
        });
    }
    let [one, other] = taken;
    let tokens = change(tokens, &mut { first }, &mut |token| vec![other.clone().unwrap_or(token)]);
    change(tokens, &mut { second }, &mut |token| vec![one.clone().unwrap_or(token)])
}

/// A mutant and what becomes of it.
pub enum Mutant {
    Invocation(TokenStream),
    Layer(TokenStream, TokenStream),
}

impl Mutant {
    /// The mutant of a number, the same in every run.
    fn new(corpus: &Corpus, number: u64) -> Self {
        let mut random = Random::new(number);
        if random.below(12) == 0 {
            let (attribute, item) = corpus.layers[random.below(corpus.layers.len())].clone();
            return match random.below(2) {
                0 => Self::Layer(mutated(&mut random, corpus, attribute), item),
                _ => Self::Layer(attribute, mutated(&mut random, corpus, item)),
            };
        }
        let tokens = corpus.invocations[random.below(corpus.invocations.len())].clone();
        Self::Invocation(mutated(&mut random, corpus, tokens))
    }

    fn expand(&self) -> TokenStream {
        match self.clone_tokens() {
            (None, tokens) => program::expand(tokens),
            (Some(attribute), item) => layer::expand(attribute, item),
        }
    }

    fn clone_tokens(&self) -> (Option<TokenStream>, TokenStream) {
        match self {
            Self::Invocation(tokens) => (None, tokens.clone()),
            Self::Layer(attribute, item) => (Some(attribute.clone()), item.clone()),
        }
    }

    /// Whether the compiler would hand it to the macro: an attribute's item is one.
    fn is_read(&self) -> bool {
        match self {
            Self::Invocation(_) => true,
            Self::Layer(_, item) => syn::parse2::<syn::Item>(item.clone()).is_ok(),
        }
    }

    fn text(&self) -> String {
        let (attribute, tokens) = self.clone_tokens();
        let text = attribute.map_or_else(|| tokens.to_string(), |attribute| format!("#[layer({attribute})]\n{tokens}"));
        let cut: String = text.chars().take(2000).collect();
        if cut.len() < text.len() { format!("{cut} .. ({} bytes)", text.len()) } else { text }
    }

    /// What is wrong with the expansion, if anything is, and what it took.
    pub fn fault(&self, most: Taken) -> (Option<String>, Taken) {
        let (expanded, taken) = measured(|| catch_unwind(AssertUnwindSafe(|| self.expand())));
        let fault = match expanded {
            Err(panic) => Some(format!("panics: {}", said(&*panic))),
            Ok(ref expanded) if taken.time > most.time + A_TOKEN * u32::try_from(count(expanded)).unwrap_or(u32::MAX) => {
                Some(format!("takes {:?}", taken.time))
            }
            Ok(_) if taken.bytes > most.bytes => Some(format!("takes {} MB", taken.bytes >> 20)),
            // The user's own tokens are handed on, however deep: `syn` would overflow its stack where the compiler does not.
            Ok(expanded) if too_deep_group(&expanded).is_some() => None,
            Ok(expanded) => match syn::parse2::<syn::File>(expanded) {
                Err(error) if self.is_read() => Some(format!("gives what is no list of items: {error}")),
                _ => None,
            },
        };
        (fault, taken)
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Runs a test on a stack as large as the compiler's.
pub fn as_the_compiler(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(8 << 20).spawn(test).unwrap();
    thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
}

#[test]
fn mutants_are_expanded_without_panic_soon_and_in_little_memory() {
    as_the_compiler(expand_mutants);
}

fn expand_mutants() {
    let corpus = Corpus::new();
    assert!(corpus.invocations.len() > 300 && corpus.layers.len() > 20, "the corpus is not found");
    let (from, mutants) = (setting("MUTATIONS_FROM", 0), setting("MUTATIONS", FEW));
    let (mut faults, mut slowest, mut largest) = (Vec::new(), (Duration::ZERO, 0), (0, 0));
    for number in from..from + mutants {
        let mutant = Mutant::new(&corpus, number);
        if mutants == 1 {
            println!("{}", mutant.text()); // it may overflow the stack
            println!("{}", mutant.expand());
        }
        let (fault, taken) = mutant.fault(MOST);
        slowest = slowest.max((taken.time, number));
        largest = largest.max((taken.bytes, number));
        if let Some(fault) = fault {
            println!("mutant {number} {}", fault.lines().next().unwrap_or_default());
            faults.push(format!("mutant {number} {fault}\n{}", mutant.text()));
        }
    }
    println!("slowest: {:?} ({}), largest: {} KB ({})", slowest.0, slowest.1, largest.0 >> 10, largest.1);
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults[..faults.len().min(10)].join("\n\n"));
}
