//! What the kernels' tests share.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use crate::float::Float;
use crate::threads::{set_threads, threads};

/// Values between -1 and 1 that look random and are the same on every run.
pub(crate) fn values<T: Float>(len: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        T::from_f64((state >> 40) as f64 / f64::from(1 << 23) - 1.0)
    };
    (0..len).map(next).collect()
}

/// Asserts that sums of `terms` products of [`values`] are what is expected, to `tolerance` times the size that such sums have.
pub(crate) fn assert_close<T: Float>(found: &[T], expected: &[f64], terms: usize, tolerance: f64, what: &impl Debug) {
    assert_eq!(found.len(), expected.len(), "{what:?}");
    let size = (terms as f64).sqrt() / 3.0;
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let error = (found.to_f64() - expected).abs() / size.max(expected.abs());
        assert!(error < tolerance, "{what:?}: element {index} is {found}, expected {expected}");
    }
}

/// Runs a function with a number of threads, while no other test does.
pub(crate) fn with_threads<R>(count: usize, function: impl FnOnce() -> R) -> R {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let before = threads();
    set_threads(count);
    let result = function();
    set_threads(before);
    result
}
