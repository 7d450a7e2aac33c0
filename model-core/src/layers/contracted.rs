//! What layers share that contract tensors.

use crate::kernels::einsum::Wanted;
use crate::layer::Gradient;

/// The gradient of an input as the kernel takes it, where it is wanted.
pub(super) fn wanted<'s, T>(gradient: &'s mut Option<Gradient<'_, T>>) -> Option<Wanted<'s, T>> {
    let Gradient { data, accumulate } = gradient.as_mut()?;
    Some(Wanted { data, accumulate: *accumulate })
}
