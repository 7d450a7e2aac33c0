//! Penalties on weights and on what layers give, and constraints: the same in `fit` and by hand, compiled and interpreted, in models of models,
//! and whatever the threads.

use functional_model::layer::Weight;
use functional_model::prelude::*;
use functional_model::threads;
use ndarray::{Array1, Array2, Axis};

functional_model! {
    fn block(x, decay, units = 5) {
        Dense(units, kernel_regularizer = decay, bias_constraint = NonNeg())(x)
    }

    model Inner(x: [5]) -> [5] {
        Dense(5, kernel_constraint = MaxNorm(0.5), bias_regularizer = L1L2(0.01, l2 = 0.02))(x)
    }

    model Net(x: [6]) -> [3] {
        let decay = L2(0.1);
        let inner = Inner();
        let h = inner(block(x, decay));
        let h = inner(block(h, L1(0.03)));
        let h = Dense(4, kernel_initializer = RandomNormal(stddev = 0.3, seed = 4), kernel_regularizer = OrthogonalRegularizer())(h);
        Dense(3, trainable = false, kernel_regularizer = "l2", kernel_initializer = Identity(0.5))(h)
    }

    /// Enough weights for several threads.
    model Large(x: [300]) -> [300] {
        Dense(300, kernel_regularizer = L1L2(1e-3, 1e-3), kernel_constraint = UnitNorm())(x)
    }

    model Plain(x: [6]) -> [3] {
        Dense(3)(x)
    }
}

functional_model! {
    fn pair(x, units) {
        Dense(units, activity_regularizer = L1(0.02))(Dense(units, activation = "tanh", activity_regularizer = "l2")(x))
    }

    model Given(x: [6]) -> [3] {
        let x = Dense(3, activity_regularizer = L1L2(0.01, l2 = 0.03))(x);
        ActivityRegularization(l2 = 0.1)(x)
    }

    /// A layer called twice, a block called twice, a model called twice, and a frozen layer.
    model Active(x: [6]) -> [3] {
        let twice = Dense(6, activity_regularizer = L2(0.05));
        let h = pair(pair(twice(twice(x)), 6), 6);
        let given = Given();
        let h = given(h) + given(x);
        Dense(3, trainable = false, activity_regularizer = "l2")(h)
    }
}

fn numbers(rows: usize, columns: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 5) % 13) as f32 / 6.0 - 1.0)
}

fn fit() -> Fit<'static> {
    Fit { batch_size: 4, epochs: 3, shuffle: false, seed: Some(7), verbose: Verbose::Silent, ..Fit::default() }
}

fn bits<N: Network>(model: &N) -> Vec<u32> {
    let mut bits = Vec::new();
    model.visit(&mut |weight, _| bits.extend(weight.data.iter().map(|element| element.to_bits())));
    bits
}

/// The weights and losses after three epochs.
fn fitted<N: Trainable>(mut model: N) -> (Vec<u32>, Vec<u64>) {
    let (x, y) = (numbers(16, 6), numbers(16, 3));
    let history = model.compile(SGD::new(0.05), MeanSquaredError::new()).fit((&x, &y), fit()).unwrap();
    (bits(&model), history.get("loss").unwrap().iter().map(|loss| loss.to_bits()).collect())
}

fn interpreted() -> Model {
    Model::from_config(Net::config(), 3).unwrap()
}

fn squares(weight: &Weight) -> f64 {
    weight.data.iter().map(|&w| f64::from(w) * f64::from(w)).sum()
}

#[test]
fn the_penalty_is_that_of_what_is_trained_each_weight_once() {
    let model = Net::new(3);
    let absolute = |weight: &Weight| weight.data.iter().map(|&w| f64::from(w.abs())).sum::<f64>();
    let (mut expected, mut seen) = (0.0, 0);
    let mut place = 0;
    model.visit(&mut |weight, is_trainable| {
        expected += match (weight.regularizer, is_trainable) {
            (None, _) | (_, false) => 0.0,
            (Some(_), true) if place == 0 => 0.1 * squares(weight),
            (Some(_), true) if weight.shape == [5] => 0.01 * absolute(weight) + 0.02 * squares(weight),
            (Some(_), true) if weight.shape == [5, 5] => 0.03 * absolute(weight),
            (Some(_), true) => {
                let w = weight.view();
                let row = |i: usize| w.index_axis(ndarray::Axis(0), i).mapv(f64::from);
                let dot = |i: usize, j: usize| (&row(i) * &row(j)).sum();
                let pairs = (0..5).flat_map(|i| (0..i).map(move |j| (i, j)));
                0.01 * pairs.map(|(i, j)| (dot(i, j) / (dot(i, i) * dot(j, j)).sqrt()).abs()).sum::<f64>() / 10.0
            }
        };
        seen += usize::from(weight.regularizer.is_some());
        place += 1;
    });
    assert_eq!(seen, 5);
    assert!((model.penalty().unwrap() - expected).abs() < 1e-9 && expected > 0.1, "{} for {expected}", model.penalty().unwrap());
    assert_eq!(model.penalty().unwrap().to_bits(), interpreted().penalty().unwrap().to_bits());
    assert_eq!(Plain::new(1).penalty().unwrap(), 0.0);
    let mut frozen = Net::new(3);
    frozen.set_trainable(false);
    assert_eq!(frozen.penalty().unwrap(), 0.0, "as in Keras");
}

#[test]
fn losses_include_it_and_metrics_do_not() {
    let (x, y) = (numbers(16, 6), numbers(16, 3));
    let mut model = Net::new(3);
    let (penalty, predicted) = (model.penalty().unwrap(), model.predict(&x).unwrap());
    let alone = MeanSquaredError::new().value(&predicted, &y).unwrap();
    let difference = (&predicted - &y).mapv(f32::abs).mean().unwrap();
    let mut trainer = model.compile(SGD::new(0.05), MeanSquaredError::new()).metric(MeanAbsoluteError);
    let scores = trainer.evaluate((&x, &y)).unwrap();
    assert!((scores.loss() - alone - penalty).abs() < 1e-6, "{scores}");
    assert!((scores["mean_absolute_error"] - f64::from(difference)).abs() < 1e-6, "{scores}");
    let loss = trainer.train_on_batch(&x, &y).unwrap();
    assert!((loss - scores.loss()).abs() < 1e-6);
}

#[test]
fn compiled_models_are_interpreted_ones_to_the_bit() {
    assert_eq!(fitted(Net::new(3)), fitted(interpreted()));
}

#[test]
fn a_step_by_hand_is_that_of_fit() {
    let (x, y) = (numbers(16, 6), numbers(16, 3));
    for adds_itself in [false, true] {
        let mut model = Net::new(3);
        let mut pass = Pass::new(&model, 7);
        let mut optimizer = SGD::new(0.05).build(&model).unwrap();
        assert!(pass.add_penalties(&mut model).is_err(), "there are no gradients");
        for _ in 0..3 {
            for (x, y) in x.axis_chunks_iter(ndarray::Axis(0), 4).zip(y.axis_chunks_iter(ndarray::Axis(0), 4)) {
                let output = model.forward(&mut pass, &Tensor::from_array(&x).unwrap());
                let (_, d_output) = MeanSquaredError::new().gradient(&output, y).unwrap();
                model.backward(&mut pass, &d_output);
                if adds_itself {
                    pass.add_penalties(&mut model).unwrap();
                    pass.add_penalties(&mut model).unwrap(); // adds nothing
                }
                optimizer.apply(&mut model, &mut pass).unwrap();
            }
        }
        assert_eq!(bits(&model), fitted(Net::new(3)).0);
    }
}

#[test]
fn weights_are_kept_after_every_step_also_one_of_no_size() {
    let (x, y) = (numbers(4, 6), numbers(4, 3));
    let mut model = Net::new(3);
    model.visit_mut(&mut |weight| weight.data.iter_mut().for_each(|w| *w = *w * 3.0 - 0.1));
    let before = model.clone();
    model.compile(SGD::new(0.0), MeanSquaredError::new()).train_on_batch(&x, &y).unwrap();
    let mut weights = Vec::new();
    before.visit(&mut |weight, _| weights.push(weight.clone()));
    let mut before = weights.into_iter();
    model.visit(&mut |weight, is_trainable| {
        let before = before.next().unwrap();
        match (is_trainable.then_some(weight.constraint).flatten(), weight.shape.len()) {
            (None, _) => assert_eq!(weight.data[..], before.data[..]),
            (Some(_), 1) => assert!(weight.data.iter().zip(&before.data[..]).all(|(now, before)| *now == before.max(0.0))),
            (Some(_), _) => {
                let norms = weight.view().map_axis(ndarray::Axis(0), |column| column.iter().map(|w| w * w).sum::<f32>().sqrt());
                assert!(norms.iter().all(|&norm| norm < 0.5001) && squares(&before) > squares(weight));
            }
        }
    });
}

#[test]
fn threads_change_no_bit() {
    let run = || {
        let (x, y) = (numbers(8, 300), numbers(8, 300));
        let mut model = Large::new(5);
        let loss = model.compile(SGD::new(0.01), MeanSquaredError::new()).train_on_batch(&x, &y).unwrap();
        (bits(&model), loss.to_bits())
    };
    let all = run();
    let before = threads::threads();
    threads::set_threads(1);
    assert_eq!(run(), all);
    threads::set_threads(before);
}

#[test]
fn penalties_are_written_and_read_as_keras_does() {
    let text = Net::config().to_string();
    assert!(
        text.contains(r#"{"module":"keras.regularizers","class_name":"L2","config":{"l2":0.1},"registered_name":null}"#),
        "{text}"
    );
    let again = Model::from_config(&text, 3).unwrap();
    assert_eq!(again.penalty().unwrap().to_bits(), Net::new(3).penalty().unwrap().to_bits());
}

#[test]
fn penalties_on_what_layers_give_are_the_same_however_a_model_runs() {
    let again = || Model::from_config(Active::config(), 3).unwrap();
    let compiled = fitted(Active::new(3));
    assert_eq!(compiled, fitted(again()));
    let before = threads::threads();
    threads::set_threads(1);
    assert_eq!(compiled, fitted(Active::new(3)));
    threads::set_threads(before);
}

#[test]
fn losses_include_what_layers_give_each_call_divided_by_the_batch() {
    let (x, y) = (numbers(16, 6), numbers(16, 3));
    let mut model = Given::new(3);
    let predicted = model.predict(&x).unwrap();
    let sums = predicted.iter().map(|&y| f64::from(y)).fold([0.0, 0.0], |[a, s], y| [a + y.abs(), s + y * y]);
    let expected = (0.01 * sums[0] + 0.03 * sums[1] + 0.1 * sums[1]) / 16.0;
    let alone = MeanSquaredError::new().value(&predicted, &y).unwrap();
    let scores = model.compile(SGD::new(0.05), MeanSquaredError::new()).evaluate((&x, &y)).unwrap();
    assert!((scores.loss() - alone - expected).abs() < 1e-6 && expected > 0.01, "{scores}: {alone} and {expected}");
    assert_eq!(model.penalty().unwrap(), 0.0, "no weight has one");
    let mut pass = Pass::new(&model, 7);
    model.forward(&mut pass, &Tensor::from_array(&x.view()).unwrap());
    assert!((pass.activity_penalty() - expected).abs() < 1e-6);
}

#[test]
fn backward_by_hand_adds_the_gradients_of_what_layers_give() {
    let (x, y) = (numbers(16, 6), numbers(16, 3));
    let mut model = Active::new(3);
    let mut pass = Pass::new(&model, 7);
    let mut optimizer = SGD::new(0.05).build(&model).unwrap();
    for _ in 0..3 {
        for (x, y) in x.axis_chunks_iter(ndarray::Axis(0), 4).zip(y.axis_chunks_iter(ndarray::Axis(0), 4)) {
            let output = model.forward(&mut pass, &Tensor::from_array(&x).unwrap());
            let (_, d_output) = MeanSquaredError::new().gradient(&output, y).unwrap();
            model.backward(&mut pass, &d_output);
            optimizer.apply(&mut model, &mut pass).unwrap();
        }
    }
    assert_eq!(bits(&model), fitted(Active::new(3)).0);
}

/// A layer of one's own, of whose weights something is asked.
#[layer(
    shape = "[.., n] -> [.., n]",
    weights(
        gamma("[n]", Constant(2.0), regularizer = L2(0.5), constraint = MaxNorm(max_value = 1.5)),
        beta("[n]", initializer = "ones", regularizer = "l1", constraint = "non_neg"),
    ),
)]
#[derive(Clone, Debug)]
struct Scale {}

impl<T: Float> CustomLayer<T> for Scale {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        &call.inputs * &call.weights.gamma + call.weights.beta
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let gamma: Array1<T> = (&call.d_output * &call.inputs).sum_axis(Axis(0));
        let weights = ScaleWeights { gamma, beta: call.d_output.sum_axis(Axis(0)) };
        Gradients { inputs: &call.d_output * &call.weights.gamma, weights }
    }
}

functional_model! {
    model Scaled(x: [6]) -> [6] {
        Scale()(x)
    }
}

#[test]
fn what_a_layer_of_ones_own_asks_of_its_weights_is_done() {
    let (x, mut model) = (numbers(8, 6), Scaled::new(1));
    let mut read = Model::from_config_with(Scaled::config(), 1, &CustomObjects::new().layer::<Scale>()).unwrap();
    // 0.5 of six squares of 2, and 0.01 of six ones.
    assert!((model.penalty().unwrap() - 12.06).abs() < 1e-6, "{}", model.penalty().unwrap());
    assert_eq!(model.penalty().unwrap().to_bits(), read.penalty().unwrap().to_bits());
    model.compile(SGD::new(0.0), MeanSquaredError::new()).fit((&x, &x), fit()).unwrap();
    let length = squares(&model.scale.weights.all()[0]).sqrt();
    assert!((length - 1.5).abs() < 1e-5, "{length}");
    assert_eq!(
        fitted_on_itself(Scaled::new(1)),
        fitted_on_itself(Model::from_config_with(Scaled::config(), 1, &CustomObjects::new().layer::<Scale>()).unwrap())
    );
    read.compile(SGD::new(9.0), MeanSquaredError::new()).fit((&x, &-&x), fit()).unwrap();
    assert!(read.weight("scale/beta").unwrap().data.iter().all(|&beta| beta >= 0.0));
}

/// The weights after three epochs of giving back what is given.
fn fitted_on_itself<N: Trainable>(mut model: N) -> Vec<u32> {
    let x = numbers(8, 6);
    model.compile(SGD::new(0.05), MeanSquaredError::new()).fit((&x, &x), fit()).unwrap();
    bits(&model)
}
