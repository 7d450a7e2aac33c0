//! `predict` and `evaluate`: what models are given, and what they make of it.

use functional_model::images::save_img;
use functional_model::ndarray::{Array3, ArrayD, IxDyn, array};
use functional_model::npy::{self, Npz, NpzWriter};
use functional_model::prelude::{Model, Save};
use serde_json::json;

use crate::support::{Folder, dense, folder, line, save_trained, sequential, with_weights};

#[test]
fn predictions_are_the_same_of_every_file() {
    let folder = folder();
    npy::write(folder.path("x.npy"), &array![[1.0_f32, 2.0], [3.0, 4.0]]).unwrap();
    npy::write(folder.path("whole.npy"), &array![[1_i64, 2], [3, 4]]).unwrap();
    NpzWriter::new().add("any", &array![[1.0_f64, 2.0], [3.0, 4.0]]).unwrap().save(folder.path("x.npz")).unwrap();
    folder.write("x.csv", "1,2\n3,4\n");
    folder.write("named.csv", "a,b\n1.0,2.0\n3.0,4.0\n");
    for x in ["x.npy", "whole.npy", "x.npz", "x.csv", "named.csv", "x=x.npy", "x=x.npz", "x.npy --batch-size 1"] {
        folder.check(&format!("predict line.keras {x}"), "dense\n5.5\n11.5\n");
    }
    let json = json!({ "files": null, "outputs": [{ "name": "dense", "shape": [2, 1], "values": [[5.5], [11.5]] }] });
    assert_eq!(folder.run("predict line.keras x.npy --json").json(), json);
    folder.check("predict line.keras x.npy -o y.npy", "`dense` [2, 1] -> y.npy\n");
    assert_eq!(npy::read::<f32, IxDyn>(folder.path("y.npy")).unwrap(), array![[5.5], [11.5]].into_dyn());
    folder.check("predict line.keras x.npy -o y.npz", "`dense` [2, 1] -> y.npz\n");
    let y: ArrayD<f32> = Npz::open(folder.path("y.npz")).unwrap().read("dense").unwrap();
    assert_eq!(y.shape(), [2, 1]);
    folder.check("predict line.keras x.npy -o y.csv", "`dense` [2, 1] -> y.csv\n");
    assert_eq!(std::fs::read_to_string(folder.path("y.csv")).unwrap(), "dense\n5.5\n11.5\n");
}

/// Images of 2 x 2 grey pixels: the number of the first pixel, and of the last.
fn pixels() -> Folder {
    let folder = Folder::new();
    let flatten = json!({ "class_name": "Flatten", "config": { "name": "flatten" } });
    let model = sequential("pixels", json!([null, 2, 2, 1]), &[flatten, dense("dense", 2)]);
    with_weights(model, &[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]).save(folder.path("pixels.keras")).unwrap();
    std::fs::create_dir(folder.path("images")).unwrap();
    let image = |first: f32| Array3::from_shape_fn((2, 2, 1), |(y, x, _)| [[first, 0.0], [0.0, 255.0 - first]][y][x]);
    save_img(folder.path("images/a.png"), &image(51.0), false).unwrap();
    save_img(folder.path("images/b.png"), &image(255.0), false).unwrap();
    folder
}

#[test]
fn images_are_scaled_and_classes_named() {
    let folder = pixels();
    folder.check("predict pixels.keras images", "file,dense_0,dense_1\nimages/a.png,51,204\nimages/b.png,255,0\n");
    let scaled = "file,dense_0,dense_1\nimages/a.png,24.5,101\n";
    folder.check("predict pixels.keras x=images/a.png --scale 1/2 --offset -1", scaled);
    folder.write("names.txt", "first\nlast\n");
    let classes = "images/a.png\n     0.800  last\n     0.200  first\nimages/b.png\n      1.00  first\n         0  last\n";
    folder.check("predict pixels.keras images --scale 1/255 --classes names.txt", classes);
    let json = folder.run("predict pixels.keras images/b.png --scale 1/255 --top 1 --json").json();
    assert_eq!(json, json!([{ "sample": "images/b.png", "classes": [{ "class": 0, "name": "class 0", "score": 1.0 }] }]));
    folder.write("few.txt", "first\n");
    let error = "error: `--classes` has 1 names: expected 2, one for each number that the model gives\n";
    folder.check_error("predict pixels.keras images --classes few.txt", error);
    folder.check_error("predict pixels.keras images/c.png", "error: `images/c.png`: there is no such file\n");
}

/// A model with the inputs `a` and `b`, and the outputs `add` and `subtract`.
fn two() -> Folder {
    let folder = Folder::new();
    let history = |name: &str| json!({ "class_name": "__keras_tensor__", "config": { "shape": [null, 1], "dtype": "float32", "keras_history": [name, 0, 0] } });
    let input = |name: &str| json!({ "class_name": "InputLayer", "name": name, "inbound_nodes": [], "config": { "name": name, "batch_shape": [null, 1] } });
    let merge = |class: &str, name: &str| {
        let nodes = json!([{ "args": [[history("a"), history("b")]], "kwargs": {} }]);
        json!({ "class_name": class, "name": name, "inbound_nodes": nodes, "config": { "name": name } })
    };
    let document = json!({ "class_name": "Functional", "config": {
        "name": "two",
        "layers": [input("a"), input("b"), merge("Add", "add"), merge("Subtract", "subtract")],
        "input_layers": [["a", 0, 0], ["b", 0, 0]],
        "output_layers": [["add", 0, 0], ["subtract", 0, 0]],
    } });
    Model::from_config(&document.to_string(), 0).unwrap().save(folder.path("two.keras")).unwrap();
    folder.write("a.csv", "1\n2\n");
    folder.write("b.csv", "10\n20\n");
    folder
}

#[test]
fn several_inputs_and_outputs_go_by_name() {
    let folder = two();
    folder.check("predict two.keras b=b.csv a=a.csv", "add,subtract\n11,-9\n22,-18\n");
    NpzWriter::new()
        .add("b", &array![10.0_f32, 20.0])
        .unwrap()
        .add("a", &array![1_i8, 2])
        .unwrap()
        .save(folder.path("x.npz"))
        .unwrap();
    folder.check("predict two.keras x.npz", "add,subtract\n11,-9\n22,-18\n");
    folder.check_error(
        "predict two.keras a.csv",
        "error: the model has several inputs, `a`, `b`\nhelp: say which it is for, `a=a.csv`\n",
    );
    folder.check_error("predict two.keras a=a.csv c=b.csv", "error: the model has no input `c`: expected `a`, `b`\n");
    folder.check_error("predict two.keras a=a.csv a=b.csv", "error: `a` is given twice\n");
    let error = "error: `y.npy`: the model has 2 outputs, and `.npy` holds one array\nhelp: write `y.npz`\n";
    folder.check_error("predict two.keras x.npz -o y.npy", error);
    folder.write("add.csv", "11\n20\n");
    let scores = "add_loss: 2.000000\nloss: 15.500000\nsubtract_loss: 13.500000\n";
    folder.write("subtract.csv", "0\n0\n");
    folder.check("evaluate two.keras x.npz add=add.csv subtract=subtract.csv --loss add=mse --loss subtract=mae", scores);
}

#[test]
fn models_are_judged_by_what_they_were_compiled_with_or_by_what_is_said() {
    let folder = folder();
    folder.write("x.csv", "1,2\n3,4\n");
    folder.write("y.csv", "5.5\n10.5\n");
    folder.check("evaluate line.keras x.csv y.csv --loss mse --metric mae", "loss: 0.500000\nmae: 0.500000\n");
    assert_eq!(folder.run("evaluate line.keras x.csv y.csv --loss mse --json").json(), json!({ "loss": 0.5 }));
    let own = r#"{"class_name":"MeanSquaredError","config":{"reduction":"sum"}}"#;
    folder.check(&format!("evaluate line.keras x.csv y.csv --loss {own}"), "loss: 1.000000\n");
    let error = "\
error: `line.keras`: it does not tell the loss that the model was compiled with
help: `--loss mse` says which, or another of Keras's strings
";
    folder.check_error("evaluate line.keras x.csv y.csv", error);
    folder.check_error(
        "evaluate line.keras x.csv --loss mse",
        "error: there are no targets\nhelp: name two files, `x.npy y.npy`\n",
    );
    save_trained(&folder, "trained.keras");
    let scores = folder.run("evaluate trained.keras x.csv y.csv --json").json();
    assert_eq!(scores.as_object().unwrap().keys().collect::<Vec<_>>(), ["loss", "mae"]);
    folder.write("line.json", &line().config());
    assert_eq!(folder.run("evaluate line.json x.csv y.csv --loss mse").code, Some(2));
}
