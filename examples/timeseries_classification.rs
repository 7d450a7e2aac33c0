//! A convolutional network that hears which engine has a fault, after Keras's example "Timeseries classification from scratch".
//!
//! ```text
//! cargo run --release --example timeseries_classification                  # signals of an engine, made up
//! cargo run --release --example timeseries_classification -- --data FordA
//! ```
//!
//! It is trained until nothing becomes better any more: the step is halved where the validation stands still, training ends where that does not
//! help, and the best weights are kept in a file. A folder of the UCR archive has `NAME_TRAIN.tsv` and `NAME_TEST.tsv`: a line for each series, its class first.
//!
//! Sources: <https://keras.io/examples/timeseries/timeseries_classification_from_scratch/>; Wang et al. 2016, <https://arxiv.org/abs/1611.06455>.

mod support;

use std::error::Error;
use std::fs;

use functional_model::prelude::*;
use support::Flags;

functional_model! {
    /// Two classes of series, of any number of steps.
    pub model SeriesConvnet(series: [steps, 1]) -> [2] {
        let mut x = series;
        for _ in 0..3 {
            x = Conv1D(64, 3, padding = "same")(x);
            x = ReLU()(BatchNormalization()(x));
        }
        let x = GlobalAveragePooling1D()(x);
        Dense(2, activation = "softmax")(x)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let ((x, y), (test_x, test_y)) = support::series::engines(&flags, 1000)?;
    println!("{}", SeriesConvnet::summary());
    fs::create_dir_all(&flags.out)?;
    let best = flags.out.join("timeseries_classification.safetensors");

    let mut model = SeriesConvnet::new(flags.seed);
    let mut trainer = model.compile("adam", "sparse_categorical_crossentropy").metric("sparse_categorical_accuracy");
    let fit = Fit::epochs(flags.epochs.unwrap_or(60))
        .batch_size(flags.batch_size)
        .seed(flags.seed)
        .validation_split(0.2)
        .callback(
            ModelCheckpoint::new(best.display().to_string()).monitor("val_loss").save_best_only(true).save_weights_only(true),
        )
        .callback(ReduceLROnPlateau::new().monitor("val_loss").factor(0.5).patience(4).min_lr(1e-4))
        .callback(EarlyStopping::new().monitor("val_loss").patience(12).verbose(true));
    let history = trainer.fit((&x, &y), fit)?;
    history.plot(flags.out.join("timeseries_classification_history.svg"))?;
    drop(trainer);

    let mut model = SeriesConvnet::load(&best)?;
    let scores = model
        .compile("adam", "sparse_categorical_crossentropy")
        .metric("sparse_categorical_accuracy")
        .evaluate((&test_x, &test_y))?;
    SeriesConvnet::plot(flags.out.join("timeseries_classification.svg"))?;
    support::keep(&model, &best, |path| SeriesConvnet::load(path), &test_x)?;
    println!("test accuracy of the best epoch: {:.4}", scores["sparse_categorical_accuracy"]);
    Ok(())
}
