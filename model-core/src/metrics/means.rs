//! Means and sums of numbers of one's own.

use std::iter::zip;

use crate::error::{Error, Result, Role};
use crate::given::{AnyArray, AsArray};

/// The mean of numbers that are given one batch after the other: a loss in a loop of one's own. As in Keras, a sample counts as much as any
/// other, whatever its numbers are a mean of.
///
/// ```
/// use model_core::metrics::Mean;
///
/// let mut mean = Mean::new();
/// mean.update_state(&[1.0, 3.0][..])?;
/// mean.update_state(&[5.0][..])?;
/// assert_eq!(mean.result(), 3.0);
/// mean.reset_state();
/// assert_eq!(mean.result(), 0.0);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/metrics/reduction_metrics/>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    total: f64,
    count: f64,
}

/// The sum of numbers that are given one batch after the other.
///
/// ```
/// use model_core::metrics::Sum;
///
/// let mut sum = Sum::new();
/// sum.update_state(&[1.0, 3.0][..])?;
/// sum.update_state_weighted(&[5.0, 7.0][..], &[0.5, 0.0][..])?;
/// assert_eq!(sum.result(), 6.5);
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// Source: <https://keras.io/api/metrics/reduction_metrics/>.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sum {
    total: f64,
}

impl Mean {
    /// Of nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { total: 0.0, count: 0.0 }
    }

    /// Adds numbers, `[samples, ..]`.
    ///
    /// # Errors
    /// If they are not finite, or there are none.
    pub fn update_state(&mut self, values: impl AsArray) -> Result<()> {
        let (values, samples) = numbers(&values.as_array())?;
        self.total += values.iter().sum::<f64>() * samples as f64 / values.len() as f64;
        self.count += samples as f64;
        Ok(())
    }

    /// Adds numbers, each of which counts as much as is said for it: a weight for each sample, or for each of its positions.
    ///
    /// # Errors
    /// As those of [`update_state`](Self::update_state); also if the weights do not go with the numbers.
    pub fn update_state_weighted(&mut self, values: impl AsArray, weights: impl AsArray) -> Result<()> {
        let weighted = weighted(&values.as_array(), &weights.as_array())?;
        self.total += weighted.sum * weighted.samples / weighted.numbers;
        self.count += weighted.weights * weighted.samples / weighted.numbers;
        Ok(())
    }

    /// The mean; of nothing, it is zero.
    #[must_use]
    pub fn result(&self) -> f64 {
        if self.count == 0.0 { 0.0 } else { self.total / self.count }
    }

    /// Forgets what has been added.
    pub fn reset_state(&mut self) {
        *self = Self::new();
    }
}

impl Sum {
    /// Of nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { total: 0.0 }
    }

    /// Adds numbers.
    ///
    /// # Errors
    /// If they are not finite, or there are none.
    pub fn update_state(&mut self, values: impl AsArray) -> Result<()> {
        self.total += numbers(&values.as_array())?.0.iter().sum::<f64>();
        Ok(())
    }

    /// Adds numbers, each of which counts as much as is said for it: a weight for each sample, or for each of its positions.
    ///
    /// # Errors
    /// As those of [`update_state`](Self::update_state); also if the weights do not go with the numbers.
    pub fn update_state_weighted(&mut self, values: impl AsArray, weights: impl AsArray) -> Result<()> {
        self.total += weighted(&values.as_array(), &weights.as_array())?.sum;
        Ok(())
    }

    /// The sum.
    #[must_use]
    pub const fn result(&self) -> f64 {
        self.total
    }

    /// Forgets what has been added.
    pub fn reset_state(&mut self) {
        *self = Self::new();
    }
}

/// Sums over numbers that count differently.
struct Weighted {
    sum: f64,
    weights: f64,
    numbers: f64,
    samples: f64,
}

fn weighted(values: &AnyArray<'_>, weights: &AnyArray<'_>) -> Result<Weighted> {
    let (elements, samples) = numbers(values)?;
    if !values.shape().starts_with(weights.shape()) {
        let (role, name, expected) = (Role::Data, "weights".to_owned(), format!("{:?}, or the first axes of it", values.shape()));
        let help = Some("a weight is for each sample, or for each of its positions");
        return Err(Error::Shape { role, name, expected, found: format!("{:?}", weights.shape()), help });
    }
    let (weights, _) = numbers(weights)?;
    let stretch = elements.len() / weights.len();
    let each = || zip(&elements, weights.iter().flat_map(|weight| std::iter::repeat_n(weight, stretch)));
    let (sum, total) = each().fold((0.0, 0.0), |(sum, total), (value, weight)| (sum + value * weight, total + weight));
    Ok(Weighted { sum, weights: total, numbers: elements.len() as f64, samples: samples as f64 })
}

/// Finite numbers, and of how many samples they are. A single number is a sample.
fn numbers(values: &AnyArray<'_>) -> Result<(Vec<f64>, usize)> {
    let samples = values.shape().first().copied().unwrap_or(1);
    let elements = values.doubles()?;
    let name = || "values".to_owned();
    if elements.is_empty() {
        return Err(Error::Empty { role: Role::Data, name: name() });
    }
    match elements.iter().position(|element| !element.is_finite()) {
        Some(place) => Err(Error::NotFinite { role: Role::Data, name: name(), sample: place / (elements.len() / samples) }),
        None => Ok((elements, samples)),
    }
}
