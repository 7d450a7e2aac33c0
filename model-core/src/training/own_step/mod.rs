//! Steps of training and judging as the user has written them, which `fit` and `evaluate` take in place of their own.

mod batch;
mod report;
mod samples;

use std::ops::{Deref, DerefMut};

use super::trainer::Trainer;
use crate::error::Result;
use crate::network::Trainable;
use crate::optimizers::BuiltOptimizer;
use crate::variable::{Inputs, Var};

pub use batch::StepBatch;
pub(super) use report::OwnStep;
pub(crate) use report::OwnSteps;
pub(super) use samples::OwnSamples;

/// What a step of training of one's own works with: the model, to be called and changed, the trainer's optimiser, and a batch as variables, of
/// which it has all that a [`StepBatch`] has.
///
/// [`Trainer::train_step`] gives it to the step.
pub struct TrainStep<'s, N: Trainable<f32>> {
    /// The model.
    pub model: &'s mut N,
    /// The trainer's optimiser. One that the step does not use is never asked.
    pub optimizer: &'s mut BuiltOptimizer,
    batch: StepBatch<'s>,
}

/// What a step of judging of one's own works with: the model, to be called, and a batch as variables, of which it has all that a [`StepBatch`] has.
///
/// [`Trainer::test_step`] gives it to the step.
pub struct TestStep<'s, N: Trainable<f32>> {
    /// The model.
    pub model: &'s N,
    batch: StepBatch<'s>,
}

/// What takes the steps of a trainer: closures of the user's, or nothing, where the trainer's own are taken.
pub trait Written<N: Trainable<f32>> {
    /// Takes a step of training: what is reported of it.
    #[doc(hidden)]
    fn train(&mut self, _step: &mut TrainStep<'_, N>) -> Result<Vec<f64>> {
        Ok(Vec::new())
    }

    /// Takes a step of judging: what is reported of it.
    #[doc(hidden)]
    fn test(&mut self, _step: &mut TestStep<'_, N>) -> Result<Vec<f64>> {
        Ok(Vec::new())
    }
}

/// The trainer's own steps, which need nobody to say them.
impl<N: Trainable<f32>> Written<N> for () {}

/// A closure that takes the steps of training and reports so many numbers.
pub struct Reporting<F, const K: usize>(F);

impl<N: Trainable<f32>, F, const K: usize> Written<N> for Reporting<F, K>
where
    F: FnMut(&mut TrainStep<'_, N>) -> Result<[f64; K]>,
{
    fn train(&mut self, step: &mut TrainStep<'_, N>) -> Result<Vec<f64>> {
        self.0(step).map(Vec::from)
    }
}

/// A closure that takes the steps of judging and reports so many numbers, beside what takes those of training.
pub struct Judging<S, F, const K: usize> {
    training: S,
    judging: F,
}

impl<N: Trainable<f32>, S: Written<N>, F, const K: usize> Written<N> for Judging<S, F, K>
where
    F: FnMut(&mut TestStep<'_, N>) -> Result<[f64; K]>,
{
    fn train(&mut self, step: &mut TrainStep<'_, N>) -> Result<Vec<f64>> {
        self.training.train(step)
    }

    fn test(&mut self, step: &mut TestStep<'_, N>) -> Result<Vec<f64>> {
        (self.judging)(step).map(Vec::from)
    }
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
        let train = OwnStep::new(names, self.optimizer.iterations);
        self.with_steps(|own| OwnSteps { run: Reporting(step), train: Some(train), test: own.test })
    }
}

impl<'m, N: Trainable<f32>, S: Written<N>> Trainer<'m, N, S> {
    /// With a step of judging of one's own in place of the trainer's: Keras's `test_step`. [`evaluate`](Self::evaluate) and the validation of
    /// [`fit`](Self::fit) take it for each batch, which it is given as variables on a tape that infers, and it gives what is reported
    /// of the batch, a number for each of the names. Of an epoch their means over the samples are reported, and the trainer's
    /// metrics, where the step counts them, as it must where there are any.
    ///
    /// As with [`train_step`](Trainer::train_step), which is said before this, the arrays may be any, and losses may be left out.
    ///
    /// ```
    /// # use functional_model::prelude::*;
    /// # use ndarray::Array2;
    /// functional_model! {
    ///     model Line(x: [2]) -> [1] { Dense(1)(x) }
    /// }
    ///
    /// let mut model = Line::new(42);
    /// let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new()).test_step(["loss", "bias"], |step| {
    ///     let output = step.model.call(&step.input()?)?;
    ///     let bias = (&output - step.target()?).mean(..)?;
    ///     Ok([step.compute_loss(&output)?.item()?.into(), bias.item()?.into()])
    /// });
    /// let (x, y) = (Array2::<f32>::ones((8, 2)), Array2::<f32>::zeros((8, 1)));
    /// let scores = trainer.evaluate((&x, &y))?;
    /// assert!((scores["loss"] - scores["bias"] * scores["bias"]).abs() < 1e-6);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    #[must_use]
    pub fn test_step<F, const K: usize>(self, names: [&str; K], step: F) -> Trainer<'m, N, Judging<S, F, K>>
    where
        F: FnMut(&mut TestStep<'_, N>) -> Result<[f64; K]>,
    {
        let test = Some(OwnStep::new(names, 0));
        self.with_steps(|own| OwnSteps { run: Judging { training: own.run, judging: step }, train: own.train, test })
    }

    fn with_steps<O>(self, steps: impl FnOnce(OwnSteps<S>) -> OwnSteps<O>) -> Trainer<'m, N, O> {
        let Self { model, optimizer, losses, metrics, room, seed, epochs, step, ranks, own, .. } = self;
        Trainer {
            model,
            optimizer,
            losses,
            metrics,
            room,
            seed,
            epochs,
            step,
            setup: None,
            ranks,
            have_met: false,
            own: steps(own),
        }
    }
}

impl<N: Trainable<f32>> TrainStep<'_, N> {
    /// Counts the trainer's metrics of the model's outputs for the batch's targets.
    ///
    /// # Errors
    /// If there are other outputs or targets than the model has.
    pub fn compute_metrics(&mut self, outputs: impl Into<Inputs>) -> Result<()> {
        self.batch.count_metrics(self.model.graph(), outputs.into())
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
}

impl<N: Trainable<f32>> TestStep<'_, N> {
    /// Counts the trainer's metrics of the model's outputs for the batch's targets.
    ///
    /// # Errors
    /// If there are other outputs or targets than the model has.
    pub fn compute_metrics(&mut self, outputs: impl Into<Inputs>) -> Result<()> {
        self.batch.count_metrics(self.model.graph(), outputs.into())
    }
}

/// A step has what its batch has.
macro_rules! of_batch {
    ($($step:ident),*) => {$(
        impl<'s, N: Trainable<f32>> Deref for $step<'s, N> {
            type Target = StepBatch<'s>;

            fn deref(&self) -> &StepBatch<'s> {
                &self.batch
            }
        }

        impl<'s, N: Trainable<f32>> DerefMut for $step<'s, N> {
            fn deref_mut(&mut self) -> &mut StepBatch<'s> {
                &mut self.batch
            }
        }
    )*};
}

of_batch! { TrainStep, TestStep }
