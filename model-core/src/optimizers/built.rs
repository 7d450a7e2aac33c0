//! An optimiser that has been built for a model: how far it has come, and what it remembers of each weight. The one step that there is,
//! for `fit` and for training by hand.

use std::borrow::Cow;

use std::path::Path;

use model_graph::argument::Constraint;

use super::Optimizer;
use super::guard::{self, Refusal, Statistics};
use crate::buffer::Buffer;
use crate::elements::Elements;
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

    /// What becomes of a weight that a function of the user's own constrains, and of what is remembered of it.
    fn stepped(
        &self,
        rule: &Optimizer,
        iteration: u64,
        gradient: &[f32],
        weight: &Weight<f32>,
        place: usize,
    ) -> Result<Option<(Self, Elements<f32>)>, Refusal> {
        let Some(Constraint::Own(_)) = weight.constraint else { return Ok(None) };
        let (mut memory, mut moved) = (self.clone(), weight.data.clone());
        memory.reserve(rule);
        rule.step(iteration, gradient, &mut moved, &mut memory.slots);
        let Some(kept) = penalty::constrained(weight, &moved)? else { return Ok(None) };
        if !kept.iter().all(|element| element.is_finite()) {
            return Err(Refusal::Weight(place));
        }
        Ok(Some((memory, kept)))
    }

    /// Makes room for an optimiser's slots, where there is none yet.
    pub(crate) fn reserve(&mut self, rule: &Optimizer) {
        if self.slots.is_empty() {
            let elements = self.shape.iter().product();
            self.slots.extend(rule.slots().iter().map(|_| Buffer::zeros(elements)));
        }
    }
}

/// What tells the gradient of a weight at a place, if there is one.
type GradientOf<'f, 'g> = &'f dyn Fn(usize, &Weight<f32>) -> Result<Option<Cow<'g, [f32]>>>;

/// What becomes of a weight.
enum Change<'g> {
    /// It stays as it is.
    None,
    /// It moves by a gradient.
    By(Cow<'g, [f32]>),
    /// It and what is remembered of it become these.
    To(Memory, Elements<f32>),
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
        let (rule, iteration) = (self.rule, self.iterations + 1);
        let changes = self.changes(model, &|place, weight| {
            let gradient = gradients.elements(weight).filter(|_| trained.get(place) == Some(&true));
            let Some(gradient) = gradient else { return Ok(None) };
            if weight.regularizer.is_none() {
                return Ok(Some(Cow::Borrowed(gradient)));
            }
            let mut penalised = weight.gradient(Buffer::from_slice(gradient).into());
            penalty::add_gradient(weight, &mut penalised)?;
            Ok(Some(Cow::Owned(penalised.data.to_vec())))
        })?;
        guard::take_statistics(model, gradients)?;
        self.iterations = iteration;
        let (mut memory, mut changes) = (self.memory.iter_mut(), changes.into_iter());
        model.visit_mut(&mut |weight| {
            let memory = memory.next().expect("the weights have been checked");
            match changes.next().expect("there is a change for every weight") {
                Change::None => {}
                Change::By(gradient) => memory.step(&rule, iteration, &gradient, weight),
                Change::To(after, elements) => (*memory, weight.data) = (after, elements),
            }
        });
        Ok(())
    }

    /// What becomes of each weight by the gradient that there is of it: what may fail is done here, before anything changes.
    fn changes<'g, N: Network<f32>>(&self, model: &N, gradient_of: GradientOf<'_, 'g>) -> Result<Vec<Change<'g>>, Refusal> {
        let (mut changes, mut memory, mut result) = (Vec::with_capacity(self.memory.len()), self.memory.iter(), Ok(()));
        model.visit(&mut |weight, _| {
            let (place, memory) = (changes.len(), memory.next());
            let change = || {
                let Some((gradient, memory)) = gradient_of(place, weight)?.zip(memory) else { return Ok(Change::None) };
                let stepped = memory.stepped(&self.rule, self.iterations + 1, &gradient, weight, place)?;
                Ok(stepped.map_or(Change::By(gradient), |(memory, elements)| Change::To(memory, elements)))
            };
            let found = if result.is_ok() { change() } else { Ok(Change::None) };
            changes.push(found.unwrap_or_else(|refusal| {
                result = Err(refusal);
                Change::None
            }));
        });
        result.map(|()| changes)
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
            model.add_penalties(gradients)?;
        }
        guard::check(model, gradients)?;
        let constrained = self.constrained(model, gradients)?;
        if let Some(statistics) = statistics {
            guard::update_statistics(model, statistics)?;
        }
        self.iterations += 1;
        let (rule, iteration) = (&self.rule, self.iterations);
        let (mut memory, mut constrained) = (self.memory.iter_mut(), constrained.into_iter().peekable());
        let mut places = 0_usize..;
        model.visit_with(gradients, &mut |weight, gradient, is_trainable| {
            let memory = memory.next().expect("the weights have been checked");
            let place = places.next();
            if let Some((_, after, elements)) = constrained.next_if(|(constrained, ..)| Some(*constrained) == place) {
                (*memory, weight.data) = (after, elements);
            } else if is_trainable {
                memory.step(rule, iteration, &gradient.data, weight);
            }
        });
        Ok(())
    }

    /// What becomes of the weights that functions of the user's own constrain, by their places.
    fn constrained<N: Trainable<f32>>(
        &self,
        model: &mut N,
        gradients: &mut N::Gradients,
    ) -> Result<Vec<(usize, Memory, Elements<f32>)>, Refusal> {
        let (mut constrained, mut memory, mut result) = (Vec::new(), self.memory.iter().enumerate(), Ok(()));
        model.visit_with(gradients, &mut |weight, gradient, is_trainable| {
            let Some((place, memory)) = memory.next().filter(|_| is_trainable && result.is_ok()) else { return };
            match memory.stepped(&self.rule, self.iterations + 1, &gradient.data, weight, place) {
                Ok(stepped) => constrained.extend(stepped.map(|(memory, elements)| (place, memory, elements))),
                Err(refusal) => result = Err(refusal),
            }
        });
        result.map(|()| constrained)
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
