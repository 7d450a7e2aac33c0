//! Items in another order.

use model_core::Result;
use model_core::random::Random;

use super::{Dataset, Items, Len, Places};

impl<T: Send + 'static> Dataset<T> {
    /// In a random order, another in each round: of `buffer` items that are held in memory one at random is given, and the next takes its place. An item can
    /// come much later than its place, but no more than `buffer` sooner: it is mixed well if the buffer holds all.
    ///
    /// A buffer of all samples gives the order in which `fit` takes samples in memory for the same seed.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let mixed = Dataset::range(0..100).shuffle(100);
    /// let mut numbers = mixed.iter().collect::<model_core::Result<Vec<_>>>()?;
    /// assert!(!numbers.is_sorted());
    /// numbers.sort_unstable();
    /// assert!(numbers.into_iter().eq(0..100));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Panics
    /// If `buffer` is 0.
    #[must_use]
    pub fn shuffle(mut self, buffer: usize) -> Self {
        assert!(buffer > 0, "`shuffle` needs a buffer of at least 1 item: found 0");
        let (len, usage) = (self.len, self.next_use());
        match (self.places.take(), len) {
            (Some(Places { order, at, gather }), Len::Known(places)) => {
                let order = Dataset::new(len, move |round| order(round)).mixed(usage, buffer).make;
                Self { uses: self.uses, ..Self::in_order(places, Places { order, at, gather }) }
            }
            _ => self.mixed(usage, buffer),
        }
    }

    fn mixed(self, usage: u64, buffer: usize) -> Self {
        let len = self.len;
        self.through(len, move |items, round| {
            Box::new(Shuffled { items, random: round.random(usage), held: Vec::new(), buffer, is_full: false, error: None })
        })
    }
}

/// Items of which some are held.
struct Shuffled<T> {
    items: Items<T>,
    random: Random,
    /// Those that may be next. Where the source has ended they are in order, the last first.
    held: Vec<T>,
    buffer: usize,
    /// Whether as many are held as there is room for, or as there are.
    is_full: bool,
    /// What stands in place of an item, and is told behind those that came before.
    error: Option<model_core::Error>,
}

impl<T> Shuffled<T> {
    /// The next item of the source. Behind an error there is none.
    fn pull(&mut self) -> Option<T> {
        if self.error.is_some() {
            return None;
        }
        match self.items.next()? {
            Ok(item) => Some(item),
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }

    /// Puts what is held into a random order, the last first.
    fn settle(&mut self) {
        self.random.shuffle(&mut self.held);
        self.held.reverse();
        self.buffer = 0;
    }

    fn fill(&mut self) {
        while self.held.len() < self.buffer {
            match self.pull() {
                Some(item) => self.held.push(item),
                None => return self.settle(),
            }
        }
    }
}

impl<T> Iterator for Shuffled<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if !std::mem::replace(&mut self.is_full, true) {
            self.fill();
        }
        if self.buffer > 0 {
            match self.pull() {
                Some(item) => {
                    let place = self.random.below(self.held.len() as u64) as usize;
                    return Some(Ok(std::mem::replace(&mut self.held[place], item)));
                }
                None => self.settle(),
            }
        }
        self.held.pop().map(Ok).or_else(|| self.error.take().map(Err))
    }
}
