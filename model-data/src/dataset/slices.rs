//! Arrays as the samples along their first axis.

use ndarray::{Array, Axis, Dimension, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn};

/// Arrays of which each gives a sample for each place of its first axis: one, or a tuple of several.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no samples along a first axis",
    label = "expected an array, or a tuple of arrays, by value",
    note = "a borrowed array is copied first: `x.to_owned()`, `(x.clone(), y.clone())`"
)]
pub trait Slices: Send + Sync + 'static {
    /// A sample.
    type Item: Send + 'static;

    /// How many samples there are, or two numbers that differ.
    ///
    /// # Errors
    /// If arrays have different numbers of samples.
    fn samples(&self) -> Result<usize, (usize, usize)>;

    /// The sample at a place.
    fn sample(&self, place: usize) -> Self::Item;
}

/// Arrays with different numbers of samples, in words.
pub(super) fn unequal((first, other): (usize, usize)) -> String {
    format!("the arrays have {first} and {other} samples: expected as many")
}

impl<E: Clone + Send + Sync + 'static> Slices for Array<E, Ix1> {
    type Item = E;

    fn samples(&self) -> Result<usize, (usize, usize)> {
        Ok(self.len())
    }

    fn sample(&self, place: usize) -> E {
        self[place].clone()
    }
}

impl<E: Clone + Send + Sync + 'static> Slices for Vec<E> {
    type Item = E;

    fn samples(&self) -> Result<usize, (usize, usize)> {
        Ok(self.len())
    }

    fn sample(&self, place: usize) -> E {
        self[place].clone()
    }
}

macro_rules! arrays {
    ($($dimension:ident)*) => {
        $(impl<E: Clone + Send + Sync + 'static> Slices for Array<E, $dimension> {
            type Item = Array<E, <$dimension as Dimension>::Smaller>;

            fn samples(&self) -> Result<usize, (usize, usize)> {
                Ok(self.shape().first().copied().unwrap_or(0))
            }

            fn sample(&self, place: usize) -> Self::Item {
                self.index_axis(Axis(0), place).to_owned()
            }
        })*
    };
}

arrays! { Ix2 Ix3 Ix4 Ix5 Ix6 IxDyn }

macro_rules! tuples {
    ($(($($name:ident $place:tt),+))*) => {
        $(impl<$($name: Slices),+> Slices for ($($name,)+) {
            type Item = ($($name::Item,)+);

            fn samples(&self) -> Result<usize, (usize, usize)> {
                let all = [$(self.$place.samples()?),+];
                all.iter().find(|&&samples| samples != all[0]).map_or(Ok(all[0]), |&other| Err((all[0], other)))
            }

            fn sample(&self, place: usize) -> Self::Item {
                ($(self.$place.sample(place),)+)
            }
        })*
    };
}

tuples! {
    (A 0)
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
    (A 0, B 1, C 2, D 3, E 4, F 5)
}
