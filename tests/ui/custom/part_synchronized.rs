//! A part that looks at all of a batch that ranks share.

use functional_model::prelude::*;

#[layer(shape = "[features] -> [features]", parts(norm("[features]", BatchNormalization(synchronized = true))))]
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
