//! Every example runs, on a few images, but those of features: `applications`, unoptimised, takes a minute to start 143 million weights, and `mpi` needs its library.

use std::path::Path;
use std::process::Command;

/// The list of layers in the README is whole, and has nothing else.
#[test]
fn the_readme_lists_the_layers() {
    let readme = std::fs::read_to_string("README.md").unwrap();
    let list = readme.split("## Layers").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let mut listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    let mut layers: Vec<&str> = functional_model::layers::CLASSES.iter().map(|class| class.name).collect();
    listed.sort_unstable();
    layers.sort_unstable();
    assert_eq!(listed, layers);
    assert!(readme.contains(&format!("**Layers**: {} of Keras's", layers.len())));
}

#[test]
fn the_examples_run() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // With the features that this is built with, so that nothing is built again.
    let features = [
        ("download", cfg!(feature = "download")),
        ("mpi", cfg!(feature = "mpi")),
        ("remote-monitor", cfg!(feature = "remote-monitor")),
    ];
    let features = features.iter().filter(|(_, is_on)| *is_on).map(|(name, _)| format!("--features=functional-model/{name}"));
    let built = Command::new(cargo).args(["build", "--quiet", "--locked", "--examples"]).args(features).status().unwrap();
    assert!(built.success());
    let folder = tempfile::tempdir().unwrap();
    let sources = std::fs::read_dir("examples").unwrap().map(|entry| entry.unwrap().path());
    let sources = sources.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let is_of_feature = |path: &Path| path.ends_with("feature_extraction.rs") || path.ends_with("toy_resnet_mpi.rs");
    for source in sources.filter(|path| !is_of_feature(path)) {
        let name = source.file_stem().unwrap();
        let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../debug/examples").join(name);
        let flags = ["--samples", "20", "--epochs", "1", "--batch-size", "10", "--out"];
        let output = Command::new(program).args(flags).arg(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {said}", source.display());
        assert!(folder.path().join(name).with_extension("svg").is_file(), "{}: no picture", source.display());
    }
}
