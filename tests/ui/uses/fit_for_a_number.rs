use functional_model::ndarray::Array2;
use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {
    let (x, y) = (Array2::<f32>::ones((8, 4)), Array2::<f32>::ones((8, 2)));
    let mut net = Net::new(42);
    let _ = net.compile(Adam::new(1e-3), MeanSquaredError::new()).fit((&x, &y), 2);
}
