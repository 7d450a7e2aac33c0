//! The facade: re-exports and the prelude, nothing else.
