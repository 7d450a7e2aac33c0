//! What training reports, epoch by epoch.

use std::fmt;
use std::ops::Index;
use std::path::Path;

use super::scores::Number;
use crate::error::Result;
use crate::plot::{self, curves};

/// The loss and the metrics of every epoch, by Keras's names: `loss`, `accuracy`, `val_loss`, `val_accuracy`.
///
/// It prints as a table, [`plot`](Self::plot) draws it, and [`to_csv`](Self::to_csv) gives it as text for other programs.
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

    /// Draws the history to a file, an `.svg` or a `.png`: a panel for the loss and one for each metric, with the values of training as a line and
    /// those of validation as a dashed one.
    ///
    /// A line goes on past epochs in which its value was not measured, and breaks off where one is not finite. The same history gives the same
    /// bytes.
    ///
    /// ```
    /// use model_core::losses::MeanSquaredError;
    /// use model_core::optimizers::Adam;
    /// use model_core::training::{Fit, Train, Verbose};
    /// use ndarray::Array1;
    ///
    /// # let graph = model_graph::config::from_json(r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
    /// #     {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 1]}},
    /// #     {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#).unwrap();
    /// # let mut model = model_core::interpret::Model::new(graph, 42).unwrap();
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("curves.svg");
    /// let x = Array1::linspace(-1.0, 1.0, 100);
    /// let mut trainer = model.compile(Adam::new(0.1), MeanSquaredError::new());
    /// let history = trainer.fit((&x, &x), Fit::epochs(20).validation_split(0.2).verbose(Verbose::Silent))?;
    /// history.plot(&path)?; // "curves.svg"
    /// # assert!(std::fs::read_to_string(&path).unwrap().contains(">validation</text>"));
    /// # Ok::<(), model_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// If the name ends otherwise, or the file cannot be written.
    pub fn plot(&self, path: impl AsRef<Path>) -> Result<()> {
        Ok(plot::save(&curves::picture(self.first_epoch, &self.panels()), path.as_ref())?)
    }

    /// What [`plot`](Self::plot) draws, as the text of an SVG file.
    #[must_use]
    pub fn to_svg(&self) -> String {
        plot::svg_of(&curves::picture(self.first_epoch, &self.panels()))
    }

    /// A panel for each name, with what validation has of it, that of the loss first.
    fn panels(&self) -> Vec<curves::Panel<'_>> {
        let mut names: Vec<&str> = Vec::new();
        for name in &self.names {
            let name = name.strip_prefix("val_").unwrap_or(name);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names.sort_by_key(|&name| name != "loss");
        let values = |name: &str| {
            let place = self.names.iter().position(|other| other == name)?;
            Some(self.rows().map(|(_, values)| values[place]).collect())
        };
        let panel = |name| curves::Panel { name, training: values(name), validation: values(&format!("val_{name}")) };
        names.into_iter().map(panel).collect()
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

    #[test]
    fn the_loss_is_drawn_first_and_validation_beside_training() {
        let names = ["accuracy", "loss", "rate", "val_accuracy", "val_f1"].map(str::to_owned).to_vec();
        let mut history = History::new(3, names, 0);
        history.push([Some(0.5), Some(1.0), None, Some(0.25), Some(2.0)].into_iter());
        let panels = history.panels();
        assert_eq!(panels.iter().map(|panel| panel.name).collect::<Vec<_>>(), ["loss", "accuracy", "rate", "f1"]);
        assert_eq!((&panels[1].training, &panels[1].validation), (&Some(vec![Some(0.5)]), &Some(vec![Some(0.25)])));
        assert_eq!((&panels[2].training, &panels[2].validation), (&Some(vec![None]), &None));
        assert_eq!((&panels[3].training, &panels[3].validation), (&None, &Some(vec![Some(2.0)])));
    }
}
