//! The work set: one JSON line a figure, `{"peer", "work", "ms", "n"}`, the median of `n` steps after warm-up.
//!
//! ```text
//! cargo bench --bench work_set [WORK ...]
//! ```
//!
//! `benches/compare` runs it beside PyTorch and Keras.

#[path = "../tests/models/mod.rs"]
mod models;

use std::time::Instant;

use functional_model::prelude::*;
use functional_model::random::Random;
use models::{Mlp, ToyResnet};
use ndarray::{Array, Array1, Array2, Array4, Dimension, ShapeBuilder};

/// How long a figure is measured at least.
const SECONDS: f64 = 6.0;

fn main() -> Result<()> {
    // Cargo passes `--bench`; every other word is the name of a figure.
    let only: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let wanted = |work: &str| only.is_empty() || only.iter().any(|word| work.contains(word.as_str()));
    let labels = Array1::from_shape_fn(64, |i| i as i32 % 10);
    let images: Array4<f32> = random((64, 32, 32, 3));
    let rows: Array2<f32> = random((64, 784));

    let mut resnet = ToyResnet::new(1);
    if wanted("toy_resnet.train.b64") {
        train("toy_resnet.train.b64", &mut resnet, &images, &labels)?;
    }
    for batch in [64, 1] {
        let work = format!("toy_resnet.infer.b{batch}");
        if wanted(&work) {
            infer(&work, &resnet, &images.slice(ndarray::s![..batch, .., .., ..]).to_owned())?;
        }
    }
    let mut mlp = Mlp::new(1);
    if wanted("mlp.train.b64") {
        train("mlp.train.b64", &mut mlp, &rows, &labels)?;
    }
    if wanted("mlp.infer.b1") {
        infer("mlp.infer.b1", &mlp, &rows.slice(ndarray::s![..1, ..]).to_owned())?;
    }
    if wanted("mlp.fit.epoch48000") {
        fit(&mut mlp)?;
    }
    Ok(())
}

fn random<D: Dimension>(shape: impl ShapeBuilder<Dim = D>) -> Array<f32, D> {
    let mut random = Random::new(1);
    Array::from_shape_simple_fn(shape, || random.unit() as f32)
}

/// The median of the times of a step in milliseconds, and their number.
fn median(mut step: impl FnMut() -> Result<()>) -> Result<(f64, usize)> {
    for _ in 0..3 {
        step()?;
    }
    let (start, mut times) = (Instant::now(), Vec::new());
    while start.elapsed().as_secs_f64() < SECONDS || times.len() < 5 {
        let before = Instant::now();
        step()?;
        times.push(before.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok((times[times.len() / 2], times.len()))
}

fn report(work: &str, (ms, n): (f64, usize)) {
    println!(r#"{{"peer": "functional-model", "work": "{work}", "ms": {ms:.4}, "n": {n}}}"#);
}

fn train<N: Trainable, D: Dimension>(work: &str, model: &mut N, x: &Array<f32, D>, y: &Array1<i32>) -> Result<()> {
    let mut trainer = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits());
    report(work, median(|| trainer.train_on_batch(x, y).map(drop))?);
    Ok(())
}

fn infer<N: Network, D: Dimension>(work: &str, model: &N, x: &Array<f32, D>) -> Result<()> {
    let mut predictor = model.predictor().batch_size(64)?;
    let mut output = predictor.predict(x)?;
    report(work, median(|| predictor.predict_into(x, &mut output))?);
    Ok(())
}

fn fit(mlp: &mut Mlp) -> Result<()> {
    let x: Array2<f32> = random((60_000, 784));
    let y = Array1::from_shape_fn(60_000, |i| i as i32 % 10);
    let mut trainer = mlp.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    let mut epoch = || {
        let fit = Fit { batch_size: 64, validation_split: 0.2, verbose: Verbose::Silent, ..Fit::default() };
        trainer.fit((&x, &y), fit).map(drop)
    };
    epoch()?;
    let before = Instant::now();
    epoch()?;
    report("mlp.fit.epoch48000", (before.elapsed().as_secs_f64() * 1e3, 1));
    Ok(())
}
