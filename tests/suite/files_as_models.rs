//! Models whose architectures the macro reads of files: they are the files' models, and load their weights.

use std::path::Path;

use crate::bits::check;
use functional_model::prelude::*;
use ndarray::{Array2, array};

/// Twice what it is given.
#[layer(shape = "[.., n] -> [.., n]")]
#[derive(Clone, Debug)]
pub struct Doubled {}

impl<T: Float> CustomLayer<T> for Doubled {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        &call.inputs + &call.inputs
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients { inputs: &call.d_output + &call.d_output, weights: () }
    }
}

functional_model! {
    /// Attention, and operations.
    pub model Attending = "model-core/tests/archives/random_21.keras";

    /// A Sequential that is called.
    pub model Chained = "model-core/tests/archives/random_28.keras";

    /// Wrapped layers, and weights that are shared.
    #[allow(unused_variables)]
    pub model Wrapped = "model-core/tests/archives/random_45.keras";

    /// A model in it.
    pub model Nested = "model-core/tests/archives/random_60.keras";

    /// Half of that.
    pub model Front = Nested { input_layer -> einsum_dense };

    /// It is called as any other.
    pub model Around(x: [4]) -> [1] {
        Dense(1)(Nested(name = "nested")(x))
    }

    /// A layer of one's own.
    pub(crate) model Own = "tests/files_as_models/own.json";
}

#[test]
fn models_of_files_run_as_their_graphs_do() {
    check(Attending::new(7), Attending::config(), 3, &[]);
    check(Chained::new(7), Chained::config(), 3, &[]);
    check(Wrapped::new(7), Wrapped::config(), 3, &[]);
    check(Nested::new(7), Nested::config(), 3, &[]);
    check(Around::new(7), Around::config(), 3, &[]);
}

/// The archive of a number.
fn archive(number: usize) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("model-core/tests/archives/random_{number}.keras"))
}

#[test]
fn they_load_the_weights_of_their_files_and_of_others_with_the_same_model() {
    let x = array![[0.5, -1.0, 2.0, 0.25], [0.0, 1.0, -0.5, 3.0]];
    let (typed, any) = (Nested::load(archive(60)).unwrap(), Model::load(archive(60)).unwrap());
    let expected = any.predict(&x).unwrap();
    assert_eq!(typed.predict(&x).unwrap(), expected);
    assert_eq!(Front::of(&typed).predict(&x).unwrap().shape()[0], 2);
    // What the file's model is called does not matter.
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved.safetensors");
    any.save(&saved).unwrap();
    assert_eq!(Nested::load(&saved).unwrap().predict(&x).unwrap(), expected);
    let error = Chained::load(&saved).unwrap_err().to_string();
    assert!(error.contains("the file is another model's: "), "{error}");
}

#[test]
fn layers_of_ones_own_are_those_in_scope() {
    let model = Own::new(3);
    let found = model.predict(&array![[1.0, 2.0, 3.0]]).unwrap();
    let kernel = model.dense.weights.kernel();
    let expected: f32 = (0..3).map(|i| 2.0 * (i + 1) as f32 * kernel[[i, 0]]).sum();
    assert!((found[[0, 0]] - expected).abs() < 1e-5);
}
