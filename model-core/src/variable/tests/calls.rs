//! Models and layers that are called one way and another, and what is kept for that.

use ndarray::{Array2, ArrayD, IxDyn, array};

use super::{numbers, words};
use crate::error::Result;
use crate::interpret::Model;
use crate::layer::Weight;
use crate::losses::SparseCategoricalCrossentropy;
use crate::network::Network;
use crate::optimizers::{Adam, IntoOptimizer};
use crate::variable::{Callable, Tape, Var, ops};

const NET: &str = r#"{"class_name": "Sequential", "config": {"name": "net", "layers": [
    {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 6, 6, 2]}},
    {"class_name": "Conv2D", "config": {"name": "conv", "filters": 4, "kernel_size": 3, "activation": "relu"}},
    {"class_name": "BatchNormalization", "config": {"name": "norm", "momentum": 0.9}},
    {"class_name": "Flatten", "config": {"name": "flatten"}},
    {"class_name": "Dropout", "config": {"name": "dropout", "rate": 0.25}},
    {"class_name": "Dense", "config": {"name": "head", "units": 3}}]}}"#;

fn bits(model: &Model) -> Vec<u32> {
    let mut bits = Vec::new();
    model.visit(&mut |weight, _| bits.extend(weight.data.iter().map(|element| element.to_bits())));
    bits
}

/// Three steps of training by passes, of the whole model on a tape, and layer by layer.
#[test]
fn three_ways_of_calling_have_the_same_bits() {
    let x = numbers(&[4, 6, 6, 2], 1).mapv(|x| x as f32);
    let y = array![0, 2, 1, 1];
    let loss = SparseCategoricalCrossentropy::from_logits();
    let by_passes = {
        let mut model = Model::from_config(NET, 5).unwrap();
        let mut pass = crate::pass::Pass::new(&model, 7);
        let mut optimizer = Adam::new(0.01).build(&model).unwrap();
        for _ in 0..3 {
            let output = pass.forward(&model, &x).unwrap().remove(0).1;
            let (_, d_output) = loss.gradient(&output, &y).unwrap();
            pass.backward(&model, &d_output).unwrap();
            optimizer.apply(&mut model, &mut pass).unwrap();
        }
        bits(&model)
    };
    let on_a_tape = |call: &dyn Fn(&Model, &Var) -> Result<Var>| {
        let mut model = Model::from_config(NET, 5).unwrap();
        let tape = Tape::training(7);
        let mut optimizer = Adam::new(0.01).build(&model).unwrap();
        for _ in 0..3 {
            let output = call(&model, &tape.constant(&x).unwrap()).unwrap();
            let gradients = loss.call(&output, &y).unwrap().backward().unwrap();
            optimizer.apply(&mut model, &gradients).unwrap();
        }
        bits(&model)
    };
    assert_eq!(on_a_tape(&|model, x| model.call(x)), by_passes);
    let layers = ["conv", "norm", "flatten", "dropout", "head"];
    let by_layers = |model: &Model, x: &Var| layers.iter().try_fold(x.clone(), |x, name| model.layer(name).unwrap().call(&x));
    assert_eq!(on_a_tape(&by_layers), by_passes);
}

#[test]
fn a_model_that_is_called_twice_has_the_sum_of_both_gradients() {
    let config = r#"{"class_name": "Sequential", "config": {"name": "line", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}},
        {"class_name": "Dense", "config": {"name": "line", "units": 1}}]}}"#;
    let model = Model::from_config(config, 1).unwrap();
    let (tape, kernel) = (Tape::new(), |model: &Model| -> Weight { model.weight("line/kernel").unwrap().clone() });
    let _ = kernel(&model);
    let (a, b) = (tape.variable(&array![[1.0_f32, 2.0]]).unwrap(), tape.constant(&array![[10.0_f32, 20.0]]).unwrap());
    let loss = (model.call(&a).unwrap() + model.call(&b).unwrap() * 3.0).sum(..).unwrap();
    let gradients = loss.backward().unwrap();
    let weight = model.weight("line/kernel").unwrap();
    assert_eq!(gradients.of_weight(weight).unwrap().to_owned(), array![[31.0_f32], [62.0]].into_dyn());
    assert_eq!(gradients.of(&a).unwrap().as_slice().unwrap(), &weight.data[..]);
    assert!(gradients.of_weight(&model.clone().weight("line/kernel").unwrap().clone()).is_none(), "a copy is another model");
}

/// Deep as the program says, with a branch, a layer that is called twice and a model that has weights.
#[test]
fn calls_on_inputs_make_the_model_that_calls_on_tensors_compute() {
    use crate::variable::{Build, Input};
    use model_graph::layers::{Dense, Dropout, Flatten};

    let encoder = Model::from_config(NET, 9).unwrap();
    let shared = Dense::new(3).activation("tanh");
    let built: crate::layer::Layer<Dense> = Dense::new(3).build(&[3], 4).unwrap();
    let (image, extra) = (Input::new([6, 6, 2]), Input::new([3]));
    let mut x = encoder.call(&image).unwrap() + &extra;
    for _ in 0..2 {
        x = shared.call(&x).unwrap();
    }
    let x = ops::concatenate(&[&built.call(&x).unwrap(), &x.square().unwrap()], -1).unwrap();
    let x = Dropout::new(0.5).call(Flatten::new().call(&x).unwrap()).unwrap() * 2.0;
    let mut model = Model::functional("own", [&extra, &image], [&x, &extra.mean(-1).unwrap()], 42).unwrap();
    let graph = model.graph();
    let names = |ports: &[model_graph::graph::Port]| ports.iter().map(|port| port.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&graph.inputs), names(&graph.outputs).len()), (vec!["input_0".to_owned(), "input_1".to_owned()], 2));
    assert_eq!(model.weight("net/head/kernel").unwrap().data, encoder.weight("head/kernel").unwrap().data);
    assert_eq!(model.weight("dense_1/kernel").unwrap().data, built.all()[0].data);

    // The model, and the same from its own configuration.
    let again = Model::from_config(&model_graph::config::to_json(model.graph()), 42).unwrap();
    assert_eq!(model_graph::config::to_json(again.graph()), model_graph::config::to_json(model.graph()));
    let tape = Tape::new();
    let (a, b) = (tape.constant(numbers(&[2, 3], 1)).unwrap(), tape.constant(numbers(&[2, 6, 6, 2], 2)).unwrap());
    let [whole, _] = model.outputs([&a, &b]).unwrap();
    let mut y = encoder.call(&b).unwrap() + &a;
    for _ in 0..2 {
        y = model.layer("dense").unwrap().call(&y).unwrap();
    }
    let y = ops::concatenate(&[&built.call(&y).unwrap(), &y.square().unwrap()], -1).unwrap() * 2.0;
    assert_eq!(whole.elements().unwrap(), y.elements().unwrap());
    crate::network::Trainable::set_trainable(&mut model, false);
}

#[test]
fn a_model_called_on_an_input_gives_its_masks_to_layers_and_not_to_the_caller() {
    use crate::training::Predict;
    use crate::variable::Input;
    use model_graph::layers::{Embedding, LSTM};

    let tokens = Input::integers([5]);
    let embedded = Embedding::new(7, 3).mask_zero(true).call(&tokens).unwrap();
    let inner = Model::functional("inner", &tokens, &embedded, 1).unwrap();
    let words = Input::integers([5]);
    let [sequence] = inner.outputs(&words).unwrap();
    let summary = LSTM::new(4).call(&sequence).unwrap();
    let model = Model::functional("outer", &words, &summary, 1).unwrap();
    // Steps that are masked change nothing, wherever they stand.
    let read = |words: [i32; 5]| model.predict(Array2::from(vec![words])).unwrap();
    assert_eq!(read([3, 1, 2, 0, 0]), read([0, 3, 0, 1, 2]));
    assert_ne!(read([3, 1, 2, 0, 0]), read([3, 1, 2, 4, 0]));
}

#[test]
fn what_cannot_be_a_model_says_why() {
    use crate::variable::Input;
    use model_graph::layers::{Conv2D, Dense};

    let tape = Tape::new();
    let (x, other) = (Input::new([4]), Input::new([2]));
    let number = tape.constant(&array![[1.0_f32, 2.0]]).unwrap();
    let y = Dense::new(2).call(&x).unwrap();
    let said = [
        words(Conv2D::new(8, 3).call(&x)),
        words(Dense::new(8).activation("rely").call(&x)),
        words((&y + &x).mean(-1)),
        words((&y + &number).mean(-1)),
        words(y.mean(0)),
        words(y.array()),
        words(Model::functional("m", &x, &(&y + &other), 1)),
        words(Model::functional("m", &y, &y, 1)),
        words(Model::functional("m", &number, &y, 1)),
        words(Dense::new(8).call(&number)),
    ];
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/variable/symbols.txt");
    let said = said.join("\n\n") + "\n";
    if std::env::var_os("INSTA_UPDATE").is_some() {
        std::fs::write(path, said).unwrap();
    } else {
        assert_eq!(said, std::fs::read_to_string(path).unwrap_or_default());
    }
}

#[test]
fn a_lazy_layer_keeps_what_its_first_call_has_built() {
    use crate::variable::{Build, Lazy};
    use model_graph::layers::Dense;

    let dense: Lazy<Dense> = Lazy::new(Dense::new(3), 4);
    let tape = Tape::new();
    let x = tape.constant(&array![[1.0_f32, 2.0]]).unwrap();
    let first = dense.call(&x).unwrap();
    assert_eq!(dense.call(&x).unwrap().elements().unwrap(), first.elements().unwrap());
    let built: crate::layer::Layer<Dense> = Dense::new(3).build(&[2], 4).unwrap();
    assert_eq!(built.call(&x).unwrap().elements().unwrap(), first.elements().unwrap());
    let gradients = first.sum(..).unwrap().backward().unwrap();
    assert!(gradients.of_weight(dense.layer().unwrap().get("kernel").unwrap()).is_some());
    let wider = tape.constant(&array![[1.0_f32, 2.0, 3.0]]).unwrap();
    let said = words(dense.call(&wider));
    assert!(said.starts_with("`Dense(3)` was built for other inputs: its `kernel` has shape [2, 3]"), "{said}");
}

#[test]
fn layers_in_a_row_are_the_model_that_calls_make() {
    use crate::variable::{Input, Sequential};
    use model_graph::layers::{Dense, Flatten};

    let mut net = Sequential::new("net", 3);
    net.add(Flatten::new()).unwrap().add(Dense::new(4).activation("tanh")).unwrap();
    net.add(Dense::new(9)).unwrap().pop().unwrap().add(Dense::new(2)).unwrap();
    let tape = Tape::new();
    let x = tape.constant(numbers(&[2, 3, 2], 1)).unwrap();
    let output = net.call(&x).unwrap();
    let image = Input::new([3, 2]);
    let y = Dense::new(2).call(Dense::new(4).activation("tanh").call(Flatten::new().call(&image).unwrap()).unwrap()).unwrap();
    let expected = Model::functional("net", &image, &y, 3).unwrap();
    assert_eq!(output.elements().unwrap(), expected.call(&x).unwrap().elements().unwrap());
    assert_eq!(net.model().unwrap().graph().layers.len(), expected.graph().layers.len());
    // In a row within a row.
    let mut outer = Sequential::new("outer", 3);
    outer.input(Input::new([3, 2])).unwrap().add(net).unwrap().add(Dense::new(1)).unwrap();
    assert_eq!(outer.into_model().unwrap().call(&x).unwrap().shape(), [2, 1]);
}

#[test]
fn layers_in_a_row_say_what_does_not_fit_where_it_is_added() {
    use crate::variable::{Input, Sequential};
    use model_graph::layers::{Conv2D, Dense};

    let mut net: Sequential = Sequential::new("net", 3);
    assert!(words(net.pop()).starts_with("`net` has no layer: expected at least one"));
    assert!(words(net.model()).starts_with("`net` has no input"));
    net.input(Input::new([4])).unwrap();
    assert!(words(net.add(Conv2D::new(8, 3))).starts_with("`Conv2D(8, 3)` needs [height, width, channels]"));
    net.add(Dense::new(2)).unwrap();
    net.model().unwrap();
    assert!(words(net.add(Dense::new(2))).starts_with("`net` has been made into a model"));
}

/// A panic in a function of the user's own ends that backward alone.
#[test]
fn a_panic_in_a_backward_of_one_s_own_leaves_model_and_threads_whole() {
    let model = Model::from_config(NET, 5).unwrap();
    let before = bits(&model);
    let x = numbers(&[4, 6, 6, 2], 1).mapv(|x| x as f32);
    let loss = |tape: &Tape, fails: bool| {
        let output = model.call(tape.constant(&x).unwrap()).unwrap();
        let array = output.array().unwrap();
        let backward = move |d: &ArrayD<f32>| if fails { panic!("in the user's code") } else { vec![Some(d.clone())] };
        ops::custom("own", &[&output], array, backward).unwrap().sum(..).unwrap()
    };
    let gradient = |tape: &Tape| {
        let gradients = loss(tape, false).backward().unwrap();
        gradients.of_weight(model.weight("head/kernel").unwrap()).unwrap().to_owned()
    };
    let tape = Tape::new();
    let expected = gradient(&tape);
    let failing = loss(&tape, true);
    let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| failing.backward().map(drop)));
    assert!(failed.is_err());
    assert_eq!(bits(&model), before);
    assert_eq!(gradient(&tape), expected);
}

#[test]
fn gradients_of_gradients_say_what_has_none_and_where() {
    use crate::variable::Build;
    use model_graph::layers::LSTM;

    let tape = Tape::new();
    let x = tape.variable(&array![[[1.0_f32, 2.0]]]).unwrap();
    let lstm: crate::layer::Layer<LSTM> = LSTM::new(2).build(&[1, 2], 1).unwrap();
    let number = lstm.call(&x).unwrap().sum(..).unwrap();
    assert!(words(number.gradients([&x])).starts_with("`LSTM(2)` has no gradient of its gradient\nhelp: "));
    // What has been asked in vain is still there.
    number.backward().unwrap();
    assert!(words(number.gradients([&x])).starts_with("gradients have been taken through this call already"));
    let other = tape.variable(&array![1.0_f32]).unwrap();
    let square = other.square().unwrap().sum(..).unwrap();
    assert!(words(square.gradients([&x])).contains("the number does not follow from it"));
    assert!(words(square.gradients([&tape.scalar(1.0).unwrap()])).contains("it was given as a constant"));
    assert!(words(x.gradients([&x])).starts_with("`gradients` needs a single number"));
    let [slope] = square.gradients([&other]).unwrap();
    let [slope] = slope.sum(..).unwrap().gradients([&other]).unwrap();
    assert_eq!(slope.array().unwrap(), array![2.0].into_dyn());
}

/// The gradients of gradients of a whole model are those of its layers one by one, dropout and moving averages included.
#[test]
fn gradients_of_gradients_of_a_model_are_those_of_its_layers() {
    let x = numbers(&[4, 6, 6, 2], 1).mapv(|x| x as f32);
    let found = |call: &dyn Fn(&Model, &Var) -> Result<Var>| {
        let model = Model::from_config(NET, 5).unwrap();
        let tape = Tape::training(7);
        let x = tape.variable(&x).unwrap();
        let [slopes] = call(&model, &x).unwrap().square().unwrap().sum(..).unwrap().gradients([&x]).unwrap();
        let gradients = slopes.square().unwrap().sum(..).unwrap().backward().unwrap();
        let mut numbers: Vec<f32> = slopes.elements().unwrap().to_vec();
        model.visit(&mut |weight, is_trained| {
            if is_trained {
                numbers.extend(gradients.elements(weight).unwrap());
            }
        });
        numbers
    };
    let layers = ["conv", "norm", "flatten", "dropout", "head"];
    let by_layers = |model: &Model, x: &Var| layers.iter().try_fold(x.clone(), |x, name| model.layer(name).unwrap().call(&x));
    let [whole, by_layers] = [found(&|model, x| model.call(x)), found(&by_layers)];
    assert_eq!(whole.len(), by_layers.len());
    let largest = whole.iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    for (a, b) in whole.iter().zip(by_layers) {
        assert!((a - b).abs() <= 1e-5 * largest, "{a}, {b}");
    }
}

/// Masks that embeddings make are handed on and used as in a model: layers one by one, and a model on the same words.
#[test]
fn masks_of_variables_are_those_of_models() {
    use crate::losses::MeanSquaredError;
    use crate::variable::{Input, Lazy};
    use model_graph::layers::{Dense, Embedding, GlobalAveragePooling1D, LSTM};

    let tokens = Input::integers([5]);
    let sequence = Dense::new(3).call(Embedding::new(7, 3).mask_zero(true).call(&tokens).unwrap()).unwrap();
    let sequence = LSTM::new(4).return_sequences(true).call(&sequence).unwrap();
    let mean = GlobalAveragePooling1D::new().call(&sequence).unwrap();
    let model = Model::functional("net", &tokens, [&sequence, &mean], 1).unwrap();
    let words_given = array![[3, 1, 2, 0, 0], [5, 0, 1, 4, 0]];
    let tape = Tape::new();
    let words_of = tape.constant(&words_given).unwrap();
    let [expected, of_mean] = model.outputs(&words_of).unwrap();
    let by_layers =
        ["embedding", "dense", "lstm"].iter().try_fold(words_of.clone(), |x, name| model.layer(name).unwrap().call(&x));
    let by_layers = by_layers.unwrap();
    assert_eq!(by_layers.elements().unwrap(), expected.elements().unwrap());
    let mask = words_given.mapv(|word| f32::from(u8::from(word != 0))).into_dyn();
    assert_eq!(by_layers.mask().unwrap().array().unwrap(), mask);
    assert_eq!(expected.mask().unwrap().array().unwrap(), mask);
    let pooled = model.layer("global_average_pooling1d").unwrap().call(&by_layers).unwrap();
    assert_eq!(pooled.elements().unwrap(), of_mean.elements().unwrap());
    assert!(pooled.mask().is_none());
    // A loss is the mean over what counts.
    let zeros = ArrayD::<f32>::zeros(IxDyn(&[2, 5, 4]));
    let loss = MeanSquaredError::new().call(&by_layers, &zeros).unwrap().item().unwrap();
    let plain = by_layers.array().unwrap();
    let masked = MeanSquaredError::new().masked_value(&plain, &zeros, &mask).unwrap();
    assert!((f64::from(loss) - masked).abs() < 1e-7);
    assert!(loss != MeanSquaredError::new().call(&by_layers.with_mask(None).unwrap(), &zeros).unwrap().item().unwrap());
    // What does not fit says so.
    let numbers = tape.constant(&mask).unwrap();
    assert!(words(by_layers.with_mask(Some(&numbers))).starts_with("a mask says of each step whether it counts"));
    let line: Lazy<Dense> = Lazy::new(Dense::new(1), 1);
    let given = line.call(by_layers.with_mask(Some(&numbers.not_equal(0.0).unwrap())).unwrap()).unwrap();
    assert_eq!(given.mask().unwrap().array().unwrap(), mask);
}
