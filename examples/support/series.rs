//! The noise of engines, some of which have a fault.

use std::error::Error;
use std::fs;
use std::path::Path;

use functional_model::random::Random;
use ndarray::{Array1, Array3};

use super::Flags;

/// Series and their classes.
pub type Series = (Array3<f32>, Array1<i32>);

/// Series to train on and to test by: those of a folder of the UCR archive, or made-up ones, so many of which are trained on.
pub fn engines(flags: &Flags, samples: usize) -> Result<(Series, Series), Box<dyn Error>> {
    if let Some(folder) = &flags.data {
        return Ok((read(folder, "_TRAIN.tsv")?, read(folder, "_TEST.tsv")?));
    }
    let samples = flags.samples.unwrap_or(samples);
    Ok((signals(samples, flags.seed), signals(samples.div_ceil(5), flags.seed.wrapping_add(1))))
}

/// The noise of an engine, in 96 steps; in the second class it misfires for a while: some of it is twice as fast.
fn signals(samples: usize, seed: u64) -> Series {
    const STEPS: usize = 96;
    let mut random = Random::new(seed);
    let mut series = Array3::zeros((samples, STEPS, 1));
    let labels = Array1::from_shape_fn(samples, |i| i32::from(i % 2 == 1));
    for (mut signal, &label) in series.outer_iter_mut().zip(&labels) {
        let (frequency, loudness) = (random.uniform(0.25, 0.45), random.uniform(0.7, 1.3));
        let mut phase = random.uniform(0.0, std::f64::consts::TAU);
        let misfires = random.uniform(0.0, STEPS as f64 - 24.0) as usize;
        for step in 0..STEPS {
            let is_fast = label == 1 && (misfires..misfires + 24).contains(&step);
            phase += if is_fast { 2.0 * frequency } else { frequency };
            signal[[step, 0]] = (loudness * phase.sin() + 0.3 * random.normal()) as f32;
        }
    }
    (series, labels)
}

/// The file of a folder whose name ends so.
fn read(folder: &Path, ending: &str) -> Result<Series, Box<dyn Error>> {
    let files = fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    let file = files.into_iter().find(|path| path.to_string_lossy().ends_with(ending));
    let file = file.ok_or_else(|| format!("`{}` has no file `NAME{ending}`", folder.display()))?;
    let (mut labels, mut numbers) = (Vec::new(), Vec::new());
    for (line, text) in fs::read_to_string(&file)?.lines().enumerate() {
        let row: Result<Vec<f32>, _> = text.split('\t').map(|number| number.trim().parse()).collect();
        let row = row.map_err(|error| format!("line {} of `{}`: {error}", line + 1, file.display()))?;
        let [label, steps @ ..] = row.as_slice() else { continue };
        labels.push(i32::from(*label > 0.0));
        numbers.extend_from_slice(steps);
    }
    let steps = numbers.len() / labels.len().max(1);
    let series = Array3::from_shape_vec((labels.len(), steps, 1), numbers)?;
    Ok((series, labels.into()))
}
