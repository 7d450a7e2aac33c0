//! Whether numbers are finite, at the speed of memory.

use crate::chunks::sum_rows;
use crate::vectorize::vectorize;

/// Whether the absolute value of every number is at most `limit`; NaN is not.
///
/// Without their signs, the bits of numbers are ordered as the numbers are, with infinity and then NaN above them; the largest of
/// integers is found faster than the first of bad numbers.
pub fn are_within(numbers: &[f32], limit: f32) -> bool {
    let beyond = sum_rows::<f32>(numbers.len(), 1, &mut [], |range, _| {
        let numbers = &numbers[range];
        let largest = vectorize(
            #[inline(always)]
            || numbers.iter().fold(0, |largest, number| number.abs().to_bits().max(largest)),
        );
        if largest <= limit.to_bits() { 0.0 } else { 1.0 }
    });
    beyond == 0.0
}

/// The place of the first number that is infinite or NaN.
pub fn first_not_finite(numbers: &[f32]) -> Option<usize> {
    if are_within(numbers, f32::MAX) { None } else { numbers.iter().position(|number| !number.is_finite()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bad_number_is_found_wherever_it_is() {
        for len in [1, 15, 16, 17, 70_000] {
            let mut numbers = vec![f32::MIN; len];
            assert_eq!(first_not_finite(&numbers), None);
            for (place, bad) in [(0, f32::NAN), (len / 2, f32::INFINITY), (len - 1, f32::NEG_INFINITY)] {
                numbers[place] = bad;
                assert_eq!(first_not_finite(&numbers), Some(place));
                numbers[place] = 1.0;
            }
            assert!(!are_within(&vec![2.0; len], 1.9) && are_within(&vec![-2.0; len], 2.0));
        }
    }
}
