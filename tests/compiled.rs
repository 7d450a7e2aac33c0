//! Compiled models do what their graphs say.

mod models;

use functional_model::layer::{Context, Gradient};
use functional_model::prelude::*;
use models::ToyResnet;

functional_model! {
    /// Shared layers, a nested model called twice, several inputs and outputs, a tensor twice in a call.
    model Everything(a: [6], b: [6], c: [2, 3]) -> (sum: [4], wide: [10], same: [4]) {
        let encoder = Encoder(name = "encoder");
        let left = encoder(a);
        let right = encoder(b);
        let d = Dense(4, activation = "tanh");
        let flat = Flatten()(c);
        let x = d(left) * d(right);
        let y = BatchNormalization()(Dense(4)(flat));
        let z = Add()([x, y, x]);
        let z = scaled(z, z);
        (z, Concatenate()([a, z]), z)
    }

    /// Layers that work in memory of their own, on integers, sequences and images.
    model Mixed(words: i32[6], image: [4, 4, 2]) -> (state: [4], small: [4, 4, 3]) {
        let x = Embedding(4, 3)(words);
        let x = Conv1D(5, 2, padding = "causal", activation = "gelu")(x);
        let x = LSTM(4, return_sequences = true)(LayerNormalization()(x));
        let state = GRU(4)(SimpleRNN(4, return_sequences = true, go_backwards = true)(x));
        let y = Conv2DTranspose(3, 3, strides = 2, padding = "same", activation = "tanh")(image);
        let y = PReLU(shared_axes = [1, 2])(Permute([2, 1, 3])(y));
        let y = SeparableConv2D(3, 3, strides = 2, padding = "same", activation = "silu")(y);
        (state, y)
    }

    model Encoder(x: [6]) -> [5] {
        let x = Dense(7, activation = "gelu")(x);
        Dense(5)(x)
    }

    fn scaled(p, q) {
        Dense(4)(p) - q
    }

    /// A frozen model inside of another: its statistics stand still.
    model Transfer(x: [6]) -> [3] {
        let x = Normalised(trainable = false)(x);
        Dense(3)(x)
    }

    model Normalised(x: [6]) -> [5] {
        BatchNormalization()(Dense(5)(x))
    }

    /// A layer that blocks are called with, and loops.
    model Repeated(x: [4]) -> [4] {
        let shared = Dense(4, activation = "tanh");
        let mut y = applied(x, shared);
        for _ in 0..2 {
            y = applied(y, shared) + x;
        }
        y
    }

    fn applied(x, layer, times = 2) {
        let mut x = x;
        for _ in 0..times {
            x = layer(x);
        }
        x
    }
}

/// The bits of two training steps and of an inference: outputs, gradients of all weights, and the weights afterwards.
fn bits<N: Trainable>(model: &mut N, batch: usize) -> Vec<u32> {
    let ports = |ports: &[functional_model::graph::Port], graph: &functional_model::Graph| -> Vec<usize> {
        ports.iter().map(|port| batch * graph.ty(port.tensor).shape.sizes().unwrap().iter().product::<usize>()).collect()
    };
    let (inputs, outputs) = (ports(&model.graph().inputs, model.graph()), ports(&model.graph().outputs, model.graph()));
    let mut number = 0u32;
    let mut next = || {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (number >> 8) as f32 / 8_388_608.0 - 1.0
    };
    let is_integer = |port: &functional_model::graph::Port| model.graph().ty(port.tensor).to_string().starts_with("i32");
    let numbers = model.graph().inputs.iter().map(is_integer).zip(&inputs);
    let inputs: Vec<Vec<f32>> = numbers
        .map(|(is_integer, &len)| (0..len).map(|_| if is_integer { (2.0 * next() + 2.0).floor() } else { next() }).collect())
        .collect();
    let inputs: Vec<&[f32]> = inputs.iter().map(Vec::as_slice).collect();
    let (mut tape, mut workspace, mut gradients) = (model.tape(), model.workspace(), model.gradients());
    let mut bits = Vec::new();
    for step in 0..2 {
        let context = Context::training(batch, step);
        let mut results: Vec<Vec<f32>> = outputs.iter().map(|&len| vec![f32::NAN; len]).collect();
        model.forward(&mut tape, context, &inputs, &mut results.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>()).unwrap();
        bits.extend(results.iter().flatten().map(|x| x.to_bits()));
        let mut d_outputs: Vec<Vec<f32>> = outputs.iter().map(|&len| (0..len).map(|_| next()).collect()).collect();
        let mut d_inputs: Vec<Vec<f32>> = inputs.iter().map(|input| vec![0.0; input.len()]).collect();
        let results: Vec<&[f32]> = results.iter().map(Vec::as_slice).collect();
        let mut wanted: Vec<Option<Gradient<'_, f32>>> =
            d_inputs.iter_mut().map(|data| Some(Gradient { data, accumulate: step == 1 })).collect();
        let mut slices: Vec<&mut [f32]> = d_outputs.iter_mut().map(Vec::as_mut_slice).collect();
        model.backward(&mut tape, context, &inputs, &results, &mut slices, &mut wanted, &mut gradients).unwrap();
        bits.extend(d_inputs.iter().flatten().map(|x| x.to_bits()));
        model.update(&tape);
        model.visit_with(&gradients, &mut |weight, gradient, is_trainable| {
            bits.extend(gradient.data.iter().map(|x| x.to_bits()));
            if is_trainable {
                weight.data.iter_mut().zip(gradient.data.iter()).for_each(|(w, g)| *w -= 0.01 * g);
            }
            bits.extend(weight.data.iter().map(|x| x.to_bits()));
        });
    }
    let mut results: Vec<Vec<f32>> = outputs.iter().map(|&len| vec![f32::NAN; len]).collect();
    model
        .infer(
            &mut workspace,
            Context::inference(batch),
            &inputs,
            &mut results.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>(),
        )
        .unwrap();
    bits.extend(results.iter().flatten().map(|x| x.to_bits()));
    bits
}

/// The compiled model and the one rebuilt from its configuration do the same, bit for bit.
fn check<N: Trainable>(mut compiled: N, configuration: &str, batch: usize) {
    let mut rebuilt: Model = Model::new(functional_model::config::from_json(configuration).unwrap(), 7).unwrap();
    assert_eq!(rebuilt.graph(), compiled.graph());
    let (compiled, rebuilt) = (bits(&mut compiled, batch), bits(&mut rebuilt, batch));
    let differing = compiled.iter().zip(&rebuilt).position(|(a, b)| a != b);
    assert_eq!((compiled.len(), differing), (rebuilt.len(), None));
    assert!(compiled.iter().all(|&x| f32::from_bits(x).is_finite()));
}

#[test]
fn the_toy_resnet_runs_as_its_configuration_does() {
    check(ToyResnet::new(7), ToyResnet::config(), 3);
}

#[test]
fn every_kind_of_connection_runs_as_its_configuration_does() {
    check(Everything::new(7), Everything::config(), 5);
}

#[test]
fn layers_of_all_families_run_as_their_configuration_does() {
    check(Mixed::new(7), Mixed::config(), 5);
}

#[test]
fn integers_are_given_as_arrays_of_any_type_and_refused_beyond_the_table() {
    let (words, image) = (ndarray::array![[3_u8, 0, 1, 2, 3, 0]], ndarray::Array4::<f32>::ones((1, 4, 4, 2)));
    let model = Mixed::new(1);
    assert_eq!(model.predict_all((&words, &image)).unwrap()[0].1.shape(), [1, 4]);
    let error = model.predict_all((&words.mapv(|word| 2 * word), &image)).unwrap_err().to_string();
    assert_eq!(error, "sample 0 of input `words` is not usable: expected whole numbers from 0 to 3, found 6");
}

#[test]
fn frozen_models_and_layers_as_parameters_run_as_their_configurations_do() {
    check(Transfer::new(7), Transfer::config(), 5);
    check(Repeated::new(7), Repeated::config(), 5);
}

#[test]
fn typed_forward_and_backward_give_typed_gradients() {
    let model = ToyResnet::new(1);
    let mut tape = Tape::new(&model, 3);
    let image = Tensor::<shape![32, 32, 3]>::zeros(2);
    let logits: Tensor<shape![10]> = model.forward(&mut tape, &image);
    assert_eq!(logits.view().shape(), [2, 10]);
    let gradients = model.backward(&mut tape, &logits);
    assert_eq!(gradients.conv2d.kernel().shape(), [3, 3, 3, 32]);
    assert_eq!(gradients.residual_1.conv2d.kernel().shape(), [3, 3, 64, 64]);
}
