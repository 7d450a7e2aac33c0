//! Where the pieces of a batch meet in the middle of their passes: a layer that looks at all of the batch sums up over them there.
//!
//! Each piece of a rank passes on a thread of its own, of which one runs at a time: the next one when a piece has come to a meeting, or to its end. The last to
//! come sums up in the order of the pieces, and exchanges with the other ranks.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{DataParallel, Moment, tree};
use crate::error::{Error, Result};
use crate::few::Few;

/// Where the pieces of this rank meet each other, and those of the other ranks.
pub(crate) struct Meeting<'r> {
    ranks: &'r DataParallel,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    pieces: Vec<Place>,
    /// The piece that runs.
    turn: usize,
    /// How often they have met.
    met: u64,
    /// What all have brought to the last meeting.
    sums: Vec<f64>,
    /// A piece has failed, or the ranks have: there are no meetings any more, and what passes come to is of no use.
    is_off: bool,
    error: Option<Error>,
}

/// Where a piece is.
enum Place {
    /// It has no pass, or that is over.
    Away,
    Passing,
    /// It waits for the others, with what it has brought.
    Waiting(Vec<f64>),
}

/// A piece's seat at the meetings.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Seat<'n> {
    meeting: &'n Meeting<'n>,
    place: usize,
    /// Whether it is of the batch: a rank without samples goes along with one of another's, and brings nothing.
    counts: bool,
}

impl<'r> Meeting<'r> {
    /// That of a rank with so many pieces, of which these have a pass.
    pub(crate) fn new(ranks: &'r DataParallel, pieces: usize, passing: impl Iterator<Item = usize>) -> Self {
        let mut all: Vec<Place> = (0..pieces).map(|_| Place::Away).collect();
        passing.for_each(|place| all[place] = Place::Passing);
        let turn = next(&all).unwrap_or_default();
        let state = State { pieces: all, turn, met: 0, sums: Vec::new(), is_off: false, error: None };
        Self { ranks, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Runs the pass of a piece, when it is its turn. One that fails ends the meetings.
    pub(crate) fn pass<R>(&self, place: usize, counts: bool, run: impl FnOnce(Seat<'_>) -> Result<R>) -> Result<R> {
        let mut leaving = Leaving { meeting: self, place, is_well: false };
        drop(self.wait(|state| state.turn == place));
        let ended = run(Seat { meeting: self, place, counts });
        leaving.is_well = ended.is_ok();
        ended
    }

    /// What went wrong among ranks, when all passes are over.
    ///
    /// # Errors
    /// That.
    pub(crate) fn end(self) -> Result<()> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).error.map_or(Ok(()), Err)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // It is whole between two changes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for something, or for the end of the meetings.
    fn wait(&self, is_so: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        while !state.is_off && !is_so(&state) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    /// Notes where the piece that runs is now, and hands on the turn: to the next that passes, where there is none, when they have met.
    fn hand_on(&self, mut state: MutexGuard<'_, State>, place: usize, now: Place) {
        state.pieces[place] = now;
        if next(&state.pieces).is_none() && state.pieces.iter().any(|piece| matches!(piece, Place::Waiting(_))) && !state.is_off {
            let brought: Vec<_> = state.pieces.iter_mut().map(Place::bring).collect();
            match self.sum(&brought) {
                Ok(sums) => (state.sums, state.met) = (sums, state.met + 1),
                Err(error) => (state.error, state.is_off) = (Some(error), true),
            }
        }
        state.turn = next(&state.pieces).unwrap_or(place);
        drop(state);
        self.changed.notify_all();
    }

    /// The sums over all pieces of all ranks: neighbours first, then neighbours of these.
    fn sum(&self, brought: &[Vec<f64>]) -> Result<Vec<f64>> {
        let len = brought.iter().map(Vec::len).max().unwrap_or_default();
        let of_all = |i: usize| brought.iter().map(|numbers| numbers.get(i).copied().unwrap_or_default()).collect::<Few<_>>();
        let mut sums: Vec<f64> = (0..len).map(|i| tree(&of_all(i))).collect();
        self.ranks.agree(Moment::Within, len as u64, 0)?;
        self.ranks.sum_few(&mut sums)?;
        Ok(sums)
    }
}

/// The first piece that passes.
fn next(pieces: &[Place]) -> Option<usize> {
    pieces.iter().position(|piece| matches!(piece, Place::Passing))
}

impl Place {
    /// What a piece that waits has brought: it goes on. One that is away has nothing.
    fn bring(&mut self) -> Vec<f64> {
        match std::mem::replace(self, Self::Away) {
            Self::Waiting(brought) => {
                *self = Self::Passing;
                brought
            }
            _ => Vec::new(),
        }
    }
}

impl Seat<'_> {
    /// Sums up numbers over all pieces of all ranks, in place; all of them call this, with as many. Where something has gone wrong the numbers stay as they are,
    /// and the pass comes to nothing in the end.
    pub(crate) fn sum(self, numbers: &mut [f64]) {
        let Self { meeting, place, counts } = self;
        let state = meeting.lock();
        if state.is_off {
            return;
        }
        let met = state.met;
        meeting.hand_on(state, place, Place::Waiting(if counts { numbers.to_vec() } else { vec![0.0; numbers.len()] }));
        let state = meeting.wait(|state| state.met > met && state.turn == place);
        if !state.is_off {
            numbers.copy_from_slice(&state.sums);
        }
    }
}

impl fmt::Debug for Seat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seat").field("place", &self.place).finish_non_exhaustive()
    }
}

/// The end of a pass, also where that is a panic.
struct Leaving<'m, 'r> {
    meeting: &'m Meeting<'r>,
    place: usize,
    is_well: bool,
}

impl Drop for Leaving<'_, '_> {
    fn drop(&mut self) {
        let mut state = self.meeting.lock();
        state.is_off |= !self.is_well;
        self.meeting.hand_on(state, self.place, Place::Away);
    }
}
