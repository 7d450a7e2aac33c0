use functional_model::prelude::*;

functional_model! {
    model Net(age: [1]) {
        let bin = Discretization(num_bins = 4)(age);
        Embedding(3, 8)(bin)
    }
}

fn main() {}
