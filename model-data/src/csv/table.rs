//! A table in memory, taken by column.

use ::csv::StringRecord;
use ndarray::{Array1, Array2};

use super::CsvProblem;
use super::cell::Cell;
use super::head::Head;
use crate::DataError;

/// A table that [`read_csv`](super::read_csv) has read, whose columns are taken by name.
#[derive(Clone, Debug)]
pub struct Table {
    head: Head,
    /// All cells, one behind the other.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// The line that each row begins in.
    lines: Vec<u64>,
}

impl Table {
    /// The names of the columns, in the file's order.
    #[must_use]
    pub fn columns(&self) -> Vec<&str> {
        self.head.columns.iter().map(String::as_str).collect()
    }

    /// How many rows there are, without the names of the columns.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// A column of numbers, `[rows]`.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column, or a cell is empty or no finite number.
    pub fn floats(&self, column: &str) -> Result<Array1<f32>, DataError> {
        Ok(self.column(column, None)?.into())
    }

    /// The same, with a number for empty cells.
    ///
    /// ```
    /// use model_data::csv::read_csv;
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("people.csv");
    /// # std::fs::write(&path, "name,age\nAda,36\nAlan,\n").unwrap();
    ///
    /// assert_eq!(read_csv(&path)?.floats_or("age", -1.0)?.to_vec(), [36.0, -1.0]);
    /// # Ok::<(), model_data::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`floats`](Self::floats), but for empty cells.
    pub fn floats_or(&self, column: &str, default: f32) -> Result<Array1<f32>, DataError> {
        Ok(self.column(column, Some(default))?.into())
    }

    /// A column of whole numbers, `[rows]`.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column, or a cell is empty or no whole number of 32 bits.
    pub fn ints(&self, column: &str) -> Result<Array1<i32>, DataError> {
        Ok(self.column(column, None)?.into())
    }

    /// The same, with a number for empty cells.
    ///
    /// # Errors
    ///
    /// As for [`ints`](Self::ints), but for empty cells.
    pub fn ints_or(&self, column: &str, default: i32) -> Result<Array1<i32>, DataError> {
        Ok(self.column(column, Some(default))?.into())
    }

    /// A column of yes and no, `[rows]`: `true` and `false`, in small letters or large, or `1` and `0`.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column, or a cell is empty or something else.
    pub fn bools(&self, column: &str) -> Result<Array1<bool>, DataError> {
        Ok(self.column(column, None)?.into())
    }

    /// The same, with what empty cells stand for.
    ///
    /// # Errors
    ///
    /// As for [`bools`](Self::bools), but for empty cells.
    pub fn bools_or(&self, column: &str, default: bool) -> Result<Array1<bool>, DataError> {
        Ok(self.column(column, Some(default))?.into())
    }

    /// A column of texts. Space around them is left out; an empty cell is an empty text.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column.
    pub fn strings(&self, column: &str) -> Result<Vec<String>, DataError> {
        self.column(column, None)
    }

    /// A column of names of classes, as their numbers, `[rows]`, and the names in the alphabet's order, which the numbers are places in.
    ///
    /// # Errors
    ///
    /// [`DataError::Csv`] where there is no such column.
    pub fn classes(&self, column: &str) -> Result<(Array1<i32>, Vec<String>), DataError> {
        let texts = self.strings(column)?;
        let mut names = texts.clone();
        names.sort_unstable();
        names.dedup();
        let number = |text| names.binary_search(text).map_or(0, |place| place as i32); // each is among them
        Ok((texts.iter().map(number).collect(), names))
    }

    /// Columns of numbers side by side, `[rows, columns]`, in the order that is given.
    ///
    /// # Errors
    ///
    /// As for [`floats`](Self::floats).
    pub fn array<S: AsRef<str>>(&self, columns: impl IntoIterator<Item = S>) -> Result<Array2<f32>, DataError> {
        let columns = columns.into_iter().map(|column| self.floats(column.as_ref())).collect::<Result<Vec<_>, _>>()?;
        Ok(Array2::from_shape_fn((self.rows(), columns.len()), |(row, column)| columns[column][row]))
    }

    /// All columns but one side by side, `[rows, columns - 1]`, and that one, `[rows]`: what to learn from, and what to learn.
    ///
    /// ```
    /// use model_data::csv::read_csv;
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("houses.csv");
    /// # std::fs::write(&path, "rooms,price,age\n3,250.5,12\n5,400,2\n").unwrap();
    ///
    /// let (x, y) = read_csv(&path)?.split("price")?;
    /// assert_eq!((x, y.to_vec()), (ndarray::array![[3.0, 12.0], [5.0, 2.0]], vec![250.5, 400.0]));
    /// # Ok::<(), model_data::DataError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`floats`](Self::floats).
    pub fn split(&self, label: &str) -> Result<(Array2<f32>, Array1<f32>), DataError> {
        let labels = self.floats(label)?;
        Ok((self.array(self.head.columns.iter().filter(|column| *column != label))?, labels))
    }

    fn column<A: Cell>(&self, column: &str, default: Option<A>) -> Result<Vec<A>, DataError> {
        let place = self.head.place(column)?;
        let cell = |(row, &line)| self.head.parse(self.cell(row, place), (line, place), default.as_ref(), A::WITH_DEFAULT[1]);
        self.lines.iter().enumerate().map(cell).collect()
    }

    fn cell(&self, row: usize, place: usize) -> &str {
        let cell = row * self.head.columns.len() + place;
        let start = if cell == 0 { 0 } else { self.ends[cell - 1] };
        &self.text[start..self.ends[cell]]
    }
}

/// A table that rows are added to.
pub(super) struct TableBuilder(Table);

impl TableBuilder {
    pub(super) fn new(head: Head) -> Self {
        Self(Table { head, text: String::new(), ends: Vec::new(), lines: Vec::new() })
    }

    pub(super) fn push(&mut self, record: &StringRecord, line: u64) {
        for cell in record {
            self.0.text.push_str(cell);
            self.0.ends.push(self.0.text.len());
        }
        self.0.lines.push(line);
    }

    pub(super) fn rows(&self) -> usize {
        self.0.lines.len()
    }

    pub(super) fn bytes(&self) -> u64 {
        (self.0.text.capacity() + size_of::<usize>() * (self.0.ends.capacity() + self.0.lines.capacity())) as u64
    }

    pub(super) fn finish(self) -> Result<Table, DataError> {
        if self.0.lines.is_empty() {
            return Err(self.0.head.error(CsvProblem::Empty { found: "no row" }));
        }
        Ok(self.0)
    }
}
