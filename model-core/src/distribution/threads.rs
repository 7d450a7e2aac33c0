//! Ranks that are threads of one process: for tests, and for machines with several sockets.

use std::any::Any;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::{Collective, DataParallel, Problem};
use crate::error::Result;

/// A rank that is a thread of this process. One that panics ends the others with an error that names it.
///
/// Kernels share one pool of threads, which works for one rank at a time: the others compute by themselves meanwhile, to the same bits.
pub struct Threads {
    rank: usize,
    shared: Arc<Shared>,
}

/// What all ranks see.
struct Shared {
    /// From each rank to each, by rows.
    slots: Vec<Slot>,
    /// The ranks that have let go of their end.
    gone: Vec<AtomicBool>,
    /// Who was missed first, and why: that is what all are told.
    lost: Mutex<Option<Problem>>,
}

/// Where what one rank gives another waits until that takes it.
#[derive(Default)]
struct Slot {
    given: Mutex<Given>,
    changed: Condvar,
}

#[derive(Default)]
struct Given {
    bytes: Vec<u8>,
    is_full: bool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is behind these locks is whole between two calls.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Threads {
    /// So many ranks, each to be moved to the thread that is it.
    #[must_use]
    pub fn group(ranks: usize) -> Vec<Self> {
        let shared = Arc::new(Shared {
            slots: (0..ranks * ranks).map(|_| Slot::default()).collect(),
            gone: (0..ranks).map(|_| AtomicBool::new(false)).collect(),
            lost: Mutex::new(None),
        });
        (0..ranks).map(|rank| Self { rank, shared: shared.clone() }).collect()
    }

    /// Runs the same on so many ranks, and gives what each comes to, in order.
    ///
    /// # Errors
    /// If one of them fails, which ends it on all: the error of the first rank. A panic is one, [`Problem::Lost`].
    pub fn run<T: Send>(ranks: usize, run: impl Fn(DataParallel) -> Result<T> + Sync) -> Result<Vec<T>> {
        let run = &run;
        thread::scope(|scope| {
            let threads: Vec<_> = Self::group(ranks).into_iter().map(|rank| scope.spawn(move || start(rank, run))).collect();
            let ended = threads.into_iter().enumerate().map(|(rank, thread)| {
                let panicked = |payload: Box<dyn Any + Send>| Err(Problem::Lost { rank, why: panic(&*payload) }.into());
                thread.join().unwrap_or_else(panicked)
            });
            // All have ended before the first error is given.
            ended.collect::<Vec<_>>().into_iter().collect()
        })
    }

    fn slot(&self, from: usize, to: usize) -> Option<&Slot> {
        let ranks = self.size();
        self.shared.slots.get(from * ranks + to).filter(|_| from < ranks && to < ranks)
    }

    /// Waits until a slot is full, or until it is not, unless that will never be: the rank that it waits for is gone.
    fn wait<'s>(&self, slot: &'s Slot, for_full: bool, with: usize) -> Result<MutexGuard<'s, Given>> {
        let mut given = lock(&slot.given);
        while given.is_full != for_full {
            if let Some(lost) = &*lock(&self.shared.lost) {
                return Err(lost.clone().into());
            }
            if self.shared.gone[with].load(Ordering::SeqCst) {
                drop(given);
                return Err(self.shared.lose(with, "it has ended before the others").into());
            }
            given = slot.changed.wait(given).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(given)
    }
}

impl Shared {
    /// Tells all who wait, and who will, that a rank is not there: who was missed first.
    fn lose(&self, rank: usize, why: &str) -> Problem {
        let lost = lock(&self.lost).get_or_insert(Problem::Lost { rank, why: why.to_owned() }).clone();
        self.wake();
        lost
    }

    fn wake(&self) {
        for slot in &self.slots {
            // Whoever has looked and not yet waits does so before this.
            drop(lock(&slot.given));
            slot.changed.notify_all();
        }
    }
}

impl Collective for Threads {
    fn rank(&self) -> usize {
        self.rank
    }

    fn size(&self) -> usize {
        self.shared.gone.len()
    }

    fn exchange(&self, with: usize, give: &[u8], take: &mut [u8]) -> Result<()> {
        let (Some(there), Some(back)) = (self.slot(self.rank, with), self.slot(with, self.rank)) else {
            return Err(Problem::Lost { rank: with, why: format!("there are {} ranks", self.size()) }.into());
        };
        let mut given = self.wait(there, false, with)?;
        given.bytes.clear();
        given.bytes.extend_from_slice(give);
        given.is_full = true;
        drop(given);
        there.changed.notify_all();
        let mut given = self.wait(back, true, with)?;
        if given.bytes.len() != take.len() {
            drop(given);
            return Err(self.shared.lose(with, "it exchanges something else").into());
        }
        take.copy_from_slice(&given.bytes);
        given.is_full = false;
        drop(given);
        back.changed.notify_all();
        Ok(())
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if thread::panicking() {
            self.shared.lose(self.rank, "it panicked");
        }
        self.shared.gone[self.rank].store(true, Ordering::SeqCst);
        self.shared.wake();
    }
}

/// Runs what a rank runs.
fn start<T>(rank: Threads, run: &impl Fn(DataParallel) -> Result<T>) -> Result<T> {
    let ranks = DataParallel::new(rank);
    ranks.share(|| run(ranks.clone()))
}

/// What a thread that panicked has said.
fn panic(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    text.map_or_else(|| "it panicked".to_owned(), |text| format!("it panicked: {text}"))
}
