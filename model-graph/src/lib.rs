//! The graph of a network as data: what layers are, how shapes follow from one another, how a graph is run and written down.
//!
//! It knows no syntax and no kernel: the macro and the run time both call it, and neither repeats it.

// Sizes are made of what users write: all arithmetic is checked, or saturates. The modules that say otherwise count what lies in memory.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod argument;
mod bounds;
mod code;
mod computed;
#[allow(clippy::arithmetic_side_effects)]
pub mod config;
pub mod constants;
pub mod custom;
pub mod depth;
pub mod described;
pub mod dim;
#[allow(clippy::arithmetic_side_effects)]
mod flat;
pub mod graph;
mod joined;
pub mod keras;
pub mod layer;
pub mod layers;
pub mod mask;
mod masked;
pub mod message;
pub mod named;
#[allow(clippy::arithmetic_side_effects)]
pub mod names;
pub mod operation;
#[allow(clippy::arithmetic_side_effects)]
pub mod order;
pub mod plan;
pub mod problem;
#[allow(clippy::arithmetic_side_effects)]
mod pruned;
pub mod repair;
pub mod shape;
mod shown;
pub mod summary;
#[allow(clippy::arithmetic_side_effects)]
pub mod view;
mod weights;
pub mod window;

pub use flat::DuplicateName;
pub use graph::Graph;
pub use summary::{summary, summary_as};
