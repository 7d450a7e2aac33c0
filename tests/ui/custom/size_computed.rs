use functional_model::prelude::*;
use ndarray::Array2;

#[layer(shape = "[n, d], [2 * n, d] -> [n]")]
#[derive(Clone, Debug)]
struct Own;

impl<T: Float> CustomLayer<T> for Own {
    fn forward(&self, _call: Forward<'_, Self, T>) -> Array2<T> {
        unimplemented!()
    }

    fn backward(&self, _call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        unimplemented!()
    }
}

functional_model! {
    model Net(a: [3, 4], b: [5, 4]) {
        Own()([a, b])
    }
}

fn main() {}
