//! The weights of a model as they are now.

use functional_model::prelude::*;

/// The elements of each weight, in the order in which the model visits them.
pub fn weights<N: Network<f32>>(model: &N) -> Vec<Vec<f32>> {
    let mut all = Vec::new();
    model.visit(&mut |weight, _| all.push(weight.data.to_vec()));
    all
}
