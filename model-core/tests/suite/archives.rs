//! Archives of Keras's, `.keras`: random models that Keras has trained, saved and gone on with. `tests/archives/generate.py` makes them.
//!
//! `ARCHIVES=folder` takes those of another folder, and `WRITTEN=folder` leaves what is written there, for `generate.py --check` to read.

use std::path::{Path, PathBuf};

use crate::common::parity::tensor;
use model_core::file::{Contents, Differences, Kind, Save as _, read_bytes};
use model_core::given::{AnyArray, Arrays};
use model_core::interpret::Model;
use model_core::network::Network as _;
use model_core::training::{Predict as _, Train as _};
use ndarray::ArrayD;
use safetensors::SafeTensors;

const OWN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/archives");

/// The inputs of a model, in order.
struct All(Vec<(String, ArrayD<f32>)>);

impl Arrays for All {
    fn visit<'a>(&'a self, visitor: &mut dyn FnMut(Option<&'a str>, AnyArray<'a>)) {
        self.0.iter().for_each(|(name, array)| visitor(Some(name), AnyArray::from(array)));
    }
}

fn check(path: &Path, written: Option<&Path>) -> Result<f32, String> {
    let bytes = std::fs::read(path.with_extension("safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let of = |name: &str| tensor(&file, name).mapv(|x| x as f32);
    let arrays: Vec<_> =
        (0..).map_while(|i| file.tensor(&format!("input/{i}")).ok().map(|_| of(&format!("input/{i}")))).collect();
    let mut worst: f32 = 0.0;
    let mut close = |found: &ArrayD<f32>, name: &str| {
        let expected = of(name);
        let scale = expected.iter().fold(1.0_f32, |scale, x| scale.max(x.abs()));
        let error = found.iter().zip(&expected).fold(0.0_f32, |error, (a, b)| error.max((a - b).abs() / scale));
        worst = worst.max(error);
        if found.shape() == expected.shape() && error <= 1e-5 { Ok(()) } else { Err(format!("{name}: {error:e}")) }
    };
    let said = |error: model_core::Error| error.to_string();
    let mut model = Model::load(path).map_err(said)?;
    let names: Vec<String> = model.graph().inputs.iter().map(|port| port.name.clone()).collect();
    let inputs = || All(names.iter().cloned().zip(arrays.iter().cloned()).collect());
    close(&model.predict(inputs()).map_err(said)?, "output")?;
    let mut trainer = model.resume(path).map_err(said)?;
    let folder = tempfile::tempdir().unwrap();
    let folder = written.unwrap_or(folder.path());
    let name = path.file_stem().unwrap().to_string_lossy().into_owned();
    let before = folder.join(format!("{name}.before.keras"));
    trainer.save(&before).map_err(said)?;
    if file.tensor("output_after").is_err() {
        return Ok(worst);
    }
    trainer.train_on_batch(inputs(), of("target")).map_err(said)?;
    close(&trainer.predict(inputs()).map_err(said)?, "output_after")?;
    // What was written goes on as what was read.
    let mut again = Model::load(&before).map_err(said)?;
    let mut resumed = again.resume(&before).map_err(said)?;
    resumed.train_on_batch(inputs(), of("target")).map_err(said)?;
    close(&resumed.predict(inputs()).map_err(said)?, "output_after")?;
    drop(trainer);
    model.save(folder.join(format!("{name}.after.keras"))).map_err(said)?;
    Ok(worst)
}

#[test]
fn what_keras_saves_goes_on_here_and_back() {
    let folder = std::env::var_os("ARCHIVES").map_or_else(|| PathBuf::from(OWN), PathBuf::from);
    let written = std::env::var_os("WRITTEN").map(PathBuf::from);
    let is_archive = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "keras");
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(is_archive).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let results: Vec<_> = paths.iter().map(|path| (path, check(path, written.as_deref()))).collect();
    let failed: Vec<String> =
        results.iter().filter_map(|(path, result)| Some(format!("{}: {}", path.display(), result.as_ref().err()?))).collect();
    let worst = results.iter().filter_map(|(_, result)| result.as_ref().ok()).fold(0.0_f32, |a, b| a.max(*b));
    println!("{} models, largest difference {worst:e}", paths.len() - failed.len());
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), paths.len(), failed.join("\n"));
}

fn case(name: &str) -> (PathBuf, ArrayD<f32>, ArrayD<f32>) {
    let folder = Path::new(OWN).join("old");
    let bytes = std::fs::read(folder.join(format!("{name}.safetensors"))).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let of = |name: &str| tensor(&file, name).mapv(|x| x as f32);
    (folder, of("input"), of("output"))
}

fn check_outputs(found: &ArrayD<f32>, expected: &ArrayD<f32>) {
    assert_eq!(found.shape(), expected.shape());
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() <= 1e-5), "{found} for {expected}");
}

/// Whole models and weights alone, as tf.keras 2 saves them, and every way of saving weights from there.
#[test]
fn old_files_are_read_whole_and_by_their_weights() {
    let scratch = tempfile::tempdir().unwrap();
    for name in ["words", "pictures"] {
        let (folder, x, expected) = case(name);
        let model = Model::load(folder.join(format!("{name}.h5"))).unwrap();
        check_outputs(&model.predict(&x).unwrap(), &expected);
        let mut paths = vec![folder.join(format!("{name}.h5")), folder.join(format!("{name}_alone.h5"))];
        for ending in ["weights.h5", "safetensors"] {
            let path = scratch.path().join(format!("{name}.{ending}"));
            model.save_weights(&path).unwrap();
            paths.push(path);
        }
        for ending in ["keras", "safetensors"] {
            let path = scratch.path().join(format!("whole_{name}.{ending}"));
            model.save(&path).unwrap();
            paths.push(path);
        }
        for path in paths {
            let mut other = Model::from_config(&model.config(), 3).unwrap();
            other.load_weights(&path).unwrap_or_else(|error| panic!("{error}"));
            check_outputs(&other.predict(&x).unwrap(), &expected);
            let mut other = Model::from_config(&model.config(), 3).unwrap();
            assert_eq!(other.load_weights_by_name(&path, false).unwrap(), Differences::default(), "{}", path.display());
            check_outputs(&other.predict(&x).unwrap(), &expected);
        }
    }
    // An archive's layers may have other names, as they do whenever Keras has made another model before.
    let (_, x, expected) = case("pictures");
    let names = [("separable_conv2d", "apart"), ("\"conv2d\"", "\"first\""), ("\"dense\"", "\"right\""), ("image", "picture")];
    let config = Model::load(Path::new(OWN).join("old/pictures.h5")).unwrap().config();
    let renamed = names.iter().fold(config, |config, (from, to)| config.replace(from, to));
    let mut other = Model::from_config(&renamed, 3).unwrap();
    other.load_weights(scratch.path().join("whole_pictures.keras")).unwrap_or_else(|error| panic!("{error}"));
    check_outputs(&other.predict(&x).unwrap(), &expected);
    let error = other.load_weights(scratch.path().join("whole_words.keras")).unwrap_err().to_string();
    assert!(error.contains("the file is another model's"), "{error}");
    println!("{error}");

    let error = Model::load(Path::new(OWN).join("old/words_alone.h5")).unwrap_err().to_string();
    assert!(error.contains("the file has weights and no model"), "{error}");
    let mut pictures = Model::load(Path::new(OWN).join("old/pictures.h5")).unwrap();
    let before = pictures.predict(&case("pictures").1).unwrap();
    let error = pictures.load_weights(Path::new(OWN).join("old/words_alone.h5")).unwrap_err().to_string();
    assert!(
        error.contains("the file's tensors are not the model's") && error.contains("expected [2, 2, 2, 3] of F32"),
        "{error}"
    );
    assert_eq!(pictures.predict(&case("pictures").1).unwrap(), before);
}

#[test]
fn what_is_in_a_file_is_told() {
    let check = |name: &str, kind: Kind, writer: Option<&str>, counts: (usize, usize), has_training: bool| {
        let bytes = read_bytes(Path::new(OWN).join(name)).unwrap();
        let Contents { kind: found, writer: by, weights, others, training, model, .. } = Contents::of(&bytes).unwrap();
        assert_eq!((found, by.as_deref(), model.is_some()), (kind, writer, kind.has_model()), "{name}");
        assert_eq!(((weights.len(), others.len()), training.is_some()), (counts, has_training), "{name}");
        others.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    let others = check("random_10.keras", Kind::Keras, Some("Keras 3.15.1"), (6, 15), true);
    let variables: Vec<String> = (0..15).map(|number| format!("optimizer/vars/{number}")).collect();
    assert_eq!(others, variables);
    check("old/pictures.h5", Kind::KerasH5, Some("Keras 2.21.0"), (13, 0), false);
    check("old/pictures_alone.h5", Kind::KerasWeightsByLayer, None, (13, 0), false);
    check("random_10.safetensors", Kind::Weights, None, (11, 0), false);
}
