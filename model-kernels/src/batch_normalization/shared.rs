//! Batch normalisation of a part of a batch by the statistics of all of it: what each part sums up is put together with that of the others in between.

use super::grouped::Masked;
use super::{Affine, Channel, Moving, gradient_sums, invert, masked, normalize, scale, shift, spread};
use crate::columns::reduce;
use crate::float::Float;

/// Puts together what all parts have summed up, in place: each then has the sums of all.
pub type Share<'s> = &'s dyn Fn(&mut [f64]);

/// What one needs of the others, and room to work in.
pub struct Shared<'s> {
    /// How sums are put together: once on the way forward, once on the way back.
    pub share: Share<'s>,
    /// Room of `[3 * c]`.
    pub sums: &'s mut [f64],
}

/// The statistics of all parts: `statistics` (`[2 * c]`) gets their means and variances.
///
/// Each part has its own first, about a mean of its own, from which its sum of squares follows in twice the digits.
pub fn statistics<T: Float>(Masked { x, mask }: Masked<'_, T>, statistics: &mut [T], shared: &mut Shared<'_>) {
    let c = statistics.len() / 2;
    let (mean, variance) = statistics.split_at_mut(c);
    let (first, rest) = shared.sums[..3 * c].split_at_mut(c);
    let (second, counts) = rest.split_at_mut(c);
    count(x, mask, counts);
    let masking = |value: T, mask: T| if mask == T::ZERO { T::ZERO } else { value };
    let mut about = |j: usize, [sum]: [f64; 1]| mean[j] = T::from_f64(sum / counts[j].max(1.0));
    match mask {
        None => reduce(c, [x], [], |x, []| x, &mut about),
        Some(mask) => reduce(c, [x, mask], [], |[x, mask], []| [masking(x, mask)], &mut about),
    }
    let own = &*mean;
    let mut finish = |j: usize, [rest, squares]: [f64; 2]| {
        let (own, count) = (own[j].to_f64(), counts[j]);
        first[j] = rest + count * own;
        second[j] = squares + own * (2.0 * rest + count * own);
    };
    let deviation = |x: T, mean: T| [x - mean, (x - mean) * (x - mean)];
    match mask {
        None => reduce(c, [x], [own], |[x], [mean]| deviation(x, mean), &mut finish),
        Some(mask) => {
            let term = |[x, mask]: [T; 2], [mean]: [T; 1]| deviation(x, mean).map(|term| masking(term, mask));
            reduce(c, [x, mask], [own], term, &mut finish);
        }
    }
    (shared.share)(shared.sums);
    let sums = &shared.sums[..3 * c];
    for j in 0..c {
        let [first, second, count] = [0, 1, 2].map(|k| sums[k * c + j]);
        let all = count + fuzz(mask);
        let average = first / all;
        mean[j] = T::from_f64(average);
        variance[j] = T::from_f64(((second - average * (2.0 * first - count * average)) / all).max(0.0));
    }
}

/// As [`super::forward_training`], or with a mask as [`masked::forward_training`], by statistics of all parts. `saved` holds these, means and
/// variances, and gets the inverse deviations in place of the latter.
pub fn forward_training<T: Float>(
    x: &[T],
    affine: Affine<T>,
    epsilon: f64,
    momentum: f64,
    mut moving: Moving<T>,
    saved: &mut [T],
    y: &mut [T],
) {
    let c = saved.len() / 2;
    let (mean, variance) = saved.split_at_mut(c);
    moving.follow_all(momentum, mean, variance);
    invert(variance, epsilon);
    normalize(x, y, c, |j| (mean[j], scale(affine, j) * variance[j], shift(affine, j)));
}

/// The gradients of [`forward_training`], as [`super::backward`]: `sums` gets those of gamma and beta of this part alone. `all` (`[3 * c]`) is
/// room for the sums of all parts.
#[allow(clippy::too_many_arguments)] // those of the other, the mask, and what is shared
pub fn backward<T: Float>(
    Masked { x, mask }: Masked<'_, T>,
    saved: &[T],
    gamma: Option<&[T]>,
    d_y: &[T],
    shared: &mut Shared<'_>,
    sums: &mut [T],
    all: &mut [T],
    d_x: &mut [T],
    accumulate: bool,
) {
    let c = saved.len() / 2;
    let (mean, inverse) = saved.split_at(c);
    gradient_sums(x, mean, inverse, d_y, sums);
    let (of_all, counts) = shared.sums[..3 * c].split_at_mut(2 * c);
    of_all.iter_mut().zip(&*sums).for_each(|(all, own)| *all = own.to_f64());
    count(x, mask, counts);
    (shared.share)(shared.sums);
    let fuzz = fuzz(mask);
    for (k, (to, from)) in all.iter_mut().zip(&shared.sums[..3 * c]).enumerate() {
        *to = T::from_f64(if k < 2 * c { *from } else { from + fuzz });
    }
    let (of_all, counts) = all[..3 * c].split_at(2 * c);
    let affine = Affine { gamma, beta: None };
    if let Some(mask) = mask {
        return masked::spread([x, mask, d_y], saved, affine, of_all, counts, d_x, accumulate);
    }
    spread(x, d_y, d_x, c, accumulate, |j| Channel {
        mean: mean[j],
        scale: scale(affine, j) * inverse[j],
        offset: of_all[c + j] / counts[j],
        slope: inverse[j] * of_all[j] / counts[j],
    });
}

/// How many elements of each channel count.
fn count<T: Float>(x: &[T], mask: Option<&[T]>, counts: &mut [f64]) {
    match mask {
        None => counts.fill((x.len() / counts.len().max(1)) as f64),
        Some(mask) => masked::count(counts.len(), mask, |j, count| counts[j] = count),
    }
}

/// What is added to the number of elements.
const fn fuzz<T>(mask: Option<&[T]>) -> f64 {
    if mask.is_some() { masked::FUZZ } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::batch_normalization as whole;

    const C: usize = 2;
    const GAMMA: [f64; C] = [1.5, -0.5];

    fn numbers(len: usize) -> Vec<f64> {
        (0..len).map(|i| ((i * 7 + 3) % 11) as f64 / 4.0 - 1.0).collect()
    }

    /// Runs each part with the sums of all parts, of which those of a first round tell.
    fn together(parts: usize, mut run: impl FnMut(usize, &mut Shared<'_>)) {
        let all = RefCell::new([0.0; 3 * C]);
        for is_second in [false, true] {
            let share = |sums: &mut [f64]| match is_second {
                true => sums.copy_from_slice(&*all.borrow()),
                false => all.borrow_mut().iter_mut().zip(sums).for_each(|(all, own)| *all += *own),
            };
            (0..parts).for_each(|part| run(part, &mut Shared { share: &share, sums: &mut [0.0; 3 * C] }));
        }
    }

    /// Parts come to what they come to as one batch, with a mask and without.
    #[test]
    fn parts_are_one_batch() {
        let (x, d_y) = (numbers(12 * C), numbers(12 * C + 5)[5..].to_vec());
        let mask: Vec<f64> = (0..x.len()).map(|i| f64::from(u8::from(i % 5 != 0))).collect();
        let (affine, size) = (Affine { gamma: Some(&GAMMA), beta: None }, 4 * C);
        for mask in [None, Some(&*mask)] {
            let (mut mean, mut variance, mut y, mut saved) = ([1.0; C], [2.0; C], vec![0.0; x.len()], [0.0; 2 * C]);
            let (mut sums, mut counts, mut d_x) = ([0.0; 2 * C], [0.0; C], vec![1.0; x.len()]);
            let moving = Moving { mean: &mut mean, variance: &mut variance };
            match mask {
                None => {
                    whole::forward_training(&x, affine, 1e-3, 0.75, moving, &mut saved, &mut y);
                    whole::backward(&x, &saved, Some(&GAMMA), &d_y, &mut sums, &mut d_x, true);
                }
                Some(mask) => {
                    masked::forward_training(&x, mask, affine, 1e-3, 0.75, moving, &mut saved, &mut y);
                    masked::backward(&x, mask, &saved, Some(&GAMMA), &d_y, &mut sums, &mut counts, &mut d_x, true);
                }
            }
            let of = |part: usize| part * size..(part + 1) * size;
            let given = |part: usize| Masked { x: &x[of(part)], mask: mask.map(|mask| &mask[of(part)]) };
            let (mut used, mut own_y, mut own_d_x) = ([[0.0; 2 * C]; 3], vec![0.0; x.len()], vec![0.0; x.len()]);
            together(3, |part, shared| {
                let (mut own_mean, mut own_variance) = ([1.0; C], [2.0; C]);
                statistics(given(part), &mut used[part], shared);
                let moving = Moving { mean: &mut own_mean, variance: &mut own_variance };
                forward_training(given(part).x, affine, 1e-3, 0.75, moving, &mut used[part], &mut own_y[of(part)]);
            });
            near(&own_y, &y);
            near(&used[2], &saved);
            let mut own_sums = [[0.0; 2 * C]; 3];
            together(3, |part, shared| {
                let (d_y, d_x) = (&d_y[of(part)], &mut own_d_x[of(part)]);
                d_x.fill(1.0);
                let all = &mut [0.0; 3 * C];
                backward(given(part), &used[part], Some(&GAMMA), d_y, shared, &mut own_sums[part], all, d_x, true);
            });
            near(&own_d_x, &d_x);
            near(&std::array::from_fn::<_, { 2 * C }, _>(|j| own_sums.iter().map(|sums| sums[j]).sum()), &sums);
        }
    }

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        assert!(
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-9),
            "{found:?} for {expected:?}"
        );
    }
}
