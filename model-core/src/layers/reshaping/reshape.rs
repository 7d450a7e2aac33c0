//! Running `Reshape` where a copy is wanted; plans make a view of it.

use model_graph::layers::Reshape;

use crate::layers::pass::view;

view!(Reshape);
