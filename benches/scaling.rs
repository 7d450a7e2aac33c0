//! How training on many ranks scales: what sums over ranks and steps take here, the model of a step that fits, and what it foretells up to 64 nodes.
//!
//! ```text
//! cargo bench -p functional-model --bench scaling                                  # 2, 4 and 8 threads
//! cargo bench -p functional-model --features mpi --bench scaling --no-run  # then, between the nodes of a cluster:
//! mpirun -n 8 target/release/deps/scaling-.. [MODEL ...]
//! ```
//!
//! `docs/SCALING.md` says what follows.

#[path = "scaling/model.rs"]
mod model;
#[path = "../tests/models/mod.rs"]
mod models;
#[path = "models/work_set.rs"]
mod work_set;

use std::time::Instant;

use functional_model::distribution::DataParallel;
#[cfg(feature = "mpi")]
use functional_model::distribution::Mpi;
#[cfg(not(feature = "mpi"))]
use functional_model::distribution::Threads;
use functional_model::prelude::*;
use model::{AS_IT_IS, BUCKET, Link, Mend, Step};
use models::ToyResnet;
use ndarray::{Array, Array1, Dimension, Ix3, Ix4};
use work_set::{Transformer, Vgg19, random};

/// The links that are foretold for: of how many microseconds, and of how many billion bits a second.
const LINKS: [(&str, f64, f64); 2] = [("Ethernet, 10 Gbit/s", 30.0, 10.0), ("InfiniBand, 100 Gbit/s", 2.0, 100.0)];

/// How many numbers are summed.
const NUMBERS: [usize; 5] = [1, 1 << 14, 1 << 18, 1 << 20, 1 << 23];

#[cfg(feature = "mpi")]
fn main() -> std::process::ExitCode {
    Mpi::run(|ranks| all(&ranks))
}

#[cfg(not(feature = "mpi"))]
fn main() -> Result<()> {
    for ranks in [2, 4, 8] {
        Threads::run(ranks, |ranks| sums(&ranks))?;
    }
    all(&DataParallel::alone())
}

/// What ranks take to sum, and what the first of them foretells.
fn all(ranks: &DataParallel) -> Result<()> {
    let own = sums(ranks)?;
    if !ranks.is_first() {
        return Ok(());
    }
    let links = LINKS.map(|(name, micros, bits)| (name, Link { latency: micros * 1e-6, per_byte: 8e-9 / bits }));
    let links: Vec<(&str, Link)> = own.map(|own| ("as measured", own)).into_iter().chain(links).collect();
    // Cargo passes `--bench`; every word that is no flag is a part of a model's name.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for (name, measure) in MODELS {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            foretell(name, &measure()?, &links);
        }
    }
    Ok(())
}

/// Measures sums of more and more numbers, and gives the link that they tell of; nothing of a rank by itself.
fn sums(ranks: &DataParallel) -> Result<Option<Link>> {
    if ranks.size() < 2 {
        return Ok(None);
    }
    let mut measured = Vec::new();
    for count in NUMBERS {
        let mut numbers = vec![0.0_f32; count];
        let time = median(if count > 1 << 18 { 9 } else { 101 }, || ranks.sum(&mut numbers))?;
        measured.push((ranks.size(), (4 * count) as f64, time));
    }
    let link = model::link(&measured);
    if ranks.is_first() {
        let Link { latency, per_byte } = link;
        println!("{} ranks: {:.1} us an exchange, {:.2} GB/s", ranks.size(), latency * 1e6, 1e-9 / per_byte);
        for (ranks, bytes, time) in measured {
            let fitted = model::Sum::Halves.time(link, ranks, bytes);
            println!("  sum of {:>10} bytes: {:9.3} ms, by the formula {:9.3} ms", bytes, time * 1e3, fitted * 1e3);
        }
    }
    Ok(Some(link))
}

/// The median of so many times, in seconds, behind two that are not counted.
fn median(times: usize, mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    let mut all = Vec::new();
    for _ in 0..times + 2 {
        let start = Instant::now();
        run()?;
        all.push(start.elapsed().as_secs_f64());
    }
    let all = &mut all[2..];
    all.sort_by(f64::total_cmp);
    Ok(all[all.len() / 2])
}

/// A model, by how many samples a rank has, and its step.
struct Measured {
    samples: f64,
    step: Step,
}

type Measure = fn() -> Result<Measured>;

const MODELS: [(&str, Measure); 3] = [
    ("toy_resnet", || step(|| ToyResnet::new(1), [16, 64], 11, 10, |count| random::<Ix4>((count, 32, 32, 3)))),
    ("transformer", || step(|| Transformer::new(1), [16, 64], 11, 2, |count| random::<Ix3>((count, 128, 8)))),
    ("vgg19", || step(|| Vgg19::new(1), [4, 8], 3, 1000, |count| random::<Ix4>((count, 224, 224, 3)))),
];

/// Measures the steps of a model on one rank: of two numbers of samples, in one piece and in four.
fn step<N: Trainable, D: Dimension>(
    new: fn() -> N,
    samples: [usize; 2],
    times: usize,
    classes: usize,
    data: fn(usize) -> Array<f32, D>,
) -> Result<Measured> {
    let mut model = new();
    let mut measured = Vec::new();
    for (count, pieces) in [(samples[0], 1), (samples[1], 1), (samples[0], 4), (samples[1], 4)] {
        let (x, y) = (data(count), Array1::from_shape_fn(count, |i| (i % classes) as i32));
        let mut trainer = model.compile(SGD::new(1e-6), SparseCategoricalCrossentropy::from_logits());
        trainer = trainer.distribute(DataParallel::alone().pieces(pieces));
        let time = median(times, || trainer.train_on_batch(&x, &y).map(drop))?;
        measured.push(([count as f64, pieces as f64], time));
    }
    let mut gradients = 0;
    model.visit(&mut |weight, is_trainable| gradients += if is_trainable { 4 * weight.data.len() } else { 0 });
    Ok(Measured { samples: samples[1] as f64, step: model::step(&measured, gradients as f64, 4.0 * classes as f64) })
}

/// Prints how fast a model trains on more and more nodes, as a part of as many times the speed of one.
fn foretell(name: &str, Measured { samples, step }: &Measured, links: &[(&str, Link)]) {
    let Step { fixed, piece, sample, gradients, .. } = step;
    println!(
        "\n{name}: {:.2} ms, {:.3} ms a piece, {:.3} ms a sample; {:.2} MB of gradients",
        fixed * 1e3,
        piece * 1e3,
        sample * 1e3,
        gradients * 1e-6
    );
    let kinds = [model::Sum::Halves, model::Sum::Ring, model::Sum::Tree];
    let mends = [
        ("as it is", AS_IT_IS),
        ("4 batches an exchange", Mend { batches: 4.0, ..AS_IT_IS }),
        ("sums behind the way back", Mend { overlaps: false, ..AS_IT_IS }),
        ("gradients of 16 bits", Mend { packed: 2.0, ..AS_IT_IS }),
    ];
    let row = |what: &str, of: &dyn Fn(usize) -> String| {
        println!("  {what:<36}{}", (1..=6).map(|level| format!("{:>8}", of(1 << level))).collect::<String>());
    };
    for (link_name, link) in links {
        row(&format!("{link_name}, nodes"), &|ranks| ranks.to_string());
        for (what, mend) in mends {
            row(what, &|ranks| format!("{:.1}%", 100.0 * step.efficiency(*link, ranks, *samples, mend)));
        }
        row("64 pieces of one batch", &|ranks| {
            format!("{:.1}%", 100.0 * step.efficiency_shared(*link, ranks, 64.0 * (samples / 8.0).ceil()))
        });
        for kind in kinds {
            row(&format!("ms of a sum, {kind:?}"), &|ranks| format!("{:.2}", 1e3 * kind.time(*link, ranks, *gradients)));
        }
        let most =
            (1..=6).map(|level| 1 << level).take_while(|&ranks| step.efficiency(*link, ranks, *samples, AS_IT_IS) >= 0.9).last();
        println!("  90 % up to {} nodes; buckets of {:.1} MB", most.unwrap_or(1), BUCKET * 1e-6);
    }
}
