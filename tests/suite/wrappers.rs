//! Layers in layers: compiled and interpreted to the same bits.

use functional_model::layer::Context;
use functional_model::prelude::*;
use ndarray::{Array3, Array4, Array5};

use crate::bits::check;

const UNITS: usize = 4;

functional_model! {
    /// Both directions of an encoder, and a decoder that begins with their states.
    pub model Translator(source: [4, 3], target: [words, 2]) -> [words, 4] {
        let (read, h, c, h_back, c_back) = Bidirectional(LSTM(3, return_sequences = true, return_state = true))(source);
        let (ahead, back) = Bidirectional(GRU(4, return_sequences = true), merge_mode = None)(read);
        let code = GlobalAveragePooling1D()(Add()([ahead, back]));
        let both = Bidirectional(LSTM(3, return_sequences = true, name = "pen"), merge_mode = "mul", name = "writer");
        let x = both(target, initial_state = [h, c, h_back, c_back]);
        let x = TimeDistributed(Dense(4, activation = "tanh"))(x);
        let state = Dense(2)(code);
        let x = RNN([GRUCell(4), LSTMCell(2)], return_sequences = true)(x, initial_state = [code, state, state]);
        let other = SimpleRNN(2, return_sequences = true, go_backwards = true);
        Bidirectional(GRU(2, return_sequences = true), backward_layer = other)(x)
    }

    /// Layers at every step, kernels of a bounded norm, and constants of the code around.
    pub model Video(video: [3, 6, 6, 2]) -> [UNITS] {
        let x = TimeDistributed(SpectralNormalization(Conv2D(3, 3, use_bias = false)))(video);
        let x = TimeDistributed(BatchNormalization(momentum = 0.5))(x);
        let x = TimeDistributed(Flatten())(TimeDistributed(MaxPooling2D(2))(x));
        RNN(LSTMCell(UNITS))(x)
    }

    /// Kernels of a bounded norm, which are worked out in the same memory one after the other, and a layer that is called on images of two sizes.
    pub model Kernels(image: [height, width, 16]) -> [24] {
        let x = SpectralNormalization(Conv2D(16, 3, padding = "same"))(image);
        let x = SpectralNormalization(Conv2D(16, 3, padding = "same"))(x);
        let shared = Conv2D(24, 3, padding = "same");
        Add()([GlobalAveragePooling2D()(shared(x)), GlobalAveragePooling2D()(shared(MaxPooling2D(4)(x)))])
    }

    /// Statistics of each step, of a model in a model, and of one that is called by itself as well.
    pub model NormedSteps(video: [n, 4, 3], image: [4, 3]) -> (all: [n, 2], one: [2]) {
        let looks = Normed(name = "looks");
        (TimeDistributed(looks)(video), looks(image))
    }

    pub model Normed(image: [4, 3]) -> [2] {
        let x = BatchNormalization(axis = 1, momentum = 0.5)(TimeDistributed(NormedPoint())(image));
        Dropout(0.5, noise_shape = (1, None))(Dense(2)(Flatten()(x)))
    }

    pub model NormedPoint(point: [3]) -> [5] {
        Activation("tanh")(BatchNormalization(momentum = 0.75)(Dense(5)(point)))
    }

    /// One step of a cell.
    pub model Step(x: [3], h: [4], c: [4]) -> (y: [4], h_next: [4], c_next: [4]) {
        LSTMCell(4)(x, states = [h, c])
    }

    /// Wrapped layers in blocks and loops, each with weights of its own, and a part of one that is frozen.
    pub model Deep(x: [5, 2]) -> [5, 6] {
        let mut x = x;
        for units in [2, 3] {
            x = both(x, units);
        }
        let x = around(x, GRU(3, return_sequences = true));
        TimeDistributed(Dense(6, trainable = false))(x)
    }

    /// What is seen of one frame.
    pub model Eye(frame: [6, 6, 1]) -> [4] {
        let x = Conv2D(3, 3, activation = "relu")(frame);
        let x = MaxPooling2D(2)(x);
        Dropout(0.5)(Dense(4, activation = "tanh")(Flatten()(x)))
    }

    /// A model of texts of any length.
    pub model Reader(text: [letters, 2]) -> [3] {
        SimpleRNN(3)(text)
    }

    /// A model at every step, and by itself: its weights are shared.
    pub model Watch(video: [frames, 6, 6, 1], still: [6, 6, 1]) -> (seen: [3], still_seen: [4], again: [frames, 4]) {
        let eye = Eye();
        let each = TimeDistributed(eye);
        let x = each(video);
        let y = eye(still);
        (LSTM(3)(x), y, each(video * 0.5))
    }

    /// What is seen of each frame.
    pub model Looks = Watch { video -> time_distributed[0] };

    /// Models of named sizes at every step, one made in place, and layers in a row; at steps of steps, too.
    pub model Pages(pages: [4, lines, 5, 2]) -> [4, 2] {
        let line = Lines();
        let x = TimeDistributed(line, name = "page")(pages);
        let x = TimeDistributed(Sequential([Dense(3, activation = "tanh"), Dropout(0.1), Dense(2)]))(x);
        TimeDistributed(Lone(trainable = false))(x)
    }

    pub model Lines(lines: [lines, 5, 2]) -> [3] {
        GlobalAveragePooling1D()(TimeDistributed(Reader(name = "reader"))(lines))
    }

    pub model Lone(x: [2]) -> [2] {
        x + Dense(2)(x)
    }

    fn around(x, layer) {
        Bidirectional(layer)(x)
    }

    fn both(x, units) {
        Bidirectional(SimpleRNN(units, return_sequences = true), merge_mode = "ave")(x)
    }
}

functional_model! {
    /// Models of another invocation at every step, which hold steps themselves, and one of them in a block.
    pub model Shelf(books: [2, 4, lines, 5, 2], covers: [3, 6, 6, 1]) -> (texts: [2, 4, 2], seen: [3, 4]) {
        (TimeDistributed(Pages())(books), shown(covers))
    }

    fn shown(x) {
        Activation("relu")(TimeDistributed(Eye())(x))
    }

    /// A normalisation in a model that infers at every step.
    pub model Judge(x: [3, 4]) -> [3, 2] {
        TimeDistributed(Normal())(x, training = false)
    }

    pub model Normal(x: [4]) -> [2] {
        Dense(2)(BatchNormalization()(x))
    }
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    for words in [6, 1] {
        check(Translator::new(7), Translator::config(), 3, &[words]);
    }
    check(Video::new(7), Video::config(), 2, &[]);
    check(NormedSteps::new(7), NormedSteps::config(), 3, &[4]);
    check(Step::new(7), Step::config(), 2, &[]);
    check(Deep::new(7), Deep::config(), 2, &[]);
    for frames in [5, 1] {
        check(Watch::new(7), Watch::config(), 3, &[frames]);
    }
    check(Pages::new(7), Pages::config(), 2, &[3]);
    check(Shelf::new(7), Shelf::config(), 2, &[3]);
    check(Looks::new(7), Looks::config(), 2, &[5]);
    check(Judge::new(7), Judge::config(), 2, &[]);
}

/// Each step is normalised as if it were a batch by itself: in training a step alone is what it is among others, compiled and on variables, and
/// statistics move once for each, in order.
#[test]
fn each_step_has_its_statistics() {
    functional_model! {
        model Steps(x: [n, 3]) -> [n, 5] {
            TimeDistributed(NormedPoint())(x)
        }
    }
    let x = Array3::from_shape_fn((4, 3, 3), |(i, j, k)| ((5 * i + 3 * j * j + 7 * k) % 11) as f32 / 3.0);
    let (model, tape) = (Steps::new(1), Tape::training(3));
    let whole = model.call(tape.constant(&x).unwrap()).unwrap().array().unwrap();
    let mut alone = NormedPoint::new(2);
    let mut weights = Vec::new();
    model.visit(&mut |weight, _| weights.push(weight.data.to_vec()));
    let mut next = weights.iter();
    functional_model::network::Trainable::visit_mut(&mut alone, &mut |weight| weight.data.copy_from_slice(next.next().unwrap()));
    for step in 0..3 {
        let tape = Tape::training(9);
        let own = x.index_axis(ndarray::Axis(1), step).to_owned();
        let y = alone.call(tape.constant(&own).unwrap()).unwrap().array().unwrap();
        let among = whole.index_axis(ndarray::Axis(1), step);
        assert!(y.iter().zip(among.iter()).all(|(y, among)| (y - among).abs() < 1e-5), "{step}: {y} {among}");
    }
    // Trained with a rate of 0 nothing moves but the statistics.
    let mut model = model;
    model.compile(SGD::new(0.0), MeanSquaredError).train_on_batch(&x, Array3::<f32>::zeros((4, 3, 5))).unwrap();
    for step in 0..3 {
        let own = x.index_axis(ndarray::Axis(1), step).to_owned();
        alone.compile(SGD::new(0.0), MeanSquaredError).train_on_batch(&own, ndarray::Array2::<f32>::zeros((4, 5))).unwrap();
    }
    let (mut found, mut expected) = (Vec::new(), Vec::new());
    model.visit(&mut |weight, _| found.extend(weight.data.to_vec()));
    alone.visit(&mut |weight, _| expected.extend(weight.data.to_vec()));
    assert!(found.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-5), "{found:?} {expected:?}");
}

#[test]
fn weights_stand_under_the_names_of_their_layers() {
    let model = Model::from_config(Translator::config(), 0).unwrap();
    let paths: Vec<String> = model.graph().weights().into_iter().map(|(path, _)| path).collect();
    for path in [
        "bidirectional/forward_lstm/kernel",
        "bidirectional/backward_lstm/bias",
        "writer/backward_pen/recurrent_kernel",
        "time_distributed/dense/kernel",
        "rnn/stacked_rnn_cells/lstm_cell/bias",
        "bidirectional_2/simple_rnn/kernel",
    ] {
        assert!(paths.iter().any(|known| known == path), "{path} is none of {paths:?}");
        assert!(model.weight(path).is_some(), "{path}");
    }
    let place = |path: &str| paths.iter().position(|known| known == path).unwrap();
    assert!(place("bidirectional/forward_lstm/bias") < place("bidirectional/backward_lstm/kernel"));
    let cells = paths.iter().filter(|path| path.starts_with("rnn/")).map(|path| path.as_str()).collect::<Vec<_>>();
    assert_eq!(cells[0], "rnn/stacked_rnn_cells/gru_cell/kernel");
}

#[test]
fn models_at_every_step_are_what_keras_writes() {
    let config = Watch::config();
    let each = config.split(r#""class_name":"TimeDistributed""#).collect::<Vec<_>>();
    assert_eq!(each.len(), 2, "two calls of one layer: {config}");
    assert!(each[1].starts_with(r#","config":{"name":"time_distributed","trainable":true,"#), "{config}");
    assert!(each[1].contains(r#""class_name":"Functional","config":{"name":"eye","trainable":true,"#), "{config}");
    assert!(each[1].contains(r#""build_config":{"input_shape":[null,null,6,6,1]},"name":"time_distributed","#), "{config}");
    let read = Model::from_config(Watch::config(), 0).unwrap();
    let paths: Vec<String> = read.graph().weights().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths[..4], ["eye/conv2d/kernel", "eye/conv2d/bias", "eye/dense/kernel", "eye/dense/bias"]);
    assert_eq!(paths.len(), 7, "the weights are shared: {paths:?}");
    assert_eq!(functional_model::config::to_json(read.graph()), Watch::config());
    let paths: Vec<String> =
        Model::from_config(Pages::config(), 0).unwrap().graph().weights().into_iter().map(|it| it.0).collect();
    assert_eq!(paths[0], "lines/reader/simple_rnn/kernel");
    assert!(Pages::summary().contains("page (TimeDistributed)"), "{}", Pages::summary());
}

/// A sample at a step is what the model makes of it by itself, and a view gives it.
#[test]
fn every_step_is_a_sample() {
    let model = Watch::new(5);
    let video = Array5::from_shape_fn((2, 4, 6, 6, 1), |(n, t, i, j, _)| ((7 * n + 5 * t + 3 * i + j) % 11) as f32 / 11.0);
    let seen = Looks::of(&model).predict(&video).unwrap();
    for (video, seen) in video.outer_iter().zip(seen.outer_iter()) {
        assert_eq!(model.eye.predict(video).unwrap(), seen);
    }
}

/// What Keras writes of a `Sequential` at every step, its layers without an input of their own.
#[test]
fn a_sequential_of_keras_s_is_read() {
    let dense = |units: usize| format!(r#"{{"class_name":"Dense","config":{{"name":"dense_{units}","units":{units}}}}}"#);
    let inner = format!(
        r#"{{"module":"keras","class_name":"Sequential","config":{{"name":"steps","layers":[{},{}],"build_input_shape":[null,4]}}}}"#,
        dense(3),
        dense(2)
    );
    let config = format!(
        r#"{{"class_name":"Sequential","config":{{"name":"net","layers":[{{"class_name":"InputLayer","config":{{"batch_shape":[null,5,4],"name":"x"}}}},
        {{"class_name":"TimeDistributed","config":{{"name":"each","layer":{inner}}}}},{{"class_name":"TimeDistributed","config":{{"name":"more","layer":{}}}}}]}}}}"#,
        dense(6)
    );
    let model = Model::from_config(&config, 1).unwrap();
    let paths: Vec<String> = model.graph().weights().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths[..3], ["steps/dense_3/kernel", "steps/dense_3/bias", "steps/dense_2/kernel"]);
    assert_eq!(paths[4], "more/dense_6/kernel");
    assert_eq!(model.predict(Array3::<f32>::ones((2, 5, 4))).unwrap().shape(), [2, 5, 6]);
    let again = Model::from_config(&functional_model::config::to_json(model.graph()), 1).unwrap();
    assert_eq!(again.graph().weights(), model.graph().weights());
}

/// A layer that is frozen inside of another keeps its weights.
#[test]
fn parts_that_are_frozen_are_not_trained() {
    let model = Deep::new(3);
    assert!(model.time_distributed.all().iter().all(|weight| !weight.trainable));
    assert!(model.both.bidirectional.all().iter().all(|weight| weight.trainable));
}

/// What a predictor makes of kernels once is of its model's own, and of the size of the images.
#[test]
fn a_predictor_gives_the_bits_of_a_single_pass() -> Result<()> {
    let mut model = Kernels::new(1);
    for step in 0..2 {
        let mut predictor = model.predictor();
        for height in [12, 8, 12] {
            let x =
                Array4::from_shape_fn((2, height, 9, 16), |(n, y, x, c)| ((n * 31 + y * 7 + x * 5 + c * 3) % 17) as f32 / 17.0);
            let mut expected = [0.0; 48];
            let named = [height, 9];
            let context = Context::inference(2).with_named(&named);
            model.infer(&mut model.workspace(), context, &[x.as_slice().unwrap_or_default()], &mut [&mut expected])?;
            assert_eq!(predictor.predict(&x)?.as_slice(), Some(&expected[..]), "{height} rows after {step} steps");
        }
        let (x, y) = (Array4::from_elem((2, 8, 8, 16), 0.5_f32), ndarray::Array2::<f32>::zeros((2, 24)));
        model.compile(SGD::new(0.1), MeanSquaredError::new()).train_on_batch(&x, &y)?;
    }
    Ok(())
}
