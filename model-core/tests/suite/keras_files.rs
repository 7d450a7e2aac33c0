//! Files as Keras writes them, with what it computes from them.

use crate::common::model;
use model_core::file::Save;
use model_core::given::AnyArray;
use model_core::interpret::Model;
use model_core::losses::MeanSquaredError;
use model_core::optimizers::SGD;
use model_core::training::{Predict, Train};
use ndarray::array;
use serde_json::{Value, json};

fn file(name: &str) -> Model {
    let path = format!("../model-graph/tests/keras/{name}.json");
    Model::from_config(&std::fs::read_to_string(path).unwrap(), 1).unwrap()
}

/// Keras writes `Input((3,))` as `float32`, also where the numbers are looked up.
#[test]
fn an_input_of_floats_takes_whole_numbers_where_they_are_looked_up() {
    let model = file("embedding_of_float_input");
    let found = model.predict(&array![[0.0_f32, 1.0, 4.0]]).unwrap();
    assert!(found.iter().all(|number| (number - 1.225).abs() < 1e-6) && found.shape() == [1, 2], "{found}");
    assert_eq!(model.predict(&array![[0, 1, 4]]).unwrap(), found);
    let refused = model.predict(&array![[0.0, 1.5, 4.0]]).unwrap_err().to_string();
    assert!(refused.contains("`words`") && refused.contains("whole numbers from 0 to 4, found 1.5"), "{refused}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("texts.safetensors");
    model.save(&path).unwrap();
    assert_eq!(Model::load(&path).unwrap().predict(&array![[0, 1, 4]]).unwrap(), found);
    assert_eq!(Model::from_config(&model.config(), 1).unwrap().config(), model.config());
}

/// The gate of a squeeze-and-excitation block: each channel times its average.
#[test]
fn axes_of_size_1_are_stretched_where_tensors_are_merged() {
    let model = file("multiply_broadcasts");
    let picture = ndarray::Array::range(0.0_f32, 12.0, 1.0).into_shape_with_order((1, 2, 2, 3)).unwrap();
    let found = model.predict(&picture).unwrap();
    let expected = [0.0, 5.5, 13.0, 13.5, 22.0, 32.5, 27.0, 38.5, 52.0, 40.5, 55.0, 71.5];
    assert_eq!(found.shape(), [1, 2, 2, 3]);
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-5), "{found}");
}

fn layer(class: &str, config: Value) -> Value {
    json!({ "class_name": class, "config": config })
}

/// With and without an `InputLayer`; Keras builds both with floats.
#[test]
fn a_sequence_may_begin_with_an_embedding() {
    let embedding = layer("Embedding", json!({ "name": "table", "input_dim": 5, "output_dim": 2 }));
    let input = layer("InputLayer", json!({ "name": "words", "batch_shape": [null, 3], "dtype": "float32" }));
    for (layers, shape) in [(json!([input, embedding]), Value::Null), (json!([embedding]), json!([null, 3]))] {
        let config = json!({ "name": "texts", "layers": layers, "build_input_shape": shape });
        let model = model(&json!({ "class_name": "Sequential", "config": config }));
        assert_eq!(model.predict(&array![[0.0, 1.0, 4.0]]).unwrap().shape(), [1, 3, 2]);
    }
}

/// An input that is looked up and computed with: what is wrong is said of the file as it is.
#[test]
fn an_input_is_of_one_type() {
    let document = std::fs::read_to_string("../model-graph/tests/keras/embedding_of_float_input.json").unwrap();
    let mut document: Value = serde_json::from_str(&document).unwrap();
    let layers = document["config"]["layers"].as_array_mut().unwrap();
    let mut dense = layer("Dense", json!({ "name": "aside", "units": 2 }));
    (dense["name"], dense["inbound_nodes"]) = (json!("aside"), layers[1]["inbound_nodes"].clone());
    layers.push(dense);
    let refused = Model::from_config(&document.to_string(), 1).unwrap_err().to_string();
    assert!(
        refused.contains("`texts/table` does not fit its inputs") && refused.contains("needs elements of type i32: `words`"),
        "{refused}"
    );
}

/// The deviation of the weight that Keras draws.
#[test]
fn variance_scaling_is_read_with_its_arguments() {
    let model = file("variance_scaling");
    let mut deviation = 0.0;
    for seed in 0..400 {
        let config = model.config();
        let model = Model::from_config(&config, seed).unwrap();
        let kernel = &model.weight("out/kernel").unwrap().data;
        deviation += kernel.iter().map(|w| f64::from(w * w)).sum::<f64>() / kernel.len() as f64 / 400.0;
    }
    assert!((deviation.sqrt() / 0.816_497 - 1.0).abs() < 0.05, "{}", deviation.sqrt());
}

/// `layer 1` is a legal name in Keras: what it is made into can be read again.
#[test]
fn axes_of_inputs_with_any_name_are_read_again() {
    for name in ["layer 1", "a/b.c", "Ärger", "1st", "fn", "a b", "a_b", "HIDDEN", "..."] {
        let layers = json!([
            { "class_name": "InputLayer", "config": { "name": name, "batch_shape": [null, null, 4] } },
            { "class_name": "Dense", "config": { "name": "dense", "units": 2 } },
        ]);
        let model = model(&json!({ "class_name": "Sequential", "config": { "name": "net", "layers": layers } }));
        let again = Model::from_config(&model.config(), 1).unwrap();
        assert_eq!(again.config(), model.config(), "{name}");
        assert_eq!(again.predict(ndarray::Array3::<f32>::zeros((2, 7, 4))).unwrap().shape(), [2, 7, 2]);
    }
}

/// Two inputs whose names differ in signs only have axes of their own.
#[test]
fn axes_of_inputs_are_not_taken_for_one_another() {
    let input = |name: &str| {
        json!({ "class_name": "InputLayer", "name": name, "inbound_nodes": [],
                "config": { "name": name, "batch_shape": [null, null] } })
    };
    let layers = [input("a b"), input("a_b"), input("a-b")];
    let place = |name: &str| json!([name, 0, 0]);
    let ports = json!([place("a b"), place("a_b"), place("a-b")]);
    let config = json!({ "name": "net", "layers": layers, "input_layers": ports, "output_layers": ports });
    let graph = model_graph::config::read(&json!({ "class_name": "Functional", "config": config })).unwrap();
    assert_eq!(graph.names().len(), 3);
}

/// `Subtract()([dense(norm(a)), dense(norm(b))])`: Keras runs the second call of `norm` before the first, whose mean then weighs more.
#[test]
fn calls_of_one_layer_run_in_the_order_of_keras() {
    let tensor = |name: &str, call: usize| json!({ "class_name": "__keras_tensor__", "config": { "shape": [null, 2], "dtype": "float32", "keras_history": [name, call, 0] } });
    let called = |class: &str, config: Value, calls: Vec<Value>| {
        let nodes: Vec<Value> = calls.into_iter().map(|call| json!({ "args": [call], "kwargs": {} })).collect();
        json!({ "class_name": class, "name": config["name"], "config": config, "inbound_nodes": nodes })
    };
    let input = |name: &str| called("InputLayer", json!({ "name": name, "batch_shape": [null, 2] }), Vec::new());
    let both = |name: &str| vec![tensor(name, 0), tensor(name, 1)];
    let config = json!({ "name": "twins", "input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["apart", 0, 0]], "layers": [
        input("a"),
        input("b"),
        called("BatchNormalization", json!({ "name": "norm", "momentum": 0.5 }), vec![tensor("a", 0), tensor("b", 0)]),
        called("Dense", json!({ "name": "dense", "units": 2 }), both("norm")),
        called("Subtract", json!({ "name": "apart" }), vec![both("dense").into()]),
    ] });
    let mut model = model(&json!({ "class_name": "Functional", "config": config }));
    let (a, b) = (array![[1.0_f32, 1.0], [3.0, 3.0]], array![[10.0_f32, 10.0], [30.0, 30.0]]);
    let step = |model: &mut Model| {
        model
            .compile(SGD::new(0.0), MeanSquaredError::new())
            .train_on_batch([("a", AnyArray::from(&a)), ("b", AnyArray::from(&b))], &array![[0.0_f32, 0.0], [0.0, 0.0]])
            .unwrap();
        model.weight("norm/moving_mean").unwrap().data.to_vec()
    };
    // Again from what is written here, whose order is then the graph's.
    let mut again = Model::from_config(&model.config(), 1).unwrap();
    assert_eq!([step(&mut model), step(&mut again)], [[6.0, 6.0], [6.0, 6.0]]);
}
