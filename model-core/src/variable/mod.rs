//! Code of one's own: plain Rust over variables that remember how they came about.
//!
//! Calling is running one layer, operation or model at a time, by the shape rules and the arithmetic that graphs have.

mod call;
mod callable;
mod custom;
pub(crate) mod derive;
mod fault;
mod gradients;
mod inputs;
mod lazy;
pub(crate) mod loss;
mod masked;
mod model;
mod node;
mod operate;
mod operators;
pub mod ops;
mod pool;
mod sequential;
mod symbol;
mod tape;
mod typed;
mod var;
mod walked;

#[doc(hidden)]
pub use callable::call_view;
pub use callable::{Build, Callable};
pub(crate) use callable::{call_any, call_whole, short_name};
pub use fault::{At, Failure, Fault};
pub use gradients::Gradients;
pub use inputs::Inputs;
pub use lazy::Lazy;
pub use operate::{Along, along};
pub use sequential::Sequential;
pub use symbol::Input;
pub use tape::Tape;
pub use typed::{Typed, call_typed};
pub use var::Var;

#[cfg(test)]
mod tests;
