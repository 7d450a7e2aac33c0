//! Batch normalisation with the statistics of some of the elements, those where a mask of the same shape is not 0. All elements are normalised.

use super::{Affine, Moving, gradient_sums, normalize, scale, shift};
use crate::chunks::{each, rows_per_task};
use crate::columns::reduce;
use crate::float::Float;

/// What Keras adds to the number of elements, so that there may be none.
pub(super) const FUZZ: f64 = 1e-7;

/// As [`super::forward_training`].
#[allow(clippy::too_many_arguments)] // those of the other, and the mask
pub fn forward_training<T: Float>(
    x: &[T],
    mask: &[T],
    affine: Affine<T>,
    epsilon: f64,
    momentum: f64,
    mut moving: Moving<T>,
    saved: &mut [T],
    y: &mut [T],
) {
    let c = saved.len() / 2;
    let (mean, inverse) = saved.split_at_mut(c);
    let first = |[x, mask]: [T; 2], []: [T; 0]| if mask == T::ZERO { [T::ZERO; 2] } else { [x, T::ONE] };
    reduce(c, [x, mask], [], first, |j, [sum, count]| mean[j] = T::from_f64(sum / (count + FUZZ)));
    let deviation = |[x, mask]: [T; 2], [mean]: [T; 1]| {
        if mask == T::ZERO { [T::ZERO; 2] } else { [(x - mean) * (x - mean), T::ONE] }
    };
    reduce(c, [x, mask], [mean], deviation, |j, [squares, count]| {
        let variance = squares / (count + FUZZ);
        inverse[j] = T::from_f64(1.0 / (variance + epsilon).sqrt());
        moving.follow(j, momentum, [mean[j].to_f64(), variance]);
    });
    normalize(x, y, c, |j| (mean[j], scale(affine, j) * inverse[j], shift(affine, j)));
}

/// The gradients of [`forward_training`], as [`super::backward`]; `counts` (`[c]`) is room to work in.
#[allow(clippy::too_many_arguments)] // those of the other, the mask and the room
pub fn backward<T: Float>(
    x: &[T],
    mask: &[T],
    saved: &[T],
    gamma: Option<&[T]>,
    d_y: &[T],
    sums: &mut [T],
    counts: &mut [T],
    d_x: &mut [T],
    accumulate: bool,
) {
    let c = saved.len() / 2;
    let (mean, inverse) = saved.split_at(c);
    gradient_sums(x, mean, inverse, d_y, sums);
    count(c, mask, |j, count| counts[j] = T::from_f64(count + FUZZ));
    spread([x, mask, d_y], saved, Affine { gamma, beta: None }, sums, counts, d_x, accumulate);
}

/// Calls `finish` for every channel with how many of its elements count.
pub(super) fn count<T: Float>(c: usize, mask: &[T], mut finish: impl FnMut(usize, f64)) {
    let one = |[mask]: [T; 1], []: [T; 0]| if mask == T::ZERO { [T::ZERO] } else { [T::ONE] };
    reduce(c, [mask], [], one, |j, [count]| finish(j, count));
}

/// The gradient of `x`, of what all of it comes to.
pub(super) fn spread<T: Float>(
    [x, mask, d_y]: [&[T]; 3],
    saved: &[T],
    affine: Affine<T>,
    sums: &[T],
    counts: &[T],
    d_x: &mut [T],
    accumulate: bool,
) {
    let c = saved.len() / 2;
    let (mean, inverse) = saved.split_at(c);
    let size = rows_per_task(c) * c;
    let fuzz = T::from_f64(FUZZ);
    each([(d_x, size)], |i, [d_x]| {
        let [x, mask, d_y] = [x, mask, d_y].map(|all| &all[i * size..][..d_x.len()]);
        for j in 0..c {
            let (count, mean, inverse) = (counts[j], mean[j], inverse[j]);
            let slope = inverse * sums[j] / count;
            // The mean is not quite that of the elements, so that their deviations have a sum, and the variance depends on the mean.
            let offset = sums[c + j] / count - slope * mean * fuzz / count;
            let scale = scale(affine, j) * inverse;
            let elements = x.iter().zip(mask).zip(d_y).skip(j).step_by(c);
            for (d_x, ((&x, &mask), &d_y)) in d_x.iter_mut().skip(j).step_by(c).zip(elements) {
                let of_statistics = if mask == T::ZERO { T::ZERO } else { offset + (x - mean) * slope };
                let d = scale * (d_y - of_statistics);
                *d_x = if accumulate { *d_x + d } else { d };
            }
        }
    });
}
