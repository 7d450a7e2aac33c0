use functional_model::ndarray::Array2;
use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {
    let net = Net::new(42);
    let letters = Array2::<char>::default((8, 4));
    let _ = net.predict(&letters);
}
