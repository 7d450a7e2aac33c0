//! Running `Form` where a copy is wanted; plans make a view of it.

use model_graph::layers::Form;

use crate::layers::pass::view;

view!(Form);
