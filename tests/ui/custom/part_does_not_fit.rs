//! A part whose input is too small for it.

use functional_model::prelude::*;

#[layer(shape = "[steps, features] -> [units]", parts(conv("[steps, features]", Conv1D(units, 5))))]
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
    model Net(x: [3, 8]) {
        Own(3)(x)
    }
}

fn main() {
    Net::new(1);
}
