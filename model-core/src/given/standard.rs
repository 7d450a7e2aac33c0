//! What a model takes, made from what a user has: the one place where arrays are checked against a model.
//!
//! An axis of size 1 at the end may be left out or added, `f64` and integers become `f32`, and class numbers stay integers. An input of
//! integers takes whole numbers of any type. Whatever else
//! differs is an error.

use std::borrow::Cow;

use model_graph::Graph;
use model_graph::dim::Dim;

use super::array::AnyArray;
use super::arrays::Arrays;
use super::named::{bind, clash};
use super::pairs::Examples;
use super::ports::Port;
use super::samples::{Samples, Target};
use super::weights;
use crate::error::{Error, Result, Role, batched};
use crate::few::Few;
use crate::finite::first_not_finite;

/// How the targets of an output are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetForm {
    /// Numbers of the output's shape.
    Values,
    /// Class numbers, one in place of each row of the output's last axis.
    Labels,
    /// One of these two, which is told by the target's shape.
    LabelsOrValues,
    /// The same, or this number, which is no class.
    LabelsOr(i64),
    /// Any whole number for each row, which tells what rows belong together.
    Identities,
    /// For each sample a row of class numbers, as many as there are steps or fewer.
    Sequences,
}

impl TargetForm {
    /// The form, as the shape of a target tells it where it may be one of two.
    fn told_by(self, port: &Port, found: &[usize]) -> Self {
        if self != Self::LabelsOrValues {
            return self;
        }
        let are_rows = found.len() == port.rank() + 1 && found.last() != Some(&1);
        if are_rows || port.nominal_row() == 1 { Self::Values } else { Self::Labels }
    }
}

/// Inputs and targets, all finite, of one number of samples.
pub(crate) fn samples<'a>(
    graph: &Graph,
    inputs: &[Port],
    outputs: &[(Port, TargetForm)],
    given: &'a dyn Examples,
) -> Result<Samples<'a>> {
    let mut samples = self::inputs(graph, inputs, given.inputs())?;
    samples.targets = targets(inputs, outputs, given.targets(), (samples.len, &samples.named))?;
    if let Some(given) = given.weights() {
        samples.weights = weights::weights(inputs, outputs, given, (samples.len, &samples.named))?;
    }
    for (port, values) in inputs.iter().zip(samples.inputs.iter()) {
        check_finite(Role::Input, port, port.elements(&samples.named), values)?;
    }
    Ok(samples)
}

/// Checks that a model can be called with arrays.
pub(crate) fn check_call(graph: &Graph) -> Result<()> {
    let says_nothing = graph.is_code && graph.outputs.is_empty();
    if says_nothing { Err(Error::NoCall { model: graph.name.clone() }) } else { Ok(()) }
}

/// Inputs without targets.
pub(crate) fn inputs<'a>(graph: &Graph, ports: &[Port], given: &'a dyn Arrays) -> Result<Samples<'a>> {
    if ports.is_empty() {
        check_call(graph)?;
    }
    let mut samples = Samples { len: 0, named: Cow::Borrowed(&[]), inputs: Few::new(), targets: Few::new(), weights: Few::new() };
    let mut arrays = assign(Role::Input, ports.iter(), given)?;
    if ports.iter().any(Port::has_names) {
        samples.named = Cow::Owned(named_sizes(graph, ports, &arrays)?);
    }
    for (place, (port, array)) in ports.iter().zip(arrays.iter_mut()).enumerate() {
        let array = array.take().expect("every input has been assigned an array");
        check_shape(Role::Input, port, &port.shape(&samples.named), array.shape(), None)?;
        if place == 0 {
            samples.len = array.shape()[0];
        }
        check_samples(Role::Input, &port.name, array.shape()[0], &ports[0].name, samples.len)?;
        let input = input(port, port.elements(&samples.named), &array)?;
        samples.inputs.push(input);
    }
    Ok(samples)
}

/// The sizes that arrays give to named dimensions. An axis of size 1 at the end may be left out or added, as always.
fn named_sizes(graph: &Graph, ports: &[Port], arrays: &[Option<AnyArray<'_>>]) -> Result<Vec<usize>> {
    let sample = |(port, array): (&Port, &Option<AnyArray<'_>>)| {
        let mut sample = array.as_ref().map_or(&[][..], AnyArray::shape).split_first().map_or(&[][..], |(_, rest)| rest).to_vec();
        if sample.len() + 1 == port.rank() && port.dims().0.last().and_then(Dim::size) == Some(1) {
            sample.push(1);
        } else if sample.len() == port.rank() + 1 && sample.last() == Some(&1) {
            sample.pop();
        }
        sample
    };
    let shapes: Vec<Vec<usize>> = ports.iter().zip(arrays).map(sample).collect();
    bind(graph, ports, &shapes)
}

/// The largest whole number, either way, up to which `f32` has all of them.
const LARGEST_INTEGER: f64 = 16_777_216.0;

/// An input's elements. Integers are held as whole numbers in `f32`: those that it cannot hold are refused, and so are those that no layer
/// can look up.
fn input<'a>(port: &Port, elements: usize, array: &AnyArray<'a>) -> Result<Cow<'a, [f32]>> {
    if port.is_integer {
        let (least, most) = match port.bound {
            Some(bound) => (0.0, ((bound - 1) as f64).min(LARGEST_INTEGER)),
            None => (-LARGEST_INTEGER, LARGEST_INTEGER),
        };
        let passes = |x: f64| x.fract() == 0.0 && (least..=most).contains(&x);
        if let Some((place, found)) = array.first_failing(passes) {
            let sample = place / elements.max(1);
            return Err(Error::Integer { name: port.name.clone(), sample, least, most, found });
        }
    }
    Ok(array.floats()?)
}

/// The gradients of outputs, of so many samples.
pub(crate) fn gradients<'a>(
    outputs: &[Port],
    given: &'a dyn Arrays,
    samples: usize,
    named: &[usize],
) -> Result<Few<Cow<'a, [f32]>>> {
    let mut arrays = assign(Role::Gradient, outputs.iter(), given)?;
    let mut gradients = Few::new();
    for (port, array) in outputs.iter().zip(arrays.iter_mut()) {
        let array = array.take().expect("every output has been assigned an array");
        check_shape(Role::Gradient, port, &port.shape(named), array.shape(), None)?;
        let found = array.shape()[0];
        if found != samples {
            let (role, first_role, name) = (Role::Gradient, Role::Output, port.name.clone());
            return Err(Error::Samples { first_role, first: name.clone(), expected: samples, role, name, found });
        }
        gradients.push(array.floats()?);
    }
    Ok(gradients)
}

/// Targets, of as many samples as the first input.
fn targets<'a>(
    inputs: &[Port],
    outputs: &[(Port, TargetForm)],
    given: &'a dyn Arrays,
    (samples, named): (usize, &[usize]),
) -> Result<Few<Target<'a>>> {
    let mut arrays = assign(Role::Target, outputs.iter().map(|(port, _)| port), given)?;
    let mut targets = Few::new();
    for ((port, form), array) in outputs.iter().zip(arrays.iter_mut()) {
        let array = array.take().expect("every output has been assigned an array");
        let form = form.told_by(port, array.shape());
        let positions = if form == TargetForm::Values { port.rank() } else { port.rank().saturating_sub(1) };
        if port.has_names()
            && form != TargetForm::Sequences
            && array.shape().len() == positions + 1
            && let Some(clash) = clash(inputs, port, named, &array.shape()[1..])
        {
            return Err(clash);
        }
        let target = target(port, form, &port.shape(named), &array)?;
        check_samples(Role::Target, &port.name, array.shape()[0], &inputs[0].name, samples)?;
        targets.push(target);
    }
    Ok(targets)
}

/// The target of an output of this shape.
pub(crate) fn target<'a>(port: &Port, form: TargetForm, shape: &[usize], array: &AnyArray<'a>) -> Result<Target<'a>> {
    match form.told_by(port, array.shape()) {
        TargetForm::Values => values(port, shape, array),
        form => labels(port, form, shape, array),
    }
}

fn values<'a>(port: &Port, shape: &[usize], array: &AnyArray<'a>) -> Result<Target<'a>> {
    let (classes, positions) = shape.split_last().expect("an output has an axis");
    let are_labels = *classes > 1 && fits(positions, array.shape());
    let help = are_labels.then_some("class numbers go with `SparseCategoricalCrossentropy`");
    check_shape(Role::Target, port, shape, array.shape(), help)?;
    let values = array.floats()?;
    check_finite(Role::Target, port, shape.iter().product(), &values)?;
    Ok(Target::Values(values))
}

/// Whole numbers that tell rows apart are held exactly up to this one.
const LARGEST_IDENTITY: usize = 1 << 24;

fn labels<'a>(port: &Port, form: TargetForm, shape: &[usize], array: &AnyArray<'a>) -> Result<Target<'a>> {
    let (&last, positions) = shape.split_last().expect("an output has an axis");
    let classes = if form == TargetForm::Identities { LARGEST_IDENTITY + 1 } else { last };
    if form == TargetForm::Sequences {
        check_sequences(port, positions, array.shape())?;
    } else {
        let one_hot = fits(shape, array.shape()).then_some("distributions over classes go with `CategoricalCrossentropy`");
        check_shape(Role::Target, port, positions, array.shape(), one_hot)?;
    }
    let passes = |label: i64| match form {
        TargetForm::LabelsOr(other) if label == other => true,
        TargetForm::Identities => label.unsigned_abs() <= LARGEST_IDENTITY as u64,
        _ => usize::try_from(label).is_ok_and(|label| label < classes),
    };
    let name = || port.name.clone();
    match array.labels(passes)? {
        Some(Ok(labels)) => Ok(Target::Labels(labels)),
        Some(Err((place, found))) => {
            let sample = place / (array.shape().iter().product::<usize>() / array.shape()[0]).max(1);
            Err(Error::Label { name: name(), sample, classes, found })
        }
        None => {
            let help = Some("convert class numbers with `labels.mapv(|label| label as i32)`");
            Err(Error::Elements { role: Role::Target, name: name(), expected: "integers", found: array.element(), help })
        }
    }
}

/// Checks rows of class numbers, of which there are no more than steps.
fn check_sequences(port: &Port, steps: &[usize], found: &[usize]) -> Result<()> {
    let most = steps.first().copied().unwrap_or(0);
    match *found {
        [0, _] => Err(Error::Empty { role: Role::Target, name: port.name.clone() }),
        [_, labels] if (1..=most).contains(&labels) => Ok(()),
        _ => {
            let expected = format!("[samples, labels] with 1 to {most} labels, as many as there are steps");
            let help = Some("rows that are shorter than others end with 0");
            Err(Error::Shape { role: Role::Target, name: port.name.clone(), expected, found: format!("{found:?}"), help })
        }
    }
}

/// The arrays of ports, as they were given.
pub(super) struct Assigned<'a> {
    /// That of each port, where there is one.
    pub(super) arrays: Few<Option<AnyArray<'a>>>,
    /// How many were given.
    pub(super) count: usize,
    /// Whether all of them go by name.
    pub(super) are_named: bool,
}

/// The names of ports.
fn names<'p>(ports: impl Iterator<Item = &'p Port>) -> Vec<String> {
    ports.map(|port| port.name.clone()).collect()
}

/// Gives ports their arrays, by name or in order. Some may have none.
pub(super) fn assign_some<'a, 'p>(
    role: Role,
    ports: impl Iterator<Item = &'p Port> + Clone,
    given: &'a dyn Arrays,
) -> Result<Assigned<'a>> {
    let names = || names(ports.clone());
    let mut assigned: Few<Option<AnyArray<'a>>> = ports.clone().map(|_| None).collect();
    let (mut count, mut result, mut are_named) = (0, Ok(()), true);
    given.visit(&mut |name, array| {
        are_named &= name.is_some();
        let place = name.map_or(Some(count), |name| ports.clone().position(|port| port.name == name));
        count += 1;
        match (place.and_then(|place| assigned.get_mut(place)), name) {
            (Some(slot @ None), _) => *slot = Some(array),
            (Some(Some(_)), name) => {
                let name = name.map_or_else(|| names()[count - 1].clone(), str::to_owned);
                result = Err(Error::Repeated { what: "an array".to_owned(), role, name });
            }
            (None, Some(name)) => result = Err(Error::UnknownName { role, name: name.to_owned(), known: names() }),
            (None, None) => {} // too many, which the count tells
        }
    });
    result.map(|()| Assigned { arrays: assigned, count, are_named })
}

/// Gives every port its array, by name or in order.
fn assign<'a, 'p>(
    role: Role,
    ports: impl Iterator<Item = &'p Port> + Clone,
    given: &'a dyn Arrays,
) -> Result<Few<Option<AnyArray<'a>>>> {
    let Assigned { arrays: assigned, count, are_named } = assign_some(role, ports.clone(), given)?;
    let names = || names(ports.clone());
    if !are_named && let Some((first, second)) = alike(ports.clone()) {
        return Err(Error::Alike { role, first: first.name.clone(), second: second.name.clone() });
    }
    match assigned.iter().position(Option::is_none) {
        None if count == assigned.len() => Ok(assigned),
        Some(place) if count == assigned.len() => {
            Err(Error::Missing { what: "an array", role, name: names()[place].clone(), known: names() })
        }
        Some(_) | None => Err(Error::Count { role, expected: names(), found: count }),
    }
}

/// Two ports whose arrays could be mistaken for each other's.
fn alike<'p>(ports: impl Iterator<Item = &'p Port> + Clone) -> Option<(&'p Port, &'p Port)> {
    let mut pairs = ports.clone().enumerate().flat_map(|(i, first)| ports.clone().skip(i + 1).map(move |second| (first, second)));
    pairs.find(|(first, second)| first.dims() == second.dims())
}

/// Whether an array of shape `found` is a batch of samples of shape `expected`, but for an axis of size 1 at the end.
fn fits(expected: &[usize], found: &[usize]) -> bool {
    let Some((_, sample)) = found.split_first() else { return false };
    sample == expected || expected.strip_suffix(&[1]) == Some(sample) || sample.strip_suffix(&[1]) == Some(expected)
}

fn check_shape(role: Role, port: &Port, expected: &[usize], found: &[usize], help: Option<&'static str>) -> Result<()> {
    let name = || port.name.clone();
    if !fits(expected, found) {
        let (expected, found) = (batched(expected), format!("{found:?}"));
        return Err(Error::Shape { role, name: name(), expected, found, help });
    }
    if found[0] == 0 { Err(Error::Empty { role, name: name() }) } else { Ok(()) }
}

pub(crate) fn check_samples(role: Role, name: &str, found: usize, first: &str, expected: usize) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    let (name, first) = (name.to_owned(), first.to_owned());
    Err(Error::Samples { first_role: Role::Input, first, expected, role, name, found })
}

pub(crate) fn check_finite(role: Role, port: &Port, elements: usize, values: &[f32]) -> Result<()> {
    match first_not_finite(values) {
        None => Ok(()),
        Some(place) => Err(Error::NotFinite { role, name: port.name.clone(), sample: place / elements }),
    }
}
