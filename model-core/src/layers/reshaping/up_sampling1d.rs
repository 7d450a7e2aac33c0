//! Running the repetition of the elements of a sequence.

use model_graph::layers::UpSampling1D;

use crate::float::Float;
use crate::layer::{Backward, Forward, Run};
use crate::layers::up_sampling::{repeat, repeat_backward};

impl<T: Float> Run<T> for UpSampling1D {
    crate::layers::derived::derived!(linear);

    fn forward(&self, call: Forward<'_, T>) {
        repeat([self.size.get()], call);
    }

    fn backward(&self, call: Backward<'_, T>) {
        repeat_backward([self.size.get()], call);
    }
}
