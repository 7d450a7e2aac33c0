//! Images changed by chance while a model trains: compiled and interpreted to the same bits, and not at all when it predicts.

use functional_model::prelude::*;
use ndarray::{Array1, Array4};

functional_model! {
    /// Tells stripes that lie from stripes that stand.
    pub model Stripes(image: [14, 14, 1]) -> [2] {
        let x = RandomFlip("horizontal")(image);
        let x = RandomRotation(0.05, fill_mode = "constant", fill_value = 0.5)(x);
        let x = RandomZoom((-0.2, 0.1))(x);
        let x = RandomCrop(12, 12)(x);
        let x = Conv2D(6, 3, activation = "relu")(x);
        let x = MaxPooling2D(2)(x);
        Dense(2)(Flatten()(x))
    }

    /// Every way to lay images anew, of any height.
    model Each(image: [rows, 9, 2]) -> [7, 8, 2] {
        let x = RandomTranslation((-0.5, 0.25), 0.4, fill_mode = "wrap", interpolation = "nearest")(image);
        let x = RandomZoom(0.5, width_factor = (0.1, 0.9), fill_mode = "constant", fill_value = 0.25)(x);
        let x = RandomRotation((-0.3, 0.2), fill_mode = "nearest", seed = 7)(x);
        let x = RandomErasing((0.5, 1.0), scale = 0.5, value_range = (-1.0, 1.0))(x);
        RandomCrop(7, 8)(x)
    }

    model Cropped(image: [rows, 9, 2]) -> [6, 8, 2] {
        RandomCrop(6, 8)(image)
    }

    model Resized(image: [rows, 9, 2]) -> [6, 8, 2] {
        Resizing(6, 8, crop_to_aspect_ratio = true)(image)
    }
}

/// Images of stripes, every other one lying.
fn stripes(count: usize) -> (Array4<f32>, Array1<i32>) {
    let images = Array4::from_shape_fn((count, 14, 14, 1), |(i, y, x, _)| {
        let across = if i % 2 == 0 { y } else { x };
        f32::from(u8::from((across + i / 2) % 4 < 2))
    });
    (images, Array1::from_shape_fn(count, |i| (i % 2) as i32))
}

fn fit(seed: u64) -> Fit<'static> {
    Fit { batch_size: 16, epochs: 8, seed: Some(seed), verbose: Verbose::Silent, ..Fit::default() }
}

/// The losses of training, and the model.
fn fitted(seed: u64) -> (Vec<f64>, Stripes) {
    let mut model = Stripes::new(3);
    let (images, classes) = stripes(64);
    let history =
        model.compile(Adam::new(1e-2), SparseCategoricalCrossentropy::from_logits()).fit((&images, &classes), fit(seed)).unwrap();
    let losses = history.get("loss").unwrap().to_vec();
    (losses, model)
}

#[test]
fn compiled_code_does_what_the_configuration_says() {
    crate::bits::check(Stripes::new(7), Stripes::config(), 3, &[]);
    for rows in [8, 7, 3] {
        crate::bits::check(Each::new(7), Each::config(), 3, &[rows]);
    }
}

#[test]
fn a_model_learns_in_spite_of_what_is_done_to_its_images() {
    let (losses, model) = fitted(5);
    let (images, classes) = stripes(64);
    let found = model.predict(&images).unwrap();
    let correct = found.outer_iter().zip(&classes).filter(|(scores, class)| (scores[1] > scores[0]) == (**class == 1)).count();
    assert!(correct > 58, "{correct} of 64 after {losses:?}");
    assert_eq!(model.predict(&images).unwrap(), found);

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stripes.safetensors");
    model.save(&path).unwrap();
    assert_eq!(Stripes::load(&path).unwrap().predict(&images).unwrap(), found);
    let any = Model::load(&path).unwrap().predict(images.view().into_dyn()).unwrap();
    assert_eq!(any, found.into_dyn());
}

/// The seed says what is done to images.
#[test]
fn the_same_seed_trains_to_the_same_bits() {
    let ((first, one), (again, two), (other, _)) = (fitted(5), fitted(5), fitted(6));
    let (images, _) = stripes(8);
    assert_eq!(first, again);
    assert_eq!(one.predict(&images).unwrap(), two.predict(&images).unwrap());
    assert_ne!(first, other);
}

#[test]
fn a_crop_predicts_from_the_middle() {
    for rows in [8, 6, 3, 20] {
        let images = Array4::from_shape_fn((2, rows, 9, 2), |(i, y, x, c)| ((i * 5 + y * 7 + x * 3 + c) % 11) as f32);
        assert_eq!(Cropped::new(0).predict(&images).unwrap(), Resized::new(0).predict(&images).unwrap(), "{rows} rows");
    }
}

/// A configuration that Keras wrote, with every layer that changes images by chance.
#[test]
fn keras_s_configuration_trains() {
    let document = std::fs::read_to_string("tests/parity/config/augmented.json").unwrap();
    let mut model = Model::from_config(&document, 0).unwrap();
    let images = Array4::from_shape_fn((8, 16, 18, 3), |(i, y, x, c)| ((i * 5 + y * 7 + x * 3 + c) % 11) as f32 / 11.0);
    let classes = Array1::from_shape_fn(8, |i| (i % 3) as i32);
    let mut trainer = model.compile(Adam::new(1e-2), SparseCategoricalCrossentropy::from_logits());
    let losses: Vec<f64> = (0..3).map(|_| trainer.train_on_batch(&images, &classes).unwrap()).collect();
    assert!(losses.iter().all(|loss| loss.is_finite()) && losses[0] != losses[1], "{losses:?}");
    assert_eq!(model.predict(images.view().into_dyn()).unwrap().shape(), [8, 3]);
}
