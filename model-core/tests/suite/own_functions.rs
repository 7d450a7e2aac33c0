//! Losses, metrics, penalties, constraints and starts of one's own: beside those of the library that are the same mathematics, in files, and
//! where they do not do what they are asked for.

use crate::common::{bits, largest, model, two_by_two};
use model_core::custom::{
    ConstraintObject, CustomObjects, InitializerObject, LossObject, MetricObject, Object, RegularizerObject, object,
};
use model_core::interpret::Model;
use model_core::losses::{
    BinaryCrossentropy, CategoricalCrossentropy, Huber, KLDivergence, Loss, Losses, MeanAbsoluteError, MeanSquaredError,
    SparseCategoricalCrossentropy,
};
use model_core::metrics::{Accuracy, Metric, MetricState, Precision, Recall};
use model_core::network::{Network, Trainable};
use model_core::optimizers::{Adam, IntoOptimizer, SGD};
use model_core::pass::Pass;
use model_core::training::{Fit, Train, Trainer, Verbose};
use model_core::variable::{Tape, Var, ops};
use model_core::{Error, Result};
use ndarray::{Array1, Array2, ArrayViewMutD, array};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

fn quiet(epochs: usize) -> Fit<'static> {
    Fit { epochs, verbose: Verbose::Silent, ..Fit::default() }
}

fn own_squares() -> Loss {
    Loss::own("squares", |truth, output| (output - truth).square()?.mean(-1))
}

fn own_sparse() -> Loss {
    Loss::own_of_labels("sparse", |labels, output| {
        (-(ops::one_hot(labels, output.shape()[1], -1)? * output.log_softmax(-1)?)).sum(-1)
    })
}

fn dense(sizes: &[usize]) -> Model {
    crate::common::dense(sizes, "linear")
}

/// The weights after some epochs.
fn trained(loss: Loss, y: &Array1<i32>) -> Vec<f32> {
    let (x, _) = largest(90, 4);
    let mut model = dense(&[4, 6, 4]);
    let targets = Array2::from_shape_fn((90, 4), |(sample, class)| f32::from(y[sample] == class as i32));
    let labels = loss.class() == "SparseCategoricalCrossentropy" || loss.class() == "sparse";
    let mut trainer = model.compile(Adam::new(0.01), loss);
    if labels { trainer.fit((&x, y), quiet(4)) } else { trainer.fit((&x, &targets), quiet(4)) }.unwrap();
    bits(&model).into_iter().map(f32::from_bits).collect()
}

#[test]
fn training_by_a_loss_of_one_s_own_is_that_by_the_library_s() {
    let (_, y) = largest(90, 4);
    for (own, built_in) in [
        (own_squares(), MeanSquaredError.into()),
        (own_sparse(), SparseCategoricalCrossentropy::from_logits().into()),
        (Loss::own("huber", |truth, output| (output - truth).abs()?.minimum(1.0)?.sum(-1)), Huber::new().into()),
    ] {
        let (is_same, own) = (own.class() != "huber", trained(own, &y));
        let apart = own.iter().zip(trained(built_in, &y)).map(|(a, b): (&f32, f32)| (a - b).abs()).fold(0.0, f32::max);
        assert_eq!(apart < 1e-6, is_same, "{apart}");
    }
}

/// Of every loss, with masks and without, beside small differences.
#[test]
fn gradients_of_losses_are_what_small_differences_say() {
    let output = array![[[0.2_f32, 0.7, 0.1], [0.3, 0.3, 0.4]], [[0.6, 0.25, 0.15], [0.2, 0.2, 0.6]]];
    let target = array![[[0.0, 1.0, 0.0], [0.5, 0.25, 0.25]], [[3.0, 0.0, 0.0], [0.0, 0.0, 1.0]]];
    let labels = array![[1, 0], [0, 2]];
    let mask = array![[true, false], [true, true]];
    let losses: [Loss; 9] = [
        MeanAbsoluteError.into(),
        Huber::new().delta(0.5).into(),
        KLDivergence::new().into(),
        CategoricalCrossentropy::from_logits().into(),
        BinaryCrossentropy::from_logits().into(),
        MeanSquaredError.into(),
        Loss::own("cubes", |truth, output| (output - truth).abs()?.power(3.0)),
        Loss::own("by_step", |truth, output| (output - truth).square()?.sum(-1)),
        Loss::own_of_labels("nll", |labels, output| (-(ops::one_hot(labels, 3, -1)? * output.log()?)).sum(-1)),
    ];
    for loss in losses {
        let are_labels = loss.class() == "nll";
        for masked in [false, true] {
            let value = |output: &ndarray::Array3<f32>| match (are_labels, masked) {
                (true, true) => loss.masked_gradient(output, &labels, &mask).unwrap(),
                (true, false) => loss.gradient(output, &labels).unwrap(),
                (false, true) => loss.masked_gradient(output, &target, &mask).unwrap(),
                (false, false) => loss.gradient(output, &target).unwrap(),
            };
            let (_, gradient) = value(&output);
            for (place, &slope) in gradient.indexed_iter() {
                let moved = |by: f32| {
                    let mut moved = output.clone();
                    moved[place] += by;
                    value(&moved).0
                };
                let difference = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                let name = loss.class();
                assert!((difference - f64::from(slope)).abs() < 2e-3, "{name} at {place:?}: {slope} for {difference}");
            }
        }
    }
}

/// Numbers of `keras.losses.Huber(0.5)`, whose configuration loses `delta`.
#[test]
fn the_point_of_huber_is_where_it_is_said() {
    let loss = Huber::new().delta(0.5).value(&array![[0.6_f32, 0.4], [1.4, 0.6]], array![[0.0, 1.0], [0.0, 0.0]]).unwrap();
    assert!((loss - 0.275).abs() < 1e-6, "{loss}");
}

#[test]
fn a_loss_of_one_s_own_is_of_an_output_with_a_weight() {
    let (x, kind) = largest(60, 3);
    let (right, size) = (Array2::<f32>::ones((60, 2)), Array1::<f32>::linspace(-1.0, 1.0, 60));
    let run = |losses: Losses| {
        let mut model = two_by_two();
        let mut trainer = model.compile(SGD::new(0.05), losses).metric_of("kind", Accuracy);
        let history = trainer.fit(((&x, &right), (&kind, &size)), quiet(2)).unwrap();
        history["loss"][1]
    };
    let own = Losses::new().output("kind", own_sparse()).output("size", (own_squares(), 0.3));
    let sparse = SparseCategoricalCrossentropy::from_logits();
    let built_in = Losses::new().output("kind", sparse).output("size", (MeanSquaredError, 0.3));
    assert!((run(own) - run(built_in)).abs() < 1e-6);
}

#[test]
fn losses_are_called_on_variables() -> Result<()> {
    let tape = Tape::new();
    let x = tape.variable(&array![[1.0_f32, 3.0]])?;
    let loss = own_squares().call(&(&x * 2.0), array![[0.0, 0.0]])?;
    assert_eq!(loss.item()?, 20.0);
    assert_eq!(loss.backward()?.of(&x)?, array![[4.0, 12.0]].into_dyn());
    Ok(())
}

/// The largest error of an epoch.
#[derive(Default)]
struct Largest(f64);

impl MetricState for Largest {
    fn update(&mut self, truth: &Var, output: &Var, mask: Option<&Var>) -> Result<()> {
        assert!(mask.is_none());
        self.0 = self.0.max((output - truth).abs()?.max(..)?.item()?.into());
        Ok(())
    }

    fn result(&self) -> f64 {
        self.0
    }
}

#[test]
fn metrics_of_one_s_own_are_reported() -> Result<()> {
    let (x, y) = (Array2::<f32>::ones((50, 3)), Array2::<f32>::zeros((50, 2)));
    let mut model = dense(&[3, 2]);
    let own = Metric::own("own_error", |truth, output| (output - truth).abs()?.mean(-1));
    let mut trainer = model
        .compile(SGD::new(0.0), MeanSquaredError)
        .metric(MeanAbsoluteError)
        .metric(own)
        .metric(Metric::with_state("largest", Largest::default))
        .metric(Recall::new().thresholds([0.25, 0.5]));
    let history = trainer.fit((&x, &y), quiet(2))?;
    assert_eq!(history.names(), ["largest", "loss", "mean_absolute_error", "own_error", "recall[0]", "recall[1]"]);
    assert!((history["own_error"][1] - history["mean_absolute_error"][1]).abs() < 1e-6);
    let scores = trainer.evaluate((&x.slice(ndarray::s![..1, ..]), &y.slice(ndarray::s![..1, ..])))?;
    assert!((scores["largest"] - history["largest"][0]).abs() < 1e-6, "all samples are alike");
    Ok(())
}

/// A penalty, a constraint, a start, a loss and a metric with a field of each.
#[derive(Serialize, Deserialize)]
struct Scaled {
    by: f64,
}

impl Object for Scaled {
    const CLASS: &'static str = "mine>Scaled";
}

impl RegularizerObject for Scaled {
    fn penalty(&self, weight: &Var<f64>) -> Result<Var<f64>> {
        Ok(weight.square()?.sum(..)? * self.by)
    }
}

impl ConstraintObject for Scaled {
    fn constrain(&self, weight: &Var<f64>) -> Result<Var<f64>> {
        Ok(weight * self.by)
    }
}

impl InitializerObject for Scaled {
    fn fill(&self, mut weight: ArrayViewMutD<'_, f64>, _seed: u64) {
        weight.fill(self.by);
    }
}

impl LossObject for Scaled {
    fn values(&self, truth: &Var, output: &Var) -> Result<Var> {
        ((output - truth) * self.by).square()?.mean(-1)
    }
}

impl MetricObject for Scaled {
    type State = Largest;

    fn start(&self) -> Largest {
        Largest(self.by)
    }
}

fn classes() -> CustomObjects {
    let classes = CustomObjects::new().regularizer_class::<Scaled>().constraint_class::<Scaled>().initializer_class::<Scaled>();
    classes.loss_class::<Scaled>().metric_class::<Scaled>()
}

/// What Keras writes of objects of registered classes is read with its fields, and written again.
#[test]
fn objects_of_one_s_own_keep_their_fields() -> Result<()> {
    let written = |by: f64| object(&Scaled { by });
    let keras = r#"{"module": null, "class_name": "Scaled", "config": {"by": 0.5}, "registered_name": "mine>Scaled"}"#;
    assert_eq!(written(0.5), serde_json::from_str::<Value>(keras).unwrap());
    let document = kept(&written(0.5), &written(1.0), &written(0.25)).to_string();
    let mut model = Model::from_config_with(&document, 1, &classes())?;
    assert_eq!((model.weight("line/kernel").unwrap().data[7], model.penalty()?), (0.25, 0.5 * 12.0 / 16.0));
    assert_eq!(Model::from_config_with(&model.config(), 1, &classes())?.penalty()?, 0.375);

    let (x, y) = (Array2::<f32>::ones((8, 4)), Array2::<f32>::zeros((8, 3)));
    let loss = Loss::object(Scaled { by: 2.0 }).name("twice");
    let mut trainer = model.compile(SGD::new(0.1), loss).metric(Metric::object("largest", Scaled { by: 9.0 }));
    assert_eq!(trainer.evaluate((&x, &y))?["largest"], 9.0);
    let scores = trainer.evaluate((&x, &y))?;
    assert_eq!(scores.loss(), 4.0 + 0.375);
    let (folder, _) = (tempfile::tempdir().unwrap(), trainer.train_on_batch(&x, &y)?);
    let path = folder.path().join("scaled.safetensors");
    trainer.save(&path)?;
    let expected = trainer.evaluate((&x, &y))?;
    let mut read = Model::load_with(&path, &classes())?;
    assert_eq!(read.resume_with(&path, &classes())?.evaluate((&x, &y))?, expected);
    Ok(())
}

#[test]
fn what_an_object_lacks_is_told() {
    let none = Value::Null;
    let read = |document: Value, known: &CustomObjects| {
        Model::from_config_with(&document.to_string(), 1, known).unwrap_err().to_string()
    };
    let error = read(kept(&object(&Scaled { by: 0.5 }), &none, &json!("zeros")), &CustomObjects::new());
    assert!(error.contains("`CustomObjects::new().regularizer_class::<Scaled>()`"), "{error}");
    let other = json!({ "module": null, "class_name": "Scaled", "config": { "of": 1 }, "registered_name": "mine>Scaled" });
    let error = read(kept(&none, &other, &json!("zeros")), &classes());
    assert!(error.contains("the constraint `mine>Scaled` cannot be made of its configuration: missing field `by`"), "{error}");
    let written = Loss::object(Scaled { by: 2.0 }).to_keras();
    let error = Loss::from_keras(&written).unwrap_err().to_string();
    assert!(error.contains("`CustomObjects::new().loss_class::<Scaled>()`"), "{error}");
    let error = Loss::from_keras_with(&other, &classes()).unwrap_err().to_string();
    assert!(error.contains("the loss `mine>Scaled` cannot be made of its configuration: missing field `by`"), "{error}");
}

/// A model whose kernel has a penalty, a constraint and a start of these.
fn kept(regularizer: &Value, constraint: &Value, initializer: &Value) -> Value {
    let dense = json!({ "name": "line", "units": 3, "kernel_regularizer": regularizer, "kernel_constraint": constraint,
        "kernel_initializer": initializer });
    json!({ "class_name": "Sequential", "config": { "name": "kept", "layers": [
        { "class_name": "InputLayer", "config": { "batch_shape": [null, 4], "name": "x" } },
        { "class_name": "Dense", "config": dense }] } })
}

fn function(name: &str) -> Value {
    json!({ "module": "builtins", "class_name": "function", "config": name, "registered_name": "function" })
}

fn own_document() -> Value {
    kept(&function("decay"), &function("above_zero"), &function("waves"))
}

fn waves(mut weight: ArrayViewMutD<'_, f64>, _seed: u64) {
    weight.iter_mut().enumerate().for_each(|(place, number)| *number = (place as f64).sin());
}

fn registered() -> CustomObjects {
    CustomObjects::new()
        .regularizer("decay", |weight| Ok(weight.square()?.sum(..)? * 0.05))
        .constraint("above_zero", |weight| weight.relu())
        .initializer("waves", waves)
        .loss(own_squares())
        .metric(Metric::own("own_error", |truth, output| (output - truth).abs()?.mean(-1)))
        .metric(Metric::with_state("largest", Largest::default))
}

fn read(document: &Value) -> Model {
    Model::from_config_with(&document.to_string(), 42, &registered()).unwrap()
}

/// A way to take steps.
type Way<'w> = &'w dyn Fn(&mut Model) -> Result<()>;

/// Every way to take steps.
#[test]
fn weights_are_kept_as_by_the_library() -> Result<()> {
    let (x, _) = largest(40, 4);
    let y = Array2::<f32>::from_elem((40, 3), -0.2);
    let built_in = || {
        let l2 = json!({ "class_name": "L2", "config": { "l2": 0.05 } });
        let mut other = model(&kept(&l2, &json!("non_neg"), &json!("zeros")));
        let mut starts = Vec::new();
        read(&own_document()).visit(&mut |weight, _| starts.push(weight.data.clone()));
        let mut starts = starts.into_iter();
        other.visit_mut(&mut |weight| weight.data = starts.next().unwrap());
        other
    };
    let by_fit = |model: &mut Model| model.compile(Adam::new(0.05), MeanSquaredError).fit((&x, &y), quiet(3)).map(drop);
    let by_hand = |model: &mut Model| {
        let (mut pass, mut optimizer) = (Pass::new(model, 1), Adam::new(0.05).build(model)?);
        for _ in 0..5 {
            let output = pass.forward(model, &x)?.remove(0).1;
            pass.backward(model, &MeanSquaredError.gradient(&output, &y)?.1)?;
            optimizer.apply(model, &mut pass)?;
        }
        Ok(())
    };
    let on_a_tape = |model: &mut Model| {
        use model_core::variable::Callable;
        let mut optimizer = Adam::new(0.05).build(model)?;
        for _ in 0..5 {
            let tape = Tape::training(1);
            let gradients = MeanSquaredError.call(&model.call(&tape.constant(&x)?)?, &y)?.backward()?;
            optimizer.apply(model, &gradients)?;
        }
        Ok(())
    };
    let ways: [Way<'_>; 3] = [&by_fit, &by_hand, &on_a_tape];
    for way in ways {
        let (mut own, mut other) = (read(&own_document()), built_in());
        assert!((own.penalty()? - other.penalty()?).abs() < 1e-6 && own.penalty()? > 0.1);
        way(&mut own)?;
        way(&mut other)?;
        let numbers = |model: &Model| bits(model).into_iter().map(f32::from_bits).collect::<Vec<_>>();
        let kernel = own.weight("line/kernel").unwrap().data.to_vec();
        assert!(kernel.iter().all(|&element| element >= 0.0) && kernel.contains(&0.0));
        let apart = numbers(&own).iter().zip(numbers(&other)).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 1e-6, "{apart}");
    }
    Ok(())
}

#[test]
fn starts_are_the_same_in_both_precisions() {
    let single = read(&own_document());
    let objects = CustomObjects::<f64>::new()
        .regularizer("decay", |weight| weight.sum(..))
        .constraint("above_zero", |weight| weight.relu())
        .initializer("waves", waves);
    let graph = model_graph::config::from_json(&own_document().to_string()).unwrap();
    let double = Model::<f64>::with_custom_objects(graph, 42, &objects).unwrap();
    let kernel = double.weight("line/kernel").unwrap();
    assert_eq!(kernel.data[1], 1.0_f64.sin());
    assert!(single.weight("line/kernel").unwrap().data.iter().zip(kernel.data.iter()).all(|(a, b)| *a == *b as f32));
}

#[test]
fn training_is_resumed_with_what_is_registered() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let (half, whole) = (folder.path().join("half"), folder.path().join("whole"));
    let (x, _) = largest(40, 4);
    let y = Array2::<f32>::from_elem((40, 3), 0.3);
    fn compile(model: &mut Model) -> Trainer<'_, Model> {
        let own = Metric::own("own_error", |truth, output| (output - truth).abs()?.mean(-1));
        let trainer = model.compile(Adam::new(0.01), own_squares()).metric(own);
        trainer.metric(Metric::with_state("largest", Largest::default)).metric(Precision::new().threshold(0.4))
    }
    let mut model = read(&own_document());
    let mut trainer = compile(&mut model);
    trainer.fit((&x, &y), quiet(4).seed(3))?;
    trainer.save(&whole)?;

    let mut first = read(&own_document());
    let mut trainer = compile(&mut first);
    trainer.fit((&x, &y), quiet(2).seed(3))?;
    trainer.save(&half)?;
    let mut second = Model::load_with(&half, &registered())?;
    second.resume_with(&half, &registered())?.fit((&x, &y), quiet(2))?;
    assert_eq!(bits(&second), bits(&model));

    let missing = |error: Error| error.to_string();
    let found = missing(Model::load(&half).unwrap_err());
    assert!(found.contains("the regularizer `decay` is none of this library's, and it was not registered"), "{found}");
    assert!(found.contains("help: write `CustomObjects::new().regularizer(\"decay\", decay)`"), "{found}");
    let found = missing(second.resume(&half).err().unwrap());
    assert!(
        found.contains("the loss `squares`") && found.contains("CustomObjects::new().loss(Loss::own(\"squares\", ..))"),
        "{found}"
    );
    let found = missing(second.resume_with(&half, &CustomObjects::new().loss(own_squares())).err().unwrap());
    assert!(found.contains("the metric `own_error`"), "{found}");
    Ok(())
}

/// What Keras writes of functions and classes that are registered in Python.
#[test]
fn files_of_keras_s_name_what_is_registered() {
    let objects = registered();
    assert_eq!(Loss::from_keras_with(&function("squares"), &objects).unwrap().class(), "squares");
    assert_eq!(Loss::from_keras_with(&function("Custom>squares"), &objects).unwrap().class(), "squares");
    assert!(Loss::from_keras_with(&function("mine>squares"), &objects).is_err());
    assert_eq!(Loss::from_keras_with(&function("mean_squared_error"), &objects).unwrap(), MeanSquaredError.into());
    let class = json!({ "module": null, "class_name": "largest", "config": { "name": "largest", "dtype": "float32" },
        "registered_name": "Custom>largest" });
    let metric = Metric::from_keras_with(&class, &objects).unwrap();
    assert_eq!((metric.name(), metric.to_keras()), ("largest", class));
    assert_eq!(own_squares().to_keras(), function("squares"));
}

fn check_refused(loss: Loss, expected: &str) {
    let (x, y) = (Array2::<f32>::ones((8, 4)), Array2::<f32>::zeros((8, 3)));
    let mut model = read(&own_document());
    let before = bits(&model);
    let mut trainer = model.compile(SGD::new(0.1), loss);
    let error = trainer.fit((&x, &y), quiet(1)).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}");
    assert!(trainer.train_on_batch(&x, &y).is_err(), "as before");
    assert_eq!(bits(&model), before);
}

#[test]
fn losses_that_break_their_word_are_refused() {
    let wrong = Loss::own("wrong", |truth, output| (output - truth).mean([0]));
    check_refused(
        wrong,
        "`wrong` gives the wrong shape: expected [8, 3], or the first axes of it, found [3]\nhelp: give a number",
    );
    check_refused(Loss::own("failing", |truth, output| output.matmul(truth)), "ops::matmul");
    check_refused(
        Loss::own("nan", |_, output| (output * 0.0 - 1.0).log()?.mean(-1)),
        "found the loss infinite, NaN or too large",
    );
    let steep = Loss::own("steep", |_, output| (output - output.detach() + 1e-30).power(0.25)?.mean(-1));
    check_refused(steep, "the gradient of `line/kernel`");
    let error = Loss::own("flat", |_, output| output.mean(..));
    let masked = error.masked_value(&array![[1.0_f32], [2.0]], array![[1.0], [2.0]], array![true, false]).unwrap_err();
    assert!(masked.to_string().contains("`flat` gives the wrong shape"), "{masked}");
    assert_eq!(error.value(&array![[1.0_f32], [2.0]], array![[1.0], [2.0]]).unwrap(), 1.5);
}

#[test]
fn functions_of_weights_that_break_their_word_change_nothing() {
    let (x, y) = (Array2::<f32>::ones((8, 4)), Array2::<f32>::zeros((8, 3)));
    let check = |objects: CustomObjects, expected: &str| {
        let mut model = Model::from_config_with(&own_document().to_string(), 42, &registered().and(objects)).unwrap();
        let before = bits(&model);
        let error = model.compile(Adam::new(0.1), MeanSquaredError).fit((&x, &y), quiet(1)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert_eq!(bits(&model), before);
    };
    let new = CustomObjects::new;
    check(
        new().regularizer("decay", |weight| weight.square()),
        "`decay` gives the wrong shape: expected a single number, found [4, 3]",
    );
    check(new().regularizer("decay", |weight| (weight.sum(..)? * 0.0 - 1.0).log()), "the loss infinite");
    check(
        new().constraint("above_zero", |weight| weight.sum(0)),
        "`above_zero` gives the wrong shape: expected [4, 3], found [3]",
    );
    check(new().constraint("above_zero", |weight| (weight * 0.0 - 1.0).log()), "`line/kernel` infinite, NaN or too large");
}

#[test]
fn a_panic_in_a_function_leaves_model_and_threads_whole() {
    let (x, y) = (Array2::<f32>::ones((8, 4)), Array2::<f32>::zeros((8, 3)));
    let panicking: [(Loss, CustomObjects); 3] = [
        (Loss::own("panicking", |_, _| panic!("as intended")), CustomObjects::new()),
        (own_squares(), CustomObjects::new().regularizer("decay", |_| panic!("as intended"))),
        (own_squares(), CustomObjects::new().constraint("above_zero", |_| panic!("as intended"))),
    ];
    for (loss, objects) in panicking {
        let mut model = Model::from_config_with(&own_document().to_string(), 42, &registered().and(objects)).unwrap();
        let before = bits(&model);
        let mut trainer = model.compile(SGD::new(0.1), loss);
        let step = std::panic::AssertUnwindSafe(|| trainer.train_on_batch(&x, &y).map(drop));
        assert!(std::panic::catch_unwind(step).is_err());
        assert_eq!(bits(&model), before);
        let mut whole = read(&own_document());
        whole.compile(SGD::new(0.1), own_squares()).fit((&x, &y), quiet(1)).unwrap();
        assert_ne!(bits(&whole), before);
    }
}
