use functional_model::prelude::*;
use ndarray::Array2;

#[layer(shape = "[n, n] -> [n]")]
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
    model Net(x: [3, 4]) {
        Own()(x)
    }
}

fn main() {}
