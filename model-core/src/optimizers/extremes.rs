//! Steps at the ends of all ranges: whatever the arguments and the gradients, what comes out is finite.

use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::rule::{Of, Slot, Start, Step};
use super::{Common, Optimizer, guard};
use crate::buffer::Buffer;

/// What an argument is tried with: the ends of the ranges that there are.
const NUMBERS: [f64; 22] = [
    0.0,
    1e-37,
    1e-16,
    1e-6,
    1e-3,
    0.5,
    0.999_999_9,
    0.999_999_94,
    1.0,
    3.0,
    100.0,
    1000.0,
    1e30,
    -0.5,
    -1.0,
    -2.0,
    -10.0,
    -100.0,
    1e-30,
    0.9,
    0.004,
    20.0,
];

const GRADIENTS: [f32; 12] = [1e18, 0.0, -1e18, 1e-30, 1e18, 1e18, 0.0, 0.0, -1e-30, 1.0, -1e18, 1e9];

/// An optimiser with these arguments, if it takes them.
fn optimizer(class: &str, arguments: &Map<String, Value>) -> Option<Optimizer> {
    Optimizer::from_keras(&json!({ "class_name": class, "config": arguments })).ok()
}

/// The least and the largest value that an argument takes.
fn ends(class: &str, argument: &str, default: &Value) -> Vec<Value> {
    let takes = |value: &Value| optimizer(class, &Map::from_iter([(argument.to_owned(), value.clone())])).is_some();
    if default.is_boolean() {
        return vec![false.into(), true.into()];
    }
    let mut numbers: Vec<f64> = NUMBERS.to_vec();
    numbers.sort_by(f64::total_cmp);
    let taken: Vec<Value> = numbers.into_iter().map(Value::from).filter(takes).collect();
    taken.first().into_iter().chain(taken.last()).cloned().collect()
}

/// Arguments at their ends: all of them, and each alone.
fn corners(class: &str, arguments: &[(String, Option<Value>)]) -> Vec<Map<String, Value>> {
    let own = |(name, default): &(String, Option<Value>)| Some((name.clone(), ends(class, name, default.as_ref()?)));
    let all: Vec<(String, Vec<Value>)> = arguments.iter().filter_map(own).filter(|(_, ends)| !ends.is_empty()).collect();
    let at = |place: usize| all.iter().map(|(name, ends)| (name.clone(), ends[place.min(ends.len() - 1)].clone())).collect();
    let mut corners: Vec<Map<String, Value>> = vec![Map::new(), at(0), at(1)];
    for (name, ends) in &all {
        for end in ends {
            for mut others in [Map::new(), at(0), at(1)] {
                others.insert(name.clone(), end.clone());
                corners.push(others);
            }
        }
    }
    corners
}

fn check(optimizer: &Optimizer, rate: f64, shape: &[usize], path: &str) {
    let (rule, size) = (optimizer.rule(0), shape.iter().product());
    let mut weight: Vec<f32> = (0..size).map(|i| [0.0, 1.0, -1e30, 1e-30][i % 4]).collect();
    let made = |slot: Slot| match slot.start {
        Start::Weight => Buffer::from_slice(&weight),
        Start::Constant(start) => Buffer::from_slice(&vec![start as f32; slot.elements()]),
    };
    let mut slots: Vec<Buffer<f32>> = rule.slots(Of { path, shape }).into_iter().map(made).collect();
    let mut room = Buffer::new();
    for t in 0..24_usize {
        let gradient: Vec<f32> = (0..size).map(|i| GRADIENTS[(t + i * (1 + t / 12)) % GRADIENTS.len()]).collect();
        rule.step(Step { iteration: t as u64 + 1, rate, shape }, &gradient, &mut weight, &mut slots, &mut room);
        let all_finite = |numbers: &[f32]| numbers.iter().all(|number| number.is_finite());
        assert!(all_finite(&weight), "{optimizer:?}, rate {rate}, step {t}: {weight:?}");
        assert!(slots.iter().all(|slot| all_finite(slot)), "{optimizer:?}, rate {rate}, step {t}: {slots:?}");
        // Beyond that, steps are refused.
        weight.iter_mut().filter(|w| w.abs() > guard::LARGEST_WEIGHT).for_each(|w| *w = 1e30);
    }
}

#[test]
fn steps_stay_finite_at_the_ends_of_all_ranges() {
    for (class, arguments) in Optimizer::signatures() {
        if class == "MultiOptimizer" {
            continue; // it has no rule of its own
        }
        let (mut common, mut count) = (Map::new(), 0);
        Common::default().write(&mut common);
        let own: Vec<_> =
            arguments.into_iter().filter(|(name, _)| name != "learning_rate" && !common.contains_key(name)).collect();
        for arguments in corners(class, &own) {
            let optimizer = optimizer(class, &arguments).expect("each argument is in its range");
            for rate in [1e-38, 1.0, 1e6] {
                check(&optimizer, rate, &[3, 4], "dense/kernel");
                check(&optimizer, rate, &[4, 3], "embedding/embeddings");
                check(&optimizer, rate, &[5], "dense/bias");
            }
            count += 1;
        }
        assert!(count > 5 * own.len(), "{class} is tried at {count} corners");
    }
}

/// An average that forgets at once, and a gradient of zero behind a large one.
#[test]
fn adam_divides_by_little_more_than_nothing() {
    let optimizer: Optimizer = super::Adam::new(1e6).beta_2(0.0).epsilon(1e-16).into();
    check(&optimizer, 1e6, &[2], "dense/bias");
}
