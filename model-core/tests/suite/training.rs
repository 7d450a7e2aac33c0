//! Training as a user does it: what it learns, what it reports, what it refuses, and how it goes on.

use crate::common::{bits, dense, largest, two_by_two};
use model_core::file::Save;
use model_core::given::{AnyArray, Examples};
use model_core::interpret::Model;
use model_core::losses::{
    BinaryCrossentropy, CategoricalCrossentropy, IntoLosses, Loss, Losses, MeanSquaredError, SparseCategoricalCrossentropy,
};
use model_core::metrics::{Accuracy, CategoricalAccuracy, MeanAbsoluteError};
use model_core::optimizers::{Adam, Optimizer, RMSprop, SGD};
use model_core::training::{Fit, History, Predict, Train, Trainer, Verbose};
use model_core::{Error, Result};
use ndarray::{Array1, Array2, Array3, Axis, array, s};

fn quiet() -> Fit<'static> {
    Fit { verbose: Verbose::Silent, ..Fit::default() }
}

fn classifier(model: &mut Model) -> Trainer<'_, Model> {
    model.compile(Adam::new(0.01), SparseCategoricalCrossentropy::from_logits()).metric(Accuracy)
}

#[test]
fn a_model_learns_and_reports_as_keras_does() -> Result<()> {
    let (x, y) = largest(600, 4);
    let mut model = dense(&[4, 16, 4], "linear");
    let mut trainer = classifier(&mut model);
    let history = trainer.fit((&x, &y), Fit { epochs: 20, validation_split: 0.25, ..quiet() })?;
    assert_eq!(history.names(), ["accuracy", "loss", "val_accuracy", "val_loss"]);
    assert_eq!(history.epochs(), 20);
    assert!(history["loss"][19] < 0.3 && history["val_accuracy"][19] > 0.9, "{history}");
    assert_eq!(trainer.iterations(), 20 * 15);

    let validation = (x.slice(s![450.., ..]), y.slice(s![450..]));
    let scores = trainer.evaluate(validation)?;
    assert_eq!(scores["accuracy"], history["val_accuracy"][19]);
    assert!((scores.loss() - history["val_loss"][19]).abs() < 1e-12);
    assert!(scores.to_string().starts_with("accuracy: 0.9"));
    let batches = trainer.evaluate_batched(validation, 7)?;
    assert_eq!(batches["accuracy"], scores["accuracy"]);
    assert!((batches.loss() - scores.loss()).abs() < 1e-6);
    Ok(())
}

#[test]
fn the_remainder_of_an_epoch_is_trained_on_or_left_out() -> Result<()> {
    for (samples, batch_size, drop_remainder, steps) in
        [(70, 32, false, 3), (70, 32, true, 2), (64, 32, true, 2), (20, 32, true, 1)]
    {
        let (x, y) = largest(samples, 4);
        let mut model = dense(&[4, 4], "linear");
        let mut trainer = classifier(&mut model);
        trainer.fit((&x, &y), Fit { epochs: 3, batch_size, drop_remainder, ..quiet() })?;
        assert_eq!(trainer.iterations(), 3 * steps, "{samples} samples in batches of {batch_size}");
    }
    Ok(())
}

#[test]
fn several_inputs_and_outputs_go_by_name() -> Result<()> {
    let (x, kind) = largest(96, 3);
    let (right, size) = (Array2::<f64>::ones((96, 2)), Array1::<f32>::linspace(-1.0, 1.0, 96));
    let run = |examples: &dyn Examples| {
        let mut model = two_by_two();
        let losses = Losses::new()
            .output("size", MeanSquaredError::new())
            .output("kind", SparseCategoricalCrossentropy::from_logits())
            .weight("size", 0.5);
        let mut trainer =
            model.compile(RMSprop::default(), losses).metric_of("kind", Accuracy).metric_of("size", MeanAbsoluteError);
        trainer.fit(examples, Fit { epochs: 2, ..quiet() })
    };
    let history = run(&((&x, &right), (&kind, &size)))?;
    let names = ["kind_accuracy", "kind_loss", "loss", "size_loss", "size_mean_absolute_error"];
    assert_eq!(history.names(), names);
    assert!((history["loss"][0] - history["kind_loss"][0] - 0.5 * history["size_loss"][0]).abs() < 1e-9);
    let by_name = |items: Vec<(&'static str, AnyArray<'static>)>| items;
    let (x, right) = (Box::leak(Box::new(x)), Box::leak(Box::new(right)));
    let (kind, size) = (Box::leak(Box::new(kind)), Box::leak(Box::new(size)));
    let inputs = by_name(vec![("right", (&*right).into()), ("left", (&*x).into())]);
    let targets = by_name(vec![("size", (&*size).into()), ("kind", (&*kind).into())]);
    assert_eq!(run(&(inputs, targets))?, history);
    Ok(())
}

#[test]
fn arrays_are_standardised() -> Result<()> {
    let (x, y) = largest(40, 4);
    let train = |examples: &dyn Examples, loss: Loss| {
        let mut model = dense(&[4, 4], "linear");
        model.compile(SGD::new(0.1), loss).fit(examples, quiet())?;
        Ok::<_, Error>(bits(&model))
    };
    let sparse = || SparseCategoricalCrossentropy::from_logits().into();
    let expected = train(&(&x, &y), sparse())?;
    let column = y.mapv(|label| label as u8).insert_axis(Axis(1));
    assert_eq!(train(&(&x.mapv(f64::from), &column), sparse())?, expected);
    let fortran = x.t().as_standard_layout().into_owned();
    assert_eq!(train(&(fortran.t(), y.to_vec()), sparse())?, expected);
    assert_eq!(train(&(x.clone().insert_axis(Axis(2)), &y), sparse())?, expected);
    let one_hot = Array2::from_shape_fn((40, 4), |(i, k)| y[i] == k as i32);
    let categorical = || CategoricalCrossentropy::from_logits().into();
    assert_eq!(train(&(&x, &one_hot), categorical())?, train(&(&x, &one_hot.mapv(u64::from)), categorical())?);
    Ok(())
}

/// What fitting a model of shapes `[4] -> [3]` (or `[1]`) on something wrong says; nothing of the model may have changed.
fn check_refused(outputs: usize, loss: impl IntoLosses, data: impl Examples, fit: Fit<'_>, expected: &str) {
    let mut model = dense(&[4, outputs], "linear");
    let before = bits(&model);
    let error = model.compile(SGD::new(0.1), loss).fit(data, fit).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!(bits(&model), before);
}

#[test]
fn bad_data_is_refused_before_the_first_step() {
    let (x, y) = (Array2::<f32>::zeros((6, 4)), array![0, 1, 2, 0, 1, 2]);
    let check = |x: &dyn Fn() -> Array2<f32>, y: AnyArray<'_>, expected: &str| {
        check_refused(3, SparseCategoricalCrossentropy::new(), (x(), y), quiet(), expected);
    };
    let good = || x.clone();
    check(&|| Array2::zeros((6, 5)), (&y).into(), "input `x` has the wrong shape: expected [samples, 4], found [6, 5]");
    check(&|| Array2::zeros((0, 4)), (&y).into(), "input `x` has no samples: expected at least 1, found 0");
    check(
        &|| Array2::from_elem((6, 4), f32::INFINITY),
        (&y).into(),
        "sample 0 of input `x` is not finite: expected numbers, found infinity or NaN",
    );
    check(&good, (&array![0, 1]).into(), "target `out` has another number of samples than input `x`: expected 6, found 2");
    check(
        &good,
        (&array![0, 1, 2, 3, 0, 0]).into(),
        "sample 3 of target `out` is out of range: expected a class from 0 to 2, found 3",
    );
    check(
        &good,
        (&array![0_i64, 1, 2, -1, 0, 0]).into(),
        "sample 3 of target `out` is out of range: expected a class from 0 to 2, found -1",
    );
    check(
        &good,
        (&Array1::<f32>::zeros(6)).into(),
        "target `out` has elements of the wrong type: expected integers, found f32\nhelp: convert class numbers with \
         `labels.mapv(|label| label as i32)`",
    );
    check(
        &good,
        (&Array2::<f32>::zeros((6, 3))).into(),
        "target `out` has the wrong shape: expected [samples], found [6, 3]\nhelp: distributions over classes go with \
         `CategoricalCrossentropy`",
    );
    let three = Array3::<f32>::zeros((6, 2, 2));
    let shape = "input `x` has the wrong shape: expected [samples, 4], found [6, 2, 2]";
    check_refused(3, SparseCategoricalCrossentropy::new(), (&three, &y), quiet(), shape);
    let count = "expected 1 input, `x`: found 2";
    check_refused(3, SparseCategoricalCrossentropy::new(), ((&x, &x), &y), quiet(), count);
    let name = "there is no input `y`: expected `x`";
    check_refused(3, SparseCategoricalCrossentropy::new(), ([("y", (&x).into())], &y), quiet(), name);
    let twice = "an array for input `x` is given twice: expected one";
    check_refused(3, SparseCategoricalCrossentropy::new(), ([("x", (&x).into()), ("x", (&x).into())], &y), quiet(), twice);
}

#[test]
fn targets_are_never_broadcast() {
    let x = Array2::<f32>::zeros((6, 4));
    let shape = "target `out` has the wrong shape: expected [samples, 3], found [6]\nhelp: class numbers go with \
                 `SparseCategoricalCrossentropy`";
    check_refused(3, MeanSquaredError::new(), (&x, Array1::<f32>::zeros(6)), quiet(), shape);
    let shape = "target `out` has the wrong shape: expected [samples, 3], found [6, 1]\nhelp: class numbers go with \
                 `SparseCategoricalCrossentropy`";
    check_refused(3, CategoricalCrossentropy::new(), (&x, Array2::<i32>::zeros((6, 1))), quiet(), shape);
    let shape = "target `out` has the wrong shape: expected [samples, 1], found [6, 6]";
    check_refused(1, MeanSquaredError::new(), (&x, Array2::<f32>::zeros((6, 6))), quiet(), shape);
}

#[test]
fn bad_settings_are_refused_before_the_first_step() {
    let (x, y) = (Array2::<f32>::zeros((6, 4)), Array1::<f32>::zeros(6));
    let check = |fit: Fit<'_>, expected: &str| check_refused(1, MeanSquaredError::new(), (&x, &y), fit, expected);
    check(Fit { batch_size: 0, ..quiet() }, "`batch_size` of `Fit` is out of range: expected at least 1, found 0");
    check(
        Fit { validation_split: 1.0, ..quiet() },
        "`validation_split` of `Fit` is out of range: expected a number from 0 to below 1, found 1",
    );
    check(
        Fit { validation_split: 0.9, ..quiet() },
        "`validation_split` 0.9 of 6 samples leaves 0 to train on: expected at least 1 on both sides",
    );
    let check = |losses: Losses, expected: &str| check_refused(1, losses, (&x, &y), quiet(), expected);
    check(Losses::new(), "a loss for output `out` is missing: expected one for each of `out`");
    check(
        Losses::new().output("outs", MeanSquaredError::new()),
        "there is no output `outs`: expected `out`\nhelp: did you mean `out`?",
    );
    check(
        CategoricalCrossentropy::new().into(),
        "`CategoricalCrossentropy` does not go with output `out` of shape [samples, 1]: expected a last axis of at least 2 \
         classes\nhelp: `BinaryCrossentropy` is for one yes or no",
    );
    check(
        BinaryCrossentropy::new().label_smoothing(2.0).into(),
        "`label_smoothing` of `BinaryCrossentropy` is out of range: expected a number from 0 to 1, found 2",
    );
    let mut model = dense(&[4, 3], "softmax");
    let sparse = SparseCategoricalCrossentropy::new();
    let error = model.compile(SGD::new(0.1), sparse).metric(CategoricalAccuracy).fit((&x, array![0, 0, 0, 0, 0, 0]), quiet());
    assert!(error.unwrap_err().to_string().contains("class numbers go with `SparseCategoricalAccuracy`"));
    let error = model.compile(SGD::new(f64::NAN), sparse).fit((&x, array![0, 0, 0, 0, 0, 0]), quiet());
    assert!(error.unwrap_err().to_string().starts_with("`learning_rate` of `SGD` is out of range"));
}

#[test]
fn divergence_is_an_error_and_leaves_finite_weights() {
    let (x, y) = (Array2::from_elem((64, 4), 1e4_f32), Array1::from_elem(64, 1e4_f32));
    for optimizer in [Optimizer::from(SGD::new(1e3)), SGD::new(10.0).momentum(1.0).into()] {
        let mut model = dense(&[4, 8, 1], "linear");
        let error = model.compile(optimizer, MeanSquaredError::new()).fit((&x, &y), Fit { epochs: 100, ..quiet() }).unwrap_err();
        let Error::Diverged { epoch: Some(1..), step: 1.., .. } = error else { panic!("{error}") };
        assert!(bits(&model).iter().all(|&bits| f32::from_bits(bits).is_finite()));
    }
}

/// Two epochs, saved, loaded into another model, and two more, beside four at a stretch.
fn check_resume(make: impl Fn() -> Model, compile: impl Fn(&mut Model) -> Trainer<'_, Model>, data: &dyn Examples) {
    let folder = tempfile::tempdir().unwrap();
    let (half, path) = (folder.path().join("half"), folder.path().join("whole"));
    let fit = |epochs| Fit { epochs, batch_size: 20, validation_split: 0.25, ..quiet() };
    let rows = |history: &History| history.rows().map(|(epoch, values)| (epoch, values.to_vec())).collect::<Vec<_>>();

    let mut model = make();
    let mut trainer = compile(&mut model);
    let history = trainer.fit(data, Fit { seed: Some(11), ..fit(4) }).unwrap();
    trainer.save(&path).unwrap();

    let mut first = make();
    let mut trainer = compile(&mut first);
    let first_history = trainer.fit(data, Fit { seed: Some(11), ..fit(2) }).unwrap();
    trainer.save(&half).unwrap();
    let mut second = Model::load(&half).unwrap();
    let mut trainer = second.resume(&half).unwrap();
    assert_eq!(trainer.epochs(), 2);
    let second_history = trainer.fit(data, fit(2)).unwrap();
    trainer.save(&half).unwrap();

    assert_eq!(bits(&second), bits(&model));
    assert_eq!([rows(&first_history), rows(&second_history)].concat(), rows(&history));
    assert_eq!(std::fs::read(half).unwrap(), std::fs::read(path).unwrap());
}

#[test]
fn resumed_training_goes_on_bit_for_bit() {
    let (x, y) = largest(90, 4);
    let optimizers: [Optimizer; 4] = [
        SGD::new(0.1).momentum(0.9).nesterov(true).into(),
        RMSprop::new(0.01).momentum(0.3).centered(true).into(),
        Adam::new(0.003).into(),
        Adam::new(0.003).amsgrad(true).into(),
    ];
    for optimizer in optimizers {
        let sparse = SparseCategoricalCrossentropy::from_logits();
        check_resume(
            || dense(&[4, 6, 4], "linear"),
            |model| model.compile(optimizer.clone(), sparse).metric(Accuracy),
            &(&x, &y),
        );
    }
}

#[test]
fn resumed_training_keeps_dropout_statistics_and_weighted_losses() {
    let (x, kind) = largest(90, 3);
    let (right, size) = (Array2::<f32>::ones((90, 2)), Array1::<f32>::linspace(-1.0, 1.0, 90));
    fn compile(model: &mut Model) -> Trainer<'_, Model> {
        let losses =
            Losses::from([("kind", SparseCategoricalCrossentropy::from_logits().into()), ("size", MeanSquaredError.into())]);
        model.compile(Adam::new(0.01), losses.weight("kind", 0.3)).metric_of("kind", Accuracy)
    }
    check_resume(two_by_two, compile, &((&x, &right), (&kind, &size)));
}

#[test]
fn predictions_do_not_depend_on_batches() -> Result<()> {
    let (x, _) = largest(75, 4);
    let model = dense(&[4, 16, 3], "softmax");
    let expected = model.predict(&x)?;
    assert_eq!(expected.shape(), [75, 3]);
    for batch_size in [1, 7, 64, 200] {
        assert_eq!(model.predictor().batch_size(batch_size)?.predict(&x)?, expected);
    }
    let mut into = Array2::zeros((75, 3));
    model.predictor().predict_into(&x, &mut into)?;
    assert_eq!(into.into_dyn(), expected);
    let error = model.predictor().predict_into(&x, &mut Array2::zeros((75, 2))).unwrap_err();
    assert!(error.to_string().starts_with("output `out` has the wrong shape: expected [samples, 3], found [75, 2]"), "{error}");
    let several = two_by_two();
    let (left, right) = (Array2::<f32>::ones((2, 3)), Array2::<f32>::ones((2, 2)));
    let outputs = several.predict_all((&left, &right))?;
    assert_eq!(
        outputs.iter().map(|(name, array)| (name.as_str(), array.shape())).collect::<Vec<_>>(),
        [("kind", &[2, 3][..]), ("size", &[2, 1]),]
    );
    let error = several.predict((&left, &right)).unwrap_err();
    assert!(error.to_string().contains("`predict_all` gives all of them"));
    Ok(())
}

#[test]
fn a_saved_model_predicts_the_same() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    let (x, _) = largest(5, 4);
    let model = dense(&[4, 6, 3], "softmax");
    model.save(&path)?;
    assert_eq!(Model::load(&path)?.predict(&x)?, model.predict(&x)?);
    Ok(())
}
