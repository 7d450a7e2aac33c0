//! Training over epochs.

use std::fmt;
use std::ops::Range;

use model_graph::Graph;

use super::history::History;
use super::order::{shuffle, step_seed};
use super::own_step::{OwnSamples, OwnStep, Written};
use super::progress::{Progress, Verbose};
use super::room::Choice;
use super::scores::{check_batch_size, judge_all};
use super::setup::Setup;
use super::tally::Tally;
use super::trainer::Trainer;
use crate::error::{Error, Result};
use crate::float::Float;
use crate::given::{Examples, Samples, check_call, samples};
use crate::network::{Network, Trainable};
use crate::optimizers::guard::check_trainable;
use crate::states::check_batches;

/// How to train: Keras's arguments of `fit`, as a record or built up.
///
/// ```
/// use model_core::training::{Fit, Verbose};
///
/// let fit = Fit { batch_size: 64, epochs: 5, validation_split: 0.2, verbose: Verbose::Silent, ..Fit::default() };
/// let same = Fit::epochs(5).batch_size(64).validation_split(0.2).verbose(Verbose::Silent);
/// assert_eq!(format!("{fit:?}"), format!("{same:?}"));
/// assert!(fit.shuffle);
/// ```
#[derive(Clone, Copy)]
pub struct Fit<'a> {
    /// The samples of a step; the last step of an epoch has what is left. 32 by default.
    pub batch_size: usize,
    /// How many times to go through the data. 1 by default.
    pub epochs: usize,
    /// The share of the samples, taken from their end before any shuffling, that is not trained on but judged by after each epoch.
    /// 0 by default.
    pub validation_split: f64,
    /// Examples to judge by after each epoch, instead of a share of the data.
    pub validation_data: Option<&'a dyn Examples>,
    /// Whether each epoch goes through the data in an order of its own. True by default.
    pub shuffle: bool,
    /// Whether an epoch leaves out the samples at its end that do not fill a batch, unless they are all there are. With shuffling they are
    /// others in every epoch. A step of few samples is a noisy one, and the epoch is judged right behind it. False by default, as in
    /// Keras's `fit`; the name is that of `tf.data`.
    pub drop_remainder: bool,
    /// What the order of the samples and the choices of layers such as dropout follow from. By default training goes on with the seed of
    /// the last `fit` or of the file it was resumed from; that of a new trainer is 0.
    pub seed: Option<u64>,
    /// What is printed. By default a bar on a terminal, and elsewhere a line an epoch.
    pub verbose: Verbose,
}

/// What tells how to train: a [`Fit`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not tell how to train",
    label = "expected a `Fit`, such as `Fit::epochs(5)`",
    note = "write `Fit::epochs(5).batch_size(64)`, or `Fit {{ epochs: 5, batch_size: 64, ..Fit::default() }}`"
)]
pub trait IntoFit<'a> {
    /// The arguments.
    fn into_fit(self) -> Fit<'a>;
}

impl<'a> IntoFit<'a> for Fit<'a> {
    fn into_fit(self) -> Self {
        self
    }
}

impl Default for Fit<'_> {
    fn default() -> Self {
        Self {
            batch_size: 32,
            epochs: 1,
            validation_split: 0.0,
            validation_data: None,
            shuffle: true,
            drop_remainder: false,
            seed: None,
            verbose: Verbose::Auto,
        }
    }
}

impl<'a> Fit<'a> {
    /// So many epochs, and the other arguments as they are by default.
    #[must_use]
    pub fn epochs(epochs: usize) -> Self {
        Self { epochs, ..Self::default() }
    }

    /// With so many samples a step.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        Self { batch_size, ..self }
    }

    /// Judged by a share of the samples, taken from their end.
    #[must_use]
    pub fn validation_split(self, validation_split: f64) -> Self {
        Self { validation_split, ..self }
    }

    /// Judged by these examples.
    #[must_use]
    pub fn validation_data(self, validation_data: &'a dyn Examples) -> Self {
        Self { validation_data: Some(validation_data), ..self }
    }

    /// In an order of its own in each epoch, or in that of the samples.
    #[must_use]
    pub fn shuffle(self, shuffle: bool) -> Self {
        Self { shuffle, ..self }
    }

    /// Without the samples at an epoch's end that do not fill a batch, or with them.
    #[must_use]
    pub fn drop_remainder(self, drop_remainder: bool) -> Self {
        Self { drop_remainder, ..self }
    }

    /// With the seed that the order of the samples and layers' random choices follow from.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// Printing this.
    #[must_use]
    pub fn verbose(self, verbose: Verbose) -> Self {
        Self { verbose, ..self }
    }
}

impl fmt::Debug for Fit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fit")
            .field("batch_size", &self.batch_size)
            .field("epochs", &self.epochs)
            .field("validation_split", &self.validation_split)
            .field("validation_data", &self.validation_data.map(|_| ".."))
            .field("shuffle", &self.shuffle)
            .field("drop_remainder", &self.drop_remainder)
            .field("seed", &self.seed)
            .field("verbose", &self.verbose)
            .finish()
    }
}

impl Fit<'_> {
    fn check(&self) -> Result<()> {
        check_batch_size("Fit", self.batch_size)?;
        if (0.0..1.0).contains(&self.validation_split) {
            return Ok(());
        }
        let (argument, expected) = ("validation_split", "a number from 0 to below 1");
        Err(Error::Argument { owner: "Fit", argument, expected, found: self.validation_split.to_string() })
    }

    /// How many samples an epoch goes through, of those that are trained on.
    const fn epoch_samples(&self, training: usize) -> usize {
        let whole = training - training % self.batch_size;
        if self.drop_remainder && whole > 0 { whole } else { training }
    }

    /// Checks that all batches have as many samples, where layers keep states from one to the next.
    fn check_batches<T: Float>(&self, model: &impl Network<T>, training: usize, validation: Option<usize>) -> Result<()> {
        const HELP: &str = "give batches a size that divides it, or leave out what is left, `drop_remainder: true`";
        const OTHERS: &str = "validate by as many samples as batches of training have, or by a multiple of them";
        let size = training.min(self.batch_size);
        check_batches(model, self.epoch_samples(training), size, HELP)?;
        validation.map_or(Ok(()), |samples| check_batches(model, samples, size, OTHERS))
    }

    /// How many samples are trained on, as Keras counts them.
    fn training_samples(&self, samples: usize) -> Result<usize> {
        if self.validation_split == 0.0 || self.validation_data.is_some() {
            return Ok(samples);
        }
        let training = (samples as f64 * (1.0 - self.validation_split)).floor() as usize;
        if training == 0 || training == samples {
            return Err(Error::Split { fraction: self.validation_split, samples, training });
        }
        Ok(training)
    }
}

impl<N: Trainable<f32>, S: Written<N>> Trainer<'_, N, S> {
    /// Trains the model on examples: `&data`, or `(&x, &y)`.
    ///
    /// # Errors
    /// If an argument is out of its range, the arrays are not the model's, or it takes more memory than there is, before the first step. If
    /// numbers are not finite any more: the model then has the weights from before that step.
    pub fn fit<'f>(&mut self, data: impl Examples, fit: impl IntoFit<'f>) -> Result<History> {
        let fit = fit.into_fit();
        fit.check()?;
        let (setup, mut tally) = self.take_setup()?;
        let all = Given::new(self, &setup, &data)?;
        let training_samples = fit.training_samples(all.len())?;
        let training = all.part(0..training_samples);
        let rest = training_samples..all.len();
        // What a step of one's own is trained on is judged by what the trainer's own would make of it.
        let (judge, judged);
        let validation = match (fit.validation_data, &all) {
            (Some(data), _) => Some(samples_to_judge(self.model.graph(), &setup, data)?),
            (None, _) if rest.is_empty() => None,
            (None, Given::Planned(all)) => Some(all.part(rest)),
            (None, Given::Own(_)) => {
                judge = samples_to_judge(self.model.graph(), &setup, &data)?;
                judged = judge.part(rest);
                Some(judged)
            }
        };
        check_trainable(self.model)?;
        fit.check_batches(self.model, training.len(), validation.as_ref().map(|samples| samples.len))?;
        self.seed = fit.seed.unwrap_or(self.seed);
        let history = self.train_epochs(&setup, &mut tally, &training, validation.as_ref(), &fit)?;
        if fit.epochs > 0 {
            self.optimizer.overwrite_with_averages(self.model)?;
        }
        self.put_setup((setup, tally));
        Ok(history)
    }

    fn train_epochs(
        &mut self,
        setup: &Setup,
        tally: &mut Tally,
        training: &Given<'_>,
        validation: Option<&Samples<'_>>,
        fit: &Fit<'_>,
    ) -> Result<History> {
        let (judged, mut names) = (setup.alphabetical(), self.names(setup));
        names.extend(validation.iter().flat_map(|_| &judged).map(|&place| format!("val_{}", setup.names[place])));
        let mut history = History::new(self.epochs + 1, names.clone());
        let mut progress = Progress::new(fit.verbose, names, fit.epoch_samples(training.len()).div_ceil(fit.batch_size));
        let (mut places, mut values) = (vec![0; if fit.shuffle { training.len() } else { 0 }], Vec::new());
        let reported = self.places(setup);
        for epoch in 1..=fit.epochs {
            progress.start(epoch, fit.epochs, self.epochs);
            tally.clear();
            self.own.iter_mut().for_each(OwnStep::clear);
            shuffle(&mut places, self.seed, self.epochs);
            for (step, start) in (0..fit.epoch_samples(training.len())).step_by(fit.batch_size).enumerate() {
                let range = start..start.saturating_add(fit.batch_size).min(training.len());
                let choice = if places.is_empty() { Choice::Range(range) } else { Choice::Places(&places[range]) };
                self.take_step(setup, tally, training, choice, step as u64 + 1)?;
                progress.step(step + 1, self.values(tally, &reported));
            }
            values.clear();
            values.extend(self.values(tally, &reported));
            if let Some(validation) = validation {
                tally.clear();
                let room = self.room.as_mut().map_err(|refusal| refusal.clone())?;
                judge_all(self.model, room, setup, tally, validation, fit.batch_size)?;
                values.extend(judged.iter().map(|&place| tally.mean(place)));
            }
            progress.end(values.iter().copied());
            history.push(values.iter().copied());
            self.epochs += 1;
        }
        Ok(history)
    }

    /// Takes a step, of this number as errors count it: its loss, or the first of what a step of one's own reports.
    pub(super) fn take_step(
        &mut self,
        setup: &Setup,
        tally: &mut Tally,
        training: &Given<'_>,
        choice: Choice<'_>,
        step: u64,
    ) -> Result<f64> {
        match (training, &mut self.own) {
            (Given::Own(all), Some(own)) => own.take(self.model, &mut self.optimizer, (setup, tally), all, choice, self.seed),
            (Given::Planned(all), _) => {
                let seed = step_seed(self.seed, self.optimizer.iterations);
                let result = self.step(setup, tally)?.train(all, choice, seed);
                result.map_err(|refusal| refusal.error(self.model, Some(self.epochs + 1), step))
            }
            (Given::Own(_), None) => unreachable!("samples are as they come for a step of one's own"),
        }
    }

    /// What is reported of the steps of an epoch: of steps of one's own what they say, and the metrics.
    fn names(&self, setup: &Setup) -> Vec<String> {
        let own = self.own.iter().flat_map(OwnStep::names).cloned();
        own.chain(self.places(setup).into_iter().map(|place| setup.names[place].clone())).collect()
    }

    /// The places in the tally of what it has of that.
    fn places(&self, setup: &Setup) -> Vec<usize> {
        if self.own.is_some() { setup.metric_places() } else { setup.alphabetical() }
    }

    /// The values of that.
    fn values<'v>(&'v self, tally: &'v Tally, places: &'v [usize]) -> impl Iterator<Item = f64> + 'v {
        self.own.iter().flat_map(OwnStep::means).chain(places.iter().map(|&place| tally.mean(place)))
    }
}

/// What is trained on.
pub(super) enum Given<'d> {
    /// Arrays that were held against the model.
    Planned(Samples<'d>),
    /// Arrays as they come.
    Own(OwnSamples<'d>),
}

impl<'d> Given<'d> {
    pub(super) fn new<N: Trainable<f32>, S>(trainer: &Trainer<'_, N, S>, setup: &Setup, data: &'d dyn Examples) -> Result<Self> {
        let graph = trainer.model.graph();
        match &trainer.own {
            Some(_) => OwnSamples::new(graph, data).map(Self::Own),
            None => samples(graph, &setup.inputs, &setup.outputs, data).map(Self::Planned),
        }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Planned(samples) => samples.len,
            Self::Own(samples) => samples.len(),
        }
    }

    fn part(&self, range: Range<usize>) -> Given<'_> {
        match self {
            Self::Planned(samples) => Given::Planned(samples.part(range)),
            Self::Own(samples) => Given::Own(samples.part(range)),
        }
    }
}

/// What a model is judged by, which takes losses.
pub(super) fn samples_to_judge<'d>(graph: &Graph, setup: &Setup, data: &'d dyn Examples) -> Result<Samples<'d>> {
    check_call(graph)?;
    if setup.rules.is_empty() {
        return Err(Error::NoLosses);
    }
    samples(graph, &setup.inputs, &setup.outputs, data)
}
