//! How much samples count: the weights that stand third in examples.

use std::borrow::Cow;

use super::array::AnyArray;
use super::arrays::Arrays;
use super::ports::Port;
use super::standard::{TargetForm, check_samples};
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
    let mut arrays: Few<Option<AnyArray<'a>>> = outputs.iter().map(|_| None).collect();
    let (mut count, mut result, mut are_named) = (0, Ok(()), false);
    let known = || outputs.iter().map(|(port, _)| port.name.clone()).collect::<Vec<_>>();
    given.visit(&mut |name, array| {
        let place = name.map_or(Some(count), |name| outputs.iter().position(|(port, _)| port.name == name));
        are_named |= name.is_some();
        count += 1;
        match (place.and_then(|place| arrays.get_mut(place)), name) {
            (Some(slot @ None), _) => *slot = Some(array),
            (Some(Some(_)), name) => {
                let name = name.map_or_else(|| known().swap_remove(count - 1), str::to_owned);
                result = Err(Error::Repeated { what: "an array".to_owned(), role: Role::Weight, name });
            }
            (None, Some(name)) => {
                result = Err(Error::UnknownName { role: Role::Weight, name: name.to_owned(), known: known() });
            }
            (None, None) => {} // the count tells
        }
    });
    result?;
    if count > outputs.len() || (!are_named && count != 1 && count < outputs.len()) {
        return Err(Error::Count { role: Role::Weight, expected: known(), found: count });
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
