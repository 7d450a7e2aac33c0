//! Training on several ranks: the same bits on any number of them, what they agree on, and how an error of one ends all.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use functional_model::dataset::Dataset;
use functional_model::distribution::{DataParallel, Threads};
use functional_model::given::Data;
use functional_model::layers::BatchNormalization;
use functional_model::losses::Losses;
use functional_model::prelude::*;
use functional_model::training::{History, Scores, Trainer};
use ndarray::{Array1, Array2, Array4, s};

functional_model! {
    /// Convolutions with skip connections, statistics that move, and penalties.
    model Images(img: [8, 8, 3]) -> [4] {
        let x = Conv2D(8, 3, activation = "relu", padding = "same", kernel_regularizer = L2(1e-3))(img);
        let block = BatchNormalization()(x);
        let x = Conv2D(8, 3, activation = "relu", padding = "same", activity_regularizer = L2(1e-3))(block);
        let x = GlobalAveragePooling2D()(x + block);
        Dense(4)(Dropout(0.3)(Dense(12, activation = "relu")(x)))
    }

    /// Texts with a mask and what is known besides; two outputs, of which one has a place for each word.
    model Tickets(words: i32[6], tags: [5]) -> (priority: [1], kind: [6, 3]) {
        let text = Embedding(20, 8, mask_zero = true)(words);
        let sequence = LSTM(8, return_sequences = true)(text);
        let all = Concatenate()([LSTM(6)(text), tags]);
        let priority = Dense(1, activation = "sigmoid")(all);
        let kind = Dense(3)(sequence);
        (priority, kind)
    }

    model Plain(x: [5]) -> [3] {
        Dense(3)(Dense(8, activation = "tanh", kernel_regularizer = L2(1e-2), activity_regularizer = L1(1e-2))(x))
    }

    model Normal(x: [5]) -> [3] {
        Dense(3)(BatchNormalization(momentum = 0.9)(Dense(8)(x)))
    }

    /// Statistics of the whole batch: in the model, in a block with channels in the middle, in a model inside.
    model Together(img: [6, 6, 3]) -> [4] {
        let x = Conv2D(6, 3, padding = "same")(img);
        let x = BatchNormalization(synchronized = true, momentum = 0.9)(x);
        let x = normal(ops::relu(x));
        let x = Head()(GlobalAveragePooling2D()(x));
        Dense(4, activity_regularizer = L2(1e-3))(x)
    }

    fn normal(x) {
        BatchNormalization(axis = 1, synchronized = true)(x)
    }

    model Head(x: [6]) -> [8] {
        BatchNormalization(synchronized = true, scale = false)(Dense(8, activation = "tanh")(x))
    }

    /// The same of sequences with masks, of their steps, and of a model at every step.
    model Steps(words: i32[6]) -> [3] {
        let x = BatchNormalization(synchronized = true, epsilon = 0.1)(Embedding(20, 5, mask_zero = true)(words));
        let x = TimeDistributed(BatchNormalization(synchronized = true, epsilon = 0.1))(x);
        let x = TimeDistributed(Step())(x);
        Dense(3)(GRU(4)(x))
    }

    model Step(x: [5]) -> [4] {
        Dense(4)(BatchNormalization(synchronized = true, epsilon = 0.1)(x))
    }

    model Wide(x: [5]) -> [2] {
        let middle = BatchNormalization(synchronized = true)(Dense(3)(x));
        Dense(2)(middle)
    }

    /// A view.
    model Narrow = Wide { x -> middle };

    /// With random choices.
    model Dropping(img: [6, 6, 3]) -> [4] {
        let x = Together()(img);
        Dense(4)(Dropout(0.3)(BatchNormalization(synchronized = true)(x)))
    }

    model Keeping(x: [4, 2]) -> [1] {
        Dense(1)(LSTM(3, stateful = true)(x))
    }
}

/// A struct whose code calls such a layer.
#[derive(Clone, Module)]
struct Normalizing {
    normal: Layer<BatchNormalization>,
}

impl Callable for Normalizing {
    fn run(&self, inputs: Inputs) -> Result<Vec<Var>> {
        let [x] = inputs.take()?;
        Ok(vec![self.normal.call(&x)?])
    }
}

const SAMPLES: usize = 50;

fn images() -> (Array4<f32>, Array1<i32>) {
    let x = Array4::from_shape_fn((SAMPLES, 8, 8, 3), |(n, i, j, c)| ((n * 7 + i * 3 + j * 5 + c * 11) % 13) as f32 / 6.0 - 1.0);
    let y = (0..SAMPLES).map(|n| (n % 4) as i32).collect();
    (x, y)
}

fn vectors() -> (Array2<f32>, Array1<i32>) {
    let x = Array2::from_shape_fn((SAMPLES, 5), |(i, j)| ((i * 7 + j * 3) % 11) as f32 / 5.0 - 1.0);
    let y = x.rows().into_iter().map(|row| if row[0] > 0.2 { 2 } else { i32::from(row[1] > row[2]) }).collect();
    (x, y)
}

fn quiet<'f>(epochs: usize) -> Fit<'f> {
    Fit::epochs(epochs).batch_size(16).seed(5).verbose(Verbose::Silent)
}

fn of_images(model: &mut Images) -> Trainer<'_, Images> {
    let adam = Adam::new(0.01).use_ema(true).gradient_accumulation_steps(2).global_clipnorm(1.0);
    model.compile(adam, SparseCategoricalCrossentropy::from_logits()).metric(Accuracy)
}

fn weights(model: &impl Network) -> Vec<u32> {
    let mut all = Vec::new();
    model.visit(&mut |weight, _| all.extend(weight.data.iter().map(|element| element.to_bits())));
    all
}

/// What each of so many ranks comes to, which must be the same on all.
fn on<T: Send + PartialEq + std::fmt::Debug>(ranks: usize, run: impl Fn(DataParallel) -> Result<T> + Sync) -> Result<T> {
    let mut all = Threads::run(ranks, &run)?;
    let first = all.swap_remove(0);
    assert!(all.iter().all(|other| *other == first), "{ranks} ranks: {all:?} and {first:?}");
    Ok(first)
}

/// Checks that any number of ranks comes to what one does.
fn check<T: Send + PartialEq + std::fmt::Debug>(run: impl Fn(DataParallel) -> Result<T> + Sync) -> Result<T> {
    let alone = run(DataParallel::alone())?;
    for ranks in [1, 2, 4, 8] {
        assert_eq!(on(ranks, &run)?, alone, "{ranks} ranks");
    }
    Ok(alone)
}

/// What the other ranks or all of them end with, where none ends well.
fn errors(ranks: usize, run: impl Fn(DataParallel) -> Result<()> + Sync) -> Result<Vec<String>> {
    let run = |ranks| Ok(run(ranks).err().map_or_else(|| "no error".to_owned(), |error| error.to_string()));
    Threads::run(ranks, run)
}

#[test]
fn any_number_of_ranks_trains_images_to_the_same_bits() -> Result<()> {
    let (x, y) = images();
    // Of 50 samples the last batch has 2: fewer than pieces, and than ranks.
    let (history, _) = check(|ranks| {
        let mut model = Images::new(3);
        let history = of_images(&mut model).distribute(ranks).fit((&x, &y), quiet(5).validation_data(&(&x, &y)))?;
        Ok((history, weights(&model)))
    })?;
    assert!(history["loss"][4] < history["loss"][0], "{history}");
    Ok(())
}

#[test]
fn what_the_optimizer_remembers_has_the_same_bits() -> Result<()> {
    let (x, y) = images();
    let saved = |count: usize| {
        let files = Threads::run(count, |ranks| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("training.safetensors");
            let mut model = Images::new(3);
            let mut trainer = of_images(&mut model).distribute(ranks);
            trainer.fit((&x, &y), quiet(1))?;
            trainer.save(&path)?;
            Ok(std::fs::read(path).ok())
        })?;
        Ok::<_, Error>(files.into_iter().flatten().collect::<Vec<_>>())
    };
    let alone = saved(1)?;
    assert_eq!(alone.len(), 1);
    assert_eq!(saved(2)?, alone);
    assert_eq!(saved(4)?, alone);
    Ok(())
}

#[test]
fn masks_weights_and_several_outputs_are_those_of_the_whole_batch() -> Result<()> {
    let words = Array2::from_shape_fn((SAMPLES, 6), |(n, i)| if i > n % 6 { 0 } else { (1 + (n * 5 + i * 7) % 19) as i32 });
    let tags = Array2::from_shape_fn((SAMPLES, 5), |(n, i)| ((n + i * 3) % 4) as f32 / 3.0);
    let priority = Array1::from_shape_fn(SAMPLES, |n| (n % 3) as f32 / 2.0);
    let kind = words.mapv(|word| word % 3);
    let of_priority = Array1::from_shape_fn(SAMPLES, |n| (n % 4) as f32 / 2.0);
    let of_kind = Array2::from_shape_fn((SAMPLES, 6), |(n, i)| ((n + i) % 3) as f32);
    let train = |ranks: Option<DataParallel>| {
        let mut model = Tickets::new(7);
        let losses = Losses::new()
            .output("priority", BinaryCrossentropy::new())
            .output("kind", SparseCategoricalCrossentropy::from_logits())
            .weight("priority", 0.3);
        let mut trainer = model.compile(RMSprop::new(0.01), losses).metric_of("kind", Accuracy);
        trainer = trainer.weighted_metric_of("kind", Accuracy).metric_of("priority", AUC::new());
        if let Some(ranks) = ranks {
            trainer = trainer.distribute(ranks);
        }
        let data = ((&words, &tags), (&priority, &kind), (&of_priority, &of_kind));
        let history = trainer.fit(data, quiet(5))?;
        drop(trainer);
        Ok((history, weights(&model)))
    };
    let (history, _) = check(|ranks| train(Some(ranks)))?;
    // No layer looks at other samples, so that without ranks only the order of sums is another.
    let (without, _) = train(None)?;
    for name in without.names() {
        near(&history[name], &without[name], 1e-5);
    }
    Ok(())
}

fn near(found: &[f64], expected: &[f64], most: f64) {
    let is_near = |(found, expected): (&f64, &f64)| (found - expected).abs() <= most * expected.abs().max(1.0);
    assert!(found.len() == expected.len() && found.iter().zip(expected).all(is_near), "{found:?} and {expected:?}");
}

#[test]
fn a_step_is_that_of_a_trainer_without_ranks() -> Result<()> {
    let (x, y) = vectors();
    let step = |ranks: Option<DataParallel>| {
        let mut model = Plain::new(3);
        let mut trainer = model.compile(SGD::new(1.0), SparseCategoricalCrossentropy::from_logits());
        if let Some(ranks) = ranks {
            trainer = trainer.distribute(ranks);
        }
        let loss = trainer.train_on_batch(&x, &y)?;
        drop(trainer);
        Ok((loss, weights(&model)))
    };
    let floats = |bits: &[u32]| bits.iter().map(|&bits| f32::from_bits(bits).into()).collect::<Vec<f64>>();
    let (loss, bits) = check(|ranks| step(Some(ranks)))?;
    let (expected, without) = step(None)?;
    near(&[loss], &[expected], 1e-6);
    near(&floats(&bits), &floats(&without), 1e-5);
    Ok(())
}

#[test]
fn statistics_move_by_the_mean_of_what_the_pieces_move_them_by() -> Result<()> {
    let (x, y) = vectors();
    let floats = |bits: &[u32]| bits.iter().map(|&bits| f32::from_bits(bits).into()).collect::<Vec<f64>>();
    let train = |model: &mut Normal, ranks: Option<DataParallel>, samples: std::ops::Range<usize>| {
        let mut trainer = model.compile(SGD::new(0.0), SparseCategoricalCrossentropy::from_logits());
        if let Some(ranks) = ranks {
            trainer = trainer.distribute(ranks);
        }
        trainer.train_on_batch(x.slice(s![samples.clone(), ..]), y.slice(s![samples]))?;
        drop(trainer);
        Ok::<_, Error>(floats(&weights(model)))
    };
    let by_one = train(&mut Normal::new(3), Some(DataParallel::alone().pieces(1)), 0..50)?;
    near(&by_one, &train(&mut Normal::new(3), None, 0..50)?, 1e-6);
    let by_two = train(&mut Normal::new(3), Some(DataParallel::alone().pieces(2)), 0..50)?;
    let halves = [train(&mut Normal::new(3), None, 0..25)?, train(&mut Normal::new(3), None, 25..50)?];
    let means: Vec<f64> = halves[0].iter().zip(&halves[1]).map(|(one, other)| (one + other) / 2.0).collect();
    near(&by_two, &means, 1e-6);
    assert!(by_one != by_two);
    Ok(())
}

fn small_images() -> (Array4<f32>, Array1<i32>) {
    let (x, y) = images();
    (x.slice(s![.., ..6, 1..7, ..]).to_owned(), y)
}

/// Sentences with their classes.
fn sentences() -> (Array2<i32>, Array1<i32>) {
    let words = Array2::from_shape_fn((SAMPLES, 6), |(n, i)| if i > n % 6 { 0 } else { (1 + (n * 5 + i * 7) % 19) as i32 });
    let y = words.rows().into_iter().map(|row| row[0] % 3).collect();
    (words, y)
}

/// What training of a model comes to: losses and weights.
fn trained<N: Trainable>(mut model: N, data: impl Data, ranks: Option<DataParallel>) -> Result<(Vec<f64>, Vec<u32>)> {
    let mut trainer = model.compile(SGD::new(0.05), SparseCategoricalCrossentropy::from_logits());
    if let Some(ranks) = ranks {
        trainer = trainer.distribute(ranks);
    }
    let history = trainer.fit(data, quiet(3))?;
    Ok((history["loss"].to_vec(), weights(&model)))
}

/// Checks that a model whose statistics are those of the whole batch trains to the same bits on any number of ranks, and to what it trains to without
/// ranks; also as it is read.
fn check_synchronized<N: Trainable>(new: fn(u64) -> N, config: &str, data: impl Data + Copy + Sync) -> Result<()> {
    let (losses, bits) = check(|ranks| trained(new(3), data, Some(ranks)))?;
    let read = |config: &str| Model::from_config(config, 3);
    assert_eq!(trained(read(config)?, data, Some(DataParallel::alone()))?, (losses.clone(), bits.clone()));
    assert_eq!(on(2, |ranks| trained(read(config)?, data, Some(ranks)))?, (losses.clone(), bits.clone()));
    let plain = config
        .replace(r#""synchronized": true"#, r#""synchronized": false"#)
        .replace(r#""synchronized":true"#, r#""synchronized":false"#);
    assert_ne!(plain, config);
    let floats = |bits: &[u32]| bits.iter().map(|&bits| f32::from_bits(bits).into()).collect::<Vec<f64>>();
    let without = trained(read(&plain)?, data, None)?;
    assert_eq!(trained(new(3), data, None)?, without);
    near(&losses, &without.0, 1e-5);
    near(&floats(&bits), &floats(&without.1), 1e-5);
    let apart = trained(read(&plain)?, data, Some(DataParallel::alone()))?;
    assert!((apart.0[2] - losses[2]).abs() > 1e-3, "{apart:?}");
    Ok(())
}

#[test]
fn synchronized_statistics_are_those_of_the_whole_batch() -> Result<()> {
    let (x, y) = small_images();
    // Of 50 samples the last batch has 2: most ranks go along with one of another's.
    check_synchronized(Together::new, Together::config(), (&x, &y))?;
    let (x, y) = sentences();
    check_synchronized(Steps::new, Steps::config(), (&x, &y))
}

#[test]
fn synchronized_statistics_go_with_choices_of_each_piece() -> Result<()> {
    let (x, y) = small_images();
    check(|ranks| trained(Dropping::new(3), (&x, &y), Some(ranks))).map(drop)
}

#[test]
fn synchronized_statistics_are_there_in_views() -> Result<()> {
    let (x, y) = vectors();
    check(|ranks| trained(Narrow::of(Wide::new(3)), (&x, &y), Some(ranks))).map(drop)
}

#[test]
fn synchronized_statistics_of_layers_that_are_frozen_stay() -> Result<()> {
    let (x, y) = small_images();
    let (_, bits) = check(|ranks| {
        let mut model = Dropping::new(3);
        model.together.set_trainable(false);
        trained(model, (&x, &y), Some(ranks))
    })?;
    assert!(weights(&Dropping::new(3).together).iter().all(|frozen| bits.contains(frozen)));
    Ok(())
}

#[test]
fn streams_are_shared_as_arrays_are() -> Result<()> {
    let stream = || Dataset::from_slices(images()).shuffle(SAMPLES).batch(16);
    let (x, y) = images();
    fn train(data: impl Data, ranks: DataParallel) -> Result<(History, Vec<u32>)> {
        let mut model = Images::new(3);
        let history = of_images(&mut model).distribute(ranks).fit(data, quiet(2))?;
        Ok((history, weights(&model)))
    }
    let of_stream = check(|ranks| train(stream(), ranks))?;
    assert_eq!(of_stream, train((&x, &y), DataParallel::alone())?);
    Ok(())
}

#[test]
fn judging_and_predicting_are_shared() -> Result<()> {
    let (x, y) = images();
    let run = |ranks: Option<DataParallel>| {
        let mut model = Images::new(3);
        let mut trainer = of_images(&mut model);
        if let Some(ranks) = ranks {
            trainer = trainer.distribute(ranks);
        }
        let scores: Scores = trainer.evaluate_batched((&x, &y), 20)?;
        let stream = Dataset::from_slices(x.clone()).batch(7);
        assert_eq!(trainer.predict(&stream)?, trainer.predict(&x)?);
        Ok((scores, trainer.predict(&x)?, trainer.predict(x.slice(s![..3, .., .., ..]))?))
    };
    let (scores, all, few) = check(|ranks| run(Some(ranks)))?;
    let (expected, without, first) = run(None)?;
    assert_eq!((all, few), (without, first));
    near(&[scores.loss(), scores["accuracy"]], &[expected.loss(), expected["accuracy"]], 1e-6);
    Ok(())
}

#[test]
fn callbacks_agree_and_the_first_rank_writes() -> Result<()> {
    let (x, y) = images();
    let train = |ranks: DataParallel| {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let mut model = Images::new(3);
        let (is_first, validation) = (ranks.is_first(), (&x, &y));
        let fit = quiet(30)
            .validation_data(&validation)
            .callback(EarlyStopping::new().patience(2).restore_best_weights(true))
            .callback(ReduceLROnPlateau::new().patience(1))
            .callback(CSVLogger::new(path("log.csv")))
            .callback(TensorBoard::new(path("logs")))
            .callback(ModelCheckpoint::new(path("best/{epoch}.safetensors").to_string_lossy()).save_best_only(true));
        let history = of_images(&mut model).distribute(ranks).fit((&x, &y), fit)?;
        let has = |name: &str| path(name).exists();
        assert_eq!([has("log.csv"), has("logs"), has("best/1.safetensors")], [is_first; 3]);
        Ok((history, weights(&model)))
    };
    check(train).map(drop)
}

/// Trains, is broken off behind a step in the middle of the second epoch on so many ranks, and goes on on so many others.
fn resumed(path: &Path, ranks: [usize; 2]) -> Result<(History, Vec<u32>)> {
    let (x, y) = images();
    let stopped = errors(ranks[0], |ranks| {
        let (at, mut model) = (AtomicUsize::new(0), Images::new(3));
        let stop = LambdaCallback::new().on_train_batch_end(|_, _, training| {
            if at.fetch_add(1, Ordering::Relaxed) == 5 {
                training.save(path)?;
                return Err("killed".into());
            }
            Ok(())
        });
        of_images(&mut model).distribute(ranks).fit((&x, &y), quiet(4).callback(stop)).map(drop)
    })?;
    assert!(stopped.iter().all(|error| error.contains("killed")), "{stopped:?}");
    on(ranks[1], |ranks| {
        let mut model = Images::new(9);
        let history = model.resume(path)?.distribute(ranks).fit((&x, &y), quiet(3))?;
        Ok((history, weights(&model)))
    })
}

#[test]
fn training_goes_on_on_another_number_of_ranks() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("training.safetensors");
    let whole = on(1, |ranks| {
        let ((x, y), mut model) = (images(), Images::new(3));
        of_images(&mut model).distribute(ranks).fit((&x, &y), quiet(4))?;
        Ok(weights(&model))
    })?;
    for ranks in [[1, 4], [4, 2], [2, 1]] {
        assert_eq!(resumed(&path, ranks)?.1, whole, "{ranks:?}");
    }
    Ok(())
}

#[test]
fn what_ranks_have_else_is_told_before_the_first_step() -> Result<()> {
    let (x, y) = vectors();
    let all = |change: &(dyn Fn(usize) -> (u64, usize, usize, f32) + Sync)| {
        errors(4, |ranks| {
            let (seed, batch_size, samples, first) = change(ranks.rank());
            let (mut model, mut x) = (Plain::new(seed), x.clone());
            x[[0, 0]] = first;
            let (x, y) = (x.slice(s![..samples, ..]), y.slice(s![..samples]));
            let mut trainer = model.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
            trainer.fit((&x, &y), quiet(1).batch_size(batch_size)).map(drop)?;
            assert_eq!(trainer.iterations(), 0);
            Ok(())
        })
    };
    let check = |change: &(dyn Fn(usize) -> (u64, usize, usize, f32) + Sync), start: &str| {
        let all = all(change)?;
        assert!(all.iter().all(|error| error.starts_with(start) && *error == all[0]), "{all:?}");
        Ok::<_, Error>(())
    };
    check(&|rank| (u64::from(rank == 2), 16, 50, 0.0), "rank 2 has another set of weights than rank 0: expected checksum ")?;
    check(&|rank| (1, 16 + rank / 3, 50, 0.0), "rank 3 has another batch_size than rank 0: expected 16, found 17\n")?;
    check(
        &|rank| (1, 16, 50 - rank % 2, 0.0),
        "rank 1 has another set of training data than rank 0: expected 50 samples of [5] and [1]",
    )?;
    check(&|rank| (1, 16, 50, rank as f32), "rank 1 has another set of training data than rank 0: expected 50 samples")
}

#[test]
fn what_ranks_cannot_share_is_refused() -> Result<()> {
    let (x, y) = vectors();
    let few = errors(4, |ranks| {
        let mut model = Plain::new(1);
        let mut trainer = model.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
        trainer.fit((&x, &y), quiet(1).batch_size(3)).map(drop)
    })?;
    let expected = "4 ranks cannot share batches of 3: expected a sample at least for each\nhelp: give a larger `batch_size`";
    assert_eq!(few, [expected; 4]);

    let keeping = errors(2, |ranks| {
        let mut model = Keeping::new(1);
        let mut trainer = model.compile(SGD::new(0.1), MeanSquaredError::new()).distribute(ranks);
        trainer.fit((ndarray::Array3::<f32>::zeros((4, 4, 2)), Array2::<f32>::zeros((4, 1))), quiet(1)).map(drop)
    })?;
    let expected = "a layer with `stateful = true` cannot be shared among ranks\nhelp: leave out `distribute`, or do without";
    assert_eq!(keeping, [expected; 2]);

    let by_calls = errors(2, |ranks| {
        let normal = BatchNormalization::new().synchronized(true).build(&[5], 1)?;
        let mut model = OwnModel::with_inputs(Normalizing { normal }, Input::new([5]))?;
        let mut trainer = model.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
        trainer.fit((&x, &y), quiet(1)).map(drop)
    })?;
    assert!(by_calls[0].contains("a layer with `synchronized = true` in a struct of one's own cannot be shared"), "{by_calls:?}");

    let own = errors(2, |ranks| {
        let mut model = Plain::new(1);
        let trainer = model.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
        trainer.train_step(["loss"], |_| Ok([0.0])).fit((&x, &y), quiet(1)).map(drop)
    })?;
    assert!(own[1].starts_with("a step of one's own, `train_step` or `test_step`, cannot be shared among ranks"), "{own:?}");
    Ok(())
}

/// What ranks end with, of which one does something else in a callback.
fn called(ranks: usize, hook: impl Fn(usize, usize, &mut Training<'_>) -> Outcome + Sync) -> Result<Vec<String>> {
    let ((x, y), hook) = (vectors(), &hook);
    errors(ranks, |ranks| {
        let (rank, mut model) = (ranks.rank(), Plain::new(1));
        let own = LambdaCallback::new().on_train_batch_end(move |step, _, training| hook(rank, step, training));
        let mut trainer = model.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
        let history = trainer.fit((&x, &y), quiet(5).callback(own))?;
        Err(Error::Data(format!("{} epochs, {} steps", history.epochs(), trainer.iterations()).into()))
    })
}

#[test]
fn a_callback_that_stops_or_fails_on_one_rank_ends_all() -> Result<()> {
    let stopped = called(4, |rank, step, training| {
        if (rank, step) == (2, 1) {
            training.stop();
        }
        Ok(())
    })?;
    assert_eq!(stopped, ["1 epochs, 2 steps"; 4]);
    let failed = called(2, |rank, step, _| if (rank, step) == (1, 2) { Err("the disk is full".into()) } else { Ok(()) })?;
    assert!(failed[0].starts_with("rank 1 has failed: ") && failed[0].ends_with("the disk is full"), "{failed:?}");
    assert!(!failed[1].contains("rank") && failed[1].ends_with("the disk is full"), "{failed:?}");
    Ok(())
}

#[test]
fn a_rank_that_panics_is_named_to_the_others() {
    let (x, y) = vectors();
    let ended = Threads::run(4, |ranks| {
        let (rank, mut model) = (ranks.rank(), Plain::new(1));
        let own = LambdaCallback::new().on_train_batch_end(move |step, _, _| {
            assert!((rank, step) != (1, 2), "out of luck");
            Ok(())
        });
        let mut trainer = model.compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits()).distribute(ranks);
        trainer.fit((&x, &y), quiet(5).callback(own)).map(drop)
    });
    assert_eq!(ended.unwrap_err().to_string(), "rank 1 is gone: it panicked");
}
