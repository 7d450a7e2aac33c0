use functional_model::ndarray::{Array1, Array2};
use functional_model::prelude::*;

fn main() {
    let (output, labels) = (Array2::<f32>::ones((8, 3)), Array1::<i32>::zeros(8));
    let _ = SparseCategoricalCrossentropy::new().gradient(&labels, &output);
}
