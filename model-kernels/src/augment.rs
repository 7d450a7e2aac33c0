//! Images changed by chance, each sample by choices of its own: they follow from a key and the sample's place in the batch, so that the backward
//! pass makes them again and threads do not matter.

use std::ops::Range;

use crate::chunks::{each, rows_per_task};
use crate::dropout::{bits, chunk_keys};
use crate::float::Float;
use crate::sizes::{check, elements};

/// A number from 0 to 1 for a sample, 1 left out.
fn uniform(key: u64, sample: usize) -> f64 {
    f64::from(bits(chunk_keys(key, sample as u64), 0)) / 4_294_967_296.0
}

/// A number between two for a sample.
fn between(key: u64, sample: usize, [low, high]: [f64; 2]) -> f64 {
    low + (high - low) * uniform(key, sample)
}

/// Height, width and channels of an image, and along which of height and width it may be turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flip {
    /// Height, width, channels.
    pub sizes: [usize; 3],
    /// Whether it may be turned upside down.
    pub vertical: bool,
    /// Whether it may be mirrored.
    pub horizontal: bool,
}

/// Turns half of the images, or adds that. The gradient is the same function of the output's.
pub fn flip<T: Float>(x: &[T], y: &mut [T], flip: Flip, key: u64, accumulate: bool) {
    let [height, width, channels] = flip.sizes;
    let (batch, row) = (y.len() / elements(&flip.sizes).max(1), width * channels);
    check("a flip", [("input", x.len(), &[batch, height, row]), ("output", y.len(), &[batch, height, row])]);
    let rows = rows_per_task(row);
    each([(y, rows * row)], |task, [y]| {
        for (i, y) in y.chunks_exact_mut(row).enumerate() {
            let (sample, down) = ((task * rows + i) / height, (task * rows + i) % height);
            let turns = uniform(key, sample) < 0.5;
            let from = if turns && flip.vertical { height - 1 - down } else { down };
            let x = &x[(sample * height + from) * row..][..row];
            for (across, y) in y.chunks_exact_mut(channels).enumerate() {
                let from = if turns && flip.horizontal { width - 1 - across } else { across };
                let x = &x[from * channels..][..channels];
                y.iter_mut().zip(x).for_each(|(y, &x)| *y = if accumulate { *y + x } else { x });
            }
        }
    });
}

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
        let size = elements(&self.sizes);
        let batch = output.len() / size.max(1);
        check("a change of images", [("output", output.len(), &[batch, size])]);
        inputs.iter().for_each(|input| check("a change of images", [("input", input.len(), &[batch, size])]));
        let samples = rows_per_task(size);
        each([(output, samples * size)], |task, [output]| {
            for (i, output) in output.chunks_exact_mut(size).enumerate() {
                let sample = task * samples + i;
                let number = T::from_f64(between(self.key, sample, self.between));
                work(number, inputs.map(|input| &input[sample * size..][..size]), output);
            }
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

    const SIZES: [usize; 3] = [3, 4, 2];

    /// Every sample is the image or the turned one, and there are some of each.
    #[test]
    fn half_of_the_images_are_turned_as_a_whole() {
        let x = values::<f32>(200 * 24, 1);
        for (vertical, horizontal) in [(true, false), (false, true), (true, true)] {
            let mut y = vec![0.0; x.len()];
            flip(&x, &mut y, Flip { sizes: SIZES, vertical, horizontal }, 7, false);
            let turned = |x: &[f32]| {
                let place = |i: usize| {
                    let (down, across, channel) = (i / 8, i / 2 % 4, i % 2);
                    let (down, across) = (if vertical { 2 - down } else { down }, if horizontal { 3 - across } else { across });
                    (down * 4 + across) * 2 + channel
                };
                (0..24).map(|i| x[place(i)]).collect::<Vec<_>>()
            };
            let pairs = || x.chunks_exact(24).zip(y.chunks_exact(24));
            assert!(pairs().all(|(x, y)| x == y || turned(x) == y));
            let count = pairs().filter(|(x, y)| x == y).count();
            assert!((70..130).contains(&count), "{count} of 200 stay");
        }
    }

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
            let number = between(5, sample, [-0.3, 0.8]);
            assert!((-0.3..0.8).contains(&number));
            let mean = (x[sample * 36 + channel] + x[sample * 36 + 18 + channel]) / 2.0;
            assert_eq!(bright[i], (value + number).clamp(-0.9, 0.9));
            assert!((contrasted[i] - ((value - mean) * number + mean).clamp(-0.9, 0.9)).abs() < 1e-15);
        }
    }
}
