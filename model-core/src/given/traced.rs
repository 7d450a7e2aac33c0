//! Functions of variables that judge a batch: losses and metrics in operations.

use ndarray::{Array1, ArrayD, ArrayViewD, IxDyn};

use super::judged::Judged;
use super::samples::Target;
use crate::error::{Error, Result};
use crate::layer::Gradient;
use crate::variable::{Gradients, Tape, Var};

/// What functions give, in words.
const HELP: &str = "give a number for each sample, such as `.mean(-1)`, or for each position";

/// What functions give where an output has a mask.
const MASKED_HELP: &str = "the output has a mask: give a number for each position that it tells of";

/// What numbers are given over: the axes of the output that they leave out.
#[derive(Clone, Copy)]
pub(crate) enum Over<'a> {
    /// These.
    Axes(&'a [i64]),
    /// All: a single number for the batch.
    All,
    /// As many of the last ones as the function says.
    Any,
}

/// What the numbers of a batch come to, each times what the mask says of its position.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mean {
    /// The mean of all, those that count and those that do not.
    pub(crate) mean: f64,
    /// Their sum.
    pub(crate) sum: f64,
    /// How many they are.
    pub(crate) numbers: usize,
}

impl Mean {
    /// Of a mean of so many numbers.
    pub(crate) fn of(mean: f64, numbers: usize) -> Self {
        Self { mean, sum: mean * numbers as f64, numbers }
    }
}

/// A batch as variables.
pub(crate) struct Traced {
    pub(crate) target: Var,
    pub(crate) output: Var,
}

/// What a function gave for a batch: numbers, each of which counts as much as the mask says of it.
struct Values {
    given: Var,
    /// So many numbers lie under each of the mask's.
    stretch: usize,
    /// Of a single number for a whole mask: the mean of the mask, and its length.
    alone: Option<(f32, usize)>,
}

impl Judged<'_> {
    /// The batch as variables; gradients of the output are wanted or not.
    pub(crate) fn trace(&self, is_derived: bool) -> Result<Traced> {
        let tape = Tape::of_thread(None);
        let shape = self.target_shape();
        let target = match self.target {
            Target::Values(values) => tape.constant(view(&shape, values)),
            Target::Labels(labels) => tape.constant(view(&shape, labels)),
        }?;
        let whole = self.whole();
        let output = if is_derived { tape.leaf(&whole, self.output)? } else { tape.constant(view(&whole, self.output))? };
        Ok(Traced { target, output })
    }

    /// The mean of what a function gives for each position, times what the mask says of it. Its gradient goes into `d_output` unless that is
    /// empty.
    pub(crate) fn mean_of(
        &self,
        name: &str,
        over: Over<'_>,
        d_output: &mut [f32],
        function: impl Fn(&Var, &Var) -> Result<Var>,
    ) -> Result<Mean> {
        let traced = self.trace(!d_output.is_empty())?;
        let values = self.values(name, over, function(&traced.target, &traced.output)?)?;
        let (sum, count) = (values.sum(self.mask)?, values.given.elements()?.len());
        if !d_output.is_empty() {
            let share = 1.0 / count as f32;
            let slopes: Vec<f32> = (0..count).map(|place| values.weight(self.mask, place) * share).collect();
            let mut gradients = Gradients::default();
            gradients.add_from(&[(&values.given, &slopes)])?;
            Gradient::give_found(Some(Gradient { data: d_output, accumulate: false }), gradients.elements_of(&traced.output));
        }
        match values.alone {
            Some((_, numbers)) => Ok(Mean::of(sum, numbers)),
            None => Ok(Mean { mean: sum / count as f64, sum, numbers: count }),
        }
    }

    /// What a function gives for each position.
    pub(crate) fn values_of(&self, function: impl Fn(&Var, &Var) -> Result<Var>) -> Result<ArrayD<f32>> {
        let traced = self.trace(false)?;
        function(&traced.target, &traced.output)?.array()
    }

    /// The same, each times what the mask says of its position; a single number for all, times each of what the mask says.
    pub(crate) fn weighted_values_of(
        &self,
        name: &str,
        over: Over<'_>,
        function: impl Fn(&Var, &Var) -> Result<Var>,
    ) -> Result<ArrayD<f32>> {
        let traced = self.trace(false)?;
        let values = self.values(name, over, function(&traced.target, &traced.output)?)?;
        let mut array = values.given.array()?;
        let Some(mask) = self.mask else { return Ok(array) };
        if values.alone.is_some() {
            let number = array.first().copied().unwrap_or_default();
            return Ok(mask.iter().map(|&counts| counted(number, counts)).collect::<Array1<f32>>().into_dyn());
        }
        array.iter_mut().enumerate().for_each(|(place, value)| *value = counted(*value, mask[place / values.stretch]));
        Ok(array)
    }

    /// How many numbers there are, each of which leaves axes out.
    pub(crate) fn numbers(&self, over: Over<'_>) -> usize {
        match over {
            Over::Axes(axes) => {
                self.sizes().filter(|&(axis, _)| !leaves_out(axes, axis, self.rank())).map(|(_, size)| size).product()
            }
            Over::All => self.mask.map_or(1, <[f32]>::len),
            Over::Any => self.samples,
        }
    }

    /// The size of the first axis that numbers leave there: how many samples there are, unless the batch is left out.
    pub(crate) fn firsts(&self, over: Over<'_>) -> usize {
        let Over::Axes(axes) = over else { return self.samples };
        self.sizes().find(|&(axis, _)| !leaves_out(axes, axis, self.rank())).map_or(1, |(_, size)| size)
    }

    /// How much of so many numbers counts.
    pub(crate) fn counted(&self, numbers: usize) -> f64 {
        let Some(mask) = self.mask else { return numbers as f64 };
        let counted: f64 = mask.iter().map(|&counts| f64::from(counts)).sum();
        counted * (numbers as f64 / mask.len().max(1) as f64)
    }

    /// How much the number at a place counts, of so many.
    pub(crate) fn weight(&self, place: usize, numbers: usize) -> f64 {
        self.mask.map_or(1.0, |mask| f64::from(mask[place / (numbers / mask.len().max(1)).max(1)]))
    }

    /// How many of the first axes the mask tells of.
    pub(crate) fn masked_axes(&self) -> usize {
        let Some(mask) = self.mask else { return 0 };
        let mut positions = 1;
        let ends = self.sizes().find(|(_, size)| {
            positions *= size;
            positions >= mask.len()
        });
        ends.map_or(self.rank(), |(axis, _)| axis + 1)
    }

    /// Whether an axis is the last.
    pub(crate) fn is_last(&self, axis: i64) -> bool {
        leaves_out(&[axis], self.rank() - 1, self.rank())
    }

    /// Whether the mask tells of an axis.
    pub(crate) fn tells_of(&self, axis: i64) -> bool {
        (0..self.masked_axes()).any(|place| leaves_out(&[axis], place, self.rank()))
    }

    /// The number of axes, the batch among them.
    fn rank(&self) -> usize {
        self.shape.len() + 1
    }

    /// Every axis with its size.
    fn sizes(&self) -> impl Iterator<Item = (usize, usize)> {
        std::iter::once(self.samples).chain(self.shape.iter().copied()).enumerate()
    }

    /// Checks what a function of a name gives.
    fn values(&self, name: &str, over: Over<'_>, given: Var) -> Result<Values> {
        given.elements()?;
        let (found, masked) = (given.shape().to_vec(), self.mask.map_or(1, <[f32]>::len));
        let count: usize = found.iter().product();
        let stretch = (count / masked.max(1)).max(1);
        match (over, self.mask) {
            (Over::All, Some(mask)) => {
                let mean = mask.iter().map(|&counts| f64::from(counts)).sum::<f64>() / masked.max(1) as f64;
                Ok(Values { given, stretch, alone: Some((mean as f32, masked)) })
            }
            (Over::Axes(axes), Some(_)) => {
                self.check_masked(name, axes, || found)?;
                Ok(Values { given, stretch, alone: None })
            }
            (Over::All | Over::Axes(_), None) => Ok(Values { given, stretch, alone: None }),
            (Over::Any, _) => {
                self.check_given(name, &found, count, masked)?;
                Ok(Values { given, stretch, alone: None })
            }
        }
    }

    /// Checks that numbers of this shape, which leave axes out, are there for all that the mask tells of.
    pub(crate) fn check_masked(&self, name: &str, axes: &[i64], found: impl FnOnce() -> Vec<usize>) -> Result<()> {
        if !axes.iter().any(|&axis| self.tells_of(axis)) {
            return Ok(());
        }
        let expected = format!("numbers for each of the {} first axes, which the mask tells of", self.masked_axes());
        Err(Error::Returned { function: name.to_owned(), expected, found: found(), help: "give it an `axis` behind these" })
    }

    /// Checks what a function of the user's own gives.
    fn check_given(&self, name: &str, found: &[usize], count: usize, masked: usize) -> Result<()> {
        let whole = self.whole();
        let is_prefix = whole.starts_with(found) && (!found.is_empty() || self.mask.is_none());
        if is_prefix && (self.mask.is_none() || count.is_multiple_of(masked)) {
            return Ok(());
        }
        let help = if self.mask.is_some() && is_prefix { MASKED_HELP } else { HELP };
        let expected = format!("{whole:?}, or the first axes of it");
        Err(Error::Returned { function: name.to_owned(), expected, found: found.to_vec(), help })
    }
}

/// A number that counts so much. What does not count may be anything.
fn counted(value: f32, counts: f32) -> f32 {
    if counts == 0.0 { 0.0 } else { value * counts }
}

/// Whether one of the axes is the one at this place.
fn leaves_out(axes: &[i64], place: usize, rank: usize) -> bool {
    let (place, rank) = (place as i64, rank as i64);
    axes.iter().any(|&axis| axis == place || axis + rank == place)
}

impl Values {
    /// What the mask says of a number.
    fn weight(&self, mask: Option<&[f32]>, place: usize) -> f32 {
        match (self.alone, mask) {
            (Some((mean, _)), _) => mean,
            (None, Some(mask)) => mask[place / self.stretch],
            (None, None) => 1.0,
        }
    }

    /// The sum in double precision, in the order of the numbers. What does not count may be anything.
    fn sum(&self, mask: Option<&[f32]>) -> Result<f64> {
        let term = |(place, &value): (usize, &f32)| match self.weight(mask, place) {
            0.0 => 0.0,
            weight => f64::from(value) * f64::from(weight),
        };
        Ok(self.given.elements()?.iter().enumerate().map(term).sum())
    }
}

fn view<'a, E>(shape: &[usize], elements: &'a [E]) -> ArrayViewD<'a, E> {
    ArrayViewD::from_shape(IxDyn(shape), elements).expect("a batch has its shape's elements")
}
