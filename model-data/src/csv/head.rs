//! What a whole file has: its path and the names of its columns.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::CsvProblem;
use super::cell::Cell;
use crate::DataError;

/// The most of a cell that an error shows.
const SHOWN: usize = 40;

#[derive(Clone, Debug)]
pub(super) struct Head {
    pub path: PathBuf,
    pub columns: Vec<String>,
}

impl Head {
    pub(super) fn new(path: &Path, columns: Vec<String>) -> Result<Self, DataError> {
        let mut seen = HashSet::new();
        let head = Self { path: path.to_owned(), columns };
        match head.columns.iter().find(|name| !seen.insert(name.as_str())) {
            Some(column) => Err(head.error(CsvProblem::Twice { column: column.clone() })),
            None => Ok(head),
        }
    }

    pub(super) fn error(&self, problem: CsvProblem) -> DataError {
        DataError::Csv { path: self.path.clone(), problem }
    }

    /// The place of a column.
    pub(super) fn place(&self, column: &str) -> Result<usize, DataError> {
        self.columns
            .iter()
            .position(|name| name == column)
            .ok_or_else(|| self.error(CsvProblem::Column { column: column.to_owned(), columns: self.columns.clone() }))
    }

    /// What a cell holds, or the default of an empty one, which could be given to `with_default`.
    pub(super) fn parse<A: Cell>(
        &self,
        text: &str,
        (line, place): (u64, usize),
        default: Option<&A>,
        with_default: &str,
    ) -> Result<A, DataError> {
        let column = self.columns[place].clone();
        let text = text.trim();
        if text.is_empty() && A::CAN_BE_MISSING {
            let instead = || format!("`{with_default}(\"{column}\", {})`", A::DEFAULT);
            let missing = || CsvProblem::Missing { line, column: column.clone(), expected: A::EXPECTED, instead: instead() };
            return default.cloned().ok_or_else(|| self.error(missing()));
        }
        let found = || text.chars().take(SHOWN).collect();
        A::parse(text).ok_or_else(|| self.error(CsvProblem::Cell { line, column, expected: A::EXPECTED, found: found() }))
    }
}
