//! Inputs of integers: what is accepted, what is refused in which words, and that they train.

use crate::common::model;
use model_core::given::Arrays;
use model_core::interpret::Model;
use model_core::losses::MeanSquaredError;
use model_core::optimizers::SGD;
use model_core::training::{Fit, Predict, Train, Verbose};
use ndarray::{Array2, array};
use serde_json::{Value, json};

/// Four words of a vocabulary, two numbers for each of them.
fn words(vocabulary: usize) -> Model {
    let layer = |class: &str, config: Value| json!({ "class_name": class, "config": config });
    let layers = json!([
        layer("InputLayer", json!({ "batch_shape": [null, 4], "name": "words", "dtype": "int32" })),
        layer("Reshape", json!({ "name": "pairs", "target_shape": [2, 2] })),
        layer("Embedding", json!({ "name": "table", "input_dim": vocabulary, "output_dim": 2 })),
        layer("Flatten", json!({ "name": "flat" })),
    ]);
    model(&json!({ "class_name": "Sequential", "config": { "name": "lookup", "layers": layers } }))
}

fn refused(vocabulary: usize, x: impl Arrays) -> String {
    words(vocabulary).predict(x).unwrap_err().to_string()
}

#[test]
fn whole_numbers_of_any_type_are_accepted() {
    let model = words(10);
    let expected = model.predict(&array![[1_i32, 9, 0, 1], [2, 2, 3, 4]]).unwrap();
    assert_eq!(expected.shape(), [2, 8]);
    assert_eq!(expected[[0, 0]], expected[[0, 6]]);
    assert_eq!(model.predict(&array![[1_u8, 9, 0, 1], [2, 2, 3, 4]]).unwrap(), expected);
    assert_eq!(model.predict(&array![[1_i64, 9, 0, 1], [2, 2, 3, 4]]).unwrap(), expected);
    assert_eq!(model.predict(&array![[1.0_f32, 9.0, 0.0, 1.0], [2.0, 2.0, 3.0, 4.0]]).unwrap(), expected);
    assert_eq!(model.predict(&array![[1.0_f64, 9.0, 0.0, 1.0], [2.0, 2.0, 3.0, 4.0]]).unwrap(), expected);
}

#[test]
fn what_cannot_be_looked_up_is_refused_with_its_sample() {
    let words = "sample 1 of input `words` is not usable: expected whole numbers from 0 to";
    assert_eq!(refused(10, &array![[1, 9, 0, 1], [2, 10, 3, 4]]), format!("{words} 9, found 10"));
    assert_eq!(refused(10, &array![[1_i64, 9, 0, 1], [2, 2, -3, 4]]), format!("{words} 9, found -3"));
    assert_eq!(refused(10, &array![[1.0, 9.0, 0.0, 1.0], [2.0, 2.5, 3.0, 4.0]]), format!("{words} 9, found 2.5"));
    assert_eq!(refused(10, &array![[1.0, 9.0, 0.0, 1.0], [2.0, f64::NAN, 3.0, 4.0]]), format!("{words} 9, found NaN"));
}

#[test]
fn numbers_beyond_those_that_f32_has_all_of_are_refused() {
    let layers = json!([
        { "class_name": "InputLayer", "config": { "batch_shape": [null, 1], "name": "number", "dtype": "int32" } },
        { "class_name": "Reshape", "config": { "name": "same", "target_shape": [1] } },
    ]);
    let model = model(&json!({ "class_name": "Sequential", "config": { "name": "numbers", "layers": layers } }));
    assert_eq!(
        model.predict(&array![[16_777_216_i64], [-16_777_216]]).unwrap().as_slice(),
        Some(&[16_777_216.0, -16_777_216.0][..])
    );
    let error = model.predict(&array![[16_777_217_i64]]).unwrap_err().to_string();
    assert!(error.ends_with("expected whole numbers from -16777216 to 16777216, found 16777217"), "{error}");
}

#[test]
fn embeddings_are_learnt_and_faulty_numbers_refused_in_training() {
    let mut model = words(6);
    let x = Array2::from_shape_fn((12, 4), |(i, j)| ((i * 5 + j * 3) % 6) as u16);
    let y = Array2::from_shape_fn((12, 8), |(i, j)| f32::from(x[(i, j / 2)]) / 6.0);
    let mut trainer = model.compile(SGD::new(0.5), MeanSquaredError::new());
    let fit = || Fit { epochs: 200, batch_size: 5, verbose: Verbose::Silent, ..Fit::default() };
    trainer.fit((&x, &y), fit()).unwrap();
    let error = trainer.fit((&x.mapv(|word| word + 1), &y), fit()).unwrap_err().to_string();
    assert!(error.starts_with("sample 1 of input `words` is not usable"), "{error}");
    assert!(trainer.evaluate((&x.mapv(|word| word + 1), &y)).is_err());
    let found = model.predict(&x).unwrap();
    assert!(found.iter().zip(&y).all(|(found, y)| (found - y).abs() < 0.05), "{found}");
}
