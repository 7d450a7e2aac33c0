//! Compiled models do what their graphs say.

use crate::bits::check;
use crate::models::ToyResnet;
use functional_model::prelude::*;

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

    /// Layers that work in memory of their own, on integers, sequences and images; and one of Keras's other names.
    model Mixed(words: i32[6], image: [4, 4, 2]) -> (state: [4], small: [4, 4, 3]) {
        let x = Embedding(4, 3)(words);
        let x = Conv1D(5, 2, padding = "causal", activation = "gelu")(x);
        let x = LSTM(4, return_sequences = true)(LayerNormalization()(x));
        let state = GRU(4)(SimpleRNN(4, return_sequences = true, go_backwards = true)(x));
        let y = Rescaling([0.5, 2], offset = [0, -1])(image);
        let y = Convolution2DTranspose(3, 3, strides = 2, padding = "same", activation = "tanh")(y);
        let y = PReLU(shared_axes = [1, 2])(Permute([2, 1, 3])(y));
        let y = SeparableConv2D(3, 3, strides = 2, padding = "same", activation = "silu")(y);
        (state, y)
    }

    /// Words scored by the vectors that they begin with, and bins of numbers.
    model Scored(words: i32[6], age: [3]) -> (scores: [6, 9], bins: [3, 4], counts: [5]) {
        let tied = ReversibleEmbedding(9, 4, logit_soft_cap = 2.0);
        let untied = ReversibleEmbedding(9, 4, tie_weights = false);
        let x = GRU(4, return_sequences = true)(tied(words) + untied(words));
        let bins = Embedding(4, 4)(Discretization([-0.5, 0.0, 0.5])(age));
        (tied(x, reverse = true) + untied(x, reverse = true), bins, Discretization([-1, 0, 0, 1], output_mode = "count")(age))
    }

    model Encoder(x: [6]) -> [5] {
        let x = Dense(7, activation = "gelu")(x);
        Dense(5)(x)
    }

    fn scaled(p, q) {
        Dense(4)(p) - q
    }

    /// Inputs that are stretched to the others' sizes, by each layer that merges.
    model Stretched(image: [4, 5, 3], row: [1, 5, 1]) -> (gated: [4, 5, 3], outer: [6, 7], all: [4, 5, 3]) {
        let gate = GlobalAveragePooling2D(keepdims = true)(Conv2D(3, 3, activation = "tanh")(image));
        let gated = image * gate - Conv2D(1, 1)(row);
        let line = Dense(6)(Flatten()(row));
        let outer = Reshape([6, 1])(line) + Reshape([1, 7])(Dense(7)(line));
        let all = Average()([gate, Maximum()([image, row]), gated]);
        (gated, outer, Minimum()([all, gate]) + all)
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

    /// Results of a block that nobody uses, what feeds nothing else, and layers that a block gives.
    model InPart(x: [4]) -> [9] {
        let unseen = Dense(6)(x);
        let (left, _) = sides(x, unseen);
        let (_, right) = sides(left, Dense(6)(x));
        let last = wide(3);
        let all = [left, right] + [last(x)];
        Concatenate()(all)
    }

    fn sides(a, b) {
        let c = Dense(4)(b);
        (Dense(4)(a), Dense(2)(c))
    }

    fn wide(units) {
        Dense(units, activation = "tanh")
    }

    fn applied(x, layer, times = 2) {
        let mut x = x;
        for _ in 0..times {
            x = layer(x);
        }
        x
    }
}

#[test]
fn the_toy_resnet_runs_as_its_configuration_does() {
    check(ToyResnet::new(7), ToyResnet::config(), 3, &[]);
}

#[test]
fn every_kind_of_connection_runs_as_its_configuration_does() {
    check(Everything::new(7), Everything::config(), 5, &[]);
}

#[test]
fn layers_of_all_families_run_as_their_configuration_does() {
    check(Mixed::new(7), Mixed::config(), 5, &[]);
}

#[test]
fn stretched_inputs_run_as_their_configuration_does() {
    check(Stretched::new(7), Stretched::config(), 5, &[]);
}

#[test]
fn layers_that_are_called_in_two_ways_run_as_their_configuration_does() {
    check(Scored::new(7), Scored::config(), 5, &[]);
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
    check(Transfer::new(7), Transfer::config(), 5, &[]);
    check(Repeated::new(7), Repeated::config(), 5, &[]);
}

#[test]
fn blocks_of_which_a_part_is_used_run_as_their_configuration_does() {
    check(InPart::new(7), InPart::config(), 5, &[]);
    let (left, right, last) = (4 * 4 + 4, (4 * 6 + 6) + (6 * 4 + 4) + (4 * 2 + 2), 4 * 3 + 3);
    assert_eq!(InPart::PARAMETERS, left + right + last, "as Keras counts them");
}

#[test]
fn typed_forward_and_backward_give_typed_gradients() {
    let model = ToyResnet::new(1);
    let mut pass = Pass::new(&model, 3);
    let image = Tensor::<shape![32, 32, 3]>::zeros(2);
    let logits: Tensor<shape![10]> = model.forward(&mut pass, &image);
    assert_eq!(logits.view().shape(), [2, 10]);
    let gradients = model.backward(&mut pass, &logits);
    assert_eq!(gradients.conv2d.kernel().shape(), [3, 3, 3, 32]);
    assert_eq!(gradients.residual_1.conv2d.kernel().shape(), [3, 3, 64, 64]);
}
