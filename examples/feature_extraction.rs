//! The activations of all layers of VGG19, by a view, as in the Keras functional-API guide.
//!
//! Without Keras's weights they are random, which shows what starts a training: how large activations are, layer by layer. With them, the images say
//! little, since they are made up.
//!
//! ```text
//! cargo run --release --features applications --example feature_extraction
//! cargo run --release --features applications --example feature_extraction -- --data vgg19_weights_tf_dim_ordering_tf_kernels.h5
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::applications::vgg19::{VGG19, preprocess_input};
use functional_model::prelude::*;
use ndarray::Array4;
use support::Flags;

functional_model! {
    /// All that is computed on the way.
    pub model Features = VGG19 {
        img -> (
            block1_conv1, block1_conv2, block1_pool,
            block2_conv1, block2_conv2, block2_pool,
            block3_conv1, block3_conv2, block3_conv3, block3_conv4, block3_pool,
            block4_conv1, block4_conv2, block4_conv3, block4_conv4, block4_pool,
            block5_conv1, block5_conv2, block5_conv3, block5_conv4, block5_pool,
            flatten, fc1, fc2, predictions,
        )
    };
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let mut vgg19 = VGG19::new(flags.seed);
    if let Some(weights) = &flags.data {
        vgg19.load_weights(weights)?;
    }
    let images = preprocess_input(&photographs(flags.samples.unwrap_or(2), flags.seed))?;

    println!("{:<14} {:<20} {:>8} {:>8}", "activation", "shape", "mean", "not zero");
    for (name, activation) in Features::of(&vgg19).predict_all(&images)? {
        let mean = activation.mean().unwrap_or_default();
        let live = activation.iter().filter(|&&x| x != 0.0).count() as f64 / activation.len() as f64;
        println!("{name:<14} {:<20} {mean:>8.4} {:>7.0}%", format!("{:?}", activation.shape()), 100.0 * live);
    }

    fs::create_dir_all(&flags.out)?;
    Features::plot(flags.out.join("feature_extraction.svg"))?;
    Ok(())
}

/// Shapes, seven times as large, in colours from 0 to 255.
fn photographs(samples: usize, seed: u64) -> Array4<f32> {
    let small = datasets::shapes(samples, seed).images;
    Array4::from_shape_fn((samples, 224, 224, 3), |(sample, y, x, colour)| 255.0 * small[[sample, y / 7, x / 7, colour]])
}
