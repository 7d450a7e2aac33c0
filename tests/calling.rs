//! Layers of one's own that say what they compute by calls.

use functional_model::prelude::*;
use functional_model::variable::ops;
use ndarray::{Array3, ArrayD};

functional_model! {
    /// What the recurrent layer below ends with, as in Keras's guide.
    pub model Classifier(features: [steps, 8]) -> [1] {
        let x = GlobalAveragePooling1D()(features);
        Dense(1)(x)
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
    units: usize,
}

impl CallLayer for CustomRnn {
    fn call<T: Float>(&self, call: Call<Self, T>) -> Result<Var<T>> {
        let Call { inputs: x, parts, tape, .. } = call;
        let mut state = tape.zeros(&[x.shape()[0], self.units])?;
        let mut outputs = Vec::new();
        for t in 0..x.shape()[1] {
            let h = parts.projection_1.call(&x.at(1, t as i64)?)?;
            state = h + parts.projection_2.call(&state)?;
            outputs.push(state.expand_dims(1)?);
        }
        parts.classifier.call(&ops::concatenate(&outputs.iter().collect::<Vec<_>>(), 1)?)
    }
}

functional_model! {
    pub model Net(x: [10, 5]) -> [1] {
        let x = Conv1D(6, 3, activation = "relu")(x);
        CustomRnn()(x)
    }
}

fn x() -> Array3<f32> {
    Array3::from_shape_fn((4, 10, 5), |(i, j, k)| ((i * 50 + j * 5 + k) as f32 * 0.37).sin())
}

#[test]
fn the_guide_s_custom_rnn_counts_and_trains() {
    assert_eq!(Net::PARAMETERS, (3 * 5 * 6 + 6) + (6 * 8 + 8) + (8 * 8 + 8) + (8 + 1));
    let mut model = Net::new(42);
    println!("{}", model.summary());
    let y = ArrayD::<f32>::ones(vec![4, 1]);
    let mut trainer = model.compile(Adam::new(0.01), MeanSquaredError);
    let history = trainer.fit((&x(), &y), Fit::epochs(30).verbose(Verbose::Silent)).unwrap();
    let losses = history.get("loss").unwrap();
    println!("{losses:?}");
}
