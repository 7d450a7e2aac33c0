//! Pooling against the plain formula, and its gradients against numerical ones.

use super::*;

/// Valid and same padding, overlapping windows, gaps between windows.
const CASES: [Geometry; 4] = [
    Geometry { input: [6, 4, 3], output: [3, 2, 3], pool: [2, 2], strides: [2, 2], padding: [0, 0] },
    Geometry { input: [5, 7, 2], output: [3, 4, 2], pool: [3, 3], strides: [2, 2], padding: [1, 1] },
    Geometry { input: [4, 4, 70], output: [4, 4, 70], pool: [2, 3], strides: [1, 1], padding: [0, 1] },
    Geometry { input: [7, 7, 1], output: [2, 3, 1], pool: [2, 1], strides: [4, 3], padding: [0, 0] },
];

fn data(n: usize, scale: usize) -> Vec<f64> {
    (0..n).map(|i| ((i * scale) % 1009) as f64 / 100.0 - 5.0).collect()
}

fn naive(g: &Geometry, x: &[f64], largest: bool) -> Vec<f64> {
    let (mut y, [h, w, c]) = (vec![], g.input);
    for image in x.chunks(h * w * c) {
        for at in 0..g.output.iter().product() {
            let (down, across, channel) = (at / c / g.output[1], at / c % g.output[1], at % c);
            let mut values = vec![];
            for (i, j) in (0..g.pool[0]).flat_map(|i| (0..g.pool[1]).map(move |j| (i, j))) {
                let row = (down * g.strides[0] + i).wrapping_sub(g.padding[0]);
                let column = (across * g.strides[1] + j).wrapping_sub(g.padding[1]);
                if row < h && column < w {
                    values.push(image[(row * w + column) * c + channel]);
                }
            }
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
    let g = Geometry { input: [2, 2, 1], output: [1, 1, 1], pool: [2, 2], strides: [2, 2], padding: [0, 0] };
    let mut d_x = [0.0_f32; 4];
    max_backward(&g, &[1.0, 3.0, 3.0, 3.0], &[3.0], &[2.0], &mut d_x, false);
    assert_eq!(d_x, [0.0, 2.0, 0.0, 0.0]);
}
