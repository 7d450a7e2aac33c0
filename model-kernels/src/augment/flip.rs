//! Images mirrored and turned upside down.

use super::Draws;
use crate::chunks::{each, rows_per_task};
use crate::float::Float;
use crate::sizes::{check, elements};

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
            let turns = Draws::of(key, sample).uniform(0) < 0.5;
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
}
