//! The brightness and the contrast of images.

use std::ops::Range;

use super::{Draws, samples};
use crate::float::Float;

/// What images are changed by, and between what their values then are kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The positions of an image, and its channels.
    pub sizes: [usize; 2],
    /// What the change of a sample is drawn between.
    pub between: [f64; 2],
    /// The least and the largest value.
    pub range: [f64; 2],
    /// What the choices follow from.
    pub key: u64,
}

impl Change {
    fn kept<T: Float>(&self) -> impl Fn(T) -> T {
        let [least, most] = self.range.map(T::from_f64);
        move |x| {
            if x < least {
                least
            } else if x > most {
                most
            } else {
                x
            }
        }
    }

    /// The gradient where the value is kept as it is.
    fn passed<T: Float>(&self) -> impl Fn(T, T) -> T {
        let [least, most] = self.range.map(T::from_f64);
        move |x, d| if x < least || x > most { T::ZERO } else { d }
    }

    /// Runs `work(the sample's number, its part of each input, its output)`.
    fn samples<T: Float, const N: usize>(
        &self,
        inputs: [&[T]; N],
        output: &mut [T],
        work: impl Fn(T, [&[T]; N], &mut [T]) + Sync,
    ) {
        samples(inputs.map(|input| (input, &self.sizes[..])), (output, &self.sizes), |sample, inputs, output| {
            work(T::from_f64(Draws::of(self.key, sample).between(0, self.between)), inputs, output);
        });
    }

    /// `y = x + number`, within the range.
    pub fn brighten<T: Float>(&self, x: &[T], y: &mut [T]) {
        let kept = self.kept();
        self.samples([x], y, |number, [x], y| y.iter_mut().zip(x).for_each(|(y, &x)| *y = kept(x + number)));
    }

    /// The gradient of [`Change::brighten`], or `+=` that.
    pub fn brighten_backward<T: Float>(&self, x: &[T], d_y: &[T], d_x: &mut [T], accumulate: bool) {
        let passed = self.passed();
        self.samples([x, d_y], d_x, |number, [x, d_y], d_x| {
            for ((d_x, &x), &d_y) in d_x.iter_mut().zip(x).zip(d_y) {
                let d = passed(x + number, d_y);
                *d_x = if accumulate { *d_x + d } else { d };
            }
        });
    }

    /// `y = (x - mean) * number + mean`, within the range; the mean is that of a channel.
    pub fn contrast<T: Float>(&self, x: &[T], y: &mut [T]) {
        let (kept, channels) = (self.kept(), self.sizes[1]);
        self.samples([x], y, |number, [x], y| {
            each_channels(channels, |part| {
                let means = means(x, channels, &part, |place| x[place]);
                for (y, x) in y.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
                    for ((y, &x), &mean) in y[part.clone()].iter_mut().zip(&x[part.clone()]).zip(&means) {
                        *y = kept((x - mean) * number + mean);
                    }
                }
            });
        });
    }

    /// The gradient of [`Change::contrast`], or `+=` that.
    pub fn contrast_backward<T: Float>(&self, x: &[T], d_y: &[T], d_x: &mut [T], accumulate: bool) {
        let (passed, channels) = (self.passed(), self.sizes[1]);
        self.samples([x, d_y], d_x, |number, [x, d_y], d_x| {
            each_channels(channels, |part| {
                let mean_x = means(x, channels, &part, |place| x[place]);
                let d = |place: usize| {
                    let mean = mean_x[place % channels - part.start];
                    passed((x[place] - mean) * number + mean, d_y[place])
                };
                let mean_d = means(x, channels, &part, d);
                for (pixel, d_x) in d_x.chunks_exact_mut(channels).enumerate() {
                    for (channel, d_x) in part.clone().zip(&mut d_x[part.clone()]) {
                        let value = number * d(pixel * channels + channel) + (T::ONE - number) * mean_d[channel - part.start];
                        *d_x = if accumulate { *d_x + value } else { value };
                    }
                }
            });
        });
    }
}

/// So many channels are worked on together.
const LANES: usize = 16;

/// Runs the work for some of the channels after the other.
fn each_channels(channels: usize, mut work: impl FnMut(Range<usize>)) {
    (0..channels).step_by(LANES).for_each(|first| work(first..channels.min(first + LANES)));
}

/// The mean of each of these channels over all positions of a sample.
fn means<T: Float>(x: &[T], channels: usize, part: &Range<usize>, value: impl Fn(usize) -> T) -> [T; LANES] {
    let mut sums = [T::ZERO; LANES];
    for first in (0..x.len()).step_by(channels) {
        part.clone().zip(&mut sums).for_each(|(channel, sum)| *sum += value(first + channel));
    }
    let count = T::from_f64((x.len() / channels) as f64);
    sums.map(|sum| sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::values;

    /// What Keras computes for the numbers that are drawn: a sum, or a spread around the mean of each channel, and clipping.
    #[test]
    fn values_change_by_what_is_drawn_for_their_sample() {
        let x = values::<f64>(50 * 36, 2);
        let change = Change { sizes: [2, 18], between: [-0.3, 0.8], range: [-0.9, 0.9], key: 5 };
        let (mut bright, mut contrasted) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        change.brighten(&x, &mut bright);
        change.contrast(&x, &mut contrasted);
        for (i, &value) in x.iter().enumerate() {
            let (sample, channel) = (i / 36, i % 18);
            let number = Draws::of(5, sample).between(0, [-0.3, 0.8]);
            assert!((-0.3..0.8).contains(&number));
            let mean = (x[sample * 36 + channel] + x[sample * 36 + 18 + channel]) / 2.0;
            assert_eq!(bright[i], (value + number).clamp(-0.9, 0.9));
            assert!((contrasted[i] - ((value - mean) * number + mean).clamp(-0.9, 0.9)).abs() < 1e-15);
        }
    }
}
