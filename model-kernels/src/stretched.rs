//! Merging tensors of which some are stretched: along an axis where an input has size 1, its one element meets all of the others'.
//!
//! The output is worked on in blocks, as that of inputs of one shape is; for each, a stretched input is written out on the stack. The
//! gradient of such an input is summed from the first place that an element met to the last, whatever the threads and the batch.

use std::ops::Range;

use crate::chunks::{CHUNK, each, rows_per_task};
use crate::elementwise::{self, BLOCK, Blocks, Merge};
use crate::float::Float;
use crate::lanes;
use crate::sizes::{check, elements};
use crate::vectorize::vectorize;

/// How what came of one element is joined again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// By its sum.
    Sum,
    /// By the largest of it.
    Largest,
    /// By its product.
    Product,
}

/// An input and how it is stretched. Seen from memory: in each of its places, a run of its own elements is repeated, or each element is.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stretched<'a, T> {
    data: &'a [T],
    /// The sizes of the axes before the last two runs of axes: the input's own, and the output's.
    leading: (&'a [usize], &'a [usize]),
    /// The output's elements in the last run of axes, all of which are stretched or none.
    inner: usize,
    /// The output's elements in the run before, of which the opposite holds.
    middle: usize,
    /// Whether the last run is that which is not stretched.
    owns_inner: bool,
    /// What the gradient is summed in: so many elements of the input, of so many of the output, are one after the other in both.
    part: (usize, usize),
}

impl<'a, T: Float> Stretched<'a, T> {
    /// An input with samples of `shape`, stretched to `whole`: both have as many axes, and one size along each where the input has not 1.
    ///
    /// # Panics
    /// If the input is not whole samples.
    pub fn new(data: &'a [T], shape: &'a [usize], whole: &'a [usize]) -> Self {
        // What it is stretched to must not wrap either.
        let (own, _) = (elements(shape), elements(whole));
        check("a merge", [("input", data.len(), &[data.len() / own.max(1), own])]);
        let is_stretched = |axis: &usize| shape[*axis] != whole[*axis];
        let own_last = (0..whole.len()).rfind(|&axis| whole[axis] != 1).is_none_or(|axis| !is_stretched(&axis));
        let (inner, shape_left, whole_left) = last_run(shape, whole, !own_last);
        let (middle, shape_left, whole_left) = last_run(shape_left, whole_left, own_last);
        let first = (0..whole.len()).find(is_stretched).unwrap_or(whole.len());
        let part = (shape[first..].iter().product(), whole[first..].iter().product());
        Self { data, leading: (shape_left, whole_left), inner, middle, owns_inner: own_last, part }
    }

    /// Which of the input's places belongs to a place of the output's leading axes, the batch counted among them.
    #[inline(always)]
    fn place(&self, place: usize) -> usize {
        let (mut rest, mut own, mut stride) = (place, 0, 1);
        for (&size, &all) in self.leading.0.iter().zip(self.leading.1).rev() {
            own += if size == all { rest % all * stride } else { 0 };
            rest /= all;
            stride *= size;
        }
        own + rest * stride
    }

    /// Calls `work(range, own)` for the stretches of the output's elements `start..start + len`, counted from `start`, and the input's first
    /// or only element of each.
    #[inline(always)]
    fn stretches(&self, start: usize, len: usize, mut work: impl FnMut(Range<usize>, usize)) {
        let within = start % (self.inner * self.middle);
        let (mut outer, mut middle, mut inner) = (start / (self.inner * self.middle), within / self.inner, within % self.inner);
        let (mut place, mut at) = (self.place(outer), 0);
        while at < len {
            let end = len.min(at + self.inner - inner);
            work(at..end, if self.owns_inner { place * self.inner + inner } else { place * self.middle + middle });
            (at, inner, middle) = (end, 0, middle + 1);
            if middle == self.middle {
                (outer, middle) = (outer + 1, 0);
                place = self.place(outer);
            }
        }
    }

    /// Joins what belongs to the output's elements from `start` to the elements of the input from `first`.
    #[inline(always)]
    fn join(&self, fold: Fold, start: usize, block: &[T], first: usize, joined: &mut [T]) {
        self.stretches(start, block.len(), |range, own| {
            let (block, joined) = (&block[range], &mut joined[own - first..]);
            match (fold, self.owns_inner) {
                (Fold::Sum, true) => joined.iter_mut().zip(block).for_each(|(sum, &x)| *sum += x),
                (Fold::Sum, false) => joined[0] += lanes::sum(block, |x| x),
                (Fold::Largest, true) => joined.iter_mut().zip(block).for_each(|(most, &x)| *most = lanes::max(*most, x)),
                (Fold::Product, true) => joined.iter_mut().zip(block).for_each(|(product, &x)| *product *= x),
                (Fold::Product, false) => joined[0] = block.iter().fold(joined[0], |product, &x| product * x),
                (Fold::Largest, false) => joined[0] = block.iter().fold(joined[0], |most, &x| lanes::max(most, x)),
            }
        });
    }

    /// Only how an input with samples of `shape` is stretched to `whole`.
    ///
    /// # Panics
    /// If a sample of either has more elements than memory can hold.
    #[must_use]
    pub fn shapes(shape: &'a [usize], whole: &'a [usize]) -> Self {
        Self::new(&[], shape, whole)
    }
}

impl<T: Float> Stretched<'_, T> {
    /// The gradient of a stretched input goes to `d_input`, or is added to it: all that came of each of its elements, where `derive(start,
    /// block)` turns a block of the output's gradient into that which belongs to the input.
    #[inline(always)]
    pub(crate) fn gather(&self, d_output: &[T], d_input: &mut [T], accumulate: bool, derive: impl Fn(usize, &mut [T]) + Sync) {
        self.fold(Fold::Sum, d_output, d_input, if accumulate { None } else { Some(T::ZERO) }, derive);
    }

    /// Joins all elements of `all` that belong to each element of `joined`, which begins with `first` or as it is; `derive(start, block)`
    /// changes a block of them before.
    #[inline(always)]
    pub(crate) fn fold(
        &self,
        fold: Fold,
        all: &[T],
        joined: &mut [T],
        first: Option<T>,
        derive: impl Fn(usize, &mut [T]) + Sync,
    ) {
        let (own, size) = self.part;
        let parts = rows_per_task(size);
        each([(joined, parts * own)], |task, [joined]| {
            vectorize(
                #[inline(always)]
                || {
                    for (part, joined) in joined.chunks_exact_mut(own).enumerate() {
                        let part = task * parts + part;
                        if let Some(first) = first {
                            joined.fill(first);
                        }
                        for start in (part * size..(part + 1) * size).step_by(BLOCK) {
                            let mut block = [T::ZERO; BLOCK];
                            let block = &mut block[..BLOCK.min((part + 1) * size - start)];
                            block.copy_from_slice(&all[start..][..block.len()]);
                            derive(start, block);
                            self.join(fold, start, block, part * own, joined);
                        }
                    }
                },
            );
        });
    }
}

/// The last axes that are all stretched or all not, and what is before them. An axis of size 1 is either.
fn last_run<'a>(mut shape: &'a [usize], mut whole: &'a [usize], stretched: bool) -> (usize, &'a [usize], &'a [usize]) {
    let mut elements = 1;
    while let (Some((own, before)), Some((all, whole_before))) = (shape.split_last(), whole.split_last()) {
        if *all != 1 && (own != all) != stretched {
            break;
        }
        elements *= all;
        (shape, whole) = (before, whole_before);
    }
    (elements, shape, whole)
}

impl<T: Float> Blocks<T> for Stretched<'_, T> {
    #[inline(always)]
    fn block<'b>(&'b self, start: usize, room: &'b mut [T]) -> &'b [T] {
        self.stretches(start, room.len(), |range, own| {
            let room = &mut room[range];
            if self.owns_inner {
                room.copy_from_slice(&self.data[own..][..room.len()]);
            } else {
                room.fill(self.data[own]);
            }
        });
        room
    }
}

/// `out = merge(inputs)`; at least one input.
pub fn forward<T: Float>(merge: Merge, inputs: &[Stretched<'_, T>], out: &mut [T]) {
    let scale = T::ONE / T::from_f64(inputs.len() as f64);
    match merge {
        Merge::Add => fold(inputs, out, |a, b| a + b, |x| x),
        Merge::Subtract => fold(inputs, out, |a, b| a - b, |x| x),
        Merge::Multiply => fold(inputs, out, |a, b| a * b, |x| x),
        Merge::Average => fold(inputs, out, |a, b| a + b, |x| x * scale),
        Merge::Maximum => fold(inputs, out, lanes::max, |x| x),
        Merge::Minimum => fold(inputs, out, lanes::min, |x| x),
    }
}

/// The gradient of input `index` goes to `d_input`, or is added to it. What is read is what [`elementwise::backward`] reads.
pub fn backward<T: Float>(
    merge: Merge,
    inputs: &[Stretched<'_, T>],
    d_output: &[T],
    index: usize,
    d_input: &mut [T],
    accumulate: bool,
) {
    let input = &inputs[index];
    if d_input.len() == d_output.len() {
        return elementwise::by_block(
            d_output,
            d_input,
            accumulate,
            #[inline(always)]
            |start, block| elementwise::derive(merge, inputs, index, start, block),
        );
    }
    input.gather(
        d_output,
        d_input,
        accumulate,
        #[inline(always)]
        |start, block| elementwise::derive(merge, inputs, index, start, block),
    );
}

fn fold<T: Float>(inputs: &[Stretched<'_, T>], out: &mut [T], join: impl Fn(T, T) -> T + Sync, finish: impl Fn(T) -> T + Sync) {
    each([(out, CHUNK)], |i, [out]| {
        vectorize(
            #[inline(always)]
            || {
                let mut room = [T::ZERO; BLOCK];
                for (b, out) in out.chunks_mut(BLOCK).enumerate() {
                    let (start, room) = (i * CHUNK + b * BLOCK, &mut room[..out.len()]);
                    out.copy_from_slice(inputs[0].block(start, room));
                    for input in &inputs[1..] {
                        out.iter_mut().zip(input.block(start, room)).for_each(|(out, &x)| *out = join(*out, x));
                    }
                    out.iter_mut().for_each(|out| *out = finish(*out));
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{values, with_threads};

    const ALL: [Merge; 6] = [Merge::Add, Merge::Subtract, Merge::Multiply, Merge::Average, Merge::Maximum, Merge::Minimum];

    /// Shapes of inputs, and what they are stretched to.
    const CASES: [(&[&[usize]], &[usize]); 8] = [
        (&[&[2, 2, 3], &[1, 1, 3]], &[2, 2, 3]),
        (&[&[37, 41, 5], &[37, 41, 1]], &[37, 41, 5]),
        (&[&[1, 1, 300], &[7, 9, 300], &[7, 9, 1]], &[7, 9, 300]),
        (&[&[4, 1], &[1, 5]], &[4, 5]),
        (&[&[2, 1, 3, 1, 5], &[1, 4, 1, 2, 1], &[2, 4, 3, 2, 5]], &[2, 4, 3, 2, 5]),
        (&[&[1], &[600]], &[600]),
        (&[&[1, 6], &[1, 1]], &[1, 6]),
        (&[&[1, 1, 4, 1], &[3, 1, 4, 2]], &[3, 1, 4, 2]),
    ];

    fn size(shape: &[usize]) -> usize {
        shape.iter().product()
    }

    /// Which element of a stretched input each of the output's elements is made of, worked out element by element.
    fn own(shape: &[usize], whole: &[usize], batch: usize) -> Vec<usize> {
        let place = |mut i: usize| {
            let (mut own, mut stride) = (0, 1);
            for (&size, &all) in shape.iter().zip(whole).rev() {
                own += if size == 1 { 0 } else { i % all * stride };
                (i, stride) = (i / all, stride * size);
            }
            own + i * stride
        };
        (0..batch * size(whole)).map(place).collect()
    }

    fn inputs(shapes: &[&[usize]], batch: usize) -> Vec<Vec<f64>> {
        (0..).zip(shapes).map(|(k, shape)| values(batch * size(shape), k)).collect()
    }

    fn stretched<'a>(data: &'a [Vec<f64>], shapes: &[&'a [usize]], whole: &'a [usize]) -> Vec<Stretched<'a, f64>> {
        data.iter().zip(shapes).map(|(data, shape)| Stretched::new(data, shape, whole)).collect()
    }

    #[test]
    fn stretching_gives_the_bits_of_inputs_that_are_written_out() {
        for (shapes, whole) in CASES {
            for (merge, batch) in ALL.into_iter().flat_map(|merge| [1, 3].map(|batch| (merge, batch))) {
                let data = inputs(shapes, batch);
                let whole_data =
                    data.iter().zip(shapes).map(|(data, shape)| own(shape, whole, batch).iter().map(|&i| data[i]).collect());
                let whole_data: Vec<Vec<f64>> = whole_data.collect();
                let whole_data: Vec<&[f64]> = whole_data.iter().map(Vec::as_slice).collect();
                let (mut found, mut want) = (vec![0.0; batch * size(whole)], vec![0.0; batch * size(whole)]);
                forward(merge, &stretched(&data, shapes, whole), &mut found);
                elementwise::forward(merge, &whole_data, &mut want);
                assert_eq!(found, want, "{merge:?} of {shapes:?}");

                let d_output: Vec<f64> = values(found.len(), 9);
                for (index, shape) in shapes.iter().enumerate() {
                    elementwise::backward(merge, &whole_data, &d_output, index, &mut want, false);
                    let mut sums = vec![0.5; data[index].len()];
                    own(shape, whole, batch).into_iter().zip(&want).for_each(|(i, d)| sums[i] += d);
                    let mut d = vec![0.5; data[index].len()];
                    backward(merge, &stretched(&data, shapes, whole), &d_output, index, &mut d, true);
                    let is_close = d.iter().zip(&sums).all(|(d, want)| (d - want).abs() < 1e-9);
                    assert!(is_close, "{merge:?} of {shapes:?}, the gradient of input {index}");
                }
            }
        }
    }

    #[test]
    fn neither_threads_nor_the_rest_of_the_batch_change_a_bit() {
        for (shapes, whole) in CASES {
            let (data, d_output): (_, Vec<f64>) = (inputs(shapes, 20), values(20 * size(whole), 9));
            for (index, shape) in shapes.iter().enumerate() {
                let gradient = |threads: usize, batch: usize| {
                    let data: Vec<Vec<f64>> = data.iter().map(|data| data[..data.len() / 20 * batch].to_vec()).collect();
                    let mut d = vec![0.0; batch * size(shape)];
                    let d_output = &d_output[..batch * size(whole)];
                    with_threads(threads, || {
                        backward(Merge::Multiply, &stretched(&data, shapes, whole), d_output, index, &mut d, false);
                    });
                    d
                };
                let all = gradient(1, 20);
                assert_eq!(gradient(4, 20), all);
                assert_eq!(gradient(1, 3), all[..3 * size(shape)]);
            }
        }
    }
}
