//! Training on streams: the same as on the same data in memory, and what goes wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use functional_model::dataset::Dataset;
use functional_model::given::Data;
use functional_model::prelude::*;
use functional_model::training::History;
use ndarray::{Array1, Array2};

functional_model! {
    model Net(x: [5]) -> [3] {
        let x = Dense(8, activation = "relu")(x);
        let x = Dropout(0.3)(BatchNormalization()(x));
        Dense(3)(x)
    }

    model Words(x: i32[words]) -> [2] {
        Dense(2)(GlobalAveragePooling1D()(Embedding(9, 4)(x)))
    }
}

const SAMPLES: usize = 50;

fn examples() -> (Array2<f32>, Array1<i32>) {
    let x = Array2::from_shape_fn((SAMPLES, 5), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 5.0 - 1.0);
    let y = x.rows().into_iter().map(|row| if row[0] > 0.2 { 2 } else { i32::from(row[1] > row[2]) }).collect();
    (x, y)
}

fn batches(size: usize) -> Dataset<(Array2<f32>, Array1<i32>)> {
    Dataset::from_slices(examples()).shuffle(SAMPLES).batch(size)
}

fn compiled(model: &mut Net) -> functional_model::training::Trainer<'_, Net> {
    let adam = Adam::new(0.01).use_ema(true).gradient_accumulation_steps(2);
    model.compile(adam, SparseCategoricalCrossentropy::from_logits()).metric("accuracy")
}

fn quiet<'f>(epochs: usize) -> Fit<'f> {
    Fit::epochs(epochs).batch_size(16).seed(5).verbose(Verbose::Silent)
}

/// The history and the weights of training on some data.
fn trained(data: impl Data, fit: Fit<'_>) -> Result<(History, Vec<f32>)> {
    let mut model = Net::new(3);
    let history = compiled(&mut model).fit(data, fit)?;
    Ok((history, weights(&model)))
}

fn weights(model: &Net) -> Vec<f32> {
    let mut all = Vec::new();
    model.visit(&mut |weight, _| all.extend_from_slice(&weight.data));
    all
}

fn refusal(data: impl Data, fit: Fit<'_>) -> String {
    trained(data, fit).err().map_or_else(|| "no error".to_owned(), |error| error.to_string())
}

#[test]
fn a_stream_trains_to_the_bits_of_the_same_data_in_memory() -> Result<()> {
    let (x, y) = examples();
    let in_memory = trained((&x, &y), quiet(3))?;
    assert_eq!(trained(batches(16), quiet(3))?, in_memory);
    assert_eq!(trained(batches(16).prefetch(2), quiet(3))?, in_memory);
    let decoded =
        Dataset::from_slices((x.mapv(|x| x * 2.0), y.clone())).shuffle(SAMPLES).par_map(|(x, y)| (x / 2.0, y)).batch(16);
    assert_eq!(trained(decoded, quiet(3))?, in_memory);
    let of_unknown_length = batches(16).filter(|_| true);
    assert_eq!(trained(of_unknown_length, quiet(3))?, in_memory);
    Ok(())
}

#[test]
fn epochs_of_so_many_steps_go_on_where_the_last_has_ended() -> Result<()> {
    let (x, y) = examples();
    let fit = || quiet(5).steps_per_epoch(3);
    let in_memory = trained((&x, &y), fit())?;
    assert_eq!(trained(batches(16), fit())?, in_memory);
    assert_eq!(trained(batches(16).filter(|_| true), fit())?, in_memory);
    assert_eq!(trained(batches(16).repeat(None), fit())?, in_memory);
    Ok(())
}

#[test]
fn validation_and_evaluation_take_streams() -> Result<()> {
    let (x, y) = examples();
    let in_order = Dataset::from_slices(examples()).batch(16);
    let in_memory = trained((&x, &y), quiet(2).validation_data(&(&x, &y)))?;
    assert_eq!(trained(batches(16), quiet(2).validation_data(&in_order))?, in_memory);
    let few = trained((&x, &y), quiet(2).validation_data(&(&x, &y)).validation_steps(2))?;
    assert_eq!(trained(batches(16), quiet(2).validation_data(&in_order).validation_steps(2))?, few);
    let mut model = Net::new(3);
    let mut trainer = compiled(&mut model);
    assert_eq!(trainer.evaluate(&in_order)?, trainer.evaluate_batched((&x, &y), 16)?);
    Ok(())
}

#[test]
fn predictions_for_a_stream_are_those_for_the_arrays() -> Result<()> {
    let (x, _) = examples();
    let model = Net::new(3);
    let stream = Dataset::from_slices(x.clone()).batch(7);
    assert_eq!(model.predict(&stream)?, model.predict(&x)?);
    let broken = stream.clone().try_map(|x| if x.nrows() < 7 { Err("gone") } else { Ok(x) });
    assert_eq!(model.predict(&broken).unwrap_err().to_string(), "batch 8 of the data: gone");
    let endless = model.predict(stream.repeat(None)).unwrap_err().to_string();
    assert!(endless.starts_with("the data have no end"), "{endless}");
    Ok(())
}

#[test]
fn training_on_a_stream_goes_on_from_a_file_as_if_it_had_not_stopped() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("training.safetensors");
    let noisy = || batches(16).map_random(|(x, y), random| (x + random.unit() as f32 / 8.0, y)).prefetch(2);
    for steps in [None, Some(3)] {
        let fit = |epochs| Fit { steps_per_epoch: steps, ..quiet(epochs) };
        let whole = trained(noisy(), fit(4))?.1;
        let mut model = Net::new(3);
        // Broken off behind the second step of the second epoch.
        let at = AtomicUsize::new(0);
        let stop = LambdaCallback::new().on_train_batch_end(|_, _, training| {
            if at.fetch_add(1, Ordering::Relaxed) == steps.unwrap_or(4) + 1 {
                training.save(&path)?;
                return Err("killed".into());
            }
            Ok(())
        });
        let stopped = compiled(&mut model).fit(noisy(), fit(4).callback(stop));
        assert!(stopped.unwrap_err().to_string().contains("killed"));
        let mut other = Net::new(9);
        let mut trainer = other.resume(&path)?;
        trainer.fit(noisy(), fit(3))?;
        drop(trainer);
        assert_eq!(weights(&other), whole, "{steps:?}");
    }
    Ok(())
}

#[test]
fn batches_may_have_sizes_of_their_own() -> Result<()> {
    let texts = Dataset::from_fn(|_| (1..=12).map(|i| (Array1::from_elem(1 + i % 4, i as i32 % 9), i as i32 % 2)));
    let mut model = Words::new(1);
    let mut trainer = model.compile(Adam::new(0.01), SparseCategoricalCrossentropy::from_logits());
    let history = trainer.fit(texts.padded_batch(3, 0), quiet(2))?;
    assert_eq!(history["loss"].len(), 2);
    Ok(())
}

#[test]
fn what_is_wrong_with_a_stream_is_told_with_its_place() {
    let fails = Arc::new(AtomicBool::new(true));
    let (x, y) = examples();
    let other = Dataset::from_items(vec![(x.clone(), y.clone()), (x.slice(ndarray::s![.., 1..]).to_owned(), y.clone())]);
    let nan = Dataset::from_items(vec![(x.mapv(|x| if x > 0.9 { f32::NAN } else { x }), y.clone())]);
    let panics = batches(16).enumerate().map(move |(i, batch)| {
        assert!(i < 2 || !fails.load(Ordering::Relaxed), "the disk is gone");
        batch
    });
    let broken = batches(16).enumerate().try_map(|(i, batch)| if i == 1 { Err("cat.png is broken") } else { Ok(batch) });
    let once = Dataset::from_iter_once((0..3).map(|_| examples()));
    let of_samples = Dataset::from_items(vec![(x.clone(), y.clone())]).with_len(2);
    for (data, fit, said) in [
        (&batches(16).take(0), quiet(1), "batch 1 of the training data: it is empty: expected a batch at least"),
        (&other, quiet(1), "batch 2 of the training data: input `x` has the wrong shape: expected [samples, 5], found [50, 4]"),
        (&nan, quiet(1), "batch 1 of the training data: sample 1 of input `x` is not finite"),
        (&panics, quiet(1), "batch 3 of the training data: it panicked: the disk is gone"),
        (&panics.clone().prefetch(1), quiet(1), "batch 3 of the training data: it panicked: the disk is gone"),
        (&broken, quiet(1), "batch 2 of the training data: cat.png is broken"),
        (&once, quiet(2), "batch 1 of the training data in round 2: the data can be gone through once only"),
        (&of_samples, quiet(1), "batch 2 of the training data: it ended: expected 2 batches"),
        (&other.clone().with_len(1), quiet(1), "batch 2 of the training data: it goes on: expected 1 batches"),
        (&batches(16), quiet(1).validation_split(0.2), "`validation_split` of `Fit`"),
        (&batches(16).repeat(None), quiet(1), "a number of steps for a stream that has no end"),
        (&batches(16), quiet(1).validation_data(&batches(16).repeat(None)), "the validation data have no end"),
        (&batches(16), quiet(1).validation_data(&broken), "batch 2 of the validation data: cat.png is broken"),
    ] {
        let found = refusal(data, fit);
        assert!(found.contains(said), "expected: {said}\nfound: {found}");
    }
}

#[test]
fn a_model_is_whole_behind_a_stream_that_fails() -> Result<()> {
    let broken = batches(16).enumerate().try_map(|(i, batch)| if i == 2 { Err("gone") } else { Ok(batch) });
    let loss = || SparseCategoricalCrossentropy::from_logits();
    let (mut failed, mut stopped) = (Net::new(3), Net::new(3));
    assert!(failed.compile(Adam::new(0.01), loss()).fit(broken, quiet(1)).is_err());
    stopped.compile(Adam::new(0.01), loss()).fit(batches(16), quiet(1).steps_per_epoch(2))?;
    assert_eq!(weights(&failed), weights(&stopped));
    Ok(())
}
