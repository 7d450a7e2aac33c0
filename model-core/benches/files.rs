//! What a large file costs: reading and writing the bytes alone, beside loading and saving the model that they are, and the most memory that it takes.
//!
//! `MEGABYTES=500` says how large it is. The file is in the system's cache; each time is the median of several, which are taken in
//! turns with those that they are held against.

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

const RUNS: usize = 9;

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

/// Runs things in turns, and prints the median time of each beside that of the first, and the most memory that it takes.
fn compare(all: &mut [(&str, &mut dyn FnMut())]) {
    let mut times = vec![Vec::new(); all.len()];
    let mut most = vec![None; all.len()];
    for _ in 0..RUNS {
        for (((_, run), times), most) in all.iter_mut().zip(&mut times).zip(&mut most) {
            let _ = peak();
            let start = Instant::now();
            run();
            times.push(start.elapsed().as_secs_f64());
            *most = (*most).max(peak());
        }
    }
    let median = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    let first = median(&mut times[0]);
    for (((what, _), times), most) in all.iter().zip(&mut times).zip(&most) {
        let time = median(times);
        let memory = most.map(|most| format!("{most:6} MB")).unwrap_or_default();
        println!("{what:<28} {:8.1} ms {:5.2} times {memory}", time * 1e3, time / first);
    }
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
        let bytes = fs::read(&path).expect("the file is there");
        compare(&mut [
            ("writing the bytes", &mut || write(&path, &bytes).expect("there is room")),
            ("saving", &mut || save(&model).expect("it was saved before")),
        ]);
        drop(bytes);
        let mut read = || drop(fs::read(&path));
        let mut load_weights = || model.load_weights(&path).expect("the weights are its own");
        if ending == "weights.h5" {
            compare(&mut [("reading the bytes", &mut read), ("loading weights", &mut load_weights)]);
        } else {
            let mut load = || drop(Model::load(&path).expect("it was saved"));
            compare(&mut [("reading the bytes", &mut read), ("loading", &mut load), ("loading weights", &mut load_weights)]);
        }
    }
    Ok(())
}
