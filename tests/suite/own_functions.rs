//! Functions of one's own that layers in a model name: penalties on weights and on what layers give, constraints and starts.

use functional_model::custom::{self, Object, RegularizerObject};
use functional_model::layers::Dense;
use functional_model::ndarray::{Array2, Array3, ArrayViewMutD};
use functional_model::prelude::*;
use serde::{Deserialize, Serialize};

fn decay(weight: &Var<f64>) -> Result<Var<f64>> {
    Ok(weight.square()?.sum(..)? * 0.05)
}

fn above_zero(weight: &Var<f64>) -> Result<Var<f64>> {
    weight.relu()
}

fn waves(mut weight: ArrayViewMutD<'_, f64>, _seed: u64) {
    weight.iter_mut().enumerate().for_each(|(place, number)| *number = (place as f64).sin());
}

/// A penalty that looks at the shape of what a layer gives.
fn spread(given: &Var<f64>) -> Result<Var<f64>> {
    Ok(given.mean(1)?.square()?.sum(..)? * 0.1)
}

fn failing(given: &Var<f64>) -> Result<Var<f64>> {
    given.square()
}

/// A penalty with a field.
#[derive(Serialize, Deserialize)]
pub struct Decay {
    rate: f64,
}

impl Object for Decay {
    const CLASS: &'static str = "Decay";
}

impl RegularizerObject for Decay {
    fn penalty(&self, weight: &Var<f64>) -> Result<Var<f64>> {
        Ok(weight.square()?.sum(..)? * self.rate)
    }
}

functional_model! {
    /// One object of a class with several rates.
    model Rates(x: [4]) -> [2] {
        let mut x = x;
        for rate in [0.5, 0.25] {
            x = Dense(2, kernel_initializer = "ones", kernel_regularizer = Decay(rate = rate), bias_regularizer = Decay(rate = 1))(x);
        }
        x
    }

    model Own(x: [4]) -> [2] {
        let x = line(x, 3);
        let x = Bidirectional(LSTM(2, kernel_regularizer = decay, recurrent_constraint = above_zero))(Reshape([3, 1])(x));
        Dense(2, kernel_initializer = waves, bias_regularizer = decay)(x)
    }

    fn line(x, units) {
        Dense(units, kernel_initializer = waves, kernel_regularizer = decay, kernel_constraint = above_zero)(x)
    }

    model Kept(x: [4]) -> [2] {
        let x = Dense(3, kernel_initializer = "zeros", kernel_regularizer = L2(0.05), kernel_constraint = "non_neg")(x);
        let x = Bidirectional(LSTM(2, kernel_regularizer = L2(0.05), recurrent_constraint = "non_neg"))(Reshape([3, 1])(x));
        Dense(2, kernel_initializer = "zeros", bias_regularizer = L2(0.05))(x)
    }

    model Spread(x: [4, 2]) -> [4, 4] {
        let x = Dense(3, kernel_initializer = Constant(0.3), activity_regularizer = spread)(x);
        let (x, _h, _c) = LSTM(2, kernel_initializer = Constant(0.3), recurrent_initializer = Constant(0.2), return_sequences = true,
            return_state = true, activity_regularizer = spread)(x);
        let half = GRU(2, kernel_initializer = Constant(0.3), recurrent_initializer = Constant(0.2), return_sequences = true,
            activity_regularizer = spread);
        Bidirectional(half)(x)
    }

    /// A penalty on what a block gives, with a field.
    model Given(x: [4]) -> [2] {
        let x = given(x, 0.5);
        given(x, 0.25)
    }

    fn given(x, rate) {
        Dense(2, kernel_initializer = "ones", activity_regularizer = Decay(rate = rate))(x)
    }

    model Failing(x: [4]) -> [2] {
        Dense(2, activity_regularizer = failing)(x)
    }

    model Outer(x: [4]) -> [1] {
        Dense(1, kernel_regularizer = decay)(Own()(x))
    }
}

fn numbers(model: &impl Network<f32>) -> Vec<f32> {
    let mut numbers = Vec::new();
    model.visit(&mut |weight, _| numbers.extend(weight.data.iter().copied()));
    numbers
}

fn registered() -> CustomObjects {
    CustomObjects::new().regularizer("decay", decay).constraint("above_zero", above_zero).initializer("waves", waves)
}

fn data() -> (Array2<f32>, Array2<f32>) {
    let x = Array2::from_shape_fn((24, 4), |(i, j)| ((i * 5 + j * 3) % 11) as f32 / 11.0 - 0.4);
    (x, Array2::from_elem((24, 2), -0.3))
}

#[test]
fn a_model_trains_as_by_the_library_s() -> Result<()> {
    let (x, y) = data();
    let fit = || Fit::epochs(3).batch_size(8).verbose(Verbose::Silent);
    let (mut own, mut kept) = (Own::new(42), Kept::new(42));
    let mut starts = numbers(&own).into_iter();
    kept.visit_mut(&mut |weight| weight.data.iter_mut().for_each(|element| *element = starts.next().unwrap()));
    assert!((own.penalty()? - kept.penalty()?).abs() < 1e-6);
    own.compile(Adam::new(0.05), MeanSquaredError).fit((&x, &y), fit())?;
    kept.compile(Adam::new(0.05), MeanSquaredError).fit((&x, &y), fit())?;
    let apart = numbers(&own).iter().zip(numbers(&kept)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(apart < 1e-5, "{apart}");
    Ok(())
}

#[test]
fn objects_are_called_with_their_fields() -> Result<()> {
    assert_eq!(Rates::new(1).penalty()?, 0.5 * 8.0 + 0.25 * 4.0);
    let registered = CustomObjects::new().regularizer_class::<Decay>();
    assert_eq!(Model::from_config_with(Rates::config(), 1, &registered)?.penalty()?, 5.0);
    let error = Model::from_config(Rates::config(), 1).unwrap_err().to_string();
    assert!(error.contains("`CustomObjects::new().regularizer_class::<Decay>()`"), "{error}");
    Ok(())
}

#[test]
fn a_compiled_model_and_its_configuration_are_one() -> Result<()> {
    let (x, y) = data();
    let mut compiled = Outer::new(7);
    let mut read = Model::from_config_with(Outer::config(), 7, &registered())?;
    assert_eq!(numbers(&compiled), numbers(&read));
    let fit = || Fit::epochs(2).batch_size(8).verbose(Verbose::Silent);
    let y = y.column(0).to_owned();
    compiled.compile(SGD::new(0.1), MeanSquaredError).fit((&x, &y), fit())?;
    read.compile(SGD::new(0.1), MeanSquaredError).fit((&x, &y), fit())?;
    assert_eq!(numbers(&compiled), numbers(&read));

    let error = Model::from_config(Outer::config(), 7).unwrap_err().to_string();
    assert!(error.contains("CustomObjects::new().") && error.contains("was not registered"), "{error}");
    Ok(())
}

#[test]
fn files_name_functions() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.safetensors");
    let model = Own::new(3);
    model.save(&path)?;
    assert_eq!(numbers(&Own::load(&path)?), numbers(&model));
    assert_eq!(numbers(&Model::load_with(&path, &registered())?), numbers(&model));
    assert!(Model::load(&path).is_err());
    Ok(())
}

/// What Keras 3.15.1 reports, on JAX, of the same model with the same function, and what it has learnt after two steps.
#[test]
fn penalties_on_what_layers_give_are_keras_s() -> Result<()> {
    let x = Array3::from_shape_fn((3, 4, 2), |(i, j, k)| ((5 * (8 * i + 2 * j + k)) % 11) as f32 / 11.0 - 0.4);
    let y = Array3::from_elem((3, 4, 4), -0.3);
    let mut compiled = Spread::new(1);
    let mut read = Model::from_config_with(Spread::config(), 1, &CustomObjects::new().regularizer("spread", spread))?;
    let losses = trained(&mut compiled, (&x, &y))?;
    assert_eq!(trained(&mut read, (&x, &y))?, losses);
    assert_eq!(numbers(&compiled), numbers(&read));
    assert!(losses.iter().zip(KERAS).all(|(found, expected)| (found - expected).abs() < 1e-6), "{losses:?} for {KERAS:?}");
    Ok(())
}

const KERAS: [f64; 2] = [0.094_216_190, 0.074_840_076];

/// The losses before and after two steps.
fn trained(model: &mut impl Train, (x, y): (&Array3<f32>, &Array3<f32>)) -> Result<[f64; 2]> {
    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError);
    let before = trainer.evaluate((x, y))?["loss"];
    for _ in 0..2 {
        trainer.train_on_batch(x, y)?;
    }
    Ok([before, trainer.evaluate((x, y))?["loss"]])
}

#[test]
fn penalties_on_what_layers_give_are_read_and_called_layer_by_layer() -> Result<()> {
    let x = ndarray::array![[1.0_f32, 2.0, 3.0, 4.0]];
    let given = |penalty: f64| (penalty - (0.5 * 200.0 + 0.25 * 800.0)).abs() < 1e-9;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("given.safetensors");
    let model = Given::new(1);
    model.save(&path)?;
    let read = Model::load_with(&path, &CustomObjects::new().regularizer_class::<Decay>())?;
    let error = Model::load(&path).unwrap_err().to_string();
    assert!(error.contains("`CustomObjects::new().regularizer_class::<Decay>()`"), "{error}");
    let tape = Tape::new();
    let variable = tape.constant(&x)?;
    model.call(&variable)?;
    assert!(given(tape.activity_penalty()));
    let tape = Tape::new();
    read.call(&tape.constant(&x)?)?;
    assert!(given(tape.activity_penalty()));

    let described = Dense::new(2).with("kernel_initializer", "ones").with("activity_regularizer", custom::function("decay"));
    let layer: Layer<Dense> = described.build_with(&[4], 1, &registered())?;
    let tape = Tape::new();
    let variable = tape.variable(&x)?;
    let sum = layer.call(&variable)?.sum(..)?;
    assert!((tape.activity_penalty() - 0.05 * 200.0).abs() < 1e-9);
    // Of the sum, 2, and of the penalty, 2 * 0.05 * 10 of each output.
    assert_eq!(sum.backward()?.of(&variable)?, ndarray::array![[4.0, 4.0, 4.0, 4.0]].into_dyn());
    assert!(described.build::<f32>(&[4], 1).is_err());
    Ok(())
}

#[test]
fn a_penalty_that_is_no_number_fails_with_its_layer() {
    let (x, y) = data();
    let mut model = Failing::new(1);
    let before = numbers(&model);
    let error = model.compile(SGD::new(0.1), MeanSquaredError).train_on_batch(&x, &y).unwrap_err().to_string();
    assert!(error.contains("`failing`") && error.contains("a single number"), "{error}");
    assert_eq!(numbers(&model), before);
    assert!(model.predict(&x).is_ok());
}
