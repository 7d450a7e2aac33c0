//! The gradients of penalties beside differences, and when they are added.

use model_core::float::Float;
use model_core::interpret::Model;
use model_core::network::{Network, Trainable};
use model_core::pass::Pass;
use ndarray::Array2;

/// Changes the weight of this number, of all elements.
fn change<T: Float>(model: &mut Model<T>, place: usize, by: f64) {
    let mut before = 0;
    model.visit_mut(&mut |weight| {
        if let Some(element) = place.checked_sub(before).filter(|&element| element < weight.data.len()) {
            weight.data[element] += T::from_f64(by);
        }
        before += weight.data.len();
    });
}

fn check<T: Float>(step: f64, limit: f64) {
    let mut model = Model::<T>::new(model_graph::config::read(&crate::common::kept_document()).unwrap(), 7).unwrap();
    // No element is so small that a step takes it to the other side of zero.
    model.visit_mut(&mut |weight| weight.data.iter_mut().for_each(|w| *w += T::from_f64(if *w < T::ZERO { -0.1 } else { 0.1 })));
    let mut gradients = model.gradients();
    model.add_penalties(&mut gradients).unwrap();
    let mut found = Vec::new();
    model.visit_with(&mut gradients, &mut |_, gradient, _| found.extend(gradient.data.iter().map(|d| d.to_f64())));
    for (place, found) in found.iter().enumerate() {
        let mut side = |by: f64| {
            change(&mut model, place, by);
            let penalty = model.penalty().unwrap();
            change(&mut model, place, -by);
            penalty
        };
        let expected = (side(step) - side(-step)) / (2.0 * step);
        assert!((found - expected).abs() < limit, "{place}: {found} for {expected}");
    }
    assert!(found.iter().any(|d| d.abs() > 0.1));
}

#[test]
fn gradients_are_those_of_the_penalty() {
    check::<f64>(1e-6, 1e-7);
    check::<f32>(1e-2, 2e-3);
}

/// The gradients of one batch and of the same batch twice differ by what the batch gives, not by the penalties.
#[test]
fn penalties_are_added_once_a_step() {
    let mut model = crate::common::kept();
    let (x, d_output) = (Array2::<f32>::ones((4, 6)), Array2::<f32>::from_elem((4, 3), 0.25));
    let mut run = |batches: usize, adds_between: bool| {
        let mut pass = Pass::new(&model, 0);
        for batch in 0..batches {
            model.forward(&mut pass, &x).unwrap();
            if batch > 0 {
                pass.accumulate();
            }
            model.backward(&mut pass, &d_output).unwrap();
            if adds_between {
                pass.add_penalties(&mut model).unwrap();
            }
        }
        pass.add_penalties(&mut model).unwrap();
        let mut found = Vec::new();
        pass.visit_gradients(&mut model, |gradient| found.extend(gradient.data.iter().map(|d| d.to_f64())));
        found
    };
    let (one, two, between) = (run(1, false), run(2, false), run(2, true));
    let mut penalties = model.gradients();
    model.add_penalties(&mut penalties).unwrap();
    let mut alone = Vec::new();
    model.visit_with(&mut penalties, &mut |_, gradient, is_trainable| {
        alone.extend(gradient.data.iter().filter(|_| is_trainable).map(|d| d.to_f64()));
    });
    for (((one, two), between), alone) in one.iter().zip(two).zip(between).zip(alone) {
        assert!((two - (2.0 * one - alone)).abs() < 1e-4 && (two - between).abs() < 1e-4, "{one} {two} {between} {alone}");
    }
}
