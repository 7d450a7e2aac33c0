//! What training costs beside the model's own work: a step of the 784-64-64-10 network on 64 samples, whole and in parts.

use std::hint::black_box;
use std::time::Instant;

use model_core::Result;
use model_core::callbacks::{EarlyStopping, LambdaCallback};
use model_core::interpret::Model;
use model_core::layer::Context;
use model_core::losses::SparseCategoricalCrossentropy;
use model_core::metrics::{Accuracy, SparseTopKCategoricalAccuracy};
use model_core::network::Network;
use model_core::optimizers::{Adam, Optimizer, RMSprop, SGD};
use model_core::training::{Fit, History, Predict, Train, Verbose};
use ndarray::{Array1, Array2};
use serde_json::json;

const BATCH: usize = 64;
const SAMPLES: usize = 12_800;

fn model() -> Result<Model> {
    let dense = |name: &str, units: usize, activation: &str| json!({ "class_name": "Dense", "config": { "name": name, "units": units, "activation": activation } });
    let input = json!({ "class_name": "InputLayer", "config": { "batch_shape": [null, 784], "name": "x" } });
    let layers = [input, dense("one", 64, "relu"), dense("two", 64, "relu"), dense("out", 10, "linear")];
    let document = json!({ "class_name": "Sequential", "config": { "name": "mlp", "layers": layers } });
    Ok(Model::new(model_graph::config::read(&document).expect("the document is valid"), 1).expect("the sizes are known"))
}

/// Prints the least time of one of `count` runs, of many.
fn report(what: &str, count: usize, mut run: impl FnMut()) {
    let mut least = f64::INFINITY;
    for _ in 0..30 {
        let start = Instant::now();
        run();
        least = least.min(start.elapsed().as_secs_f64() / count as f64);
    }
    println!("{what:<40} {:8.1} us", least * 1e6);
}

fn passes(model: &Model, x: &[f32]) {
    let (mut tape, mut gradients) = (model.tape(), model.gradients());
    let (mut output, mut d_output) = (vec![0.0; BATCH * 10], vec![0.01; BATCH * 10]);
    let context = Context::training(BATCH, 1);
    report("forward and backward alone", 100, || {
        for _ in 0..100 {
            Network::forward(model, &mut tape, context, &[x], &mut [&mut output]).unwrap();
            Network::backward(model, &mut tape, context, &[x], &[&output], &mut [&mut d_output], &mut [None], &mut gradients)
                .unwrap();
        }
    });
}

/// What metrics, callbacks and weights cost besides, in turns.
fn besides(x: &Array2<f32>, y: &Array1<i32>) -> Result<()> {
    const ROUNDS: usize = 15;
    let weights = Array1::from_shape_fn(SAMPLES, |i| 0.5 + (i % 3) as f32);
    let fit = || Fit { batch_size: BATCH, verbose: Verbose::Silent, ..Fit::default() };
    let mut models = [model()?, model()?, model()?, model()?, model()?];
    let [plain, measured, thorough, called, weighed] = &mut models;
    let loss = SparseCategoricalCrossentropy::from_logits;
    let mut plain = plain.compile(Adam::default(), loss());
    let mut measured = measured.compile(Adam::default(), loss()).metric(Accuracy);
    let mut thorough = thorough.compile(Adam::default(), loss()).metric(Accuracy).metric(SparseTopKCategoricalAccuracy::new());
    let mut called = called.compile(Adam::default(), loss());
    let mut weighed = weighed.compile(Adam::default(), loss());
    let mut times = vec![Vec::new(); 5];
    for _ in 0..ROUNDS {
        let mut time = |place: usize, run: &mut dyn FnMut() -> Result<History>| {
            let start = Instant::now();
            run().map(|history| {
                black_box(history);
                times[place].push(start.elapsed().as_secs_f64() * 1e3);
            })
        };
        time(0, &mut || plain.fit((x, y), fit()))?;
        time(1, &mut || measured.fit((x, y), fit()))?;
        time(2, &mut || thorough.fit((x, y), fit()))?;
        let stopping = || EarlyStopping::new().monitor("loss").patience(100).restore_best_weights(true);
        let told = || {
            LambdaCallback::new().on_train_batch_end(|_, logs, _| {
                black_box(logs.get("loss"));
                Ok(())
            })
        };
        time(3, &mut || called.fit((x, y), fit().callback(stopping()).callback(told())))?;
        time(4, &mut || weighed.fit((x, y, &weights), fit()))?;
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let all: Vec<f64> = times.iter_mut().map(median).collect();
    let names = ["alone", "with accuracy", "with two metrics", "with two callbacks", "with weights of samples"];
    for (name, time) in names.iter().zip(&all) {
        println!("an epoch of fit {name:<24} {time:8.2} ms, {:.3} of alone", time / all[0]);
    }
    Ok(())
}

fn main() -> Result<()> {
    let x = Array2::from_shape_fn((SAMPLES, 784), |(i, k)| ((i * 31 + k * 7) % 97) as f32 / 97.0);
    let y = Array1::from_shape_fn(SAMPLES, |i| (i % 10) as i32);
    passes(&model()?, &x.as_slice().expect("a new array is in the standard layout")[..BATCH * 784]);
    let (few, labels) = (&x.slice(ndarray::s![..BATCH, ..]), &y.slice(ndarray::s![..BATCH]));
    let optimizers: [Optimizer; 3] = [SGD::new(0.01).into(), RMSprop::default().into(), Adam::default().into()];
    for optimizer in optimizers {
        let (mut model, class) = (model()?, optimizer.class());
        let mut trainer = model.compile(optimizer, SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
        report(&format!("train_on_batch, {class}"), 100, || {
            (0..100).for_each(|_| drop(black_box(trainer.train_on_batch(few, labels))));
        });
        for shuffle in [false, true] {
            let fit = || Fit { batch_size: BATCH, shuffle, verbose: Verbose::Silent, ..Fit::default() };
            let what = format!("a step of fit, shuffle {shuffle}, {class}");
            report(&what, SAMPLES / BATCH, || drop(black_box(trainer.fit((&x, &y), fit()))));
        }
    }
    besides(&x, &y)?;
    let model = model()?;
    let (mut predictor, mut output) = (model.predictor(), Array2::zeros((1, 10)));
    let one = x.slice(ndarray::s![..1, ..]);
    report("predict_into, one sample", 1000, || {
        (0..1000).for_each(|_| drop(black_box(predictor.predict_into(&one, &mut output))))
    });
    Ok(())
}
