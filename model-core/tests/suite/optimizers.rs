//! What all optimisers share: resumed to the bit, whatever the number of threads; averages, schedules, several optimisers; what is refused.

use crate::common::{dense, largest};
use model_core::custom::CustomObjects;
use model_core::interpret::Model;
use model_core::losses::{MeanSquaredError, SparseCategoricalCrossentropy};
use model_core::network::Network;
use model_core::optimizers::{
    Adafactor, Adam, Ftrl, IntoOptimizer, Lamb, MultiOptimizer, Muon, Nadam, Optimizer, RMSprop, SGD, ScheduleFreeAdamW,
};
use model_core::schedules::{CosineDecay, ExponentialDecay, LearningRate, PiecewiseConstantDecay};
use model_core::threads::{set_threads, threads};
use model_core::training::{Fit, Train, Verbose};
use model_core::{Error, Result};
use ndarray::{Array1, Array2};
use serde_json::json;

fn weights(model: &Model) -> Vec<f32> {
    let mut all = Vec::new();
    model.visit(&mut |weight, _| all.extend_from_slice(&weight.data));
    all
}

fn bits(model: &Model) -> Vec<u32> {
    weights(model).into_iter().map(f32::to_bits).collect()
}

/// Every optimiser with its defaults and all common arguments, schedules, and several at once.
fn every_kind() -> Vec<Optimizer> {
    let classes = Optimizer::signatures().into_iter().map(|(class, _)| class).filter(|class| *class != "MultiOptimizer");
    let common = |class: &str| {
        json!({ "class_name": class, "config": {
            "learning_rate": 0.01, "weight_decay": 0.1, "global_clipnorm": 0.5, "use_ema": true, "ema_momentum": 0.7,
            "ema_overwrite_frequency": 3, "gradient_accumulation_steps": 2,
        } })
    };
    let mut all: Vec<Optimizer> = classes.map(|class| Optimizer::from_keras(&common(class)).unwrap()).collect();
    assert!(all.len() >= 14);
    all.push(Adam::new(CosineDecay::new(0.01, 8)).exclude_from_weight_decay(["bias"]).weight_decay(0.2).into());
    let several = MultiOptimizer::new(Adam::new(0.01).clipvalue(0.1))
        .of("out/.*", SGD::new(ExponentialDecay::new(0.1, 3, 0.5)).weight_decay(0.1).exclude_from_weight_decay(["bias"]))
        .of("hidden_1/kernel", Muon::new(0.01).use_ema(true));
    all.push(several.into());
    all
}

#[test]
fn resumed_training_goes_on_bit_for_bit() -> Result<()> {
    let (x, y) = largest(30, 4);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.safetensors");
    for optimizer in every_kind() {
        let loss = SparseCategoricalCrossentropy::from_logits();
        let mut model = dense(&[4, 6, 4], "linear");
        let mut trainer = model.compile(optimizer.clone(), loss);
        (0..10).try_for_each(|_| trainer.train_on_batch(&x, &y).map(|_| ()))?;
        let rate = trainer.learning_rate();

        let mut first = dense(&[4, 6, 4], "linear");
        let mut trainer = first.compile(optimizer.clone(), loss);
        (0..5).try_for_each(|_| trainer.train_on_batch(&x, &y).map(|_| ()))?;
        trainer.save(&path)?;
        let mut second = Model::load(&path)?;
        let mut trainer = second.resume(&path)?;
        assert_eq!(trainer.optimizer(), &optimizer);
        (0..5).try_for_each(|_| trainer.train_on_batch(&x, &y).map(|_| ()))?;
        assert_eq!(trainer.learning_rate(), rate);
        let mut built = trainer.into_optimizer();
        assert_eq!(bits(&second), bits(&model), "{optimizer:?}");

        built.save(&second, &path)?;
        let mut third = Model::load(&path)?;
        assert_eq!(third.resume_optimizer(&path)?, built, "{optimizer:?}");
        built.overwrite_with_averages(&mut second)?;
    }
    Ok(())
}

#[test]
fn threads_change_no_bit() -> Result<()> {
    let (x, y) = largest(16, 200);
    let before = threads();
    for optimizer in every_kind() {
        let mut found = Vec::new();
        for count in [1, 2] {
            set_threads(count);
            let mut model = dense(&[200, 300, 200], "linear");
            let mut trainer = model.compile(optimizer.clone(), SparseCategoricalCrossentropy::from_logits());
            (0..4).try_for_each(|_| trainer.train_on_batch(&x, &y).map(|_| ()))?;
            found.push(bits(&model));
        }
        assert!(found[0] == found[1], "{optimizer:?}");
    }
    set_threads(before);
    Ok(())
}

/// A model of one weight, and data that move it by one in each step of size one.
fn line() -> (Model, Array2<f32>, Array1<f32>) {
    let layers = json!([
        { "class_name": "InputLayer", "config": { "batch_shape": [null, 1], "name": "x" } },
        { "class_name": "Dense", "config": { "name": "line", "units": 1, "use_bias": false } },
    ]);
    let mut model = crate::common::model(&json!({ "class_name": "Sequential", "config": { "name": "line", "layers": layers } }));
    model_core::network::Trainable::visit_mut(&mut model, &mut |weight| weight.data[0] = 8.0);
    (model, Array2::ones((1, 1)), Array1::from_elem(1, -1e9))
}

#[test]
fn averages_are_keras_s_and_take_the_weights_places() -> Result<()> {
    // Keras's own example: 8, then steps of one, of which every second ends at the average.
    let (mut model, x, y) = line();
    let optimizer = SGD::new(1.0).clipvalue(1.0).use_ema(true).ema_momentum(0.5).ema_overwrite_frequency(2);
    let mut trainer = model.compile(optimizer, MeanSquaredError::new());
    let mut found = Vec::new();
    for _ in 0..4 {
        trainer.train_on_batch(&x, &y)?;
        found.push(weights(trainer.model())[0]);
    }
    assert_eq!(found, [7.0, 6.5, 5.5, 5.25]);

    // `fit` ends at the average: of 7, 6 and 5 with shares that halve.
    let (mut model, x, y) = line();
    let optimizer = SGD::new(1.0).clipvalue(1.0).use_ema(true).ema_momentum(0.5);
    let mut trainer = model.compile(optimizer, MeanSquaredError::new());
    trainer.fit((&x, &y), Fit { epochs: 3, verbose: Verbose::Silent, ..Fit::default() })?;
    assert_eq!(weights(trainer.model()), [5.75]);

    let (mut model, x, y) = line();
    let mut trainer = model.compile(SGD::new(1.0).clipvalue(1.0).use_ema(true).ema_momentum(0.5), MeanSquaredError::new());
    (0..2).try_for_each(|_| trainer.train_on_batch(&x, &y).map(|_| ()))?;
    let mut optimizer = trainer.into_optimizer();
    assert!(optimizer.has_averages());
    optimizer.swap_averages(&mut model)?;
    assert_eq!(weights(&model), [6.5]);
    optimizer.swap_averages(&mut model)?;
    assert_eq!(weights(&model), [6.0]);
    optimizer.overwrite_with_averages(&mut model)?;
    assert_eq!(weights(&model), [6.5]);
    Ok(())
}

#[test]
fn schedules_tell_the_rate_of_each_step() -> Result<()> {
    let (mut model, x, y) = line();
    let optimizer = SGD::new(PiecewiseConstantDecay::new([1, 3], [1.0, 0.5, 0.25])).clipvalue(1.0);
    let mut trainer = model.compile(optimizer, MeanSquaredError::new());
    let mut found = Vec::new();
    for _ in 0..5 {
        let rate = trainer.learning_rate();
        trainer.train_on_batch(&x, &y)?;
        found.push((rate as f32, weights(trainer.model())[0]));
    }
    assert_eq!(found, [(1.0, 7.0), (1.0, 6.0), (0.5, 5.5), (0.5, 5.0), (0.25, 4.75)]);

    let error = trainer.set_learning_rate(0.1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the learning rate of `SGD` follows `PiecewiseConstantDecay` and cannot be set to a number\n\
         help: make the optimizer with a number, as `SGD::new(1e-3)`, or set another schedule"
    );
    trainer.set_learning_rate(ExponentialDecay::new(0.5, 5, 0.5))?;
    assert_eq!(trainer.learning_rate(), 0.25);
    Ok(())
}

#[test]
fn rates_of_one_s_own_are_saved_by_name() -> Result<()> {
    let warm = LearningRate::own("warm", |step| step as f64);
    let (mut model, x, y) = line();
    let mut trainer = model.compile(SGD::new(warm.clone()).clipvalue(1.0), MeanSquaredError::new());
    (0..3).try_for_each(|_| trainer.train_on_batch(&x, &y).map(|_| ()))?;
    assert_eq!(weights(trainer.model()), [5.0]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("warm.safetensors");
    trainer.save(&path)?;

    let mut again = Model::load(&path)?;
    let Err(error) = again.resume(&path) else { panic!("`warm` was not registered") };
    let help = "help: write `CustomObjects::new().learning_rate(LearningRate::own(\"warm\", ..))`";
    assert!(error.to_string().contains(help), "{error}");
    let custom_objects = CustomObjects::new().learning_rate(warm);
    let mut trainer = again.resume_with(&path, &custom_objects)?;
    assert_eq!(trainer.learning_rate(), 3.0);
    trainer.train_on_batch(&x, &y)?;
    assert_eq!(weights(trainer.model()), [2.0]);
    assert_eq!(Model::load(&path)?.resume_optimizer_with(&path, &custom_objects)?.iterations(), 3);

    // What is no rate is refused, and the model is as it was.
    let (mut model, x, y) = line();
    let mut trainer = model.compile(SGD::new(LearningRate::own("wild", |_| f64::NAN)), MeanSquaredError::new());
    let error = trainer.train_on_batch(&x, &y).unwrap_err();
    assert_eq!(error.to_string(), "`wild` gives a learning rate of NaN after 0 steps: expected a number from 0 to 1e6");
    assert_eq!((weights(trainer.model()), trainer.iterations()), (vec![8.0], 0));
    Ok(())
}

#[test]
fn gradients_in_a_row_move_weights_by_their_mean() -> Result<()> {
    let (mut model, x, y) = line();
    let mut trainer = model.compile(SGD::new(1.0).clipvalue(1.0).gradient_accumulation_steps(3), MeanSquaredError::new());
    let mut found = Vec::new();
    for _ in 0..6 {
        trainer.train_on_batch(&x, &y)?;
        found.push(weights(trainer.model())[0]);
    }
    assert_eq!(found, [8.0, 8.0, 7.0, 7.0, 7.0, 6.0]);
    Ok(())
}

#[test]
fn what_is_wrong_with_an_optimizer_is_said() {
    let check = |optimizer: Optimizer, expected: &str| {
        let error: Error = optimizer.build(&dense(&[4, 6, 4], "linear")).unwrap_err();
        assert_eq!(error.to_string(), expected);
    };
    check(
        Adam::new(0.1).clipnorm(1.0).clipvalue(0.5).into(),
        "`Adam` has `clipnorm` and `clipvalue`: expected one of `clipnorm`, `clipvalue` and `global_clipnorm` at most",
    );
    check(Lamb::new(0.1).clipnorm(0.0).into(), "`clipnorm` of `Lamb` is out of range: expected a number above 0, found 0.0");
    check(
        Nadam::new(0.1).gradient_accumulation_steps(1).into(),
        "`gradient_accumulation_steps` of `Nadam` is out of range: expected a whole number of at least 2, found 1",
    );
    check(
        RMSprop::new(0.1).use_ema(true).ema_momentum(1.5).into(),
        "`ema_momentum` of `RMSprop` is out of range: expected a number from 0 to 1, found 1.5",
    );
    check(
        Ftrl::new(0.1).learning_rate_power(0.5).into(),
        "`learning_rate_power` of `Ftrl` is out of range: expected a number from -2 to 0, found 0.5",
    );
    check(
        ScheduleFreeAdamW::new(ExponentialDecay::new(0.1, 0, 0.5)).into(),
        "`decay_steps` of `ExponentialDecay` is out of range: expected a whole number of at least 1, found 0",
    );
    check(
        Adafactor::new(PiecewiseConstantDecay::new([1, 2], [0.1, 0.2])).into(),
        "`values` of `PiecewiseConstantDecay` is out of range: expected one value more than there are boundaries, found 2 for 2 boundaries",
    );
    check(
        MultiOptimizer::new(SGD::new(0.1)).of("out/.*", SGD::new(0.2)).of(".*kernel", SGD::new(0.3)).into(),
        "`out/kernel` has two optimizers in `optimizer_map`, by `out/.*` and by `.*kernel`: expected one pattern for each weight",
    );
    check(
        MultiOptimizer::new(SGD::new(0.1)).of("out/(kernel|bias)", SGD::new(0.2)).into(),
        "`out/(kernel|bias)` in `optimizer_map` is not understood at `(`: expected a part of a path, in which `.*` stands for anything",
    );
    check(
        MultiOptimizer::new(MultiOptimizer::new(SGD::new(0.1))).into(),
        "`MultiOptimizer` has a `MultiOptimizer` in it: expected optimizers of weights, such as `Adam::new(1e-3)`",
    );
    let error = Optimizer::from(MultiOptimizer::new(SGD::new(0.1))).set_learning_rate(0.1).unwrap_err();
    assert!(error.to_string().starts_with("`MultiOptimizer` has no learning rate of its own"), "{error}");
}

#[test]
fn strings_name_optimizers_with_their_defaults() -> Result<()> {
    let (mut model, x, y) = line();
    let mut trainer = model.compile("rmsprop", "mse");
    assert_eq!(trainer.optimizer(), &RMSprop::default().into());
    trainer.fit((&x, &y), Fit::epochs(1).verbose(Verbose::Silent))?;
    let error = model.compile("adm", "mse").fit((&x, &y), Fit::epochs(1)).unwrap_err().to_string();
    assert!(error.contains("`adm`") && error.contains("Adam"), "{error}");
    Ok(())
}
