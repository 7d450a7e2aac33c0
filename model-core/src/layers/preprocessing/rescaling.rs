//! Running the change of a scale.

use model_graph::argument::PerChannel;
use model_graph::layers::Rescaling;

use crate::float::Float;
use crate::kernels::elementwise;
use crate::layer::{Backward, Forward, Run};
use crate::layers::derived::derived;

/// How many channels have numbers of their own, where any has.
fn channels(layer: &Rescaling) -> Option<usize> {
    layer.scale.channels().or(layer.offset.channels())
}

/// The number for all channels, or that of one of them.
fn number<T: Float>(numbers: &PerChannel, channel: usize) -> T {
    T::from_f64(numbers.of(channel))
}

impl<T: Float> Run<T> for Rescaling {
    derived!(|layer, call| {
        let (d, channels) = (call.d()?, call.shape(0).last().copied().unwrap_or(1));
        let scale: Vec<f64> = (0..channels).map(|channel| layer.scale.of(channel)).collect();
        let scale = d.tape()?.constant(ndarray::Array1::from(scale))?;
        let shape: Vec<usize> = (1..d.shape().len()).map(|_| 1).chain([channels]).collect();
        Ok(Derived::Inputs(vec![Some(d * scale.reshaped(&shape)?)]))
    });

    fn forward(&self, call: Forward<'_, T>) {
        let of = |channel| [number(&self.scale, channel), number(&self.offset, channel)];
        let x = call.inputs[0].data;
        match channels(self) {
            Some(channels) => elementwise::affine_by_channel(x, channels, of, call.output),
            None => {
                let [scale, offset] = of(0);
                elementwise::affine(x, scale, offset, call.output);
            }
        }
    }

    fn backward(&self, call: Backward<'_, T>) {
        let scale = |channel| number(&self.scale, channel);
        let Some(gradient) = &mut call.d_inputs[0] else { return };
        match self.scale.channels() {
            Some(channels) => {
                elementwise::scaled_by_channel(call.d_output, channels, scale, gradient.data, gradient.accumulate);
            }
            None => elementwise::scaled(call.d_output, scale(0), gradient.data, gradient.accumulate),
        }
    }
}
