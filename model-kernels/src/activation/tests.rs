//! Values against Keras's, derivatives against numerical ones, f32 against f64.

use super::*;

fn all() -> Vec<(Kind, [f64; 4])> {
    vec![
        (Kind::Linear, [-2.0, -0.3, 0.4, 3.5]),
        (Kind::Relu, [0.0, 0.0, 0.4, 3.5]),
        (Kind::GeneralRelu { negative_slope: 0.25, max_value: 3.0, threshold: 0.125 }, [-0.53125, -0.10625, 0.4, 3.0]),
        (Kind::Relu6, [0.0, 0.0, 0.4, 3.5]),
        (Kind::LeakyRelu { negative_slope: 0.2 }, [-0.4, -0.06, 0.4, 3.5]),
        (Kind::LeakyRelu { negative_slope: -0.2 }, [0.4, 0.06, 0.4, 3.5]),
        (Kind::Elu { alpha: 1.0 }, [-0.864664717, -0.259181779, 0.4, 3.5]),
        (Kind::Elu { alpha: -0.5 }, [0.432332358, 0.12959089, 0.4, 3.5]),
        (Kind::Selu, [-1.52016647, -0.455667315, 0.420280395, 3.67745346]),
        (Kind::Celu { alpha: 1.5 }, [-1.10460429, -0.27190387, 0.4, 3.5]),
        (Kind::Gelu, [-0.0455002639, -0.114626573, 0.262168697, 3.4991858]),
        (Kind::GeluApproximate, [-0.0454023059, -0.114629076, 0.262161169, 3.4993838]),
        (Kind::Sigmoid, [0.119202922, 0.425557483, 0.59868766, 0.970687769]),
        (Kind::HardSigmoid, [0.166666667, 0.45, 0.566666667, 1.0]),
        (Kind::LogSigmoid, [-2.12692801, -0.854355244, -0.513015252, -0.0297504183]),
        (Kind::Silu, [-0.238405844, -0.127667245, 0.239475064, 3.39740719]),
        (Kind::HardSilu, [-0.333333333, -0.135, 0.226666667, 3.5]),
        (Kind::Mish, [-0.252501483, -0.151133177, 0.289030534, 3.49399072]),
        (Kind::Softplus, [0.126928011, 0.554355244, 0.913015252, 3.52975042]),
        (Kind::Softsign, [-0.666666667, -0.230769231, 0.285714286, 0.777777778]),
        (Kind::Tanh, [-0.964027584, -0.291312605, 0.379949003, 0.998177946]),
        (Kind::TanhShrink, [-1.03597242, -0.00868738755, 0.0200510377, 2.5018221]),
        (Kind::HardTanh, [-1.0, -0.3, 0.4, 1.0]),
        (Kind::HardShrink { threshold: 0.5 }, [-2.0, 0.0, 0.0, 3.5]),
        (Kind::SoftShrink { threshold: 0.5 }, [-1.5, 0.0, 0.0, 3.0]),
        (Kind::Threshold { threshold: 0.1, default_value: 20.0 }, [20.0, 20.0, 0.4, 3.5]),
        (Kind::SparsePlus, [0.0, 0.1225, 0.49, 3.5]),
        (Kind::SparseSigmoid, [0.0, 0.35, 0.7, 1.0]),
        (Kind::Squareplus { b: 4.0 }, [0.414213562, 0.861187421, 1.2198039, 3.76556444]),
        (Kind::Exponential, [0.135335283, 0.740818221, 1.4918247, 33.115452]),
        (Kind::Softmax, [0.00381404173, 0.0208778638, 0.0420428547, 0.93326524]),
        (Kind::LogSoftmax, [-5.56906583, -3.86906583, -3.16906583, -0.0690658315]),
        (Kind::Sparsemax, [0.0, 0.0, 0.0, 1.0]),
    ]
}

#[test]
fn values_are_keras_s() {
    for (kind, expected) in all() {
        let mut y = [-2.0, -0.3, 0.4, 3.5];
        forward_in_place(kind, &mut y, 4);
        for (got, want) in y.iter().zip(expected) {
            assert!((got - want).abs() < 1e-6 * (1.0 + want.abs()), "{kind:?}: {y:?} for {expected:?}");
        }
    }
}

#[test]
fn derivatives_are_the_numerical_ones() {
    let x = [-4.1, -2.2, -0.7, -0.31, 0.37, 0.83, 2.3, 6.6];
    for (kind, _) in all() {
        let loss = |x: &[f64]| {
            let mut y = x.to_vec();
            forward_in_place(kind, &mut y, 4);
            y.iter().enumerate().map(|(i, y)| y * (1.0 + i as f64)).sum::<f64>()
        };
        let mut y = [0.0; 8];
        forward(kind, &x, &mut y, 4);
        let mut d: [f64; 8] = std::array::from_fn(|i| 1.0 + i as f64);
        backward(kind, if needs_input(kind) { &x } else { &[] }, &y, &mut d, 4);
        for i in 0..8 {
            let (mut above, mut below) = (x, x);
            above[i] += 1e-6;
            below[i] -= 1e-6;
            let want = (loss(&above) - loss(&below)) / 2e-6;
            assert!((d[i] - want).abs() < 1e-6 * (1.0 + want.abs()), "{kind:?} at {}: {} for {want}", x[i], d[i]);
        }
    }
}

#[test]
fn single_precision_agrees_with_double() {
    let n = 2 * CHUNK + 40;
    let x: Vec<f64> = (0..n).map(|i| f64::from((i as f32 / n as f32 - 0.5) * 24.0)).collect();
    let single: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let close = |a: &[f32], b: &[f64], kind| {
        for ((a, b), x) in a.iter().zip(b).zip(&x) {
            assert!((f64::from(*a) - b).abs() < 2e-6 * (1.0 + b.abs()), "{kind:?} at {x}: {a} for {b}");
        }
    };
    for (kind, _) in all() {
        let (mut y, mut y64) = (vec![0.0; n], vec![0.0; n]);
        forward(kind, &single, &mut y, 8);
        forward(kind, &x, &mut y64, 8);
        close(&y, &y64, kind);
        let (mut d, mut d64) = (vec![1.0; n], vec![1.0; n]);
        backward(kind, &single, &y, &mut d, 8);
        backward(kind, &x, &y64, &mut d64, 8);
        if !matches!(kind, Kind::Threshold { .. }) {
            close(&d, &d64, kind);
        }
    }
}

#[test]
fn extremes_stay_finite_and_nan_is_not_hidden() {
    for kind in [Kind::Softmax, Kind::LogSoftmax, Kind::Sparsemax] {
        let mut y = [1e30_f32, -1e30, 1e30, 0.0];
        forward_in_place(kind, &mut y, 4);
        assert!(y.iter().all(|y| y.is_finite()), "{kind:?}: {y:?}");
    }
    for (kind, _) in all() {
        let mut y = [f32::NAN, 0.0];
        forward_in_place(kind, &mut y, 2);
        let passes = matches!(kind, Kind::Threshold { .. });
        assert!(y[0].is_nan() || passes, "{kind:?}: {y:?}");
    }
}
