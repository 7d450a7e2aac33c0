//! What was learned from many pictures serves to tell apart what there are few pictures of, after Keras's guide "Transfer learning & fine-tuning".
//!
//! ```text
//! cargo run --release --example transfer_learning                 # images of shapes, made up
//! cargo run --release --example transfer_learning -- --data cifar-10-batches-bin
//! ```
//!
//! A network learns seven of ten classes. Its base, frozen, then gets a head for the other three, which is trained on sixty pictures; at last everything is unfrozen and
//! trained a little further, with small steps. The base runs with `training = false` all the time, so that its batch normalisation keeps the statistics that it
//! has learned.
//!
//! Source: <https://keras.io/guides/transfer_learning/>.

mod support;

use std::error::Error;
use std::fs;

use functional_model::datasets::ColourImages;
use functional_model::prelude::*;
use ndarray::Axis;
use support::Flags;

functional_model! {
    /// What it sees in a picture.
    pub model Base(img: [32, 32, 3]) -> [64] {
        let x = block(img, 16);
        let x = block(x, 32);
        let x = block(x, 64);
        GlobalAveragePooling2D()(x)
    }

    fn block(x, filters) {
        let x = Conv2D(filters, 3, padding = "same", use_bias = false)(x);
        MaxPooling2D(2)(ReLU()(BatchNormalization()(x)))
    }

    /// The seven classes that there are many pictures of.
    pub model Many(img: [32, 32, 3]) -> [7] {
        Dense(7)(Base()(img))
    }

    /// The three that there are few of.
    pub model Few(img: [32, 32, 3]) -> [3] {
        let x = Base()(img, training = false);
        Dense(3)(Dropout(0.2)(x))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let flags = Flags::read();
    let (train, test) = support::colour_images(&flags, 4000)?;
    let (many, few, few_test) = (of(&train, 0..7), of(&train, 7..10).take(60), of(&test, 7..10));
    let loss = SparseCategoricalCrossentropy::from_logits;
    let epochs = |epochs| Fit::epochs(flags.epochs.map_or(epochs, |most| most.min(epochs))).seed(flags.seed);
    fs::create_dir_all(&flags.out)?;

    println!("many pictures of seven classes");
    let mut learned = Many::new(flags.seed);
    learned.compile(Adam::new(1e-3), loss()).metric(Accuracy).fit(&many, epochs(8).batch_size(flags.batch_size))?;
    let base = flags.out.join("transfer_learning_base.safetensors");
    learned.base.save(&base)?;

    println!("few pictures of three others: the head alone");
    let mut model = Few::new(flags.seed);
    model.base = Base::load(&base)?;
    model.base.set_trainable(false);
    println!("{}", model.summary());
    let mut trainer = model.compile(Adam::new(1e-2), loss()).metric(Accuracy);
    trainer.fit(&few, epochs(20).batch_size(20))?;
    let frozen = trainer.evaluate(&few_test)?["accuracy"];
    drop(trainer);

    println!("everything, in small steps");
    model.base.set_trainable(true);
    let mut trainer = model.compile(Adam::new(1e-4), loss()).metric(Accuracy);
    trainer.fit(&few, epochs(10).batch_size(20))?;
    let tuned = trainer.evaluate(&few_test)?["accuracy"];
    drop(trainer);

    println!("the same pictures, from nothing");
    let mut scratch = Few::new(flags.seed);
    let mut trainer = scratch.compile(Adam::new(1e-3), loss()).metric(Accuracy);
    trainer.fit(&few, epochs(30).batch_size(20))?;
    let nothing = trainer.evaluate(&few_test)?["accuracy"];
    drop(trainer);

    Few::plot(flags.out.join("transfer_learning.svg"))?;
    support::keep(&model, &flags.out.join("transfer_learning.safetensors"), |path| Few::load(path), &few_test.images)?;
    println!("test accuracy: {frozen:.4} with a head, {tuned:.4} tuned, {nothing:.4} from nothing");
    Ok(())
}

/// The images of some classes, which are counted from 0.
fn of(images: &ColourImages, classes: std::ops::Range<i32>) -> ColourImages {
    let places: Vec<usize> = (0..images.len()).filter(|&place| classes.contains(&images.labels[place])).collect();
    let labels = places.iter().map(|&place| images.labels[place] - classes.start).collect();
    ColourImages { images: images.images.select(Axis(0), &places), labels }
}
