//! What takes more memory than there is is refused in words, and nothing is allocated for it before.
#![allow(unsafe_code)] // an allocator that counts

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{checked, dense, model};
use model_core::Result;
use model_core::file::Save;
use model_core::interpret::Model;
use model_core::losses::MeanSquaredError;
use model_core::memory::{limit, set_limit};
use model_core::optimizers::Adam;
use model_core::training::{Fit, Predict, Train, Verbose};
use ndarray::{Array2, Array3};
use serde_json::{Value, json};

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: the system's allocator does the work.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The words of a refusal, for which less than a megabyte is allocated.
fn refused<T>(run: impl FnOnce() -> Result<T>) -> String {
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let error = run().err().expect("it takes more than there is");
    let taken = PEAK.load(Ordering::Relaxed) - before;
    assert!(taken < 1 << 20, "{taken} bytes are allocated before it is said that {error}");
    error.to_string()
}

fn check<T>(run: impl FnOnce() -> Result<T>, expected: &str) {
    let text = refused(run);
    assert!(text.starts_with(expected), "expected {expected}\nfound    {text}");
}

/// Layers one after the other on an input of a shape.
fn sequential(name: &str, input: Value, layers: &[(&str, Value)]) -> Value {
    let mut all = vec![json!({ "class_name": "InputLayer", "config": { "name": "x", "batch_shape": input } })];
    all.extend(layers.iter().map(|(class, config)| json!({ "class_name": class, "config": config })));
    json!({ "class_name": "Sequential", "config": { "name": name, "layers": all } })
}

/// One test, since the limit is the program's.
#[test]
fn what_takes_more_memory_than_there_is_is_refused_in_words() -> Result<()> {
    let machine = limit();
    weights_of_a_configuration();
    weights_that_a_file_only_declares();
    files_that_are_too_large();
    activations();
    training()?;
    batches()?;
    assert_eq!(limit(), machine);
    Ok(())
}

fn bomb() -> Value {
    sequential("s", json!([null, 8]), &[("Dense", json!({ "name": "d", "units": 4_000_000_000_u64 }))])
}

fn weights_of_a_configuration() {
    let (text, words) = (bomb().to_string(), "the weights of `d` would take 134.1 GiB of memory: expected at most ");
    check(|| Model::from_config(&text, 1), words);
    check(|| Ok(Model::<f32>::new(model_graph::config::from_json(&text)?, 1)?), words);
    let doubled = "the weights of `d` would take 268.2 GiB of memory: ";
    check(|| Ok(Model::<f64>::new(model_graph::config::from_json(&text)?, 1)?), doubled);

    // None is too large alone.
    let layer = |i: usize| ("Dense", json!({ "name": format!("dense_{i}"), "units": 100_000 }));
    let many = sequential("many", json!([null, 100_000]), &[0, 1, 2, 3].map(layer)).to_string();
    set_limit(Some(100 << 30));
    let text = refused(|| Model::from_config(&many, 1));
    set_limit(None);
    let expected = "the weights of `many` would take 149.0 GiB of memory: expected at most 100.0 GiB\n\
                    help: that is what `memory::set_limit` has set";
    assert_eq!(text, expected);
}

/// The file of a document, with these tensors of one element.
fn file(folder: &Path, document: &Value, tensors: &[&str]) -> std::path::PathBuf {
    use safetensors::tensor::{Dtype, TensorView};

    let zero = [0; 4];
    let tensors = tensors.iter().map(|name| (*name, TensorView::new(Dtype::F32, vec![1], &zero).unwrap()));
    let metadata = [("functional_model".to_owned(), document.to_string())].into();
    let path = folder.join("crafted.safetensors");
    std::fs::write(&path, checked(safetensors::serialize(tensors, Some(metadata)).unwrap())).unwrap();
    path
}

fn weights_that_a_file_only_declares() {
    let folder = tempfile::tempdir().unwrap();
    let document = json!({ "format": 1, "checksum": "0".repeat(64), "config": bomb() });
    for (tensors, expected) in [
        (&[][..], "the file's tensors are not the model's: expected `d/kernel` and `d/bias`, found none"),
        (
            &["d/kernel", "d/bias"][..],
            "the file's tensors are not the model's: `d/kernel`: expected [8, 4000000000] of F32, found [1] of F32",
        ),
    ] {
        let path = file(folder.path(), &document, tensors);
        check(|| Model::load(&path), &format!("`{}`: {expected}", path.display()));
    }
}

fn files_that_are_too_large() {
    let file = tempfile::NamedTempFile::new().unwrap();
    if file.as_file().set_len(1 << 42).is_err() {
        return println!("skipped: the file system has no files of 4 TiB");
    }
    check(|| Model::load(file.path()), &format!("`{}`: the file would take 4096.0 GiB of memory: ", file.path().display()));
}

fn activations() {
    let size = |name: &str| ("UpSampling1D", json!({ "name": name, "size": 65_536 }));
    let average = ("GlobalAveragePooling1D", json!({ "name": "average" }));
    let dense = ("Dense", json!({ "name": "dense", "units": 1 }));
    let layers = [size("a"), size("b"), average, dense];
    let mut model = common::model(&sequential("wide", json!([null, null, 1]), &layers));
    let (x, y) = (Array3::<f32>::zeros((40, 3, 1)), Array2::<f32>::zeros((40, 1)));
    check(|| model.predict(&x), "the activations of a batch of 32 samples in `wide` would take 1536.");
    check(|| model.predict(x.slice(ndarray::s![..1, .., ..])), "the activations of a batch of 1 sample in `wide` would take 48.");
    let mut trainer = model.compile(Adam::new(0.1), MeanSquaredError::new());
    let words = "the activations of a batch of 32 samples in `wide` would take ";
    check(|| trainer.train_on_batch(x.slice(ndarray::s![..32, .., ..]), y.slice(ndarray::s![..32, ..])), words);
    check(|| trainer.fit((&x, &y), Fit { verbose: Verbose::Silent, ..Fit::default() }), words);
    check(|| trainer.evaluate((&x, &y)), words);

    let one = ndarray::arr0(1.0_f32);
    let view = one.broadcast((1 << 40, 1, 1)).unwrap();
    let words = "a copy of the array of shape [1099511627776, 1, 1] as `f32` would take 4096.0 GiB of memory: ";
    check(|| model.predict(view), words);

    // A dimension of any size, times four billion.
    let vast = common::model(&sequential(
        "vast",
        json!([null, null, 1]),
        &[("UpSampling1D", json!({ "name": "more", "size": 4_000_000_000_u64 }))],
    ));
    let x = Array3::<f32>::zeros((1, 30, 1));
    check(|| vast.predict(&x), "the predictions of 1 sample by `vast` would take 447.0 GiB of memory: ");
}

fn training() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let mut model = dense(&[500, 500, 1], "linear");
    let (x, y) = (Array2::<f32>::zeros((2, 500)), Array2::<f32>::zeros((2, 1)));
    set_limit(Some(2 << 20));
    model.predict(&x)?;
    let words = "the weights of `dense_layers`, their gradients and what `Adam` remembers of them would take 3.8 MiB of memory: ";
    let mut trainer = model.compile(Adam::new(0.1), MeanSquaredError::new());
    check(|| trainer.train_on_batch(&x, &y), words);
    check(|| trainer.fit((&x, &y), Fit { verbose: Verbose::Silent, ..Fit::default() }), words);
    check(|| trainer.evaluate((&x, &y)), words);
    let path = folder.path().join("model");
    let text = refused(|| trainer.save(&path));
    assert!(text.contains(words), "{text}");
    set_limit(Some(1 << 20));
    check(|| model.save(&path), &format!("`{}`: a file of `dense_layers` would take 1.9 MiB of memory: ", path.display()));
    set_limit(None);

    model.compile(Adam::new(0.1), MeanSquaredError::new()).save(&path)?;
    set_limit(Some(3 << 20));
    let mut same = Model::load(&path)?;
    let text = same.resume(&path).map(|_| ()).unwrap_err().to_string();
    assert!(text.contains(words), "{text}");
    set_limit(None);
    same.resume(&path).map(|_| ())
}

/// What counts is what is taken at one time: a batch, and the predictions.
fn batches() -> Result<()> {
    let double = |name: &str| ("ZeroPadding1D", json!({ "name": name, "padding": [0, 1000] }));
    let layers = [double("a"), double("b"), ("GlobalMaxPooling1D", json!({ "name": "most" }))];
    let model = model(&sequential("rows", json!([null, 1000, 1]), &layers));
    let x = Array3::<f32>::zeros((100, 1000, 1));
    set_limit(Some(1 << 20));
    model.predict(&x)?;
    check(|| model.predictor().batch_size(100)?.predict(&x), "the activations of a batch of 100 samples in `rows` would take ");
    set_limit(None);
    Ok(())
}
