//! Running the densely connected layer along any axes: a contraction.

use model_graph::layers::EinsumDense;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::activation::{Kind, forward_in_place};
use crate::kernels::einsum::{Contraction, Labelled, Wanted};
use crate::kernels::elementwise;
use crate::kernels::fused::Fused;
use crate::kernels::operation::reduce::{self, Axes, Function, Reads};
use crate::kernels::relu::fused_gradient;
use crate::layer::{Backward, Forward, Run, Weight};
use crate::layers::accessors::accessors;
use crate::layers::activated;
use crate::layers::contracted::wanted;
use crate::layers::geometry::row;

accessors!(EinsumDense {
    always {
        /// The kernel, whose axes are those that the equation names.
        kernel, kernel_mut;
    }
    optional {
        /// The bias, where the layer has one.
        bias, bias_mut;
    }
});

/// The labels and sizes of input and output, and the sizes of a bias that is stretched to the output.
struct Sizes {
    labels: [Few<u8>; 2],
    shapes: [Few<usize>; 2],
    bias: Few<usize>,
}

impl Sizes {
    fn new<T: Float>(layer: &EinsumDense, batch: usize, [input, output]: [&[usize]; 2], bias: Option<&Weight<T>>) -> Self {
        let rank = input.len();
        let with_batch = |shape: &[usize]| [batch].iter().chain(shape).copied().collect();
        let bias = bias.map_or(&[][..], |bias| &bias.shape);
        Self {
            labels: [layer.labels_of_input(rank).collect(), layer.labels_of_output(rank).collect()],
            shapes: [with_batch(input), with_batch(output)],
            bias: std::iter::repeat_n(1, output.len() + 1 - bias.len()).chain(bias.iter().copied()).collect(),
        }
    }

    fn contraction<'s, T>(&'s self, layer: &'s EinsumDense, kernel: &'s Weight<T>) -> Contraction<'s>
    where
        T: Float,
    {
        Contraction {
            a: Labelled { labels: &self.labels[0], shape: &self.shapes[0] },
            b: Labelled { labels: &layer.equation.kernel, shape: &kernel.shape },
            output: Labelled { labels: &self.labels[1], shape: &self.shapes[1] },
        }
    }

    /// How the output becomes as small as the bias.
    fn axes(&self) -> Axes<'_> {
        Axes { whole: &self.shapes[1], kept: &self.bias }
    }
}

impl<T: Float> Run<T> for EinsumDense {
    crate::layers::derived::derived!(affine | layer | layer.bias_axes = None);

    fn forward(&self, call: Forward<'_, T>) {
        let Forward { context, weights, inputs, output_shape, output, saved, scratch, .. } = call;
        let (kernel, bias) = (&weights[0], weights.get(1));
        let sizes = Sizes::new(self, context.batch, [inputs[0].shape, output_shape], bias);
        let row = row(output_shape);
        activated::forward(self.activation, row, saved, output, |fused, output| {
            sizes.contraction(self, kernel).forward(inputs[0].data, &kernel.data, output, scratch);
            if let Some(bias) = bias {
                let reads = Reads { x: &[], y: &[], center: &[], d_y: &bias.data };
                reduce::backward(Function::Sum, reads, sizes.axes(), &mut [], output, true);
            }
            if fused == Fused::Relu {
                forward_in_place(Kind::Relu, output, row);
            }
        });
    }

    fn backward(&self, call: Backward<'_, T>) {
        let Backward { context, weights, inputs, output, d_output, d_inputs, gradients, saved, scratch, .. } = call;
        let sizes = Sizes::new(self, context.batch, [inputs[0].shape, output.shape], weights.get(1));
        let fused = activated::backward(self.activation, row(output.shape), saved, output.data, d_output);
        fused_gradient(fused, output.data, d_output);
        let [d_kernel, d_bias @ ..] = gradients else { return };
        if let Some(d_bias) = d_bias.first_mut() {
            let (sums, _) = scratch.split_at_mut(d_bias.data.len());
            reduce::forward(Function::Sum, d_output, sizes.axes(), sums, &mut []);
            if context.accumulate { elementwise::accumulate(&mut d_bias.data, sums) } else { d_bias.data.copy_from_slice(sums) }
        }
        let d_input = wanted(&mut d_inputs[0]);
        let d_kernel = Wanted { data: &mut d_kernel.data, accumulate: context.accumulate };
        let kernel = &weights[0];
        let tensors = [inputs[0].data, &*kernel.data];
        sizes.contraction(self, kernel).backward(tensors, d_output, [d_input, Some(d_kernel)], scratch);
    }
}
