//! Pooling against the plain formula, and its gradients against numerical ones.

use super::*;

const fn windows(size: usize, stride: usize, padding: usize) -> Windows {
    Windows::Sliding { size, stride, padding }
}

/// Valid and same padding, overlapping windows, gaps between windows; images and volumes; windows that adapt.
const CASES: [Geometry; 7] = [
    Geometry { input: [1, 6, 4, 3], output: [1, 3, 2, 3], windows: [Windows::SINGLE, windows(2, 2, 0), windows(2, 2, 0)] },
    Geometry { input: [1, 5, 7, 2], output: [1, 3, 4, 2], windows: [Windows::SINGLE, windows(3, 2, 1), windows(3, 2, 1)] },
    Geometry { input: [1, 4, 4, 70], output: [1, 4, 4, 70], windows: [Windows::SINGLE, windows(2, 1, 0), windows(3, 1, 1)] },
    Geometry { input: [1, 7, 7, 1], output: [1, 2, 3, 1], windows: [Windows::SINGLE, windows(2, 4, 0), windows(1, 3, 0)] },
    Geometry { input: [5, 4, 3, 2], output: [3, 4, 1, 2], windows: [windows(3, 2, 1), windows(2, 1, 0), windows(3, 3, 0)] },
    Geometry { input: [1, 7, 5, 3], output: [1, 3, 5, 3], windows: [Windows::SINGLE, Windows::Adaptive, Windows::Adaptive] },
    Geometry { input: [5, 2, 7, 2], output: [2, 3, 4, 2], windows: [Windows::Adaptive; 3] },
];

fn data(n: usize, scale: usize) -> Vec<f64> {
    (0..n).map(|i| ((i * scale) % 1009) as f64 / 100.0 - 5.0).collect()
}

/// Whether a window covers an element of an axis.
fn covers(g: &Geometry, axis: usize, window: usize, element: usize) -> bool {
    match g.windows[axis] {
        Windows::Sliding { size, stride, padding } => (window * stride..window * stride + size).contains(&(element + padding)),
        // The parts of one share of each element, in units of which axis and output are whole.
        Windows::Adaptive => {
            let (inputs, outputs) = (g.input[axis], g.output[axis]);
            window * inputs < (element + 1) * outputs && element * outputs < (window + 1) * inputs
        }
    }
}

fn naive(g: &Geometry, x: &[f64], largest: bool) -> Vec<f64> {
    let (mut y, [d, h, w, c]) = (vec![], g.input);
    let [_, down, across, _] = g.output;
    for sample in x.chunks(d * h * w * c) {
        for at in 0..g.output.iter().product() {
            let at = [at / c / across / down, at / c / across % down, at / c % across, at % c];
            let covered = (0..d * h * w).filter(|i| {
                let place = [i / w / h, i / w % h, i % w];
                [0, 1, 2].iter().all(|&axis| covers(g, axis, at[axis], place[axis]))
            });
            let values: Vec<f64> = covered.map(|i| sample[i * c + at[3]]).collect();
            let most = values.iter().copied().fold(f64::MIN, f64::max);
            y.push(if largest { most } else { values.iter().sum::<f64>() / values.len() as f64 });
        }
    }
    y
}

#[test]
fn values_are_those_of_the_formula() {
    for g in CASES {
        let x = data(3 * g.input_size(), 271);
        let mut y = vec![0.0; 3 * g.output_size()];
        max_forward(&g, &x, &mut y);
        assert_eq!(y, naive(&g, &x, true));
        average_forward(&g, &x, &mut y);
        assert!(y.iter().zip(naive(&g, &x, false)).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}

#[test]
fn gradients_are_the_numerical_ones() {
    for g in CASES {
        let (x, d_y) = (data(2 * g.input_size(), 271), data(2 * g.output_size(), 37));
        let mut y = vec![0.0; d_y.len()];
        max_forward(&g, &x, &mut y);
        let (mut of_max, mut of_average) = (vec![1.0; x.len()], vec![9.0; x.len()]);
        max_backward(&g, &x, &y, &d_y, &mut of_max, true);
        average_backward(&g, &d_y, &mut of_average, false);
        for i in (0..x.len()).step_by(x.len() / 60 + 1) {
            for (largest, got) in [(true, of_max[i] - 1.0), (false, of_average[i])] {
                let loss = |step: f64| {
                    let mut x = x.clone();
                    x[i] += step;
                    naive(&g, &x, largest).iter().zip(&d_y).map(|(y, d)| y * d).sum::<f64>()
                };
                let want = (loss(1e-4) - loss(-1e-4)) / 2e-4;
                assert!((got - want).abs() < 1e-6, "{g:?} at {i}: {got} for {want}");
            }
        }
    }
}

#[test]
fn of_equal_elements_the_first_gets_the_gradient() {
    let g = Geometry { input: [1, 2, 2, 1], output: [1; 4], windows: [windows(1, 1, 0), windows(2, 2, 0), windows(2, 2, 0)] };
    let mut d_x = [0.0_f32; 4];
    max_backward(&g, &[1.0, 3.0, 3.0, 3.0], &[3.0], &[2.0], &mut d_x, false);
    assert_eq!(d_x, [0.0, 2.0, 0.0, 0.0]);
}
