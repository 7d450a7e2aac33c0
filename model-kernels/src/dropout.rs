//! Dropout: a random share of the elements, or of the channels of a sample, becomes zero or another constant. The mask is a function of a key and
//! the element's index, so that the backward pass makes it again and threads do not matter.

pub mod shared;

use crate::chunks::{CHUNK, each};
use crate::float::Float;
use crate::vectorize::vectorize;

/// `y = x / (1 - rate)`, or 0 with probability `rate`. Every step and layer has a `key` of its own.
pub fn forward<T: Float>(x: &[T], y: &mut [T], rate: f64, key: u64) {
    apply(x, y, rate, key, false);
}

/// `d_x = d_y / (1 - rate)` or 0, with the mask of the same key, or `d_x +=` that.
pub fn backward<T: Float>(d_y: &[T], d_x: &mut [T], rate: f64, key: u64, accumulate: bool) {
    apply(d_y, d_x, rate, key, accumulate);
}

/// What each element is multiplied with by [`forward`]: `1 / (1 - rate)` or 0.
pub fn factors<T: Float>(y: &mut [T], rate: f64, key: u64) {
    let (scale, threshold) = (scale::<T>(rate), Mask { rate, key, accumulate: false }.threshold());
    each([(y, CHUNK)], |i, [y]| {
        let keys = chunk_keys(key, i as u64);
        (0u32..).zip(y).for_each(|(j, y)| *y = if bits(keys, j) >= threshold { scale } else { T::ZERO });
    });
}

fn apply<T: Float>(x: &[T], y: &mut [T], rate: f64, key: u64, accumulate: bool) {
    let scale = scale(rate);
    each_element(
        x,
        y,
        Mask { rate, key, accumulate },
        #[inline(always)]
        |x| x * scale,
        T::ZERO,
    );
}

/// What is multiplied with what is kept.
fn scale<T: Float>(rate: f64) -> T {
    if rate < 1.0 { T::from_f64(1.0 / (1.0 - rate)) } else { T::ZERO }
}

/// The saturation of the self-normalising linear unit, which its dropout sets elements to: `-alpha * scale`.
const SATURATION: f64 = -1.673_263_242_354_377_2 * 1.050_700_987_355_480_5;

/// What keeps mean 0 and variance 1: the factor and the offset of elements of which a share is saturated.
fn self_normalizing(rate: f64) -> [f64; 2] {
    let factor = 1.0 / ((1.0 - rate) * (1.0 + rate * SATURATION * SATURATION)).sqrt();
    [factor, -factor * SATURATION * rate]
}

/// `y = a * x + b`, or with probability `rate` the same of the self-normalising linear unit's saturation, so that mean 0 and variance 1 are kept.
pub fn alpha_forward<T: Float>(x: &[T], y: &mut [T], rate: f64, key: u64) {
    let [factor, offset] = self_normalizing(rate);
    let dropped = T::from_f64(factor * SATURATION + offset);
    let [factor, offset] = [factor, offset].map(T::from_f64);
    each_element(
        x,
        y,
        Mask { rate, key, accumulate: false },
        #[inline(always)]
        |x| factor * x + offset,
        dropped,
    );
}

/// `d_x = a * d_y` or 0, with the mask of the same key, or `d_x +=` that.
pub fn alpha_backward<T: Float>(d_y: &[T], d_x: &mut [T], rate: f64, key: u64, accumulate: bool) {
    let factor = T::from_f64(self_normalizing(rate)[0]);
    each_element(
        d_y,
        d_x,
        Mask { rate, key, accumulate },
        #[inline(always)]
        |d| factor * d,
        T::ZERO,
    );
}

/// Which elements are dropped.
#[derive(Clone, Copy)]
struct Mask {
    rate: f64,
    key: u64,
    accumulate: bool,
}

impl Mask {
    /// The random bits below which an element is dropped.
    fn threshold(self) -> u32 {
        (self.rate * 4_294_967_296.0).round() as u32 // saturates, and then the scale is zero
    }
}

/// `y = kept(x)`, or `dropped`, of every element.
fn each_element<T: Float>(x: &[T], y: &mut [T], mask: Mask, kept: impl Fn(T) -> T + Sync, dropped: T) {
    debug_assert_eq!(x.len(), y.len());
    each([(y, CHUNK)], |i, [y]| {
        let keys = chunk_keys(mask.key, i as u64);
        let x = &x[i * CHUNK..][..y.len()];
        vectorize(
            #[inline(always)]
            || put(x, y, keys, mask, &kept, dropped),
        );
    });
}

#[inline(always)]
fn put<T: Float>(x: &[T], y: &mut [T], keys: [u32; 2], mask: Mask, kept: impl Fn(T) -> T, dropped: T) {
    let threshold = mask.threshold();
    for (j, (y, &x)) in (0u32..).zip(y.iter_mut().zip(x)) {
        let value = if bits(keys, j) >= threshold { kept(x) } else { dropped };
        *y = if mask.accumulate { *y + value } else { value };
    }
}

/// The two halves of the key of a chunk: a step of SplitMix64 from the key, `chunk` steps on.
pub(crate) fn chunk_keys(key: u64, chunk: u64) -> [u32; 2] {
    let mut z = key.wrapping_add((chunk + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    [z as u32, (z >> 32) as u32]
}

/// The random bits of element `j` of a chunk: its number, mixed with either half of the key.
#[inline(always)]
pub(crate) fn bits(keys: [u32; 2], j: u32) -> u32 {
    mix(mix(j.wrapping_mul(0x9e37_79b9).wrapping_add(keys[0])) ^ keys[1])
}

/// A bijection of 32 bits with very little bias (C. Wellons' `lowbias32`).
#[inline(always)]
fn mix(mut x: u32) -> u32 {
    x = (x ^ (x >> 16)).wrapping_mul(0x7feb_352d);
    x = (x ^ (x >> 15)).wrapping_mul(0x846c_a68b);
    x ^ (x >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(n: usize, rate: f64, key: u64) -> Vec<f64> {
        let mut y = vec![0.0; n];
        forward(&vec![1.0; n], &mut y, rate, key);
        y
    }

    #[test]
    fn factors_are_what_ones_become() {
        for (n, rate) in [(5, 0.0), (3 * CHUNK + 7, 0.4)] {
            let mut y = vec![f64::NAN; n];
            factors(&mut y, rate, 42);
            assert_eq!(y, mask(n, rate, 42));
        }
    }

    #[test]
    fn the_bits_are_pinned() {
        assert_eq!(chunk_keys(42, 0), [0x2feb_6e95, 0xbdd7_3226]);
        assert_eq!([0, 1, 2].map(|j| bits(chunk_keys(42, 0), j)), [0x9dc9_6ec4, 0x9d7a_eccc, 0xda7d_3736]);
        assert_eq!([0, 1, 2].map(|j| bits(chunk_keys(42, 1), j)), [0xd1d1_c2ea, 0xc39a_d467, 0x77fa_6d80]);
    }

    #[test]
    fn the_share_of_zeros_is_the_rate_and_neighbours_do_not_depend_on_each_other() {
        let n = 1 << 20;
        for (rate, key) in [(0.1, 1), (0.5, 2), (0.5, 3), (0.9, u64::MAX)] {
            let kept: Vec<bool> = mask(n, rate, key).iter().map(|&y| y != 0.0).collect();
            let deviation = (n as f64 * rate * (1.0 - rate)).sqrt();
            let zeros = kept.iter().filter(|k| !**k).count() as f64;
            assert!((zeros - n as f64 * rate).abs() < 4.0 * deviation, "{rate}: {zeros}");
            for lag in [1, 2, 16, 64, CHUNK] {
                let both = kept.iter().zip(&kept[lag..]).filter(|(a, b)| **a && **b).count() as f64;
                let expected = (n - lag) as f64 * (1.0 - rate) * (1.0 - rate);
                assert!((both - expected).abs() < 6.0 * expected.sqrt(), "{rate} {lag}: {both} for {expected}");
            }
        }
        let same = mask(n, 0.5, 7).iter().zip(mask(n, 0.5, 8)).filter(|(a, b)| **a == *b).count() as f64;
        assert!((same - n as f64 / 2.0).abs() < 4.0 * (n as f64 / 4.0).sqrt());
    }

    #[test]
    fn backward_has_the_same_mask_and_the_limits_are_exact() {
        let mut d = vec![1.0; 40_000];
        backward(&vec![2.0; 40_000], &mut d, 0.2, 5, true);
        assert!(d.iter().zip(mask(40_000, 0.2, 5)).all(|(d, y)| *d == 1.0 + 2.0 * y));
        assert!(mask(1000, 0.0, 1).iter().all(|&y| y == 1.0));
        assert!(mask(1000, 1.0, 1).iter().all(|&y| y == 0.0));
    }

    #[test]
    fn self_normalizing_dropout_keeps_mean_and_variance() {
        let n = 1 << 18;
        let (mut x, mut y) = (vec![0.0; n], vec![0.0; n]);
        crate::noise::add(&vec![0.0; n], &mut x, 1.0, 1);
        alpha_forward(&x, &mut y, 0.3, 9);
        let mean = y.iter().sum::<f64>() / n as f64;
        let variance = y.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.01 && (variance - 1.0).abs() < 0.02, "{mean} {variance}");
        let [factor, offset] = self_normalizing(0.3);
        let dropped = y.iter().filter(|y| **y == factor * SATURATION + offset).count() as f64;
        assert!((dropped / n as f64 - 0.3).abs() < 0.01);
    }
}
