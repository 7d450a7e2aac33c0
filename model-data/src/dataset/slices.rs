//! Arrays as the samples along their first axis.

use ndarray::{Array, Axis, Dimension, Ix1, Ix2, Ix3, Ix4, Ix5, Ix6, IxDyn, RemoveAxis};

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

    /// The samples at these places, in their order.
    #[must_use]
    fn gather(&self, places: &[usize]) -> Self;
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

    fn gather(&self, places: &[usize]) -> Self {
        places.iter().map(|&place| self[place].clone()).collect()
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

    fn gather(&self, places: &[usize]) -> Self {
        places.iter().map(|&place| self[place].clone()).collect()
    }
}

/// The rows of an array at these places.
fn rows<E: Clone, D: RemoveAxis>(array: &Array<E, D>, places: &[usize]) -> Array<E, D> {
    let Some(elements) = array.as_slice() else { return array.select(Axis(0), places) };
    let mut shape = array.raw_dim();
    let length = shape.slice().iter().skip(1).product::<usize>();
    let mut gathered = Vec::with_capacity(places.len().saturating_mul(length));
    places.iter().for_each(|&place| gathered.extend_from_slice(&elements[place * length..][..length]));
    shape[0] = places.len();
    Array::from_shape_vec(shape, gathered).unwrap_or_else(|_| array.select(Axis(0), places))
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

            fn gather(&self, places: &[usize]) -> Self {
                rows(self, places)
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

            fn gather(&self, places: &[usize]) -> Self {
                ($(self.$place.gather(places),)+)
            }
        })*
    };
}

model_core::for_given_tuples!(tuples);
