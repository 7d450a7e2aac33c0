//! An optimiser that has been built for a model: how far it has come, and what it remembers of each weight.

use std::path::Path;

use super::guard;
use super::memory::{Memory, Room};
use super::step::StepOf;
use super::{Optimizer, SGD};
use crate::error::Result;
use crate::file;
use crate::network::Network;
use crate::schedules::LearningRate;

/// An optimiser with what it remembers of a model's weights.
///
/// [`IntoOptimizer::build`](super::IntoOptimizer::build) makes one. It stands beside the model and borrows nothing, so that several may take turns, each
/// with a memory of its own.
///
/// ```
/// use model_core::losses::MeanSquaredError;
/// use model_core::optimizers::{Adam, IntoOptimizer};
/// use model_core::pass::Pass;
/// use ndarray::array;
///
/// # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
/// #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1]}},
/// #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#).unwrap();
/// # let mut model = model_core::interpret::Model::new(graph, 42).unwrap();
/// let (x, y) = (array![0.0, 1.0, 2.0], array![1.0, 3.0, 5.0]);
/// let mut pass = Pass::new(&model, 0);
/// let mut optimizer = Adam::new(0.1).build(&model)?;
/// let mut losses = Vec::new();
/// for _ in 0..200 {
///     let output = model.forward(&mut pass, &x)?;
///     let (loss, d_output) = MeanSquaredError::new().gradient(&output, &y)?;
///     model.backward(&mut pass, &d_output)?;
///     optimizer.apply(&mut model, &mut pass)?;
///     losses.push(loss);
/// }
/// assert!(losses[199] < 0.01);
/// assert_eq!(optimizer.iterations(), 200);
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct BuiltOptimizer {
    pub(crate) rule: Optimizer,
    /// The gradients that it has been given.
    pub(crate) iterations: u64,
    /// Whether weights and their averages stand in each other's place.
    pub(crate) is_swapped: bool,
    /// What is remembered of each weight, in the order in which a network visits them.
    pub(crate) memory: Vec<Memory>,
    pub(super) room: Room,
    /// A string that names no optimiser, which whoever asks first is told.
    unknown: Option<String>,
}

impl BuiltOptimizer {
    /// An optimiser before its first step, without room for what it will remember.
    pub(crate) fn new<N: Network<f32>>(rule: Optimizer, model: &N) -> Self {
        let (mut memory, mut paths) = (Vec::new(), model.graph().weights().into_iter());
        model.visit(&mut |weight, _| {
            let path = paths.next().map(|(path, _)| path).unwrap_or_default();
            memory.push(Memory::new(&rule, weight, path));
        });
        Self { rule, iterations: 0, is_swapped: false, memory, room: Room::default(), unknown: None }
    }

    /// The optimiser of Keras's string with its defaults.
    pub(super) fn of_string<N: Network<f32>>(name: &str, model: &N) -> Self {
        match Optimizer::from_keras(&name.into()) {
            Ok(optimizer) => Self::new(optimizer, model),
            Err(_) => Self { unknown: Some(name.to_owned()), ..Self::new(SGD::default().into(), model) },
        }
    }

    /// Checks the arguments' ranges, and that every weight has one optimiser.
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(name) = &self.unknown {
            Optimizer::from_keras(&name.as_str().into())?;
        }
        self.rule.check()?;
        match &self.rule {
            Optimizer::MultiOptimizer(several) => self.memory.iter().try_for_each(|memory| several.check_path(&memory.path)),
            _ => Ok(()),
        }
    }

    /// Makes room for what is remembered of the weights that training changes.
    pub(crate) fn reserve<N: Network<f32>>(&mut self, model: &N) {
        let (rule, mut memory) = (&self.rule, self.memory.iter_mut());
        model.visit(&mut |weight, is_trainable| {
            if let Some(memory) = memory.next().filter(|memory| is_trainable && memory.is_of(weight)) {
                memory.reserve(rule, &weight.data);
            }
        });
    }

    /// The optimiser that this was built from, with the learning rate as it is now.
    #[must_use]
    pub fn optimizer(&self) -> &Optimizer {
        &self.rule
    }

    /// The gradients that it has been given: the steps, and with `gradient_accumulation_steps` as many for each step.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// Changes the size of the steps, or what tells it.
    ///
    /// # Errors
    /// If it is not from 0 to 1e6; if it is a number, and a schedule tells the rate; if it is one of several optimisers. It is then what it
    /// was.
    pub fn set_learning_rate(&mut self, learning_rate: impl Into<LearningRate>) -> Result<()> {
        self.rule.set_learning_rate(learning_rate)
    }

    /// Takes one step by the gradients of the pass and of the penalties on weights: moves the weights, keeps them to their constraints, and
    /// updates the moving averages of the pass's last forward. It is the step that `fit` takes. What is frozen stays as it is; a layer that
    /// is not frozen any more is trained from then on.
    ///
    /// The gradients are those of a [`Pass`](crate::pass::Pass), or of variables, as [`Var::backward`](crate::variable::Var::backward) gives them.
    /// A weight that the number does not follow from stays as it is then.
    ///
    /// # Errors
    /// If the pass has no gradients that were not applied yet, a gradient is not finite, the optimiser was built for another model, or
    /// there is nothing to train. Nothing has changed then.
    pub fn apply<M, G: StepOf<M>>(&mut self, model: &mut M, gradients: G) -> Result<()> {
        gradients.step(self, model)
    }

    /// Saves the model with all that training it by hand goes on from, as [`Trainer::save`](crate::training::Trainer::save) does;
    /// [`Train::resume_optimizer`](crate::training::Train::resume_optimizer) goes on.
    ///
    /// # Errors
    /// If the optimiser was built for another model, or the file cannot be written. What was there before is then still there.
    pub fn save<N: Network<f32>>(&self, model: &N, path: impl AsRef<Path>) -> Result<()> {
        guard::check_weights(model, &self.memory).map_err(|refusal| refusal.error(model, None, self.iterations))?;
        file::save_optimizer(self, model, path.as_ref())
    }
}
