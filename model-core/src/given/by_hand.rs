//! An output and a target that are judged by hand, outside of `fit`: checked as `fit` checks them.

use std::borrow::Cow;

use super::array::AnyArray;
use super::judged::{Judged, count};
use super::ports::Port;
use super::standard::{TargetForm, target};
use crate::error::{Error, Result, Role};

impl Port {
    /// The output that an array is a batch of. A batch of single numbers may leave their axis out.
    pub(crate) fn of_array(name: &str, array: &AnyArray<'_>) -> Self {
        Self::of(name, array.shape().get(1..).filter(|sizes| !sizes.is_empty()).unwrap_or(&[1]))
    }
}

/// What says how much the positions of an output count.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts<'c, 'm, 'w> {
    pub(crate) mask: Option<&'c AnyArray<'m>>,
    pub(crate) weights: Option<&'c AnyArray<'w>>,
}

impl<'c, 'm, 'w> Counts<'c, 'm, 'w> {
    pub(crate) const fn mask(mask: &'c AnyArray<'m>) -> Self {
        Self { mask: Some(mask), weights: None }
    }

    pub(crate) const fn weights(weights: &'c AnyArray<'w>) -> Self {
        Self { mask: None, weights: Some(weights) }
    }

    /// A mask, or weights, of an output of this shape.
    fn numbers<'n>(
        (port, name): (&Port, &str),
        given: Option<&'n AnyArray<'_>>,
        output: &[usize],
    ) -> Result<Option<Cow<'n, [f32]>>> {
        let Some(given) = given else { return Ok(None) };
        let shape = given.shape();
        if let Some((place, found)) = given.first_failing(|counts| counts.is_finite() && counts >= 0.0) {
            let sample = place / shape.iter().skip(1).product::<usize>().max(1);
            return Err(Error::Weight { name: port.name.clone(), sample, found });
        }
        let is_prefix = !shape.is_empty()
            && (output.starts_with(shape) || shape.strip_suffix(&[1]).is_some_and(|own| output.starts_with(own)));
        if is_prefix {
            return Ok(Some(given.floats()?));
        }
        let (role, name, expected) = (Role::Output, name.to_owned(), format!("{output:?}, or the first axes of it"));
        let help = Some("give a number for each sample, or for each of its steps");
        Err(Error::Shape { role, name, expected, found: format!("{shape:?}"), help })
    }
}

/// Judges an output and its target, of which positions count so much.
pub(crate) fn judge<R>(
    (output, target, counts): (&AnyArray<'_>, &AnyArray<'_>, Counts<'_, '_, '_>),
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
    let mask = Counts::numbers((port, "mask"), counts.mask, output.shape())?;
    let weights = Counts::numbers((port, "weights"), counts.weights, output.shape())?;
    let both = mask.as_deref().zip(weights.as_deref()).map(|(mask, weights)| {
        let mut counts = vec![0.0; mask.len().max(weights.len())];
        count(mask, weights, &mut counts);
        counts
    });
    let (output, counted) = (output.floats()?, mask.as_deref());
    let mask = both.as_deref().or(weights.as_deref()).or(counted);
    measure(Judged { target: &values, output: &output, samples, shape: &shape, mask, counted })
}
