//! What the instruction set changes of a training: nothing between those that multiply and add in one, and on portable tiles, which round
//! products before they add them, as much as one unit in the last place of one weight changes.
//!
//! Training amplifies whatever differs: gradients of another point lead to another point, and where a unit goes on or off they jump. So the
//! differences of weights after a training say little about a kernel; how exact these are is a test of their crate. Seen here, as the
//! largest difference of a weight after sixty epochs, of rounding and of one unit: 6e-5 and 9e-5 (numbers, Adam), 1.8 and 2.1 (numbers, SGD
//! with a step at which training is chaotic), 1.2e-5 and 0.5e-5 (images, RMSprop). A unit may also lead nowhere, where it is moved in
//! front of a unit that is off.

mod common;

use common::{largest, model};
use model_core::Result;
use model_core::interpret::Model;
use model_core::losses::SparseCategoricalCrossentropy;
use model_core::network::{Network, Trainable};
use model_core::optimizers::{Adam, Optimizer, RMSprop, SGD};
use model_core::training::{Fit, Train, Verbose};
use model_kernels::instruction_set::InstructionSet;
use ndarray::Array4;
use serde_json::json;

/// So many that differences grow.
const EPOCHS: usize = 60;

/// A small network of images, or of numbers.
fn network(is_of_images: bool) -> Model {
    let layer = |class: &str, config| json!({ "class_name": class, "config": config });
    let layers = if is_of_images {
        json!([
            layer("InputLayer", json!({ "batch_shape": [null, 8, 8, 3], "name": "x" })),
            layer("Conv2D", json!({ "name": "first", "filters": 8, "kernel_size": 3, "activation": "relu" })),
            layer("MaxPooling2D", json!({ "name": "pool", "pool_size": 2 })),
            layer("Conv2D", json!({ "name": "second", "filters": 8, "kernel_size": 2, "activation": "relu" })),
            layer("Flatten", json!({ "name": "flat" })),
            layer("Dense", json!({ "name": "out", "units": 4 })),
        ])
    } else {
        json!([
            layer("InputLayer", json!({ "batch_shape": [null, 192], "name": "x" })),
            layer("Dense", json!({ "name": "first", "units": 32, "activation": "relu" })),
            layer("Dense", json!({ "name": "second", "units": 32, "activation": "tanh" })),
            layer("Dense", json!({ "name": "out", "units": 4 })),
        ])
    };
    model(&json!({ "class_name": "Sequential", "config": { "name": "small", "layers": layers } }))
}

/// The weights after a training on an instruction set, of a network of which one weight was moved by so many units in its last place.
fn train(set: InstructionSet, is_of_images: bool, optimizer: Optimizer, moved: Option<usize>) -> Result<Vec<f32>> {
    set.select();
    let (x, y) = largest(256, 192);
    let y = y.mapv(|label| label % 4);
    let mut model = network(is_of_images);
    if let Some(place) = moved {
        let mut first = true;
        model.visit_mut(&mut |weight| {
            if std::mem::take(&mut first) {
                weight.data[place] = f32::from_bits(weight.data[place].to_bits() + 1);
            }
        });
    }
    let fit = Fit { epochs: EPOCHS, verbose: Verbose::Silent, ..Fit::default() };
    let mut trainer = model.compile(optimizer, SparseCategoricalCrossentropy::from_logits());
    if is_of_images {
        let images = Array4::from_shape_vec((256, 8, 8, 3), x.into_raw_vec_and_offset().0).expect("192 elements each");
        trainer.fit((&images, &y), fit)?;
    } else {
        trainer.fit((&x, &y), fit)?;
    }
    let mut weights = Vec::new();
    model.visit(&mut |weight, _| weights.extend_from_slice(&weight.data));
    Ok(weights)
}

/// The largest difference of two weights.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).fold(0.0, |most: f32, (a, b)| most.max((a - b).abs()))
}

#[test]
fn rounding_products_changes_a_training_as_moving_one_weight_by_one_unit_does() -> Result<()> {
    let sets: Vec<_> = InstructionSet::available().collect();
    let [portable, .., best] = sets[..] else { return Ok(()) };
    let works: [(bool, Optimizer); 3] =
        [(false, Adam::new(0.01).into()), (false, SGD::new(0.3).momentum(0.9).into()), (true, RMSprop::new(0.01).into())];
    for (is_of_images, optimizer) in works {
        let train = |set, moved| train(set, is_of_images, optimizer.clone(), moved);
        let expected = train(best, None)?;
        for &set in &sets[1..sets.len() - 1] {
            assert!(train(set, None)? == expected, "{set:?} and {best:?} give other bits");
        }
        let of_rounding = difference(&train(portable, None)?, &expected);
        let of_moving = [difference(&train(best, Some(100))?, &expected), difference(&train(best, Some(200))?, &expected)];
        println!("images: {is_of_images}, {}: {of_rounding:e} of rounding, {of_moving:?} of one unit", optimizer.class());
        let most = of_moving[0].max(of_moving[1]);
        assert!(of_rounding <= 10.0 * most, "{of_rounding} of rounding, {of_moving:?} of one unit");
    }
    Ok(())
}
