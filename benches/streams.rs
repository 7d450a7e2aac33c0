//! What streams cost: an epoch on the same data from memory and as a stream, in turns, and the most memory while far more data than that are
//! streamed.
//!
//! ```text
//! cargo bench -p functional-model --bench streams
//! ```

use std::fs;
use std::hint::black_box;
use std::time::Instant;

use functional_model::prelude::*;
use functional_model::random::Random;
use ndarray::{Array1, Array2, Array3, Array4};

functional_model! {
    model Mlp(x: [784]) -> [10] {
        let x = Dense(64, activation = "relu")(x);
        let x = Dense(64, activation = "relu")(x);
        Dense(10)(x)
    }

    model Convnet(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(32, 3, activation = "relu")(img);
        let x = MaxPooling2D(2)(x);
        let x = Conv2D(64, 3, activation = "relu")(x);
        Dense(10)(GlobalAveragePooling2D()(x))
    }

    model Small(img: [32, 32, 3]) -> [10] {
        Dense(10)(GlobalAveragePooling2D()(img))
    }
}

const ROUNDS: usize = 11;

fn quiet<'f>() -> Fit<'f> {
    Fit::epochs(1).batch_size(64).verbose(Verbose::Silent)
}

/// Prints the medians of what is run in turns, and by how much they differ from the first.
fn in_turns(name: &str, runs: &mut [(&str, &mut dyn FnMut() -> Result<()>)]) -> Result<()> {
    let mut times = vec![Vec::new(); runs.len()];
    for _ in 0..ROUNDS {
        for ((_, run), times) in runs.iter_mut().zip(&mut times) {
            let start = Instant::now();
            run()?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    let medians: Vec<f64> = times.into_iter().map(median).collect();
    for ((what, _), time) in runs.iter().zip(&medians) {
        println!("{name:<10} {what:<28} {time:8.2} ms an epoch, {:.3} of the speed in memory", medians[0] / time);
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The same data from memory and as a stream, on a model.
macro_rules! compare {
    ($name:literal, $model:ident, $x:expr, $y:expr) => {{
        let (x, y) = ($x, $y);
        let mut models = [$model::new(1), $model::new(1), $model::new(1)];
        let [first, second, third] = &mut models;
        let loss = SparseCategoricalCrossentropy::from_logits;
        let mut in_memory = first.compile(Adam::new(1e-3), loss());
        let mut streamed = second.compile(Adam::new(1e-3), loss());
        let mut ahead = third.compile(Adam::new(1e-3), loss());
        let samples = y.len();
        let stream = Dataset::from_slices((x.clone(), y.clone())).shuffle(samples).batch(64);
        let prefetched = stream.clone().prefetch(4);
        in_turns(
            $name,
            &mut [
                ("in memory", &mut || in_memory.fit((&x, &y), quiet()).map(|history| drop(black_box(history)))),
                ("stream", &mut || streamed.fit(&stream, quiet()).map(|history| drop(black_box(history)))),
                ("stream, prefetch(4)", &mut || ahead.fit(&prefetched, quiet()).map(|history| drop(black_box(history)))),
            ],
        )?;
    }};
}

/// The most memory that the process has had, where the system tells.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |peak| peak.trim().to_owned())
}

/// Trains on images that are made as they are needed, so many bytes of them in all.
fn large(bytes: usize) -> Result<()> {
    let images = bytes / (32 * 32 * 3 * 4);
    let made = Dataset::range(0..images).map_random(|place, random: &mut Random| {
        let light = random.unit() as f32;
        (Array3::from_shape_fn((32, 32, 3), |(i, j, k)| light * ((place + i * 3 + j * 7 + k) % 17) as f32), (place % 10) as i32)
    });
    let mut model = Small::new(1);
    let mut trainer = model.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits());
    let (before, start) = (peak(), Instant::now());
    trainer.fit(made.shuffle(1024).batch(64).prefetch(4), quiet())?;
    println!(
        "{images} images, {:.2} GB: {:.1} s, most memory {} (before: {before})",
        bytes as f64 / 1e9,
        start.elapsed().as_secs_f64(),
        peak()
    );
    Ok(())
}

fn main() -> Result<()> {
    large(2_000_000_000)?;
    let labels = |samples| Array1::from_shape_fn(samples, |i| (i % 10) as i32);
    compare!("mlp", Mlp, Array2::from_shape_fn((12_800, 784), |(i, k)| ((i * 31 + k * 7) % 97) as f32 / 97.0), labels(12_800));
    let pixel = |(i, y, x, k): (usize, usize, usize, usize)| ((i * 31 + y * 7 + x * 5 + k) % 97) as f32 / 97.0;
    compare!("convnet", Convnet, Array4::from_shape_fn((1280, 32, 32, 3), pixel), labels(1280));
    Ok(())
}
