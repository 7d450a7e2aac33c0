//! A model as a part, written as a layer is.

use functional_model::prelude::*;

functional_model! {
    model Inner(x: [8]) {
        Dense(3)(x)
    }
}

#[layer(shape = "[features] -> [units]", parts(inner("[features]", Inner)))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

impl CallLayer for Own {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        Ok(call.inputs)
    }
}

functional_model! {
    model Net(x: [8]) {
        Own(3)(x)
    }
}

fn main() {
    Net::new(1);
}
