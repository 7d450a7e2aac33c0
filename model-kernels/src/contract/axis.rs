//! One axis of a window that slides: which taps of it lie inside of the input, where.

use std::ops::Range;

/// A window of `taps` taps, `dilation` apart, that slides over `inputs` in `outputs` steps of `stride`.
///
/// Its first tap is at `start` for the first output: before the input where there is padding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub outputs: usize,
    pub taps: usize,
    pub inputs: usize,
    pub stride: usize,
    pub dilation: usize,
    pub start: isize,
}

impl Axis {
    /// How far from its first a window's tap is. Beyond the last tap it may wrap.
    pub fn reach(&self, tap: usize) -> isize {
        tap.wrapping_mul(self.dilation) as isize
    }

    /// Where the first tap is for an output; outside of the input, where there is padding.
    pub fn position(&self, output: usize) -> isize {
        (output * self.stride) as isize + self.start
    }

    /// The taps that lie inside of the input for an output.
    pub fn taps_at(&self, output: usize) -> Range<usize> {
        let position = self.position(output);
        let first = if position < 0 { position.unsigned_abs().div_ceil(self.dilation).min(self.taps) } else { 0 };
        let end = self.inputs as isize - position;
        let end = if end > 0 { end.unsigned_abs().div_ceil(self.dilation).min(self.taps) } else { 0 };
        first..end.max(first)
    }

    /// The outputs for which a tap lies inside of the input.
    pub fn outputs_at(&self, tap: usize) -> Range<usize> {
        self.outputs_between(self.start + (tap * self.dilation) as isize, self.start + (tap * self.dilation) as isize)
    }

    /// The outputs for which all taps lie inside of the input.
    pub fn inner_outputs(&self) -> Range<usize> {
        self.outputs_between(self.start, self.start + (self.taps.saturating_sub(1) * self.dilation) as isize)
    }

    /// The outputs for which both positions (given for the first output) lie inside of the input.
    fn outputs_between(&self, low: isize, high: isize) -> Range<usize> {
        let first = if low < 0 { low.unsigned_abs().div_ceil(self.stride) } else { 0 }.min(self.outputs);
        let end = self.inputs as isize - high;
        let end = if end > 0 { end.unsigned_abs().div_ceil(self.stride).min(self.outputs) } else { 0 };
        first..end.max(first)
    }

    /// Cuts a range of outputs into runs that have the same taps inside of the input.
    pub fn runs(&self, outputs: Range<usize>) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let inner = self.inner_outputs();
        let mut first = outputs.start;
        std::iter::from_fn(move || {
            if first >= outputs.end {
                return None;
            }
            let taps = self.taps_at(first);
            let mut end = first + 1;
            if inner.contains(&first) {
                end = inner.end.min(outputs.end);
            } else {
                while end < outputs.end && self.taps_at(end) == taps {
                    end += 1;
                }
            }
            let run = first..end;
            first = end;
            Some((run, taps))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taps_and_outputs_agree_with_trying_them_all() {
        for (inputs, taps, stride, dilation, start) in [
            (9, 3, 1, 1, -1),
            (9, 3, 2, 1, 0),
            (5, 7, 1, 1, -3),
            (4, 3, 3, 2, -2),
            (2, 5, 1, 3, -6),
            (7, 1, 2, 1, 0),
            (3, 2, 1, 1, 2),
        ] {
            let axis = Axis { outputs: 6, taps, inputs, stride, dilation, start };
            let is_inside = |output: usize, tap: usize| {
                let position = axis.position(output) + (tap * dilation) as isize;
                (0..inputs as isize).contains(&position)
            };
            for output in 0..6 {
                let found: Vec<_> = axis.taps_at(output).collect();
                assert_eq!(found, (0..taps).filter(|&tap| is_inside(output, tap)).collect::<Vec<_>>(), "{axis:?} {output}");
            }
            for tap in 0..taps {
                let found: Vec<_> = axis.outputs_at(tap).collect();
                assert_eq!(found, (0..6).filter(|&output| is_inside(output, tap)).collect::<Vec<_>>(), "{axis:?} {tap}");
            }
            let runs: Vec<_> = axis.runs(0..6).collect();
            assert!(runs.iter().all(|(run, taps)| run.clone().all(|output| axis.taps_at(output) == *taps)));
            assert!(runs.iter().flat_map(|(run, _)| run.clone()).eq(0..6));
        }
    }
}
