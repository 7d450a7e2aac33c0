//! `convert`: what it writes, and what it says is left behind.

use functional_model::ndarray::array;
use functional_model::prelude::{IntoOptimizer, Model, Predict, SGD, Save};
use serde_json::json;

use crate::support::{Ran, dense, folder, line, save_trained, sequential, with_weights};

#[test]
fn every_format_becomes_every_other() {
    let folder = folder();
    let kept = ["line.safetensors", "again.keras", "web/", "web/model.json"];
    for to in kept {
        let ran = folder.run(&format!("convert line.keras {to}"));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{to}");
    }
    for from in ["line.safetensors", "again.keras", "web"] {
        folder.check(&format!("diff line.keras {from}"), "architecture: the same\nweights: the same, 2 in all\n");
    }
    let note = "note: left behind: the weights\n";
    let out = "line.keras (`.keras` of Keras 3) -> line.json (JSON of Keras 3, the model without weights)\n";
    assert_eq!(folder.run("convert line.keras line.json"), Ran { code: Some(0), out: out.to_owned(), err: note.to_owned() });
    let note = "note: left behind: the model: its layers and how they are connected\n";
    for to in ["line.weights.h5", "line.npz", "alone.safetensors --weights-only"] {
        let ran = folder.run(&format!("convert line.keras {to}"));
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), note), "{to}");
    }
    for weights in ["line.weights.h5", "line.npz", "alone.safetensors", "line.safetensors"] {
        assert_eq!(folder.run(&format!("convert line.json both.keras --weights {weights}")).code, Some(0));
        assert_eq!(
            Model::load(folder.path("both.keras")).unwrap().predict(&array![[3.0, 4.0]]).unwrap(),
            array![[11.5]].into_dyn()
        );
    }
    assert_eq!(folder.run("convert line.keras line.onnx").code, Some(0));
    assert!(folder.path("line.onnx").exists());
}

#[test]
fn training_goes_along_where_there_is_a_place_for_it() {
    let folder = folder();
    save_trained(&folder, "trained.keras");
    folder.check(
        "convert trained.keras trained.safetensors",
        "trained.keras (`.keras` of Keras 3) -> trained.safetensors (`.safetensors` of functional-model)\n",
    );
    let training = |name: &str| {
        let json = folder.run(&format!("check {name} --json")).json();
        (json["training"]["iterations"].clone(), json["training"]["compile_config"]["loss"].clone(), json["not_read"].clone())
    };
    assert_eq!(training("trained.safetensors"), training("trained.keras"));
    let converted = folder.run("convert trained.keras trained.onnx --json").json();
    let left = json!({
        "written": "trained.onnx", "format": "ONNX", "left_behind": ["how it was trained, and what the optimizer remembers"],
    });
    assert_eq!(converted, left);
    let ran = folder.run("convert trained.keras drawn.keras --seed 3");
    assert_eq!(ran.err, "note: left behind: how it was trained, and what the optimizer remembers\n");
    assert_eq!(folder.run("diff trained.keras drawn.keras").code, Some(1));
}

#[test]
fn what_has_no_weights_is_not_made_up() {
    let folder = folder();
    folder.write("line.json", &line().config());
    let error = "\
error: `line.json`: it is JSON of Keras, a model without weights
help: `--weights FILE` takes them from another file, `--seed 42` draws them
";
    folder.check_error("convert line.json new.keras", error);
    assert!(!folder.path("new.keras").exists());
    line().save_weights(folder.path("line.weights.h5")).unwrap();
    let error = "\
error: `line.weights.h5`: it is `.weights.h5` of Keras, weights alone
help: name the file of the model, and this one behind `--weights`
";
    folder.check_error("convert line.weights.h5 new.keras", error);
    let error = "\
error: `new.h5`: the name does not tell a format that is written
help: write `.keras`, or `.weights.h5` for weights alone
";
    folder.check_error("convert line.keras new.h5", error);
}

#[test]
fn an_optimizer_without_a_loss_goes_along() {
    let folder = folder();
    let model = line();
    let optimizer = SGD::new(0.5).momentum(0.75).prepare(&model);
    optimizer.save(&model, folder.path("by_hand.safetensors")).unwrap();
    folder.check(
        "convert by_hand.safetensors by_hand.keras",
        "by_hand.safetensors (`.safetensors` of functional-model) -> by_hand.keras (`.keras` of Keras 3)\n",
    );
    let checked = folder.run("check by_hand.keras --json").json();
    assert_eq!(checked["training"]["compile_config"]["optimizer"]["config"]["momentum"], 0.75);
    assert_eq!(checked["not_read"], json!([]));
}

#[test]
fn weights_are_taken_by_the_names_of_layers() {
    let folder = folder();
    let layers = [dense("dense", 1), dense("head", 2)];
    let deeper = with_weights(sequential("deeper", json!([null, 2]), &layers), &[0.0, 0.0, 0.0, 3.0, 4.0, 5.0, 6.0]);
    deeper.save(folder.path("deeper.keras")).unwrap();
    let notes = "\
note: `head/kernel` is not in `line.keras`, and stays as it is
note: `head/bias` is not in `line.keras`, and stays as it is
";
    let ran = folder.run("convert deeper.keras started.keras --weights line.keras --names");
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), notes));
    folder.run("convert line.keras line.npz");
    let ran = folder.run("convert deeper.keras of_arrays.keras --weights line.npz --names");
    assert_eq!((ran.code, ran.err), (Some(0), notes.replace("line.keras", "line.npz")));
    folder.check("diff started.keras of_arrays.keras", "architecture: the same\nweights: the same, 4 in all\n");
    let error = "\
error: `line.npz`: the file's tensors are not the model's: expected `head/kernel` and `head/bias`, found none
";
    folder.check_error("convert deeper.keras new.keras --weights line.npz", error);
    let started = Model::load(folder.path("started.keras")).unwrap();
    assert_eq!(started.predict(&array![[3.0, 4.0]]).unwrap(), array![[3.0 * 11.5 + 5.0, 4.0 * 11.5 + 6.0]].into_dyn());

    let wider = sequential("wider", json!([null, 3]), &[dense("dense", 1)]);
    wider.save(folder.path("wider.keras")).unwrap();
    let error = "\
error: `line.keras`: the file's tensors are not the model's: `dense/kernel`: expected [3, 1] of F32, found [2, 1] of F32
help: `--skip-mismatch` leaves weights of another shape as they are
";
    folder.check_error("convert wider.keras new.keras --weights line.keras --names", error);
    let json = folder.run("convert wider.keras new.keras --weights line.keras --names --skip-mismatch --json").json();
    let kept = "`dense/kernel` stays as it is: expected [3, 1] of F32, found [2, 1] of F32 in `line.keras`";
    assert_eq!(json["not_taken"], json!([kept]));
    folder.write("wider.json", &wider.config());
    let error = "\
error: `wider.json`: it is JSON of Keras, a model without weights
help: `--names` is for a file with weights: convert it with `--seed 42` first
";
    folder.check_error("convert wider.json new.keras --weights line.keras --names", error);
}
