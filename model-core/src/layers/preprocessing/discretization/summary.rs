//! What is kept of data to find boundaries that divide it evenly, number by number as in Keras.

/// Some of the values of data, in order, each with how many of the data it stands for.
pub(super) struct Summary {
    values: Vec<f32>,
    counts: Vec<f32>,
}

impl Summary {
    /// A summary of data in which each value stands for this part of the data, and for one of them at least.
    pub(super) fn of(mut data: Vec<f32>, part: f64) -> Self {
        data.sort_by(f32::total_cmp);
        let step = (data.len() as f64 / (1.0 / part)).max(1.0);
        // Both are whole numbers, cut off as in Keras.
        let values: Vec<f32> = data.into_iter().skip((step - 1.0) as usize).step_by(step as usize).collect();
        let counts = vec![step as f32; values.len()];
        Self { values, counts }.compressed(part)
    }

    /// The boundaries of so many bins; of fewer, where there are fewer values.
    pub(super) fn boundaries(self, bins: usize) -> Vec<f32> {
        let mut boundaries = self.compressed(1.0 / bins as f64).values;
        boundaries.pop();
        // Keras has one too many for some numbers of bins, of which `1 / (1 / bins)` is more than it was.
        boundaries.truncate(bins - 1);
        boundaries
    }

    /// The same with values that stand for this part of the data each.
    fn compressed(self, part: f64) -> Self {
        if (self.values.len() as f64) * part < 1.0 {
            return self;
        }
        let upto: Vec<f32> = self
            .counts
            .iter()
            .scan(0.0, |sum, count| {
                *sum += count;
                Some(*sum)
            })
            .collect();
        let all = upto.last().copied().unwrap_or(1.0);
        let parts: Vec<f64> = upto.iter().map(|upto| f64::from(upto / all)).collect();
        let wanted = (0..(1.0 / part).ceil() as usize).map(|i| part + i as f64 * part);
        let [mut values, mut counts] = [Vec::new(), Vec::new()];
        let mut before = 0.0;
        for wanted in wanted {
            values.push(between(wanted, &parts, &self.values) as f32);
            let upto = between(wanted, &parts, &upto);
            counts.push((upto - before) as f32);
            before = upto;
        }
        Self { values, counts }
    }
}

/// The value at `x` of a function that goes straight from each place, in ascending order, to the next; beyond the ends it stays.
fn between(x: f64, places: &[f64], values: &[f32]) -> f64 {
    let value = |place: usize| f64::from(values[place]);
    let behind = places.partition_point(|&place| place <= x);
    match behind {
        0 => value(0),
        _ if behind == places.len() || places[behind - 1] == x => value(behind - 1),
        _ => {
            let slope = (value(behind) - value(behind - 1)) / (places[behind] - places[behind - 1]);
            slope * (x - places[behind - 1]) + value(behind - 1)
        }
    }
}
