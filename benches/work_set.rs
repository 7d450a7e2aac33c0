//! The work set: one JSON line a figure, `{"peer", "work", "ms", "n"}`, the median of `n` steps after warm-up.
//!
//! ```text
//! cargo bench -p functional-model --bench work_set -- [WORK ...]              # all whose names have one of these words
//! cargo bench -p functional-model --bench work_set -- --profile [WORK ...]    # where the time of a step goes
//! cargo bench -p functional-model --bench work_set -- --memory WORK           # the memory that the process takes, so of one work
//! ```
//!
//! `benches/compare` runs it beside PyTorch and Keras.

#[path = "models/calls.rs"]
mod calls;
#[path = "measure/mod.rs"]
mod measure;
#[path = "../tests/models/mod.rs"]
mod models;
#[path = "models/work_set.rs"]
mod work_set;

use std::time::Instant;

use calls::{MlpCalls, ToyResnetCalls};
use functional_model::prelude::*;
use functional_model::random::Random;
use functional_model::training::{Predictor, WeightPrecision};
use measure::{How, Work};
use models::{Mlp, ToyResnet};
use ndarray::{Array, Array1, Array2, Array4, Dimension, Ix2, Ix3, Ix4};
use work_set::{Autoencoder, Ticket, TicketInputs, TicketOutputs, Transformer, Vgg19, random};

fn main() -> Result<()> {
    // Cargo passes `--bench`; every word that is no flag is a part of the names of figures.
    let (flags, only): (Vec<String>, Vec<String>) = std::env::args().skip(1).partition(|word| word.starts_with('-'));
    let how = How::of(&flags);
    let is_named = |work: &str, word: &String| if how == How::Memory { work == word } else { work.contains(word) };
    let wanted = |work: &str| only.is_empty() || only.iter().any(|word| is_named(work, word));
    for (name, run) in WORKS {
        if wanted(name) {
            run(Work { name, how })?;
        }
    }
    Ok(())
}

/// Measures a figure, and reports it under its name.
type Measure = fn(Work) -> Result<()>;

/// The figures: what each is called, and what measures it.
const WORKS: [(&str, Measure); 15] = [
    ("toy_resnet.train.b64", |work| train(work, &mut ToyResnet::new(1), &images(64), &labels(10))),
    ("toy_resnet.train.b64.calls", |work| by_calls(work, ToyResnetCalls::new(1)?, &images(64))),
    ("toy_resnet.infer.b64", |work| infer(work, &ToyResnet::new(1), &images(64))),
    ("toy_resnet.infer.b1", |work| infer(work, &ToyResnet::new(1), &images(1))),
    ("mlp.train.b64", |work| train(work, &mut Mlp::new(1), &rows(64), &labels(10))),
    ("mlp.train.b64.calls", |work| by_calls(work, MlpCalls::new(1)?, &rows(64))),
    ("mlp.infer.b1", |work| infer(work, &Mlp::new(1), &rows(1))),
    ("mlp.fit.epoch48000", fit),
    ("autoencoder.train.b64", |work| {
        let (mut model, x) = (Autoencoder::new(1), random::<Ix4>((64, 28, 28, 1)));
        let mut trainer = model.compile(RMSprop::new(1e-3), MeanSquaredError::new());
        work.measure(|| trainer.train_on_batch(&x, &x).map(drop))
    }),
    ("ticket.train.b32", ticket),
    ("transformer.train.b64", |work| train(work, &mut Transformer::new(1), &random::<Ix3>((64, 128, 8)), &labels(2))),
    ("transformer.infer.b1", |work| infer(work, &Transformer::new(1), &random::<Ix3>((1, 128, 8)))),
    ("vgg19.infer.b1", |work| infer(work, &Vgg19::new(1), &random::<Ix4>((1, 224, 224, 3)))),
    ("vgg19.infer.b1.bfloat16", |work| vgg19_narrow(work, WeightPrecision::Bfloat16)),
    ("vgg19.infer.b1.int8", |work| vgg19_narrow(work, WeightPrecision::Int8)),
];

fn images(count: usize) -> Array4<f32> {
    random((count, 32, 32, 3))
}

fn rows(count: usize) -> Array2<f32> {
    random((count, 784))
}

fn labels(classes: i32) -> Array1<i32> {
    Array1::from_shape_fn(64, |i| i as i32 % classes)
}

fn train<N: Trainable, D: Dimension>(work: Work, model: &mut N, x: &Array<f32, D>, y: &Array1<i32>) -> Result<()> {
    let mut trainer = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits());
    work.measure(|| trainer.train_on_batch(x, y).map(drop))
}

fn infer<N: Network, D: Dimension>(work: Work, model: &N, x: &Array<f32, D>) -> Result<()> {
    predict(work, model.predictor(), x)
}

fn vgg19_narrow(work: Work, precision: WeightPrecision) -> Result<()> {
    predict(work, Vgg19::new(1).predictor().weight_precision(precision), &random::<Ix4>((1, 224, 224, 3)))
}

fn predict<N: Network, D: Dimension>(work: Work, predictor: Predictor<'_, N>, x: &Array<f32, D>) -> Result<()> {
    let mut predictor = predictor.batch_size(64)?;
    let mut output = predictor.predict(x)?;
    work.measure(|| predictor.predict_into(x, &mut output))
}

/// The step of a struct of layers that are called one by one, as a loop of one's own has it.
fn by_calls<M: Module + Callable, D: Dimension>(work: Work, model: M, x: &Array<f32, D>) -> Result<()> {
    let (mut model, y) = (OwnModel::new(model)?, labels(10));
    let mut optimizer = RMSprop::new(1e-3).build(&model)?;
    let loss = SparseCategoricalCrossentropy::from_logits();
    let mut tape = Tape::training(1);
    work.measure(|| {
        tape = tape.next_step();
        let output = Callable::call(&*model, &tape.constant(x)?)?;
        optimizer.apply(&mut model, &loss.call(&output, &y)?.backward()?)
    })
}

fn ticket(work: Work) -> Result<()> {
    let mut numbers = Random::new(1);
    let mut words = |count: usize| Array2::from_shape_simple_fn((32, count), || numbers.below(10_000) as i32);
    let x = TicketInputs { title: words(10), body: words(100), tags: random::<Ix2>((32, 12)) };
    let y = TicketOutputs { priority: random::<Ix2>((32, 1)), department: random::<Ix2>((32, 4)) };
    let losses =
        TicketOutputs { priority: BinaryCrossentropy::from_logits(), department: (CategoricalCrossentropy::from_logits(), 0.2) };
    let mut model = Ticket::new(1);
    let mut trainer = model.compile(RMSprop::new(1e-3), losses);
    work.measure(|| trainer.train_on_batch(&x, &y).map(drop))
}

fn fit(work: Work) -> Result<()> {
    let x = rows(60_000);
    let y = Array1::from_shape_fn(60_000, |i| i as i32 % 10);
    let mut mlp = Mlp::new(1);
    let mut trainer = mlp.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    let mut epoch = || {
        let fit = Fit { batch_size: 64, validation_split: 0.2, verbose: Verbose::Silent, ..Fit::default() };
        trainer.fit((&x, &y), fit).map(drop)
    };
    // Two epochs take as long as others' many steps, and one has parts by the thousand.
    if work.how == How::Time {
        epoch()?;
        let before = Instant::now();
        epoch()?;
        work.report(before.elapsed().as_secs_f64() * 1e3, 1);
    }
    Ok(())
}
