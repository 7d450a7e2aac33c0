//! What can be told of many numbers at once, in one round.

/// Numbers that have been added one by one. Those that are infinite or NaN are counted and otherwise left out.
#[derive(Clone, Copy, Debug)]
pub struct Statistics {
    count: usize,
    mean: f64,
    /// The sum of the squares of how far numbers are from the mean.
    squares: f64,
    min: f64,
    max: f64,
    zeros: usize,
    not_finite: usize,
}

impl Default for Statistics {
    fn default() -> Self {
        Self { count: 0, mean: 0.0, squares: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY, zeros: 0, not_finite: 0 }
    }
}

impl Statistics {
    /// Adds a number. Source: Welford, Note on a method for calculating corrected sums of squares and products, 1962.
    pub fn add(&mut self, number: f32) {
        if !number.is_finite() {
            self.not_finite += 1;
            return;
        }
        let number = f64::from(number);
        self.count += 1;
        let before = number - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (number - self.mean);
        self.min = self.min.min(number);
        self.max = self.max.max(number);
        self.zeros += usize::from(number == 0.0);
    }

    /// How many numbers there are, of any kind.
    pub fn count(&self) -> usize {
        self.count + self.not_finite
    }

    /// How many are infinite or NaN.
    pub fn not_finite(&self) -> usize {
        self.not_finite
    }

    /// The mean; 0 of none.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The standard deviation, that of all numbers and not of a sample.
    pub fn std(&self) -> f64 {
        (self.squares / self.count.max(1) as f64).sqrt()
    }

    /// The smallest; 0 of none.
    pub fn min(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.min }
    }

    /// The largest; 0 of none.
    pub fn max(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.max }
    }

    /// The share that is zero, from 0 to 1.
    pub fn zeros(&self) -> f64 {
        self.zeros as f64 / self.count.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_of_as_by_two_rounds() {
        let mut statistics = Statistics::default();
        [1.0, 0.0, -3.0, 4.0, f32::NAN].into_iter().for_each(|number| statistics.add(number));
        assert_eq!((statistics.count(), statistics.not_finite(), statistics.zeros()), (5, 1, 0.25));
        assert_eq!((statistics.mean(), statistics.min(), statistics.max()), (0.5, -3.0, 4.0));
        assert!((statistics.std() - 6.25_f64.sqrt()).abs() < 1e-12);
        assert_eq!(Statistics::default().max(), 0.0);
    }
}
