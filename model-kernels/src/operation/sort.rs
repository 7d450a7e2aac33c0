//! The elements along an axis in their order; of equal ones the first comes first, and what is no number last.

use std::cmp::Ordering;

use super::along::{blocks, give};
use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::check;

/// How a sort goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Whether the largest comes first.
    pub is_falling: bool,
    /// What comes before the axis, its size, and what comes behind it.
    pub axes: [usize; 3],
}

fn compare<T: Float>(a: T, b: T, is_falling: bool) -> Ordering {
    match a.partial_cmp(&b) {
        Some(order) if is_falling => order.reverse(),
        Some(order) => order,
        None => a.is_nan().cmp(&b.is_nan()),
    }
}

/// The places of the elements in their order go to `places`, `[outer, inner, n]`.
pub fn places<T: Float>(order: Order, x: &[T], places: &mut [T]) {
    let Order { is_falling, axes: [outer, n, inner] } = order;
    check("a sort", [("input", x.len(), &[outer, n, inner]), ("places", places.len(), &[outer, n, inner])]);
    blocks(places, n * inner, |row, places| {
        let x = &x[row * n * inner..][..n * inner];
        for (i, places) in places.chunks_exact_mut(n).enumerate() {
            places.iter_mut().enumerate().for_each(|(place, to)| *to = T::from_f64(place as f64));
            let at = |place: &T| x[place.to_f64() as usize * inner + i];
            places.sort_unstable_by(|a, b| compare(at(a), at(b), is_falling).then_with(|| compare(*a, *b, false)));
        }
    });
}

/// The first `k` of the elements go to `values`, and their places to `numbers`, both `[outer, k, inner]`, where they are asked for.
pub fn take<T: Float>(order: Order, k: usize, x: &[T], places: &[T], values: &mut [T], numbers: &mut [T]) {
    let [outer, n, inner] = order.axes;
    check("a sort", [("input", x.len(), &[outer, n, inner]), ("places", places.len(), &[outer, n, inner])]);
    for (len, name) in [(values.len(), "values"), (numbers.len(), "numbers")] {
        assert!(len == 0 || len == outer * k * inner, "the {name} of a sort have {len} elements, expected {outer}, {k}, {inner}");
    }
    let (own, rows) = (k * inner, rows_per_task(k * inner));
    let whose = |row: usize| (&x[row * n * inner..][..n * inner], &places[row * n * inner..][..n * inner]);
    let number = |row: usize, to: usize| whose(row).1[to % inner * n + to / inner];
    blocks(values, own, |row, values| {
        let (x, _) = whose(row);
        for (to, value) in values.iter_mut().enumerate() {
            *value = x[number(row, to).to_f64() as usize * inner + to % inner];
        }
    });
    each([(numbers, rows * own.max(1))], |task, [numbers]| {
        for (to, value) in numbers.iter_mut().enumerate() {
            *value = number(task * rows + to / own, to % own);
        }
    });
}

/// The gradient of the first `k` goes to where they came from, and 0 elsewhere; or it is added.
pub fn backward<T: Float>(order: Order, k: usize, places: &[T], d_values: &[T], d_x: &mut [T], accumulate: bool) {
    let [outer, n, inner] = order.axes;
    check("a sort", [("gradient", d_x.len(), &[outer, n, inner]), ("places", places.len(), &[outer, n, inner])]);
    check("a sort", [("values' gradient", d_values.len(), &[outer, k, inner])]);
    blocks(d_x, n * inner, |row, d_x| {
        let (places, d_values) = (&places[row * n * inner..][..n * inner], &d_values[row * k * inner..][..k * inner]);
        for (i, places) in places.chunks_exact(n).enumerate() {
            for (to, place) in places.iter().enumerate() {
                let d = if to < k { d_values[to * inner + i] } else { T::ZERO };
                give(&mut d_x[place.to_f64() as usize * inner + i], d, accumulate);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_put_in_order_and_gradients_go_back() {
        let x = [3.0_f32, 1.0, f32::NAN, 5.0, 3.0, 0.0];
        let order = Order { is_falling: false, axes: [1, 3, 2] };
        let (mut at, mut values, mut numbers, mut d_x) = ([0.0; 6], [0.0; 6], [0.0; 6], [0.5; 6]);
        places(order, &x, &mut at);
        assert_eq!(at, [0.0, 2.0, 1.0, 2.0, 0.0, 1.0]);
        take(order, 3, &x, &at, &mut values, &mut numbers);
        assert_eq!(values[..4], [3.0, 0.0, 3.0, 1.0]);
        assert!(values[4].is_nan());
        assert_eq!(numbers, [0.0, 2.0, 2.0, 0.0, 1.0, 1.0]);
        backward(order, 2, &at, &[1.0, 2.0, 3.0, 4.0], &mut d_x, true);
        assert_eq!(d_x, [1.5, 4.5, 0.5, 0.5, 3.5, 2.5]);
        places(Order { is_falling: true, ..order }, &x, &mut at);
        assert_eq!(at, [0.0, 2.0, 1.0, 1.0, 0.0, 2.0]);
    }
}
