//! Running a penalty on what passes, which is counted where every layer is entered.

use model_graph::layers::ActivityRegularization;

use crate::layers::pass::view;

view!(ActivityRegularization);
