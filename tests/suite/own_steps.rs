//! Code of one's own against Keras: layers with `call`, and steps of training that are written by hand. The numbers are those of `tests/parity/own.py`.

use crate::own::{Numbers, assert_near};
use crate::recurrent::{CustomRnn, states};
use functional_model::network::Trainable;
use functional_model::prelude::*;
use functional_model::variable::along;
use ndarray::ArrayD;

functional_model! {
    pub model Encoder(x: [6]) -> [4] {
        Dense(4)(Dense(8, activation = "relu")(x))
    }

    pub model Decoder(point: [2]) -> [6] {
        Dense(6, activation = "sigmoid")(Dense(8, activation = "relu")(point))
    }

    pub model Generator(noise: [3]) -> [4] {
        Dense(4)(Dense(8, activation = "relu")(noise))
    }

    pub model Discriminator(x: [4]) -> [1] {
        Dense(1)(Dense(8, activation = "relu")(x))
    }

    pub model Embedder(x: [5]) -> [3] {
        Dense(3)(Dense(8, activation = "relu")(x))
    }
}

/// The guide's recurrent layer in its other form, which ends with a dense layer.
#[layer(
    shape = "[steps, features] -> [steps, 1]",
    parts(
        projection_1("[features]", Dense(units, activation = "tanh")),
        projection_2("[units]", Dense(units, activation = "tanh")),
        classifier("[steps, units]", Dense(1)),
    )
)]
#[derive(Clone, Debug)]
pub struct WithDense {
    units: usize,
}

impl CallLayer for WithDense {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let WithDenseParts { projection_1, projection_2, classifier } = call.parts;
        classifier.call(&states(&call.inputs, self.units, &projection_1, &projection_2)?)
    }
}

functional_model! {
    pub model First(x: [10, 5]) -> [1] {
        CustomRnn(8)(x)
    }

    pub model Second(x: [10, 5]) -> [8, 1] {
        WithDense(8)(Conv1D(6, 3)(x))
    }
}

/// Sets the weights.
fn set(model: &mut impl Trainable, numbers: &Numbers, prefix: &str) {
    let mut place = 0;
    model.visit_mut(&mut |weight| {
        weight.data.copy_from_slice(&numbers.elements(&format!("{prefix}/{place}")));
        place += 1;
    });
}

fn assert_weights(model: &impl Trainable, numbers: &Numbers, prefix: &str) {
    let mut place = 0;
    model.visit(&mut |weight, _| {
        assert_near(&weight.data, numbers, &format!("{prefix}/{place}"));
        place += 1;
    });
}

/// One step by the mean of squares.
fn check<N: Trainable + Callable>(mut model: N, case: &str) {
    let numbers = Numbers::read(case);
    set(&mut model, &numbers, "before");
    let mut optimizer = SGD::new(0.1).build(&model).unwrap();
    let tape = Tape::training(1);
    let (x, y) = (tape.constant(numbers.array("x")).unwrap(), tape.constant(numbers.array("y")).unwrap());
    let output = model.call(&x).unwrap();
    assert_near(output.elements().unwrap(), &numbers, "output");
    let loss = (&output - &y).square().unwrap().mean(along(..)).unwrap();
    assert_near(&[loss.item().unwrap()], &numbers, "loss");
    optimizer.apply(&mut model, &loss.backward().unwrap()).unwrap();
    assert_weights(&model, &numbers, "after");
}

#[test]
fn the_guide_s_recurrent_layer_takes_keras_s_step() {
    check(First::new(1), "custom_rnn_with_a_model");
    check(Model::from_config_with(First::config(), 1, &First::custom_objects()).unwrap(), "custom_rnn_with_a_model");
    check(Second::new(1), "custom_rnn_in_a_model");
}

#[test]
fn a_variational_autoencoder_takes_keras_s_step() -> Result<()> {
    let numbers = Numbers::read("vae");
    let (mut encoder, mut decoder) = (Encoder::new(1), Decoder::new(2));
    set(&mut encoder, &numbers, "encoder");
    set(&mut decoder, &numbers, "decoder");
    let (mut first, mut second) = (SGD::new(0.1).build(&encoder)?, SGD::new(0.1).build(&decoder)?);

    let tape = Tape::training(1);
    let (x, noise) = (tape.constant(numbers.array("x"))?, tape.constant(numbers.array("noise"))?);
    let code = encoder.call(&x)?;
    let (mean, log_variance) = (code.slice(1, ..2)?, code.slice(1, 2..)?);
    let point = &mean + (&log_variance * 0.5).exp()? * &noise;
    let reconstruction = (decoder.call(&point)? - &x).square()?.sum(-1)?.mean(..)?;
    let divergence = (1.0 + &log_variance - mean.square()? - log_variance.exp()?) * -0.5;
    let loss = reconstruction + divergence.sum(-1)?.mean(..)?;
    assert_near(&[loss.item()?], &numbers, "loss");
    let gradients = loss.backward()?;
    first.apply(&mut encoder, &gradients)?;
    second.apply(&mut decoder, &gradients)?;
    assert_weights(&encoder, &numbers, "encoder_after");
    assert_weights(&decoder, &numbers, "decoder_after");
    Ok(())
}

#[test]
fn two_models_that_work_against_each_other_take_keras_s_steps() -> Result<()> {
    let numbers = Numbers::read("gan");
    let (mut generator, mut discriminator) = (Generator::new(1), Discriminator::new(2));
    set(&mut generator, &numbers, "generator");
    set(&mut discriminator, &numbers, "discriminator");
    let (mut making, mut judging) = (SGD::new(0.1).build(&generator)?, SGD::new(0.1).build(&discriminator)?);
    let crossentropy = BinaryCrossentropy::from_logits();
    let (real, fake) = (ArrayD::<f32>::ones(vec![5, 1]), ArrayD::<f32>::zeros(vec![5, 1]));

    let tape = Tape::training(1);
    let (x, noise) = (tape.constant(numbers.array("real"))?, tape.constant(numbers.array("noise"))?);
    let made = generator.call(&noise)?.detach();
    let loss = crossentropy.call(&discriminator.call(&x)?, &real)? + crossentropy.call(&discriminator.call(&made)?, &fake)?;
    assert_near(&[loss.item()?], &numbers, "discriminator_loss");
    judging.apply(&mut discriminator, &loss.backward()?)?;

    let loss = crossentropy.call(&discriminator.call(&generator.call(&noise)?)?, &real)?;
    assert_near(&[loss.item()?], &numbers, "generator_loss");
    making.apply(&mut generator, &loss.backward()?)?;
    assert_weights(&generator, &numbers, "generator_after");
    assert_weights(&discriminator, &numbers, "discriminator_after");
    Ok(())
}

#[test]
fn a_shared_encoder_takes_keras_s_step_by_triplets() -> Result<()> {
    let numbers = Numbers::read("triplet");
    let mut embedder = Embedder::new(1);
    set(&mut embedder, &numbers, "before");
    let mut optimizer = SGD::new(0.1).build(&embedder)?;
    let tape = Tape::training(1);
    let embedded = |name: &str| embedder.call(&tape.constant(numbers.array(name))?);
    let (anchor, positive, negative) = (embedded("anchor")?, embedded("positive")?, embedded("negative")?);
    let near = (&anchor - &positive).square()?.sum(-1)?;
    let far = (&anchor - &negative).square()?.sum(-1)?;
    let loss = (near - far + 0.5).relu()?.mean(..)?;
    assert_near(&[loss.item()?], &numbers, "loss");
    optimizer.apply(&mut embedder, &loss.backward()?)?;
    assert_weights(&embedder, &numbers, "after");
    Ok(())
}
