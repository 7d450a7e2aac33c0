//! `diff`: in what models differ.

use functional_model::prelude::{Save, functional_model};
use serde_json::json;

use crate::support::{Folder, Ran, dense, folder, line, sequential, with_weights};

#[track_caller]
fn check(folder: &Folder, arguments: &str, code: i32, out: &str) {
    assert_eq!(folder.run(arguments), Ran { code: Some(code), out: out.to_owned(), err: String::new() });
}

#[test]
fn names_and_formats_make_no_difference() {
    let folder = folder();
    let other = with_weights(sequential("other", json!([null, 2]), &[dense("head", 1)]), &[1.0, 2.0, 0.5]);
    other.save(folder.path("other.safetensors")).unwrap();
    check(&folder, "diff line.keras other.safetensors", 0, "architecture: the same\nweights: the same, 2 in all\n");
    line().save_weights(folder.path("line.weights.h5")).unwrap();
    let alone = "architecture: not compared, a file has weights alone\nweights: the same, 2 in all\n";
    check(&folder, "diff line.keras line.weights.h5", 0, alone);
    check(&folder, "diff line.weights.h5 other.safetensors", 0, alone);
    check(&folder, "diff line.weights.h5 line.weights.h5", 0, alone);
    folder.write("line.json", &line().config());
    check(&folder, "diff line.json line.keras", 0, "architecture: the same\nweights: not compared, a file has none\n");
}

#[test]
fn the_weights_that_differ_most_come_first() {
    let folder = folder();
    let other = with_weights(line(), &[1.0, 2.125, 1.5]);
    other.save(folder.path("other.keras")).unwrap();
    let out = "\
architecture: the same
weights: 2 of 2 differ
  weight        largest difference
  dense/bias                  1.00
  dense/kernel               0.125
";
    check(&folder, "diff line.keras other.keras", 1, out);
    let out = "\
architecture: the same
weights: 1 of 2 differ by more than 0.5
  weight      largest difference
  dense/bias                1.00
";
    check(&folder, "diff line.keras other.keras --tolerance 0.5", 1, out);
    let out = "architecture: the same\nweights: none differs by more than 1, 2 in all\n";
    check(&folder, "diff line.keras other.keras --tolerance 1", 0, out);
    let ran = folder.run("diff line.keras other.keras --json");
    assert_eq!(ran.code, Some(1));
    let bias = json!({ "before": "dense/bias", "after": "dense/bias", "same": false, "largest_difference": 1.0 });
    assert_eq!((&ran.json()["same"], &ran.json()["weights"][0]), (&json!(false), &bias));
}

#[test]
fn architectures_are_compared_layer_by_layer() {
    let folder = folder();
    let relu = json!({ "class_name": "Dense", "config": {
        "name": "head", "units": 2, "activation": "relu",
        "kernel_regularizer": { "module": "keras.regularizers", "class_name": "L2", "config": { "l2": 0.5 } },
    } });
    let dropout = json!({ "class_name": "Dropout", "config": { "name": "dropout", "rate": 0.5 } });
    sequential("other", json!([null, 2]), &[dropout, relu]).save(folder.path("other.keras")).unwrap();
    let out = "\
architecture: 5 differences
    `dense`: is called with x -> dropout
    `dense`: units = 1 -> 2
    `dense`: activation = \"linear\" -> \"relu\"
    `dense`: kernel_regularizer = None -> L2(l2=0.5)
  + `dropout` (Dropout)
weights: 2 of 2 differ
  weight                       largest difference
  dense/kernel -> head/kernel    [2, 1] -> [2, 2]
  dense/bias -> head/bias              [1] -> [2]
";
    check(&folder, "diff line.keras other.keras", 1, out);
}

functional_model! {
    model Small(x: [2]) -> [1] {
        let x = SmallEncoder()(x);
        Dense(1, name = "head")(x)
    }

    model SmallEncoder(x: [2]) -> [4] {
        Dense(4, name = "inner")(x)
    }

    model Large(x: [2]) -> [1] {
        let x = LargeEncoder()(x);
        Dense(1, name = "head")(x)
    }

    model LargeEncoder(x: [2]) -> [4] {
        let x = Dropout(0.5)(x);
        Dense(4, name = "inner", activation = "relu")(x)
    }
}

#[test]
fn models_in_models_are_looked_into() {
    let folder = Folder::new();
    Small::new(1).save(folder.path("small.keras")).unwrap();
    Large::new(1).save(folder.path("large.keras")).unwrap();
    let out = "\
architecture: 3 differences
    `small_encoder/inner`: is called with x -> dropout
    `small_encoder/inner`: activation = \"linear\" -> \"relu\"
  + `large_encoder/dropout` (Dropout)
weights: none differs by more than 100, 4 in all
";
    check(&folder, "diff small.keras large.keras --tolerance 100", 1, out);
}
