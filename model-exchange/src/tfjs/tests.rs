use std::collections::BTreeMap;

use model_graph::custom::Registry;
use serde_json::{Value, json};

use super::*;

/// A model of one layer, whose kernel is stored as it is said.
fn dense(weights: &Value) -> Value {
    json!({ "format": "layers-model", "weightsManifest": [{ "paths": ["a.bin", "b.bin"], "weights": weights }], "modelTopology": {
        "class_name": "Sequential", "keras_version": "tfjs-layers 4.22.0", "config": { "name": "net", "layers": [
            { "class_name": "Dense", "config": { "name": "d", "units": 2, "use_bias": false, "batch_input_shape": [null, 2] } },
        ] },
    } })
}

fn kernel(more: &Value) -> Value {
    let mut weight = json!({ "name": "d/kernel", "shape": [2, 2], "dtype": "float32" });
    weight.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!([weight])
}

fn read_with(document: &Value, a: &[u8], b: &[u8]) -> Result<Vec<Vec<f32>>, String> {
    let mut shards = BTreeMap::from([("a.bin".to_owned(), a.to_vec()), ("b.bin".to_owned(), b.to_vec())]);
    let read = read(document.to_string().as_bytes(), &mut shards, &Registry::default());
    read.map(|read| read.weights).map_err(|error| error.to_string())
}

#[test]
fn numbers_of_fewer_bits_are_what_they_stand_for() {
    let quantized = |kind: &str| kernel(&json!({ "quantization": { "dtype": kind, "scale": 0.5, "min": -1.0 } }));
    assert_eq!(read_with(&dense(&quantized("uint8")), &[0, 1, 2], &[255]), Ok(vec![vec![-1.0, -0.5, 0.0, 126.5]]));
    assert_eq!(
        read_with(&dense(&quantized("uint16")), &[0, 0, 1, 0, 0], &[1, 255, 255]),
        Ok(vec![vec![-1.0, -0.5, 127.0, 32766.5]])
    );
    // 1, -2, the least above 0, infinity
    let halves = [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00, 0x00, 0x7c];
    assert_eq!(read_with(&dense(&quantized("float16")), &halves, &[]), Ok(vec![vec![1.0, -2.0, 5.960_464_5e-8, f32::INFINITY]]));
    let error = read_with(&dense(&quantized("int4")), &[0; 4], &[]).unwrap_err();
    assert_eq!(error, "the weight `d/kernel` is of `int4`, expected `uint8`, `uint16` or, of `float32`, `float16`");
}

#[test]
fn sizes_are_held_against_the_shards_before_they_are_read() {
    let error = read_with(&dense(&kernel(&json!({}))), &[0; 15], &[]).unwrap_err();
    assert_eq!(
        error,
        "the shards `a.bin`, `b.bin` hold 15 bytes, expected 16 as their weights say\nhelp: take all files of one model, whole"
    );
    let error = read_with(&dense(&kernel(&json!({ "shape": [1_u64 << 40, 1_u64 << 40] }))), &[0; 16], &[]).unwrap_err();
    assert!(error.starts_with("`model.json` has no shape that memory could hold at `weightsManifest/0/weights/0/shape`"));
}

#[test]
fn weights_that_are_not_those_of_the_layers_are_all_listed() {
    let two =
        json!([{ "name": "d/kernel", "shape": [4], "dtype": "float32" }, { "name": "e/bias", "shape": [1], "dtype": "float32" }]);
    let error = read_with(&dense(&two), &[0; 20], &[]).unwrap_err();
    assert_eq!(
        error,
        "the weights are not those of the layers\nunexpected: `e/bias`\nof another shape: `d/kernel` is [2, 2], found [4]"
    );
    assert_eq!(
        read_with(&dense(&json!([])), &[], &[]).unwrap_err(),
        "the weights are not those of the layers\nmissing: `d/kernel`"
    );
}

#[test]
fn shards_lie_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (inside, outside) = (folder.path().join("model"), folder.path().join("secret.bin"));
    std::fs::create_dir(&inside).unwrap();
    std::fs::write(&outside, [0; 16]).unwrap();
    let mut document = dense(&kernel(&json!({})));
    let mut check = |path: &str, expected: &str| {
        document["weightsManifest"][0]["paths"] = json!([path]);
        let read = read(document.to_string().as_bytes(), &mut Folder(inside.clone()), &Registry::default());
        let error = read.map(|_| ()).unwrap_err().to_string();
        assert_eq!(error.lines().next().unwrap(), expected);
    };
    check("../secret.bin", "the shard `../secret.bin` lies outside the folder");
    check("/etc/passwd", "the shard `/etc/passwd` has a path that is not within a folder");
    check("C:\\secret.bin", "the shard `C:\\secret.bin` has a path that is not within a folder");
    check("http://a/b.bin", "the shard `http://a/b.bin` is on the network");
    check("", "the shard `` has no name");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside, inside.join("link.bin")).unwrap();
        check("link.bin", "the shard `link.bin` cannot be read: it lies outside the folder of `model.json`");
    }
    std::fs::write(inside.join("own.bin"), [0; 16]).unwrap();
    document["weightsManifest"][0]["paths"] = json!(["own.bin"]);
    assert!(read(document.to_string().as_bytes(), &mut Folder(inside), &Registry::default()).is_ok());
}

#[test]
fn graph_models_are_refused() {
    let document = json!({ "format": "graph-model", "modelTopology": { "node": [] }, "weightsManifest": [] });
    assert!(read_with(&document, &[], &[]).unwrap_err().starts_with("`model.json` is a graph of operations"));
}

#[test]
fn all_that_tensorflow_js_lacks_is_listed() {
    let layers = json!([
        { "class_name": "InputLayer", "config": { "name": "x", "batch_shape": [null, 4, 3] } },
        { "class_name": "GRU", "config": { "name": "g", "units": 2, "return_sequences": true } },
        { "class_name": "GroupNormalization", "config": { "name": "n", "groups": 1 } },
        { "class_name": "Dense", "config": { "name": "d", "units": 2, "activation": "hard_sigmoid" } },
    ]);
    let document = json!({ "class_name": "Sequential", "config": { "name": "net", "layers": layers } });
    let graph = model_graph::config::read(&document).unwrap().pruned().flat().unwrap();
    let error = write(&graph, &[]).unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().filter(|line| !line.starts_with("help")).collect();
    assert_eq!(
        lines,
        [
            "TensorFlow.js does not have 3 of the model's parts",
            "`net/g` is a `GRU` with `reset_after` true, which it does not have",
            "`net/n` is `GroupNormalization`, which it does not have",
            "`net/d` is a `Dense` with `activation` \"hard_sigmoid\", which it does not have or means another function by",
        ]
    );
}

#[test]
fn weights_are_cut_into_shards() {
    let layers = json!([
        { "class_name": "InputLayer", "config": { "name": "x", "batch_shape": [null, 1100] } },
        { "class_name": "Dense", "config": { "name": "d", "units": 1000, "use_bias": false } },
    ]);
    let document = json!({ "class_name": "Sequential", "config": { "name": "net", "layers": layers } });
    let graph = model_graph::config::read(&document).unwrap().pruned().flat().unwrap();
    let elements: Vec<f32> =
        (0_u16..1100).flat_map(|row| (0_u16..1000).map(move |column| f32::from(row) - f32::from(column))).collect();
    let files = write(&graph, &[&elements]).unwrap();
    let sizes: Vec<(&str, usize)> = files.shards.iter().map(|(name, bytes)| (name.as_str(), bytes.len())).collect();
    assert_eq!(sizes, [("group1-shard1of2.bin", 4_194_304), ("group1-shard2of2.bin", 205_696)]);
    let mut shards = files.shards.into_iter().collect::<BTreeMap<_, _>>();
    assert_eq!(read(files.model.as_bytes(), &mut shards, &Registry::default()).unwrap().weights, [elements]);
    assert!(write(&graph, &[&[1.0]]).unwrap_err().to_string().contains("expected 1100000 elements of `d/kernel`, found 1"));
}
