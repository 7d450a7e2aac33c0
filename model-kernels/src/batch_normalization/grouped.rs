//! Batch normalisation of groups of samples, each by its own statistics: the steps of a sequence, which follow one another in the batch.

use super::{Affine, Channel, Moving, invert, masked, normalize, scale, shift, spread};
use crate::columns::WIDTH;
use crate::float::Float;

/// The groups of a batch: its samples, of so many elements each, belong to one after the other in turn.
#[derive(Clone, Copy, Debug)]
pub struct Groups {
    /// How many there are.
    pub count: usize,
    /// The elements of a sample.
    pub size: usize,
}

impl Groups {
    /// The samples of a group.
    pub fn of<T>(self, all: &[T], group: usize) -> impl Iterator<Item = &[T]> + Clone {
        all.chunks_exact(self.size).skip(group).step_by(self.count)
    }

    /// The same, to be changed.
    pub fn of_mut<T>(self, all: &mut [T], group: usize) -> impl Iterator<Item = &mut [T]> {
        all.chunks_exact_mut(self.size).skip(group).step_by(self.count)
    }
}

/// Tensors, and which of their elements count, where not all do.
#[derive(Clone, Copy, Debug)]
pub struct Masked<'a, T> {
    /// The elements.
    pub x: &'a [T],
    /// For each of them 0 where it does not count.
    pub mask: Option<&'a [T]>,
}

/// Calls `finish(j, sums)` for every column `j`, where `sums` are those of `terms(j, [each tensor's element])` over all rows of blocks, in order.
fn sum<'b, T: Float, const N: usize, const K: usize>(
    c: usize,
    blocks: impl Iterator<Item = [&'b [T]; N]> + Clone,
    terms: impl Fn(usize, [f64; N]) -> [f64; K],
    mut finish: impl FnMut(usize, [f64; K]),
) {
    for start in (0..c).step_by(WIDTH) {
        let columns = start..(start + WIDTH).min(c);
        let mut sums = [[0.0; K]; WIDTH];
        for block in blocks.clone() {
            for row in (0..block[0].len()).step_by(c) {
                for (sums, j) in sums.iter_mut().zip(columns.clone()) {
                    let terms = terms(j, block.map(|tensor| tensor[row + j].to_f64()));
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                }
            }
        }
        columns.clone().zip(sums).for_each(|(j, sums)| finish(j, sums));
    }
}

/// The statistics of a group: `statistics` (`[2 * c]`) gets its means and variances, `counts` (`[c]`, with a mask) its numbers of elements; gives
/// how many there are without a mask.
fn statistics<T: Float>(
    Masked { x, mask }: Masked<'_, T>,
    groups: Groups,
    group: usize,
    statistics: &mut [T],
    counts: &mut [T],
) -> T {
    let c = statistics.len() / 2;
    let (mean, variance) = statistics.split_at_mut(c);
    let positions = (groups.of(x, group).map(<[T]>::len).sum::<usize>() / c) as f64;
    let Some(mask) = mask else {
        let blocks = || groups.of(x, group).map(|x| [x]);
        sum(c, blocks(), |_, [x]| [x], |j, [sum]| mean[j] = T::from_f64(sum / positions));
        let mean = &*mean;
        let deviation = |j: usize, [x]: [f64; 1]| [x - mean[j].to_f64(), (x - mean[j].to_f64()).powi(2)];
        sum(c, blocks(), deviation, |j, [rest, squares]| {
            let rest = rest / positions;
            variance[j] = T::from_f64((squares / positions - rest * rest).max(0.0));
        });
        return T::from_f64(positions);
    };
    let blocks = || groups.of(x, group).zip(groups.of(mask, group)).map(|(x, mask)| [x, mask]);
    let first = |_, [x, mask]: [f64; 2]| if mask == 0.0 { [0.0; 2] } else { [x, 1.0] };
    sum(c, blocks(), first, |j, [sum, count]| {
        mean[j] = T::from_f64(sum / (count + masked::FUZZ));
        counts[j] = T::from_f64(count + masked::FUZZ);
    });
    let mean = &*mean;
    let square = |j: usize, [x, mask]: [f64; 2]| if mask == 0.0 { [0.0] } else { [(x - mean[j].to_f64()).powi(2)] };
    sum(c, blocks(), square, |j, [squares]| variance[j] = T::from_f64(squares / counts[j].to_f64()));
    T::from_f64(positions)
}

/// As [`super::forward_training`], of each group: the moving statistics follow one group after the other. There is room of `[2 * c]`, and with a
/// mask of `[c]` for counts.
#[allow(clippy::too_many_arguments)] // those of the other, the groups and the room
pub fn forward_training<T: Float>(
    given: Masked<'_, T>,
    groups: Groups,
    affine: Affine<T>,
    epsilon: f64,
    momentum: f64,
    mut moving: Moving<T>,
    [room, counts]: [&mut [T]; 2],
    y: &mut [T],
) {
    let c = room.len() / 2;
    for group in 0..groups.count {
        statistics(given, groups, group, room, counts);
        let (mean, variance) = room.split_at_mut(c);
        moving.follow_all(momentum, mean, variance);
        invert(variance, epsilon);
        let inverse = &*variance;
        for (x, y) in groups.of(given.x, group).zip(groups.of_mut(y, group)) {
            normalize(x, y, c, |j| (mean[j], scale(affine, j) * inverse[j], shift(affine, j)));
        }
    }
}

/// The gradients of [`forward_training`], as [`super::backward`]. There is room of `[2 * c]` twice, and with a mask of `[c]` for counts.
#[allow(clippy::too_many_arguments)] // those of the other, the groups and the room
pub fn backward<T: Float>(
    given: Masked<'_, T>,
    groups: Groups,
    gamma: Option<&[T]>,
    epsilon: f64,
    d_y: &[T],
    sums: &mut [T],
    [room, own, counts]: [&mut [T]; 3],
    d_x: &mut [T],
    accumulate: bool,
) {
    let c = room.len() / 2;
    let affine = Affine { gamma, beta: None };
    sums.fill(T::ZERO);
    for group in 0..groups.count {
        let positions = statistics(given, groups, group, room, counts);
        invert(&mut room[c..], epsilon);
        let (mean, inverse) = room.split_at(c);
        gradient_sums(given.x, groups, group, [mean, inverse], d_y, own);
        sums.iter_mut().zip(&*own).for_each(|(sum, &own)| *sum += own);
        let rows = groups.of(given.x, group).zip(groups.of(d_y, group)).zip(groups.of_mut(d_x, group));
        match given.mask {
            None => rows.for_each(|((x, d_y), d_x)| {
                spread(x, d_y, d_x, c, accumulate, |j| Channel {
                    mean: mean[j],
                    scale: scale(affine, j) * inverse[j],
                    offset: own[c + j] / positions,
                    slope: inverse[j] * own[j] / positions,
                });
            }),
            Some(mask) => rows.zip(groups.of(mask, group)).for_each(|(((x, d_y), d_x), mask)| {
                masked::spread([x, mask, d_y], room, affine, own, counts, d_x, accumulate);
            }),
        }
    }
}

fn gradient_sums<T: Float>(x: &[T], groups: Groups, group: usize, [mean, inverse]: [&[T]; 2], d_y: &[T], sums: &mut [T]) {
    let c = mean.len();
    let (d_gamma, d_beta) = sums.split_at_mut(c);
    let blocks = groups.of(x, group).zip(groups.of(d_y, group)).map(|(x, d_y)| [x, d_y]);
    let terms = |j: usize, [x, d]: [f64; 2]| [d * ((x - mean[j].to_f64()) * inverse[j].to_f64()), d];
    sum(c, blocks, terms, |j, [gamma, beta]| {
        d_gamma[j] = T::from_f64(gamma);
        d_beta[j] = T::from_f64(beta);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch_normalization as whole;

    const C: usize = 2;
    const GAMMA: [f64; C] = [1.5, -0.5];
    const BETA: [f64; C] = [0.1, -0.2];
    const GROUPS: Groups = Groups { count: 3, size: 2 * C };

    fn numbers(len: usize) -> Vec<f64> {
        (0..len).map(|i| ((i * 7 + 3) % 11) as f64 / 4.0 - 1.0).collect()
    }

    fn group(all: &[f64], group: usize) -> Vec<f64> {
        GROUPS.of(all, group).flatten().copied().collect()
    }

    /// Each group comes to what it comes to by itself, with a mask and without, and statistics follow in order.
    #[test]
    fn every_group_is_a_batch_of_its_own() {
        let (x, d_y) = (numbers(4 * 3 * 2 * C), numbers(4 * 3 * 2 * C + 5)[5..].to_vec());
        let mask: Vec<f64> = (0..x.len()).map(|i| f64::from(u8::from(i % 5 != 0))).collect();
        let affine = Affine { gamma: Some(&GAMMA), beta: Some(&BETA) };
        for mask in [None, Some(&*mask)] {
            let (mut mean, mut variance, mut y) = ([1.0; C], [2.0; C], vec![0.0; x.len()]);
            let (mut room, mut own, mut counts, mut sums, mut d_x) =
                ([0.0; 2 * C], [0.0; 2 * C], [0.0; C], [0.0; 2 * C], vec![1.0; x.len()]);
            let given = Masked { x: &x, mask };
            let moving = Moving { mean: &mut mean, variance: &mut variance };
            forward_training(given, GROUPS, affine, 1e-3, 0.75, moving, [&mut room, &mut counts], &mut y);
            let rooms = [&mut room[..], &mut own, &mut counts];
            backward(given, GROUPS, Some(&GAMMA), 1e-3, &d_y, &mut sums, rooms, &mut d_x, true);
            let (mut mean_of_each, mut variance_of_each, mut sums_of_all) = ([1.0; C], [2.0; C], [0.0; 2 * C]);
            for number in 0..GROUPS.count {
                let (x, d_y, mask) = (group(&x, number), group(&d_y, number), mask.map(|mask| group(mask, number)));
                let moving = Moving { mean: &mut mean_of_each, variance: &mut variance_of_each };
                let (mut saved, mut own_y, mut own_sums, mut own_d_x) =
                    ([0.0; 2 * C], vec![0.0; x.len()], [0.0; 2 * C], vec![1.0; x.len()]);
                match &mask {
                    None => {
                        whole::forward_training(&x, affine, 1e-3, 0.75, moving, &mut saved, &mut own_y);
                        whole::backward(&x, &saved, Some(&GAMMA), &d_y, &mut own_sums, &mut own_d_x, true);
                    }
                    Some(mask) => {
                        masked::forward_training(&x, mask, affine, 1e-3, 0.75, moving, &mut saved, &mut own_y);
                        let counts = &mut [0.0; C];
                        masked::backward(&x, mask, &saved, Some(&GAMMA), &d_y, &mut own_sums, counts, &mut own_d_x, true);
                    }
                }
                near(&own_y, &group(&y, number));
                near(&own_d_x, &group(&d_x, number));
                sums_of_all.iter_mut().zip(own_sums).for_each(|(all, own)| *all += own);
            }
            near(&sums_of_all, &sums);
            near(&[mean_of_each, variance_of_each].concat(), &[mean, variance].concat());
        }
    }

    fn near(expected: &[f64], found: &[f64]) {
        assert_eq!(expected.len(), found.len());
        for (expected, found) in expected.iter().zip(found) {
            assert!((expected - found).abs() < 1e-11, "{expected} {found}");
        }
    }
}
