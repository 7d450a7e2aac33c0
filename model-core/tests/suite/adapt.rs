//! Layers that adapt to data before training: the statistics, the files that keep them, and what is refused.

use model_core::Error;
use model_core::interpret::Model;
use model_core::training::Predict;
use ndarray::{Array, Array1, Array2, Array3, array};

fn model(arguments: &str, shape: &str) -> Model {
    model_of("Normalization", arguments, shape)
}

fn model_of(class: &str, arguments: &str, shape: &str) -> Model {
    let name = class.to_lowercase();
    let configuration = format!(
        r#"{{"class_name": "Functional", "config": {{"name": "net", "layers": [
            {{"class_name": "InputLayer", "name": "x", "config": {{"name": "x", "batch_shape": [null, {shape}], "dtype": "float32"}},
              "inbound_nodes": []}},
            {{"class_name": "{class}", "name": "{name}", "config": {{"name": "{name}", {arguments}}},
              "inbound_nodes": [{{"args": [{{"class_name": "__keras_tensor__", "config":
                {{"shape": [null, {shape}], "dtype": "float32", "keras_history": ["x", 0, 0]}}}}], "kwargs": {{}}}}]}}],
            "input_layers": [["x", 0, 0]], "output_layers": [["{name}", 0, 0]]}}}}"#
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

/// The bins of a model with `num_bins` of them.
fn bins(bins: usize, epsilon: f64) -> Model {
    model_of("Discretization", &format!("\"num_bins\": {bins}, \"epsilon\": {epsilon}"), "3")
}

/// Numbers that are in no order, and of which some are equal.
fn numbers(count: u64) -> Array1<f64> {
    (0..count).map(|i| (i * 7919 % 1009).pow(2) as f64 / 10.0).collect()
}

fn boundaries(model: &Model) -> Vec<f32> {
    let weight = |name: &str| model.weight(&format!("discretization/{name}")).unwrap().data.to_vec();
    let learnt = weight("adapted_bins")[0] as usize - 1;
    assert!(weight("bin_boundaries")[learnt..].iter().all(|&rest| rest == 0.0));
    weight("bin_boundaries")[..learnt].to_vec()
}

/// The boundaries that Keras's `adapt` gives for the same numbers.
#[test]
fn boundaries_are_those_of_keras() {
    let check = |count, number, epsilon, expected: &[f32]| {
        let mut net = bins(number, epsilon);
        net.adapt("discretization", &numbers(count)).unwrap();
        assert_eq!(boundaries(&net), expected, "{count} numbers, {number} bins");
    };
    check(8, 4, 0.01, &[828.1, 15_760.9, 49_420.9]);
    check(3, 10, 0.01, &[0.0, 49_420.9]);
    check(1, 4, 0.01, &[]);
    check(100, 3, 1.0, &[]);
    check(5000, 7, 0.01, &[2_071.526_4, 8280.392, 18_626.602, 33_228.195, 51_883.58, 74_676.305]);
    let of_20 = [
        249.705, 998.19, 2275.615, 4032.28, 6337.975, 9102.37, 12_436.425, 16_208.82, 20_480.266, 25_351.45, 30_647.504,
        36_530.08, 42_817.613, 49_744.89, 57_040.42, 64_996.06, 73_299.33, 82_283.23, 91_594.68,
    ];
    check(5000, 20, 0.003, &of_20);
    check(777, 13, 0.1, &[960.400_45, 4000.0012, 9000.003, 15_920.104_5, 24_900.104, 36_000.004, 49_000.0, 63_840.1, 80_820.11]);
}

/// Of some numbers of bins Keras makes one more, since it counts them by `1 / (1 / bins)`.
#[test]
fn there_are_never_more_bins_than_were_asked_for() {
    let mut net = bins(49, 0.01);
    net.adapt("discretization", &numbers(300)).unwrap();
    let found = boundaries(&net);
    assert_eq!((found.len(), found[..3].to_vec()), (48, vec![30.479_559, 123.436_57, 350.175_23]));
    let largest = net.predict(Array2::from_elem((1, 3), 1e9_f32)).unwrap();
    assert_eq!(largest, Array::from_elem((1, 3), 48.0).into_dyn());
}

#[test]
fn bins_that_were_learnt_are_saved_and_loaded() {
    let mut net = bins(4, 0.01);
    net.adapt("discretization", &array![[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]]).unwrap();
    let path = tempfile::tempdir().unwrap().keep().join("net.safetensors");
    model_core::file::Save::save(&net, &path).unwrap();
    let loaded = Model::load(&path).unwrap();
    assert_eq!(boundaries(&loaded), [0.0, 0.5, 1.3]);
    let x = array![[-1.5_f32, 1.0, 3.4], [0.0, 0.5, f32::MAX]];
    assert_eq!(loaded.predict(&x).unwrap(), array![[0.0, 2.0, 3.0], [1.0, 2.0, 3.0]].into_dyn());

    let mut one = bins(1, 0.01);
    one.adapt("discretization", &array![[3.0], [4.0]]).unwrap();
    model_core::file::Save::save(&one, &path).unwrap();
    assert_eq!(Model::load(&path).unwrap().predict(&x).unwrap(), Array2::<f32>::zeros((2, 3)).into_dyn());
}

#[test]
fn bins_of_data_that_does_not_fit_are_refused() {
    let check = |mut net: Model, data: &Array2<f32>, message: &str| {
        assert_eq!(net.adapt("discretization", data).unwrap_err().to_string(), message);
    };
    check(bins(4, 0.01), &Array::zeros((0, 3)), "array `data` has no samples: expected at least 1, found 0");
    check(
        bins(4, 0.01),
        &array![[1.0, 2.0], [f32::NAN, 2.0]],
        "sample 1 of array `data` is not finite: expected numbers, found infinity or NaN",
    );
    check(
        model_of("Discretization", "\"bin_boundaries\": [0.0, 1.0]", "3"),
        &Array::zeros((1, 3)),
        "`Discretization` cannot be adapted to data: its `bin_boundaries` are given\nhelp: write `num_bins` in place of them",
    );
}

#[test]
fn a_layer_without_bins_does_not_run() {
    let error = bins(4, 0.01).predict(Array2::<f32>::zeros((2, 3))).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`discretization` has not been adapted to data: it has no boundaries of bins yet\nhelp: adapt it, `model.adapt(\"discretization\", \
         &data)?`, in a compiled model `model.discretization.adapt(&data)?`, or give it `bin_boundaries`"
    );
}
