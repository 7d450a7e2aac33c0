//! How a command ends: with an answer, or with what went wrong.

use std::error::Error;
use std::path::Path;

use functional_model::file::FileProblem;

/// What a command has found, as its exit code tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// All is well.
    Yes,
    /// There are differences, or a file is not whole.
    No,
}

/// Why a command has no answer.
#[derive(Debug)]
pub enum Failure {
    /// What went wrong, in words; a line that begins with `help:` says what to do.
    Told(String),
    /// Whoever read the output has gone, as `head` does.
    HungUp,
}

/// What commands give.
pub type Result<T = Answer, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// What is wrong with a file.
    pub fn of_file(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::Told(format!("`{}`: {problem}", path.display()))
    }

    /// The same, of this file.
    pub fn at(self, path: &Path) -> Self {
        match self {
            Self::Told(message) => Self::of_file(path, message),
            Self::HungUp => Self::HungUp,
        }
    }

    /// What the library says is wrong with a file.
    pub fn of_problem(path: &Path, problem: FileProblem) -> Self {
        functional_model::Error::File { path: path.to_owned(), problem }.into()
    }
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Told(error.to_string())
    }
}
