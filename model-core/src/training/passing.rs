//! The passes of the pieces of a batch that a rank has: one after the other, or side by side where their layers meet.

use std::ops::Range;

use crate::buffer::Buffer;
use crate::distribution::{DataParallel, Meeting, Piece, Pieces, Seat};
use crate::error::Result;
use crate::few::Few;
use crate::given::Samples;
use crate::initialize::mix;
use crate::layer::{Context, Penalties};
use crate::layers::inner::take;
use crate::network::Trainable;

/// A pass of a piece, with its context and its inputs.
pub(super) type Run<'r, N> = &'r (dyn Fn(&N, &mut Piece<'_, N>, Context<'_>, &[&[f32]]) -> Result<()> + Sync);

/// A batch of which the pieces of this rank pass.
pub(super) struct Passing<'b> {
    pub batch: &'b Samples<'b>,
    pub seed: u64,
    pub ranks: &'b DataParallel,
    pub cut: Pieces,
    /// Whether layers look at all of the batch, so that pieces meet.
    pub meets: bool,
}

impl Passing<'_> {
    /// Whether a piece of this rank has samples.
    pub fn has_any(&self) -> bool {
        !self.cut.samples().is_empty()
    }

    /// The pieces that have samples. A rank without any goes along with a sample of another's, if pieces meet.
    pub fn pieces<'p, N: Trainable<f32>>(
        &self,
        tapes: &'p mut [N::Tape],
        gradients: &'p mut [N::Gradients],
        outputs: &'p mut [Buffer<f32>],
    ) -> Vec<Piece<'p, N>> {
        let first = self.cut.own().start;
        let is_along = |number: usize| self.meets && !self.has_any() && number == first;
        let range = |number: usize| if is_along(number) { 0..1 } else { self.cut.piece(number) };
        let mut rest: Few<&mut [f32]> = outputs.iter_mut().map(|output| &mut **output).collect();
        let (mut behind, mut gradients) = (0, gradients.iter_mut());
        let pieces = self.cut.own().zip(tapes).map(|(number, tape)| (number, range(number), tape, gradients.next()));
        let pieces = pieces.filter(|(_, range, ..)| !range.is_empty()).map(|(number, range, tape, gradients)| {
            let rows = rest.iter_mut().map(|rest| {
                let row = rest.len() / (self.batch.len - behind);
                take(rest, (range.start - behind) * row);
                take(rest, range.len() * row)
            });
            let rows = rows.collect();
            behind = range.end;
            Piece { number, range, tape, gradients, rows, penalties: 0.0 }
        });
        pieces.collect()
    }

    /// Runs pieces: one after the other, or each on a thread of its own where they meet.
    pub fn run<N: Trainable<f32>>(&self, model: &N, pieces: &mut [Piece<'_, N>], run: Run<'_, N>) -> Result<()> {
        if !self.meets {
            return pieces.iter_mut().try_for_each(|piece| self.pass(model, piece, None, run));
        }
        let (own, counts) = (self.cut.own(), self.has_any());
        let meeting = Meeting::new(self.ranks, own.len(), pieces.iter().map(|piece| piece.number - own.start));
        model.run_pieces(pieces, &|model, piece| {
            meeting.pass(piece.number - own.start, counts, |seat| self.pass(model, piece, Some(seat), run))
        })?;
        meeting.end()
    }

    /// Runs a piece.
    pub fn pass<N: Trainable<f32>>(
        &self,
        model: &N,
        piece: &mut Piece<'_, N>,
        meeting: Option<Seat<'_>>,
        run: Run<'_, N>,
    ) -> Result<()> {
        let range = piece.range.clone();
        let context = Context { meeting, ..Context::training(range.len(), mix(self.seed, piece.number as u64)) };
        piece.penalties = pass_part(self.batch, &range, context, |context, inputs| run(model, &mut *piece, context, inputs))?;
        Ok(())
    }
}

/// Runs a pass of some of a batch's samples, and gives the penalties on what its layers gave: they are shares of the whole batch.
pub(super) fn pass_part(
    batch: &Samples<'_>,
    range: &Range<usize>,
    context: Context<'_>,
    run: impl FnOnce(Context<'_>, &[&[f32]]) -> Result<()>,
) -> Result<f64> {
    let (given, penalties) = (batch.part(range.clone()), Penalties::default());
    let inputs: Few<&[f32]> = given.inputs.iter().map(|input| &**input).collect();
    let context = Context { samples: batch.len, ..context.with_named(&batch.named) };
    run(context.summing(&penalties), &inputs)?;
    Ok(penalties.sum())
}

/// The rows of a range of samples, to be written.
pub(super) fn rows_mut<'o>(outputs: &'o mut [Buffer<f32>], samples: usize, range: &Range<usize>) -> Few<&'o mut [f32]> {
    let rows = |output: &'o mut Buffer<f32>| {
        let row = output.len() / samples;
        &mut output[range.start * row..range.end * row]
    };
    outputs.iter_mut().map(rows).collect()
}
