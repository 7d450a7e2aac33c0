//! How many elements sizes make, and whether slices have as many: what functions that are safe ask before they hand pointers on.
//!
//! A product of sizes that wraps would let short slices pass for long ones. Here none does; nor does any product of some of the sizes of
//! one tensor, so that whoever has asked need not ask again where its elements lie.

/// More elements than this no memory holds, whatever their type: the largest has eight bytes.
pub(crate) const MOST: usize = isize::MAX.unsigned_abs() / 8;

/// How many elements a tensor of these sizes has.
///
/// # Panics
/// If they are more than memory can hold, or would be if those of the sizes that are zero were one.
#[track_caller]
#[must_use]
pub fn elements(sizes: &[usize]) -> usize {
    let product = sizes.iter().try_fold(1_usize, |product, &size| product.checked_mul(size.max(1)).filter(|&all| all <= MOST));
    match product {
        Some(_) if sizes.contains(&0) => 0,
        Some(product) => product,
        None => panic!("a tensor of {sizes:?} has more elements than memory can hold"),
    }
}

/// Checks that slices, each by its name and length, are as long as their sizes say.
///
/// # Panics
/// If one is not, or its sizes are more than memory can hold.
#[track_caller]
pub(crate) fn check<const N: usize>(work: &str, slices: [(&str, usize, &[usize]); N]) {
    for (name, found, sizes) in slices {
        let expected = elements(sizes);
        assert!(found == expected, "the {name} of {work} has {found} elements, expected {expected} of {sizes:?}");
    }
}

/// Checks that so many steps may be taken, one after the other, each so many times but for the first: that their end can be told by a number.
///
/// # Panics
/// If it cannot.
#[track_caller]
pub(crate) fn check_way<const N: usize>(work: &str, from: usize, steps: [(usize, usize); N]) {
    let end = steps.iter().try_fold(from, |end, &(times, step)| end.checked_add(times.saturating_sub(1).checked_mul(step)?));
    assert!(end.is_some_and(|end| end <= MOST), "{work} goes further than memory can: {from} and {steps:?}");
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn sizes_are_counted_and_none_wraps() {
        assert_eq!(elements(&[]), 1);
        assert_eq!(elements(&[3, 4, 5]), 60);
        assert_eq!(elements(&[3, 0, 5]), 0);
        assert_eq!(elements(&[MOST]), MOST);
        for sizes in [&[4, 1 << 62][..], &[1 << 32, 1 << 32], &[0, 1 << 32, 1 << 32], &[1 << 32, 1 << 32, 0], &[MOST + 1]] {
            assert!(catch_unwind(|| elements(sizes)).is_err(), "{sizes:?}");
        }
        check_way("a window", 3, [(1, usize::MAX), (0, usize::MAX), (3, 5)]);
        assert!(catch_unwind(|| check_way("a window", 0, [(3, usize::MAX / 2 + 1)])).is_err());
        assert!(catch_unwind(|| check_way("a window", usize::MAX, [(2, 1)])).is_err());
    }
}
