//! Layers of one's own: in models, blocks, views and files, and what is said when they break their word.

use crate::layers::{CustomDense, Gate, Heads, Products, Trim, numbers};
use functional_model::Graph;
use functional_model::check::check_layer;
use functional_model::network::Network;
use functional_model::prelude::*;
use ndarray::{Array2, Array3, ArrayD};

/// What another module declares: the models outside need not know its layers.
mod elsewhere {
    use crate::layers::CustomDense;

    functional_model::functional_model! {
        /// A sequence to a number.
        pub model Encoder(x: [4, 8]) -> [1] {
            CustomDense(1)(Flatten()(narrowed(x, 6)))
        }

        /// A layer of one's own in a block that others call.
        pub fn narrowed(x, units) {
            Activation("tanh")(CustomDense(units)(x))
        }
    }
}

use elsewhere::{Encoder, narrowed};

functional_model! {
    /// Layers of one's own, shared, in blocks, in a nested model.
    pub model Mixed(left: [6, 4], right: [5, 4]) -> (table: [6, 5], score: [1]) {
        let dense = CustomDense(8, name = "shared");
        let (a, b) = (dense(left), dense(right));
        let a = gated(a);
        let table = Products()([a, b]);
        let score = Encoder()(Trim(1)(a));
        (table, score)
    }

    fn gated(x) {
        Gate(0.5)(CustomDense(8)(x)) + x
    }

    /// Any number of words.
    pub model Named(x: [words, 4]) -> [words - 2, 3] {
        Trim(1)(Gate(0.5)(CustomDense(3)(x)))
    }

    /// Layers of one's own at every step, one of them by itself as well.
    pub model Steps(clips: [clips, 6, 4], still: [6, 4]) -> (cut: [clips, 4, 3], one: [6, 3]) {
        let dense = CustomDense(3, name = "each");
        let x = TimeDistributed(Gate(0.5))(TimeDistributed(dense)(clips));
        (TimeDistributed(Trim(1))(x), dense(still))
    }

    /// A part of the other.
    pub model Opened = Mixed { left -> gate };

    /// One output, heads, and a layer that stands still.
    pub model Split(x: [6]) -> [3] {
        let x = Heads(heads = 2)(CustomDense(8, trainable = false, name = "still")(x));
        CustomDense(3)(Flatten()(narrowed(x, 5)))
    }
}

#[test]
fn each_keeps_its_contract() {
    check_layer(&CustomDense { units: 3 }, &[&[4]]);
    check_layer(&CustomDense { units: 3 }, &[&[2, 4]]);
    check_layer(&Products, &[&[3, 4], &[2, 4]]);
    let read = |arguments: &str| serde_json_object(arguments);
    check_layer(&custom::<Heads>(&read(r#"{"heads": 2}"#)), &[&[2, 6]]);
    check_layer(&custom::<Trim>(&read(r#"{"border": 1}"#)), &[&[5, 2]]);
    check_layer(&custom::<Gate>(&read("{}")), &[&[3]]);
    check_layer(&custom::<Gate>(&read(r#"{"offset": 0.25, "always": false}"#)), &[&[2, 3]]);
}

type Arguments = functional_model::custom::Map<String, functional_model::custom::Value>;

fn serde_json_object(text: &str) -> Arguments {
    text.parse::<functional_model::custom::Value>().unwrap().as_object().unwrap().clone()
}

fn custom<L: functional_model::custom::LayerArguments>(arguments: &Arguments) -> L {
    L::read(arguments).unwrap()
}

fn data() -> (Array3<f32>, Array3<f32>, Array3<f32>, Array2<f32>) {
    let array = |shape: &[usize]| numbers(shape);
    (
        array(&[7, 6, 4]).into_dimensionality().unwrap(),
        array(&[7, 5, 4]).into_dimensionality().unwrap(),
        array(&[7, 6, 5]).into_dimensionality().unwrap(),
        array(&[7, 1]).into_dimensionality().unwrap(),
    )
}

/// The losses of some training, and what the model predicts then.
fn train<N: Trainable>(model: &mut N) -> (Vec<f64>, Vec<(String, ArrayD<f32>)>) {
    let (left, right, table, score) = data();
    let x = MixedInputs { left: &left, right: &right };
    let y = MixedOutputs { table: &table, score: &score };
    let fit = || Fit { batch_size: 3, epochs: 4, verbose: Verbose::Silent, seed: Some(5), ..Fit::default() };
    let history = model.compile(Adam::new(0.01), MeanSquaredError::new()).fit((&x, &y), fit()).unwrap();
    (history["loss"].to_vec(), model.predict_all(&x).unwrap())
}

#[test]
fn compiled_and_read_models_learn_the_same_to_the_bit() {
    let mut compiled = Mixed::new(3);
    let mut read = Model::from_config_with(Mixed::config(), 3, &Mixed::custom_objects()).unwrap();
    let (losses, predicted) = train(&mut compiled);
    assert!(losses[3] < losses[0], "{losses:?}");
    assert_eq!((losses, predicted), train(&mut read));
    assert_eq!(compiled.graph(), read.graph());
}

#[test]
fn graphs_show_them_as_layers_like_others() {
    let summary = Mixed::summary();
    for row in ["shared (CustomDense)", "custom_dense (CustomDense)", "gate (Gate)", "products (Products)", "trim (Trim)"] {
        assert!(summary.contains(row), "{row} in\n{summary}");
    }
    let model = Mixed::new(1);
    assert_eq!(model.shared.weights.views().w.dim(), (4, 8));
    assert_eq!(model.gated.gate.views().scale[()], 1.0);
    let weights = model.graph().weights();
    let frozen: Vec<&str> = weights.iter().filter(|(_, spec)| !spec.trainable).map(|(path, _)| path.as_str()).collect();
    assert_eq!(frozen, ["gate/scale"]);
}

#[test]
fn a_frozen_layer_stands_still() {
    let mut model = Split::new(4);
    let (still, moved) = (model.still.views().w.to_owned(), model.custom_dense.views().w.to_owned());
    let fit = || Fit { epochs: 2, verbose: Verbose::Silent, ..Fit::default() };
    let (x, y) = (numbers(&[5, 6]), numbers(&[5, 3]));
    model.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&x, &y), fit()).unwrap();
    assert_eq!(model.still.views().w, still);
    assert_ne!(model.custom_dense.views().w, moved);
}

#[test]
fn they_work_on_named_dimensions() {
    let compiled = Named::new(2);
    let read = Model::with_custom_objects(compiled.graph().clone(), 2, &Named::custom_objects()).unwrap();
    for words in [3, 8] {
        let x = numbers(&[2, words, 4]);
        let predicted = compiled.predict(&x).unwrap();
        assert_eq!(predicted.shape(), [2, words - 2, 3]);
        assert_eq!(predicted, read.predict(&x).unwrap());
    }
    assert!(compiled.predict(numbers(&[2, 2, 4])).is_err());
    let mut models = (compiled, read);
    let fit = || Fit { epochs: 2, verbose: Verbose::Silent, ..Fit::default() };
    let (x, y) = (numbers(&[3, 7, 4]), numbers(&[3, 5, 3]));
    let history = models.0.compile(Adam::new(0.1), MeanSquaredError::new()).fit((&x, &y), fit()).unwrap();
    assert_eq!(history, models.1.compile(Adam::new(0.1), MeanSquaredError::new()).fit((&x, &y), fit()).unwrap());
}

#[test]
fn they_work_at_every_step() {
    let compiled = Steps::new(2);
    let read = Model::from_config_with(Steps::config(), 2, &Steps::custom_objects()).unwrap();
    assert_eq!(compiled.graph(), read.graph());
    assert_eq!(compiled.graph().weights().len(), 4, "those of `each` are shared");
    let mut models = (compiled, read);
    let (clips, still) = (numbers(&[3, 5, 6, 4]), numbers(&[3, 6, 4]));
    let x = StepsInputs { clips: &clips, still: &still };
    let StepsOutputs { cut, one } = models.0.predict(&x).unwrap();
    let first = still.clone().into_shape_with_order((3, 1, 6, 4)).unwrap();
    let by_steps = models.0.predict(&StepsInputs { clips: &first, still: &still }).unwrap();
    assert_eq!((cut.shape(), one.shape()), (&[3, 5, 4, 3][..], &[3, 6, 3][..]));
    assert_eq!(by_steps.one, one);
    let fit = || Fit { epochs: 2, verbose: Verbose::Silent, ..Fit::default() };
    let (cut, one) = (numbers(&[3, 5, 4, 3]), numbers(&[3, 6, 3]));
    let y = StepsOutputs { cut: &cut, one: &one };
    let history = models.0.compile(Adam::new(0.1), MeanSquaredError::new()).fit((&x, &y), fit()).unwrap();
    assert_eq!(history, models.1.compile(Adam::new(0.1), MeanSquaredError::new()).fit((&x, &y), fit()).unwrap());
    assert!(history["loss"][1] < history["loss"][0]);
}

#[test]
fn views_share_them() {
    let model = Mixed::new(6);
    let (left, ..) = data();
    let by_view = Opened::of(&model).predict(&left).unwrap();
    assert_eq!(by_view.shape(), [7, 6, 8]);
    let own = Opened::new(6);
    assert_eq!(own.predict(&left).unwrap(), by_view);
}

#[test]
fn files_hold_them_by_their_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mixed.safetensors");
    let mut model = Mixed::new(8);
    let (_, expected) = train(&mut model);
    model.save(&path).unwrap();
    let (left, right, ..) = data();
    let x = MixedInputs { left: &left, right: &right };
    assert_eq!(Mixed::load(&path).unwrap().predict_all(&x).unwrap(), expected);
    let registered = CustomObjects::new().layer::<CustomDense>().layer::<Gate>().layer::<Products>().layer::<Trim>();
    assert_eq!(Model::load_with(&path, &registered).unwrap().predict_all(&x).unwrap(), expected);
    let archive = folder.path().join("mixed.keras");
    model.save(&archive).unwrap();
    assert_eq!(Mixed::load(&archive).unwrap().predict_all(&x).unwrap(), expected);
    assert_eq!(Model::load_with(&archive, &registered).unwrap().predict_all(&x).unwrap(), expected);
    let mut other = Mixed::new(9);
    other.load_weights(&archive).unwrap();
    assert_eq!(other.predict_all(&x).unwrap(), expected);

    let some = CustomObjects::new().layer::<CustomDense>().layer::<Gate>();
    let refused = [Model::load(&path), Model::load_with(&path, &some), Model::from_config(Mixed::config(), 1)];
    let messages: Vec<String> =
        refused.map(|model| model.unwrap_err().to_string().replace(path.to_str().unwrap(), "file")).into();
    assert_eq!(
        messages.join("\n"),
        "`file`: `mixed/shared` is of class `CustomDense`, a custom layer that was not registered
help: read the model by `from_config_with` or `load_with`, with `CustomObjects::new().layer::<CustomDense>()`
`file`: `mixed/products` is of class `Products`, a custom layer that was not registered
help: read the model by `from_config_with` or `load_with`, with `CustomObjects::new().layer::<Products>()`
`mixed/shared` is of class `CustomDense`, a custom layer that was not registered
help: read the model by `from_config_with` or `load_with`, with `CustomObjects::new().layer::<CustomDense>()`"
    );
    let graph = Mixed::new(1).graph().clone();
    let error = Model::<f32>::new(graph, 1).unwrap_err().to_string();
    assert!(error.starts_with("`CustomDense` is a custom layer that was not registered"), "{error}");
}

#[test]
fn configurations_are_keras_s() {
    let config = Split::config();
    let layer = r#"{"module":null,"class_name":"CustomDense","config":{"name":"still","trainable":false,"dtype":{"module":"keras","class_name":"DTypePolicy","config":{"name":"float32"},"registered_name":null},"units":8},"registered_name":"Custom>CustomDense","build_config":{"input_shape":[null,6]},"name":"still","#;
    assert!(config.contains(layer), "{config}");
    assert!(
        Mixed::config().contains(r#""registered_name":"tests>Products","build_config":{"input_shape":[[null,6,8],[null,5,8]]}"#)
    );
    assert!(Split::from_config(config, 1).is_ok());
    // As Keras writes a class that nobody has registered.
    let unregistered = config.replace("Custom>CustomDense", "CustomDense");
    assert!(Model::from_config_with(&unregistered, 1, &Split::custom_objects()).is_ok());
    let error = Split::from_config(&config.replace("\"units\":8", "\"units\":\"8\""), 1).unwrap_err().to_string();
    assert_eq!(
        error,
        "`split/still` cannot be made: `CustomDense` needs `units` to be a whole number of at least 0, found `\"8\"`
help: write `8`, without quotes"
    );
    let error = Split::from_config(&config.replace("Custom>CustomDense", "theirs>CustomDense"), 1).unwrap_err().to_string();
    assert_eq!(
        error,
        "`split/still` is saved as `theirs>CustomDense`, and that was not registered
help: `Custom>CustomDense` was: write `#[layer(package = \"theirs\", ..)]` if they are one"
    );
    let error = Split::from_config(&config.replace("CustomDense", "CustomDens"), 1).unwrap_err().to_string();
    assert!(error.ends_with("help: did you mean `CustomDense`? that is registered"), "{error}");
}

/// A layer that does something else than its rule says.
#[layer(shape = "[n], [m] -> [n]", weights(w("[n]", "ones")))]
#[derive(Clone, Debug)]
struct Faulty {
    /// Where it does so.
    place: String,
}

impl Faulty {
    fn size(&self, place: &str, size: usize) -> usize {
        size + usize::from(self.place == place)
    }
}

impl<T: Float> CustomLayer<T> for Faulty {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        Array2::zeros((call.batch, self.size("output", call.weights.w.len())))
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        let (n, m) = (call.inputs.0.dim().1, call.inputs.1.dim().1);
        Gradients {
            inputs: (Array2::zeros((call.batch, n)), Array2::zeros((call.batch, self.size("input", m)))),
            weights: FaultyWeights { w: ndarray::Array1::zeros(self.size("weight", n)) },
        }
    }
}

functional_model! {
    model OfOutput(a: [3], b: [4]) { Faulty("output", name = "faulty")([a, b]) }
    model OfInput(a: [3], b: [4]) { Faulty("input")([Dense(3)(a), Dense(4)(b)]) }
    model OfWeight(a: [3], b: [4]) { block(a, b) }
    fn block(a, b) { Faulty("weight")([a, b]) }
    model Outer(a: [3], b: [4]) { OfOutput(name = "inner")(a, b) }
}

/// What training, judging and predicting say.
fn said<N: Trainable>(model: &mut N) -> [String; 3] {
    let (a, b, y) = (numbers(&[2, 3]), numbers(&[2, 4]), numbers(&[2, 3]));
    let x = [("a", (&a).into()), ("b", (&b).into())];
    let text = |result: Result<()>| result.map_or_else(|error| error.to_string(), |()| "nothing".to_owned());
    let predicted = text(model.predict(x.clone()).map(drop));
    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new());
    let fit = || Fit { verbose: Verbose::Silent, ..Fit::default() };
    let fitted = text(trainer.fit((x.clone(), &y), fit()).map(drop));
    [predicted, fitted, text(trainer.evaluate((x, &y)).map(drop))]
}

fn check_said<N: Trainable>(mut compiled: N, graph: &Graph, place: [&str; 2], expected: [&str; 3]) {
    let objects = CustomObjects::new().layer::<Faulty>();
    let mut read = Model::with_custom_objects(graph.clone(), 1, &objects).unwrap();
    let [named, read_named] = place;
    assert_eq!(said(&mut compiled), expected.map(|text| text.replace("NAME", named)));
    assert_eq!(said(&mut read), expected.map(|text| text.replace("NAME", read_named)));
}

const OUTPUT: &str = "`NAME`, a layer `Faulty(\"output\")`, returned an output of shape [2, 4] from `forward`: its shape rule `[n], [m] -> [n]` \
                      says [2, 3], the batch first\nhelp: mend `forward`, or the rule in `#[layer(shape = \"..\")]`";

#[test]
fn layers_that_break_their_word_are_errors() {
    let graph = |model: &dyn Fn() -> Graph| model();
    let of_output = graph(&|| OfOutput::new(1).graph().clone());
    check_said(OfOutput::new(1), &of_output, ["faulty", "faulty"], [OUTPUT; 3]);
    let outer = graph(&|| Outer::new(1).graph().clone());
    check_said(Outer::new(1), &outer, ["inner/faulty", "inner/faulty"], [OUTPUT; 3]);
    let backward = |what: &str, found: &str, expected: &str, place: &str| {
        format!(
            "`NAME`, a layer `Faulty(\"{place}\")`, returned a gradient of its {what} of shape {found} from `backward`: its shape rule \
             `[n], [m] -> [n]` says {expected}, the batch first\nhelp: mend `backward`, or the rule in `#[layer(shape = \"..\")]`"
        )
    };
    let of_input = graph(&|| OfInput::new(1).graph().clone());
    let message = backward("input 2", "[2, 5]", "[2, 4]", "input");
    check_said(OfInput::new(1), &of_input, ["faulty", "faulty"], ["nothing", &message, "nothing"]);
    let of_weight = graph(&|| OfWeight::new(1).graph().clone());
    let message = backward("weight `w`", "[4]", "[3]", "weight");
    check_said(OfWeight::new(1), &of_weight, ["block/faulty", "faulty"], ["nothing", &message, "nothing"]);
}

#[test]
fn typed_passes_tell_it_too() {
    use functional_model::tensor::Tensor;
    let model = OfOutput::new(1);
    let (a, b) = (Tensor::from_slice(&[1.0; 6]), Tensor::from_slice(&[1.0; 8]));
    let mut pass = Pass::new(&model, 1);
    assert_eq!(model.forward(&mut pass, &a, &b).unwrap_err().to_string(), OUTPUT.replace("NAME", "faulty"));
    let model = OfWeight::new(1);
    let mut pass = Pass::new(&model, 1);
    let output = model.forward(&mut pass, &a, &b).unwrap();
    let error = model.backward(&mut pass, &output).unwrap_err().to_string();
    assert!(error.contains("a gradient of its weight `w` of shape [4]"), "{error}");
}
