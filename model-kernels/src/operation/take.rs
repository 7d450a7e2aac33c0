//! Elements at places along an axis that another tensor has.

use super::along::blocks;
use crate::float::Float;
use crate::sizes::check;

/// The place that a number stands for: counted from 0, or from -1, the last, backwards.
#[track_caller]
fn place<T: Float>(number: T, n: usize) -> usize {
    let number = number.to_f64();
    let from_start = if number < 0.0 { number + n as f64 } else { number };
    assert!(from_start >= 0.0 && from_start < n as f64, "there is no place {number} along an axis of size {n}");
    from_start as usize
}

/// `y[o, j, i] = x[o, places[o, j, i], i]` with `n` places of `x` and `m` of `y` along the axis.
///
/// # Panics
/// If a number is that of no place.
pub fn forward<T: Float>(x: &[T], places: &[T], [outer, n, inner]: [usize; 3], m: usize, y: &mut [T]) {
    check("places", [("input", x.len(), &[outer, n, inner]), ("places", places.len(), &[outer, m, inner])]);
    check("places", [("output", y.len(), &[outer, m, inner])]);
    blocks(y, m * inner, |row, y| {
        let (x, places) = (&x[row * n * inner..][..n * inner], &places[row * m * inner..][..m * inner]);
        for (j, (y, &number)) in y.iter_mut().zip(places).enumerate() {
            *y = x[place(number, n) * inner + j % inner];
        }
    });
}

/// The gradient goes to where the elements came from, and 0 elsewhere; or it is added.
pub fn backward<T: Float>(places: &[T], d_y: &[T], [outer, n, inner]: [usize; 3], m: usize, d_x: &mut [T], accumulate: bool) {
    check("places", [("gradient", d_x.len(), &[outer, n, inner]), ("places", places.len(), &[outer, m, inner])]);
    check("places", [("output's gradient", d_y.len(), &[outer, m, inner])]);
    blocks(d_x, n * inner, |row, d_x| {
        if !accumulate {
            d_x.fill(T::ZERO);
        }
        let [places, d_y] = [places, d_y].map(|all| &all[row * m * inner..][..m * inner]);
        for (j, (&number, &d)) in places.iter().zip(d_y).enumerate() {
            d_x[place(number, n) * inner + j % inner] += d;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_both_ends_and_gradients_go_back() {
        let (x, places) = ([1.0_f32, 2.0, 3.0], [2.0, -3.0, 2.0, 0.0]);
        let (mut y, mut d_x) = ([0.0; 4], [0.5; 3]);
        forward(&x, &places, [1, 3, 1], 4, &mut y);
        assert_eq!(y, [3.0, 1.0, 3.0, 1.0]);
        backward(&places, &[1.0, 2.0, 3.0, 4.0], [1, 3, 1], 4, &mut d_x, true);
        assert_eq!(d_x, [6.5, 0.5, 4.5]);
    }

    #[test]
    fn no_other_place_is_read() {
        for number in [3.0, -4.0, f32::NAN] {
            let read = std::panic::catch_unwind(|| forward(&[1.0; 3], &[number], [1, 3, 1], 1, &mut [0.0]));
            assert!(read.is_err(), "{number}");
        }
    }
}
