//! Running shares along an axis.

use model_graph::layers::{Shares, Softmax};

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};

const fn softmax(layer: &Shares) -> Softmax {
    Softmax { axis: layer.axis }
}

impl<T: Float> Run<T> for Shares {
    fn forward(&self, call: Forward<'_, T>) {
        softmax(self).forward(call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        softmax(self).backward(call);
    }
}
