//! An output and a target that are judged by hand, outside of `fit`: checked as `fit` checks them.

use super::array::AnyArray;
use super::judged::Judged;
use super::ports::Port;
use super::standard::{TargetForm, target};
use crate::error::{Error, Result, Role};

impl Port {
    /// The output that an array is a batch of. A batch of single numbers may leave their axis out.
    pub(crate) fn of_array(name: &str, array: &AnyArray<'_>) -> Self {
        Self::of(name, array.shape().get(1..).filter(|sizes| !sizes.is_empty()).unwrap_or(&[1]))
    }
}

/// Judges an output and its target, with a number for each position that says how much it counts.
pub(crate) fn judge<R>(
    (output, target, mask): (&AnyArray<'_>, &AnyArray<'_>, Option<&AnyArray<'_>>),
    port: &Port,
    form: TargetForm,
    measure: impl FnOnce(Judged<'_>) -> Result<R>,
) -> Result<R> {
    let samples = output.shape().first().copied().unwrap_or(0);
    if samples == 0 {
        return Err(Error::Empty { role: Role::Output, name: port.name.clone() });
    }
    let shape = port.shape(&[]);
    let values = self::target(port, form, &shape, target)?;
    let found = target.shape()[0];
    if found != samples {
        let (first_role, role, name) = (Role::Output, Role::Target, port.name.clone());
        return Err(Error::Samples { first_role, first: name.clone(), expected: samples, role, name, found });
    }
    if let Some(mask) = mask.filter(|mask| mask.shape().is_empty() || !output.shape().starts_with(mask.shape())) {
        let (role, name, expected) = (Role::Output, "mask".to_owned(), format!("{:?}, or the first axes of it", output.shape()));
        let help = Some("a mask has a number for each sample, or for each of its steps");
        return Err(Error::Shape { role, name, expected, found: format!("{:?}", mask.shape()), help });
    }
    let mask = mask.map(AnyArray::floats).transpose()?;
    let (output, mask) = (output.floats()?, mask.as_deref());
    measure(Judged { target: &values, output: &output, samples, shape: &shape, mask, counted: mask })
}
