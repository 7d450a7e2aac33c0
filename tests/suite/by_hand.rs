//! Training by hand: one step is the step that `fit` takes, and optimisers keep what they remember beside the models.

use functional_model::given::FloatArray;
use functional_model::prelude::*;
use ndarray::{Array1, Array2, Array3, array};

functional_model! {
    /// With what a step has to do besides moving weights: averages that move, choices that are random.
    model Net(x: [6]) -> [3] {
        let x = Dense(8, activation = "tanh")(x);
        let x = BatchNormalization(momentum = 0.9)(x);
        let x = Dropout(0.5)(x);
        Dense(3)(x)
    }

    /// Two inputs, two outputs, any number of words.
    model Texts(words: [n, 4], about: [2]) -> (tags: [n, 3], mood: [1]) {
        let h = Dense(5, activation = "tanh")(words);
        let pooled = GlobalAveragePooling1D()(h);
        (Dense(3)(h), Dense(1)(Concatenate()([pooled, about])))
    }

    /// A generator before a discriminator.
    model Gan(noise: [4]) -> [1] {
        let x = Dense(8, activation = "tanh")(noise);
        let sample = Dense(2)(x);
        let x = Dense(8, activation = "relu")(sample);
        Dense(1)(x)
    }
    model Generator = Gan { noise -> dense_1 };
    model Discriminator = Gan { dense_1 -> dense_3 };

    model Embedded(words: i32[3], weight: [1]) -> [1] {
        Dense(1)(Concatenate()([Flatten()(Embedding(4, 2)(words)), weight]))
    }
}

const BATCH: usize = 4;
const STEPS: usize = 6;

fn numbers(rows: usize, columns: usize) -> Array2<f32> {
    Array2::from_shape_fn((rows, columns), |(i, j)| ((i * 7 + j * 5) % 13) as f32 / 6.0 - 1.0)
}

fn data() -> (Array2<f32>, Array1<i32>) {
    (numbers(BATCH * STEPS, 6), Array1::from_shape_fn(BATCH * STEPS, |i| (i * i % 3) as i32))
}

fn batches<'d>(
    (x, y): &'d (Array2<f32>, Array1<i32>),
) -> impl Iterator<Item = (ndarray::ArrayView2<'d, f32>, ndarray::ArrayView1<'d, i32>)> {
    let axis = ndarray::Axis(0);
    x.axis_chunks_iter(axis, BATCH).zip(y.axis_chunks_iter(axis, BATCH))
}

fn loss() -> SparseCategoricalCrossentropy {
    SparseCategoricalCrossentropy::from_logits()
}

fn bits<N: Network>(model: &N) -> Vec<u32> {
    let mut bits = Vec::new();
    model.visit(&mut |weight, _| bits.extend(weight.data.iter().map(|element| element.to_bits())));
    bits
}

fn net() -> Net {
    Net::new(3)
}

fn interpreted() -> Model {
    Model::from_config(Net::config(), 3).unwrap()
}

/// The weights after an epoch of `fit` in the data's order, and its loss.
fn fitted<N: Trainable>(mut model: N) -> (Vec<u32>, f64) {
    let fit = Fit { batch_size: BATCH, shuffle: false, seed: Some(7), verbose: Verbose::Silent, ..Fit::default() };
    let (x, y) = data();
    let history = model.compile(Adam::new(0.01), loss()).fit((&x, &y), fit).unwrap();
    (bits(&model), history.get("loss").unwrap()[0])
}

#[test]
fn steps_by_hand_have_the_bits_of_fit() {
    let (mut model, data) = (net(), data());
    let mut pass = Pass::new(&model, 7);
    let mut optimizer = Adam::new(0.01).build(&model).unwrap();
    let mut losses = Vec::new();
    for (x, y) in batches(&data) {
        let output = model.forward(&mut pass, &Tensor::from_array(&x).unwrap());
        let (loss, d_output) = loss().gradient(&output, y).unwrap();
        model.backward(&mut pass, &d_output);
        optimizer.apply(&mut model, &mut pass).unwrap();
        losses.push(loss);
    }
    assert_eq!((bits(&model), losses.iter().sum::<f64>() / STEPS as f64), fitted(net()));
    assert!(model.batch_normalization.moving_mean().iter().all(|&mean| mean != 0.0), "averages move");
    assert_eq!(optimizer.iterations(), STEPS as u64);
}

/// Keras's: the average is 0.9 of what it was and 0.1 of the batch's mean.
#[test]
fn averages_move_once_for_each_forward() {
    let (mut model, data) = (net(), data());
    let mut pass = Pass::new(&model, 7);
    let mean = |model: &Net| model.batch_normalization.moving_mean().iter().copied().collect::<Vec<_>>();
    let x = Tensor::from_array(&batches(&data).next().unwrap().0).unwrap();

    model.forward(&mut pass, &x);
    assert_eq!(mean(&model), [0.0; 8], "a forward alone moves nothing");
    pass.update_statistics(&mut model).unwrap();
    let once = mean(&model);
    pass.update_statistics(&mut model).unwrap();
    assert_eq!(mean(&model), once, "the same forward moves them once");

    let mut optimizer = Adam::new(0.01).build(&model).unwrap();
    let output = model.forward(&mut pass, &x);
    pass.update_statistics(&mut model).unwrap();
    let twice = mean(&model);
    model.backward(&mut pass, &output);
    optimizer.apply(&mut model, &mut pass).unwrap();
    assert_eq!(mean(&model), twice, "a step moves them only if nothing has");
    for (once, twice) in once.iter().zip(twice) {
        assert!((twice - 1.9 * once).abs() < 1e-6, "{twice} follows from {once}: the batch is the same, the weights are too");
    }
}

#[test]
fn steps_by_hand_of_a_model_of_a_file_have_the_bits_of_fit() {
    let (mut model, data) = (interpreted(), data());
    let mut pass = Pass::new(&model, 7);
    let mut optimizer = Adam::new(0.01).build(&model).unwrap();
    for (x, y) in batches(&data) {
        let output = model.forward(&mut pass, x).unwrap();
        let (_, d_output) = loss().gradient(&output, y).unwrap();
        let gradients = model.backward(&mut pass, d_output).unwrap();
        assert_eq!(gradients.weight("dense/kernel").unwrap().shape, [6, 8]);
        optimizer.apply(&mut model, &mut pass).unwrap();
    }
    assert_eq!(bits(&model), fitted(interpreted()).0);
    assert_eq!(bits(&model), fitted(net()).0);
}

/// Steps by hand of any model, on batches from the `from`th on.
fn by_hand<N: Trainable<Owned = N>>(
    model: &mut N,
    pass: &mut Pass<N>,
    optimizer: &mut BuiltOptimizer,
    steps: std::ops::Range<usize>,
) {
    let data = data();
    for (x, y) in batches(&data).skip(steps.start).take(steps.len()) {
        let output = pass.forward(model, &x).unwrap().swap_remove(0).1;
        let (_, d_output) = loss().gradient(&output, y).unwrap();
        pass.backward(model, &d_output).unwrap();
        optimizer.apply(model, &mut *pass).unwrap();
    }
}

#[test]
fn training_goes_on_from_a_file_and_to_and_from_a_trainer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half");
    let mut whole = net();
    let (mut pass, mut optimizer) = (Pass::new(&whole, 0), Adam::new(0.01).build(&whole).unwrap());
    by_hand(&mut whole, &mut pass, &mut optimizer, 0..6);

    let mut half = net();
    let (mut pass, mut first) = (Pass::new(&half, 0), Adam::new(0.01).build(&half).unwrap());
    by_hand(&mut half, &mut pass, &mut first, 0..3);
    first.save(&half, &path).unwrap();
    let mut resumed = Net::new(99);
    let mut second = resumed.resume_optimizer(&path).unwrap();
    assert_eq!(second, first);
    let mut pass = Pass::new(&resumed, 0).after(second.iterations());
    by_hand(&mut resumed, &mut pass, &mut second, 3..6);
    assert_eq!((bits(&resumed), &second), (bits(&whole), &optimizer));
    let error = resumed.resume(&path).err().unwrap().to_string();
    assert!(error.contains("no losses to go on with"), "{error}");

    let data = data();
    let mut trainer = half.compile(first, loss());
    batches(&data).skip(3).for_each(|(x, y)| assert!(trainer.train_on_batch(x, y).unwrap().is_finite()));
    assert_eq!(trainer.iterations(), 6);
    assert_eq!(trainer.into_optimizer(), optimizer);
    assert_eq!(bits(&half), bits(&whole));
}

#[test]
fn a_step_that_is_refused_changes_nothing() {
    let mut model = net();
    let (mut pass, mut optimizer) = (Pass::new(&model, 0), RMSprop::new(0.01).build(&model).unwrap());
    let mut error = |model: &mut Net, pass: &mut Pass<Net>| optimizer.apply(model, pass).unwrap_err().to_string();
    let order = "`apply` needs gradients that were not applied yet, with the same pass: found none\nhelp: a step is `forward`, `backward`, `apply`";
    assert_eq!(error(&mut model, &mut pass), order);
    let output = model.forward(&mut pass, &Tensor::from_array(&numbers(4, 6)).unwrap());
    model.backward(&mut pass, &output);
    pass.gradients_mut().dense_1.kernel_mut()[[0, 0]] = f32::NAN;
    let before = bits(&model);
    let said = error(&mut model, &mut pass);
    assert!(
        said.starts_with("training diverged in step 1: expected finite numbers, found the gradient of `dense_1/kernel` infinite"),
        "{said}"
    );
    assert_eq!(bits(&model), before);
    pass.gradients_mut().dense_1.kernel_mut()[[0, 0]] = 0.0;
    optimizer.apply(&mut model, &mut pass).unwrap();
    assert_ne!(bits(&model), before);
    assert_eq!(optimizer.apply(&mut model, &mut pass).unwrap_err().to_string(), order, "a step is taken once");
    assert_eq!(optimizer.iterations(), 1);
}

#[test]
fn an_optimizer_of_another_model_is_told_so() {
    let (mut net, texts) = (net(), Texts::new(1));
    let mut pass = Pass::new(&net, 0);
    let output = net.forward(&mut pass, &Tensor::from_array(&numbers(4, 6)).unwrap());
    net.backward(&mut pass, &output);
    let mut foreign = Adam::new(0.1).build(&texts).unwrap();
    let help = "\nhelp: build one for each model, `Adam::new(1e-3).build(&model)`";
    let expected = "the optimizer was built for another model: expected `kernel` of shape [4, 5] as weight 1, found `dense/kernel` of shape [6, 8]";
    assert_eq!(foreign.apply(&mut net, &mut pass).unwrap_err().to_string(), format!("{expected}{help}"));
    assert_eq!(
        net.compile(foreign, loss()).train_on_batch(&data().0, &data().1).unwrap_err().to_string(),
        format!("{expected}{help}")
    );
    let error = Adam::new(-1.0).build(&net).unwrap_err().to_string();
    assert_eq!(error, "`learning_rate` of `Adam` is out of range: expected a number from 0 to 1e6, found -1");
}

#[test]
fn gradients_can_be_added_up_and_changed() {
    let (mut model, x) = (Generator::new(5), numbers(8, 4));
    let (mut pass, mut optimizer) = (Pass::new(&model, 0), SGD::new(1.0).build(&model).unwrap());
    let before = model.base.dense.kernel().to_owned();
    for half in x.axis_chunks_iter(ndarray::Axis(0), 4) {
        let output = model.forward(&mut pass, &Tensor::from_array(&half).unwrap());
        pass.accumulate();
        model.backward(&mut pass, &output);
    }
    let both = pass.gradients().dense.kernel().to_owned();
    let mut apart = ndarray::ArrayD::<f32>::zeros(both.raw_dim());
    for half in x.axis_chunks_iter(ndarray::Axis(0), 4) {
        let output = model.forward(&mut pass, &Tensor::from_array(&half).unwrap());
        apart += &model.backward(&mut pass, &output).dense.kernel();
    }
    assert!(both.iter().zip(&apart).all(|(a, b)| (a - b).abs() < 1e-5), "{both} {apart}");
    pass.visit_gradients(&mut model, |gradient| gradient.data.fill(0.5));
    optimizer.set_learning_rate(0.5).unwrap();
    optimizer.apply(&mut model, &mut pass).unwrap();
    assert_eq!((model.base.dense.kernel().to_owned(), optimizer.learning_rate()), (before - 0.25, 0.5));
}

#[test]
fn gradients_reach_the_inputs() {
    let (whole, noise) = (Gan::new(2), Tensor::from_array(&numbers(5, 4)).unwrap());
    let (generator, discriminator) = (Generator::of(&whole), Discriminator::of(&whole));
    let (mut pass, mut first, mut second) = (Pass::new(&whole, 0), Pass::new(&generator, 0), Pass::new(&discriminator, 0));
    let verdict = whole.forward(&mut pass, &noise);
    let sample: Tensor<shape![2]> = generator.forward(&mut first, &noise);
    assert!(discriminator.forward(&mut second, &sample) == verdict);
    let d_sample: Tensor<shape![2]> = discriminator.backward_to_inputs(&mut second, &verdict);
    let d_noise: Tensor<shape![4]> = generator.backward_to_inputs(&mut first, &d_sample);
    assert!(whole.backward_to_inputs(&mut pass, &verdict) == d_noise);
    assert_eq!(first.gradients().dense.kernel(), pass.gradients().dense.kernel());

    let model = Embedded::new(1);
    let mut pass = Pass::new(&model, 0);
    let output = model.forward(&mut pass, &Tensor::from_slice(&[0.0, 1.0, 2.0]), &Tensor::from_slice(&[1.0]));
    let EmbeddedInputs { words: (), weight } = model.backward_to_inputs(&mut pass, &output);
    assert_eq!(weight.data(), [output.data()[0] * model.dense.kernel()[[6, 0]]]);
    let model = Model::from_config(Embedded::config(), 1).unwrap();
    let mut pass = Pass::new(&model, 0);
    let output = model.forward(&mut pass, (array![[0, 1, 2]], array![[1.0]])).unwrap();
    assert_eq!(
        model.backward_to_inputs(&mut pass, &output).unwrap(),
        [("weight".to_owned(), weight.view().to_owned().into_dyn())]
    );
}

/// A step of the generator through the discriminator, which only the generator's optimiser takes.
fn step_generator(gan: &mut Gan, passes: &mut (Pass<Generator>, Pass<Discriminator>), optimizer: &mut BuiltOptimizer) {
    let (generator, discriminator) = (Generator::of(&*gan), Discriminator::of(&*gan));
    let sample = generator.forward(&mut passes.0, &Tensor::from_array(&numbers(6, 4)).unwrap());
    let verdict = discriminator.forward(&mut passes.1, &sample);
    let (_, d_verdict) = BinaryCrossentropy::from_logits().gradient(&verdict, Array1::<f32>::ones(6)).unwrap();
    let d_sample = discriminator.backward_to_inputs(&mut passes.1, &d_verdict);
    generator.backward(&mut passes.0, &d_sample);
    optimizer.apply(&mut Generator::of(gan), &mut passes.0).unwrap();
}

/// A step of the discriminator on what is made up.
fn step_discriminator(gan: &mut Gan, pass: &mut Pass<Discriminator>, optimizer: &mut BuiltOptimizer) {
    let verdict = Discriminator::of(&*gan).forward(pass, &Tensor::from_array(&numbers(6, 2)).unwrap());
    let (_, d_verdict) = BinaryCrossentropy::from_logits().gradient(&verdict, Array1::<f32>::zeros(6)).unwrap();
    Discriminator::of(&*gan).backward(pass, &d_verdict);
    optimizer.apply(&mut Discriminator::of(gan), pass).unwrap();
}

#[test]
fn two_optimizers_of_one_model_take_turns() {
    let run = |discriminates: bool| {
        let mut gan = Gan::new(4);
        let (generator, discriminator) = (Generator::of(&gan), Discriminator::of(&gan));
        let mut passes = (Pass::new(&generator, 0), Pass::new(&discriminator, 0));
        let mut own = Adam::new(0.01).build(&generator).unwrap();
        // It moves nothing, but remembers all the same.
        let mut other = Adam::new(0.0).build(&discriminator).unwrap();
        let before = gan.dense_2.kernel().to_owned();
        for _ in 0..5 {
            step_generator(&mut gan, &mut passes, &mut own);
            if discriminates {
                step_discriminator(&mut gan, &mut passes.1, &mut other);
            }
        }
        assert_eq!(gan.dense_2.kernel(), before, "the generator's step moves the generator alone");
        assert_eq!((own.iterations(), other.iterations()), (5, if discriminates { 5 } else { 0 }));
        (bits(&gan), own)
    };
    assert_eq!(run(true), run(false));
    let mut gan = Gan::new(4);
    let mut pass = Pass::new(&Discriminator::of(&gan), 0);
    let mut optimizer = Adam::new(0.01).build(&Discriminator::of(&gan)).unwrap();
    let before = (gan.dense.kernel().to_owned(), gan.dense_2.kernel().to_owned());
    step_discriminator(&mut gan, &mut pass, &mut optimizer);
    assert_eq!(gan.dense.kernel(), before.0);
    assert_ne!(gan.dense_2.kernel(), before.1);
}

#[test]
fn what_is_frozen_is_not_moved_and_is_moved_again_when_it_is_not() {
    let mut gan = Gan::new(4);
    let (mut pass, noise) = (Pass::new(&gan, 0), Tensor::from_array(&numbers(6, 4)).unwrap());
    Discriminator::of(&mut gan).set_trainable(false);
    let mut optimizer = Adam::new(0.01).build(&gan).unwrap();
    let mut step = |gan: &mut Gan| {
        let before = (gan.dense.kernel().to_owned(), gan.dense_2.kernel().to_owned());
        let verdict = gan.forward(&mut pass, &noise);
        gan.backward(&mut pass, &verdict);
        optimizer.apply(gan, &mut pass).unwrap();
        (gan.dense.kernel() != before.0, gan.dense_2.kernel() != before.1)
    };
    assert_eq!(step(&mut gan), (true, false));
    gan.set_trainable(true);
    assert_eq!(step(&mut gan), (true, true));
    gan.set_trainable(false);
    let verdict = gan.forward(&mut pass, &noise);
    gan.backward(&mut pass, &verdict);
    let error = optimizer.apply(&mut gan, &mut pass).unwrap_err().to_string();
    assert_eq!(
        error,
        "there is nothing to train: `dense`, `dense_1`, `dense_2` and `dense_3` are frozen\nhelp: `model.set_trainable(true)` lets training change them"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frozen");
    optimizer.save(&gan, &path).unwrap();
    assert_eq!(gan.resume_optimizer(&path).unwrap(), optimizer, "what is frozen now keeps what was remembered of it");
}

#[test]
fn several_outputs_of_any_size_are_trained_by_hand() {
    let (words, about) = (Array3::from_shape_fn((2, 5, 4), |(i, j, k)| (i + j * k) as f32 / 9.0), numbers(2, 2));
    let (tags, mood) = (Array2::from_shape_fn((2, 5), |(i, j)| ((i + j) % 3) as i32), array![1.0, -1.0]);
    let mut model = Texts::new(6);
    let mut fitted = model.clone();
    let losses = TextsOutputs { tags: loss(), mood: (MeanSquaredError::new(), 0.5) };
    fitted.compile(SGD::new(0.1), losses).train_on_batch((&words, &about), TextsOutputs { tags: &tags, mood: &mood }).unwrap();

    let (mut pass, mut optimizer) = (Pass::new(&model, 0), SGD::new(0.1).build(&model).unwrap());
    let (words, about) = (Tensor::from_array(&words).unwrap(), Tensor::from_array(&about).unwrap());
    let outputs = model.forward(&mut pass, &words, &about).unwrap();
    let (_, d_tags) = loss().gradient(&outputs.tags, &tags).unwrap();
    let (_, mut d_mood) = MeanSquaredError::new().gradient(&outputs.mood, &mood).unwrap();
    d_mood.data_mut().iter_mut().for_each(|d| *d *= 0.5);
    model.backward(&mut pass, &TextsOutputs { tags: d_tags, mood: d_mood });
    optimizer.apply(&mut model, &mut pass).unwrap();
    assert_eq!(bits(&model), bits(&fitted));
}

#[test]
fn losses_are_those_of_fit_for_arrays_and_tensors() {
    let (output, target) = (array![[0.2_f32, 0.8], [0.6, 0.4]], array![[0.0, 1.0], [1.0, 0.0]]);
    let tensor = Tensor::<shape![2]>::from_array(&output).unwrap();
    let loss = CategoricalCrossentropy::new();
    let (of_array, d_array) = loss.gradient(&output, &target).unwrap();
    let (of_tensor, d_tensor) = loss.gradient(&tensor, &target).unwrap();
    assert_eq!((of_array, d_array), (of_tensor, d_tensor.view().to_owned()));
    assert_eq!(loss.value(&tensor, &target).unwrap(), of_tensor);
    let expected = -(0.8_f64.ln() + 0.6_f64.ln()) / 2.0;
    assert!((of_array - expected).abs() < 1e-6, "{of_array} {expected}");
    assert_eq!(tensor.gradient(vec![0.0; 4]).batch(), 2);
    let error = |error: functional_model::Error| error.to_string();
    assert_eq!(
        error(loss.value(&output, array![1, 0]).unwrap_err()),
        "target `output` has the wrong shape: expected [samples, 2], found [2]\nhelp: class numbers go with `SparseCategoricalCrossentropy`"
    );
    assert_eq!(
        error(MeanSquaredError::new().value(&output, array![[1.0, 0.0]]).unwrap_err()),
        "target `output` has another number of samples than output `output`: expected 2, found 1"
    );
}

/// The last three lines of a summary, without their sizes in memory.
fn counts(summary: &str) -> Vec<&str> {
    summary.lines().rev().take(3).map(|line| line.split(" (").next().unwrap().trim()).collect()
}

#[test]
fn a_model_s_summary_tells_what_is_frozen_now() {
    let mut gan = Gan::new(1);
    assert_eq!(gan.summary(), Gan::summary());
    Discriminator::of(&mut gan).set_trainable(false);
    assert_eq!(counts(&gan.summary()), ["Non-trainable params: 33", "Trainable params: 58", "Total params: 91"]);
    assert_eq!(
        counts(&Discriminator::of(&gan).summary()),
        ["Non-trainable params: 33", "Trainable params: 0", "Total params: 33"]
    );
    assert_eq!(counts(Gan::summary()), ["Non-trainable params: 0", "Trainable params: 91", "Total params: 91"]);
    let mut model = interpreted();
    model.layer_mut("dense").unwrap().set_trainable(false);
    assert_eq!(counts(&model.summary()), ["Non-trainable params: 72", "Trainable params: 43", "Total params: 115"]);
    assert_eq!(Model::from_config(Gan::config(), 1).unwrap().summary(), Gan::summary());
}

#[test]
fn nothing_to_train_is_an_error_and_no_reason_not_to_judge() {
    functional_model! {
        model Pooled(x: [4, 2]) -> [2] {
            GlobalAveragePooling1D()(x)
        }
    }
    let silent = || Fit::epochs(1).verbose(Verbose::Silent);
    let (x, y) = (Array3::<f32>::ones((3, 4, 2)), Array2::<f32>::zeros((3, 2)));
    let mut pooled = Pooled::new(1);
    let mut trainer = pooled.compile(SGD::new(0.1), MeanSquaredError::new());
    let expected = "there is nothing to train: the model has no weights\nhelp: `predict` and `evaluate` need no training";
    assert_eq!(trainer.fit((&x, &y), silent()).unwrap_err().to_string(), expected);
    assert_eq!(trainer.train_on_batch(&x, &y).unwrap_err().to_string(), expected);
    assert_eq!(trainer.evaluate((&x, &y)).unwrap().loss(), 1.0);

    let (mut model, (x, y)) = (net(), data());
    model.set_trainable(false);
    let before = bits(&model);
    let mut trainer = model.compile(SGD::new(0.1), loss());
    let expected = "there is nothing to train: `dense`, `batch_normalization` and `dense_1` are frozen\nhelp: `model.set_trainable(true)` lets training change them";
    assert_eq!(trainer.fit((&x, &y), silent()).unwrap_err().to_string(), expected);
    assert_eq!(trainer.train_on_batch(&x, &y).unwrap_err().to_string(), expected);
    assert!(trainer.evaluate((&x, &y)).unwrap().loss().is_finite());
    assert_eq!(bits(&model), before);
}
