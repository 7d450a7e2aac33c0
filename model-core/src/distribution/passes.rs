//! The passes of the pieces of a batch, one a thread where their layers meet.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;

use crate::error::Result;
use crate::few::Few;
use crate::float::Float;
use crate::network::Network;

/// What the pass of a piece works with.
#[doc(hidden)]
pub struct Piece<'p, N: Network<T> + ?Sized, T: Float = f32> {
    /// Its number.
    pub(crate) number: usize,
    /// Its samples.
    pub(crate) range: Range<usize>,
    pub(crate) tape: &'p mut N::Tape,
    /// Where its gradients go, where they are not those of the piece before.
    pub(crate) gradients: Option<&'p mut N::Gradients>,
    /// What it gives of each output, or the gradients of that.
    pub(crate) rows: Few<&'p mut [T]>,
    /// The penalties on what its layers gave.
    pub(crate) penalties: f64,
}

/// What is run for a piece.
#[doc(hidden)]
pub type RunPiece<'r, N, T> = &'r (dyn Fn(&N, &mut Piece<'_, N, T>) -> Result<()> + Sync);

/// Runs pieces, each on a thread of its own.
///
/// # Errors
/// The first of theirs.
#[doc(hidden)]
pub fn in_threads<N, T: Float>(model: &N, pieces: &mut [Piece<'_, N, T>], run: RunPiece<'_, N, T>) -> Result<()>
where
    N: Network<T, Tape: Send, Gradients: Send> + Sync,
{
    let ended = thread::scope(|scope| {
        let threads: Vec<_> = pieces.iter_mut().map(|piece| scope.spawn(move || run(model, piece))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|payload| resume_unwind(payload))).collect::<Vec<_>>()
    });
    ended.into_iter().collect()
}
