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
    /// The values of each name that were measured, epoch by epoch.
    columns: Vec<Vec<f64>>,
    /// All values, epoch by epoch, in the order of the names.
    rows: Vec<Option<f64>>,
}

impl History {
    /// None yet, with room for so many epochs, if those are not too many.
    pub(crate) fn new(first_epoch: u64, names: Vec<String>, epochs: usize) -> Self {
        let epochs = epochs.min(1 << 12);
        let columns = names.iter().map(|_| Vec::with_capacity(epochs)).collect();
        Self { first_epoch, columns, rows: Vec::with_capacity(epochs * names.len()), names }
    }

    /// Writes down an epoch, of which some values may not have been measured.
    pub(crate) fn push(&mut self, values: impl Iterator<Item = Option<f64>>) {
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.extend(value);
            self.rows.push(value);
        }
    }

    /// The values of a name, epoch by epoch; of what is not measured in every epoch, such as `val_loss` with
    /// [`Fit::validation_freq`](super::Fit::validation_freq), those of the epochs in which it was.
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
        self.rows.len() / self.names.len().max(1)
    }

    /// The numbers of the epochs with their values in the order of the names; none of what was not measured.
    pub fn rows(&self) -> impl Iterator<Item = (u64, &[Option<f64>])> {
        (self.first_epoch..).zip(self.rows.chunks(self.names.len().max(1)))
    }

    /// The history as comma-separated values: a line of names, and one for each epoch with every digit of the values, or nothing for what was
    /// not measured.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut text = format!("epoch,{}\n", self.names.iter().map(|name| quoted(name, ",")).collect::<Vec<_>>().join(","));
        for (epoch, values) in self.rows() {
            let values: Vec<String> =
                values.iter().map(|value| value.map_or_else(String::new, |value| value.to_string())).collect();
            text.push_str(&format!("{epoch},{}\n", values.join(",")));
        }
        text
    }
}

/// A name as a field of values that are separated so.
pub(crate) fn quoted(name: &str, separator: &str) -> String {
    if name.contains(separator) || name.contains(['"', '\n', '\r']) {
        format!("\"{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
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
        let cell = |value: &Option<f64>| value.map_or_else(|| "-".to_owned(), |value| Number(value).to_string());
        let cells =
            |(epoch, values): (u64, &[Option<f64>])| std::iter::once(epoch.to_string()).chain(values.iter().map(cell)).collect();
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
        let mut history = History::new(3, vec!["loss".to_owned(), "val,loss".to_owned()], 0);
        history.push([Some(1.25), Some(0.1 + 0.2)].into_iter());
        history.push([Some(2.5), None].into_iter());
        history.push([Some(12.5), Some(1e-4)].into_iter());
        let table = "epoch     loss   val,loss\n    3   1.2500     0.3000\n    4   2.5000          -\n    5  12.5000  1.0000e-4";
        assert_eq!(history.to_string(), table);
        assert_eq!(history.to_csv(), "epoch,loss,\"val,loss\"\n3,1.25,0.30000000000000004\n4,2.5,\n5,12.5,0.0001\n");
        assert_eq!((&history["loss"], &history["val,loss"]), (&[1.25, 2.5, 12.5][..], &[0.1 + 0.2, 1e-4][..]));
        assert_eq!(history.get("accuracy"), None);
    }
}
