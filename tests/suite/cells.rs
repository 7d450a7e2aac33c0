//! Layers of one's own that give several outputs, and those of them that are cells, by which an `RNN` goes through its sequence.

use functional_model::check::check_layer;
use functional_model::prelude::*;
use ndarray::{Array2, Array3, ArrayD, Axis, concatenate, s};

use crate::layers::{MinimalCell, numbers};

/// The first and the other half of the last axis, the other one squared.
#[layer(shape = "[.., n] -> [.., n / 2], [.., n - n / 2]")]
#[derive(Clone, Debug)]
struct Halves {}

impl<T: Float> CustomLayer<T> for Halves {
    fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
        let middle = call.inputs.ncols() / 2;
        let other = call.inputs.slice(s![.., middle..]);
        (call.inputs.slice(s![.., ..middle]).to_owned(), &other * &other)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let middle = call.inputs.ncols() / 2;
        let (first, other) = call.d_output;
        // Both outputs are at hand, whatever became of them.
        assert_eq!(call.output.0, call.inputs.slice(s![.., ..middle]));
        let twice = call.inputs.slice(s![.., middle..]).mapv(|x| x + x);
        assert_eq!(call.output.1.mapv(|x| x * T::from_f64(4.0)), &twice * &twice);
        let inputs = concatenate(Axis(1), &[first, (&other * &twice).view()]).unwrap();
        Gradients { inputs, weights: () }
    }
}

/// The mean of every sample, kept for backward, and what is left without it.
#[layer(shape = "[n, m] -> [1], [n, m]", saved(factor("[m]")), weights(scale("[m]", "ones")))]
#[derive(Clone, Debug)]
struct Centred {}

impl<T: Float> CustomLayer<T> for Centred {
    fn forward(&self, mut call: Forward<'_, Self, T>) -> (Array2<T>, Array3<T>) {
        let x = &call.inputs * &call.weights.scale;
        call.saved.factor.assign(&call.weights.scale);
        let mut means = Array2::zeros((call.batch, 1));
        let mut rest = x.clone();
        for (mut rest, mut mean) in rest.outer_iter_mut().zip(means.outer_iter_mut()) {
            let own = rest.sum() / T::from_f64(rest.len() as f64);
            mean.fill(own);
            rest.mapv_inplace(|x| x - own);
        }
        (means, rest)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let (d_means, d_rest) = call.d_output;
        let mut d_x = d_rest.to_owned();
        for (mut d_x, d_mean) in d_x.outer_iter_mut().zip(d_means.outer_iter()) {
            let count = T::from_f64(d_x.len() as f64);
            let own = (d_mean[0] - d_x.sum()) / count;
            d_x.mapv_inplace(|d| d + own);
        }
        let scale = (&d_x * &call.inputs).sum_axis(Axis(0)).sum_axis(Axis(0));
        let factor = call.saved.factor.slice(s![..1, ..]).to_owned();
        Gradients { inputs: &d_x * &factor, weights: CentredWeights { scale } }
    }
}

/// A cell of pictures with two states of different shapes: what it has seen, fading, and how often.
#[layer(shape = "[h, w], [h, w], [1] -> [h], [h, w], [1]", weights(scale("[w]", "ones")), saved(square("[h, w]")))]
#[derive(Clone, Debug)]
struct Fading {
    /// How much of what it has seen stays.
    stays: f64,
}

impl<T: Float> CustomLayer<T> for Fading {
    fn forward(&self, mut call: Forward<'_, Self, T>) -> (Array2<T>, Array3<T>, Array2<T>) {
        let ((x, seen, count), stays) = (call.inputs, T::from_f64(self.stays));
        let square = &x * &x;
        call.saved.square.assign(&square);
        let seen = seen.mapv(|x| x * stays) + &square * &call.weights.scale;
        let count = count.mapv(|x| x * stays + T::ONE);
        (seen.sum_axis(Axis(2)) * &count, seen, count)
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let ((x, ..), (d_output, d_seen, d_count), stays) = (call.inputs, call.d_output, T::from_f64(self.stays));
        let (_, seen, count) = call.output;
        let d_seen = &d_seen + &(&d_output * &count).insert_axis(Axis(2));
        let d_count = &d_count + &(&d_output * &seen.sum_axis(Axis(2))).sum_axis(Axis(1)).insert_axis(Axis(1));
        let d_square = &d_seen * &call.weights.scale;
        let scale = (&d_seen * &call.saved.square).sum_axis(Axis(0)).sum_axis(Axis(0));
        let inputs = ((&d_square * &x).mapv(|d| d + d), d_seen.mapv(|d| d * stays), d_count.mapv(|d| d * stays));
        Gradients { inputs, weights: FadingWeights { scale } }
    }
}

functional_model! {
    /// What an `RNN` of a cell of one's own does, all of it.
    pub model Own(x: [n, 3], m: bool[n], h: [4]) -> (all: [n, 4], state: [4], last: [4], back: [n, 4]) {
        let (all, state) = RNN(MinimalCell(4), return_sequences = true, return_state = true)(x, initial_state = h, mask = m);
        let last = RNN(MinimalCell(4), go_backwards = true, name = "last")(all);
        let back = RNN(MinimalCell(4, name = "inner"), return_sequences = true, go_backwards = true, zero_output_for_mask = true)(x, mask = m);
        (all, state, last, back)
    }

    /// The same of a layer of the library.
    pub model Library(x: [n, 3], m: bool[n], h: [4]) -> (all: [n, 4], state: [4], last: [4], back: [n, 4]) {
        let (all, state) = SimpleRNN(4, use_bias = false, return_sequences = true, return_state = true)(x, initial_state = h, mask = m);
        let last = SimpleRNN(4, use_bias = false, go_backwards = true)(all);
        let back = SimpleRNN(4, use_bias = false, return_sequences = true, go_backwards = true, zero_output_for_mask = true)(x, mask = m);
        (all, state, last, back)
    }

    /// States of several shapes, which begin somewhere, and which are kept, in a block.
    pub model Film(x: [n, 2, 3], seen: [2, 3], count: [1], m: bool[n]) -> (y: [n, 2], seen_next: [2, 3], count_next: [1], kept: [4]) {
        let (y, s, c) = RNN(Fading(0.5), return_sequences = true, return_state = true)(x, initial_state = [seen, count], mask = m);
        (y, s, c, fading(x))
    }

    fn fading(x) {
        Bidirectional(RNN(Fading(0.75), stateful = true))(x)
    }

    /// Cells of one's own among others, and layers that go by them within others.
    pub model Within(x: [n, 3], m: bool[n], h: [4]) -> (all: [n, 2], state: [2], last: [8], back: [n, 4]) {
        let a = Dense(3)(h);
        let b = Dense(3)(h);
        let c = Dense(2)(h);
        let rnn = RNN([MinimalCell(4), LSTMCell(3), MinimalCell(2)], return_sequences = true, return_state = true);
        let (all, _, _, _, state) = rnn(x, initial_state = [h, a, b, c], mask = m);
        let last = Bidirectional(RNN(MinimalCell(4)))(all);
        let back = Bidirectional(RNN(MinimalCell(4), return_sequences = true), merge_mode = "sum")(x, mask = m);
        (all, state, last, back)
    }

    /// The same of layers of the library.
    pub model LibraryWithin(x: [n, 3], m: bool[n], h: [4]) -> (all: [n, 2], state: [2], last: [8], back: [n, 4]) {
        let a = Dense(3)(h);
        let b = Dense(3)(h);
        let c = Dense(2)(h);
        let first = SimpleRNN(4, use_bias = false, return_sequences = true)(x, initial_state = h, mask = m);
        let second = LSTM(3, return_sequences = true)(first, initial_state = [a, b], mask = m);
        let (all, state) =
            SimpleRNN(2, use_bias = false, return_sequences = true, return_state = true)(second, initial_state = c, mask = m);
        let last = Bidirectional(SimpleRNN(4, use_bias = false))(all);
        let back = Bidirectional(SimpleRNN(4, use_bias = false, return_sequences = true), merge_mode = "sum")(x, mask = m);
        (all, state, last, back)
    }

    /// Cells of two kinds of one's own, kept, for every step, and called by themselves.
    pub model Everywhere(x: [n, 2, 3], y: [3], h: [4], a: [2]) -> (kept: [4], each: [n, 4], step: [2], behind: [4]) {
        let kept = RNN([Fading(0.5), MinimalCell(4)], stateful = true)(x);
        let each = TimeDistributed(RNN(MinimalCell(4)))(x);
        let (step, behind, _) = StackedRNNCells([MinimalCell(4), MinimalCell(2)])(y, states = [h, a]);
        (kept, each, step, behind)
    }

    /// Several outputs, one of which nobody looks at, of layers that are called twice, at sizes that the inputs have.
    pub model Parts(x: [n, 6], y: [4, 3]) -> (first: [n, 3], mean: [1], all: [4, 3]) {
        let halves = Halves();
        let (a, b) = halves(Dense(6)(x));
        let (_, c) = halves(Concatenate()([a, b]));
        let (mean, rest) = Centred()(Dense(3)(y));
        let (other, _) = Centred()(rest);
        (c, Add()([mean, other]), rest)
    }
}

#[test]
fn each_keeps_its_contract() {
    check_layer(&Halves {}, &[&[6]]);
    check_layer(&Halves {}, &[&[2, 4]]);
    check_layer(&Centred {}, &[&[3, 2]]);
}

/// Compiled and interpreted: the same bits of outputs, gradients and weights.
#[test]
fn compiled_code_does_what_the_configuration_says() {
    let registered = CustomObjects::new().layer::<Halves>().layer::<Centred>();
    let rebuilt = Model::from_config_with(Parts::config(), 7, &registered).unwrap();
    crate::bits::agree(Parts::new(7), rebuilt, 3, &[2]);
    let (x, y) = (numbers(&[3, 2, 6]), numbers(&[3, 4, 3]));
    let outputs = Parts::new(7).predict_all(PartsInputs { x: &x, y: &y }).unwrap();
    assert_eq!(
        outputs.iter().map(|(name, output)| (name.as_str(), output.shape().to_vec())).collect::<Vec<_>>(),
        [("first", vec![3, 2, 3]), ("mean", vec![3, 1]), ("all", vec![3, 4, 3])]
    );
}

#[test]
fn cells_keep_their_contract() {
    check_layer(&MinimalCell { units: 3 }, &[&[2], &[3]]);
    check_layer(&Fading { stays: 0.5 }, &[&[2, 3], &[2, 3], &[1]]);
}

fn registered<T: Float>() -> CustomObjects<T> {
    CustomObjects::new().layer::<MinimalCell>().layer::<Fading>()
}

#[test]
fn cells_are_compiled_as_they_are_interpreted() {
    for n in [1, 4] {
        crate::bits::agree(Own::new(7), Model::from_config_with(Own::config(), 7, &registered()).unwrap(), 3, &[n]);
        crate::bits::agree(Film::new(7), Model::from_config_with(Film::config(), 7, &registered()).unwrap(), 3, &[n]);
        crate::bits::agree(Within::new(7), Model::from_config_with(Within::config(), 7, &registered()).unwrap(), 3, &[n]);
        crate::bits::agree(Everywhere::new(7), Model::from_config_with(Everywhere::config(), 7, &registered()).unwrap(), 3, &[n]);
    }
    for config in [Own::config(), Within::config(), Everywhere::config()] {
        assert!(!config.contains("signature"));
    }
    assert!(
        Own::config()
            .contains(r#""cell":{"module":null,"class_name":"MinimalCell","config":{"name":"minimal_cell","trainable":true,"#)
    );
    let mut names = Vec::new();
    Own::new(7).visit(&mut |weight, _| names.push(weight.name.to_string()));
    assert_eq!(&names[..2], ["minimal_cell/kernel", "minimal_cell/recurrent_kernel"]);
    assert_eq!(&names[4..], ["inner/kernel", "inner/recurrent_kernel"]);
    let within = Within::new(7);
    let mut names = Vec::new();
    within.visit(&mut |weight, _| names.push(weight.name.to_string()));
    assert!(names.contains(&"stacked_rnn_cells/minimal_cell_1/recurrent_kernel".to_owned()), "{names:?}");
    assert!(names.contains(&"backward_rnn/minimal_cell/kernel".to_owned()), "{names:?}");
}

/// What a model gives and its gradients, of inputs and weights, for cotangents that are the same for all models.
macro_rules! results {
    ($model:expr, $net:ident, $inputs:ident, $x:expr, $m:expr, $h:expr) => {{
        let model = $model;
        let mut pass: Pass<$net> = Pass::new(&model, 0);
        let outputs = pass.forward(&model, $inputs { x: $x, m: $m, h: $h }).unwrap();
        let cotangents: Vec<ArrayD<f32>> = outputs.iter().map(|(_, output)| numbers(output.shape())).collect();
        let [a, b, c, d] = &cotangents[..] else { unreachable!() };
        let given = [("all", a.into()), ("state", b.into()), ("last", c.into()), ("back", d.into())];
        let d_inputs = pass.backward_to_inputs(&model, given).unwrap();
        let mut found: Vec<ArrayD<f32>> = outputs.into_iter().chain(d_inputs).map(|(_, array)| array.into_dyn()).collect();
        pass.visit_gradients(&mut { model }, |gradient| found.push(gradient.view().to_owned()));
        found
    }};
}

/// Gives a model the weights of another one.
macro_rules! take_weights {
    ($from:expr, $to:expr) => {{
        let mut weights = Vec::new();
        $from.visit(&mut |weight, _| weights.push(weight.data.clone()));
        let mut weights = weights.into_iter();
        $to.visit_mut(&mut |weight| weight.data = weights.next().unwrap());
    }};
}

/// A cell that computes what the library's does gives what that gives, and its gradients.
#[test]
fn a_cell_of_one_s_own_is_as_good_as_the_library_s() {
    let (x, h) = (numbers(&[3, 5, 3]), numbers(&[3, 4]));
    // A first step that is masked, a last one, and a sample of which none counts.
    let m = Array2::from_shape_fn((3, 5), |(sample, step)| sample != 1 && (step + sample) % 3 != 0 && step + sample < 5);
    let (own, mut library) = (Own::new(7), Library::new(3));
    take_weights!(own, library);
    let found = results!(own, Own, OwnInputs, &x, &m, &h);
    assert_close(&found, &results!(library, Library, LibraryInputs, &x, &m, &h));

    let (own, mut library) = (Within::new(7), LibraryWithin::new(3));
    take_weights!(own, library);
    let found = results!(own, Within, WithinInputs, &x, &m, &h);
    assert_close(&found, &results!(library, LibraryWithin, LibraryWithinInputs, &x, &m, &h));
}

fn assert_close(found: &[ArrayD<f32>], expected: &[ArrayD<f32>]) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, expected)) in found.iter().zip(expected).enumerate() {
        let worst = found.iter().zip(expected).fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
        assert!(worst < 1e-5, "tensor {i} is off by {worst:.1e}");
    }
}

/// The gradients of cells with several states, beginning somewhere and masked, are the numerical ones.
#[test]
fn gradients_through_time_are_the_numerical_ones() {
    const N: usize = 3;
    let graph = functional_model::config::from_json_with(Film::config(), registered::<f32>().registry()).unwrap();
    let mut model = Model::<f64>::with_custom_objects(graph, 3, &registered()).unwrap();
    let wide = |shape: &[usize]| numbers(shape).iter().map(|&x| f64::from(x)).collect::<Vec<f64>>();
    let mask = [1.0, 0.0, 1.0, 0.0, 1.0, 1.0];
    let mut inputs = vec![wide(&[2, N, 2, 3]), wide(&[2, 2, 3]), wide(&[2, 1]), mask.to_vec()];
    let sizes = [2 * N * 2, 2 * 6, 2, 2 * 4];
    let cotangents: Vec<Vec<f64>> = sizes.iter().map(|&size| wide(&[size])).collect();
    let context = functional_model::layer::Context::training(2, 0).with_named(&[N]);
    let run = |model: &Model<f64>, inputs: &[Vec<f64>], tape: &mut _| {
        model.reset_states();
        let mut outputs: Vec<Vec<f64>> = sizes.iter().map(|&size| vec![f64::NAN; size]).collect();
        let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
        let mut written: Vec<&mut [f64]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
        Network::forward(model, tape, context, &inputs, &mut written).unwrap();
        outputs
    };
    let loss = |model: &Model<f64>, inputs: &[Vec<f64>]| -> f64 {
        let outputs = run(model, inputs, &mut model.tape());
        outputs.iter().flatten().zip(cotangents.iter().flatten()).map(|(output, cotangent)| output * cotangent).sum()
    };

    let mut tape = model.tape();
    let outputs = run(&model, &inputs, &mut tape);
    let mut gradients = Network::gradients(&model);
    let mut d_inputs: Vec<Vec<f64>> = inputs.iter().map(|input| vec![f64::NAN; input.len()]).collect();
    {
        let read: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
        let outputs: Vec<&[f64]> = outputs.iter().map(Vec::as_slice).collect();
        let mut cotangents = cotangents.clone();
        let mut d_outputs: Vec<&mut [f64]> = cotangents.iter_mut().map(Vec::as_mut_slice).collect();
        let wanted = |data| Some(functional_model::layer::Gradient { data, accumulate: false });
        let mut wanted: Vec<_> = d_inputs.iter_mut().map(Vec::as_mut_slice).map(wanted).collect();
        Network::backward(&model, &mut tape, context, &read, &outputs, &mut d_outputs, &mut wanted, &mut gradients).unwrap();
    }
    const STEP: f64 = 1e-6;
    let close = |found: f64, above: f64, below: f64, what: &str| {
        let slope = (above - below) / (2.0 * STEP);
        assert!((found - slope).abs() < 1e-7 * (1.0 + slope.abs()), "{what}: {found} for {slope}");
    };
    for tensor in 0..3 {
        for place in 0..inputs[tensor].len() {
            let start = inputs[tensor][place];
            let mut moved = |to: f64| {
                inputs[tensor][place] = to;
                loss(&model, &inputs)
            };
            let (above, below) = (moved(start + STEP), moved(start - STEP));
            moved(start);
            close(d_inputs[tensor][place], above, below, &format!("input {tensor}, element {place}"));
        }
    }
    assert!(d_inputs[3].iter().all(|&d| d == 0.0));
    for path in ["rnn/fading/scale", "bidirectional/forward_rnn/fading/scale", "bidirectional/backward_rnn/fading/scale"] {
        for place in 0..3 {
            let start = model.weight(path).unwrap().data[place];
            let mut moved = |to: f64| {
                model.weight_mut(path).unwrap().data[place] = to;
                loss(&model, &inputs)
            };
            let (above, below) = (moved(start + STEP), moved(start - STEP));
            moved(start);
            close(gradients.weight(path).unwrap().data[place], above, below, path);
        }
    }
}

/// States are kept, files have the weights under the cell's name, and are read with the cell registered.
#[test]
fn cells_are_kept_and_saved() {
    let film = Film::new(3);
    let x = numbers(&[2, 3, 2, 3]);
    let (seen, count) = (numbers(&[2, 2, 3]), numbers(&[2, 1]));
    let m = Array2::from_elem((2, 3), true);
    let predict = |film: &Film| film.predict_all(FilmInputs { x: &x, seen: &seen, count: &count, m: &m }).unwrap();
    let first = predict(&film);
    assert_ne!(predict(&film)[3], first[3]);
    film.reset_states();
    assert_eq!(predict(&film), first);

    let file = tempfile::NamedTempFile::with_suffix(".safetensors").unwrap();
    film.save(file.path()).unwrap();
    assert_eq!(predict(&Film::load(file.path()).unwrap()), first);
    let read = Model::load_with(file.path(), &registered()).unwrap();
    assert!(read.weight("rnn/fading/scale").is_some());
    let error = Model::load(file.path()).unwrap_err().to_string();
    assert!(error.contains("`Fading`, a custom layer that was not registered"), "{error}");
}

/// A layer that breaks its word is told by which of its outputs.
#[test]
fn an_output_of_another_shape_is_told() {
    #[layer(shape = "[n] -> [n], [1]")]
    #[derive(Clone, Debug)]
    struct Liar {}

    impl<T: Float> CustomLayer<T> for Liar {
        fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
            (call.inputs.to_owned(), call.inputs.to_owned())
        }

        fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
            Gradients { inputs: call.d_output.0.to_owned(), weights: () }
        }
    }

    functional_model! {
        model Net(x: [3]) -> (a: [3], b: [1]) {
            Liar()(x)
        }
    }
    assert_eq!(
        Net::new(0).predict_all(numbers(&[2, 3])).unwrap_err().to_string(),
        "`liar`, a layer `Liar()`, returned an output 2 of shape [2, 3] from `forward`: its shape rule `[n] -> [n], [1]` says [2, 1], the batch \
         first\nhelp: mend `forward`, or the rule in `#[layer(shape = \"..\")]`"
    );
}

/// A cell that breaks its word is told wherever it stands, and the layer that holds it is named.
#[test]
fn a_cell_that_breaks_its_word_is_told() {
    #[layer(shape = "[n], [3] -> [3], [3]")]
    #[derive(Clone, Debug)]
    struct Liar {}

    impl<T: Float> CustomLayer<T> for Liar {
        fn forward(&self, call: Forward<'_, Self, T>) -> (Array2<T>, Array2<T>) {
            (call.inputs.1.to_owned(), call.inputs.0.to_owned())
        }

        fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
            let (d_output, d_state) = call.d_output;
            Gradients { inputs: (d_state.to_owned(), d_output.to_owned()), weights: () }
        }
    }

    functional_model! {
        model Net(x: [n, 4]) -> [6] {
            Bidirectional(RNN([LSTMCell(2), Liar()]))(x)
        }
    }
    let expected = "`bidirectional`, a layer `Liar()`, returned an output 2 of shape [2, 2] from `forward`: ";
    let compiled = Net::new(0).predict(numbers(&[2, 3, 4])).unwrap_err().to_string();
    assert!(compiled.starts_with(expected), "{compiled}");
    let read = Model::from_config_with(Net::config(), 0, &Net::custom_objects()).unwrap();
    assert_eq!(read.predict(numbers(&[2, 3, 4]).view()).unwrap_err().to_string(), compiled);
}
