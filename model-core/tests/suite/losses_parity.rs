//! Every loss and every metric beside Keras's. `tests/parity/README.md` says what the files hold.

use std::collections::HashMap;

use crate::common::parity;
use model_core::given::{AnyArray, AsArray};
use model_core::losses::Loss;
use model_core::metrics::{Metric, MetricValue};
use ndarray::{ArrayD, IxDyn};
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

/// A tensor of a file.
#[derive(Clone, Debug)]
enum Tensor {
    Numbers(ArrayD<f32>),
    Wide(ArrayD<f64>),
    Labels(ArrayD<i32>),
}

impl AsArray for Tensor {
    fn as_array(&self) -> AnyArray<'_> {
        match self {
            Self::Numbers(array) => array.into(),
            Self::Wide(array) => array.into(),
            Self::Labels(array) => array.into(),
        }
    }
}

impl Tensor {
    fn read(view: &TensorView<'_>) -> Self {
        let (shape, data) = (IxDyn(view.shape()), view.data());
        match view.dtype() {
            Dtype::F64 => Self::Wide(array(shape, data, f64::from_le_bytes)),
            Dtype::I32 => Self::Labels(array(shape, data, i32::from_le_bytes)),
            _ => Self::Numbers(array(shape, data, f32::from_le_bytes)),
        }
    }

    fn numbers(&self) -> &ArrayD<f32> {
        let Self::Numbers(array) = self else { panic!("an output is float32") };
        array
    }

    fn wide(&self) -> Vec<f64> {
        match self {
            Self::Numbers(array) => array.iter().map(|&x| f64::from(x)).collect(),
            Self::Wide(array) => array.iter().copied().collect(),
            Self::Labels(array) => array.iter().map(|&x| f64::from(x)).collect(),
        }
    }
}

fn array<T, const N: usize>(shape: IxDyn, data: &[u8], read: impl Fn([u8; N]) -> T) -> ArrayD<T> {
    let elements = data.chunks_exact(N).map(|bytes| read(bytes.try_into().unwrap())).collect();
    ArrayD::from_shape_vec(shape, elements).unwrap()
}

/// The tensors and the cases of a file.
fn read(name: &str) -> (HashMap<String, Tensor>, Vec<Value>) {
    parity::with_file(&parity::folder().join(format!("{name}.safetensors")), |file, document| {
        let tensors = file.tensors().iter().map(|(name, view)| (name.clone(), Tensor::read(view))).collect();
        (tensors, document["cases"].as_array().unwrap().clone())
    })
}

/// Numbers that are as far from Keras's as single precision lets them be, or no numbers where Keras has none.
fn are_near(found: &[f64], expected: &[f64]) -> bool {
    let scale = expected.iter().filter(|x| x.is_finite()).fold(1.0_f64, |largest, x| largest.max(x.abs()));
    let is_near =
        |(found, expected): (&f64, &f64)| (found - expected).abs() <= 1e-5 * scale || (found.is_nan() && expected.is_nan());
    found.len() == expected.len() && found.iter().zip(expected).all(is_near)
}

fn loss_of(case: &Value) -> Loss {
    Loss::from_keras(&json!({ "class_name": case["class_name"], "config": case["config"] })).unwrap()
}

#[test]
fn losses_are_keras_s() {
    let (tensors, cases) = read("losses");
    let mut failed = Vec::new();
    for (place, case) in cases.iter().enumerate() {
        let tensor = |name: &str| tensors.get(&format!("{place}/{name}"));
        let (truth, output, weights) = (tensor("truth").unwrap(), tensor("output").unwrap().numbers(), tensor("weights"));
        let loss = loss_of(case);
        let measured = match weights {
            None => loss.gradient(output, truth),
            Some(mask) if case["weighted"] == "mask" => loss.masked_gradient(output, truth, mask),
            Some(weights) => loss.weighted_gradient(output, truth, weights),
        };
        let (value, gradient) = measured.unwrap_or_else(|error| panic!("{case}: {error}"));
        let values = loss.values(output, truth).unwrap_or_else(|error| panic!("{case}: {error}"));
        let wide = |array: &ArrayD<f32>| array.iter().map(|&x| f64::from(x)).collect::<Vec<_>>();
        let are_met = are_met(case, truth, output);
        for (name, found) in [("loss", vec![value]), ("gradient", wide(&gradient)), ("values", wide(&values))] {
            let mut expected = tensor(name).unwrap().wide();
            if name == "gradient" {
                expected.iter_mut().zip(&are_met).filter(|(_, is_met)| **is_met).for_each(|(slope, _)| *slope = 0.0);
            }
            if !are_near(&found, &expected) {
                failed.push(format!("{place} {name} {case}: {found:?}, Keras has {expected:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}

/// Where an absolute error is 0. It has no slope there: ours is 0, as on TensorFlow; on JAX it is 1.
fn are_met(case: &Value, truth: &Tensor, output: &ArrayD<f32>) -> Vec<bool> {
    let is_absolute = case["class_name"].as_str().is_some_and(|class| class.starts_with("MeanAbsolute"));
    truth.wide().iter().zip(output).map(|(truth, &output)| is_absolute && *truth == f64::from(output)).collect()
}

#[test]
fn metrics_are_keras_s() {
    let (tensors, cases) = read("metrics");
    let mut failed = Vec::new();
    for case in &cases {
        let (metric, name) = (Metric::from_keras(&json!({ "class_name": case["class_name"], "config": case["config"] })), case);
        let mut value = MetricValue::new(metric.unwrap_or_else(|error| panic!("{name}: {error}")));
        for batch in case["batches"].as_array().unwrap() {
            let tensor = |place: usize| batch[place].as_str().map(|name| &tensors[name]);
            let (truth, output) = (tensor(0).unwrap(), tensor(1).unwrap());
            let added = match tensor(2) {
                None => value.update_state(truth, output),
                Some(weights) => value.update_state_weighted(truth, output, weights),
            };
            added.unwrap_or_else(|error| panic!("{case}: {error}"));
            let (found, expected) = (value.results(), tensor(3).unwrap().wide());
            if !are_near(&found, &expected) {
                failed.push(format!("{} {} {batch}: {found:?}, Keras has {expected:?}", case["class_name"], case["config"]));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), cases.len(), failed.join("\n"));
}
