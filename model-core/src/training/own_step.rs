//! A step of training as the user has written it, which `fit` takes in place of its own.

use std::borrow::Cow;
use std::ops::Range;
use std::panic::Location;

use model_graph::Graph;
use model_graph::shape::DType;
use ndarray::{ArrayViewD, IxDyn};

use super::room::{Choice, Gathered};
use super::setup::Setup;
use super::tally::Tally;
use super::trainer::Trainer;
use crate::buffer::Buffer;
use crate::error::{Error, Result, Role};
use crate::few::Few;
use crate::given::{
    self, AnyArray, Arrays, Examples, Port, Samples, Target, TargetForm, bind, check_finite, check_samples, target,
};
use crate::network::Trainable;
use crate::optimizers::BuiltOptimizer;
use crate::variable::{self, Inputs, Tape, Var};

/// What a step of one's own works with: the model, to be called and changed, the trainer's optimiser, and a batch as variables.
///
/// [`Trainer::train_step`] gives it to the step.
pub struct TrainStep<'s, N: Trainable<f32>> {
    /// The model.
    pub model: &'s mut N,
    /// The trainer's optimiser. One that the step does not use is never asked.
    pub optimizer: &'s mut BuiltOptimizer,
    tape: Tape,
    inputs: Vec<Var>,
    targets: Vec<Var>,
    weights: Vec<Var>,
    setup: &'s Setup,
    tally: &'s mut Tally,
    has_metrics: bool,
}

/// What takes the steps of a trainer: a closure of the user's, or nothing, where the trainer's own is taken.
pub trait Written<N: Trainable<f32>> {
    /// Takes a step: what is reported of it.
    #[doc(hidden)]
    fn take(&mut self, step: &mut TrainStep<'_, N>) -> Result<Vec<f64>>;
}

/// The trainer's own step, which needs nobody to say it.
impl<N: Trainable<f32>> Written<N> for () {
    fn take(&mut self, _step: &mut TrainStep<'_, N>) -> Result<Vec<f64>> {
        Ok(Vec::new())
    }
}

/// A closure that reports so many numbers.
pub struct Reporting<F, const K: usize>(F);

impl<N: Trainable<f32>, F, const K: usize> Written<N> for Reporting<F, K>
where
    F: FnMut(&mut TrainStep<'_, N>) -> Result<[f64; K]>,
{
    fn take(&mut self, step: &mut TrainStep<'_, N>) -> Result<Vec<f64>> {
        self.0(step).map(Vec::from)
    }
}

/// A step of one's own, and what it has reported in the epoch.
pub(crate) struct OwnStep<S> {
    run: S,
    /// What it reports.
    names: Vec<String>,
    /// Their sums over the samples so far, and how many those are.
    sums: Vec<f64>,
    samples: usize,
    /// The steps so far, which random choices follow from.
    steps: u64,
    /// The tape of the last step and the seed that it follows from.
    tape: Option<(u64, Tape)>,
    gathered: Gathered,
}

/// What a step of one's own is trained on: arrays as they come, the inputs before the targets, and these before the weights.
pub(super) struct OwnSamples<'d> {
    samples: Samples<'d>,
    ports: Vec<Port>,
    inputs: usize,
    targets: usize,
}

impl<'m, N: Trainable<f32>> Trainer<'m, N> {
    /// With a step of one's own in place of the trainer's: Keras's `train_step`. It is given a batch, as variables on a tape that trains, changes
    /// the model as it likes, and gives what is reported of the batch, a number for each of the names. All else of
    /// [`fit`](Self::fit) stays: epochs, shuffling, progress, history, validation.
    ///
    /// The arrays may be any, of as many samples each: `fit((&x, ()), ..)` where there are no targets. Losses may be left out, `Losses::new()`,
    /// where the step and validation have no use for them. A step that fails ends `fit` with its error, with what
    /// it has changed by then.
    ///
    /// This one does what the trainer's own does, and clips the gradients:
    ///
    /// ```
    /// # use functional_model::prelude::*;
    /// # use ndarray::Array2;
    /// functional_model! {
    ///     model Line(x: [2]) -> [1] { Dense(1)(x) }
    /// }
    ///
    /// let mut model = Line::new(42);
    /// let mut trainer = model.compile(Adam::new(0.1), MeanSquaredError::new()).train_step(["loss"], |step| {
    ///     let output = step.model.call(&step.input()?)?;
    ///     let loss = step.compute_loss(&output)?;
    ///     let mut gradients = loss.backward()?;
    ///     gradients.clip_by_global_norm(1.0);
    ///     step.optimizer.apply(step.model, &gradients)?;
    ///     Ok([loss.item()?.into()])
    /// });
    /// let x = Array2::from_shape_fn((64, 2), |(i, j)| (i * (j + 1) % 7) as f32 / 7.0);
    /// let y = x.map_axis(ndarray::Axis(1), |x| x[0] - 2.0 * x[1]);
    /// let history = trainer.fit((&x, &y), Fit::epochs(30).verbose(Verbose::Silent))?;
    /// assert!(history["loss"][29] < 0.1 * history["loss"][0]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    #[must_use]
    pub fn train_step<F, const K: usize>(self, names: [&str; K], step: F) -> Trainer<'m, N, Reporting<F, K>>
    where
        F: FnMut(&mut TrainStep<'_, N>) -> Result<[f64; K]>,
    {
        let (steps, names) = (self.optimizer.iterations, names.map(str::to_owned).into());
        let own = OwnStep {
            run: Reporting(step),
            names,
            sums: vec![0.0; K],
            samples: 0,
            steps,
            tape: None,
            gathered: Gathered::default(),
        };
        let Self { model, optimizer, losses, metrics, room, seed, epochs, step, .. } = self;
        Trainer { model, optimizer, losses, metrics, room, seed, epochs, step, setup: None, own: Some(own) }
    }
}

impl<'d> OwnSamples<'d> {
    /// Inputs and targets as they come, sample by sample.
    pub(super) fn new(graph: &Graph, given: &'d dyn Examples) -> Result<Self> {
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

    pub(super) fn len(&self) -> usize {
        self.samples.len
    }

    /// A range of them.
    pub(super) fn part(&self, range: Range<usize>) -> OwnSamples<'_> {
        OwnSamples { samples: self.samples.part(range), ports: self.ports.clone(), ..*self }
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

impl<S> OwnStep<S> {
    /// What it reports.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The means of what it has reported since it was cleared.
    pub(super) fn means(&self) -> impl Iterator<Item = f64> {
        self.sums.iter().map(|sum| if self.samples == 0 { 0.0 } else { sum / self.samples as f64 })
    }

    pub(super) fn clear(&mut self) {
        self.sums.fill(0.0);
        self.samples = 0;
    }

    /// Takes a step: the first of what is reported of it.
    pub(super) fn take<N: Trainable<f32>>(
        &mut self,
        model: &mut N,
        optimizer: &mut BuiltOptimizer,
        (setup, tally): (&Setup, &mut Tally),
        all: &OwnSamples<'_>,
        choice: Choice<'_>,
        seed: u64,
    ) -> Result<f64>
    where
        S: Written<N>,
    {
        let batch = self.gathered.batch(&all.samples, choice);
        let tape = match self.tape.take() {
            Some((own, tape)) if own == seed => tape.next_step(),
            _ => Tape::of_step(seed, self.steps),
        };
        self.tape = Some((seed, tape.clone()));
        let given = all.ports.iter().zip(batch.inputs.iter()).map(|(port, elements)| {
            let shape: Vec<usize> = std::iter::once(batch.len).chain(port.shape(&[]).iter().copied()).collect();
            let dtype = if port.is_integer { DType::I32 } else { DType::F32 };
            tape.constant_as(&shape, dtype, elements)
        });
        let mut inputs = given.collect::<Result<Vec<Var>>>()?;
        let mut targets = inputs.split_off(all.inputs);
        let weights = targets.split_off(all.targets);
        let mut step = TrainStep { model, optimizer, tape, inputs, targets, weights, setup, tally, has_metrics: false };
        let values = self.run.take(&mut step)?;
        if !step.has_metrics && setup.has_metrics() {
            return Err(Error::NoMetrics);
        }
        self.steps += 1;
        self.samples += batch.len;
        self.sums.iter_mut().zip(&values).for_each(|(sum, value)| *sum += value * batch.len as f64);
        Ok(values.first().copied().unwrap_or_default())
    }
}

impl<N: Trainable<f32>> TrainStep<'_, N> {
    /// The tape of the step, which trains.
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

    /// Counts the trainer's metrics of the model's outputs for the batch's targets.
    ///
    /// # Errors
    /// If there are other outputs or targets than the model has.
    pub fn compute_metrics(&mut self, outputs: impl Into<Inputs>) -> Result<()> {
        let outputs = self.outputs(outputs.into())?;
        let shapes: Vec<Vec<usize>> = self.inputs.iter().map(|input| input.shape()[1..].to_vec()).collect();
        let has_names = self.setup.outputs.iter().any(|(port, _)| port.has_names());
        let named = if has_names { bind(self.model.graph(), &self.setup.inputs, &shapes)? } else { Vec::new() };
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

    /// Goes back from a loss, and lets the optimiser take a step of the whole model by its gradients.
    ///
    /// # Errors
    /// As those of [`Var::backward`] and [`BuiltOptimizer::apply`].
    #[track_caller]
    pub fn apply(&mut self, loss: &Var) -> Result<()> {
        let gradients = loss.backward()?;
        self.optimizer.apply(self.model, &gradients)
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
