//! What layers make of their weights once for many passes.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::buffer::Buffer;
use crate::float::Float;

/// Weights in the forms that kernels work on, of a model that nothing changes meanwhile: a predictor's, which borrows it.
///
/// They are found by the addresses of the weights, and by their own length, since a weight has several forms where calls differ. So a layer that works out the weights of another one, in memory that is used again,
/// runs that without these.
#[derive(Default)]
pub struct Prepared(Mutex<HashMap<(usize, usize), Form>>);

/// One form, of any element; none where there is no memory for it.
type Form = Option<Arc<dyn Any + Send + Sync>>;

impl Prepared {
    /// The form of a weight that has so many elements, which is made the first time.
    pub(crate) fn of<T: Float>(
        &self,
        weight: &[T],
        len: usize,
        make: impl FnOnce() -> Option<Buffer<T>>,
    ) -> Option<Arc<Buffer<T>>> {
        // Forms are whole between two calls, whatever else has gone wrong.
        let mut forms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let form = forms.entry((weight.as_ptr().addr(), len)).or_insert_with(|| Some(Arc::new(make()?)));
        form.clone()?.downcast().ok()
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}
