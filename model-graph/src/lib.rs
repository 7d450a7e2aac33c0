//! The graph of a network as data: what layers are, how shapes follow from one another, how a graph is run and written down.
//!
//! It knows no syntax and no kernel: the macro and the run time both call it, and neither repeats it.

pub mod argument;
pub mod dim;
pub mod layer;
pub mod layers;
pub mod problem;
pub mod shape;
pub mod window;
