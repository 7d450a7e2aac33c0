//! Layers of one's own that say what they compute by calls: with layers and models as parts, weights, losses and statistics.

use crate::recurrent::CustomRnn;
use functional_model::check::check_layer;
use functional_model::prelude::*;
use functional_model::variable::along;
use ndarray::{Array2, Array3, ArrayD, array};

/// Weights of its own, two inputs, and whatever axes come first.
#[layer(
    shape = "[.., features], [.., features] -> [.., features]",
    weights(scale("[features]", "ones"), shift("[features]", "zeros"))
)]
#[derive(Clone, Debug)]
pub struct Between {
    #[default = 0.5]
    share: f64,
}

impl CallLayer for Between {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let ((a, b), weights) = (call.inputs, call.weights);
        let mixed = a * self.share + b * (1.0 - self.share);
        (mixed * weights.scale.expand_dims(0)? + weights.shift.expand_dims(0)?).tanh()
    }
}

/// Parts that differ in training: dropout, and statistics that move.
#[layer(
    shape = "[features] -> [units]",
    parts(dense("[features]", Dense(2 * units)), norm("[2 * units]", BatchNormalization(momentum = momentum)), drop("[2 * units]", Dropout(0.5)))
)]
#[derive(Clone, Debug)]
pub struct Normed {
    units: usize,
    #[default = 0.9]
    momentum: f64,
}

impl CallLayer for Normed {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let Call { inputs: x, parts, .. } = call;
        let x = parts.drop.call(&parts.norm.call(&parts.dense.call(&x)?)?)?;
        x.slice(1, ..self.units as i64)
    }
}

/// A penalty that the layer adds by itself, and the number of its calls.
#[layer(shape = "[features] -> [features]", weights(scale("[features]", "ones"), count("[1]", "zeros", trainable = false)))]
#[derive(Clone, Debug)]
pub struct Penalised {}

impl CallLayer for Penalised {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let Call { inputs: x, weights, losses, training, .. } = call;
        let y = x * weights.scale.expand_dims(0)?;
        losses.add(&(y.square()?.mean(..)? * 0.1))?;
        if training {
            weights.count.assign(&(&weights.count + 1.0))?;
        }
        Ok(y)
    }
}

/// What is left without a mean that follows the batches.
#[layer(
    shape = "[n] -> [n]",
    weights(scale("[n]", "ones"), mean("[1]", "zeros", trainable = false)),
    parts(norm("[n]", BatchNormalization(momentum = 0.75)))
)]
#[derive(Clone, Debug)]
pub struct Following {}

impl CallLayer for Following {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let Call { inputs: x, weights, parts, training, .. } = call;
        let y = &x * weights.scale.expand_dims(0)? - weights.mean.expand_dims(0)?;
        if training {
            weights.mean.assign(&(&weights.mean * 0.5 + x.mean(..)? * 0.5))?;
        }
        Ok(y + parts.norm.call(&x)? * 0.0)
    }
}

functional_model! {
    /// A layer whose statistics each of its calls moves.
    pub model Follows(x: [2]) -> [2] {
        let following = Following();
        following(following(x))
    }

    /// The same within a model that is called twice.
    pub model FollowsWithin(x: [2]) -> [2] {
        let once = FollowsOnce(name = "once");
        once(once(x))
    }

    pub model FollowsOnce(x: [2]) -> [2] {
        Following()(x)
    }

}

functional_model! {
    pub model Net(x: [10, 5]) -> [1] {
        CustomRnn()(Conv1D(6, 3, activation = "relu")(x))
    }

    pub model Mixed(a: [3, 4], b: [3, 4]) -> [2] {
        let x = Flatten()(Between(0.25)([a, b]));
        let x = Penalised()(x);
        Dense(2)(Normed(3)(x))
    }

    /// What `Normed` says, by the macro's own words.
    pub model Plain(x: [4]) -> [3] {
        BatchNormalization(momentum = 0.9)(Dense(3)(x))
    }

    pub model Held(x: [4]) -> [3] {
        Both(3)(x)
    }

    pub model Steps(clips: [clips, 4, 3]) -> [clips, 1] {
        TimeDistributed(CustomRnn())(clips)
    }
}

/// The same as `Plain`.
#[layer(
    shape = "[features] -> [units]",
    parts(dense("[features]", Dense(units)), norm("[units]", BatchNormalization(momentum = 0.9)))
)]
#[derive(Clone, Debug)]
pub struct Both {
    units: usize,
}

impl CallLayer for Both {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        call.parts.norm.call(&call.parts.dense.call(&call.inputs)?)
    }
}

fn numbers(shape: &[usize]) -> ArrayD<f32> {
    let mut place = 0.0_f32;
    ArrayD::from_shape_simple_fn(shape, || {
        place += 1.0;
        (place * 0.37).sin()
    })
}

fn fixed<N: ndarray::Dimension>(shape: &[usize]) -> ndarray::Array<f32, N> {
    numbers(shape).into_dimensionality().unwrap()
}

#[test]
fn each_keeps_its_contract() {
    check_layer(&CustomRnn { units: 8 }, &[&[4, 3]]);
    check_layer(&Between { share: 0.25 }, &[&[3], &[3]]);
    check_layer(&Between { share: 0.25 }, &[&[2, 3], &[2, 3]]);
    check_layer(&Normed { units: 2, momentum: 0.5 }, &[&[3]]);
    check_layer(&Both { units: 2 }, &[&[3]]);
}

#[test]
fn weights_of_parts_are_the_layer_s_under_their_names() {
    assert_eq!(Net::PARAMETERS, (3 * 5 * 6 + 6) + (6 * 8 + 8) + (8 * 8 + 8) + (8 + 1));
    let model = Model::from_config_with(Net::config(), 1, &Net::custom_objects()).unwrap();
    let mut paths = Vec::new();
    model.visit(&mut |weight, _| paths.push((weight.name.to_string(), weight.shape.clone())));
    let expected: [(&str, &[usize]); 6] = [
        ("projection_1/kernel", &[6, 8]),
        ("projection_1/bias", &[8]),
        ("projection_2/kernel", &[8, 8]),
        ("projection_2/bias", &[8]),
        ("classifier/dense/kernel", &[8, 1]),
        ("classifier/dense/bias", &[1]),
    ];
    let expected: Vec<(String, Vec<usize>)> = expected.iter().map(|(name, shape)| ((*name).to_owned(), shape.to_vec())).collect();
    assert_eq!(paths[2..], expected);
    assert!(model.weight("custom_rnn/classifier/dense/kernel").is_some());
}

/// The elements of all weights.
fn elements(model: &impl Network) -> Vec<f32> {
    let mut all = Vec::new();
    model.visit(&mut |weight, _| all.extend_from_slice(&weight.data));
    all
}

/// The losses of some training, and what the model predicts then.
fn train<N: Trainable>(model: &mut N) -> (Vec<f64>, ArrayD<f32>) {
    let (a, b, y): (Array3<f32>, Array3<f32>, Array2<f32>) = (fixed(&[7, 3, 4]), fixed(&[7, 3, 4]), fixed(&[7, 2]));
    let fit = Fit { batch_size: 3, epochs: 4, verbose: Verbose::Silent, seed: Some(5), ..Fit::default() };
    let x = MixedInputs { a: &a, b: &b };
    let history = model.compile(Adam::new(0.01), MeanSquaredError::new()).fit((&x, &y), fit).unwrap();
    (history["loss"].to_vec(), model.predict_all(&x).unwrap().remove(0).1)
}

#[test]
fn compiled_and_read_models_learn_the_same_to_the_bit_and_files_bring_them_back() {
    let mut compiled = Mixed::new(3);
    let mut read = Model::from_config_with(Mixed::config(), 3, &Mixed::custom_objects()).unwrap();
    let (losses, predicted) = train(&mut compiled);
    assert!(losses[3] < losses[0], "{losses:?}");
    assert_eq!((losses, predicted.clone()), train(&mut read));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mixed.safetensors");
    compiled.save(&path).unwrap();
    let (a, b): (Array3<f32>, Array3<f32>) = (fixed(&[7, 3, 4]), fixed(&[7, 3, 4]));
    let x = MixedInputs { a: &a, b: &b };
    assert_eq!(Mixed::load(&path).unwrap().predict_all(&x).unwrap().remove(0).1, predicted);
    let any = Model::load_with(&path, &Mixed::custom_objects()).unwrap();
    assert_eq!(any.predict_all(&x).unwrap().remove(0).1, predicted);
}

#[test]
fn statistics_of_parts_and_of_ones_own_move_while_training() {
    let mut model = Mixed::new(3);
    train(&mut model);
    // Three batches in each of four epochs.
    assert_eq!(model.penalised.weights.views().count, array![12.0]);

    let (mut plain, mut held) = (Plain::new(1), Held::new(1));
    let (mut from, mut to) = (Vec::new(), 0);
    plain.visit(&mut |weight, _| from.push(weight.data.to_vec()));
    held.visit_mut(&mut |weight| {
        weight.data.copy_from_slice(&from[to]);
        to += 1;
    });
    let (x, y): (Array2<f32>, Array2<f32>) = (fixed(&[8, 4]), fixed(&[8, 3]));
    let fit = || Fit { batch_size: 4, epochs: 3, verbose: Verbose::Silent, seed: Some(5), ..Fit::default() };
    plain.compile(SGD::new(0.1), MeanSquaredError).fit((&x, &y), fit()).unwrap();
    held.compile(SGD::new(0.1), MeanSquaredError).fit((&x, &y), fit()).unwrap();
    let (plain, held) = (elements(&plain), elements(&held));
    assert_eq!(plain.len(), held.len());
    for (plain, held) in plain.iter().zip(&held) {
        assert!((plain - held).abs() < 1e-6, "{plain} {held}");
    }
}

/// Each call begins with the statistics that the one before has left, as in Keras.
#[test]
fn statistics_move_with_each_call_of_a_layer() {
    let (x, y) = (array![[3.0_f32, 5.0], [4.0, 4.0]], Array2::<f32>::zeros((2, 2)));
    // The first call gives 4 in the mean and leaves a mean of 2, the second one takes that away and leaves 3.
    let loss = ((3.0_f64 - 2.0).powi(2) + (5.0_f64 - 2.0).powi(2) + 2.0 * 4.0) / 4.0;
    fn check<N: Trainable>(mut model: N, x: &Array2<f32>, y: &Array2<f32>, loss: f64) -> Vec<f32> {
        for step in 0..2 {
            let found = model.compile(SGD::new(0.0), MeanSquaredError).train_on_batch(x, y).unwrap();
            assert!(step > 0 || (found - loss).abs() < 1e-6, "{found} {loss}");
        }
        elements(&model)
    }
    let expected = check(Follows::new(1), &x, &y, loss);
    let mean = expected[2];
    // The step behind begins with 3: 4 - 3 = 1, (3 + 4) / 2 = 3.5; (3.5 + 1) / 2.
    assert!((mean - 2.25).abs() < 1e-6, "{expected:?}");
    let read = Model::from_config_with(Follows::config(), 1, &Follows::custom_objects()).unwrap();
    assert_eq!(check(read, &x, &y, loss), expected);
    assert_eq!(check(FollowsWithin::new(1), &x, &y, loss), expected);
    let model = Follows::new(1);
    let tape = Tape::training(7);
    let once = model.following.call(tape.constant(&x).unwrap()).unwrap();
    let twice = model.following.call(&once).unwrap().square().unwrap().mean(along(..)).unwrap();
    assert!((f64::from(twice.item().unwrap()) - loss).abs() < 1e-6);
}

#[test]
fn losses_that_are_added_are_reported_and_trained_on() {
    functional_model! {
        model Only(x: [2]) -> [2] {
            Penalised()(x)
        }
    }
    let mut model = Only::new(1);
    let x = array![[1.0_f32, 2.0], [3.0, 4.0]];
    // Nothing but the penalty pulls: the targets are what the model gives.
    let mut trainer = model.compile(SGD::new(1.0), MeanSquaredError);
    let history = trainer.fit((&x, &x), Fit::epochs(1).batch_size(2).verbose(Verbose::Silent)).unwrap();
    let penalty = 0.1 * (1.0 + 4.0 + 9.0 + 16.0) / 4.0;
    assert!((history["loss"][0] - penalty).abs() < 1e-6);
    let scale = model.penalised.weights.views().scale.to_vec();
    let expected = [1.0 - 0.1 * 2.0 * 10.0 / 4.0, 1.0 - 0.1 * 2.0 * 20.0 / 4.0];
    assert!(scale.iter().zip(expected).all(|(scale, expected)| (scale - expected).abs() < 1e-6), "{scale:?}");
}

#[test]
fn they_are_called_on_variables_as_in_models() {
    let model = Net::new(42);
    let x: Array3<f32> = fixed(&[4, 10, 5]);
    let tape = Tape::new();
    let input = tape.variable(&x).unwrap();
    let whole = model.call(&input).unwrap();
    let by_layers = model.custom_rnn.call(model.conv1d.call(&input).unwrap()).unwrap();
    assert_eq!(whole.array().unwrap(), by_layers.array().unwrap());
    assert_eq!(whole.array().unwrap(), model.predict(&x).unwrap().into_dyn());
    let gradients = by_layers.mean(along(..)).unwrap().backward().unwrap();
    let again = whole.mean(along(..)).unwrap().backward().unwrap();
    assert_eq!(gradients.of(&input).unwrap(), again.of(&input).unwrap());
    let weight = model.custom_rnn.get("classifier/dense/kernel").unwrap();
    assert_eq!(gradients.of_weight(weight).unwrap(), again.of_weight(weight).unwrap());
}

#[test]
fn they_go_over_steps() {
    let model = Steps::new(3);
    let clips: ndarray::Array4<f32> = fixed(&[2, 5, 4, 3]);
    let all = model.predict(&clips).unwrap();
    let tape = Tape::new();
    for clip in 0..5 {
        let one = tape.constant(clips.index_axis(ndarray::Axis(1), clip)).unwrap();
        let alone = model.custom_rnn.call(&one).unwrap().array().unwrap();
        assert_eq!(all.index_axis(ndarray::Axis(1), clip).into_dyn(), alone);
    }
}

#[test]
fn what_they_give_is_held_against_their_rule() {
    /// Says that it gives what it is given, and gives less.
    #[layer(shape = "[n] -> [n]")]
    #[derive(Clone, Debug)]
    struct Less {}

    impl CallLayer for Less {
        fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
            call.inputs.slice(1, 1..)
        }
    }

    functional_model! {
        model Faulty(x: [3]) -> [3] {
            Less()(x)
        }
    }
    let error = Faulty::new(1).predict(&array![[1.0_f32, 2.0, 3.0]]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "`less`, a layer `Less()`, returned an output of shape [1, 2] from `call`: its shape rule `[n] -> [n]` says [1, 3], the batch first\n\
         help: mend `call`, or the rule in `#[layer(shape = \"..\")]`"
    );
}
