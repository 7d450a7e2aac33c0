//! Whole models of one's own: structs of layers and models, trained, saved, frozen and shown as any other model.

use crate::weights::weights;
use functional_model::layers::{BatchNormalization, Dense, Dropout};
use functional_model::prelude::*;
use functional_model::variable::ops;
use ndarray::{Array1, Array2, array};

functional_model! {
    /// Encodes.
    pub model Encoder(x: [4]) -> [3] {
        let x = Dense(5, activation = "tanh")(x);
        let x = BatchNormalization()(x);
        Dense(3)(x)
    }

    /// The same network as `Net`, in the macro.
    pub model Same(x: [4]) -> [1] {
        let x = Encoder()(x);
        let x = Dense(6, activation = "relu")(x);
        Dense(1)(x * x)
    }
}

/// A model, layers in a list, and what holds no weights.
#[derive(Clone, Module)]
struct Net {
    encoder: Encoder,
    layers: Vec<Layer<Dense>>,
    power: usize,
    #[module(skip)]
    _name: std::rc::Rc<str>,
}

impl Callable for Net {
    fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {
        let [x] = inputs.take()?;
        let x = self.layers[0].call(&self.encoder.call(&x)?)?;
        Ok(vec![self.layers[1].call(&(&x * &x))?])
    }
}

fn net(seed: u64) -> Result<OwnModel<Net>> {
    let layers = vec![Dense::new(6).activation("relu").build(&[3], seed)?, Dense::new(1).build(&[6], seed + 1)?];
    let net = Net { encoder: Encoder::new(seed), layers, power: 2, _name: "net".into() };
    OwnModel::with_inputs(net, Input::new([4]))
}

fn data() -> (Array2<f32>, Array1<f32>) {
    let x = Array2::from_shape_fn((48, 4), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 11.0 - 0.5);
    let y = x.map_axis(ndarray::Axis(1), |x| x[0] * x[1] + x[2] - x[3]);
    (x, y)
}

fn paths<N: Network<f32>>(model: &N) -> Vec<String> {
    model.graph().weights().into_iter().map(|(path, _)| path).collect()
}

#[test]
fn weights_go_by_the_names_of_the_fields() -> Result<()> {
    let model = net(1)?;
    assert_eq!(model.power, 2);
    let expected = [
        "encoder/dense/kernel",
        "encoder/dense/bias",
        "encoder/batch_normalization/gamma",
        "encoder/batch_normalization/beta",
        "encoder/batch_normalization/moving_mean",
        "encoder/batch_normalization/moving_variance",
        "encoder/dense_1/kernel",
        "encoder/dense_1/bias",
        "layers/0/kernel",
        "layers/0/bias",
        "layers/1/kernel",
        "layers/1/bias",
    ];
    assert_eq!(paths(&model), expected);
    assert_eq!(model.weight("layers/1/kernel").unwrap().view(), model.layers[1].kernel().view().into_dyn());
    assert!(model.weight("layers/2/kernel").is_none());
    Ok(())
}

/// The same network, from the macro and as a struct, with the same weights: the same history, predictions and weights after training.
#[test]
fn it_trains_to_the_same_bits_as_the_same_network_of_the_macro() -> Result<()> {
    let (x, y) = data();
    let mut own = net(1)?;
    let mut same = Same::new(5);
    let mut start = weights(&own).into_iter();
    same.visit_mut(&mut |weight| weight.data.copy_from_slice(&start.next().unwrap()));
    let fit = || Fit::epochs(3).batch_size(16).validation_split(0.25).verbose(Verbose::Silent).seed(3);
    let history = |trainer: Result<functional_model::training::History>| trainer.map(|history| format!("{history:?}"));
    let by_macro =
        history(same.compile(Adam::new(1e-2), MeanSquaredError::new()).metric(MeanAbsoluteError).fit((&x, &y), fit()))?;
    let by_hand = history(own.compile(Adam::new(1e-2), MeanSquaredError::new()).metric(MeanAbsoluteError).fit((&x, &y), fit()))?;
    assert_eq!(by_macro, by_hand);
    assert_eq!(weights(&own), weights(&same));
    assert_eq!(own.predict(&x)?, same.predict(&x)?);
    Ok(())
}

#[test]
fn it_is_saved_loaded_and_resumed() -> Result<()> {
    let (folder, (x, y)) = (tempfile::tempdir().unwrap(), data());
    let path = folder.path().join("net.safetensors");
    let fit = || Fit::epochs(2).batch_size(16).verbose(Verbose::Silent);
    let mut model = net(1)?;
    let mut trainer = model.compile(Adam::new(1e-2), MeanSquaredError::new());
    trainer.fit((&x, &y), fit())?;
    trainer.save(&path)?;
    trainer.fit((&x, &y), fit())?;

    let mut other = net(2)?;
    other.resume(&path)?.fit((&x, &y), fit())?;
    assert_eq!(weights(&other), weights(&model));
    let mut loaded = net(3)?;
    loaded.load_weights(&path)?;
    assert_ne!(weights(&loaded), weights(&model));

    let error = Model::load(&path).unwrap_err().to_string();
    assert!(error.contains("`Net`, whose code is not in the file"), "{error}");
    let error = Same::load(&path).unwrap_err().to_string();
    assert!(error.contains("the file is another model's"), "{error}");
    Ok(())
}

#[test]
fn it_is_summed_up_and_frozen() -> Result<()> {
    let mut model = net(1)?;
    let summary = model.summary();
    for row in ["Model: \"net\"", " 63 ", "Total params: 94", "Trainable params: 84"] {
        assert!(summary.contains(row), "{row}\n{summary}");
    }
    for (layer, shape) in
        [("encoder (Functional)", "(None, 3)"), ("layers/0 (Dense)", "(None, 6)"), ("layers/1 (Dense)", "(None, 1)")]
    {
        assert!(summary.lines().any(|row| row.contains(layer) && row.contains(shape)), "{layer}\n{summary}");
    }
    model.set_trainable(false);
    assert!(model.summary().contains("Trainable params: 0"), "{}", model.summary());
    let (x, y) = data();
    let error = model.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&x, &y), Fit::epochs(1)).unwrap_err();
    assert!(error.to_string().contains("train"), "{error}");
    model.encoder.set_trainable(true);
    let before = weights(&model);
    model.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&x, &y), Fit::epochs(1).verbose(Verbose::Silent))?;
    let moved: Vec<bool> = before.iter().zip(weights(&model)).map(|(before, now)| *before != now).collect();
    assert_eq!((moved[..8].contains(&false), moved[8..].contains(&true)), (false, false), "{moved:?}");
    Ok(())
}

/// What takes no arrays: its steps are written by hand, with one optimiser, one file and one name for each weight.
#[test]
fn one_optimiser_takes_the_steps_of_a_struct_that_takes_no_arrays() -> Result<()> {
    /// A chain as long as the program says.
    #[derive(Module)]
    struct Chain {
        cell: Layer<Dense>,
        unused: Option<Layer<Dense>>,
        verdict: Lazy<Dense>,
    }

    impl Chain {
        fn call(&self, tape: &Tape, length: usize) -> Result<Var> {
            let mut state = tape.constant(&array![[1.0_f32, 0.5]])?;
            for _ in 0..length {
                state = self.cell.call(&state)?;
            }
            self.verdict.call(&state)
        }
    }

    let chain =
        Chain { cell: Dense::new(2).activation("tanh").build(&[2], 1)?, unused: None, verdict: Lazy::new(Dense::new(1), 2) };
    let waiting = OwnModel::new(chain).unwrap_err().to_string();
    assert!(waiting.starts_with("`verdict` has no weights before its first call"), "{waiting}");
    let chain =
        Chain { cell: Dense::new(2).activation("tanh").build(&[2], 1)?, unused: None, verdict: Lazy::new(Dense::new(1), 2) };
    chain.call(&Tape::new(), 1)?;
    let mut chain = OwnModel::new(chain)?;
    assert_eq!(paths(&chain), ["cell/kernel", "cell/bias", "verdict/kernel", "verdict/bias"]);
    let mut optimizer = Adam::new(0.05).build(&chain)?;
    let mut losses = Vec::new();
    for step in 0..60 {
        let tape = Tape::training(step);
        let length = 1 + step as usize % 4;
        let loss = ops::mean(&ops::square(&(chain.call(&tape, length)? - 0.7))?, ..)?;
        losses.push(loss.item()?);
        optimizer.apply(&mut chain, &loss.backward()?)?;
    }
    assert!(losses[59] < 0.1 * losses[0], "{losses:?}");

    let (x, y) = data();
    let error = chain.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&x, &y), Fit::epochs(1)).unwrap_err();
    assert!(error.to_string().starts_with("`Chain` does not say what it computes of arrays"), "{error}");
    let error = chain.predict(&x).unwrap_err();
    assert!(error.to_string().starts_with("`Chain` does not say what it computes of arrays"), "{error}");
    Ok(())
}

#[test]
fn faults_of_calls_say_what_is_wrong() -> Result<()> {
    /// Forgets the samples.
    #[derive(Clone, Module)]
    struct Mean(Layer<Dense>, Layer<Dropout>);

    impl Callable for Mean {
        fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {
            let [x] = inputs.take()?;
            Ok(vec![self.1.call(&self.0.call(&x)?)?.mean(..)?])
        }
    }

    let mean = || -> Result<Mean> { Ok(Mean(Dense::new(3).build(&[4], 1)?, Dropout::new(0.5).build(&[3], 1)?)) };
    let error = OwnModel::with_inputs(mean()?, Input::new([4])).unwrap_err().to_string();
    assert!(error.contains("one row for each sample, [2, ..]") && error.contains("tests/suite/modules.rs"), "{error}");
    let error = OwnModel::with_inputs(mean()?, Input::new([5])).unwrap_err().to_string();
    assert!(error.contains("was built for other inputs"), "{error}");
    let x = Input::new([4]);
    let error = OwnModel::with_inputs(mean()?, [&x, &x]).unwrap_err().to_string();
    assert!(error.starts_with("what is called takes 1 tensor: found 2"), "{error}");
    Ok(())
}

/// Statistics of parts move where the struct trains, and nowhere else.
#[test]
fn statistics_move_in_training_alone() -> Result<()> {
    #[derive(Clone, Module)]
    struct Normal {
        normal: Layer<BatchNormalization>,
        line: Layer<Dense>,
    }

    impl Callable for Normal {
        fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {
            let [x] = inputs.take()?;
            Ok(vec![self.line.call(&self.normal.call(&x)?)?])
        }
    }

    let (x, y) = data();
    let normal = Normal { normal: BatchNormalization::new().build(&[4], 1)?, line: Dense::new(1).build(&[4], 1)? };
    let mut model = OwnModel::with_inputs(normal, Input::new([4]))?;
    let mean = |model: &OwnModel<Normal>| model.weight("normal/moving_mean").unwrap().data.to_vec();
    let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new());
    trainer.evaluate((&x, &y))?;
    assert_eq!(mean(trainer.model()), [0.0; 4]);
    trainer.train_on_batch(&x, &y)?;
    assert!(mean(trainer.model()).iter().any(|mean| *mean != 0.0));
    Ok(())
}
