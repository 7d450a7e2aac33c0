//! A model with what it is trained by.

use std::path::Path;

use model_graph::Graph;
use ndarray::ArrayD;

use super::class_weight::ClassWeight;
use super::given::Given;
use super::own_step::{OwnSteps, Written};
use super::predict::Predict;
use super::room::{Choice, Room};
use super::scores::Scores;
use super::setup::{OutputMetric, Setup};
use super::step::Step;
use super::tally::Tally;
use crate::callbacks::Trained;
use crate::distribution::DataParallel;
use crate::error::Result;
use crate::file::{self, Save};
use crate::given::{Arrays, Examples};
use crate::layer::Weight;
use crate::losses::Losses;
use crate::memory::{self, TooLarge};
use crate::metrics::{Direction, IntoMetric, Metric};
use crate::network::Trainable;
use crate::optimizers::{BuiltOptimizer, Optimizer};
use crate::schedules::LearningRate;

/// A model with an optimiser, losses and metrics, and how far training has come.
///
/// [`Train::compile`](super::Train::compile) makes one; what is wrong with it is told by whatever uses it first. `S` takes the steps, where
/// [`train_step`](Self::train_step) or [`test_step`](Self::test_step) has said what they do.
pub struct Trainer<'m, N: Trainable<f32>, S = ()> {
    pub(crate) model: &'m mut N,
    pub(crate) optimizer: BuiltOptimizer,
    pub(crate) losses: Losses,
    pub(crate) metrics: Vec<OutputMetric>,
    /// What passes work in, if there is memory for training.
    pub(crate) room: Result<Room<N>, TooLarge>,
    /// What randomness follows from.
    pub(crate) seed: u64,
    /// The epochs that have been trained.
    pub(crate) epochs: u64,
    /// The steps of the next epoch that have been taken, where it was broken off.
    pub(crate) step: u64,
    /// What losses and metrics come to for this model, once that is known.
    pub(super) setup: Option<(Setup, Tally)>,
    /// The ranks that share every batch, if there are any, and whether they have found that they train the same.
    pub(super) ranks: Option<DataParallel>,
    pub(super) have_met: bool,
    /// What steps do, where the user has said it.
    pub(super) own: OwnSteps<S>,
}

impl<'m, N: Trainable<f32>> Trainer<'m, N> {
    pub(crate) fn new(model: &'m mut N, mut optimizer: BuiltOptimizer, losses: Losses) -> Self {
        let room = memory::claim_training(model.graph(), Some(&optimizer.rule)).map(|()| Room::new(model));
        if room.is_ok() {
            optimizer.reserve(model);
        }
        let own = OwnSteps::none();
        Self {
            model,
            optimizer,
            losses,
            metrics: Vec::new(),
            room,
            seed: 0,
            epochs: 0,
            step: 0,
            setup: None,
            ranks: None,
            have_met: false,
            own,
        }
    }
}

impl<'m, N: Trainable<f32>, S: Written<N>> Trainer<'m, N, S> {
    /// With a metric, of a model with one output.
    #[must_use]
    pub fn metric(self, metric: impl IntoMetric) -> Self {
        self.with(None, metric.into_metric(), false)
    }

    /// With a metric of the output of this name.
    #[must_use]
    pub fn metric_of(self, output: impl Into<String>, metric: impl IntoMetric) -> Self {
        self.with(Some(output.into()), metric.into_metric(), false)
    }

    /// With a metric that looks at the weights of samples, `(&x, &y, &weights)` and [`Fit::class_weight`](super::Fit::class_weight), of a
    /// model with one output: one of Keras's `weighted_metrics`. It is the sum of what it measures times weights, by the sum of the
    /// weights. Where a metric of the same name does not look at them, it is reported as `weighted_accuracy`.
    #[must_use]
    pub fn weighted_metric(self, metric: impl IntoMetric) -> Self {
        self.with(None, metric.into_metric(), true)
    }

    /// The same, of the output of this name.
    #[must_use]
    pub fn weighted_metric_of(self, output: impl Into<String>, metric: impl IntoMetric) -> Self {
        self.with(Some(output.into()), metric.into_metric(), true)
    }

    fn with(mut self, output: Option<String>, metric: Metric, is_weighted: bool) -> Self {
        self.metrics.push(OutputMetric { output, metric, is_weighted });
        self.setup = None;
        self
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &N {
        self.model
    }

    /// The optimiser.
    #[must_use]
    pub fn optimizer(&self) -> &Optimizer {
        self.optimizer.optimizer()
    }

    /// The optimiser with what it remembers, to go on by hand; [`compile`](super::Train::compile) takes it back.
    #[must_use]
    pub fn into_optimizer(self) -> BuiltOptimizer {
        self.optimizer
    }

    /// The steps that have been trained.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.optimizer.iterations
    }

    /// The epochs that have been trained.
    #[must_use]
    pub fn epochs(&self) -> u64 {
        self.epochs
    }

    /// The size of the next step.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.optimizer.learning_rate()
    }

    /// Changes the size of the steps, or what tells it.
    ///
    /// # Errors
    /// As those of [`BuiltOptimizer::set_learning_rate`].
    pub fn set_learning_rate(&mut self, learning_rate: impl Into<LearningRate>) -> Result<()> {
        self.optimizer.set_learning_rate(learning_rate)
    }

    /// Trains on one batch, and gives the loss that it had before: of a step of one's own the first of what it reports.
    ///
    /// # Errors
    /// If the arrays are not the model's, the numbers are not finite any more, or it takes more memory than there is. The model is then as
    /// it was.
    pub fn train_on_batch(&mut self, x: impl Arrays, y: impl Arrays) -> Result<f64> {
        self.train_on(&(x, y), None)
    }

    /// The same, of samples that count as much as is said for each: Keras's `train_on_batch(x, y, sample_weight)`. What weights may be is told by
    /// [`Examples`]; those of several outputs may be given by name, `[("age", (&weights).into())]`.
    ///
    /// # Errors
    /// As those of [`train_on_batch`](Self::train_on_batch); also if the weights do not go with the outputs.
    pub fn train_on_batch_weighted(&mut self, x: impl Arrays, y: impl Arrays, sample_weight: impl Arrays) -> Result<f64> {
        self.train_on(&(x, y, sample_weight), None)
    }

    /// The same, of samples that count as much as their classes do: Keras's `train_on_batch(x, y, class_weight=..)`, of a model with one output.
    ///
    /// # Errors
    /// As those of [`train_on_batch`](Self::train_on_batch); also if the weights are not numbers of at least 0, a class has none, or the model has several
    /// outputs or a step of one's own.
    pub fn train_on_batch_class_weighted(
        &mut self,
        x: impl Arrays,
        y: impl Arrays,
        class_weight: impl Into<ClassWeight>,
    ) -> Result<f64> {
        self.train_on(&(x, y), Some(&class_weight.into()))
    }

    fn train_on(&mut self, examples: &dyn Examples, class_weight: Option<&ClassWeight>) -> Result<f64> {
        self.together(|trainer| trainer.train_on_own(examples, class_weight))
    }

    fn train_on_own(&mut self, examples: &dyn Examples, class_weight: Option<&ClassWeight>) -> Result<f64> {
        self.meet_once()?;
        let (setup, mut tally) = self.take_setup()?;
        let batch = Given::to_train(self, &setup, examples)?.weighed(&setup, class_weight)?;
        let (choice, step) = (Choice::Range(0..batch.len()), self.optimizer.iterations + 1);
        let loss = self.take_step(&setup, &mut tally, &batch, choice, step)?;
        self.setup = Some((setup, tally));
        Ok(loss)
    }

    /// Saves the model as [`Save::save`](crate::file::Save::save) does, and with it all that training goes on from: the optimiser with its
    /// state, losses, metrics, epochs and seed. [`Train::resume`](super::Train::resume) goes on. Of several ranks the first writes, and the others do nothing.
    ///
    /// # Errors
    /// If the name ends as another format's does, a number is infinite or NaN, or the file cannot be written. What was there before is
    /// then still there.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        if self.is_first() { file::save_training(self, path.as_ref()) } else { Ok(()) }
    }

    /// What the losses and metrics come to, with a tally to count in. Whoever takes it puts it back, unless something went wrong.
    pub(crate) fn take_setup(&mut self) -> Result<(Setup, Tally)> {
        if let Some((setup, mut tally)) = self.setup.take() {
            tally.clear();
            return Ok((setup, tally));
        }
        self.optimizer.check()?;
        let graph = self.model.graph();
        let has_own = self.own.train.is_some() || self.own.test.is_some();
        let needs_none = has_own && self.losses.is_none() && self.metrics.is_empty();
        let (setup, states) =
            if needs_none { (Setup::none(graph), Vec::new()) } else { Setup::new(graph, &self.losses, &self.metrics)? };
        let tally = Tally::new(&setup, states);
        Ok((setup, tally))
    }

    /// The loss and the metrics of one batch, as the model is: Keras's `test_on_batch`.
    ///
    /// # Errors
    /// As those of [`evaluate`](Self::evaluate).
    pub fn test_on_batch(&mut self, x: impl Arrays, y: impl Arrays) -> Result<Scores> {
        self.evaluate_batched((x, y), usize::MAX)
    }

    /// The same, of samples that count as much as is said for each: Keras's `test_on_batch(x, y, sample_weight)`.
    ///
    /// # Errors
    /// As those of [`test_on_batch`](Self::test_on_batch); also if the weights do not go with the outputs.
    pub fn test_on_batch_weighted(&mut self, x: impl Arrays, y: impl Arrays, sample_weight: impl Arrays) -> Result<Scores> {
        self.evaluate_batched((x, y, sample_weight), usize::MAX)
    }

    /// The output for one batch, in one pass: Keras's `predict_on_batch`.
    ///
    /// # Errors
    /// As those of [`predict`](Self::predict).
    pub fn predict_on_batch(&self, x: impl Arrays) -> Result<ArrayD<f32>> {
        self.model().predictor().batch_size(usize::MAX)?.predict(x)
    }

    pub(crate) fn put_setup(&mut self, setup: (Setup, Tally)) {
        self.setup = Some(setup);
    }

    pub(crate) fn step<'s>(&'s mut self, setup: &'s Setup, tally: &'s mut Tally) -> Result<Step<'s, N>> {
        let Self { model, optimizer, room, ranks, .. } = self;
        let room = room.as_mut().map_err(|refusal| refusal.clone())?;
        Ok(Step { model, optimizer, room, setup, tally, ranks: ranks.as_ref() })
    }
}

/// What callbacks see of a trainer.
impl<N: Trainable<f32>, S: Written<N>> Trained for Trainer<'_, N, S> {
    fn graph(&self) -> &Graph {
        self.model.graph()
    }

    fn optimizer(&self) -> &BuiltOptimizer {
        &self.optimizer
    }

    fn optimizer_mut(&mut self) -> &mut BuiltOptimizer {
        &mut self.optimizer
    }

    fn visit(&self, visitor: &mut dyn FnMut(&Weight<f32>)) {
        self.model.visit(&mut |weight, _| visitor(weight));
    }

    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<f32>)) {
        self.model.visit_mut(visitor);
    }

    fn save(&self, path: &Path) -> Result<()> {
        self.save(path)
    }

    fn save_weights(&self, path: &Path) -> Result<()> {
        if self.is_first() { self.model().save(path) } else { Ok(()) }
    }

    fn is_first(&self) -> bool {
        self.is_first()
    }

    fn resume(&mut self, path: &Path) -> Result<()> {
        file::restore(self, path)
    }

    fn swap_averages(&mut self) -> Result<()> {
        self.optimizer.swap_averages(self.model)
    }

    fn direction(&self, name: &str) -> Option<Direction> {
        let is_of = |metric: &&OutputMetric| {
            let own = metric.metric.name();
            let name = name.split('[').next().unwrap_or(name);
            name == own || name.strip_suffix(own).is_some_and(|start| start.ends_with('_'))
        };
        let is_loss = name == "loss" || name.ends_with("_loss");
        if is_loss { Some(Direction::Down) } else { self.metrics.iter().find(is_of)?.metric.direction() }
    }
}
