//! Losses and gradients beside Keras 3.15's (JAX, f32), and gradients beside numerical ones.

use super::*;

const LOGITS: [f32; 6] = [1.0, -2.0, 0.5, 0.0, 3.0, -1.0];
/// Rows that do not sum to one, and probabilities that are clipped.
const PROBABILITIES: [f32; 6] = [0.2, 0.5, 0.5, 0.0, 1.0, 0.0];
const TARGETS: [f32; 6] = [0.0, 1.0, 0.0, 0.7, 0.2, 0.1];
const CLASSES: [i32; 2] = [1, 0];
const WEIGHTS: [f32; 2] = [0.5, 2.0];

fn check(expected: f64, gradient: [f32; 6], run: impl Fn(&mut [f32]) -> f64) {
    let mut d = [9.0; 6];
    let loss = run(&mut d);
    assert!((loss - expected).abs() < 1e-6 * expected, "{loss} for {expected}");
    for (got, want) in d.iter().zip(gradient) {
        assert!((got - want).abs() < 1e-6 * (1.0 + want.abs()), "{d:?} for {gradient:?}");
    }
    assert_eq!(run(&mut []), loss);
}

#[test]
fn categorical_crossentropy_is_keras_s() {
    check(3.379_533_3, [0.142_603_89, -0.225_818_62, 0.083_214_72, -0.616_720_74, 0.722_906_23, -0.106_185_51], |d| {
        categorical_crossentropy(&TARGETS, &LOGITS, 3, true, 0.1, Some(&WEIGHTS), d)
    });
    check(6.884_972_6, [0.416_666_66, -0.583_333_4, 0.416_666_66, 0.0, 0.0, 0.0], |d| {
        categorical_crossentropy(&TARGETS, &PROBABILITIES, 3, false, 0.0, None, d)
    });
}

#[test]
fn sparse_categorical_crossentropy_is_keras_s() {
    check(3.285_240_4, [0.301_874_46, -0.484_970_57, 0.183_096_11, -0.476_693_7, 0.468_119_77, 0.008_573_913], |d| {
        sparse_categorical_crossentropy(&CLASSES, &LOGITS, 3, true, None, d)
    });
    check(16.336_962, [0.208_333_33, -0.291_666_7, 0.208_333_33, 0.0, 0.0, 0.0], |d| {
        sparse_categorical_crossentropy(&CLASSES, &PROBABILITIES, 3, false, Some(&WEIGHTS), d)
    });
}

#[test]
fn binary_crossentropy_is_keras_s() {
    check(1.521_604_3, [0.056_754_876, -0.069_233_08, 0.047_704_946, -0.060_000_002, 0.240_858_03, 0.042_980_477], |d| {
        binary_crossentropy(&TARGETS, &LOGITS, true, 0.1, Some(&WEIGHTS), d)
    });
    check(4.542_970_2, [0.208_333_34, -0.333_333_34, 0.333_333_34, 0.0, 0.0, 0.0], |d| {
        binary_crossentropy(&TARGETS, &PROBABILITIES, false, 0.0, None, d)
    });
}

#[test]
fn mean_squared_error_is_keras_s() {
    check(4.034_166_8, [0.166_666_67, -0.5, 0.083_333_336, -0.466_666_67, 1.866_666_7, -0.733_333_35], |d| {
        mean_squared_error(&TARGETS, &LOGITS, Some(&WEIGHTS), d)
    });
}

#[test]
fn mean_absolute_error_is_keras_s() {
    check(1.908_333_3, [0.083_333_336, -0.083_333_336, 0.083_333_336, -0.333_333_34, 0.333_333_34, -0.333_333_34], |d| {
        mean_absolute_error(&TARGETS, &LOGITS, Some(&WEIGHTS), d)
    });
}

/// Two weights for 5000 rows: every sample has 2500 positions.
#[test]
fn gradients_of_many_rows_are_the_numerical_ones() {
    let (n, row) = (20_000, 4);
    let x: Vec<f64> = (0..n).map(|i| 0.05 + ((i * 37) % 89) as f64 / 100.0).collect();
    let t: Vec<f64> = (0..n).map(|i| ((i * 13) % 7) as f64 / 7.0).collect();
    let labels: Vec<i32> = (0..5000).map(|i| i % 4).collect();
    let w = Some(&[0.5, 3.0][..]);
    type Loss<'a> = &'a dyn Fn(&[f64], &mut [f64]) -> f64;
    let losses: [Loss; 8] = [
        &|x, d| categorical_crossentropy(&t, x, row, true, 0.2, w, d),
        &|x, d| categorical_crossentropy(&t, x, row, false, 0.0, w, d),
        &|x, d| sparse_categorical_crossentropy(&labels, x, row, true, w, d),
        &|x, d| sparse_categorical_crossentropy(&labels, x, row, false, w, d),
        &|x, d| binary_crossentropy(&t, x, true, 0.0, w, d),
        &|x, d| binary_crossentropy(&t, x, false, 0.3, w, d),
        &|x, d| mean_squared_error(&t, x, w, d),
        &|x, d| mean_absolute_error(&t, x, w, d),
    ];
    for (k, loss) in losses.into_iter().enumerate() {
        let mut d = vec![0.0; n];
        loss(&x, &mut d);
        for i in [0, 5, 9_999, 10_002, 19_999] {
            let at = |step: f64| {
                let mut x = x.clone();
                x[i] += step;
                loss(&x, &mut [])
            };
            let want = (at(1e-4) - at(-1e-4)) / 2e-4;
            assert!((d[i] - want).abs() < 1e-9 + 1e-4 * want.abs(), "loss {k} at {i}: {} for {want}", d[i]);
        }
    }
}
