//! What ranks do together, made of exchanges: agreeing, gathering, and sums in one order.

use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::PoisonError;
use std::sync::mpsc::{self, Sender};
use std::thread;

use super::{DataParallel, Problem};
use crate::buffer::{bytes, bytes_mut};
use crate::error::{Error, Result};
use crate::initialize::mix;

/// Where ranks are when they agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Moment {
    Meeting,
    Forward,
    Backward,
    Within,
    Bucket,
    StepEnd,
    Judging,
    Predicting,
    End,
    /// This rank cannot go on.
    Failure,
}

impl Moment {
    const ALL: [(Self, &str); 10] = [
        (Self::Meeting, "the start of training"),
        (Self::Forward, "a step"),
        (Self::Backward, "the gradients of a step"),
        (Self::Within, "a layer that looks at all of a batch"),
        (Self::Bucket, "a sum of gradients"),
        (Self::StepEnd, "the end of a step"),
        (Self::Judging, "a batch that is judged"),
        (Self::Predicting, "a prediction"),
        (Self::End, "the end of a call"),
        (Self::Failure, "an error"),
    ];
}

/// What ranks tell each other when they agree: where they are, answers to questions of yes and no, a number that must be the same on all, and how long the
/// text is that goes with it.
#[derive(Clone, Copy)]
struct Word {
    moment: u8,
    flags: u8,
    value: u64,
    text: u32,
}

/// How many bytes a word takes.
const WORD: usize = 16;

impl Word {
    fn write(self) -> [u8; WORD] {
        let mut all = [0; WORD];
        (all[0], all[1]) = (self.moment, self.flags);
        all[4..8].copy_from_slice(&self.text.to_le_bytes());
        all[8..].copy_from_slice(&self.value.to_le_bytes());
        all
    }

    fn read(all: &[u8]) -> Self {
        let part = |at: Range<usize>| all[at].iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
        Self { moment: all[0], flags: all[1], text: part(4..8) as u32, value: part(8..WORD) }
    }

    /// Where the rank is, in words.
    fn place(self) -> String {
        Moment::ALL.get(usize::from(self.moment)).map_or("an unknown place", |(_, name)| name).to_owned()
    }
}

/// Runs what ranks do together, if there are several. An error of one ends it on all: whoever has one tells the others, which wait for it where they
/// agree next, at the end of the call at the latest.
pub(crate) fn together<T>(ranks: Option<&DataParallel>, run: impl FnOnce() -> Result<T>) -> Result<T> {
    let Some(ranks) = ranks else { return run() };
    ranks.check()?;
    ranks.share(run)
}

impl DataParallel {
    /// The same, of what may be anything.
    pub(super) fn share<T>(&self, run: impl FnOnce() -> Result<T>) -> Result<T> {
        self.check_ranks()?;
        let told = || self.told.lock().unwrap_or_else(PoisonError::into_inner);
        *told() = None;
        match run() {
            Ok(given) => self.agree(Moment::End, 0, 0).map(|_| given),
            Err(Error::Distribution(problem)) if problem.is_known_to_all() => Err(problem.into()),
            Err(error) => {
                let text = error.to_string();
                // What is run may have been shared itself. This rank's own error says more than what the others come to.
                if told().as_ref() != Some(&text) {
                    let _ = self.words(Moment::Failure, 0, 0, &text);
                    *told() = Some(text);
                }
                Err(error)
            }
        }
    }

    /// Waits for all ranks to come to the same place with the same value, and gives the flags that any of them has set.
    pub(crate) fn agree(&self, moment: Moment, value: u64, flags: u8) -> Result<u8> {
        let words = self.words(moment, value, flags, "")?;
        Ok(words.into_iter().fold(0, |flags, (word, _)| flags | word.flags))
    }

    /// Checks that all ranks have the same under the same names.
    pub(crate) fn meet(&self, own: &[(String, String)]) -> Result<()> {
        let text = serde_json::to_string(own).unwrap_or_default();
        let all = self.words(Moment::Meeting, 0, 0, &text)?;
        let read = |text: &str| serde_json::from_str::<Vec<(String, String)>>(text).unwrap_or_default();
        let first = read(&all[0].1);
        let Some(rank) = all.iter().position(|(_, text)| *text != all[0].1) else { return Ok(()) };
        let other = read(&all[rank].1);
        let found = |name: &str| other.iter().find(|(own, _)| own == name).map_or("none", |(_, found)| found).to_owned();
        let differs = first.iter().find(|(name, expected)| found(name) != *expected);
        let (what, expected) = differs.cloned().unwrap_or_else(|| ("version".to_owned(), "the same".to_owned()));
        Err(Problem::Differs { rank, found: found(&what), what, expected }.into())
    }

    /// The words of all ranks, each with its text. Where one has failed or is somewhere else, that is the error on all.
    fn words(&self, moment: Moment, value: u64, flags: u8, text: &str) -> Result<Vec<(Word, String)>> {
        let own = Word { moment: moment as u8, flags, value, text: u32::try_from(text.len()).unwrap_or(0) };
        let (rank, size) = (self.rank(), self.size());
        let mut all = vec![0; WORD * size];
        all[WORD * rank..][..WORD].copy_from_slice(&own.write());
        self.gather(&mut all, &|rank| WORD * rank)?;
        let words: Vec<Word> = all.chunks_exact(WORD).map(Word::read).collect();
        let texts = self.texts(&words, text)?;
        if let Some(failed) = words.iter().position(|word| word.moment == Moment::Failure as u8) {
            return Err(Problem::Failed { rank: failed, message: texts[failed].clone() }.into());
        }
        if let Some(rank) = words.iter().position(|word| word.moment != words[0].moment) {
            let [expected, found] = [0, rank].map(|rank| words[rank].place());
            return Err(Problem::Apart { rank, expected, found }.into());
        }
        if let Some(rank) = words.iter().position(|word| word.value != words[0].value) {
            let [expected, found] = [0, rank].map(|rank| format!("{:x}", words[rank].value));
            return Err(Problem::Differs { rank, what: format!("number at {}", words[0].place()), expected, found }.into());
        }
        Ok(words.into_iter().zip(texts).collect())
    }

    /// The texts that go with words.
    fn texts(&self, words: &[Word], own: &str) -> Result<Vec<String>> {
        let ends: Vec<usize> =
            words.iter().scan(0, |end, word| Some(std::mem::replace(end, *end + word.text as usize))).collect();
        let total = words.iter().map(|word| word.text as usize).sum();
        let start = |rank: usize| ends.get(rank).copied().unwrap_or(total);
        let mut all = vec![0; total];
        if total > 0 {
            all[start(self.rank())..start(self.rank() + 1)].copy_from_slice(&own.as_bytes()[..words[self.rank()].text as usize]);
            self.gather(&mut all, &start)?;
        }
        Ok((0..words.len()).map(|rank| String::from_utf8_lossy(&all[start(rank)..start(rank + 1)]).into_owned()).collect())
    }

    /// Fills in what the other ranks have of bytes: a rank's lie from its start up to that of the next.
    pub(crate) fn gather(&self, all: &mut [u8], start: &dyn Fn(usize) -> usize) -> Result<()> {
        for level in 0..self.levels() {
            // What is known doubles: the ranks of a block know all of it.
            let width = 1 << level;
            let own = self.rank() & !(width - 1);
            let [own, other] = [own, own ^ width].map(|first| start(first)..start(first + width));
            let (give, take) = apart(all, own, other);
            self.collective.exchange(self.rank() ^ width, give, take)?;
        }
        Ok(())
    }

    /// Fills in what the other ranks have worked out for their part of so many samples.
    pub(crate) fn gather_rows(&self, all: &mut [f32], samples: usize) -> Result<()> {
        let (cut, row) = (self.cut(samples), size_of::<f32>() * (all.len() / samples));
        self.gather(bytes_mut(all), &|rank| row * cut.first(rank))
    }

    /// Sums up numbers over all ranks, in place, neighbours first, then neighbours of these: the same bits on all. All ranks call it at the same place
    /// with as many numbers; for what a callback counts, say.
    ///
    /// ```
    /// use functional_model::distribution::Threads;
    ///
    /// let sums = Threads::run(4, |ranks| {
    ///     let mut counts = [ranks.rank() as f32, 1.0];
    ///     ranks.sum(&mut counts)?;
    ///     Ok(counts)
    /// })?;
    /// assert_eq!(sums, [[6.0, 4.0]; 4]);
    /// # Ok::<(), functional_model::Error>(())
    /// ```
    ///
    /// # Errors
    /// If another rank is not there any more.
    pub fn sum(&self, numbers: &mut [f32]) -> Result<()> {
        self.sum_in(numbers, &mut Vec::new())
    }

    /// The same, in room that is used again.
    ///
    /// On the way up a rank halves with each other rank what it sums; on the way down the halves become whole again.
    pub(crate) fn sum_in(&self, numbers: &mut [f32], room: &mut Vec<f32>) -> Result<()> {
        if self.levels() == 0 {
            return Ok(());
        }
        room.resize(numbers.len().min(self.bucket).div_ceil(2), 0.0);
        numbers.chunks_mut(self.bucket).try_for_each(|bucket| self.sum_bucket(bucket, room))
    }

    /// The same of all numbers that `work` sends, in their order, by a thread beside it. All ranks send as many, of the same lengths.
    ///
    /// # Errors
    /// If `work` fails, or another rank has failed or is not there any more.
    pub(crate) fn sum_beside<'s, E: From<Error>>(
        &self,
        room: &mut Vec<f32>,
        work: impl FnOnce(Sender<&'s mut [f32]>) -> Result<(), E>,
    ) -> Result<(), E> {
        thread::scope(|scope| {
            let (sender, buckets) = mpsc::channel::<&mut [f32]>();
            let beside = scope.spawn(move || {
                // A rank that fails meanwhile says so where the others agree on their next bucket.
                (0..).zip(buckets).try_for_each(|(number, bucket)| {
                    self.agree(Moment::Bucket, number, 0)?;
                    self.sum_in(bucket, room)
                })
            });
            let done = work(sender);
            let summed = beside.join().unwrap_or_else(|payload| resume_unwind(payload));
            done.and(summed.map_err(E::from))
        })
    }

    fn sum_bucket(&self, numbers: &mut [f32], room: &mut [f32]) -> Result<()> {
        let (mut own, mut wholes) = (0..numbers.len(), Vec::new());
        for level in 0..self.levels() {
            let middle = own.start.midpoint(own.end);
            let (lower, upper) = (own.start..middle, middle..own.end);
            wholes.push(own);
            let is_lower = self.rank() >> level & 1 == 0;
            let (keep, give) = if is_lower { (lower, upper) } else { (upper, lower) };
            let room = &mut room[..keep.len()];
            self.collective.exchange(self.rank() ^ 1 << level, bytes(&numbers[give]), bytes_mut(room))?;
            // Kernels' threads may be at work on the rest of backward meanwhile.
            numbers[keep.clone()].iter_mut().zip(&*room).for_each(|(sum, other)| *sum += other);
            own = keep;
        }
        for level in (0..self.levels()).rev() {
            let Some(whole) = wholes.pop() else { break };
            let other = if own.start == whole.start { own.end..whole.end } else { whole.start..own.start };
            let (give, take) = apart(numbers, own, other);
            self.collective.exchange(self.rank() ^ 1 << level, bytes(give), bytes_mut(take))?;
            own = whole;
        }
        Ok(())
    }

    /// The same of numbers so few that the way takes longer than they do: all of them go each time.
    pub(crate) fn sum_few(&self, numbers: &mut [f64]) -> Result<()> {
        let mut taken = vec![0.0; numbers.len()];
        for level in 0..self.levels() {
            self.collective.exchange(self.rank() ^ 1 << level, bytes(numbers), bytes_mut(&mut taken))?;
            numbers.iter_mut().zip(&taken).for_each(|(sum, other)| *sum += other);
        }
        Ok(())
    }

    /// How often the number of ranks can be halved.
    fn levels(&self) -> u32 {
        self.size().trailing_zeros()
    }
}

/// A number that other bits have hardly, as those of other data or other weights.
pub(crate) fn checksum(start: u64, bits: impl Iterator<Item = u32>) -> u64 {
    bits.fold(mix(start, 0), |sum, bits| (sum ^ u64::from(bits)).wrapping_mul(0x0100_0000_01b3).rotate_left(23))
}

/// Two ranges that do not overlap: the one to be read, the other to be written.
fn apart<T>(all: &mut [T], read: Range<usize>, write: Range<usize>) -> (&[T], &mut [T]) {
    if read.start <= write.start && read.end <= write.start {
        let (lower, upper) = all.split_at_mut(write.start);
        (&lower[read], &mut upper[..write.len()])
    } else {
        let (lower, upper) = all.split_at_mut(read.start);
        (&upper[..read.len()], &mut lower[write])
    }
}
