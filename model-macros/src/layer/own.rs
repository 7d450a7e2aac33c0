//! Which names layers of the user's own have: those that `#[layer]` has declared in this crate so far. They go before layers of Keras's that
//! there are not. A macro cannot ask the compiler for a name, and a request for a companion that is not there is an error.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

static NAMES: Mutex<Option<HashSet<String>>> = Mutex::new(None);

/// Notes a layer that is declared.
pub fn declare(name: &str) {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default().insert(name.to_owned());
}

/// Whether a layer of this name has been declared.
pub fn is_declared(name: &str) -> bool {
    NAMES.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|names| names.contains(name))
}
