//! Tables of numbers, with or without a line of names in front.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use functional_model::DataError;
use functional_model::csv::{Csv, Table};
use functional_model::ndarray::{Array1, Array2, ArrayD, IxDyn};

use super::{Array, Wanted};
use crate::answer::{Failure, Result};

/// How many bytes of the first line are looked at.
const FIRST_LINE: u64 = 1 << 24;

/// The rows of a table as samples. Numbers that are all whole are whole numbers, as the numbers of classes are.
pub fn read(path: &Path, port: &Wanted) -> Result<Array> {
    let table = match columns_without_names(path)? {
        Some(columns) => Csv::default().columns(columns).read(path)?,
        None => Csv::default().read(path)?,
    };
    match columns(&table, Table::ints) {
        Ok(numbers) => Ok(Box::new(shaped(numbers, port)?)),
        Err(_) => Ok(Box::new(shaped(columns(&table, Table::floats)?, port)?)),
    }
}

/// Names for the columns, if the first line has numbers already.
fn columns_without_names(path: &Path) -> Result<Option<Vec<String>>> {
    let file = File::open(path).map_err(|error| Failure::of_file(path, error))?;
    let mut line = Vec::new();
    BufReader::new(file.take(FIRST_LINE)).read_until(b'\n', &mut line).map_err(|error| Failure::of_file(path, error))?;
    let line = String::from_utf8_lossy(&line);
    let cells: Vec<&str> = line.trim().split(',').collect();
    let are_numbers = cells.iter().all(|cell| cell.trim().parse::<f32>().is_ok());
    Ok(are_numbers.then(|| (1..=cells.len()).map(|column| format!("column {column}")).collect()))
}

fn columns<A: Copy>(table: &Table, read: impl Fn(&Table, &str) -> Result<Array1<A>, DataError>) -> Result<Array2<A>, DataError> {
    let columns = table.columns().into_iter().map(|column| read(table, column)).collect::<Result<Vec<_>, _>>()?;
    Ok(Array2::from_shape_fn((table.rows(), columns.len()), |(row, column)| columns[column][row]))
}

/// The rows in the shape of the model's samples, where they have as many numbers.
fn shaped<A>(rows: Array2<A>, port: &Wanted) -> Result<ArrayD<A>> {
    let (samples, columns) = rows.dim();
    let sizes: Option<Vec<usize>> = port.shape.iter().copied().collect();
    let sizes = sizes.filter(|sizes| sizes.iter().product::<usize>() == columns).unwrap_or_else(|| vec![columns]);
    let shape: Vec<usize> = std::iter::once(samples).chain(sizes).collect();
    let (numbers, _) = rows.into_raw_vec_and_offset();
    // As many as there are rows times columns.
    ArrayD::from_shape_vec(IxDyn(&shape), numbers).map_err(Failure::from)
}
