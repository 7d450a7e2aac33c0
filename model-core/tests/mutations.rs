//! Configurations and files that have been changed at random: whatever they say, reading them is a model or an error, soon, and takes no
//! memory to speak of.
//!
//! A case follows from its number alone. `FUNCTIONAL_MODEL_MUTATIONS=500000` tries so many; `FUNCTIONAL_MODEL_MUTATION=17` that one.
#![allow(unsafe_code)] // an allocator that counts

mod common;

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::{Cursor, Read as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use common::{bits, checked, dense, largest, sequences, two_by_two};
use model_core::Error;
use model_core::file::Save;
use model_core::given::AnyArray;
use model_core::interpret::Model;
use model_core::losses::{Losses, MeanSquaredError, SparseCategoricalCrossentropy};
use model_core::memory::set_limit;
use model_core::network::Network;
use model_core::optimizers::{Adam, RMSprop};
use model_core::random::Random;
use model_core::threads::set_threads;
use model_core::training::{Predict, Train};
use model_graph::Graph;
use model_graph::shape::DType;
use ndarray::{Array1, Array2, IxDyn, arr0};
use serde_json::{Map, Value, json};

/// What a case may take of the heap, beyond the file's own bytes.
const MOST_MEMORY: usize = 64 << 20;

/// How long a case may take.
const MOST_TIME: Duration = Duration::from_secs(1);

/// What models may take: enough for those that are changed, and so little that the arithmetic of what they become is soon done.
const LIMIT: u64 = 4 << 20;

/// How many words a model is given at most.
const MOST_WORDS: usize = 1 << 24;

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

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|number| number.parse().expect("a number"))
}

/// The time that this thread has run, where the system tells it, and otherwise what a clock shows.
fn used() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let ran = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let ran = ran.and_then(|text| text.split_whitespace().next()?.parse().ok());
    ran.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// One test, since what is counted is the program's.
#[test]
fn whatever_a_file_says_reading_it_is_a_model_or_an_error() {
    set_threads(1);
    set_limit(Some(LIMIT));
    let folder = tempfile::tempdir().unwrap();
    let (texts, files) = (texts(), files(folder.path()));
    let path = folder.path().join("changed");
    let mut tally = Tally::default();
    let cases = match number("FUNCTIONAL_MODEL_MUTATION") {
        Some(case) => case..case + 1,
        None => 0..number("FUNCTIONAL_MODEL_MUTATIONS").unwrap_or(3000),
    };
    for case in cases {
        let mut random = Random::new(case);
        if case % 2 == 0 {
            let text = change_text(&pick(&mut random, &texts).clone(), &texts, &mut random);
            tally.run(case, text.len(), &text, || from_text(&text));
        } else {
            let file = pick(&mut random, &files);
            let bytes = match file.bytes.get(..2) {
                Some(b"PK") => change_archive(&file.bytes, &texts, &mut random),
                Some(b"\x89H") => change_hdf5(&file.bytes, &mut random),
                _ => change_file(&file.bytes, &texts, &mut random),
            };
            std::fs::write(&path, &bytes).unwrap();
            tally.run(case, bytes.len(), &String::from_utf8_lossy(&bytes), || from_file(file, &path));
        }
    }
    set_limit(None);
    println!("{tally:?}");
    assert!(tally.faults == 0, "{} of {} cases fail: see above", tally.faults, tally.cases);
}

/// What came out of the cases.
#[derive(Debug, Default)]
struct Tally {
    cases: u64,
    models: u64,
    predictions: u64,
    most_bytes: usize,
    most_time: Duration,
    faults: u64,
}

/// How far a case came.
enum Outcome {
    Refused,
    Model,
    Prediction,
}

impl Tally {
    fn run(&mut self, case: u64, own: usize, text: &str, run: impl Fn() -> Outcome) {
        self.cases += 1;
        let mut fault = |what: &str| {
            self.faults += 1;
            let shown: String = text.chars().take(4000).collect();
            println!("case {case}: {what}\n{shown}\n");
        };
        let mut least_time = Duration::MAX;
        // Where time is the clock's, the machine may have other things to do: what is slow is slow three times.
        for _ in 0..3 {
            let before = LIVE.load(Ordering::Relaxed);
            PEAK.store(before, Ordering::Relaxed);
            let start = used();
            let outcome = catch_unwind(AssertUnwindSafe(&run));
            least_time = least_time.min(used().saturating_sub(start));
            let taken = PEAK.load(Ordering::Relaxed).saturating_sub(before).saturating_sub(own);
            if least_time <= MOST_TIME {
                self.most_bytes = self.most_bytes.max(taken);
                match outcome {
                    Err(_) => fault("it panics"),
                    Ok(_) if taken > MOST_MEMORY => fault(&format!("it takes {taken} bytes")),
                    Ok(Outcome::Refused) => {}
                    Ok(Outcome::Model) => self.models += 1,
                    Ok(Outcome::Prediction) => (self.models, self.predictions) = (self.models + 1, self.predictions + 1),
                }
                break;
            }
        }
        if least_time > MOST_TIME {
            fault(&format!("it takes {least_time:?}"));
        }
        self.most_time = self.most_time.max(least_time);
    }
}

fn from_text(text: &str) -> Outcome {
    match Model::from_config(text, 1) {
        Ok(model) => predict(&model),
        Err(error) => {
            let _ = error.to_string();
            Outcome::Refused
        }
    }
}

/// Reads a file in every way. A model that refuses it is as it was.
fn from_file(file: &File, path: &Path) -> Outcome {
    let mut model = (file.model)();
    let before = bits(&model);
    let unchanged = |model: &Model, error: Error| {
        let _ = error.to_string();
        assert_eq!(bits(model), before, "a file that is refused changes the model");
    };
    if let Err(error) = model.load_weights(path) {
        unchanged(&model, error);
    }
    model = (file.model)();
    if let Err(error) = model.resume(path).map(|_| ()) {
        unchanged(&model, error);
    }
    match Model::load(path) {
        Ok(model) => predict(&model),
        Err(error) => {
            let _ = error.to_string();
            Outcome::Refused
        }
    }
}

/// Predicts from one sample of zeros, three along every axis of any size.
fn predict(model: &Model) -> Outcome {
    let graph: &Graph = model.graph();
    let zero = arr0(0.0_f32);
    let shapes: Vec<Vec<usize>> = graph.inputs.iter().map(|port| shape(graph, port.tensor)).collect();
    let Some(views) = shapes.iter().map(|shape| zero.broadcast(IxDyn(shape))).collect::<Option<Vec<_>>>() else {
        return Outcome::Model; // no array has so many elements
    };
    // Every word is looked at: so many are the caller's own, not the file's.
    let is_of_words = |tensor| graph.ty(tensor).dtype != DType::F32;
    if graph.inputs.iter().zip(&views).any(|(port, view)| is_of_words(port.tensor) && view.len() > MOST_WORDS) {
        return Outcome::Model;
    }
    let names = graph.inputs.iter().map(|port| port.name.as_str());
    let given: Vec<(&str, AnyArray<'_>)> = names.zip(views.iter().map(AnyArray::from)).collect();
    if model.predict_all(given).is_ok() { Outcome::Prediction } else { Outcome::Model }
}

fn shape(graph: &Graph, tensor: model_graph::graph::TensorId) -> Vec<usize> {
    let sizes = graph.ty(tensor).shape.0.iter().map(|dim| dim.evaluate(&|_| Some(3)));
    std::iter::once(1).chain(sizes.map(|size| size.and_then(|size| usize::try_from(size).ok()).unwrap_or(1))).collect()
}

fn pick<'i, T>(random: &mut Random, items: &'i [T]) -> &'i T {
    &items[random.below(items.len() as u64) as usize]
}

/// Configurations of Keras's, and small ones.
fn texts() -> Vec<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [here.join("../tests/parity/config"), here.join("../model-graph/tests/keras")];
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    paths.sort();
    let mut texts: Vec<String> = paths.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    assert!(texts.len() > 5, "the configurations are there");
    texts.extend([dense(&[3, 4, 2], "softmax"), two_by_two(), sequences()].map(|model| model.config()));
    // Small ones are changed where it matters more often than large ones.
    for (input, class, config) in small() {
        let layers = json!([
            { "class_name": "InputLayer", "config": { "name": "x", "batch_shape": input } },
            { "class_name": class, "config": config },
        ]);
        texts.push(json!({ "class_name": "Sequential", "config": { "name": "small", "layers": layers } }).to_string());
    }
    texts
}

fn small() -> Vec<(Value, &'static str, Value)> {
    vec![
        (json!([null, 8]), "Dense", json!({ "name": "dense", "units": 3, "activation": "relu", "use_bias": true })),
        (
            json!([null, 9, 9, 2]),
            "Conv2D",
            json!({ "name": "conv", "filters": 3, "kernel_size": [2, 3], "strides": [2, 1], "padding": "same", "dilation_rate": [1, 1], "groups": 1 }),
        ),
        (
            json!([null, null, 4]),
            "Conv1D",
            json!({ "name": "conv", "filters": 3, "kernel_size": 2, "padding": "causal", "dilation_rate": 2 }),
        ),
        (
            json!([null, 5, 5, 3]),
            "Conv2DTranspose",
            json!({ "name": "conv", "filters": 2, "kernel_size": 3, "strides": 2, "output_padding": 1 }),
        ),
        (
            json!([null, 7, 7, 3]),
            "SeparableConv2D",
            json!({ "name": "conv", "filters": 2, "kernel_size": 3, "depth_multiplier": 2 }),
        ),
        (json!([null, 7, 7, 3]), "DepthwiseConv2D", json!({ "name": "conv", "kernel_size": 3, "depth_multiplier": 2 })),
        (
            json!([null, 8, 8, 2]),
            "MaxPooling2D",
            json!({ "name": "pool", "pool_size": [2, 2], "strides": 3, "padding": "valid" }),
        ),
        (json!([null, null, 2]), "AveragePooling1D", json!({ "name": "pool", "pool_size": 2, "strides": 1, "padding": "same" })),
        (json!([null, 4, 5]), "Reshape", json!({ "name": "reshape", "target_shape": [10, -1] })),
        (json!([null, 4, 5]), "Permute", json!({ "name": "permute", "dims": [2, 1] })),
        (
            json!([null, null, 3]),
            "LSTM",
            json!({ "name": "lstm", "units": 4, "return_sequences": true, "recurrent_initializer": "orthogonal" }),
        ),
        (json!([null, 4, 3]), "GRU", json!({ "name": "gru", "units": 4, "go_backwards": true })),
        (json!([null, 4, 5]), "BatchNormalization", json!({ "name": "normal", "axis": -1, "momentum": 0.9, "epsilon": 0.001 })),
        (json!([null, 4, 5]), "LayerNormalization", json!({ "name": "normal", "axis": 1, "epsilon": 0.001 })),
        (json!([null, 4, 5, 2]), "PReLU", json!({ "name": "prelu", "shared_axes": [1, 2] })),
        (json!([null, 4, 5, 2]), "UpSampling2D", json!({ "name": "up", "size": [2, 3], "interpolation": "bilinear" })),
        (json!([null, 4, 5, 2]), "ZeroPadding2D", json!({ "name": "pad", "padding": [[1, 2], [0, 1]] })),
        (json!([null, 6, 5, 2]), "Cropping2D", json!({ "name": "crop", "cropping": [[1, 2], [0, 1]] })),
        (json!([null, 6]), "RepeatVector", json!({ "name": "repeat", "n": 3 })),
        (json!([null, 3, 4]), "Softmax", json!({ "name": "softmax", "axis": 1 })),
        (json!([null, 3, 4]), "Rescaling", json!({ "name": "rescaling", "scale": 0.5, "offset": 1 })),
    ]
}

/// A file, and what makes the model that it is of.
struct File {
    model: fn() -> Model,
    bytes: Vec<u8>,
}

fn files(folder: &Path) -> Vec<File> {
    let path = folder.join("saved");
    let mut files = Vec::new();
    // Files of Keras's: whole ones, and old ones.
    for name in ["archives/random_38.keras", "archives/old/words.h5", "archives/old/pictures_alone.h5"] {
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)).unwrap();
        files.push(File { model: || dense(&[3, 2], "linear"), bytes });
    }
    let mut add = |model: fn() -> Model| files.push(File { model, bytes: std::fs::read(&path).unwrap() });
    let small = || dense(&[3, 2], "linear");
    small().save(&path).unwrap();
    add(small);

    let (x, y) = largest(8, 3);
    let mut model = small();
    let mut trainer = model.compile(RMSprop::new(0.1).momentum(0.5), SparseCategoricalCrossentropy::from_logits());
    trainer.train_on_batch(&x, y.mapv(|label| label % 2)).unwrap();
    trainer.save(&path).unwrap();
    add(small);

    let (right, size) = (Array2::<f32>::ones((8, 2)), Array1::<f32>::zeros(8));
    let mut model = two_by_two();
    let losses =
        Losses::new().output("kind", SparseCategoricalCrossentropy::from_logits()).output("size", MeanSquaredError::new());
    let mut trainer = model.compile(Adam::new(0.1), losses);
    trainer.train_on_batch((&x, &right), (&y, &size)).unwrap();
    trainer.save(&path).unwrap();
    add(two_by_two);

    sequences().save(&path).unwrap();
    add(sequences);

    let archive = folder.join("saved.keras");
    let mut add = |model: fn() -> Model, path: &Path| files.push(File { model, bytes: std::fs::read(path).unwrap() });
    let mut model = small();
    let mut trainer = model.compile(Adam::new(0.1), SparseCategoricalCrossentropy::from_logits());
    trainer.train_on_batch(&x, y.mapv(|label| label % 2)).unwrap();
    trainer.save(&archive).unwrap();
    add(small, &archive);
    let weights = folder.join("saved.weights.h5");
    model.save_weights(&weights).unwrap();
    add(small, &weights);
    files
}

/// A text after one to three changes, in its bytes or in what it says.
fn change_text(text: &str, others: &[String], random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..=random.below(3) {
        text = match (random.below(4), serde_json::from_str::<Value>(&text)) {
            (0, _) | (_, Err(_)) => {
                let mut bytes = text.into_bytes();
                change_bytes(&mut bytes, random);
                String::from_utf8_lossy(&bytes).into_owned()
            }
            (1, Ok(value)) => repeat_key(&value, random),
            (_, Ok(mut value)) => {
                change_value(&mut value, others, random);
                value.to_string()
            }
        };
    }
    text
}

fn change_bytes(bytes: &mut Vec<u8>, random: &mut Random) {
    if bytes.is_empty() {
        return;
    }
    let place = random.below(bytes.len() as u64) as usize;
    let end = (place + 1 + random.below(12) as usize).min(bytes.len());
    match random.below(6) {
        0 => bytes[place] ^= 1 << random.below(8),
        1 => bytes[place] = pick(random, b"0123456789-+.eE\"\\[]{},:ntf\0\xff").to_owned(),
        2 => drop(bytes.drain(place..end)),
        3 => {
            let again = bytes[place..end].to_vec();
            bytes.splice(place..place, again);
        }
        4 => bytes.truncate(place),
        _ => {
            let digits: Vec<u8> = (0..1 + random.below(25)).map(|_| b'0' + random.below(10) as u8).collect();
            bytes.splice(place..end, digits);
        }
    }
}

/// The places of all values in a value: the way to each, by positions.
fn places(value: &Value, way: &mut Vec<usize>, all: &mut Vec<Vec<usize>>) {
    all.push(way.clone());
    let mut visit = |i: usize, child: &Value| {
        way.push(i);
        places(child, way, all);
        way.pop();
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(i, item)| visit(i, item)),
        Value::Object(entries) => entries.values().enumerate().for_each(|(i, entry)| visit(i, entry)),
        _ => {}
    }
}

fn at<'v>(value: &'v mut Value, way: &[usize]) -> &'v mut Value {
    way.iter().fold(value, |value, &i| match value {
        Value::Array(items) => &mut items[i],
        Value::Object(entries) => entries.values_mut().nth(i).expect("the way leads to a value"),
        _ => unreachable!("the way leads through lists and objects"),
    })
}

fn random_place(value: &Value, random: &mut Random, wanted: impl Fn(&Value) -> bool) -> Vec<usize> {
    let mut all = Vec::new();
    places(value, &mut Vec::new(), &mut all);
    let mut copy = value.clone();
    let fit: Vec<&Vec<usize>> = all.iter().filter(|way| wanted(at(&mut copy, way))).collect();
    if fit.is_empty() { pick(random, &all).clone() } else { (*pick(random, &fit)).clone() }
}

fn change_value(value: &mut Value, others: &[String], random: &mut Random) {
    let is_number = |value: &Value| value.is_number();
    match random.below(8) {
        0..3 => {
            let way = random_place(value, random, is_number);
            *at(value, &way) = nasty_number(random);
        }
        3 => {
            let way = random_place(value, random, |_| true);
            *at(value, &way) = nasty(random);
        }
        4 => {
            let (one, other) = (random_place(value, random, |_| true), random_place(value, random, |_| true));
            let (a, b) = (at(value, &one).clone(), at(value, &other).clone());
            *at(value, &one) = b;
            // The other's place may be gone with what lay around it.
            if !one.starts_with(&other) && !other.starts_with(&one) {
                *at(value, &other) = a;
            }
        }
        5 => {
            let way = random_place(value, random, |value| value.is_array() || value.is_object());
            match at(value, &way) {
                Value::Array(items) if !items.is_empty() => {
                    let item = pick(random, items).clone();
                    if random.below(2) == 0 {
                        items.push(item);
                    } else {
                        items.remove(random.below(items.len() as u64) as usize);
                    }
                }
                Value::Object(entries) if !entries.is_empty() => {
                    let keys: Vec<String> = entries.keys().cloned().collect();
                    let removed = entries.remove(pick(random, &keys));
                    if random.below(2) == 0 {
                        entries.insert(pick(random, &keys).clone(), removed.unwrap_or_default());
                    }
                }
                _ => {}
            }
        }
        6 => {
            let Ok(mut other) = serde_json::from_str::<Value>(pick::<String>(random, others)) else { return };
            let (from, to) = (random_place(&other, random, |_| true), random_place(value, random, |_| true));
            *at(value, &to) = at(&mut other, &from).clone();
        }
        _ => {
            let way = random_place(value, random, is_number);
            let changed = at(value, &way).as_i64().map(|number| number.saturating_add(random.below(7) as i64 - 3));
            if let Some(number) = changed {
                *at(value, &way) = number.into();
            }
        }
    }
}

fn nasty_number(random: &mut Random) -> Value {
    let numbers = [
        json!(0),
        json!(-1),
        json!(1),
        json!(65_536),
        json!(1_i64 << 31),
        json!(1_i64 << 32),
        json!((1_i64 << 32) - 1),
        json!(1_i64 << 40),
        json!(1_i64 << 53),
        json!(i64::MAX),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(-1e-320),
        json!(0.5),
    ];
    pick(random, &numbers).clone()
}

fn nasty(random: &mut Random) -> Value {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    let values = [
        json!(null),
        json!(""),
        json!([]),
        json!({}),
        json!(true),
        json!("perhaps"),
        json!("2 * words - 4000000000"),
        json!([null, null]),
        json!([[[]]]),
        json!([0, 4_294_967_296_u64, -1]),
        deep,
    ];
    if random.below(3) == 0 { nasty_number(random) } else { pick(random, &values).clone() }
}

/// A text in which a key stands twice in an object, with two values.
fn repeat_key(value: &Value, random: &mut Random) -> String {
    const MARK: &str = "__again__";
    let mut value = value.clone();
    let way = random_place(&value, random, |value| value.as_object().is_some_and(|entries| !entries.is_empty()));
    let Value::Object(entries) = at(&mut value, &way) else { return value.to_string() };
    let keys: Vec<String> = entries.keys().cloned().collect();
    if keys.is_empty() {
        return value.to_string();
    }
    let key = pick(random, &keys).clone();
    let other = entries.values().nth(random.below(keys.len() as u64) as usize).cloned().unwrap_or_default();
    let mut more: Map<String, Value> = entries.clone();
    more.insert(MARK.to_owned(), other);
    *entries = more;
    let quoted = Value::String(key).to_string();
    value.to_string().replace(&format!("\"{MARK}\""), &quoted)
}

/// The bytes of a file after one to three changes: in its bytes, its header, its document. Most have the right checksum all the same.
fn change_file(bytes: &[u8], others: &[String], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(3) {
        match random.below(8) {
            0 => change_bytes(&mut bytes, random),
            1 => {
                // A number, wherever it lies.
                let number = pick(random, &[f32::NAN, f32::INFINITY, -1.0, 1e38, 0.0]).to_le_bytes();
                let place = bytes.len().saturating_sub(4 * (1 + random.below(8) as usize));
                bytes.iter_mut().skip(place).zip(number).for_each(|(byte, new)| *byte = new);
            }
            2 => {
                let lengths =
                    [0, 1, 8, bytes.len() as u64, bytes.len() as u64 - 8, 1 << 32, u64::MAX, u64::MAX - 7, random.below(2000)];
                let length = pick(random, &lengths).to_le_bytes();
                bytes.iter_mut().zip(length).for_each(|(byte, new)| *byte = new);
            }
            kind => bytes = change_header(&bytes, kind < 5, others, random).unwrap_or(bytes),
        }
        if bytes.len() < 8 {
            break;
        }
    }
    if random.below(10) == 0 { bytes } else { checked(bytes) }
}

/// The bytes of an archive after a change: in them, in its configuration, or in its variables.
fn change_archive(bytes: &[u8], others: &[String], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if random.below(4) == 0 {
        return change_hdf5(&bytes, random);
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut written = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let chosen = random.below(5);
    let method =
        *pick(random, &[zip::CompressionMethod::Stored, zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated]);
    for place in 0..archive.len() {
        let mut file = archive.by_index(place).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        match (name.as_str(), chosen) {
            ("config.json", 0..3) => content = change_text(&String::from_utf8(content).unwrap(), others, random).into_bytes(),
            ("model.weights.h5", 3..) => content = change_hdf5(&content, random),
            _ => {}
        }
        written.start_file(name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        written.write_all(&content).unwrap();
    }
    bytes = written.finish().unwrap().into_inner();
    bytes
}

/// Bytes of which some, most of them in front, where files say what is where, are others; or fewer bytes.
fn change_hdf5(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=random.below(4) {
        let end = if random.below(3) == 0 { bytes.len() } else { bytes.len().min(9000) };
        let place = random.below(end as u64) as usize;
        bytes[place] = match random.below(4) {
            0 => 0,
            1 => 0xff,
            2 => bytes[place] ^ (1 << random.below(8)),
            _ => random.below(256) as u8,
        };
    }
    if random.below(12) == 0 {
        bytes.truncate(random.below(bytes.len() as u64) as usize);
    }
    bytes
}

/// A file whose header, or the document in it, has been changed.
fn change_header(bytes: &[u8], is_outside: bool, others: &[String], random: &mut Random) -> Option<Vec<u8>> {
    const KEY: &str = "functional_model";
    let length = usize::try_from(u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?)).ok()?;
    let data = bytes.get(8_usize.checked_add(length)?..)?;
    let mut header: Value = serde_json::from_slice(bytes.get(8..8 + length)?).ok()?;
    if is_outside {
        change_value(&mut header, others, random);
    } else {
        let text = header["__metadata__"][KEY].as_str()?;
        let mut document: Value = serde_json::from_str(text).ok()?;
        let text = match random.below(5) {
            0 => change_text(text, others, random),
            1 => {
                let training = document.get_mut("training").filter(|training| training.is_object())?;
                change_value(training, others, random);
                document.to_string()
            }
            _ => {
                change_value(document.get_mut("config")?, others, random);
                document.to_string()
            }
        };
        *header.get_mut("__metadata__")?.get_mut(KEY)? = text.into();
    }
    let mut text = header.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(8), b' ');
    Some([&(text.len() as u64).to_le_bytes(), text.as_slice(), data].concat())
}
