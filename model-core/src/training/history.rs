//! What training reports, epoch by epoch.

use std::fmt;
use std::ops::Index;

use super::scores::Number;

/// The loss and the metrics of every epoch, by Keras's names: `loss`, `accuracy`, `val_loss`, `val_accuracy`.
///
/// It prints as a table, and [`to_csv`](Self::to_csv) gives it as text for other programs.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The number of the first epoch, from 1.
    first_epoch: u64,
    names: Vec<String>,
    /// The values of each name, epoch by epoch.
    columns: Vec<Vec<f64>>,
}

impl History {
    pub(crate) fn new(first_epoch: u64, names: Vec<String>) -> Self {
        Self { first_epoch, columns: vec![Vec::new(); names.len()], names }
    }

    pub(crate) fn push(&mut self, values: impl Iterator<Item = f64>) {
        self.columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
    }

    /// The values of a name, epoch by epoch.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.names.iter().position(|other| other == name).map(|place| self.columns[place].as_slice())
    }

    /// All names, those of the validation last.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of epochs.
    #[must_use]
    pub fn epochs(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// The numbers of the epochs with their values in the order of the names.
    pub fn rows(&self) -> impl Iterator<Item = (u64, Vec<f64>)> {
        let row = |i: usize| self.columns.iter().map(|column| column[i]).collect();
        (self.first_epoch..).zip((0..self.epochs()).map(row))
    }

    /// The history as comma-separated values: a line of names, and one for each epoch with every digit of the values.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = format!("epoch,{}\n", self.names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(","));
        for (epoch, values) in self.rows() {
            let values: Vec<String> = values.iter().map(f64::to_string).collect();
            text.push_str(&format!("{epoch},{}\n", values.join(",")));
        }
        text
    }
}

/// A name as a field of comma-separated values.
fn quoted(name: &str) -> String {
    if name.contains([',', '"', '\n', '\r']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_owned() }
}

/// The values of a name that is known to be there.
impl Index<&str> for History {
    type Output = [f64];

    fn index(&self, name: &str) -> &[f64] {
        self.get(name).unwrap_or_else(|| panic!("there is no `{name}` in the history: it has {}", self.names.join(", ")))
    }
}

impl fmt::Display for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = |(epoch, values): (u64, Vec<f64>)| {
            std::iter::once(epoch.to_string()).chain(values.into_iter().map(|value| Number(value).to_string())).collect()
        };
        let head = std::iter::once("epoch".to_owned()).chain(self.names.iter().cloned()).collect();
        let rows: Vec<Vec<String>> = std::iter::once(head).chain(self.rows().map(cells)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..=self.names.len()).map(width).collect();
        for (i, row) in rows.iter().enumerate() {
            let line: Vec<String> = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:>width$}")).collect();
            write!(f, "{}{}", if i > 0 { "\n" } else { "" }, line.join("  "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_as_a_table_and_as_csv() {
        let mut history = History::new(3, vec!["loss".to_owned(), "val,loss".to_owned()]);
        history.push([1.25, 0.1 + 0.2].into_iter());
        history.push([12.5, 1e-4].into_iter());
        assert_eq!(history.to_string(), "epoch     loss   val,loss\n    3   1.2500     0.3000\n    4  12.5000  1.0000e-4");
        assert_eq!(history.to_csv(), "epoch,loss,\"val,loss\"\n3,1.25,0.30000000000000004\n4,12.5,0.0001\n");
        assert_eq!(history["loss"], [1.25, 12.5]);
        assert_eq!(history.get("accuracy"), None);
    }
}
