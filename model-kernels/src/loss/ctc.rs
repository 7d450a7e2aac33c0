//! Connectionist temporal classification: forward and backward over the steps, in logarithms and in double precision.
//!
//! A row of labels is written over the steps with blanks, class 0, before, between and behind them: state `2 n` is the blank in front of label `n`,
//! state `2 n + 1` the label. A way goes on by one state a step, stays, or passes over a blank between two labels that differ.

use crate::float::Float;

/// The sizes of a batch of logits.
#[derive(Clone, Copy, Debug)]
pub struct Ctc {
    /// The samples.
    pub samples: usize,
    /// The steps of each.
    pub steps: usize,
    /// The classes, of which 0 is the blank.
    pub classes: usize,
}

/// What cannot be. As in Keras it is finite: labels that the steps are too few for have a loss of this size.
const IMPOSSIBLE: f64 = -1e5;

/// A sample: the logarithms of its probabilities, and its labels up to the padding.
struct Sample<'a> {
    logs: Vec<f64>,
    labels: &'a [i32],
    sizes: Ctc,
}

/// The loss of each sample. Rows of labels are padded with 0.
#[must_use]
pub fn ctc<T: Float>(sizes: Ctc, labels: &[i32], logits: &[T]) -> Vec<T> {
    let samples = (0..sizes.samples).map(|sample| Sample::new(sizes, labels, logits, sample));
    samples.map(|sample| T::from_f64(-sample.total(&sample.forward()))).collect()
}

/// The gradient of the losses with respect to the logits, times what is given for each sample.
#[must_use]
pub fn ctc_gradient<T: Float>(sizes: Ctc, labels: &[i32], logits: &[T], d_losses: &[T]) -> Vec<T> {
    let samples = (0..sizes.samples).zip(d_losses);
    let gradients = samples.map(|(sample, d)| Sample::new(sizes, labels, logits, sample).gradient(d.to_f64()));
    gradients.flatten().map(T::from_f64).collect()
}

impl<'a> Sample<'a> {
    fn new<T: Float>(sizes: Ctc, labels: &'a [i32], logits: &[T], sample: usize) -> Self {
        let length = labels.len() / sizes.samples.max(1);
        let labels = &labels[sample * length..][..length];
        let used = labels.iter().filter(|&&label| label != 0).count();
        let size = sizes.steps * sizes.classes;
        let mut logs: Vec<f64> = logits[sample * size..][..size].iter().map(|logit| logit.to_f64()).collect();
        for step in logs.chunks_exact_mut(sizes.classes) {
            let sum = log_sum(step.iter().copied());
            step.iter_mut().for_each(|log| *log -= sum);
        }
        Self { logs, labels: &labels[..used], sizes }
    }

    fn states(&self) -> usize {
        2 * self.labels.len() + 1
    }

    /// The class that a state is of.
    fn class(&self, state: usize) -> usize {
        if state.is_multiple_of(2) { 0 } else { usize::try_from(self.labels[state / 2]).unwrap_or(0) }
    }

    /// Whether a way may come to a state past the blank in front of it.
    fn may_pass(&self, state: usize) -> bool {
        state % 2 == 1 && state > 1 && self.labels[state / 2] != self.labels[state / 2 - 1]
    }

    fn log(&self, step: usize, state: usize) -> f64 {
        self.logs[step * self.sizes.classes + self.class(state)]
    }

    /// For each step and state, the logarithm of the probability of all ways there.
    fn forward(&self) -> Vec<f64> {
        let states = self.states();
        let mut ways = vec![f64::NEG_INFINITY; self.sizes.steps * states];
        for (state, way) in ways.iter_mut().take(states.min(2)).enumerate() {
            *way = self.log(0, state);
        }
        for step in 1..self.sizes.steps {
            let (before, now) = ways.split_at_mut(step * states);
            let before = &before[(step - 1) * states..];
            for state in 0..states {
                let passed = if self.may_pass(state) { before[state - 2] } else { f64::NEG_INFINITY };
                let one_before = if state > 0 { before[state - 1] } else { f64::NEG_INFINITY };
                now[state] = log_sum([before[state], one_before, passed].into_iter()) + self.log(step, state);
            }
        }
        ways
    }

    /// For each step and state, the logarithm of the probability of all ways from there on, without the step itself.
    fn backward(&self) -> Vec<f64> {
        let (states, steps) = (self.states(), self.sizes.steps);
        let mut ways = vec![f64::NEG_INFINITY; steps * states];
        for state in states.saturating_sub(2)..states {
            ways[(steps - 1) * states + state] = 0.0;
        }
        for step in (0..steps - 1).rev() {
            for state in 0..states {
                let next = |to: usize| ways[(step + 1) * states + to] + self.log(step + 1, to);
                let one_on = if state + 1 < states { next(state + 1) } else { f64::NEG_INFINITY };
                let passed = if state + 2 < states && self.may_pass(state + 2) { next(state + 2) } else { f64::NEG_INFINITY };
                ways[step * states + state] = log_sum([next(state), one_on, passed].into_iter());
            }
        }
        ways
    }

    /// The logarithm of the probability of all ways. Without any it is that of what cannot be.
    fn total(&self, forward: &[f64]) -> f64 {
        let ends = &forward[(self.sizes.steps - 1) * self.states()..];
        let total = log_sum(ends.iter().rev().take(2).copied());
        if total == f64::NEG_INFINITY { IMPOSSIBLE } else { total }
    }

    /// The gradient by the logits of minus that: the probabilities of the classes, less those that ways go through them.
    fn gradient(&self, d_loss: f64) -> Vec<f64> {
        let (forward, backward) = (self.forward(), self.backward());
        let (states, classes, total) = (self.states(), self.sizes.classes, self.total(&forward));
        if total == IMPOSSIBLE {
            return vec![0.0; self.logs.len()];
        }
        let mut gradient: Vec<f64> = self.logs.iter().map(|log| d_loss * log.exp()).collect();
        for (step, gradient) in gradient.chunks_exact_mut(classes).enumerate() {
            for state in 0..states {
                let way = forward[step * states + state] + backward[step * states + state] - total;
                gradient[self.class(state)] -= d_loss * way.exp();
            }
        }
        gradient
    }
}

/// The logarithm of a sum of `e^x`.
fn log_sum(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if largest == f64::NEG_INFINITY { largest } else { largest + logs.map(|log| (log - largest).exp()).sum::<f64>().ln() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to give each step a class, those that come to the labels summed.
    fn by_all_ways(sizes: Ctc, labels: &[i32], logs: &[f64]) -> f64 {
        let mut total = 0.0;
        for way in 0..sizes.classes.pow(sizes.steps as u32) {
            let class = |step: usize| way / sizes.classes.pow(step as u32) % sizes.classes;
            let classes: Vec<usize> = (0..sizes.steps).map(class).collect();
            let mut written = classes.clone();
            written.dedup();
            written.retain(|&class| class != 0);
            if written.iter().map(|&class| class as i32).eq(labels.iter().copied()) {
                total += classes.iter().enumerate().map(|(step, class)| logs[step * sizes.classes + class]).sum::<f64>().exp();
            }
        }
        -total.ln()
    }

    #[test]
    fn all_ways_are_counted_once() {
        let sizes = Ctc { samples: 1, steps: 5, classes: 3 };
        let logits: Vec<f64> = (0..15).map(|i| f64::from((i * 7) % 11) / 4.0 - 1.0).collect();
        for labels in [&[1_i32, 2][..], &[1, 1], &[2, 1, 2], &[1, 0, 0], &[0], &[2, 2, 1]] {
            let used: Vec<i32> = labels.iter().copied().filter(|&label| label != 0).collect();
            let logs = Sample::new(sizes, labels, &logits, 0).logs;
            let (found, expected) = (ctc(sizes, labels, &logits)[0], by_all_ways(sizes, &used, &logs));
            assert!((found - expected).abs() < 1e-10, "{labels:?}: {found} for {expected}");
            let gradient = ctc_gradient(sizes, labels, &logits, &[1.0]);
            for place in 0..15 {
                let moved = |by: f64| {
                    let mut moved = logits.clone();
                    moved[place] += by;
                    ctc(sizes, labels, &moved)[0]
                };
                let difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((gradient[place] - difference).abs() < 1e-8, "{labels:?} at {place}");
            }
        }
    }

    #[test]
    fn labels_that_do_not_fit_cannot_be() {
        let sizes = Ctc { samples: 1, steps: 2, classes: 2 };
        assert_eq!(ctc(sizes, &[1, 1], &[0.0_f64; 4]), [1e5]);
        assert_eq!(ctc_gradient(sizes, &[1, 1], &[0.0_f64; 4], &[1.0]), [0.0; 4]);
    }
}
