//! Layers that adapt to data before training: the statistics, the files that keep them, and what is refused.

use model_core::Error;
use model_core::interpret::Model;
use model_core::training::Predict;
use ndarray::{Array, Array1, Array2, Array3, array};

fn model(arguments: &str, shape: &str) -> Model {
    let configuration = format!(
        r#"{{"class_name": "Functional", "config": {{"name": "net", "layers": [
            {{"class_name": "InputLayer", "name": "x", "config": {{"name": "x", "batch_shape": [null, {shape}], "dtype": "float32"}},
              "inbound_nodes": []}},
            {{"class_name": "Normalization", "name": "normalization", "config": {{"name": "normalization", {arguments}}},
              "inbound_nodes": [{{"args": [{{"class_name": "__keras_tensor__", "config":
                {{"shape": [null, {shape}], "dtype": "float32", "keras_history": ["x", 0, 0]}}}}], "kwargs": {{}}}}]}}],
            "input_layers": [["x", 0, 0]], "output_layers": [["normalization", 0, 0]]}}}}"#
    );
    Model::from_config(&configuration, 0).unwrap()
}

fn statistics(model: &Model) -> [Vec<f32>; 2] {
    ["mean", "variance"].map(|name| model.weight(&format!("normalization/{name}")).unwrap().data.to_vec())
}

/// The numbers that Keras's `adapt` gives for `numpy.arange(24).reshape(4, 2, 3) ** 2 / 10`.
#[test]
fn statistics_are_those_of_keras() {
    let data = Array3::from_shape_vec((4, 2, 3), (0..24_u16).map(|i| f64::from(i * i) / 10.0).collect()).unwrap();
    let cases: [(&str, &[f32], &[f32]); 4] = [
        ("[-1]", &[15.75, 17.95, 20.35], &[225.382_5, 266.962_5, 312.322_5]),
        ("[1]", &[14.566_667, 21.466_667], &[196.828_89, 322.868_9]),
        ("[]", &[18.016_666], &[271.751_4]),
        ("[1, 2]", &[12.6, 14.5, 16.6, 18.9, 21.4, 24.1], &[158.76, 192.96, 230.76, 272.16, 317.16, 365.76]),
    ];
    for (axis, mean, variance) in cases {
        let mut net = model(&format!("\"axis\": {axis}"), "2, 3");
        net.adapt("normalization", &data).unwrap();
        for (found, expected) in statistics(&net).iter().zip([mean, variance]) {
            let is_close = |(found, expected): (&f32, &f32)| (found - expected).abs() <= 1e-6 * expected;
            assert!(found.len() == expected.len() && found.iter().zip(expected).all(is_close), "{axis}: {found:?}");
        }
    }
}

#[test]
fn what_was_learnt_is_saved_and_loaded() {
    let mut net = model("\"axis\": [-1]", "2");
    net.adapt("normalization", &array![[1.0, 10.0], [3.0, 30.0]]).unwrap();
    let path = tempfile::tempdir().unwrap().keep().join("net.safetensors");
    model_core::file::Save::save(&net, &path).unwrap();
    let loaded = Model::load(&path).unwrap();
    assert_eq!(statistics(&loaded), [vec![2.0, 20.0], vec![1.0, 100.0]]);
    let x = array![[3.0_f32, 20.0], [0.0, 0.0]];
    assert_eq!(loaded.predict(&x).unwrap(), array![[1.0, 0.0], [-2.0, -2.0]].into_dyn());
}

#[test]
fn a_feature_that_never_changes_is_moved_and_divided_by_little() {
    let mut net = model("\"axis\": [-1]", "1");
    net.adapt("normalization", &Array1::from_elem(5, 3.0)).unwrap();
    assert_eq!(statistics(&net), [vec![3.0], vec![0.0]]);
    assert_eq!(net.predict(&array![[3.0_f32], [4.0]]).unwrap(), array![[0.0], [1.0 / 1e-7]].into_dyn());
}

fn check(mut net: Model, path: &str, data: &Array2<f32>, message: &str) {
    let error: Error = net.adapt(path, data).unwrap_err();
    assert_eq!(error.to_string(), message);
}

#[test]
fn data_that_does_not_fit_is_refused_and_changes_nothing() {
    let net = || model("\"axis\": [-1]", "3");
    check(net(), "normalization", &Array::zeros((0, 3)), "array `data` has no samples: expected at least 1, found 0");
    check(
        net(),
        "normalization",
        &array![[1.0, 2.0, 3.0], [1.0, f32::NAN, 3.0]],
        "sample 1 of array `data` is not finite: expected numbers, found infinity or NaN",
    );
    check(
        net(),
        "normalization",
        &Array::zeros((3, 2)),
        "array `data` has the wrong shape: expected samples with axis -1 of [3], found [3, 2]\nhelp: give an array of samples as the layer is called with them, the batch first",
    );
    check(
        net(),
        "normalisation",
        &Array::zeros((3, 3)),
        "there is no layer `normalisation`: expected `normalization`\nhelp: did you mean `normalization`?",
    );
    check(
        model(r#""axis": [-1], "mean": 0, "variance": 1"#, "3"),
        "normalization",
        &Array::zeros((3, 3)),
        "`Normalization` cannot be adapted to data: its `mean` and `variance` are given\nhelp: leave both out",
    );
    let mut net = net();
    net.adapt("normalization", &array![[1.0, 2.0, f64::INFINITY]]).unwrap_err();
    assert_eq!(statistics(&net), [vec![0.0; 3], vec![1.0; 3]]);
}
