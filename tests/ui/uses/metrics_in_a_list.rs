use functional_model::prelude::*;

functional_model! {
    model Net(x: [4]) -> [2] {
        Dense(2)(x)
    }
}

fn main() {
    let mut net = Net::new(42);
    net.compile(Adam::new(1e-3), MeanSquaredError::new()).metric([Accuracy]);
}
