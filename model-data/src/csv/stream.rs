//! Rows as they are needed, in bounded memory.

use std::iter;
use std::path::Path;

use ::csv::StringRecord;

use super::cell::Cell;
use super::head::Head;
use super::reader::{Csv, Rows};
use crate::DataError;
use crate::dataset::Dataset;

/// A row, whose cells are taken by the names of their columns.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    head: &'a Head,
    record: &'a StringRecord,
    line: u64,
}

impl Row<'_> {
    /// The line that the row begins in, from 1.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// A number.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column, or the cell is empty or no finite number.
    pub fn float(&self, column: &str) -> Result<f32, DataError> {
        self.cell(column, None)
    }

    /// A number, or this one for an empty cell.
    ///
    /// # Errors
    ///
    /// As for [`float`](Self::float), but for an empty cell.
    pub fn float_or(&self, column: &str, default: f32) -> Result<f32, DataError> {
        self.cell(column, Some(default))
    }

    /// Numbers of several columns, in the order that is given.
    ///
    /// # Errors
    ///
    /// As for [`float`](Self::float).
    pub fn floats<S: AsRef<str>>(&self, columns: impl IntoIterator<Item = S>) -> Result<ndarray::Array1<f32>, DataError> {
        columns.into_iter().map(|column| self.float(column.as_ref())).collect()
    }

    /// A whole number.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column, or the cell is empty or no whole number of 32 bits.
    pub fn int(&self, column: &str) -> Result<i32, DataError> {
        self.cell(column, None)
    }

    /// A whole number, or this one for an empty cell.
    ///
    /// # Errors
    ///
    /// As for [`int`](Self::int), but for an empty cell.
    pub fn int_or(&self, column: &str, default: i32) -> Result<i32, DataError> {
        self.cell(column, Some(default))
    }

    /// Yes or no, as [`Table::bools`](super::Table::bools) takes it.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column, or the cell is empty or something else.
    pub fn bool(&self, column: &str) -> Result<bool, DataError> {
        self.cell(column, None)
    }

    /// Yes or no, or this for an empty cell.
    ///
    /// # Errors
    ///
    /// As for [`bool`](Self::bool), but for an empty cell.
    pub fn bool_or(&self, column: &str, default: bool) -> Result<bool, DataError> {
        self.cell(column, Some(default))
    }

    /// A text, without the space around it.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column.
    pub fn string(&self, column: &str) -> Result<String, DataError> {
        self.cell(column, None)
    }

    fn cell<A: Cell>(&self, column: &str, default: Option<A>) -> Result<A, DataError> {
        let place = self.head.place(column)?;
        self.head.parse(&self.record[place], (self.line, place), default.as_ref(), A::WITH_DEFAULT[0])
    }
}

/// A stream of what a function makes of each row of a file, which is read anew each round: for tables that do not fit in memory.
///
/// A row whose function fails is an error in its place. What is broken about the file itself, such as a row of another length, ends the round with an error.
///
/// ```
/// use model_data::csv::csv_dataset;
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("houses.csv");
/// # std::fs::write(&path, "rooms,price,age\n3,250.5,12\n5,400,2\n4,300,7\n").unwrap();
///
/// let houses = csv_dataset(&path, |row| Ok((row.floats(["rooms", "age"])?, row.float("price")?)))?;
/// let batches = houses.shuffle(1000).batch(2);
/// let (x, y) = batches.iter().next().unwrap().unwrap();
/// assert_eq!((x.shape(), y.shape()), (&[2, 2][..], &[2][..]));
/// # Ok::<(), model_data::DataError>(())
/// ```
///
/// # Errors
///
/// [`DataError::Csv`] where the file cannot be opened, or its first line does not name its columns, each another.
///
/// Source: <https://www.tensorflow.org/api_docs/python/tf/data/experimental/make_csv_dataset>.
pub fn csv_dataset<T: Send + 'static>(
    path: impl AsRef<Path>,
    function: impl Fn(&Row<'_>) -> Result<T, DataError> + Clone + Send + Sync + 'static,
) -> Result<Dataset<T>, DataError> {
    Csv::default().dataset(path, function)
}

pub(super) fn dataset<T: Send + 'static>(
    csv: Csv,
    path: &Path,
    function: impl Fn(&Row<'_>) -> Result<T, DataError> + Clone + Send + Sync + 'static,
) -> Result<Dataset<T>, DataError> {
    csv.open(path)?;
    let path = path.to_owned();
    Ok(Dataset::try_from_fn(move |_| {
        let (mut rows, function) = (Some(csv.open(&path)), function.clone());
        iter::from_fn(move || next(&mut rows, &function))
    }))
}

/// What comes of the next row. Behind the last one, or an error of the file, there is none.
fn next<T>(
    rows: &mut Option<Result<Rows, DataError>>,
    function: impl Fn(&Row<'_>) -> Result<T, DataError>,
) -> Option<Result<T, DataError>> {
    let mut open = match rows.take()? {
        Ok(open) => open,
        Err(error) => return Some(Err(error)),
    };
    match open.advance() {
        Ok(true) => {
            let made = function(&Row { head: &open.head, record: &open.record, line: open.line() });
            *rows = Some(Ok(open));
            Some(made)
        }
        Ok(false) => None,
        Err(error) => Some(Err(error)),
    }
}
