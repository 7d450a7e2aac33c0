//! After the first step of a batch size, training allocates nothing; nor does predicting into an array.
#![allow(unsafe_code)] // an allocator that counts

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{dense, kept, largest, sequences, two_by_two};
use model_core::Result;
use model_core::interpret::Model;
use model_core::layer::{Context, Gradient};
use model_core::losses::{BinaryCrossentropy, Losses, MeanSquaredError, SparseCategoricalCrossentropy};
use model_core::metrics::{
    AUC, Accuracy, BinaryIoU, F1Score, MeanAbsoluteError, OneHotMeanIoU, Precision, R2Score, RecallAtPrecision,
    RootMeanSquaredError, TopKCategoricalAccuracy,
};
use model_core::network::{Network, Trainable};
use model_core::optimizers::{Adam, MultiOptimizer, Optimizer, RMSprop};
use model_core::schedules::{CosineDecay, LearningRate};
use model_core::training::{Fit, Predict, Train, Verbose};
use model_graph::Graph;
use model_graph::graph::{Port, TensorId};
use model_graph::layers::{Class, Declaration};
use model_graph::shape::TensorType;
use model_kernels::threads::{parallel, threads};
use ndarray::{Array1, Array2, Array3, s};
use serde_json::json;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Whether the thread is one that works for a model, and not one of the test harness.
    static WORKS: Cell<bool> = const { Cell::new(false) };
}

struct Counting;

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(usize::from(WORKS.get()), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(run: impl FnOnce() -> Result<()>) -> usize {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    run().unwrap();
    ALLOCATIONS.load(Ordering::Relaxed) - before
}

/// Starts the threads of the pool, and lets what each of them allocates count from now on, this one's among them: what a thread allocates as it
/// starts is no step's.
fn start_threads() {
    let all = Barrier::new(threads());
    parallel(threads(), |_| {
        WORKS.set(true);
        all.wait();
    });
}

/// One test, so that no other allocates meanwhile.
#[test]
fn nothing_is_allocated_in_the_hot_path() -> Result<()> {
    start_threads();
    steps_and_predictions()?;
    several_outputs()?;
    thresholds()?;
    recurrences()?;
    layers_in_layers()?;
    kept_weights()?;
    stretched_inputs()?;
    operations()?;
    optimizers()?;
    whole_epochs()
}

fn steps_and_predictions() -> Result<()> {
    let (x, y) = largest(64, 20);
    let mut model = dense(&[20, 16, 20], "linear");
    let mut trainer = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.train_on_batch(&x, &y)?;
    let smaller = (&x.slice(s![..10, ..]), &y.slice(s![..10]));
    let steps = || {
        trainer.train_on_batch(&x, &y)?;
        trainer.train_on_batch(smaller.0, smaller.1)?;
        trainer.train_on_batch(&x, &y).map(|_| ())
    };
    assert_eq!(allocations(steps), 0);

    let (mut predictor, mut output) = (model.predictor(), Array2::zeros((64, 20)));
    predictor.predict_into(&x, &mut output)?;
    assert_eq!(allocations(|| predictor.predict_into(&x, &mut output)), 0);
    Ok(())
}

fn several_outputs() -> Result<()> {
    let (left, kind) = largest(64, 3);
    let (right, size) = (Array2::<f32>::ones((64, 2)), Array1::<f32>::linspace(-1.0, 1.0, 64));
    let mut model = two_by_two();
    let losses =
        Losses::new().output("kind", SparseCategoricalCrossentropy::from_logits()).output("size", MeanSquaredError::new());
    let mut trainer = model.compile(Adam::new(1e-3), losses).metric_of("kind", Accuracy).metric_of("size", MeanAbsoluteError);
    trainer.train_on_batch((&left, &right), (&kind, &size))?;
    assert_eq!(allocations(|| trainer.train_on_batch((&left, &right), (&kind, &size)).map(|_| ())), 0);
    Ok(())
}

/// Metrics that count answers at thresholds, or by class.
fn thresholds() -> Result<()> {
    let x = Array2::from_shape_fn((64, 4), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 11.0);
    let y = Array2::from_shape_fn((64, 3), |(i, j)| ((i + j) % 2) as f32);
    let mut model = dense(&[4, 8, 3], "sigmoid");
    let mut trainer = model
        .compile(Adam::new(1e-3), BinaryCrossentropy::new())
        .metric(AUC::new())
        .metric(Precision::new().thresholds([0.3, 0.7]))
        .metric(RecallAtPrecision::new(0.5))
        .metric(F1Score::new())
        .metric(R2Score::new())
        .metric(RootMeanSquaredError)
        .metric(TopKCategoricalAccuracy::new())
        .metric(BinaryIoU::new())
        .metric(OneHotMeanIoU::new(3));
    trainer.train_on_batch(&x, &y)?;
    assert_eq!(allocations(|| trainer.train_on_batch(&x, &y).map(|_| ())), 0);
    Ok(())
}

fn recurrences() -> Result<()> {
    let (x, y) = (Array2::from_shape_fn((20, 6), |(i, j)| ((i + 2 * j) % 9) as f32), Array2::<f32>::ones((20, 3)));
    let mut model = sequences();
    let mut trainer = model.compile(Adam::new(1e-3), MeanSquaredError::new());
    trainer.train_on_batch(&x, &y)?;
    assert_eq!(allocations(|| trainer.train_on_batch(&x, &y).map(|_| ())), 0);
    Ok(())
}

/// Layers and models in layers: passes as often as one likes, which the first of a batch size makes room for.
fn layers_in_layers() -> Result<()> {
    for name in ["bidirectional", "cells", "time_distributed", "watched"] {
        let path = format!("{}/../tests/parity/config/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let config = std::fs::read_to_string(path).unwrap();
        let mut model = Model::<f32>::new(model_graph::config::from_json(&config).unwrap(), 1)?;
        let batch = 5;
        let elements = |ports: &[Port]| -> Vec<Vec<f32>> {
            let size = |port: &Port| model.graph().ty(port.tensor).shape.sizes().unwrap().iter().product::<usize>();
            ports.iter().map(|port| vec![0.5; batch * size(port)]).collect()
        };
        let (inputs, results) = (elements(&model.graph().inputs), elements(&model.graph().outputs));
        let (mut outputs, mut d_outputs) = (results.clone(), results.clone());
        let [inputs, results]: [Vec<&[f32]>; 2] = [&inputs, &results].map(|all| all.iter().map(Vec::as_slice).collect());
        let [mut outputs, mut d_outputs]: [Vec<&mut [f32]>; 2] =
            [&mut outputs, &mut d_outputs].map(|all| all.iter_mut().map(Vec::as_mut_slice).collect());
        let mut none: Vec<Option<Gradient<'_, f32>>> = inputs.iter().map(|_| None).collect();
        let (mut tape, mut workspace, mut gradients) = (model.tape(), model.workspace(), model.gradients());
        let mut step = |seed| {
            let context = Context::training(batch, seed);
            Network::forward(&model, &mut tape, context, &inputs, &mut outputs)?;
            Network::backward(&model, &mut tape, context, &inputs, &results, &mut d_outputs, &mut none, &mut gradients)?;
            model.update(&tape);
            Network::infer(&model, &mut workspace, Context::inference(batch), &inputs, &mut outputs)
        };
        step(0)?;
        assert_eq!(allocations(|| step(1)), 0, "{name}");
    }
    Ok(())
}

/// Penalties and constraints of every kind.
fn kept_weights() -> Result<()> {
    let mut model = kept();
    let (x, y) = (Array2::<f32>::ones((20, 6)), Array2::<f32>::ones((20, 3)));
    let mut trainer = model.compile(Adam::new(1e-3), MeanSquaredError::new());
    trainer.train_on_batch(&x, &y)?;
    assert_eq!(allocations(|| trainer.train_on_batch(&x, &y).map(|_| ())), 0);
    Ok(())
}

/// A factor for each channel, and one for each place.
fn stretched_inputs() -> Result<()> {
    let mut graph = Graph::new("gated");
    let x = graph.input("x", TensorType::f32([5, 7]));
    let mut call = |class: &str, arguments: serde_json::Value, inputs: &[TensorId]| {
        let layer = Class::find(class).unwrap().read(arguments.as_object().unwrap()).unwrap();
        let layer = graph.layer(layer, Some(format!("{class}_{}", graph.layers.len())));
        graph.call(layer, inputs).unwrap()[0]
    };
    let channels = call("GlobalAveragePooling1D", json!({ "keepdims": true }), &[x]);
    let channels = call("Dense", json!({ "units": 7 }), &[channels]);
    let places = call("Dense", json!({ "units": 1 }), &[x]);
    let output = call("Multiply", json!({}), &[channels, x, places]);
    graph.output("output", output);
    let mut model = Model::new(graph, 1)?;
    let (x, y) =
        (Array3::<f32>::from_shape_fn((20, 5, 7), |(i, j, k)| (i + 2 * j + k) as f32 / 40.0), Array3::<f32>::ones((20, 5, 7)));
    let mut trainer = model.compile(Adam::new(1e-3), MeanSquaredError::new());
    trainer.train_on_batch(&x, &y)?;
    assert_eq!(allocations(|| trainer.train_on_batch(&x, &y).map(|_| ())), 0);
    Ok(())
}

/// Reductions, slices, transposes, and what else has sizes to work out.
fn operations() -> Result<()> {
    let mut graph = Graph::new("operations");
    let x = graph.input("x", TensorType::f32([6, 4]));
    let mut call = |name: &str, arguments: serde_json::Value, inputs: &[TensorId]| {
        let declaration = Declaration::function(name).or_else(|| Class::find(name).copied().map(Declaration::Class)).unwrap();
        let layer = declaration.read(arguments.as_object().unwrap()).unwrap();
        let layer = graph.layer(layer, Some(format!("{name}_{}", graph.layers.len())));
        graph.call(layer, inputs).unwrap()
    };
    let z = call("Dense", json!({ "units": 4 }), &[x])[0];
    let turned = call("transpose", json!({ "axes": [0, 2, 1] }), &[z])[0];
    let swapped = call("swapaxes", json!({ "axis1": 1, "axis2": 2 }), &[turned])[0];
    let back = json!({ "class_name": "__slice__", "config": { "start": null, "stop": null, "step": -1 } });
    let all = json!({ "class_name": "__slice__", "config": { "start": null, "stop": null, "step": null } });
    let cut = call("get_item", json!({ "key": [all, back] }), &[swapped])[0];
    let mut parts = call("split", json!({ "indices_or_sections": 2, "axis": 1 }), &[cut]);
    parts.reverse();
    let whole = call("concatenate", json!({ "axis": 1 }), &parts)[0];
    let product = call("matmul", json!({}), &[whole, turned])[0];
    let product = call("matmul", json!({}), &[product, z])[0];
    let moved = call("roll", json!({ "shift": 2, "axis": 1 }), &[product])[0];
    let moved = call("pad", json!({ "pad_width": [[0, 0], [1, 0], [0, 0]], "mode": "reflect" }), &[moved])[0];
    let moved = call("diff", json!({ "axis": 1 }), &[moved])[0];
    let (most, places) = match call("top_k", json!({ "k": 4 }), &[moved]).as_slice() {
        &[most, places] => (most, places),
        other => panic!("{other:?}"),
    };
    let taken = call("take_along_axis", json!({ "axis": -1 }), &[most, places])[0];
    let mut sum = call("log_softmax", json!({ "axis": 1 }), &[taken])[0];
    for name in ["mean", "std", "max", "logsumexp", "prod", "norm", "amin"] {
        let reduced = call(name, json!({ "axis": 1, "keepdims": true }), &[z])[0];
        sum = call("add", json!({}), &[sum, reduced])[0];
    }
    graph.output("output", sum);
    let mut model = Model::new(graph, 1)?;
    let (x, y) =
        (Array3::<f32>::from_shape_fn((20, 6, 4), |(i, j, k)| (i + 2 * j + k) as f32 / 40.0), Array3::<f32>::ones((20, 6, 4)));
    let mut trainer = model.compile(Adam::new(1e-3), MeanSquaredError::new());
    trainer.train_on_batch(&x, &y)?;
    assert_eq!(allocations(|| trainer.train_on_batch(&x, &y).map(|_| ())), 0);
    Ok(())
}

/// Every optimiser, with all that optimisers share.
fn optimizers() -> Result<()> {
    let (x, y) = largest(64, 20);
    let classes = Optimizer::signatures().into_iter().map(|(class, _)| class).filter(|class| *class != "MultiOptimizer");
    let common = json!({
        "learning_rate": LearningRate::from(CosineDecay::new(0.01, 100)).to_keras(), "weight_decay": 0.1, "global_clipnorm": 0.5,
        "use_ema": true, "ema_overwrite_frequency": 3, "gradient_accumulation_steps": 2,
    });
    let of_class = |class| Optimizer::from_keras(&json!({ "class_name": class, "config": common }));
    let mut all = classes.map(of_class).collect::<Result<Vec<_>>>()?;
    all.push(MultiOptimizer::new(Adam::new(1e-3).clipnorm(0.1)).of("out/.*", RMSprop::new(1e-3).clipvalue(0.1)).into());
    for optimizer in all {
        let (mut model, class) = (dense(&[20, 16, 20], "linear"), optimizer.class());
        let mut trainer = model.compile(optimizer, SparseCategoricalCrossentropy::from_logits());
        let mut steps = |count| (0..count).try_for_each(|_| trainer.train_on_batch(&x, &y).map(|_| ()));
        steps(2)?;
        assert_eq!(allocations(|| steps(4)), 0, "{class}");
    }
    Ok(())
}

/// A `fit` of ten epochs allocates as much as one of two but for what the history grows by.
fn whole_epochs() -> Result<()> {
    let (x, y) = largest(500, 20);
    let mut model = dense(&[20, 16, 20], "linear");
    let mut trainer = model.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    let mut fit = |epochs| {
        let fit = Fit { epochs, validation_split: 0.2, verbose: Verbose::Silent, ..Fit::default() };
        allocations(|| trainer.fit((&x, &y), fit).map(|_| ()))
    };
    let (_, two, ten) = (fit(1), fit(2), fit(10));
    assert!(ten <= two + 8, "{two} allocations in two epochs, {ten} in ten");
    Ok(())
}
