//! A small convolutional network on MNIST's digits, after Keras's example "Simple MNIST convnet".
//!
//! ```text
//! cargo run --release --example mnist_convnet                  # images of shapes, made up, in grey
//! cargo run --release --example mnist_convnet -- --data mnist
//! ```
//!
//! A folder with MNIST's test images alone serves too: the last fifth of them is then what the model is tested on.
//!
//! Source: <https://keras.io/examples/vision/mnist_convnet/>.

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use functional_model::utils::to_categorical;
use support::Flags;

functional_model! {
    /// 34,826 weights that know 0.99 of the digits.
    pub model MnistConvnet(img: [28, 28, 1]) -> [10] {
        let x = Conv2D(32, 3, activation = "relu")(img);
        let x = MaxPooling2D(2)(x);
        let x = Conv2D(64, 3, activation = "relu")(x);
        let x = MaxPooling2D(2)(x);
        let x = Dropout(0.5)(Flatten()(x));
        Dense(10, activation = "softmax")(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::grey_images(&flags, 5000)?;
    let (y_train, y_test) = (to_categorical(&train.labels, Some(10))?, to_categorical(&test.labels, Some(10))?);
    println!("{}", MnistConvnet::summary());

    let mut model = MnistConvnet::new(flags.seed);
    let mut trainer = model.compile("adam", "categorical_crossentropy").metric("accuracy");
    let fit = Fit::epochs(flags.epochs.unwrap_or(15)).batch_size(flags.batch_size).seed(flags.seed).validation_split(0.1);
    let history = trainer.fit((&train.images, &y_train), fit)?;
    let scores = trainer.evaluate((&test.images, &y_test))?;

    fs::create_dir_all(&flags.out)?;
    history.plot(flags.out.join("mnist_convnet_history.svg"))?;
    MnistConvnet::plot(flags.out.join("mnist_convnet.svg"))?;
    support::keep(&model, &flags.out.join("mnist_convnet.safetensors"), |path| MnistConvnet::load(path), &test.images)?;
    println!("test loss: {:.4}, test accuracy: {:.4}", scores.loss(), scores["accuracy"]);
    Ok(())
}
