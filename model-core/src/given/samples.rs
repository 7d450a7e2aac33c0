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

impl Target<'_> {
    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Values(values) => values.len(),
            Self::Labels(labels) => labels.len(),
        }
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
    /// How much the positions of each output count: one number for each sample, or for each of its positions.
    pub(crate) weights: Few<Option<Cow<'a, [f32]>>>,
}

impl Samples<'_> {
    /// A range of the samples.
    pub(crate) fn part(&self, range: Range<usize>) -> Samples<'_> {
        let targets = self.targets.iter().map(|target| match target {
            Target::Values(values) => Target::Values(Cow::Borrowed(rows(values, self.len, &range))),
            Target::Labels(labels) => Target::Labels(Cow::Borrowed(rows(labels, self.len, &range))),
        });
        let inputs = self.inputs.iter().map(|input| Cow::Borrowed(rows(input, self.len, &range)));
        let weights =
            self.weights.iter().map(|weights| weights.as_ref().map(|all| Cow::Borrowed(rows(all, self.len, &range)))).collect();
        let (inputs, targets, named) = (inputs.collect(), targets.collect(), Cow::Borrowed(&*self.named));
        Samples { len: range.len(), named, inputs, targets, weights }
    }
}

/// The elements of a range of the `len` samples of `data`.
pub(crate) fn rows<'a, T>(data: &'a [T], len: usize, range: &Range<usize>) -> &'a [T] {
    let row = data.len() / len;
    &data[range.start * row..range.end * row]
}
