//! Three steps of each rule beside Keras 3.15's (JAX, f32), and a step of each beside itself in f64.

use super::adam::{Moments, adam};
use super::rmsprop::{RMSprop, rmsprop};
use super::sgd::{SGD, sgd};
use crate::kernels::chunks::CHUNK;

const GRADIENTS: [[f32; 3]; 3] = [[0.5, -1.0, 1e-4], [-2.0, 0.25, 3e-4], [0.0, 1.5, -1e-3]];

/// Three steps from one start, on enough copies of the variables for several tasks and a ragged end.
fn check(expected: [f32; 3], mut one_step: impl FnMut(u64, &[f32], [&mut Vec<f32>; 4])) {
    let copies = CHUNK / 3 + 100;
    let mut w: Vec<f32> = [1.0, -2.0, 0.5].repeat(copies);
    let mut slots = [const { Vec::new() }; 3];
    slots.iter_mut().for_each(|slot| slot.resize(w.len(), 0.0));
    let [a, b, c] = &mut slots;
    for (i, gradient) in (1..).zip(GRADIENTS) {
        one_step(i, &gradient.repeat(copies), [&mut w, a, b, c]);
    }
    for (w, want) in w.iter().zip(expected.repeat(copies)) {
        assert!((w - want).abs() <= 3e-7 * want.abs(), "{w} for {want}");
    }
}

#[test]
fn sgd_steps_as_keras_does() {
    let plain = SGD::new(0.1);
    check([1.15, -2.075, 0.500_059_96], |_, g, [w, ..]| sgd(&plain, 0.1, g, w, &mut []));
    let momentum = plain.clone().momentum(0.9);
    check([1.244_5, -1.926_500_1, 0.500_015_85], |_, g, [w, m, ..]| sgd(&momentum, 0.1, g, w, m));
    let nesterov = momentum.clone().nesterov(true);
    check([1.370_05, -2.008_85, 0.500_074_3], |_, g, [w, m, ..]| sgd(&nesterov, 0.1, g, w, m));
}

#[test]
fn rms_prop_steps_as_keras_does() {
    let plain = RMSprop::new(0.01);
    check([0.999_146_5, -2.003_306, 0.509_682_6], |_, g, [w, v, ..]| rmsprop(&plain, 0.01, g, w, [v, &mut [], &mut []]));
    let centered = plain.clone().momentum(0.5).centered(true);
    check([0.989_191_65, -1.981_267_3, 0.502_924_26], |_, g, [w, v, m, a]| rmsprop(&centered, 0.01, g, w, [v, m, a]));
}

#[test]
fn adam_steps_as_keras_does() {
    let plain = Moments { beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false };
    check([0.999_920_07, -1.988_518_1, 0.485_161], |i, g, [w, m, v, _]| adam(&plain, i, 0.01, g, w, [m, v, &mut []]));
    let amsgrad = Moments { amsgrad: true, ..plain };
    check([0.999_917_86, -1.988_518_1, 0.485_161], |i, g, [w, m, v, most]| adam(&amsgrad, i, 0.01, g, w, [m, v, most]));
}

/// Checks that a step changes weights in `f32` as it does in `f64`, but for so many roundings at most.
fn is_exact(rule: impl Fn(&[f32], [&mut Vec<f32>; 4]), exact: impl Fn(&[f64], [&mut Vec<f64>; 4]), most: f64) {
    let number = |i: usize, factor: usize| ((i * factor) % 2039) as f32 / 1024.0 - 1.0;
    let start = |factor| (0..5000).map(move |i| number(i, factor));
    let (gradient, mut found) = (start(37).collect::<Vec<_>>(), start(53).collect::<Vec<_>>());
    let (wide, mut expected) = (start(37).map(f64::from).collect::<Vec<_>>(), start(53).map(f64::from).collect::<Vec<_>>());
    let mut slots = [const { Vec::new() }; 3];
    slots.iter_mut().for_each(|slot| slot.resize(5000, 0.25));
    let mut wide_slots = slots.clone().map(|slot| slot.into_iter().map(f64::from).collect::<Vec<_>>());
    let ([a, b, c], [x, y, z]) = (&mut slots, &mut wide_slots);
    rule(&gradient, [&mut found, a, b, c]);
    exact(&wide, [&mut expected, x, y, z]);
    for (found, expected) in found.iter().zip(&expected) {
        let error = (f64::from(*found) - expected).abs() / expected.abs().max(1.0) * f64::from(1 << 24);
        assert!(error <= most, "{found} for {expected}: {error} roundings");
    }
}

/// With arguments that are exact in either type, so that what differs is the rounding of the steps.
#[test]
fn steps_are_as_exact_as_rounding_lets_them() {
    let rule = SGD::new(0.125).momentum(0.875).nesterov(true);
    is_exact(|g, [w, m, ..]| sgd(&rule, 0.125, g, w, m), |g, [w, m, ..]| sgd(&rule, 0.125, g, w, m), 3.0);
    let rule = RMSprop::new(0.125).rho(0.875).momentum(0.5).epsilon(0.125).centered(true);
    is_exact(
        |g, [w, v, m, a]| rmsprop(&rule, 0.125, g, w, [v, m, a]),
        |g, [w, v, m, a]| rmsprop(&rule, 0.125, g, w, [v, m, a]),
        4.0,
    );
    let rule = Moments { beta_1: 0.875, beta_2: 0.984_375, epsilon: 0.125, amsgrad: true };
    is_exact(
        |g, [w, m, v, most]| adam(&rule, 3, 0.125, g, w, [m, v, most]),
        |g, [w, m, v, most]| adam(&rule, 3, 0.125, g, w, [m, v, most]),
        4.0,
    );
}
