//! Standardised data: every input and target as dense slices in the model's order, sample after sample.

use std::borrow::Cow;
use std::ops::Range;

use crate::few::Few;

/// The target of one output.
pub(crate) enum Target<'a> {
    /// As many numbers as the output has.
    Values(Cow<'a, [f32]>),
    /// The number of a class for each position of the output.
    Labels(Cow<'a, [i32]>),
}

impl Default for Target<'_> {
    fn default() -> Self {
        Self::Values(Cow::default())
    }
}

/// Inputs, and targets where there are any.
pub(crate) struct Samples<'a> {
    /// The number of samples, at least one.
    pub(crate) len: usize,
    /// The sizes of the model's named dimensions.
    pub(crate) named: Cow<'a, [usize]>,
    pub(crate) inputs: Few<Cow<'a, [f32]>>,
    pub(crate) targets: Few<Target<'a>>,
}

impl Samples<'_> {
    /// A range of the samples.
    pub(crate) fn part(&self, range: Range<usize>) -> Samples<'_> {
        let targets = self.targets.iter().map(|target| match target {
            Target::Values(values) => Target::Values(Cow::Borrowed(rows(values, self.len, &range))),
            Target::Labels(labels) => Target::Labels(Cow::Borrowed(rows(labels, self.len, &range))),
        });
        let inputs = self.inputs.iter().map(|input| Cow::Borrowed(rows(input, self.len, &range)));
        Samples { len: range.len(), named: Cow::Borrowed(&self.named), inputs: inputs.collect(), targets: targets.collect() }
    }
}

/// The elements of a range of the `len` samples of `data`.
pub(crate) fn rows<'a, T>(data: &'a [T], len: usize, range: &Range<usize>) -> &'a [T] {
    let row = data.len() / len;
    &data[range.start * row..range.end * row]
}
