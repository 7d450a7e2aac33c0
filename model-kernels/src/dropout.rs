//! Dropout: a random share of the elements becomes zero, the rest is scaled up. The mask is a function of a key and the element's index, so that
//! the backward pass makes it again and threads do not matter.

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

fn apply<T: Float>(x: &[T], y: &mut [T], rate: f64, key: u64, accumulate: bool) {
    debug_assert_eq!(x.len(), y.len());
    let scale = if rate < 1.0 { T::from_f64(1.0 / (1.0 - rate)) } else { T::ZERO };
    let threshold = (rate * 4_294_967_296.0).round() as u32; // saturates, and then the scale is zero
    each([(y, CHUNK)], |i, [y]| {
        let keys = chunk_keys(key, i as u64);
        let x = &x[i * CHUNK..][..y.len()];
        vectorize(
            #[inline(always)]
            || {
                for (j, (y, &x)) in (0u32..).zip(y.iter_mut().zip(x)) {
                    let kept = if bits(keys, j) >= threshold { x * scale } else { T::ZERO };
                    *y = if accumulate { *y + kept } else { kept };
                }
            },
        );
    });
}

/// The two halves of the key of a chunk: a step of SplitMix64 from the key, `chunk` steps on.
fn chunk_keys(key: u64, chunk: u64) -> [u32; 2] {
    let mut z = key.wrapping_add((chunk + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    [z as u32, (z >> 32) as u32]
}

/// The random bits of element `j` of a chunk: its number, mixed with either half of the key.
#[inline(always)]
fn bits(keys: [u32; 2], j: u32) -> u32 {
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
}
