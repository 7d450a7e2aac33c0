//! The activations of all layers of VGG19, by a view, as in the Keras functional-API guide.
//!
//! The weights are random here, which shows what starts a training: how large activations are, layer by layer.
//!
//! ```text
//! cargo run --release --example feature_extraction
//! cargo run --release --example feature_extraction -- --samples 8
//! ```

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use ndarray::Array4;
use support::Flags;

functional_model! {
    /// Simonyan and Zisserman 2014, "Very deep convolutional networks".
    pub model Vgg19(img: [224, 224, 3]) -> [1000] {
        let block1_conv1 = convolution(img, 64);
        let block1_conv2 = convolution(block1_conv1, 64);
        let block1_pool = MaxPooling2D(2)(block1_conv2);
        let block2_conv1 = convolution(block1_pool, 128);
        let block2_conv2 = convolution(block2_conv1, 128);
        let block2_pool = MaxPooling2D(2)(block2_conv2);
        let block3_conv1 = convolution(block2_pool, 256);
        let block3_conv2 = convolution(block3_conv1, 256);
        let block3_conv3 = convolution(block3_conv2, 256);
        let block3_conv4 = convolution(block3_conv3, 256);
        let block3_pool = MaxPooling2D(2)(block3_conv4);
        let block4_conv1 = convolution(block3_pool, 512);
        let block4_conv2 = convolution(block4_conv1, 512);
        let block4_conv3 = convolution(block4_conv2, 512);
        let block4_conv4 = convolution(block4_conv3, 512);
        let block4_pool = MaxPooling2D(2)(block4_conv4);
        let block5_conv1 = convolution(block4_pool, 512);
        let block5_conv2 = convolution(block5_conv1, 512);
        let block5_conv3 = convolution(block5_conv2, 512);
        let block5_conv4 = convolution(block5_conv3, 512);
        let block5_pool = MaxPooling2D(2)(block5_conv4);
        let flatten = Flatten()(block5_pool);
        let fc1 = Dense(4096, activation = "relu")(flatten);
        let fc2 = Dense(4096, activation = "relu")(fc1);
        Dense(1000, activation = "softmax", name = "predictions")(fc2)
    }

    fn convolution(x, filters) {
        Conv2D(filters, 3, padding = "same", activation = "relu")(x)
    }

    /// All that is computed on the way.
    pub model Features = Vgg19 {
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
    let vgg19 = Vgg19::new(flags.seed);
    let images = photographs(flags.samples.unwrap_or(2), flags.seed);

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

/// Shapes, seven times as large.
fn photographs(samples: usize, seed: u64) -> Array4<f32> {
    let small = datasets::shapes(samples, seed).images;
    Array4::from_shape_fn((samples, 224, 224, 3), |(sample, y, x, colour)| small[[sample, y / 7, x / 7, colour]])
}
