//! Running `Axes` where a copy is wanted; plans make a view of it.

use model_graph::layers::Axes;

use crate::layers::pass::view;

view!(Axes);
