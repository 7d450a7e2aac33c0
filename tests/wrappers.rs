//! Layers in layers, as the macro compiles them and as the interpreter runs them: to the same bits.

use functional_model::prelude::*;
use ndarray::{Array, ArrayD, IxDyn};

functional_model! {
    /// Both directions of an encoder, whose states a decoder begins with.
    pub model Translator(source: [4, 3], target: [words, 2]) -> [words, 5] {
        let (read, h, c, h_back, c_back) = Bidirectional(LSTM(3, return_sequences = true, return_state = true))(source);
        let (ahead, back) = Bidirectional(GRU(4, return_sequences = true), merge_mode = None)(read);
        let code = GlobalAveragePooling1D()(Add()([ahead, back]));
        let x = Bidirectional(LSTM(3, return_sequences = true), merge_mode = "mul", name = "writer")(target, initial_state = [h, c, h_back, c_back]);
        let x = TimeDistributed(Dense(4, activation = "tanh"))(x);
        let x = RNN([GRUCell(4), LSTMCell(2)], return_sequences = true)(x, initial_state = [code, h_of(code), h_of(code)]);
        let other = SimpleRNN(3, return_sequences = true, go_backwards = true);
        Concatenate()([Bidirectional(GRU(2, return_sequences = true), backward_layer = other)(x)])
    }

    fn h_of(code) {
        Dense(2)(code)
    }

    /// Layers at every step and kernels of a bounded norm, with constants among their arguments.
    pub model Video(video: [3, 6, 6, 2]) -> [UNITS] {
        let x = TimeDistributed(SpectralNormalization(Conv2D(3, 3, use_bias = false)))(video);
        let x = TimeDistributed(BatchNormalization(momentum = 0.5))(x);
        let x = TimeDistributed(Flatten())(TimeDistributed(MaxPooling2D(2))(x));
        RNN(LSTMCell(UNITS))(x)
    }

    /// One step of a cell.
    pub model Step(x: [3], h: [4], c: [4]) -> (y: [4], h_next: [4], c_next: [4]) {
        let (y, h_next, c_next) = LSTMCell(4)(x, states = [h, c]);
        (y, h_next, c_next)
    }
}

const UNITS: usize = 4;

fn numbers(shape: &[usize], seed: usize) -> ArrayD<f32> {
    let count: usize = shape.iter().product();
    let values = (0..count).map(|i| ((i * 37 + seed * 11) % 29) as f32 / 14.0 - 1.0);
    Array::from_iter(values).into_shape_with_order(IxDyn(shape)).unwrap()
}

#[test]
fn compiled_and_read_models_compute_the_same_bits() -> Result<()> {
    let inputs = (numbers(&[2, 4, 3], 1), numbers(&[2, 6, 2], 2));
    let net = Translator::new(3);
    let compiled = net.predict((&inputs.0, &inputs.1))?;
    assert_eq!(compiled.shape(), [2, 6, 5]);
    Ok(())
}
