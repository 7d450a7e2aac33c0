//! One step of training, and one pass of judging.

use super::pieces::infer_pieces;
use super::room::{Choice, Room};
use super::setup::Setup;
use super::tally::Tally;
use crate::distribution::DataParallel;
use crate::error::{Error, Result};
use crate::few::Few;
use crate::given::Samples;
use crate::layer::{Context, Penalties};
use crate::layers::adapted::check_adapted;
use crate::network::{Network, Trainable};
use crate::optimizers::BuiltOptimizer;
use crate::optimizers::guard::{Moved, Refusal, Statistics};
use crate::profile::{self, Kind};
use crate::states::Turn;

/// What a step changes, and what it goes by.
pub(crate) struct Step<'s, N: Trainable<f32>> {
    pub(crate) model: &'s mut N,
    pub(crate) optimizer: &'s mut BuiltOptimizer,
    pub(crate) room: &'s mut Room<N>,
    pub(crate) setup: &'s Setup,
    pub(crate) tally: &'s mut Tally,
    /// The ranks that share the batch, if there are any.
    pub(crate) ranks: Option<&'s DataParallel>,
}

impl<N: Trainable<f32>> Step<'_, N> {
    /// Trains on a batch and gives the loss before the update. A refused step changes nothing.
    pub(crate) fn train(&mut self, samples: &Samples<'_>, choice: Choice<'_>, seed: u64) -> Result<f64, Refusal> {
        let mut gathered = std::mem::take(&mut self.room.gathered);
        let batch = gathered.batch(samples, choice);
        let result = match self.ranks {
            None => self.train_in_turn(&batch, seed),
            Some(ranks) => self.train_pieces(&batch, seed, ranks),
        };
        self.room.gathered = gathered;
        result
    }

    /// The same of a model whose layers keep states, which a refused step leaves as they were, too.
    fn train_in_turn(&mut self, batch: &Samples<'_>, seed: u64) -> Result<f64, Refusal> {
        let turn = Turn::of(&*self.model);
        let graph = self.model.graph();
        turn.begin(&|| graph.name.clone(), graph.samples, batch.len)?;
        self.train_batch(batch, seed).inspect_err(|_| turn.undo())
    }

    fn train_batch(&mut self, batch: &Samples<'_>, seed: u64) -> Result<f64, Refusal> {
        check_adapted(self.model)?;
        let penalties = Penalties::default();
        let context = Context::training(batch.len, seed).with_named(&batch.named).summing(&penalties);
        self.room.reserve(self.model, true, self.setup, batch, (batch.len, 0)).map_err(Error::from)?;
        let Room { tape, outputs, .. } = &mut *self.room;
        let inputs: Few<&[f32]> = batch.inputs.iter().map(|input| &**input).collect();
        {
            let mut outputs: Few<&mut [f32]> = outputs.iter_mut().map(|output| &mut **output).collect();
            self.model.forward(tape, context, &inputs, &mut outputs)?;
        }
        let total = self.lose(batch, penalties.sum())?;
        let Room { tape, outputs, d_outputs, gradients, statistics, .. } = &mut *self.room;
        let outputs: Few<&[f32]> = outputs.iter().map(|output| &**output).collect();
        let mut d_outputs: Few<&mut [f32]> = d_outputs.iter_mut().map(|output| &mut **output).collect();
        let mut d_inputs: Few<_> = inputs.iter().map(|_| None).collect();
        self.model.backward(tape, context, &inputs, &outputs, &mut d_outputs, &mut d_inputs, gradients)?;
        self.optimizer.step(
            self.model,
            gradients,
            Some(Statistics { moved: Moved::By(tape), before: statistics }),
            &mut false,
        )?;
        Ok(total)
    }

    /// The loss of what a pass has given for a batch, with the penalties on what its layers gave: it is counted, and its gradients are worked out.
    pub(super) fn lose(&mut self, batch: &Samples<'_>, penalties: f64) -> Result<f64, Refusal> {
        let Room { outputs, d_outputs, counts, .. } = &mut *self.room;
        self.setup.count(batch, outputs, counts);
        let (total, losses) = profile::part(Kind::Loss, || self.setup.losses(batch, (outputs, counts), Some(d_outputs)))?;
        let total = total + self.model.penalty()? + penalties;
        if !total.is_finite() {
            return Err(Refusal::Loss);
        }
        self.tally.add(self.setup, batch, (outputs, counts), total, &losses)?;
        Ok(total)
    }
}

/// Judges a batch of samples that stand one after the other.
pub(crate) fn judge<N: Network<f32>>(
    model: &N,
    room: &mut Room<N>,
    setup: &Setup,
    tally: &mut Tally,
    batch: &Samples<'_>,
    ranks: Option<&DataParallel>,
) -> Result<()> {
    check_adapted(model)?;
    let passed = ranks.map_or(batch.len, |ranks| ranks.cut(batch.len).samples().len());
    room.reserve(model, false, setup, batch, (passed, 0))?;
    let penalties = match ranks {
        None => infer(model, room, batch)?,
        Some(ranks) => infer_pieces(model, room, batch, ranks)?,
    };
    setup.count(batch, &room.outputs, &mut room.counts);
    let (total, losses) = setup.losses(batch, (&room.outputs, &room.counts), None)?;
    let total = total + model.penalty()? + penalties;
    tally.add(setup, batch, (&room.outputs, &room.counts), total, &losses)
}

/// Works out what a model gives for a batch; the penalties on what its layers gave.
fn infer<N: Network<f32>>(model: &N, room: &mut Room<N>, batch: &Samples<'_>) -> Result<f64> {
    let penalties = Penalties::default();
    let inputs: Few<&[f32]> = batch.inputs.iter().map(|input| &**input).collect();
    let mut outputs: Few<&mut [f32]> = room.outputs.iter_mut().map(|output| &mut **output).collect();
    let context = Context::inference(batch.len).with_named(&batch.named).summing(&penalties);
    Turn::of(model).pass(model, batch.len, || model.infer(&mut room.workspace, context, &inputs, &mut outputs))?;
    Ok(penalties.sum())
}
