//! Running cells one behind the other by themselves: one step of the `RNN` of them.

use model_graph::layers::StackedRNNCells;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::cell;

impl<T: Float> Run<T> for StackedRNNCells {
    fn forward(&self, call: Forward<'_, T>) {
        cell::forward(&self.one_step(), call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        cell::backward(&self.one_step(), call);
    }
}
