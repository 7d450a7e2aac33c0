//! What can be wrong with a table, and its wording.

use model_core::memory::TooLarge;

/// What is wrong with a table, by line and column.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvProblem {
    /// The file has no row, or not even names of columns.
    #[error("expected a line with the names of the columns, and rows behind it, found {found}")]
    Empty {
        /// What the file has.
        found: &'static str,
    },
    /// Two columns have one name.
    #[error("expected another name for each column, found `{column}` twice")]
    Twice {
        /// The name.
        column: String,
    },
    /// There is no such column.
    #[error("there is no column `{column}`: expected {}{}", listed(columns), nearest(column, columns))]
    Column {
        /// The name that was asked for.
        column: String,
        /// The names that there are.
        columns: Vec<String>,
    },
    /// A row has more cells, or fewer, than there are columns.
    #[error("line {line}: expected {expected} cells, found {found}")]
    Cells {
        /// The line, from 1.
        line: u64,
        /// How many columns there are.
        expected: u64,
        /// How many cells the row has.
        found: u64,
    },
    /// A cell does not hold what was asked for.
    #[error("line {line}, column `{column}`: expected {expected}, found `{found}`")]
    Cell {
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What was asked for.
        expected: &'static str,
        /// What the cell holds, or its beginning.
        found: String,
    },
    /// A cell is empty.
    #[error("line {line}, column `{column}`: expected {expected}, found an empty cell; give a default, such as {instead}")]
    Missing {
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What was asked for.
        expected: &'static str,
        /// The call with a default.
        instead: String,
    },
    /// A line is no text.
    #[error("line {line}: expected text in UTF-8, found other bytes")]
    Text {
        /// The line, from 1.
        line: u64,
    },
    /// What separates cells is no single byte that can.
    #[error("expected a separator such as `,`, `;` or a tab, found {found:?}")]
    Separator {
        /// What was given.
        found: char,
    },
    /// The system could not read.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The table would take more memory than there is.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

/// The names that there are, if they are not too many to read.
fn listed(columns: &[String]) -> String {
    const MOST: usize = 20;
    let names = columns.iter().take(MOST).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let more = columns.len().saturating_sub(MOST);
    if more == 0 { names } else { format!("{names} or one of {more} more") }
}

fn nearest(column: &str, columns: &[String]) -> String {
    let names: Vec<&str> = columns.iter().map(String::as_str).collect();
    model_graph::message::nearest(column, &names).map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
