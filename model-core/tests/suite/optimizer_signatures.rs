//! Optimisers and schedules take what Keras's take: the same arguments, in the same order, with the same defaults.

use crate::common::signatures::{Arguments, is_same, signatures};
use model_core::optimizers::Optimizer;
use model_core::schedules::Schedule;

/// What Keras has and this library has not: arithmetic is `f32`, which needs no scaled losses.
const ABSENT: [&str; 1] = ["LossScaleOptimizer"];

fn check(module: &str, ours: &[(&str, Arguments)], absent: &[&str]) {
    let keras = signatures(module);
    assert!(keras.len() >= 6, "{module} are in the table");
    for (class, expected) in &keras {
        let found = ours.iter().find(|(name, _)| name == class);
        assert_eq!(found.is_none(), absent.contains(&class.as_str()), "{class}");
        let Some((_, found)) = found else { continue };
        let names = |arguments: &Arguments| arguments.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(found), names(expected), "{class}");
        for ((name, ours), (_, keras)) in found.iter().zip(expected) {
            assert!(is_same(ours.as_ref(), keras.as_ref()), "`{name}` of {class}: {ours:?} for {keras:?}");
        }
    }
    assert_eq!(ours.len() + absent.len(), keras.len(), "no more than Keras has");
}

#[test]
fn optimizers_take_what_keras_s_take() {
    check("optimizers", &Optimizer::signatures(), &ABSENT);
}

#[test]
fn schedules_take_what_keras_s_take() {
    check("schedules", &Schedule::signatures(), &[]);
}
