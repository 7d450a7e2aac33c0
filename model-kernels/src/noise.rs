//! Normal noise, added to elements or multiplied with them. The noise is a function of a key and the element's index, as the mask of dropout
//! is.

use crate::chunks::{CHUNK, each};
use crate::dropout::{bits, chunk_keys};
use crate::float::Float;

/// `y = x + noise`, of mean 0 and this standard deviation.
pub fn add<T: Float>(x: &[T], y: &mut [T], deviation: f64, key: u64) {
    each_element(x, y, key, |x, noise, _| x + T::from_f64(deviation * noise));
}

/// `y = x * noise`, of mean 1 and this standard deviation, or `y +=` that. The gradient is the same function of the output's.
pub fn multiply<T: Float>(x: &[T], y: &mut [T], deviation: f64, key: u64, accumulate: bool) {
    each_element(x, y, key, |x, noise, y| {
        let value = x * T::from_f64(1.0 + deviation * noise);
        if accumulate { y + value } else { value }
    });
}

fn each_element<T: Float>(x: &[T], y: &mut [T], key: u64, value: impl Fn(T, f64, T) -> T + Sync) {
    debug_assert_eq!(x.len(), y.len());
    each([(y, CHUNK)], |i, [y]| {
        let keys = [key, !key].map(|key| chunk_keys(key, i as u64));
        for (j, (y, &x)) in (0u32..).zip(y.iter_mut().zip(&x[i * CHUNK..])) {
            *y = value(x, normal(keys.map(|keys| bits(keys, j))), *y);
        }
    });
}

/// A standard normal number from random bits (Box and Muller), the same on every platform.
pub(crate) fn normal([radius, angle]: [u32; 2]) -> f64 {
    const RANGE: f64 = 4_294_967_296.0;
    let radius = (-2.0 * libm::log((f64::from(radius) + 1.0) / RANGE)).sqrt();
    radius * libm::cos(f64::from(angle) / RANGE * std::f64::consts::TAU)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(n: usize, key: u64) -> Vec<f64> {
        let mut y = vec![0.0; n];
        add(&vec![0.0; n], &mut y, 1.0, key);
        y
    }

    #[test]
    fn noise_is_normal_and_neighbours_do_not_depend_on_each_other() {
        let n = 1 << 18;
        let y = noise(n, 3);
        let moment = |power| y.iter().map(|y| y.powi(power)).sum::<f64>() / n as f64;
        let moments = [moment(1), moment(2), moment(3), moment(4)];
        assert!(moments.iter().zip([0.0, 1.0, 0.0, 3.0]).all(|(found, expected)| (found - expected).abs() < 0.08), "{moments:?}");
        for lag in [1, 2, 64, CHUNK] {
            let product = y.iter().zip(&y[lag..]).map(|(a, b)| a * b).sum::<f64>() / (n - lag) as f64;
            assert!(product.abs() < 0.01, "{lag}: {product}");
        }
        let product = y.iter().zip(noise(n, 4)).map(|(a, b)| a * b).sum::<f64>() / n as f64;
        assert!(product.abs() < 0.01, "{product}");
    }

    #[test]
    fn the_gradient_has_the_same_noise() {
        let mut d = vec![1.0; 40_000];
        multiply(&vec![2.0; 40_000], &mut d, 0.5, 5, true);
        assert!(d.iter().zip(noise(40_000, 5)).all(|(d, noise)| *d == 1.0 + 2.0 * (1.0 + 0.5 * noise)));
        assert_eq!(normal([u32::MAX, 7]), 0.0);
    }
}
