//! What callbacks are told: values by name.

use std::ops::Index;

/// The loss and the metrics so far, by Keras's names: `loss`, `accuracy`, and behind an epoch with validation `val_loss`.
pub struct Logs<'l> {
    names: &'l [String],
    values: &'l mut [Option<f64>],
}

impl<'l> Logs<'l> {
    pub(crate) const fn new(names: &'l [String], values: &'l mut [Option<f64>]) -> Self {
        Self { names, values }
    }

    /// The value of a name, if it has been measured.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<f64> {
        self.names.iter().position(|other| other == name).and_then(|place| self.values[place])
    }

    /// All names with the values that have been measured.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.names.iter().zip(&*self.values).filter_map(|(name, value)| Some((name.as_str(), (*value)?)))
    }

    /// All names, also of what has not been measured.
    #[must_use]
    pub const fn names(&self) -> &[String] {
        self.names
    }

    /// Gives a value to a name that [`Callback::reports`](super::Callback::reports) has announced; to any other it does nothing.
    pub fn set(&mut self, name: &str, value: f64) {
        if let Some(place) = self.names.iter().position(|other| other == name) {
            self.values[place] = Some(value);
        }
    }
}

/// The value of a name that is known to be there.
impl Index<&str> for Logs<'_> {
    type Output = f64;

    fn index(&self, name: &str) -> &f64 {
        let place = self.names.iter().position(|other| other == name);
        let value = place.and_then(|place| self.values[place].as_ref());
        value.unwrap_or_else(|| panic!("there is no `{name}` in the logs: they have {}", self.names.join(", ")))
    }
}
