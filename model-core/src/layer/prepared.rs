//! What layers make of their weights once for many passes.

use std::any::Any;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::float::Float;
use crate::kernels::matmul::{Narrow, WeightPrecision};
use crate::memory;

/// Weights in the forms that kernels work on, of a model that nothing changes meanwhile: a predictor's, which borrows it.
///
/// They are found by the addresses of the weights, and by their own length, since a weight has several forms where calls differ. So a layer that works out
/// the weights of another one, in memory that is used again, runs that without these.
#[derive(Default)]
pub struct Prepared {
    forms: Mutex<HashMap<(usize, usize), Form>>,
    /// How kernels of dense layers are kept, if not as they are.
    precision: Option<WeightPrecision>,
}

/// One form, of any type; none where there is no memory for it.
type Form = Option<Arc<dyn Any + Send + Sync>>;

impl Prepared {
    /// Nothing yet; kernels of dense layers will be kept so.
    pub(crate) fn narrow(precision: WeightPrecision) -> Self {
        Self { precision: Some(precision), ..Self::default() }
    }

    /// The form of a weight that takes so many bytes and has so many elements, which is made the first time, if there is memory for it.
    pub(crate) fn of<T, F: Any + Send + Sync>(
        &self,
        weight: &[T],
        (len, bytes): (usize, u64),
        make: impl FnOnce() -> Option<F>,
    ) -> Option<Arc<F>> {
        // Forms are whole between two calls, whatever else has gone wrong.
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        let form = forms.entry((weight.as_ptr().addr(), len)).or_insert_with(|| {
            memory::claim(bytes, String::new).ok()?;
            Some(Arc::new(make()?))
        });
        form.clone()?.downcast().ok()
    }

    /// A kernel `[features, units]` in fewer bits, where that is asked for.
    pub(crate) fn narrow_of<T: Float>(&self, kernel: &[T], sizes: [usize; 2]) -> Option<Arc<Narrow>> {
        let precision = self.precision?;
        self.of(kernel, (kernel.len(), Narrow::bytes(precision, sizes)), || Narrow::new(precision, kernel, sizes))
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").finish_non_exhaustive()
    }
}
