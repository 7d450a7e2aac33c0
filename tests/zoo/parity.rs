//! Small versions of usual networks, word for word those of `tests/parity/zoo.py`: what Keras computes, the macro's code computes.

use functional_model::functional_model;
use functional_model::layer::{Context, Gradient};
use functional_model::prelude::*;
use safetensors::{Dtype, SafeTensors};

functional_model! {
    /// Texts of different lengths, read in both directions.
    pub model PaddedText(words: i32[7]) -> [1] {
        let x = Embedding(20, 8, mask_zero = true)(words);
        let x = Bidirectional(LSTM(6, return_sequences = true))(x);
        let x = Bidirectional(LSTM(4, name = "again"))(x);
        Dense(1, activation = "sigmoid")(x)
    }

    /// The encoder of Keras's example of time series.
    pub model SeriesTransformer(series: [12, 3]) -> [3] {
        let mut x = series;
        for _ in 0..2 {
            let y = MultiHeadAttention(2, key_dim = 4, dropout = 0.25)(x, x);
            let y = LayerNormalization(epsilon = 1e-6)(Dropout(0.25)(y));
            let seen = y + x;
            let y = Conv1D(4, 1, activation = "relu")(seen);
            let y = Conv1D(3, 1)(Dropout(0.25)(y));
            x = LayerNormalization(epsilon = 1e-6)(y) + seen;
        }
        let x = GlobalAveragePooling1D()(x);
        let x = Dropout(0.25)(Dense(8, activation = "relu")(x));
        Dense(3, activation = "softmax")(x)
    }

    /// A decoder that sees what is behind it alone.
    pub model NextWord(words: i32[8], places: i32[8]) -> [8, 12] {
        let mut x = Embedding(12, 8)(words) + Embedding(12, 8)(places);
        for _ in 0..2 {
            let y = LayerNormalization(epsilon = 1e-5)(x);
            x = x + MultiHeadAttention(2, 4)(y, y, use_causal_mask = true);
            let y = LayerNormalization(epsilon = 1e-5)(x);
            x = x + perceptron(y, [16, 8]);
        }
        Dense(12)(LayerNormalization(epsilon = 1e-5)(x))
    }

    /// One sequence read, another written from where reading ended.
    pub model Translator(source: i32[6], target: i32[5]) -> [5, 12] {
        let x = Embedding(14, 6, mask_zero = true)(source);
        let (_, h, c) = LSTM(8, return_state = true)(x);
        let y = Embedding(12, 6)(target);
        let (y, _, _) = LSTM(8, return_sequences = true, return_state = true)(y, initial_state = [h, c]);
        Dense(12, activation = "softmax")(y)
    }

    /// Words about an image: each looks back at the words, and at the regions of the image.
    pub model CaptionDecoder(regions: [9, 6], words: i32[7], places: i32[7]) -> [7, 15] {
        let seen = Dense(8, activation = "relu")(LayerNormalization()(regions));
        let seen = LayerNormalization()(seen + MultiHeadAttention(1, 8)(seen, seen));
        let x = Embedding(15, 8)(words) + Embedding(15, 8)(places);
        let y = MultiHeadAttention(2, 4)(x, x, value_mask = words != 0, use_causal_mask = true);
        let x = LayerNormalization()(x + y);
        let x = LayerNormalization()(x + MultiHeadAttention(2, 4)(x, seen));
        let y = perceptron(x, [16, 8], activation = "relu");
        let x = LayerNormalization()(x + y);
        Dense(15, activation = "softmax")(x)
    }

    /// The next images of a film, as in Keras's example.
    pub model MovingShapes(film: [4, 8, 8, 1]) -> [4, 8, 8, 1] {
        let mut x = film;
        for kernel_size in [5, 3, 1] {
            x = ConvLSTM2D(4, kernel_size, padding = "same", return_sequences = true, activation = "relu")(x);
            if kernel_size > 1 {
                x = BatchNormalization()(x);
            }
        }
        Conv3D(1, 3, activation = "sigmoid", padding = "same")(x)
    }

    /// A classifier of volumes, as in Keras's example.
    pub model Scans(volume: [8, 8, 7, 1]) -> [1] {
        let x = Conv3D(4, 3, activation = "relu")(volume);
        let x = BatchNormalization()(MaxPooling3D(2)(x));
        let x = Conv3D(6, 2, activation = "relu")(x);
        let x = GlobalAveragePooling3D()(BatchNormalization()(x));
        let x = Dense(8, activation = "relu")(x);
        Dense(1, activation = "sigmoid")(x)
    }

    /// Perceptrons across patches, then across channels.
    pub model Mixer(image: [8, 8, 3]) -> [3] {
        let mut x = Reshape([4, 6])(Conv2D(6, 4, strides = 4)(image));
        for _ in 0..2 {
            let y = Permute((2, 1))(LayerNormalization(epsilon = 1e-6)(x));
            let y = perceptron(y, [8, 4]);
            x = x + Permute((2, 1))(y);
            let y = LayerNormalization(epsilon = 1e-6)(x);
            x = x + perceptron(y, [12, 6]);
        }
        let x = GlobalAveragePooling1D()(LayerNormalization(epsilon = 1e-6)(x));
        Dense(3)(x)
    }

    /// Patches of an image that look at each other, as in Keras's example.
    pub model PatchTransformer(image: [8, 8, 3], places: i32[4]) -> [5] {
        let mut x = Reshape([4, 8])(Conv2D(8, 4, strides = 4)(image)) + Embedding(4, 8)(places);
        for _ in 0..2 {
            let y = LayerNormalization(epsilon = 1e-6)(x);
            x = x + MultiHeadAttention(2, 8, dropout = 0.1)(y, y);
            let mut y = LayerNormalization(epsilon = 1e-6)(x);
            for units in [16, 8] {
                y = Dropout(0.1)(Dense(units, activation = "gelu")(y));
            }
            x = x + y;
        }
        let x = Dropout(0.5)(Flatten()(LayerNormalization(epsilon = 1e-6)(x)));
        let x = Dropout(0.5)(Dense(12, activation = "gelu")(x));
        Dense(5)(x)
    }

    /// Of Xception's entry and middle flow one block each.
    pub model SeparableFlow(image: [9, 9, 2]) -> [3] {
        let shortcut = BatchNormalization()(Conv2D(4, 1, strides = 2, padding = "same", use_bias = false)(image));
        let mut x = image;
        for is_first in [true, false] {
            x = if is_first { x } else { Activation("relu")(x) };
            x = separable(x);
        }
        x = MaxPooling2D(3, strides = 2, padding = "same")(x) + shortcut;
        let shortcut = x;
        for _ in 0..3 {
            x = separable(Activation("relu")(x));
        }
        let x = GlobalAveragePooling2D()(x + shortcut);
        Dense(3)(x)
    }

    fn separable(x) {
        BatchNormalization()(SeparableConv2D(4, 3, padding = "same", use_bias = false)(x))
    }

    fn perceptron(x, units, activation = "gelu") {
        let (hidden, out) = units;
        Dense(out)(Dense(hidden, activation = activation)(x))
    }
}

pub const MODELS: &[crate::Entry] = entries![
    PaddedText,
    SeriesTransformer,
    NextWord,
    Translator,
    CaptionDecoder,
    MovingShapes,
    Scans,
    Mixer,
    PatchTransformer,
    SeparableFlow,
];

/// A tensor of a case; integers as floats.
fn tensor(file: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let view = file.tensor(name).unwrap_or_else(|_| panic!("there is no `{name}`"));
    let bytes = view.data();
    match view.dtype() {
        Dtype::F32 => bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect(),
        Dtype::F64 => bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()) as f32).collect(),
        Dtype::I32 => bytes.chunks_exact(4).map(|bytes| i32::from_le_bytes(bytes.try_into().unwrap()) as f32).collect(),
        other => panic!("no case has {other}"),
    }
}

/// Whether what was computed is what Keras computed, to 1e-5 of the largest number; what is nothing there is next to nothing here.
fn assert_near(found: &[f32], file: &SafeTensors<'_>, case: &str, name: &str) {
    let expected = tensor(file, name);
    assert_eq!(found.len(), expected.len(), "{case}: {name}");
    let largest = expected.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    let largest = if largest < 1e-12 { 1.0 } else { largest.max(1e-2) };
    let is_near = |found: f32, expected: f32| (found - expected).abs() <= 1e-5 * largest; // NaN is near nothing
    let differs = found.iter().zip(&expected).find(|(found, expected)| !is_near(**found, **expected));
    assert_eq!(differs, None, "{case}: {name}, up to {largest}");
}

/// The outputs, the gradients and the moving statistics of a case of `tests/parity`.
fn check<N: Trainable>(mut model: N, case: &str, is_training: bool) {
    let bytes = std::fs::read(format!("tests/parity/{case}.safetensors")).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let names: Vec<String> = model.graph().weights().into_iter().map(|(path, _)| path).collect();
    let given = file.names().into_iter().filter(|name| name.starts_with("weight/")).count();
    assert_eq!(names.len(), given, "{names:?}");
    let mut next = names.iter();
    model.visit_mut(&mut |weight| weight.data.copy_from_slice(&tensor(&file, &format!("weight/{}", next.next().unwrap()))));

    let ports =
        |kind: &str, count: usize| -> Vec<Vec<f32>> { (0..count).map(|port| tensor(&file, &format!("{kind}/{port}"))).collect() };
    let (inputs, outputs) = (model.graph().inputs.len(), model.graph().outputs.len());
    let (given, mut found) = (ports("input", inputs), ports("output", outputs));
    let (mut d_found, mut d_given) = (ports("cotangent", outputs), ports("input_gradient", inputs));
    let batch = file.tensor("input/0").unwrap().shape()[0];
    let context = Context { training: is_training, ..Context::training(batch, 0) };
    let (mut tape, mut gradients) = (model.tape(), model.gradients());
    let given: Vec<&[f32]> = given.iter().map(Vec::as_slice).collect();
    let mut slices: Vec<&mut [f32]> = found.iter_mut().map(Vec::as_mut_slice).collect();
    model.forward(&mut tape, context, &given, &mut slices).unwrap();
    let read: Vec<&[f32]> = found.iter().map(Vec::as_slice).collect();
    let mut slices: Vec<&mut [f32]> = d_found.iter_mut().map(Vec::as_mut_slice).collect();
    let wanted = |data| Some(Gradient { data, accumulate: false });
    let mut d_inputs: Vec<Option<Gradient<'_, f32>>> = d_given.iter_mut().map(Vec::as_mut_slice).map(wanted).collect();
    model.backward(&mut tape, context, &given, &read, &mut slices, &mut d_inputs, &mut gradients).unwrap();
    if is_training {
        model.update(&tape);
    }

    for (port, found) in found.iter().enumerate() {
        assert_near(found, &file, case, &format!("output/{port}"));
    }
    for (port, d_input) in d_given.iter().enumerate() {
        assert_near(d_input, &file, case, &format!("input_gradient/{port}"));
    }
    let mut next = names.iter();
    model.visit_with(&mut gradients, &mut |weight, gradient, is_trainable| {
        let name = next.next().unwrap();
        match is_trainable {
            true => assert_near(&gradient.data, &file, case, &format!("weight_gradient/{name}")),
            false if is_training => assert_near(&weight.data, &file, case, &format!("updated/{name}")),
            false => {}
        }
    });
}

#[test]
fn sequences_are_computed_as_by_keras() {
    check(PaddedText::new(1), "padded_text", false);
    check(SeriesTransformer::new(1), "series_transformer", false);
    check(NextWord::new(1), "next_word", false);
    check(Translator::new(1), "translator", false);
    check(CaptionDecoder::new(1), "caption_decoder", false);
}

#[test]
fn images_are_computed_as_by_keras() {
    check(Mixer::new(1), "mixer", false);
    check(crate::convnext::TinyConvNeXt::new(1), "tiny_convnext", false);
    check(PatchTransformer::new(1), "vision_transformer", false);
    for is_training in [false, true] {
        let case = |name: &str| format!("{name}{}", if is_training { "_training" } else { "" });
        check(MovingShapes::new(1), &case("moving_shapes"), is_training);
        check(Scans::new(1), &case("scans"), is_training);
        check(SeparableFlow::new(1), &case("separable_flow"), is_training);
    }
}
