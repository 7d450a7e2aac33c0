//! Files that are not what they should be, and files that were not finished.

mod common;

use std::path::Path;

use common::{bits, dense, largest};
use model_core::file::{FileProblem, Save};
use model_core::interpret::Model;
use model_core::losses::SparseCategoricalCrossentropy;
use model_core::optimizers::Adam;
use model_core::training::Train;
use model_core::{Error, Result};
use safetensors::tensor::{Dtype, TensorView};

fn model() -> Model {
    dense(&[3, 2], "linear")
}

/// The bytes of a file with training.
fn saved(folder: &Path) -> Vec<u8> {
    let path = folder.join("saved");
    let (x, y) = largest(8, 3);
    let mut model = model();
    let mut trainer = model.compile(Adam::new(0.1), SparseCategoricalCrossentropy::from_logits());
    trainer.train_on_batch(&x, y.mapv(|label| label % 2)).unwrap();
    trainer.save(&path).unwrap();
    std::fs::read(path).unwrap()
}

/// Loads bytes in every way, each of which must fail and leave the model as it was; gives what the first says behind the file's name.
fn refused(folder: &Path, bytes: &[u8]) -> String {
    let path = folder.join("bad");
    std::fs::write(&path, bytes).unwrap();
    let mut model = model();
    let before = bits(&model);
    let error = model.load_weights(&path).unwrap_err();
    assert!(model.resume(&path).is_err() && Model::load(&path).is_err(), "{error}");
    assert_eq!(bits(&model), before);
    let text = error.to_string();
    text.strip_prefix(&format!("`{}`: ", path.display())).unwrap_or_else(|| panic!("the file is named: {text}")).to_owned()
}

#[test]
fn every_changed_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let good = saved(folder.path());
    let header = 8 + u64::from_le_bytes(good[..8].try_into().unwrap()) as usize;
    for place in 0..good.len() {
        // Of the data, which only the checksum tells, a few will do.
        if place < header || place % 5 == 0 {
            let mut bad = good.clone();
            bad[place] ^= 1 << (place % 8);
            refused(folder.path(), &bad);
        }
    }
}

#[test]
fn every_shorter_or_longer_file_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let good = saved(folder.path());
    for len in (0..good.len()).step_by(7) {
        refused(folder.path(), &good[..len]);
    }
    let found = good.len() - 1;
    let text = refused(folder.path(), &good[..found]);
    let expected = format!("the file is cut short: expected {} bytes up to the end of `out/kernel`, found {found}", good.len());
    assert_eq!(text, expected);
    refused(folder.path(), &[good.as_slice(), &[0]].concat());
    let text = refused(folder.path(), &u64::MAX.to_le_bytes());
    assert!(text.starts_with("the file is damaged or of another kind: expected a whole safetensors file"), "{text}");
}

#[test]
fn files_of_others_are_told_from_ours() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let tensor = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    let foreign = safetensors::serialize([("out/kernel", tensor)], None).unwrap();
    let text = refused(folder.path(), &foreign);
    assert!(text.starts_with("the file has no `functional_model` in its metadata"), "{text}");

    let path = folder.path().join("other");
    dense(&[3, 4], "linear").save(&path)?;
    let error = model().load_weights(&path).unwrap_err().to_string();
    assert!(error.ends_with("the file is another model's: `out.config.units` differs: expected `2`, found `4`"), "{error}");
    dense(&[3, 2, 2], "linear").save(&path)?;
    let error = model().load_weights(&path).unwrap_err().to_string();
    assert!(error.contains("the file is another model's"), "{error}");

    model().save(&path)?;
    let Err(Error::File { problem: FileProblem::NoTraining, .. }) = model().resume(&path).map(|_| ()) else { panic!() };
    let missing = folder.path().join("missing");
    let Err(Error::File { path, problem: FileProblem::Io(_) }) = Model::load(&missing) else { panic!() };
    assert_eq!(path, missing);
    assert!(Model::load(folder.path()).is_err(), "a folder is no file");
    Ok(())
}

/// The program runs itself to be killed while it saves again and again.
#[test]
fn a_killed_writer_leaves_a_whole_file() {
    const VARIABLE: &str = "FUNCTIONAL_MODEL_TEST_SAVES_TO";
    let big = || dense(&[300, 300], "linear");
    if let Some(path) = std::env::var_os(VARIABLE) {
        loop {
            big().save(Path::new(&path)).unwrap();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    big().save(&path).unwrap();
    let old = std::fs::read(&path).unwrap();
    for _ in 0..5 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_killed_writer_leaves_a_whole_file"])
            .env(VARIABLE, &path)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        // Any moment will do: at each of them the file must be whole.
        for _ in 0..50 {
            assert!(std::fs::read(&path).unwrap() == old);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(std::fs::read(&path).unwrap() == old);
    }
}
