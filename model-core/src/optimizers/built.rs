//! An optimiser that has been built for a model: how far it has come, and what it remembers of each weight. The one step that there is,
//! for `fit` and for training by hand.

use std::borrow::Cow;

use std::path::Path;

use super::Optimizer;
use super::guard::{self, Refusal, Statistics};
use crate::buffer::Buffer;
use crate::error::Result;
use crate::file;
use crate::layer::Weight;
use crate::network::{Network, Of, Trainable};
use crate::pass::Pass;
use crate::penalty;
use crate::variable::Gradients;

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
    pub(crate) iterations: u64,
    /// What is remembered of each weight, in the order in which a network visits them.
    pub(crate) memory: Vec<Memory>,
}

/// What an optimiser remembers of a weight.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Memory {
    name: Cow<'static, str>,
    shape: Vec<usize>,
    /// The optimiser's slots; none for a weight that has not been trained.
    pub(crate) slots: Vec<Buffer<f32>>,
}

impl Memory {
    /// Whether it is of such a weight.
    pub(crate) fn is_of(&self, weight: &Weight<f32>) -> bool {
        self.name == weight.name && self.shape == weight.shape
    }

    /// The weight in words: `` `kernel` of shape [3, 4] ``.
    pub(crate) fn describe(&self) -> String {
        format!("`{}` of shape {:?}", self.name, self.shape)
    }

    /// Moves the weight by its gradient, and keeps it to its constraint.
    fn step(&mut self, rule: &Optimizer, iteration: u64, gradient: &[f32], weight: &mut Weight<f32>) {
        self.reserve(rule);
        rule.step(iteration, gradient, &mut weight.data, &mut self.slots);
        penalty::constrain(weight);
    }

    /// Makes room for an optimiser's slots, where there is none yet.
    pub(crate) fn reserve(&mut self, rule: &Optimizer) {
        if self.slots.is_empty() {
            let elements = self.shape.iter().product();
            self.slots.extend(rule.slots().iter().map(|_| Buffer::zeros(elements)));
        }
    }
}

impl BuiltOptimizer {
    /// An optimiser before its first step, without room for what it will remember.
    pub(crate) fn new<N: Network<f32>>(rule: Optimizer, model: &N) -> Self {
        let mut memory = Vec::new();
        model.visit(&mut |weight, _| {
            memory.push(Memory { name: weight.name.clone(), shape: weight.shape.clone(), slots: Vec::new() });
        });
        Self { rule, iterations: 0, memory }
    }

    /// Makes room for what is remembered of the weights that training changes.
    pub(crate) fn reserve<N: Network<f32>>(&mut self, model: &N) {
        let (rule, mut memory) = (&self.rule, self.memory.iter_mut());
        model.visit(&mut |weight, is_trainable| {
            if let Some(memory) = memory.next().filter(|memory| is_trainable && memory.is_of(weight)) {
                memory.reserve(rule);
            }
        });
    }

    /// The optimiser that this was built from, with the learning rate as it is now.
    #[must_use]
    pub fn optimizer(&self) -> &Optimizer {
        &self.rule
    }

    /// The steps so far.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.iterations
    }

    /// The size of the steps.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.rule.learning_rate()
    }

    /// Changes the size of the steps.
    ///
    /// # Errors
    /// If it is not from 0 to 1e6. It is then what it was.
    pub fn set_learning_rate(&mut self, learning_rate: f64) -> Result<()> {
        let mut rule = self.rule;
        *rule.learning_rate_mut() = learning_rate;
        rule.check()?;
        self.rule = rule;
        Ok(())
    }

    /// Takes one step by the gradients of the pass and of the penalties on weights: moves the weights, keeps them to their constraints, and
    /// updates the moving averages of the pass's last forward. It is the step that `fit` takes. What is frozen stays as it is; a layer that
    /// is not frozen any more is trained from then on.
    ///
    /// The gradients are those of a [`Pass`], or of variables, as [`Var::backward`](crate::variable::Var::backward) gives them.
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

    /// One step by the gradients of variables. A step that is refused changes nothing.
    fn step_by<M: Trainable<f32>>(&mut self, model: &mut M, gradients: &Gradients) -> Result<(), Refusal> {
        guard::check_weights(model, &self.memory)?;
        let trained = guard::check_variables(model, gradients)?;
        guard::take_statistics(model, gradients)?;
        self.iterations += 1;
        let (rule, iteration) = (&self.rule, self.iterations);
        let (mut memory, mut trained) = (self.memory.iter_mut(), trained.into_iter());
        model.visit_mut(&mut |weight| {
            let memory = memory.next().expect("the weights have been checked");
            let is_trained = trained.next() == Some(true);
            let Some(gradient) = gradients.elements(weight).filter(|_| is_trained) else { return };
            if weight.regularizer.is_none() {
                return memory.step(rule, iteration, gradient, weight);
            }
            let mut penalised = weight.gradient(Buffer::from_slice(gradient).into());
            penalty::add_gradient(weight, &mut penalised);
            memory.step(rule, iteration, &penalised.data, weight);
        });
        Ok(())
    }

    /// One step, with the statistics that have not been updated yet, and the penalties, unless the gradients have them. A step that is refused
    /// changes nothing but the gradients.
    pub(crate) fn step<N: Trainable<f32>>(
        &mut self,
        model: &mut N,
        gradients: &mut N::Gradients,
        statistics: Option<Statistics<'_, N>>,
        have_penalties: &mut bool,
    ) -> Result<(), Refusal> {
        guard::check_weights(model, &self.memory)?;
        if !std::mem::replace(have_penalties, true) {
            model.add_penalties(gradients);
        }
        guard::check(model, gradients)?;
        if let Some(statistics) = statistics {
            guard::update_statistics(model, statistics)?;
        }
        self.iterations += 1;
        let (rule, iteration) = (&self.rule, self.iterations);
        let mut memory = self.memory.iter_mut();
        model.visit_with(gradients, &mut |weight, gradient, is_trainable| {
            let memory = memory.next().expect("the weights have been checked");
            if is_trainable {
                memory.step(rule, iteration, &gradient.data, weight);
            }
        });
        Ok(())
    }
}

/// What a step of an optimiser goes by: gradients of a model.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no gradients of `{M}`",
    note = "give `&mut pass`, after the model's `backward` with it, or `&gradients`, which `loss.backward()?` gives"
)]
pub trait StepOf<M> {
    /// Takes the step.
    ///
    /// # Errors
    /// As those of [`BuiltOptimizer::apply`].
    fn step(self, optimizer: &mut BuiltOptimizer, model: &mut M) -> Result<()>;
}

impl<N: Network<f32>, M: Trainable<f32> + Of<N>> StepOf<M> for &mut Pass<N> {
    fn step(self, optimizer: &mut BuiltOptimizer, model: &mut M) -> Result<()> {
        let step = optimizer.iterations + 1;
        let (gradients, statistics, penalties) = Pass::step(self)?;
        optimizer.step(model, gradients, statistics, penalties).map_err(|refusal| refusal.error(model, None, step))?;
        self.applied();
        Ok(())
    }
}

impl<M: Trainable<f32>> StepOf<M> for &Gradients {
    fn step(self, optimizer: &mut BuiltOptimizer, model: &mut M) -> Result<()> {
        let step = optimizer.iterations + 1;
        optimizer.step_by(model, self).map_err(|refusal| refusal.error(model, None, step))
    }
}
