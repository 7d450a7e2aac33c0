//! How a file is read.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use ::csv::{ErrorKind, Reader, ReaderBuilder, StringRecord, Trim};
use model_core::file::regular;
use model_core::memory;

use super::head::Head;
use super::table::{Table, TableBuilder};
use super::{CsvProblem, Row};
use crate::DataError;
use crate::dataset::Dataset;

/// Memory is asked for after so many rows.
const ROWS: usize = 1 << 14;

/// Reads a table: names of columns in the first line, a row a line.
///
/// Cells may stand in quotes, `"so, with a comma"`; a quote within is doubled. Lines end as Unix or Windows ends them, empty ones are passed over, and a
/// byte order mark in front is no part of the first name. What cells hold is said where a column is taken: `table.floats("age")?`.
///
/// ```
/// use model_data::csv::read_csv;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("people.csv");
/// # std::fs::write(&path, "name,age\nAda,36\nAlan,old\n").unwrap();
///
/// let error = read_csv(&path)?.floats("age").unwrap_err().to_string();
/// assert!(error.ends_with("people.csv`, line 3, column `age`: expected a number, found `old`"), "{error}");
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError::Csv`] where the file cannot be read, has no row, has rows of other lengths or two columns of one name, is no text, or takes more memory than
/// there is.
pub fn read_csv(path: impl AsRef<Path>) -> Result<Table, DataError> {
    Csv::default().read(path)
}

/// How a table is written down, where it is not as [`read_csv`] takes it.
///
/// ```
/// use model_data::csv::Csv;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("points.csv");
/// # std::fs::write(&path, "1;2\n3;4\n").unwrap();
///
/// let table = Csv::default().separator(';').columns(["x", "y"]).read(&path)?;
/// assert_eq!(table.ints("y")?.to_vec(), [2, 4]);
/// # Ok::<(), model_data::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Csv {
    /// What stands between cells. A comma by default.
    pub separator: char,
    /// The names of the columns, where they do not stand in the first line. That line by default.
    pub columns: Option<Vec<String>>,
}

impl Default for Csv {
    fn default() -> Self {
        Self { separator: ',', columns: None }
    }
}

impl Csv {
    /// What stands between cells.
    #[must_use]
    pub fn separator(self, separator: char) -> Self {
        Self { separator, ..self }
    }

    /// The names of the columns of a file whose first line is a row already.
    #[must_use]
    pub fn columns<S: Into<String>>(self, columns: impl IntoIterator<Item = S>) -> Self {
        Self { columns: Some(columns.into_iter().map(Into::into).collect()), ..self }
    }

    /// Reads a table.
    ///
    /// # Errors
    ///
    /// As for [`read_csv`].
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table, DataError> {
        let mut rows = self.open(path.as_ref())?;
        let mut table = TableBuilder::new(rows.head.clone());
        while rows.advance()? {
            table.push(&rows.record, rows.line());
            if table.rows().is_multiple_of(ROWS) {
                let claimed = memory::claim(table.bytes().saturating_mul(2), || "the table".to_owned()); // its parts double as they grow
                claimed.map_err(|refusal| rows.head.error(refusal.into()))?;
            }
        }
        table.finish()
    }

    /// A stream of what a function makes of each row, read as it is needed; see [`csv_dataset`](super::csv_dataset).
    ///
    /// # Errors
    ///
    /// As for [`csv_dataset`](super::csv_dataset).
    pub fn dataset<T: Send + 'static>(
        &self,
        path: impl AsRef<Path>,
        function: impl Fn(&Row<'_>) -> Result<T, DataError> + Clone + Send + Sync + 'static,
    ) -> Result<Dataset<T>, DataError> {
        super::stream::dataset(self.clone(), path.as_ref(), function)
    }

    pub(super) fn open(&self, path: &Path) -> Result<Rows, DataError> {
        let failed = |problem| DataError::Csv { path: path.to_owned(), problem };
        let separator = u8::try_from(self.separator).ok().filter(|&byte| byte.is_ascii() && !b"\"\r\n\0".contains(&byte));
        let separator = separator.ok_or_else(|| failed(CsvProblem::Separator { found: self.separator }))?;
        let (file, _) = regular::open(path).map_err(|error| failed(error.into()))?;
        let has_headers = self.columns.is_none();
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(has_headers)
            .flexible(true)
            .trim(Trim::Headers)
            .from_reader(BufReader::new(file));
        let columns = match &self.columns {
            Some(columns) => columns.clone(),
            None => reader.headers().map_err(|error| failed(problem(error)))?.iter().map(str::to_owned).collect(),
        };
        if columns.is_empty() {
            return Err(failed(CsvProblem::Empty { found: "an empty file" }));
        }
        let lines = Lines::new(path).map_err(|error| failed(error.into()))?;
        Ok(Rows { head: Head::new(path, columns)?, reader, record: StringRecord::new(), lines, line: 0 })
    }
}

/// The rows of a file, one at a time.
pub(super) struct Rows {
    pub head: Head,
    reader: Reader<BufReader<File>>,
    pub record: StringRecord,
    lines: Lines,
    /// The line that the row begins in, from 1.
    line: u64,
}

impl Rows {
    /// Reads the next row, if there is one.
    pub(super) fn advance(&mut self) -> Result<bool, DataError> {
        let is_there = self.reader.read_record(&mut self.record).map_err(|error| self.head.error(problem(error)))?;
        if is_there && let Some(start) = self.record.position() {
            self.line = self.lines.of(start.byte()).map_err(|error| self.head.error(error.into()))?;
        }
        let (expected, found) = (self.head.columns.len() as u64, self.record.len() as u64);
        if is_there && expected != found {
            return Err(self.head.error(CsvProblem::Cells { line: self.line(), expected, found }));
        }
        Ok(is_there)
    }

    /// The line that the row begins in, from 1.
    pub(super) const fn line(&self) -> u64 {
        self.line
    }
}

/// Counts lines beside the reader, which counts those that are empty in front of a row as the row's, and a carriage return's as none.
struct Lines {
    file: BufReader<File>,
    byte: u64,
    line: u64,
}

impl Lines {
    fn new(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufReader::new(regular::open(path)?.0), byte: 0, line: 1 })
    }

    /// The line of the first byte at or behind a place that is not the end of a line. Places are asked for in order.
    fn of(&mut self, start: u64) -> io::Result<u64> {
        loop {
            let bytes = self.file.fill_buf()?;
            let before = usize::try_from(start.saturating_sub(self.byte)).unwrap_or(usize::MAX).min(bytes.len());
            let ends = bytes[before..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
            let passed = before + ends;
            self.line += bytes[..passed].iter().filter(|&&byte| byte == b'\n').count() as u64;
            let is_there = passed < bytes.len() || bytes.is_empty();
            self.file.consume(passed);
            self.byte += passed as u64;
            if is_there {
                return Ok(self.line);
            }
        }
    }
}

fn problem(error: ::csv::Error) -> CsvProblem {
    let line = error.position().map_or(1, ::csv::Position::line);
    match error.into_kind() {
        ErrorKind::Io(error) => error.into(),
        ErrorKind::Utf8 { .. } => CsvProblem::Text { line },
        ErrorKind::UnequalLengths { expected_len: expected, len: found, .. } => CsvProblem::Cells { line, expected, found },
        kind => io::Error::other(format!("{kind:?}")).into(),
    }
}
