//! `functional_model!`: the shell of the procedural macro.
