//! A batch as a step of one's own has it: variables, with the trainer's losses and metrics of them.

use std::borrow::Cow;
use std::panic::Location;

use model_graph::Graph;
use model_graph::shape::DType;
use ndarray::{ArrayViewD, IxDyn};

use crate::buffer::Buffer;
use crate::error::{Error, Result, Role};
use crate::few::Few;
use crate::given::{AnyArray, Samples, Target, TargetForm, bind, target};
use crate::training::setup::Setup;
use crate::training::tally::Tally;
use crate::variable::{self, Inputs, Tape, Var};

/// A batch as variables, and the losses and metrics of the trainer: what [`TrainStep`](super::TrainStep) and [`TestStep`](super::TestStep) have.
pub struct StepBatch<'s> {
    pub(super) tape: Tape,
    pub(super) inputs: Vec<Var>,
    pub(super) targets: Vec<Var>,
    pub(super) weights: Vec<Var>,
    pub(super) setup: &'s Setup,
    pub(super) tally: &'s mut Tally,
    pub(super) has_metrics: bool,
}

impl StepBatch<'_> {
    /// The tape of the step, which trains in a step of training, and infers in one of judging.
    #[must_use]
    pub const fn tape(&self) -> &Tape {
        &self.tape
    }

    /// The batch's input, where there is one.
    ///
    /// # Errors
    /// If there are several.
    pub fn input(&self) -> Result<Var> {
        only(&self.inputs, Role::Input)
    }

    /// All inputs, in the order in which they were given.
    #[must_use]
    pub fn inputs(&self) -> &[Var] {
        &self.inputs
    }

    /// The batch's target, where there is one.
    ///
    /// # Errors
    /// If there is none, or there are several.
    pub fn target(&self) -> Result<Var> {
        only(&self.targets, Role::Target)
    }

    /// All targets, in the order in which they were given.
    #[must_use]
    pub fn targets(&self) -> &[Var] {
        &self.targets
    }

    /// The weights of the batch's samples, `(&x, &y, &weights)`, in the order in which they were given; none where all count the same.
    #[must_use]
    pub fn weights(&self) -> &[Var] {
        &self.weights
    }

    /// The trainer's losses of the model's outputs for the batch's targets, weighted and summed; the weights of samples are in them. Penalties are not in the number, and are in the
    /// step: gradients taken of it have those of penalties on what layers have given, and the optimiser adds those on weights.
    ///
    /// # Errors
    /// If there are other outputs or targets than the model has, or they do not go with the losses.
    #[track_caller]
    pub fn compute_loss(&self, outputs: impl Into<Inputs>) -> Result<Var> {
        let place = Location::caller();
        let outputs = self.outputs(outputs.into())?;
        let mut total: Option<Var> = None;
        let given = outputs.iter().zip(&self.targets).zip(&self.setup.rules);
        for (number, ((output, target), rules)) in given.enumerate() {
            let weights = self.weights_of(number);
            let own = as_given(target, rules.loss.form(), |target| match weights {
                None => variable::loss::call(&rules.loss, output, &target, None, place),
                Some(weights) => as_given(weights, TargetForm::Values, |weights| {
                    variable::loss::call(&rules.loss, output, &target, Some(&weights), place)
                }),
            })?;
            let own = if rules.weight == 1.0 { own } else { own * rules.weight };
            total = Some(match total {
                None => own,
                Some(total) => total + own,
            });
        }
        total.ok_or(Error::NoLosses)
    }

    /// Counts the trainer's metrics of the outputs of a model for the batch's targets.
    pub(super) fn count_metrics(&mut self, graph: &Graph, outputs: Inputs) -> Result<()> {
        let outputs = self.outputs(outputs)?;
        let shapes: Vec<Vec<usize>> = self.inputs.iter().map(|input| input.shape()[1..].to_vec()).collect();
        let has_names = self.setup.outputs.iter().any(|(port, _)| port.has_names());
        let named = if has_names { bind(graph, &self.setup.inputs, &shapes)? } else { Vec::new() };
        let mut targets = Few::new();
        for ((port, form), given) in self.setup.outputs.iter().zip(&self.targets) {
            targets.push(as_given(given, *form, |array| {
                Ok(match target(port, *form, &port.shape(&named), &array)? {
                    Target::Values(values) => Target::Values(Cow::Owned(values.into_owned())),
                    Target::Labels(labels) => Target::Labels(Cow::Owned(labels.into_owned())),
                })
            })?);
        }
        let len = outputs.first().map_or(0, |output| output.shape()[0]);
        let weights = (0..outputs.len()).map(|output| {
            let weights = self.weights_of(output);
            weights.map(|weights| Ok(Cow::Owned(weights.elements()?.to_vec()))).transpose()
        });
        let weights = weights.collect::<Result<Vec<_>>>()?.into_iter().collect();
        let batch = Samples { len, named: Cow::Owned(named), inputs: Few::new(), targets, weights };
        let mut given = outputs.iter().map(|output| Ok(Buffer::from_slice(output.elements()?))).collect::<Result<Vec<_>>>()?;
        for (output, _) in outputs.iter().zip(&self.setup.masks).filter(|(_, mask)| mask.is_some()) {
            let ones = || vec![1.0; output.shape().get(..2).map_or(0, |steps| steps.iter().product())];
            given.push(match output.mask() {
                Some(mask) => Buffer::from_slice(mask.elements()?),
                None => Buffer::from_slice(&ones()),
            });
        }
        let mut counts = Vec::new();
        self.setup.count(&batch, &given, &mut counts);
        self.tally.add(self.setup, &batch, (&given, &counts), 0.0, &vec![0.0; outputs.len()])?;
        self.has_metrics = true;
        Ok(())
    }

    /// The weights of an output, of which there may be some for all.
    fn weights_of(&self, output: usize) -> Option<&Var> {
        match &self.weights[..] {
            [one] => Some(one),
            several => several.get(output),
        }
    }

    /// The outputs, one for each of the model's and of the targets.
    fn outputs(&self, given: Inputs) -> Result<Vec<Var>> {
        if self.setup.rules.is_empty() {
            return Err(Error::NoLosses);
        }
        let (outputs, names) =
            (given.into_positional(), || self.setup.outputs.iter().map(|(port, _)| port.name.clone()).collect());
        match (outputs.len() == self.setup.rules.len(), self.targets.len() == self.setup.rules.len()) {
            (true, true) => Ok(outputs),
            (false, _) => Err(Error::Count { role: Role::Output, expected: names(), found: outputs.len() }),
            (_, false) => Err(Error::Count { role: Role::Target, expected: names(), found: self.targets.len() }),
        }
    }
}

/// Shows a target as an array: class numbers as integers where targets have that form and it was given so.
fn as_given<R>(target: &Var, form: TargetForm, show: impl FnOnce(AnyArray<'_>) -> Result<R>) -> Result<R> {
    const WHOLE: &str = "a variable has its shape's elements";
    let (elements, shape) = (target.elements()?, IxDyn(target.shape()));
    if form != TargetForm::Values && target.dtype() != DType::F32 {
        let labels: Vec<i32> = elements.iter().map(|&label| label as i32).collect();
        return show(AnyArray::I32(ArrayViewD::from_shape(shape, &labels).expect(WHOLE)));
    }
    show(AnyArray::F32(ArrayViewD::from_shape(shape, elements).expect(WHOLE)))
}

/// The only one of some.
fn only(all: &[Var], role: Role) -> Result<Var> {
    match all {
        [one] => Ok(one.clone()),
        others => Err(Error::NotOne { role, found: others.len() }),
    }
}
