//! A long series as windows that slide over it.

use std::sync::Arc;

use model_core::{Error, Result};
use ndarray::{Array, Axis, RemoveAxis, Slice};

use crate::dataset::{Dataset, Slices, Stack};
use crate::setters::setters;

/// How windows slide over a series: Keras's arguments of `timeseries_dataset_from_array`, as a record or built up.
///
/// ```
/// use model_data::utils::Timeseries;
///
/// let windows = Timeseries { sampling_rate: 2, ..Timeseries::of(10) };
/// assert_eq!(Timeseries::of(10).sampling_rate(2), windows);
/// ```
///
/// Source: <https://keras.io/api/data_loading/timeseries/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeseries {
    /// The steps of a window.
    pub sequence_length: usize,
    /// By how many steps a window begins behind the one before it. 1 by default.
    pub sequence_stride: usize,
    /// How many steps of the series lie between two of a window. 1 by default.
    pub sampling_rate: usize,
    /// The windows of a batch. 128 by default.
    pub batch_size: usize,
    /// Whether windows come in a random order, another in each round. False by default.
    pub shuffle: bool,
    /// The step that the series begins at. The first by default.
    pub start_index: usize,
    /// The step that it ends before. The end by default.
    pub end_index: Option<usize>,
}

impl Timeseries {
    /// Windows of so many steps, and the other arguments as they are by default.
    #[must_use]
    pub const fn of(sequence_length: usize) -> Self {
        Self {
            sequence_length,
            sequence_stride: 1,
            sampling_rate: 1,
            batch_size: 128,
            shuffle: false,
            start_index: 0,
            end_index: None,
        }
    }

    setters! {
        /// With windows that begin so many steps apart.
        sequence_stride: usize,
        /// With one of so many steps of the series.
        sampling_rate: usize,
        /// With so many windows a batch.
        batch_size: usize,
        /// In a random order, or in that of the series.
        shuffle: bool,
        /// From this step of the series.
        start_index: usize,
        /// Up to this step of the series, without it.
        end_index: usize => Some(end_index),
    }

    /// The windows without targets: Keras's `targets = None`.
    ///
    /// # Errors
    /// As those of [`timeseries_dataset_from_array`].
    pub fn inputs<E, D>(self, data: Array<E, D>) -> Result<Dataset<<Array<E, D> as Stack>::Batch>>
    where
        E: Clone + Send + Sync + 'static,
        D: RemoveAxis + 'static,
        Array<E, D>: Stack,
    {
        let starts = self.starts(data.len_of(Axis(0)), usize::MAX)?;
        let data = Arc::new(data);
        Ok(self.mixed(starts).map(move |start| self.window(&data, start)).batch(self.batch_size))
    }

    /// Where windows begin, in the part of the series that is looked at.
    fn starts(self, steps: usize, targets: usize) -> Result<Vec<usize>> {
        let positive = [
            ("sequence_length", self.sequence_length),
            ("sequence_stride", self.sequence_stride),
            ("sampling_rate", self.sampling_rate),
            ("batch_size", self.batch_size),
        ];
        if let Some((argument, _)) = positive.into_iter().find(|(_, value)| *value == 0) {
            return Err(refused(argument, "at least 1", "0".to_owned()));
        }
        let end = self.end_index.unwrap_or(steps);
        if end > steps {
            return Err(refused("end_index", "at most the steps of the series", format!("{end}, of a series of {steps} steps")));
        }
        if self.start_index >= end {
            return Err(refused("start_index", "a step before the end", format!("{}, with the end at {end}", self.start_index)));
        }
        let reach = (self.sequence_length - 1).saturating_mul(self.sampling_rate);
        let windows = (end - self.start_index).saturating_sub(reach).min(targets);
        if windows == 0 {
            let found = format!("{} steps, of a series of {} steps", reach.saturating_add(1), end - self.start_index);
            return Err(refused("sequence_length", "windows that fit into the series, and a target for one at least", found));
        }
        Ok((0..windows).step_by(self.sequence_stride).collect())
    }

    fn mixed(self, starts: Vec<usize>) -> Dataset<usize> {
        let count = starts.len();
        let starts = Dataset::from_items(starts);
        if self.shuffle { starts.shuffle(count) } else { starts }
    }

    fn window<E: Clone, D: RemoveAxis>(self, data: &Array<E, D>, start: usize) -> Array<E, D> {
        let first = self.start_index + start;
        let behind = first + (self.sequence_length - 1) * self.sampling_rate + 1;
        let step = isize::try_from(self.sampling_rate).unwrap_or(isize::MAX);
        data.slice_axis(Axis(0), Slice::new(first as isize, Some(behind as isize), step)).to_owned()
    }
}

fn refused(argument: &'static str, expected: &'static str, found: String) -> Error {
    Error::Argument { owner: "timeseries_dataset_from_array", argument, expected, found }
}

/// Windows that slide over a series, `[steps, ..]`, each with a target: batches of `[windows, sequence_length, ..]` and the targets.
///
/// The target of a window is that of its first step: `targets` begins with what belongs to the window that begins at `start_index`. For the step behind a window give the series
/// from the step `sequence_length * sampling_rate` on.
///
/// ```
/// use model_data::utils::{Timeseries, timeseries_dataset_from_array};
/// use ndarray::{Array1, array, s};
///
/// let series = Array1::from_iter(0..8);
/// let next = series.slice(s![3..]).to_owned();
/// let windows = timeseries_dataset_from_array(series, next, Timeseries::of(3).sequence_stride(2).batch_size(2))?;
/// assert_eq!(windows.iter().next().unwrap()?, (array![[0, 1, 2], [2, 3, 4]], array![3, 5]));
/// # Ok::<(), model_core::Error>(())
/// ```
///
/// # Errors
/// If an argument is 0, a place lies outside the series, or no window fits.
///
/// Source: <https://keras.io/api/data_loading/timeseries/>, which draws one order with NumPy's numbers and mixes that in part; ours is another in each round.
#[expect(clippy::type_complexity, reason = "the batches' types follow from the arrays'")]
pub fn timeseries_dataset_from_array<E, D, Y>(
    data: Array<E, D>,
    targets: Y,
    options: Timeseries,
) -> Result<Dataset<(<Array<E, D> as Stack>::Batch, <Y::Item as Stack>::Batch)>>
where
    E: Clone + Send + Sync + 'static,
    D: RemoveAxis + 'static,
    Array<E, D>: Stack,
    Y: Slices<Item: Stack>,
{
    let count =
        targets.samples().map_err(|(first, other)| refused("targets", "as many of each", format!("{first} and {other}")))?;
    let starts = options.starts(data.len_of(Axis(0)), count)?;
    let (data, targets) = (Arc::new(data), Arc::new(targets));
    let samples = options.mixed(starts).map(move |start| (options.window(&data, start), targets.sample(start)));
    Ok(samples.batch(options.batch_size))
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, Array2, array, s};

    use super::*;

    #[test]
    fn windows_are_those_of_keras() -> Result<()> {
        // keras.utils.timeseries_dataset_from_array(np.arange(20).reshape(10, 2), np.arange(10), 3, 2, 2, start_index=1, end_index=9)
        let series = Array2::from_shape_fn((10, 2), |(i, j)| (2 * i + j) as i32);
        let options = Timeseries::of(3).sequence_stride(2).sampling_rate(2).start_index(1).end_index(9);
        let windows = timeseries_dataset_from_array(series.clone(), Array1::from_iter(0..10), options)?;
        let all: Vec<_> = windows.iter().collect::<Result<_>>()?;
        let expected = array![[[2, 3], [6, 7], [10, 11]], [[6, 7], [10, 11], [14, 15]]];
        assert_eq!(all, [(expected.clone(), array![0, 2])]);
        assert_eq!(options.inputs(series)?.iter().next().unwrap()?, expected);
        Ok(())
    }

    #[test]
    fn mixed_windows_are_the_same_windows() -> Result<()> {
        let series: Array1<i32> = (0..50).collect();
        let options = Timeseries::of(5).batch_size(50).shuffle(true);
        let (windows, targets): (Array2<i32>, Array1<i32>) =
            timeseries_dataset_from_array(series.clone(), series, options)?.iter().next().unwrap()?;
        assert!(windows.slice(s![.., 0]) == targets && !targets.as_slice().unwrap().is_sorted());
        assert_eq!(targets.len(), 46);
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let error = |options: Timeseries| options.inputs(Array1::from_iter(0..9)).unwrap_err().to_string();
        assert!(error(Timeseries::of(0)).contains("`sequence_length`"));
        assert!(error(Timeseries::of(10)).contains("10 steps, of a series of 9 steps"));
        assert!(error(Timeseries::of(2).end_index(10)).contains("10, of a series of 9 steps"));
        assert!(error(Timeseries::of(2).start_index(9)).contains("`start_index`"));
        assert!(error(Timeseries::of(2).sequence_stride(0)).contains("`sequence_stride`"));
    }
}
