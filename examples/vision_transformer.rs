//! A small vision transformer: an image in patches, each of which looks at all others.
//!
//! ```text
//! cargo run --release --example vision_transformer                             # images of shapes, made up
//! cargo run --release --example vision_transformer -- --data cifar-10-batches-bin
//! ```
//!
//! Where a patch lies is told by a layer of one's own, as in Keras's example, whose `PatchEncoder` is one, too. Source: Dosovitskiy et al.
//! 2020, <https://arxiv.org/abs/2010.11929>.

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use ndarray::{Array3, Axis};
use support::Flags;

/// Adds to each step what is learnt of its place.
#[layer(shape = "[steps, features] -> [steps, features]", weights(places("[steps, features]", "random_normal")))]
#[derive(Clone, Debug)]
pub struct AddPlaces;

impl<T: Float> CustomLayer<T> for AddPlaces {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array3<T> {
        &call.inputs + &call.weights.places
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients { inputs: call.d_output.to_owned(), weights: AddPlacesWeights { places: call.d_output.sum_axis(Axis(0)) } }
    }
}

functional_model! {
    /// 64 patches of 4 by 4 pixels, and three blocks of attention.
    pub model VisionTransformer(img: [32, 32, 3]) -> [10] {
        let patches = Conv2D(64, 4, strides = 4)(img);
        let mut x = AddPlaces()(Reshape([64, 64])(patches));
        for _ in 0..3 {
            x = looking_around(x, 64);
        }
        let x = GlobalAveragePooling1D()(LayerNormalization(epsilon = 1e-6)(x));
        Dense(10)(Dropout(0.2)(x))
    }

    /// Attention, then a perceptron for each patch, both with a way around.
    fn looking_around(x, features) {
        let y = LayerNormalization(epsilon = 1e-6)(x);
        let x = x + MultiHeadAttention(4, features / 4, dropout = 0.1)(y, y);
        let y = LayerNormalization(epsilon = 1e-6)(x);
        let y = Dense(2 * features, activation = "gelu")(y);
        x + Dropout(0.1)(Dense(features)(y))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::colour_images(&flags, 2560)?;
    println!("{}", VisionTransformer::summary());

    let mut model = VisionTransformer::new(flags.seed);
    let mut trainer = model.compile(Adam::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy);
    for (epochs, learning_rate) in schedule(&flags) {
        trainer.set_learning_rate(learning_rate)?;
        trainer.fit(&train, flags.fit(epochs, &test))?;
    }
    let scores = trainer.evaluate(&test)?;

    fs::create_dir_all(&flags.out)?;
    VisionTransformer::plot(flags.out.join("vision_transformer.svg"))?;
    let custom_objects = CustomObjects::new().layer::<AddPlaces>();
    let file = flags.out.join("vision_transformer.safetensors");
    support::keep_with(&model, &file, |path| VisionTransformer::load(path), &custom_objects, &test.images)?;
    println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
    Ok(())
}

/// Epochs and learning rates: small steps at the end.
fn schedule(flags: &Flags) -> Vec<(usize, f64)> {
    match flags.epochs {
        Some(epochs) => vec![(epochs, 1e-3)],
        None => vec![(15, 1e-3), (5, 2e-4)],
    }
}
