use functional_model::prelude::*;

functional_model! {
    model Two(x: [4]) -> (a: [2], b: [1]) {
        (Dense(2)(x), Dense(1)(x))
    }
}

fn main() {
    let mut two = Two::new(42);
    two.compile(Adam::new(1e-3), TwoOutputs { a: "mse", b: MeanSquaredError::new() });
}
