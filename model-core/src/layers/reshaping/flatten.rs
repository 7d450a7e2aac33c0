//! Running `Flatten` where a copy is wanted; plans make a view of it.

use model_graph::layers::Flatten;

use crate::layers::pass::view;

view!(Flatten);
