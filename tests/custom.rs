//! Layers of one's own: in models, in files, and what is said when they break their word.

use functional_model::check::check_layer;
use functional_model::prelude::*;
use ndarray::{Array2, Axis};

/// A densely connected layer.
#[layer(shape = "[.., features] -> [.., units]", weights(w("[features, units]", "random_normal"), b("[units]", "zeros")))]
#[derive(Clone, Debug)]
pub struct CustomDense {
    /// The size of the output's last axis.
    #[default = 32]
    units: usize,
}

impl<T: Float> CustomLayer<T> for CustomDense {
    fn forward(&self, call: Forward<'_, Self, T>) -> Array2<T> {
        call.inputs.dot(&call.weights.w) + call.weights.b
    }

    fn backward(&self, call: Backward<'_, Self, T>) -> Gradients<Self, T> {
        Gradients {
            inputs: call.d_output.dot(&call.weights.w.t()),
            weights: CustomDenseWeights { w: call.inputs.t().dot(&call.d_output), b: call.d_output.sum_axis(Axis(0)) },
        }
    }
}

functional_model! {
    /// One.
    pub model Net(x: [4]) -> [10] {
        CustomDense(10)(x)
    }
}

#[test]
fn it_is_checked() {
    check_layer(&CustomDense { units: 3 }, &[&[4]]);
    check_layer(&CustomDense { units: 3 }, &[&[2, 4]]);
    let net = Net::new(3);
    let x = Array2::<f32>::ones((5, 4));
    let y = net.predict(&x).unwrap();
    assert_eq!(y.shape(), [5, 10]);
    let model = Model::from_config_with(Net::config(), 3, &Net::custom_objects()).unwrap();
    assert_eq!(y, model.predict(&x).unwrap());
    println!("{}", Model::from_config(Net::config(), 3).unwrap_err());
    println!("{}", Net::summary());
}
