//! What a step of one's own is given: arrays as they come, which need not be the model's.

use std::ops::Range;

use model_graph::Graph;
use model_graph::shape::DType;

use crate::error::{Error, Result, Role};
use crate::given::{self, Arrays, Examples, Port, Samples, check_finite, check_samples};
use crate::training::room::{Choice, Gathered};
use crate::variable::{Tape, Var};

/// What a step of one's own is given: arrays as they come, the inputs before the targets, and these before the weights.
pub(in crate::training) struct OwnSamples<'d> {
    samples: Samples<'d>,
    ports: Vec<Port>,
    inputs: usize,
    targets: usize,
}

impl<'d> OwnSamples<'d> {
    /// Inputs and targets as they come, sample by sample.
    pub(in crate::training) fn new(graph: &Graph, given: &'d dyn Examples) -> Result<Self> {
        let (inputs, targets) = (ports(given.inputs(), "x")?, ports(given.targets(), "y")?);
        let weights = given.weights().map(|weights| ports(weights, "weights")).transpose()?.unwrap_or_default();
        let Some(first) = inputs.first() else {
            return Err(Error::Count { role: Role::Input, expected: vec!["x".to_owned()], found: 0 });
        };
        let mut all = given::inputs(graph, &inputs, given.inputs())?;
        if !targets.is_empty() {
            let more = given::inputs(graph, &targets, given.targets())?;
            check_samples(Role::Target, &targets[0].name, more.len, &first.name, all.len)?;
            more.inputs.iter().for_each(|values| all.inputs.push(values.clone()));
        }
        if let Some(given) = given.weights() {
            let more = given::inputs(graph, &weights, given)?;
            check_samples(Role::Weight, &weights[0].name, more.len, &first.name, all.len)?;
            more.inputs.iter().for_each(|values| all.inputs.push(values.clone()));
        }
        let (count, counts, ports) = (inputs.len(), targets.len(), [inputs, targets, weights].concat());
        for (port, values) in ports.iter().zip(all.inputs.iter()) {
            check_finite(Role::Input, port, port.elements(&[]), values)?;
        }
        Ok(Self { samples: all, ports, inputs: count, targets: counts })
    }

    pub(in crate::training) fn len(&self) -> usize {
        self.samples.len
    }

    /// A range of them.
    pub(in crate::training) fn part(&self, range: Range<usize>) -> OwnSamples<'_> {
        OwnSamples { samples: self.samples.part(range), ports: self.ports.clone(), ..*self }
    }

    /// A batch of them as variables of a tape: inputs, targets and weights.
    pub(super) fn batch(&self, gathered: &mut Gathered, choice: Choice<'_>, tape: &Tape) -> Result<(usize, [Vec<Var>; 3])> {
        let batch = gathered.batch(&self.samples, choice);
        let given = self.ports.iter().zip(batch.inputs.iter()).map(|(port, elements)| {
            let shape: Vec<usize> = std::iter::once(batch.len).chain(port.shape(&[]).iter().copied()).collect();
            let dtype = if port.is_integer { DType::I32 } else { DType::F32 };
            tape.constant_as(&shape, dtype, elements)
        });
        let mut inputs = given.collect::<Result<Vec<Var>>>()?;
        let mut targets = inputs.split_off(self.inputs);
        let weights = targets.split_off(self.targets);
        Ok((batch.len, [inputs, targets, weights]))
    }
}

/// Arrays as they come, as what takes them.
fn ports(arrays: &dyn Arrays, what: &str) -> Result<Vec<Port>> {
    let (mut ports, mut scalar) = (Vec::new(), None);
    arrays.visit(&mut |name, array| {
        let name = name.map_or_else(|| format!("{what}_{}", ports.len() + 1), str::to_owned);
        match array.shape() {
            [] => scalar = Some(name),
            [_, sample @ ..] => ports.push(Port::of(&name, sample).of_type(array.dtype())),
        }
    });
    let (role, expected, found) = (Role::Input, "[samples, ..]".to_owned(), "[]".to_owned());
    scalar.map_or(Ok(ports), |name| Err(Error::Shape { role, name, expected, found, help: None }))
}
