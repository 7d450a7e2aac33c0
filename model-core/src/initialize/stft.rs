//! Kernels that hold the waves of a short-time Fourier transform, as Keras's `STFT` makes them.

use std::f64::consts::PI;

use model_graph::argument::{FrameScaling, FrameWindow, Stft};

/// A kernel `[frame, 1, frequencies]`: a wave for each frequency, from none to the fastest, times the window.
pub(super) fn kernel(shape: &[usize], stft: Stft) -> Vec<f64> {
    let (frame, frequencies) = (shape.first().copied().unwrap_or(1), shape.last().copied().unwrap_or(1));
    let window = stft.window.map(|window| self::window(window, frame, stft.is_periodic));
    let scale = window.as_ref().map_or(1.0, |window| match stft.scaling {
        None => 1.0,
        Some(FrameScaling::Density) => window.iter().map(|x| x * x).sum::<f64>().sqrt(),
        Some(FrameScaling::Spectrum) => window.iter().map(|x| x.abs()).sum(),
    });
    // The waves of all frequencies, of which the second half mirrors the first.
    let all = (frequencies.max(2) - 1) * 2;
    let wave = |time: usize, frequency: usize| {
        let angle = -2.0 * PI * (time * frequency % all) as f64 / all as f64;
        if stft.is_imaginary { libm::sin(angle) } else { libm::cos(angle) }
    };
    let factor = |time: usize| window.as_ref().map_or(1.0, |window| window[time] / scale);
    (0..frame)
        .flat_map(|time| (0..frequencies).map(move |frequency| (time, frequency)))
        .map(|(time, frequency)| wave(time, frequency) * factor(time))
        .collect()
}

/// A window of so many numbers, that of `scipy.signal.get_window`.
fn window(window: FrameWindow, length: usize, is_periodic: bool) -> Vec<f64> {
    if length <= 1 {
        return vec![1.0; length];
    }
    let all = length + usize::from(is_periodic);
    (0..length).map(|place| value(window, place as f64, all as f64)).collect()
}

/// The number at a place of a window of so many.
fn value(window: FrameWindow, n: f64, all: f64) -> f64 {
    let last = all - 1.0;
    // Sums of cosines from one end to the other.
    let cosines = |factors: &[f64]| -> f64 {
        let angle = -PI + 2.0 * PI * n / last;
        factors.iter().zip(0_u8..).map(|(factor, times)| factor * libm::cos(f64::from(times) * angle)).sum()
    };
    match window {
        FrameWindow::Boxcar => 1.0,
        FrameWindow::Triang => {
            let near = (n + 1.0).min(all - n);
            if all % 2.0 == 0.0 { (2.0 * near - 1.0) / all } else { 2.0 * near / (all + 1.0) }
        }
        FrameWindow::Bartlett => 2.0 * n.min(last - n) / last,
        FrameWindow::Cosine => libm::sin(PI / all * (n + 0.5)),
        FrameWindow::Hann => cosines(&[0.5, 0.5]),
        FrameWindow::Hamming => cosines(&[0.54, 0.46]),
        FrameWindow::Blackman => cosines(&[0.42, 0.5, 0.08]),
        FrameWindow::Nuttall => cosines(&[0.363_581_9, 0.489_177_5, 0.136_599_5, 0.010_641_1]),
        FrameWindow::BlackmanHarris => cosines(&[0.358_75, 0.488_29, 0.141_28, 0.011_68]),
        FrameWindow::FlatTop => cosines(&[0.215_578_95, 0.416_631_58, 0.277_263_158, 0.083_578_947, 0.006_947_368]),
        FrameWindow::BartHann => {
            let far = (n / last - 0.5).abs();
            0.62 - 0.48 * far + 0.38 * libm::cos(2.0 * PI * far)
        }
        FrameWindow::Bohman => {
            let far = (2.0 * n / last - 1.0).abs();
            (1.0 - far) * libm::cos(PI * far) + libm::sin(PI * far) / PI
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FrameScaling::{Density, Spectrum};
    use FrameWindow::{
        BartHann, Bartlett, Blackman, BlackmanHarris, Bohman, Boxcar, Cosine, FlatTop, Hamming, Hann, Nuttall, Triang,
    };

    /// Of kernels of 4 frequencies, the numbers of times 1, 2 and 5 and frequencies 1 and 3 that Keras gives, whose angles are of `float32`.
    #[test]
    fn waves_are_those_of_keras() {
        let check = |window, [is_imaginary, is_periodic]: [bool; 2], scaling, frame: usize, expected: [f64; 6]| {
            let found = kernel(&[frame, 1, 4], Stft { is_imaginary, window, scaling, is_periodic });
            assert_eq!(found.len(), frame * 4);
            let places = [1, 2, 5].into_iter().flat_map(|time| [1, 3].map(|frequency| time * 4 + frequency));
            for (place, expected) in places.zip(expected) {
                assert!((found[place] - expected).abs() < 3e-7, "{window:?}, {place}: {} for {expected}", found[place]);
            }
        };
        let (d, s) = (Some(Density), Some(Spectrum));
        let (plain, imaginary, periodic, both) = ([false, false], [true, false], [false, true], [true, true]);
        check(
            Some(Boxcar),
            plain,
            d,
            6,
            [0.204_124_133, -0.408_248_29, -0.204_124_17, 0.408_248_29, 0.204_124_109, -0.408_248_29],
        );
        check(Some(Triang), both, s, 6, [-0.115_470_06, 0.0, -0.173_205_078, 0.0, 0.115_470_06, 0.0]);
        check(
            Some(Bartlett),
            plain,
            None,
            7,
            [0.166_666_657, -0.333_333_333, -0.333_333_373, 0.666_666_667, 0.166_666_637, -0.333_333_333],
        );
        check(
            Some(Cosine),
            periodic,
            d,
            7,
            [0.139_558_089, -0.279_116_194, -0.208_863_477, 0.417_726_904, 0.208_863_415, -0.417_726_904],
        );
        check(Some(Hann), imaginary, s, 6, [-0.119_681_773, 0.0, -0.313_330_929, 0.0, 0.0, 0.0]);
        check(Some(Hamming), periodic, None, 6, [0.154_999_991, -0.31, -0.385_000_046, 0.77, 0.154_999_972, -0.31]);
        check(
            Some(Blackman),
            plain,
            d,
            7,
            [0.048_080_919, -0.096_161_843, -0.233_007_57, 0.466_015_085, 0.048_080_913, -0.096_161_843],
        );
        check(Some(Nuttall), both, s, 7, [-0.012_854_159, 0.0, -0.116_621_718, 0.0, 0.116_621_726, 0.0]);
        check(
            Some(BlackmanHarris),
            plain,
            None,
            6,
            [0.051_505_742, -0.103_011_489, -0.396_916_803, 0.793_833_511, 3e-05, -6e-05],
        );
        check(
            Some(FlatTop),
            periodic,
            d,
            6,
            [-0.024_620_37, 0.049_240_742, -0.095_195_414, 0.190_390_806, -0.024_620_367, 0.049_240_742],
        );
        check(Some(BartHann), imaginary, s, 7, [-0.077_942_29, 0.0, -0.210_732_844, 0.0, 0.077_942_29, 0.0]);
        check(
            Some(Bohman),
            periodic,
            None,
            7,
            [0.035_362_371, -0.070_724_747, -0.218_742_032, 0.437_484_012, 0.218_741_967, -0.437_484_012],
        );
        check(None, plain, d, 6, [0.5, -1.0, -0.5, 1.0, 0.5, -1.0]);
    }
}
