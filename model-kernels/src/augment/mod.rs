//! Images changed by chance, each sample by choices of its own: they follow from a key and the sample's place in the batch, so that the backward
//! pass makes them again and threads do not matter.

mod affine;
mod change;
mod crop;
mod erase;
mod flip;

pub use affine::{Affine, Beyond, Matrix, Motion, rotation, translation, zoom};
pub use change::Change;
pub use crop::Crop;
pub use erase::Erasing;
pub use flip::{Flip, flip};

use crate::chunks::{each, rows_per_task};
use crate::dropout::{bits, chunk_keys};
use crate::float::Float;
use crate::sizes::{check, elements};

/// What is drawn for a sample: a row of numbers, each by its place.
#[derive(Clone, Copy)]
struct Draws {
    keys: [u32; 2],
}

impl Draws {
    /// What is drawn for a sample of a batch.
    fn of(key: u64, sample: usize) -> Self {
        Self { keys: chunk_keys(key, sample as u64) }
    }

    /// A number from 0 to 1, 1 left out.
    fn uniform(self, draw: u32) -> f64 {
        f64::from(bits(self.keys, draw)) / 4_294_967_296.0
    }

    /// A number between two.
    fn between(self, draw: u32, [low, high]: [f64; 2]) -> f64 {
        low + (high - low) * self.uniform(draw)
    }
}

/// Runs `work(sample, its part of each input, its part of the output)`, of tensors whose samples have these sizes.
fn samples<T: Float, const N: usize>(
    inputs: [(&[T], &[usize]); N],
    (output, sizes): (&mut [T], &[usize]),
    work: impl Fn(usize, [&[T]; N], &mut [T]) + Sync,
) {
    let size = elements(sizes);
    let batch = output.len() / size.max(1);
    check("a change of images", [("output", output.len(), &[batch, size])]);
    let inputs = inputs.map(|(input, sizes)| {
        let size = elements(sizes);
        check("a change of images", [("input", input.len(), &[batch, size])]);
        (input, size)
    });
    let count = rows_per_task(size);
    each([(output, count * size)], |task, [output]| {
        for (i, output) in output.chunks_exact_mut(size).enumerate() {
            let sample = task * count + i;
            work(sample, inputs.map(|(input, size)| &input[sample * size..][..size]), output);
        }
    });
}
