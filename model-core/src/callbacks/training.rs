//! What callbacks see of the training that they are called in, and may change.

use std::path::Path;

use model_graph::Graph;
use ndarray::ArrayViewD;

use crate::elements::Elements;
use crate::error::Result;
use crate::layer::Weight;
use crate::metrics::Direction;
use crate::optimizers::BuiltOptimizer;

/// A trainer, whatever its model is.
pub(crate) trait Trained {
    fn graph(&self) -> &Graph;
    fn optimizer(&self) -> &BuiltOptimizer;
    fn optimizer_mut(&mut self) -> &mut BuiltOptimizer;
    fn visit(&self, visitor: &mut dyn FnMut(&Weight<f32>));
    fn visit_mut(&mut self, visitor: &mut dyn FnMut(&mut Weight<f32>));
    fn save(&self, path: &Path) -> Result<()>;
    fn save_weights(&self, path: &Path) -> Result<()>;
    fn resume(&mut self, path: &Path) -> Result<()>;
    fn swap_averages(&mut self) -> Result<()>;
    /// Whether this is the only rank or the first.
    fn is_first(&self) -> bool;
    /// Whether more of what is reported under a name is better or worse, where that is known.
    fn direction(&self, name: &str) -> Option<Direction>;
}

/// The training that a callback is called in.
pub struct Training<'t> {
    pub(super) trainer: &'t mut dyn Trained,
    pub(super) course: &'t mut Course,
    pub(super) names: &'t [String],
}

/// How training goes.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// The epoch, from 0.
    pub(crate) epoch: usize,
    /// The number at which training ends.
    pub(crate) epochs: usize,
    /// The steps of an epoch, where they are known.
    pub(crate) steps: Option<usize>,
    /// Whether a model is only judged, outside of `fit`.
    pub(crate) is_evaluation: bool,
    /// Whether training is to end.
    pub(crate) is_stopping: bool,
    /// Whether Ctrl-C ends it.
    pub(crate) is_interrupted: bool,
    /// What callbacks have said since the last line was printed.
    pub(crate) said: Vec<String>,
}

/// Weights as they were. Taking one costs nothing until the weights are changed.
#[derive(Clone, Debug)]
pub struct Snapshot(Vec<Elements<f32>>);

impl Training<'_> {
    /// The epoch, from 0; those of earlier calls of `fit` count.
    #[must_use]
    pub const fn epoch(&self) -> usize {
        self.course.epoch
    }

    /// How many epochs there will have been at the end: Keras's `params["epochs"]`.
    #[must_use]
    pub const fn epochs(&self) -> usize {
        self.course.epochs
    }

    /// The steps of an epoch, or the batches of an evaluation, where that is known: Keras's `params["steps"]`.
    #[must_use]
    pub const fn steps(&self) -> Option<usize> {
        self.course.steps
    }

    /// The names in the logs of an epoch's end, those of the validation among them.
    #[must_use]
    pub const fn names(&self) -> &[String] {
        self.names
    }

    /// Ends training: behind the step if it is called in one, with the validation and the end of the epoch. An evaluation ends behind the batch.
    pub const fn stop(&mut self) {
        self.course.is_stopping = true;
    }

    /// Whether training is to end.
    #[must_use]
    pub const fn is_stopping(&self) -> bool {
        self.course.is_stopping
    }

    /// Whether Ctrl-C has ended training.
    #[must_use]
    pub const fn is_interrupted(&self) -> bool {
        self.course.is_interrupted
    }

    /// Prints a line behind that of the epoch, unless `fit` is silent.
    pub fn say(&mut self, line: impl Into<String>) {
        self.course.said.push(line.into());
    }

    /// The steps that the optimiser has taken.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.trainer.optimizer().iterations()
    }

    /// The size of the next step.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.trainer.optimizer().learning_rate()
    }

    /// Changes the size of the steps.
    ///
    /// # Errors
    /// If it is not from 0 to 1e6, or a schedule tells it. It is then what it was.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<()> {
        self.trainer.optimizer_mut().set_learning_rate(learning_rate)
    }

    /// Whether the optimiser keeps moving averages of weights, `use_ema`.
    #[must_use]
    pub fn has_averages(&self) -> bool {
        self.trainer.optimizer().has_averages()
    }

    /// Whether weights and their moving averages stand in each other's place.
    #[must_use]
    pub fn is_swapped(&self) -> bool {
        self.trainer.optimizer().is_swapped
    }

    /// Swaps the weights with their moving averages; swapping again goes back to the bit.
    ///
    /// # Errors
    /// As those of [`BuiltOptimizer::swap_averages`].
    pub fn swap_averages(&mut self) -> Result<()> {
        self.trainer.swap_averages()
    }

    /// The model's graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        self.trainer.graph()
    }

    /// Shows every weight with its path, such as `dense/kernel`.
    pub fn visit_weights(&self, visitor: &mut dyn FnMut(&str, ArrayViewD<'_, f32>)) {
        let mut paths = self.trainer.graph().weights().into_iter().map(|(path, _)| path);
        self.trainer.visit(&mut |weight| visitor(&paths.next().unwrap_or_default(), weight.view()));
    }

    /// The weights as they are.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut weights = Vec::new();
        self.trainer.visit(&mut |weight| weights.push(weight.data.clone()));
        Snapshot(weights)
    }

    /// Gives the weights back what they were. What is of another model changes nothing.
    pub fn restore(&mut self, snapshot: &Snapshot) {
        let mut count = 0;
        self.trainer
            .visit(&mut |weight| count += usize::from(snapshot.0.get(count).is_some_and(|own| own.len() == weight.data.len())));
        if count != snapshot.0.len() {
            return;
        }
        let mut weights = snapshot.0.iter();
        self.trainer.visit_mut(&mut |weight| {
            if let Some(own) = weights.next() {
                weight.data = own.clone();
            }
        });
    }

    /// Whether this is the one that prints and writes files: false on all ranks but the first, where several train. [`save`](Self::save) looks at it
    /// itself.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.trainer.is_first()
    }

    /// Saves the model with all that training goes on from, as [`Trainer::save`](crate::training::Trainer::save) does.
    ///
    /// # Errors
    /// As those of `Trainer::save`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.trainer.save(path.as_ref())
    }

    /// Saves the model alone, as [`Save::save`](crate::file::Save::save) does.
    ///
    /// # Errors
    /// As those of `Save::save`.
    pub fn save_weights(&self, path: impl AsRef<Path>) -> Result<()> {
        self.trainer.save_weights(path.as_ref())
    }

    /// Goes on from a file that [`save`](Self::save) has written: weights, optimiser, epochs and seed become the file's.
    ///
    /// # Errors
    /// If the file is not whole, or not of this model and optimiser. All is then as it was.
    pub fn resume(&mut self, path: impl AsRef<Path>) -> Result<()> {
        self.trainer.resume(path.as_ref())
    }

    /// Whether more of what is reported under a name is better or worse, where that is known.
    pub(super) fn direction(&self, name: &str) -> Option<Direction> {
        self.trainer.direction(name.strip_prefix("val_").unwrap_or(name))
    }
}
