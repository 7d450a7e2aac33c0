//! Elements at other places: each of the output's is one of the input's, or a number, as its place along each axis says.

use super::along::blocks;
use crate::float::Float;
use crate::sizes::{check, elements};

/// Where the first element of a row of the output comes from in a sample of the input: what it is along all axes but the last; `None` if
/// from nowhere.
fn start(row: usize, whole: &[usize], part: &[usize], from: &impl Fn(usize, usize) -> Option<usize>) -> (usize, Option<usize>) {
    let (mut rest, mut at, mut stride) = (row, Some(0), whole.last().copied().unwrap_or(1));
    for axis in (0..part.len().saturating_sub(1)).rev() {
        at = at.and_then(|at| Some(at + from(axis, rest % part[axis])? * stride));
        rest /= part[axis];
        stride *= whole[axis];
    }
    (rest, at)
}

/// `y[i, j, ..] = x[from(0, i), from(1, j), ..]` for samples of `whole` and of `part`, or `fill` where it is from nowhere.
pub fn forward<T: Float>(
    x: &[T],
    whole: &[usize],
    y: &mut [T],
    part: &[usize],
    fill: T,
    from: impl Fn(usize, usize) -> Option<usize> + Sync,
) {
    let (all, own) = checked(x.len(), whole, y.len(), part);
    let (row, last) = (part.last().copied().unwrap_or(1), part.len().saturating_sub(1));
    if own == 0 {
        return;
    }
    blocks(y, row, |i, y| {
        let (sample, at) = start(i, whole, part, &from);
        let Some(at) = at else { return y.fill(fill) };
        let x = &x[sample * all..][..all];
        if part.is_empty() {
            return y.copy_from_slice(x);
        }
        for (j, y) in y.iter_mut().enumerate() {
            *y = from(last, j).map_or(fill, |place| x[at + place]);
        }
    });
}

/// The gradient of each element goes to where it came from, and 0 where none did; or it is added.
pub fn backward<T: Float>(
    d_y: &[T],
    part: &[usize],
    d_x: &mut [T],
    whole: &[usize],
    accumulate: bool,
    from: impl Fn(usize, usize) -> Option<usize> + Sync,
) {
    let (all, own) = checked(d_x.len(), whole, d_y.len(), part);
    let (row, last) = (part.last().copied().unwrap_or(1), part.len().saturating_sub(1));
    blocks(d_x, all, |sample, d_x| {
        if !accumulate {
            d_x.fill(T::ZERO);
        }
        if own == 0 {
            return;
        }
        for (i, d_y) in d_y[sample * own..][..own].chunks_exact(row).enumerate() {
            let (_, Some(at)) = start(i, whole, part, &from) else { continue };
            for (j, &d) in d_y.iter().enumerate() {
                let place = if part.is_empty() { Some(0) } else { from(last, j) };
                if let Some(place) = place {
                    d_x[at + place] += d;
                }
            }
        }
    });
}

fn checked(x: usize, whole: &[usize], y: usize, part: &[usize]) -> (usize, usize) {
    assert_eq!(whole.len(), part.len(), "elements move along the axes that there are");
    let (all, own) = (elements(whole), elements(part));
    let batch = x / all.max(1);
    check("elements that move", [("input", x, &[batch, all]), ("output", y, &[batch, own])]);
    (all, own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_from_where_their_places_say_and_gradients_go_back() {
        let (whole, part) = ([2, 3], [3, 4]);
        // Turned along the first axis, with one more; along the second from the second on, twice.
        let from = |axis: usize, place: usize| match axis {
            0 => 1_usize.checked_sub(place),
            _ => Some(1 + place / 2),
        };
        let x: Vec<f64> = (0..12).map(f64::from).collect();
        let (mut y, mut d_x) = (vec![9.0; 24], vec![0.5; 12]);
        forward(&x, &whole, &mut y, &part, -1.0, from);
        assert_eq!(y[..12], [4.0, 4.0, 5.0, 5.0, 1.0, 1.0, 2.0, 2.0, -1.0, -1.0, -1.0, -1.0]);
        assert_eq!(y[12..16], [10.0, 10.0, 11.0, 11.0]);
        backward(&[1.0; 24], &part, &mut d_x, &whole, true, from);
        assert_eq!(d_x[..6], [0.5, 2.5, 2.5, 0.5, 2.5, 2.5]);
    }
}
