//! The recurrent layer of Keras's guide, and what it does step by step.

use functional_model::custom::Part;
use functional_model::prelude::*;
use functional_model::variable::ops;

functional_model! {
    /// What the layer ends with, as in Keras's guide.
    pub model Classifier(features: [steps, 8]) -> [1] {
        Dense(1)(GlobalAveragePooling1D()(features))
    }
}

/// The recurrent layer of Keras's guide, which holds two dense layers and a functional model.
#[layer(
    shape = "[steps, features] -> [1]",
    parts(
        projection_1("[features]", Dense(units, activation = "tanh")),
        projection_2("[units]", Dense(units, activation = "tanh")),
        classifier(Classifier),
    )
)]
#[derive(Clone, Debug)]
pub struct CustomRnn {
    /// The size of the state.
    #[default = 8]
    pub units: usize,
}

impl CallLayer for CustomRnn {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let CustomRnnParts { projection_1, projection_2, classifier } = call.parts;
        classifier.call(&states(&call.inputs, self.units, &projection_1, &projection_2)?)
    }
}

/// The states of all steps: each follows from the input and from the one before.
pub fn states<T: Float>(x: &Var<T>, units: usize, of_input: &Part<T>, of_state: &Part<T>) -> Result<Var<T>> {
    let mut state = x.tape()?.zeros(&[x.shape()[0], units])?;
    let mut states = Vec::new();
    for t in 0..x.shape()[1] {
        state = of_input.call(&x.at(1, t as i64)?)? + of_state.call(&state)?;
        states.push(state.clone());
    }
    ops::stack(&states.iter().collect::<Vec<_>>(), 1)
}
