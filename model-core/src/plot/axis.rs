//! Axes with round numbers.

/// The largest number that is drawn, so that nothing that is reckoned with it overflows.
pub(super) const LARGEST: f64 = 1e300;

/// The least stretch, for the same reason.
const LEAST: f64 = 1e-290;

/// A stretch of numbers, and those of them that are written beside it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
    /// The marks, and what is written there.
    pub marks: Vec<(f64, String)>,
}

/// The distance between marks: 1, 2 or 5 times a power of ten.
#[derive(Clone, Copy)]
struct Unit {
    times: i64,
    power: i32,
}

impl Axis {
    /// From the round number below to the one above, with about so many marks.
    pub fn around(low: f64, high: f64, marks: usize) -> Self {
        let size = low.abs().max(high.abs());
        // All are the same, or differ by rounding only.
        let is_flat = high - low <= (size * 1e-9).max(LEAST);
        let room = if is_flat && size < LEAST { 1.0 } else { size * 0.1 };
        let (low, high) = if is_flat { (low - room, high + room) } else { (low, high) };
        let unit = Unit::of((high - low) / marks as f64);
        // A number that is round but for rounding is its own mark.
        let first = (low / unit.size() + 1e-6).floor() as i64;
        let last = (high / unit.size() - 1e-6).ceil() as i64;
        Self { low: unit.at(first), high: unit.at(last), marks: (first..=last).map(|mark| unit.mark(mark)).collect() }
    }

    /// From the first of some counted things to the last, with at most about so many marks.
    pub fn counting(first: u64, last: u64, marks: usize) -> Self {
        let room = if first == last { 0.5 } else { 0.0 };
        let unit = Unit::of(((last - first) as f64 / marks as f64).max(1.0));
        let size = unit.size() as u64;
        let marks = (first.div_ceil(size)..=last / size).map(|mark| unit.mark(mark as i64)).collect();
        Self { low: first as f64 - room, high: last as f64 + room, marks }
    }

    /// How far along a number lies, from 0 to 1.
    pub fn share(&self, number: f64) -> f64 {
        (number - self.low) / (self.high - self.low)
    }
}

impl Unit {
    /// The next that is not smaller.
    fn of(least: f64) -> Self {
        let power = least.log10().floor() as i32;
        let times = least / 10_f64.powi(power) * (1.0 - 1e-9);
        match times {
            ..=1.0 => Self { times: 1, power },
            ..=2.0 => Self { times: 2, power },
            ..=5.0 => Self { times: 5, power },
            _ => Self { times: 1, power: power + 1 },
        }
    }

    fn size(self) -> f64 {
        self.times as f64 * 10_f64.powi(self.power)
    }

    fn at(self, mark: i64) -> f64 {
        mark as f64 * self.size()
    }

    fn mark(self, mark: i64) -> (f64, String) {
        (self.at(mark), decimal(mark * self.times, self.power))
    }
}

/// A whole number times a power of ten, with every digit and no other.
fn decimal(number: i64, power: i32) -> String {
    let (sign, digits) = (if number < 0 { "-" } else { "" }, number.unsigned_abs().to_string());
    match (number, power) {
        (0, ..=-5 | 5..) => "0".to_owned(),
        (_, ..=-5 | 5..) => {
            let exponent = power + digits.len() as i32 - 1;
            let (first, rest) = digits.split_at(1);
            let rest = rest.trim_end_matches('0');
            let point = if rest.is_empty() { "" } else { "." };
            format!("{sign}{first}{point}{rest}e{exponent}")
        }
        (_, 0..=4) => (number * 10_i64.pow(power.unsigned_abs())).to_string(),
        (_, -4..=-1) => {
            let behind = power.unsigned_abs() as usize;
            let digits = format!("{digits:0>width$}", width = behind + 1);
            let (whole, part) = digits.split_at(digits.len() - behind);
            format!("{sign}{whole}.{part}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(axis: &Axis) -> Vec<&str> {
        axis.marks.iter().map(|(_, text)| text.as_str()).collect()
    }

    #[test]
    fn marks_are_round() {
        let around = |low, high| Axis::around(low, high, 5);
        assert_eq!(written(&around(0.13, 0.97)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(written(&around(0.0, 1.0)), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(written(&around(-3.0, 12.0)), ["-5", "0", "5", "10", "15"]);
        assert_eq!(written(&around(0.0, 4.2e-7)), ["0", "1e-7", "2e-7", "3e-7", "4e-7", "5e-7"]);
        assert_eq!(written(&around(0.0, 2.3e6)), ["0", "5e5", "1e6", "1.5e6", "2e6", "2.5e6"]);
        assert_eq!(written(&around(100.01, 100.03)), ["100.010", "100.015", "100.020", "100.025", "100.030"]);
    }

    #[test]
    fn one_number_has_room_around_it() {
        assert_eq!(written(&Axis::around(0.5, 0.5, 5)), ["0.44", "0.46", "0.48", "0.50", "0.52", "0.54", "0.56"]);
        assert_eq!(written(&Axis::around(0.0, 0.0, 5)), ["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(Axis::around(0.0, 0.0, 5).share(0.0), 0.5);
    }

    /// The ends of what numbers can be give a few marks all the same.
    #[test]
    fn extreme_numbers_have_marks() {
        let ends = [-LARGEST, -1.0, -1e-300, 0.0, f64::MIN_POSITIVE, 1e-200, 1.0, 1.0 + 1e-15, 1e200, LARGEST];
        for (i, &low) in ends.iter().enumerate() {
            for &high in &ends[i..] {
                let axis = Axis::around(low, high, 5);
                assert!((3..=9).contains(&axis.marks.len()), "{low} to {high}: {axis:?}");
                let inside = |number| (-1e-6..=1.0 + 1e-6).contains(&axis.share(number));
                assert!(inside(low) && inside(high), "{low} to {high}: {axis:?}");
            }
        }
    }

    #[test]
    fn epochs_are_whole() {
        assert_eq!(written(&Axis::counting(1, 5, 6)), ["1", "2", "3", "4", "5"]);
        assert_eq!(written(&Axis::counting(1, 300, 6)), ["50", "100", "150", "200", "250", "300"]);
        assert_eq!(written(&Axis::counting(7, 7, 6)), ["7"]);
        assert_eq!(Axis::counting(7, 7, 6).share(7.0), 0.5);
    }
}
