//! Source that is made of graphs: read by the macro, it is the same model again.

use std::fs;
use std::path::{Path, PathBuf};

use model_exchange::source;
use model_graph::{Graph, config};
use proc_macro2::TokenStream;
use syn::visit::{Visit, visit_macro};

use crate::diagnostics::Diagnostics;
use crate::{lower, parse};

/// The models that an invocation declares, each without faults.
fn models(tokens: TokenStream) -> Result<Vec<(String, Graph)>, String> {
    let mut diagnostics = Diagnostics::default();
    let program = parse::parse(tokens, &mut diagnostics);
    let lowered = lower::lower(&program, &mut diagnostics);
    if diagnostics.count() > 0 {
        return Err(diagnostics.into_tokens().to_string());
    }
    Ok(lowered.models.into_iter().filter_map(|(name, model)| Some((name, model?.flat))).collect())
}

/// What is wrong with the source of a graph, if anything.
fn fault(graph: &Graph) -> Option<String> {
    let written = match source::write(graph) {
        Ok(written) => written,
        Err(error) => return Some(error.to_string()),
    };
    let found = again(&written).and_then(|again| {
        let (ours, theirs) = (config::write(&again), config::write(graph));
        if ours == theirs { Ok(()) } else { Err(format!("it is another model:\n{ours}\n{theirs}")) }
    });
    let long = written.lines().find(|line| line.len() > 119 && !line.contains('"')).map(|line| format!("a long line: {line}"));
    found.err().or(long).map(|fault| format!("{fault}\n{written}"))
}

/// The graph of the first model of a source.
fn again(written: &str) -> Result<Graph, String> {
    let (_, inner) = written.split_once("functional_model! {").ok_or("no invocation")?;
    let (inner, _) = inner.rsplit_once('}').ok_or("no end")?;
    let tokens: TokenStream = inner.parse().map_err(|_| "no tokens")?;
    let found = models(tokens)?;
    let (_, rest) = written.split_once("pub model ").ok_or("no model")?;
    let (first, _) = rest.split_once('(').ok_or("no header")?;
    found.into_iter().find(|(name, _)| name == first).map(|(_, graph)| graph).ok_or_else(|| "nothing".to_owned())
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    files
}

/// The configuration of a parity case, if it has one.
fn configuration(path: &Path) -> Option<serde_json::Value> {
    let bytes = fs::read(path).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let case: serde_json::Value = serde_json::from_str(header["__metadata__"]["case"].as_str()?).unwrap();
    case.get("config").cloned()
}

fn report(faults: &[(String, String)], checked: usize, least: usize) {
    let texts: Vec<String> = faults.iter().map(|(name, fault)| format!("== {name}\n{fault}")).collect();
    assert!(faults.is_empty(), "{} of {checked}:\n{}", faults.len(), texts.join("\n"));
    assert!(checked >= least, "only {checked} graphs");
}

/// A model whose masks are computed by operations that Keras has named as none are here, inside of one that it calls.
const UNSAID: &str = "masked_nested";

#[test]
fn what_keras_writes_is_the_same_model_as_source() {
    let (mut faults, mut checked) = (Vec::new(), 0);
    for path in files("../tests/parity", "safetensors") {
        let Some(graph) = configuration(&path).and_then(|config| config::read(&config).ok()) else { continue };
        if path.file_stem().is_some_and(|stem| stem == UNSAID) {
            assert!(source::write(&graph).is_err());
            continue;
        }
        checked += 1;
        faults.extend(fault(&graph).map(|fault| (path.file_name().unwrap().to_string_lossy().into_owned(), fault)));
    }
    report(&faults, checked, 700);
}

/// The invocations of a file.
#[derive(Default)]
struct Invocations(Vec<TokenStream>);

impl<'a> Visit<'a> for Invocations {
    fn visit_macro(&mut self, found: &'a syn::Macro) {
        if found.path.segments.last().is_some_and(|name| name.ident == "functional_model") {
            self.0.push(found.tokens.clone());
        }
        visit_macro(self, found);
    }
}

fn invocations(path: &Path) -> Vec<TokenStream> {
    let mut found = Invocations::default();
    found.visit_file(&syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap());
    found.0
}

#[test]
fn what_the_macro_makes_is_the_same_model_as_source() {
    let (mut faults, mut checked) = (Vec::new(), 0);
    let folders = ["../tests/zoo", "../tests", "../tests/models", "../tests/layers", "../examples"];
    for path in folders.into_iter().flat_map(|folder| files(folder, "rs")) {
        for (name, graph) in invocations(&path).into_iter().flat_map(|tokens| models(tokens).unwrap_or_default()) {
            checked += 1;
            faults.extend(fault(&graph).map(|fault| (format!("{}: {name}", path.display()), fault)));
        }
    }
    report(&faults, checked, 200);
}

/// The models whose sources are in `tests/source`, with the files of the zoo that declare them.
const SHOWN: [(&str, &str); 7] = [
    ("residual", "ResNet50"),
    ("mobile", "MobileNetV2"),
    ("guide", "Tickets"),
    ("guide", "Autoencoder"),
    ("guide", "Ensemble"),
    ("guide", "SharedLayer"),
    ("guide", "ToyResnet"),
];

/// To write them anew: `UPDATE_SOURCES=1 cargo test -p model-macros --lib -- source`.
#[test]
fn sources_are_as_they_are_committed() {
    let zoo = files("../tests/zoo", "rs");
    for (file, name) in SHOWN {
        let path = zoo.iter().find(|path| path.ends_with(format!("{file}.rs"))).unwrap();
        let graphs = invocations(path).into_iter().flat_map(|tokens| models(tokens).unwrap_or_default());
        let (_, graph) = graphs.into_iter().find(|(found, _)| found == name).unwrap();
        let written = source::write(&graph).unwrap();
        let path =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/source/{}.rs", model_graph::names::snake_case(name)));
        if std::env::var_os("UPDATE_SOURCES").is_some() {
            fs::write(&path, &written).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), written, "{}", path.display());
        assert!(written.lines().count() < 60, "{name}");
    }
}
