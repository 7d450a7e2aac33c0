//! The logs of every epoch as a file of comma-separated values.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Callback, Logs, Outcome, Training};
use crate::training::quoted;

/// Writes a line an epoch: its number from 0, and every value of the logs with all of its digits. What was not measured in an epoch is `NA`.
///
/// ```
/// use model_core::callbacks::CSVLogger;
///
/// let logger = CSVLogger::new("training.csv").append(true);
/// # let _ = logger;
/// ```
///
/// Source: <https://keras.io/api/callbacks/csv_logger/>.
#[derive(Debug)]
pub struct CSVLogger {
    filename: PathBuf,
    separator: String,
    append: bool,
    file: Option<File>,
    has_header: bool,
}

impl CSVLogger {
    /// Writes this file; what was there before goes when training begins.
    #[must_use]
    pub fn new(filename: impl AsRef<Path>) -> Self {
        let filename = filename.as_ref().to_owned();
        Self { filename, separator: ",".to_owned(), append: false, file: None, has_header: false }
    }

    /// What stands between values; a comma by default.
    #[must_use]
    pub fn separator(mut self, separator: impl Into<String>) -> Self {
        self.separator = separator.into();
        self
    }

    /// Whether it goes on behind what the file has. False by default.
    #[must_use]
    pub const fn append(mut self, append: bool) -> Self {
        self.append = append;
        self
    }

    fn line(&mut self, cells: impl Iterator<Item = String>) -> io::Result<()> {
        let line = cells.collect::<Vec<_>>().join(&self.separator) + "\n";
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(line.as_bytes()))
    }

    /// A failure with the file's name.
    fn failure(&self, error: &io::Error) -> String {
        format!("`{}`: {error}", self.filename.display())
    }
}

impl Callback for CSVLogger {
    fn on_train_begin(&mut self, training: &mut Training<'_>) -> Outcome {
        if !training.is_first() {
            return Ok(());
        }
        let open = || {
            let mut options = OpenOptions::new();
            let options = if self.append { options.append(true) } else { options.write(true).truncate(true) };
            let file = options.create(true).open(&self.filename)?;
            let has_header = self.append && file.metadata()?.len() > 0;
            Ok((file, has_header))
        };
        let (file, has_header) = open().map_err(|error| self.failure(&error))?;
        (self.file, self.has_header) = (Some(file), has_header);
        Ok(())
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs<'_>, _training: &mut Training<'_>) -> Outcome {
        let mut names: Vec<&str> = logs.names().iter().map(String::as_str).collect();
        names.sort_unstable();
        if !std::mem::replace(&mut self.has_header, true) {
            let header = std::iter::once("epoch".to_owned()).chain(names.iter().map(|name| quoted(name, &self.separator)));
            self.line(header.collect::<Vec<_>>().into_iter()).map_err(|error| self.failure(&error))?;
        }
        let values = names.iter().map(|name| logs.get(name).map_or_else(|| "NA".to_owned(), |value| value.to_string()));
        let cells = std::iter::once(epoch.to_string()).chain(values);
        Ok(self.line(cells).map_err(|error| self.failure(&error))?)
    }

    fn on_train_end(&mut self, _training: &mut Training<'_>) -> Outcome {
        self.file = None;
        Ok(())
    }
}
