//! What can be wrong with a file, and its wording.

/// What is wrong with a file, with what was expected and what was found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// The system could not read or write it.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}
