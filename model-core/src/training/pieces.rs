//! A step of training on a batch that ranks share in pieces, and a pass of judging one.
//!
//! Each piece goes forward and backward by itself. What the model gives is gathered, so that every rank works out losses, metrics and gradients of all
//! outputs as one that has the whole batch; gradients of weights are summed over pieces.

use super::passing::{Passing, Run, pass_part, rows_mut};
use super::room::Room;
use super::step::Step;
use crate::buffer::{Buffer, bytes_mut};
use crate::distribution::{DataParallel, Moment, Overlap, Piece, Pieces, Place, Sums, calls, tree};
use crate::error::{Error, Result};
use crate::few::Few;
use crate::given::{Samples, rows};
use crate::initialize::mix;
use crate::kernels::elementwise::accumulate;
use crate::layer::Context;
use crate::layers::adapted::check_adapted;
use crate::layers::inner::take;
use crate::network::{Network, Trainable};
use crate::optimizers::guard::{self, Moved, Refusal, Statistics};

/// What the pieces of a rank work in.
pub(crate) struct PieceRoom<N: Network<f32>> {
    /// What the forward pass of each has left.
    tapes: Vec<N::Tape>,
    /// The gradients of each, where pieces meet.
    gradients: Vec<N::Gradients>,
    /// Sums over pieces of the gradients of weights that are trained, and behind them of what moving statistics move by.
    sums: Sums,
    /// Where what other ranks have summed goes.
    taken: Vec<f32>,
}

impl<N: Network<f32>> Default for PieceRoom<N> {
    fn default() -> Self {
        Self { tapes: Vec::new(), gradients: Vec::new(), sums: Sums::default(), taken: Vec::new() }
    }
}

impl<N: Trainable<f32>> Step<'_, N> {
    /// Trains on a batch that ranks share, and gives the loss before the update. A refused step changes nothing.
    pub(super) fn train_pieces(&mut self, batch: &Samples<'_>, seed: u64, ranks: &DataParallel) -> Result<f64, Refusal> {
        check_adapted(self.model)?;
        let (cut, meets) = (ranks.cut(batch.len), self.model.graph().synchronizes());
        let passing = Passing { batch, seed, ranks, cut, meets };
        let (trained, moving) = summed(self.model);
        let waiting = cut.own().len().ilog2() as usize + 2;
        let besides = (trained + moving).saturating_mul(waiting);
        let besides = besides.saturating_add(if meets { trained.saturating_mul(cut.own().len()) } else { 0 });
        self.room.reserve(self.model, true, self.setup, batch, (cut.samples().len(), besides)).map_err(Error::from)?;
        let mut penalties = vec![0.0; cut.count];
        self.forward_pieces(&passing, &mut penalties)?;
        ranks.agree(Moment::Forward, seed, 0)?;
        gather(&mut self.room.outputs, &mut penalties, (ranks, cut))?;
        let total = self.lose(batch, tree(&penalties))?;
        let same = mix(total.to_bits(), self.optimizer.learning_rate().to_bits());
        self.backward_pieces(&passing, [trained, moving], same)?;
        let Room { gradients, statistics, pieces: PieceRoom { sums, .. }, .. } = &mut *self.room;
        let moves = copy_gradients(self.model, gradients, sums.sum(), |gradient, sum| gradient.copy_from_slice(sum));
        let filled = cut.filled() as f32;
        moves.iter_mut().for_each(|by| *by /= filled);
        let statistics = Statistics { moved: Moved::Of(moves), before: statistics };
        self.optimizer.step(self.model, gradients, Some(statistics), &mut false)?;
        Ok(total)
    }

    fn forward_pieces(&mut self, passing: &Passing<'_>, penalties: &mut [f64]) -> Result<()> {
        let Room { outputs, pieces: PieceRoom { tapes, .. }, .. } = &mut *self.room;
        tapes.resize_with(passing.cut.own().len(), || self.model.tape());
        let mut pieces = passing.pieces(tapes, &mut [], outputs);
        passing.run(&*self.model, &mut pieces, &|model, piece, context, inputs| {
            model.forward(piece.tape, context, inputs, &mut piece.rows)
        })?;
        if passing.has_any() {
            pieces.iter().for_each(|piece| penalties[piece.number] = piece.penalties);
        }
        Ok(())
    }

    /// Works out the gradients of all pieces, and sums them up over all ranks, which agree on a number.
    fn backward_pieces(&mut self, passing: &Passing<'_>, [trained, moving]: [usize; 2], same: u64) -> Result<(), Refusal> {
        let Room { outputs, d_outputs, gradients, statistics, pieces, .. } = &mut *self.room;
        let PieceRoom { tapes, gradients: of_each, sums, taken } = pieces;
        guard::remember(self.model, statistics);
        sums.clear();
        let (outputs, samples) = (&*outputs, passing.batch.len);
        let run: Run<'_, N> = &|model, piece, context, inputs| pass_back(model, piece, context, inputs, (outputs, samples));
        if passing.meets {
            of_each.resize_with(tapes.len(), || self.model.gradients());
            passing.run(&*self.model, &mut passing.pieces(tapes, of_each, d_outputs), run)?;
        }
        let calls = calls_to_watch(self.model, passing, trained);
        let behind = tapes.len() - usize::from(calls.is_some());
        for ((number, tape), place) in passing.cut.own().zip(&mut tapes[..behind]).zip(0..) {
            let range = passing.cut.piece(number);
            sums.add(trained + moving, |sum| {
                if range.is_empty() {
                    sum.fill(0.0);
                    return Ok::<_, Error>(());
                }
                let gradients = if passing.meets {
                    &mut of_each[place]
                } else {
                    let rows = rows_mut(d_outputs, samples, &range);
                    let mut piece = Piece { number, range, tape, gradients: Some(&mut *gradients), rows, penalties: 0.0 };
                    passing.pass(&*self.model, &mut piece, None, run)?;
                    &mut *gradients
                };
                let moves = copy_gradients(self.model, gradients, sum, |gradient, sum| sum.copy_from_slice(gradient));
                take_moves(self.model, tape, statistics, moves);
                Ok(())
            })?;
        }
        passing.ranks.agree(Moment::Backward, same, 0)?;
        match calls {
            None => Ok(passing.ranks.sum_in(sums.sum(), taken)?),
            Some(calls) => self.backward_last(passing, [trained, moving], &calls),
        }
    }

    /// Works out the gradients of the last piece, of layers that are called so often, and sums up those of all pieces over all ranks meanwhile.
    fn backward_last(&mut self, passing: &Passing<'_>, [trained, moving]: [usize; 2], calls: &[usize]) -> Result<(), Refusal> {
        let Room { outputs, d_outputs, gradients, statistics, pieces, .. } = &mut *self.room;
        let PieceRoom { tapes, sums, taken, .. } = pieces;
        let Some(tape) = tapes.last_mut() else { return Ok(()) };
        let (outputs, samples, ranks) = (&*outputs, passing.batch.len, passing.ranks);
        let (number, places) = (passing.cut.own().end - 1, places(self.model, gradients, calls));
        let range = passing.cut.piece(number);
        sums.add_last(trained + moving, |sum, before| {
            let (sum, moves) = sum.split_at_mut(trained);
            ranks.sum_beside(taken, |sender| {
                let overlap = Overlap::new(places, sum, ranks.bucket(), before, sender.clone());
                if range.is_empty() {
                    self.model.visit_with(gradients, &mut |_, gradient, _| gradient.data.fill(0.0));
                    moves.fill(0.0);
                } else {
                    let rows = rows_mut(d_outputs, samples, &range);
                    let mut piece = Piece { number, range, tape, gradients: Some(&mut *gradients), rows, penalties: 0.0 };
                    passing.pass(&*self.model, &mut piece, None, &|model, piece, context, inputs| {
                        pass_back(model, piece, Context { watch: Some(&overlap), ..context }, inputs, (outputs, samples))
                    })?;
                    take_moves(self.model, tape, statistics, moves);
                }
                // Those of layers that backward does not come to.
                let mut start = 0;
                self.model.visit_with(gradients, &mut |_, gradient, is_trainable| {
                    if is_trainable && !gradient.data.is_empty() {
                        overlap.put_rest(start, &gradient.data);
                        start += gradient.data.len();
                    }
                });
                before.iter().for_each(|before| accumulate(moves, &before[trained..]));
                let _ = sender.send(moves);
                Ok(())
            })
        })
    }
}

/// The way back of a piece, with what the model has given for all of so many samples.
fn pass_back<N: Trainable<f32>>(
    model: &N,
    piece: &mut Piece<'_, N>,
    context: Context<'_>,
    inputs: &[&[f32]],
    (outputs, samples): (&[Buffer<f32>], usize),
) -> Result<()> {
    let Some(gradients) = &mut piece.gradients else { return Ok(()) };
    let outputs: Few<&[f32]> = outputs.iter().map(|output| rows(output, samples, &piece.range)).collect();
    let mut d_inputs: Few<_> = inputs.iter().map(|_| None).collect();
    model.backward(piece.tape, context, inputs, &outputs, &mut piece.rows, &mut d_inputs, gradients)
}

/// Works out what a model gives for a batch that ranks share; the penalties on what its layers gave.
pub(super) fn infer_pieces<N: Network<f32>>(
    model: &N,
    room: &mut Room<N>,
    batch: &Samples<'_>,
    ranks: &DataParallel,
) -> Result<f64> {
    let cut = ranks.cut(batch.len);
    let mut penalties = vec![0.0; cut.count];
    for piece in cut.own() {
        let range = cut.piece(piece);
        if range.is_empty() {
            continue;
        }
        let mut outputs = rows_mut(&mut room.outputs, batch.len, &range);
        penalties[piece] = pass_part(batch, &range, Context::inference(range.len()), |context, inputs| {
            model.infer(&mut room.workspace, context, inputs, &mut outputs)
        })?;
    }
    ranks.agree(Moment::Judging, batch.len as u64, 0)?;
    gather(&mut room.outputs, &mut penalties, (ranks, cut))?;
    Ok(tree(&penalties))
}

/// Gathers what all ranks have worked out for their pieces.
fn gather(outputs: &mut [Buffer<f32>], penalties: &mut [f64], (ranks, cut): (&DataParallel, Pieces)) -> Result<()> {
    outputs.iter_mut().try_for_each(|output| ranks.gather_rows(output, cut.samples))?;
    let each = size_of_val(penalties) / cut.ranks;
    ranks.gather(bytes_mut(penalties), &|rank| each * rank)
}

/// How many elements the weights have that are trained, and those that move by other means.
fn summed<N: Network<f32>>(model: &N) -> (usize, usize) {
    let (mut trained, mut moving) = (0, 0);
    model.visit(&mut |weight, is_trainable| {
        trained += if is_trainable { weight.data.len() } else { 0 };
        moving += if weight.trainable { 0 } else { weight.data.len() };
    });
    (trained, moving)
}

/// How many calls a pass makes of the layer of each weight, where sums over ranks go beside the rest of the way back: there are others, and more than one
/// bucket, and no piece waits for another.
fn calls_to_watch<N: Network<f32>>(model: &N, passing: &Passing<'_>, trained: usize) -> Option<Vec<usize>> {
    let (ranks, graph) = (passing.ranks, model.graph());
    let overlaps = ranks.size() > 1 && trained > ranks.bucket() && !passing.meets && !graph.is_code;
    let mut weights = 0;
    model.visit(&mut |_, _| weights += 1);
    overlaps.then(|| calls(graph)).filter(|calls| calls.len() == weights)
}

/// Where the gradients lie of the weights that are trained.
fn places<N: Trainable<f32>>(model: &mut N, gradients: &mut N::Gradients, calls: &[usize]) -> Vec<Place> {
    let (mut places, mut calls, mut start) = (Vec::new(), calls.iter(), 0);
    model.visit_with(gradients, &mut |_, gradient, is_trainable| {
        let calls = calls.next().copied().unwrap_or_default();
        if is_trainable && !gradient.data.is_empty() {
            places.push(Place { address: gradient.data.as_ptr().addr(), start, calls });
            start += gradient.data.len();
        }
    });
    places
}

/// Copies the gradients of the weights that are trained to where they lie one behind the other, or from there; gives what lies behind them.
fn copy_gradients<'s, N: Trainable<f32>>(
    model: &mut N,
    gradients: &mut N::Gradients,
    mut all: &'s mut [f32],
    copy: fn(&mut [f32], &mut [f32]),
) -> &'s mut [f32] {
    model.visit_with(gradients, &mut |_, gradient, is_trainable| {
        if is_trainable {
            let own = take(&mut all, gradient.data.len());
            copy(&mut gradient.data, own);
        }
    });
    all
}

/// Puts one behind the other what a pass moves the moving statistics by, which stay as they were.
fn take_moves<N: Trainable<f32>>(model: &mut N, tape: &N::Tape, before: &[f32], mut to: &mut [f32]) {
    model.update(tape);
    let mut old = before;
    model.visit(&mut |weight, _| {
        if !weight.trainable {
            let (was, behind) = old.split_at(weight.data.len());
            let own = take(&mut to, weight.data.len());
            own.iter_mut().zip(weight.data.iter().zip(was)).for_each(|(by, (now, was))| *by = now - was);
            old = behind;
        }
    });
    guard::take_back(model, before);
}
