//! Predictions by kernels in fewer bits.

use model_core::network::Trainable;
use model_core::training::{Predict, WeightPrecision};
use ndarray::Array2;

use crate::common::dense;

fn numbers(count: usize, factor: usize) -> impl Iterator<Item = f32> {
    (0..count).map(move |i| (i * factor % 17) as f32 / 8.0 - 1.0)
}

/// A model whose weights are those of the model that Keras was asked about.
fn model() -> model_core::interpret::Model {
    let mut model = dense(&[4, 3, 2], "linear");
    let mut all = [numbers(12, 5), numbers(3, 7), numbers(6, 11), numbers(2, 3)].into_iter();
    model.visit_mut(&mut |weight| weight.data.iter_mut().zip(all.next().unwrap()).for_each(|(to, number)| *to = number));
    model
}

fn x() -> Array2<f32> {
    Array2::from_shape_vec((2, 4), numbers(8, 3).collect()).unwrap()
}

/// `model.quantize(config=Int8QuantizationConfig(activation_quantizer=None))` of Keras 3.15.
#[test]
fn int8_predicts_what_keras_predicts() {
    let (model, expected) = (model(), [-1.246_016_6, 0.111_472_57, -0.662_099_24, -1.290_242_1]);
    let found = model.predictor().weight_precision(WeightPrecision::Int8).predict(x()).unwrap();
    assert!(found.iter().zip(expected).all(|(a, b): (_, f32)| (a - b).abs() <= 1e-6), "{found}");
    assert_ne!(found, model.predict(x()).unwrap());
}

#[test]
fn bfloat16_predicts_what_rounded_kernels_do() {
    let mut model = dense(&[40, 30, 20], "linear");
    let x = Array2::from_shape_vec((3, 40), numbers(120, 3).collect()).unwrap();
    let found = model.predictor().weight_precision(WeightPrecision::Bfloat16).predict(&x).unwrap();
    assert_ne!(found, model.predict(&x).unwrap());
    model.visit_mut(&mut |weight| {
        if weight.shape.len() == 2 {
            for element in weight.data.iter_mut() {
                let bits = element.to_bits();
                *element = f32::from_bits((bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000);
            }
        }
    });
    assert_eq!(found, model.predict(&x).unwrap());
}
