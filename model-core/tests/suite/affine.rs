//! Images laid anew, against Keras's `affine_transform` and the matrices of its layers. `tests/parity/README.md` says what the file holds.

use std::path::Path;

use model_kernels::augment::{Affine, Beyond, Matrix, rotation, translation, zoom};
use model_kernels::float::Float;
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

/// Runs a test on the file: its tensors by name, with their shapes, and its document.
fn with_file(test: impl FnOnce(&dyn Fn(&str) -> (Vec<usize>, Vec<f64>), &Value)) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity/affine.safetensors");
    let bytes = std::fs::read(path).unwrap();
    let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
    let document = serde_json::from_str(&header.metadata().as_ref().unwrap()["case"]).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let tensor = |name: &str| {
        let tensor = file.tensor(name).unwrap();
        let numbers = match tensor.dtype() {
            Dtype::F32 => tensor.data().chunks(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap()).into()).collect(),
            _ => tensor.data().chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect(),
        };
        (tensor.shape().to_vec(), numbers)
    };
    test(&tensor, &document);
}

/// The rows of a tensor of matrices.
fn matrices(numbers: &[f64]) -> Vec<Matrix> {
    numbers.chunks_exact(6).map(|row| row.try_into().unwrap()).collect()
}

/// Every image is Keras's to the bit.
fn check_images<T: Float>() {
    with_file(|tensor, _| {
        let transforms = matrices(&tensor("transform").1);
        let fillings = [
            ("constant", Beyond::Constant(0.375)),
            ("reflect", Beyond::Reflect),
            ("wrap", Beyond::Wrap),
            ("nearest", Beyond::Nearest),
        ];
        for channels in [1, 3] {
            let (shape, images) = tensor(&format!("image/{channels}"));
            let images: Vec<T> = images.into_iter().map(T::from_f64).collect();
            for (interpolation, is_bilinear) in [("nearest", false), ("bilinear", true)] {
                for (fill_mode, beyond) in fillings {
                    let name = format!("image/{channels}/{interpolation}/{fill_mode}");
                    let affine = Affine { sizes: [shape[1], shape[2], shape[3]], beyond, is_bilinear };
                    let mut found = vec![T::ZERO; images.len()];
                    affine.forward(&images, &mut found, |sample| transforms[sample]);
                    let found: Vec<f64> = found.into_iter().map(T::to_f64).collect();
                    let size = found.len() / shape[0];
                    let expected = tensor(&name).1;
                    let pairs = found.chunks_exact(size).zip(expected.chunks_exact(size));
                    for (image, (found, expected)) in pairs.enumerate() {
                        assert_eq!(found, expected, "{name}, image {image}");
                    }
                }
            }
        }
    });
}

#[test]
fn images_are_laid_anew_as_keras_does() {
    check_images::<f32>();
    check_images::<f64>();
}

#[test]
fn numbers_make_the_matrices_that_keras_makes() {
    with_file(|tensor, document| {
        let plane: [usize; 2] = serde_json::from_value(document["plane"].clone()).unwrap();
        let turns: Vec<f64> = serde_json::from_value(document["turns"].clone()).unwrap();
        let pairs = |name: &str| serde_json::from_value::<Vec<[f64; 2]>>(document[name].clone()).unwrap();
        let found: [(&str, Vec<Matrix>); 3] = [
            ("rotation", turns.into_iter().map(|turns| rotation(turns, plane)).collect()),
            ("translation", pairs("shifts").into_iter().map(|by| translation(by, plane)).collect()),
            ("zoom", pairs("zooms").into_iter().map(|to| zoom(to, plane)).collect()),
        ];
        for (name, found) in found {
            let expected = matrices(&tensor(&format!("matrix/{name}")).1);
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
                assert!((found - expected).abs() < 1e-14, "{name}: {found} for {expected}");
            }
        }
    });
}
