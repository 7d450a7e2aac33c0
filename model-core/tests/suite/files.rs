//! Files that are not what they should be, and files that were not finished.

use std::path::Path;

use crate::common::{bits, checked, dense, largest};
use model_core::file::{FileProblem, Save};
use model_core::interpret::Model;
use model_core::losses::SparseCategoricalCrossentropy;
use model_core::optimizers::Adam;
use model_core::training::Train;
use model_core::{Error, Result};
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

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

/// A file whose document says something else, with the right checksum.
fn saying(file: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let (header, data) = file[8..].split_at(u64::from_le_bytes(file[..8].try_into().unwrap()) as usize);
    let mut header: Value = serde_json::from_slice(header).unwrap();
    let text = &mut header["__metadata__"]["functional_model"];
    let mut document: Value = serde_json::from_str(text.as_str().unwrap()).unwrap();
    change(&mut document);
    *text = document.to_string().into();
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    checked([&(header.len() as u64).to_le_bytes(), header.as_slice(), data].concat())
}

#[test]
fn numbers_that_no_training_leaves_are_refused_and_named() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let good = saved(folder.path());
    let content = safetensors::SafeTensors::deserialize(&good).unwrap();
    let start = |name: &str| content.tensor(name).unwrap().data().as_ptr().addr() - good.as_ptr().addr();
    let with = |name: &str, number: f32| {
        let mut bad = good.clone();
        bad[start(name)..][..4].copy_from_slice(&number.to_le_bytes());
        checked(bad)
    };
    let path = folder.path().join("bad");
    let check = |name: &str, number: f32, expected: &str| {
        std::fs::write(&path, with(name, number)).unwrap();
        let error = model().resume(&path).map(|_| ()).unwrap_err().to_string();
        assert_eq!(error, format!("`{}`: `{name}` is out of range: expected {expected}", path.display()));
    };
    check("out/kernel", f32::NAN, "finite numbers, found infinity or NaN");
    check("out/bias", f32::NEG_INFINITY, "finite numbers, found infinity or NaN");
    check("optimizer/out/kernel/momentum", f32::NAN, "finite numbers, found infinity or NaN");
    check("optimizer/out/bias/velocity", -1e-30, "numbers of at least 0, found one below");
    let text = refused(folder.path(), &with("out/kernel", f32::INFINITY));
    assert_eq!(text, "`out/kernel` is out of range: expected finite numbers, found infinity or NaN");

    // What could not be read again is not written.
    let (mut bad, path) = (model(), folder.path().join("saved"));
    bad.weight_mut("out/kernel").unwrap().data[1] = f32::NAN;
    for name in ["bad.keras", "bad.weights.h5"] {
        let path = folder.path().join(name);
        let saved = if name.ends_with("keras") { bad.save(&path) } else { bad.save_weights(&path) };
        assert!(saved.unwrap_err().to_string().contains("`out/kernel` is out of range: expected finite numbers"));
        assert!(!path.exists());
    }
    let error = bad.save(&path).unwrap_err().to_string();
    assert!(error.ends_with("`out/kernel` is out of range: expected finite numbers, found infinity or NaN"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), good);
    Ok(())
}

#[test]
fn what_a_file_says_of_training_is_what_it_can_say() {
    let folder = tempfile::tempdir().unwrap();
    let good = saved(folder.path());
    let text = refused(
        folder.path(),
        &saying(&good, |document| document["config"]["config"]["layers"][1]["config"]["trainable"] = "perhaps".into()),
    );
    assert_eq!(text, "the file is another model's: `out.config.trainable` differs: expected `true`, found `\"perhaps\"`");

    let path = folder.path().join("counted");
    let resume = |key: &str, number: Value| {
        std::fs::write(&path, saying(&good, |document| document["training"][key] = number)).unwrap();
        let mut model = model();
        let trained = model.resume(&path).map(|trainer| (trainer.epochs(), trainer.iterations()));
        trained.map_err(|error| error.to_string().replace(&format!("`{}`: ", path.display()), ""))
    };
    for key in ["epochs", "iterations"] {
        for number in [json!(u64::MAX), json!(1_u64 << 53), json!(-1), json!(0.5), json!("1"), json!(null)] {
            let expected =
                format!("the file's document has no valid `{key}`: expected a whole number from 0 to 9007199254740991");
            assert_eq!(resume(key, number), Err(expected));
        }
    }
    assert_eq!(resume("epochs", json!((1_u64 << 53) - 1)), Ok(((1 << 53) - 1, 1)));
    assert_eq!(resume("seed", json!(u64::MAX)), Ok((0, 1)));
    let expected = "the file's document has no valid `seed`: expected a whole number from 0 to 18446744073709551615";
    assert_eq!(resume("seed", json!(-1)), Err(expected.to_owned()));
}

#[test]
fn names_that_say_another_format_are_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = model();
    for name in ["model.h5", "model.onnx", "model.ckpt"] {
        let path = folder.path().join(name);
        let expected = |error: Error| {
            let text = error.to_string();
            assert!(text.contains("expected `.safetensors`, `.keras`, or no ending\nhelp: write `model.safetensors`"), "{text}");
        };
        expected(model.save(&path).unwrap_err());
        expected(model.compile(Adam::new(0.1), SparseCategoricalCrossentropy::new()).save(&path).unwrap_err());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    for name in ["model.safetensors", "model", "net-0.25"] {
        model.save(folder.path().join(name)).unwrap();
    }
}

#[test]
fn files_of_others_are_told_from_ours() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let tensor = TensorView::new(Dtype::F32, vec![1], &[0; 4]).unwrap();
    let foreign = safetensors::serialize([("out/kernel", tensor)], None).unwrap();
    let path = folder.path().join("other");
    std::fs::write(&path, &foreign).unwrap();
    let text = Model::load(&path).unwrap_err().to_string();
    assert!(text.contains("the file has no `functional_model` in its metadata"), "{text}");
    // Weights alone may be anybody's.
    let text = model().load_weights(&path).unwrap_err().to_string();
    let expected = "expected `out/bias`, found none: `out/kernel`: expected [3, 2] of F32, found [1] of F32";
    assert!(text.ends_with(expected), "{text}");

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
    // What the killed have left is removed by the next.
    big().save(&path).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
