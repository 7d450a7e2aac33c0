//! How exact the kernels are: each in `f32`, on every instruction set that this machine has, beside itself in `f64` on the same numbers.
//!
//! Errors are counted in roundings, half a unit in the last place of 1 (`2^-24`), relative to the size that an element has: `Σ|a·b|` for
//! sums of products (what the kernel makes of the absolute values), the element itself with a floor for functions, or the largest element
//! of a tensor where errors meet along the way. A sum of `n` terms that rounds every product and every sum is off by no more than `n + 1`
//! roundings, whatever its order; by chance errors add up to about the root of that.
//!
//! `cargo test -p model-kernels --test accuracy -- --nocapture` prints what was found.

use std::sync::{Mutex, PoisonError};

use model_kernels::float::Float;
use model_kernels::instruction_set::InstructionSet;

/// Half a unit in the last place of 1.
const ROUNDING: f64 = 1.0 / (1 << 24) as f64;

/// Numbers that look random, are exact in `f32`, and are the same on every run.
struct Numbers {
    state: u64,
    /// Whether they are all positive.
    absolute: bool,
}

impl Numbers {
    const fn new(absolute: bool) -> Self {
        Self { state: 0x9e37_79b9_7f4a_7c15, absolute }
    }

    /// So many numbers between `-scale` and `scale`, a power of two.
    fn within<T: Float>(&mut self, scale: f64, len: usize) -> Vec<T> {
        let next = |_| {
            self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = ((self.state >> 40) as f64 / f64::from(1 << 23) - 1.0) * scale;
            T::from_f64(if self.absolute { number.abs() } else { number })
        };
        (0..len).map(next).collect()
    }

    /// So many numbers between -1 and 1.
    fn some<T: Float>(&mut self, len: usize) -> Vec<T> {
        self.within(1.0, len)
    }

    /// So many numbers between 0 and 1.
    fn positive<T: Float>(&mut self, len: usize) -> Vec<T> {
        self.some::<T>(len).into_iter().map(Float::abs).collect()
    }
}

/// What the error of an element is relative to.
#[derive(Clone, Copy, Debug)]
enum Size {
    /// What the kernel makes of the absolute values: for sums of products.
    Sums,
    /// The element, but at least so much.
    Element(f64),
    /// The largest element of the tensor.
    Largest,
}

/// A kernel on numbers of a type, which gives all its results.
type Work<T> = fn(&mut Numbers) -> Vec<Vec<T>>;

/// The cases of functions that are generic in the type, each by its name.
macro_rules! cases {
    ($is_tiled:literal, $($function:ident $(<$number:literal>)? , $size:expr, $most:expr;)*) => {
        vec![$($crate::Case {
            name: stringify!($function $($number)?),
            single: $function::<f32 $(, $number)?>,
            double: $function::<f64 $(, $number)?>,
            size: $size,
            most: f64::from($most),
            is_tiled: $is_tiled,
        },)*]
    };
}

mod elements;
mod products;
mod rows;
mod sequences;
mod windows;

/// A kernel, how exact it is, and on which instruction sets alike.
struct Case {
    name: &'static str,
    single: Work<f32>,
    double: Work<f64>,
    size: Size,
    /// The most roundings.
    most: f64,
    /// Whether it has tiles of its own for each instruction set, or else is compiled for each from one loop.
    is_tiled: bool,
}

impl Case {
    /// The largest error of any result, in roundings.
    fn error(&self, found: &[Vec<f32>]) -> f64 {
        let expected = (self.double)(&mut Numbers::new(false));
        let of_absolutes = (self.double)(&mut Numbers::new(true));
        let mut worst: f64 = 0.0;
        for ((found, expected), sums) in found.iter().zip(&expected).zip(&of_absolutes) {
            assert_eq!(found.len(), expected.len(), "{}", self.name);
            let largest = expected.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
            for ((&found, &expected), &sum) in found.iter().zip(expected).zip(sums) {
                let size = match self.size {
                    Size::Sums => sum,
                    Size::Element(floor) => expected.abs().max(floor),
                    Size::Largest => largest,
                };
                let error = (f64::from(found) - expected).abs();
                worst = worst.max(if error == 0.0 { 0.0 } else { error / (size * ROUNDING) });
                assert!(!error.is_nan(), "{}: {found} for {expected}", self.name);
            }
        }
        worst
    }

    fn check(&self) {
        let sets: Vec<_> = InstructionSet::available().collect();
        let found: Vec<_> = sets.iter().map(|&set| with(set, || (self.single)(&mut Numbers::new(false)))).collect();
        let errors: Vec<f64> = found.iter().map(|found| self.error(found)).collect();
        println!(
            "{:42} {:?} of {}",
            self.name,
            errors.iter().map(|error| (error * 10.0).round() / 10.0).collect::<Vec<_>>(),
            self.most
        );
        assert!(errors.iter().all(|&error| error <= self.most), "{}: {errors:?} on {sets:?}, at most {}", self.name, self.most);
        // The tiles of those that multiply and add in one give the same bits, and all other loops.
        let alike = if self.is_tiled { &found[1..] } else { &found[..] };
        assert!(alike.windows(2).all(|two| two[0] == two[1]), "{} differs", self.name);
        // One rounding more for each product is at most as many again.
        let best = errors.last().copied().unwrap_or_default();
        assert!(errors[0] <= 2.0 * best + 2.0, "{}: portable tiles are worse than rounding, {errors:?}", self.name);
    }
}

/// Runs with an instruction set, while no other test does.
fn with<R>(set: InstructionSet, work: impl FnOnce() -> R) -> R {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let before = InstructionSet::current();
    set.select();
    let result = work();
    before.select();
    result
}

#[test]
fn kernels_are_as_exact_as_rounding_lets_them() {
    for cases in [products::cases(), windows::cases(), elements::cases(), rows::cases(), sequences::cases()] {
        cases.iter().for_each(Case::check);
    }
}
