//! Schedules where rounding would show, and what is refused.

use super::*;

#[test]
fn a_restart_is_where_the_periods_end() {
    for t_mul in [1.0, 1.1, 1.5, 2.0, 3.0, 10.0] {
        let waves = LearningRate::from(CosineDecayRestarts::new(0.1, 7).t_mul(t_mul));
        let (mut start, mut length) = (0.0, 7.0);
        for _ in 0..8 {
            let step = f64::ceil(start - 1e-6) as u64;
            let expected = 0.05 * (1.0 + libm::cos(std::f64::consts::PI * (step as f64 - start).max(0.0) / length));
            assert!((waves.at(step) - expected).abs() < 1e-9, "{t_mul}, step {step}: {} for {expected}", waves.at(step));
            start += length;
            length *= t_mul;
        }
    }
}

#[test]
fn a_schedule_is_read_back_from_what_is_written() {
    let check = |rate: LearningRate| {
        let read = LearningRate::from_keras_with(&rate.to_keras(), "SGD", &crate::custom::CustomObjects::new()).unwrap();
        assert_eq!(read, rate);
    };
    check(0.1.into());
    check(ExponentialDecay::new(0.1, 10, 0.5).staircase(true).into());
    check(InverseTimeDecay::new(0.1, 10, 0.5).into());
    check(PiecewiseConstantDecay::new([1, 2], [0.1, 0.2, 0.3]).into());
    check(PolynomialDecay::new(0.1, 10).power(2.0).cycle(true).into());
    check(CosineDecay::new(0.1, 10).warmup_target(0.2).warmup_steps(3).into());
    check(CosineDecayRestarts::new(0.1, 10).t_mul(1.5).into());
}

#[test]
fn what_is_no_schedule_is_refused() {
    let check = |serialized: serde_json::Value, expected: &str| {
        let error = LearningRate::from_keras_with(&serialized, "Adam", &crate::custom::CustomObjects::new()).unwrap_err();
        assert!(error.to_string().starts_with(expected), "{error}");
    };
    check(
        serde_json::json!("fast"),
        "`Adam` has a `learning_rate` that this library does not have: expected a number or a schedule",
    );
    let of = |class: &str, config: serde_json::Value| serde_json::json!({ "class_name": class, "config": config });
    check(
        of("Falling", serde_json::json!({})),
        "`learning_rate` has a `class_name` that this library does not have: expected one of",
    );
    check(
        of("CosineDecay", serde_json::json!({ "initial_learning_rate": 0.1 })),
        "`CosineDecay` has a `decay_steps` that this library does not have: expected a whole number from 0, found `null`",
    );
}
