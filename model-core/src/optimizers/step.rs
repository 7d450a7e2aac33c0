//! The one step that there is, for `fit` and for training by hand: what may fail is done before anything changes.

use std::borrow::Cow;

use model_graph::argument::Constraint;

use super::built::BuiltOptimizer;
use super::guard::{self, Refusal, Statistics};
use super::memory::{Memory, Room, Slope, Turn};
use super::problem::Problem;
use crate::buffer::Buffer;
use crate::elements::Elements;
use crate::error::{Error, Result};
use crate::layer::Weight;
use crate::network::{Network, Of, Trainable};
use crate::pass::Pass;
use crate::penalty;
use crate::profile::{self, Kind};
use crate::schedules::LearningRate;
use crate::variable::Gradients;

/// Sees a weight, and the gradient that it is to move by, if there is one.
type Visitor<'v> = &'v mut dyn FnMut(&mut Weight<f32>, Option<Slope<'_>>);

/// Gradients of a model's weights.
trait Given<M> {
    /// Visits all weights in their order.
    fn visit(&mut self, model: &mut M, visitor: Visitor<'_>);
}

/// The gradients of a pass.
struct OfPass<'g, G>(&'g mut G);

impl<M: Trainable<f32>> Given<M> for OfPass<'_, M::Gradients> {
    fn visit(&mut self, model: &mut M, visitor: Visitor<'_>) {
        model.visit_with(self.0, &mut |weight, gradient, is_trainable| {
            visitor(weight, is_trainable.then(|| Slope::of(&gradient.data)));
        });
    }
}

/// The gradients of variables, in the order of the weights.
struct OfVariables<'g>(Vec<Option<Cow<'g, [f32]>>>);

impl<'g> OfVariables<'g> {
    /// Those of a model's weights that are trained, with the gradients of their penalties.
    fn new<M: Network<f32>>(model: &M, gradients: &'g Gradients, trained: &[bool]) -> Result<Self> {
        let (mut all, mut result) = (Vec::with_capacity(trained.len()), Ok(()));
        model.visit(&mut |weight, _| {
            let gradient = gradients.elements(weight).filter(|_| trained.get(all.len()) == Some(&true));
            all.push(gradient.map(|gradient| {
                if weight.regularizer.is_none() {
                    return Cow::Borrowed(gradient);
                }
                let mut penalised = weight.gradient(Buffer::from_slice(gradient).into());
                if let Err(error) = penalty::add_gradient(weight, &mut penalised) {
                    result = Err(error);
                }
                Cow::Owned(penalised.data.to_vec())
            }));
        });
        result.map(|()| Self(all))
    }
}

impl<M: Trainable<f32>> Given<M> for OfVariables<'_> {
    fn visit(&mut self, model: &mut M, visitor: Visitor<'_>) {
        let mut gradients = self.0.iter();
        model.visit_mut(&mut |weight| {
            visitor(weight, gradients.next().and_then(Option::as_deref).map(|all| Slope { all, rows: None }));
        });
    }
}

/// What becomes of a weight that a function of the user's own constrains, by its place.
type Held = (usize, Memory, Elements<f32>);

impl BuiltOptimizer {
    /// One step, with the statistics that have not been updated yet, and the penalties, unless the gradients have them. A step that is refused
    /// changes nothing but the gradients.
    pub(crate) fn step<N: Trainable<f32>>(
        &mut self,
        model: &mut N,
        gradients: &mut N::Gradients,
        statistics: Option<Statistics<'_, N>>,
        have_penalties: &mut bool,
    ) -> Result<(), Refusal> {
        profile::part(Kind::Optimizer, || {
            guard::check_weights(model, &self.memory)?;
            if !std::mem::replace(have_penalties, true) {
                model.add_penalties(gradients)?;
            }
            guard::check(model, gradients, |place, gradient| {
                let memory = self.memory.get(place)?;
                memory.moved(self.rule.rule(memory.group), Slope::of(gradient))
            })?;
            self.advance(model, &mut OfPass(gradients), |model| {
                statistics.map_or(Ok(()), |statistics| guard::update_statistics(model, statistics))
            })
        })
    }

    /// One step by the gradients of variables. A step that is refused changes nothing.
    fn step_by<M: Trainable<f32>>(&mut self, model: &mut M, gradients: &Gradients) -> Result<(), Refusal> {
        profile::part(Kind::Optimizer, || {
            guard::check_weights(model, &self.memory)?;
            let trained = guard::check_variables(model, gradients)?;
            let mut given = OfVariables::new(model, gradients, &trained)?;
            self.advance(model, &mut given, |model| guard::take_statistics(model, gradients))
        })
    }

    /// One step by gradients that have been checked.
    fn advance<M>(
        &mut self,
        model: &mut M,
        gradients: &mut impl Given<M>,
        update_statistics: impl FnOnce(&mut M) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.begin()?;
        self.measure(model, gradients);
        let held = self.hold(model, gradients)?;
        update_statistics(model)?;
        self.iterations += 1;
        let Self { rule, memory, room: Room { turns, work }, .. } = self;
        let (mut memory, mut held, mut places) = (memory.iter_mut(), held.into_iter().peekable(), 0_usize..);
        gradients.visit(model, &mut |weight, gradient| {
            let memory = memory.next().expect("the weights have been checked");
            let place = places.next();
            if let Some((_, after, elements)) = held.next_if(|(held, ..)| Some(*held) == place) {
                (*memory, weight.data) = (after, elements);
            } else if let Some(gradient) = gradient {
                memory.step(rule, &turns[memory.group], gradient, &mut weight.data, work);
                penalty::constrain(weight);
            }
        });
        Ok(())
    }

    /// What the next step is, for every optimiser that takes part in it.
    fn begin(&mut self) -> Result<(), Refusal> {
        self.room.turns.clear();
        for group in 0..self.rule.groups() {
            let turn = self.turn(group);
            if !(0.0..=1e6).contains(&turn.rate) {
                let schedule = match self.rule.rule(group).learning_rate() {
                    LearningRate::Schedule(schedule) => schedule.class().to_owned(),
                    LearningRate::Number(_) => "learning_rate".to_owned(),
                };
                return Err(Error::from(Problem::Rate { schedule, steps: self.iterations, found: turn.rate }).into());
            }
            self.room.turns.push(turn);
        }
        Ok(())
    }

    /// The next step of an optimiser.
    fn turn(&self, group: usize) -> Turn {
        let rule = self.rule.rule(group);
        let common = rule.common();
        let done = self.iterations / common.parts();
        Turn {
            iteration: done + 1,
            rate: rule.learning_rate().at(self.iterations),
            is_update: (self.iterations + 1).is_multiple_of(common.parts()),
            global: 0.0,
            kept: if done == 0 { 0.0 } else { common.ema_momentum },
            overwrites: common.ema_overwrite_frequency.is_some_and(|frequency| (done + 1).is_multiple_of(frequency)),
        }
    }

    /// Finds what gradients are multiplied by so that all together are not too long. The sums are in the order of the weights.
    fn measure<M>(&mut self, model: &mut M, gradients: &mut impl Given<M>) {
        let Self { rule, memory, room: Room { turns, work }, .. } = self;
        let limit = |group: usize| rule.rule(group).common().global_clipnorm;
        if !(0..turns.len()).any(|group| turns[group].is_update && limit(group).is_some()) {
            return;
        }
        let mut memory = memory.iter_mut();
        gradients.visit(model, &mut |weight, gradient| {
            let (memory, Some(gradient)) = (memory.next().expect("the weights have been checked"), gradient) else { return };
            if turns[memory.group].is_update && limit(memory.group).is_some() {
                memory.reserve(rule, &weight.data);
                turns[memory.group].global += memory.square_sum(rule.rule(memory.group), gradient.all, work);
            }
        });
        for (group, turn) in turns.iter_mut().enumerate() {
            if let Some(limit) = limit(group) {
                turn.global = limit / turn.global.sqrt().max(limit);
            }
        }
    }

    /// What becomes of the weights that functions of the user's own constrain.
    fn hold<M>(&mut self, model: &mut M, gradients: &mut impl Given<M>) -> Result<Vec<Held>, Refusal> {
        let Self { rule, memory, room: Room { turns, work }, .. } = self;
        let (mut held, mut memory, mut result) = (Vec::new(), memory.iter().enumerate(), Ok(()));
        gradients.visit(model, &mut |weight, gradient| {
            let Some((place, memory)) = memory.next().filter(|_| result.is_ok()) else { return };
            let (Some(gradient), Some(Constraint::Own(_))) = (gradient, &weight.constraint) else { return };
            let (mut after, mut moved) = (memory.clone(), weight.data.clone());
            after.step(rule, &turns[memory.group], gradient, &mut moved, work);
            match penalty::constrained(weight, &moved) {
                Ok(Some(kept)) if !kept.iter().all(|element| element.is_finite()) => result = Err(Refusal::Weight(place)),
                Ok(kept) => held.extend(kept.map(|kept| (place, after, kept))),
                Err(error) => result = Err(error.into()),
            }
        });
        result.map(|()| held)
    }

    /// The size of the next step; of a [`MultiOptimizer`](super::MultiOptimizer) that of its default.
    ///
    /// With a [schedule](crate::schedules) it follows from the number of steps that were taken.
    #[must_use]
    pub fn learning_rate(&self) -> f64 {
        self.rule.learning_rate().at(self.iterations)
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
