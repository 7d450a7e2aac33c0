//! How much samples count: the weights that stand third in examples.

use std::borrow::Cow;

use super::array::AnyArray;
use super::arrays::Arrays;
use super::ports::Port;
use super::standard::{Assigned, TargetForm, assign_some, check_samples};
use crate::error::{Error, Result, Role, batched};
use crate::few::Few;

/// The weights of each output, where it has some: one for each sample, or for each of its first positions.
pub(crate) type Weights<'a> = Few<Option<Cow<'a, [f32]>>>;

/// Weights of as many samples as the first input. One array alone is for all outputs.
pub(super) fn weights<'a>(
    inputs: &[Port],
    outputs: &[(Port, TargetForm)],
    given: &'a dyn Arrays,
    (samples, named): (usize, &[usize]),
) -> Result<Weights<'a>> {
    let ports = || outputs.iter().map(|(port, _)| port);
    let Assigned { arrays, count, are_named } = assign_some(Role::Weight, ports(), given)?;
    if count > outputs.len() || (!are_named && count != 1 && count < outputs.len()) {
        return Err(Error::Count { role: Role::Weight, expected: ports().map(|port| port.name.clone()).collect(), found: count });
    }
    let (mut weights, is_for_all) = (Few::new(), count == 1 && !are_named);
    for (place, (port, _)) in outputs.iter().enumerate() {
        let array = arrays[if is_for_all { 0 } else { place }].as_ref();
        weights.push(array.map(|array| of_output(&inputs[0], port, &port.shape(named), array, samples)).transpose()?);
    }
    Ok(weights)
}

/// The weights of an output of this shape.
fn of_output<'a>(first: &Port, port: &Port, shape: &[usize], array: &AnyArray<'a>, samples: usize) -> Result<Cow<'a, [f32]>> {
    let positions = &shape[..shape.len().saturating_sub(1)];
    let found = array.shape().get(1..).unwrap_or_default();
    let fits = |sizes: &[usize]| positions.starts_with(sizes);
    if array.shape().is_empty() || !(fits(found) || found.strip_suffix(&[1]).is_some_and(fits)) {
        let expected = match positions {
            [] => "[samples]".to_owned(),
            positions => format!("[samples] or {}", batched(positions)),
        };
        let (name, found) = (port.name.clone(), format!("{:?}", array.shape()));
        return Err(Error::Shape { role: Role::Weight, name, expected, found, help: None });
    }
    check_samples(Role::Weight, &port.name, array.shape()[0], &first.name, samples)?;
    if let Some((place, weight)) = array.first_failing(|weight| weight.is_finite() && weight >= 0.0) {
        let (name, sample) = (port.name.clone(), place / found.iter().product::<usize>().max(1));
        return Err(Error::Weight { name, sample, found: weight });
    }
    Ok(array.floats()?)
}
