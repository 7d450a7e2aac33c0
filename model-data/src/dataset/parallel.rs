//! Items that are made beside those that wait for them. Their order is the same.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use model_core::{Error, Result};

use super::{Dataset, Items};

impl<T: Send + 'static> Dataset<T> {
    /// As [`map`](Self::map), on rayon's threads: for what takes long, such as decoding images. The items keep their order. As many are on their way as there
    /// are threads, and as many again are ready.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let squares = Dataset::range(0..100).par_map(|i| i * i);
    /// assert!(squares.iter().map(Result::unwrap).eq((0..100).map(|i| i * i)));
    /// ```
    #[must_use]
    pub fn par_map<U: Send + 'static>(self, function: impl Fn(T) -> U + Clone + Send + Sync + 'static) -> Dataset<U> {
        self.try_par_map(move |item| Ok::<U, Error>(function(item)))
    }

    /// The same with a function that may fail.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// let numbers = Dataset::from_items(vec!["1", "two"]).try_par_map(|text| text.parse::<i32>());
    /// assert!(numbers.iter().nth(1).unwrap().is_err());
    /// ```
    #[must_use]
    pub fn try_par_map<U, E>(self, function: impl Fn(T) -> Result<U, E> + Clone + Send + Sync + 'static) -> Dataset<U>
    where
        U: Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let len = self.len;
        let function = move |item: Result<T>| function(item?).map_err(super::make::error);
        self.through(len, move |items, _| {
            let most = rayon::current_num_threads().saturating_mul(2);
            Box::new(Mapped { items, function: function.clone(), most, results: VecDeque::with_capacity(most) })
        })
    }

    /// With so many items made ahead, on a thread of their own, while those before are used: the last step of a data set whose items take time to make.
    ///
    /// ```
    /// use model_data::dataset::Dataset;
    ///
    /// assert_eq!(Dataset::range(0..10).batch(4).prefetch(2).iter().count(), 3);
    /// ```
    ///
    /// # Panics
    /// If `items` is 0.
    #[must_use]
    pub fn prefetch(self, items: usize) -> Self {
        assert!(items > 0, "`prefetch` makes at least 1 item ahead: found 0");
        let len = self.len;
        self.through(len, move |source, _| Box::new(Ahead::new(source, items)))
    }
}

/// A result, or a panic that goes on where the result is asked for.
type Made<T> = Result<T, Box<dyn Any + Send>>;

/// Items that are being made on rayon's threads.
struct Mapped<T, F, U> {
    items: Items<T>,
    function: F,
    most: usize,
    /// Where the results come in, in the items' order.
    results: VecDeque<Receiver<Made<Result<U>>>>,
}

impl<T, F, U> Iterator for Mapped<T, F, U>
where
    T: Send + 'static,
    U: Send + 'static,
    F: Fn(Result<T>) -> Result<U> + Clone + Send + 'static,
{
    type Item = Result<U>;

    fn next(&mut self) -> Option<Result<U>> {
        while self.results.len() < self.most
            && let Some(item) = self.items.next()
        {
            let (sender, receiver) = sync_channel(1);
            let function = self.function.clone();
            rayon::spawn(move || {
                // Nobody may be waiting any more.
                let _ = sender.send(catch_unwind(AssertUnwindSafe(|| function(item))));
            });
            self.results.push_back(receiver);
        }
        let made = self.results.pop_front()?.recv();
        Some(made.unwrap_or_else(|lost| Ok(Err(Error::Data(Box::new(lost))))).unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// Items that a thread makes ahead.
struct Ahead<T> {
    /// None once it has ended.
    items: Option<Receiver<Made<Result<T>>>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl<T: Send + 'static> Ahead<T> {
    fn new(source: Items<T>, ahead: usize) -> Self {
        let (sender, receiver) = sync_channel(ahead);
        let thread = thread::Builder::new().name("prefetch".to_owned()).spawn(move || make(source, &sender));
        match thread {
            Ok(thread) => Self { items: Some(receiver), thread: Some(thread) },
            Err(error) => {
                let (sender, receiver) = sync_channel(1);
                let _ = sender.send(Ok(Err(Error::Data(Box::new(error)))));
                Self { items: Some(receiver), thread: None }
            }
        }
    }
}

/// Makes items until nobody takes them any more.
fn make<T>(mut source: Items<T>, sender: &SyncSender<Made<Result<T>>>) {
    loop {
        match catch_unwind(AssertUnwindSafe(|| source.next())) {
            Ok(Some(item)) => {
                if sender.send(Ok(item)).is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(panic) => return drop(sender.send(Err(panic))),
        }
    }
}

impl<T> Iterator for Ahead<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let made = self.items.as_ref()?.recv().ok();
        if made.is_none() {
            self.items = None;
        }
        Some(made?.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

/// The thread ends with the item that it is making.
impl<T> Drop for Ahead<T> {
    fn drop(&mut self) {
        self.items = None;
        let _ = self.thread.take().map(thread::JoinHandle::join);
    }
}
