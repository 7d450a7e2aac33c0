//! Recurrent layers that keep their states from one batch to the next: how they go on, where they begin anew, and who shares them.

use functional_model::prelude::*;
use ndarray::{Array2, Array3, ArrayD, s};

use crate::bits::check;

functional_model! {
    /// Layers, wrappers and cells that go on from where they were, in a block, too.
    pub model Reader(x: [n, 3]) -> [2] {
        let x = LSTM(5, stateful = true, return_sequences = true)(x);
        let x = Bidirectional(GRU(4, stateful = true, return_sequences = true))(x);
        let (_, state) = stacked(x, 3);
        let (_, other) = stacked(x, 2);
        Dense(2)(Concatenate()([state, other]))
    }

    fn stacked(x, units) {
        let x = RNN([LSTMCell(4), GRUCell(3)], stateful = true, return_sequences = true)(x);
        SimpleRNN(units, stateful = true, return_state = true)(x)
    }

    /// A layer that is called twice, of which the second call goes on from the first, inside of another model.
    pub model Twice(x: [2, 3]) -> [4] {
        let recurrent = SimpleRNN(4, stateful = true);
        let first = recurrent(x);
        Add()([first, recurrent(x)])
    }

    pub model Around(x: [2, 3], h: [3]) -> (y: [2], film: [3, 2]) {
        let film = ConvLSTM1D(2, 2, stateful = true)(Reshape((2, 4, 1))(Dense(4)(x)));
        let begun = GRU(3, stateful = true)(x, initial_state = h);
        (Dense(2)(Add()([Dense(3)(Twice()(x)), begun])), film)
    }

    model Whole(x: [n, 3]) -> [4] {
        LSTM(4)(x)
    }

    model InParts(x: [n, 3]) -> [4] {
        LSTM(4, stateful = true)(x)
    }

    /// Batches of one number of samples, as Keras wants them where states are kept.
    pub model Fixed(x: [n, 3], words: i32[n], batch_size = 2 * SAMPLES) -> [4] {
        let x = Concatenate()([x, Embedding(9, 2)(words)]);
        let y = Whole()(RepeatVector(1)(GRU(3, stateful = true)(x)));
        LSTM(4, stateful = true)(RepeatVector(2)(y))
    }

    const SAMPLES: usize = 2;

    model Trained(x: [2, 3]) -> [1] {
        Dense(1)(LSTM(4, stateful = true)(x))
    }
}

fn sequences(samples: usize, steps: usize) -> Array3<f32> {
    Array3::from_shape_fn((samples, steps, 3), |(i, j, k)| ((i * 7 + j * 5 + k * 3) % 11) as f32 / 5.0 - 1.0)
}

fn targets(samples: usize) -> Array2<f32> {
    Array2::from_shape_fn((samples, 1), |(i, _)| (i % 3) as f32 / 2.0)
}

/// What says how many samples a batch has is held to that, and its configuration says so to Keras.
#[test]
fn batches_have_the_size_that_is_said() {
    let config = Fixed::config();
    // For Keras to load: `python tests/parity/check_config.py target/tmp/batches`.
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("batches");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("fixed.json"), config).unwrap();
    assert!(config.contains(r#""batch_shape":[4,null,3]"#) && config.contains(r#""batch_shape":[4,null]"#), "{config}");
    check(Fixed::new(7), config, 4, &[5]);
    let words = |samples| Array2::<i32>::ones((samples, 5));
    let model = Fixed::new(1);
    model.predict(&FixedInputs { x: sequences(4, 5), words: words(4) }).unwrap();
    let error = model.predict(&FixedInputs { x: sequences(3, 5), words: words(3) }).unwrap_err().to_string();
    assert!(error.contains('4') && error.contains('3'), "{error}");
    let read = Model::from_config(config, 1).unwrap();
    assert_eq!(read.config(), config);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fixed.safetensors");
    model.save(&path).unwrap();
    Fixed::load(&path).unwrap();
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    for n in [1, 4] {
        check(Reader::new(7), Reader::config(), 3, &[n]);
    }
    check(Twice::new(7), Twice::config(), 2, &[]);
    check(Around::new(7), Around::config(), 3, &[]);
}

/// A sequence in parts is the sequence as a whole, to the bit.
#[test]
fn parts_of_a_sequence_are_the_sequence() {
    let (whole, parts) = (Whole::new(3), InParts::new(3));
    let x = sequences(5, 7);
    let expected = whole.predict(&x).unwrap();
    let part = |steps: std::ops::Range<usize>| parts.predict(x.slice(s![.., steps, ..])).unwrap();
    assert!(parts.lstm.states().is_empty());
    let first = part(0..3);
    assert_ne!(first, expected);
    part(3..4);
    assert_eq!(part(4..7), expected);
    let [state, carry] = <[ArrayD<f32>; 2]>::try_from(parts.lstm.states()).unwrap();
    assert_eq!((&state, carry.shape()), (&expected, &[5, 4][..]));

    parts.reset_states();
    assert_eq!(part(0..3), first);
    parts.lstm.reset_states();
    assert_eq!(part(0..3), first);
}

/// The states are those of so many samples until they are reset, and what is refused moves nothing.
#[test]
fn another_number_of_samples_is_refused() {
    let model = Reader::new(3);
    let predict = |samples| model.predict(sequences(samples, 2)).map_err(|error| error.to_string());
    predict(4).unwrap();
    let states = model.lstm.states();
    let refusal = "`reader` goes on from the states of 4 samples, one for each: expected a batch of as many, found 2\nhelp: \
                   `model.reset_states()` begins another sequence, of any number of samples";
    assert_eq!(predict(2).unwrap_err(), refusal);
    assert_eq!(
        predict(36).unwrap_err(),
        "`reader` keeps states from one batch to the next: expected a number of samples that batches of 32 divide, found 36\nhelp: give \
         batches a size that divides it, `predictor().batch_size(..)`"
    );
    let mut pass = Pass::new(&model, 0);
    let x = Tensor::from_array(&sequences(2, 2)).unwrap();
    assert_eq!(model.forward(&mut pass, &x).unwrap_err().to_string(), refusal);
    assert_eq!(model.lstm.states(), states);
    model.reset_states();
    predict(2).unwrap();
}

/// Training moves the states, epochs and evaluations among them, and a last batch of another size is refused before the first step.
#[test]
fn training_goes_on_through_epochs() {
    let (x, y) = (sequences(6, 2), targets(6));
    let fit = || Fit { batch_size: 2, epochs: 2, shuffle: false, verbose: Verbose::Silent, ..Fit::default() };
    let mut model = Trained::new(3);
    model.compile(SGD::new(0.1), MeanSquaredError).fit((&x, &y), fit()).unwrap();

    let mut by_hand = Trained::new(3);
    let mut trainer = by_hand.compile(SGD::new(0.1), MeanSquaredError);
    for step in [0, 1, 2, 0, 1, 2] {
        trainer.train_on_batch(x.slice(s![2 * step..2 * step + 2, .., ..]), y.slice(s![2 * step..2 * step + 2, ..])).unwrap();
    }
    assert_eq!(model.lstm.states(), by_hand.lstm.states());
    assert_eq!(model.lstm.weights, by_hand.lstm.weights);

    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError);
    trainer.evaluate_batched((&x, &y), 2).unwrap();
    assert_eq!(
        trainer.evaluate_batched((&x, &y), 4).unwrap_err().to_string(),
        "`trained` keeps states from one batch to the next: expected a number of samples that batches of 4 divide, found 6\nhelp: give batches \
         a size that divides it, `evaluate_batched(data, ..)`"
    );
    let before = model.lstm.clone();
    let fit = || Fit { batch_size: 4, ..fit() };
    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError);
    assert_eq!(
        trainer.fit((&x, &y), fit()).unwrap_err().to_string(),
        "`trained` keeps states from one batch to the next: expected a number of samples that batches of 4 divide, found 6\nhelp: give batches \
         a size that divides it, or leave out what is left, `drop_remainder: true`"
    );
    assert!(trainer.fit((&x, &y), Fit { drop_remainder: true, ..fit() }).unwrap_err().to_string().contains("of 2 samples"));
    assert_eq!((&model.lstm, model.lstm.states()), (&before, before.states()));
    model.reset_states();
    model.compile(SGD::new(0.1), MeanSquaredError).fit((&x, &y), Fit { drop_remainder: true, ..fit() }).unwrap();
    assert_eq!(model.lstm.states()[0].shape(), [4, 4]);
}

/// A step that diverges leaves the states as they were, as it leaves the weights.
#[test]
fn a_refused_step_leaves_the_states() {
    let mut model = Trained::new(3);
    let (x, y) = (sequences(2, 2), targets(2));
    model.predict(&x).unwrap();
    let states = model.lstm.states();
    let far = y.mapv(|y| y + 1e30);
    model.compile(SGD::new(0.1), MeanSquaredError).train_on_batch(&x, &far).unwrap_err();
    assert_eq!(model.lstm.states(), states);
}

/// A copy goes on by itself; a file has no states, and what is loaded begins anew.
#[test]
fn copies_and_files_have_states_of_their_own() {
    let model = InParts::new(3);
    let x = sequences(2, 3);
    let first = model.predict(&x).unwrap();
    let copy = model.clone();
    let second = model.predict(&x).unwrap();
    assert_ne!(first, second);
    assert_eq!(copy.predict(&x).unwrap(), second);

    let file = tempfile::NamedTempFile::with_suffix(".safetensors").unwrap();
    model.save(file.path()).unwrap();
    assert_eq!(InParts::load(file.path()).unwrap().predict(&x).unwrap(), first);
    assert_eq!(Model::load(file.path()).unwrap().predict(&x).unwrap(), first);
}

/// Passes of two threads come one after the other, whole: what they give is what one thread gives, in some order.
#[test]
fn two_threads_take_turns() {
    const CALLS: usize = 20;
    let (alone, shared) = (Reader::new(3), Reader::new(3));
    let x = sequences(6, 2);
    let expected: Vec<ArrayD<f32>> =
        (0..2 * CALLS).map(|_| alone.predictor().batch_size(3).unwrap().predict(&x).unwrap()).collect();
    let call = || (0..CALLS).map(|_| shared.predictor().batch_size(3).unwrap().predict(&x).unwrap()).collect::<Vec<_>>();
    let found: Vec<ArrayD<f32>> = std::thread::scope(|scope| {
        let others = [scope.spawn(call), scope.spawn(call)];
        others.into_iter().flat_map(|other| other.join().unwrap()).collect()
    });
    let bits = |outputs: &[ArrayD<f32>]| {
        let mut bits: Vec<Vec<u32>> = outputs.iter().map(|output| output.iter().map(|x| x.to_bits()).collect()).collect();
        bits.sort();
        bits
    };
    assert_eq!(bits(&found), bits(&expected));
}

/// On variables, calls of models and of layers move the states likewise, and gradients end at them.
#[test]
fn calls_on_variables_move_the_states() {
    let (model, layer) = (InParts::new(3), InParts::new(3));
    let by_predict = InParts::new(3);
    let x = sequences(2, 3);
    let tape = Tape::new();
    let input = tape.constant(&x).unwrap();
    for _ in 0..3 {
        let expected = by_predict.predict(&x).unwrap();
        let found = model.call(&input).unwrap();
        assert_eq!(found.array().unwrap(), expected);
        assert_eq!(layer.lstm.call(&input).unwrap().array().unwrap(), expected);
        found.sum(..).unwrap().backward().unwrap();
        assert_eq!(model.lstm.states(), by_predict.lstm.states());
        assert_eq!(layer.lstm.states(), by_predict.lstm.states());
    }
    let other = tape.constant(sequences(3, 3)).unwrap();
    assert!(model.call(&other).unwrap_err().to_string().contains("`in_parts` goes on from the states of 2 samples"));
    assert!(
        layer
            .lstm
            .call(&other)
            .unwrap_err()
            .to_string()
            .contains("`LSTM(4, stateful = true)` goes on from the states of 2 samples")
    );
}
