use functional_model::prelude::*;

functional_model! {
    model Net(x: [8]) {
        let a = Discretization()(x);
        let b = Discretization([1.0, 0.0])(x);
        let c = Discretization(num_bins = 4, sparse = true)(x);
        Add()([a, b, c])
    }
}

fn main() {}
