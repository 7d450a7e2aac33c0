//! What the machine can do at most, measured where it is needed. The program that takes this in has `threads`, the library's.
#![allow(unsafe_code)] // registers of one instruction set, and the clock of one thread

use std::hint::black_box;
use std::time::{Duration, Instant};

use super::threads::{parallel, threads};

/// Floating-point operations a second of a loop of nothing else, on all threads at once.
pub fn peak() -> f64 {
    const STEPS: usize = 20_000;
    let begin = now();
    let parts = threads() * 4;
    parallel(parts, |_| fused_multiply_adds(STEPS));
    (parts * STEPS) as f64 * operations_per_step() / (now() - begin).as_secs_f64()
}

/// The time: with one thread the processor's own, which others who work on this machine do not lengthen.
pub fn now() -> Duration {
    #[cfg(target_os = "linux")]
    if threads() == 1 {
        #[repr(C)]
        struct Time {
            seconds: i64,
            nanoseconds: i64,
        }
        unsafe extern "C" {
            fn clock_gettime(clock: i32, time: *mut Time) -> i32;
        }
        const THREAD_PROCESSOR_TIME: i32 = 3;
        let mut time = Time { seconds: 0, nanoseconds: 0 };
        // SAFETY: the C library's function, with the memory it writes to.
        if unsafe { clock_gettime(THREAD_PROCESSOR_TIME, &raw mut time) } == 0 {
            return Duration::new(time.seconds as u64, time.nanoseconds as u32);
        }
    }
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}

#[cfg(target_arch = "x86_64")]
fn operations_per_step() -> f64 {
    if is_x86_feature_detected!("avx512f") { 16.0 * 16.0 * 2.0 } else { 12.0 * 8.0 * 2.0 }
}

#[cfg(target_arch = "x86_64")]
fn fused_multiply_adds(steps: usize) {
    use std::arch::x86_64::*;
    #[target_feature(enable = "avx512f")]
    fn avx512(steps: usize) {
        let mut sums = [_mm512_setzero_ps(); 16];
        let (a, b) = (_mm512_set1_ps(black_box(0.5)), _mm512_set1_ps(black_box(0.25)));
        for _ in 0..steps {
            for sum in &mut sums {
                *sum = _mm512_fmadd_ps(a, *sum, b);
            }
        }
        black_box(sums);
    }
    #[target_feature(enable = "avx2,fma")]
    fn avx2(steps: usize) {
        let mut sums = [_mm256_setzero_ps(); 12];
        let (a, b) = (_mm256_set1_ps(black_box(0.5)), _mm256_set1_ps(black_box(0.25)));
        for _ in 0..steps {
            for sum in &mut sums {
                *sum = _mm256_fmadd_ps(a, *sum, b);
            }
        }
        black_box(sums);
    }
    if is_x86_feature_detected!("avx512f") {
        // SAFETY: the machine has the instruction set, as just seen.
        unsafe { avx512(steps) }
    } else {
        // SAFETY: the benchmark is for machines with at least this instruction set.
        unsafe { avx2(steps) }
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn operations_per_step() -> f64 {
    16.0
}

#[cfg(not(target_arch = "x86_64"))]
fn fused_multiply_adds(steps: usize) {
    let mut sums = [0.0_f32; 8];
    for _ in 0..steps {
        sums = sums.map(|sum| sum * black_box(0.5) + 0.25);
    }
    black_box(sums);
}
