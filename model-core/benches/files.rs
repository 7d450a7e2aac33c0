//! What a large file costs: reading and writing the bytes alone, beside loading and saving the model that they are, and the most memory that it takes.
//!
//! `MEGABYTES=500` says how large it is. The file is in the system's cache; each time is the least of several.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::Instant;

use model_core::Result;
use model_core::file::Save as _;
use model_core::interpret::Model;
use serde_json::{Value, json};

/// Units of each layer: 100 MB of weights.
const UNITS: usize = 5000;

const RUNS: usize = 7;

fn model(megabytes: usize) -> Result<Model> {
    let input = json!({ "class_name": "InputLayer", "config": { "batch_shape": [null, UNITS], "name": "x" } });
    let dense = |number| {
        let config = json!({ "name": format!("dense_{number}"), "units": UNITS, "kernel_initializer": "zeros" });
        json!({ "class_name": "Dense", "config": config })
    };
    let layers: Vec<Value> = std::iter::once(input).chain((0..megabytes.div_ceil(100)).map(dense)).collect();
    let document = json!({ "class_name": "Sequential", "config": { "name": "large", "layers": layers } });
    Ok(Model::new(model_graph::config::read(&document).expect("the document is valid"), 1).expect("the sizes are known"))
}

/// The most memory that the program has taken since it was asked last, in MB, where the system tells it.
fn peak() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let _ = fs::write("/proc/self/clear_refs", "5");
    Some(line.split_whitespace().nth(1)?.parse::<usize>().ok()? / 1024)
}

/// Prints the least time that something takes, beside another, and the most memory.
fn report<T>(what: &str, beside: Option<f64>, mut run: impl FnMut() -> T) -> f64 {
    let _ = peak();
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        let made = run();
        least = least.min(start.elapsed().as_secs_f64());
        drop(made);
    }
    let times = beside.map(|other| format!("{:5.2} times", least / other)).unwrap_or_default();
    let memory = peak().map(|peak| format!("{peak:6} MB")).unwrap_or_default();
    println!("{what:<28} {:8.1} ms {times:>12} {memory}", least * 1e3);
    least
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn main() -> Result<()> {
    let megabytes = std::env::var("MEGABYTES").ok().and_then(|number| number.parse().ok()).unwrap_or(500);
    let folder = tempfile::tempdir().expect("there is room for a folder");
    for ending in ["keras", "weights.h5", "safetensors"] {
        let path = folder.path().join(format!("large.{ending}"));
        let save = |model: &Model| if ending == "weights.h5" { model.save_weights(&path) } else { model.save(&path) };
        let mut model = model(megabytes)?;
        save(&model)?;
        println!("{} MB as .{ending}", fs::metadata(&path).map_or(0, |metadata| metadata.len() >> 20));
        let write = {
            let bytes = fs::read(&path).expect("the file is there");
            report("writing the bytes", None, || write(&path, &bytes))
        };
        report("saving", Some(write), || save(&model));
        if ending == "weights.h5" {
            let read = report("reading the bytes", None, || fs::read(&path));
            report("loading weights", Some(read), || model.load_weights(&path));
        } else {
            drop(model);
            let read = report("reading the bytes", None, || fs::read(&path));
            report("loading", Some(read), || Model::load(&path));
        }
    }
    Ok(())
}
