//! Model files.
mod problem;
pub use problem::FileProblem;
