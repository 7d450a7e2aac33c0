//! Items that are made once.

use std::sync::{Arc, Mutex, PoisonError};

use model_core::Result;

use super::{Dataset, Items};

impl<T: Clone + Send + Sync + 'static> Dataset<T> {
    /// Made in the first round, and kept in memory for all others: in front of what shall be another in each, such as [`shuffle`](Self::shuffle). A round that is not gone
    /// through to its end keeps nothing.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// use model_data::dataset::Dataset;
    ///
    /// static MADE: AtomicUsize = AtomicUsize::new(0);
    /// let dataset = Dataset::range(0..5).map(|i| { MADE.fetch_add(1, Ordering::Relaxed); i }).cache().repeat(3);
    /// assert_eq!(dataset.iter().count(), 15);
    /// assert_eq!(MADE.load(Ordering::Relaxed), 5);
    /// ```
    #[must_use]
    pub fn cache(self) -> Self {
        let kept: Kept<T> = Arc::default();
        let Self { make, len, uses, .. } = self;
        let all = move |round| -> Items<T> {
            if let Some(items) = kept.lock().unwrap_or_else(PoisonError::into_inner).clone() {
                return Box::new((0..items.len()).map(move |place| Ok(items[place].clone())));
            }
            Box::new(Keeping { items: make(round), made: Some(Vec::new()), kept: kept.clone() })
        };
        Self { make: Arc::new(all), len, places: None, uses }
    }
}

/// All items of a round, once they have been made.
type Kept<T> = Arc<Mutex<Option<Arc<[T]>>>>;

/// Items that are kept as they pass.
struct Keeping<T> {
    items: Items<T>,
    /// Those so far, unless one was an error.
    made: Option<Vec<T>>,
    kept: Kept<T>,
}

impl<T: Clone> Iterator for Keeping<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let item = self.items.next();
        match &item {
            Some(Ok(item)) => self.made.iter_mut().for_each(|made| made.push(item.clone())),
            Some(Err(_)) => self.made = None,
            None => {
                if let Some(made) = self.made.take() {
                    *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(made.into());
                }
            }
        }
        item
    }
}
