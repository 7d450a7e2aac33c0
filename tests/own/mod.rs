//! The numbers of `tests/parity/own.py`.

use ndarray::ArrayD;
use safetensors::SafeTensors;

/// A case's numbers, by their names.
pub struct Numbers {
    case: String,
    bytes: Vec<u8>,
}

impl Numbers {
    pub fn read(case: &str) -> Self {
        let bytes = std::fs::read(format!("tests/parity/own/{case}.safetensors")).unwrap();
        Self { case: case.to_owned(), bytes }
    }

    pub fn elements(&self, name: &str) -> Vec<f32> {
        self.array(name).into_raw_vec_and_offset().0
    }

    pub fn array(&self, name: &str) -> ArrayD<f32> {
        let file = SafeTensors::deserialize(&self.bytes).unwrap();
        let view = file.tensor(name).unwrap_or_else(|_| panic!("there is no `{name}` in `{}`", self.case));
        let elements = view.data().chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect();
        ArrayD::from_shape_vec(view.shape(), elements).unwrap()
    }
}

/// Whether what was computed is what Keras computed, to 1e-5 of the largest number.
pub fn assert_near(found: &[f32], numbers: &Numbers, name: &str) {
    let expected = numbers.elements(name);
    assert_eq!(found.len(), expected.len(), "{}: {name}", numbers.case);
    let largest = expected.iter().fold(1e-2_f32, |largest, number| largest.max(number.abs()));
    let differs = found.iter().zip(&expected).find(|(found, expected)| (**found - **expected).abs() > 1e-5 * largest);
    assert_eq!(differs, None, "{}: {name}, up to {largest}", numbers.case);
}
