//! A layer of one's own, the Keras guide's `CustomDense`: declared, checked, trained, saved, and loaded with and without the code around it.
//!
//! ```text
//! cargo run --release --example custom_layer                  # images of shapes, made up, in grey
//! cargo run --release --example custom_layer -- --data mnist
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::check::check_layer;
use functional_model::prelude::*;
use ndarray::{Array2, Axis};
use support::Flags;

/// A densely connected layer, along the last axis.
#[layer(shape = "[.., features] -> [.., units]", weights(w("[features, units]", "random_normal"), b("[units]", "zeros")))]
#[derive(Clone, Debug)]
pub struct CustomDense {
    /// The size of the output's last axis.
    #[default = 32]
    units: usize,
}

impl<T: Float> CustomLayer<T> for CustomDense {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        call.inputs.dot(&call.weights.w) + call.weights.b
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients {
            inputs: call.d_output.dot(&call.weights.w.t()),
            weights: CustomDenseWeights { w: call.inputs.t().dot(&call.d_output), b: call.d_output.sum_axis(Axis(0)) },
        }
    }
}

functional_model! {
    /// A perceptron of layers of one's own, among others.
    pub model Net(x: [784]) -> [10] {
        let x = Activation("relu")(CustomDense(64)(x));
        CustomDense(10)(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    check_layer(&CustomDense { units: 3 }, &[&[4]]); // its gradients are the numerical ones, for vectors
    check_layer(&CustomDense { units: 3 }, &[&[2, 4]]); // and for sequences of them

    let (train, test) = support::grey_images(&flags, 5000)?;
    let (train, test) = (train.flattened(), test.flattened());
    println!("{}", Net::summary());

    let mut model = Net::new(flags.seed);
    let mut trainer = model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(5), &test))?;
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    Net::plot(flags.out.join("custom_layer.svg"))?;
    let custom_objects = CustomObjects::new().layer::<CustomDense>();
    let file = flags.out.join("custom_layer.safetensors");
    support::keep_with(&model, &file, |path| Net::load(path), &custom_objects, &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}
