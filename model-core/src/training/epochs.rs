//! Training over epochs.

use super::distributed::described;
use super::evaluate::Judgement;
use super::feed::{Batch, Feed};
use super::fit::{Fit, IntoFit};
use super::given::{Given, Judges};
use super::history::History;
use super::interrupt::Interrupt;
use super::order::step_seed;
use super::own_step::{OwnStep, Written};
use super::progress::Progress;
use super::room::Choice;
use super::setup::Setup;
use super::tally::Tally;
use super::trainer::Trainer;
use crate::callbacks::{Callbacks, Called, Course};
use crate::error::Result;
use crate::given::{Data, Examples, Source, Stream};
use crate::network::Trainable;
use crate::optimizers::guard::check_trainable;

/// What the epochs of a `fit` go by.
struct Plan<'p> {
    setup: &'p Setup,
    validation: Option<&'p Judges<'p>>,
    /// The names of what validation reports, and the places of the values in the tally.
    judged: (Vec<String>, Vec<usize>),
    fit: Fit<'p>,
    /// The places in the tally of what steps report.
    reported: Vec<usize>,
    interrupt: Interrupt,
}

/// What changes with the epochs of a `fit`.
struct State<'c> {
    feed: Feed<'c>,
    tally: Tally,
    called: Called<'c>,
    history: History,
    progress: Progress,
    /// The values of an epoch.
    values: Vec<Option<f64>>,
}

impl<N: Trainable<f32>, S: Written<N>> Trainer<'_, N, S> {
    /// Trains the model on examples: `&data`, `(&x, &y)`, or with weights of samples `(&x, &y, &weights)`; or on a
    /// [stream](crate::given::Stream) of batches of them.
    ///
    /// # Errors
    /// If an argument is out of its range, the arrays are not the model's, or it takes more memory than there is, before the first step. If
    /// numbers are not finite any more: the model then has the weights from before that step. If a callback or a stream fails, or a stream
    /// gives a batch that is not the model's: the model is then as the last step left it.
    pub fn fit<'f>(&mut self, data: impl Data, fit: impl IntoFit<'f>) -> Result<History> {
        self.together(|trainer| trainer.fit_own(data, fit.into_fit()))
    }

    fn fit_own(&mut self, data: impl Data, fit: Fit<'_>) -> Result<History> {
        fit.check()?;
        self.check_shared(fit.batch_size)?;
        let (setup, tally) = self.take_setup()?;
        let (history, tally) = match data.source() {
            Source::Examples(data) => self.fit_examples(data, fit, (&setup, tally)),
            Source::Stream(stream) => self.fit_stream(stream, fit, (&setup, tally)),
        }?;
        self.put_setup((setup, tally));
        Ok(history)
    }

    fn fit_examples(&mut self, data: &dyn Examples, fit: Fit<'_>, (setup, tally): (&Setup, Tally)) -> Result<(History, Tally)> {
        let all = Given::to_train(self, setup, data)?;
        let training_samples = fit.training_samples(all.len())?;
        let training = all.part(0..training_samples).weighed(setup, fit.class_weight.as_ref())?;
        let rest = training_samples..all.len();
        // Steps of training and of judging may take the same in different ways.
        let judges;
        let validation = match (fit.validation_data, &all) {
            (Some(data), _) => Some(Judges::new(self, setup, data)?),
            (None, _) if rest.is_empty() => None,
            (None, Given::Planned(_)) if self.own.test.is_none() => Some(Judges::all(all.part(rest))),
            (None, _) => {
                judges = Given::to_judge(self, setup, data)?;
                Some(Judges::all(judges.part(rest)))
            }
        };
        check_trainable(self.model)?;
        fit.check_batches(self.model, training.len(), validation.as_ref().and_then(Judges::samples))?;
        let feed = Feed::samples(training, &fit);
        self.fit_on((feed, validation.as_ref()), fit, (setup, tally))
    }

    fn fit_stream(&mut self, stream: &dyn Stream, fit: Fit<'_>, (setup, tally): (&Setup, Tally)) -> Result<(History, Tally)> {
        fit.check_stream(stream)?;
        let validation = fit.validation_data.map(|data| Judges::new(self, setup, data)).transpose()?;
        check_trainable(self.model)?;
        let feed = Feed::stream(stream, &fit);
        self.fit_on((feed, validation.as_ref()), fit, (setup, tally))
    }

    fn fit_on<'f>(
        &mut self,
        (feed, validation): (Feed<'f>, Option<&Judges<'_>>),
        mut fit: Fit<'f>,
        (setup, mut tally): (&Setup, Tally),
    ) -> Result<(History, Tally)> {
        tally.clear();
        self.seed = fit.seed.unwrap_or(self.seed);
        let callbacks = std::mem::take(&mut fit.callbacks);
        let (judged, reported, interrupt) = (self.judged(setup), self.places(setup), Interrupt::watch(fit.interrupt));
        self.train_epochs(&Plan { setup, validation, judged, fit, reported, interrupt }, feed, tally, callbacks)
    }

    fn train_epochs<'c>(
        &mut self,
        plan: &Plan<'_>,
        feed: Feed<'c>,
        tally: Tally,
        callbacks: Callbacks<'c>,
    ) -> Result<(History, Tally)> {
        if let Some(first) = plan.fit.initial_epoch {
            self.epochs = first as u64;
        }
        let first = self.epochs as usize;
        let mut names = self.names(plan.setup);
        names.extend(plan.validation.iter().flat_map(|_| &plan.judged.0).map(|name| format!("val_{name}")));
        let epochs = if plan.fit.initial_epoch.is_some() { plan.fit.epochs } else { first.saturating_add(plan.fit.epochs) };
        let course = Course { epoch: first, epochs, steps: feed.steps(), ..Course::default() };
        let called = Called::new(callbacks, names, course);
        let history = History::new(self.epochs + 1, called.names().to_vec(), epochs.saturating_sub(first));
        let progress = Progress::new(self.printed(plan.fit.verbose), called.names().to_vec(), feed.steps());
        let values = Vec::with_capacity(called.names().len());
        let mut state = State { feed, tally, called, history, progress, values };
        match self.train_all(plan, &mut state) {
            Err(error) if state.called.accept(&error) => state.called.train_end(self)?,
            outcome => outcome?,
        }
        state.progress.say(&mut state.called.course.said);
        Ok((state.history, state.tally))
    }

    /// All epochs, between what is called before and behind them.
    fn train_all(&mut self, plan: &Plan<'_>, state: &mut State<'_>) -> Result<()> {
        let first = self.epochs as usize;
        state.called.train_begin(self)?;
        let judges = || plan.validation.map_or_else(|| "none".to_owned(), Judges::described);
        self.meet(|| described(&plan.fit, state.feed.described(), judges()))?;
        while (self.epochs as usize) < state.called.course.epochs && !state.called.course.is_stopping {
            state.called.course.epoch = self.epochs as usize;
            let (done, before) = if plan.fit.initial_epoch.is_some() { (0, 0) } else { (first, self.epochs) };
            let of = state.called.course.epochs - done;
            state.progress.start(self.epochs as usize - done + 1, of, before);
            if !self.train_epoch(plan, state)? {
                break;
            }
        }
        if self.epochs as usize > first && !state.called.course.is_interrupted {
            self.optimizer.overwrite_with_averages(self.model)?;
        }
        state.called.train_end(self)
    }

    /// An epoch; whether it was not interrupted.
    fn train_epoch(&mut self, plan: &Plan<'_>, state: &mut State<'_>) -> Result<bool> {
        state.tally.clear();
        self.own.train.iter_mut().for_each(OwnStep::clear);
        state.called.epoch_begin(self)?;
        let first = std::mem::take(&mut self.step) as usize;
        state.feed.go_to(self.seed, self.epochs, first)?;
        let mut step = first;
        while self.train_step_of(plan, state, step)? {
            step += 1;
            let course = &mut state.called.course;
            let [is_interrupted, is_stopping] = self.any([plan.interrupt.is_asked_for(), course.is_stopping])?;
            course.is_stopping = is_stopping;
            if is_interrupted {
                self.step = step as u64;
                state.called.course.is_interrupted = true;
                return Ok(false);
            }
            if state.called.course.is_stopping {
                break;
            }
        }
        self.end_epoch(plan, state, step > first)?;
        Ok(true)
    }

    /// A step of the epoch, from 0, unless the epoch is over.
    fn train_step_of(&mut self, plan: &Plan<'_>, state: &mut State<'_>, step: usize) -> Result<bool> {
        let State { feed, tally, called, .. } = state;
        let Some(batch) = feed.batch(self.epochs, step)? else { return Ok(false) };
        called.step_begin(self, step)?;
        let number = step as u64 + 1;
        match batch {
            Batch::Chosen(given, choice) => self.take_step(plan.setup, tally, given, choice, number)?,
            Batch::Given(batch, place) => {
                let given = Given::to_train(self, plan.setup, &*batch);
                let given = given.and_then(|given| given.weighed(plan.setup, plan.fit.class_weight.as_ref()));
                let given = given.map_err(|error| place.refused(error))?;
                self.take_step(plan.setup, tally, &given, Choice::Range(0..given.len()), number)?
            }
        };
        state.progress.step(step + 1, self.values(&state.tally, &plan.reported));
        if state.called.has_any() {
            // A file that a callback saves goes on behind this step.
            self.step = step as u64 + 1;
            state.called.tell(self.values(&state.tally, &plan.reported));
            state.called.step_end(self, step)?;
            self.step = 0;
        }
        Ok(true)
    }

    /// Judges, tells callbacks, and writes the epoch down. One that was resumed behind its last step has nothing to tell of its steps.
    fn end_epoch(&mut self, plan: &Plan<'_>, state: &mut State<'_>, has_steps: bool) -> Result<()> {
        let State { tally, values, .. } = state;
        values.clear();
        values.extend(self.values(tally, &plan.reported).map(|value| has_steps.then_some(value)));
        if let Some(validation) = plan.validation {
            if plan.fit.validation_freq.contains(self.epochs as usize) {
                self.validate(plan, state, validation)?;
            } else {
                state.values.extend(plan.judged.0.iter().map(|_| None));
            }
        }
        self.epochs += 1;
        let State { called, history, progress, values, .. } = state;
        let values = called.epoch_end(self, values.iter().copied())?;
        history.push(values.iter().copied());
        progress.end(values.iter().copied());
        progress.say(&mut called.course.said);
        Ok(())
    }

    /// Judges, and adds what that comes to to the values of the epoch.
    fn validate(&mut self, plan: &Plan<'_>, state: &mut State<'_>, validation: &Judges<'_>) -> Result<()> {
        let State { tally, called, values, .. } = state;
        called.test_begin(self)?;
        tally.clear();
        let size = plan.fit.validation_batch_size.unwrap_or(plan.fit.batch_size);
        let most = plan.fit.validation_steps.unwrap_or(usize::MAX);
        let (names, places) = &plan.judged;
        self.judge(&mut Judgement {
            setup: plan.setup,
            tally,
            data: (validation, "validation data"),
            batches: (size, most),
            reported: (names, places),
            called,
            tell: &mut |_, _| (),
        })?;
        let first = values.len();
        values.extend(self.judged_values(tally, places).map(Some));
        called.test_end(self, names, &mut values[first..])
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
        match training {
            Given::Own(all) => self.own.train(self.model, &mut self.optimizer, (setup, tally), (all, choice), self.seed),
            Given::Planned(all) => {
                let seed = step_seed(self.seed, self.optimizer.iterations);
                let result = self.step(setup, tally)?.train(all, choice, seed);
                result.map_err(|refusal| refusal.error(self.model, Some(self.epochs + 1), step))
            }
        }
    }

    /// What is reported of the steps of an epoch: of steps of one's own what they say, and the metrics.
    fn names(&self, setup: &Setup) -> Vec<String> {
        let own = self.own.train.iter().flat_map(OwnStep::names).cloned();
        own.chain(self.places(setup).into_iter().map(|place| setup.names[place].clone())).collect()
    }

    /// The places in the tally of what it has of that.
    fn places(&self, setup: &Setup) -> Vec<usize> {
        if self.own.train.is_some() { setup.metric_places() } else { setup.alphabetical() }
    }

    /// The values of that.
    fn values<'v>(&'v self, tally: &'v Tally, places: &'v [usize]) -> impl Iterator<Item = f64> + 'v {
        self.own.train.iter().flat_map(OwnStep::means).chain(places.iter().map(|&place| tally.mean(place)))
    }
}
