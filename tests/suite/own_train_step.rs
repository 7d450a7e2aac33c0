//! Steps of one's own within `fit`: what the trainer's own does is done to the same bits, and what it cannot do is done at all.

use crate::weights::weights;
use functional_model::losses::Losses;
use functional_model::prelude::*;
use functional_model::random::Random;
use ndarray::{Array1, Array2};

functional_model! {
    /// What differs between training and inference, penalties on weights and on what layers give.
    pub model Net(x: [4]) -> [3] {
        let x = Dense(8, activation = "relu", kernel_regularizer = L2(1e-3))(x);
        let x = Dropout(0.3)(x);
        let x = BatchNormalization()(x);
        Dense(3, activity_regularizer = L2(1e-3))(x)
    }

    /// Makes points of noise.
    pub model Generator(noise: [2]) -> [2] {
        Dense(2)(Dense(8, activation = "tanh")(noise))
    }

    /// Tells what is real.
    pub model Discriminator(x: [2]) -> [1] {
        Dense(1)(Dense(8, activation = "tanh")(x))
    }
}

fn data() -> (Array2<f32>, Array1<i32>) {
    let x = Array2::from_shape_fn((50, 4), |(i, j)| ((i * 5 + j * 3) % 13) as f32 / 13.0 - 0.5);
    (x, (0..50).map(|i| i * 5 % 13 / 5).collect())
}

fn loss() -> SparseCategoricalCrossentropy {
    SparseCategoricalCrossentropy::from_logits()
}

#[test]
fn what_fit_does_is_done_to_the_same_bits() -> Result<()> {
    let (x, y) = data();
    let fit = || Fit::epochs(3).batch_size(16).validation_split(0.2).seed(7).verbose(Verbose::Silent);
    let (mut plain, mut own) = (Net::new(1), Net::new(1));
    let of_fit = plain.compile(Adam::new(1e-2), loss()).metric(Accuracy).fit((&x, &y), fit())?;
    let mut trainer = own.compile(Adam::new(1e-2), loss()).metric(Accuracy).train_step(["loss"], |step| {
        let output = step.model.call(&step.input()?)?;
        let penalty = step.model.penalty()? + step.tape().activity_penalty();
        let loss = step.compute_loss(&output)?;
        step.compute_metrics(&output)?;
        step.apply(&loss)?;
        Ok([f64::from(loss.item()?) + penalty])
    });
    let of_own = trainer.fit((&x, &y), fit())?;
    assert_eq!(weights(&plain), weights(&own));
    assert_eq!(of_own.names(), ["loss", "accuracy", "val_accuracy", "val_loss"]);
    for name in ["accuracy", "val_accuracy", "val_loss"] {
        assert_eq!(of_fit[name], of_own[name], "{name}");
    }
    let off = of_fit["loss"].iter().zip(&of_own["loss"]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(off < 1e-6, "{:?} {:?}", &of_fit["loss"], &of_own["loss"]);
    Ok(())
}

/// Two models in a struct, which no graph trains in turns: two optimisers, no targets, what the step reports.
#[test]
fn a_gan_is_fitted() -> Result<()> {
    #[derive(Clone, Module)]
    struct Gan {
        generator: Generator,
        discriminator: Discriminator,
    }

    let real = Array2::from_shape_fn((96, 2), |(i, j)| 2.0 + ((i * 7 + j * 11) % 17) as f32 / 17.0);
    let mut gan = OwnModel::new(Gan { generator: Generator::new(1), discriminator: Discriminator::new(2) })?;
    let mut by_discriminator = Adam::new(2e-2).build(&gan.discriminator)?;
    let mut by_generator = Adam::new(1e-2).build(&gan.generator)?;
    let (truth, mut normal) = (BinaryCrossentropy::from_logits(), Random::new(3));
    let mut trainer = gan.compile(SGD::new(0.1), Losses::new()).train_step(["d_loss", "g_loss"], move |step| {
        let (tape, real) = (step.tape().clone(), step.input()?);
        let count = real.shape()[0];
        let noise = tape.constant(Array2::from_shape_fn((count, 2), |_| normal.normal() as f32))?;
        let fake = step.model.generator.call(&noise)?;
        let of_real = truth.call(&step.model.discriminator.call(&real)?, Array2::<f32>::ones((count, 1)))?;
        let of_fake = truth.call(&step.model.discriminator.call(fake.detach())?, Array2::<f32>::zeros((count, 1)))?;
        let d_loss = (of_real + of_fake) * 0.5;
        by_discriminator.apply(&mut step.model.discriminator, &d_loss.backward()?)?;
        let g_loss = truth.call(&step.model.discriminator.call(&fake)?, Array2::<f32>::ones((count, 1)))?;
        by_generator.apply(&mut step.model.generator, &g_loss.backward()?)?;
        Ok([d_loss.item()?.into(), g_loss.item()?.into()])
    });
    let history = trainer.fit((&real, ()), Fit::epochs(60).verbose(Verbose::Silent))?;
    assert_eq!(history.names(), ["d_loss", "g_loss"]);
    assert_eq!((history.epochs(), trainer.iterations()), (60, 0));
    let made = gan.generator.predict(Array2::from_shape_fn((64, 2), |(i, j)| ((i * 3 + j) % 9) as f32 / 4.5 - 1.0))?;
    let mean = made.mean().unwrap();
    assert!((1.5..3.5).contains(&mean), "points around 2.5: {mean}");
    Ok(())
}

#[test]
fn what_a_step_leaves_out_is_told() -> Result<()> {
    let (x, y) = data();
    let fit = || Fit::epochs(1).verbose(Verbose::Silent);
    let mut model = Net::new(1);
    let before = weights(&model);
    let mut trainer = model.compile(SGD::new(0.1), loss()).metric(Accuracy).train_step(["loss"], |_| Ok([0.0]));
    let error = trainer.fit((&x, &y), fit()).unwrap_err().to_string();
    assert!(error.starts_with("the step has not counted the trainer's metrics\nhelp: `step.compute_metrics"), "{error}");

    let mut trainer = model.compile(SGD::new(0.1), Losses::new()).train_step(["loss"], |step| {
        let output = step.model.call(&step.input()?)?;
        Ok([step.compute_loss(&output)?.item()?.into()])
    });
    let error = trainer.fit((&x, &y), fit()).unwrap_err().to_string();
    assert!(error.starts_with("the trainer has no losses"), "{error}");
    let error = trainer.fit((&x, &y), fit().validation_split(0.2)).unwrap_err().to_string();
    assert!(error.starts_with("the trainer has no losses"), "{error}");
    let error = trainer.evaluate((&x, &y)).unwrap_err().to_string();
    assert!(error.starts_with("the trainer has no losses"), "{error}");
    let error = trainer.fit((&x, &y.slice(ndarray::s![..49])), fit()).unwrap_err().to_string();
    assert!(error.contains("49") && error.contains("50"), "{error}");
    let error = trainer.fit((&x, f32_nan()), fit()).unwrap_err().to_string();
    assert!(error.contains("NaN"), "{error}");

    let mut trainer = model.compile(SGD::new(0.1), loss()).train_step(["loss"], |step| {
        let _ = step.target()?;
        Ok([0.0])
    });
    let error = trainer.fit((&x, ()), fit()).unwrap_err().to_string();
    assert!(error.starts_with("the batch has 0 targets: expected one"), "{error}");
    assert_eq!(weights(&model), before);
    Ok(())
}

fn f32_nan() -> Array2<f32> {
    Array2::from_elem((50, 1), f32::NAN)
}

/// Judging by a step of one's own comes to what the trainer's own comes to, in `evaluate` and in validation, beside either way of training.
#[test]
fn what_evaluate_does_is_done_by_a_step_of_one_s_own() -> Result<()> {
    let (x, y) = data();
    let fit = || Fit::epochs(2).batch_size(16).validation_split(0.2).seed(7).verbose(Verbose::Silent);
    let (mut plain, mut own) = (Net::new(1), Net::new(1));
    let mut by_trainer = plain.compile(Adam::new(1e-2), loss()).metric(Accuracy);
    let mut by_step = own.compile(Adam::new(1e-2), loss()).metric(Accuracy).test_step(["loss", "largest"], |step| {
        let output = step.model.call(&step.input()?)?;
        let penalty = step.model.penalty()? + step.tape().activity_penalty();
        step.compute_metrics(&output)?;
        Ok([f64::from(step.compute_loss(&output)?.item()?) + penalty, output.max(..)?.item()?.into()])
    });
    let (of_trainer, of_step) = (by_trainer.fit((&x, &y), fit())?, by_step.fit((&x, &y), fit())?);
    assert_eq!(of_step.names(), ["accuracy", "loss", "val_loss", "val_largest", "val_accuracy"]);
    assert_eq!((&of_trainer["loss"], &of_trainer["val_accuracy"]), (&of_step["loss"], &of_step["val_accuracy"]));
    assert!(of_trainer["val_loss"].iter().zip(&of_step["val_loss"]).all(|(a, b)| (a - b).abs() < 1e-6));
    let evaluate = || Evaluate::new().batch_size(8).steps(3);
    let (expected, found) = (by_trainer.evaluate_with((&x, &y), evaluate())?, by_step.evaluate_with((&x, &y), evaluate())?);
    assert_eq!(expected["accuracy"], found["accuracy"]);
    assert!((expected.loss() - found.loss()).abs() < 1e-6, "{expected} {found}");
    drop(by_step);
    assert_eq!(weights(&plain), weights(&own));

    // Without targets and losses, beside a step of training.
    let mut trainer = own
        .compile(SGD::new(0.1), Losses::new())
        .train_step(["size"], |step| Ok([step.model.call(&step.input()?)?.square()?.mean(..)?.item()?.into()]))
        .test_step(["spread"], |step| Ok([step.model.call(&step.input()?)?.square()?.mean(..)?.item()?.into()]));
    let history = trainer.fit((&x, ()), Fit::epochs(1).validation_data(&(&x, ())).verbose(Verbose::Silent))?;
    assert_eq!(history.names(), ["size", "val_spread"]);
    assert_eq!(trainer.evaluate((&x, ()))?["spread"], history["val_spread"][0]);

    let mut trainer = own.compile(SGD::new(0.1), loss()).metric(Accuracy).test_step(["loss"], |_| Ok([0.0]));
    let error = trainer.evaluate((&x, &y)).unwrap_err().to_string();
    assert!(error.starts_with("the step has not counted the trainer's metrics"), "{error}");
    let error = own.compile(SGD::new(0.1), Losses::new()).test_step(["loss"], |_| Ok([0.0])).train_on_batch(&x, &y).unwrap_err();
    assert!(error.to_string().starts_with("the trainer has no losses"), "{error}");
    Ok(())
}

/// A step that fails or panics leaves a model that goes on.
#[test]
fn a_panic_in_a_step_leaves_the_model_whole() -> Result<()> {
    let (x, y) = data();
    let mut model = Net::new(1);
    let before = weights(&model);
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut trainer = model.compile(SGD::new(0.1), loss()).train_step(["loss"], |step| {
            let _ = step.model.call(&step.input()?)?;
            panic!("of the user's own")
        });
        trainer.fit((&x, &y), Fit::epochs(1).verbose(Verbose::Silent))
    }));
    assert!(caught.is_err());
    assert_eq!(weights(&model), before);
    model.compile(SGD::new(0.1), loss()).fit((&x, &y), Fit::epochs(1).verbose(Verbose::Silent))?;
    assert_ne!(weights(&model), before);
    Ok(())
}

#[test]
fn a_batch_is_trained_on_by_itself() -> Result<()> {
    let (x, y) = data();
    let mut model = Net::new(1);
    let mut seen = Vec::new();
    let mut trainer = model.compile(SGD::new(0.1), loss()).train_step(["loss"], |step| {
        seen.push((step.input()?.shape().to_vec(), step.target()?.shape().to_vec()));
        let output = step.model.call(&step.input()?)?;
        let loss = step.compute_loss(&output)?;
        step.apply(&loss)?;
        Ok([loss.item()?.into()])
    });
    let first = trainer.train_on_batch(&x, &y)?;
    let second = trainer.train_on_batch(&x, &y)?;
    assert!(second < first, "{first} {second}");
    drop(trainer);
    assert_eq!(seen, [(vec![50, 4], vec![50]), (vec![50, 4], vec![50])]);
    Ok(())
}
