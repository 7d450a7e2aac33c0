//! Images of another size: along each axis a weighted mean of the elements around a place, and the derivative, which gives back by the same
//! weights. A table holds them; what it takes of memory is the caller's.

use std::f64::consts::PI;

use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, elements};
use crate::vectorize::vectorize;

/// How much an element counts, by its distance from the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// The nearest element alone.
    Nearest,
    /// A triangle over two elements.
    Bilinear,
    /// Keys's cubic function over four elements, with `a = -1/2`.
    Bicubic,
    /// A windowed sine over so many elements on both sides.
    Lanczos(u32),
}

impl Filter {
    /// How far elements count.
    #[must_use]
    pub fn radius(self) -> f64 {
        match self {
            Self::Nearest => 0.0,
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos(radius) => f64::from(radius),
        }
    }

    /// The weight of an element at a distance.
    fn weight(self, distance: f64) -> f64 {
        let x = distance;
        if x > self.radius() {
            return 0.0;
        }
        match self {
            Self::Nearest => 1.0,
            Self::Bilinear => 1.0 - x,
            Self::Bicubic if x < 1.0 => (1.5 * x - 2.5) * x * x + 1.0,
            Self::Bicubic => ((2.5 - 0.5 * x) * x - 4.0) * x + 2.0,
            Self::Lanczos(_) if x <= 1e-3 => 1.0,
            Self::Lanczos(radius) => {
                let radius = f64::from(radius);
                radius * libm::sin(PI * x) * libm::sin(PI * x / radius) / (PI * PI * x * x)
            }
        }
    }
}

/// One axis, of another size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// How many elements there are.
    pub input: usize,
    /// How many are left out at the beginning.
    pub cut: usize,
    /// How many of the filling stand before those that are not left out, and as many behind.
    pub filled: usize,
    /// How many are resized: those that are not left out, and the filling.
    pub from: usize,
    /// How many they become.
    pub to: usize,
    /// How they are weighted.
    pub filter: Filter,
    /// Whether an axis that becomes shorter takes means over all of its elements.
    pub antialias: bool,
}

impl Axis {
    /// An axis all of which is resized.
    #[must_use]
    pub const fn whole(input: usize, to: usize, filter: Filter, antialias: bool) -> Self {
        Self { input, cut: 0, filled: 0, from: input, to, filter, antialias }
    }

    /// How many times wider the filter is than one that only enlarges.
    fn stretch(&self) -> f64 {
        if self.antialias { (self.from as f64 / self.to as f64).max(1.0) } else { 1.0 }
    }

    /// Whether each output is one element.
    fn is_choice(&self) -> bool {
        self.from == self.to || self.filter == Filter::Nearest
    }

    /// How many elements each output takes.
    #[must_use]
    pub fn taps(&self) -> usize {
        let taps = if self.is_choice() { 1 } else { (2.0 * self.filter.radius() * self.stretch()) as usize + 1 };
        taps.min(self.from)
    }

    /// How many elements the table has.
    #[must_use]
    pub fn room(&self) -> usize {
        self.to * self.taps()
    }

    /// The place of an output among what is resized.
    fn place(&self, output: usize) -> f64 {
        (output as f64 + 0.5) * (self.from as f64 / self.to as f64) - 0.5
    }

    /// The first element that an output takes. It never decreases from one output to the next.
    #[inline(always)]
    fn first(&self, output: usize, taps: usize) -> usize {
        if self.from == self.to {
            return output;
        }
        if self.filter == Filter::Nearest {
            return (2 * output + 1) * self.from / (2 * self.to);
        }
        let first = (self.place(output) - self.filter.radius() * self.stretch()).ceil();
        (first.max(0.0) as usize).min(self.from - taps)
    }

    /// Writes the weights of every output, whose sum is 1.
    pub fn fill_table<T: Float>(&self, table: &mut [T]) {
        let taps = self.taps();
        check("a table of weights", [("table", table.len(), &[self.to, taps])]);
        if self.is_choice() {
            return table.fill(T::ONE);
        }
        for (output, weights) in table.chunks_exact_mut(taps).enumerate() {
            let (first, place) = (self.first(output, taps), self.place(output));
            let weight = |tap: usize| self.filter.weight((place - (first + tap) as f64).abs() / self.stretch());
            let sum: f64 = (0..taps).map(weight).sum();
            weights.iter_mut().enumerate().for_each(|(tap, to)| *to = T::from_f64(weight(tap) / sum));
        }
    }

    /// Panics unless slices are so many times this axis, with `inner` elements behind each.
    fn check(&self, inner: usize, input: usize, output: usize, table: usize) {
        let outer = input / elements(&[self.input, inner]).max(1);
        check("a resizing", [("input", input, &[outer, self.input, inner]), ("output", output, &[outer, self.to, inner])]);
        check("a resizing", [("table", table, &[self.to, self.taps()])]);
        let kept = self.from.checked_sub(2 * self.filled).and_then(|kept| kept.checked_add(self.cut));
        assert!(kept.is_some_and(|kept| kept <= self.input), "a resizing takes what there is");
    }

    /// `y[outer, output, inner] = Σ table[output, tap] * x[outer, first + tap, inner]`, the filling where `x` has nothing.
    pub fn forward<T: Float>(&self, inner: usize, table: &[T], filling: T, x: &[T], y: &mut [T]) {
        self.check(inner, x.len(), y.len(), table.len());
        let (taps, rows, kept) = (self.taps(), rows_per_task(inner), self.from - 2 * self.filled);
        each([(y, rows * inner)], |task, [y]| {
            vectorize(
                #[inline(always)]
                || {
                    for (i, y) in y.chunks_exact_mut(inner).enumerate() {
                        let (outer, output) = ((task * rows + i) / self.to, (task * rows + i) % self.to);
                        let first = self.first(output, taps);
                        y.fill(T::ZERO);
                        for (tap, &weight) in table[output * taps..][..taps].iter().enumerate() {
                            match (first + tap).checked_sub(self.filled).filter(|&place| place < kept) {
                                Some(place) => add(y, &x[(outer * self.input + self.cut + place) * inner..][..inner], weight),
                                None => y.iter_mut().for_each(|y| *y += weight * filling),
                            }
                        }
                    }
                },
            );
        });
    }

    /// Each element of `d_x` gathers from the outputs that took of it, or adds that.
    pub fn backward<T: Float>(&self, inner: usize, table: &[T], d_y: &[T], d_x: &mut [T], accumulate: bool) {
        self.check(inner, d_x.len(), d_y.len(), table.len());
        let (taps, rows, kept) = (self.taps(), rows_per_task(inner), self.from - 2 * self.filled);
        each([(d_x, rows * inner)], |task, [d_x]| {
            vectorize(
                #[inline(always)]
                || {
                    let mut taker = self.to;
                    for (i, d_x) in d_x.chunks_exact_mut(inner).enumerate() {
                        let (outer, input) = ((task * rows + i) / self.input, (task * rows + i) % self.input);
                        if !accumulate {
                            d_x.fill(T::ZERO);
                        }
                        let Some(place) = input.checked_sub(self.cut).filter(|&place| place < kept) else { continue };
                        let place = place + self.filled;
                        if i == 0 || input == self.cut {
                            taker = 0;
                        }
                        while taker < self.to && self.first(taker, taps) + taps <= place {
                            taker += 1;
                        }
                        for output in taker..self.to {
                            let Some(tap) = place.checked_sub(self.first(output, taps)) else { break };
                            add(d_x, &d_y[(outer * self.to + output) * inner..][..inner], table[output * taps + tap]);
                        }
                    }
                },
            );
        });
    }
}

/// `target += factor * source`.
#[inline(always)]
fn add<T: Float>(target: &mut [T], source: &[T], factor: T) {
    for (target, &source) in target.iter_mut().zip(source) {
        *target += source * factor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::values;

    const FILTERS: [Filter; 5] = [Filter::Nearest, Filter::Bilinear, Filter::Bicubic, Filter::Lanczos(3), Filter::Lanczos(5)];

    fn axes() -> impl Iterator<Item = Axis> {
        let sizes = [(1, 1), (1, 5), (5, 1), (3, 7), (7, 3), (9, 9), (40, 6), (6, 40)];
        let whole = FILTERS.into_iter().flat_map(move |filter| {
            let of = move |antialias| sizes.map(|(from, to)| Axis::whole(from, to, filter, antialias));
            of(false).into_iter().chain(of(true))
        });
        let part = |axis: Axis| [axis, Axis { cut: 2, input: axis.input + 3, ..axis }];
        let filled = |axis: Axis| [axis, Axis { filled: 2, from: axis.from + 4, ..axis }];
        whole.flat_map(part).flat_map(filled)
    }

    fn table(axis: &Axis) -> Vec<f64> {
        let mut table = vec![0.0; axis.room()];
        axis.fill_table(&mut table);
        table
    }

    /// It is linear: the backward pass is the forward one transposed.
    #[test]
    fn the_backward_pass_is_the_forward_one_transposed() {
        for axis in axes() {
            let (outer, inner, table) = (2, 3, table(&axis));
            let (x, d_y) = (values::<f64>(outer * axis.input * inner, 1), values::<f64>(outer * axis.to * inner, 2));
            let (mut y, mut d_x) = (vec![1.0; d_y.len()], vec![1.0; x.len()]);
            axis.forward(inner, &table, 0.0, &x, &mut y);
            axis.backward(inner, &table, &d_y, &mut d_x, false);
            let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            assert!((dot(&y, &d_y) - dot(&x, &d_x)).abs() < 1e-9, "{axis:?}");
        }
    }

    #[test]
    fn what_is_of_one_value_stays_so() {
        for axis in axes() {
            let mut y = vec![0.0; axis.to];
            axis.forward(1, &table(&axis), 3.0, &vec![3.0; axis.input], &mut y);
            assert!(y.iter().all(|y| (y - 3.0_f64).abs() < 1e-12), "{axis:?}: {y:?}");
        }
    }

    #[test]
    fn neighbours_are_mixed_by_their_nearness() {
        let axis = Axis::whole(2, 8, Filter::Bilinear, false);
        let mut y = [0.0; 8];
        axis.forward(1, &table(&axis), 0.0, &[0.0, 8.0], &mut y);
        assert_eq!(y, [0.0, 0.0, 1.0, 3.0, 5.0, 7.0, 8.0, 8.0]);
    }

    #[test]
    fn the_nearest_element_is_below_the_middle() {
        let places = |from, to| (0..to).map(|output| Axis::whole(from, to, Filter::Nearest, false).first(output, 1)).collect();
        let found: [Vec<usize>; 3] = [places(3, 7), places(7, 3), places(4, 8)];
        assert_eq!(found, [vec![0, 0, 1, 1, 1, 2, 2], vec![1, 3, 5], vec![0, 0, 1, 1, 2, 2, 3, 3]]);
    }
}
