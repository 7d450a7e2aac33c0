use model_graph::config;
use serde_json::json;

use super::*;

/// The graph's layers in one line, or what is wrong.
fn check(document: &Value, expected: &str) {
    let registry = Registry::default();
    let modern = modern(document, &registry).map_err(|error| error.to_string());
    let graph = modern.and_then(|modern| config::read_with(&modern, &registry).map_err(|error| error.to_string()));
    let found = graph.map(|graph| graph.layers.iter().map(|layer| layer.kind.source()).collect::<Vec<_>>().join(" "));
    assert_eq!(found.unwrap_or_else(|error| error), expected);
}

fn sequential(version: &str, layers: &[Value]) -> Value {
    json!({ "class_name": "Sequential", "keras_version": version, "config": { "name": "net", "layers": layers } })
}

fn layer(class: &str, config: &Value) -> Value {
    json!({ "class_name": class, "config": config })
}

#[test]
fn what_is_of_today_is_left_alone() {
    let document = json!({ "class_name": "Sequential", "config": { "name": "s", "layers": [
        { "class_name": "InputLayer", "config": { "name": "i", "batch_shape": [null, 2] } },
        { "class_name": "Dense", "config": { "name": "d", "units": 1, "activation": "hard_sigmoid" } },
    ] } });
    assert!(matches!(modern(&document, &Registry::default()), Ok(Cow::Borrowed(same)) if *same == document));
    let version = json!({ "class_name": "Sequential", "keras_version": "3.15.1", "config": document["config"] });
    assert!(matches!(modern(&version, &Registry::default()), Ok(Cow::Borrowed(_))));
}

#[test]
fn everything_that_cannot_be_read_is_told() {
    let layers = [
        layer(
            "LSTM",
            &json!({ "name": "l", "output_dim": 2, "inner_activation": "hard_sigmoid", "batch_input_shape": [null, 4, 3] }),
        ),
        layer("MaxoutDense", &json!({ "name": "m", "output_dim": 2 })),
        layer(
            "Convolution2D",
            &json!({ "name": "c", "nb_filter": 2, "nb_row": 3, "nb_col": 3, "dim_ordering": "th", "colour": 1 }),
        ),
        layer("Dense", &json!({ "name": "d", "output_dim": 2, "activation": "hard_sigmoid" })),
        layer("Lambda", &json!({ "name": "f", "function": "raw bytes" })),
        layer("Mine", &json!({ "name": "own" })),
    ];
    let document = json!({ "class_name": "Sequential", "keras_version": "1.2.2", "config": layers });
    let error = modern(&document, &Registry::default()).unwrap_err();
    let places: Vec<String> = error.faults.iter().map(|fault| fault.place.join("/")).collect();
    assert_eq!(places, ["model/l", "model/m", "model/c", "model/c", "model/d", "model/f", "model/own"]);
    let text = error.to_string();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("help")).collect();
    assert_eq!(lines[0], "the document is a model of Keras 1, written by version `1.2.2`, with 7 parts that cannot be read");
    assert_eq!(
        lines[1],
        "`model/l` is a `LSTM` with `inner_activation` \"hard_sigmoid\", which was `clip(0.2 x + 0.5, 0, 1)` then, and is `relu6(x + 3) / 6` now"
    );
    assert_eq!(lines[2], "`model/m` is of class `MaxoutDense`, which Keras has left behind");
    assert_eq!(
        lines[3],
        "`model/c` is a `Convolution2D` with `dim_ordering` \"th\", where tensors have their channels last here"
    );
    assert_eq!(lines[4], "`model/c` cannot be made: `Conv2D` has no argument `colour`");
    assert_eq!(lines[7], "`model/own` is of class `Mine`, a custom layer that was not registered");
}

#[test]
fn hard_sigmoid_is_what_it_was() {
    let gate = layer("Activation", &json!({ "name": "gate", "activation": "hard_sigmoid", "batch_input_shape": [null, 3] }));
    check(&sequential("2.2.4", &[gate]), "Rescaling(1.2) Activation(\"hard_sigmoid\")");
}

#[test]
fn what_a_document_does_not_say_is_what_its_version_did() {
    let gru = json!({ "name": "g", "units": 2, "recurrent_activation": "sigmoid", "batch_input_shape": [null, 4, 3] });
    check(&sequential("2.1.2", &[layer("GRU", &gru)]), "GRU(2, reset_after = false)");
    let cudnn = json!({ "name": "g", "units": 2, "batch_input_shape": [null, 4, 3] });
    check(&sequential("2.2.4", &[layer("CuDNNGRU", &cudnn)]), "GRU(2)");
    check(
        &sequential("2.2.4", &[layer("LSTM", &cudnn)]),
        "the document is a model of Keras 2, written by version `2.2.4`, with 1 part that cannot be read\n\
         `net/g` is a `LSTM` with `recurrent_activation` \"hard_sigmoid\", which was `clip(0.2 x + 0.5, 0, 1)` then, and is `relu6(x + 3) / 6` \
         now\nhelp: make the model with `recurrent_activation = \"sigmoid\"`, and train it so",
    );
    check(&sequential("2.15.0", &[layer("LSTM", &cudnn)]), "LSTM(2)");
}

#[test]
fn a_penalty_on_what_a_layer_gives_is_read_where_it_was_divided_by_the_batch() {
    let penalty = json!({ "class_name": "L1L2", "config": { "l1": 0.0, "l2": 0.5 } });
    let dense = json!({ "name": "d", "units": 2, "activity_regularizer": penalty, "batch_input_shape": [null, 3] });
    check(&sequential("2.2.4-tf", &[layer("Dense", &dense)]), "Dense(2, activity_regularizer = L1L2(l2 = 0.5))");
    let error = modern(&sequential("2.2.4", &[layer("Dense", &dense)]), &Registry::default()).unwrap_err();
    assert!(error.to_string().contains("which was summed over the batch then, and is divided by the batch's size now"));
}

#[test]
fn one_call_may_stand_without_lists_around_it() {
    let input = json!({ "class_name": "InputLayer", "name": "x", "config": { "name": "x", "batch_input_shape": [null, 2] }, "inbound_nodes": [] });
    for nodes in [json!([[["x", 0, 0, {}]]]), json!([["x", 0, 0, {}]]), json!(["x", 0, 0, {}]), json!([[["x", 0, 0]]])] {
        let dense = json!({ "class_name": "Dense", "name": "d", "config": { "name": "d", "units": 2 }, "inbound_nodes": nodes });
        let config =
            json!({ "name": "net", "layers": [input, dense], "input_layers": [["x", 0, 0]], "output_layers": [["d", 0, 0]] });
        check(&json!({ "class_name": "Model", "keras_version": "2.4.0", "config": config }), "Dense(2)");
    }
}

/// A model of two inputs of a size, and of these layers, of which the last gives its output.
fn functional(layers: &[Value]) -> Value {
    let input = |name: &str| json!({ "class_name": "InputLayer", "name": name, "config": { "name": name, "batch_input_shape": [null, 4] }, "inbound_nodes": [] });
    let all: Vec<Value> = ["x", "y"].map(input).into_iter().chain(layers.iter().cloned()).collect();
    let last = &layers.last().unwrap()["name"];
    let config =
        json!({ "name": "net", "layers": all, "input_layers": [["x", 0, 0], ["y", 0, 0]], "output_layers": [[last, 0, 0]] });
    json!({ "class_name": "Functional", "keras_version": "2.3.0-tf", "config": config })
}

#[test]
fn a_layer_of_somebody_s_own_is_not_taken_for_keras_s() {
    let config = json!({ "name": "d", "units": 2, "batch_input_shape": [null, 3] });
    for own in
        [json!({ "registered_name": "Mine>Dense", "module": null }), json!({ "registered_name": "Dense", "module": "__main__" })]
    {
        let mut dense = layer("Dense", &config);
        dense.as_object_mut().unwrap().extend(own.as_object().unwrap().clone());
        let error = modern(&sequential("2.15.0", &[dense]), &Registry::default()).unwrap_err().to_string();
        assert!(error.contains("a custom layer that was not registered"), "{error}");
    }
    let mut dense = layer("Dense", &config);
    dense["module"] = json!("keras.layers");
    check(&sequential("2.15.0", &[dense]), "Dense(2)");
}

#[test]
fn faults_are_counted_up_to_a_number() {
    let lambda = layer("Lambda", &json!({ "name": "f" }));
    let error = modern(&sequential("2.2.4", &vec![lambda; 5000]), &Registry::default()).unwrap_err();
    assert_eq!(error.faults.len(), MOST_FAULTS);
    assert!(
        error
            .to_string()
            .starts_with("the document is a model of Keras 2, written by version `2.2.4`, with 1000 parts and more that")
    );
}

#[test]
fn a_call_that_does_not_train_stays_one() {
    let norm = |training: Value| {
        let nodes = json!([[["x", 0, 0, { "training": training }]]]);
        functional(&[
            json!({ "class_name": "BatchNormalization", "name": "n", "config": { "name": "n" }, "inbound_nodes": nodes }),
        ])
    };
    for (training, infers) in [(json!(false), true), (Value::Null, false)] {
        let document = norm(training);
        let graph = config::read(&modern(&document, &Registry::default()).unwrap()).unwrap();
        assert_eq!(graph.nodes[0].manner.infers(), infers);
    }
    let error = modern(&norm(json!(true)), &Registry::default()).unwrap_err().to_string();
    assert!(error.contains("`net/n` is given `training` true, which is not supported"), "{error}");
}

#[test]
fn nodes_of_graphs_are_operations() {
    let node = |name: &str, op: &str, constants: Value, tensors: Value| {
        let config =
            json!({ "name": op, "node_def": { "op": op, "attr": { "keep_dims": { "b": true } } }, "constants": constants });
        json!({ "class_name": "TensorFlowOpLayer", "name": name, "config": config, "inbound_nodes": [tensors] })
    };
    let layers = [
        node("less", "Sub", json!({ "0": 1.0 }), json!([["x", 0, 0, {}]])),
        node("both", "ConcatV2", json!({ "2": -1 }), json!([["less", 0, 0, {}], ["y", 0, 0, {}]])),
        node("mean", "Mean", json!({ "1": [1] }), json!([["both", 0, 0, {}]])),
    ];
    check(&functional(&layers), "ops::subtract(1.0, _) ops::concatenate(_, axis = -1) ops::mean(_, axis = 1, keepdims = true)");
    let error = modern(&functional(&[node("f", "Fft", json!({}), json!([["x", 0, 0, {}]]))]), &Registry::default()).unwrap_err();
    assert!(error.to_string().contains("`net/f` is the operation `tf.raw_ops.Fft`, which is not supported yet"), "{error}");
}

#[test]
fn models_that_lie_too_deep_are_refused() {
    let dense = layer("Dense", &json!({ "name": "d", "units": 2, "batch_input_shape": [null, 3] }));
    let deep = (0..100).fold(dense, |inner, _| sequential("2.2.4", &[inner]));
    let error = modern(&deep, &Registry::default()).unwrap_err();
    assert!(error.to_string().contains("lies more than 64 deep"));
}
