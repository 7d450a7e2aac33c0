//! Losses and metrics as they are typed: by Keras's strings, in a list, under names of one's own; and rows of labels.

use crate::common::{dense, largest, model, two_by_two};
use model_core::Result;
use model_core::given::AnyArray;
use model_core::losses::{
    CTC, Hinge, IntoLosses, Loss, MeanAbsoluteError, MeanSquaredError, Reduction, SparseCategoricalCrossentropy,
};
use model_core::metrics::{IntoMetric, MeanSquaredError as MeanSquaredErrorToo};
use model_core::optimizers::Adam;
use model_core::training::{Fit, Train, Verbose};
use ndarray::{Array2, Array3, array};
use serde_json::json;

fn quiet(epochs: usize) -> Fit<'static> {
    Fit { epochs, shuffle: false, verbose: Verbose::Silent, ..Fit::default() }
}

/// The losses of some epochs of a model with two outputs.
fn of_two(losses: impl IntoLosses) -> Result<Vec<f64>> {
    let (left, right) = (Array2::from_elem((8, 3), 0.5_f32), Array2::from_elem((8, 2), -0.25_f32));
    let (kind, size) = (Array2::from_elem((8, 3), 1.0_f32), Array2::from_elem((8, 1), 2.0_f32));
    let mut model = two_by_two();
    let history = model.compile(Adam::new(0.01), losses).fit(((&left, &right), (&kind, &size)), quiet(2))?;
    Ok(history["loss"].to_vec())
}

#[test]
fn losses_are_given_in_the_order_of_the_outputs() {
    let by_name = [("kind", MeanSquaredError.into()), ("size", (MeanAbsoluteError, 0.5).into())];
    let expected = of_two(by_name).unwrap();
    assert_eq!(of_two((MeanSquaredError, (MeanAbsoluteError, 0.5))).unwrap(), expected);
    assert_eq!(of_two(("mse", (Loss::from("mae"), 0.5))).unwrap(), expected);
    assert_eq!(of_two([(Loss::from("mse"), 1.0), (Loss::from("mae"), 0.5)]).unwrap(), expected);
    assert_eq!(of_two(["mse", "mse"]).unwrap(), of_two(MeanSquaredError).unwrap());
    assert_eq!(of_two(vec![Loss::from("mse"), MeanSquaredError.into()]).unwrap(), of_two("mse").unwrap());
    let error = of_two([MeanSquaredError; 3]).unwrap_err().to_string();
    assert_eq!(error, "expected 2 losses, one for each of `kind` and `size`, found 3");
}

/// The names that are reported of a model with one output.
fn reported(loss: impl IntoLosses, metric: impl IntoMetric) -> Result<Vec<String>> {
    let (x, y) = largest(40, 3);
    let mut model = dense(&[3, 4, 3], "softmax");
    let history = model.compile(Adam::new(0.01), loss).metric(metric).fit((&x, &y), quiet(1))?;
    Ok(history.names().iter().map(ToString::to_string).collect())
}

#[test]
fn strings_stand_for_losses_and_metrics() {
    let loss = || SparseCategoricalCrossentropy::new();
    assert_eq!(reported("sparse_categorical_crossentropy", "accuracy").unwrap(), ["accuracy", "loss"]);
    assert_eq!(reported(loss(), "sparse_top_k_categorical_accuracy").unwrap()[1], "sparse_top_k_categorical_accuracy");
    assert_eq!(reported(loss(), loss().name("mine")).unwrap(), ["loss", "mine"]);
    let unknown = reported("mze", "accuracy").unwrap_err().to_string();
    assert!(unknown.contains("`compile` has a `loss`") && unknown.ends_with("found `mze`"), "{unknown}");
    let unknown = reported(loss(), "acuracy").unwrap_err().to_string();
    assert!(unknown.contains("`compile` has a `metric`") && unknown.ends_with("found `acuracy`"), "{unknown}");
    let unfit = reported(loss(), MeanSquaredErrorToo).unwrap_err().to_string();
    assert!(unfit.contains("class numbers go with `SparseCategoricalAccuracy`"), "{unfit}");
}

#[test]
fn there_is_nothing_to_train_on_without_a_reduction() {
    let error = reported(SparseCategoricalCrossentropy::new().reduction(Reduction::None), "accuracy");
    assert!(error.unwrap_err().to_string().contains("a single number to train on"));
}

#[test]
fn one_type_is_loss_and_metric() {
    let (x, y) = (Array2::from_elem((8, 3), 0.5_f32), Array2::from_elem((8, 1), 1.0_f32));
    let mut model = dense(&[3, 1], "linear");
    let scores = model.compile(Adam::new(0.01), Hinge::new()).metric(Hinge::new()).evaluate((&x, &y)).unwrap();
    assert!((scores["hinge"] - scores["loss"]).abs() < 1e-6, "{scores}");
}

/// A recogniser of sequences learns to write labels over steps.
#[test]
fn labels_are_written_over_steps() {
    let layers = json!([
        { "class_name": "InputLayer", "config": { "batch_shape": [null, 6, 3], "name": "steps" } },
        { "class_name": "Dense", "config": { "name": "logits", "units": 3 } },
    ]);
    let mut model = model(&json!({ "class_name": "Sequential", "config": { "name": "speech", "layers": layers } }));
    let x = Array3::from_shape_fn((4, 6, 3), |(sample, step, class)| f32::from((step / 2 + sample) % 3 == class));
    let labels = array![[1, 2], [1, 2], [2, 1], [1, 2]];
    let history = model.compile(Adam::new(0.1), CTC).fit((&x, &labels), quiet(30)).unwrap();
    assert!(history["loss"][29] < 0.5 * history["loss"][0], "{:?}", &history["loss"]);
    let metric = model.compile(Adam::new(0.1), CTC).metric("accuracy").fit((&x, &labels), quiet(1));
    assert!(metric.unwrap_err().to_string().contains("the loss takes rows of labels"));
}

/// Keras's `"crossentropy"` and `"ce"`, and `"accuracy"` beside them, by the shapes of outputs and targets.
#[test]
fn the_crossentropy_that_fits_is_chosen() {
    let (x, labels) = largest(40, 3);
    let one_hot = Array2::from_shape_fn((40, 3), |(sample, class)| f32::from(u8::from(labels[sample] == class as i32)));
    let column = labels.clone().insert_axis(ndarray::Axis(1));
    let is_first = labels.mapv(|label| f32::from(u8::from(label == 0)));
    let scores = |classes: usize, loss: &str, y: AnyArray<'_>| {
        let mut model = dense(&[3, 4, classes], if classes == 1 { "sigmoid" } else { "softmax" });
        let mut trainer = model.compile(Adam::new(0.01), loss).metric("accuracy");
        trainer.fit((&x, &y), quiet(2)).unwrap();
        trainer.evaluate((&x, &y)).unwrap()
    };
    for word in ["crossentropy", "ce"] {
        let sparse = scores(3, "sparse_categorical_crossentropy", (&labels).into());
        assert_eq!(scores(3, word, (&labels).into()), sparse);
        assert_eq!(scores(3, word, (&column).into()), sparse);
        assert_eq!(scores(3, word, (&one_hot).into()), scores(3, "categorical_crossentropy", (&one_hot).into()));
        assert_eq!(scores(1, word, (&is_first).into()), scores(1, "binary_crossentropy", (&is_first).into()));
        assert_eq!(Loss::from_keras(&json!(word)).unwrap().to_keras(), json!(word));
    }
    let output = array![[0.25, 0.75], [0.5, 0.5]];
    let values = Loss::from("ce").values(&output, array![1, 0]).unwrap();
    assert_eq!(values, SparseCategoricalCrossentropy::new().values(&output, array![1, 0]).unwrap());
    assert_eq!(Loss::from("ce").values(&output, array![[0.0, 1.0], [1.0, 0.0]]).unwrap(), values);
}
