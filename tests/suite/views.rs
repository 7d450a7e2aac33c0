//! Views: models that are a part of another, and share its weights.

use crate::weights::weights;
use functional_model::prelude::*;
use ndarray::{Array2, Array4};

mod nets {
    functional_model::functional_model! {
        /// Images through a narrow place and back.
        pub model Autoencoder(img: [8, 8, 1]) -> [8, 8, 1] {
            let x = pair(img, 4);
            let x = MaxPooling2D(2)(x);
            let code = Flatten()(x);
            let d = Dense(64, activation = "relu");
            let x = d(code);
            let x = d(x);
            Reshape([8, 8, 1])(x)
        }

        fn pair(x, filters) {
            let x = Conv2D(filters, 3, padding = "same", activation = "relu")(x);
            Conv2D(filters, 3, padding = "same", activation = "relu")(x)
        }

        /// The first half.
        pub model Encoder = Autoencoder { img -> code };

        /// An autoencoder inside of another model.
        pub model Outer(img: [8, 8, 1]) -> [3] {
            let image = Autoencoder(name = "auto")(img);
            Dense(3)(Flatten()(image))
        }
    }
}
use nets::{Autoencoder, Encoder, Outer};

functional_model! {
    /// The second half, seen from elsewhere.
    pub model Decoder = Autoencoder { code -> reshape };

    /// Tensors on the way, of two calls of one layer.
    pub model Features = Autoencoder { img -> (conv2d, dense[0], dense[1]) };

    /// Inside of a model inside of a model.
    pub model Deep = Outer { img -> (auto.conv2d_1, flatten) };

    /// Part of a part.
    pub model First = Encoder { img -> conv2d };

    /// Frozen features, and a new head.
    pub model Transfer(img: [8, 8, 1]) -> [3] {
        let code = Encoder(trainable = false)(img);
        Dense(3)(code)
    }
}

fn images() -> Array4<f32> {
    Array4::from_shape_fn((6, 8, 8, 1), |(i, j, k, _)| ((i * 7 + j * 3 + k) % 11) as f32 / 11.0)
}

fn silent() -> Fit<'static> {
    Fit { verbose: Verbose::Silent, ..Fit::default() }
}

#[test]
fn the_halves_of_a_model_make_the_whole() -> Result<()> {
    let whole = Autoencoder::new(1);
    let code = Encoder::of(&whole).predict(images())?;
    assert_eq!(code.shape(), [6, 64]);
    assert_eq!(Decoder::of(&whole).predict(&code)?, whole.predict(images())?);
    assert_eq!(Encoder::PARAMETERS + Decoder::PARAMETERS, Autoencoder::PARAMETERS);
    Ok(())
}

#[test]
fn training_a_view_trains_the_model_and_nothing_besides() -> Result<()> {
    let mut whole = Autoencoder::new(1);
    let (code, untrained) = (Encoder::of(&whole).predict(images())?, whole.clone());
    let target: Array2<f32> = Array2::zeros((6, 64));
    Encoder::of(&mut whole).compile(SGD::new(0.1), MeanSquaredError::new()).fit((&images(), &target), silent())?;
    assert_ne!(Encoder::of(&whole).predict(images())?, code);
    assert_ne!(whole.pair.conv2d.kernel(), untrained.pair.conv2d.kernel());
    assert_eq!(whole.dense.kernel(), untrained.dense.kernel());
    whole.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&images(), &images()), silent())?;
    assert_ne!(Decoder::of(&whole).predict(&code)?, Decoder::of(&untrained).predict(&code)?);
    Ok(())
}

#[test]
fn a_view_gives_any_tensor_also_inside_of_models() -> Result<()> {
    let whole = Autoencoder::new(1);
    let FeaturesOutputs { conv2d, dense_0, dense_1 } = Features::of(&whole).predict(images())?;
    assert_eq!(First::of(&Encoder::new(1)).predict(images())?, conv2d);
    assert_eq!(whole.predict(images())?.as_slice(), dense_1.as_slice());
    assert_ne!(dense_0, dense_1);
    let outer = Outer::new(2);
    let deep = Deep::of(&outer).predict(images())?;
    assert_eq!(Features::of(&outer.auto).predict(images())?.conv2d.shape(), deep.conv2d_1.shape());
    assert_eq!(deep.flatten.shape(), [6, 64]);
    Ok(())
}

#[test]
fn a_view_is_a_model_like_any_other() -> Result<()> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("encoder.safetensors");
    let encoder = Encoder::new(3);
    encoder.save(&path)?;
    let expected = encoder.predict(images())?;
    assert_eq!(Encoder::load(&path)?.predict(images())?, expected);
    assert_eq!(Model::load(&path)?.predict(images())?, expected);
    let mut autoencoder = Autoencoder::new(4);
    Encoder::of(&mut autoencoder).load_weights(&path)?;
    assert_eq!(Encoder::of(&autoencoder).predict(images())?, expected);
    Ok(())
}

#[test]
fn frozen_features_keep_their_weights() -> Result<()> {
    let mut model = Transfer::new(5);
    model.encoder.base = Autoencoder::new(9);
    model.encoder.set_trainable(false);
    let before = model.clone();
    let target: Array2<f32> = Array2::ones((6, 3));
    model.compile(SGD::new(0.1), MeanSquaredError::new()).fit((&images(), &target), silent())?;
    assert_eq!(model.encoder.base.pair.conv2d.kernel(), before.encoder.base.pair.conv2d.kernel());
    assert_ne!(model.dense.kernel(), before.dense.kernel());
    Ok(())
}

/// Views are called on variables as models are, however they hold their model; gradients are of the model's weights.
#[test]
fn views_are_called_on_variables() -> Result<()> {
    let (images, mut model) = (images(), Autoencoder::new(1));
    let whole = {
        let tape = Tape::new();
        let x = tape.constant(&images)?;
        let loss = model.call(&x)?.square()?.mean(..)?;
        (loss.item()?, loss.backward()?)
    };
    let by_parts = {
        let tape = Tape::new();
        let x = tape.constant(&images)?;
        let code = Encoder::of(&model).call(&x)?;
        let decoder = Decoder::of(&mut model);
        let loss = decoder.call(&code)?.square()?.mean(..)?;
        (loss.item()?, loss.backward()?)
    };
    assert_eq!(whole.0.to_bits(), by_parts.0.to_bits());
    model.visit(&mut |weight, _| assert_eq!(whole.1.of_weight(weight), by_parts.1.of_weight(weight), "{}", weight.name));

    let mut optimizer = SGD::new(0.1).build(&Encoder::of(&model))?;
    let before = weights(&model);
    optimizer.apply(&mut Encoder::of(&mut model), &by_parts.1)?;
    let moved: Vec<bool> = before.iter().zip(weights(&model)).map(|(before, now)| *before != now).collect();
    assert_eq!(moved, [true, true, true, true, false, false]);
    Ok(())
}
