//! Reductions along any axes of a sample: what is left is the tensor that, stretched again, has the input's shape.

use super::truth;
use crate::chunks::{CHUNK, each};
use crate::elementwise::{BLOCK, Blocks};
use crate::float::Float;
use crate::stretched::{Fold, Stretched};
use crate::vectorize::vectorize;

/// What is made of the elements along the axes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)] // what each is, its name says
pub enum Function {
    All,
    Any,
    Count,
    Logsumexp,
    Max,
    Mean,
    Min,
    Norm(f64),
    Prod,
    Std,
    Sum,
    Var,
}

impl Function {
    /// Whether it is worked out around a first value for each result, which `forward` leaves in its room: the mean, the largest, or the
    /// product without zeros.
    #[must_use]
    pub const fn has_center(self) -> bool {
        matches!(self, Self::Logsumexp | Self::Prod | Self::Std | Self::Var)
    }

    /// Whether `backward` needs room for a number for each result.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Max | Self::Min | Self::Prod)
    }

    /// Whether `backward` reads the input.
    #[must_use]
    pub const fn reads_input(self) -> bool {
        !matches!(self, Self::All | Self::Any | Self::Count | Self::Mean | Self::Sum)
    }

    /// Whether `backward` reads the output.
    #[must_use]
    pub const fn reads_output(self) -> bool {
        matches!(self, Self::Logsumexp | Self::Max | Self::Min | Self::Norm(_) | Self::Prod | Self::Std)
    }
}

/// The sizes of a sample before and after.
#[derive(Clone, Copy, Debug)]
pub struct Axes<'a> {
    /// The sizes of a sample of the input.
    pub whole: &'a [usize],
    /// The same, with 1 for each axis along which it is reduced.
    pub kept: &'a [usize],
}

impl Axes<'_> {
    /// How many elements each result is made of.
    fn count<T: Float>(self) -> T {
        let product = |sizes: &[usize]| sizes.iter().product::<usize>().max(1);
        T::from_f64((product(self.whole) / product(self.kept)) as f64)
    }

    fn fold<T: Float>(self, fold: Fold, x: &[T], y: &mut [T], first: T, term: impl Fn(usize, &mut [T]) + Sync) {
        Stretched::shapes(self.kept, self.whole).fold(fold, x, y, Some(first), term);
    }
}

/// `y = f(y)` for every result.
fn finish<T: Float>(y: &mut [T], f: impl Fn(usize, T) -> T + Sync) {
    each([(y, CHUNK)], |i, [y]| {
        y.iter_mut().enumerate().for_each(|(k, y)| *y = f(i * CHUNK + k, *y));
    });
}

/// Changes a block of `x` by what belongs to each of its elements.
#[inline(always)]
fn with<T: Float>(other: &Stretched<'_, T>, start: usize, block: &mut [T], f: impl Fn(T, T) -> T) {
    let mut room = [T::ZERO; BLOCK];
    let other = other.block(start, &mut room[..block.len()]);
    block.iter_mut().zip(other).for_each(|(x, &other)| *x = f(*x, other));
}

/// `y = function(x along the axes)`. `center` has as many elements as `y` where [`has_center`](Function::has_center) says so.
pub fn forward<T: Float>(function: Function, x: &[T], axes: Axes<'_>, y: &mut [T], center: &mut [T]) {
    let count: T = axes.count();
    match function {
        Function::Sum => axes.fold(Fold::Sum, x, y, T::ZERO, |_, _| {}),
        Function::Mean => {
            axes.fold(Fold::Sum, x, y, T::ZERO, |_, _| {});
            finish(y, |_, sum| sum / count);
        }
        Function::Count => {
            let term = |_: usize, block: &mut [T]| block.iter_mut().for_each(|x| *x = truth(*x != T::ZERO));
            axes.fold(Fold::Sum, x, y, T::ZERO, term);
        }
        Function::Prod => {
            let but_zeros =
                |_: usize, block: &mut [T]| block.iter_mut().for_each(|x| *x = if *x == T::ZERO { T::ONE } else { *x });
            axes.fold(Fold::Product, x, center, T::ONE, but_zeros);
            axes.fold(Fold::Product, x, y, T::ONE, |_, _| {});
        }
        Function::Norm(power) => {
            axes.fold(Fold::Sum, x, y, T::ZERO, |_, block| block.iter_mut().for_each(|x| *x = to_power(*x, power)));
            finish(y, |_, sum| match power {
                2.0 => sum.sqrt(),
                1.0 => sum,
                _ => T::from_f64(libm::pow(sum.to_f64(), 1.0 / power)),
            });
        }
        Function::Any | Function::All => {
            let term = |_: usize, block: &mut [T]| block.iter_mut().for_each(|x| *x = truth(*x != T::ZERO));
            axes.fold(Fold::Sum, x, y, T::ZERO, term);
            let least = if function == Function::Any { T::ONE } else { count };
            finish(y, |_, found| truth(found >= least));
        }
        Function::Max => axes.fold(Fold::Largest, x, y, T::NEG_INFINITY, |_, _| {}),
        Function::Min => {
            axes.fold(Fold::Largest, x, y, T::NEG_INFINITY, |_, block| block.iter_mut().for_each(|x| *x = -*x));
            finish(y, |_, most| -most);
        }
        Function::Var | Function::Std => {
            forward(Function::Mean, x, axes, center, &mut []);
            let mean = Stretched::new(center, axes.kept, axes.whole);
            let square = |x: T, mean: T| (x - mean) * (x - mean);
            axes.fold(Fold::Sum, x, y, T::ZERO, |start, block| with(&mean, start, block, square));
            let is_root = function == Function::Std;
            finish(y, |_, sum| if is_root { (sum / count).sqrt() } else { sum / count });
        }
        Function::Logsumexp => {
            forward(Function::Max, x, axes, center, &mut []);
            // Where the largest is infinite there is nothing to be kept from overflowing.
            finish(center, |_, most| if most.is_finite() { most } else { T::ZERO });
            let most = Stretched::new(center, axes.kept, axes.whole);
            axes.fold(Fold::Sum, x, y, T::ZERO, |start, block| with(&most, start, block, |x, most| (x - most).exp()));
            finish(y, |i, sum| sum.ln() + center[i]);
        }
    }
}

/// The power of a length along an axis.
#[inline(always)]
fn to_power<T: Float>(x: T, power: f64) -> T {
    match power {
        2.0 => x * x,
        1.0 => x.abs(),
        _ => T::from_f64(libm::pow(x.abs().to_f64(), power)),
    }
}

/// How a length grows with an element.
#[inline(always)]
fn length_slope<T: Float>(x: T, length: T, power: f64) -> T {
    let sign = if x < T::ZERO { -T::ONE } else { T::ONE };
    match power {
        _ if x == T::ZERO => T::ZERO,
        2.0 => x / length,
        1.0 => sign,
        _ => sign * T::from_f64(libm::pow((x.abs() / length).to_f64(), power - 1.0)),
    }
}

/// What `backward` reads.
#[derive(Clone, Copy, Debug)]
pub struct Reads<'a, T> {
    /// The input, where [`reads_input`](Function::reads_input) says so.
    pub x: &'a [T],
    /// The output, where [`reads_output`](Function::reads_output) says so.
    pub y: &'a [T],
    /// What forward left in its room.
    pub center: &'a [T],
    /// The gradient of the output.
    pub d_y: &'a [T],
}

/// The gradient goes to `d_x`, or is added to it. `counts` has room for as many elements as the output has, where
/// [`counts`](Function::counts) says so. Equal ones that are the largest, or smallest, share the gradient evenly, as in JAX.
pub fn backward<T: Float>(
    function: Function,
    reads: Reads<'_, T>,
    axes: Axes<'_>,
    counts: &mut [T],
    d_x: &mut [T],
    accumulate: bool,
) {
    let (count, one): (T, T) = (axes.count(), T::ONE);
    let Reads { x, y, center, d_y } = reads;
    let stretched = |data| Stretched::new(data, axes.kept, axes.whole);
    let d = stretched(d_y);
    match function {
        Function::All | Function::Any | Function::Count => by_value(&[], d_x, accumulate, &[], |_, _| T::ZERO),
        Function::Sum => by_value(&[], d_x, accumulate, &[d], |_, [d, ..]| d),
        Function::Mean => by_value(&[], d_x, accumulate, &[d], |_, [d, ..]| d / count),
        Function::Var => {
            let factor = T::from_f64(2.0) / count;
            by_value(x, d_x, accumulate, &[d, stretched(center)], |x, [d, mean, _]| (x - mean) * factor * d);
        }
        Function::Std => {
            let all = [d, stretched(center), stretched(y)];
            by_value(x, d_x, accumulate, &all, |x, [d, mean, std]| (x - mean) / (count * std) * d);
        }
        Function::Logsumexp => by_value(x, d_x, accumulate, &[d, stretched(y)], |x, [d, y, _]| (x - y).exp() * d),
        Function::Norm(power) => {
            by_value(x, d_x, accumulate, &[d, stretched(y)], |x, [d, y, _]| length_slope(x, y, power) * d);
        }
        Function::Prod => {
            let is_zero = |_: usize, block: &mut [T]| block.iter_mut().for_each(|x| *x = truth(*x == T::ZERO));
            axes.fold(Fold::Sum, x, counts, T::ZERO, is_zero);
            let all = [d, stretched(center), stretched(counts)];
            // What an element is multiplied by: all others, of which none must be 0.
            by_value(x, d_x, accumulate, &all, |x, [d, product, zeros]| match (x == T::ZERO, zeros == T::ZERO, zeros == one) {
                (false, true, _) => product / x * d,
                (true, _, true) => product * d,
                _ => T::ZERO,
            });
        }
        Function::Max | Function::Min => {
            let result = stretched(y);
            let is_result = |x: T, y: T| truth(x == y);
            axes.fold(Fold::Sum, x, counts, T::ZERO, |start, block| with(&result, start, block, is_result));
            let all = [d, result, stretched(counts)];
            by_value(x, d_x, accumulate, &all, |x, [d, y, shares]| if x == y { d * (one / shares) } else { T::ZERO });
        }
    }
}

/// `d_x = value(x, [what belongs to it])`, or `+=`. Where no `x` is read, it is empty.
fn by_value<T: Float>(
    x: &[T],
    d_x: &mut [T],
    accumulate: bool,
    others: &[Stretched<'_, T>],
    value: impl Fn(T, [T; 3]) -> T + Sync,
) {
    let from = if x.is_empty() { None } else { Some(x) };
    let work = |start: usize, state: &mut [T]| {
        let mut rooms = [[T::ZERO; BLOCK]; 3];
        for (room, other) in rooms.iter_mut().zip(others) {
            let room = &mut room[..state.len()];
            let mut own = [T::ZERO; BLOCK];
            let own = other.block(start, &mut own[..room.len()]);
            room.copy_from_slice(own);
        }
        for (k, state) in state.iter_mut().enumerate() {
            let x = from.map_or(T::ZERO, |x| x[start + k]);
            *state = value(x, [rooms[0][k], rooms[1][k], rooms[2][k]]);
        }
    };
    each([(d_x, CHUNK)], |i, [d_x]| {
        vectorize(
            #[inline(always)]
            || {
                for (b, d_x) in d_x.chunks_mut(BLOCK).enumerate() {
                    let mut state = [T::ZERO; BLOCK];
                    let state = &mut state[..d_x.len()];
                    work(i * CHUNK + b * BLOCK, state);
                    for (d_x, &state) in d_x.iter_mut().zip(&*state) {
                        *d_x = if accumulate { *d_x + state } else { state };
                    }
                }
            },
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Function; 14] = [
        Function::All,
        Function::Any,
        Function::Count,
        Function::Norm(1.0),
        Function::Norm(2.0),
        Function::Norm(3.0),
        Function::Prod,
        Function::Logsumexp,
        Function::Max,
        Function::Mean,
        Function::Min,
        Function::Std,
        Function::Sum,
        Function::Var,
    ];

    fn run(function: Function, x: &[f64], axes: Axes<'_>, results: usize) -> (Vec<f64>, Vec<f64>) {
        let (mut y, mut center) = (vec![0.0; results], vec![0.0; results]);
        forward(function, x, axes, &mut y, &mut center);
        (y, center)
    }

    #[test]
    fn values_are_those_of_the_formulas_along_any_axes() {
        let whole = [3, 4, 5];
        let x: Vec<f64> = (0..2 * 60).map(|i| f64::from((i * 37) % 41) / 8.0 - 1.0).collect();
        for kept in [[3, 1, 5], [1, 4, 1], [3, 4, 1], [1, 1, 1]] {
            let axes = Axes { whole: &whole, kept: &kept };
            let results = 2 * kept.iter().product::<usize>();
            for function in ALL {
                let (found, _) = run(function, &x, axes, results);
                let mut groups = vec![Vec::new(); results];
                for (i, &x) in x.iter().enumerate() {
                    let at = [i / 60, i / 20 % 3, i / 5 % 4, i % 5];
                    let own = |axis: usize| if kept[axis] == 1 { 0 } else { at[axis + 1] };
                    groups[((at[0] * kept[0] + own(0)) * kept[1] + own(1)) * kept[2] + own(2)].push(x);
                }
                for (group, found) in groups.iter().zip(&found) {
                    let n = group.len() as f64;
                    let (sum, mean) = (group.iter().sum::<f64>(), group.iter().sum::<f64>() / n);
                    let var = group.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n;
                    let want = match function {
                        Function::All => f64::from(u8::from(group.iter().all(|&x| x != 0.0))),
                        Function::Any => f64::from(u8::from(group.iter().any(|&x| x != 0.0))),
                        Function::Logsumexp => group.iter().map(|x| x.exp()).sum::<f64>().ln(),
                        Function::Max => group.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                        Function::Min => group.iter().copied().fold(f64::INFINITY, f64::min),
                        Function::Mean => mean,
                        Function::Count => group.iter().filter(|x| **x != 0.0).count() as f64,
                        Function::Norm(power) => group.iter().map(|x| x.abs().powf(power)).sum::<f64>().powf(1.0 / power),
                        Function::Prod => group.iter().product(),
                        Function::Std => var.sqrt(),
                        Function::Sum => sum,
                        Function::Var => var,
                    };
                    assert!((found - want).abs() < 1e-9, "{function:?} to {kept:?}: {found} for {want}");
                }
            }
        }
    }

    #[test]
    fn gradients_are_the_numerical_ones() {
        let (whole, kept) = ([3, 4, 5], [3, 1, 5]);
        let axes = Axes { whole: &whole, kept: &kept };
        let x: Vec<f64> = (0..2 * 60).map(|i| f64::from((i * 37) % 127) / 8.0 - 1.0).collect();
        let d_y: Vec<f64> = (0..30).map(|i| f64::from(i % 7) - 2.5).collect();
        for function in ALL {
            let (y, center) = run(function, &x, axes, 30);
            let (mut counts, mut d_x) = (vec![0.0; 30], vec![1.0; 120]);
            let reads = Reads { x: &x, y: &y, center: &center, d_y: &d_y };
            backward(function, reads, axes, &mut counts, &mut d_x, true);
            for place in (0..120).step_by(7) {
                let moved = |step: f64| {
                    let mut x = x.clone();
                    x[place] += step;
                    run(function, &x, axes, 30).0.iter().zip(&d_y).map(|(y, d)| y * d).sum::<f64>()
                };
                let want = 1.0 + (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((d_x[place] - want).abs() < 1e-4, "{function:?} at {place}: {} for {want}", d_x[place]);
            }
        }
    }

    #[test]
    fn equal_ones_share_the_gradient_of_the_largest() {
        let axes = Axes { whole: &[3], kept: &[1] };
        let mut d_x = [0.0; 3];
        let reads = Reads { x: &[2.0, 1.0, 2.0], y: &[2.0], center: &[], d_y: &[1.0] };
        backward(Function::Max, reads, axes, &mut [0.0], &mut d_x, false);
        assert_eq!(d_x, [0.5, 0.0, 0.5]);
    }
}
