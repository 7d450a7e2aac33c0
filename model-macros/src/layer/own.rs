//! Which names layers of the user's own have: those that `#[layer]` has declared in this crate so far. They go before layers of Keras's that
//! there are not. A macro cannot ask the compiler for a name, and a request for a companion that is not there is an error.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

type Names = Mutex<Option<HashSet<String>>>;

/// Works with the names.
#[cfg(not(test))]
fn with<T>(work: impl FnOnce(&mut HashSet<String>) -> T) -> T {
    static NAMES: Names = Names::new(None);
    work(NAMES.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
}

/// The same for tests, which declare layers of any names beside each other.
#[cfg(test)]
fn with<T>(work: impl FnOnce(&mut HashSet<String>) -> T) -> T {
    thread_local!(static NAMES: Names = const { Names::new(None) });
    NAMES.with(|names| work(names.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default()))
}

/// Notes a layer that is declared.
pub fn declare(name: &str) {
    with(|names| names.insert(name.to_owned()));
}

/// Whether a layer of this name has been declared.
pub fn is_declared(name: &str) -> bool {
    with(|names| names.contains(name))
}
