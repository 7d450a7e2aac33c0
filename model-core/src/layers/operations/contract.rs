//! Running products of two tensors that are summed along axes.

use model_graph::layers::Contract;

use crate::few::Few;
use crate::float::Float;
use crate::kernels::einsum::{Contraction, Labelled};
use crate::layer::{Backward, Forward, Run};
use crate::layers::contracted::wanted;

/// The batch's label, which no letter is.
const BATCH: u8 = 0;

/// The labels and sizes of both tensors, and of the result. Axes that are stretched have none.
struct Axes([(Few<u8>, Few<usize>); 3]);

impl Axes {
    fn new(layer: &Contract, batch: usize, shapes: [&[usize]; 3]) -> Self {
        let whole =
            |label: u8| layer.labels(2, shapes[2].len()).zip(shapes[2]).find(|(of, _)| *of == label).map(|(_, size)| *size);
        let axes = |tensor: usize| {
            let all = layer.labels(tensor, shapes[tensor].len()).zip(shapes[tensor].iter().copied());
            let is_whole = |(label, size): &(u8, usize)| !Contract::may_stretch(*label) || whole(*label) == Some(*size);
            [(BATCH, batch)].into_iter().chain(all.filter(is_whole))
        };
        Self(
            [0, 1, 2]
                .map(|tensor| (axes(tensor).map(|(label, _)| label).collect(), axes(tensor).map(|(_, size)| size).collect())),
        )
    }

    fn contraction(&self) -> Contraction<'_> {
        let [a, b, output] = [0, 1, 2].map(|i| Labelled { labels: &self.0[i].0, shape: &self.0[i].1 });
        Contraction { a, b, output }
    }
}

impl<T: Float> Run<T> for Contract {
    crate::layers::derived::derived!(multilinear);

    fn forward(&self, call: Forward<'_, T>) {
        let [a, b] = [&call.inputs[0], &call.inputs[1]];
        let axes = Axes::new(self, call.context.batch, [a.shape, b.shape, call.output_shape]);
        axes.contraction().forward(a.data, b.data, call.output, call.scratch);
    }

    fn backward(&self, call: Backward<'_, T>) {
        let [a, b] = [&call.inputs[0], &call.inputs[1]];
        let axes = Axes::new(self, call.context.batch, [a.shape, b.shape, call.output.shape]);
        let [d_a, d_b] = call.d_inputs else { return };
        axes.contraction().backward([a.data, b.data], call.d_output, [wanted(d_a), wanted(d_b)], call.scratch);
    }
}
