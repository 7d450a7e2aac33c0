//! A model as a part that has layers of one's own.

use functional_model::prelude::*;

#[layer(shape = "[n] -> [n]")]
#[derive(Clone, Debug)]
struct Same {}

impl CallLayer for Same {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        Ok(call.inputs)
    }
}

functional_model! {
    model Inner(x: [8]) {
        Dense(3)(Same()(x))
    }
}

#[layer(shape = "[features] -> [units]", parts(inner(Inner)))]
#[derive(Clone, Debug)]
struct Own {
    units: usize,
}

fn main() {}
