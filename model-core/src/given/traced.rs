//! Functions of variables that judge a batch: losses and metrics in operations.

use ndarray::{ArrayViewD, IxDyn};

use super::judged::Judged;
use super::samples::Target;
use crate::error::{Error, Result};
use crate::layer::Gradient;
use crate::variable::{Gradients, Tape, Var};

/// What functions give, in words.
const HELP: &str = "give a number for each sample, such as `.mean(-1)`, or for each position";

/// What functions give where an output has a mask.
const MASKED_HELP: &str = "the output has a mask: give a number for each position that it tells of";

/// A batch as variables.
pub(crate) struct Traced {
    pub(crate) target: Var,
    pub(crate) output: Var,
}

/// What a function gave for a batch: numbers, each of which counts as much as the mask says of it.
pub(crate) struct Values {
    given: Var,
    /// So many numbers lie under each of the mask's.
    stretch: usize,
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
    pub(crate) fn mean_of(&self, name: &str, d_output: &mut [f32], function: impl Fn(&Var, &Var) -> Result<Var>) -> Result<f64> {
        let traced = self.trace(!d_output.is_empty())?;
        let values = self.values(name, function(&traced.target, &traced.output)?)?;
        let (sum, count) = (values.sum(self.mask)?, values.given.elements()?.len());
        if !d_output.is_empty() {
            let share = 1.0 / count as f32;
            let slopes: Vec<f32> = (0..count).map(|place| values.weight(self.mask, place) * share).collect();
            let mut gradients = Gradients::default();
            gradients.add_from(&[(&values.given, &slopes)])?;
            Gradient::give_found(Some(Gradient { data: d_output, accumulate: false }), gradients.elements_of(&traced.output));
        }
        Ok(sum / count as f64)
    }

    /// The sum of what a function gives for each position that counts, and how many those are.
    pub(crate) fn sum_of(&self, name: &str, function: impl Fn(&Var, &Var) -> Result<Var>) -> Result<(f64, f64)> {
        let traced = self.trace(false)?;
        let values = self.values(name, function(&traced.target, &traced.output)?)?;
        let count = values.given.elements()?.len();
        let counted = match self.mask {
            None => count as f64,
            Some(_) => (0..count).map(|place| f64::from(values.weight(self.mask, place))).sum(),
        };
        Ok((values.sum(self.mask)?, counted))
    }

    /// Checks what a function of a name gives.
    fn values(&self, name: &str, given: Var) -> Result<Values> {
        given.elements()?;
        let (whole, found) = (self.whole(), given.shape().to_vec());
        let count: usize = found.iter().product();
        let masked = self.mask.map_or(1, <[f32]>::len);
        let is_prefix = whole.starts_with(&found) && (!found.is_empty() || self.mask.is_none());
        if is_prefix && (self.mask.is_none() || count.is_multiple_of(masked)) {
            return Ok(Values { given, stretch: (count / masked).max(1) });
        }
        let help = if self.mask.is_some() && is_prefix { MASKED_HELP } else { HELP };
        let expected = format!("{whole:?}, or the first axes of it");
        Err(Error::Returned { function: name.to_owned(), expected, found, help })
    }
}

impl Values {
    /// What the mask says of a number.
    fn weight(&self, mask: Option<&[f32]>, place: usize) -> f32 {
        mask.map_or(1.0, |mask| mask[place / self.stretch])
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
