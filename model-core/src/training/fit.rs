//! How to train: the arguments of `fit`.

use std::fmt;

use super::class_weight::ClassWeight;
use super::progress::Verbose;
use super::scores::check_batch_size;
use crate::callbacks::{Callback, Callbacks};
use crate::error::{Error, Result};
use crate::float::Float;
use crate::given::{Data, Stream};
use crate::network::Network;
use crate::states::check_batches;

/// How to train: Keras's arguments of `fit`, as a record or built up.
///
/// A stream has its own batches and its own order: `batch_size`, `shuffle` and `drop_remainder` are for examples in memory, and so is
/// `validation_split`, which a stream refuses.
///
/// ```
/// use model_core::training::{Fit, Verbose};
///
/// let fit = Fit { batch_size: 64, epochs: 5, validation_split: 0.2, verbose: Verbose::Silent, ..Fit::default() };
/// let same = Fit::epochs(5).batch_size(64).validation_split(0.2).verbose(Verbose::Silent);
/// assert_eq!(format!("{fit:?}"), format!("{same:?}"));
/// assert!(fit.shuffle);
/// ```
///
/// Source: <https://keras.io/api/models/model_training_apis/#fit-method>.
pub struct Fit<'a> {
    /// The samples of a step; the last step of an epoch has what is left. 32 by default.
    pub batch_size: usize,
    /// How many times to go through the data. 1 by default. With `initial_epoch` it is the number at which training ends, as in Keras.
    pub epochs: usize,
    /// The number, from 0, of the first epoch, where it is not behind those that have been trained.
    pub initial_epoch: Option<usize>,
    /// The steps of an epoch, where it is not the data gone through once. The next epoch then goes on where this one has ended, and behind the data's end
    /// they come again, in another order if they are shuffled.
    pub steps_per_epoch: Option<usize>,
    /// The share of the samples, taken from their end before any shuffling, that is not trained on but judged by after each epoch.
    /// 0 by default.
    pub validation_split: f64,
    /// What to judge by after each epoch, instead of a share of the data: examples, or a stream, of which it is always the first round.
    pub validation_data: Option<&'a dyn Data>,
    /// How many batches are judged after an epoch, from the first; all by default.
    pub validation_steps: Option<usize>,
    /// The samples of a batch that is judged; `batch_size` by default. What is reported does not depend on it, but for rounding.
    pub validation_batch_size: Option<usize>,
    /// The epochs that are judged. All by default.
    pub validation_freq: ValidationFreq,
    /// How much the samples of each class count in training, of a model with one output. All count the same by default.
    pub class_weight: Option<ClassWeight>,
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
    /// What is called as training goes on, in this order.
    pub callbacks: Callbacks<'a>,
    /// Whether Ctrl-C ends training behind the step, with the history so far; a second one ends the program. By default where the output is a
    /// terminal.
    pub interrupt: Option<bool>,
}

/// The epochs behind which a model is judged: Keras's `validation_freq`.
///
/// ```
/// use model_core::training::{Fit, ValidationFreq};
///
/// assert_eq!(Fit::epochs(9).validation_freq(3).validation_freq, ValidationFreq::Every(3));
/// assert_eq!(Fit::epochs(9).validation_freq([1, 2, 9]).validation_freq, ValidationFreq::Epochs(vec![1, 2, 9]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValidationFreq {
    /// Every so many epochs.
    Every(usize),
    /// These, counted from 1, of all that have been trained.
    Epochs(Vec<usize>),
}

impl From<usize> for ValidationFreq {
    fn from(epochs: usize) -> Self {
        Self::Every(epochs)
    }
}

impl<const N: usize> From<[usize; N]> for ValidationFreq {
    fn from(epochs: [usize; N]) -> Self {
        Self::Epochs(epochs.into())
    }
}

impl From<Vec<usize>> for ValidationFreq {
    fn from(epochs: Vec<usize>) -> Self {
        Self::Epochs(epochs)
    }
}

impl ValidationFreq {
    /// Whether the epoch of this number, from 0, is one of them.
    pub(super) fn contains(&self, epoch: usize) -> bool {
        match self {
            Self::Every(epochs) => (epoch + 1).is_multiple_of(*epochs),
            Self::Epochs(epochs) => epochs.contains(&(epoch + 1)),
        }
    }
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
            initial_epoch: None,
            steps_per_epoch: None,
            validation_split: 0.0,
            validation_data: None,
            validation_steps: None,
            validation_batch_size: None,
            validation_freq: ValidationFreq::Every(1),
            class_weight: None,
            shuffle: true,
            drop_remainder: false,
            seed: None,
            verbose: Verbose::Auto,
            callbacks: Callbacks::new(),
            interrupt: None,
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

    /// From the epoch of this number, from 0, up to the number of [`epochs`](Self::epochs).
    #[must_use]
    pub fn initial_epoch(self, initial_epoch: usize) -> Self {
        Self { initial_epoch: Some(initial_epoch), ..self }
    }

    /// With so many steps an epoch.
    #[must_use]
    pub fn steps_per_epoch(self, steps_per_epoch: usize) -> Self {
        Self { steps_per_epoch: Some(steps_per_epoch), ..self }
    }

    /// Judged by a share of the samples, taken from their end.
    #[must_use]
    pub fn validation_split(self, validation_split: f64) -> Self {
        Self { validation_split, ..self }
    }

    /// Judged by these examples.
    #[must_use]
    pub fn validation_data(self, validation_data: &'a dyn Data) -> Self {
        Self { validation_data: Some(validation_data), ..self }
    }

    /// Judged by so many batches, from the first.
    #[must_use]
    pub fn validation_steps(self, validation_steps: usize) -> Self {
        Self { validation_steps: Some(validation_steps), ..self }
    }

    /// Judged in batches of so many samples.
    #[must_use]
    pub fn validation_batch_size(self, validation_batch_size: usize) -> Self {
        Self { validation_batch_size: Some(validation_batch_size), ..self }
    }

    /// Judged behind every so many epochs, or behind these, counted from 1.
    #[must_use]
    pub fn validation_freq(self, validation_freq: impl Into<ValidationFreq>) -> Self {
        Self { validation_freq: validation_freq.into(), ..self }
    }

    /// With the samples of each class counting so much.
    #[must_use]
    pub fn class_weight(self, class_weight: impl Into<ClassWeight>) -> Self {
        Self { class_weight: Some(class_weight.into()), ..self }
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

    /// With another callback, behind those that are there: by value, or `&mut callback` where it is looked at later.
    #[must_use]
    pub fn callback(self, callback: impl Callback + 'a) -> Self {
        Self { callbacks: self.callbacks.with(callback), ..self }
    }

    /// Ending behind the step at Ctrl-C, or not.
    #[must_use]
    pub fn interrupt(self, interrupt: bool) -> Self {
        Self { interrupt: Some(interrupt), ..self }
    }
}

impl fmt::Debug for Fit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fit")
            .field("batch_size", &self.batch_size)
            .field("epochs", &self.epochs)
            .field("initial_epoch", &self.initial_epoch)
            .field("steps_per_epoch", &self.steps_per_epoch)
            .field("validation_split", &self.validation_split)
            .field("validation_data", &self.validation_data.map(|_| ".."))
            .field("validation_steps", &self.validation_steps)
            .field("validation_batch_size", &self.validation_batch_size)
            .field("validation_freq", &self.validation_freq)
            .field("class_weight", &self.class_weight)
            .field("shuffle", &self.shuffle)
            .field("drop_remainder", &self.drop_remainder)
            .field("seed", &self.seed)
            .field("verbose", &self.verbose)
            .field("callbacks", &self.callbacks.names())
            .field("interrupt", &self.interrupt)
            .finish()
    }
}

impl Fit<'_> {
    pub(super) fn check(&self) -> Result<()> {
        check_batch_size("Fit", self.batch_size)?;
        let counts = [
            ("validation_batch_size", self.validation_batch_size),
            ("steps_per_epoch", self.steps_per_epoch),
            ("validation_steps", self.validation_steps),
            ("validation_freq", if self.validation_freq == ValidationFreq::Every(0) { Some(0) } else { None }),
        ];
        if let Some((argument, _)) = counts.into_iter().find(|(_, count)| *count == Some(0)) {
            return Err(Error::Argument { owner: "Fit", argument, expected: "at least 1", found: "0".to_owned() });
        }
        if (0.0..1.0).contains(&self.validation_split) {
            return Ok(());
        }
        let (argument, expected) = ("validation_split", "a number from 0 to below 1");
        Err(Error::Argument { owner: "Fit", argument, expected, found: self.validation_split.to_string() })
    }

    /// How many samples an epoch goes through, of those that are trained on.
    pub(super) const fn epoch_samples(&self, training: usize) -> usize {
        let whole = training - training % self.batch_size;
        if self.drop_remainder && whole > 0 { whole } else { training }
    }

    /// Checks what is asked of a stream.
    pub(super) fn check_stream(&self, stream: &dyn Stream) -> Result<()> {
        let (argument, expected, found) = if self.validation_split > 0.0 && self.validation_data.is_none() {
            let expected = "0 for a stream, whose last samples are not known: give `validation_data`";
            ("validation_split", expected, self.validation_split.to_string())
        } else if stream.is_endless() && self.steps_per_epoch.is_none() {
            ("steps_per_epoch", "a number of steps for a stream that has no end", "none".to_owned())
        } else {
            return Ok(());
        };
        Err(Error::Argument { owner: "Fit", argument, expected, found })
    }

    /// Checks that all batches have as many samples, where layers keep states from one to the next.
    pub(super) fn check_batches<T: Float>(
        &self,
        model: &impl Network<T>,
        training: usize,
        validation: Option<usize>,
    ) -> Result<()> {
        const HELP: &str = "give batches a size that divides it, or leave out what is left, `drop_remainder: true`";
        const OTHERS: &str = "validate by as many samples as batches of training have, or by a multiple of them";
        let size = training.min(self.batch_size);
        check_batches(model, self.epoch_samples(training), size, HELP)?;
        validation.map_or(Ok(()), |samples| check_batches(model, samples, size, OTHERS))
    }

    /// How many samples are trained on, as Keras counts them.
    pub(super) fn training_samples(&self, samples: usize) -> Result<usize> {
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
