//! Calls that name tensors, and layers of several outputs: compiled and interpreted to the same bits.

use functional_model::layer::Context;
use functional_model::prelude::*;
use ndarray::{Array2, Array3};

use crate::bits::check;

functional_model! {
    /// A sequence that is read, and one that is written from where reading ended.
    pub model Translator(source: [n, 3], target: [m, 2]) -> (words: [m, 4], carry: [5]) {
        let (read, h, c) = LSTM(5, return_sequences = true, return_state = true)(source);
        let (_, last) = GRU(5, return_state = true)(read, initial_state = h);
        let (written, _, carry) = decoder(target, last, c);
        (Dense(4)(written), carry)
    }

    fn decoder(target, h, c) {
        let (first, h, c) = LSTM(5, return_sequences = true, return_state = true)(target, initial_state = [h, c]);
        let states = [c, h];
        let x = SimpleRNN(3, return_sequences = true)(first, initial_state = Dense(3)(h));
        LSTM(5, return_sequences = true, return_state = true, go_backwards = true)(x, initial_state = states)
    }

    /// The same tensors in several places of one call, and a layer that is called twice.
    pub model Twice(x: [4, 3]) -> (a: [3], b: [3]) {
        let recurrent = LSTM(3, return_state = true);
        let (h, _, c) = recurrent(x);
        let (a, b, _) = recurrent(x, initial_state = [c, c]);
        (a, b * h)
    }

    /// Words of which some are not looked at, and the same for all that takes a mask.
    pub model Tagger(words: i32[n], m: bool[n]) -> (tags: [n, 3], last: [4], all: [6]) {
        let x = Embedding(4, 6)(words);
        let x = BatchNormalization()(x, mask = m);
        let (states, _, _) = LSTM(5, return_sequences = true, return_state = true, dropout = 0.3)(x, mask = m);
        let states = GRU(4, return_sequences = true, zero_output_for_mask = true, recurrent_dropout = 0.2)(states, mask = m);
        let last = SimpleRNN(4, go_backwards = true)(states, mask = m);
        (Dense(3)(states), last, Add()([GlobalAveragePooling1D()(x), Dense(6)(last)]))
    }

    /// Frames of a film, and a picture after them.
    pub model Film(frames: [t, 6, 5, 2], m: bool[t]) -> [4, 3, 3] {
        let (x, h, c) = ConvLSTM2D(3, 3, return_sequences = true, return_state = true)(frames, mask = m);
        ConvLSTM2D(3, (1, 2), padding = "same", dropout = 0.3, recurrent_dropout = 0.2)(x, initial_state = [h, c], mask = m)
    }

    /// Attention with masks by name, flags, and scores for outputs.
    pub model Attentive(query: [n, 4], value: [5, 4], seen: [5]) -> (a: [n, 4], b: [n, 4], scores: [2, n, 5], single: [n, 4]) {
        let mask = ops::greater(seen, 0.0);
        let (a, scores) = MultiHeadAttention(2, 3)(query, value, value_mask = mask, return_attention_scores = true);
        let b = GroupQueryAttention(3, 4, 2, dropout = 0.2)(a, query, use_causal_mask = true);
        let single = Attention(use_scale = true)([b, value, value], mask = [None, mask]);
        (a, b, scores, AdditiveAttention()([single, b], use_causal_mask = true, return_attention_scores = false))
    }

    pub model Normalized(x: [4]) -> [4] {
        Dropout(0.5)(BatchNormalization()(Dense(4)(x)))
    }

    /// Layers and a model that infer while the rest trains.
    pub model Partly(x: [4]) -> [4] {
        let x = Normalized()(x, training = false);
        let x = BatchNormalization(name = "still")(x, training = false);
        Dropout(0.5)(BatchNormalization(name = "moving")(x))
    }

    /// A model with states for inputs and outputs, held by another.
    pub model Step(x: [1, 2], h: [4], c: [4]) -> (y: [4], h_next: [4], c_next: [4]) {
        LSTM(4, return_state = true)(x, initial_state = [h, c])
    }

    pub model Steps(first: [1, 2], second: [1, 2], h: [4], c: [4]) -> [4] {
        let step = Step();
        let (_, h, c) = step(first, h, c);
        let (y, _, _) = step(second, h, c);
        y
    }
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    for [source, target] in [[4, 6], [7, 1]] {
        check(Translator::new(7), Translator::config(), 3, &[target, source]);
    }
    check(Twice::new(7), Twice::config(), 2, &[]);
    for n in [1, 7] {
        check(Tagger::new(7), Tagger::config(), 3, &[n]);
        check(Film::new(7), Film::config(), 2, &[n]);
    }
    check(Attentive::new(7), Attentive::config(), 3, &[4]);
    check(Partly::new(7), Partly::config(), 3, &[]);
    check(Step::new(7), Step::config(), 2, &[]);
    check(Steps::new(7), Steps::config(), 2, &[]);
}

/// A sequence in one go is its steps with their states handed on.
#[test]
fn steps_that_hand_on_their_states_are_the_sequence() {
    functional_model! {
        model Whole(x: [2, 2]) -> [4] {
            LSTM(4)(x)
        }
    }
    let mut whole = Whole::new(3);
    let steps = Steps::new(5);
    for (own, other) in whole.lstm.all_mut().iter_mut().zip(steps.step.lstm.all()) {
        own.data.copy_from_slice(&other.data);
    }
    let x = Array3::from_shape_fn((2, 2, 2), |(i, j, k)| (i + 2 * j) as f32 / 3.0 - k as f32);
    let [first, second] = [0, 1].map(|step| x.slice(ndarray::s![.., step..=step, ..]).to_owned());
    let zeros = Array2::<f32>::zeros((2, 4));
    assert_eq!(
        whole.predict(&x).unwrap(),
        steps.predict(StepsInputs { first: &first, second: &second, h: &zeros, c: &zeros }).unwrap()
    );
}

/// What lies behind the steps that are looked at makes no difference, and a model that was saved says the same.
#[test]
fn padding_makes_no_difference_where_it_is_masked() {
    functional_model! {
        model Reader(words: i32[n], m: bool[n]) -> [8] {
            LSTM(8)(Embedding(20, 6)(words), mask = m)
        }
    }
    let reader = Reader::new(3);
    let read = |words: &[i32], looked_at: usize| {
        let m = Array2::from_shape_fn((1, words.len()), |(_, step)| step < looked_at);
        let words = Array2::from_shape_vec((1, words.len()), words.to_vec()).unwrap();
        let given = ReaderInputs { words: &words, m: &m };
        let found = reader.predict(given).unwrap();
        let file = tempfile::NamedTempFile::with_suffix(".safetensors").unwrap();
        reader.save(file.path()).unwrap();
        assert_eq!(Reader::load(file.path()).unwrap().predict(ReaderInputs { words: &words, m: &m }).unwrap(), found);
        found
    };
    let whole = read(&[3, 14, 15], 3);
    assert_eq!(read(&[3, 14, 15, 9, 2], 3), whole);
    assert_eq!(read(&[3, 14, 15, 6], 3), whole);
    assert_ne!(read(&[3, 14, 15, 9], 4), whole);
    assert_eq!(read(&[1, 2], 0), Array2::<f32>::zeros((1, 8)).into_dyn());
}

/// While training, the same elements are dropped in all steps, and what is left is scaled; otherwise none.
#[test]
fn what_is_dropped_is_dropped_in_all_steps() {
    functional_model! {
        model OfInput(x: [3, 8]) -> [3, 8] {
            SimpleRNN(8, "linear", kernel_initializer = Identity(), recurrent_initializer = "zeros", dropout = 0.5, return_sequences = true)(x)
        }

        model OfState(x: [3, 8], h: [8]) -> [3, 8] {
            SimpleRNN(
                8, "linear", kernel_initializer = "zeros", recurrent_initializer = Identity(), recurrent_dropout = 0.5, return_sequences = true
            )(x, initial_state = h)
        }
    }
    fn run<N: Trainable>(model: &N, context: Context<'_>, inputs: &[usize]) -> Vec<f32> {
        let inputs: Vec<Vec<f32>> = inputs.iter().map(|&len| vec![1.0; 2 * len]).collect();
        let (inputs, mut output) = (inputs.iter().map(Vec::as_slice).collect::<Vec<_>>(), vec![f32::NAN; 48]);
        model.forward(&mut model.tape(), context, &inputs, &mut [&mut output]).unwrap();
        output
    }
    let (of_input, of_state) = (OfInput::new(1), OfState::new(1));
    for (base, found) in
        [(1, run(&of_input, Context::training(2, 5), &[24])), (2, run(&of_state, Context::training(2, 5), &[24, 8]))]
    {
        for sample in found.chunks(24) {
            let (first, rest) = sample.split_at(8);
            assert!(first.contains(&0.0) && first.contains(&2.0) && first.iter().all(|&x| x == 0.0 || x == 2.0), "{first:?}");
            for (step, later) in (2..).zip(rest.chunks(8)) {
                let scale = if base == 1 { 1.0 } else { 2.0_f32.powi(step - 1) };
                assert!(later.iter().zip(first).all(|(later, first)| *later == scale * first), "{later:?}");
            }
        }
    }
    assert_eq!(run(&of_input, Context { training: false, ..Context::training(2, 5) }, &[24]), [1.0; 48]);
    assert_ne!(run(&of_input, Context::training(2, 5), &[24]), run(&of_input, Context::training(2, 6), &[24]));
}

/// What infers in a call keeps its statistics and drops nothing, and still has gradients.
#[test]
fn calls_that_infer_keep_their_statistics() {
    let mut model = Partly::new(3);
    let statistics = |model: &Partly| {
        let moving = |mean: ndarray::ArrayViewD<'_, f32>| mean.iter().copied().collect::<Vec<f32>>();
        [
            moving(model.normalized.batch_normalization.moving_mean()),
            moving(model.still.moving_mean()),
            moving(model.moving.moving_mean()),
        ]
    };
    let kernel = |model: &Partly| model.normalized.dense.kernel().to_owned();
    let (before, first) = (statistics(&model), kernel(&model));
    let x = Array2::from_shape_fn((8, 4), |(i, j)| (i * 5 + j * 3) as f32 % 7.0 - 2.0);
    let fit = Fit { batch_size: 8, epochs: 1, verbose: Verbose::Silent, ..Fit::default() };
    model.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&x, &x), fit).unwrap();
    let after = statistics(&model);
    assert_eq!(before[..2], after[..2]);
    assert_ne!(before[2], after[2]);
    assert_ne!(kernel(&model), first);
}
