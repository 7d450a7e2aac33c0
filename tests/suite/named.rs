//! Named dimensions: one program for all sizes, compiled and interpreted, with each size bound once a call.

use functional_model::prelude::*;
use functional_model::slots::Memory;
use ndarray::{Array1, Array2, Array3, Array4, ArrayD, IxDyn};

use crate::bits::check;

functional_model! {
    /// Sorts texts of any length.
    pub model Texts(text: i32[words], speed: [words, 4]) -> (kind: [3], tags: [words - 4, 5]) {
        let x = Embedding(50, 4)(text);
        let x = LayerNormalization()(x + speed);
        let x = encoder(x, 6);
        let tags = Dense(5)(x);
        let x = LSTM(7, return_sequences = true)(x);
        let x = BatchNormalization()(x);
        (Dense(3)(GlobalAveragePooling1D()(x)), tags)
    }

    fn encoder(x, filters) {
        let x = Conv1D(filters, 3, activation = "gelu")(x);
        Conv1D(filters, 3, activation = "relu")(x)
    }

    /// Half as long, rounded up.
    model Halves(x: [frames, 3]) -> [(frames + 1) / 2, 3] {
        Conv1D(3, 3, strides = 2, padding = "same", activation = "tanh")(x)
    }

    /// Two halves of other lengths by one model, joined.
    pub model Nested(x: [words, 3], y: [2 * words, 3]) -> [(words + 1) / 2 + words, 3] {
        let halves = Halves(name = "halves");
        let both = Concatenate(axis = 1)([halves(x), halves(y)]);
        Dropout(0.5)(both)
    }

    /// Images of any size, in the fully convolutional way.
    pub model Segments(image: [height, width, 3]) -> [2 * height, 2 * width, 2] {
        let x = Conv2D(4, 3, padding = "same", activation = "relu")(image);
        let x = UpSampling2D(2)(x * GlobalAveragePooling2D(keepdims = true)(x));
        Conv2D(2, 1)(x)
    }

    /// Layers of sequences, each on an axis of any size.
    model Sequences(x: [words, 4]) -> (a: [words + 8, 4], b: [4, words], c: [3 * words, 4], d: [4], e: [2 * words / 3, 4]) {
        let y = PReLU(shared_axes = [1])(AveragePooling1D(2, strides = 1, padding = "same")(x));
        let y = SeparableConv2D(2, 3, padding = "same", activation = "silu")(Reshape([-1, 2, 2])(y));
        let y = Reshape([-1, 4])(Dropout(0.2)(y));
        let y = ELU()(GRU(4, return_sequences = true)(SimpleRNN(4, return_sequences = true)(y)));
        let a = ZeroPadding1D((3, 5))(y);
        let b = Softmax()(Permute([2, 1])(y));
        let c = Concatenate(axis = 1)([Maximum()([x, y]), UpSampling1D(2)(Minimum()([x, y]))]);
        let d = RepeatVector(3)(GlobalAveragePooling1D()(Average()([x, y])));
        let e = MaxPooling1D(3)(UpSampling1D(2)(Cropping1D((0, 0))(y * x)));
        (a, b, c, GlobalMaxPooling1D()(d), e)
    }

    /// Layers of images, each on axes of any size.
    model Images(x: [height, width, 2]) -> (a: [2 * height + 1, 2 * width + 1, 3], b: [2], c: [height - 2, width - 3, 2]) {
        let y = BatchNormalization(axis = 1)(Permute([3, 1, 2])(x));
        let y = Rescaling(0.5)(Permute([2, 3, 1])(y));
        let y = DepthwiseConv2D(3, padding = "same", activation = "tanh")(y);
        let y = LeakyReLU()(AveragePooling2D(2, strides = 1, padding = "same")(y));
        let a = Conv2DTranspose(3, 3, strides = 2)(y);
        let b = GlobalMaxPooling2D()(UpSampling2D(2, interpolation = "bilinear")(y)) - GlobalAveragePooling2D()(x);
        let c = Cropping2D(((1, 1), (2, 1)))(LayerNormalization()(Subtract()([x, y])));
        (a, b, c)
    }

    pub model Tags = Texts { (text, speed) -> tags };
    pub model Scores = Texts { layer_normalization -> tags };

    /// Starts behind two convolutions: its own `words` is what its input says.
    pub model Ends = Texts { conv1d_1 -> tags };
}

#[test]
fn compiled_models_run_as_their_configurations_do_at_every_size() {
    for words in [5, 9, 12] {
        check(Texts::new(7), Texts::config(), 3, &[words]);
        check(Nested::new(7), Nested::config(), 3, &[words]);
        check(Sequences::new(7), Sequences::config(), 2, &[words]);
        check(Images::new(7), Images::config(), 2, &[words, words - 1]);
        check(Segments::new(7), Segments::config(), 2, &[words, words + 3]);
    }
}

fn speeds(samples: usize, words: usize) -> Array3<f32> {
    Array3::from_shape_fn((samples, words, 4), |(i, j, k)| ((i * 7 + j * 3 + k) % 11) as f32 / 11.0)
}

fn texts(samples: usize, words: usize) -> TextsInputs<Array2<i32>, Array3<f32>> {
    let text = Array2::from_shape_fn((samples, words), |(i, j)| ((i + 5 * j) % 50) as i32);
    TextsInputs { text, speed: speeds(samples, words) }
}

#[test]
fn every_call_binds_the_sizes_anew() {
    let model = Texts::new(1);
    for words in [5, 30, 8] {
        let found = model.predict(texts(3, words)).unwrap();
        assert_eq!((found.kind.shape(), found.tags.shape()), (&[3, 3][..], &[3, words - 4, 5][..]));
    }
    // A batch of one is the same as one of many, and so is another batch size.
    let (all, one) = (texts(3, 9), texts(1, 9));
    let both = [model.predict(&all).unwrap().kind, model.predict(&one).unwrap().kind];
    assert_eq!(both[0].index_axis(ndarray::Axis(0), 0), both[1].index_axis(ndarray::Axis(0), 0));
}

#[test]
fn a_contradiction_names_both_tensors() {
    let model = Texts::new(1);
    let x = TextsInputs { text: Array2::<i32>::zeros((2, 7)), speed: speeds(2, 8) };
    let error = model.predict(&x).unwrap_err().to_string();
    assert_eq!(
        error,
        "`words` has two sizes: 7 by input `text`, 8 by input `speed`\nhelp: it is one size wherever it stands in the model"
    );
    let error = Nested::new(1)
        .predict([("x", (&Array3::<f32>::zeros((1, 4, 3))).into()), ("y", (&Array3::<f32>::zeros((1, 9, 3))).into())]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "input `y` has the wrong shape: expected [samples, 2 * words, 3], found [samples, 9, 3]"
    );
}

#[test]
fn a_size_that_a_layer_cannot_work_on_is_refused() {
    let error = Texts::new(1).predict(texts(2, 4)).unwrap_err().to_string();
    assert_eq!(
        error,
        "`words` is 4: `Conv1D(6, 3, activation = \"relu\")` would make [0, 6] of [2, 6]\nhelp: give the model larger arrays, or fewer \
         layers that make them smaller"
    );
    let image = Array4::<f32>::zeros((1, 0, 3, 3));
    assert!(Segments::new(1).predict(&image).is_err());
    let image = Array3::<f32>::zeros((1, 4, 3));
    let error = Segments::new(1).predict(&image).unwrap_err().to_string();
    assert_eq!(error, "input `image` has the wrong shape: expected [samples, height, width, 3], found [samples, 4, 3]");
}

#[test]
fn training_takes_data_of_any_size_and_judges_by_another() {
    let mut model = Texts::new(3);
    let targets = |samples: usize, words: usize| TextsOutputs {
        kind: Array1::from_shape_fn(samples, |i| (i % 3) as i32),
        tags: Array2::from_shape_fn((samples, words - 4), |(i, j)| ((i + j) % 5) as i32),
    };
    let losses =
        TextsOutputs { kind: SparseCategoricalCrossentropy::from_logits(), tags: SparseCategoricalCrossentropy::from_logits() };
    let mut trainer = model.compile(Adam::new(1e-2), losses);
    let (x, y, other_x, other_y) = (texts(12, 9), targets(12, 9), texts(4, 15), targets(4, 15));
    let validation = (&other_x, &other_y);
    let fit = Fit { epochs: 4, batch_size: 5, verbose: Verbose::Silent, validation_data: Some(&validation), ..Fit::default() };
    let history = trainer.fit((&x, &y), fit).unwrap();
    let losses = history.get("loss").unwrap();
    assert!(losses[3] < losses[0], "{losses:?}");
    assert!(history.get("val_loss").unwrap().iter().all(|loss| loss.is_finite()));
    let error = trainer.evaluate((&x, &targets(12, 10))).unwrap_err().to_string();
    assert_eq!(
        error,
        "`words - 4` has two sizes: 5 by input `text`, 6 by target `tags`\nhelp: it is one size wherever it stands in the model"
    );
}

#[test]
fn typed_tensors_have_axes_of_any_size() {
    let (model, image) = (Segments::new(1), Array4::<f32>::ones((2, 3, 5, 3)));
    let image: Tensor<shape![_, _, 3]> = Tensor::from_array(&image).unwrap();
    let mut pass = Pass::new(&model, 1);
    let mask: Tensor<shape![_, _, 2]> = model.forward(&mut pass, &image).unwrap();
    assert_eq!((mask.batch(), mask.sizes()), (2, &[6, 10, 2][..]));
    let gradients = model.backward(&mut pass, &mask);
    assert!(gradients.conv2d.kernel().iter().any(|&gradient| gradient != 0.0));
}

#[test]
fn files_and_configurations_keep_the_names() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("texts.safetensors");
    let model = Texts::new(5);
    model.save(&path).unwrap();
    let (same, any) = (Texts::load(&path).unwrap(), Model::load(&path).unwrap());
    assert_eq!(any.graph().names(), ["words"]);
    let x = texts(2, 11);
    let expected = model.predict(&x).unwrap();
    assert_eq!(same.predict(&x).unwrap(), expected);
    assert_eq!(any.predict_all(&x).unwrap()[1].1, expected.tags);
    assert!(Texts::config().contains(r#""dimensions":["words",null]"#), "{}", Texts::config());
}

#[test]
fn what_is_not_named_in_keras_gets_a_name_of_its_own() {
    let configuration = Segments::config().replace(r#","dimensions":["height","width",null]"#, "");
    let model = Model::from_config(&configuration, 1).unwrap();
    assert_eq!(model.graph().names(), ["image_1", "image_2"]);
    let image = ArrayD::<f32>::zeros(IxDyn(&[1, 4, 6, 3]));
    assert_eq!(model.predict(&image).unwrap().shape(), [1, 8, 12, 2]);
}

#[test]
fn the_memory_is_a_function_of_the_sizes() {
    let memory: Memory = Segments::inference_memory(8, 10);
    assert_eq!(memory, Memory::new(8 * 10 * 4 + 16 * 20 * 4 + 4, 0)); // the gate beside the images
    assert!(Texts::training_memory(20).per_sample > Texts::training_memory(10).per_sample);
}

#[test]
fn views_of_models_with_names_share_their_weights() {
    let model = Texts::new(2);
    let x = texts(2, 9);
    let tags = Tags::of(&model).predict(&x).unwrap();
    assert_eq!(tags, model.predict(&x).unwrap().tags);
    let x = Array3::<f32>::from_shape_fn((2, 9, 4), |(i, j, k)| (i + j * k) as f32 / 9.0);
    assert_eq!(Scores::of(&model).predict(&x).unwrap().shape(), [2, 5, 5]);
    let tag = ndarray::Array3::<f32>::ones((2, 6, 6));
    assert_eq!(Ends::of(&model).predict(&tag).unwrap().shape(), [2, 6, 5]);
}

#[test]
fn axes_that_keras_has_no_names_for_are_held_to_what_its_layers_ask() {
    let configuration = include_str!("../../model-graph/tests/keras/any_size.json");
    let model: Model = Model::from_config(configuration, 1).unwrap();
    assert_eq!(model.graph().names(), ["left_1", "words_1"]);
    let (left, words) = (Array3::<f32>::ones((2, 7, 4)), Array2::<i32>::ones((2, 3)));
    let predict =
        |right: &Array3<f32>| model.predict_all([("left", (&left).into()), ("right", right.into()), ("words", (&words).into())]);
    let found = predict(&Array3::ones((2, 7, 4))).unwrap();
    assert_eq!([found[0].1.shape(), found[1].1.shape()], [&[2, 4][..], &[2, 3, 2]]);
    let error = predict(&Array3::ones((2, 6, 4))).unwrap_err().to_string();
    assert!(error.contains("`left_1`") && error.contains("`right`"), "{error}");
}
