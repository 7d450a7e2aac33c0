//! The graph of a network as data: what layers are, how shapes follow from one another, how a graph is run and written down.
//!
//! It knows no syntax and no kernel: the macro and the run time both call it, and neither repeats it.

pub mod argument;
mod bounds;
pub mod config;
pub mod constants;
pub mod custom;
pub mod dim;
mod flat;
pub mod graph;
pub mod keras;
pub mod layer;
pub mod layers;
pub mod message;
pub mod named;
pub mod names;
pub mod order;
pub mod plan;
pub mod problem;
mod pruned;
pub mod repair;
pub mod shape;
pub mod summary;
pub mod view;
mod weights;
pub mod window;

pub use flat::DuplicateName;
pub use graph::Graph;
pub use summary::summary;
