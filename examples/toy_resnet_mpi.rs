//! The toy ResNet of the Keras functional-API guide, trained by several processes: to the same bits as by one.
//!
//! ```text
//! mpirun -n 4 cargo run --release --features mpi --example toy_resnet_mpi
//! ```
//!
//! A job that is killed goes on where it was, also on another number of ranks.

mod support;

use std::fs;
use std::process::ExitCode;

use functional_model::distribution::Mpi;
use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// The toy ResNet of the Keras functional-API guide.
    pub model ToyResnet(img: [32, 32, 3]) -> [10] {
        let x = Conv2D(32, 3, activation = "relu")(img);
        let x = Conv2D(64, 3, activation = "relu")(x);
        let block_1 = MaxPooling2D(3)(x);

        let block_2 = residual(block_1, 64);
        let block_3 = residual(block_2, 64);

        let x = Conv2D(64, 3, activation = "relu")(block_3);
        let x = GlobalAveragePooling2D()(x);
        let x = Dense(256, activation = "relu")(x);
        let x = Dropout(0.5)(x);
        Dense(10)(x)
    }

    /// Two convolutions that keep the size, and a skip connection.
    fn residual(input, filters) {
        let x = Conv2D(filters, 3, activation = "relu", padding = "same")(input);
        let x = Conv2D(filters, 3, activation = "relu", padding = "same")(x);
        x + input
    }
}

fn main() -> ExitCode {
    let flags = Flags::read();
    Mpi::run(|ranks| {
        // All ranks read or make the same images, and begin with the same weights.
        let images = support::colour_images(&flags, 2560).map_err(|error| Error::Data(error.to_string().into()));
        let ((train, test), mut model) = (images?, ToyResnet::new(flags.seed));
        let is_first = ranks.is_first();
        let mut trainer =
            model.compile(RMSprop::new(1e-3), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy).distribute(ranks);
        let backup = BackupAndRestore::new(flags.out.join("toy_resnet_mpi"));
        trainer.fit(&train, flags.fit(flags.epochs.unwrap_or(10), &test).callback(backup))?;
        let scores = trainer.evaluate(&test)?;
        if is_first {
            fs::create_dir_all(&flags.out).map_err(|error| Error::Data(Box::new(error)))?;
            println!("test accuracy: {:.4}", scores.get("accuracy").unwrap_or_default());
        }
        trainer.save(flags.out.join("toy_resnet_mpi.safetensors"))
    })
}
