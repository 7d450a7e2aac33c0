//! Training on several ranks: what they hold against each other before they begin, and what they agree on as they go.

use std::fmt::Debug;

use super::fit::Fit;
use super::own_step::Written;
use super::progress::Verbose;
use super::trainer::Trainer;
use crate::distribution::{DataParallel, Moment, Problem, checksum, together};
use crate::error::Result;
use crate::file::compile_config;
use crate::network::{Network, Trainable};

/// Checks that no layer keeps states, which follow from all samples before.
pub(super) fn check_stateless(model: &impl Network<f32>) -> Result<()> {
    let mut has_states = false;
    model.visit_states(&mut |_| has_states = true);
    if has_states { Err(Problem::Unshared { what: "a layer with `stateful = true`" }.into()) } else { Ok(()) }
}

/// The arguments of `fit` that ranks must have the same, with what they train on and judge by.
pub(super) fn described(fit: &Fit<'_>, training: String, validation: String) -> Vec<(String, String)> {
    let all: [(&str, &dyn Debug); 10] = [
        ("batch_size", &fit.batch_size),
        ("epochs", &fit.epochs),
        ("initial_epoch", &fit.initial_epoch),
        ("steps_per_epoch", &fit.steps_per_epoch),
        ("shuffle", &fit.shuffle),
        ("drop_remainder", &fit.drop_remainder),
        ("validation_freq", &fit.validation_freq),
        ("validation_steps", &fit.validation_steps),
        ("validation_batch_size", &fit.validation_batch_size),
        ("class_weight", &fit.class_weight),
    ];
    let all = all.into_iter().map(|(name, value)| (name, format!("{value:?}")));
    let data = [("set of training data", training), ("set of validation data", validation)];
    all.chain(data).map(|(name, value)| (name.to_owned(), value)).collect()
}

impl<N: Trainable<f32>, S: Written<N>> Trainer<'_, N, S> {
    /// With every batch shared among ranks, each of which runs the same on the same data: Keras's `distribution`.
    ///
    /// Any number of ranks that share a batch in the same number of pieces train to the same bits, one of [`DataParallel::alone`] among them. Losses,
    /// metrics, early stopping and schedules agree on all; the first rank prints and writes files. `fit`, `train_on_batch`, `evaluate` and
    /// `predict` are called on all ranks, in the same order, with data of the same samples.
    ///
    /// What is worked out over a batch is worked out over a piece instead where layers do so: `BatchNormalization` normalises each piece by its
    /// own statistics, and its moving averages move by the mean of what the pieces move them by; `Dropout` makes choices of its own for each. A
    /// penalty on what a layer gives is the sum of those on the pieces. Losses and metrics are those of the whole batch.
    ///
    /// `BatchNormalization(synchronized = true)` normalises all pieces by the statistics of the whole batch, forward and backward, as a trainer without
    /// ranks does. Pieces meet in each such layer, one exchange of a few numbers on the way there and one on the way back, and each of a rank's
    /// pieces has gradients of its own meanwhile.
    ///
    /// Steps of one's own, layers that keep states, and synchronised ones in an `OwnModel`, cannot be shared; nor can a `batch_size` of fewer samples than there are ranks.
    ///
    /// ```
    /// use functional_model::distribution::Threads;
    /// use functional_model::prelude::*;
    /// use ndarray::Array2;
    ///
    /// functional_model! {
    ///     model Net(x: [4]) -> [1] { Dense(1)(Dense(8, activation = "relu")(x)) }
    /// }
    ///
    /// let (x, y) = (Array2::<f32>::ones((40, 4)), Array2::<f32>::zeros((40, 1)));
    /// let losses = Threads::run(2, |ranks| {
    ///     let mut model = Net::new(42);
    ///     let mut trainer = model.compile(Adam::new(0.01), MeanSquaredError::new()).distribute(ranks);
    ///     let history = trainer.fit((&x, &y), Fit::epochs(3).verbose(Verbose::Silent))?;
    ///     Ok(history["loss"][2])
    /// })?;
    /// assert_eq!(losses[0], losses[1]);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn distribute(mut self, ranks: DataParallel) -> Self {
        (self.ranks, self.have_met) = (Some(ranks), false);
        self
    }

    /// Runs what all ranks run, if there are several.
    pub(super) fn together<T>(&mut self, run: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let ranks = self.ranks.clone();
        together(ranks.as_ref(), || {
            self.check_sharable()?;
            run(self)
        })
    }

    /// Checks that ranks can share what steps do.
    fn check_sharable(&self) -> Result<()> {
        if self.ranks.is_none() {
            return Ok(());
        }
        check_stateless(self.model)?;
        if self.own.train.is_none() && self.own.test.is_none() {
            return Ok(());
        }
        Err(Problem::Unshared { what: "a step of one's own, `train_step` or `test_step`," }.into())
    }

    /// Checks that each rank has a part of a batch of so many samples.
    pub(super) fn check_shared(&self, samples: usize) -> Result<()> {
        let ranks = self.ranks.as_ref().map_or(1, DataParallel::size);
        if samples < ranks { Err(Problem::Batch { ranks, samples }.into()) } else { Ok(()) }
    }

    /// Checks that all ranks train the same, of which more is said by name.
    pub(super) fn meet(&mut self, more: impl FnOnce() -> Vec<(String, String)>) -> Result<()> {
        let Some(ranks) = &self.ranks else { return Ok(()) };
        let mut own = vec![
            ("version of this library".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("number of pieces".to_owned(), ranks.cut(0).count.to_string()),
            ("model".to_owned(), self.described_model()),
        ];
        own.extend(compile_config(self).as_object().into_iter().flatten().map(|(name, value)| (name.clone(), value.to_string())));
        own.extend(more());
        let place = format!("epoch {}, step {}, {} steps in all", self.epochs, self.step, self.optimizer.iterations);
        own.extend([("place in training".to_owned(), place), ("seed".to_owned(), self.seed.to_string())]);
        own.push(("set of weights".to_owned(), format!("checksum {:x}", self.checksum())));
        ranks.meet(&own)?;
        self.have_met = true;
        Ok(())
    }

    /// The same, unless they have found so before.
    pub(super) fn meet_once(&mut self) -> Result<()> {
        if self.have_met { Ok(()) } else { self.meet(Vec::new) }
    }

    /// The model's name, and a number that another's configuration has hardly.
    fn described_model(&self) -> String {
        let graph = self.model.graph();
        let config = model_graph::config::to_json(graph);
        format!("`{}`, checksum {:x}", graph.name, checksum(0, config.bytes().map(u32::from)))
    }

    /// A number that other weights, or another memory of the optimiser's, have hardly.
    fn checksum(&self) -> u64 {
        let mut sum = 0;
        self.model.visit(&mut |weight, _| sum = checksum(sum, weight.data.iter().map(|element| element.to_bits())));
        let slots = self.optimizer.memory.iter().flat_map(|memory| &memory.slots);
        slots.fold(sum, |sum, slot| checksum(sum, slot.iter().map(|element| element.to_bits())))
    }

    /// Answers to questions of yes and no: yes where it is on any rank.
    pub(super) fn any(&self, own: [bool; 2]) -> Result<[bool; 2]> {
        let Some(ranks) = &self.ranks else { return Ok(own) };
        let flags = ranks.agree(Moment::StepEnd, 0, u8::from(own[0]) | u8::from(own[1]) << 1)?;
        Ok([flags & 1 != 0, flags & 2 != 0])
    }

    /// Whether this is the only rank or the first.
    pub(crate) fn is_first(&self) -> bool {
        self.ranks.as_ref().is_none_or(DataParallel::is_first)
    }

    /// What this rank prints where that is asked for.
    pub(super) fn printed(&self, verbose: Verbose) -> Verbose {
        if self.is_first() { verbose } else { Verbose::Silent }
    }
}
