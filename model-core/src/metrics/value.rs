//! A metric that is used by hand, in a loop of one's own.

use super::{AnyRule, IntoMetric, Metric, State};
use crate::error::{Error, Result, Role};
use crate::given::{self, AnyArray, AsArray, Counts, Port, TargetForm, check_finite};

/// A metric with what has been added to it, for loops of one's own: Keras's `metric.update_state(..)`, `metric.result()` and
/// `metric.reset_state()`.
///
/// ```
/// use model_core::metrics::{Accuracy, MetricValue};
/// use ndarray::array;
///
/// let mut accuracy = MetricValue::new(Accuracy);
/// accuracy.update_state(array![0, 1], array![[0.9, 0.1], [0.8, 0.2]])?;
/// accuracy.update_state(array![1], array![[0.3, 0.7]])?;
/// assert_eq!(accuracy.result(), 2.0 / 3.0);
/// accuracy.reset_state();
/// # Ok::<(), model_core::Error>(())
/// ```
#[derive(Debug)]
pub struct MetricValue {
    metric: Metric,
    /// What has been added, once there is something, and of what it was.
    state: Option<(Box<dyn State>, Port, TargetForm)>,
}

impl MetricValue {
    /// A metric to which nothing has been added.
    #[must_use]
    pub fn new(metric: impl IntoMetric) -> Self {
        Self { metric: metric.into_metric(), state: None }
    }

    /// The name of the metric.
    #[must_use]
    pub fn name(&self) -> &str {
        self.metric.name()
    }

    /// Adds a batch: what should have come out, and what did. Class numbers are told from other targets by their shape, which lacks the output's
    /// last axis, or has 1 there.
    ///
    /// # Errors
    /// If both do not go together or with the metric, its arguments are wrong, or a number is infinite or NaN.
    pub fn update_state(&mut self, truth: impl AsArray, output: impl AsArray) -> Result<()> {
        self.add(&truth.as_array(), &output.as_array(), None)
    }

    /// Adds a batch of which each position counts as much as is said for it: a weight for each sample, or for each of its positions, Keras's
    /// `sample_weight`.
    ///
    /// # Errors
    /// As those of [`update_state`](Self::update_state); also if the weights do not go with the output.
    pub fn update_state_weighted(&mut self, truth: impl AsArray, output: impl AsArray, weights: impl AsArray) -> Result<()> {
        self.add(&truth.as_array(), &output.as_array(), Some(&weights.as_array()))
    }

    /// What it comes to; with several values, the first. Of nothing it is zero.
    #[must_use]
    pub fn result(&self) -> f64 {
        self.results().first().copied().unwrap_or(0.0)
    }

    /// All values: one for each threshold, or for each class, where the metric has several.
    #[must_use]
    pub fn results(&self) -> Vec<f64> {
        let Some((state, ..)) = &self.state else { return vec![0.0] };
        (0..state.count()).map(|place| state.value(place)).collect()
    }

    /// Forgets what has been added.
    pub fn reset_state(&mut self) {
        self.state = None;
    }

    fn add(&mut self, truth: &AnyArray<'_>, output: &AnyArray<'_>, weights: Option<&AnyArray<'_>>) -> Result<()> {
        let port = Port::of_array("output", output);
        let form = form(truth.shape(), output.shape(), &self.metric);
        let (mut state, first, before) = match self.state.take() {
            Some(before) => before,
            None => {
                let resolved = if form == TargetForm::Values { form } else { TargetForm::Labels };
                (self.metric.resolve(&port, resolved)?, port.clone(), form)
            }
        };
        let added = check_same(&port, &first).and_then(|()| {
            given::judge((output, truth, Counts { mask: None, weights }), &port, before, |judged| {
                check_finite(Role::Output, &port, judged.shape.iter().product(), judged.output)?;
                state.add(judged)
            })
        });
        self.state = Some((state, first, before));
        added
    }
}

/// How targets are given, as Keras tells it by their shape.
fn form(truth: &[usize], output: &[usize], metric: &Metric) -> TargetForm {
    let last = |shape: &[usize]| shape.get(1..).and_then(<[usize]>::last).copied().unwrap_or(1);
    let are_labels = last(output) > 1 && (truth.len() < output.len() || last(truth) == 1);
    if are_labels { AnyRule::labels(&metric.rule) } else { TargetForm::Values }
}

/// Checks that an output is of the kind that the first was.
fn check_same(port: &Port, first: &Port) -> Result<()> {
    if port.rank() == first.rank() && port.nominal_row() == first.nominal_row() {
        return Ok(());
    }
    let (role, name, help) = (Role::Output, port.name.clone(), Some("begin anew with `reset_state()`"));
    Err(Error::Shape { role, name, expected: first.batched(), found: port.batched(), help })
}
