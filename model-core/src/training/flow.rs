//! The batches of a stream, one after the other and round after round, as training and judging take them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::{Error, Result};
use crate::given::{Batches, Examples, Round, Stream};

/// A stream that is being gone through.
pub(super) struct Flow<'s> {
    stream: &'s dyn Stream,
    /// What errors call it.
    of: &'static str,
    round: Round,
    /// The batches that are left of the round, once one has been asked for.
    batches: Option<Batches<'s>>,
    /// How many batches of the round have been given.
    given: usize,
}

impl<'s> Flow<'s> {
    /// A stream at the start of a round.
    pub(super) fn new(stream: &'s dyn Stream, of: &'static str, round: Round) -> Self {
        Self { stream, of, round, batches: None, given: 0 }
    }

    /// Goes to a batch of a round: the one of this number, from 0.
    pub(super) fn go_to(&mut self, round: Round, batch: usize) -> Result<()> {
        if self.round != round || self.given > 0 {
            *self = Self::new(self.stream, self.of, round);
        }
        (0..batch).try_for_each(|_| self.next().map(drop))
    }

    /// The next batch of the round, if there is one. A round has one at least, and as many as the stream has said.
    pub(super) fn next(&mut self) -> Result<Option<Box<dyn Examples + 's>>> {
        let (stream, round, batches) = (self.stream, self.round, &mut self.batches);
        let batch = guarded(|| batches.get_or_insert_with(|| stream.batches(round)).next()).and_then(Option::transpose);
        let batch = batch.map_err(|error| self.failed(error))?;
        let promised = self.stream.steps();
        let wrong = match &batch {
            None if self.given == 0 => Some("it is empty: expected a batch at least".to_owned()),
            None => promised.filter(|&steps| self.given < steps).map(|steps| format!("it ended: expected {steps} batches")),
            Some(_) => promised.filter(|&steps| self.given >= steps).map(|steps| format!("it goes on: expected {steps} batches")),
        };
        if let Some(wrong) = wrong {
            return Err(self.failed(Error::Data(wrong.into())));
        }
        self.given += usize::from(batch.is_some());
        Ok(batch)
    }

    /// The next batch, of the next round where this one has ended.
    pub(super) fn next_of_any_round(&mut self) -> Result<Option<Box<dyn Examples + 's>>> {
        if let Some(batch) = self.next()? {
            return Ok(Some(batch));
        }
        self.go_to(Round { number: self.round.number + 1, ..self.round }, 0)?;
        self.next()
    }

    /// The place of the batch that was given last.
    pub(super) fn place(&self) -> Place {
        Place { of: self.of, round: self.round.number + 1, batch: self.given }
    }

    /// An error in place of the next batch.
    fn failed(&self, error: Error) -> Error {
        Place { batch: self.given + 1, ..self.place() }.refused(error)
    }
}

/// Where a batch stands.
#[derive(Clone, Copy)]
pub(super) struct Place {
    of: &'static str,
    /// The round and the batch in it, from 1.
    round: u64,
    batch: usize,
}

impl Place {
    /// An error in this batch.
    pub(super) fn refused(self, error: Error) -> Error {
        let Self { of, round, batch } = self;
        Error::Batch { of, round, batch, source: Box::new(error) }
    }
}

/// Runs code of the user's, whose panic is an error like any other: the model must stay whole.
fn guarded<T>(run: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| Error::Data(format!("it panicked: {}", message(&*payload)).into()))
}

/// What a panic says.
fn message(payload: &(dyn Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("without a message")
}
