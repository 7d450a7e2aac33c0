//! Tables of comma-separated values: whole, by column, or row by row in bounded memory.
//!
//! ```
//! use model_data::csv::read_csv;
//! # let folder = tempfile::tempdir().unwrap();
//! # let path = folder.path().join("flowers.csv");
//! # std::fs::write(&path, "length,width,species\n5.1,3.5,setosa\n7.0,3.2,versicolor\n4.9,3.0,setosa\n").unwrap();
//!
//! let table = read_csv(&path)?;
//! assert_eq!(table.columns(), ["length", "width", "species"]);
//! let x = table.array(["length", "width"])?;
//! let (y, species) = table.classes("species")?;
//! assert_eq!((x.shape(), y.to_vec()), (&[3, 2][..], vec![0, 1, 0]));
//! assert_eq!(species, ["setosa", "versicolor"]);
//! # Ok::<(), model_data::DataError>(())
//! ```

mod cell;
mod head;
mod problem;
mod reader;
mod stream;
mod table;

pub use problem::CsvProblem;
pub use reader::{Csv, read_csv};
pub use stream::{Row, csv_dataset};
pub use table::Table;

#[cfg(test)]
mod tests;
