//! Parts of a tensor: along each axis one place, or places at equal distances.

use crate::chunks::{each, rows_per_task};
use crate::einsum::MOST_AXES;
use crate::float::Float;
use crate::sizes::{check, elements};

/// What is taken along an axis: the first place, the distance from each to the next, which may be backwards, and how many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// The first place.
    pub start: usize,
    /// From each place to the next.
    pub step: isize,
    /// How many places.
    pub count: usize,
}

/// Calls `work(element of the input, elements of the part from)` for every run of elements along the last axis of a sample's part, where the
/// runs are `count` elements, `step` apart in the input.
fn runs(whole: &[usize], cuts: &[Cut], mut work: impl FnMut(usize, usize)) {
    let Some((last, outer)) = cuts.split_last() else { return work(0, 0) };
    let places: usize = outer.iter().map(|cut| cut.count).product();
    for place in 0..places {
        let (mut rest, mut at, mut stride) = (place, 0, whole[whole.len() - 1]);
        for (cut, &size) in outer.iter().zip(whole).rev() {
            at += cut.start.wrapping_add_signed(cut.step * (rest % cut.count).cast_signed()) * stride;
            rest /= cut.count;
            stride *= size;
        }
        work(at + last.start, place * last.count);
    }
}

fn last(cuts: &[Cut]) -> Cut {
    cuts.last().copied().unwrap_or(Cut { start: 0, step: 1, count: 1 })
}

/// Checks that every cut lies in its axis, and that the slices are as long as they must be.
fn check_all(whole: usize, part: usize, sizes: &[usize], cuts: &[Cut]) -> (usize, usize) {
    assert!(sizes.len() == cuts.len(), "a slice needs a cut for each axis");
    for (cut, &size) in cuts.iter().zip(sizes) {
        let end = cut.count.checked_sub(1).and_then(|steps| cut.step.checked_mul(isize::try_from(steps).ok()?));
        let end = end.map_or(Some(cut.start), |end| cut.start.checked_add_signed(end));
        assert!(cut.start < size && end.is_some_and(|end| end < size) || cut.count == 0, "a slice lies in its axis");
    }
    let mut counts = [1; MOST_AXES];
    counts.iter_mut().zip(cuts).for_each(|(count, cut)| *count = cut.count);
    let (own, all) = (elements(&counts[..cuts.len()]), elements(sizes));
    let batch = whole / all.max(1);
    check("a slice", [("input", whole, &[batch, all]), ("part", part, &[batch, own])]);
    (all, own)
}

/// Every part goes to `y`, from samples of these sizes.
pub fn forward<T: Float>(x: &[T], sizes: &[usize], cuts: &[Cut], y: &mut [T]) {
    let (all, own) = check_all(x.len(), y.len(), sizes, cuts);
    if own == 0 {
        return;
    }
    let (samples, last) = (rows_per_task(own), last(cuts));
    each([(y, samples * own)], |task, [y]| {
        for (sample, y) in y.chunks_exact_mut(own).enumerate() {
            let x = &x[(task * samples + sample) * all..][..all];
            runs(sizes, cuts, |from, to| {
                let y = &mut y[to..][..last.count];
                match last.step {
                    1 => y.copy_from_slice(&x[from..][..last.count]),
                    step => (0_isize..).zip(y).for_each(|(k, y)| *y = x[from.wrapping_add_signed(k * step)]),
                }
            });
        }
    });
}

/// The gradient of what was taken goes to where it was taken from, and 0 elsewhere; or it is added.
pub fn backward<T: Float>(d_y: &[T], sizes: &[usize], cuts: &[Cut], d_x: &mut [T], accumulate: bool) {
    let (all, own) = check_all(d_x.len(), d_y.len(), sizes, cuts);
    if all == 0 {
        return;
    }
    let (samples, last) = (rows_per_task(all), last(cuts));
    each([(d_x, samples * all)], |task, [d_x]| {
        for (sample, d_x) in d_x.chunks_exact_mut(all).enumerate() {
            if !accumulate {
                d_x.fill(T::ZERO);
            }
            if own == 0 {
                continue;
            }
            let d_y = &d_y[(task * samples + sample) * own..][..own];
            runs(sizes, cuts, |to, from| {
                let d_y = &d_y[from..][..last.count];
                (0_isize..).zip(d_y).for_each(|(k, &d)| d_x[to.wrapping_add_signed(k * last.step)] += d);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_comes_from_its_place_and_its_gradient_goes_back_there() {
        let sizes = [4, 3, 5];
        let cuts =
            [Cut { start: 1, step: 2, count: 2 }, Cut { start: 2, step: -1, count: 3 }, Cut { start: 4, step: -2, count: 2 }];
        let x: Vec<f64> = (0..120).map(f64::from).collect();
        let (mut y, mut d_x) = (vec![0.0; 24], vec![9.0; 120]);
        forward(&x, &sizes, &cuts, &mut y);
        let place = |sample: usize, [a, b, c]: [usize; 3]| ((sample * 4 + a) * 3 + b) * 5 + c;
        let mut want = Vec::new();
        for sample in 0..2 {
            for a in [1, 3] {
                for b in [2, 1, 0] {
                    want.extend([4, 2].map(|c| place(sample, [a, b, c]) as f64));
                }
            }
        }
        assert_eq!(y, want);
        backward(&y, &sizes, &cuts, &mut d_x, false);
        for (i, &d) in d_x.iter().enumerate() {
            assert_eq!(d, if want.contains(&(i as f64)) { i as f64 } else { 0.0 });
        }
    }

    #[test]
    #[should_panic(expected = "a slice lies in its axis")]
    fn what_lies_outside_is_refused() {
        forward(&[0.0_f32; 4], &[4], &[Cut { start: 2, step: 1, count: 3 }], &mut [0.0; 3]);
    }
}
