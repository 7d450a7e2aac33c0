//! Outputs, gradients and moving statistics of models that Keras describes, against Keras's own numbers.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use model_core::float::Float;
use model_core::interpret::Model;
use model_core::layer::{Context, Gradient};
use model_core::network::{Network, Trainable};
use model_graph::graph::{Kind, LayerNode};
use model_graph::{Graph, config};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// A case: its document, and its tensors in double precision.
struct Case {
    document: Value,
    tensors: HashMap<String, Vec<f64>>,
}

impl Case {
    fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let document = serde_json::from_str(&header.metadata().as_ref().unwrap()["case"]).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let tensors = tensors.tensors().into_iter().map(|(name, tensor)| (name, numbers(tensor.dtype(), tensor.data())));
        Self { document, tensors: tensors.collect() }
    }

    /// The tensors `kind/0`, `kind/1` and so on.
    fn list<T: Float>(&self, kind: &str) -> Vec<Vec<T>> {
        let tensors = (0..).map_while(|i| self.tensors.get(&format!("{kind}/{i}")));
        tensors.map(|tensor| tensor.iter().map(|&x| T::from_f64(x)).collect()).collect()
    }

    fn name(&self) -> &str {
        self.document["name"].as_str().unwrap()
    }

    /// Whether a tensor is what Keras computed, not what it was given.
    fn is_computed(name: &str) -> bool {
        !["input/", "weight/", "cotangent/"].iter().any(|given| name.starts_with(given))
    }
}

fn numbers(dtype: Dtype, data: &[u8]) -> Vec<f64> {
    match dtype {
        Dtype::F32 => data.chunks_exact(4).map(|bytes| f64::from(f32::from_le_bytes(bytes.try_into().unwrap()))).collect(),
        Dtype::F64 => data.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect(),
        Dtype::I32 => data.chunks_exact(4).map(|bytes| f64::from(i32::from_le_bytes(bytes.try_into().unwrap()))).collect(),
        other => panic!("no case has {other:?}"),
    }
}

/// What a model computed, under the names of the case's tensors.
type Found<T> = Vec<(String, Vec<T>)>;

/// Runs the model of a case.
fn compute<T: Float>(case: &Case) -> Found<T> {
    let mut model = Model::<T>::new(config::read(&case.document["config"]).unwrap(), 0).unwrap();
    let names = weight_names(&model);
    let mut next = names.iter();
    model.visit_mut(&mut |weight| {
        let given = &case.tensors[&format!("weight/{}", next.next().unwrap())];
        weight.data.iter_mut().zip(given).for_each(|(to, &from)| *to = T::from_f64(from));
    });
    let (inputs, mut outputs) = (case.list::<T>("input"), case.list::<T>("output"));
    let (mut cotangents, mut of_inputs) = (case.list::<T>("cotangent"), case.list::<T>("input_gradient"));
    let sample: usize = model.graph().ty(model.graph().inputs[0].tensor).shape.sizes().unwrap().iter().product();
    let is_training = case.document["training"].as_bool().unwrap();
    let context = Context { training: is_training, ..Context::training(inputs[0].len() / sample, 0) };
    let (mut tape, mut gradients) = (model.tape(), model.gradients());

    let inputs: Vec<&[T]> = inputs.iter().map(Vec::as_slice).collect();
    Network::forward(&model, &mut tape, context, &inputs, &mut mutable(&mut outputs)).unwrap();
    let read: Vec<&[T]> = outputs.iter().map(Vec::as_slice).collect();
    let wanted = |data| Some(Gradient { data, accumulate: false });
    let mut d_inputs: Vec<Option<Gradient<'_, T>>> = mutable(&mut of_inputs).into_iter().map(wanted).collect();
    Network::backward(&model, &mut tape, context, &inputs, &read, &mut mutable(&mut cotangents), &mut d_inputs, &mut gradients)
        .unwrap();
    if is_training {
        model.update(&tape);
    }

    let mut found: Found<T> = Vec::new();
    found.extend(outputs.into_iter().enumerate().map(|(i, output)| (format!("output/{i}"), output)));
    found.extend(of_inputs.into_iter().enumerate().map(|(i, gradient)| (format!("input_gradient/{i}"), gradient)));
    let mut next = names.iter();
    model.visit_with(&mut gradients, &mut |weight, gradient, is_trainable| {
        let name = next.next().unwrap();
        match is_trainable {
            true => found.push((format!("weight_gradient/{name}"), gradient.data.to_vec())),
            false if is_training => found.push((format!("updated/{name}"), weight.data.to_vec())),
            false => {}
        }
    });
    found
}

fn mutable<T>(tensors: &mut [Vec<T>]) -> Vec<&mut [T]> {
    tensors.iter_mut().map(Vec::as_mut_slice).collect()
}

/// `layer/weight` of every weight, without the names of the models around it.
fn weight_names<T: Float>(model: &Model<T>) -> Vec<String> {
    names_in(model.graph())
}

fn names_in(graph: &Graph) -> Vec<String> {
    let of = |layer: &LayerNode| match &layer.kind {
        Kind::Layer(_) => layer.weights.iter().map(|weight| format!("{}/{}", layer.name(), weight.name)).collect(),
        Kind::Model(inner) | Kind::Block(inner) => names_in(inner),
    };
    graph.layers.iter().flat_map(of).collect()
}

/// Tensors of smaller numbers are sums that cancel: there is nothing to be relative to.
const LEAST: f64 = 1e-2;

/// A tensor of smaller numbers is nothing but what rounding left, such as the gradient of a bias of keys, which softmax takes away.
const NOTHING: f64 = 1e-12;

/// The largest error of a tensor, in units of its largest number.
fn error<T: Float>(found: &[T], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    let largest = if largest < NOTHING { 1.0 } else { largest.max(LEAST) };
    let errors = found.iter().zip(expected).map(|(found, expected)| (found.to_f64() - expected).abs());
    errors.fold(0.0, |worst: f64, error| if error <= worst { worst } else { error }) / largest // NaN stays
}

/// Keras 3.15 subtracts the sum of all cumulative sums of `sparsemax`'s support instead of the last of them, so that its rows do not
/// add up to one. Ours do; the list may only shrink.
const WRONG_IN_KERAS: [&str; 2] = ["activation_16_activation_sparsemax", "dense_5_activation_sparsemax"];

fn check<T: Float>(limit: f64) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "safetensors"));
    paths.sort();
    let (mut count, mut worst, mut failures, mut differing) = (0, (0.0, String::new()), Vec::new(), 0);
    for case in paths.iter().map(|path| Case::read(path)).filter(|case| case.document["kind"] == "model") {
        let found = compute::<T>(&case);
        let computed = case.tensors.keys().filter(|name| Case::is_computed(name)).count();
        assert_eq!(computed, found.len(), "{}: every tensor is compared", case.name());
        for (name, numbers) in &found {
            let error = error(numbers, &case.tensors[name]);
            if WRONG_IN_KERAS.contains(&case.name()) {
                differing += usize::from(name == "output/0" && error > limit);
                continue;
            }
            if error.is_nan() || error > worst.0 {
                worst = (error, format!("{} {name}", case.name()));
            }
            if error.is_nan() || error > limit {
                failures.push(format!("{}: {name} is off by {error:.1e}", case.name()));
            }
        }
        count += 1;
    }
    println!("{count} cases, the worst error is {:.1e} ({})", worst.0, worst.1);
    assert!(count > 100, "only {count} cases were found");
    assert_eq!(differing, WRONG_IN_KERAS.len(), "Keras is right now in cases where it was wrong: shorten the list");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn double_precision_is_keras_s() {
    check::<f64>(1e-9);
}

#[test]
fn single_precision_is_keras_s() {
    check::<f32>(1e-5);
}
