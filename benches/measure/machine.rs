//! What the machine can do at most, on the threads in use.

use std::time::Instant;

use super::median;
use super::peak::peak;
use super::threads::threads;

/// How often each is measured.
const TIMES: usize = 7;
/// Numbers that are copied, more than caches hold.
const NUMBERS: usize = 32 << 20;

/// The most that the machine can do in a second.
pub struct Machine {
    /// Floating-point operations, by products that are added to sums in registers.
    pub operations: f64,
    /// Bytes that are read and written, by a copy from memory to memory.
    pub bytes: f64,
}

impl Machine {
    /// Measures both, which takes less than a second.
    pub fn measure() -> Self {
        let operations = median((0..10 * TIMES).map(|_| peak()).collect());
        let (from, mut to) = (vec![1.0_f32; NUMBERS], vec![0.0_f32; NUMBERS]);
        copy(&from, &mut to);
        Self { operations, bytes: median((0..TIMES).map(|_| copy(&from, &mut to)).collect()) }
    }
}

/// Copies on all threads and gives the bytes that moved in a second.
fn copy(from: &[f32], to: &mut [f32]) -> f64 {
    let part = from.len().div_ceil(threads());
    let start = Instant::now();
    std::thread::scope(|scope| {
        for (from, to) in from.chunks(part).zip(to.chunks_mut(part)) {
            scope.spawn(|| to.copy_from_slice(from));
        }
    });
    2.0 * size_of_val(from) as f64 / start.elapsed().as_secs_f64()
}
