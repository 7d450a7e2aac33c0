use functional_model::prelude::*;

#[layer(shape = "[.., features] -> [.., unit]")]
#[derive(Clone, Debug)]
struct CustomDense {
    units: usize,
}

functional_model! {
    model Net(x: [9]) -> [10] {
        CustomDense(10)(x)
    }
}

fn main() {}
