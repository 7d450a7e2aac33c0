//! Commands that look at files.

use functional_model::prelude::Save;
use serde_json::json;

use crate::support::{dense, folder, line, save_trained, sequential};

#[test]
fn summary_prints_the_layers() {
    let folder = folder();
    let table = "\
Model: \"line\"
┏━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┳━━━━━━━━━┓
┃ Layer (type)   ┃ Output Shape ┃ Param # ┃
┡━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━╇━━━━━━━━━┩
│ x (InputLayer) │ (None, 2)    │       0 │
├────────────────┼──────────────┼─────────┤
│ dense (Dense)  │ (None, 1)    │       3 │
└────────────────┴──────────────┴─────────┘
 Total params: 3 (12.00 B)
 Trainable params: 3 (12.00 B)
 Non-trainable params: 0 (0.00 B)
";
    folder.check("summary line.keras", table);
    let described = json!({
        "name": "line",
        "inputs": [{ "name": "x", "shape": [null, 2] }],
        "outputs": [{ "name": "dense", "shape": [null, 1] }],
        "layers": [{
            "name": "dense", "class": "Dense", "output_shapes": [[null, 1]], "parameters": 3, "trainable": true, "inbound": [["x"]],
        }],
        "parameters": 3,
        "trainable_parameters": 3,
    });
    assert_eq!(folder.run("summary line.keras --json").json(), described);
}

#[test]
fn inspect_tells_of_every_weight() {
    let folder = folder();
    let table = "\
weight    shape   mean    std    min    max  zeros
dense
  kernel    2x1   1.50  0.500   1.00   2.00    0 %
  bias        1  0.500      0  0.500  0.500    0 %

2 weights, 3 numbers: f32
";
    folder.check("inspect line.keras", table);
    let norm = json!({ "class_name": "BatchNormalization", "config": { "name": "norm" } });
    sequential("norm", json!([null, 2]), &[norm]).save(folder.path("norm.safetensors")).unwrap();
    let table = "\
weight              shape  mean  std   min   max  zeros
norm
  gamma                 2  1.00    0  1.00  1.00    0 %
  beta                  2     0    0     0     0  100 %
  moving_mean*          2     0    0     0     0  100 %
  moving_variance*      2  1.00    0  1.00  1.00    0 %

4 weights, 8 numbers: f32
* training does not change it
";
    folder.check("inspect norm.safetensors", table);
    line().save_weights(folder.path("line.weights.h5")).unwrap();
    let weights = folder.run("inspect line.weights.h5 --layer layers/dense --json").json();
    assert_eq!(weights["numbers"], 3);
    let kernel = json!({
        "path": "layers/dense/vars/0", "shape": [2, 1], "dtype": "f32", "trained": null,
        "mean": 1.5, "std": 0.5, "min": 1.0, "max": 2.0, "zeros": 0.0, "not_finite": 0,
    });
    assert_eq!(weights["weights"][0], kernel);
    let error = "error: no layer `dens` has weights\nhelp: these have: dense\n";
    folder.check_error("inspect line.keras --layer dens", error);
}

#[test]
fn source_is_what_one_would_have_written() {
    let source = "\
functional_model! {
    pub model Line(x: [2]) -> [1] {
        Dense(1)(x)
    }
}
";
    folder().check("source line.keras", source);
    assert_eq!(folder().run("source line.keras --json").json(), json!({ "source": source }));
}

#[test]
fn plot_draws() {
    let folder = folder();
    folder.check("plot line.keras line.svg", "drawn to line.svg\n");
    assert!(std::fs::read_to_string(folder.path("line.svg")).unwrap().contains("</svg>"));
    folder.check_error(
        "plot line.keras line.pdf",
        "error: cannot draw to `line.pdf`: expected a name that ends in `.svg`, `.png` or `.dot`\n",
    );
}

#[test]
fn check_tells_what_is_in_a_file() {
    let folder = folder();
    let fine = "\
whole: yes
format: `.keras` of Keras 3
written by: Keras 3.15.1
model: `line`, 1 layer
weights: 2, 3 numbers
";
    folder.check("check line.keras", fine);
    save_trained(&folder, "trained.safetensors");
    let trained = "\
whole: yes
format: `.safetensors` of functional-model
model: `line`, 1 layer
weights: 2, 3 numbers
training: `Adam` after 2 steps, 4 arrays of its own
";
    folder.check("check trained.safetensors", trained);
    folder.write("line.json", &line().config());
    folder.check("check line.json", "whole: yes\nformat: JSON of Keras, a model without weights\nmodel: `line`, 1 layer\n");
    line().save_weights(folder.path("weights.safetensors")).unwrap();
    let alone = "whole: yes\nformat: `.safetensors` of any program, weights alone\nweights: 2, 3 numbers\n";
    folder.check("check weights.safetensors", alone);
    let json = folder.run("check line.keras --json").json();
    assert_eq!((&json["whole"], &json["writer"], &json["numbers"]), (&json!(true), &json!("Keras 3.15.1"), &json!(3)));
}

#[test]
fn check_says_no_to_what_is_not_whole() {
    let folder = folder();
    let whole = std::fs::read(folder.path("line.keras")).unwrap();
    std::fs::write(folder.path("cut.keras"), &whole[..whole.len() / 2]).unwrap();
    let ran = folder.run("check cut.keras");
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    assert!(
        ran.out.starts_with("whole: no\n`cut.keras`: the file of Keras's cannot be read: the archive is damaged"),
        "{}",
        ran.out
    );

    line().save(folder.path("line.safetensors")).unwrap();
    let mut changed = std::fs::read(folder.path("line.safetensors")).unwrap();
    *changed.last_mut().unwrap() ^= 1;
    std::fs::write(folder.path("changed.safetensors"), changed).unwrap();
    let ran = folder.run("check changed.safetensors --json");
    assert_eq!(ran.code, Some(1));
    let json = ran.json();
    assert_eq!(json["whole"], false);
    assert!(json["problem"].as_str().unwrap().contains("the file is damaged: expected the checksum"), "{json}");

    sequential("other", json!([null, 2]), &[dense("a", 1), dense("b", 1)]).save_weights(folder.path("two.weights.h5")).unwrap();
    assert_eq!(folder.run("check two.weights.h5").code, Some(0));
    folder.write(
        "none.json",
        r#"{ "class_name": "Sequential", "config": { "name": "n", "layers": [{ "class_name": "Nonesuch", "config": {} }] } }"#,
    );
    assert_eq!(folder.run("check none.json").code, Some(1));
}

#[test]
fn files_of_old_versions_of_keras_are_told_of() {
    let archives = concat!(env!("CARGO_MANIFEST_DIR"), "/../model-core/tests/archives/old");
    let whole = "\
whole: yes
format: `.h5` of Keras
written by: Keras 2.21.0
model: `pictures`, 6 layers
weights: 13, 112 numbers
";
    let folder = folder();
    folder.check(&format!("check {archives}/pictures.h5"), whole);
    let alone = "whole: yes\nformat: `.h5` of Keras, weights alone by layer\nweights: 13, 112 numbers\n";
    folder.check(&format!("check {archives}/pictures_alone.h5"), alone);
    let same = "architecture: not compared, a file has weights alone\nweights: the same, 13 in all\n";
    folder.check(&format!("diff {archives}/pictures.h5 {archives}/pictures_alone.h5"), same);
}
